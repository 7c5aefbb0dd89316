/* A case moves from one unit to another: its keys are offered under the house's lock, and taken in one act. */
#include "clocks.h"
#include "referral.h"

static bool moves(struct str letter)
{
    return str_is(letter, "C") || str_is(letter, "N") || str_is(letter, "I") || str_is(letter, "E");
}

bool transfer_whole(const struct comps *comps)
{
    bool any = false;

    for (size_t i = 0; i < comps->n; i++) {
        if (!moves(comps->at[i].letter))
            continue;
        if (comps->at[i].keys == NULL)
            return false;
        any = true;
    }
    return any;
}

static bool runs(const struct referrals_row *r)
{
    return str_is(r->state, "asked") || str_is(r->state, "sent") || str_is(r->state, "accepted");
}

/* A referral that the unit has sent of this case, and that still runs: it goes over with the case. */
static bool goes_along(const struct referrals_row *r, struct id case_id, struct id unit)
{
    return !r->altered && str_is(r->kind, "referral") && id_eq(r->case_id, case_id) && id_eq(r->from_unit, unit) && runs(r) &&
           r->comp.has;
}

/* -- offering ------------------------------------------------------------------------------------------------------------------- */

status transfer_offer(struct ctx *c, const struct comps *comps, const struct referrals_row *r)
{
    struct referrals_rows sent;

    for (size_t i = 0; i < comps->n; i++)
        if (moves(comps->at[i].letter))
            TRY(comp_offer(c, &comps->at[i], r->id, r->to_unit));
    TRY(sql_referrals_of_case(c->ledger, (struct sql_referrals_of_case){ .case_id = r->case_id }, &sent));
    for (size_t i = 0; i < sent.n; i++) {
        struct comp_open thread;

        if (!goes_along(&sent.at[i], r->case_id, r->from_unit) || id_eq(sent.at[i].to_unit, r->to_unit))
            continue;
        TRY(comp_of_id(c, sent.at[i].comp.v, &thread));
        if (thread.keys != NULL)
            TRY(comp_offer(c, &thread, r->id, r->to_unit));
    }
    return OK;
}

status transfer_forget(struct ledger *l, struct id referral)
{
    struct offered_grants_rows offers;

    TRY(sql_offers_of(l, (struct sql_offers_of){ .referral = referral }, &offers));
    for (size_t i = 0; i < offers.n; i++)
        TRY(row_delete(l, &table_offered_grants, &offers.at[i]));
    return OK;
}

/* -- taking ----------------------------------------------------------------------------------------------------------------------- */

/* What was offered, opened by the receiver's own key. */
static status offers_open(struct ctx *c, const struct referrals_row *r, struct comps *offered)
{
    struct offered_grants_rows offers;

    TRY(sql_offers_of(c->ledger, (struct sql_offers_of){ .referral = r->id }, &offers));
    *offered = (struct comps){ .at = NEW_N(c->arena, struct comp_open, offers.n + 1) };
    for (size_t i = 0; i < offers.n; i++) {
        if (offers.at[i].altered)
            return fail(BROKEN, "an offered key was altered");
        TRY(offer_open(c, &offers.at[i], r->to_unit, &offered->at[offered->n++]));
    }
    return OK;
}

/* A key that was turned, or a compartment made, since the offer: half a case would move. The sender offers anew. */
static status offers_whole(struct ctx *c, const struct referrals_row *r, const struct comps *offered)
{
    struct comps all;

    TRY(comps_closed(c, r->case_id, &all));
    for (size_t i = 0; i < all.n; i++)
        if (moves(all.at[i].letter) && comps_find(offered, all.at[i].id) == NULL)
            return fail(CONFLICT, "the case has a compartment that was not offered");
    return OK;
}

static status keys_move(struct ctx *c, const struct referrals_row *r, const struct comps *offered)
{
    struct grant_terms terms = { .why = "transfer", .consent = r->consent };

    for (size_t i = 0; i < offered->n; i++) {
        TRY(comp_grant(c, &offered->at[i], r->to_unit, &terms));
        TRY(grants_end(c->ledger, offered->at[i].id, r->from_unit));
    }
    return transfer_forget(c->ledger, r->id);
}

/* What is written from now on, the old unit cannot read even with the whole database in its hands. */
static status keys_turn(struct ctx *c, struct id case_id)
{
    static const char *const letters[] = { "C", "N", "I", "E" };
    struct comp_open fresh;

    for (size_t i = 0; i < COUNT_OF(letters); i++) {
        status s = comp_turn(c, case_id, letters[i], &fresh);

        if (s != OK && s != NOT_FOUND)
            return s;
    }
    return OK;
}

