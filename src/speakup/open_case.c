/* From a report to a case: the file begins, the ladder ends, and the talk with the child goes on as it was. */
#include "desk_words.h"

#include "texts.h"

enum { OPEN_TRIES = 8 };

/* What goes on in another report, or was set aside, is no case of its own. */
static status its_own(const struct cases_row *row)
{
    bool elsewhere = str_is(row->state, "merged") || str_is(row->state, "prank");

    return elsewhere ? fail(CONFLICT, "merged or set aside") : OK;
}

static status open_once(struct ctx *c, struct id report)
{
    struct act_info info = { .act = "case.open", .now = c->now, .actor = c->actor.user, .object = report };
    struct cases_row row;
    struct comps comps;
    const struct comp_open *notes;

    if (c->actor.n_units)
        info.unit = c->actor.units[0];
    TRY(act_begin(c->ledger, info));
    TRY(desk_open(c, report, &row, &comps));
    TRY(its_own(&row));
    notes = comp_newest(&comps, "N");
    if (notes == NULL || notes->keys == NULL)
        return NOT_FOUND;
    if (casefile_there(c, report)) {
        act_abort(c->ledger);
        return OK;              /* somebody was faster: the same case */
    }
    TRY(casefile_begin(c, &row, &comps, row.ref));
    return act_commit(c->ledger);
}

/* Who opens the case of a report that nobody has taken takes it: a case has somebody who answers the child. */
static status take_first(struct ctx *c, struct id report)
{
    struct cases_row row;
    struct comps comps;
    status s;

    TRY(desk_open(c, report, &row, &comps));
    TRY(its_own(&row));
    if (row.assignee.has || !holds_talk(&comps))
        return OK;
    s = desk_claim(c, report);
    if (s == CONFLICT)
        act_abort(c->ledger);
    return s == CONFLICT ? OK : s;
}

status desk_open_case(struct ctx *c, struct id report)
{
    status s = CONFLICT;

    TRY(take_first(c, report));
    for (int tries = 0; s == CONFLICT && tries < OPEN_TRIES; tries++) {
        act_again(c->ledger);
        s = open_once(c, report);
    }
    return s;
}

static status open_case(struct ctx *c)
{
    struct id report;
    char id[ID_TEXT + 1];
    status s;

    TRY(path_id(c, "id", &report));
    id_text(report, id);
    s = desk_open_case(c, report);
    if (s == CONFLICT) {
        act_abort(c->ledger);
        session_put(c, "flash", text_of(c, T_DESK_FLASH_CHANGED), 5);
        return see_other_f(c, "/desk/%s", id);
    }
    TRY(s);
    session_put(c, "flash", text_of(c, T_CASES_FLASH_OPENED), 5);
    return see_other_f(c, "/cases/%s", id);
}

#define EMPTY_FORM FORM({ .name = "token", .max = 100 })

const struct route open_case_routes[] = {
    ROUTE(POST, "/desk/:id/case", MAY_WRITE_CASES, EMPTY_FORM, open_case),
    ROUTES_END
};
