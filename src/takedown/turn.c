/* The house's key was turned: the names by which content is found again are hashes under it, made anew from what a track says. */
#include "track.h"

#include "../ledger/turn.h"

static const struct house_keys *line_of(const struct house *h, const struct track *t, struct str digest)
{
    struct key is;

    for (size_t g = h->n; g-- > 0;)
        for (size_t i = 0; i < t->n_items; i++) {
            track_digest(&is, &h->gen[g], &t->items[i]);
            if (digest.n == sizeof is.b && vault_same(digest.at, is.b, sizeof is.b))
                return &h->gen[g];
        }
    return NULL;
}

/* Names of old lines go; those of the current one are there afterwards. */
static status names_of(struct key_turn *k, struct track *t)
{
    struct takedown_names_rows rows;
    bool old = false;

    TRY(sql_takedown_names_turn(k->l, (struct sql_takedown_names_turn){ .track = t->row.id }, &rows));
    for (size_t i = 0; i < rows.n; i++) {
        const struct house_keys *line = rows.at[i].altered ? NULL : line_of(k->l->house, t, rows.at[i].digest);

        if (line == NULL) {
            k->other[KEY_NAMES]++;
            continue;
        }
        key_count_line(k, KEY_NAMES, line->kgen, 1);
        if (!k->move || line == house_now(k->l->house))
            continue;
        if (k->l->act == NULL)
            TRY(act_begin(k->l, (struct act_info){ .act = "key.seal", .now = k->now }));
        TRY(row_delete(k->l, &table_takedown_names, &rows.at[i]));
        old = true;
    }
    return old ? track_names_put(k->l, t->row.id, t->items, t->n_items) : OK;
}

static status names_page(struct key_turn *k)
{
    struct takedowns_rows rows;
    struct id after = id_zero();

    (void)id_of_bytes(k->after, &after);
    TRY(sql_takedowns_after(k->l, (struct sql_takedowns_after){ .after = after }, &rows));
    k->end = rows.n == 0;
    for (size_t i = 0; i < rows.n; i++) {
        struct track t = { .row = rows.at[i] };

        if (rows.at[i].altered || track_text(k->l, &t) != OK)
            k->other[KEY_NAMES]++;
        else
            TRY(names_of(k, &t));
    }
    fail_clear();
    if (k->l->act != NULL)
        TRY(act_commit(k->l));
    if (!k->end)
        k->after = arena_copy(k->l->arena, id_bytes(&rows.at[rows.n - 1].id));
    return OK;
}

const struct key_step takedown_steps[] = {
    { "takedown_names.digest", names_page },
    { 0 }
};
