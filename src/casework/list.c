/* GET /cases: the cases of the reader's units in one order, level first, then the task that runs out first. */
#include "casefile.h"
#include "views.h"

#include "casework_pages.h"
#include "pages.h"
#include "texts.h"

#include <stdlib.h>

enum { PAGE_ROWS = 50, OWN_SHOWN = 8, LEVEL_ABOVE_ALL = 5 };

struct cursor { i64 level, due; struct id id; };
struct filter { struct str state, risk, province; i64 open, before; };      /* before: those alone that are due by then */
struct gathered { struct casefiles_row *at; size_t n; };
enum { GATHERED_MAX = (PAGE_ROWS + 1) * ACTOR_UNITS };

static struct cursor cursor_of_query(const struct ctx *c)
{
    static const struct cursor start = { .level = LEVEL_ABOVE_ALL };
    struct cursor cursor = start;

    if (!id_of_text(query_text(c, "after"), &cursor.id) || !str_i64(query_text(c, "l"), &cursor.level) ||
        !str_i64(query_text(c, "d"), &cursor.due))
        return start;
    return cursor;
}

/* -- rows ----------------------------------------------------------------------------------------------------------------------------- */

static struct desk_clock case_clock(struct ctx *c, const struct casefiles_row *file)
{
    if (!file->open)
        return (struct desk_clock){ .look = CLOCK_DONE, .words = T_DESK_CLOCK_CLOSED, .a = STR(""), .b = STR("") };
    if (file->due == NEVER_DUE)
        return (struct desk_clock){ .look = CLOCK_FINE, .words = T_CASES_CLOCK_NONE, .a = STR(""), .b = STR("") };
    return file->soon.has ? desk_clock_until(c, file->due, file->soon.v) : desk_clock_due(c, file->due);
}

/* Name of the clock that is over first; STR_NULL where that is a task. */
static struct str clock_name(const struct ctx *c, const struct casefiles_row *file)
{
    const struct process *p = process_of(file->process, file->version);
    const struct process_clock *k = p && file->clock.n && file->open ? process_clock(p, file->clock) : NULL;

    if (k == NULL)
        return STR_NULL;
    return c->lang == LANG_EN && k->name_en.n ? k->name_en : k->name;
}

struct str case_state_name(const struct ctx *c, const struct casefiles_row *file)
{
    const struct process *p = process_of(file->process, file->version);
    const struct process_state *s = p ? process_state(p, file->state) : NULL;

    if (s == NULL)
        return file->state;
    return c->lang == LANG_EN && s->name_en.n ? s->name_en : s->name;
}

static i64 flags_of(struct ctx *c, struct id id)
{
    struct flags_open_row row = { 0 };

    return sql_flags_open(c->ledger->db, (struct sql_flags_open){ .case_id = id }, &row) == OK ? row.n : 0;
}

static struct case_row row_of(struct ctx *c, const struct casefiles_row *file)
{
    struct cases_row row = { .id = file->case_id };
    struct case_row r = { .id = file->case_id, .ref = STR("TH-?"), .altered = true, .clock = { .words = T_DESK_CLOCK_CLOSED } };

    if (file->altered || row_get(c->ledger, &table_cases, &row) != OK)
        return r;
    return (struct case_row){
        .id = file->case_id, .ref = case_ref(c->arena, file->year, file->no), .level = (enum desk_level)file->level,
        .clock = case_clock(c, file), .clock_name = clock_name(c, file), .state = case_state_name(c, file), .place = desk_place(c, row.province),
        .worker = desk_user_name(c, file->worker), .harms = desk_harms(c, row.harm), .age = desk_word(DESK_AGE, row.age_band),
        .flags = flags_of(c, file->case_id), .mine = file->worker.has && id_eq(file->worker.v, c->actor.user),
    };
}

static int most_pressing_first(const void *a, const void *b)
{
    const struct casefiles_row *x = a, *y = b;

    if (x->level != y->level)
        return x->level > y->level ? -1 : 1;
    if (x->due != y->due)
        return x->due < y->due ? -1 : 1;
    return memcmp(x->case_id.b, y->case_id.b, sizeof x->case_id.b);
}

