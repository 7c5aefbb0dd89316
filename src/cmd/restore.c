/* lachan restore: from a folder of backups to a new data folder, all of it or nothing. The log begins a new incarnation: its name
   gets a number, so that witnesses and heads kept elsewhere see that history went back, and nobody can pass it off as the old one. */
#include "ship.h"

#include "casework.sql.h"
#include "people.sql.h"
#include "tables.sql.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PATH_BYTES = 4096, SMALL_FILE = 64 * 1024, OLD_DAYS = 35 };

static const struct option options[] = {
    OPTION_DATA, OPTION_KEY, OPTION_S3,
    { "from", "REPO", "folder of backups, or s3:https://HOST/BUCKET/FOLDER" },
    { "secret", "FILE", "the offline key (\"lachan backup key\" made it)" },
    { "snapshot", "NAME", "this one instead of the newest" },
    { "until", "TIME", "as it was at this full hour, where it was shipped: 2026-11-24T14:00 (Asia/Ho_Chi_Minh), 2026-11-24T07:00Z or ...T14:00+07:00" },
    { "segment", "N", "up to this segment and no further" },
    { "max-age", "DAYS", "refuse one that is older (35)" },
    OPTION_HELP, OPTION_END,
};

struct restoring {
    struct verb *v;
    struct store store;
    struct manifest m;
    struct pair pair;
    const char *beside;                 /* DIR.restoring: becomes DIR at the end */
    struct house *house;
    struct replay replay;               /* what was shipped behind the backup */
    uint8_t keys[HOUSE_GENERATIONS][32];
    bool began;                         /* `beside` is of this try */
    i64 lost;                           /* files that have a row and are not there */
};

static status read_secret(struct restoring *r, const char *path)
{
    struct str text, word;

    TRY(file_read(&r->v->arena, path, SMALL_FILE, &text));
    text = str_trim(text);
    if (!str_starts(text, STR("lachan-backup-key 1 ")))
        return fail(INVALID, "%s is not an offline key", path);
    word = str_from(text, 20);
    if (!str_from_hex(word, r->pair.secret.b, KEY_BYTES))
        return fail(INVALID, "%s is damaged", path);
    vault_pair_of_secret(&r->pair);
    return OK;
}

/* Foreign: signed by another house than that of the key file. */
static status check_house(const struct restoring *r, struct str text)
{
    for (size_t i = 0; i < r->house->n; i++)
        if (signed_note_is_of(text, r->m.origin, r->house->gen[i].log_pk))
            return OK;
    for (size_t i = 0; i < r->house->n; i++)
        if (signed_note_names(text, r->m.origin, r->house->gen[i].log_pk))
            return fail(BROKEN, "the backup is not signed by the house of this key file: it was altered");
    return fail(BROKEN, "the backup is signed by no line of this key file. One may be missing: the newest, which the last turn of the key added, or one "
                        "that was retired (put it, from its print, in front of the others). If none is, the backup is foreign, or was altered");
}

static status check_age(struct restoring *r)
{
    i64 days, age = clock_now_ms() - r->m.made;

    TRY(config_number(&r->v->config, "max-age", OLD_DAYS, 1, 36500, &days));
    if (age > days * DAY_MS)
        return fail(INVALID, "the backup is %lld days old: say --max-age %lld if that is meant", (long long)(age / DAY_MS),
                    (long long)age / DAY_MS + 1);
    if (r->m.schema > app_schema())
        return fail(INVALID, "the backup is of a newer program (schema %lld, this one knows %lld)", (long long)r->m.schema, (long long)app_schema());
    return OK;
}

/* Before the first byte is written. */
static status check_blobs(const struct restoring *r)
{
    for (size_t i = 0; i < r->m.n_pieces; i++)
        TRY(store_check(&r->store, &r->m.pieces[i]));
    for (size_t i = 0; i < r->m.n_files; i++)
        TRY(store_check(&r->store, &r->m.files[i].blob));
    for (size_t i = 0; i < r->replay.n_files; i++)
        TRY(store_check(&r->store, &r->replay.files[i].blob));
    return store_check(&r->store, &r->m.keys);
}

static status check_secret(const struct restoring *r)
{
    struct key fk;
    status s = vault_unwrap(&r->pair, backup_ctx_seal(), r->m.sealed, &fk);

    explicit_bzero(&fk, sizeof fk);
    return s == OK ? OK : fail(BROKEN, "the backup does not open with this secret: it was sealed to another key");
}

