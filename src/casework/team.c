/* /cases/team: what waits for a supervisor's decision, how much each person carries, and handing cases on. */
#include "care.h"
#include "day.h"
#include "pages.h"

#include "grants.h"

#include "casework_pages.h"
#include "texts.h"

enum { MOVE_ROWS = 50, MOVES_MAX = 100, LEVEL_ABOVE_ALL = 5 };

/* -- who carries what -------------------------------------------------------------------------------------------------------------------- */

static struct str id_word(struct ctx *c, struct opt_id id)
{
    char text[ID_TEXT + 1];

    if (!id.has)
        return STR("nobody");
    id_text(id.v, text);
    return arena_copy(c->arena, str_c(text));
}

static struct url team_url(struct ctx *c, struct str unit, struct str worker)
{
    struct url u = url_query(c->arena, url_lang(c->arena, url_path("/cases/team"), c->page.lang_query), "unit", unit);

    return url_query(c->arena, u, "worker", worker);
}

static status person_view(struct ctx *c, struct id unit, struct opt_id worker, struct team_person *p)
{
    p->id = id_word(c, worker);
    p->name = desk_user_name(c, worker);
    p->see = team_url(c, id_word(c, (struct opt_id){ true, unit }), p->id);
    p->over = worker.has && p->open > care_now()->caseload;
    return worker.has ? care_over(c, worker.v, &p->tired) : OK;
}

static bool same_worker(struct opt_id a, struct opt_id b)
{
    return a.has == b.has && (!a.has || id_eq(a.v, b.v));
}

/* Members of today first, those without a case among them; then who has left and still carries some, and nobody. */
static status people_of_unit(struct ctx *c, struct id unit, struct team_people *list)
{
    struct casefiles_load_rows load;
    struct users_rows members;
    bool *used;

    TRY(sql_casefiles_load(c->ledger->db, (struct sql_casefiles_load){ .unit = unit, .now = c->now }, &load));
    TRY(sql_unit_people(c->ledger, (struct sql_unit_people){ .unit = unit, .now = c->now }, &members));
    list->at = NEW_N(c->arena, struct team_person, load.n + members.n + 1);
    used = NEW_N(c->arena, bool, load.n + 1);
    for (size_t i = 0; i < members.n; i++) {
        struct opt_id worker = { true, members.at[i].id };
        struct team_person p = { 0 };

        for (size_t k = 0; k < load.n; k++)
            if (same_worker(load.at[k].worker, worker)) {
                used[k] = true;
                p = (struct team_person){ .open = load.at[k].n, .late = load.at[k].late, .high = load.at[k].high };
            }
        TRY(person_view(c, unit, worker, &p));
        list->at[list->n++] = p;
    }
    for (size_t k = 0; k < load.n; k++) {
        struct team_person p = { .open = load.at[k].n, .late = load.at[k].late, .high = load.at[k].high };

        if (used[k])
            continue;
        TRY(person_view(c, unit, load.at[k].worker, &p));
        list->at[list->n++] = p;
    }
    return OK;
}

static struct str unit_title(struct ctx *c, struct id unit)
{
    struct units_row row = { .id = unit };

    return row_get(c->ledger, &table_units, &row) == OK ? row.name : STR("?");
}

static status fill_units(struct ctx *c, struct team_view *v)
{
    v->units.at = NEW_N(c->arena, struct team_unit, c->actor.n_units + 1);
    for (size_t u = 0; u < c->actor.n_units; u++) {
        struct team_unit *unit = &v->units.at[v->units.n++];

        *unit = (struct team_unit){ .id = c->actor.units[u], .name = unit_title(c, c->actor.units[u]) };
        TRY(people_of_unit(c, unit->id, &unit->people));
    }
    return OK;
}

/* -- what waits for a decision ------------------------------------------------------------------------------------------------------------- */

static bool is_decision(const struct own_task *t)
{
    return t->why == T_DAY_WHY_APPROVE || t->why == T_DAY_WHY_ASK || t->why == T_DAY_WHY_SECOND;
}

static status fill_approvals(struct ctx *c, struct own_tasks *list)
{
    struct own_tasks all;

    TRY(case_own_tasks(c, &all));
    *list = (struct own_tasks){ .at = NEW_N(c->arena, struct own_task, all.n + 1) };
    for (size_t i = 0; i < all.n; i++)
        if (is_decision(&all.at[i]))
            list->at[list->n++] = all.at[i];
    list->total = list->n;
    return OK;
}

/* -- handing on ------------------------------------------------------------------------------------------------------------------------------ */

/* "nobody", or an id. False: neither. */
static bool worker_of(struct str text, struct opt_id *worker)
{
    *worker = (struct opt_id){ 0 };
    worker->has = id_of_text(text, &worker->v);
    return worker->has || str_is(text, "nobody");
}

static bool ticked(struct strs list, struct id id)
{
    char text[ID_TEXT + 1];

    id_text(id, text);
    for (size_t i = 0; i < list.n; i++)
        if (str_is(list.at[i], text))
            return true;
    return false;
}

