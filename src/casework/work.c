/* What is done with a case. Every act reads the rows anew inside its transaction and looks whether it still fits. */
#include "clocks.h"
#include "papers.h"

enum { ACT_TRIES = 25 };        /* writers who meet in one row: each round one of them gets through */

/* -- one act ---------------------------------------------------------------------------------------------------------------------- */

static status act_once(struct ctx *c, struct id id, const char *name, case_body *body, const void *what)
{
    struct casefile f;

    TRY(act_begin(c->ledger, case_act_info(c, name, id)));
    TRY(casefile_open(c, id, &f));
    TRY(body(c, &f, what));
    return act_commit(c->ledger);
}

/* Side by side on PostgreSQL, two acts change one row: the later one begins again on what the first has left. */
status case_act_do(struct ctx *c, struct id id, const char *name, case_body *body, const void *what)
{
    status s = CONFLICT;

    for (int tries = 0; s == CONFLICT && tries < ACT_TRIES; tries++) {
        act_again(c->ledger);
        s = act_once(c, id, name, body, what);
    }
    return s;
}

/* The case or a track beside it stands where every list has it first. */
static status is_urgent(struct ctx *c, const struct casefile *f, bool *urgent)
{
    *urgent = f->state != NULL && f->state->urgent;
    for (size_t t = 1; f->process != NULL && f->state != NULL && !f->state->end && t < f->process->n_tracks; t++) {
        const struct process_state *s;

        TRY(case_track_state(c, f, t, &s));
        *urgent |= s->urgent;
    }
    return OK;
}

static status set_level(struct ctx *c, struct casefile *f)
{
    bool urgent;
    i64 level;

    TRY(is_urgent(c, f, &urgent));
    level = case_level(f->row.urgency, f->file.risk, urgent);
    f->file.level = level > f->file.raised ? level : f->file.raised;
    return OK;
}

static status tell(struct ctx *c, const struct casefile *f, const char *what, struct str from, struct str to, struct str words)
{
    return event_write(c, &f->comps, &(struct event){ .what = what, .from = from, .to = to, .words = words });
}

/* -- the process ------------------------------------------------------------------------------------------------------------------ */

unsigned case_who(const struct ctx *c)
{
    return (may(c, MAY_WRITE_CASES) ? WHO_WRITE : 0u) | (may(c, MAY_SUPERVISE) ? WHO_SUPERVISE : 0u) |
           (may(c, MAY_APPROVE_PLANS) ? WHO_CHAIR : 0u);
}

/* A child whose case is closed sees that; who writes again opens the talk again, not the case. */
static status follow_talk(struct ctx *c, struct casefile *f, bool end)
{
    bool closed = str_is(f->row.state, "closed");

    if (str_is(f->row.state, "none") || closed == end)
        return OK;
    f->row.state = end ? STR("closed") : !f->row.assignee.has ? STR("new") : f->row.waiting ? STR("claimed") : STR("answered");
    return row_update(c->ledger, &table_cases, &f->row);
}

/* Where the act's own track stands; NULL where the act may not be done there by this person now. */
static status from_state(struct ctx *c, const struct casefile *f, const struct process_act *act, const struct process_state **from)
{
    *from = NULL;
    if (f->process == NULL || f->state == NULL || act->page.n || (act->track > 0 && f->state->end))
        return INVALID;         /* beside a closed case nothing goes on: it is reopened first */
    TRY(case_track_state(c, f, act->track, from));
    return process_allows(f->process, act, (*from)->code, case_who(c)) ? OK : INVALID;
}

status case_ask_of(struct ctx *c, struct id id, struct case_asks_row *ask, bool *there)
{
    status s;

    *ask = (struct case_asks_row){ .case_id = id };
    s = row_get(c->ledger, &table_case_asks, ask);
    *there = s == OK;
    return s == NOT_FOUND ? OK : s;
}

/* What was asked for is done by this act, or does not fit any more. */
static status end_ask(struct ctx *c, const struct casefile *f, const struct process_act *act)
{
    const struct process_act *asked;
    struct case_asks_row ask;
    bool there;

    TRY(case_ask_of(c, f->row.id, &ask, &there));
    if (!there)
        return OK;
    asked = process_act(f->process, ask.act);
    if (asked != NULL && asked != act && (asked->track != act->track || process_allows(f->process, asked, act->to, ~0u)))
        return OK;
    return row_delete(c->ledger, &table_case_asks, &ask);
}

