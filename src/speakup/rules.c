#include "rules.h"

static const char *const who_codes[] = { "", "self", "friend", "parent", "teacher", "other" };
static const char *const danger_codes[] = { "", "now", "soon", "no", "unsure" };
static const char *const harm_names[] = {
    "bullying", "threat", "images", "contact", "scam", "hate", "self_harm", "other",
};

static size_t index_of(struct str code, const char *const *codes, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (str_is(code, codes[i]))
            return i;
    return n;
}

enum who who_of(struct str code)
{
    size_t i = index_of(code, who_codes, COUNT_OF(who_codes));

    return i < COUNT_OF(who_codes) ? (enum who)i : WHO_SKIP;
}

enum danger danger_of(struct str code)
{
    size_t i = index_of(code, danger_codes, COUNT_OF(danger_codes));

    return i < COUNT_OF(danger_codes) ? (enum danger)i : DANGER_SKIP;
}

unsigned harm_of(struct strs codes)
{
    unsigned harm = 0;

    for (size_t i = 0; i < codes.n; i++) {
        size_t bit = index_of(codes.at[i], harm_names, COUNT_OF(harm_names));

        if (bit < COUNT_OF(harm_names))
            harm |= 1u << bit;
    }
    return harm;
}

const char *who_code(enum who who)
{
    return who_codes[who];
}

const char *danger_code(enum danger danger)
{
    return danger_codes[danger];
}

struct str harm_codes(struct arena *a, unsigned harm)
{
    struct str list = STR("");

    for (size_t i = 0; i < COUNT_OF(harm_names); i++)
        if (harm >> i & 1)
            list = arena_f(a, "%.*s%s%s", (int)list.n, list.at, list.n ? "," : "", harm_names[i]);
    return list;
}

bool age_known(struct str age)
{
    static const char *const bands[] = { "under9", "9-11", "12-15", "16-17", "adult" };

    return index_of(age, bands, COUNT_OF(bands)) < COUNT_OF(bands);
}

bool story_odd(const struct report_new *report)
{
    struct str story = str_trim(report->story);

    for (size_t i = 1; i < story.n; i++)
        if (story.at[i] != story.at[0])
            return false;
    return report->harm == 0;
}

i64 urgency_of(const struct report_new *report, bool odd)
{
    if (report->danger == DANGER_NOW || report->harm & HARM_SELF)
        return 4;
    if (report->danger == DANGER_SOON)
        return 3;
    if (report->harm & (HARM_THREAT | HARM_IMAGES | HARM_CONTACT))
        return 2;
    return odd ? 0 : 1;
}

i64 patience_minutes(i64 urgency)
{
    static const i64 minutes[] = { 24 * 60, 8 * 60, 120, 60, 20 };

    return minutes[urgency];
}

void report_ref(char ref[9])
{
    static const char digits[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

    memcpy(ref, "PA-", 3);
    for (int i = 3; i < 8; i++)
        ref[i] = digits[random_below(32)];
    ref[8] = '\0';
}

/* -- the desk ------------------------------------------------------------------------------------------------------------------ */

static bool in_work(const struct standing *s)
{
    return str_is(s->state, "claimed") || str_is(s->state, "answered");
}

/* Nobody's, or the reader's own, or a colleague's whom the reader may stand in for. */
static bool in_reach(const struct standing *s)
{
    return !s->held || s->mine || s->supervise;
}

bool desk_allows(enum desk_act act, const struct standing *s)
{
    bool waits = str_is(s->state, "new"), closed = str_is(s->state, "closed");

    switch (act) {
    case ACT_CLAIM:
        return waits && !s->held;
    case ACT_RELEASE:
    case ACT_REPLY:
    case ACT_MERGE:
        return in_work(s) && s->mine;
    case ACT_HAND_OVER:
    case ACT_CLOSE:
        return in_work(s) && (s->mine || s->supervise);
    case ACT_BE_MERGED:
        return (waits || in_work(s) || closed) && in_reach(s) && !s->filed && !s->joined && !s->marked;
    case ACT_UNMERGE:
        return str_is(s->state, "merged");
    case ACT_PRANK:
        return (waits || in_work(s)) && in_reach(s) && !s->filed && !s->joined && !s->marked;
    case ACT_UNPRANK:
        return s->marked && in_reach(s);
    case ACT_REOPEN:
        return closed && in_reach(s);
    }
    return false;
}

struct str state_after_child(struct str state, bool held)
{
    if (str_is(state, "answered"))
        return STR("claimed");
    if (str_is(state, "closed") || str_is(state, "prank"))
        return held ? STR("claimed") : STR("new");
    return state;
}

struct str state_of_held(i64 waiting)
{
    return waiting ? STR("claimed") : STR("answered");
}