static status moves_of(struct ctx *c, struct id unit, struct opt_id worker, struct team_view *v)
{
    struct sql_casefiles_to_move query = { .unit = unit, .worker = worker, .level = LEVEL_ABOVE_ALL };
    struct strs on = form_all(c, "case");
    struct casefiles_rows rows;

    if (!str_i64(query_text(c, "l"), &query.level) || !str_i64(query_text(c, "d"), &query.due) ||
        !id_of_text(query_text(c, "after"), &query.id))
        query = (struct sql_casefiles_to_move){ .unit = unit, .worker = worker, .level = LEVEL_ABOVE_ALL };
    TRY(sql_casefiles_to_move(c->ledger, query, &rows));
    v->moves.at = NEW_N(c->arena, struct team_move, rows.n + 1);
    for (size_t i = 0; i < rows.n && i < MOVE_ROWS; i++)
        if (!rows.at[i].altered)
            v->moves.at[v->moves.n++] = (struct team_move){
                rows.at[i].case_id, case_ref(c->arena, rows.at[i].year, rows.at[i].no), case_state_name(c, &rows.at[i]),
                rows.at[i].due == NEVER_DUE ? (struct desk_clock){ CLOCK_FINE, T_DAY_NO_DATE, STR(""), STR("") }
                                            : desk_clock_due(c, rows.at[i].due), ticked(on, rows.at[i].case_id) };
    if (rows.n > MOVE_ROWS) {
        const struct casefiles_row *last = &rows.at[MOVE_ROWS - 1];

        v->next = team_url(c, v->unit, v->from);
        v->next = url_query(c->arena, v->next, "l", desk_number(c, last->level));
        v->next = url_query(c->arena, v->next, "d", desk_number(c, last->due));
        v->next = url_query(c->arena, v->next, "after", id_word(c, (struct opt_id){ true, last->case_id }));
    }
    return OK;
}

/* Whose cases are to be handed on: of the address, or of the form that was sent. */
static status fill_moving(struct ctx *c, struct team_view *v)
{
    struct opt_id worker, to;
    struct id unit;

    v->unit = form_failed(c) ? form_text(c, "unit") : query_text(c, "unit");
    v->from = form_failed(c) ? form_text(c, "from") : query_text(c, "worker");
    if (!id_of_text(v->unit, &unit) || !actor_in(c, unit) || !worker_of(v->from, &worker))
        return OK;
    v->moving = true;
    v->from_name = worker.has ? desk_user_name(c, worker) : text_of(c, T_DAY_TEAM_NOBODY);
    to.has = id_of_text(form_text(c, "worker"), &to.v);
    v->workers = case_workers(c, unit, to);
    v->words = form_text(c, "words");
    v->case_error = form_error(c, "case");
    v->worker_error = form_error(c, "worker");
    return moves_of(c, unit, worker, v);
}

static status team_show(struct ctx *c)
{
    struct team_view v = { .aim = care_now()->caseload, .next = { STR_NULL } };

    TRY(fill_approvals(c, &v.approvals));
    TRY(fill_units(c, &v));
    TRY(fill_moving(c, &v));
    TRY(people_nav(c, &v.nav, STAFF_CASES));
    return page(c, tpl_casework_team, &v);
}

static status moved(struct ctx *c, i64 done, i64 missed)
{
    struct str said = text_fill(c->arena, (int)c->lang, missed ? T_DAY_FLASH_MOVED_SOME : T_DAY_FLASH_MOVED, desk_number(c, done),
                                desk_number(c, missed));

    session_put(c, "flash", said, 5);
    return see_other(c, "/cases/team");
}

/* Each case is an act of its own, so that its timeline and log say so; one that somebody moved meanwhile stays, and is counted. */
static status team_move(struct ctx *c)
{
    struct strs cases = form_all(c, "case");
    struct opt_id worker = { .has = true };
    i64 done = 0, missed = 0;

    if (cases.n == 0)
        (void)!form_refuse(c, "case", text_of(c, T_DAY_TEAM_NONE_CHOSEN));
    if (!id_of_text(form_text(c, "worker"), &worker.v))
        (void)!form_refuse(c, "worker", text_of(c, T_CASES_ASK_CHOICE_NONE));
    if (form_failed(c))
        return fail(INVALID, "nothing to hand on, or nobody to hand it to");
    for (size_t i = 0; i < cases.n && i < MOVES_MAX; i++) {
        struct id id;
        status s = id_of_text(cases.at[i], &id) ? case_assign(c, id, worker, str_trim(form_text(c, "words"))) : NOT_FOUND;

        if (s == INVALID || s == NOT_FOUND || s == CONFLICT) {
            act_abort(c->ledger);
            fail_clear();
            missed++;
            continue;
        }
        TRY(s);
        done++;
    }
    return moved(c, done, missed);
}

#define TEAM_FORM FORM(FIELD("unit", ID_TEXT), FIELD("from", ID_TEXT), FIELD("case", ID_TEXT, .repeat = true), FIELD("worker", ID_TEXT), \
    FIELD("words", 2000), FIELD("token", 100))

const struct route team_routes[] = {
    ROUTE(GET,  "/cases/team", MAY_SUPERVISE, NO_FORM,   team_show),
    ROUTE(POST, "/cases/team", MAY_SUPERVISE, TEAM_FORM, team_move),
    ROUTES_END
};
