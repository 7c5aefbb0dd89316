/* What waits for the reader. Nothing of it is stored but tasks that a person set: each line is drawn from the state of a case. */
#include "day.h"

#include "pages.h"
#include "referral.h"

#include "texts.h"

#include <stdlib.h>

enum { SOON_DAYS = 7, LINES_FIRST = 64, LINES_MAX = 10000 };

struct day { struct ctx *c; struct own_tasks *list; size_t max; struct casefiles_rows carried; struct papers_rows papers; };

/* -- lines ----------------------------------------------------------------------------------------------------------------------- */

static enum own_group group_of(const struct ctx *c, i64 due)
{
    i64 today = clock_local_day(c->now);

    if (due == NEVER_DUE)
        return OWN_OPEN;
    if (due < c->now)
        return OWN_LATE;
    return due < clock_local_day(today + DAY_MS + DAY_MS / 2) ? OWN_TODAY : due < today + (SOON_DAYS + 1) * DAY_MS ? OWN_SOON : OWN_LATER;
}

static void add(struct day *d, struct own_task line)
{
    struct own_tasks *list = d->list;

    if (list->n == LINES_MAX)
        return;
    if (list->n == d->max) {
        struct own_task *more = NEW_N(d->c->arena, struct own_task, d->max * 2 + LINES_FIRST);

        if (list->n)
            memcpy(more, list->at, list->n * sizeof *more);
        list->at = more;
        d->max = d->max * 2 + LINES_FIRST;
    }
    line.group = group_of(d->c, line.due);
    list->counts[line.group]++;
    list->at[list->n++] = line;
}

static struct url page_of(const struct day *d, struct id case_id, const char *tail)
{
    return url_lang(d->c->arena, url_id(d->c->arena, "/cases/", case_id, tail), d->c->page.lang_query);
}

static int by_case(const void *a, const void *b)
{
    const struct casefiles_row *x = a, *y = b;

    return memcmp(x->case_id.b, y->case_id.b, sizeof x->case_id.b);
}

static const struct casefiles_row *carried(const struct day *d, struct id case_id)
{
    struct casefiles_row wanted = { .case_id = case_id };

    return d->carried.n ? bsearch(&wanted, d->carried.at, d->carried.n, sizeof wanted, by_case) : NULL;
}

/* A case that the reader carries is there already; another's is looked up. */
static struct str ref_of(const struct day *d, struct id case_id)
{
    const struct casefiles_row *mine = carried(d, case_id);
    struct casefiles_row file = { .case_id = case_id };

    if (mine != NULL)
        return case_ref(d->c->arena, mine->year, mine->no);
    return row_get(d->c->ledger, &table_casefiles, &file) == OK ? case_ref(d->c->arena, file.year, file.no) : STR("TH-?");
}

/* Who left a unit, or whose unit handed a case on, has none of it here any more, whatever rows still name them. */
static bool is_ours(const struct day *d, struct id case_id)
{
    struct casefiles_row file = { .case_id = case_id };

    return carried(d, case_id) != NULL || (row_get(d->c->ledger, &table_casefiles, &file) == OK && case_is_of_actor(d->c, &file));
}

/* -- what a person set ------------------------------------------------------------------------------------------------------------- */

static status add_tasks(struct day *d)
{
    struct tasks_rows rows;
    i64 due = INT64_MIN;
    struct id id = id_zero();

    do {
        TRY(sql_own_tasks(d->c->ledger, (struct sql_own_tasks){ .worker = d->c->actor.user, .now = d->c->now, .due = due, .id = id }, &rows));
        for (size_t i = 0; i < rows.n; i++) {
            const struct tasks_row *t = &rows.at[i];

            due = t->due;
            id = t->id;
            if (!t->altered && is_ours(d, t->case_id))
                add(d, (struct own_task){ .case_id = t->case_id, .to = page_of(d, t->case_id, "/tasks"), .ref = ref_of(d, t->case_id),
                                          .kind = list_name(d->c, "task", t->kind), .why = T_DAY_WHY_TASK, .due = t->due });
        }
    } while (rows.n && d->list->n < LINES_MAX);
    return OK;
}

