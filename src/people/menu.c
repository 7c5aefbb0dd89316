/* The menu that every page of a signed-in person carries. */
#include "anew.h"
#include "rescue.h"
#include "views.h"

#include "people.sql.h"
#include "texts.h"

/* Who runs the system sees who takes the lists, not what stands on them. */
static struct url lists_of(struct ctx *c)
{
    const char *path = may(c, MAY_LIST_NAMES) ? "/blocklist" : may(c, MAY_RUN_SYSTEM) ? "/blocklist/feeds" : NULL;

    return path ? url_lang(c->arena, url_path(path), c->page.lang_query) : (struct url){ STR("") };
}

struct staff_nav people_menu(struct ctx *c, enum staff_item active)
{
    return (struct staff_nav){
        .active = active, .desk = may(c, MAY_READ_REPORTS), .cases = may(c, MAY_READ_CASES),
        .admin = may(c, MAY_SET_PEOPLE) || may(c, MAY_CONFIRM) || c->actor.n_units > 0, .log = may(c, MAY_READ_LOG),
        .numbers = may(c, MAY_READ_NUMBERS), .partner = may(c, MAY_READ_TRAFFIC) && !may(c, MAY_SET_PEOPLE),
        .lists = lists_of(c), .banks = may(c, MAY_LIST_NAMES), .review = may(c, MAY_JUDGE_MATCHES), .takedown = may(c, MAY_ASK_REMOVAL),
        .queue = url_lang(c->arena, url_path("/desk?show=unclaimed"), c->page.lang_query),
    };
}

/* Whoever can act on it sees on every page that something was altered: a row's table and id, never what it holds. */
static status alarm_of(struct ctx *c, struct str *alarm)
{
    struct audit_last last;

    if (!may(c, MAY_SET_PEOPLE) && !may(c, MAY_CONFIRM) && !may(c, MAY_READ_LOG) && !may(c, MAY_RUN_SYSTEM))
        return OK;
    TRY(audit_last(c->ledger, &last));
    *alarm = last.bad.n ? last.bad : STR_NULL;
    return OK;
}

/* A unit is to be opened: everybody hears of it. A share to print or to try: its trustee. A unit is lost: who sets people. */
static status keys_of(struct ctx *c, struct staff_nav *nav)
{
    struct recoveries_waiting_row waiting;
    struct units_lost_row lost = { 0 };
    struct recovery_trustees_row mine;

    TRY(sql_recoveries_waiting(c->ledger->db, (struct sql_recoveries_waiting){ .org = c->actor.org, .since = c->now - RESCUE_OVER_MS }, &waiting));
    if (may(c, MAY_SET_PEOPLE))
        TRY(sql_units_lost(c->ledger->db, (struct sql_units_lost){ .org = c->actor.org, .now = c->now }, &lost));
    nav->keys_urgent = waiting.n > 0 || lost.n > 0;
    nav->keys = waiting.n > 0 ? T_RESCUE_BANNER_RESCUE : lost.n > 0 ? T_RESCUE_BANNER_LOST : 0;
    if (nav->keys == 0 && rescue_mine(c, &mine) == OK) {
        enum share_state s = share_state(&mine, c->now);

        nav->keys = s == SHARE_UNPRINTED ? T_RESCUE_BANNER_PRINT : s == SHARE_UNTRIED ? T_RESCUE_BANNER_DRILL : 0;
    }
    return OK;
}

status people_nav(struct ctx *c, struct staff_nav *nav, enum staff_item active)
{
    struct staff_counts counts = { 0 };

    *nav = people_menu(c, active);
    nav->flash = session_take(c, "flash");
    TRY(alarm_of(c, &nav->alarm));
    TRY(rescue_cover(c));
    TRY(keys_of(c, nav));
    TRY(console_notice(c, &nav->anew));
    if ((nav->desk || may(c, MAY_RUN_SYSTEM) || c->actor.n_units > 0) && c->app->staff_counts != NULL)
        TRY(c->app->staff_counts(c, &counts));
    nav->note = nav->cases && c->app->staff_note != NULL ? c->app->staff_note(c) : STR_NULL;
    nav->clocks_held = counts.clocks_held;
    nav->clocks_late = counts.clocks_late;
    nav->clocks_answer = may(c, MAY_RUN_SYSTEM);
    nav->mine = counts.mine;
    nav->waiting = counts.waiting;
    nav->unclaimed = counts.unclaimed;
    nav->referrals = counts.referrals;
    nav->pressing = counts.pressing;
    nav->platforms = counts.platforms;
    nav->sent = counts.sent;
    nav->sent_urgent = counts.sent_urgent;
    return OK;
}