static status ladder_end(struct ctx *c, struct id case_id)
{
    struct dormant_grants_rows rows;

    TRY(sql_dormants_of_case(c->ledger, (struct sql_dormants_of_case){ .case_id = case_id }, &rows));
    for (size_t i = 0; i < rows.n; i++)
        TRY(row_delete(c->ledger, &table_dormant_grants, &rows.at[i]));
    return OK;
}

/* The conversation waits in the new unit's queue; who worked on it in the old one is nobody here. */
static status case_moves(struct ctx *c, const struct referrals_row *r)
{
    struct cases_row row = { .id = r->case_id };

    TRY(row_get(c->ledger, &table_cases, &row));
    if (!id_eq(row.owner_unit, r->from_unit))
        return fail(CONFLICT, "the case has moved already");
    row.owner_unit = r->to_unit;
    row.assignee = (struct opt_id){ 0 };
    if (str_is(row.state, "claimed") || str_is(row.state, "answered"))
        row.state = STR("new");
    TRY(row_update(c->ledger, &table_cases, &row));
    return ladder_end(c, row.id);
}

/* Who gets the case gets its clocks as they run: no hand-over makes a term longer. */
static status clocks_move(struct ctx *c, const struct casefiles_row *file, const struct comps *offered)
{
    struct casefile f = { .row = { .id = file->case_id }, .file = *file, .comps = *offered };
    struct case_asks_row ask;
    bool asked;

    TRY(row_get(c->ledger, &table_cases, &f.row));
    f.process = process_of(file->process, file->version);
    f.state = f.process ? process_state(f.process, file->state) : NULL;
    TRY(case_ask_of(c, file->case_id, &ask, &asked));
    if (asked)                  /* who asked is nobody here any more */
        TRY(row_delete(c->ledger, &table_case_asks, &ask));
    TRY(clocks_transferred(c, &f));
    return row_update(c->ledger, &table_casefiles, &f.file);
}

/* Who takes it over carries it, until it is handed on: no case waits unseen in a unit. Supervisors and chairs hand it on first. */
static struct opt_id next_worker(const struct ctx *c)
{
    if (may(c, MAY_SUPERVISE) || may(c, MAY_APPROVE_PLANS))
        return (struct opt_id){ 0 };
    return (struct opt_id){ true, c->actor.user };
}

static status file_moves(struct ctx *c, const struct referrals_row *r, const struct comps *offered)
{
    struct casefiles_row file = { .case_id = r->case_id };
    struct tasks_rows tasks;
    status s = row_get(c->ledger, &table_casefiles, &file);

    if (s == NOT_FOUND)
        return OK;              /* a report without a file moves too */
    TRY(s);
    file.unit = r->to_unit;
    file.worker = next_worker(c);
    TRY(clocks_move(c, &file, offered));
    TRY(sql_tasks_open(c->ledger, (struct sql_tasks_open){ .case_id = r->case_id }, &tasks));
    for (size_t i = 0; i < tasks.n; i++) {
        if (tasks.at[i].altered || !tasks.at[i].worker.has)
            continue;
        tasks.at[i].worker = (struct opt_id){ 0 };
        TRY(row_update(c->ledger, &table_tasks, &tasks.at[i]));
    }
    return OK;
}

/* Referrals that run are the new unit's from now on: it reads their threads, and can take them back. One that was sent after
   the offer stays with who sent it: its key was never offered. */
static status referrals_move(struct ctx *c, const struct referrals_row *r, const struct comps *offered)
{
    struct referrals_rows sent;

    TRY(sql_referrals_of_case(c->ledger, (struct sql_referrals_of_case){ .case_id = r->case_id }, &sent));
    for (size_t i = 0; i < sent.n; i++) {
        if (!goes_along(&sent.at[i], r->case_id, r->from_unit))
            continue;
        if (id_eq(sent.at[i].to_unit, r->to_unit)) {    /* who got a part has got the whole */
            sent.at[i].state = STR("revoked");
            TRY(grants_end(c->ledger, sent.at[i].comp.v, r->from_unit));
        } else if (comps_find(offered, sent.at[i].comp.v) != NULL) {
            sent.at[i].from_unit = r->to_unit;
        } else {
            continue;
        }
        TRY(row_update(c->ledger, &table_referrals, &sent.at[i]));
    }
    return OK;
}

status transfer_take(struct ctx *c, struct referrals_row *r)
{
    struct comps offered;

    TRY(offers_open(c, r, &offered));
    TRY(offers_whole(c, r, &offered));
    TRY(case_moves(c, r));
    TRY(file_moves(c, r, &offered));
    TRY(keys_move(c, r, &offered));
    TRY(keys_turn(c, r->case_id));
    TRY(referrals_move(c, r, &offered));
    return r->comp.has ? grants_end(c->ledger, r->comp.v, r->from_unit) : OK;
}
