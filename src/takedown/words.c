/* Words that the pages of take-down share. */
#include "pages.h"

#include "texts.h"

static const struct state_word tracks[] = {
    { "reported", T_TAKEDOWN_STATE_REPORTED, TAKE_WAITS }, { "triaged", T_TAKEDOWN_STATE_TRIAGED, TAKE_WAITS },
    { "asked", T_TAKEDOWN_STATE_ASKED, TAKE_WAITS }, { "requested", T_TAKEDOWN_STATE_REQUESTED, TAKE_RUNS },
    { "escalated", T_TAKEDOWN_STATE_ESCALATED, TAKE_BAD }, { "appealed", T_TAKEDOWN_STATE_APPEALED, TAKE_BAD },
    { "refused", T_TAKEDOWN_STATE_REFUSED, TAKE_BAD }, { "removed", T_TAKEDOWN_STATE_REMOVED, TAKE_GOOD },
    { "confirmed", T_TAKEDOWN_STATE_CONFIRMED, TAKE_ENDED }, { "dropped", T_TAKEDOWN_STATE_DROPPED, TAKE_ENDED },
};

static const struct state_word notices[] = {
    { "chosen", T_TAKEDOWN_NOTICE_CHOSEN, TAKE_WAITS }, { "sent", T_TAKEDOWN_NOTICE_SENT, TAKE_RUNS },
    { "removed", T_TAKEDOWN_NOTICE_REMOVED, TAKE_GOOD }, { "cannot", T_TAKEDOWN_NOTICE_CANNOT, TAKE_BAD },
    { "notours", T_TAKEDOWN_NOTICE_NOTOURS, TAKE_ENDED }, { "appealed", T_TAKEDOWN_NOTICE_APPEALED, TAKE_BAD },
    { "withdrawn", T_TAKEDOWN_NOTICE_WITHDRAWN, TAKE_ENDED },
};

static const struct { const char *code; int text; } kinds[] = {
    { "platform", T_TAKEDOWN_KIND_PLATFORM }, { "host", T_TAKEDOWN_KIND_HOST }, { "operator", T_TAKEDOWN_KIND_OPERATOR },
    { "authority", T_TAKEDOWN_KIND_AUTHORITY },
};

const struct state_word *track_word(struct str state)
{
    for (size_t i = 0; i < COUNT_OF(tracks); i++)
        if (str_is(state, tracks[i].code))
            return &tracks[i];
    return &tracks[COUNT_OF(tracks) - 1];
}

const struct state_word *notice_word(struct str state, bool late)
{
    static const struct state_word overdue = { "late", T_TAKEDOWN_NOTICE_LATE, TAKE_BAD };

    for (size_t i = 0; i < COUNT_OF(notices); i++)
        if (str_is(state, notices[i].code))
            return late && str_is(state, "sent") ? &overdue : &notices[i];
    return &notices[COUNT_OF(notices) - 1];
}

struct choices track_choices(const struct ctx *c, struct str chosen)
{
    struct choices list = { .at = NEW_N(c->arena, struct choice, COUNT_OF(tracks) + 1), .n = COUNT_OF(tracks) + 1 };

    list.at[0] = (struct choice){ STR("late"), text_of(c, T_TAKEDOWN_NOTICE_LATE), str_is(chosen, "late") };
    for (size_t i = 0; i < COUNT_OF(tracks); i++)
        list.at[i + 1] = (struct choice){ str_c(tracks[i].code), text_of(c, tracks[i].text), str_is(chosen, tracks[i].code) };
    return list;
}

int recipient_text(struct str kind)
{
    for (size_t i = 0; i < COUNT_OF(kinds); i++)
        if (str_is(kind, kinds[i].code))
            return kinds[i].text;
    return kinds[0].text;
}

struct choices recipient_kinds(const struct ctx *c, struct str chosen)
{
    struct choices list = { .at = NEW_N(c->arena, struct choice, COUNT_OF(kinds)), .n = COUNT_OF(kinds) };

    for (size_t i = 0; i < list.n; i++)
        list.at[i] = (struct choice){ str_c(kinds[i].code), text_of(c, kinds[i].text), str_is(chosen, kinds[i].code) };
    return list;
}

int item_fault_text(enum item_fault fault)
{
    return fault == ITEM_LONG ? T_TAKEDOWN_WRONG_LONG : fault == ITEM_EMPTY ? T_TAKEDOWN_WRONG_ITEMS : T_TAKEDOWN_WRONG_ITEM;
}

struct str moment_words(struct ctx *c, struct opt_i64 at)
{
    char day[CLOCK_TEXT], time[CLOCK_TEXT];

    if (!at.has)
        return STR("");
    clock_day_vi(at.v, day);
    clock_time(at.v, time);
    return arena_f(c->arena, "%s, %s", time, day);
}

struct desk_clock track_clock(struct ctx *c, i64 due)
{
    return desk_clock_until(c, due, due - take_rules()->soon_ms);
}
