/* One case: its head on every page, and the acts that ask for words. */
#include "clocks.h"
#include "pages.h"
#include "papers.h"

#include "casework.sql.h"
#include "casework_pages.h"
#include "texts.h"

#include <stdlib.h>

enum { WORDS_CHARS = 10000 };

/* -- the head ------------------------------------------------------------------------------------------------------------------------- */

struct str case_day_text(struct ctx *c, i64 ms)
{
    char text[CLOCK_TEXT];

    clock_day_vi(ms, text);
    return arena_copy(c->arena, str_c(text));
}

static struct str act_name(const struct ctx *c, const struct process_act *act)
{
    return c->lang == LANG_EN && act->name_en.n ? act->name_en : act->name;
}

static struct url ask_action(struct ctx *c, struct id id, struct str tail)
{
    char text[ID_TEXT + 1];

    id_text(id, text);
    return url_lang(c->arena, url_f(c->arena, "/cases/%s/%.*s", text, (int)tail.n, tail.at), c->page.lang_query);
}

static struct url act_action(struct ctx *c, struct id id, const struct process_act *act)
{
    char text[ID_TEXT + 1];

    id_text(id, text);
    return url_lang(c->arena, url_f(c->arena, "/cases/%s/act/%.*s", text, (int)act->code.n, act->code.at), c->page.lang_query);
}

enum { STEPS = 100 };

/* A case that is over may have ended early: done is only what it came to. The first step has no row of its own in older cases. */
static status fill_walked(struct ctx *c, const struct casefile *f, bool walked[STEPS])
{
    struct case_states_rows rows;

    walked[process_first(f->process, 0)->step] = true;
    TRY(sql_states_walked(c->ledger, (struct sql_states_walked){ .case_id = f->row.id }, &rows));
    for (size_t i = 0; i < rows.n; i++) {
        const struct process_state *s = process_state(f->process, rows.at[i].state);

        if (!rows.at[i].altered && s != NULL)
            walked[s->step] = true;
    }
    return OK;
}

/* States of one step are one place in the row; it bears the name of the present state, or of its first. */
static status fill_steps(struct ctx *c, const struct casefile *f, struct case_steps *steps)
{
    const struct process *p = f->process;
    bool walked[STEPS] = { false };

    if (f->state->end)
        TRY(fill_walked(c, f, walked));
    steps->at = NEW_N(c->arena, struct case_step_view, p->n_states);
    for (i64 step = 0; step < STEPS; step++) {
        bool done = f->state->end ? walked[step] : step < f->state->step;
        const struct process_state *first = NULL;

        for (size_t i = 0; i < p->n_states; i++)
            if (p->states[i].step == step && p->states[i].track == 0 && (first == NULL || &p->states[i] == f->state))
                first = &p->states[i];
        if (first != NULL)
            steps->at[steps->n++] = (struct case_step_view){
                c->lang == LANG_EN && first->name_en.n ? first->name_en : first->name,
                step == f->state->step ? STEP_NOW : done ? STEP_DONE : STEP_AHEAD };
    }
    return OK;
}

static struct url act_url(struct ctx *c, const struct casefile *f, const struct process_act *act)
{
    return act->page.n ? url_query(c->arena, ask_action(c, f->row.id, act->page), "act", act->code) : act_action(c, f->row.id, act);
}

static i64 next_step(const struct casefile *f)
{
    i64 next = INT64_MAX;

    for (size_t i = 0; i < f->process->n_states; i++)
        if (f->process->states[i].track == 0 && f->process->states[i].step > f->state->step && f->process->states[i].step < next)
            next = f->process->states[i].step;
    return next;
}

static bool is_onward(const struct casefile *f, const struct process_act *act)
{
    const struct process_state *to = process_state(f->process, act->to);

    return act->track == 0 && act->page.n == 0 && to != NULL && to->step == next_step(f);
}

/* Away from the road: to another place, or to an early end. */
static bool is_aside(const struct casefile *f, const struct process_act *act)
{
    const struct process_state *to = process_state(f->process, act->to);

    return act->page.n > 0 || (to != NULL && to->end && !is_onward(f, act));
}

