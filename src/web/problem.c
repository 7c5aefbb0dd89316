#include "problem.h"

#include "answer.h"
#include "form.h"
#include "html_page.h"

#include "texts.h"
#include "web_pages.h"

/* Name, code, the texts for staff and machines (T_WEB_ERROR_...), and those for a child
   (T_WEB_PROBLEM_...). None says more than the code: a refused id looks like one that does not exist. */
enum { BUSY_SECONDS = 60 };

#define ROW(name, code, said, child) \
    { name, code, T_WEB_ERROR_##said##_TITLE, T_WEB_ERROR_##said##_TEXT, T_WEB_PROBLEM_##child##_TITLE, \
      T_WEB_PROBLEM_##child##_TEXT }
static const struct row {
    const char *name;
    int code, title, text, child_title, child_text;
} rows[PROBLEMS] = {
    [PROBLEM_BAD_REQUEST] = ROW("bad-request", 400, BAD_REQUEST, OTHER),
    [PROBLEM_SIGN_IN] = ROW("sign-in", 401, SIGN_IN, OTHER),
    [PROBLEM_FORBIDDEN] = ROW("forbidden", 403, FORBIDDEN, EXPIRED),
    [PROBLEM_NOT_FOUND] = ROW("not-found", 404, NOT_FOUND, NOT_FOUND),
    [PROBLEM_METHOD] = ROW("method", 405, METHOD, NOT_FOUND),
    [PROBLEM_CONFLICT] = ROW("conflict", 409, CONFLICT, OTHER),
    [PROBLEM_TOO_LARGE] = ROW("too-large", 413, TOO_LARGE, TOO_LARGE),
    [PROBLEM_INVALID] = ROW("invalid", 422, INVALID, OTHER),
    [PROBLEM_HEADERS] = ROW("headers-too-large", 431, HEADERS_TOO_LARGE, OTHER),
    [PROBLEM_BROKEN] = ROW("broken", 500, BROKEN, BROKEN),
    [PROBLEM_UNKNOWN_METHOD] = ROW("unknown-method", 501, UNKNOWN_METHOD, OTHER),
    [PROBLEM_BUSY] = ROW("busy", 503, BUSY, BUSY),
    [PROBLEM_TOO_MANY] = ROW("too-many", 429, TOO_MANY, BUSY),
    [PROBLEM_ENVIRONMENT] = ROW("wrong-environment", 403, ENVIRONMENT, OTHER),
    [PROBLEM_SIGNATURE] = ROW("signature", 401, SIGNATURE, OTHER),
    [PROBLEM_REPLAYED] = ROW("replayed", 409, REPLAYED, OTHER),
    [PROBLEM_NO_ROOM] = ROW("no-room", 507, NO_ROOM, NO_ROOM),
};
#undef ROW

int problem_code(enum problem p)
{
    return rows[p].code;
}

const char *problem_name(enum problem p)
{
    return rows[p].name;
}

bool problem_by_name(struct str name, enum problem *p)
{
    for (int i = 0; i < PROBLEMS; i++)
        if (str_is(name, rows[i].name)) {
            *p = (enum problem)i;
            return true;
        }
    return false;
}

status end_as(struct ctx *c, const char *name)
{
    enum problem p = PROBLEM_BROKEN;

    (void)problem_by_name(str_c(name), &p);
    c->ends_as = (int)p + 1;
    return fail(DENIED, "%s", name);
}

enum problem problem_now(const struct ctx *c, status s)
{
    return c->ends_as ? (enum problem)(c->ends_as - 1) : problem_of_status(s);
}

enum problem problem_of_status(status s)
{
    static const enum problem by_status[] = {
        [OK] = PROBLEM_BROKEN, [NOT_FOUND] = PROBLEM_NOT_FOUND, [DENIED] = PROBLEM_FORBIDDEN,
        [INVALID] = PROBLEM_INVALID, [CONFLICT] = PROBLEM_CONFLICT, [BUSY] = PROBLEM_BUSY,
        [TOO_LARGE] = PROBLEM_TOO_LARGE, [FULL] = PROBLEM_NO_ROOM, [BROKEN] = PROBLEM_BROKEN,
    };

    return by_status[s];
}

/* RFC 9457. Fields that were refused stand in "errors". */
static void problem_json(struct ctx *c, enum problem p)
{
    const struct row *r = &rows[p];

    out_f(c->out, "{\"type\":\"/problems/%s\",\"title\":", r->name);
    out_json(c->out, text_of(c, r->title));
    out_f(c->out, ",\"status\":%d,\"detail\":", r->code);
    out_json(c->out, text_of(c, r->text));
    if (p == PROBLEM_INVALID)
        form_errors_json(c, c->out);
    out_c(c->out, "}\n");
}

static bool for_a_child(const struct ctx *c)
{
    return session_kind(c) != SESSION_STAFF && (c->route == NULL || c->route->access <= CHILD);
}

status problem_page(struct ctx *c, enum problem p)
{
    const struct row *r = &rows[p];
    struct child_problem_view v = { .title = r->child_title, .text = r->child_text, .home = p != PROBLEM_BUSY && p != PROBLEM_NO_ROOM };

    if (for_a_child(c))
        TRY(page(c, tpl_web_child_problem, &v));
    else if ((p == PROBLEM_FORBIDDEN || p == PROBLEM_NOT_FOUND) && c->app->staff_not_found != NULL)
        TRY(c->app->staff_not_found(c));
    else {
        html_plain_page(&c->page, text_of(c, r->title), text_of(c, r->text), c->out);
        TRY(page_done(c, html_plain_style));
    }
    c->response->code = r->code;
    return OK;
}

/* A form of the public pages is led on to a page of its own; what was no request, or for no page, is told
   so at once. */
static bool led_on(const struct ctx *c, enum problem p)
{
    bool request = p != PROBLEM_BAD_REQUEST && p != PROBLEM_HEADERS;

    return request && c->route != NULL && c->request->method == POST && for_a_child(c);
}

static bool wants_json(const struct ctx *c)
{
    return c->route != NULL ? c->route->api : str_starts(c->path, STR("/api/")) || str_starts(c->path, STR("/v1/"));
}

static status answer(struct ctx *c, enum problem p)
{
    if (c->route != NULL && c->route->refuses != NULL)
        return c->route->refuses(c, rows[p].code, rows[p].name);
    if (wants_json(c)) {
        problem_json(c, p);
        return answer_text(c, rows[p].code, "application/problem+json");
    }
    if (led_on(c, p))
        return see_other_f(c, "/problems/%s", rows[p].name);
    return problem_page(c, p);
}

static bool for_programs(const struct ctx *c)
{
    return c->route != NULL && c->route->api && c->route->access >= FIRST_RIGHT;
}

void problem_answer(struct ctx *c, enum problem p)
{
    out_wipe(c->out);
    c->error_code = c->error_code ? c->error_code : rows[p].name;
    c->response->n_headers = 0;
    c->response->more = false;
    answer_fixed_headers(c);
    if (p == PROBLEM_BUSY || p == PROBLEM_TOO_MANY || p == PROBLEM_NO_ROOM)
        answer_header(c, "Retry-After", arena_f(c->arena, "%d", c->retry_after ? c->retry_after : BUSY_SECONDS));
    if (rows[p].code == rows[PROBLEM_SIGN_IN].code && for_programs(c))
        answer_header(c, "WWW-Authenticate", STR("Bearer, Basic realm=\"la chan\", charset=\"UTF-8\""));
    if (answer(c, p) != OK)
        c->response->code = rows[p].code;
}
