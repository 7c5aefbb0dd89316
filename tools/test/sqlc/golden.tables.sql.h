/* Made by sqlc from the migrations. */
#pragma once

#include "db/db.h"

extern const struct migration migrations[];
extern const size_t migrations_n;

/* All tables, ended by NULL; and the statements of the logged ones, for db_register. */
extern const struct table *const tables[];
extern const struct stmt *const tables_sql[];

struct cases_row {
    struct id id;
    struct opt_id user;
    i64 default_;
    struct str note;
    struct opt_i64 later;
    i64 kgen;
    struct str mac;
    bool altered;      /* set by the ledger: the content was wiped */
};

struct cases_rows {
    struct cases_row *at;
    size_t n;
};

extern const struct sql_column cases_table_columns[];
extern const struct table table_cases;

struct visits_row {
    struct id case_id;
    i64 day;
    struct str seal;
};

struct visits_rows {
    struct visits_row *at;
    size_t n;
};

extern const struct sql_column visits_table_columns[];
extern const struct table table_visits;

