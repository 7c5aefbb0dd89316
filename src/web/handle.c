#include "handle.h"

#include "assets_pages.h"

#include "../base/log.h"
#include "../base/room.h"
#include "access.h"
#include "answer.h"
#include "body.h"
#include "form.h"
#include "json_form.h"
#include "metrics.h"
#include "once.h"
#include "problem.h"
#include "request.h"
#include "route.h"
#include "session.h"

#include <stdio.h>
#include <stdlib.h>

enum { ARENA_MAX = 64 * 1024 * 1024, OUT_MAX = 32 * 1024 * 1024, OUT_KEEP = 1024 * 1024, REFUSAL_US = 5000 };

struct worker {
    const struct app *app;
    struct arena arena;
    struct out out;
    struct ledger ledger;
    struct ctx ctx;             /* of the present request */
};

/* -- workers -------------------------------------------------------------------------------------------- */

status web_start(const struct app *app)
{
    json_form_start();
    assets_start();
    return routes_check(app);
}

status worker_make(const struct app *app, bool bare, struct worker **worker)
{
    struct worker *w = memory_new(sizeof *w);
    status opened = OK;

    w->app = app;
    w->arena = arena_make(ARENA_MAX);
    w->out.max = OUT_MAX;
    w->ledger = (struct ledger){ .house = app->house, .arena = &w->arena };
    if (!bare)
        w->ledger.secrets = secrets_make();
    if (!bare && app->db != NULL)
        opened = conn_open(app->db, &w->ledger.db);
    if (opened != OK) {
        worker_free(w);
        return opened;
    }
    if (w->ledger.db != NULL)
        conn_use(w->ledger.db, &w->arena);
    *worker = w;
    return OK;
}

void worker_free(struct worker *w)
{
    if (w == NULL)
        return;
    if (w->ledger.db != NULL)
        conn_close(w->ledger.db);
    if (w->ledger.secrets != NULL)
        secrets_free(w->ledger.secrets);
    web_release(w);
    out_free(&w->out);
    arena_free(&w->arena);
    free(w);
}

bool worker_is_clean(const struct worker *w)
{
    return w->ledger.secrets == NULL || secrets_are_zero(w->ledger.secrets);
}

void web_release(struct worker *w)
{
    bool large = w->out.n > OUT_KEEP;

    out_wipe(&w->out);
    if (large)
        out_free(&w->out);
    form_free(w->ctx.form);
    w->ctx = (struct ctx){ 0 };
    arena_reset(&w->arena, true);
}

/* -- the context ---------------------------------------------------------------------------------------- */

static struct str page_theme(const struct request *r)
{
    struct str theme = request_cookie(r, "theme");

    return str_is(theme, "dark") || str_is(theme, "light") ? theme : STR("");
}

/* Of the API nothing is drawn. */
static bool draws(const struct ctx *c)
{
    return c->route == NULL || !c->route->api;
}

static void page_start(struct ctx *c, bool lang_chosen)
{
    enum lang other = c->lang == LANG_VI ? LANG_EN : LANG_VI;
    uint8_t token[16];
    struct out hex = { .max = 64 };

    random_bytes(token, sizeof token);
    out_hex(&hex, token, sizeof token);
    c->page = (struct html_page){
        .lang = (int)c->lang, .lang_code = str_c(lang_code(c->lang)),
        .other_lang_code = str_c(lang_code(other)), .other_lang_name = str_c(lang_name(other)),
        .other_lang = { arena_f(c->arena, "%.*s?lang=%s", (int)c->path.n, c->path.at, lang_code(other)) },
        .token = arena_copy(c->arena, out_done(&hex)),
        .staff_css = asset_url("staff.css"), .staff_js = asset_url("staff.js"), .staff_icon = asset_url("logo.svg"),
        .theme = page_theme(c->request), .keys_off = str_is(request_cookie(c->request, "keys"), "off"),
        .csrf = STR(""), .demo = c->app->demo, .title = c->app->child_title, .path = c->path, .now = c->now,
    };
    c->page.lang_query = lang_chosen ? arena_f(c->arena, "?lang=%s", lang_code(c->lang)) : STR("");
    out_free(&hex);
}

