/* Who may decide what about an entry. */
#include "blocklist.h"

static bool is_who(struct opt_id one, struct id who)
{
    return one.has && id_eq(one.v, who);
}

enum list_bar blocklist_review_bar(const struct blocklist_row *e, struct id who)
{
    if (!str_is(e->state, "proposed"))
        return LIST_OVER;
    if (id_eq(e->set_by, who))
        return LIST_OWN;
    return is_who(e->first_by, who) ? LIST_SEEN : LIST_FINE;
}

/* Who put a name on the list does not judge the complaint against it. Taking it off is open to every reviewer. */
enum list_bar blocklist_reject_bar(const struct blocklist_row *e, struct id who)
{
    if (!str_is(e->state, "appealed"))
        return LIST_OVER;
    if (id_eq(e->set_by, who))
        return LIST_OWN;
    return is_who(e->first_by, who) || is_who(e->second_by, who) ? LIST_SEEN : LIST_FINE;
}

bool blocklist_live(struct str state)
{
    return str_is(state, "proposed") || str_is(state, "active") || str_is(state, "appealed");
}

bool blocklist_in_zone(const struct blocklist_row *e, i64 now)
{
    return !e->altered && (str_is(e->state, "active") || str_is(e->state, "appealed")) && !(e->expires.has && e->expires.v <= now);
}

const char *blocklist_state_after(const struct blocklist_row *e)
{
    return e->two && !e->first_by.has ? "proposed" : "active";
}
