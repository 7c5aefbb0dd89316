/* The timeline of a case: what N says was done, newest first, in words. */
#include "pages.h"

#include "texts.h"

enum { MOMENTS_PAGE = 100 };

static struct str state_name(const struct ctx *c, const struct casefile *f, struct str code)
{
    const struct process_state *s = f->process ? process_state(f->process, code) : NULL;

    if (s == NULL)
        return code;
    return c->lang == LANG_EN && s->name_en.n ? s->name_en : s->name;
}

static struct str user_name(struct ctx *c, struct str id)
{
    struct opt_id user = { .has = true };
    struct str name = id_of_text(id, &user.v) ? desk_user_name(c, user) : STR_NULL;

    return name.n ? name : text_of(c, T_CASES_NOBODY_NAME);
}

static struct str fill(struct ctx *c, int key, struct str first, struct str second)
{
    return text_fill(c->arena, (int)c->lang, key, first, second);
}

/* Events that other parts of the house write have a text of their own, cases.event.WHAT, which is given both codes. */
static struct str other_title(struct ctx *c, const struct moment *m)
{
    int key = text_key_of(arena_f(c->arena, "cases.event.%.*s", (int)m->what.n, m->what.at));

    return key ? fill(c, key, m->from, m->to) : m->what;
}

static struct str task_title(struct ctx *c, const struct moment *m)
{
    int key = str_is(m->from, "open") ? T_CASES_EVENT_TASK_OPEN : str_is(m->from, "done") ? T_CASES_EVENT_TASK_DONE
                                                                                        : T_CASES_EVENT_TASK_DROPPED;

    return fill(c, key, list_name(c, "task", m->to), STR(""));
}

static struct str place_name(struct ctx *c, struct str commune)
{
    return commune.n ? network_area_name(c, commune) : text_of(c, T_CASES_COMMUNES_UNKNOWN);
}

/* Events of the day: what, and how it ended; day.event.WHAT_STATE is given the name of a list's item, or a moment. */
static struct str day_title(struct ctx *c, const struct moment *m)
{
    const char *list = str_is(m->what, "consent") ? "consent_for" : arena_copy(c->arena, m->what).at;
    int key = text_key_of(arena_f(c->arena, "day.event.%.*s_%.*s", (int)m->what.n, m->what.at, (int)m->from.n, m->from.at));

    return key ? fill(c, key, list_name(c, list, m->to), STR("")) : m->what;
}

/* "người phụ trách, Chủ tịch" of "owner chair". */
static struct str who_was_told(struct ctx *c, struct str roles)
{
    struct str role, all = STR("");

    while (str_cut(&roles, ' ', &role)) {
        int key = text_key_of(arena_f(c->arena, "cases.event.told_%.*s", (int)role.n, role.at));
        struct str name = key ? text_of(c, key) : role;

        all = arena_f(c->arena, "%.*s%s%.*s", (int)all.n, all.at, all.n ? ", " : "", (int)name.n, name.at);
    }
    return all;
}

/* The name of the clock, and who was told. */
static struct str late_title(struct ctx *c, const struct casefile *f, const struct moment *m)
{
    const struct process_clock *k = f->process ? process_clock(f->process, m->from) : NULL;
    int key = text_key_of(arena_f(c->arena, "cases.event.late_%.*s", (int)m->to.n, m->to.at));
    bool several = str_find_char(m->to, ' ') < m->to.n;
    struct str name = k == NULL ? m->from : c->lang == LANG_EN && k->name_en.n ? k->name_en : k->name;

    if (several)
        return fill(c, T_CASES_EVENT_LATE, name, who_was_told(c, m->to));
    return key ? fill(c, key, name, STR("")) : name;
}

static struct str act_title(struct ctx *c, const struct casefile *f, const struct moment *m)
{
    const struct process_act *act = f->process ? process_act(f->process, m->from) : NULL;
    struct str name = act == NULL ? m->from : c->lang == LANG_EN && act->name_en.n ? act->name_en : act->name;

    return fill(c, str_is(m->what, "ask") ? T_CASES_EVENT_ASK : T_CASES_EVENT_ASK_DECLINED, name, STR(""));
}

