/* Made by sqlc from the migrations. */
#include "tables.sql.h"

const struct sql_column cases_table_columns[] = {
    { "id", SQL_ID, false, offsetof(struct cases_row, id) },
    { "user", SQL_ID, true, offsetof(struct cases_row, user) },
    { "default", SQL_BIGINT, false, offsetof(struct cases_row, default_) },
    { "note", SQL_TEXT, true, offsetof(struct cases_row, note) },
    { "later", SQL_BIGINT, true, offsetof(struct cases_row, later) },
    { "kgen", SQL_BIGINT, false, offsetof(struct cases_row, kgen) },
    { "mac", SQL_BYTEA, false, offsetof(struct cases_row, mac) },
};

static const size_t cases_key[] = { 0 };

static const struct sql_column cases_by_key_params[] = {
    { "id", SQL_ID, false, offsetof(struct cases_row, id) },
};

static int cases_by_key_slot;

static const struct stmt cases_by_key = {
    .name = "cases_by_key",
    .sql = {
        "SELECT \"id\", \"user\", \"default\", \"note\", \"later\", \"kgen\", \"mac\" FROM \"cases\" WHERE \"id\" = ?1",
        "SELECT \"id\", \"user\", \"default\", \"note\", \"later\", \"kgen\", \"mac\" FROM \"cases\" WHERE \"id\" = $1"
    },
    .params = cases_by_key_params, .n_params = 1,
    .columns = cases_table_columns, .n_columns = 7, .row_size = sizeof(struct cases_row),
    .slot = &cases_by_key_slot,
};

static int cases_all_slot;

static const struct stmt cases_all = {
    .name = "cases_all",
    .sql = {
        "SELECT \"id\", \"user\", \"default\", \"note\", \"later\", \"kgen\", \"mac\" FROM \"cases\" ORDER BY \"id\"",
        "SELECT \"id\", \"user\", \"default\", \"note\", \"later\", \"kgen\", \"mac\" FROM \"cases\" ORDER BY \"id\""
    },
    .columns = cases_table_columns, .n_columns = 7, .row_size = sizeof(struct cases_row),
    .slot = &cases_all_slot,
};

static int cases_first_slot;

static const struct stmt cases_first = {
    .name = "cases_first",
    .sql = {
        "SELECT \"id\", \"user\", \"default\", \"note\", \"later\", \"kgen\", \"mac\" FROM \"cases\" ORDER BY \"id\" LIMIT 200",
        "SELECT \"id\", \"user\", \"default\", \"note\", \"later\", \"kgen\", \"mac\" FROM \"cases\" ORDER BY \"id\" LIMIT 200"
    },
    .columns = cases_table_columns, .n_columns = 7, .row_size = sizeof(struct cases_row),
    .slot = &cases_first_slot,
};

static const struct sql_column cases_after_params[] = {
    { "id", SQL_ID, false, offsetof(struct cases_row, id) },
};

static int cases_after_slot;

static const struct stmt cases_after = {
    .name = "cases_after",
    .sql = {
        "SELECT \"id\", \"user\", \"default\", \"note\", \"later\", \"kgen\", \"mac\" FROM \"cases\" WHERE (\"id\") > (?1) ORDER BY \"id\" LIMIT 200",
        "SELECT \"id\", \"user\", \"default\", \"note\", \"later\", \"kgen\", \"mac\" FROM \"cases\" WHERE (\"id\") > ($1) ORDER BY \"id\" LIMIT 200"
    },
    .params = cases_after_params, .n_params = 1,
    .columns = cases_table_columns, .n_columns = 7, .row_size = sizeof(struct cases_row),
    .slot = &cases_after_slot,
};

static const struct sql_column cases_insert_params[] = {
    { "id", SQL_ID, false, offsetof(struct cases_row, id) },
    { "user", SQL_ID, true, offsetof(struct cases_row, user) },
    { "default", SQL_BIGINT, false, offsetof(struct cases_row, default_) },
    { "note", SQL_TEXT, true, offsetof(struct cases_row, note) },
    { "later", SQL_BIGINT, true, offsetof(struct cases_row, later) },
    { "kgen", SQL_BIGINT, false, offsetof(struct cases_row, kgen) },
    { "mac", SQL_BYTEA, false, offsetof(struct cases_row, mac) },
};

static int cases_insert_slot;

static const struct stmt cases_insert = {
    .name = "cases_insert",
    .sql = {
        "INSERT INTO \"cases\" (\"id\", \"user\", \"default\", \"note\", \"later\", \"kgen\", \"mac\") VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
        "INSERT INTO \"cases\" (\"id\", \"user\", \"default\", \"note\", \"later\", \"kgen\", \"mac\") VALUES ($1, $2, $3, $4, $5, $6, $7)"
    },
    .params = cases_insert_params, .n_params = 7,
    .slot = &cases_insert_slot,
};

