/* sqlc: from migrations and .sql files to C. See sqlc.md for what it reads and writes. SQLite itself parses the SQL. */
#pragma once

#include "../src/base/memory.h"
#include "../src/db/db.h"
#include "tool.h"

#include <sqlite3.h>

#define NOWHERE ((struct place){ "sqlc", 0 })

enum { FIELDS_MAX = 48, TABLES_MAX = 256, QUERIES_MAX = 256, KEYS_MAX = 8 };

struct field {                  /* a parameter, or a column of a result or a table */
    struct str name;
    enum sql_type type;
    bool nullable;
};

struct fields {
    struct field at[FIELDS_MAX];
    size_t n;
};

struct table_def {
    struct str name;
    struct fields columns;      /* kgen and mac last where it is logged */
    size_t key[KEYS_MAX], n_key;
    bool logged;
};

struct migration_file {
    int n;
    struct str name, text;
    char sha256[65];
};

struct schema {
    sqlite3 *sqlite;            /* in memory, with all tables and no row */
    struct table_def *tables;
    size_t n_tables;
    struct migration_file *migrations;
    size_t n_migrations;
};

enum result { RESULT_DONE, RESULT_CHANGED, RESULT_ONE, RESULT_MANY, RESULT_EACH };

struct sql_text {               /* of one database */
    struct str text;            /* as written; empty where there is none of its own */
    int line;                   /* of its first character */
    struct str ready;           /* with ?1 or $1, and {c.*} expanded: as many lines as written */
};

struct query {
    struct str name, why;       /* why: the comment above it */
    struct fields params, columns;
    enum result result;
    const struct table_def *table;  /* of "-> TABLE", else NULL */
    struct sql_text sql[2];     /* by enum db_kind */
};

struct module {
    const char *file;
    struct str name;
    struct query *queries;
    size_t n_queries;
};

struct arena *sqlc_arena(void);                             /* lives until the program ends */
int line_of(struct str text, size_t offset);                /* from 1 */

struct schema schema_load(char *const *files, size_t n);
const struct table_def *schema_table(const struct schema *s, struct str name);
const struct field *field_by_name(const struct fields *fields, struct str name);

/* Reads the blocks of a .sql file and makes the text of both databases. */
struct module module_read(const struct schema *s, const char *file);
/* Lets SQLite prepare each statement, and compares what it gives with what is declared. */
void module_check(const struct schema *s, const struct module *m);

void emit_tables_header(const struct schema *s, struct out *o);
void emit_tables_source(const struct schema *s, struct out *o);
void emit_module_header(const struct module *m, struct out *o);
void emit_module_source(const struct module *m, struct out *o);

/* Shared by both emitters. */
void emit_c_name(struct out *o, struct str name);           /* `_` behind a C keyword */
void emit_members(struct out *o, const struct fields *fields);
void emit_column(struct out *o, const struct field *f, const char *tag, struct str of, const char *suffix);
void emit_text(struct out *o, struct str text);             /* as C string literals, one for each line */
