/* lachan backup: a copy of everything, sealed to a key that lies elsewhere, while the server runs. */
#include "ship.h"

#include "../ledger/look.h"

#include "casework.sql.h"
#include "people.sql.h"
#include "tables.sql.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum { KEEP_DAYS = 35 };

static const struct option options[] = {
    OPTION_DATA, OPTION_DB, OPTION_KEY, OPTION_JSON, OPTION_S3,
    { "to", "REPO", "folder of backups, made where it is missing; or s3:https://HOST/BUCKET/FOLDER" },
    { "backup-key", "BASE64", "public key that everything is sealed to (\"lachan backup key\")" },
    { "out", "FILE", "key: where the secret goes; keep it offline, never beside the backups" },
    { "snapshot", "NAME", "verify: this one instead of the newest" },
    { "log-key", "BASE64[,BASE64]", "verify: public key of the log that must have signed it; after a turn of the key the old and the new one" },
    { "keep-days", "DAYS", "prune: backups older than this go, but never the newest (35)" },
    OPTION_HELP, OPTION_END,
};

static const char *s3_key(const struct verb *v)
{
    return config_get(&v->config, "s3-key", NULL);
}

/* -- one backup ----------------------------------------------------------------------------------------------------------------- */

static void print_made(const struct making *b, struct str name, bool json)
{
    if (json)
        printf("{\"backup\":\"%.*s\",\"pieces\":%zu,\"files\":%zu,\"new\":%lld,\"new_bytes\":%lld,\"damaged\":%lld}\n", (int)name.n, name.at,
               b->m.n_pieces, b->m.n_files, (long long)b->store.written, (long long)b->store.written_bytes, (long long)b->damaged);
    else
        printf("backup %.*s: %zu pieces of database, %zu files; new: %lld with %lld bytes\n", (int)name.n, name.at, b->m.n_pieces,
               b->m.n_files, (long long)b->store.written, (long long)b->store.written_bytes);
}

static int run_backup(struct verb *v)
{
    const char *key = config_get(&v->config, "backup-key", ""), *to = config_get(&v->config, "to", NULL);
    struct making b = { .v = v };
    struct instance in;
    struct str name;
    int code = EXIT_FINE;
    status s;

    if (to == NULL || key[0] == '\0') {
        fprintf(stderr, "lachan backup: --to REPO and --backup-key BASE64 are needed; \"lachan backup key --out FILE\" makes a key\n");
        return EXIT_USAGE;
    }
    if (backup_key_read(key, &b.public) != OK || backup_apart(&v->arena, v->dir, to) != OK) {
        fprintf(stderr, "lachan backup: %s\n", fail_message());
        return EXIT_USAGE;
    }
    if (instance_open(v, &in) != OK)
        return verb_failed(v, "the instance cannot be opened");
    b.in = &in;
    s = store_open(&b.store, to, s3_key(v), true);
    if (s == OK)
        s = backup_make(&b, &name);
    if (s != OK)
        code = verb_failed(v, "no backup was made");
    else
        print_made(&b, name, config_set(&v->config, "json"));
    free(b.m.files);
    store_close(&b.store);
    instance_close(&in);
    return s == OK && b.damaged ? EXIT_FAILED : code;
}

/* -- the offline key -------------------------------------------------------------------------------------------------------------- */

static int make_key(struct verb *v)
{
    const char *path = config_get(&v->config, "out", NULL);
    struct out o = { .max = 1024 };
    struct pair pair;
    struct str text;
    status s;

    if (path == NULL) {
        fprintf(stderr, "lachan backup: --out FILE names where the secret goes\n");
        return EXIT_USAGE;
    }
    if (access(path, F_OK) == 0) {
        fprintf(stderr, "lachan backup: %s is there already; a lost key means lost backups, so it is not written over\n", path);
        return EXIT_FAILED;
    }
    vault_start();
    vault_pair_new(&pair);
    out_c(&o, "lachan-backup-key 1 ");
    out_hex(&o, pair.secret.b, KEY_BYTES);
    out_char(&o, '\n');
    s = file_replace(path, out_done(&o));
    out_wipe(&o);
    out_free(&o);
    explicit_bzero(&pair.secret, sizeof pair.secret);
    if (s != OK)
        return verb_failed(v, "no key was made");
    text = vault_base64(&v->arena, key_str(&pair.open));
    printf("%.*s\n", (int)text.n, text.at);
    fprintf(stderr, "The secret is in %s. Print it and take it off this machine: whoever has it and the backups reads what the disk held.\n", path);
    return EXIT_FINE;
}

