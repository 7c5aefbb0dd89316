/* Inside paper/: the model as a list of blocks. */
#pragma once

#include "doc.h"

enum block_kind {
    BLOCK_LETTERHEAD, BLOCK_TITLE, BLOCK_SECTION, BLOCK_CONTENTS, BLOCK_HEADING, BLOCK_TEXT, BLOCK_CENTRED, BLOCK_SMALL, BLOCK_MONO,
    BLOCK_PAIR, BLOCK_CHOICE, BLOCK_SEALED, BLOCK_SPACE, BLOCK_TABLE, BLOCK_ROW, BLOCK_SIGNERS
};

struct block {
    struct block *next;
    enum block_kind kind;
    int level;
    bool on;
    struct str a, b;
    struct doc_head head;
    const struct doc_column *columns;     /* of a table, and of each of its rows */
    const struct str *cells;
    const struct doc_signer *signers;
    size_t n;
};

struct doc {
    struct arena *arena;
    struct doc_about about;
    struct block *first, **last;
    const struct doc_column *columns;     /* of the table begun last */
    size_t n_columns, blocks, sections;
    bool over;
};

/* A finished PDF names its language: an update of its catalogue behind the end, as PDF 1.7 (7.5.6) has it. */
status pdf_set_lang(struct out *pdf, size_t begin, struct str lang);