static const struct sql_column cases_update_params[] = {
    { "user", SQL_ID, true, offsetof(struct cases_row, user) },
    { "default", SQL_BIGINT, false, offsetof(struct cases_row, default_) },
    { "note", SQL_TEXT, true, offsetof(struct cases_row, note) },
    { "later", SQL_BIGINT, true, offsetof(struct cases_row, later) },
    { "kgen", SQL_BIGINT, false, offsetof(struct cases_row, kgen) },
    { "mac", SQL_BYTEA, false, offsetof(struct cases_row, mac) },
    { "id", SQL_ID, false, offsetof(struct cases_row, id) },
    { "mac that was read", SQL_BYTEA, false, sizeof(struct cases_row) },
};

static int cases_update_slot;

static const struct stmt cases_update = {
    .name = "cases_update",
    .sql = {
        "UPDATE \"cases\" SET \"user\" = ?1, \"default\" = ?2, \"note\" = ?3, \"later\" = ?4, \"kgen\" = ?5, \"mac\" = ?6 WHERE \"id\" = ?7 AND \"mac\" = ?8",
        "UPDATE \"cases\" SET \"user\" = $1, \"default\" = $2, \"note\" = $3, \"later\" = $4, \"kgen\" = $5, \"mac\" = $6 WHERE \"id\" = $7 AND \"mac\" = $8"
    },
    .params = cases_update_params, .n_params = 8,
    .slot = &cases_update_slot,
};

static const struct sql_column cases_remove_params[] = {
    { "id", SQL_ID, false, offsetof(struct cases_row, id) },
    { "mac", SQL_BYTEA, false, offsetof(struct cases_row, mac) },
};

static int cases_remove_slot;

static const struct stmt cases_remove = {
    .name = "cases_remove",
    .sql = {
        "DELETE FROM \"cases\" WHERE \"id\" = ?1 AND \"mac\" = ?2",
        "DELETE FROM \"cases\" WHERE \"id\" = $1 AND \"mac\" = $2"
    },
    .params = cases_remove_params, .n_params = 2,
    .slot = &cases_remove_slot,
};

const struct table table_cases = {
    .name = "cases", .columns = cases_table_columns, .n_columns = 7,
    .n_key = 1, .row_size = sizeof(struct cases_row), .key = cases_key,
    .logged = true,
    .by_key = &cases_by_key,
    .all = &cases_all,
    .first = &cases_first,
    .after = &cases_after,
    .insert = &cases_insert,
    .update = &cases_update,
    .remove = &cases_remove,
};

const struct sql_column visits_table_columns[] = {
    { "case_id", SQL_ID, false, offsetof(struct visits_row, case_id) },
    { "day", SQL_BIGINT, false, offsetof(struct visits_row, day) },
    { "seal", SQL_BYTEA, false, offsetof(struct visits_row, seal) },
};

static const size_t visits_key[] = { 0, 1 };

const struct table table_visits = {
    .name = "visits", .columns = visits_table_columns, .n_columns = 3,
    .n_key = 2, .row_size = sizeof(struct visits_row), .key = visits_key,
};

const struct table *const tables[] = {
    &table_cases,
    &table_visits,
    NULL
};

const struct stmt *const tables_sql[] = {
    &cases_by_key,
    &cases_all,
    &cases_first,
    &cases_after,
    &cases_insert,
    &cases_update,
    &cases_remove,
    NULL
};

const struct migration migrations[] = {
    { 1, "0001_small.sql",
        "-- A logged table, and one that is not.\n"
        "CREATE TABLE cases (\n"
        "    id BYTEA NOT NULL PRIMARY KEY,\n"
        "    \"user\" BYTEA CHECK (length(\"user\") = 16),\n"
        "    \"default\" BIGINT NOT NULL,\n"
        "    note TEXT,\n"
        "    kgen BIGINT NOT NULL, mac BYTEA NOT NULL);\n"
        "\n"
        "CREATE TABLE visits (\n"
        "    case_id BYTEA NOT NULL REFERENCES cases,\n"
        "    day BIGINT NOT NULL,\n"
        "    seal BYTEA NOT NULL,\n"
        "    PRIMARY KEY (case_id, day));\n",
        "498d0259b95f83cbfddb896857b714daffa09ce30df7ab54e0cf31f95e8f5a1e" },
    { 2, "0002_later.sql",
        "ALTER TABLE cases ADD COLUMN later BIGINT; -- a new column stands before kgen and mac\n",
        "73ca74ea2b4adb7f9ad7ddc332fe674ae128b406472f1c105cb041050e155095" },
};

const size_t migrations_n = 2;
