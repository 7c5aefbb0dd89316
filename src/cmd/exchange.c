/* lachan exchange: feeds of hashes that are read, and the lists that go out. */
#include "cmd.h"

#include "../matches/exchange_fetch.h"

#include "matches.sql.h"

#include <stdio.h>
#include <unistd.h>

static const struct option options[] = {
    OPTION_DATA, OPTION_DB, OPTION_KEY, { "sandbox", NULL, "export: the list of the sandbox" }, OPTION_JSON, OPTION_HELP, OPTION_END,
};

/* -- fetch ---------------------------------------------------------------------------------------------------------------------- */

/* The data of a demo say so by its accounts: there a feed may be read from this machine. */
static bool is_demo(const struct verb *v)
{
    char path[4096];
    int n = snprintf(path, sizeof path, "%s/demo-accounts.json", v->dir);

    return n > 0 && (size_t)n < sizeof path && access(path, F_OK) == 0;
}

static status fetch(struct instance *in, const char *code, struct fetched *sum)
{
    struct exchange_sources_row row;
    struct feed f;
    status s = sql_source_of_code(&in->ledger, (struct sql_source_of_code){ .code = str_c(code) }, &row);

    if (s == NOT_FOUND)
        return fail(NOT_FOUND, "no feed is called \"%s\": \"lachan exchange list\" names them", code);
    TRY(s);
    TRY(feed_of_source(&in->ledger, &in->app, &row, &f));
    return feed_fetch(&in->ledger, &f, clock_now_ms(), INT64_MAX, sum);
}

static int cmd_fetch(struct verb *v, struct instance *in, const char *code)
{
    struct fetched sum = { 0 };
    status s = fetch(in, code, &sum);

    if (config_set(&v->config, "json"))
        printf("{\"feed\":\"%s\",\"pages\":%lld,\"records\":%lld,\"skipped\":%lld,\"complete\":%s}\n", s == NOT_FOUND ? "" : code,
               (long long)sum.pages, (long long)sum.records, (long long)sum.skipped, sum.end ? "true" : "false");
    else
        printf("%lld pages, %lld records, %lld skipped\n", (long long)sum.pages, (long long)sum.records, (long long)sum.skipped);
    return s == OK ? EXIT_FINE : verb_failed(v, "the feed was not read to its end");
}

/* -- list ------------------------------------------------------------------------------------------------------------------------- */

static status list(struct instance *in)
{
    struct exchange_sources_rows rows;

    TRY(sql_sources_all(&in->ledger, &rows));
    for (size_t i = 0; i < rows.n; i++) {
        struct exchange_reads_row read = { 0 };
        char at[CLOCK_TEXT] = "never";
        status s = sql_exchange_read_of(in->conn, (struct sql_exchange_read_of){ .source = rows.at[i].id }, &read);

        if (s != OK && s != NOT_FOUND)
            return s;
        if (read.ok_at > 0)
            clock_utc_iso(read.ok_at, at);
        if (rows.at[i].altered)
            printf("altered\n");
        else
            printf("%.*s  %.*s  %s  %s  %lld records  %.*s%s%.*s\n", (int)rows.at[i].code.n, rows.at[i].code.at, (int)rows.at[i].kind.n,
                   rows.at[i].kind.at, rows.at[i].active ? "on" : "off", at, (long long)read.records, (int)rows.at[i].base.n,
                   rows.at[i].base.at, read.fault.n ? "  " : "", (int)read.fault.n, read.fault.n ? read.fault.at : "");
    }
    return OK;
}

/* -- export ------------------------------------------------------------------------------------------------------------------------- */

static status export_pages(struct instance *in, bool sandbox)
{
    struct out o = { .max = (size_t)PAGE_BYTES * 2 };
    struct exchange_reader reader = { .house = in->house, .kind = KIND_ALL, .each = exchange_line, .to = &o };
    struct exchange_page page = { .more = true };
    struct exchange_window w;

    TRY(exchange_since(&in->ledger, exchange_list(sandbox), 0, &w));
    while (page.more) {
        struct arena_mark mark = arena_mark(&in->arena);

        TRY(exchange_read(&in->ledger, &w, HASHES_MOST, reader, &page));
        if (fwrite(o.at ? o.at : "", 1, o.n, stdout) != o.n)
            return fail(BROKEN, "standard output is gone");
        out_reset(&o);
        arena_back(&in->arena, mark);
        w.after = page.last;
    }
    out_free(&o);
    return fflush(stdout) == 0 ? OK : fail(BROKEN, "standard output is gone");
}

static bool usage_right(const struct config *c)
{
    if (c->n_args == 1)
        return strcmp(c->args[0], "list") == 0 || strcmp(c->args[0], "export") == 0;
    return c->n_args == 2 && strcmp(c->args[0], "fetch") == 0;
}

int cmd_exchange(int argc, char **argv)
{
    struct verb v = { .name = "exchange", .usage = "fetch NAME | list | export [--sandbox]  --data DIR", .options = options };
    struct config *c = &v.config;
    struct instance in;
    int code;
    status s = OK;

    if (!verb_begin(&v, argc, argv, &code))
        return code;
    if (!usage_right(c)) {
        fprintf(stderr, "usage: lachan exchange %s\n", v.usage);
        return EXIT_USAGE;
    }
    serve_harden();
    if (instance_open(&v, &in) != OK)
        return verb_failed(&v, "the instance cannot be opened");
    in.app.demo = is_demo(&v);
    if (c->n_args == 2)
        code = cmd_fetch(&v, &in, c->args[1]);
    else
        s = strcmp(c->args[0], "list") == 0 ? list(&in) : export_pages(&in, config_set(c, "sandbox"));
    if (s != OK)
        code = verb_failed(&v, "not done");
    instance_close(&in);
    return code;
}
