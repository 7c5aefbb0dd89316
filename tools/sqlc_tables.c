/* C for the tables: row structs, the statements by which ledger/ reads and writes a logged row, and the migrations
   themselves, which the program carries. */
#include "sqlc.h"

static const char *name(const struct table_def *t)
{
    return t->name.at;      /* ends in 0, as all names that SQLite gave */
}

static void emit_row(struct out *o, const struct table_def *t)
{
    out_f(o, "struct %s_row {\n", name(t));
    emit_members(o, &t->columns);
    out_f(o, "%s};\n\n", t->logged ? "    bool altered;      /* set by the ledger: the content was wiped */\n" : "");
    out_f(o, "struct %s_rows {\n    struct %s_row *at;\n    size_t n;\n};\n\n", name(t), name(t));
    out_f(o, "extern const struct sql_column %s_table_columns[];\nextern const struct table table_%s;\n\n",
          name(t), name(t));
}

void emit_tables_header(const struct schema *s, struct out *o)
{
    out_c(o, "/* Made by sqlc from the migrations. */\n#pragma once\n\n#include \"db/db.h\"\n\n"
             "extern const struct migration migrations[];\nextern const size_t migrations_n;\n\n"
             "/* All tables, ended by NULL; and the statements of the logged ones, for db_register. */\n"
             "extern const struct table *const tables[];\nextern const struct stmt *const tables_sql[];\n\n");
    for (size_t i = 0; i < s->n_tables; i++)
        emit_row(o, &s->tables[i]);
}

/* -- statements of a logged table --------------------------------------------------------------- */

struct text {               /* a statement in the making, for one database */
    struct out out;
    char mark;              /* of a parameter: ? or $ */
    size_t n;               /* parameters so far */
};

static void quoted(struct text *x, const char *before, const struct field *f)
{
    out_f(&x->out, "%s\"%.*s\"", before, (int)f->name.n, f->name.at);
}

static void equals(struct text *x, const char *before, const struct field *f)
{
    quoted(x, before, f);
    out_f(&x->out, " = %c%zu", x->mark, ++x->n);
}

static bool in_key(const struct table_def *t, size_t column)
{
    for (size_t k = 0; k < t->n_key; k++)
        if (t->key[k] == column)
            return true;
    return false;
}

static void where_key(struct text *x, const struct table_def *t)
{
    for (size_t k = 0; k < t->n_key; k++)
        equals(x, k ? " AND " : " WHERE ", &t->columns.at[t->key[k]]);
}

static void by_key(struct text *x, const struct table_def *t)
{
    for (size_t i = 0; i < t->columns.n; i++)
        quoted(x, i ? ", " : "SELECT ", &t->columns.at[i]);
    out_f(&x->out, " FROM \"%s\"", name(t));
    where_key(x, t);
}

static void insert(struct text *x, const struct table_def *t)
{
    out_f(&x->out, "INSERT INTO \"%s\"", name(t));
    for (size_t i = 0; i < t->columns.n; i++)
        quoted(x, i ? ", " : " (", &t->columns.at[i]);
    for (size_t i = 0; i < t->columns.n; i++)
        out_f(&x->out, "%s%c%zu", i ? ", " : ") VALUES (", x->mark, i + 1);
    out_c(&x->out, ")");
}

static void update(struct text *x, const struct table_def *t)
{
    const char *before = " SET ";

    out_f(&x->out, "UPDATE \"%s\"", name(t));
    for (size_t i = 0; i < t->columns.n; i++)
        if (!in_key(t, i)) {
            equals(x, before, &t->columns.at[i]);
            before = ", ";
        }
    where_key(x, t);
    equals(x, " AND ", &t->columns.at[t->columns.n - 1]);
}

static void remove_row(struct text *x, const struct table_def *t)
{
    out_f(&x->out, "DELETE FROM \"%s\"", name(t));
    where_key(x, t);
    equals(x, " AND ", &t->columns.at[t->columns.n - 1]);
}

