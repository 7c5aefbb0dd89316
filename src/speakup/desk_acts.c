/* What staff do with a report. Every act reads the rows anew inside its transaction and looks whether it still fits. */
#include "desk.h"

#include "../casework/words.h"

enum { ACT_TRIES = 6 };

/* -- one act ---------------------------------------------------------------------------------------------------------------------- */

static status there(status s, bool *is)
{
    *is = s == OK;
    return s == NOT_FOUND ? OK : s;
}

static status standing_of(struct ctx *c, const struct cases_row *row, struct standing *s)
{
    struct pranks_row mark = { .report = row->id };
    struct merges_rows joined;

    *s = (struct standing){
        .state = row->state, .held = row->assignee.has, .mine = row->assignee.has && id_eq(row->assignee.v, c->actor.user),
        .supervise = may(c, MAY_SUPERVISE), .filed = casefile_there(c, row->id),
    };
    TRY(there(row_get(c->ledger, &table_pranks, &mark), &s->marked));
    TRY(sql_merges_of_main(c->ledger, (struct sql_merges_of_main){ .main = row->id }, &joined));
    s->joined = joined.n > 0;
    return OK;
}

status desk_case_open(struct ctx *c, struct id report, struct desk_case *d)
{
    TRY(desk_open(c, report, &d->row, &d->comps));
    if (!holds_talk(&d->comps))
        return NOT_FOUND;       /* a unit that holds evidence alone answers nobody, so it cannot stop the ladder */
    return standing_of(c, &d->row, &d->standing);
}

static status act_once(struct ctx *c, struct id report, const char *name, desk_body *body, const void *what)
{
    struct desk_case d;

    TRY(act_begin(c->ledger, desk_act(c, name, report)));
    TRY(desk_case_open(c, report, &d));
    TRY(body(c, &d, what));
    return c->ledger->act != NULL ? act_commit(c->ledger) : OK;
}

/* Side by side on PostgreSQL, two acts change one row: the later one begins again on what the first has left. */
status desk_do(struct ctx *c, struct id report, const char *name, desk_body *body, const void *what)
{
    status s = CONFLICT;

    for (int tries = 0; s == CONFLICT && tries < ACT_TRIES; tries++) {
        act_again(c->ledger);
        s = act_once(c, report, name, body, what);
    }
    if (s == CONFLICT)
        act_abort(c->ledger);
    return s;
}

status desk_tell(struct ctx *c, const struct desk_case *d, const struct event *e)
{
    return event_write(c, &d->comps, e);
}

static status allowed(const struct desk_case *d, enum desk_act act)
{
    return desk_allows(act, &d->standing) ? OK : fail(CONFLICT, "the report is not in a state for this act any more");
}

static status put_row(struct ctx *c, struct desk_case *d)
{
    return row_update(c->ledger, &table_cases, &d->row);
}

static status ladder(struct ctx *c, struct desk_case *d, bool running)
{
    return ladder_set(c->ledger, &d->row, (struct ladder_clock){ running, c->now });
}

/* -- claim and release ---------------------------------------------------------------------------------------------------------- */

/* Minutes that the report waited, known to ten minutes from the ladder's clock, which goes with this claim. */
static status count_wait(struct ctx *c, const struct cases_row *row)
{
    struct dormant_grants_rows rows;
    i64 began;

    TRY(sql_dormant_of(c->ledger, (struct sql_dormant_of){ .case_id = row->id }, &rows));
    for (size_t i = 0; i < rows.n; i++) {
        if (rows.at[i].altered || !rows.at[i].due.has)
            continue;
        began = rows.at[i].due.v - rows.at[i].rank * patience_minutes(row->urgency) * MINUTE_MS;
        network_wait_add(row->owner_unit, c->now, (c->now - began) / MINUTE_MS);
        break;
    }
    return OK;
}

static void take(struct ctx *c, struct desk_case *d)
{
    d->row.assignee = (struct opt_id){ true, c->actor.user };
    d->row.state = state_of_held(d->row.waiting);
}