/* What may be done now, in the case and in the tracks beside it; a closed case is reopened first. What lies on the road comes first. */
static status fill_acts(struct ctx *c, const struct casefile *f, size_t track, bool aside, struct case_act_links *acts)
{
    const struct process_state *at;

    acts->at = NEW_N(c->arena, struct case_act_link, f->process->n_acts + 1);
    if (track > 0 && f->state->end)
        return OK;
    TRY(case_track_state(c, f, track, &at));
    for (int onward = 1; onward >= 0; onward--)
        for (size_t i = 0; i < f->process->n_acts; i++) {
            const struct process_act *act = &f->process->acts[i];

            if (act->track == track && onward == is_onward(f, act) && (track > 0 || aside == is_aside(f, act)) &&
                process_allows(f->process, act, at->code, case_who(c)))
                acts->at[acts->n++] = (struct case_act_link){
                    act_url(c, f, act), act_name(c, act),
                    !act->reason && act->list.n == 0 && act->page.n == 0 && !act->second && (!act->risk || f->file.risk.n), onward };
        }
    return OK;
}

static int part_name(struct str letter)
{
    static const struct { const char *letter; int text; } names[] = {
        { "C", T_CASES_PART_C }, { "N", T_CASES_PART_N }, { "I", T_CASES_PART_I }, { "E", T_CASES_PART_E },
        { "P", T_CASES_PART_P }, { "T", T_CASES_PART_T },
    };

    for (size_t i = 0; i < COUNT_OF(names); i++)
        if (str_is(letter, names[i].letter))
            return names[i].text;
    return T_CASES_PART_N;
}

static enum part_look part_look(const struct comp_open *comp)
{
    if (comp->keys == NULL)
        return str_is(comp->letter, "P") ? PART_SEALED : PART_CLOSED;
    return str_is(comp->letter, "E") || str_is(comp->letter, "P") ? PART_COVERED : PART_OPEN;
}

/* One row for each letter: the newest of it. Each T is a referral of its own. */
void case_parts_fill(struct ctx *c, const struct comps *comps, struct case_parts *parts)
{
    parts->at = NEW_N(c->arena, struct case_part, comps->n + 1);
    for (size_t i = 0; i < comps->n; i++) {
        const struct comp_open *comp = &comps->at[i];

        if (!str_is(comp->letter, "T") && i + 1 < comps->n && str_eq(comps->at[i + 1].letter, comp->letter))
            continue;
        parts->at[parts->n++] = (struct case_part){ part_name(comp->letter), comp->no, part_look(comp) };
    }
}

static struct case_task_view task_view(struct ctx *c, const struct tasks_row *row, const struct words_list *words)
{
    return (struct case_task_view){
        .id = row->id, .kind = list_name(c, "task", row->kind), .words = words_find(words, row->words),
        .worker = desk_user_name(c, row->worker), .set_by = desk_user_name(c, (struct opt_id){ true, row->set_by }),
        .since = case_day_text(c, row->since), .ended = row->ended.has ? case_day_text(c, row->ended.v) : STR_NULL,
        .ended_by = desk_user_name(c, row->ended_by), .clock = desk_clock_due(c, row->due), .open = str_is(row->state, "open"),
        .dropped = str_is(row->state, "dropped"),
    };
}

static struct case_flag_view flag_view(struct ctx *c, const struct flags_row *row, const struct words_list *words)
{
    return (struct case_flag_view){
        .id = row->id, .kind = list_name(c, "flag", row->kind), .words = words_find(words, row->words),
        .set_by = desk_user_name(c, (struct opt_id){ true, row->set_by }), .since = case_day_text(c, row->since),
        .until = row->until.has ? case_day_text(c, row->until.v) : STR_NULL,
        .ended = row->ended.has ? case_day_text(c, row->ended.v) : STR_NULL, .open = !row->ended.has,
        .look = !row->ended.has && row->until.has && row->until.v <= c->now,
    };
}

