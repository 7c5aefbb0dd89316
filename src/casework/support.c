/* Services that were planned for a child, and follow-ups. Where one is linked to a referral, its outcome comes back by itself. */
#include "day.h"

#include "referral.h"

static status tell(struct ctx *c, const struct comps *comps, const struct supports_row *row, struct str words)
{
    const char *what = str_is(row->kind, "follow") ? "follow" : "service";

    return event_write(c, comps, &(struct event){ .what = what, .from = row->state, .to = row->type, .words = words });
}

/* A referral of this very case, whose outcome is still to come. */
static status check_referral(struct ctx *c, const struct casefile *f, struct opt_id referral)
{
    struct referrals_row r = { .id = referral.v };

    if (!referral.has)
        return OK;
    TRY(row_get(c->ledger, &table_referrals, &r));
    return id_eq(r.case_id, f->row.id) && str_is(r.kind, "referral") && referral_waits(r.state) ? OK : NOT_FOUND;
}

static status add_body(struct ctx *c, struct casefile *f, const void *what)
{
    const struct support_new *new = what;
    const struct named words[] = { { "provider", new->provider }, { "aim", new->aim } };
    struct record r = { .kind = RECORD_SUPPORT, .author = c->actor.user, .time = c->now,
                        .text = named_json(c, words, COUNT_OF(words)) };
    struct supports_row row = {
        .id = id_timed(c->now), .case_id = f->row.id, .kind = new->kind, .type = new->type, .service = new->service,
        .words = { .has = true }, .state = STR("planned"), .due = new->due, .referral = new->referral,
        .set_by = c->actor.user, .since = c->now,
    };

    TRY(check_referral(c, f, new->referral));
    TRY(record_write_id(c, comp_newest(&f->comps, "N"), &r, &row.words.v));
    TRY(row_insert(c->ledger, &table_supports, &row));
    return tell(c, &f->comps, &row, new->provider);
}

status case_add_support(struct ctx *c, struct id id, const struct support_new *new)
{
    return case_act_do(c, id, "case.support", add_body, new);
}

/* The words go to N also where N is closed to the writer: the receiver of a referral tells the sender's case. */
static status end_row(struct ctx *c, const struct comps *comps, struct supports_row *row, struct str words)
{
    const struct named named[] = { { "outcome", words } };
    struct record r = { .kind = RECORD_SUPPORT, .author = c->actor.user, .time = c->now, .text = named_json(c, named, 1) };
    const struct comp_open *notes = comp_newest(comps, "N");

    if (notes == NULL)
        return fail(BROKEN, "a case without its compartment for notes");
    row->ended = (struct opt_i64){ true, c->now };
    row->ended_by = (struct opt_id){ !id_is_zero(c->actor.user), c->actor.user };
    row->outcome.has = true;
    TRY(record_write_id(c, notes, &r, &row->outcome.v));
    TRY(row_update(c->ledger, &table_supports, row));
    return tell(c, comps, row, words);
}

struct ending { struct id of; struct str state, words; };

static status end_body(struct ctx *c, struct casefile *f, const void *what)
{
    const struct ending *e = what;
    struct supports_row row = { .id = e->of };

    TRY(row_get(c->ledger, &table_supports, &row));
    if (!id_eq(row.case_id, f->row.id))
        return NOT_FOUND;
    if (!str_is(row.state, "planned"))
        return OK;                  /* it ended already, by hand or by its referral */
    row.state = e->state;
    return end_row(c, &f->comps, &row, e->words);
}

status case_end_support(struct ctx *c, struct id id, struct id support, struct str state, struct str words)
{
    return case_act_do(c, id, "case.support-end", end_body, &(struct ending){ support, state, words });
}

status supports_of_outcome(struct ctx *c, const struct referrals_row *r, struct str words)
{
    struct supports_rows rows;
    struct comps comps;

    if (!str_is(r->kind, "referral") || referral_waits(r->state))
        return OK;
    TRY(sql_supports_of_referral(c->ledger, (struct sql_supports_of_referral){ .referral = r->id }, &rows));
    if (rows.n == 0)
        return OK;
    TRY(comps_closed(c, r->case_id, &comps));
    for (size_t i = 0; i < rows.n; i++) {
        if (rows.at[i].altered)
            continue;
        rows.at[i].state = str_is(r->state, "done") ? STR("given") : STR("not_given");
        TRY(end_row(c, &comps, &rows.at[i], words));
    }
    return OK;
}
