/* Who read what of a case and did what in it: the entries of the log that name it, for those who may open it. */
#include "pages.h"

#include "casework_pages.h"

static struct log_place place_of_query(const struct ctx *c)
{
    struct log_place p;

    if (!str_i64(query_text(c, "at"), &p.at) || p.at <= 0 || !id_of_text(query_text(c, "after"), &p.id))
        return (struct log_place){ 0 };
    return p;
}

static struct url log_url(struct ctx *c, struct id case_id)
{
    return url_lang(c->arena, url_id(c->arena, "/cases/", case_id, "/log"), c->page.lang_query);
}

static struct url older_url(struct ctx *c, struct id case_id, struct log_place p)
{
    char id[ID_TEXT + 1];
    struct url u = url_query(c->arena, log_url(c, case_id), "at", desk_number(c, p.at));

    id_text(p.id, id);
    return url_query(c->arena, u, "after", arena_copy(c->arena, str_c(id)));
}

/* A day's heading above its first line, as in the timeline. */
static void set_days(struct log_items *rows)
{
    struct str last = STR_NULL;

    for (size_t i = 0; i < rows->n; i++) {
        struct str day = rows->at[i].day;

        if (str_eq(day, last))
            rows->at[i].day = STR_NULL;
        last = day;
    }
}

status case_log_show(struct ctx *c)
{
    struct case_log_view v = { .start = { STR_NULL }, .older = { STR_NULL } };
    struct log_place from = place_of_query(c);
    struct object_log list;
    struct casefile f;

    TRY(case_page_open(c, TAB_LOG, &f, &v.head));
    TRY(people_log_of(c, f.row.id, from, &list));
    v.rows = list.rows;
    set_days(&v.rows);
    if (from.at)
        v.start = log_url(c, f.row.id);
    if (list.more)
        v.older = older_url(c, f.row.id, list.next);
    TRY(people_nav(c, &v.nav, STAFF_CASES));
    return page(c, tpl_casework_case_log, &v);
}
