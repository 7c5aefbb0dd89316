/* Made by sqlc from the .sql file of small. */
#pragma once

#include "ledger/ledger.h"
#include "tables.sql.h"

/* All statements of the module, for db_register. */
extern const struct stmt *const small_sql[];

struct sql_cases_of {
    struct id user;
    struct opt_i64 after;
};

/* Cases of one person,
   the newest first. */
status sql_cases_of(struct ledger *l, struct sql_cases_of in, struct cases_rows *rows);

struct sql_case_by_id {
    struct id id;
};

status sql_case_by_id(struct ledger *l, struct sql_case_by_id in, struct cases_row *row);

struct cases_count_row {
    i64 n;
    struct str text;
};

status sql_cases_count(struct conn *db, struct cases_count_row *row);

struct sql_visit_add {
    struct id case_id;
    i64 day;
    struct str seal;
};

status sql_visit_add(struct conn *db, struct sql_visit_add in);

struct sql_visits_end {
    i64 day;
};

status sql_visits_end(struct conn *db, struct sql_visits_end in, i64 *changed);

struct sql_visits_of {
    struct id case_id;
};

status sql_visits_of(struct conn *db, struct sql_visits_of in, struct visits_rows *rows);

struct sql_visits_move {
    i64 from;
    i64 to;
};

struct visits_move_row {
    struct id case_id;
    i64 day;
};

struct visits_move_rows {
    struct visits_move_row *at;
    size_t n;
};

status sql_visits_move(struct conn *db, struct sql_visits_move in, struct visits_move_rows *rows);

struct visits_each_row {
    struct str seal;
    struct str note;
};

status sql_visits_each(struct conn *db, db_each_row *each, void *to);

