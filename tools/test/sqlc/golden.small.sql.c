/* Made by sqlc from the .sql file of small. */
#include "small.sql.h"

static const struct sql_column cases_of_params[] = {
    { "user", SQL_ID, false, offsetof(struct sql_cases_of, user) },
    { "after", SQL_BIGINT, true, offsetof(struct sql_cases_of, after) },
};

static int cases_of_slot;

static const struct stmt cases_of_stmt = {
    .name = "cases_of",
    .sql = {
        "SELECT c.\"id\", c.\"user\", c.\"default\", c.\"note\", c.\"later\", c.\"kgen\", c.\"mac\" FROM cases c\n"
        "WHERE c.\"user\" = ?1 AND c.\"default\" > COALESCE(?2, 0) \n"
        "ORDER BY c.id LIMIT 50",
        "SELECT c.\"id\", c.\"user\", c.\"default\", c.\"note\", c.\"later\", c.\"kgen\", c.\"mac\" FROM cases c\n"
        "WHERE c.\"user\" = $1 AND c.\"default\" > COALESCE($2, 0) \n"
        "ORDER BY c.id LIMIT 50"
    },
    .params = cases_of_params, .n_params = 2,
    .columns = cases_table_columns, .n_columns = 7, .row_size = sizeof(struct cases_row),
    .slot = &cases_of_slot,
};

status sql_cases_of(struct ledger *l, struct sql_cases_of in, struct cases_rows *rows)
{
    void *at;

    TRY(db_rows(l->db, &cases_of_stmt, &in, &at, &rows->n));
    rows->at = at;
    for (size_t i = 0; i < rows->n; i++)
        (void)row_check_or_wipe(l, &table_cases, &rows->at[i]);
    return OK;
}

static const struct sql_column case_by_id_params[] = {
    { "id", SQL_ID, false, offsetof(struct sql_case_by_id, id) },
};

static int case_by_id_slot;

static const struct stmt case_by_id_stmt = {
    .name = "case_by_id",
    .sql = {
        "SELECT c.\"id\", c.\"user\", c.\"default\", c.\"note\", c.\"later\", c.\"kgen\", c.\"mac\" FROM cases c WHERE c.id = ?1",
        "SELECT c.\"id\", c.\"user\", c.\"default\", c.\"note\", c.\"later\", c.\"kgen\", c.\"mac\" FROM cases c WHERE c.id = $1"
    },
    .params = case_by_id_params, .n_params = 1,
    .columns = cases_table_columns, .n_columns = 7, .row_size = sizeof(struct cases_row),
    .slot = &case_by_id_slot,
};

status sql_case_by_id(struct ledger *l, struct sql_case_by_id in, struct cases_row *row)
{
    TRY(db_one(l->db, &case_by_id_stmt, &in, row));
    return row_check(l, &table_cases, row);
}

static const struct sql_column cases_count_columns[] = {
    { "n", SQL_BIGINT, false, offsetof(struct cases_count_row, n) },
    { "text", SQL_TEXT, false, offsetof(struct cases_count_row, text) },
};

static int cases_count_slot;

static const struct stmt cases_count_stmt = {
    .name = "cases_count",
    .sql = {
        "SELECT COUNT(*) AS n, 'it''s :no \"parameter\"; here' AS text FROM cases",
        "SELECT COUNT(*) AS n, 'it''s :no \"parameter\"; here' AS text FROM cases"
    },
    .columns = cases_count_columns, .n_columns = 2, .row_size = sizeof(struct cases_count_row),
    .slot = &cases_count_slot,
};

status sql_cases_count(struct conn *db, struct cases_count_row *row)
{
    return db_one(db, &cases_count_stmt, NULL, row);
}

static const struct sql_column visit_add_params[] = {
    { "case_id", SQL_ID, false, offsetof(struct sql_visit_add, case_id) },
    { "day", SQL_BIGINT, false, offsetof(struct sql_visit_add, day) },
    { "seal", SQL_BYTEA, false, offsetof(struct sql_visit_add, seal) },
};

static int visit_add_slot;

static const struct stmt visit_add_stmt = {
    .name = "visit_add",
    .sql = {
        "INSERT INTO visits (case_id, day, seal) VALUES (?1, ?2, ?3)",
        "INSERT INTO visits (case_id, day, seal) VALUES ($1, $2, $3)"
    },
    .params = visit_add_params, .n_params = 3,
    .slot = &visit_add_slot,
};

