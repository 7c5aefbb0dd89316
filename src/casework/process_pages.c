/* A case and the process that it follows: another version by an act with a reason, and the second person of an act for two. */
#include "clocks.h"
#include "pages.h"

#include "casework_pages.h"
#include "texts.h"

/* -- what changes ---------------------------------------------------------------------------------------------------------------- */

const struct process *process_newer(const struct ctx *c, const struct casefiles_row *file)
{
    const struct process *p = process_for_new(c->now);

    return str_eq(p->code, file->process) && p->version > file->version ? p : NULL;
}

static struct str named(const struct ctx *c, struct str name, struct str name_en)
{
    return c->lang == LANG_EN && name_en.n ? name_en : name;
}

/* "Duyệt kế hoạch: 2 ngày làm việc"; "" where there is none. */
static struct str clock_words(struct ctx *c, const struct process_clock *k)
{
    struct str name, term;

    if (k == NULL)
        return STR("");
    name = named(c, k->name, k->name_en);
    term = clock_term_text(c, k->term);
    return arena_f(c->arena, "%.*s: %.*s", (int)name.n, name.at, (int)term.n, term.at);
}

static void add_change(struct process_changes *list, struct str was, struct str is)
{
    if (!str_eq(was, is))
        list->at[list->n++] = (struct process_change){ was, is };
}

static struct process_changes clock_changes(struct ctx *c, const struct process *was, const struct process *is)
{
    struct process_changes list = { .at = NEW_N(c->arena, struct process_change, 2 * PROCESS_CLOCKS) };

    for (size_t i = 0; i < was->n_clocks; i++)
        add_change(&list, clock_words(c, &was->clocks[i]), clock_words(c, process_clock(is, was->clocks[i].code)));
    for (size_t i = 0; i < is->n_clocks; i++)
        if (process_clock(was, is->clocks[i].code) == NULL)
            add_change(&list, STR(""), clock_words(c, &is->clocks[i]));
    return list;
}

static struct str state_words(const struct ctx *c, const struct process_state *s)
{
    return s ? named(c, s->name, s->name_en) : STR("");
}

static struct process_changes state_changes(struct ctx *c, const struct process *was, const struct process *is)
{
    struct process_changes list = { .at = NEW_N(c->arena, struct process_change, 2 * PROCESS_STATES) };

    for (size_t i = 0; i < was->n_states; i++)
        add_change(&list, state_words(c, &was->states[i]), state_words(c, process_state(is, was->states[i].code)));
    for (size_t i = 0; i < is->n_states; i++)
        if (process_state(was, is->states[i].code) == NULL)
            add_change(&list, STR(""), state_words(c, &is->states[i]));
    return list;
}

/* "Sang lập kế hoạch (mau-03 bien-ban-hop)": with the forms that must be finished before. */
static struct str act_words(const struct ctx *c, const struct process_act *act)
{
    struct str name;

    if (act == NULL)
        return STR("");
    name = named(c, act->name, act->name_en);
    return act->form.n ? arena_f(c->arena, "%.*s (%.*s)", (int)name.n, name.at, (int)act->form.n, act->form.at) : name;
}

static struct process_changes act_changes(struct ctx *c, const struct process *was, const struct process *is)
{
    struct process_changes list = { .at = NEW_N(c->arena, struct process_change, 2 * PROCESS_ACTS) };

    for (size_t i = 0; i < was->n_acts; i++)
        add_change(&list, act_words(c, &was->acts[i]), act_words(c, process_act(is, was->acts[i].code)));
    for (size_t i = 0; i < is->n_acts; i++)
        if (process_act(was, is->acts[i].code) == NULL)
            add_change(&list, STR(""), act_words(c, &is->acts[i]));
    return list;
}

/* -- the page ------------------------------------------------------------------------------------------------------------------------- */

/* The same state in the new version; NULL where it vanishes, and a person says where the case stands. */
static const struct process_state *kept_state(const struct casefile *f, const struct process *is)
{
    const struct process_state *s = process_state(is, f->file.state);

    return s != NULL && s->track == 0 ? s : NULL;
}

static struct choices map_choices(struct ctx *c, const struct process *is)
{
    struct choices list = { .at = NEW_N(c->arena, struct choice, PROCESS_STATES) };
    struct str chosen = form_text(c, "state");

    for (size_t i = 0; i < is->n_states; i++)
        if (is->states[i].track == 0)
            list.at[list.n++] = (struct choice){ is->states[i].code, state_words(c, &is->states[i]), str_eq(is->states[i].code, chosen) };
    return list;
}

status case_process_show(struct ctx *c)
{
    struct case_process_view v = { .words = form_text(c, "words"), .words_error = form_error(c, "words"),
                                   .map_error = form_error(c, "state") };
    const struct process *is;
    struct casefile f;
    char since[CLOCK_TEXT];

    TRY(case_page_open(c, TAB_TIMELINE, &f, &v.head));
    is = process_newer(c, &f.file);
    if (is == NULL || f.process == NULL)
        return case_back(c, f.row.id, "", T_CLOCKS_FLASH_NO_NEWER);
    clock_day_vi(is->from, since);
    v.from = desk_number(c, f.file.version);
    v.to = desk_number(c, is->version);
    v.since = arena_copy(c->arena, str_c(since));
    v.clocks = clock_changes(c, f.process, is);
    v.states = state_changes(c, f.process, is);
    v.acts = act_changes(c, f.process, is);
    v.was = f.file.state;
    if (kept_state(&f, is) == NULL)
        v.map = map_choices(c, is);
    TRY(people_nav(c, &v.nav, STAFF_CASES));
    return page(c, tpl_casework_case_process, &v);
}