/* Of an act for two, the second person is another than the first; what the first has chosen stands. */
static status second_person(struct ctx *c, const struct casefile *f, const struct step *step, struct str *choice)
{
    struct case_asks_row ask;
    bool there;

    if (!step->act->second)
        return OK;
    TRY(case_ask_of(c, f->row.id, &ask, &there));
    if (!there || !str_eq(ask.act, step->act->code) || id_eq(ask.asked_by, c->actor.user))
        return INVALID;
    *choice = ask.choice;
    return OK;
}

static void come_into(struct ctx *c, struct casefile *f, const struct process_state *to)
{
    f->state = to;
    f->file.state = to->code;
    f->file.open = !to->end;
    f->file.closed = (struct opt_i64){ to->end, to->end ? c->now : 0 };
}

static status step_body(struct ctx *c, struct casefile *f, const void *what)
{
    const struct step *step = what;
    const struct process_state *from, *to;
    struct casefile after = *f;
    struct str choice = step->choice;
    struct open_tracks beside;
    struct strs missing;

    TRY(from_state(c, f, step->act, &from));
    TRY(second_person(c, f, step, &choice));
    TRY(papers_missing(c, f, step->act, &missing));
    TRY(tracks_open(c, f, step->act, &beside));
    if (missing.n || beside.refused)
        return INVALID;
    to = process_state(f->process, step->act->to);
    if (step->act->track == 0)
        come_into(c, &after, to);
    after.file.closed = f->file.closed;             /* clocks that the end had dropped are known by its moment */
    TRY(clocks_step(c, &after, step->act, from));
    if (step->act->track == 0)
        come_into(c, &after, to);
    TRY(set_level(c, &after));
    *f = after;
    TRY(row_update(c->ledger, &table_casefiles, &f->file));
    TRY(end_ask(c, f, step->act));
    TRY(papers_follow(c, f, step->act, step->words));
    if (step->act->track == 0)
        TRY(follow_talk(c, f, to->end));
    if (choice.n)
        TRY(tell(c, f, "choice", step->act->list, choice, STR("")));
    for (size_t i = 0; i < beside.n; i++)
        TRY(tell(c, f, "left_open", beside.at[i]->code, STR(""), STR("")));
    return tell(c, f, "state", from->code, to->code, step->words);
}

/* -- an act for two -------------------------------------------------------------------------------------------------------------- */

static status ask_body(struct ctx *c, struct casefile *f, const void *what)
{
    const struct step *step = what;
    struct case_asks_row row = { .case_id = f->row.id, .act = step->act->code, .choice = step->choice.n ? step->choice : STR(""),
                                 .asked_by = c->actor.user, .asked = c->now };
    const struct process_state *from;
    struct case_asks_row other;
    bool there;

    TRY(from_state(c, f, step->act, &from));
    TRY(case_ask_of(c, f->row.id, &other, &there));
    if (there)
        return INVALID;         /* somebody asked meanwhile: their question is answered first */
    TRY(row_insert(c->ledger, &table_case_asks, &row));
    return tell(c, f, "ask", step->act->code, row.choice, step->words);
}

static status decline_body(struct ctx *c, struct casefile *f, const void *what)
{
    const struct str *words = what;
    struct case_asks_row ask;
    bool there;

    TRY(case_ask_of(c, f->row.id, &ask, &there));
    if (!there)
        return INVALID;
    TRY(row_delete(c->ledger, &table_case_asks, &ask));
    return tell(c, f, "ask_declined", ask.act, STR(""), *words);
}

status case_decline_ask(struct ctx *c, struct id id, struct str words)
{
    return case_act_do(c, id, "case.ask-decline", decline_body, &words);
}

status case_step(struct ctx *c, struct id id, const struct step *step)
{
    struct case_asks_row ask;
    bool there = false;

    if (step->act->second)
        TRY(case_ask_of(c, id, &ask, &there));
    return step->act->second && !there ? case_act_do(c, id, "case.ask", ask_body, step) : case_act_do(c, id, "case.state", step_body, step);
}

/* -- another version of the process --------------------------------------------------------------------------------------------------- */

static status adopt_body(struct ctx *c, struct casefile *f, const void *what)
{
    const struct adoption *a = what;
    const struct process *was;
    struct case_asks_row ask;
    struct str from = arena_f(c->arena, "%lld", (long long)f->file.version), to = arena_f(c->arena, "%lld", (long long)a->to->version);
    bool there;

    if (!str_eq(f->file.process, a->to->code) || f->file.version == a->to->version || !str_eq(f->file.state, a->was))
        return INVALID;         /* it has moved since the page was read: what changes must be looked at anew */
    TRY(case_ask_of(c, f->row.id, &ask, &there));
    if (there)
        TRY(row_delete(c->ledger, &table_case_asks, &ask));
    was = f->process;
    f->process = a->to;
    f->file.version = a->to->version;
    come_into(c, f, a->state);
    TRY(clocks_adopt(c, f, was));
    TRY(row_update(c->ledger, &table_casefiles, &f->file));
    return tell(c, f, "version", from, to, a->words);
}

