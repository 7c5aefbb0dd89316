/* Tasks, flags and people of one case. */
#include "clocks.h"
#include "pages.h"

#include "casework_pages.h"
#include "texts.h"

/* -- tasks and flags --------------------------------------------------------------------------------------------------------------------- */

status case_tasks_show(struct ctx *c)
{
    struct case_tasks_view v = {
        .due = form_text(c, "due"), .words = form_text(c, "words"), .until = form_text(c, "until"),
        .kind_error = form_error(c, "kind"), .due_error = form_error(c, "due"), .flag_error = form_error(c, "flag"),
        .until_error = form_error(c, "until"), .kinds = list_choices(c, "task", form_text(c, "kind")),
        .flag_kinds = list_choices(c, "flag", form_text(c, "flag")),
    };
    struct opt_id worker = { .has = true, .v = c->actor.user };
    struct casefile f;

    if (v.flag_error.n || v.until_error.n) {       /* each form keeps its own words */
        v.flag_words = v.words;
        v.words = STR("");
    }
    TRY(case_page_open(c, TAB_TASKS, &f, &v.head));
    TRY(case_work_lists(c, &f, &v.tasks, &v.flags));
    TRY(case_clock_list(c, &f, true, &v.clocks));
    (void)id_of_text(form_text(c, "worker"), &worker.v);
    v.workers = case_workers(c, f.file.unit, worker);
    TRY(people_nav(c, &v.nav, STAFF_CASES));
    return page(c, tpl_casework_tasks, &v);
}

status case_tasks_add(struct ctx *c)
{
    struct task_new task = { .kind = form_text(c, "kind"), .words = str_trim(form_text(c, "words")) };
    struct id id;
    status s;

    TRY(path_id(c, "id", &id));
    if (!list_has("task", task.kind))
        (void)!form_refuse(c, "kind", text_of(c, T_CASES_ASK_CHOICE_NONE));
    if (!clock_of_iso(form_text(c, "due"), &task.due))
        (void)!form_refuse(c, "due", text_of(c, T_CASES_TASK_DUE_BAD));
    if (form_failed(c))
        return fail(INVALID, "a task without kind or time");
    if (form_text(c, "due").n == 10)
        task.due += 17 * (i64)HOUR_MS;          /* a day without a time ends with the working day */
    task.worker.has = id_of_text(form_text(c, "worker"), &task.worker.v);
    s = case_add_task(c, id, &task);
    if (s == INVALID) {
        act_abort(c->ledger);
        fail_clear();
        return case_back(c, id, "/tasks", T_CASES_FLASH_CLOSED);
    }
    TRY(s);
    return case_back(c, id, "/tasks", T_CASES_FLASH_TASK);
}

status case_tasks_end(struct ctx *c)
{
    struct str state = str_is(form_text(c, "state"), "dropped") ? STR("dropped") : STR("done");
    struct id id, task;

    TRY(path_id(c, "id", &id));
    TRY(path_id(c, "task", &task));
    TRY(case_end_task(c, id, task, state, str_trim(form_text(c, "words"))));
    return case_back(c, id, "/tasks", T_CASES_FLASH_TASK_ENDED);
}

status case_flags_add(struct ctx *c)
{
    struct flag_new flag = { .kind = form_text(c, "flag"), .words = str_trim(form_text(c, "words")) };
    struct str until = form_text(c, "until");
    struct id id;

    TRY(path_id(c, "id", &id));
    flag.until.has = until.n > 0;
    if (!list_has("flag", flag.kind))
        (void)!form_refuse(c, "flag", text_of(c, T_CASES_ASK_CHOICE_NONE));
    if (until.n && !clock_of_iso(until, &flag.until.v))
        (void)!form_refuse(c, "until", text_of(c, T_CASES_FLAG_UNTIL_BAD));
    if (form_failed(c))
        return fail(INVALID, "a flag without kind");
    TRY(case_add_flag(c, id, &flag));
    return case_back(c, id, "/tasks", T_CASES_FLASH_FLAG);
}

status case_flags_end(struct ctx *c)
{
    struct id id, flag;

    TRY(path_id(c, "id", &id));
    TRY(path_id(c, "flag", &flag));
    TRY(case_end_flag(c, id, flag, str_trim(form_text(c, "words"))));
    return case_back(c, id, "/tasks", T_CASES_FLASH_FLAG_ENDED);
}

