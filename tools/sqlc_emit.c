/* C for the statements of a module; and what both emitters share. */
#include "sqlc.h"

void emit_c_name(struct out *o, struct str name)
{
    static const char *const keywords[] = {
        "alignas", "alignof", "auto", "bool", "break", "case", "char", "const", "constexpr", "continue", "default",
        "do", "double", "else", "enum", "extern", "false", "float", "for", "goto", "if", "inline", "int", "long",
        "nullptr", "register", "restrict", "return", "short", "signed", "sizeof", "static", "struct", "switch", "true",
        "typedef", "typeof", "union", "unsigned", "void", "volatile", "while",
    };

    out_str(o, name);
    for (size_t i = 0; i < COUNT_OF(keywords); i++)
        if (str_is(name, keywords[i]))
            out_char(o, '_');
}

static const char *c_type(const struct field *f)
{
    switch (f->type) {
    case SQL_ID:     return f->nullable ? "struct opt_id" : "struct id";
    case SQL_BIGINT: return f->nullable ? "struct opt_i64" : "i64";
    case SQL_BYTEA:
    case SQL_TEXT:   return "struct str";
    }
    return "";
}

void emit_members(struct out *o, const struct fields *fields)
{
    for (size_t i = 0; i < fields->n; i++) {
        out_f(o, "    %s ", c_type(&fields->at[i]));
        emit_c_name(o, fields->at[i].name);
        out_c(o, ";\n");
    }
}

/* One struct sql_column: where field f stands in `tag of suffix`, as in "struct " "cases" "_row". */
void emit_column(struct out *o, const struct field *f, const char *tag, struct str of, const char *suffix)
{
    static const char *const types[] = { "SQL_ID", "SQL_BYTEA", "SQL_TEXT", "SQL_BIGINT" };

    out_f(o, "    { \"%.*s\", %s, %s, offsetof(%s%.*s%s, ", (int)f->name.n, f->name.at, types[f->type],
          f->nullable ? "true" : "false", tag, (int)of.n, of.at, suffix);
    emit_c_name(o, f->name);
    out_c(o, ") },\n");
}

void emit_text(struct out *o, struct str text)
{
    struct str line;

    while (text.n > 0 && str_cut(&text, '\n', &line)) {
        out_c(o, "\n        ");
        out_c_literal(o, text.at ? str_of(line.at, line.n + 1) : line);
    }
}

/* -- the header --------------------------------------------------------------------------------- */

/* The comment above a block becomes the comment above its function. */
static void emit_why(struct out *o, struct str why)
{
    struct str line;
    bool first = true;

    if (why.n == 0 || str_find(why, STR("*/")) < why.n || str_find(why, STR("/*")) < why.n)
        return;
    while (str_cut(&why, '\n', &line)) {
        line = str_trim(str_from(line, 2));
        out_f(o, "%s%.*s", first ? "/* " : "\n   ", (int)line.n, line.at);
        first = false;
    }
    out_c(o, " */\n");
}

static void emit_prototype(struct out *o, const struct query *q)
{
    bool ledger = q->table != NULL && q->table->logged;
    struct str of = q->table != NULL ? q->table->name : q->name;

    out_f(o, "status sql_%.*s(%s", (int)q->name.n, q->name.at, ledger ? "struct ledger *l" : "struct conn *db");
    if (q->params.n > 0)
        out_f(o, ", struct sql_%.*s in", (int)q->name.n, q->name.at);
    if (q->result == RESULT_CHANGED)
        out_c(o, ", i64 *changed");
    else if (q->result == RESULT_ONE)
        out_f(o, ", struct %.*s_row *row", (int)of.n, of.at);
    else if (q->result == RESULT_MANY)
        out_f(o, ", struct %.*s_rows *rows", (int)of.n, of.at);
    else if (q->result == RESULT_EACH)
        out_c(o, ", db_each_row *each, void *to");
    out_c(o, ")");
}

static void emit_structs(struct out *o, const struct query *q)
{
    if (q->params.n > 0) {
        out_f(o, "struct sql_%.*s {\n", (int)q->name.n, q->name.at);
        emit_members(o, &q->params);
        out_c(o, "};\n\n");
    }
    if (q->table != NULL || q->columns.n == 0)
        return;
    out_f(o, "struct %.*s_row {\n", (int)q->name.n, q->name.at);
    emit_members(o, &q->columns);
    out_c(o, "};\n\n");
    if (q->result == RESULT_MANY)
        out_f(o, "struct %.*s_rows {\n    struct %.*s_row *at;\n    size_t n;\n};\n\n", (int)q->name.n, q->name.at,
              (int)q->name.n, q->name.at);
}

static bool any_logged(const struct module *m)
{
    for (size_t i = 0; i < m->n_queries; i++)
        if (m->queries[i].table != NULL && m->queries[i].table->logged)
            return true;
    return false;
}

void emit_module_header(const struct module *m, struct out *o)
{
    out_f(o, "/* Made by sqlc from the .sql file of %.*s. */\n#pragma once\n\n", (int)m->name.n, m->name.at);
    out_f(o, "%s#include \"tables.sql.h\"\n\n", any_logged(m) ? "#include \"ledger/ledger.h\"\n" : "");
    out_f(o, "/* All statements of the module, for db_register. */\nextern const struct stmt *const %.*s_sql[];\n\n",
          (int)m->name.n, m->name.at);
    for (size_t i = 0; i < m->n_queries; i++) {
        emit_structs(o, &m->queries[i]);
        emit_why(o, m->queries[i].why);
        emit_prototype(o, &m->queries[i]);
        out_c(o, ";\n\n");
    }
}

