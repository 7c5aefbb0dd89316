/* /platform-reports: what platforms sent to the reader's units, urgent first, then the oldest; or the reports of one bundle, or those
   that share something with one report. Each stands by itself: a bundle gathers, and hides nothing. */
#include "platforms.h"

#include "pages.h"
#include "words.h"

#include "platforms_pages.h"
#include "texts.h"

#include <stdlib.h>

enum { PAGE_ROWS = 50, URGENT_ABOVE_ALL = 2 };
#define AFTER_ALL INT64_MAX

static const char *const decisions[] = { "", "case", "track", "duplicate", "unfounded" };

/* Behind which row a page begins. */
struct place { i64 urgent, at; struct id id; };

static struct place place_of_query(const struct ctx *c, bool newest_first)
{
    struct place from = { URGENT_ABOVE_ALL, newest_first ? AFTER_ALL : -1, id_zero() }, typed = { 0 };

    if (id_of_text(query_text(c, "after"), &typed.id) && str_i64(query_text(c, "t"), &typed.at) && str_i64(query_text(c, "u"), &typed.urgent))
        return typed;
    return from;
}

struct gathered { struct platform_reports_row *at; size_t n; };

static void gather(struct ctx *c, struct gathered *all, const struct platform_reports_rows *rows)
{
    if (all->at == NULL)
        all->at = NEW_N(c->arena, struct platform_reports_row, (PAGE_ROWS + 1) * (ACTOR_UNITS + 1));
    for (size_t i = 0; i < rows->n; i++)
        all->at[all->n++] = rows->at[i];
}

static int urgent_then_oldest(const void *a, const void *b)
{
    const struct platform_reports_row *x = a, *y = b;

    if (x->urgent != y->urgent)
        return x->urgent > y->urgent ? -1 : 1;
    if (x->finished.v != y->finished.v)
        return x->finished.v < y->finished.v ? -1 : 1;
    return memcmp(x->id.b, y->id.b, sizeof x->id.b);
}

static int newest_first(const void *a, const void *b)
{
    const struct platform_reports_row *x = a, *y = b;

    if (x->finished.v != y->finished.v)
        return x->finished.v > y->finished.v ? -1 : 1;
    return -memcmp(x->id.b, y->id.b, sizeof x->id.b);
}

static bool of_reader(const struct ctx *c, const struct platform_reports_row *row)
{
    for (size_t i = 0; i < c->actor.n_units; i++)
        if (row->unit.has && id_eq(row->unit.v, c->actor.units[i]))
            return true;
    return false;
}

/* -- rows -------------------------------------------------------------------------------------------------------------------------------- */

static status bundle_size(struct ctx *c, const struct platform_reports_row *row, struct platform_bundle_size_row *size)
{
    *size = (struct platform_bundle_size_row){ .n = 1 };
    if (!row->bundle.has || !row->unit.has)
        return OK;
    return sql_platform_bundle_size(c->ledger->db, (struct sql_platform_bundle_size){ .bundle = row->bundle.v, .unit = row->unit.v }, size);
}

static status line_of(struct ctx *c, const struct platform_reports_row *row, struct platform_line *line)
{
    struct platform_asks_row ask = { .report = row->id };
    struct platform_bundle_size_row size;
    bool asked = row->decision.n == 0 && row_get(c->ledger, &table_platform_asks, &ask) == OK;

    TRY(bundle_size(c, row, &size));
    *line = (struct platform_line){
        .id = row->id, .bundle = row->bundle.v, .no = arena_f(c->arena, "NT-%lld", (long long)row->no), .org = report_org(c, row->org),
        .files = arena_f(c->arena, "%lld", (long long)row->files), .on = report_moment(c, row->finished), .kind = incident_text(row->kind),
        .state = decision_text(row->decision, asked), .look = decision_look(row->decision, asked), .urgent = row->urgent != 0,
        .in_bundle = size.n,
    };
    return OK;
}

static struct url self(struct ctx *c)
{
    static const char *const kept[] = { "state", "bundle", "with", "kind" };
    struct url u = url_lang(c->arena, url_path("/platform-reports"), c->page.lang_query);

    for (size_t i = 0; i < COUNT_OF(kept); i++)
        if (query_text(c, kept[i]).n)
            u = url_query(c->arena, u, kept[i], query_text(c, kept[i]));
    return u;
}

static struct url after(struct ctx *c, const struct platform_reports_row *row)
{
    char id[ID_TEXT + 1];
    struct url u = url_query(c->arena, self(c), "u", arena_f(c->arena, "%lld", (long long)row->urgent));

    id_text(row->id, id);
    u = url_query(c->arena, u, "t", arena_f(c->arena, "%lld", (long long)row->finished.v));
    return url_query(c->arena, u, "after", arena_copy(c->arena, str_c(id)));
}

static status fill_rows(struct ctx *c, struct gathered *all, int (*order)(const void *, const void *), struct platform_list_view *v)
{
    v->rows.at = NEW_N(c->arena, struct platform_line, PAGE_ROWS);
    if (all->n)
        qsort(all->at, all->n, sizeof *all->at, order);
    for (; v->rows.n < all->n && v->rows.n < PAGE_ROWS; v->rows.n++)
        TRY(line_of(c, &all->at[v->rows.n], &v->rows.at[v->rows.n]));
    if (all->n > PAGE_ROWS)
        v->next = after(c, &all->at[PAGE_ROWS - 1]);
    if (query_text(c, "after").n)
        v->start = self(c);
    return OK;
}

/* -- the three lists ------------------------------------------------------------------------------------------------------------------------ */