status sql_visit_add(struct conn *db, struct sql_visit_add in)
{
    return db_exec(db, &visit_add_stmt, &in, NULL);
}

static const struct sql_column visits_end_params[] = {
    { "day", SQL_BIGINT, false, offsetof(struct sql_visits_end, day) },
};

static int visits_end_slot;

static const struct stmt visits_end_stmt = {
    .name = "visits_end",
    .sql = {
        "DELETE FROM visits WHERE day < ?1",
        "DELETE FROM visits v USING cases c WHERE c.id = v.case_id AND v.day < $1 + 0::bigint"
    },
    .params = visits_end_params, .n_params = 1,
    .slot = &visits_end_slot,
};

status sql_visits_end(struct conn *db, struct sql_visits_end in, i64 *changed)
{
    return db_exec(db, &visits_end_stmt, &in, changed);
}

static const struct sql_column visits_of_params[] = {
    { "case_id", SQL_ID, false, offsetof(struct sql_visits_of, case_id) },
};

static int visits_of_slot;

static const struct stmt visits_of_stmt = {
    .name = "visits_of",
    .sql = {
        "SELECT v.\"case_id\", v.\"day\", v.\"seal\" FROM visits v WHERE v.case_id = ?1",
        "SELECT v.\"case_id\", v.\"day\", v.\"seal\" FROM visits v WHERE v.case_id = $1"
    },
    .params = visits_of_params, .n_params = 1,
    .columns = visits_table_columns, .n_columns = 3, .row_size = sizeof(struct visits_row),
    .slot = &visits_of_slot,
};

status sql_visits_of(struct conn *db, struct sql_visits_of in, struct visits_rows *rows)
{
    void *at;

    TRY(db_rows(db, &visits_of_stmt, &in, &at, &rows->n));
    rows->at = at;
    return OK;
}

static const struct sql_column visits_move_params[] = {
    { "from", SQL_BIGINT, false, offsetof(struct sql_visits_move, from) },
    { "to", SQL_BIGINT, false, offsetof(struct sql_visits_move, to) },
};

static const struct sql_column visits_move_columns[] = {
    { "case_id", SQL_ID, false, offsetof(struct visits_move_row, case_id) },
    { "day", SQL_BIGINT, false, offsetof(struct visits_move_row, day) },
};

static int visits_move_slot;

static const struct stmt visits_move_stmt = {
    .name = "visits_move",
    .sql = {
        "UPDATE visits SET day = ?2 WHERE day = ?1 RETURNING case_id, day",
        "UPDATE visits SET day = $2 WHERE day = $1 RETURNING case_id, day"
    },
    .params = visits_move_params, .n_params = 2,
    .columns = visits_move_columns, .n_columns = 2, .row_size = sizeof(struct visits_move_row),
    .slot = &visits_move_slot,
};

status sql_visits_move(struct conn *db, struct sql_visits_move in, struct visits_move_rows *rows)
{
    void *at;

    TRY(db_rows(db, &visits_move_stmt, &in, &at, &rows->n));
    rows->at = at;
    return OK;
}

static const struct sql_column visits_each_columns[] = {
    { "seal", SQL_BYTEA, false, offsetof(struct visits_each_row, seal) },
    { "note", SQL_TEXT, true, offsetof(struct visits_each_row, note) },
};

static int visits_each_slot;

static const struct stmt visits_each_stmt = {
    .name = "visits_each",
    .sql = {
        "SELECT v.seal, c.note FROM visits v JOIN cases c ON c.id = v.case_id",
        "SELECT v.seal, c.note FROM visits v JOIN cases c ON c.id = v.case_id"
    },
    .columns = visits_each_columns, .n_columns = 2, .row_size = sizeof(struct visits_each_row),
    .slot = &visits_each_slot,
};

status sql_visits_each(struct conn *db, db_each_row *each, void *to)
{
    return db_each(db, &visits_each_stmt, NULL, each, to);
}

const struct stmt *const small_sql[] = {
    &cases_of_stmt,
    &case_by_id_stmt,
    &cases_count_stmt,
    &visit_add_stmt,
    &visits_end_stmt,
    &visits_of_stmt,
    &visits_move_stmt,
    &visits_each_stmt,
    NULL
};