/* -- what the process asks ----------------------------------------------------------------------------------------------------------- */

/* The act that leads on from here by the shortest way: not an emergency, not an end, not back. NULL: the person decides, or
   somebody else's act is awaited. */
static const struct process_act *next_act(const struct process *p, const struct process_state *from)
{
    const struct process_act *best = NULL;
    i64 best_step = 0;

    for (size_t i = 0; i < p->n_acts; i++) {
        const struct process_act *act = &p->acts[i];
        const struct process_state *to = process_state(p, act->to);

        if (act->page.n || act->second || act->track != from->track || !process_allows(p, act, from->code, WHO_WRITE) || to->urgent ||
            to->end || to->step < from->step || to == from)
            continue;
        if (best == NULL || to->step < best_step) {
            best = act;
            best_step = to->step;
        }
    }
    return best;
}

static struct str in_language(const struct ctx *c, struct str name, struct str name_en)
{
    return c->lang == LANG_EN && name_en.n ? name_en : name;
}

/* Only the act of a supervisor or a chair leads on: the line stands with them. `who`: one of the two, or both. */
static bool waits_for_approval(const struct process *p, const struct process_state *state, unsigned who)
{
    for (size_t i = 0; i < p->n_acts; i++) {
        const struct process_act *act = &p->acts[i];

        if (!(act->who & WHO_WRITE) && act->page.n == 0 && act->track == 0 && process_allows(p, act, state->code, who))
            return !state->end && next_act(p, state) == NULL;
    }
    return false;
}

static void add_due_form(struct day *d, const struct casefiles_row *file, const struct due_form *form)
{
    char paper[ID_TEXT + 1];
    const char *tail = "/papers";

    if (form->paper.has) {
        id_text(form->paper.v, paper);
        tail = arena_f(d->c->arena, "/papers/%s", paper).at;
    }
    add(d, (struct own_task){ .case_id = file->case_id, .to = page_of(d, file->case_id, tail),
                              .ref = case_ref(d->c->arena, file->year, file->no), .kind = form->title,
                              .why = form->returned ? T_DAY_WHY_RETURNED : T_DAY_WHY_FORM, .due = NEVER_DUE });
}

/* The forms that are due, then the step itself: its button is refused before. */
static status add_step(struct day *d, const struct casefiles_row *file)
{
    const struct process *p = process_of(file->process, file->version);
    struct day_step step = { .file = file, .process = p, .state = p ? process_state(p, file->state) : NULL };
    struct due_forms due;

    if (step.state == NULL || !may(d->c, MAY_WRITE_CASES) || waits_for_approval(p, step.state, WHO_SUPERVISE | WHO_CHAIR))
        return OK;
    step.act = next_act(p, step.state);
    TRY(day_due_forms(d->c, &d->papers, &step, &due));
    for (size_t i = 0; i < due.n; i++)
        add_due_form(d, file, &due.at[i]);
    if (due.demanded == 0)
        add(d, (struct own_task){
            .case_id = file->case_id, .to = page_of(d, file->case_id, ""), .ref = case_ref(d->c->arena, file->year, file->no),
            .kind = step.act ? in_language(d->c, step.act->name, step.act->name_en) : in_language(d->c, step.state->name, step.state->name_en),
            .why = T_DAY_WHY_STEP, .due = NEVER_DUE });
    return OK;
}

/* -- clocks of law ------------------------------------------------------------------------------------------------------------------- */

static status add_clocks(struct day *d)
{
    struct clocks_rows rows;

    TRY(sql_clocks_of_worker(d->c->ledger, (struct sql_clocks_of_worker){ .worker = d->c->actor.user, .now = d->c->now }, &rows));
    for (size_t i = 0; i < rows.n; i++) {
        const struct clocks_row *row = &rows.at[i];
        const struct casefiles_row *file = row->altered ? NULL : carried(d, row->case_id);
        const struct process *p = file ? process_of(file->process, file->version) : NULL;
        const struct process_clock *k = p ? process_clock(p, row->code) : NULL;

        if (file != NULL)
            add(d, (struct own_task){ .case_id = row->case_id, .to = page_of(d, row->case_id, ""), .ref = ref_of(d, row->case_id),
                                      .kind = k ? in_language(d->c, k->name, k->name_en) : row->code, .why = T_DAY_WHY_CLOCK,
                                      .due = row->due, .soon = row->soon });
    }
    return OK;
}