/* Something could not be read just now: a page without it would be wrong, and so would be "not found". Not so for what is the same for
   everybody: the first page and the form of a report come without what they add from the database. */
static bool missed(const struct ctx *c)
{
    return c->ledger->db != NULL && conn_missed(c->ledger->db) && (c->route == NULL || c->route->access != PUBLIC || c->route->api);
}

/* Fills what does not depend on who asks. */
static struct ctx *begin(struct worker *w, const struct request *r, struct response *response, struct match *m)
{
    struct ctx *c = &w->ctx;
    bool lang_chosen;
    uint8_t id[4];

    *response = (struct response){ 0 };
    *c = (struct ctx){ .arena = &w->arena, .ledger = &w->ledger, .app = w->app, .request = r, .response = response,
                       .out = &w->out, .now = r->now ? r->now : clock_now_ms(), .began_us = clock_mono_us() };
    random_bytes(id, sizeof id);
    snprintf(c->request_id, sizeof c->request_id, "%02x%02x%02x%02x", id[0], id[1], id[2], id[3]);
    request_split(r->target, &c->path, &c->query);
    c->lang = request_lang(r, c->query, &lang_chosen);
    *m = route_find(w->app, r, c->path);
    c->route = m->route;
    memcpy(c->parts, m->parts, sizeof c->parts);
    if (draws(c))
        page_start(c, lang_chosen);
    answer_fixed_headers(c);
    fail_clear();
    (void)missed(c);                    /* of the request before */
    return c;
}

/* -- one request ---------------------------------------------------------------------------------------- */

static void say_allowed(struct ctx *c, const struct match *m)
{
    struct str get = STR("GET, HEAD"), post = STR("POST"), both = STR("GET, HEAD, POST"), put = STR("PUT");

    answer_header(c, "Allow", m->get && m->post ? both : m->get ? get : m->put ? put : post);
}

static bool writes(const struct ctx *c)
{
    return c->request->method == POST && !c->route->raw;
}

static struct str now_text(struct ctx *c)
{
    char day[CLOCK_TEXT], time[CLOCK_TEXT];

    clock_day_vi(c->now, day);
    clock_time(c->now, time);
    return arena_f(c->arena, "%s, %s", time, day);
}

/* Everything that can keep a request from its page, in this order. PROBLEMS: nothing. */
static enum problem admit(struct ctx *c)
{
    enum problem p;
    status s = session_load(c);

    if (s != OK)
        return problem_of_status(s);
    p = access_check(c);
    c->page.actor_name = c->actor.name;
    c->page.actor_role = c->actor.role_name;
    c->page.actor_org = c->actor.org_name;
    if (draws(c))
        c->page.now_text = now_text(c);
    if (p != PROBLEMS || !writes(c))
        return p;
    room_tend(c->app->data_dir, c->app->reserve);       /* the disk may have run full since the last tick */
    s = form_parse(c);
    p = access_check_form(c);
    if (p == PROBLEMS && s != OK)
        p = problem_of_status(s);
    return p;
}

/* Undoes what a request left open; also for one that was broken off in the middle. */
static void roll_back(struct ledger *l)
{
    if (l->act != NULL)
        act_abort(l);
    if (l->db == NULL)
        return;
    tx_rollback(l->db);
    (void)conn_missed(l->db);
}

static enum problem run_page(struct ctx *c)
{
    status s = (c->route->page)(c);

