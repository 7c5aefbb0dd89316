/* Which compartments of a case there are, and which of them the reader's keys open. */
#include "casework.h"

#include "casework.sql.h"
#include "tables.sql.h"

struct key ctx_comp_key(struct id comp, struct id unit, i64 epoch)
{
    struct le64 e = vault_le64(epoch);

    return vault_ctx("comp-key", PARTS(id_bytes(&comp), id_bytes(&unit), le64_str(&e)));
}

struct key ctx_dormant(struct id comp, struct id unit)
{
    return vault_ctx("dormant", PARTS(id_bytes(&comp), id_bytes(&unit)));
}

status comps_closed(struct ctx *c, struct id case_id, struct comps *comps)
{
    struct compartments_rows rows;

    TRY(sql_compartments_of(c->ledger, (struct sql_compartments_of){ .case_id = case_id }, &rows));
    comps->at = NEW_N(c->arena, struct comp_open, rows.n);
    comps->n = 0;
    for (size_t i = 0; i < rows.n; i++) {
        struct compartments_row *row = &rows.at[i];
        struct comp_open *comp = &comps->at[comps->n];

        if (row->altered || row->dpk.n != KEY_BYTES)
            continue;
        *comp = (struct comp_open){ .id = row->id, .letter = row->letter, .no = row->no };
        memcpy(comp->dpk.b, row->dpk.at, KEY_BYTES);
        comps->n++;
    }
    return OK;
}

struct comp_open *comp_newest(const struct comps *comps, const char *letter)
{
    struct comp_open *newest = NULL;

    for (size_t i = 0; i < comps->n; i++)
        if (str_is(comps->at[i].letter, letter))
            newest = &comps->at[i];
    return newest;
}

struct comp_open *comps_find(const struct comps *comps, struct id id)
{
    for (size_t i = 0; i < comps->n; i++)
        if (id_eq(comps->at[i].id, id))
            return &comps->at[i];
    return NULL;
}

status comp_unlock(struct ctx *c, struct comp_open *comp, const struct pair *pair, struct key ctx, struct str sealed)
{
    struct key *ck = SECRET(c->ledger->secrets, struct key);

    TRY(vault_unwrap(pair, ctx, sealed, ck));
    comp->keys = SECRET(c->ledger->secrets, struct comp_keys);
    vault_comp_keys(comp->keys, ck);
    return OK;
}

status comp_draw(struct ctx *c, struct id case_id, const char *letter, i64 no, struct comp_open *comp)
{
    struct key *ck = SECRET(c->ledger->secrets, struct key);
    struct compartments_row row = { .id = id_random(), .case_id = case_id, .letter = str_c(letter), .no = no };

    *comp = (struct comp_open){ .id = row.id, .letter = row.letter, .no = no, .keys = SECRET(c->ledger->secrets, struct comp_keys) };
    vault_key_new(ck);
    vault_comp_keys(comp->keys, ck);
    comp->dpk = comp->keys->drop.open;
    row.dpk = arena_copy(c->arena, key_str(&comp->dpk));
    return row_insert(c->ledger, &table_compartments, &row);
}

/* One grant for each code: that of a merged report stands beside the other's, and only trying tells which is whose. */
static status open_by_code(struct ctx *c, const struct pair *reporter, struct comp_open *comp)
{
    struct grants_rows grants;

    TRY(sql_grants_of_codes(c->ledger, (struct sql_grants_of_codes){ .comp = comp->id }, &grants));
    for (size_t i = 0; i < grants.n && comp->keys == NULL; i++) {
        struct grants_row *g = &grants.at[i];

        if (g->altered || comp_unlock(c, comp, reporter, ctx_comp_key(comp->id, id_zero(), 0), g->sealed) != OK)
            continue;
        comp->by = g->id;
    }
    return OK;
}

static status open_talks(struct ctx *c, const struct pair *reporter, struct comps *comps)
{
    for (size_t i = 0; i < comps->n; i++)
        if (str_is(comps->at[i].letter, "C"))
            TRY(open_by_code(c, reporter, &comps->at[i]));
    return OK;
}

/* A merged report: behind its own stands what the other one's C gives to this code. */
static status add_common(struct ctx *c, struct id report, const struct pair *reporter, struct comps *comps)
{
    struct merges_row merged = { .report = report };
    struct comps main, all;
    const struct comp_open *own = comp_newest(comps, "C");
    i64 last = own ? own->no : 0;
    status s = row_get(c->ledger, &table_merges, &merged);

    if (s == NOT_FOUND)
        return OK;
    TRY(s);
    TRY(comps_closed(c, merged.main, &main));
    TRY(open_talks(c, reporter, &main));
    all = (struct comps){ .at = NEW_N(c->arena, struct comp_open, comps->n + main.n), .n = comps->n };
    memcpy(all.at, comps->at, comps->n * sizeof *all.at);
    for (size_t i = 0; i < main.n; i++)
        if (main.at[i].keys != NULL) {
            main.at[i].no += last;              /* behind its own: the place of a message goes by it */
            all.at[all.n++] = main.at[i];
        }
    *comps = all;
    return OK;
}

static bool any_open(const struct comps *comps)
{
    for (size_t i = 0; i < comps->n; i++)
        if (comps->at[i].keys != NULL)
            return true;
    return false;
}

status comps_of_reporter(struct ctx *c, struct id report, const struct pair *reporter, struct comps *comps)
{
    TRY(comps_closed(c, report, comps));
    TRY(open_talks(c, reporter, comps));
    TRY(add_common(c, report, reporter, comps));
    return any_open(comps) ? OK : NOT_FOUND;
}

static status comps_of_unit(struct ctx *c, struct id report, struct id unit, struct comps *comps)
{
    struct grants_rows grants;
    struct pair *pair = NULL;
    i64 epoch = 0;

    TRY(sql_grants_of_unit(c->ledger, (struct sql_grants_of_unit){ .case_id = report, .unit = unit }, &grants));
    for (size_t i = 0; i < grants.n; i++) {
        struct grants_row *g = &grants.at[i];
        struct comp_open *comp = g->altered ? NULL : comps_find(comps, g->comp);

        if (comp == NULL || comp->keys != NULL || (g->expires.has && g->expires.v <= c->now))
            continue;           /* opened already: the block of secrets holds each key once */
        if (pair == NULL || epoch != g->epoch) {
            status s = people_open_unit(c, unit, g->epoch, &pair);

            if (s == NOT_FOUND) {       /* an epoch that this person does not hold: other grants may still open */
                pair = NULL;
                continue;
            }
            TRY(s);
        }
        epoch = g->epoch;
        TRY(comp_unlock(c, comp, pair, ctx_comp_key(comp->id, unit, g->epoch), g->sealed));
    }
    return OK;
}

status comps_of_actor(struct ctx *c, struct id report, struct comps *comps)
{
    TRY(comps_closed(c, report, comps));
    for (size_t i = 0; i < c->actor.n_units; i++) {
        status s = comps_of_unit(c, report, c->actor.units[i], comps);

        if (s != OK && s != NOT_FOUND)
            return s;
    }
    return any_open(comps) ? OK : NOT_FOUND;
}