/* -- services, meetings, flags ------------------------------------------------------------------------------------------------------- */

static status add_supports(struct day *d)
{
    struct supports_rows rows;

    TRY(sql_supports_carried(d->c->ledger, (struct sql_supports_carried){ .worker = d->c->actor.user, .now = d->c->now }, &rows));
    for (size_t i = 0; i < rows.n; i++) {
        const struct supports_row *s = &rows.at[i];
        bool follow = str_is(s->kind, "follow");

        if (!s->altered && carried(d, s->case_id) != NULL)
            add(d, (struct own_task){ .case_id = s->case_id, .to = page_of(d, s->case_id, "/support"), .ref = ref_of(d, s->case_id),
                                      .kind = list_name(d->c, follow ? "follow" : "service", s->type),
                                      .why = follow ? T_DAY_WHY_FOLLOW : T_DAY_WHY_SERVICE, .due = s->due });
    }
    return OK;
}

static void add_meeting(struct day *d, const struct meetings_row *m)
{
    if (!m->altered)
        add(d, (struct own_task){ .case_id = m->case_id, .to = page_of(d, m->case_id, "/meetings"), .ref = ref_of(d, m->case_id),
                                  .kind = text_of(d->c, T_DAY_MEETING_ONE), .why = T_DAY_WHY_MEETING, .due = m->at });
}

static status add_meetings(struct day *d)
{
    struct meetings_rows rows;

    TRY(sql_meetings_carried(d->c->ledger, (struct sql_meetings_carried){ .worker = d->c->actor.user, .now = d->c->now }, &rows));
    for (size_t i = 0; i < rows.n; i++)
        if (carried(d, rows.at[i].case_id) != NULL)
            add_meeting(d, &rows.at[i]);
    TRY(sql_meetings_invited(d->c->ledger, (struct sql_meetings_invited){ .user = d->c->actor.user, .now = d->c->now }, &rows));
    for (size_t i = 0; i < rows.n; i++)
        if (carried(d, rows.at[i].case_id) == NULL && is_ours(d, rows.at[i].case_id))
            add_meeting(d, &rows.at[i]);
    return OK;
}

static status add_flags(struct day *d)
{
    struct flags_rows rows;

    TRY(sql_flags_carried(d->c->ledger, (struct sql_flags_carried){
        .worker = d->c->actor.user, .until = d->c->now + SOON_DAYS * DAY_MS, .now = d->c->now }, &rows));
    for (size_t i = 0; i < rows.n; i++) {
        const struct flags_row *f = &rows.at[i];

        if (!f->altered && carried(d, f->case_id) != NULL)
            add(d, (struct own_task){ .case_id = f->case_id, .to = page_of(d, f->case_id, "/flags"), .ref = ref_of(d, f->case_id),
                                      .kind = list_name(d->c, "flag", f->kind), .why = T_DAY_WHY_FLAG, .due = f->until.v });
    }
    return OK;
}

/* -- what others sent, and what a supervisor decides --------------------------------------------------------------------------------- */

static void add_referral(struct day *d, const struct referrals_row *r, struct id from, int why)
{
    if (!r->altered)
        add(d, (struct own_task){ .case_id = r->case_id, .ref = unit_label(d->c, from), .kind = list_name(d->c, "purpose", r->purpose),
                                  .to = url_lang(d->c->arena, url_id(d->c->arena, "/referrals/", r->id, ""), d->c->page.lang_query),
                                  .why = why, .due = r->expires.has ? r->expires.v : NEVER_DUE });
}

