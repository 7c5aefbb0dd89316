/* Which row of the route tables answers a request. */
#pragma once

#include "web.h"

struct match {
    const struct route *route;          /* NULL: none */
    struct str parts[PATH_PARTS];       /* raw text of the :names, in order */
    bool other_method;                  /* the path exists, but not for this method */
    bool get, post, put;                /* which methods it exists for */
};

/* A literal path goes before one with :names. HEAD finds GET's row. */
struct match route_find(const struct app *app, const struct request *r, struct str path);

/* INVALID names the first row that lacks who may enter, has no page, or can never be reached. Call it at
   start. */
status routes_check(const struct app *app);

/* All rows for people and machines: "METHOD<tab>PATH<tab>WHO" or JSON. */
void routes_write(const struct app *app, bool json, struct out *o);

extern const struct route web_routes[];         /* /healthz /readyz /metrics /problems/:name */
