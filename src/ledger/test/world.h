/* A database of its own for a test program, a ledger on it, and rows of every table made by rule. */
#pragma once

#include "../../vault/test/fixture.h"

#include "base/clock.h"
#include "ledger.sql.h"
#include "ledger/row.h"
#include "tables.sql.h"

#define NOON ((i64)1764046800000)       /* 2025-11-25 12:00 at Ho Chi Minh City */

struct world {
    struct db *db;
    bool owns_db;
    struct ledger ledger;
};

/* A new, empty database: SQLite, or PostgreSQL where LACHAN_TEST_POSTGRES names a server. Ends the program
   if it cannot. */
struct world *world_new(void);
/* Another connection to the same database, for another thread or, with its own db_open, another process. */
struct world *world_beside(const struct world *w, bool own_db);
void world_free(struct world *w);

/* -- rows by rule -------------------------------------------------------------------------------------- */
/* In variant v all ids are row_id(v), numbers v, texts "tv"; so foreign keys fit within a variant. */
struct id row_id(int v);
void *row_make(const struct table *t, int v);
size_t logged_tables(const struct table **list, size_t max);    /* in the order of the migrations */
/* Inserts the rows of variant v of the first n logged tables, in one act. */
status insert_tables(struct world *w, size_t n, int v);

struct act_info staff_act(const char *act, i64 now);
struct act_info anonymous_act(const char *act, i64 now);