    if (s == OK && (c->ledger->act != NULL || (c->ledger->db != NULL && tx_open(c->ledger->db))))
        s = fail(BROKEN, "the page left a transaction open");
    if (s == OK && c->request->method == GET && missed(c))      /* what was written is said to be: only reading goes again */
        s = BUSY;
    if (s == OK)
        s = session_store(c);
    return s == OK ? PROBLEMS : problem_now(c, s);
}

/* Shows the form again with what was typed: the GET page of the same path, which sees form_text and
   form_error. What keeps that page from showing (a foreign record) is the answer then. */
static enum problem show_again(struct ctx *c)
{
    struct request get = { .method = GET, .manage = c->request->manage };
    struct match m = route_find(c->app, &get, c->path);

    if (!form_failed(c) || c->route->api || c->route->access <= CHILD || m.route == NULL)
        return PROBLEM_INVALID;
    roll_back(c->ledger);
    out_wipe(c->out);
    c->route = m.route;
    return run_page(c);
}

/* A refused look-up by staff stands in the log like a granted one, after the rollback and before the
   answer. */
static void note_refusal(struct ctx *c, enum problem p)
{
    struct act_info info = { .act = "refused", .now = c->now, .actor = c->actor.user };
    struct id object;

    if (p != PROBLEM_FORBIDDEN && p != PROBLEM_NOT_FOUND)
        return;
    if (session_kind(c) != SESSION_STAFF || c->ledger->db == NULL)
        return;
    session_refused(c);
    if (id_of_text(c->parts[0], &object))
        info.object = object;
    if (c->actor.n_units > 0)
        info.unit = c->actor.units[0];
    if (act_note(c->ledger, info) != OK || session_store(c) != OK)
        log_error("refusal", "id=%s not written: %s", c->request_id, fail_message());
}

/* A foreign record takes some fifty microseconds more than one that never was, and enough requests would show it. So
   every refusal of a signed-in person is as old as the slowest when it leaves. */
static void hold_refusal(const struct ctx *c, enum problem p)
{
    if ((p == PROBLEM_FORBIDDEN || p == PROBLEM_NOT_FOUND) && !id_is_zero(c->actor.user))
        answer_no_sooner(c, REFUSAL_US);
}

static void answer_problem(struct ctx *c, enum problem p)
{
    roll_back(c->ledger);
    note_refusal(c, p);
    if (p == PROBLEM_SIGN_IN && c->route != NULL && !c->route->api) {
        out_wipe(c->out);
        if (see_other(c, "/sign-in") == OK)
            return;
    }
    problem_answer(c, p);
    hold_refusal(c, p);
}

static enum problem run_once(struct ctx *c)
{
    struct once o;
    enum problem p;
    status s;

    if (!writes(c) || !c->route->once)
        return run_page(c);
    s = once_begin(c, &o);
    if (s == OK && o.where.at != NULL && !str_eq(o.where, c->path))
        c->page.lang_query = STR("");        /* it is part of where that led already */
    if (s == OK && o.where.at != NULL)
        s = see_other_f(c, "%.*s", (int)o.where.n, o.where.at);
    if (s != OK || o.where.at != NULL)
        return s == OK ? PROBLEMS : problem_of_status(s);
    p = run_page(c);
    if (p != PROBLEMS)
        roll_back(c->ledger);
    once_end(c, &o);
    return p;
}

static void run(struct ctx *c, const struct match *m)
{
    enum problem p;

    if (c->route == NULL) {
        problem_answer(c, m->other_method ? PROBLEM_METHOD : PROBLEM_NOT_FOUND);
        if (m->other_method)
            say_allowed(c, m);
        return;
    }
    p = admit(c);
    if (p == PROBLEMS)
        p = run_once(c);
    if (p != PROBLEMS && p != PROBLEM_BROKEN && missed(c))
        p = PROBLEM_BUSY;
    if (p == PROBLEM_INVALID)
        p = show_again(c);
    if (p != PROBLEMS)
        answer_problem(c, p);
}