status case_work_lists(struct ctx *c, const struct casefile *f, struct case_tasks *tasks, struct case_flags *flags)
{
    struct words_list words;
    struct tasks_rows task_rows;
    struct flags_rows flag_rows;

    TRY(case_words(c, &f->comps, &words));
    TRY(sql_tasks_of_case(c->ledger, (struct sql_tasks_of_case){ .case_id = f->row.id }, &task_rows));
    TRY(sql_flags_of_case(c->ledger, (struct sql_flags_of_case){ .case_id = f->row.id }, &flag_rows));
    *tasks = (struct case_tasks){ .at = NEW_N(c->arena, struct case_task_view, task_rows.n + 1) };
    *flags = (struct case_flags){ .at = NEW_N(c->arena, struct case_flag_view, flag_rows.n + 1) };
    for (size_t i = 0; i < task_rows.n; i++)
        if (!task_rows.at[i].altered)
            tasks->at[tasks->n++] = task_view(c, &task_rows.at[i], &words);
    for (size_t i = 0; i < flag_rows.n; i++)
        if (!flag_rows.at[i].altered)
            flags->at[flags->n++] = flag_view(c, &flag_rows.at[i], &words);
    return OK;
}

/* Open ones stand first (tasks_of_case, flags_of_case), so the head takes a front part. */
static void only_open(struct case_head *head)
{
    size_t n = 0;

    while (n < head->tasks.n && head->tasks.at[n].open)
        n++;
    head->tasks.n = n;
    for (n = 0; n < head->flags.n && head->flags.at[n].open; )
        n++;
    head->flags.n = n;
}

static struct str unit_name(struct ctx *c, struct id unit)
{
    struct units_row row = { .id = unit };

    return row_get(c->ledger, &table_units, &row) == OK ? row.name : STR_NULL;
}

static status fill_head(struct ctx *c, const struct casefile *f, struct case_head *head)
{
    const struct comp_open *talk = comp_newest(&f->comps, "C");

    *head = (struct case_head){
        .id = f->row.id, .ref = f->ref, .report = str_starts(f->row.ref, STR("PA-")) ? f->row.ref : STR_NULL,
        .unit = unit_name(c, f->file.unit), .worker = desk_user_name(c, f->file.worker), .opened = case_day_text(c, f->file.opened),
        .state = case_state_name(c, &f->file), .risk = f->file.risk.n ? list_name(c, "risk", f->file.risk) : STR_NULL,
        .level = (enum desk_level)f->file.level, .closed = !f->file.open, .can_write = may(c, MAY_WRITE_CASES),
        .talk = talk != NULL && talk->keys != NULL && may(c, MAY_READ_REPORTS), .files = may(c, MAY_READ_REPORTS), .no_process = f->state == NULL, .waiting = f->row.waiting,
        .danger_now = str_is(f->row.danger, "now") && f->file.open,
        .self_harm = str_find(f->row.harm, STR("self_harm")) < f->row.harm.n && f->file.open,
    };
    if (f->state != NULL) {
        TRY(fill_steps(c, f, &head->steps));
        TRY(fill_acts(c, f, 0, false, &head->acts));
        TRY(fill_acts(c, f, 0, true, &head->others));
        TRY(case_tracks_shown(c, f, &head->tracks));
        for (size_t t = 0; t < head->tracks.n && head->can_write; t++)
            TRY(fill_acts(c, f, t + 1, false, &head->tracks.at[t].acts));
        TRY(case_ask_shown(c, f, &head->ask));
    }
    TRY(case_clock_list(c, f, false, &head->clocks));
    if (f->process != NULL && process_newer(c, &f->file) != NULL && head->can_write)
        head->newer = ask_action(c, f->row.id, STR("process"));
    case_parts_fill(c, &f->comps, &head->parts);
    TRY(case_work_lists(c, f, &head->tasks, &head->flags));
    only_open(head);
    return case_carer_unsafe(c, f->row.id, &head->carer_unsafe);
}