static struct str event_title(struct ctx *c, const struct casefile *f, const struct moment *m)
{
    if (str_is(m->what, "open"))
        return m->from.n ? fill(c, T_CASES_EVENT_OPEN_FROM, m->from, STR("")) : text_of(c, T_CASES_EVENT_OPEN);
    if (str_is(m->what, "state"))
        return fill(c, T_CASES_EVENT_STATE, state_name(c, f, m->to), STR(""));
    if (str_is(m->what, "left_open"))
        return fill(c, T_CASES_EVENT_LEFT_OPEN, state_name(c, f, m->from), STR(""));
    if (str_is(m->what, "choice"))
        return list_name(c, arena_copy(c->arena, m->from).at, m->to);
    if (str_is(m->what, "risk"))
        return fill(c, T_CASES_EVENT_RISK, list_name(c, "risk", m->to), STR(""));
    if (str_is(m->what, "worker"))
        return fill(c, T_CASES_EVENT_WORKER, user_name(c, m->to), STR(""));
    if (str_is(m->what, "task"))
        return task_title(c, m);
    if (str_is(m->what, "flag"))
        return fill(c, str_is(m->from, "open") ? T_CASES_EVENT_FLAG : T_CASES_EVENT_FLAG_ENDED, list_name(c, "flag", m->to), STR(""));
    if (str_is(m->what, "communes"))
        return fill(c, T_CASES_EVENT_COMMUNES, place_name(c, m->from), place_name(c, m->to));
    if (str_is(m->what, "person"))
        return fill(c, T_CASES_EVENT_PERSON, list_name(c, "person", m->to), STR(""));
    if (str_is(m->what, "service") || str_is(m->what, "follow") || str_is(m->what, "consent") || str_is(m->what, "meeting"))
        return day_title(c, m);
    if (str_is(m->what, "late"))
        return late_title(c, f, m);
    if (str_is(m->what, "ask") || str_is(m->what, "ask_declined"))
        return act_title(c, f, m);
    return other_title(c, m);
}

static bool is_key(const struct moment *m)
{
    return str_is(m->what, "open") || str_is(m->what, "state") || str_is(m->what, "risk") || str_is(m->what, "late");
}

static bool is_seal(const struct moment *m)
{
    return str_starts(m->what, STR("police"));
}

static struct str day_heading(struct ctx *c, i64 time, i64 *last)
{
    char text[CLOCK_TEXT];
    i64 day = clock_local_day(time);

    if (day == *last)
        return STR_NULL;
    *last = day;
    clock_day_vi(day, text);
    return arena_copy(c->arena, str_c(text));
}

struct case_moment case_moment_view(struct ctx *c, const struct casefile *f, const struct moment *m, i64 *day)
{
    bool anonymous = id_is_zero(m->author);
    char time[CLOCK_TEXT];
    struct case_moment v = { .day = day_heading(c, m->time, day), .words = m->words, .altered = m->altered };

    if (m->altered)
        return v;
    clock_time(m->time, time);
    v.time = anonymous ? STR_NULL : arena_copy(c->arena, str_c(time));
    v.by = anonymous ? STR_NULL : desk_user_name(c, (struct opt_id){ true, m->author });
    v.look = m->kind == RECORD_NOTE ? MOMENT_NOTE : is_seal(m) ? MOMENT_SEAL
           : is_key(m) || m->kind == RECORD_ANSWERS ? MOMENT_KEY : MOMENT_ACT;
    v.title = m->kind == RECORD_NOTE ? text_of(c, T_CASES_NOTE_TITLE) : m->kind == RECORD_ANSWERS ? text_of(c, T_CASES_EVENT_TOLD)
                                                                                                : event_title(c, f, m);
    return v;
}

status case_timeline(struct ctx *c, const struct casefile *f, struct case_view *v)
{
    struct moments moments;
    i64 from = 0, day = 0;

    TRY(case_moments(c, &f->comps, &moments));
    if (!str_i64(query_text(c, "from"), &from) || from < 0)
        from = 0;
    v->moments.at = NEW_N(c->arena, struct case_moment, MOMENTS_PAGE);
    for (size_t i = (size_t)from; i < moments.n && v->moments.n < MOMENTS_PAGE; i++)
        v->moments.at[v->moments.n++] = case_moment_view(c, f, &moments.at[i], &day);
    if ((size_t)from + v->moments.n < moments.n)
        v->older = url_query(c->arena, url_lang(c->arena, url_id(c->arena, "/cases/", f->row.id, ""), c->page.lang_query), "from",
                             desk_number(c, from + MOMENTS_PAGE));
    return OK;
}
