/* Reads a .sql file: comment, "-- name:" line, statement; and makes of each statement the text of both databases. */
#include "sqlc.h"

#include "../src/db/dialect.h"

struct reader {
    const struct schema *schema;
    struct module *module;
    struct str rest;            /* what is not read yet */
    int line;                   /* of its first character */
    struct str why;             /* comment lines that stand before it */
};

struct header {
    struct str text;            /* behind "name:", continuation lines joined */
    int line;
};

static struct place at_line(const struct reader *r, int line)
{
    return (struct place){ r->module->file, line };
}

static bool next_line(struct reader *r, struct str *line)
{
    if (r->rest.n == 0 || !str_cut(&r->rest, '\n', line))
        return false;
    r->line++;
    return true;
}

static bool starts_block(struct str line)
{
    return str_starts(line, STR("-- name:"));
}

/* -- the header --------------------------------------------------------------------------------- */

static bool complete(struct str header)
{
    int depth = 0;

    for (size_t i = 0; i < header.n; i++)
        depth += (header.at[i] == '(') - (header.at[i] == ')');
    return depth == 0 && (str_find(header, STR("->")) < header.n || str_ends(str_trim(header), STR("(postgres)")));
}

/* A header may go on in "--" lines until its brackets are closed and its result is said. */
static struct header read_header(struct reader *r, struct str first)
{
    struct header h = { str_from(first, sizeof "-- name:" - 1), r->line - 1 };
    struct str line;

    while (!complete(h.text)) {
        if (!str_starts(r->rest, STR("--")) || starts_block(r->rest) || !next_line(r, &line))
            stop_at(at_line(r, h.line), "a block begins: -- name: NAME (PARAMETER TYPE, ...) -> RESULT");
        line = str_from(line, 2);
        h.text = arena_f(sqlc_arena(), "%.*s %.*s", (int)h.text.n, h.text.at, (int)line.n, line.at);
    }
    return h;
}

static struct sql_token word(struct str *rest)
{
    struct sql_token t = sql_token(rest);

    return t.kind == TOKEN_BLANK ? sql_token(rest) : t;
}

static bool take(struct str *rest, const char *sign)
{
    struct str at = *rest;

    if (!str_is(word(&at).text, sign))
        return false;
    *rest = at;
    return true;
}

static enum sql_type type_of(const struct reader *r, int line, struct str type)
{
    static const char *const names[] = { [SQL_ID] = "id", [SQL_BYTEA] = "bytea", [SQL_TEXT] = "text",
                                         [SQL_BIGINT] = "bigint" };

    for (size_t i = 0; i < COUNT_OF(names); i++)
        if (str_is(type, names[i]))
            return (enum sql_type)i;
    stop_at(at_line(r, line), "no type \"%.*s\": there are id, bytea, text, bigint, and each with ?",
        (int)type.n, type.at);
}

/* "(name type, name type?)"; a name that is an SQL word may stand in quotes. */
static void read_fields(const struct reader *r, int line, struct str *rest, struct fields *fields)
{
    if (take(rest, ")"))
        return;
    do {
        struct sql_token name = word(rest), type = word(rest);
        struct field f = { .name = name.text };

        if (name.kind == TOKEN_QUOTED)
            f.name = str_upto(str_from(name.text, 1), name.text.n - 2);
        else if (name.kind != TOKEN_WORD)
            stop_at(at_line(r, line), "a name is expected before \"%.*s\"", (int)name.text.n, name.text.at);
        f.type = type_of(r, line, type.text);
        f.nullable = take(rest, "?");
        if (fields->n == FIELDS_MAX || field_by_name(fields, f.name))
            stop_at(at_line(r, line), "%.*s is declared twice, or is one too many", (int)f.name.n, f.name.at);
        fields->at[fields->n++] = f;
    } while (take(rest, ","));
    if (!take(rest, ")"))
        stop_at(at_line(r, line), "\",\" or \")\" is expected before \"%.*s\"", (int)rest->n, rest->at);
}

