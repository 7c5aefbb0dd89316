/* What the log says of a case: its newest entries in words, and for the newest numbered ones the proof that they stand in the signed
   tree, which anybody can check without us (docs/log.md). */
#include "print.h"

#include "../ledger/look.h"
#include "../people/log_views.h"

#include "texts.h"

enum { PROOFS = 3, PROOF_BYTES = 20000, PROOF_LINE = 84 };

static struct str log_when(struct ctx *c, const struct log_item *row)
{
    if (row->time.n == 0)
        return row->day;
    return arena_f(c->arena, "%.*s\n%.*s", (int)row->day.n, row->day.at, (int)row->time.n, row->time.at);
}

static status entries(struct ctx *c, const struct casefile *f, struct doc *doc)
{
    const struct doc_column columns[] = { { text_of(c, T_PRINT_COLUMN_SEQ), 2, true }, { text_of(c, T_PRINT_COLUMN_WHEN), 3, false },
                                          { text_of(c, T_PRINT_COLUMN_WHAT), 6, false }, { text_of(c, T_PRINT_COLUMN_WHO), 5, false } };
    struct object_log list;

    TRY(people_log_of(c, f->row.id, (struct log_place){ 0 }, &list));
    doc_table(doc, columns, COUNT_OF(columns));
    for (size_t i = 0; i < list.rows.n; i++) {
        const struct log_item *row = &list.rows.at[i];
        struct str act = row->act.key ? text_of(c, row->act.key) : row->act.code;

        doc_row(doc, (struct str[]){ row->seq.n ? row->seq : STR("–"), log_when(c, row), row->altered ? text_of(c, T_PRINT_ALTERED) : act,
                                     row->who.n ? row->who : STR("") }, 4);
    }
    if (list.more)
        doc_small(doc, text_of(c, T_PRINT_LOG_MORE));
    return OK;
}

/* As base64, whose line ends mean nothing: what is copied from paper or from a PDF has others than what was written. */
static struct str lines_of(struct ctx *c, struct str proof)
{
    struct str text = vault_base64(c->arena, proof), all;
    struct out o = { .max = 2 * PROOF_BYTES };

    for (size_t at = 0; at < text.n; at += PROOF_LINE) {
        out_str(&o, str_upto(str_from(text, at), PROOF_LINE));
        out_char(&o, '\n');
    }
    all = arena_copy(c->arena, out_done(&o));
    out_free(&o);
    return all;
}

/* One proof; an entry of an act on thousands of rows has no place on paper. */
static status proof(struct ctx *c, const struct log_line *line, struct doc *doc)
{
    struct out o = { .max = PROOF_BYTES };
    struct log_line again;
    struct log_proof p;
    struct str bytes;
    bool over;

    TRY(log_look_one(c->ledger, (struct opt_id){ 0 }, line->id, &again, &bytes));
    TRY(log_prove(c->ledger, line->seq, &p));
    log_proof_write(&o, c->arena, line->seq, bytes, &p);
    over = o.over;
    if (!over) {
        doc_small(doc, text_fill(c->arena, (int)c->lang, T_PRINT_PROOF_OF, desk_number(c, line->seq), STR("")));
        doc_mono(doc, lines_of(c, out_done(&o)));
    }
    out_free(&o);
    return over ? TOO_LARGE : OK;
}

status print_log(struct ctx *c, const struct casefile *f, struct doc *doc)
{
    struct log_filter filter = { .object = { true, f->row.id } };
    struct log_lines lines;
    int proofs = 0;

    doc_section(doc, text_of(c, T_PRINT_LOG));
    doc_heading(doc, 1, text_of(c, T_PRINT_LOG));
    TRY(entries(c, f, doc));
    TRY(log_look(c->ledger, &filter, (struct log_place){ 0 }, &lines));
    doc_heading(doc, 1, text_of(c, T_PRINT_PROOF));
    doc_small(doc, text_of(c, T_PRINT_PROOF_SAY));
    for (size_t i = 0; i < lines.n && proofs < PROOFS; i++) {
        if (lines.at[i].seq < 0 || lines.at[i].altered || proof(c, &lines.at[i], doc) != OK)
            continue;
        proofs++;
    }
    fail_clear();
    if (proofs == 0)
        doc_text(doc, text_of(c, T_PRINT_PROOF_NONE));
    return OK;
}
