/* Who may open a compartment: making, giving, ending, turning. */
#include "grants.h"

static struct key ctx_offered(struct id referral, struct id comp)
{
    return vault_ctx("offered", PARTS(id_bytes(&referral), id_bytes(&comp)));
}

static struct key ctx_offered_of(const void *row)
{
    const struct offered_grants_row *o = row;

    return ctx_offered(o->referral, o->comp);
}

static struct key ctx_dormant_of(const void *row)
{
    const struct dormant_grants_row *d = row;

    return ctx_dormant(d->comp, d->unit);
}

const struct key_box grant_boxes[] = {
    { &table_offered_grants, "sealed", ctx_offered_of },
    { &table_dormant_grants, "sealed", ctx_dormant_of },
    { 0 }
};

/* -- reading ---------------------------------------------------------------------------------------------------------------- */

bool actor_in(const struct ctx *c, struct id unit)
{
    for (size_t i = 0; i < c->actor.n_units; i++)
        if (id_eq(c->actor.units[i], unit))
            return true;
    return false;
}

static status comp_row(struct ctx *c, struct id id, struct comp_open *comp)
{
    struct compartments_row row = { .id = id };

    TRY(row_get(c->ledger, &table_compartments, &row));
    if (row.dpk.n != KEY_BYTES)
        return fail(BROKEN, "a compartment's key of %zu bytes", row.dpk.n);
    *comp = (struct comp_open){ .id = row.id, .letter = row.letter, .no = row.no };
    memcpy(comp->dpk.b, row.dpk.at, KEY_BYTES);
    return OK;
}

status comp_of_id(struct ctx *c, struct id id, struct comp_open *comp)
{
    struct grants_rows grants;

    TRY(comp_row(c, id, comp));
    TRY(sql_grants_of_comp(c->ledger, (struct sql_grants_of_comp){ .comp = id }, &grants));
    for (size_t i = 0; i < grants.n && comp->keys == NULL; i++) {
        struct grants_row *g = &grants.at[i];
        struct pair *pair;
        status s;

        if (g->altered || !g->unit.has || !actor_in(c, g->unit.v) || (g->expires.has && g->expires.v <= c->now))
            continue;
        s = people_open_unit(c, g->unit.v, g->epoch, &pair);
        if (s == OK)
            TRY(comp_unlock(c, comp, pair, ctx_comp_key(comp->id, g->unit.v, g->epoch), g->sealed));
        else if (s != NOT_FOUND)
            return s;
    }
    return OK;
}

/* -- making and giving -------------------------------------------------------------------------------------------------------- */

status comp_new(struct ctx *c, struct id case_id, const char *letter, struct comp_open *comp)
{
    struct comp_last_row last;

    TRY(sql_comp_last(c->ledger->db, (struct sql_comp_last){ .case_id = case_id, .letter = str_c(letter) }, &last));
    return comp_draw(c, case_id, letter, last.no + 1, comp);
}

status comp_grant(struct ctx *c, const struct comp_open *comp, struct id unit, const struct grant_terms *terms)
{
    struct grants_row g = { .id = id_timed(c->now), .comp = comp->id, .unit = { true, unit }, .why = str_c(terms->why),
                            .consent = terms->consent, .expires = terms->expires,
                            .granted_by = { !id_is_zero(c->actor.user), c->actor.user } };
    struct unit_key key;

    if (comp->keys == NULL)
        return fail(BROKEN, "a key that is not open cannot be given");
    TRY(people_unit_key(c->ledger, unit, c->now, &key));
    g.epoch = key.epoch;
    g.sealed = vault_wrap(c->arena, &key.opk, ctx_comp_key(comp->id, unit, key.epoch), &comp->keys->ck);
    return row_insert(c->ledger, &table_grants, &g);
}

/* The row stays as it is. But a child who takes a new code at this moment replaces it: of the two, the later one begins again. */
status reporter_hold(struct ctx *c, const struct reporters_row *row)
{
    struct reporters_row same = *row;

    return row_update(c->ledger, &table_reporters, &same);
}

status comp_grant_reporters(struct ctx *c, const struct comp_open *comp, struct id case_id)
{
    struct reporters_rows rows;

    TRY(sql_reporters_of_case(c->ledger, (struct sql_reporters_of_case){ .report = case_id }, &rows));
    for (size_t i = 0; i < rows.n; i++) {
        struct grants_row g = { .id = id_timed(c->now), .comp = comp->id, .why = STR("reporter") };
        struct key rpk;

        if (rows.at[i].altered || rows.at[i].rpk.n != KEY_BYTES)
            return fail(BROKEN, "a reporter's row was altered: nothing is sealed to it");
        TRY(reporter_hold(c, &rows.at[i]));
        memcpy(rpk.b, rows.at[i].rpk.at, KEY_BYTES);
        g.sealed = vault_wrap(c->arena, &rpk, ctx_comp_key(comp->id, id_zero(), 0), &comp->keys->ck);
        TRY(row_insert(c->ledger, &table_grants, &g));
    }
    return OK;
}

