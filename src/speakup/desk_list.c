/* GET /desk: the reader's own work and the queue. All lists stand in one order, danger first, then the clock that runs out
   first; so lists of several units and states are merged by it, and one place in it is where the next page goes on. */
#include "desk_words.h"

#include "rules.h"

#include "speakup_pages.h"
#include "texts.h"

#include <stdlib.h>

enum { PAGE_ROWS = 50, URGENCY_ABOVE_ALL = 5, TASKS_SHOWN = 5 };

/* Behind which row a page begins. */
struct cursor { i64 urgency, due; struct id id; };
static const struct cursor from_start = { .urgency = URGENCY_ABOVE_ALL };

static struct cursor cursor_of_query(const struct ctx *c)
{
    struct cursor cursor = from_start;
    struct str id = query_text(c, "after"), urgency = query_text(c, "u"), due = query_text(c, "d");

    if (!id_of_text(id, &cursor.id) || !str_i64(urgency, &cursor.urgency) || !str_i64(due, &cursor.due))
        return from_start;
    return cursor;
}

/* Rows of several lists before they are merged; each list gives one row more than a page. */
struct gathered { struct cases_row *at; size_t n; };
enum { GATHERED_MAX = (PAGE_ROWS + 1) * 4 * ACTOR_UNITS };

static void gather(struct ctx *c, struct gathered *all, const struct cases_rows *rows)
{
    if (all->at == NULL)
        all->at = NEW_N(c->arena, struct cases_row, GATHERED_MAX);
    for (size_t i = 0; i < rows->n && all->n < GATHERED_MAX; i++)
        all->at[all->n++] = rows->at[i];
}

static int most_pressing_first(const void *a, const void *b)
{
    const struct cases_row *x = a, *y = b;

    if (x->urgency != y->urgency)
        return x->urgency > y->urgency ? -1 : 1;
    if (x->due != y->due)
        return x->due < y->due ? -1 : 1;
    return memcmp(x->id.b, y->id.b, sizeof x->id.b);
}

/* The page's rows; what does not fit stays in `all` behind them. */
static struct desk_rows page_of(struct ctx *c, struct gathered *all, struct id current)
{
    struct desk_rows rows = { .at = NEW_N(c->arena, struct desk_row, PAGE_ROWS) };

    if (all->n)
        qsort(all->at, all->n, sizeof *all->at, most_pressing_first);
    for (; rows.n < all->n && rows.n < PAGE_ROWS; rows.n++)
        rows.at[rows.n] = desk_row_of(c, &all->at[rows.n], current);
    return rows;
}

struct filter { i64 level; struct str province; };
static const struct filter no_filter = { .level = -1, .province = { "", 0 } };

static status gather_unit(struct ctx *c, struct id unit, const char *state, struct cursor from, const struct filter *f,
                          struct gathered *all)
{
    struct sql_queue in = { .unit = unit, .state = str_c(state), .urgency = from.urgency, .due = from.due, .id = from.id,
                            .level = f->level, .province = f->province };
    struct cases_rows rows;

    TRY(sql_queue(c->ledger, in, &rows));
    gather(c, all, &rows);
    return OK;
}

static status gather_mine(struct ctx *c, const char *state, struct cursor from, const struct filter *f, struct gathered *all)
{
    struct sql_queue_mine in = { .user = c->actor.user, .state = str_c(state), .urgency = from.urgency, .due = from.due,
                                 .id = from.id, .level = f->level, .province = f->province };
    struct cases_rows rows;

    TRY(sql_queue_mine(c->ledger, in, &rows));
    gather(c, all, &rows);
    return OK;
}

/* The list of `show` with the filter of the address; behind `last`, or its beginning. */
static struct url list_url(struct ctx *c, struct str show, const struct cases_row *last)
{
    struct url u = url_query(c->arena, url_lang(c->arena, url_path("/desk"), c->page.lang_query), "show", show);
    char id[ID_TEXT + 1];

    u = url_query(c->arena, u, "level", query_text(c, "level"));
    u = url_query(c->arena, u, "province", query_text(c, "province"));
    if (last == NULL)
        return u;
    id_text(last->id, id);
    u = url_query(c->arena, u, "u", desk_number(c, last->urgency));
    u = url_query(c->arena, u, "d", desk_number(c, last->due));
    return url_query(c->arena, u, "after", arena_copy(c->arena, str_c(id)));
}