static void gather(struct ctx *c, struct gathered *all, const struct casefiles_rows *rows)
{
    if (all->at == NULL)
        all->at = NEW_N(c->arena, struct casefiles_row, GATHERED_MAX);
    for (size_t i = 0; i < rows->n && all->n < GATHERED_MAX; i++)
        all->at[all->n++] = rows->at[i];
}

static status gather_units(struct ctx *c, const struct filter *f, struct cursor from, struct gathered *all, i64 *total)
{
    for (size_t u = 0; u < c->actor.n_units; u++) {
        struct casefiles_count_row count;
        struct casefiles_rows rows;

        TRY(sql_casefiles_of_unit(c->ledger, (struct sql_casefiles_of_unit){
            .unit = c->actor.units[u], .open = f->open, .before = f->before, .level = from.level, .due = from.due, .id = from.id, .state = f->state,
            .risk = f->risk, .province = f->province }, &rows));
        gather(c, all, &rows);
        TRY(sql_casefiles_count(c->ledger->db, (struct sql_casefiles_count){ .unit = c->actor.units[u], .open = f->open, .before = f->before }, &count));
        *total += count.n;
    }
    return OK;
}

static status gather_mine(struct ctx *c, const struct filter *f, struct cursor from, struct gathered *all, i64 *total)
{
    struct casefiles_rows rows;

    TRY(sql_casefiles_of_worker(c->ledger, (struct sql_casefiles_of_worker){
        .worker = c->actor.user, .now = c->now, .open = f->open, .level = from.level, .due = from.due, .id = from.id, .state = f->state,
        .risk = f->risk, .province = f->province }, &rows));
    gather(c, all, &rows);
    *total = (i64)rows.n;
    return OK;
}

static struct url page_url(struct ctx *c, const struct casefiles_row *last)
{
    static const char *const kept[] = { "show", "state", "risk", "province" };
    struct url u = url_lang(c->arena, url_path("/cases"), c->page.lang_query);
    char id[ID_TEXT + 1];

    for (size_t i = 0; i < COUNT_OF(kept); i++)
        u = url_query(c->arena, u, kept[i], query_text(c, kept[i]));
    if (last == NULL)
        return u;
    id_text(last->case_id, id);
    u = url_query(c->arena, u, "l", desk_number(c, last->level));
    u = url_query(c->arena, u, "d", desk_number(c, last->due));
    return url_query(c->arena, u, "after", arena_copy(c->arena, str_c(id)));
}

static status list_page(struct ctx *c, struct cases_view *v, const struct filter *f)
{
    struct cursor from = cursor_of_query(c);
    struct gathered all = { 0 };

    if (v->show == CASES_MINE)
        TRY(gather_mine(c, f, from, &all, &v->rows.total));
    else
        TRY(gather_units(c, f, from, &all, &v->rows.total));
    if (all.n)
        qsort(all.at, all.n, sizeof *all.at, most_pressing_first);
    v->rows.at = NEW_N(c->arena, struct case_row, PAGE_ROWS);
    for (; v->rows.n < all.n && v->rows.n < PAGE_ROWS; v->rows.n++)
        v->rows.at[v->rows.n] = row_of(c, &all.at[v->rows.n]);
    if (all.n > PAGE_ROWS)
        v->next = page_url(c, &all.at[PAGE_ROWS - 1]);
    if (from.level != LEVEL_ABOVE_ALL)
        v->start = page_url(c, NULL);
    return OK;
}

/* -- search ----------------------------------------------------------------------------------------------------------------------------- */

/* A number leads to its case, if it is one of the reader's; all else is a name. */
static status find_number(struct ctx *c, struct str typed, struct id *id)
{
    struct casefiles_row file;
    struct casefile f;
    i64 year, no;

    if (!case_ref_read(typed, &year, &no))
        return NOT_FOUND;
    TRY(sql_casefile_of_ref(c->ledger, (struct sql_casefile_of_ref){ .year = year, .no = no }, &file));
    *id = file.case_id;
    return casefile_open(c, *id, &f);
}

