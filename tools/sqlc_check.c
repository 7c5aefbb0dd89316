/* What is checked before any C is made: SQLite prepares each statement on the schema of the migrations, and says what
   it reads, writes and gives. Text that only PostgreSQL reads is looked at as tokens; the tests prepare it. */
#include "sqlc.h"

#include "../src/db/dialect.h"

struct check {
    const struct schema *schema;
    const struct module *module;
    const struct query *query;
    const char *written;        /* logged table that the statement would write, or NULL */
};

static const char *const type_names[] = { [SQL_ID] = "id", [SQL_BYTEA] = "bytea", [SQL_TEXT] = "text",
                                          [SQL_BIGINT] = "bigint" };

/* SQLite asks this for every table that a statement reads or writes, triggers and subqueries included. */
static int on_access(void *to, int action, const char *table, const char *column, const char *database, const char *by)
{
    struct check *c = to;
    const struct table_def *t;

    (void)column, (void)database, (void)by;
    if (action != SQLITE_INSERT && action != SQLITE_UPDATE && action != SQLITE_DELETE)
        return SQLITE_OK;
    t = schema_table(c->schema, str_c(table));
    if (t != NULL && t->logged)
        c->written = t->name.at;
    return SQLITE_OK;
}

static struct place place_of(const struct check *c, enum db_kind kind)
{
    return (struct place){ c->module->file, c->query->sql[kind].line };
}

/* Where SQLite does not say at which byte an error is, it names what it does not know behind the last colon. */
[[gnu::noreturn]] static void stop_at_error(const struct check *c)
{
    const struct sql_text *text = &c->query->sql[DB_SQLITE];
    const char *why = sqlite3_errmsg(c->schema->sqlite), *colon = strrchr(why, ':');
    int offset = sqlite3_error_offset(c->schema->sqlite);
    size_t at = offset >= 0 ? (size_t)offset : colon ? str_find(text->ready, str_c(colon + 2)) : 0;

    stop_at((struct place){ c->module->file, text->line + line_of(text->ready, at) - 1 }, "%s", why);
}

static sqlite3_stmt *prepare(struct check *c)
{
    sqlite3_stmt *s = NULL;
    const char *rest = NULL;

    sqlite3_set_authorizer(c->schema->sqlite, on_access, c);
    if (sqlite3_prepare_v2(c->schema->sqlite, c->query->sql[DB_SQLITE].ready.at, -1, &s, &rest) != SQLITE_OK)
        stop_at_error(c);
    if (s == NULL || *rest != '\0')
        stop_at(place_of(c, DB_SQLITE), "one block is one statement");
    return s;
}

/* A column that comes straight from a table must be declared as that column is. */
static void check_origin(const struct check *c, sqlite3_stmt *s, int i, const struct field *f)
{
    const char *table = sqlite3_column_table_name(s, i), *column = sqlite3_column_origin_name(s, i);
    const struct table_def *t = table ? schema_table(c->schema, str_c(table)) : NULL;
    const struct field *is = t && column ? field_by_name(&t->columns, str_c(column)) : NULL;
    struct place at = place_of(c, DB_SQLITE);

    if (is == NULL)
        return;
    if (is->type != f->type)
        stop_at(at, "column %.*s is %s in table %s, not %s", (int)f->name.n, f->name.at,
            type_names[is->type], table, type_names[f->type]);
    if (is->nullable && !f->nullable)
        stop_at(at, "column %.*s may be NULL in table %s: declare %s?, or write COALESCE",
            (int)f->name.n, f->name.at, table, type_names[f->type]);
    if (c->query->table != NULL && t != c->query->table)
        stop_at(at, "column %.*s comes from table %s", (int)f->name.n, f->name.at, table);
}

static void check_columns(const struct check *c, sqlite3_stmt *s)
{
    const struct fields *want = &c->query->columns;
    struct place at = place_of(c, DB_SQLITE);

    if ((size_t)sqlite3_column_count(s) != want->n)
        stop_at(at, "%.*s gives %d columns, %zu are declared", (int)c->query->name.n,
            c->query->name.at, sqlite3_column_count(s), want->n);
    for (size_t i = 0; i < want->n; i++) {
        const char *name = sqlite3_column_name(s, (int)i);

        if (!str_is(want->at[i].name, name))
            stop_at(at, "column %zu is \"%s\", declared as \"%.*s\": use AS", i + 1, name,
                (int)want->at[i].name.n, want->at[i].name.at);
        check_origin(c, s, (int)i, &want->at[i]);
    }
}

static bool next_word(struct str *rest, struct str *text)
{
    struct sql_token t;

    do
        t = sql_token(rest);
    while (t.kind == TOKEN_BLANK);
    *text = t.kind == TOKEN_QUOTED ? str_upto(str_from(t.text, 1), t.text.n - 2) : t.text;
    return t.kind != TOKEN_END;
}

/* PostgreSQL's own text: any of INTO, UPDATE, FROM (of DELETE), TRUNCATE, MERGE before a logged table. */
static const struct table_def *written_by_words(const struct schema *s, struct str text)
{
    static const struct str verbs[] = { STR("INTO"), STR("UPDATE"), STR("DELETE"), STR("TRUNCATE"), STR("MERGE") };
    static const struct str between[] = { STR("FROM"), STR("ONLY"), STR("TABLE"), STR("INTO"), STR("public"),
                                          STR(".") };
    struct str word;
    bool writes = false;

    while (next_word(&text, &word)) {
        const struct table_def *t = writes ? schema_table(s, word) : NULL;
        bool verb = false, link = false;

        if (t != NULL && t->logged)
            return t;
        for (size_t i = 0; i < COUNT_OF(verbs); i++)
            verb = verb || str_eq_nocase(word, verbs[i]);
        for (size_t i = 0; i < COUNT_OF(between); i++)
            link = link || str_eq_nocase(word, between[i]);
        writes = verb || (writes && link);
    }
    return NULL;
}

static void check_query(struct check *c)
{
    const struct sql_text *own = &c->query->sql[DB_POSTGRES];
    const struct table_def *t = written_by_words(c->schema, own->text);
    sqlite3_stmt *s = prepare(c);

    if (c->written != NULL)
        stop_at(place_of(c, DB_SQLITE), "table %s is logged: only row_insert, row_update and "
            "row_delete of ledger/ write it", c->written);
    if (t != NULL)
        stop_at(place_of(c, DB_POSTGRES), "table %s is logged: only ledger/ writes it", t->name.at);
    check_columns(c, s);
    sqlite3_finalize(s);
}

void module_check(const struct schema *s, const struct module *m)
{
    for (size_t i = 0; i < m->n_queries; i++)
        check_query(&(struct check){ .schema = s, .module = m, .query = &m->queries[i] });
    sqlite3_set_authorizer(s->sqlite, NULL, NULL);
}