/* -- the source --------------------------------------------------------------------------------- */

static void emit_columns(struct out *o, const struct query *q)
{
    if (q->params.n > 0) {
        out_f(o, "static const struct sql_column %.*s_params[] = {\n", (int)q->name.n, q->name.at);
        for (size_t i = 0; i < q->params.n; i++)
            emit_column(o, &q->params.at[i], "struct sql_", q->name, "");
        out_c(o, "};\n\n");
    }
    if (q->columns.n > 0 && q->table == NULL) {
        out_f(o, "static const struct sql_column %.*s_columns[] = {\n", (int)q->name.n, q->name.at);
        for (size_t i = 0; i < q->columns.n; i++)
            emit_column(o, &q->columns.at[i], "struct ", q->name, "_row");
        out_c(o, "};\n\n");
    }
}

static void emit_stmt_result(struct out *o, const struct query *q)
{
    int n = (int)q->name.n;
    const char *name = q->name.at;

    if (q->table != NULL)
        out_f(o, "    .columns = %.*s_table_columns, .n_columns = %zu, .row_size = sizeof(struct %.*s_row),\n",
              (int)q->table->name.n, q->table->name.at, q->columns.n, (int)q->table->name.n, q->table->name.at);
    else if (q->columns.n > 0)
        out_f(o, "    .columns = %.*s_columns, .n_columns = %zu, .row_size = sizeof(struct %.*s_row),\n",
              n, name, q->columns.n, n, name);
}

static void emit_stmt(struct out *o, const struct query *q)
{
    int n = (int)q->name.n;
    const char *name = q->name.at;

    out_f(o, "static int %.*s_slot;\n\nstatic const struct stmt %.*s_stmt = {\n    .name = \"%.*s\",\n    .sql = {",
          n, name, n, name, n, name);
    emit_text(o, q->sql[DB_SQLITE].ready);
    out_c(o, ",");
    emit_text(o, q->sql[DB_POSTGRES].ready);
    out_c(o, "\n    },\n");
    if (q->params.n > 0)
        out_f(o, "    .params = %.*s_params, .n_params = %zu,\n", n, name, q->params.n);
    emit_stmt_result(o, q);
    out_f(o, "    .slot = &%.*s_slot,\n};\n\n", n, name);
}

static void emit_ledger_body(struct out *o, const struct query *q)
{
    const char *in = q->params.n > 0 ? "&in" : "NULL";
    int n = (int)q->name.n, table = (int)q->table->name.n;
    const char *name = q->name.at, *of = q->table->name.at;

    if (q->result == RESULT_ONE) {
        out_f(o, "    TRY(db_one(l->db, &%.*s_stmt, %s, row));\n    return row_check(l, &table_%.*s, row);\n",
              n, name, in, table, of);
        return;
    }
    out_f(o, "    void *at;\n\n    TRY(db_rows(l->db, &%.*s_stmt, %s, &at, &rows->n));\n    rows->at = at;\n",
          n, name, in);
    out_f(o, "    for (size_t i = 0; i < rows->n; i++)\n"
             "        (void)row_check_or_wipe(l, &table_%.*s, &rows->at[i]);\n    return OK;\n", table, of);
}

static void emit_body(struct out *o, const struct query *q)
{
    const char *in = q->params.n > 0 ? "&in" : "NULL";
    int n = (int)q->name.n;
    const char *name = q->name.at;

    if (q->table != NULL && q->table->logged)
        emit_ledger_body(o, q);
    else if (q->result == RESULT_ONE)
        out_f(o, "    return db_one(db, &%.*s_stmt, %s, row);\n", n, name, in);
    else if (q->result == RESULT_MANY)
        out_f(o, "    void *at;\n\n    TRY(db_rows(db, &%.*s_stmt, %s, &at, &rows->n));\n"
                 "    rows->at = at;\n    return OK;\n", n, name, in);
    else if (q->result == RESULT_EACH)
        out_f(o, "    return db_each(db, &%.*s_stmt, %s, each, to);\n", n, name, in);
    else
        out_f(o, "    return db_exec(db, &%.*s_stmt, %s, %s);\n", n, name, in,
              q->result == RESULT_CHANGED ? "changed" : "NULL");
}

void emit_module_source(const struct module *m, struct out *o)
{
    out_f(o, "/* Made by sqlc from the .sql file of %.*s. */\n#include \"%.*s.sql.h\"\n\n", (int)m->name.n, m->name.at,
          (int)m->name.n, m->name.at);
    for (size_t i = 0; i < m->n_queries; i++) {
        const struct query *q = &m->queries[i];

        emit_columns(o, q);
        emit_stmt(o, q);
        emit_prototype(o, q);
        out_c(o, "\n{\n");
        emit_body(o, q);
        out_c(o, "}\n\n");
    }
    out_f(o, "const struct stmt *const %.*s_sql[] = {\n", (int)m->name.n, m->name.at);
    for (size_t i = 0; i < m->n_queries; i++)
        out_f(o, "    &%.*s_stmt,\n", (int)m->queries[i].name.n, m->queries[i].name.at);
    out_c(o, "    NULL\n};\n");
}
