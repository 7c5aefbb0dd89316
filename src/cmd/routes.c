/* lachan routes: every route with method, path and permission. */
#include "cmd.h"

#include "../web/handle.h"

#include <stdio.h>

static const struct option options[] = { OPTION_JSON, OPTION_HELP, OPTION_END };

static const char *access_name(enum access access)
{
    static const char *const names[] = { [PUBLIC] = "public", [CHILD] = "child", [STAFF] = "staff", [MANAGE] = "manage" };

    return access < FIRST_RIGHT ? names[access] : right_name((int)access);
}

static void print_route(const struct route *r, bool json)
{
    const char *method = r->method == POST ? "POST" : "GET";

    if (json)
        printf("{\"method\":\"%s\",\"path\":\"%s\",\"permission\":\"%s\"}\n", method, r->path, access_name(r->access));
    else
        printf("%s\t%s\t%s\n", method, r->path, access_name(r->access));
}

int cmd_routes(int argc, char **argv)
{
    struct verb v = { .name = "routes", .usage = "[--json]", .options = options };
    struct app_settings settings = { .data_dir = "." };
    struct app app;
    int code;

    if (!verb_begin(&v, argc, argv, &code))
        return code;
    app_make(&app, &settings, NULL, NULL);
    for (size_t i = 0; app.modules[i] != NULL; i++)
        for (const struct route *r = app.modules[i]; r->path != NULL; r++)
            print_route(r, config_set(&v.config, "json"));
    return EXIT_FINE;
}
