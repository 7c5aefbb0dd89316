/* The text form of the tables (docs/forms.md): one block for each row, keys are the columns. */
#include "book.h"

#include "../base/blocks.h"
#include "../base/text.h"

struct key { struct str column, value; };

/* blocks.h cuts a key at its first colon; "label::English (en)" and "bind::lachan:source" go on to the colon before a blank. */
static struct key key_of(struct arena *a, const struct block_line *line)
{
    struct str rest = line->value;
    size_t end = str_find(rest, STR(": "));

    if (rest.n == 0 || rest.at[0] != ':')
        return (struct key){ line->key, rest };
    if (end == rest.n && str_ends(rest, STR(":")))
        end = rest.n - 1;
    return (struct key){ arena_f(a, "%.*s:%.*s", (int)line->key.n, line->key.at, (int)end, rest.at),
                         str_trim(str_from(rest, end + 1)) };
}

static status wrong_line(struct book *b, int line, int text, struct str word)
{
    struct book_row at = { .row = line };

    book_find(b, true, text, NULL, &at, NULL, word, STR(""));
    return OK;
}

/* The columns of one kind of block, in the order in which they first appear. */
static size_t collect_columns(struct book *b, const struct blocks *blocks, const struct book_table *t, struct str *columns)
{
    size_t n = 0;

    for (size_t i = 0; i < blocks->n; i++) {
        const struct block *block = &blocks->at[i];

        if (book_table_named(b, block->kind) != t)
            continue;
        for (size_t k = 0; k < block->n; k++) {
            struct str column = key_of(b->arena, &block->at[k]).column;
            size_t c = 0;

            while (c < n && !str_eq(columns[c], column))
                c++;
            if (c == n && n < BOOK_COLUMNS)
                columns[n++] = column;
        }
    }
    return n;
}

static void read_row(struct book *b, struct book_table *t, const struct block *block)
{
    struct book_row *r = &t->rows[t->n_rows++];

    *r = (struct book_row){ block->line, NEW_N(b->arena, struct str, t->n_columns + 1), NEW_N(b->arena, int, t->n_columns + 1) };
    for (size_t k = 0; k < block->n; k++) {
        struct key key = key_of(b->arena, &block->at[k]);

        for (size_t c = 0; c < t->n_columns; c++) {
            if (!str_eq(t->written[c], key.column))
                continue;
            if (r->lines[c])
                (void)wrong_line(b, block->at[k].line, T_FORMS_FIND_KEY_TWICE, key.column);
            r->cells[c] = key.value;
            r->lines[c] = block->at[k].line;
        }
    }
}

static void read_table(struct book *b, const struct blocks *blocks, struct book_table *t, const char *name)
{
    struct str *columns = NEW_N(b->arena, struct str, BOOK_COLUMNS);
    size_t n = collect_columns(b, blocks, t, columns);

    t->name = str_c(name);
    book_headings(b, t, columns, n, 0);
    t->rows = NEW_N(b->arena, struct book_row, blocks->n + 1);
    for (size_t i = 0; i < blocks->n; i++)
        if (book_table_named(b, blocks->at[i].kind) == t)
            read_row(b, t, &blocks->at[i]);
}

/* blocks_read says " line 12: ...". */
static int line_told(void)
{
    struct str message = str_c(fail_message()), number;
    i64 line = 0;

    message = str_from(message, str_find(message, STR("line ")) + 5);
    return str_cut(&message, ':', &number) && str_i64(number, &line) ? (int)line : 0;
}

status book_read_text(struct book *b, struct str bytes)
{
    struct blocks blocks;
    size_t bad, cells = 0;

    b->text = true;
    b->named = true;
    if (!text_valid(bytes, &bad))
        return wrong_line(b, 0, T_FORMS_FIND_NOT_UTF8, STR(""));
    if (str_starts(bytes, STR("\xef\xbb\xbf")))
        bytes = str_from(bytes, 3);
    if (blocks_read(b->arena, "", bytes, &blocks) != OK)
        return wrong_line(b, line_told(), T_FORMS_FIND_NOT_BLOCKS, STR(""));
    for (size_t i = 0; i < blocks.n; i++) {
        cells += blocks.at[i].n;
        if (book_table_named(b, blocks.at[i].kind) == NULL)
            (void)wrong_line(b, blocks.at[i].line, T_FORMS_FIND_BLOCK_KIND, blocks.at[i].kind);
    }
    if (cells > BOOK_CELLS || blocks.n > BOOK_ROWS)
        return wrong_line(b, 0, T_FORMS_FIND_TOO_MANY_CELLS, STR(""));
    read_table(b, &blocks, &b->survey, "survey");
    read_table(b, &blocks, &b->choices, "choices");
    read_table(b, &blocks, &b->settings, "settings");
    return OK;
}
