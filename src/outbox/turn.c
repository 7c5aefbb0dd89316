/* The house's key was turned: what waits to be sent. */
#include "jobs.h"

#include "../ledger/turn.h"

#include "outbox.sql.h"

/* Every kind boxes under its own name: mail.c, partners/webhook.c, takedown/check.c. */
static struct key ctx_waiting(const struct outbox_after_row *row)
{
    return vault_ctx("outbox", PARTS(row->kind, id_bytes(&row->id)));
}

static status turn_one(struct key_turn *t, const struct outbox_after_row *row)
{
    struct str fresh;

    TRY(key_box_turn(t, ctx_waiting(row), row->sealed, &fresh));
    return fresh.n == 0 ? OK : sql_outbox_seal(t->l->db, (struct sql_outbox_seal){ .id = row->id, .sealed = fresh, .was = row->sealed },
                                               &(i64){ 0 });
}

static status outbox_page(struct key_turn *t)
{
    struct outbox_after_rows rows;
    struct id after = id_zero();

    (void)id_of_bytes(t->after, &after);
    TRY(sql_outbox_after(t->l->db, (struct sql_outbox_after){ .after = after }, &rows));
    for (size_t i = 0; i < rows.n; i++)
        TRY(turn_one(t, &rows.at[i]));
    t->end = rows.n == 0;
    if (!t->end)
        t->after = arena_copy(t->l->arena, id_bytes(&rows.at[rows.n - 1].id));
    return OK;
}

/* Kept answers are named by a hash under the line that was current, for a day: nobody can tell which, so those of the first day after the
   turn count for every other line. */
static status retries_page(struct key_turn *t)
{
    const struct house *h = t->l->house;
    i64 until = t->since ? clock_hour_ceil(t->since) + DAY_MS : 0;
    struct retries_until_row row;

    TRY(sql_retries_until(t->l->db, (struct sql_retries_until){ .now = t->now, .until = until }, &row));
    for (size_t i = 0; i < h->n; i++)
        t->n[KEY_RETRIES][i] += &h->gen[i] == house_now(h) ? 0 : row.n;
    t->end = true;
    return OK;
}

const struct key_step outbox_steps[] = {
    { "outbox", outbox_page },
    { "idem", retries_page },
    { 0 }
};