static status read_until(struct restoring *r, i64 *until)
{
    const char *typed = config_get(&r->v->config, "until", NULL);

    *until = INT64_MAX;
    if (typed == NULL)
        return OK;
    if (!clock_of_zoned_iso(str_c(typed), until))
        return fail(INVALID, "--until cannot be read: \"%s\". It is a full hour, like 2026-11-24T14:00 (in the zone %s), 2026-11-24T14:00+07:00 or "
                    "2026-11-24T07:00Z", typed, verb_zone(r->v));
    if (clock_hour_floor(*until) != *until)
        return fail(INVALID, "--until is a full hour like 2026-11-24T14:00, not \"%s\": nothing tells when a child wrote, so nothing finer is known",
                    typed);
    return OK;
}

/* The one that was named, or the one that leads to the newest state. */
static status find_snapshot(struct restoring *r, i64 until, struct str *name, struct str *text)
{
    const char *wanted = config_get(&r->v->config, "snapshot", NULL);
    struct chosen c;

    if (wanted != NULL) {
        TRY(store_snapshot(&r->store, &r->v->arena, str_c(wanted), name, text));
        return manifest_read(&r->v->arena, *text, &r->m);
    }
    TRY(shipped_choose(&r->store, &r->v->arena, until, &c));
    if (c.passed.n)
        fprintf(stderr, "Backup %.*s is newer than base %.*s, but what was shipped behind that reaches further. --snapshot %.*s takes the backup.\n",
                (int)c.passed.n, c.passed.at, (int)c.name.n, c.name.at, (int)c.passed.n, c.passed.at);
    *name = c.name;
    *text = c.text;
    r->m = c.m;
    return OK;
}

/* One lost segment does not take along what came before it, but that is for a person to say. */
static status or_what_was_before(struct restoring *r, status s)
{
    if (s != BROKEN || r->replay.last < r->m.needs)
        return s;
    return fail(BROKEN, "%s; what came before it, and no more, is restored by --segment %lld", arena_f(&r->v->arena, "%s", fail_message()).at,
                (long long)r->replay.last);
}

static status check_shipped(struct restoring *r, i64 until)
{
    if (r->m.line[0] == '\0')
        return until == INT64_MAX && config_get(&r->v->config, "segment", NULL) == NULL ? OK :
               fail(INVALID, "nothing was shipped behind this backup, so --until and --segment cannot be met: name it by --snapshot");
    for (size_t i = 0; i < r->house->n; i++)
        memcpy(r->keys[i], r->house->gen[i].log_pk, sizeof r->keys[i]);
    r->replay = (struct replay){ .store = &r->store, .m = &r->m, .pair = &r->pair, .keys = (const uint8_t (*)[32])r->keys,
                                 .n_keys = r->house->n, .until = until };
    TRY(config_number(&r->v->config, "segment", INT64_MAX, 1, INT64_MAX, &r->replay.most));
    return or_what_was_before(r, replay_check(&r->replay, &r->v->arena));
}

static status open_keys(struct restoring *r, const struct key **keys)
{
    struct str boxed, plain;
    struct key fk;

    if (vault_unwrap(&r->pair, backup_ctx_seal(), r->m.sealed, &fk) != OK)
        return fail(BROKEN, "the backup does not open with this secret: it was sealed to another key");
    TRY(store_get(&r->store, &r->v->arena, &r->m.keys, &boxed));
    TRY(vault_unbox(&r->v->arena, &fk, backup_ctx_keys(), boxed, &plain));
    if (plain.n != r->m.n_pieces * sizeof(struct key))
        return fail(BROKEN, "the backup has not a key for each of its pieces");
    *keys = (const struct key *)(const void *)plain.at;
    return OK;
}

static status write_piece(struct restoring *r, const struct blob *b, const struct key *ck, int fd, struct vault_sha256_run *run)
{
    struct arena scratch = arena_make(8 * PIECE_BYTES);
    struct str boxed, plain = STR("");
    status s = store_get(&r->store, &scratch, b, &boxed);

    if (s == OK)
        s = vault_unbox(&scratch, ck, backup_ctx_piece(), boxed, &plain);
    if (s == OK) {
        vault_sha256_add(run, plain.at, plain.n);
        if (!file_write(fd, plain))
            s = fail(BROKEN, "writing the database: %m");
    }
    arena_free(&scratch);
    return s;
}

static status write_database(struct restoring *r)
{
    const char *path = arena_f(&r->v->arena, "%s/lachan.db", r->beside).at;
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    const struct key *keys = NULL;
    struct vault_sha256_run run;
    struct out hex = { .max = 2 * HASH_HEX };
    uint8_t hash[32];
    status s = fd < 0 ? fail(BROKEN, "%s: %m", path) : open_keys(r, &keys);
    bool same;

    vault_sha256_begin(&run);
    for (size_t i = 0; i < r->m.n_pieces && s == OK; i++)
        s = write_piece(r, &r->m.pieces[i], &keys[i], fd, &run);
    vault_sha256_end(&run, hash);
    out_hex(&hex, hash, sizeof hash);
    same = memcmp(hex.at, r->m.db_sha256, HASH_HEX) == 0;
    out_free(&hex);
    if (s == OK && !same)
        s = fail(BROKEN, "the database is not the one that was saved");
    if (s == OK && fsync(fd) != 0)
        s = fail(BROKEN, "%s: %m", path);
    if (fd >= 0)
        close(fd);
    return s;
}