static status add_referrals(struct day *d, struct id unit)
{
    struct referrals_rows rows;

    TRY(sql_referrals_received(d->c->ledger, (struct sql_referrals_received){ .unit = unit, .state = STR("sent"), .before = INT64_MAX,
                                                                              .id = id_zero() }, &rows));
    for (size_t i = 0; i < rows.n; i++)
        add_referral(d, &rows.at[i], rows.at[i].from_unit, T_DAY_WHY_REFERRAL);
    if (!may(d->c, MAY_SUPERVISE))
        return OK;
    TRY(sql_referrals_to_confirm(d->c->ledger, (struct sql_referrals_to_confirm){ .unit = unit, .user = d->c->actor.user }, &rows));
    for (size_t i = 0; i < rows.n; i++)
        add_referral(d, &rows.at[i], rows.at[i].to_unit, T_DAY_WHY_SECOND);
    return OK;
}

/* An act that takes two, asked by somebody else: whoever may do the act may be the second. */
static status add_asks(struct day *d, struct id unit)
{
    struct case_asks_rows rows;

    TRY(sql_asks_of_unit(d->c->ledger, (struct sql_asks_of_unit){ .unit = unit, .user = d->c->actor.user }, &rows));
    for (size_t i = 0; i < rows.n; i++) {
        struct casefiles_row file = { .case_id = rows.at[i].case_id };
        const struct process *p;
        const struct process_act *act;

        if (rows.at[i].altered || row_get(d->c->ledger, &table_casefiles, &file) != OK)
            continue;
        p = process_of(file.process, file.version);
        act = p ? process_act(p, rows.at[i].act) : NULL;
        if (act != NULL && act->who & case_who(d->c))
            add(d, (struct own_task){ .case_id = file.case_id, .to = page_of(d, file.case_id, "/ask"),
                                      .ref = case_ref(d->c->arena, file.year, file.no), .kind = in_language(d->c, act->name, act->name_en),
                                      .why = T_DAY_WHY_ASK, .due = NEVER_DUE });
    }
    return OK;
}

static status add_approval(struct ctx *c, const struct casefiles_row *file, void *to)
{
    struct day *d = to;

    add(d, (struct own_task){ .case_id = file->case_id, .to = page_of(d, file->case_id, ""),
                              .ref = case_ref(c->arena, file->year, file->no), .kind = case_state_name(c, file),
                              .why = T_DAY_WHY_APPROVE, .due = file->due });
    return OK;
}

static bool seen_before(struct str *codes, size_t n, struct str code)
{
    for (size_t i = 0; i < n; i++)
        if (str_eq(codes[i], code))
            return true;
    return false;
}

/* The states of all versions in which an act of the reader's leads on. */
static size_t approval_states(const struct ctx *c, struct str codes[PROCESS_STATES])
{
    unsigned who = (may(c, MAY_SUPERVISE) ? WHO_SUPERVISE : 0u) | (may(c, MAY_APPROVE_PLANS) ? WHO_CHAIR : 0u);
    size_t n = 0;

    for (size_t v = 0; process_at(v) != NULL; v++) {
        const struct process *p = process_at(v);

        for (size_t i = 0; i < p->n_states && n < PROCESS_STATES; i++)
            if (p->states[i].track == 0 && waits_for_approval(p, &p->states[i], who) && !seen_before(codes, n, p->states[i].code))
                codes[n++] = p->states[i].code;
    }
    return n;
}

status case_approvals(struct ctx *c, struct id unit, each_casefile *each, void *to)
{
    struct str codes[PROCESS_STATES];
    size_t n = approval_states(c, codes);

    for (size_t k = 0; k < n; k++) {
        struct casefiles_rows rows;
        struct id after = id_zero();

        do {
            TRY(sql_casefiles_in_state(c->ledger, (struct sql_casefiles_in_state){ .unit = unit, .state = codes[k], .after = after },
                                       &rows));
            for (size_t i = 0; i < rows.n; i++) {
                after = rows.at[i].case_id;
                if (!rows.at[i].altered)
                    TRY(each(c, &rows.at[i], to));
            }
        } while (rows.n);
    }
    return OK;
}