/* Anonymous acts leave no line, for its time would be theirs; only our own faults do (V15). Nor does what a partner's program asked
   and got: thousands a second, which its traffic counts. */
static void say(const struct ctx *c, i64 began_us)
{
    bool anonymous = c->route == NULL || c->route->access <= CHILD;
    int code = c->response->code;

    if (anonymous && code != problem_code(PROBLEM_BROKEN))
        return;
    if (c->route != NULL && c->route->lane == LANE_PARTNER && code < 500)
        return;
    log_line(code < 500 ? LOG_LEVEL_INFO : LOG_LEVEL_ERROR, "request",
             "id=%s method=%s route=%s code=%d us=%lld why=\"%s\"",
             c->request_id, c->request->method == POST ? "POST" : c->request->method == PUT ? "PUT" : "GET", c->route ? c->route->path : "-", code,
             anonymous ? 0LL : (long long)(clock_mono_us() - began_us), code >= 400 ? fail_message() : "");
}

static void count(const struct ctx *c)
{
    bool anonymous = c->route == NULL || c->route->access <= CHILD;

    if (c->route != NULL && c->route->api)
        metrics_count(METRIC_API_CALLS);
    else if (!anonymous)
        metrics_count(METRIC_STAFF_PAGES);
    else
        metrics_count(c->request->method == POST ? METRIC_PUBLIC_WRITES : METRIC_PUBLIC_PAGES);
    if (c->response->code >= 500)
        metrics_count(METRIC_SERVER_ERRORS);
    else if (c->response->code >= 400)
        metrics_count(METRIC_CLIENT_ERRORS);
}

/* More than the arena may hold was needed: everything of the request is let go, and only the refusal is
   made. */
static void start_over(struct worker *w, const struct request *r, struct response *response)
{
    struct match m;

    roll_back(&w->ledger);
    web_release(w);
    problem_answer(begin(w, r, response, &m), PROBLEM_TOO_LARGE);
    (void)!fail(TOO_LARGE, "the request needs more than %d bytes", ARENA_MAX);
}

/* A program asked for what only programs get; on public pages it is a visitor like any other, and nobody counts. */
static bool app_counts(const struct ctx *c)
{
    return c->app->program_called != NULL && !request_goes_on(c->request) && c->route != NULL && c->route->access >= FIRST_RIGHT;
}

void web_handle(struct worker *w, const struct request *r, struct response *response)
{
    i64 began = clock_mono_us();
    jmp_buf over;

    w->arena.over = &over;
    if (setjmp(over) == 0) {
        struct match m;
        struct ctx *c = begin(w, r, response, &m);

        run(c, &m);
    } else {
        w->arena.over = NULL;
        start_over(w, r, response);
    }
    w->arena.over = NULL;
    answer_pad_headers(&w->ctx);
    if (w->ctx.route != NULL)
        answer_no_sooner(&w->ctx, w->ctx.route->no_sooner_us);
    if (w->ctx.actor.token != NULL && app_counts(&w->ctx))
        w->ctx.app->program_called(&w->ctx);
    say(&w->ctx, began);
    count(&w->ctx);
    secrets_wipe(w->ledger.secrets);
}

void web_refuse(struct worker *w, const struct request *r, enum problem p, struct response *response)
{
    struct match m;

    problem_answer(begin(w, r, response, &m), p);
    if (p == PROBLEM_METHOD)
        say_allowed(&w->ctx, &m);
}

struct intake web_intake(const struct app *app, const struct request *r)
{
    struct intake in = { .lane = LANE_NONE };
    struct str path, query;
    struct match m;

    request_split(r->target, &path, &query);
    m = route_find(app, r, path);
    if (m.route == NULL)
        return in;
    in.lane = m.route->lane;
    in.spool = m.route->raw;
    for (size_t i = 0; m.route->form != NULL && i < m.route->form->n; i++)
        in.spool |= m.route->form->fields[i].file;
    return in;
}