static status make_dir(const char *path)
{
    return mkdir(path, 0700) == 0 || errno == EEXIST ? OK : fail(BROKEN, "%s cannot be made: %m", path);
}

static status write_files(struct restoring *r)
{
    char path[PATH_BYTES], id[ID_TEXT + 1];

    snprintf(path, sizeof path, "%s/files", r->beside);
    TRY(make_dir(path));
    for (size_t i = 0; i < r->m.n_files + r->replay.n_files; i++) {
        const struct backup_file *f = i < r->m.n_files ? &r->m.files[i] : &r->replay.files[i - r->m.n_files];

        id_text(f->id, id);
        snprintf(path, sizeof path, "%s/files/%s", r->beside, id + ID_TEXT - 2);      /* as casework/upload.c lays them */
        TRY(make_dir(path));
        snprintf(path, sizeof path, "%s/files/%s/%s", r->beside, id + ID_TEXT - 2, id);
        TRY(store_get_file(&r->store, &f->blob, path));
    }
    return OK;
}

/* "lachan/1f.." becomes "lachan/1f../2", then "../3". */
static struct str next_origin(struct arena *a, struct str origin)
{
    struct str rest = origin, piece;
    i64 n = 1;

    for (int slashes = 0; str_cut(&rest, '/', &piece); slashes++)
        if (slashes == 2 && (!str_i64(piece, &n) || n < 2))
            n = 1;
    if (n == 1)
        return arena_f(a, "%.*s/2", (int)origin.n, origin.at);
    return arena_f(a, "%.*s%lld", (int)(origin.n - arena_f(a, "%lld", (long long)n).n), origin.at, (long long)(n + 1));
}

static status begin_incarnation(struct instance *in)
{
    struct instance_row row;

    TRY(sql_the_instance(&in->ledger, &row));
    TRY(act_begin(&in->ledger, (struct act_info){ .act = "instance.restored", .now = clock_now_ms() }));
    TRY(row_delete(&in->ledger, &table_instance, &row));       /* its name is its key */
    row.origin = next_origin(&in->arena, row.origin);
    TRY(row_insert(&in->ledger, &table_instance, &row));
    return act_commit(&in->ledger);
}

/* Evidence follows the segments and may be behind them: what has not arrived is said, not passed over. */
static status one_file(void *to, const void *row)
{
    const struct files_all_row *f = row;
    struct restoring *r = to;
    char path[PATH_BYTES], id[ID_TEXT + 1];
    struct stat st;

    id_text(f->id, id);
    snprintf(path, sizeof path, "%s/files/%s/%s", r->beside, id + ID_TEXT - 2, id);
    if (stat(path, &st) == 0)
        return OK;
    fprintf(stderr, "lachan restore: evidence %s had not been shipped yet\n", id);
    r->lost++;
    return OK;
}

static status look_for_files(struct restoring *r, struct instance *in)
{
    return sql_files_all(in->ledger.db, one_file, r);
}

/* What was restored must prove itself before it takes its place. */
static status prove(struct restoring *r)
{
    struct audit audit = { 0 };
    struct instance in;
    const char *dir = r->v->dir;
    status s;

    r->v->dir = r->beside;
    s = instance_open(r->v, &in);
    if (s == OK)
        s = app_migrate(in.db);         /* made by an older program */
    if (s == OK)
        s = look_for_files(r, &in);
    if (s == OK)
        s = audit_verify(&in.ledger, tables, &audit);
    if (s == BROKEN && audit.bad.n)
        s = fail(BROKEN, "the restored database does not prove itself: %.*s", (int)audit.bad.n, audit.bad.at);
    if (s == OK)
        s = begin_incarnation(&in);
    instance_close(&in);
    r->v->dir = dir;
    return s;
}