status case_page_open(struct ctx *c, enum case_tab tab, struct casefile *f, struct case_head *head)
{
    struct id id;

    TRY(path_id(c, "id", &id));
    TRY(casefile_open(c, id, f));
    TRY(fill_head(c, f, head));
    head->tab = tab;
    return act_note(c->ledger, case_act_info(c, "case.read", id));
}

/* -- going back ------------------------------------------------------------------------------------------------------------------------- */

status case_go(struct ctx *c, struct id id, const char *tail)
{
    char text[ID_TEXT + 1];

    id_text(id, text);
    return see_other_f(c, "/cases/%s%s", text, tail);
}

status case_back(struct ctx *c, struct id id, const char *tail, int flash)
{
    session_put(c, "flash", text_of(c, flash), 5);
    return case_go(c, id, tail);
}

/* -- timeline ----------------------------------------------------------------------------------------------------------------------------- */

static status case_page_show(struct ctx *c)
{
    struct case_view v = { .words = form_text(c, "words"), .words_error = form_error(c, "words") };
    struct casefile f;

    TRY(case_page_open(c, TAB_TIMELINE, &f, &v.head));
    TRY(case_timeline(c, &f, &v));
    TRY(people_nav(c, &v.nav, STAFF_CASES));
    return page(c, tpl_casework_case, &v);
}

static status note_do(struct ctx *c)
{
    struct str words = form_text(c, "words");
    struct id id;

    TRY(path_id(c, "id", &id));
    if (str_trim(words).n == 0)
        return form_refuse(c, "words", text_of(c, T_CASES_NOTE_EMPTY));
    TRY(case_add_note(c, id, words));
    return case_back(c, id, "", T_CASES_FLASH_NOTED);
}

/* -- acts that ask ---------------------------------------------------------------------------------------------------------------------------- */

status case_ask_page(struct ctx *c, struct case_ask_view *v)
{
    v->words = form_text(c, "words");
    v->words_error = form_error(c, "words");
    if (v->field != NULL)
        v->choice_error = form_error(c, v->field);
    TRY(people_nav(c, &v->nav, STAFF_CASES));
    return page(c, tpl_casework_ask, v);
}

/* The act of the path, where it may be done now; NOT_FOUND where there is none of this name. */
static status act_of_path(struct ctx *c, const struct casefile *f, const struct process_act **act)
{
    if (f->process == NULL)
        return NOT_FOUND;
    *act = process_act(f->process, path_text(c, "act"));
    return *act == NULL ? NOT_FOUND : OK;
}

static status act_fits(struct ctx *c, const struct casefile *f, const struct process_act *act, bool *fits)
{
    const struct process_state *at;

    *fits = false;
    if (f->state == NULL || act->page.n || (act->track > 0 && f->state->end))
        return OK;
    TRY(case_track_state(c, f, act->track, &at));
    *fits = process_allows(f->process, act, at->code, case_who(c));
    return OK;
}

/* What an act for two says on its page: who asked, or that somebody else decides. */
static struct str second_words(struct ctx *c, const struct process_act *act, const struct case_head *head)
{
    if (!act->second)
        return STR_NULL;
    if (head->ask.name.n == 0)
        return text_of(c, T_CLOCKS_ASK_SAY);
    return head->ask.own ? text_fill(c->arena, (int)c->lang, T_CLOCKS_ASK_OWN, head->ask.day, STR(""))
                         : text_fill(c->arena, (int)c->lang, T_CLOCKS_ASK_SECOND, head->ask.by, head->ask.day);
}

static status fill_missing(struct ctx *c, const struct casefile *f, const struct process_act *act, struct case_needs *v)
{
    struct strs titles;

    TRY(papers_missing(c, f, act, &titles));
    v->at = NEW_N(c->arena, struct case_need, titles.n + 1);
    for (size_t i = 0; i < titles.n; i++)
        v->at[v->n++] = (struct case_need){ titles.at[i] };
    return OK;
}