static status check_adoption(struct ctx *c, const struct casefile *f, struct adoption *a)
{
    a->state = kept_state(f, a->to);
    if (a->state == NULL) {
        a->state = process_state(a->to, form_text(c, "state"));
        if (a->state == NULL || a->state->track != 0)
            (void)!form_refuse(c, "state", text_of(c, T_CASES_ASK_CHOICE_NONE));
    }
    if (str_trim(a->words).n == 0)
        (void)!form_refuse(c, "words", text_of(c, T_CASES_ASK_WORDS_NONE));
    return form_failed(c) ? fail(INVALID, "a version without what it needs") : OK;
}

status case_process_do(struct ctx *c)
{
    struct adoption a = { .was = form_text(c, "was"), .words = form_text(c, "words") };
    struct casefile f;
    struct id id;
    i64 version;
    status s;

    TRY(path_id(c, "id", &id));
    TRY(casefile_open(c, id, &f));
    a.to = process_newer(c, &f.file);
    if (a.to == NULL || !str_i64(form_text(c, "version"), &version) || version != a.to->version)
        return case_back(c, id, "", T_CLOCKS_FLASH_NO_NEWER);
    TRY(check_adoption(c, &f, &a));
    s = case_adopt(c, id, &a);
    if (s == INVALID) {         /* it has moved meanwhile */
        act_abort(c->ledger);
        fail_clear();
        return case_back(c, id, "", T_CASES_FLASH_MOVED);
    }
    TRY(s);
    return case_back(c, id, "", T_CLOCKS_FLASH_ADOPTED);
}

/* -- the second person ------------------------------------------------------------------------------------------------------------------- */

status case_ask_show(struct ctx *c)
{
    struct case_ask_view v = { .title = text_of(c, T_CLOCKS_ASK_DECLINE), .words_needed = true, .words = form_text(c, "words"),
                               .words_error = form_error(c, "words") };
    struct casefile f;
    char id[ID_TEXT + 1];

    TRY(case_page_open(c, TAB_TIMELINE, &f, &v.head));
    if (v.head.ask.name.n == 0)
        return case_back(c, f.row.id, "", T_CASES_FLASH_MOVED);
    id_text(f.row.id, id);
    v.action = url_lang(c->arena, url_f(c->arena, "/cases/%s/ask", id), c->page.lang_query);
    v.say = text_fill(c->arena, (int)c->lang, T_CLOCKS_ASK_DECLINE_SAY, v.head.ask.name, v.head.ask.by);
    TRY(people_nav(c, &v.nav, STAFF_CASES));
    return page(c, tpl_casework_ask, &v);
}

status case_ask_do(struct ctx *c)
{
    struct str words = form_text(c, "words");
    struct id id;
    status s;

    TRY(path_id(c, "id", &id));
    if (str_trim(words).n == 0)
        return form_refuse(c, "words", text_of(c, T_CASES_ASK_WORDS_NONE));
    s = case_decline_ask(c, id, words);
    if (s == INVALID) {
        act_abort(c->ledger);
        fail_clear();
        return case_back(c, id, "", T_CASES_FLASH_MOVED);
    }
    TRY(s);
    return case_back(c, id, "", T_CLOCKS_FLASH_DECLINED);
}

/* What waits for a second person, for the head of the case. */
status case_ask_shown(struct ctx *c, const struct casefile *f, struct case_ask_shown *shown)
{
    const struct process_act *act;
    struct case_asks_row ask;
    char id[ID_TEXT + 1], day[CLOCK_TEXT];
    bool there;

    *shown = (struct case_ask_shown){ .name = STR_NULL };
    TRY(case_ask_of(c, f->row.id, &ask, &there));
    act = there ? process_act(f->process, ask.act) : NULL;
    if (act == NULL)
        return OK;
    id_text(f->row.id, id);
    clock_day_vi(ask.asked, day);
    *shown = (struct case_ask_shown){
        .name = act_words(c, act), .by = desk_user_name(c, (struct opt_id){ true, ask.asked_by }), .day = arena_copy(c->arena, str_c(day)),
        .own = id_eq(ask.asked_by, c->actor.user),
        .decline = url_lang(c->arena, url_f(c->arena, "/cases/%s/ask", id), c->page.lang_query),
        .second = url_lang(c->arena, url_f(c->arena, "/cases/%s/act/%.*s", id, (int)ask.act.n, ask.act.at), c->page.lang_query) };
    return OK;
}

/* Where the tracks beside the case stand. */
status case_tracks_shown(struct ctx *c, const struct casefile *f, struct case_tracks *tracks)
{
    *tracks = (struct case_tracks){ .at = NEW_N(c->arena, struct case_track_view, PROCESS_TRACKS) };
    for (size_t t = 1; t < f->process->n_tracks; t++) {
        const struct process_track *track = &f->process->tracks[t];
        const struct process_state *s;

        TRY(case_track_state(c, f, t, &s));
        tracks->at[tracks->n++] = (struct case_track_view){
            .name = named(c, track->name, track->name_en), .state = state_words(c, s), .begun = s != process_first(f->process, t) };
    }
    return OK;
}