static void all_rows(struct text *x, const struct table_def *t)
{
    for (size_t i = 0; i < t->columns.n; i++)
        quoted(x, i ? ", " : "SELECT ", &t->columns.at[i]);
    out_f(&x->out, " FROM \"%s\"", name(t));
    for (size_t k = 0; k < t->n_key; k++)
        quoted(x, k ? ", " : " ORDER BY ", &t->columns.at[t->key[k]]);
}

/* Some rows in the order of the key: the first ones, or those behind a key. */
static void first_rows(struct text *x, const struct table_def *t)
{
    all_rows(x, t);
    out_c(&x->out, " LIMIT 200");
}

static void rows_after(struct text *x, const struct table_def *t)
{
    for (size_t i = 0; i < t->columns.n; i++)
        quoted(x, i ? ", " : "SELECT ", &t->columns.at[i]);
    out_f(&x->out, " FROM \"%s\"", name(t));
    for (size_t k = 0; k < t->n_key; k++)
        quoted(x, k ? ", " : " WHERE (", &t->columns.at[t->key[k]]);
    for (size_t k = 0; k < t->n_key; k++)
        out_f(&x->out, "%s%c%zu", k ? ", " : ") > (", x->mark, ++x->n);
    for (size_t k = 0; k < t->n_key; k++)
        quoted(x, k ? ", " : ") ORDER BY ", &t->columns.at[t->key[k]]);
    out_c(&x->out, " LIMIT 200");
}

/* The statements. Parameters are columns of the row, in the order in which the texts above count them. */
static const struct verb {
    const char *name;
    void (*write)(struct text *, const struct table_def *);
    bool values, keys, mac, mac_read;       /* parameters: all columns, or all but the key; the key; the mac */
    bool rows;                              /* gives rows */
} verbs[] = {
    { .name = "by_key", .write = by_key, .keys = true, .rows = true },
    { .name = "all", .write = all_rows, .rows = true },
    { .name = "first", .write = first_rows, .rows = true },
    { .name = "after", .write = rows_after, .keys = true, .rows = true },
    { .name = "insert", .write = insert, .values = true },
    { .name = "update", .write = update, .values = true, .keys = true, .mac_read = true },
    { .name = "remove", .write = remove_row, .keys = true, .mac = true },
};

static size_t emit_params(struct out *o, const struct table_def *t, const struct verb *v)
{
    size_t n = 0;

    out_f(o, "static const struct sql_column %s_%s_params[] = {\n", name(t), v->name);
    for (size_t i = 0; v->values && i < t->columns.n; i++)
        if (!v->keys || !in_key(t, i)) {
            emit_column(o, &t->columns.at[i], "struct ", t->name, "_row");
            n++;
        }
    for (size_t k = 0; v->keys && k < t->n_key; k++, n++)
        emit_column(o, &t->columns.at[t->key[k]], "struct ", t->name, "_row");
    if (v->mac)
        emit_column(o, &t->columns.at[t->columns.n - 1], "struct ", t->name, "_row");
    if (v->mac_read)
        out_f(o, "    { \"mac that was read\", SQL_BYTEA, false, sizeof(struct %s_row) },\n", name(t));
    out_c(o, "};\n\n");
    return n + v->mac + v->mac_read;
}

static void emit_sql(struct out *o, const struct table_def *t, const struct verb *v)
{
    struct text lite = { .out = { .max = 1 << 16 }, .mark = '?' }, post = { .out = { .max = 1 << 16 }, .mark = '$' };

    v->write(&lite, t);
    v->write(&post, t);
    out_c(o, "    .sql = {");
    emit_text(o, out_done(&lite.out));
    out_c(o, ",");
    emit_text(o, out_done(&post.out));
    out_c(o, "\n    },\n");
    out_free(&lite.out);
    out_free(&post.out);
}