static struct url page_url(struct ctx *c, const struct cases_row *last)
{
    return list_url(c, query_text(c, "show"), last);
}

/* The reader's own: those that wait for an answer, then the answered ones (`part` says in which of the two a page begins).
   Beside the queue only the first page stands; what does not fit is a page of "mine". */
static status list_mine(struct ctx *c, const struct filter *f, struct desk_view *v)
{
    struct gathered waiting = { 0 }, answered = { 0 };
    struct cursor from = v->show == SHOW_MINE ? cursor_of_query(c) : from_start;
    bool later = from.urgency != from_start.urgency && str_is(query_text(c, "part"), "answered");
    struct desk_rows more;
    size_t left;

    if (!later)
        TRY(gather_mine(c, "claimed", from, f, &waiting));
    TRY(gather_mine(c, "answered", later ? from : from_start, f, &answered));
    v->mine = page_of(c, &waiting, id_zero());
    more = page_of(c, &answered, id_zero());
    left = PAGE_ROWS - v->mine.n;
    for (size_t i = 0; i < more.n && i < left; i++)
        v->mine.at[v->mine.n++] = more.at[i];
    if (waiting.n > PAGE_ROWS || (left == 0 && answered.n))
        v->mine_next = list_url(c, STR("mine"), &waiting.at[PAGE_ROWS - 1]);
    else if (answered.n > left)
        v->mine_next = url_query(c->arena, list_url(c, STR("mine"), &answered.at[left - 1]), "part", STR("answered"));
    if (from.urgency != from_start.urgency)
        v->mine_start = list_url(c, STR("mine"), NULL);
    v->mine.total = f->level < 0 && f->province.n == 0 ? v->nav.mine : (i64)v->mine.n;
    return OK;
}

static status count_rest(struct ctx *c, size_t states_n, const char *const *states, i64 *total)
{
    *total = 0;
    for (size_t u = 0; u < c->actor.n_units; u++)
        for (size_t i = 0; i < states_n; i++) {
            struct queue_count_row count;

            TRY(sql_queue_count(c->ledger->db, (struct sql_queue_count){ .unit = c->actor.units[u], .state = str_c(states[i]) },
                                &count));
            *total += count.n;
        }
    return OK;
}

static status list_rest(struct ctx *c, struct desk_view *v, const struct filter *f)
{
    static const char *const every[] = { "new", "claimed", "answered", "closed" }, *const aside[] = { "prank" };
    const char *const *states = v->show == SHOW_PRANK ? aside : every;
    size_t n = v->show == SHOW_ALL ? COUNT_OF(every) : 1;
    struct cursor from = cursor_of_query(c);
    struct gathered all = { 0 };

    for (size_t u = 0; u < c->actor.n_units; u++)
        for (size_t i = 0; i < n; i++)
            TRY(gather_unit(c, c->actor.units[u], states[i], from, f, &all));
    v->rest = page_of(c, &all, id_zero());
    if (all.n > PAGE_ROWS)
        v->next = page_url(c, &all.at[PAGE_ROWS - 1]);
    if (from.urgency != from_start.urgency)
        v->start = page_url(c, NULL);
    return count_rest(c, n, states, &v->rest.total);
}

status desk_queue(struct ctx *c, struct id current, struct desk_rows *queue)
{
    struct gathered all = { 0 };

    for (size_t u = 0; u < c->actor.n_units; u++)
        TRY(gather_unit(c, c->actor.units[u], "new", from_start, &no_filter, &all));
    *queue = page_of(c, &all, current);
    return count_rest(c, 1, (const char *const[]){ "new" }, &queue->total);
}

/* -- /desk ------------------------------------------------------------------------------------------------------------------------ */

/* Who has no list of cases hears of late ones by a line on every page. */
static status clock_counts(struct ctx *c, struct staff_counts *counts)
{
    struct clock_notices list = { 0 };

    if (may(c, MAY_RUN_SYSTEM) || may(c, MAY_SUPERVISE))
        TRY(clocks_held(c, &counts->clocks_held));
    if (!may(c, MAY_READ_CASES) && c->actor.n_units > 0)
        TRY(clock_notices_of_actor(c, &list));
    counts->clocks_late = list.n > 0;
    return OK;
}

