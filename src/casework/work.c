/* What is done with a case. Every act reads the rows anew inside its transaction and looks whether it still fits. */
#include "casefile.h"

enum { ACT_TRIES = 25 };        /* writers who meet in one row: each round one of them gets through */

/* -- one act ---------------------------------------------------------------------------------------------------------------------- */

/* What an act does between its beginning and its commit. */
typedef status act_body(struct ctx *c, struct casefile *f, const void *what);

static status act_once(struct ctx *c, struct id id, const char *name, act_body *body, const void *what)
{
    struct casefile f;

    TRY(act_begin(c->ledger, case_act_info(c, name, id)));
    TRY(casefile_open(c, id, &f));
    TRY(body(c, &f, what));
    return act_commit(c->ledger);
}

/* Side by side on PostgreSQL, two acts change one row: the later one begins again on what the first has left. */
static status act_do(struct ctx *c, struct id id, const char *name, act_body *body, const void *what)
{
    status s = CONFLICT;

    for (int tries = 0; s == CONFLICT && tries < ACT_TRIES; tries++) {
        act_again(c->ledger);
        s = act_once(c, id, name, body, what);
    }
    return s;
}

static void set_level(struct casefile *f)
{
    i64 level = case_level(f->row.urgency, f->file.risk, f->state && f->state->urgent);

    f->file.level = level > f->file.raised ? level : f->file.raised;
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

static status step_body(struct ctx *c, struct casefile *f, const void *what)
{
    const struct step *step = what;
    const struct process_state *to;
    struct str from = f->file.state, words = step->words;

    if (f->process == NULL || !process_allows(f->process, step->act, from, case_who(c)))
        return INVALID;
    to = process_state(f->process, step->act->to);
    f->state = to;
    f->file.state = to->code;
    f->file.open = !to->end;
    f->file.closed = (struct opt_i64){ to->end, to->end ? c->now : 0 };
    set_level(f);
    TRY(row_update(c->ledger, &table_casefiles, &f->file));
    TRY(follow_talk(c, f, to->end));
    if (step->choice.n)
        TRY(tell(c, f, "choice", step->act->list, step->choice, STR("")));
    return tell(c, f, "state", from, to->code, words);
}

status case_step(struct ctx *c, struct id id, const struct step *step)
{
    return act_do(c, id, "case.state", step_body, step);
}

/* -- risk, worker, note ------------------------------------------------------------------------------------------------------------- */

struct conclusion { struct str risk, words; };

static status risk_body(struct ctx *c, struct casefile *f, const void *what)
{
    const struct conclusion *to = what;
    struct str from = f->file.risk;

    f->file.risk = f->row.risk = to->risk;
    f->file.raised = 0;         /* a person has looked: what was computed before binds no more */
    set_level(f);
    TRY(row_update(c->ledger, &table_casefiles, &f->file));
    TRY(row_update(c->ledger, &table_cases, &f->row));
    return tell(c, f, "risk", from, to->risk, to->words);
}

status case_conclude_risk(struct ctx *c, struct id id, struct str risk, struct str words)
{
    return act_do(c, id, "case.risk", risk_body, &(struct conclusion){ risk, words });
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
    return act_do(c, id, "case.worker", assign_body, &(struct assignment){ worker, words });
}

static status note_body(struct ctx *c, struct casefile *f, const void *what)
{
    const struct str *words = what;
    struct record r = { .kind = RECORD_NOTE, .author = c->actor.user, .time = c->now, .text = *words };

    return record_write(c, comp_newest(&f->comps, "N"), &r);
}

status case_add_note(struct ctx *c, struct id id, struct str words)
{
    return act_do(c, id, "case.note", note_body, &words);
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

/* The list's clock is the open task that runs out first. */
static status set_due(struct ctx *c, struct casefile *f)
{
    struct task_first_row first;
    i64 due;

    TRY(sql_task_first(c->ledger->db, (struct sql_task_first){ .case_id = f->row.id }, &first));
    due = first.due.has ? first.due.v : NEVER_DUE;
    if (due == f->file.due)
        return OK;
    f->file.due = due;
    return row_update(c->ledger, &table_casefiles, &f->file);
}

static status add_task_body(struct ctx *c, struct casefile *f, const void *what)
{
    const struct task_new *t = what;
    struct tasks_row row = { .id = id_timed(c->now), .case_id = f->row.id, .kind = t->kind, .state = STR("open"), .due = t->due,
                             .worker = t->worker, .set_by = c->actor.user, .since = c->now };

    TRY(put_words(c, f, t->words, &row.words));
    TRY(row_insert(c->ledger, &table_tasks, &row));
    TRY(set_due(c, f));
    return tell(c, f, "task", STR("open"), t->kind, STR(""));
}

status case_add_task(struct ctx *c, struct id id, const struct task_new *task)
{
    return act_do(c, id, "case.task", add_task_body, task);
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
    return act_do(c, id, "case.task-end", end_task_body, &(struct ending){ task, state, words });
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
    return act_do(c, id, "case.flag", add_flag_body, flag);
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
    return act_do(c, id, "case.flag-end", end_flag_body, &(struct ending){ .of = flag, .words = words });
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
    return act_do(c, id, "case.person", person_body, person);
}
