/* lachan demo: init, made-up data, serve. The data comes from content/demo/, through the same code that real people use. */
#include "cmd.h"

#include <stdio.h>
#include <string.h>

static const struct option options[] = {
    OPTION_DATA, { "listen", "ADDR:PORT", "where to answer (default: 127.0.0.1:8080)" }, OPTION_DB, OPTION_KEY,
    { "manage", "ADDR:PORT", "where /metrics answers (default: nowhere)" },
    { "tls-cert", "FILE", "certificate (PEM)" }, { "tls-key", "FILE", "its key (PEM)" },
    { "behind-proxy", NULL, "a proxy in front speaks TLS" }, { "workers", "N", "threads that make pages" },
    { "smtp-url", "URL", "mail server for notices: smtps://user:password@host (default: no mail)" },
    { "smtp-from", "ADDRESS", "sender of notices" },
    { "no-serve", NULL, "make the data and end" }, OPTION_HELP, OPTION_END,
};

static void print_accounts(struct verb *v, const char *base)
{
    struct str path = arena_f(&v->arena, "%s/demo-accounts.json", v->dir), text, line;

    printf("\n  DỮ LIỆU GIẢ: made-up data, no real child.\n\n  Child:  %s/        Staff:  %s/sign-in\n\n", base, base);
    if (file_read(&v->arena, path.at, 1 << 20, &text) != OK)
        return;
    while (str_cut(&text, '\n', &line)) {
        struct str rest = line, part, values[6];
        size_t n = 0;

        /* the file is ours: one account a line, values in a fixed order */
        while (n < 6 && str_cut(&rest, '"', &part) && str_cut(&rest, '"', &part) && str_cut(&rest, '"', &part) &&
               str_cut(&rest, '"', &part))
            values[n++] = part;
        if (n == 6)
            printf("  %-13.*s %-16.*s %-26.*s totp %.*s\n", (int)values[0].n, values[0].at, (int)values[2].n, values[2].at,
                   (int)values[3].n, values[3].at, (int)values[4].n, values[4].at);
    }
    printf("\n  All of it, with the address of each role: %s\n\n", path.at);
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