status case_adopt(struct ctx *c, struct id id, const struct adoption *a)
{
    return case_act_do(c, id, "case.process", adopt_body, a);
}

/* -- risk, worker, note ------------------------------------------------------------------------------------------------------------- */

struct conclusion { struct str risk, words; };

static status risk_body(struct ctx *c, struct casefile *f, const void *what)
{
    const struct conclusion *to = what;
    struct str from = f->file.risk;

    f->file.risk = f->row.risk = to->risk;
    f->file.raised = 0;         /* a person has looked: what was computed before binds no more */
    TRY(set_level(c, f));
    TRY(row_update(c->ledger, &table_casefiles, &f->file));
    TRY(row_update(c->ledger, &table_cases, &f->row));
    return tell(c, f, "risk", from, to->risk, to->words);
}

status case_conclude_risk(struct ctx *c, struct id id, struct str risk, struct str words)
{
    return case_act_do(c, id, "case.risk", risk_body, &(struct conclusion){ risk, words });
}

struct assignment { struct opt_id worker; struct str words; };

static struct str opt_id_str(struct ctx *c, struct opt_id id)
{
    char text[ID_TEXT + 1];

    if (!id.has)
        return STR("");
    id_text(id.v, text);
    return arena_copy(c->arena, str_c(text));
}

static bool in_unit(const struct users_rows *people, struct id user)
{
    for (size_t i = 0; i < people->n; i++)
        if (id_eq(people->at[i].id, user))
            return true;
    return false;
}

static status assign_body(struct ctx *c, struct casefile *f, const void *what)
{
    const struct assignment *to = what;
    struct opt_id from = f->file.worker;
    struct users_rows people;

    TRY(sql_unit_people(c->ledger, (struct sql_unit_people){ .unit = f->file.unit, .now = c->now }, &people));
    if (to->worker.has && !in_unit(&people, to->worker.v))
        return INVALID;
    f->file.worker = to->worker;
    TRY(row_update(c->ledger, &table_casefiles, &f->file));
    return tell(c, f, "worker", opt_id_str(c, from), opt_id_str(c, to->worker), to->words);
}

status case_assign(struct ctx *c, struct id id, struct opt_id worker, struct str words)
{
    return case_act_do(c, id, "case.worker", assign_body, &(struct assignment){ worker, words });
}

static status note_body(struct ctx *c, struct casefile *f, const void *what)
{
    const struct str *words = what;
    struct record r = { .kind = RECORD_NOTE, .author = c->actor.user, .time = c->now, .text = *words };

    return record_write(c, comp_newest(&f->comps, "N"), &r);
}

status case_add_note(struct ctx *c, struct id id, struct str words)
{
    return case_act_do(c, id, "case.note", note_body, &words);
}

/* -- tasks and flags ---------------------------------------------------------------------------------------------------------------- */

/* Words of a task or flag as a record in N; no words, no record. */
static status put_words(struct ctx *c, struct casefile *f, struct str words, struct opt_id *record)
{
    struct record r = { .kind = RECORD_TASK, .author = c->actor.user, .time = c->now, .text = words };

    *record = (struct opt_id){ 0 };
    if (words.n == 0)
        return OK;
    record->has = true;
    return record_write_id(c, comp_newest(&f->comps, "N"), &r, &record->v);
}

/* The list's clock is the open task or the running clock that is over first. */
static status set_due(struct ctx *c, struct casefile *f)
{
    struct casefiles_row before = f->file;

    TRY(casefile_set_due(c, f));
    if (f->file.due == before.due && str_eq(f->file.clock, before.clock) && f->file.soon.v == before.soon.v)
        return OK;
    return row_update(c->ledger, &table_casefiles, &f->file);
}

static status add_task_body(struct ctx *c, struct casefile *f, const void *what)
{
    const struct task_new *t = what;
    struct tasks_row row = { .id = id_timed(c->now), .case_id = f->row.id, .kind = t->kind, .state = STR("open"), .due = t->due,
                             .worker = t->worker, .set_by = c->actor.user, .since = c->now };

    if (!f->file.open)
        return fail(INVALID, "the case is closed");
    TRY(put_words(c, f, t->words, &row.words));
    TRY(row_insert(c->ledger, &table_tasks, &row));
    TRY(set_due(c, f));
    return tell(c, f, "task", STR("open"), t->kind, STR(""));
}

