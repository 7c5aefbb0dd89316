/* /partner/reports: people of a platform see where its reports stand and what they were answered; never what others made of them. */
#include "platforms.h"

#include "words.h"

#include "platforms_pages.h"
#include "texts.h"

enum { PAGE_ROWS = 50 };

static int sent_text(struct str state)
{
    if (str_is(state, "open"))
        return T_PLATFORMS_SENT_OPEN;
    if (str_is(state, "retracted"))
        return T_PLATFORMS_SENT_RETRACTED;
    return str_is(state, "expired") ? T_PLATFORMS_SENT_EXPIRED : T_PLATFORMS_SENT_FINISHED;
}

static struct url list_url(struct ctx *c, bool sandbox)
{
    struct url u = url_lang(c->arena, url_path("/partner/reports"), c->page.lang_query);

    return sandbox ? url_query(c->arena, u, "env", STR("sandbox")) : u;
}

static status show(struct ctx *c)
{
    struct sent_reports_view v = { .sandbox = str_is(query_text(c, "env"), "sandbox") };
    struct sql_platform_of_org in = { .org = c->actor.org, .sandbox = v.sandbox, .before = INT64_MAX };
    struct platform_reports_rows rows;
    char text[ID_TEXT + 1];

    if (!id_of_text(query_text(c, "after"), &in.id) || !str_i64(query_text(c, "t"), &in.before))
        in = (struct sql_platform_of_org){ .org = c->actor.org, .sandbox = v.sandbox, .before = INT64_MAX };
    TRY(sql_platform_of_org(c->ledger, in, &rows));
    v.rows.at = NEW_N(c->arena, struct sent_report, PAGE_ROWS);
    for (size_t i = 0; i < rows.n && v.rows.n < PAGE_ROWS; i++) {
        const struct platform_reports_row *r = &rows.at[i];

        v.rows.at[v.rows.n++] = (struct sent_report){
            arena_f(c->arena, "%lld", (long long)r->no), arena_f(c->arena, "%lld", (long long)r->files),
            report_moment(c, (struct opt_i64){ true, r->opened }), report_moment(c, r->finished), sent_text(r->state), told_answer_text(r->answer),
            incident_text(r->kind) };
    }
    v.other = list_url(c, !v.sandbox);
    if (in.before != INT64_MAX)
        v.start = list_url(c, v.sandbox);
    if (rows.n > PAGE_ROWS) {
        const struct platform_reports_row *last = &rows.at[PAGE_ROWS - 1];

        id_text(last->id, text);
        v.next = url_query(c->arena, url_query(c->arena, list_url(c, v.sandbox), "t", arena_f(c->arena, "%lld", (long long)last->opened)), "after",
                           arena_copy(c->arena, str_c(text)));
    }
    TRY(people_nav(c, &v.nav, STAFF_PARTNER));
    return page(c, tpl_platforms_sent, &v);
}

const struct route partner_report_routes[] = {
    ROUTE(GET, "/partner/reports", MAY_READ_TRAFFIC, NO_FORM, show),
    ROUTES_END
};