/* Nobody's, with the clock of a new report. */
static status put_back(struct ctx *c, struct desk_case *d)
{
    d->row.assignee = (struct opt_id){ 0 };
    d->row.state = STR("new");
    d->row.due = clock_hour_floor(c->now + patience_minutes(d->row.urgency) * MINUTE_MS);
    return ladder(c, d, true);
}

static status claim_body(struct ctx *c, struct desk_case *d, const void *what)
{
    (void)what;
    if (d->standing.mine) {
        act_abort(c->ledger);       /* a second tap: nothing is done, and nothing logged */
        return OK;
    }
    TRY(allowed(d, ACT_CLAIM));
    TRY(count_wait(c, &d->row));
    TRY(ladder(c, d, false));
    take(c, d);
    return put_row(c, d);
}

status desk_claim(struct ctx *c, struct id report)
{
    return desk_do(c, report, "report.claim", claim_body, NULL);
}

static status release_body(struct ctx *c, struct desk_case *d, const void *what)
{
    (void)what;
    TRY(allowed(d, ACT_RELEASE));
    TRY(put_back(c, d));
    return put_row(c, d);
}

status desk_release(struct ctx *c, struct id report)
{
    return desk_do(c, report, "report.release", release_body, NULL);
}

/* -- reply and note --------------------------------------------------------------------------------------------------------------- */

static status staff_record(struct ctx *c, const struct comp_open *comp, enum record_kind kind, struct str text)
{
    struct record r = { .kind = kind, .author = c->actor.user, .time = c->now, .text = text };

    if (comp == NULL || comp->keys == NULL)
        return NOT_FOUND;
    return record_write(c, comp, &r);
}

static status reply_body(struct ctx *c, struct desk_case *d, const void *what)
{
    const struct str *text = what;

    TRY(allowed(d, ACT_REPLY));
    TRY(staff_record(c, comp_newest(&d->comps, "C"), RECORD_MESSAGE_STAFF, *text));
    d->row.state = STR("answered");
    d->row.waiting = 0;
    d->row.messages++;
    return put_row(c, d);
}

status desk_reply(struct ctx *c, struct id report, struct str text)
{
    return desk_do(c, report, "report.reply", reply_body, &text);
}

static status note_body(struct ctx *c, struct desk_case *d, const void *what)
{
    const struct str *text = what;

    return staff_record(c, comp_newest(&d->comps, "N"), RECORD_NOTE, *text);
}

status desk_note(struct ctx *c, struct id report, struct str text)
{
    return desk_do(c, report, "report.note", note_body, &text);
}

/* -- to a colleague ------------------------------------------------------------------------------------------------------------------ */

static bool in_unit(const struct ctx *c, struct id unit)
{
    for (size_t i = 0; i < c->actor.n_units; i++)
        if (id_eq(c->actor.units[i], unit))
            return true;
    return false;
}

static status may_write(struct ctx *c, struct id user, bool *writes)
{
    struct roles_rows roles;
    uint64_t rights = 0;

    TRY(sql_roles_of_user(c->ledger, (struct sql_roles_of_user){ .user = user, .now = c->now }, &roles));
    for (size_t i = 0; i < roles.n; i++)
        if (!roles.at[i].altered && roles.at[i].confirmed_by.has)
            rights |= rights_of_role(roles.at[i].role);
    *writes = rights >> (MAY_WRITE_REPORTS - FIRST_RIGHT) & 1;
    return OK;
}

status desk_colleagues(struct ctx *c, const struct cases_row *row, struct users_rows *people)
{
    struct users_rows all;

    *people = (struct users_rows){ 0 };
    if (!in_unit(c, row->owner_unit))
        return OK;
    TRY(sql_unit_people(c->ledger, (struct sql_unit_people){ .unit = row->owner_unit, .now = c->now }, &all));
    people->at = NEW_N(c->arena, struct users_row, all.n + 1);
    for (size_t i = 0; i < all.n; i++) {
        bool writes = false;

        if (all.at[i].altered || (row->assignee.has && id_eq(all.at[i].id, row->assignee.v)))
            continue;
        TRY(may_write(c, all.at[i].id, &writes));
        if (writes)
            people->at[people->n++] = all.at[i];
    }
    return OK;
}

