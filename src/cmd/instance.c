/* The folder of an instance: DIR/lachan.db, files/, keys/, lachan.conf, content/. */
#include "cmd.h"

#include "../outbox/mail.h"
#include "../takedown/takedown.h"

#include "people.sql.h"
#include "tables.sql.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

enum { INSTANCE_ARENA = 256 << 20 };

const char *instance_key_path(struct verb *v)
{
    return config_get(&v->config, "key-file", arena_f(&v->arena, "%s/keys/inst.key", v->dir).at);
}

static status make_dir(struct verb *v, const char *below)
{
    struct str path = arena_f(&v->arena, "%s%s", v->dir, below);

    if (mkdir(path.at, 0700) == 0 || errno == EEXIST)
        return OK;
    return fail(BROKEN, "%s cannot be made: %m", path.at);
}

static status open_db(struct verb *v, struct db **db)
{
    return app_open_db(v->dir, config_get(&v->config, "db", NULL), db);
}

static status open_ledger(struct verb *v, struct instance *in)
{
    TRY(house_load(instance_key_path(v), &in->house));
    TRY(open_db(v, &in->db));
    TRY(app_check_schema(in->db, v->older));
    TRY(conn_open(in->db, &in->conn));
    in->secrets = secrets_make();
    in->arena = arena_make(INSTANCE_ARENA);
    conn_use(in->conn, &in->arena);
    in->ledger = (struct ledger){ .db = in->conn, .house = in->house, .arena = &in->arena, .secrets = in->secrets };
    return OK;
}

status instance_open(struct verb *v, struct instance *in)
{
    struct app_settings settings = { .data_dir = v->dir, .child_title = str_c(config_get(&v->config, "title", "Ghi chú")),
                                     .head_file = arena_f(&v->arena, "%s.head", instance_key_path(v)).at,
                                     .exit_url = config_get(&v->config, "exit-url", "https://www.google.com/"),
                                     .public_url = config_get(&v->config, "public-url", NULL),
                                     .smtp_url = config_get(&v->config, "smtp-url", NULL),
                                     .smtp_from = config_get(&v->config, "smtp-from", NULL),
                                     .webhook_private = config_set(&v->config, "webhook-private"),
                                     .fetch_helper = config_get(&v->config, "fetch-helper", NULL),
                                     .duty_hours = config_get(&v->config, "duty-hours", "always"),
                                     .secure = config_set(&v->config, "behind-proxy") || config_get(&v->config, "tls-cert", NULL) };
    struct stat st;

    *in = (struct instance){ .lock_fd = -1 };
    vault_start();
    if (stat(v->dir, &st) != 0)
        return fail(NOT_FOUND, "%s does not exist: run \"lachan init --data %s\" first", v->dir, v->dir);
    if (settings.public_url != NULL && !web_origin_ok(str_c(settings.public_url)))
        return fail(INVALID, "public-url is https:// and a host, and ends there: https://lachan.example");
    TRY(mail_settings_check(settings.smtp_url, settings.smtp_from));
    TRY(takedown_check_settings(settings.fetch_helper));
    TRY(open_ledger(v, in));
    TRY(app_load_content());
    app_make(&in->app, &settings, in->db, in->house);
    return OK;
}

void instance_step(struct instance *in)
{
    act_abort(&in->ledger);
    arena_reset(&in->arena, true);
    secrets_wipe(in->secrets);
    fail_clear();
}

void instance_close(struct instance *in)
{
    if (in->conn != NULL)
        conn_close(in->conn);
    if (in->db != NULL)
        db_close(in->db);
    if (in->secrets != NULL)
        secrets_free(in->secrets);
    if (in->arena.first != NULL)
        arena_free(&in->arena);
    if (in->house != NULL)
        house_free(in->house);
    if (in->lock_fd >= 0)
        close(in->lock_fd);
}

status instance_lock(struct verb *v, struct instance *in)
{
    struct str path = arena_f(&v->arena, "%s/lock", v->dir);
    int kind = db_kind(in->db) == DB_SQLITE ? LOCK_EX : LOCK_SH;

    in->lock_fd = open(path.at, O_CREAT | O_RDWR | O_CLOEXEC, 0600);
    if (in->lock_fd < 0)
        return fail(BROKEN, "%s cannot be opened: %m", path.at);
    if (flock(in->lock_fd, kind | LOCK_NB) != 0)
        return fail(BUSY, "%s is in use by another \"lachan serve\"", v->dir);
    return OK;
}

/* The first row: name of the log, and the salt of all codes. */
static status first_row(struct instance *in)
{
    struct instance_row row, there;
    uint8_t salt[SALT_BYTES], name[8];
    struct out o = { .max = 64 };
    status s = sql_the_instance(&in->ledger, &there);

    if (s != NOT_FOUND)
        return s;
    random_bytes(salt, sizeof salt);
    random_bytes(name, sizeof name);
    out_c(&o, "lachan/");
    out_hex(&o, name, sizeof name);
    row = (struct instance_row){ .origin = arena_copy(&in->arena, out_done(&o)), .rep_salt = str_of(salt, sizeof salt) };
    out_free(&o);
    TRY(act_begin(&in->ledger, (struct act_info){ .act = "instance.new", .now = clock_now_ms() }));
    TRY(row_insert(&in->ledger, &table_instance, &row));
    return act_commit(&in->ledger);
}

/* A new key would open nothing of a database that has one, and what it marked would be foreign there for ever. */
static status has_no_key_yet(struct verb *v, struct db *db)
{
    struct instance_rows_row rows;
    struct conn *conn;
    status s;

    TRY(conn_open(db, &conn));
    conn_use(conn, &v->arena);
    s = sql_instance_rows(conn, &rows);
    conn_close(conn);
    TRY(s);
    return rows.n == 0 ? OK : fail(CONFLICT, "the database is there, and its key is not at %s: --key-file says where it is", instance_key_path(v));
}

status instance_create(struct verb *v, bool *fresh)
{
    struct instance in = { .lock_fd = -1 };
    struct stat st;
    status s;

    vault_start();
    TRY(make_dir(v, ""));
    TRY(make_dir(v, "/files"));
    TRY(make_dir(v, "/keys"));
    *fresh = stat(instance_key_path(v), &st) != 0;
    TRY(open_db(v, &in.db));
    s = app_migrate(in.db);
    if (s == OK && *fresh)
        s = has_no_key_yet(v, in.db);
    db_close(in.db);
    TRY(s);
    in.db = NULL;
    if (*fresh)
        TRY(house_create(instance_key_path(v)));
    s = open_ledger(v, &in);
    if (s == OK)
        s = first_row(&in);
    instance_close(&in);
    return s;
}

void instance_ctx(struct instance *in, struct ctx *c, i64 now)
{
    *c = (struct ctx){ .arena = &in->arena, .ledger = &in->ledger, .app = &in->app, .now = now };
}
