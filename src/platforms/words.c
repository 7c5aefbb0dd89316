#include "words.h"

#include "texts.h"

struct pair_of_words { const char *code; int text; };

static int find(const struct pair_of_words *list, size_t n, struct str code, int other)
{
    for (size_t i = 0; i < n; i++)
        if (str_is(code, list[i].code))
            return list[i].text;
    return other;
}

int incident_text(struct str code)
{
    static const struct pair_of_words list[] = {
        { "material", T_PLATFORMS_KIND_MATERIAL }, { "trafficking", T_PLATFORMS_KIND_TRAFFICKING }, { "tourism", T_PLATFORMS_KIND_TOURISM },
        { "molestation", T_PLATFORMS_KIND_MOLESTATION }, { "domain", T_PLATFORMS_KIND_DOMAIN }, { "words", T_PLATFORMS_KIND_WORDS },
        { "enticement", T_PLATFORMS_KIND_ENTICEMENT }, { "unsolicited", T_PLATFORMS_KIND_UNSOLICITED },
    };

    return find(list, COUNT_OF(list), code, T_PLATFORMS_KIND_WORDS);
}

int decision_text(struct str decision, bool asked)
{
    static const struct pair_of_words list[] = {
        { "case", T_PLATFORMS_STATE_CASE }, { "track", T_PLATFORMS_STATE_TRACK }, { "duplicate", T_PLATFORMS_STATE_DUPLICATE },
        { "unfounded", T_PLATFORMS_STATE_UNFOUNDED },
    };

    return find(list, COUNT_OF(list), decision, asked ? T_PLATFORMS_STATE_ASKED : T_PLATFORMS_STATE_WAITS);
}

enum platform_look decision_look(struct str decision, bool asked)
{
    if (str_is(decision, "case"))
        return PLATFORM_CASE;
    if (str_is(decision, "track"))
        return PLATFORM_TRACK;
    return decision.n ? PLATFORM_SET_ASIDE : asked ? PLATFORM_ASKED : PLATFORM_WAITS;
}

int told_answer_text(struct str answer)
{
    static const struct pair_of_words list[] = {
        { "read", T_PLATFORMS_ANSWER_READ }, { "taken", T_PLATFORMS_ANSWER_TAKEN }, { "more", T_PLATFORMS_ANSWER_MORE },
        { "ended", T_PLATFORMS_ANSWER_ENDED },
    };

    return find(list, COUNT_OF(list), answer, 0);
}

int mark_text(struct str kind)
{
    static const struct pair_of_words list[] = {
        { "incident", T_PLATFORMS_MARK_INCIDENT }, { "account", T_PLATFORMS_MARK_ACCOUNT }, { "file", T_PLATFORMS_MARK_FILE },
    };

    return find(list, COUNT_OF(list), kind, 0);
}

int look_text(struct str look)
{
    static const struct pair_of_words list[] = {
        { "broken", T_PLATFORMS_LOOK_BROKEN }, { "large", T_PLATFORMS_LOOK_LARGE }, { "no-decoder", T_PLATFORMS_LOOK_NO_DECODER },
        { "busy", T_PLATFORMS_LOOK_BUSY },
    };

    return find(list, COUNT_OF(list), look, 0);
}

struct str report_moment(struct ctx *c, struct opt_i64 at)
{
    char day[CLOCK_TEXT], time[CLOCK_TEXT];

    if (!at.has)
        return STR("");
    clock_day_vi(at.v, day);
    clock_time(at.v, time);
    return arena_f(c->arena, "%s, %s", day, time);
}

struct str report_org(struct ctx *c, struct id org)
{
    struct organisations_row row = { .id = org };

    return row_get(c->ledger, &table_organisations, &row) == OK ? row.name : STR("");
}