static status hand_over_body(struct ctx *c, struct desk_case *d, const void *what)
{
    const struct hand_over *to = what;
    struct str from = desk_user_name(c, d->row.assignee), name = STR_NULL;
    struct users_rows people;

    TRY(allowed(d, ACT_HAND_OVER));
    TRY(desk_colleagues(c, &d->row, &people));
    for (size_t i = 0; i < people.n; i++)
        if (id_eq(people.at[i].id, to->to))
            name = people.at[i].name;
    if (name.at == NULL)
        return fail(CONFLICT, "no such colleague in the report's unit");
    d->row.assignee = (struct opt_id){ true, to->to };
    TRY(put_row(c, d));
    return desk_tell(c, d, &(struct event){ "hand_over", from.at ? from : STR(""), name, to->words });
}

status desk_hand_over(struct ctx *c, struct id report, const struct hand_over *to)
{
    return desk_do(c, report, "report.hand-over", hand_over_body, to);
}

/* A decision with an item of a list: the item stands in the timeline by its name. */
static status decided(struct ctx *c, const struct desk_case *d, const char *list, const struct event *e)
{
    TRY(desk_tell(c, d, &(struct event){ "choice", str_c(list), e->to, STR("") }));
    return desk_tell(c, d, e);
}

/* -- set aside as a prank -------------------------------------------------------------------------------------------------------------- */

static status prank_body(struct ctx *c, struct desk_case *d, const void *what)
{
    const struct decision *why = what;
    struct pranks_row mark = { .report = d->row.id, .reason = why->reason, .urgency = d->row.urgency, .set_by = c->actor.user,
                               .since = c->now };

    TRY(allowed(d, ACT_PRANK));
    TRY(ladder(c, d, false));
    TRY(row_insert(c->ledger, &table_pranks, &mark));
    d->row.state = STR("prank");
    d->row.urgency = 0;
    d->row.assignee = (struct opt_id){ 0 };
    TRY(put_row(c, d));
    return decided(c, d, "prank", &(struct event){ "prank", STR(""), why->reason, why->words });
}

status desk_prank(struct ctx *c, struct id report, const struct decision *why)
{
    return desk_do(c, report, "report.prank", prank_body, why);
}

/* Where the child wrote again it stands in the queue already, and only its rank comes back. */
static status unprank_body(struct ctx *c, struct desk_case *d, const void *what)
{
    const struct decision *why = what;
    struct pranks_row mark = { .report = d->row.id };

    TRY(allowed(d, ACT_UNPRANK));
    TRY(row_get(c->ledger, &table_pranks, &mark));
    TRY(row_delete(c->ledger, &table_pranks, &mark));
    if (d->row.urgency < mark.urgency)
        d->row.urgency = mark.urgency;
    if (!d->row.assignee.has && !str_is(d->row.state, "closed"))
        TRY(put_back(c, d));
    TRY(put_row(c, d));
    return desk_tell(c, d, &(struct event){ "unprank", mark.reason, STR(""), why->words });
}

status desk_unprank(struct ctx *c, struct id report, const struct decision *why)
{
    return desk_do(c, report, "report.unprank", unprank_body, why);
}

/* -- closed and opened again ------------------------------------------------------------------------------------------------------------- */

static status close_body(struct ctx *c, struct desk_case *d, const void *what)
{
    const struct decision *why = what;

    TRY(allowed(d, ACT_CLOSE));
    d->row.state = STR("closed");
    d->row.waiting = 0;
    TRY(put_row(c, d));
    return decided(c, d, "close", &(struct event){ "close_talk", STR(""), why->reason, why->words });
}

status desk_close(struct ctx *c, struct id report, const struct decision *why)
{
    return desk_do(c, report, "report.close", close_body, why);
}

static status reopen_body(struct ctx *c, struct desk_case *d, const void *what)
{
    const struct decision *why = what;

    TRY(allowed(d, ACT_REOPEN));
    take(c, d);
    TRY(put_row(c, d));
    return desk_tell(c, d, &(struct event){ "reopen_talk", STR(""), STR(""), why->words });
}

status desk_reopen(struct ctx *c, struct id report, const struct decision *why)
{
    return desk_do(c, report, "report.reopen", reopen_body, why);
}