/* -- people -------------------------------------------------------------------------------------------------------------------------------- */

static struct url edit_url(struct ctx *c, struct id case_id, struct id person)
{
    char id[ID_TEXT + 1];

    id_text(person, id);
    return url_query(c->arena, url_lang(c->arena, url_id(c->arena, "/cases/", case_id, "/people"), c->page.lang_query), "edit",
                     arena_copy(c->arena, str_c(id)));
}

static void fill_people(struct ctx *c, const struct persons *persons, struct id edited, struct case_people_view *v)
{
    v->people.at = NEW_N(c->arena, struct case_person_view, persons->n + 1);
    for (size_t i = 0; i < persons->n; i++) {
        const struct person *p = &persons->at[i];

        if (p->gone)
            continue;
        v->people.at[v->people.n++] = (struct case_person_view){
            edit_url(c, v->head.id, p->id), list_name(c, "person", p->role), p->name, p->born, p->phone, p->address, p->words,
            v->head.carer_unsafe && str_is(p->role, "carer") };
        if (!id_eq(p->id, edited) || id_is_zero(edited) || form_failed(c))
            continue;
        v->editing = true;
        v->edited = p->id;
        v->roles = list_choices(c, "person", p->role);
        v->name = p->name;
        v->born = p->born;
        v->phone = p->phone;
        v->address = p->address;
        v->words = p->words;
    }
}

/* Nobody reads a number off the top of the list and calls whom they must not. */
static void unsafe_last(struct ctx *c, struct case_persons_view *list)
{
    struct case_person_view *order = NEW_N(c->arena, struct case_person_view, list->n + 1);
    size_t n = 0;

    for (int unsafe = 0; unsafe < 2; unsafe++)
        for (size_t i = 0; i < list->n; i++)
            if (list->at[i].unsafe == unsafe)
                order[n++] = list->at[i];
    list->at = order;
}

status case_people_show(struct ctx *c)
{
    struct case_people_view v = {
        .roles = list_choices(c, "person", form_text(c, "role")), .name = form_text(c, "name"), .born = form_text(c, "born"),
        .phone = form_text(c, "phone"), .address = form_text(c, "address"), .words = form_text(c, "words"),
        .name_error = form_error(c, "name"),
    };
    struct id edited = id_zero();
    struct persons persons;
    struct casefile f;
    const struct comp_open *identity;

    TRY(case_page_open(c, TAB_PEOPLE, &f, &v.head));
    identity = comp_newest(&f.comps, "I");
    v.sealed = identity == NULL || identity->keys == NULL;
    TRY(case_persons(c, &f.comps, &persons));
    v.editing = id_of_text(form_failed(c) ? form_text(c, "person") : query_text(c, "edit"), &edited) && form_failed(c);
    v.edited = edited;
    fill_people(c, &persons, edited, &v);
    unsafe_last(c, &v.people);
    TRY(people_nav(c, &v.nav, STAFF_CASES));
    return page(c, tpl_casework_people, &v);
}

status case_people_put(struct ctx *c)
{
    struct person p = {
        .role = form_text(c, "role"), .name = str_trim(form_text(c, "name")), .born = str_trim(form_text(c, "born")),
        .phone = str_trim(form_text(c, "phone")), .address = str_trim(form_text(c, "address")), .words = form_text(c, "words"),
        .gone = str_is(form_text(c, "gone"), "1"),
    };
    struct id id;
    status s;

    TRY(path_id(c, "id", &id));
    if (!list_has("person", p.role))
        p.role = STR("other");
    if (!p.gone && p.name.n == 0 && str_trim(p.words).n == 0)
        return form_refuse(c, "name", text_of(c, T_CASES_PERSON_EMPTY));
    if (!id_of_text(form_text(c, "person"), &p.id))
        p.id = id_random();
    s = case_put_person(c, id, &p);
    if (s == INVALID) {
        act_abort(c->ledger);
        fail_clear();
        return case_back(c, id, "/people", T_CASES_FLASH_SEALED);
    }
    TRY(s);
    return case_back(c, id, "/people", p.gone ? T_CASES_FLASH_PERSON_GONE : T_CASES_FLASH_PERSON);
}