/* A form that was handed in by itself; where the whole case waits, its own line says so. */
static void add_paper(struct day *d, const struct papers_row *row)
{
    struct casefiles_row file = { .case_id = row->case_id };
    const struct process *p;
    const struct process_state *state;
    char paper[ID_TEXT + 1];

    if (row->altered || (row->finished_by.has && id_eq(row->finished_by.v, d->c->actor.user)) ||
        row_get(d->c->ledger, &table_casefiles, &file) != OK)
        return;
    p = process_of(file.process, file.version);
    state = p ? process_state(p, file.state) : NULL;
    if (state != NULL && waits_for_approval(p, state, WHO_SUPERVISE | WHO_CHAIR))
        return;
    id_text(row->id, paper);
    add(d, (struct own_task){ .case_id = file.case_id, .ref = case_ref(d->c->arena, file.year, file.no),
                              .to = page_of(d, file.case_id, arena_f(d->c->arena, "/papers/%s/read", paper).at),
                              .kind = day_form_title(d->c, row->form), .why = T_DAY_WHY_APPROVE, .due = NEVER_DUE });
}

static status add_papers(struct day *d, struct id unit)
{
    struct papers_rows rows;
    struct id after = id_zero();

    do {
        TRY(sql_papers_waiting(d->c->ledger, (struct sql_papers_waiting){ .unit = unit, .after = after }, &rows));
        for (size_t i = 0; i < rows.n; i++) {
            after = rows.at[i].id;
            add_paper(d, &rows.at[i]);
        }
    } while (rows.n);
    return OK;
}

/* -- all of it ----------------------------------------------------------------------------------------------------------------------- */

static int nearest_first(const void *a, const void *b)
{
    const struct own_task *x = a, *y = b;

    if (x->due != y->due)
        return x->due < y->due ? -1 : 1;
    return x->why != y->why ? x->why - y->why : memcmp(x->case_id.b, y->case_id.b, sizeof x->case_id.b);
}

static void set_words(struct ctx *c, struct own_tasks *list)
{
    for (size_t i = 0; i < list->n; i++) {
        struct own_task *t = &list->at[i];

        t->clock = t->due == NEVER_DUE ? (struct desk_clock){ CLOCK_FINE, T_DAY_NO_DATE, STR(""), STR("") } : t->soon ? desk_clock_until(c, t->due, t->soon) : desk_clock_due(c, t->due);
        if (t->group == OWN_TODAY && t->clock.look == CLOCK_FINE)
            t->clock.look = CLOCK_SOON;
        t->first = i == 0 || list->at[i - 1].group != t->group;
    }
}

static status add_carried(struct day *d)
{
    struct casefiles_rows rows;

    TRY(sql_casefiles_carried(d->c->ledger, (struct sql_casefiles_carried){ .worker = d->c->actor.user, .now = d->c->now }, &rows));
    TRY(day_papers(d->c, &d->papers));
    d->carried.at = NEW_N(d->c->arena, struct casefiles_row, rows.n + 1);
    for (size_t i = 0; i < rows.n; i++)
        if (!rows.at[i].altered && case_is_of_actor(d->c, &rows.at[i]))
            d->carried.at[d->carried.n++] = rows.at[i];
    if (d->carried.n)
        qsort(d->carried.at, d->carried.n, sizeof *d->carried.at, by_case);
    for (size_t i = 0; i < d->carried.n; i++)
        TRY(add_step(d, &d->carried.at[i]));
    TRY(add_clocks(d));
    TRY(add_supports(d));
    TRY(add_meetings(d));
    return add_flags(d);
}

status case_own_tasks(struct ctx *c, struct own_tasks *list)
{
    struct day d = { .c = c, .list = list };

    *list = (struct own_tasks){ 0 };
    TRY(add_carried(&d));
    TRY(add_tasks(&d));
    for (size_t u = 0; u < c->actor.n_units; u++) {
        TRY(add_referrals(&d, c->actor.units[u]));
        TRY(add_asks(&d, c->actor.units[u]));
        if (!may(c, MAY_SUPERVISE) && !may(c, MAY_APPROVE_PLANS))
            continue;
        TRY(case_approvals(c, c->actor.units[u], add_approval, &d));
        TRY(add_papers(&d, c->actor.units[u]));
    }
    if (list->n)
        qsort(list->at, list->n, sizeof *list->at, nearest_first);
    set_words(c, list);
    list->total = list->n;
    list->all = url_query(c->arena, url_lang(c->arena, url_path("/cases"), c->page.lang_query), "show", STR("mine"));
    return OK;
}
