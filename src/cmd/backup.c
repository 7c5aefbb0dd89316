/* lachan backup: a copy of everything, sealed to a key that lies elsewhere, while the server runs. */
#include "backup.h"

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

enum { PATH_BYTES = 4096, KEEP_DAYS = 35, STATE_BYTES = 512 << 20, FILES_MOST = 4 << 20 };

/* What lives for minutes only, or says who has what open, is in no backup. */
static const char *const left_out[] = { "sessions", "idem", "totp_used", "presence", "jobs", NULL };

static const struct option options[] = {
    OPTION_DATA, OPTION_DB, OPTION_KEY, OPTION_JSON,
    { "to", "REPO", "folder of backups; made where it is missing" },
    { "backup-key", "BASE64", "public key that everything is sealed to (\"lachan backup key\")" },
    { "out", "FILE", "key: where the secret goes; keep it offline, never beside the backups" },
    { "snapshot", "NAME", "verify: this one instead of the newest" },
    { "log-key", "BASE64", "verify: public key of the log that must have signed it" },
    { "keep-days", "DAYS", "prune: backups older than this go, but never the newest (35)" },
    OPTION_HELP, OPTION_END,
};

/* -- what earlier backups sealed already ------------------------------------------------------------------------------------------ */

/* DIR/keys/backup.state: for each piece of database the hash of what is in it, its name and its key; boxed under the house's key
   for jobs, for the keys open the pieces. Losing it costs space, nothing else. */
struct known { struct key hash, ck; struct blob blob; };        /* hash first: they are sorted by it */
struct state { struct known *at; size_t n; };

static int by_hash(const void *a, const void *b)
{
    return memcmp(a, b, KEY_BYTES);
}

static const char *state_path(struct verb *v)
{
    return arena_f(&v->arena, "%s/keys/backup.state", v->dir).at;
}

static void state_load(struct verb *v, struct instance *in, struct state *state)
{
    struct str boxed, plain = STR("");
    status s = file_read(&v->arena, state_path(v), STATE_BYTES, &boxed);

    *state = (struct state){ 0 };
    for (size_t i = in->house->n; s == OK && plain.n == 0 && i-- > 0;)
        (void)!vault_unbox(&v->arena, &in->house->gen[i].job, vault_ctx("backup-state", NO_PARTS), boxed, &plain);
    fail_clear();
    if (plain.n % sizeof(struct known) == 0) {
        state->at = (struct known *)(void *)arena_alloc(&v->arena, plain.n + 1);
        state->n = plain.n / sizeof(struct known);
        if (plain.n > 0) {
            memcpy(state->at, plain.at, plain.n);
            qsort(state->at, state->n, sizeof state->at[0], by_hash);
        }
    }
}

static status state_keep(struct verb *v, struct instance *in, const struct state *state)
{
    struct str plain = str_of(state->at, state->n * sizeof state->at[0]);

    return file_replace(state_path(v), vault_box(&v->arena, &house_now(in->house)->job, vault_ctx("backup-state", NO_PARTS), plain));
}

static const struct known *state_find(const struct state *state, const struct key *hash)
{
    return state->n == 0 ? NULL : bsearch(hash, state->at, state->n, sizeof state->at[0], by_hash);
}

/* -- one backup ----------------------------------------------------------------------------------------------------------------- */

struct making {
    struct verb *v;
    struct instance *in;
    struct store store;
    struct key public;
    struct manifest m;
    struct state before, now;
    i64 damaged;                    /* files that are not what they should be */
};

/* Keyed, because the state file may be read by somebody without the house's key. */
static void piece_hash(struct making *b, struct str bytes, struct key *hash)
{
    vault_hash(hash, &house_now(b->in->house)->job, "backup-piece", PARTS(bytes));
}

static status seal_piece(struct making *b, struct str bytes, struct known *k)
{
    const struct known *old;
    struct arena scratch;
    struct str boxed;
    status s;

    piece_hash(b, bytes, &k->hash);
    old = state_find(&b->before, &k->hash);
    if (old != NULL && store_has(&b->store, &old->blob)) {
        *k = *old;
        return OK;
    }
    scratch = arena_make(4 * PIECE_BYTES);
    vault_key_new(&k->ck);
    boxed = vault_box(&scratch, &k->ck, backup_ctx_piece(), bytes);
    s = store_put(&b->store, boxed, &k->blob);
    arena_free(&scratch);
    return s;
}