status case_add_task(struct ctx *c, struct id id, const struct task_new *task)
{
    return case_act_do(c, id, "case.task", add_task_body, task);
}

struct ending { struct id of; struct str state, words; };

static status end_task_body(struct ctx *c, struct casefile *f, const void *what)
{
    const struct ending *e = what;
    struct tasks_row row = { .id = e->of };

    TRY(row_get(c->ledger, &table_tasks, &row));
    if (!id_eq(row.case_id, f->row.id))
        return NOT_FOUND;
    if (!str_is(row.state, "open"))
        return OK;              /* somebody ended it already */
    row.state = e->state;
    row.ended = (struct opt_i64){ true, c->now };
    row.ended_by = (struct opt_id){ true, c->actor.user };
    TRY(row_update(c->ledger, &table_tasks, &row));
    TRY(set_due(c, f));
    return tell(c, f, "task", e->state, row.kind, e->words);
}

status case_end_task(struct ctx *c, struct id id, struct id task, struct str state, struct str words)
{
    return case_act_do(c, id, "case.task-end", end_task_body, &(struct ending){ task, state, words });
}

static status add_flag_body(struct ctx *c, struct casefile *f, const void *what)
{
    const struct flag_new *new = what;
    struct flags_row row = { .id = id_timed(c->now), .case_id = f->row.id, .kind = new->kind, .until = new->until,
                             .set_by = c->actor.user, .since = c->now };

    TRY(put_words(c, f, new->words, &row.words));
    TRY(row_insert(c->ledger, &table_flags, &row));
    return tell(c, f, "flag", STR("open"), new->kind, STR(""));
}

status case_add_flag(struct ctx *c, struct id id, const struct flag_new *flag)
{
    return case_act_do(c, id, "case.flag", add_flag_body, flag);
}

static status end_flag_body(struct ctx *c, struct casefile *f, const void *what)
{
    const struct ending *e = what;
    struct flags_row row = { .id = e->of };

    TRY(row_get(c->ledger, &table_flags, &row));
    if (!id_eq(row.case_id, f->row.id))
        return NOT_FOUND;
    if (row.ended.has)
        return OK;
    row.ended = (struct opt_i64){ true, c->now };
    row.ended_by = (struct opt_id){ true, c->actor.user };
    TRY(row_update(c->ledger, &table_flags, &row));
    return tell(c, f, "flag", STR("ended"), row.kind, e->words);
}

status case_end_flag(struct ctx *c, struct id id, struct id flag, struct str words)
{
    return case_act_do(c, id, "case.flag-end", end_flag_body, &(struct ending){ .of = flag, .words = words });
}

/* -- people of the case --------------------------------------------------------------------------------------------------------------- */

struct str person_json(struct ctx *c, const struct person *p)
{
    const struct { const char *before; struct str value; } members[] = {
        { ",\"role\":", p->role }, { ",\"name\":", p->name }, { ",\"born\":", p->born }, { ",\"phone\":", p->phone },
        { ",\"address\":", p->address }, { ",\"words\":", p->words },
    };
    struct out o = { .max = 1 << 20 };
    char id[ID_TEXT + 1];
    struct str text;

    id_text(p->id, id);
    out_f(&o, "{\"id\":\"%s\",\"gone\":%s", id, p->gone ? "true" : "false");
    for (size_t i = 0; i < COUNT_OF(members); i++) {
        out_c(&o, members[i].before);
        out_json(&o, members[i].value);
    }
    out_char(&o, '}');
    text = arena_copy(c->arena, out_done(&o));
    out_wipe(&o);
    out_free(&o);
    return text;
}

static status person_body(struct ctx *c, struct casefile *f, const void *what)
{
    const struct person *p = what;
    const struct comp_open *identity = comp_newest(&f->comps, "I");
    struct record r = { .kind = RECORD_PERSON, .author = c->actor.user, .time = c->now, .text = person_json(c, p) };

    if (identity == NULL || identity->keys == NULL)
        return INVALID;
    TRY(record_write(c, identity, &r));
    return tell(c, f, "person", STR(""), p->role, STR(""));
}

status case_put_person(struct ctx *c, struct id id, const struct person *person)
{
    return case_act_do(c, id, "case.person", person_body, person);
}