/* What an end would leave open, and what keeps it from being one. */
static status fill_beside(struct ctx *c, const struct casefile *f, const struct process_act *act, struct case_ask_view *v)
{
    struct open_tracks open;

    TRY(tracks_open(c, f, act, &open));
    if (open.refused)
        v->beside = text_fill(c->arena, (int)c->lang, T_CLOCKS_BESIDE_REFUSED, tracks_in_line(c, f, &open, false), STR(""));
    else if (open.n)
        v->beside = text_fill(c->arena, (int)c->lang, T_CLOCKS_BESIDE_OPEN, tracks_in_line(c, f, &open, true), STR(""));
    return OK;
}

static status beside_check(struct ctx *c, const struct casefile *f, const struct process_act *act)
{
    struct open_tracks open;
    bool fits;

    TRY(act_fits(c, f, act, &fits));
    if (!fits)
        return OK;
    TRY(tracks_open(c, f, act, &open));
    if (!open.refused)
        return OK;
    return form_refuse(c, "words", text_fill(c->arena, (int)c->lang, T_CLOCKS_BESIDE_REFUSED, tracks_in_line(c, f, &open, false), STR("")));
}

static status act_show(struct ctx *c)
{
    struct case_ask_view v = { 0 };
    const struct process_act *act;
    struct casefile f;
    bool fits;

    TRY(case_page_open(c, TAB_TIMELINE, &f, &v.head));
    TRY(act_of_path(c, &f, &act));
    TRY(act_fits(c, &f, act, &fits));
    if (!fits)
        return case_back(c, f.row.id, "", T_CASES_FLASH_MOVED);
    v.action = act_action(c, f.row.id, act);
    v.title = act_name(c, act);
    v.words_needed = act->reason;
    v.say = second_words(c, act, &v.head);
    TRY(fill_beside(c, &f, act, &v));
    TRY(fill_missing(c, &f, act, &v.missing));
    v.papers = url_lang(c->arena, url_id(c->arena, "/cases/", f.row.id, "/papers"), c->page.lang_query);
    if (act->list.n) {
        v.choices = list_choices(c, arena_copy(c->arena, act->list).at, form_text(c, "choice"));
        v.field = "choice";
        v.choose = text_of(c, T_CASES_ASK_CHOOSE);
    }
    return case_ask_page(c, &v);
}

/* "Mẫu 03, Biên bản họp": titles in one line. */
static struct str in_line(struct ctx *c, const struct strs *titles)
{
    struct str all = STR("");

    for (size_t i = 0; i < titles->n; i++)
        all = arena_f(c->arena, "%.*s%s%.*s", (int)all.n, all.at, i ? "; " : "", (int)titles->at[i].n, titles->at[i].at);
    return all;
}

/* What the act asks of the case's forms. */
static status papers_check(struct ctx *c, const struct casefile *f, const struct process_act *act)
{
    struct strs missing;
    bool own;

    TRY(papers_missing(c, f, act, &missing));
    if (missing.n)
        return form_refuse(c, "words", text_fill(c->arena, (int)c->lang, T_PAPERS_ACT_MISSING, in_line(c, &missing), STR("")));
    TRY(papers_behind(c, f, act, &missing));
    if (missing.n)
        return form_refuse(c, "words", text_fill(c->arena, (int)c->lang, T_PAPERS_ACT_BEHIND, in_line(c, &missing), STR("")));
    TRY(papers_own(c, f, act, &own));
    return own ? form_refuse(c, "words", text_of(c, T_PAPERS_SIDE_OWN)) : OK;
}

static status act_check(struct ctx *c, const struct casefile *f, const struct step *step)
{
    bool bad = false;

    if (step->act->risk && f->file.risk.n == 0) {
        (void)!form_refuse(c, "words", text_of(c, T_CASES_ASK_RISK_FIRST));
        bad = true;
    }
    if (step->act->list.n && !list_has(arena_copy(c->arena, step->act->list).at, step->choice)) {
        (void)!form_refuse(c, "choice", text_of(c, T_CASES_ASK_CHOICE_NONE));
        bad = true;
    }
    if (step->act->reason && str_trim(step->words).n == 0) {
        (void)!form_refuse(c, "words", text_of(c, T_CASES_ASK_WORDS_NONE));
        bad = true;
    }
    return bad ? fail(INVALID, "an act without what it asks for") : OK;
}

