/* Loads the migrations into SQLite and asks it what tables there are. */
#include "sqlc.h"

#include "../src/db/dialect.h"

#include <sodium.h>
#include <stdio.h>

static const char COLUMNS[] = "SELECT name, type, \"notnull\", pk FROM pragma_table_info(?1) ORDER BY cid";
static const char TABLES[] = "SELECT name, sql FROM sqlite_schema WHERE type = 'table' ORDER BY rowid";
static const char REFERENCES[] = "SELECT \"table\", coalesce(\"to\", ''), seq FROM pragma_foreign_key_list(?1)"
                                 " WHERE \"from\" = ?2";

static sqlite3_stmt *ask(sqlite3 *db, const char *sql)
{
    sqlite3_stmt *s = NULL;

    if (sqlite3_prepare_v2(db, sql, -1, &s, NULL) != SQLITE_OK)
        stop_at(NOWHERE, "%s", sqlite3_errmsg(db));
    return s;
}

static void bind(sqlite3_stmt *s, int i, struct str text)
{
    sqlite3_bind_text(s, i, text.at, (int)text.n, SQLITE_TRANSIENT);
}

static struct str text_of(sqlite3_stmt *s, int column)
{
    return arena_copy(sqlc_arena(), str_c((const char *)sqlite3_column_text(s, column)));
}

const struct table_def *schema_table(const struct schema *s, struct str name)
{
    for (size_t i = 0; i < s->n_tables; i++)
        if (str_eq(s->tables[i].name, name))
            return &s->tables[i];
    return NULL;
}

const struct field *field_by_name(const struct fields *fields, struct str name)
{
    for (size_t i = 0; i < fields->n; i++)
        if (str_eq(fields->at[i].name, name))
            return &fields->at[i];
    return NULL;
}

/* Does the column of `t`, which is in the making, refer to one that is an id? */
static bool refers_to_id(const struct schema *s, const struct table_def *t, struct str column)
{
    sqlite3_stmt *q = ask(s->sqlite, REFERENCES);
    bool is = false;

    bind(q, 1, t->name);
    bind(q, 2, column);
    while (sqlite3_step(q) == SQLITE_ROW) {
        struct str name = text_of(q, 0);
        const struct table_def *to = str_eq(name, t->name) ? t : schema_table(s, name);
        const struct field *f;
        int seq = sqlite3_column_int(q, 2);

        if (to == NULL || (size_t)seq >= to->n_key)
            continue;
        f = field_by_name(&to->columns, text_of(q, 1));
        is = is || (f ? f : &to->columns.at[to->key[seq]])->type == SQL_ID;
    }
    sqlite3_finalize(q);
    return is;
}

/* An id is a BYTEA column named "id", one that refers to an id, or one with the check that is spelt as below. */
static bool is_id(const struct schema *s, const struct table_def *t, struct str column, struct str create)
{
    struct str check = arena_f(sqlc_arena(), "length(%.*s) = 16", (int)column.n, column.at);
    struct str quoted = arena_f(sqlc_arena(), "length(\"%.*s\") = 16", (int)column.n, column.at);

    return str_is(column, "id") || str_find(create, check) < create.n || str_find(create, quoted) < create.n
        || refers_to_id(s, t, column);
}

static void add_column(const struct schema *s, struct table_def *t, sqlite3_stmt *q, struct str create)
{
    struct field f = { .name = text_of(q, 0), .type = SQL_BIGINT, .nullable = sqlite3_column_int(q, 2) == 0 };
    struct str type = text_of(q, 1);
    int pk = sqlite3_column_int(q, 3);

    if (t->columns.n == FIELDS_MAX || pk > KEYS_MAX)
        stop_at(NOWHERE, "table %s has too many columns", t->name.at);
    if (str_is(type, "BLOB"))
        f.type = is_id(s, t, f.name, create) ? SQL_ID : SQL_BYTEA;
    else if (str_is(type, "TEXT"))
        f.type = SQL_TEXT;
    if (pk > 0) {
        t->key[pk - 1] = t->columns.n;
        t->n_key++;
    }
    t->columns.at[t->columns.n++] = f;
}

static void column_to_end(struct table_def *t, struct str name)
{
    struct fields *c = &t->columns;
    size_t i = (size_t)(field_by_name(c, name) - c->at);
    struct field f = c->at[i];

    memmove(&c->at[i], &c->at[i + 1], (c->n - i - 1) * sizeof f);
    c->at[c->n - 1] = f;
}

