#include "demo_telling.h"

#include "desk.h"
#include "rules.h"

#include <assert.h>
#include <sodium.h>

void demo_people_make(struct demo_people *people)
{
    people->at = sodium_allocarray(DEMO_PEOPLE, sizeof *people->at);
    assert(people->at != NULL);
    people->n = 0;
}

void demo_people_free(struct demo_people *people)
{
    sodium_free(people->at);
}

struct demo_person *demo_person_new(struct demo_people *people)
{
    assert(people->n < DEMO_PEOPLE);
    people->at[people->n] = (struct demo_person){ 0 };
    return &people->at[people->n++];
}

struct demo_person *demo_member(struct demo_people *people, struct id unit)
{
    for (size_t i = 0; i < people->n; i++)
        if (id_eq(people->at[i].unit, unit))
            return &people->at[i];
    return NULL;
}

struct demo_person *demo_person_of_login(struct demo_people *people, struct str login)
{
    for (size_t i = 0; i < people->n; i++)
        if (str_eq(people->at[i].login, login))
            return &people->at[i];
    return NULL;
}

/* -- one report ------------------------------------------------------------------------------------------------------------ */

static struct strs words(struct arena *a, struct str list)
{
    struct strs out = { .at = NEW_N(a, struct str, list.n + 1) };
    struct str word;

    while (str_cut(&list, ' ', &word))
        if (word.n)
            out.at[out.n++] = word;
    return out;
}

static struct strs all_values(struct arena *a, const struct block *b, const char *key)
{
    struct strs out = { .at = NEW_N(a, struct str, b->n + 1) };

    for (size_t i = 0; i < b->n; i++)
        if (str_is(b->at[i].key, key))
            out.at[out.n++] = b->at[i].value;
    return out;
}

/* "NAME TEXT" as a sealed file in DIR/files. */
static status demo_file(struct telling *t, struct str value, bool private, struct file_new *file)
{
    struct str rest = value, name;

    str_cut(&rest, ' ', &name);
    return upload_text(&t->c, (struct upload_text){ name, STR("text/plain"), rest.at ? rest : STR(""), private }, file);
}

static status demo_files(struct telling *t, struct files_new *files)
{
    struct strs open = all_values(t->c.arena, t->b, "file"), hidden = all_values(t->c.arena, t->b, "file_private");

    *files = (struct files_new){ .at = NEW_N(t->c.arena, struct file_new, open.n + hidden.n + 1) };
    for (size_t i = 0; i < open.n; i++)
        TRY(demo_file(t, open.at[i], false, &files->at[files->n++]));
    for (size_t i = 0; i < hidden.n; i++)
        TRY(demo_file(t, hidden.at[i], true, &files->at[files->n++]));
    return OK;
}

static status tell(struct telling *t)
{
    const struct block *b = t->b;
    struct files_new files;
    struct report_new r = {
        .who = who_of(block_get(b, "who")), .danger = danger_of(block_get(b, "danger")),
        .harm = harm_of(words(t->c.arena, block_get(b, "harm"))), .story = block_get(b, "story"),
        .where = block_get(b, "where"), .age = block_get(b, "age"), .province = block_get(b, "province"),
        .commune = block_get(b, "commune"), .urls = all_values(t->c.arena, b, "url"),
        .exclude = words(t->c.arena, block_get(b, "exclude")),
    };

    TRY(demo_files(t, &files));
    TRY(report_submit(&t->c, &r, &files, (struct report_request){ 0 }, t->made));
    return act_commit(t->c.ledger);
}

void telling_actor(struct telling *t, const struct demo_person *p)
{
    t->by = p;
    t->c.actor = (struct actor){ .user = p->user, .org = p->org, .rights = rights_of_role(p->role), .secret = &p->keys.secret,
                                 .xpk = p->keys.open };
    t->c.actor.n_units = !id_is_zero(p->unit);
    t->c.actor.units[0] = p->unit;
}

status telling_act_as(struct telling *t)
{
    struct demo_person *p = demo_person_of_login(t->stage->people, block_get(t->b, "by"));

    if (p == NULL)
        return fail(INVALID, "content/demo line %d: nobody has this login", t->b->line);
    telling_actor(t, p);
    if (t->claimed)
        return OK;
    t->claimed = true;
    return desk_claim(&t->c, t->made->report);
}

status telling_child_says(struct telling *t, struct str text)
{
    struct files_new none = { 0 };
    struct comps comps;

    t->c.actor = (struct actor){ 0 };
    TRY(comps_of_reporter(&t->c, t->made->report, t->made->reporter, &comps));
    return child_write(&t->c, &(struct child_message){ .report = t->made->report, .comps = &comps, .texts = { &text, 1 },
                                                       .files = &none });
}

static status say_as(struct telling *t, const struct block_line *line)
{
    i64 age;

    if (str_is(line->key, "day") && str_i64(line->value, &age))
        t->c.now = t->today - age * DAY_MS;
    else if (str_is(line->key, "child"))
        return telling_child_says(t, line->value);
    else if (str_is(line->key, "staff"))
        return telling_act_as(t) == OK ? desk_reply(&t->c, t->made->report, line->value) : BROKEN;
    else if (str_is(line->key, "note"))
        return telling_act_as(t) == OK ? desk_note(&t->c, t->made->report, line->value) : BROKEN;
    return OK;
}

/* What a line opened is forgotten behind it: a long case opens the same keys many times. */
static status say(struct telling *t, const struct block_line *line)
{
    size_t mark = secrets_mark(t->c.ledger->secrets);
    status s = say_as(t, line);

    secrets_back(t->c.ledger->secrets, mark);
    return s;
}

static status close_report(struct telling *t)
{
    TRY(telling_act_as(t));
    return desk_close(&t->c, t->made->report, &(struct decision){ STR("helped"), STR("") });
}

status demo_report(struct demo_stage *stage, const struct block *b)
{
    struct ledger *l = stage->ledger;
    struct telling t = { .c = { .arena = conn_arena(stage->conn), .ledger = l, .app = stage->app }, .b = b, .stage = stage,
                         .made = SECRET(l->secrets, struct report_made), .today = clock_now_ms() };
    struct str course = block_get(b, "course");
    i64 age = 0, hours = 0;

    (void)str_i64(block_get(b, "day"), &age);
    (void)str_i64(block_get(b, "hours"), &hours);
    t.today -= hours * HOUR_MS;
    t.c.now = t.today - age * DAY_MS;
    TRY(tell(&t));
    for (size_t i = 0; i < b->n; i++)
        TRY(say(&t, &b->at[i]));
    if (str_is(block_get(b, "state"), "claimed") && !t.claimed)
        TRY(telling_act_as(&t));
    if (course.n && !str_is(course, "-"))
        return telling_course(&t, course);
    return str_is(block_get(b, "state"), "closed") ? close_report(&t) : OK;
}
