/* The tables of a form before anything is understood: rows of cells under columns, wherever they came from. */
#pragma once

#include "forms.h"

#include "texts.h"

struct book_row {
    int row;                        /* of the sheet, or the line of its block */
    struct str *cells;              /* one for each column; "" where nothing stands */
    int *lines;                     /* the line of each cell; NULL where the book is a spreadsheet */
};
struct book_table {
    struct str name;                /* as written: "survey" */
    int row;                        /* of the heading */
    struct str *columns;            /* canonical: "label::English (en)", "bind::lachan:source" */
    struct str *written;            /* as the author wrote them */
    size_t n_columns;
    struct book_row *rows;
    size_t n_rows;
};
struct book {
    struct arena *arena;
    struct str file;
    bool text;                      /* rows are lines of a text file */
    bool named;                     /* a sheet is called survey */
    struct book_table survey, choices, settings;
    struct xform_findings *found;
    struct str skipped;             /* sheets that mean nothing here */
};

enum { BOOK_ROWS = 60000, BOOK_COLUMNS = 200, BOOK_CELLS = 400000, BOOK_CELL_BYTES = 64 << 10, BOOK_FINDINGS = 200 };

/* Both leave findings where a row or column is wrong, and fail where it is no such file at all. */
status book_read_text(struct book *b, struct str bytes);
status book_read_xlsx(struct book *b, struct str bytes);
bool book_is_xlsx(struct str bytes);

/* Canonical name of a heading: "Label:English" -> "label::English", "list name" -> "list_name". */
struct str book_column(struct arena *a, struct str heading);
/* Gives a table its columns; a repeated one is an error at its row. */
void book_headings(struct book *b, struct book_table *t, const struct str *written, size_t n, int row);
/* NULL where a sheet of this name is not part of a form. */
struct book_table *book_table_named(struct book *b, struct str name);

int book_place(const struct book_table *t, const char *column);         /* -1 */
struct str book_cell(const struct book_table *t, const struct book_row *r, const char *column);    /* "" */

/* Adds a finding about a cell; column may be NULL (the row), row NULL (the sheet), table NULL (the file). */
void book_find(struct book *b, bool error, int text, const struct book_table *t, const struct book_row *r, const char *column,
               struct str first, struct str second);