/* -- checking without a key --------------------------------------------------------------------------------------------------------- */

static i64 check_blobs(const struct store *s, const struct manifest *m)
{
    i64 bad = 0;

    for (size_t i = 0; i <= m->n_pieces + m->n_files; i++) {
        const struct blob *b = i < m->n_pieces ? &m->pieces[i] : i == m->n_pieces ? &m->keys : &m->files[i - m->n_pieces - 1].blob;

        if (store_check(s, b) == OK)
            continue;
        fprintf(stderr, "lachan backup: %s\n", fail_message());
        fail_clear();
        bad++;
    }
    return bad;
}

/* Those of --log-key. Across a turn of the key of the house there are two: what was signed before it, and what comes after. */
struct log_keys { uint8_t at[HOUSE_GENERATIONS][32]; size_t n; };

static status read_log_keys(const struct verb *v, struct log_keys *keys)
{
    const char *typed = config_get(&v->config, "log-key", NULL);
    struct str rest = typed != NULL ? str_c(typed) : STR_NULL, one;

    *keys = (struct log_keys){ 0 };
    while (str_cut(&rest, ',', &one))
        if (keys->n == HOUSE_GENERATIONS || !vault_base64_read(str_trim(one), keys->at[keys->n++], 32))
            return fail(INVALID, "--log-key is not a public key, or several with commas between them");
    return OK;
}

/* Without --log-key the signature is not held against anybody: whoever can write the folder could have made all of it. */
static status check_signature(const struct log_keys *keys, const struct manifest *m, struct str text)
{
    if (keys->n == 0)
        fprintf(stderr, "lachan backup: the signature was not checked; --log-key names the log's public key\n");
    for (size_t i = 0; i < keys->n; i++)
        if (signed_note_is_of(text, m->origin, keys->at[i]))
            return OK;
    return keys->n == 0 ? OK : fail(BROKEN, "it is not signed by that log: foreign, or altered (or from before the key was turned: --log-key OLD,NEW)");
}

/* Every segment behind the backup, and the evidence that they name. */
static status check_shipped(struct verb *v, const struct store *s, const struct manifest *m, const struct log_keys *keys, struct replay *r)
{
    i64 bad = 0;

    *r = (struct replay){ .store = s, .m = m, .keys = keys->at, .n_keys = keys->n, .until = INT64_MAX, .most = INT64_MAX };
    if (m->line[0] == '\0')
        return OK;
    TRY(replay_check(r, &v->arena));
    for (size_t i = 0; i < r->n_files; i++)
        if (store_check(s, &r->files[i].blob) != OK) {
            fprintf(stderr, "lachan backup: %s\n", fail_message());
            bad++;
        }
    return bad == 0 ? OK : fail(BROKEN, "%lld pieces of evidence are missing or damaged", (long long)bad);
}

static void print_verified(const struct verb *v, const struct manifest *m, struct str name, const struct replay *r)
{
    char iso[CLOCK_TEXT];

    printf("ok: backup %.*s: %zu pieces of database, %zu files, log of %lld entries\n", (int)name.n, name.at, m->n_pieces, m->n_files,
           (long long)m->log_size);
    if (m->line[0] == '\0')
        return;
    clock_zoned_iso(r->made, iso);
    printf("ok: line %s: segments %lld to %lld without a gap, the last of the hour from %s (%s), %zu files\n", m->line, (long long)m->after + 1,
           (long long)r->last, iso, verb_zone(v), r->n_files);
}