static status sync_all(const struct restoring *r)
{
    int fd = open(r->beside, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    bool done = fd >= 0 && syncfs(fd) == 0;

    if (fd >= 0)
        close(fd);
    return done ? OK : fail(BROKEN, "%s: %m", r->beside);
}

/* What was shipped is whole: nobody stays signed in by it, and nothing is under way. */
static status go_forward(struct restoring *r)
{
    const char *path = arena_f(&r->v->arena, "%s/lachan.db", r->beside).at;

    if (r->m.line[0] == '\0')
        return OK;
    TRY(replay_apply(&r->replay, &r->v->arena, path));
    return db_empty(path, backup_left_out);
}

/* Two servers may have shipped into one repository; which of them is meant only a person knows. */
static void tell_beside(const struct restoring *r)
{
    struct shipped other;
    bool beside;

    if (r->m.line[0] != '\0' && shipped_beside(&r->store, &r->v->arena, r->m.line, &other, &beside) == OK && beside)
        fprintf(stderr, "Another server shipped at the same time: line %s. If that is the right one, \"lachan backup list\" shows its bases, and --snapshot takes one.\n",
                other.line);
    fail_clear();
}

static status restore(struct restoring *r, struct str *name)
{
    struct config *c = &r->v->config;
    char path[PATH_BYTES];
    struct str text;
    i64 until;

    TRY(read_until(r, &until));
    TRY(house_load(config_get(c, "key-file", NULL), &r->house));
    TRY(read_secret(r, config_get(c, "secret", NULL)));
    TRY(store_open(&r->store, config_get(c, "from", NULL), config_get(c, "s3-key", NULL), false));
    TRY(find_snapshot(r, until, name, &text));
    TRY(check_house(r, text));
    TRY(check_age(r));
    TRY(check_shipped(r, until));
    TRY(check_blobs(r));
    TRY(check_secret(r));
    tell_beside(r);
    if (mkdir(r->beside, 0700) != 0)
        return fail(CONFLICT, errno == EEXIST ? "%s is there, left by an earlier try: it must go first, unless another restore is at work there" : "%s cannot be made: %m", r->beside);
    r->began = true;
    snprintf(path, sizeof path, "%s/keys", r->beside);
    TRY(make_dir(path));
    TRY(write_database(r));
    TRY(go_forward(r));
    TRY(write_files(r));
    TRY(prove(r));
    TRY(sync_all(r));
    return rename(r->beside, r->v->dir) == 0 ? OK : fail(BROKEN, "%s cannot get its name: %m", r->beside);
}

static void print_restored(const struct restoring *r, struct str name)
{
    char iso[CLOCK_TEXT];

    printf("restored backup %.*s to %s: %lld bytes of database, %zu files, log of %lld entries\n", (int)name.n, name.at, r->v->dir,
           (long long)r->m.db_size, r->m.n_files, (long long)r->m.log_size);
    if (r->m.line[0] == '\0')
        return;
    clock_zoned_iso(r->replay.made, iso);
    printf("and what was shipped behind it: line %s up to segment %lld of the hour from %s (%s), %zu files, %lld that had not arrived\n", r->m.line,
           (long long)r->replay.last, iso, verb_zone(r->v), r->replay.n_files, (long long)r->lost);
}

int cmd_restore(int argc, char **argv)
{
    struct verb v = { .name = "restore", .options = options,
                      .usage = "--from REPO --secret FILE --key-file FILE --data NEWDIR [--snapshot NAME] [--until TIME]", .older = true };
    struct restoring r = { .v = &v };
    struct config *c = &v.config;
    struct str name;
    struct stat st;
    int code;
    status s;

    if (!verb_begin(&v, argc, argv, &code))
        return code;
    if (!config_get(c, "from", NULL) || !config_get(c, "secret", NULL) || !config_get(c, "key-file", NULL) || c->n_args) {
        fprintf(stderr, "usage: lachan restore %s\n", v.usage);
        return EXIT_USAGE;
    }
    vault_start();
    if (stat(v.dir, &st) == 0) {
        fprintf(stderr, "lachan restore: %s is there already: restore into a new folder, or move that one away\n", v.dir);
        return EXIT_FAILED;
    }
    r.beside = arena_f(&v.arena, "%.*s.restoring", (int)strlen(v.dir) - (int)(v.dir[0] != '\0' && v.dir[1] != '\0' && v.dir[strlen(v.dir) - 1] == '/'), v.dir).at;
    s = restore(&r, &name);
    explicit_bzero(&r.pair.secret, sizeof r.pair.secret);
    free(r.replay.files);
    store_close(&r.store);
    if (r.house != NULL)
        house_free(r.house);
    if (s != OK) {
        code = verb_failed(&v, "nothing was restored");
        if (r.began)
            fprintf(stderr, "%s is left of it and holds the database in the clear: remove it before the next try.\n", r.beside);
        return code;
    }
    print_restored(&r, name);
    if (!file_sync_folder(r.beside)) {      /* beside: without a slash at its end */
        fprintf(stderr, "lachan restore: it has its name, but whether that survives a power cut is not known: %m\n");
        code = EXIT_FAILED;
    }
    fprintf(stderr, "The log has a new name, so its witnesses will raise an alarm: tell them why. Everybody signs in anew.\n");
    return code;
}