static status act_do_page(struct ctx *c)
{
    struct step step = { .choice = form_text(c, "choice"), .words = form_text(c, "words") };
    struct case_asks_row ask;
    struct casefile f;
    bool asked;
    struct id id;
    status s;

    TRY(path_id(c, "id", &id));
    TRY(casefile_open(c, id, &f));
    TRY(act_of_path(c, &f, &step.act));
    TRY(case_ask_of(c, id, &ask, &asked));
    if (asked && str_eq(ask.act, step.act->code) && step.choice.n == 0)
        step.choice = ask.choice;       /* the first person chose */
    TRY(act_check(c, &f, &step));
    TRY(papers_check(c, &f, step.act));
    TRY(beside_check(c, &f, step.act));
    s = case_step(c, id, &step);
    if (s == INVALID) {         /* the case is in another state by now, or this person may not */
        act_abort(c->ledger);
        fail_clear();
        return case_back(c, id, "", T_CASES_FLASH_MOVED);
    }
    TRY(s);
    return case_back(c, id, "", step.act->second && !asked ? T_CLOCKS_FLASH_ASKED : T_CASES_FLASH_DONE);
}

static status risk_show(struct ctx *c)
{
    struct case_ask_view v = { .field = "risk", .words_needed = true };
    struct casefile f;

    TRY(case_page_open(c, TAB_TIMELINE, &f, &v.head));
    v.action = ask_action(c, f.row.id, STR("risk"));
    v.title = text_of(c, T_CASES_RISK_TITLE);
    v.say = text_of(c, T_CASES_RISK_SAY);
    v.choose = text_of(c, T_CASES_RISK_CHOOSE);
    v.choices = list_choices(c, "risk", form_text(c, "risk").n ? form_text(c, "risk") : f.file.risk);
    return case_ask_page(c, &v);
}

static status risk_do(struct ctx *c)
{
    struct str risk = form_text(c, "risk"), words = form_text(c, "words");
    struct id id;

    TRY(path_id(c, "id", &id));
    if (!list_has("risk", risk))
        (void)!form_refuse(c, "risk", text_of(c, T_CASES_ASK_CHOICE_NONE));
    if (str_trim(words).n == 0)
        (void)!form_refuse(c, "words", text_of(c, T_CASES_ASK_WORDS_NONE));
    if (form_failed(c))
        return fail(INVALID, "a level of risk without its reason");
    TRY(case_conclude_risk(c, id, risk, words));
    return case_back(c, id, "", T_CASES_FLASH_RISK);
}

struct choices case_workers(struct ctx *c, struct id unit, struct opt_id chosen)
{
    struct users_rows rows = { 0 };
    struct choices list = { 0 };

    if (sql_unit_people(c->ledger, (struct sql_unit_people){ .unit = unit, .now = c->now }, &rows) != OK)
        return list;
    list.at = NEW_N(c->arena, struct choice, rows.n + 1);
    for (size_t i = 0; i < rows.n; i++) {
        char id[ID_TEXT + 1];

        if (rows.at[i].altered)
            continue;
        id_text(rows.at[i].id, id);
        list.at[list.n++] = (struct choice){ arena_copy(c->arena, str_c(id)), rows.at[i].name,
                                             chosen.has && id_eq(chosen.v, rows.at[i].id) };
    }
    return list;
}

static status worker_show(struct ctx *c)
{
    struct case_ask_view v = { .field = "worker" };
    struct casefile f;

    TRY(case_page_open(c, TAB_TIMELINE, &f, &v.head));
    v.action = ask_action(c, f.row.id, STR("worker"));
    v.title = text_of(c, T_CASES_WORKER_TITLE);
    v.choose = text_of(c, T_CASES_WORKER_CHOOSE);
    v.choices = case_workers(c, f.file.unit, f.file.worker);
    return case_ask_page(c, &v);
}