static void read_result(const struct reader *r, int line, struct str rest, struct query *q)
{
    struct str name;

    q->result = take(&rest, "one") ? RESULT_ONE : take(&rest, "each") ? RESULT_EACH : RESULT_MANY;
    if (take(&rest, "(")) {
        read_fields(r, line, &rest, &q->columns);
    } else {
        name = word(&rest).text;
        q->table = schema_table(r->schema, name);
        if (q->table != NULL)
            q->columns = q->table->columns;
        else if (str_is(name, "done") && q->result == RESULT_MANY)
            q->result = RESULT_DONE;
        else if (str_is(name, "changed") && q->result == RESULT_MANY)
            q->result = RESULT_CHANGED;
        else
            stop_at(at_line(r, line), "\"%.*s\" is no table, and no result: (COLUMNS) or TABLE, alone or "
                    "after one or each; changed; done", (int)name.n, name.at);
    }
    if (str_trim(rest).n > 0)
        stop_at(at_line(r, line), "\"%.*s\" stands behind the result", (int)rest.n, rest.at);
    if (q->result == RESULT_EACH && q->table != NULL && q->table->logged)
        stop_at(at_line(r, line), "rows of a logged table, one by one, would not be checked: list them, or use its .all "
                "in ledger/");
    if (q->table == NULL && q->result >= RESULT_ONE && q->columns.n == 0)
        stop_at(at_line(r, line), "a result without columns: write -> done");
}

static struct query *query_by_name(const struct module *m, struct str name)
{
    for (size_t i = 0; i < m->n_queries; i++)
        if (str_eq(m->queries[i].name, name))
            return &m->queries[i];
    return NULL;
}

static struct query *new_query(struct reader *r, struct header h, struct str name)
{
    struct module *m = r->module;
    struct query *q = &m->queries[m->n_queries];

    if (query_by_name(m, name) || m->n_queries == QUERIES_MAX)
        stop_at(at_line(r, h.line), "%.*s is there twice, or is one too many", (int)name.n, name.at);
    m->n_queries++;
    q->name = name;
    q->why = r->why;
    return q;
}

/* Gives the query whose statement follows, and which database it is for. */
static struct query *parse_header(struct reader *r, struct header h, enum db_kind *kind)
{
    struct str rest = h.text, at;
    struct sql_token name = word(&rest);
    struct query *q;

    if (name.kind != TOKEN_WORD || !take(&rest, "("))
        stop_at(at_line(r, h.line), "a block begins: -- name: NAME (PARAMETER TYPE, ...) -> RESULT");
    at = rest;
    *kind = take(&at, "postgres") && take(&at, ")") && str_trim(at).n == 0 ? DB_POSTGRES : DB_SQLITE;
    if (*kind == DB_POSTGRES) {
        q = query_by_name(r->module, name.text);
        if (q == NULL || q->sql[DB_POSTGRES].line)
            stop_at(at_line(r, h.line), "%.*s (postgres) needs one block without (postgres) before it",
                (int)name.text.n, name.text.at);
        return q;
    }
    q = new_query(r, h, name.text);
    read_fields(r, h.line, &rest, &q->params);
    if (!take(&rest, "-") || !take(&rest, ">"))
        stop_at(at_line(r, h.line), "\"-> RESULT\" is expected behind the parameters");
    read_result(r, h.line, rest, q);
    return q;
}

/* -- the statement ------------------------------------------------------------------------------ */

/* Reads to the next block. Gives what stands before it, less the comment right above, which is kept for that block. */
static struct str read_to_block(struct reader *r)
{
    struct str text = str_upto(r->rest, 0), line;

    r->why = STR_NULL;
    while (r->rest.n > 0 && !starts_block(r->rest) && next_line(r, &line)) {
        if (!str_starts(line, STR("--"))) {
            r->why = STR_NULL;
            text.n = (size_t)(line.at + line.n - text.at);
        } else {
            if (r->why.at == NULL)
                r->why = line;
            r->why.n = (size_t)(line.at + line.n - r->why.at);
        }
    }
    return str_trim(text);
}

static struct sql_text read_statement(struct reader *r)
{
    int line = r->line;
    const char *start = r->rest.at;
    struct sql_text s = { .text = read_to_block(r) };

    if (s.text.n == 0)
        stop_at(at_line(r, line - 1), "a block without a statement");
    s.line = line + line_of(str_of(start, (size_t)(s.text.at - start)), SIZE_MAX) - 1;
    if (str_ends(s.text, STR(";")))
        s.text.n--;
    return s;
}

struct rewrite {
    const struct module *module;
    const struct query *query;
    enum db_kind kind;
    int line;
    bool used[FIELDS_MAX];
    struct out *out;
};

