/* lachan rpz: the blocklist as a response policy zone for DNS resolvers. */
#include "cmd.h"

#include "../matches/dns_server.h"
#include "../matches/formats.h"
#include "../matches/zone_text.h"

#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

enum { ZONE_FILE_MAX = 1 << 30, CHECK_ARENA = 1 << 20 };

static const struct option options[] = {
    OPTION_DATA, OPTION_DB, OPTION_KEY, { "list", "CODE", "export: which list (default: core)" },
    { "format", "EXT", "export: rpz, hosts, dnsmasq, adblock, json, csv or txt (default: rpz)" },
    { "origin", "ZONE", "check: name of the zone, for a file without $ORIGIN" },
    { "rpz-listen", "ADDR:PORT", "serve: where to answer, UDP and TCP (default: 127.0.0.1:5300)" }, OPTION_JSON, OPTION_HELP, OPTION_END,
};

/* -- export ----------------------------------------------------------------------------------------------------------------- */

static status to_stdout(void *to, const void *bytes, size_t n)
{
    return fwrite(bytes, 1, n, to) == n ? OK : fail(BROKEN, "standard output is gone");
}

static status write_list(struct verb *v, struct instance *in)
{
    struct str code = str_c(config_get(&v->config, "list", "core"));
    struct out o = { .max = 1 << 20 };
    struct list_writing w = { .format = list_format(str_c(config_get(&v->config, "format", "rpz"))), .o = &o, .flush = to_stdout, .to = stdout };
    struct zone_versions_row version;
    struct blocklist_feeds_row feed;
    status s;

    if (lists_def(code) == NULL)
        return fail(INVALID, "no list is called %.*s: see content/lists/classes.txt", (int)code.n, code.at);
    if (w.format == NULL)
        return fail(INVALID, "the formats are rpz, hosts, dnsmasq, adblock, json, csv, txt");
    TRY(tx_begin_read(in->ledger.db));
    TRY(zone_feed(&in->ledger, code, &feed));
    s = zone_version(&in->ledger, code, &version);
    if (s == NOT_FOUND)
        return fail(NOT_FOUND, "the list was not published yet: \"lachan serve\" publishes it some seconds after its start");
    TRY(s);
    w.version = &version;
    w.feed = &feed;
    s = list_write(&in->ledger, &w);
    out_free(&o);
    return s == OK && fflush(stdout) != 0 ? fail(BROKEN, "standard output is gone") : s;
}

static int rpz_export(struct verb *v)
{
    struct instance in;
    int code = EXIT_FINE;

    if (instance_open(v, &in) != OK)
        return verb_failed(v, "the instance cannot be opened");
    if (write_list(v, &in) != OK)
        code = verb_failed(v, "nothing of what was printed may be used");
    tx_rollback(in.conn);
    instance_close(&in);
    return code;
}

/* -- check ------------------------------------------------------------------------------------------------------------------- */

static void say_fault(const struct zone_fault *f, bool json, struct out *o)
{
    if (!json) {
        fprintf(stderr, "line %lld: %s%.*s; %.*s\n", (long long)f->line, f->warning ? "warning: " : "", (int)f->what.n, f->what.at,
                (int)f->remedy.n, f->remedy.at);
        return;
    }
    out_f(o, "%s{\"line\":%lld,\"warning\":%s,\"what\":", o->n ? "," : "", (long long)f->line, f->warning ? "true" : "false");
    out_json(o, f->what);
    out_c(o, ",\"remedy\":");
    out_json(o, f->remedy);
    out_char(o, '}');
}

static void say_check(const struct zone_check *found, bool json)
{
    struct out o = { .max = 1 << 20 };

    for (size_t i = 0; i < found->n; i++)
        say_fault(&found->at[i], json, &o);
    if (!json && found->errors + found->warnings > (i64)found->n)
        fprintf(stderr, "and %lld more\n", (long long)(found->errors + found->warnings) - (long long)found->n);
    if (json)
        printf("{\"records\":%lld,\"names\":%lld,\"serial\":%lld,\"errors\":%lld,\"warnings\":%lld,\"faults\":[%.*s]}\n",
               (long long)found->records, (long long)found->names, (long long)found->serial, (long long)found->errors,
               (long long)found->warnings, (int)o.n, o.n ? o.at : "");
    else
        printf("%lld records, %lld names, serial %lld: %lld errors, %lld warnings\n", (long long)found->records, (long long)found->names,
               (long long)found->serial, (long long)found->errors, (long long)found->warnings);
    out_free(&o);
}

static int rpz_check(struct verb *v)
{
    struct arena file = arena_make((size_t)ZONE_FILE_MAX + CHECK_ARENA);
    struct zone_check found;
    struct str text;

    if (file_read(&file, v->config.args[1], ZONE_FILE_MAX, &text) != OK) {
        arena_free(&file);
        return verb_failed(v, "the zone cannot be read");
    }
    zone_check(&v->arena, text, str_c(config_get(&v->config, "origin", "")), &found);
    say_check(&found, config_set(&v->config, "json"));
    arena_free(&file);
    return found.errors > 0 ? EXIT_FAILED : EXIT_FINE;
}

/* -- serve ---------------------------------------------------------------------------------------------------------------------- */

static int rpz_serve(struct verb *v)
{
    struct dns_server_config config = { .address = config_get(&v->config, "rpz-listen", "127.0.0.1:5300") };
    struct key_watch *watch = NULL;
    struct dns_server *server = NULL;
    struct instance in;
    int code = EXIT_FINE;

    serve_harden();
    if (instance_open(v, &in) != OK)
        return verb_failed(v, "the instance cannot be opened");
    config.db = in.db;
    config.house = in.house;
    if (key_watch_start(v, &in, &watch) == OK && dns_server_start(&config, &server) == OK) {
        printf("ready dns://%s\n", dns_server_address(server));
        fflush(stdout);
        dns_server_run(server);
    } else {
        code = verb_failed(v, "the server cannot run");
    }
    if (server != NULL)
        dns_server_free(server);
    key_watch_stop(watch);
    instance_close(&in);
    return code;
}

int cmd_rpz(int argc, char **argv)
{
    struct verb v = { .name = "rpz", .usage = "export --data DIR [--list CODE] [--format EXT] | check FILE | serve --data DIR", .options = options };
    const char *what;
    int code;

    if (!verb_begin(&v, argc, argv, &code))
        return code;
    what = v.config.n_args > 0 ? v.config.args[0] : "";
    if (strcmp(what, "export") == 0 && v.config.n_args == 1)
        return rpz_export(&v);
    if (strcmp(what, "check") == 0 && v.config.n_args == 2)
        return rpz_check(&v);
    if (strcmp(what, "serve") == 0 && v.config.n_args == 1)
        return rpz_serve(&v);
    fprintf(stderr, "usage: lachan %s %s\n", v.name, v.usage);
    return EXIT_USAGE;
}
