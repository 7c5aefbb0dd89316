/* Command lines: the same rules for every verb. */
#include "cmd.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { VERB_ARENA = 1 << 30 };

/* Every setting that lachan.conf may hold, whichever verb reads the file. */
static const char *const known_settings[] = {
    "data", "db", "key-file", "listen", "manage", "tls-cert", "tls-key", "behind-proxy", "workers", "zone", "title",
    "statement-ms", "exit-url", "duty-hours", "public-url", "smtp-url", "smtp-from", "fetch-helper", "webhook-private", "backup-key", "ship", "s3-key",
    "rpz-listen", "nats", "nats-creds",
    "nats-ca", "reserve", NULL,
};

static void show_help(const struct verb *v)
{
    struct out o = { .max = 1 << 16 };

    out_f(&o, "usage: lachan %s %s\n\n", v->name, v->usage);
    config_help(&o, v->options);
    out_c(&o, "\nEvery option can also be LACHAN_NAME in the environment; those of \"lachan serve\" also \"name = value\" in DIR/lachan.conf.\n");
    fwrite(o.at, 1, o.n, stdout);
    out_free(&o);
}

static int usage_wrong(const struct verb *v)
{
    fprintf(stderr, "lachan %s: %s\nusage: lachan %s %s\n", v->name, fail_message(), v->name, v->usage);
    return EXIT_USAGE;
}

const char *verb_zone(const struct verb *v)
{
    return config_get(&v->config, "zone", "Asia/Ho_Chi_Minh");
}

/* The C library takes a zone that it does not know for UTC, and says nothing: every term would end seven hours off. */
static status check_zone(struct verb *v)
{
    const char *zone = config_get(&v->config, "zone", NULL);

    if (zone == NULL || (zone[0] != '/' && access(arena_f(&v->arena, "/usr/share/zoneinfo/%s", zone).at, R_OK) == 0))
        return OK;
    return fail(INVALID, "no zone is called \"%s\" (like Asia/Ho_Chi_Minh; /usr/share/zoneinfo has them all)", zone);
}

/* A usage that begins with an option and offers no other way has no place for an argument: one that was typed was meant as an option,
   and passing over it would do the work on another folder than the one that was named. */
static status check_arguments(const struct verb *v)
{
    bool none = (v->usage[0] == '-' || v->usage[0] == '[') && strchr(v->usage, '|') == NULL;

    if (!none || v->config.n_args == 0)
        return OK;
    return fail(INVALID, "it takes no argument, so what is \"%s\"? (--data DIR names a folder)", v->config.args[0]);
}

bool verb_begin(struct verb *v, int argc, char **argv, int *code)
{
    v->arena = arena_make(VERB_ARENA);
    v->config = (struct config){ .options = v->options, .arena = &v->arena };
    *code = EXIT_FINE;
    if (config_arguments(&v->config, argc, argv) != OK) {
        *code = usage_wrong(v);
        return false;
    }
    if (config_set(&v->config, "help")) {
        show_help(v);
        return false;
    }
    if (check_arguments(v) != OK) {
        *code = usage_wrong(v);
        return false;
    }
    v->dir = config_get(&v->config, "data", "lachan-data");
    if (config_file(&v->config, v->dir, known_settings) != OK || check_zone(v) != OK) {
        *code = usage_wrong(v);
        return false;
    }
    clock_set_zone(verb_zone(v));
    content_start(v->dir);
    return true;
}

int verb_failed(const struct verb *v, const char *doing)
{
    fprintf(stderr, "lachan %s: %s: %s\n", v->name, doing, fail_message());
    return EXIT_FAILED;
}
