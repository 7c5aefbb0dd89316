/* A report as a row of a list, and its clock. */
#include "desk_words.h"

#include "rules.h"

#include "texts.h"

/* Until it is claimed the ladder's clock tells ten minutes; afterwards the hour is all that is kept. */
static i64 due_of(struct ctx *c, const struct cases_row *row)
{
    struct dormant_next_row next;

    if (row->assignee.has || sql_dormant_next(c->ledger->db, (struct sql_dormant_next){ .case_id = row->id }, &next) != OK)
        return row->due + HOUR_MS;
    return next.due.has ? next.due.v : row->due + HOUR_MS;
}

struct desk_clock desk_clock_of(struct ctx *c, const struct cases_row *row)
{
    static const struct { const char *state; int words; } done[] = {
        { "closed", T_DESK_CLOCK_CLOSED }, { "prank", T_DESK_CLOCK_PRANK }, { "merged", T_DESK_CLOCK_MERGED },
    };

    for (size_t i = 0; i < COUNT_OF(done); i++)
        if (str_is(row->state, done[i].state))
            return (struct desk_clock){ .look = CLOCK_DONE, .words = done[i].words, .a = STR(""), .b = STR("") };
    if (row->waiting == 0)
        return (struct desk_clock){ .look = CLOCK_DONE, .words = T_DESK_CLOCK_ANSWERED, .a = STR(""), .b = STR("") };
    return desk_clock_due(c, due_of(c, row));
}
/* -- lists ---------------------------------------------------------------------------------------------------------------------- */

bool desk_is_mine(const struct ctx *c, const struct cases_row *row)
{
    return row->assignee.has && id_eq(row->assignee.v, c->actor.user);
}

struct desk_row desk_row_of(struct ctx *c, const struct cases_row *row, struct id current)
{
    if (row->altered)
        return (struct desk_row){ .id = row->id, .ref = STR("PA-?"), .altered = true, .clock = { .words = T_DESK_CLOCK_CLOSED } };
    return (struct desk_row){
        .id = row->id, .ref = row->ref, .level = (enum desk_level)row->urgency, .clock = desk_clock_of(c, row),
        .harms = desk_harms(c, row->harm), .age = desk_word(DESK_AGE, row->age_band), .place = desk_place(c, row->province),
        .waiting = row->waiting, .files = row->files, .holder = desk_user_name(c, row->assignee), .mine = desk_is_mine(c, row),
        .claimable = str_is(row->state, "new") && !row->assignee.has,
        .current = id_eq(row->id, current),
    };
}
