/* The engine between the server and the pages. */
#pragma once

#include "web.h"

/* What can go wrong, each with a status code, an address /problems/NAME and a sentence (problem.c,
   docs/errors.md). */
enum problem {
    PROBLEM_BAD_REQUEST, PROBLEM_SIGN_IN, PROBLEM_FORBIDDEN, PROBLEM_NOT_FOUND, PROBLEM_METHOD, PROBLEM_CONFLICT,
    PROBLEM_TOO_LARGE, PROBLEM_INVALID, PROBLEM_HEADERS, PROBLEM_BROKEN, PROBLEM_UNKNOWN_METHOD, PROBLEM_BUSY,
    PROBLEM_TOO_MANY, PROBLEM_ENVIRONMENT, PROBLEM_SIGNATURE, PROBLEM_REPLAYED, PROBLEM_NO_ROOM, PROBLEMS
};

/* Once, before the first worker: INVALID names a row of the route tables that cannot be right. */
status web_start(const struct app *app);

struct worker;
/* With a connection to app->db and a block for secrets; `bare`: without either, only for web_refuse. */
status worker_make(const struct app *app, bool bare, struct worker **w);
void worker_free(struct worker *w);

/* Runs one request to its answer. Never fails: what goes wrong becomes a page or a problem, and one line
   in the log. The answer stays in the worker's memory until web_release, which wipes it. */
void web_handle(struct worker *w, const struct request *r, struct response *response);
/* Answers without looking at more than the request's first lines: for the thread that reads sockets. */
void web_refuse(struct worker *w, const struct request *r, enum problem p, struct response *response);
void web_release(struct worker *w);
bool worker_is_clean(const struct worker *w);   /* V16: nothing is left in the secrets block */

/* What the server must know before the body comes. */
struct intake {
    enum lane lane;
    bool spool;             /* the body may be larger than memory holds */
};
struct intake web_intake(const struct app *app, const struct request *r);