/* Logged tables carry the house's mark. They need a key, because the log names rows by it. */
static void mark_logged(struct table_def *t)
{
    t->logged = field_by_name(&t->columns, STR("kgen")) && field_by_name(&t->columns, STR("mac"));
    if (!t->logged)
        return;
    column_to_end(t, STR("kgen"));
    column_to_end(t, STR("mac"));
    if (t->n_key == 0)
        stop_at(NOWHERE, "logged table %s has no primary key", t->name.at);
    for (size_t k = 0; k < t->n_key; k++)
        if (t->key[k] + 2 >= t->columns.n || t->columns.at[t->key[k]].nullable)
            stop_at(NOWHERE, "key of table %s: a column may be NULL, or stands behind kgen", t->name.at);
}

static void add_table(struct schema *s, struct str name, struct str create)
{
    struct table_def *t = &s->tables[s->n_tables];
    sqlite3_stmt *q = ask(s->sqlite, COLUMNS);

    if (s->n_tables == TABLES_MAX)
        stop_at(NOWHERE, "more than %d tables", TABLES_MAX);
    t->name = name;
    bind(q, 1, name);
    while (sqlite3_step(q) == SQLITE_ROW)
        add_column(s, t, q, create);
    sqlite3_finalize(q);
    mark_logged(t);
    s->n_tables++;
}

static void add_tables(struct schema *s)
{
    sqlite3_stmt *q = ask(s->sqlite, TABLES);

    while (sqlite3_step(q) == SQLITE_ROW)
        add_table(s, text_of(q, 0), text_of(q, 1));
    sqlite3_finalize(q);
}

static const char *base_name(const char *path)
{
    const char *slash = strrchr(path, '/');

    return slash ? slash + 1 : path;
}

static void hash(struct str text, char hex[65])
{
    uint8_t digest[crypto_hash_sha256_BYTES];

    crypto_hash_sha256(digest, (const uint8_t *)text.at, text.n);
    sodium_bin2hex(hex, 65, digest, sizeof digest);
}

/* SQLite tells where an error stands from 3.38 on. The loader keeps lines, so its line is the file's. */
static void apply(sqlite3 *db, const char *file, struct str text)
{
    struct out o = { .max = text.n * 2 + 1024 };
    sqlite3_stmt *s;
    const char *at;

    dialect_sqlite(text, &o);
    out_char(&o, '\0');
    for (at = o.at; *at != '\0'; ) {
        const char *rest;
        int offset;

        if (sqlite3_prepare_v2(db, at, -1, &s, &rest) != SQLITE_OK || (s != NULL && sqlite3_step(s) != SQLITE_DONE)) {
            offset = sqlite3_error_offset(db);
            offset = (offset > 0 ? offset : 0) + (int)(at - o.at);
            stop_at((struct place){ file, line_of(str_c(o.at), (size_t)offset) }, "%s", sqlite3_errmsg(db));
        }
        sqlite3_finalize(s);
        at = rest;
    }
    out_free(&o);
}

static void add_migration(struct schema *s, const char *file)
{
    struct migration_file *m = &s->migrations[s->n_migrations++];
    int last = s->n_migrations > 1 ? m[-1].n : 0;
    struct str name = str_c(base_name(file));
    i64 n;

    if (name.n < 9 || name.at[4] != '_' || !str_ends(name, STR(".sql")) || !str_i64(str_upto(name, 4), &n))
        stop_at((struct place){ file, 1 }, "a migration is named NNNN_what.sql");
    if (n != last + 1)
        stop_at((struct place){ file, 1 }, "is number %d: after %d comes %d", (int)n, last, last + 1);
    *m = (struct migration_file){ .n = (int)n, .name = name, .text = file_text(file, (struct place){ file, 1 }) };
    hash(m->text, m->sha256);
    apply(s->sqlite, file, m->text);
}

struct schema schema_load(char *const *files, size_t n)
{
    struct schema s = { .tables = NEW_N(sqlc_arena(), struct table_def, TABLES_MAX),
                        .migrations = NEW_N(sqlc_arena(), struct migration_file, n) };

    if (sqlite3_open(":memory:", &s.sqlite) != SQLITE_OK)
        stop_at(NOWHERE, "SQLite does not open");
    sqlite3_db_config(s.sqlite, SQLITE_DBCONFIG_DQS_DML, 0, NULL);
    sqlite3_db_config(s.sqlite, SQLITE_DBCONFIG_DQS_DDL, 0, NULL);
    for (size_t i = 0; i < n; i++)
        add_migration(&s, files[i]);
    add_tables(&s);
    return s;
}