static status list_asked(struct ctx *c, struct gathered *all)
{
    for (size_t u = 0; u < c->actor.n_units; u++) {
        struct platform_asked_rows rows;

        TRY(sql_platform_asked(c->ledger->db, (struct sql_platform_asked){ .unit = c->actor.units[u] }, &rows));
        for (size_t i = 0; i < rows.n && all->n < PAGE_ROWS; i++) {
            struct platform_reports_rows one = { NEW(c->arena, struct platform_reports_row), 1 };

            one.at->id = rows.at[i].report;
            if (row_get(c->ledger, &table_platform_reports, one.at) == OK)
                gather(c, all, &one);
        }
    }
    return OK;
}

static status list_queue(struct ctx *c, struct platform_list_view *v)
{
    struct place from = place_of_query(c, false);
    struct str state = query_text(c, "state");
    struct gathered all = { 0 };

    if (str_is(state, "asked")) {
        TRY(list_asked(c, &all));
        return fill_rows(c, &all, urgent_then_oldest, v);
    }
    for (size_t u = 0; u < c->actor.n_units; u++) {
        struct sql_platform_queue in = { .unit = c->actor.units[u], .decision = state, .urgent = from.urgent, .finished = from.at, .id = from.id };
        struct platform_reports_rows rows;

        TRY(sql_platform_queue(c->ledger, in, &rows));
        gather(c, &all, &rows);
    }
    return fill_rows(c, &all, urgent_then_oldest, v);
}

static status list_bundle(struct ctx *c, struct id bundle, struct platform_list_view *v)
{
    struct place from = place_of_query(c, true);
    struct gathered all = { 0 };

    v->in_one_bundle = true;
    for (size_t u = 0; u < c->actor.n_units; u++) {
        struct platform_bundle_size_row size;
        struct platform_reports_rows rows;

        TRY(sql_platform_bundle(c->ledger, (struct sql_platform_bundle){ .bundle = bundle, .unit = c->actor.units[u], .before = from.at,
                                                                         .id = from.id }, &rows));
        TRY(sql_platform_bundle_size(c->ledger->db, (struct sql_platform_bundle_size){ .bundle = bundle, .unit = c->actor.units[u] }, &size));
        gather(c, &all, &rows);
        if (size.n == 0)
            continue;
        v->bundle_n += size.n;
        v->first = report_moment(c, size.first);
        v->newest = report_moment(c, size.newest);
    }
    return fill_rows(c, &all, newest_first, v);
}

static status list_sharing(struct ctx *c, struct id with, struct platform_list_view *v)
{
    struct place from = place_of_query(c, true);
    struct platform_reports_row row = { .id = with };
    struct platform_reports_rows rows;
    struct gathered all = { 0 };
    struct str kind = query_text(c, "kind");

    TRY(row_get(c->ledger, &table_platform_reports, &row));
    if (!of_reader(c, &row) || mark_text(kind) == 0)
        return NOT_FOUND;
    v->sharing = true;
    v->of = arena_f(c->arena, "NT-%lld", (long long)row.no);
    v->shared = mark_text(kind);
    v->back = url_lang(c->arena, url_id(c->arena, "/platform-reports/", with, ""), c->page.lang_query);
    TRY(sql_platform_sharing(c->ledger, (struct sql_platform_sharing){ .report = with, .kind = kind, .before = from.at, .id = from.id }, &rows));
    for (size_t i = 0; i < rows.n; i++) {
        struct platform_reports_rows one = { &rows.at[i], 1 };

        if (of_reader(c, &rows.at[i]))
            gather(c, &all, &one);
    }
    return fill_rows(c, &all, newest_first, v);
}

/* -- the page ----------------------------------------------------------------------------------------------------------------------------------- */

static struct choices states(struct ctx *c)
{
    struct choices list = { .at = NEW_N(c->arena, struct choice, COUNT_OF(decisions) + 1) };
    struct str chosen = query_text(c, "state");

    for (size_t i = 0; i < COUNT_OF(decisions); i++) {
        list.at[list.n++] = (struct choice){ str_c(decisions[i]), text_of(c, decision_text(str_c(decisions[i]), false)), str_is(chosen, decisions[i]) };
        if (i == 0)
            list.at[list.n++] = (struct choice){ STR("asked"), text_of(c, T_PLATFORMS_STATE_ASKED), str_is(chosen, "asked") };
    }
    return list;
}

static status count(struct ctx *c, struct platform_list_view *v)
{
    struct platforms_waiting waiting;

    TRY(platforms_waiting(c, &waiting));
    v->waiting = waiting.n;
    v->urgent = waiting.urgent;
    for (size_t u = 0; u < c->actor.n_units; u++) {
        struct platform_asked_rows rows;

        TRY(sql_platform_asked(c->ledger->db, (struct sql_platform_asked){ .unit = c->actor.units[u] }, &rows));
        v->asked += (i64)rows.n;
    }
    v->asked_url = url_query(c->arena, url_lang(c->arena, url_path("/platform-reports"), c->page.lang_query), "state", STR("asked"));
    return OK;
}

static bool known_state(struct str state)
{
    for (size_t i = 0; i < COUNT_OF(decisions); i++)
        if (str_is(state, decisions[i]))
            return true;
    return str_is(state, "asked");
}

status platform_list_show(struct ctx *c)
{
    struct platform_list_view v = { .states = states(c) };
    struct id id;

    if (!known_state(query_text(c, "state")))
        return NOT_FOUND;
    TRY(count(c, &v));
    if (id_of_text(query_text(c, "bundle"), &id))
        TRY(list_bundle(c, id, &v));
    else if (id_of_text(query_text(c, "with"), &id))
        TRY(list_sharing(c, id, &v));
    else
        TRY(list_queue(c, &v));
    TRY(people_nav(c, &v.nav, STAFF_PLATFORMS));
    return page(c, tpl_platforms_list, &v);
}