static status worker_do(struct ctx *c)
{
    struct opt_id worker = { .has = true };
    struct id id;
    status s;

    TRY(path_id(c, "id", &id));
    if (!id_of_text(form_text(c, "worker"), &worker.v))
        return form_refuse(c, "worker", text_of(c, T_CASES_ASK_CHOICE_NONE));
    s = case_assign(c, id, worker, form_text(c, "words"));
    if (s == INVALID) {
        act_abort(c->ledger);
        return form_refuse(c, "worker", text_of(c, T_CASES_WORKER_GONE));
    }
    TRY(s);
    return case_back(c, id, "", T_CASES_FLASH_WORKER);
}

/* -- a case without a report ----------------------------------------------------------------------------------------------------------------- */

static struct choices word_choices(struct ctx *c, enum desk_list list, const char *const *codes, size_t n, const char *field)
{
    struct choices choices = { .at = NEW_N(c->arena, struct choice, n) };
    struct strs chosen = form_all(c, field);

    for (size_t i = 0; i < n; i++) {
        struct choice choice = { str_c(codes[i]), text_of(c, desk_word(list, str_c(codes[i]))), false };

        for (size_t k = 0; k < chosen.n; k++)
            choice.on |= str_is(chosen.at[k], codes[i]);
        choices.at[choices.n++] = choice;
    }
    return choices;
}

static const char *const harms[] = { "bullying", "threat", "images", "contact", "scam", "hate", "self_harm", "other" };
static const char *const ages[] = { "under9", "9-11", "12-15", "16-17" };
static const char *const dangers[] = { "now", "soon", "no", "unsure" };

static status new_show(struct ctx *c)
{
    struct case_new_view v = {
        .harms = word_choices(c, DESK_HARM, harms, COUNT_OF(harms), "harm"),
        .ages = word_choices(c, DESK_AGE, ages, COUNT_OF(ages), "age"),
        .dangers = word_choices(c, DESK_DANGER, dangers, COUNT_OF(dangers), "danger"),
        .provinces = network_province_choices(c, form_text(c, "province")), .words = form_text(c, "words"), .name = form_text(c, "name"),
        .words_error = form_error(c, "words"), .no_unit = c->actor.n_units == 0,
    };

    TRY(people_nav(c, &v.nav, STAFF_CASES));
    return page(c, tpl_casework_new, &v);
}

static struct str known_only(struct str code, const char *const *codes, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (str_is(code, codes[i]))
            return code;
    return STR("");
}

/* "threat,images", in the order of the list. */
static struct str harm_list(struct ctx *c)
{
    struct strs chosen = form_all(c, "harm");
    struct out o = { .max = 1024 };
    struct str text;

    for (size_t i = 0; i < COUNT_OF(harms); i++)
        for (size_t k = 0; k < chosen.n; k++)
            if (str_is(chosen.at[k], harms[i])) {
                out_c(&o, o.n ? "," : "");
                out_c(&o, harms[i]);
                break;
            }
    text = arena_copy(c->arena, out_done(&o));
    out_free(&o);
    return text.at ? text : STR("");
}

static status new_do(struct ctx *c)
{
    struct case_new told = {
        .harm = harm_list(c), .age = known_only(form_text(c, "age"), ages, COUNT_OF(ages)),
        .danger = known_only(form_text(c, "danger"), dangers, COUNT_OF(dangers)), .words = form_text(c, "words"), .name = str_trim(form_text(c, "name")),
        .province = network_province_name(form_text(c, "province"), false).n ? form_text(c, "province") : STR(""),
    };
    struct id id;

    if (str_trim(told.words).n == 0)
        return form_refuse(c, "words", text_of(c, T_CASES_NEW_EMPTY));
    TRY(case_create(c, &told, &id));
    return case_back(c, id, "", T_CASES_FLASH_OPENED);
}