static status seal_pieces(struct making *b, int fd)
{
    char *buffer = arena_alloc(&b->v->arena, PIECE_BYTES);
    struct vault_sha256_run run;
    uint8_t hash[32];
    size_t room = (size_t)(b->m.db_size / PIECE_BYTES) + 1;
    struct out hex = { .max = 2 * HASH_HEX };
    ssize_t n;

    b->m.pieces = NEW_N(&b->v->arena, struct blob, room);
    b->now.at = NEW_N(&b->v->arena, struct known, room);
    vault_sha256_begin(&run);
    while ((n = read(fd, buffer, PIECE_BYTES)) > 0) {
        struct known *k = &b->now.at[b->now.n];

        if (b->now.n == room)
            return fail(BROKEN, "the copy of the database grew");
        vault_sha256_add(&run, buffer, (size_t)n);
        TRY(seal_piece(b, str_of(buffer, (size_t)n), k));
        b->m.pieces[b->now.n++] = k->blob;
    }
    b->m.n_pieces = b->now.n;
    vault_sha256_end(&run, hash);
    out_hex(&hex, hash, sizeof hash);
    memcpy(b->m.db_sha256, hex.at, HASH_HEX);
    out_free(&hex);
    return n == 0 ? OK : fail(BROKEN, "the copy of the database: %m");
}

/* The keys of all pieces, under one key that is wrapped to the offline one. */
static status seal_keys(struct making *b)
{
    struct key *keys = NEW_N(&b->v->arena, struct key, b->now.n + 1), fk;

    for (size_t i = 0; i < b->now.n; i++)
        keys[i] = b->now.at[i].ck;
    vault_key_new(&fk);
    b->m.sealed = vault_wrap(&b->v->arena, &b->public, backup_ctx_seal(), &fk);
    return store_put(&b->store, vault_box(&b->v->arena, &fk, backup_ctx_keys(), str_of(keys, b->now.n * sizeof *keys)), &b->m.keys);
}

static status copy_database(struct making *b)
{
    const char *copy = arena_f(&b->v->arena, "%s/.backup-%d.db", b->v->dir, getpid()).at;
    struct stat st;
    status s;
    int fd;

    s = db_snapshot(b->in->db, copy, left_out);
    fd = s == OK ? open(copy, O_RDONLY | O_CLOEXEC) : -1;
    if (s == OK && (fd < 0 || fstat(fd, &st) != 0))
        s = fail(BROKEN, "%s: %m", copy);
    if (s == OK) {
        b->m.db_size = st.st_size;
        s = seal_pieces(b, fd);
    }
    if (fd >= 0)
        close(fd);
    (void)unlink(copy);
    return s;
}

static status one_file(void *to, const void *row)
{
    const struct files_all_row *r = row;
    struct making *b = to;
    struct backup_file *f = &b->m.files[b->m.n_files];
    struct out hex = { .max = 2 * HASH_HEX };
    char id[ID_TEXT + 1], path[PATH_BYTES];
    status s;

    if (b->m.n_files == FILES_MOST)
        return fail(TOO_LARGE, "more than %d files", FILES_MOST);
    *f = (struct backup_file){ .id = r->id, .blob.size = r->size };
    out_hex(&hex, r->sha256.at, r->sha256.n);
    if (hex.n == HASH_HEX)
        memcpy(f->blob.name, hex.at, HASH_HEX);
    out_free(&hex);
    id_text(r->id, id);
    snprintf(path, sizeof path, "%s/files/%s/%s", b->v->dir, id + ID_TEXT - 2, id);
    s = store_put_file(&b->store, path, &f->blob);
    if (s == INVALID) {         /* all others are worth saving */
        fprintf(stderr, "lachan backup: file %s %s\n", id, fail_message());
        fail_clear();
        b->damaged++;
        return OK;
    }
    TRY(s);
    b->m.n_files++;
    return OK;
}

static status copy_files(struct making *b)
{
    b->m.files = calloc(FILES_MOST, sizeof b->m.files[0]);
    if (b->m.files == NULL)
        return fail(BUSY, "no memory for the list of files");
    return sql_files_all(b->in->ledger.db, one_file, b);
}

/* The head as it is now; the copy of the database may be a little newer, never older. */
static status name_log(struct making *b)
{
    struct ledger *l = &b->in->ledger;
    struct instance_row row;
    struct log_head_now head;

    TRY(sql_the_instance(l, &row));
    TRY(log_head_look(l, &head));
    b->m.origin = arena_copy(&b->v->arena, row.origin);
    b->m.log_size = head.size;
    b->m.log_root = head.root;
    TRY(db_schema(b->in->db, &b->m.schema));        /* of the database: a backup is made before an upgrade, too */
    b->m.made = clock_now_ms();
    return OK;
}

