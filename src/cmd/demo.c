/* lachan demo: init, made-up data, serve. The data comes from content/demo/, through the same code that real people use. */
#include "cmd.h"

#include <jansson.h>
#include <stdio.h>

static const struct option options[] = {
    OPTION_DATA, { "listen", "ADDR:PORT", "where to answer (default: 127.0.0.1:8080)" }, OPTION_DB, OPTION_KEY,
    { "manage", "ADDR:PORT", "where /metrics answers (default: nowhere)" },
    { "tls-cert", "FILE", "certificate (PEM)" }, { "tls-key", "FILE", "its key (PEM)" },
    { "behind-proxy", NULL, "a proxy in front speaks TLS" }, { "workers", "N", "threads that make pages" },
    { "smtp-url", "URL", "mail server for notices: smtps://user:password@host (default: no mail)" },
    { "smtp-from", "ADDRESS", "sender of notices" },
    { "public-url", "URL", "address in links that others get: https://HOST (default: as the reader came)" },
    { "fetch-helper", "PROGRAM", "asks whether an address still answers: gets it on stdin (default: nobody asks)" },
    { "webhook-private", NULL, "notices to platforms may go to addresses of private networks" },
    { "no-serve", NULL, "make the data and end" }, OPTION_HELP, OPTION_END,
};

/* A value in a column of so many letters; marks are part of their letter (NFC). */
static void print_column(const char *value, int letters)
{
    fputs(value, stdout);
    for (const char *at = value; *at; at++)
        letters -= (*at & 0xc0) != 0x80;
    printf("%*s", letters > 0 ? letters + 1 : 1, "");
}

static const struct { const char *member, *head; int letters; } columns[] = {
    { "role", "role", 12 }, { "organisation", "organisation", 12 }, { "name", "name", 12 }, { "user", "user", 10 },
    { "password", "password", 28 }, { "totp_secret", "TOTP secret", 32 }, { "page", "work begins at", 0 },
};

static void print_account(json_t *account)
{
    for (size_t i = 0; i < COUNT_OF(columns); i++) {
        const char *value = json_string_value(json_object_get(account, columns[i].member));

        fputs(i ? "" : "  ", stdout);
        print_column(value ? value : "", columns[i].letters);
    }
    putchar('\n');
}

static void print_accounts(struct verb *v, const char *base)
{
    struct str path = arena_f(&v->arena, "%s/demo-accounts.json", v->dir);
    json_t *all = json_load_file(path.at, 0, NULL), *account;
    size_t i;

    printf("\n  DỮ LIỆU GIẢ: all of it is made up, no child and no person of it is real.\n\n");
    printf("  Child: %s/    Staff: %s/sign-in    Ten minutes through all of it: docs/tour.md\n\n  ", base, base);
    for (i = 0; i < COUNT_OF(columns); i++)
        print_column(columns[i].head, columns[i].letters);
    putchar('\n');
    json_array_foreach(all, i, account)
        print_account(account);
    printf("\n  The six digits: oathtool --totp -b SECRET, or any authenticator. This list again: %s\n\n", path.at);
    json_decref(all);
    demo_tokens_print(arena_f(&v->arena, "%s/demo-tokens.json", v->dir).at);
    fflush(stdout);
}

static int demo_serve(struct verb *v)
{
    struct str base = arena_f(&v->arena, "http://%s", config_get(&v->config, "listen", "127.0.0.1:8080"));
    struct instance in;
    int code = EXIT_FINE;

    if (instance_open(v, &in) != OK)
        return verb_failed(v, "the instance cannot be opened");
    in.app.demo = true;
    if (instance_lock(v, &in) != OK)
        code = verb_failed(v, "the folder is taken");
    else if (demo_fill(&in, v->dir, base.at) != OK)
        code = verb_failed(v, "the demo data cannot be made");
    if (code == EXIT_FINE) {
        print_accounts(v, base.at);
        if (!config_set(&v->config, "no-serve"))
            code = serve_instance(v, &in);
    }
    instance_close(&in);
    return code;
}

int cmd_demo(int argc, char **argv)
{
    struct verb v = { .name = "demo", .usage = "--data DIR --listen ADDR:PORT", .options = options };
    bool fresh;
    int code;

    if (!verb_begin(&v, argc, argv, &code))
        return code;
    if (instance_create(&v, &fresh) != OK)
        return verb_failed(&v, "the instance cannot be made");
    return demo_serve(&v);
}
