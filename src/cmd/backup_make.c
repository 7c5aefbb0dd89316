/* One backup: the database piece by piece, evidence as it lies, and a signed description of it. */
#include "backup.h"

#include "../base/room.h"
#include "../ledger/look.h"

#include "casework.sql.h"
#include "people.sql.h"
#include "tables.sql.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PATH_BYTES = 4096, STATE_BYTES = 512 << 20, FILES_MOST = 4 << 20 };

/* What lives for minutes only, or says who has what open, is in no backup. */
const char *const backup_left_out[] = { "sessions", "idem", "totp_used", "presence", "jobs", NULL };

/* -- what earlier backups sealed already ------------------------------------------------------------------------------------------ */

/* DIR/keys/backup.state: for each piece of database the hash of what is in it, its name and its key; boxed under the house's key
   for jobs, for the keys open the pieces. Losing it costs space, nothing else. */
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

        if (b->stops != NULL && b->stops(b->to))
            return fail(BUSY, "told to stop");
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

/* A copy that a killed backup left holds what may have been erased since, and room that the disk needs. */
static void drop_left_copies(const char *data_dir)
{
    DIR *dir = opendir(data_dir);
    struct dirent *e;

    while (dir != NULL && (e = readdir(dir)) != NULL) {
        struct str name = str_c(e->d_name), pid;
        char path[PATH_BYTES];
        i64 number;

        if (!str_starts(name, STR(".backup-")))
            continue;
        name = str_from(name, 8);
        if (!str_cut(&name, '.', &pid) || !str_i64(pid, &number) || number < 1 || number > INT32_MAX)
            continue;
        if (kill((pid_t)number, 0) != 0 && errno == ESRCH && snprintf(path, sizeof path, "%s/%s", data_dir, e->d_name) < (int)sizeof path)
            (void)unlink(path);
    }
    if (dir != NULL)
        closedir(dir);
}

/* The copy must not eat what is kept for the words of children: it waits until there is room. */
static status room_to_copy(struct making *b)
{
    const char *path = arena_f(&b->v->arena, "%s/lachan.db", b->v->dir).at;
    struct stat st;
    i64 megabytes, bytes = stat(path, &st) == 0 ? (i64)st.st_size : 0;

    TRY(config_number(&b->v->config, "reserve", RESERVE_MB, 0, 1 << 20, &megabytes));
    if (room_for_copy(b->v->dir, megabytes << 20, bytes))
        return OK;
    return fail(FULL, "the copy of the database needs %lld MB in %s beside what is kept for reports: make room", (long long)(bytes >> 20) + 1, b->v->dir);
}

static status copy_database(struct making *b)
{
    static const char *const nothing[] = { NULL };
    const char *copy = arena_f(&b->v->arena, "%s/.backup-%d.db", b->v->dir, getpid()).at;
    struct stat st;
    status s;
    int fd;

    drop_left_copies(b->v->dir);
    TRY(room_to_copy(b));
    s = db_snapshot(b->in->db, copy, b->whole ? nothing : backup_left_out);
    if (s == OK && b->copied != NULL)
        s = b->copied(b, b->to);
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

status backup_key_read(const char *typed, struct key *public)
{
    if (vault_base64_read(str_c(typed), public->b, KEY_BYTES))
        return OK;
    return fail(INVALID, "backup-key is no public key: it has %zu characters, and a key is 44 of base64, the last of them \"=\", as "
                "\"lachan backup key\" printed it", strlen(typed));
}

/* What of a path is there, without symbolic links: a repository is made where it is missing. */
static const char *real_part(struct arena *a, const char *path)
{
    char real[PATH_MAX], part[PATH_MAX], *slash;

    if (snprintf(part, sizeof part, "%s", path) >= (int)sizeof part)
        return "";
    while (realpath(part, real) == NULL) {
        slash = strrchr(part, '/');
        if (slash == NULL)
            return realpath(".", real) != NULL ? arena_f(a, "%s", real).at : "";
        slash[slash == part] = '\0';
        if (slash == part && realpath("/", real) == NULL)
            return "";
    }
    return arena_f(a, "%s", real).at;
}

static bool lies_in(const char *path, const char *folder)
{
    size_t n = strlen(folder);

    return n > 0 && strncmp(path, folder, n) == 0 && (path[n] == '\0' || path[n] == '/');
}

status backup_apart(struct arena *a, const char *data_dir, const char *repo)
{
    static const char *const folders[] = { "", "/files", "/keys", "/content" };       /* each may be a link to another disk */
    const char *real;

    if (strncmp(repo, "s3:", 3) == 0)
        return OK;
    real = real_part(a, repo);
    for (size_t i = 0; i < COUNT_OF(folders); i++) {
        char folder[PATH_MAX];

        if (realpath(arena_f(a, "%s%s", data_dir, folders[i]).at, folder) != NULL && lies_in(real, folder))
            return fail(INVALID, "%s lies in %s, which is what is saved: a backup belongs on another disk, best on another machine", repo, folder);
    }
    return OK;
}

status backup_make(struct making *b, struct str *name)
{
    char iso[CLOCK_TEXT];
    struct str text;

    state_load(b->v, b->in, &b->before);
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