/* That it was made, and under which hash, stands in the log. */
static status note_made(struct making *b, struct str text)
{
    struct id object;
    uint8_t hash[32];

    vault_sha256(hash, PARTS(text));
    memcpy(object.b, hash, sizeof object.b);
    return act_note(&b->in->ledger, (struct act_info){ .act = "backup.made", .now = b->m.made, .object = object });
}

static status make_backup(struct making *b, struct str *name)
{
    char iso[CLOCK_TEXT];
    struct str text;

    TRY(name_log(b));
    TRY(copy_database(b));
    TRY(seal_keys(b));
    TRY(copy_files(b));
    text = manifest_write(&b->v->arena, &b->m, house_now(b->in->house));
    TRY(store_settle(&b->store));
    clock_utc_iso(b->m.made, iso);
    *name = arena_f(&b->v->arena, "%.4s%.2s%.2sT%.2s%.2s%.2s.%03lldZ", iso, iso + 5, iso + 8, iso + 11, iso + 14, iso + 17,
                    (long long)(b->m.made % 1000));
    TRY(store_put_snapshot(&b->store, *name, text));
    TRY(state_keep(b->v, b->in, &b->now));
    return note_made(b, text);
}

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

    if (to == NULL || !vault_base64_read(str_c(key), b.public.b, KEY_BYTES)) {
        fprintf(stderr, "lachan backup: --to REPO and --backup-key BASE64 are needed; \"lachan backup key --out FILE\" makes a key\n");
        return EXIT_USAGE;
    }
    if (instance_open(v, &in) != OK)
        return verb_failed(v, "the instance cannot be opened");
    b.in = &in;
    state_load(v, &in, &b.before);
    s = store_open(&b.store, to, true);
    if (s == OK)
        s = make_backup(&b, &name);
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

/* Without --log-key the signature is not held against anybody: whoever can write the folder could have made all of it. */
static status check_signature(struct verb *v, const struct manifest *m, struct str text)
{
    const char *typed = config_get(&v->config, "log-key", NULL);
    uint8_t log_pk[32];

    if (typed == NULL) {
        fprintf(stderr, "lachan backup: the signature was not checked; --log-key names the log's public key\n");
        return OK;
    }
    if (!vault_base64_read(str_c(typed), log_pk, sizeof log_pk))
        return fail(INVALID, "--log-key is not a public key");
    return signed_note_is_of(text, m->origin, log_pk) ? OK : fail(BROKEN, "it is not signed by that log: foreign, or altered");
}

static int verify_backup(struct verb *v, const char *path)
{
    struct store s;
    struct manifest m;
    struct str name, text;
    i64 bad;

    vault_start();
    if (store_open(&s, path, false) != OK ||
        store_snapshot(&s, &v->arena, str_c(config_get(&v->config, "snapshot", "")), &name, &text) != OK ||
        manifest_read(&v->arena, text, &m) != OK || check_signature(v, &m, text) != OK)
        return verb_failed(v, "bad");
    bad = check_blobs(&s, &m);
    if (bad > 0) {
        printf("bad: backup %.*s: %lld pieces are missing or damaged\n", (int)name.n, name.at, (long long)bad);
        return EXIT_FAILED;
    }
    printf("ok: backup %.*s: %zu pieces of database, %zu files, log of %lld entries\n", (int)name.n, name.at, m.n_pieces, m.n_files,
           (long long)m.log_size);
    return EXIT_FINE;
}

static int list_backups(struct verb *v, const char *path)
{
    struct snapshots list;
    struct store s;

    if (store_open(&s, path, false) != OK || store_snapshots(&s, &v->arena, &list) != OK)
        return verb_failed(v, "not listed");
    for (size_t i = 0; i < list.n; i++)
        printf("%.*s\n", (int)list.at[i].n, list.at[i].at);
    return EXIT_FINE;
}

static int prune_backups(struct verb *v, const char *path)
{
    struct store s;
    i64 days, gone;

    if (config_number(&v->config, "keep-days", KEEP_DAYS, 1, 3650, &days) != OK)
        return verb_failed(v, "nothing was done");
    vault_start();
    if (store_open(&s, path, false) != OK || store_prune(&s, &v->arena, clock_now_ms() - days * DAY_MS, &gone) != OK)
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
