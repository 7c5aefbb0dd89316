/* A made-up report becomes a case and goes its way, line by line of content/demo/courses.txt, through the acts of case work. */
#include "demo_going.h"

#include "desk.h"

#include "../casework/casefile.h"

/* Minutes between two lines of one day, so that the timeline has an order. */
enum { LINE_MINUTES = 7 };

typedef status go_line(struct going *g, struct str value);

status going_wrong(const struct going *g, const char *what, struct str value)
{
    return fail(INVALID, "content/demo/courses.txt line %d: %s: %.*s", g->course->line, what, (int)value.n, value.at);
}

struct str going_word(struct str *rest)
{
    struct str word;

    if (!str_cut(rest, ' ', &word))
        return STR("");
    *rest = rest->at == NULL ? STR("") : str_trim(*rest);
    return word;
}

struct id going_case(const struct going *g)
{
    return g->t->made->report;
}

/* -- the lines ------------------------------------------------------------------------------------------------------------------------ */

static status go_in(struct going *g, struct str value)
{
    i64 days;

    if (!str_i64(value, &days))
        return going_wrong(g, "not a number of days", value);
    g->t->c.now += days * DAY_MS;
    return OK;
}

/* Somebody else of the unit who holds one of these roles. */
static bool act_as_role(struct going *g, const char *role)
{
    struct demo_people *people = g->t->stage->people;
    struct id unit = g->t->c.actor.units[0], self = g->t->c.actor.user;

    for (size_t i = 0; i < people->n; i++)
        if (id_eq(people->at[i].unit, unit) && !id_eq(people->at[i].user, self) && str_is(people->at[i].role, role)) {
            telling_actor(g->t, &people->at[i]);
            return true;
        }
    return false;
}

/* Chair or supervisor of the unit where only they may; else who has the report. */
static status act_as_allowed(struct going *g, const struct process_act *act)
{
    if ((act->who & WHO_WRITE) || ((act->who & WHO_CHAIR) && act_as_role(g, "chair")) ||
        ((act->who & WHO_SUPERVISE) && act_as_role(g, "supervisor")))
        return OK;
    return fail(INVALID, "content/demo: a unit without a person who may do %.*s", (int)act->code.n, act->code.at);
}

static status go_act(struct going *g, struct str value)
{
    struct str code = going_word(&value);
    struct ctx *c = &g->t->c;
    struct step step = { 0 };
    struct casefile f;

    TRY(casefile_open(c, going_case(g), &f));
    step.act = f.process ? process_act(f.process, code) : NULL;
    if (step.act == NULL)
        return going_wrong(g, "no act of the process", code);
    if (step.act->list.n)
        step.choice = going_word(&value);
    step.words = value;
    TRY(act_as_allowed(g, step.act));
    TRY(case_step(c, going_case(g), &step));
    if (step.act->second && act_as_role(g, "supervisor"))       /* what one asked, another one does */
        return case_step(c, going_case(g), &step);
    return OK;
}

static status go_risk(struct going *g, struct str value)
{
    struct str level = going_word(&value);

    if (!list_has("risk", level))
        return going_wrong(g, "no level of risk", level);
    return case_conclude_risk(&g->t->c, going_case(g), level, value);
}

static status go_note(struct going *g, struct str value)
{
    return case_add_note(&g->t->c, going_case(g), value);
}

static status go_child(struct going *g, struct str value)
{
    return telling_child_says(g->t, value);
}

static status go_staff(struct going *g, struct str value)
{
    return desk_reply(&g->t->c, going_case(g), value);
}

static status go_worker(struct going *g, struct str value)
{
    struct demo_person *p = demo_person_of_login(g->t->stage->people, value);

    if (p == NULL)
        return going_wrong(g, "nobody has this login", value);
    return case_assign(&g->t->c, going_case(g), (struct opt_id){ true, p->user }, STR(""));
}

static status go_task(struct going *g, struct str value)
{
    struct task_new task = { .kind = going_word(&value), .worker = { true, g->t->c.actor.user } };
    struct str hours = going_word(&value);
    i64 n;

    if (!list_has("task", task.kind) || !str_i64(hours, &n))
        return going_wrong(g, "not a task and its hours", task.kind);
    task.due = g->today + n * HOUR_MS;
    task.words = value;
    return case_add_task(&g->t->c, going_case(g), &task);
}

static status go_ended(struct going *g, struct str value)
{
    struct ctx *c = &g->t->c;
    struct str kind = going_word(&value);
    struct tasks_rows rows;

    TRY(sql_tasks_of_case(c->ledger, (struct sql_tasks_of_case){ .case_id = going_case(g) }, &rows));
    for (size_t i = 0; i < rows.n; i++)
        if (str_is(rows.at[i].state, "open") && str_eq(rows.at[i].kind, kind))
            return case_end_task(c, going_case(g), rows.at[i].id, STR("done"), value);
    return going_wrong(g, "no open task", kind);
}

static status go_flag(struct going *g, struct str value)
{
    struct flag_new flag = { .kind = going_word(&value), .words = value };

    flag.words = value;
    if (!list_has("flag", flag.kind))
        return going_wrong(g, "no flag", flag.kind);
    return case_add_flag(&g->t->c, going_case(g), &flag);
}

/* role; name; born; phone; address; words */
static status go_person(struct going *g, struct str value)
{
    struct person p = { .id = id_timed(g->t->c.now) };
    struct str *const parts[] = { &p.role, &p.name, &p.born, &p.phone, &p.address, &p.words };
    struct str part;

    for (size_t i = 0; i < COUNT_OF(parts); i++)
        *parts[i] = str_cut(&value, ';', &part) ? str_trim(part) : STR("");
    if (!list_has("person", p.role))
        return going_wrong(g, "no role of a person", p.role);
    return case_put_person(&g->t->c, going_case(g), &p);
}

static const struct { const char *key; go_line *go; } goings[] = {
    { "in", go_in }, { "act", go_act }, { "risk", go_risk }, { "note", go_note }, { "child", go_child }, { "staff", go_staff },
    { "worker", go_worker }, { "task", go_task }, { "ended", go_ended }, { "flag", go_flag }, { "person", go_person },
    { "refer", going_refer }, { "transfer", going_transfer },
};

/* -- a course -------------------------------------------------------------------------------------------------------------------------- */

static status go_one(struct going *g, const struct block_line *line)
{
    struct str value;

    if (str_is(line->key, "code") || str_is(line->key, "ago"))
        return OK;
    TRY(demo_choose(g->t->c.arena, line->value, g->n, &value));
    TRY(telling_act_as(g->t));
    g->t->c.now += LINE_MINUTES * MINUTE_MS;
    for (size_t i = 0; i < COUNT_OF(goings); i++)
        if (str_is(line->key, goings[i].key))
            return goings[i].go(g, value);
    return going_wrong(g, "unknown line", line->key);
}

static status go(struct going *g, const struct block_line *line)
{
    size_t mark = secrets_mark(g->t->c.ledger->secrets);
    status s = go_one(g, line);

    secrets_back(g->t->c.ledger->secrets, mark);
    return s;
}

status telling_course(struct telling *t, struct str code)
{
    struct going g = { .t = t, .course = demo_course(t->stage->courses, code), .n = t->stage->cases++, .today = clock_now_ms() };

    if (g.course == NULL)
        return fail(INVALID, "content/demo line %d: no course is called %.*s", t->b->line, (int)code.n, code.at);
    TRY(telling_act_as(t));
    TRY(desk_open_case(&t->c, t->made->report));
    for (size_t i = 0; i < g.course->n; i++)
        TRY(go(&g, &g.course->at[i]));
    return OK;
}