status desk_counts(struct ctx *c, struct staff_counts *counts)
{
    struct mine_count_row mine;

    TRY(clock_counts(c, counts));
    if (!may(c, MAY_READ_REPORTS))
        return OK;
    TRY(sql_mine_count(c->ledger->db, (struct sql_mine_count){ .user = c->actor.user }, &mine));
    counts->mine = mine.n;
    counts->waiting = mine.waiting;
    counts->pressing = mine.waiting > 0;
    for (size_t u = 0; u < c->actor.n_units; u++) {
        struct queue_count_row count;

        TRY(sql_queue_count(c->ledger->db, (struct sql_queue_count){ .unit = c->actor.units[u], .state = STR("new") }, &count));
        counts->unclaimed += count.n;
    }
    return referrals_count(c, &counts->referrals);
}

static enum desk_show show_of(struct str code)
{
    if (str_is(code, "mine"))
        return SHOW_MINE;
    if (str_is(code, "unclaimed"))
        return SHOW_UNCLAIMED;
    if (str_is(code, "prank"))
        return SHOW_PRANK;
    return str_is(code, "all") ? SHOW_ALL : SHOW_BOTH;
}

static struct filter filter_of(const struct ctx *c)
{
    static const char *const levels[] = { "odd", "low", "middle", "high", "now" };
    struct filter f = { .level = -1, .province = query_text(c, "province") };

    for (int i = 0; i < LEVELS; i++)
        if (str_is(query_text(c, "level"), levels[i]))
            f.level = i;
    return f;
}

/* What the reader has in cases beside the talks, and what their units hear of late ones. */
static status own_work(struct ctx *c, struct desk_view *v)
{
    TRY(case_own_tasks(c, &v->tasks));
    return clock_notices_of_actor(c, &v->notices);
}

static void count_clock(struct desk_view *v, const struct desk_clock *clock)
{
    v->late += clock->look == CLOCK_LATE;
    v->soon += clock->look == CLOCK_SOON;
}

static void count_clocks(struct desk_view *v)
{
    for (size_t i = 0; i < v->mine.n; i++)
        count_clock(v, &v->mine.at[i].clock);
    for (size_t i = 0; i < v->tasks.n; i++)
        count_clock(v, &v->tasks.at[i].clock);
}

/* Something came since the reader looked last: said once, without what and whose. */
static void note_fresh(struct ctx *c, struct desk_view *v)
{
    struct str seen = session_peek(c, "seen"), now = desk_number(c, v->nav.waiting + v->nav.unclaimed);
    i64 before;

    v->fresh = str_i64(seen, &before) && v->nav.waiting + v->nav.unclaimed > before;
    if (!str_eq(seen, now))
        session_put(c, "seen", now, 0);
}

status desk_show(struct ctx *c)
{
    struct filter f = filter_of(c);
    struct desk_view v = { .show = show_of(query_text(c, "show")), .level = (int)f.level,
                           .provinces = network_province_choices(c, f.province), .province = desk_place(c, f.province),
                           .start = { STR_NULL }, .next = { STR_NULL }, .mine_start = { STR_NULL }, .mine_next = { STR_NULL } };

    TRY(people_nav(c, &v.nav, v.show == SHOW_UNCLAIMED ? STAFF_QUEUE : STAFF_TASKS));
    if (v.show == SHOW_BOTH || v.show == SHOW_MINE)
        TRY(list_mine(c, &f, &v));
    if ((v.show == SHOW_BOTH || v.show == SHOW_MINE) && query_text(c, "after").n == 0 && may(c, MAY_READ_CASES))
        TRY(own_work(c, &v));
    if (v.show != SHOW_MINE)
        TRY(list_rest(c, &v, &f));
    count_clocks(&v);
    if (v.tasks.n > TASKS_SHOWN)
        v.tasks.n = TASKS_SHOWN;
    TRY(evidence_sealed_any(c, &v.sealed));
    note_fresh(c, &v);
    return page(c, tpl_speakup_desk, &v);
}
