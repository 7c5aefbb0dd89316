/* lachan audit verify: proves the log, from the database with all its rows, or from an export with nothing else. */
#include "cmd.h"

#include "../ledger/look.h"

#include "tables.sql.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

static const struct option options[] = { OPTION_DATA, OPTION_DB, OPTION_KEY, OPTION_JSON, OPTION_HELP, OPTION_END };

static void print_json(const struct audit *a, bool fine)
{
    struct out o = { .max = 1 << 16 };

    out_f(&o, "{\"ok\":%s,\"entries\":%lld,\"waiting\":%lld,\"rows\":%lld,\"head\":", fine ? "true" : "false",
          (long long)a->entries, (long long)a->waiting, (long long)a->rows);
    out_json(&o, a->head);
    out_c(&o, ",\"bad\":");
    out_json(&o, a->bad);
    out_c(&o, "}\n");
    fwrite(o.at, 1, o.n, stdout);
    out_free(&o);
}

/* The third line of a checkpoint is the root. */
static struct str root_of(struct str head)
{
    struct str line = STR("");

    for (int i = 0; i < 3; i++)
        if (!str_cut(&head, '\n', &line))
            return STR("none yet");
    return line;
}

static int report(const struct verb *v, const struct audit *a, status s)
{
    struct str root = root_of(a->head);

    if (config_set(&v->config, "json"))
        print_json(a, s == OK);
    else if (s == OK)
        printf("ok: %lld entries, %lld waiting for the full hour, %lld rows, head %.*s\n", (long long)a->entries,
               (long long)a->waiting, (long long)a->rows, (int)root.n, root.at);
    else
        printf("bad: %.*s\n", (int)a->bad.n, a->bad.at ? a->bad.at : "");
    if (s != OK && a->bad.n == 0)
        fprintf(stderr, "lachan audit: %s\n", fail_message());
    return s == OK ? EXIT_FINE : EXIT_FAILED;
}

/* An older copy of the database is whole in itself; only the head that was kept beside the key knows better. */
static status verify_head(struct instance *in, struct audit *audit)
{
    status s = log_check_head(&in->ledger, in->app.head_file);

    if (s == BROKEN)
        audit->bad = arena_f(in->ledger.arena, "head: %s", fail_message());
    return s;
}

static int verify_database(struct verb *v)
{
    struct audit audit = { 0 };
    struct instance in;
    status s;
    int code;

    if (instance_open(v, &in) != OK)
        return verb_failed(v, "the instance cannot be opened");
    s = audit_verify(&in.ledger, tables, &audit);
    if (s == OK)
        s = verify_head(&in, &audit);
    code = report(v, &audit, s);
    instance_close(&in);
    return code;
}

/* The proof of one entry, as the log's page gives it; false where the file is an export. */
static bool verify_proof(struct verb *v, int fd, int *code)
{
    enum { ASIDE = 8 << 20 };
    struct audit audit = { 0 };
    char *at = arena_alloc(&v->arena, ASIDE + 1);
    ssize_t n = pread(fd, at, ASIDE + 1, 0);
    struct str text = str_of(at, n > 0 ? (size_t)n : 0);

    if (!log_is_proof(text))
        return false;
    *code = report(v, &audit, log_proof_verify(&v->arena, text, &audit));
    return true;
}

static int verify_file(struct verb *v, const char *path)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC), code;
    struct audit audit = { 0 };

    vault_start();
    if (fd < 0) {
        fprintf(stderr, "lachan audit: %s cannot be opened: %s\n", path, strerrordesc_np(errno));
        return EXIT_FAILED;
    }
    if (!verify_proof(v, fd, &code))
        code = report(v, &audit, audit_verify_export(&v->arena, fd, NULL, &audit));
    close(fd);
    return code;
}

static status to_stdout(void *to, const void *bytes, size_t n)
{
    (void)to;
    return fwrite(bytes, 1, n, stdout) == n ? OK : fail(BROKEN, "writing failed");
}

static int export_log(struct verb *v)
{
    struct instance in;
    int code = EXIT_FINE;

    if (instance_open(v, &in) != OK)
        return verb_failed(v, "the instance cannot be opened");
    if (audit_export(&in.ledger, to_stdout, NULL) != OK)
        code = verb_failed(v, "the log cannot be exported");
    instance_close(&in);
    return code;
}

int cmd_audit(int argc, char **argv)
{
    struct verb v = { .name = "audit", .usage = "verify --data DIR [--db URL] | verify FILE | export --data DIR | witness --help", .options = options };
    struct config *c = &v.config;
    int code;

    if (argc > 1 && strcmp(argv[1], "witness") == 0)
        return cmd_witness(argc - 1, argv + 1);
    if (!verb_begin(&v, argc, argv, &code))
        return code;
    if (c->n_args == 1 && strcmp(c->args[0], "verify") == 0)
        return verify_database(&v);
    if (c->n_args == 2 && strcmp(c->args[0], "verify") == 0)
        return verify_file(&v, c->args[1]);
    if (c->n_args == 1 && strcmp(c->args[0], "export") == 0)
        return export_log(&v);
    fprintf(stderr, "usage: lachan audit %s\n", v.usage);
    return EXIT_USAGE;
}