static status find_name(struct ctx *c, struct cases_view *v)
{
    struct hits hits;
    status s = case_search(c, v->q, &hits);

    v->searched = true;
    if (s == BUSY) {
        v->busy = true;                         /* the page says so */
        (void)conn_missed(c->ledger->db);
        return OK;
    }
    TRY(s);
    v->looked = hits.searched;
    v->rows = (struct case_rows){ .at = NEW_N(c->arena, struct case_row, hits.n + 1), .total = (i64)hits.n };
    for (size_t i = 0; i < hits.n; i++) {
        struct casefiles_row file = { .case_id = hits.at[i] };

        if (row_get(c->ledger, &table_casefiles, &file) == OK)
            v->rows.at[v->rows.n++] = row_of(c, &file);
    }
    return OK;
}

/* -- the page ----------------------------------------------------------------------------------------------------------------------------- */

static struct choices state_choices(const struct ctx *c, struct str chosen)
{
    const struct process *p = process_for_new(c->now);
    struct choices list = { .at = NEW_N(c->arena, struct choice, p->n_states) };

    for (size_t i = 0; i < p->n_states; i++)
        list.at[list.n++] = (struct choice){
            p->states[i].code, c->lang == LANG_EN && p->states[i].name_en.n ? p->states[i].name_en : p->states[i].name,
            str_eq(p->states[i].code, chosen) };
    return list;
}

/* One page of the reader's work on "my work", its first lines on the list of all. */
static status show_tasks(struct ctx *c, struct cases_view *v)
{
    size_t most = v->show == CASES_MINE ? PAGE_ROWS : OWN_SHOWN;
    i64 from = 0;

    TRY(case_own_tasks(c, &v->tasks));
    if (v->show != CASES_MINE || !str_i64(query_text(c, "from"), &from) || from < 0 || from >= (i64)v->tasks.total)
        from = 0;
    if (from > 0)
        v->tasks.at += from;
    v->tasks.n -= (size_t)from;
    if (v->tasks.n)
        v->tasks.at[0].first = true;
    if (v->tasks.n > most) {
        v->tasks.n = most;
        v->tasks_next = url_query(c->arena, v->tasks.all, "from", desk_number(c, from + (i64)most));
    }
    v->tasks_start = from > 0 ? v->tasks.all : (struct url){ STR_NULL };
    return OK;
}

static enum cases_show show_of(struct str code)
{
    return str_is(code, "mine") ? CASES_MINE : str_is(code, "closed") ? CASES_CLOSED : str_is(code, "late") ? CASES_LATE : CASES_ALL;
}

status cases_show(struct ctx *c)
{
    struct str show = query_text(c, "show");
    struct filter f = { query_text(c, "state"), query_text(c, "risk"), query_text(c, "province"), 1, INT64_MAX };
    struct cases_view v = {
        .show = show_of(show), .q = query_text(c, "q"),
        .can_write = may(c, MAY_WRITE_CASES) && c->actor.n_units > 0, .states = state_choices(c, f.state),
        .can_lead = may(c, MAY_SUPERVISE), .risks = list_choices(c, "risk", f.risk), .provinces = network_province_choices(c, f.province),
    };
    struct id id;

    f.open = v.show != CASES_CLOSED;
    if (v.show == CASES_LATE)
        f.before = c->now;          /* by the due moment itself, at the moment of reading: no flag could lie about it */
    v.q = str_trim(v.q);
    if (v.q.n && find_number(c, v.q, &id) == OK)
        return case_go(c, id, "");
    TRY(people_nav(c, &v.nav, STAFF_CASES));
    if (v.q.n)
        TRY(find_name(c, &v));
    else
        TRY(list_page(c, &v, &f));
    if (!v.q.n && v.show != CASES_CLOSED && v.start.raw.n == 0) {
        TRY(show_tasks(c, &v));
        TRY(clock_notices_of_actor(c, &v.notices));
    }
    return page(c, tpl_casework_cases, &v);
}