static void emit_statement(struct out *o, const struct table_def *t, const struct verb *v)
{
    bool has_params = v->values || v->keys;
    size_t n = has_params ? emit_params(o, t, v) : 0;

    out_f(o, "static int %s_%s_slot;\n\nstatic const struct stmt %s_%s = {\n    .name = \"%s_%s\",\n", name(t), v->name,
          name(t), v->name, name(t), v->name);
    emit_sql(o, t, v);
    if (has_params)
        out_f(o, "    .params = %s_%s_params, .n_params = %zu,\n", name(t), v->name, n);
    if (v->rows)
        out_f(o, "    .columns = %s_table_columns, .n_columns = %zu, .row_size = sizeof(struct %s_row),\n",
              name(t), t->columns.n, name(t));
    out_f(o, "    .slot = &%s_%s_slot,\n};\n\n", name(t), v->name);
}

/* -- tables and migrations ---------------------------------------------------------------------- */

static void emit_table(struct out *o, const struct table_def *t)
{
    out_f(o, "const struct sql_column %s_table_columns[] = {\n", name(t));
    for (size_t i = 0; i < t->columns.n; i++)
        emit_column(o, &t->columns.at[i], "struct ", t->name, "_row");
    out_c(o, "};\n\n");
    if (t->n_key > 0)
        out_f(o, "static const size_t %s_key[] = {", name(t));
    for (size_t k = 0; k < t->n_key; k++)
        out_f(o, " %zu%s", t->key[k], k + 1 < t->n_key ? "," : " };\n\n");
    for (size_t i = 0; t->logged && i < COUNT_OF(verbs); i++)
        emit_statement(o, t, &verbs[i]);
    out_f(o, "const struct table table_%s = {\n    .name = \"%s\", .columns = %s_table_columns, .n_columns = %zu,\n",
          name(t), name(t), name(t), t->columns.n);
    out_f(o, "    .n_key = %zu, .row_size = sizeof(struct %s_row), ", t->n_key, name(t));
    out_f(o, t->n_key ? ".key = %s_key,\n" : "\n", name(t));
    out_c(o, t->logged ? "    .logged = true,\n" : "");
    for (size_t i = 0; t->logged && i < COUNT_OF(verbs); i++)
        out_f(o, "    .%s = &%s_%s,\n", verbs[i].name, name(t), verbs[i].name);
    out_c(o, "};\n\n");
}

static void emit_lists(struct out *o, const struct schema *s)
{
    out_c(o, "const struct table *const tables[] = {\n");
    for (size_t i = 0; i < s->n_tables; i++)
        out_f(o, "    &table_%s,\n", name(&s->tables[i]));
    out_c(o, "    NULL\n};\n\nconst struct stmt *const tables_sql[] = {\n");
    for (size_t i = 0; i < s->n_tables; i++)
        for (size_t k = 0; s->tables[i].logged && k < COUNT_OF(verbs); k++)
            out_f(o, "    &%s_%s,\n", name(&s->tables[i]), verbs[k].name);
    out_c(o, "    NULL\n};\n\n");
}

static void emit_migrations(struct out *o, const struct schema *s)
{
    out_c(o, "const struct migration migrations[] = {\n");
    for (size_t i = 0; i < s->n_migrations; i++) {
        const struct migration_file *m = &s->migrations[i];

        out_f(o, "    { %d, \"%.*s\",", m->n, (int)m->name.n, m->name.at);
        emit_text(o, m->text);
        out_f(o, ",\n        \"%s\" },\n", m->sha256);
    }
    out_f(o, "};\n\nconst size_t migrations_n = %zu;\n", s->n_migrations);
}

void emit_tables_source(const struct schema *s, struct out *o)
{
    out_c(o, "/* Made by sqlc from the migrations. */\n#include \"tables.sql.h\"\n\n");
    for (size_t i = 0; i < s->n_tables; i++)
        emit_table(o, &s->tables[i]);
    emit_lists(o, s);
    emit_migrations(o, s);
}
