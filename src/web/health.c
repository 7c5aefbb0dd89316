#include "metrics.h"
#include "problem.h"
#include "route.h"

/* Alive: this line runs. */
static status healthz(struct ctx *c)
{
    out_c(c->out, "ok\n");
    return answer_text(c, 200, "text/plain; charset=utf-8");
}

/* Ready: the database answers and its schema is the one that this program was started with. */
static status readyz(struct ctx *c)
{
    TRY(db_ready(c->app->db));
    out_c(c->out, "ready\n");
    return answer_text(c, 200, "text/plain; charset=utf-8");
}

static status metrics_show(struct ctx *c)
{
    struct audit_last last = { .bad = STR("") };

    metrics_write(c->out, c->now);
    if (c->ledger->db != NULL && audit_last(c->ledger, &last) == OK)
        metrics_audit(c->out, &last);
    return answer_text(c, 200, "text/plain; version=0.0.4; charset=utf-8");
}

/* Where a form is led that could not be taken; also the `type` of the API's problems. */
static status problem_show(struct ctx *c)
{
    enum problem p;

    if (!problem_by_name(path_text(c, "name"), &p))
        return NOT_FOUND;
    if (p == PROBLEM_BUSY || p == PROBLEM_NO_ROOM)
        answer_header(c, "Retry-After", STR("60"));
    return problem_page(c, p);
}

const struct route web_routes[] = {
    ROUTE(GET, "/healthz",          PUBLIC, NO_FORM, healthz, .api = true, .health = true),
    ROUTE(GET, "/readyz",           PUBLIC, NO_FORM, readyz, .api = true, .health = true),
    ROUTE(GET, "/metrics",          MANAGE, NO_FORM, metrics_show, .api = true),
    ROUTE(GET, "/problems/:name",   PUBLIC, NO_FORM, problem_show),
    ROUTES_END
};