static void put_param(struct rewrite *w, struct str name)
{
    const struct fields *params = &w->query->params;
    const struct field *f = field_by_name(params, name);
    size_t i = f ? (size_t)(f - params->at) : 0;

    if (f == NULL)
        stop_at((struct place){ w->module->file, w->line }, ":%.*s is not declared", (int)name.n, name.at);
    w->used[i] = true;
    out_f(w->out, "%c%zu", w->kind == DB_SQLITE ? '?' : '$', i + 1);
}

/* "{c.*}": `rest` stands behind the bracket. All columns, in the order in which the row is read and hashed. */
static void put_columns(struct rewrite *w, struct str *rest)
{
    struct str alias = word(rest).text;
    const struct fields *columns = &w->query->columns;

    if (!take(rest, ".") || !take(rest, "*") || !take(rest, "}") || w->query->table == NULL)
        stop_at((struct place){ w->module->file, w->line }, "{ALIAS.*} stands in a statement whose result is a TABLE");
    for (size_t i = 0; i < columns->n; i++)
        out_f(w->out, "%s%.*s.\"%.*s\"", i ? ", " : "", (int)alias.n, alias.at,
              (int)columns->at[i].name.n, columns->at[i].name.at);
}

/* Comments go, newlines stay: a place in the result is the same line of the file. */
static void put_blank(struct out *o, struct str blank)
{
    size_t before = o->n;

    for (size_t i = 0; i < blank.n; i++)
        if (blank.at[i] == '\n')
            out_char(o, '\n');
    if (o->n == before)
        out_char(o, ' ');
}

static void rewrite(const struct module *m, const struct query *q, enum db_kind kind, struct sql_text *s)
{
    struct out o = { .max = 1 << 20 };
    struct rewrite w = { .module = m, .query = q, .kind = kind, .line = s->line, .out = &o };
    struct str rest = s->text;

    for (struct sql_token t = sql_token(&rest); t.kind != TOKEN_END; t = sql_token(&rest)) {
        if (t.kind == TOKEN_BLANK)
            put_blank(&o, t.text);
        else if (t.kind == TOKEN_PARAM)
            put_param(&w, str_from(t.text, 1));
        else if (str_is(t.text, "{"))
            put_columns(&w, &rest);
        else
            out_str(&o, t.text);
        w.line = s->line + line_of(out_done(&o), o.n) - 1;
    }
    for (size_t i = 0; i < q->params.n; i++)
        if (!w.used[i])
            stop_at((struct place){ m->file, s->line }, "%.*s does not use its parameter %.*s", (int)q->name.n, q->name.at,
                (int)q->params.at[i].name.n, q->params.at[i].name.at);
    s->ready = arena_copy(sqlc_arena(), out_done(&o));
    out_free(&o);
}

static void rewrite_all(struct module *m)
{
    for (size_t i = 0; i < m->n_queries; i++) {
        struct query *q = &m->queries[i];
        struct sql_text *own = &q->sql[DB_POSTGRES];

        if (own->line == 0)
            *own = q->sql[DB_SQLITE];
        rewrite(m, q, DB_SQLITE, &q->sql[DB_SQLITE]);
        rewrite(m, q, DB_POSTGRES, own);
    }
}

/* "a/b/people/store.sql" is the module people. */
static struct str module_name(const char *file)
{
    struct str path = str_c(file), folder, name = STR("sql");

    while (str_cut(&path, '/', &folder) && path.at != NULL)
        name = folder;
    return name;
}

static bool only_blank(struct str text)
{
    struct sql_token t;

    do
        t = sql_token(&text);
    while (t.kind == TOKEN_BLANK);
    return t.kind == TOKEN_END;
}

struct module module_read(const struct schema *s, const char *file)
{
    struct module m = { .file = file, .name = module_name(file),
                        .queries = NEW_N(sqlc_arena(), struct query, QUERIES_MAX) };
    struct reader r = { .schema = s, .module = &m, .rest = file_text(file, (struct place){ file, 1 }), .line = 1 };
    struct str line, before;

    before = read_to_block(&r);
    if (!only_blank(before))
        stop_at((struct place){ file, 1 }, "SQL before the first \"-- name:\"");
    while (next_line(&r, &line)) {
        enum db_kind kind;
        struct query *q = parse_header(&r, read_header(&r, line), &kind);

        q->sql[kind] = read_statement(&r);
    }
    rewrite_all(&m);
    return m;
}