#define EMPTY_FORM FORM({ .name = "token", .max = 100 })
#define WORDS { .name = "words", .max = WORDS_CHARS }, { .name = "token", .max = 100 }
#define NEW_FORM FORM({ .name = "harm", .max = 20, .repeat = true }, { .name = "age", .max = 10 }, { .name = "danger", .max = 10 }, \
    { .name = "province", .max = 10 }, { .name = "name", .max = 200 }, WORDS)
#define TASK_FORM FORM({ .name = "kind", .max = 50 }, { .name = "due", .max = 20 }, { .name = "worker", .max = 40 }, WORDS)
#define FLAG_FORM FORM({ .name = "flag", .max = 50 }, { .name = "until", .max = 20 }, WORDS)
#define END_FORM FORM({ .name = "state", .max = 10 }, WORDS)
#define PERSON_FORM FORM({ .name = "person", .max = 40 }, { .name = "role", .max = 50 }, { .name = "name", .max = 200 }, \
    { .name = "born", .max = 50 }, { .name = "phone", .max = 100 }, { .name = "address", .max = 500 }, { .name = "gone", .max = 5 }, \
    WORDS)

const struct route casework_routes[] = {
    ROUTE(GET,  "/cases",                 MAY_READ_CASES,  NO_FORM,     cases_show),
    ROUTE(GET,  "/cases/new",             MAY_WRITE_CASES, NO_FORM,     new_show),
    ROUTE(POST, "/cases/new",             MAY_WRITE_CASES, NEW_FORM,    new_do, .once = true),
    ROUTE(GET,  "/cases/:id",             MAY_READ_CASES,  NO_FORM,     case_page_show),
    ROUTE(POST, "/cases/:id",             MAY_WRITE_CASES, FORM(WORDS), note_do, .once = true),
    ROUTE(GET,  "/cases/:id/act/:act",    MAY_WRITE_CASES, NO_FORM,     act_show),
    ROUTE(POST, "/cases/:id/act/:act",    MAY_WRITE_CASES, FORM({ .name = "choice", .max = 50 }, WORDS), act_do_page),
    ROUTE(GET,  "/cases/:id/risk",        MAY_WRITE_CASES, NO_FORM,     risk_show),
    ROUTE(POST, "/cases/:id/risk",        MAY_WRITE_CASES, FORM({ .name = "risk", .max = 20 }, WORDS), risk_do, .once = true),
    ROUTE(GET,  "/cases/:id/worker",      MAY_WRITE_CASES, NO_FORM,     worker_show),
    ROUTE(POST, "/cases/:id/worker",      MAY_WRITE_CASES, FORM({ .name = "worker", .max = 40 }, WORDS), worker_do),
    ROUTE(GET,  "/cases/:id/tasks",       MAY_READ_CASES,  NO_FORM,     case_tasks_show),
    ROUTE(POST, "/cases/:id/tasks",       MAY_WRITE_CASES, TASK_FORM,   case_tasks_add, .once = true),
    ROUTE(POST, "/cases/:id/tasks/:task", MAY_WRITE_CASES, END_FORM,    case_tasks_end),
    ROUTE(GET,  "/cases/:id/flags",       MAY_READ_CASES,  NO_FORM,     case_tasks_show),
    ROUTE(POST, "/cases/:id/flags",       MAY_WRITE_CASES, FLAG_FORM,   case_flags_add, .once = true),
    ROUTE(POST, "/cases/:id/flags/:flag", MAY_WRITE_CASES, END_FORM,    case_flags_end),
    ROUTE(GET,  "/cases/:id/people",      MAY_READ_CASES,  NO_FORM,     case_people_show),
    ROUTE(POST, "/cases/:id/people",      MAY_WRITE_CASES, PERSON_FORM, case_people_put, .once = true),
    ROUTE(GET,  "/cases/:id/log",         MAY_READ_CASES,  NO_FORM,     case_log_show),
    ROUTES_END
};
