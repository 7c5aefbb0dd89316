/* lachan routes: every route with method, path and permission. */
#include "cmd.h"

#include "../web/route.h"

#include <stdio.h>

static const struct option options[] = { OPTION_JSON, OPTION_HELP, OPTION_END };

int cmd_routes(int argc, char **argv)
{
    struct verb v = { .name = "routes", .usage = "[--json]", .options = options };
    struct app_settings settings = { .data_dir = "." };
    struct out o = { .max = 1 << 20 };
    struct app app;
    int code;

    if (!verb_begin(&v, argc, argv, &code))
        return code;
    app_make(&app, &settings, NULL, NULL);
    routes_write(&app, config_set(&v.config, "json"), &o);
    fwrite(o.at, 1, o.n, stdout);
    out_free(&o);
    return EXIT_FINE;
}
