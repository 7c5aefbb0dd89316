/* What codes say in the reader's language, and the clock that runs out first. */
#include "words.h"

#include "texts.h"

/* -- words ------------------------------------------------------------------------------------------------------------------ */

struct word { const char *code; int text; };

static const struct word who_words[] = {
    { "", T_DESK_WHO_NONE }, { "self", T_DESK_WHO_SELF }, { "friend", T_DESK_WHO_FRIEND }, { "parent", T_DESK_WHO_PARENT },
    { "teacher", T_DESK_WHO_TEACHER }, { "other", T_DESK_WHO_OTHER },
};
static const struct word danger_words[] = {
    { "", T_DESK_DANGER_NONE }, { "now", T_DESK_DANGER_NOW }, { "soon", T_DESK_DANGER_SOON }, { "no", T_DESK_DANGER_NO },
    { "unsure", T_DESK_DANGER_UNSURE },
};
static const struct word age_words[] = {
    { "", T_DESK_AGE_NONE }, { "under9", T_DESK_AGE_UNDER9 }, { "9-11", T_DESK_AGE_9_11 }, { "12-15", T_DESK_AGE_12_15 },
    { "16-17", T_DESK_AGE_16_17 }, { "adult", T_DESK_AGE_ADULT },
};
static const struct word harm_words[] = {
    { "other", T_DESK_HARM_OTHER }, { "bullying", T_DESK_HARM_BULLYING }, { "threat", T_DESK_HARM_THREAT },
    { "images", T_DESK_HARM_IMAGES }, { "contact", T_DESK_HARM_CONTACT }, { "scam", T_DESK_HARM_SCAM },
    { "hate", T_DESK_HARM_HATE }, { "self_harm", T_DESK_HARM_SELF_HARM },
};
static const struct word exclude_words[] = {
    { "other", T_DESK_EXCLUDE_OTHER }, { "hotline", T_DESK_EXCLUDE_HOTLINE }, { "police", T_DESK_EXCLUDE_POLICE },
    { "commune", T_DESK_EXCLUDE_COMMUNE }, { "school", T_DESK_EXCLUDE_SCHOOL }, { "health", T_DESK_EXCLUDE_HEALTH },
    { "social", T_DESK_EXCLUDE_SOCIAL }, { "union", T_DESK_EXCLUDE_UNION }, { "ngo", T_DESK_EXCLUDE_NGO },
    { "enterprise", T_DESK_EXCLUDE_ENTERPRISE },
};
static const struct word state_words[] = {
    { "new", T_DESK_STATE_NEW }, { "claimed", T_DESK_STATE_CLAIMED }, { "answered", T_DESK_STATE_ANSWERED },
    { "closed", T_DESK_STATE_CLOSED }, { "prank", T_DESK_STATE_PRANK }, { "merged", T_DESK_STATE_MERGED },
};

static const struct { const struct word *at; size_t n; } lists[] = {
    [DESK_WHO] = { who_words, COUNT_OF(who_words) }, [DESK_DANGER] = { danger_words, COUNT_OF(danger_words) },
    [DESK_AGE] = { age_words, COUNT_OF(age_words) }, [DESK_HARM] = { harm_words, COUNT_OF(harm_words) },
    [DESK_EXCLUDE] = { exclude_words, COUNT_OF(exclude_words) }, [DESK_STATE] = { state_words, COUNT_OF(state_words) },
};

/* The first of a list stands for "not answered" and for what is unknown. */
int desk_word(enum desk_list list, struct str code)
{
    for (size_t i = 1; i < lists[list].n; i++)
        if (str_is(code, lists[list].at[i].code))
            return lists[list].at[i].text;
    return lists[list].at[0].text;
}

struct desk_words desk_harms(struct ctx *c, struct str codes)
{
    struct desk_words list = { .at = NEW_N(c->arena, struct desk_word, codes.n + 1) };
    struct str code;

    while (codes.n && str_cut(&codes, ',', &code))
        if (code.n)
            list.at[list.n++].key = desk_word(DESK_HARM, code);
    return list;
}

struct desk_words desk_excludes(struct ctx *c, struct strs codes)
{
    struct desk_words list = { .at = NEW_N(c->arena, struct desk_word, codes.n + 1), .n = codes.n };

    for (size_t i = 0; i < codes.n; i++)
        list.at[i].key = desk_word(DESK_EXCLUDE, codes.at[i]);
    return list;
}

struct str desk_place(const struct ctx *c, struct str code)
{
    struct str name = network_province_name(code, c->lang == LANG_EN);

    return name.n ? name : STR_NULL;
}

struct str desk_number(struct ctx *c, i64 n)
{
    return arena_f(c->arena, "%lld", (long long)n);
}

/* -- the clock ----------------------------------------------------------------------------------------------------------------- */

struct desk_clock desk_clock_due(struct ctx *c, i64 due)
{
    static const int late[] = { T_DESK_CLOCK_LATE_MINUTES, T_DESK_CLOCK_LATE_HOURS, T_DESK_CLOCK_LATE_DAYS, T_DESK_CLOCK_LATE_FULL };
    static const int left[] = { T_DESK_CLOCK_LEFT_MINUTES, T_DESK_CLOCK_LEFT_HOURS, T_DESK_CLOCK_LEFT_DAYS, T_DESK_CLOCK_LEFT_FULL };
    i64 minutes = (due - c->now) / MINUTE_MS, m = minutes < 0 ? -minutes : minutes;
    int unit = m < 60 ? 0 : m >= 48 * 60 ? 2 : m % 60 ? 1 : 3;
    struct desk_clock clock = { .words = (due < c->now ? late : left)[unit], .a = STR(""), .b = STR("") };

    clock.look = due < c->now ? CLOCK_LATE : minutes < 20 ? CLOCK_SOON : CLOCK_FINE;
    clock.a = desk_number(c, unit == 0 ? m : unit == 2 ? m / (24 * 60) : m / 60);
    if (unit == 1)
        clock.b = arena_f(c->arena, "%02d", (int)(m % 60));
    return clock;
}

struct desk_clock desk_clock_until(struct ctx *c, i64 due, i64 soon)
{
    struct desk_clock clock = desk_clock_due(c, due);

    if (clock.look == CLOCK_FINE && c->now >= soon)
        clock.look = CLOCK_SOON;
    return clock;
}

/* -- who -------------------------------------------------------------------------------------------------------------- */

struct str desk_user_name(struct ctx *c, struct opt_id user)
{
    struct users_row row = { .id = user.v };

    return user.has && row_get(c->ledger, &table_users, &row) == OK ? row.name : STR_NULL;
}
