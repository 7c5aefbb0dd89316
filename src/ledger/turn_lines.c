/* The lines of the key file in the log, and the notes by which one names the next. */
#include "turn.h"

#include "look.h"

#include "ledger.sql.h"
#include "tables.sql.h"

/* "ORIGIN/key\nGEN\nBASE64\n", signed by the line before under the log's name. */
static struct str note_of(struct arena *a, struct str origin, const struct house_keys *now, const struct house_keys *next)
{
    struct str pk = vault_base64(a, str_of(next->log_pk, sizeof next->log_pk));
    struct str text = arena_f(a, "%.*s/key\n%lld\n%.*s\n", (int)origin.n, origin.at, (long long)next->kgen, (int)pk.n, pk.at);

    return signed_note_make(a, text, origin, now);
}

status key_note_read(struct str note, struct str origin, const uint8_t pk[32], uint8_t next[32])
{
    struct str body, name, gen;

    if (!signed_note_is_of(note, origin, pk) || !signed_note_body(note, &body))
        return NOT_FOUND;
    if (!str_cut(&body, '\n', &name) || !str_starts(name, origin) || !str_is(str_from(name, origin.n), "/key") ||
        !str_cut(&body, '\n', &gen))
        return NOT_FOUND;
    if (body.n == 0 || body.at[body.n - 1] != '\n')
        return NOT_FOUND;
    return vault_base64_read(str_upto(body, body.n - 1), next, 32) ? OK : NOT_FOUND;
}

/* The line before it: also where somebody put the next one into the file by hand, and it is current already. */
static const struct house_keys *before(const struct house *h, const struct house_keys *next)
{
    const struct house_keys *found = NULL;

    for (size_t i = 0; i < h->n; i++)
        if (h->gen[i].kgen < next->kgen && (found == NULL || h->gen[i].kgen > found->kgen))
            found = &h->gen[i];
    return found;
}

static status write_line(struct ledger *l, const struct house_keys *next, i64 now)
{
    const struct house_keys *by = before(l->house, next);
    struct key_lines_row row = { .gen = next->kgen, .since = now, .log_pk = str_of(next->log_pk, sizeof next->log_pk) };
    struct instance_row instance;

    if (by == NULL)
        return OK;                      /* the first one: nothing was before it, or is not known any more */
    TRY(sql_log_origin(l, &instance));
    row.note = note_of(l->arena, instance.origin, by, next);
    TRY(act_begin(l, (struct act_info){ .act = "key", .now = now }));
    TRY(row_insert(l, &table_key_lines, &row));
    return act_commit(l);
}

status key_line_log(struct ledger *l, const struct house_keys *next, i64 now)
{
    struct key_lines_row row = { .gen = next->kgen };
    status s = row_get(l, &table_key_lines, &row);

    if (s == OK && !vault_same(row.log_pk.at, next->log_pk, sizeof next->log_pk))
        return fail(CONFLICT, "the log knows another key of generation %lld", (long long)next->kgen);
    return s == NOT_FOUND ? write_line(l, next, now) : s;
}

status key_line_end(struct ledger *l, i64 gen, i64 now)
{
    struct key_lines_row row = { .gen = gen };
    status s = row_get(l, &table_key_lines, &row);

    if (s != OK && s != NOT_FOUND)
        return s;
    row.ended = (struct opt_i64){ true, now };
    TRY(act_begin(l, (struct act_info){ .act = "key.retire", .now = now }));
    if (s == OK)
        TRY(row_update(l, &table_key_lines, &row));
    return act_commit(l);
}

status key_since(struct ledger *l, i64 *since)
{
    struct key_lines_row row = { .gen = house_now(l->house)->kgen };
    status s = row_get(l, &table_key_lines, &row);

    *since = s == OK ? row.since : 0;
    return s == NOT_FOUND ? OK : s;
}

status key_notes(struct ledger *l, struct log_notes *notes)
{
    struct key_lines_rows rows;

    TRY(sql_key_lines_all(l, &rows));
    *notes = (struct log_notes){ .at = NEW_N(l->arena, struct str, rows.n + 1) };
    for (size_t i = 0; i < rows.n; i++)
        if (!rows.at[i].altered)
            notes->at[notes->n++] = rows.at[i].note;
    return OK;
}

bool log_growth_leads(const struct log_growth *g, struct str origin, const uint8_t known[32])
{
    uint8_t pk[32], next[32];

    memcpy(pk, known, sizeof pk);
    for (size_t i = 0; i < g->notes.n && memcmp(pk, g->log_pk, sizeof pk) != 0; i++)        /* a note stands before the first head that it is for */
        if (key_note_read(g->notes.at[i], origin, pk, next) == OK)
            memcpy(pk, next, sizeof pk);
    return memcmp(pk, g->log_pk, sizeof pk) == 0;
}
