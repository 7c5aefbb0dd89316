#include "access.h"

#include "form.h"
#include "problem.h"
#include "request.h"
#include "session.h"

bool may(const struct ctx *c, int right)
{
    return (c->actor.rights >> (right - FIRST_RIGHT) & 1) != 0;
}

bool form_csrf_right(const struct ctx *c)
{
    return session_csrf_ok(c, form_csrf(c));
}

static enum problem problem_unless(struct ctx *c, status s, enum problem p)
{
    if (s == OK || c->ends_as)
        return s == OK ? PROBLEMS : problem_now(c, s);
    return s == NOT_FOUND || s == DENIED ? p : problem_of_status(s);
}

/* A person by their session, or a program by its token. */
static enum problem identify(struct ctx *c)
{
    struct credential credential;

    if (c->session != NULL && session_kind(c) == SESSION_STAFF && c->app->actor_of_user != NULL)
        return problem_unless(c, c->app->actor_of_user(c, session_who(c), &c->actor), PROBLEM_SIGN_IN);
    if (c->route->api && c->app->actor_of_token != NULL && request_credential(c->arena, c->request, &credential))
        return problem_unless(c, c->app->actor_of_token(c, &credential, &c->actor), PROBLEM_SIGN_IN);
    return PROBLEM_SIGN_IN;
}

enum problem access_check(struct ctx *c)
{
    int need = c->route->access;
    enum problem p;

    if (need == MANAGE)
        return PROBLEMS;        /* route_find shows it on the management address only */
    if (need == CHILD && c->route->api && session_kind(c) != SESSION_CHILD)
        return PROBLEM_SIGN_IN; /* no page here that could say it better */
    if (need == PUBLIC || need == CHILD) {
        p = identify(c);        /* a page may greet whoever is signed in; nobody has to be */
        return p == PROBLEM_BUSY || p == PROBLEM_BROKEN ? p : PROBLEMS;
    }
    p = identify(c);
    if (p != PROBLEMS)
        return p;
    return need == STAFF || may(c, need) ? PROBLEMS : PROBLEM_FORBIDDEN;
}

/* Never Origin or Referer: under no-referrer a browser says "null" there. */
static bool from_elsewhere(const struct request *r)
{
    struct str site = header_value(r, "sec-fetch-site");

    return site.at != NULL && !str_is(site, "same-origin") && !str_is(site, "none");
}

enum problem access_check_form(struct ctx *c)
{
    bool no_csrf = c->route->form != NULL && c->route->form->no_csrf;

    if (c->route->api || c->request->method != POST)
        return PROBLEMS;
    if (from_elsewhere(c->request))
        return PROBLEM_FORBIDDEN;
    if (c->session == NULL || no_csrf || session_csrf_ok(c, form_csrf(c)))
        return PROBLEMS;
    return PROBLEM_FORBIDDEN;
}