status grants_end(struct ledger *l, struct id comp, struct id unit)
{
    struct grants_rows grants;

    TRY(sql_grants_of_comp(l, (struct sql_grants_of_comp){ .comp = comp }, &grants));
    for (size_t i = 0; i < grants.n; i++) {
        if (grants.at[i].altered)
            return fail(BROKEN, "a grant was altered: nothing is changed until it was looked at");
        if (grants.at[i].unit.has && id_eq(grants.at[i].unit.v, unit))
            TRY(row_delete(l, &table_grants, &grants.at[i]));
    }
    return OK;
}

/* -- turning ------------------------------------------------------------------------------------------------------------------ */

static bool granted_before(const struct grants_rows *grants, size_t i)
{
    for (size_t k = 0; k < i; k++)
        if (grants->at[k].unit.has && id_eq(grants->at[k].unit.v, grants->at[i].unit.v))
            return true;
    return false;
}

/* A unit that nobody holds a key of any more gets none: its old grants stay. */
static status regrant(struct ctx *c, const struct comp_open *fresh, struct id case_id, const struct grants_rows *grants)
{
    bool reporter = false;

    for (size_t i = 0; i < grants->n; i++) {
        const struct grants_row *g = &grants->at[i];
        struct grant_terms terms = { .why = "turn", .consent = g->consent, .expires = g->expires };
        status s;

        reporter |= !g->altered && !g->unit.has;
        if (g->altered || !g->unit.has || granted_before(grants, i) || (g->expires.has && g->expires.v <= c->now))
            continue;
        s = comp_grant(c, fresh, g->unit.v, &terms);
        if (s != OK && s != NOT_FOUND)
            return s;
    }
    return reporter ? comp_grant_reporters(c, fresh, case_id) : OK;
}

status comp_turn(struct ctx *c, struct id case_id, const char *letter, struct comp_open *fresh)
{
    struct grants_rows grants;
    struct comps comps;
    struct comp_open *now;

    TRY(comps_closed(c, case_id, &comps));
    now = comp_newest(&comps, letter);
    if (now == NULL)
        return NOT_FOUND;
    TRY(sql_grants_of_comp(c->ledger, (struct sql_grants_of_comp){ .comp = now->id }, &grants));
    TRY(comp_new(c, case_id, letter, fresh));
    return regrant(c, fresh, case_id, &grants);
}

/* -- offers -------------------------------------------------------------------------------------------------------------------- */

status comp_offer(struct ctx *c, const struct comp_open *comp, struct id referral, struct id unit)
{
    struct offered_grants_row row = { .referral = referral, .comp = comp->id };
    struct unit_key key;
    struct le64 epoch;
    struct str wrapped;
    char *plain;

    if (comp->keys == NULL)
        return fail(BROKEN, "a key that is not open cannot be offered");
    TRY(people_unit_key(c->ledger, unit, c->now, &key));
    wrapped = vault_wrap(c->arena, &key.opk, ctx_comp_key(comp->id, unit, key.epoch), &comp->keys->ck);
    epoch = vault_le64(key.epoch);
    plain = arena_alloc(c->arena, wrapped.n + 8);
    memcpy(plain, epoch.b, 8);
    memcpy(plain + 8, wrapped.at, wrapped.n);
    row.sealed = vault_box(c->arena, &house_now(c->ledger->house)->job, ctx_offered(referral, comp->id),
                           str_of(plain, wrapped.n + 8));
    return row_insert(c->ledger, &table_offered_grants, &row);
}

/* Any line of the key file may have boxed it. */
static status offer_unbox(struct ctx *c, const struct offered_grants_row *offer, struct str *plain)
{
    const struct house *h = c->ledger->house;
    status s = BROKEN;

    for (size_t i = h->n; i-- > 0 && s != OK;)
        s = vault_unbox(c->arena, &h->gen[i].job, ctx_offered(offer->referral, offer->comp), offer->sealed, plain);
    return s == OK && plain->n == 8 + WRAP_BYTES ? OK : fail(BROKEN, "an offered grant does not open");
}

status offer_open(struct ctx *c, const struct offered_grants_row *offer, struct id unit, struct comp_open *comp)
{
    struct grants_row g = { .comp = offer->comp, .unit = { true, unit } };
    struct pair *pair;
    struct str plain;

    TRY(comp_row(c, offer->comp, comp));
    TRY(offer_unbox(c, offer, &plain));
    for (int i = 7; i >= 0; i--)
        g.epoch = g.epoch << 8 | (uint8_t)plain.at[i];
    g.sealed = str_from(plain, 8);
    TRY(people_open_unit(c, unit, g.epoch, &pair));
    return comp_unlock(c, comp, pair, ctx_comp_key(comp->id, unit, g.epoch), g.sealed);
}