static int verify_one(struct verb *v, const struct store *s, struct str wanted)
{
    struct replay replay = { 0 };
    struct manifest m;
    struct str name, text;
    struct log_keys keys;
    i64 bad;

    if (read_log_keys(v, &keys) != OK || store_snapshot(s, &v->arena, wanted, &name, &text) != OK || manifest_read(&v->arena, text, &m) != OK ||
        check_signature(&keys, &m, text) != OK)
        return verb_failed(v, "bad");
    bad = check_blobs(s, &m);
    if (bad > 0) {
        printf("bad: backup %.*s: %lld pieces are missing or damaged\n", (int)name.n, name.at, (long long)bad);
        return EXIT_FAILED;
    }
    if (check_shipped(v, s, &m, &keys, &replay) != OK) {
        printf("bad: what was shipped behind backup %.*s: %s\n", (int)name.n, name.at, fail_message());
        return EXIT_FAILED;
    }
    print_verified(v, &m, name, &replay);
    free(replay.files);
    return EXIT_FINE;
}

/* What a restore would take, and the newer one that it would leave lying. */
static int verify_backup(struct verb *v, const char *path)
{
    const char *wanted = config_get(&v->config, "snapshot", NULL);
    struct chosen c;
    struct store s;
    int one, other;

    vault_start();
    if (store_open(&s, path, s3_key(v), false) != OK)
        return verb_failed(v, "bad");
    if (wanted != NULL)
        return verify_one(v, &s, str_c(wanted));
    if (shipped_choose(&s, &v->arena, INT64_MAX, &c) != OK)
        return verb_failed(v, "bad");
    one = verify_one(v, &s, c.name);
    other = c.passed.n ? verify_one(v, &s, c.passed) : EXIT_FINE;
    return one != EXIT_FINE ? one : other;
}

/* "ORIGIN, base of line LINE": a copy of the house that ships into the same folder has another log, or another line. */
static struct str whose(struct verb *v, const struct store *s, struct str listed)
{
    struct str name, text;
    struct manifest m;

    if (store_snapshot(s, &v->arena, listed, &name, &text) != OK || manifest_read(&v->arena, text, &m) != OK) {
        fail_clear();
        return STR("not readable");
    }
    return arena_f(&v->arena, "of %.*s%s%s", (int)m.origin.n, m.origin.at, m.line[0] != '\0' ? ", base of line " : "", m.line);
}

static int list_backups(struct verb *v, const char *path)
{
    struct names list;
    struct store s;

    if (store_open(&s, path, s3_key(v), false) != OK || store_snapshots(&s, &v->arena, &list) != OK)
        return verb_failed(v, "not listed");
    for (size_t i = 0; i < list.n; i++)
        printf("%.*s\n", (int)list.at[i].n, list.at[i].at);
    fflush(stdout);
    for (size_t i = 0; i < list.n; i++) {
        struct str of = whose(v, &s, list.at[i]);

        fprintf(stderr, "%.*s is %.*s\n", (int)list.at[i].n, list.at[i].at, (int)of.n, of.at);
    }
    return EXIT_FINE;
}

static int prune_backups(struct verb *v, const char *path)
{
    struct store s;
    i64 days, gone;

    if (config_number(&v->config, "keep-days", KEEP_DAYS, 1, 3650, &days) != OK)
        return verb_failed(v, "nothing was done");
    vault_start();
    if (store_open(&s, path, s3_key(v), false) != OK || store_prune(&s, &v->arena, clock_now_ms() - days * DAY_MS, &gone) != OK)
        return verb_failed(v, "nothing more was taken away");
    printf("%lld pieces are gone\n", (long long)gone);
    return EXIT_FINE;
}

int cmd_backup(int argc, char **argv)
{
    struct verb v = { .name = "backup", .options = options, .older = true,
                      .usage = "--data DIR --to REPO --backup-key BASE64 | key --out FILE | verify REPO | list REPO | prune REPO" };
    static const struct { const char *name; int (*run)(struct verb *v, const char *path); } others[] = {
        { "verify", verify_backup }, { "list", list_backups }, { "prune", prune_backups },
    };
    struct config *c = &v.config;
    int code;

    if (!verb_begin(&v, argc, argv, &code))
        return code;
    if (c->n_args == 0)
        return run_backup(&v);
    if (c->n_args == 1 && strcmp(c->args[0], "key") == 0)
        return make_key(&v);
    for (size_t i = 0; c->n_args == 2 && i < COUNT_OF(others); i++)
        if (strcmp(c->args[0], others[i].name) == 0)
            return others[i].run(&v, c->args[1]);
    fprintf(stderr, "usage: lachan backup %s\n", v.usage);
    return EXIT_USAGE;
}
