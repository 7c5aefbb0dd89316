#include "cells.h"

#include <ftw.h>
#include <libpq-fe.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

enum { TABLES = 200, NAME = 64, FILE_MAX = 8 << 20 };
enum { PG_INT8 = 20 };

struct tables_seen { char name[TABLES][NAME]; size_t n; };

static void stop(const char *why)
{
    printf("Bail out! the database cannot be read past our code: %s\n", why);
    exit(EXIT_FAILED);
}

static void table_add(struct tables_seen *all, const char *name)
{
    if (all->n == TABLES)
        stop("too many tables");
    snprintf(all->name[all->n++], NAME, "%s", name);
}

/* -- SQLite ----------------------------------------------------------------------------------------------- */

static sqlite3_stmt *lite_prepare(sqlite3 *db, const char *sql)
{
    sqlite3_stmt *s;

    if (sqlite3_prepare_v2(db, sql, -1, &s, NULL) != SQLITE_OK)
        stop(sqlite3_errmsg(db));
    return s;
}

static void lite_row(sqlite3_stmt *s, const char *table, cell_each *each, void *to)
{
    for (int k = 0; k < sqlite3_column_count(s); k++) {
        struct cell_seen cell = { .table = table, .column = sqlite3_column_name(s, k) };
        int type = sqlite3_column_type(s, k);

        if (type == SQLITE_NULL)
            continue;
        cell.number = type == SQLITE_INTEGER;
        if (cell.number) {
            cell.i = sqlite3_column_int64(s, k);
        } else {
            const void *at = sqlite3_column_blob(s, k);

            cell.value = str_of(at ? at : "", (size_t)sqlite3_column_bytes(s, k));
        }
        each(to, &cell);
    }
}

static void lite_table(sqlite3 *db, const char *table, cell_each *each, void *to)
{
    char sql[NAME + 32];
    sqlite3_stmt *s;

    snprintf(sql, sizeof sql, "SELECT * FROM \"%s\"", table);
    s = lite_prepare(db, sql);
    while (sqlite3_step(s) == SQLITE_ROW)
        lite_row(s, table, each, to);
    sqlite3_finalize(s);
}

static size_t lite_all(const struct site *site, cell_each *each, void *to)
{
    struct tables_seen all = { 0 };
    char path[64];
    sqlite3_stmt *s;
    sqlite3 *db;

    snprintf(path, sizeof path, "%s/lachan.db", site->folder);
    if (sqlite3_open_v2(path, &db, SQLITE_OPEN_READWRITE, NULL) != SQLITE_OK)
        stop(path);
    s = lite_prepare(db, "SELECT name FROM sqlite_schema WHERE type = 'table'");
    while (sqlite3_step(s) == SQLITE_ROW)
        table_add(&all, (const char *)sqlite3_column_text(s, 0));
    sqlite3_finalize(s);
    for (size_t i = 0; i < all.n; i++)
        lite_table(db, all.name[i], each, to);
    sqlite3_close(db);
    return all.n;
}

/* -- PostgreSQL --------------------------------------------------------------------------------------------- */

static PGresult *post_query(PGconn *db, const char *sql)
{
    PGresult *r = PQexecParams(db, sql, 0, NULL, NULL, NULL, NULL, 1);

    if (PQresultStatus(r) != PGRES_TUPLES_OK)
        stop(PQerrorMessage(db));
    return r;
}

static i64 big_endian(const char *at)
{
    uint64_t n = 0;

    for (size_t i = 0; i < 8; i++)
        n = n << 8 | (uint8_t)at[i];
    return (i64)n;
}

static void post_table(PGconn *db, const char *table, cell_each *each, void *to)
{
    char sql[NAME + 32];
    PGresult *r;

    snprintf(sql, sizeof sql, "SELECT * FROM \"%s\"", table);
    r = post_query(db, sql);
    for (int row = 0; row < PQntuples(r); row++)
        for (int k = 0; k < PQnfields(r); k++) {
            struct cell_seen cell = { .table = table, .column = PQfname(r, k), .number = PQftype(r, k) == PG_INT8 };

            if (PQgetisnull(r, row, k))
                continue;
            cell.value = str_of(PQgetvalue(r, row, k), (size_t)PQgetlength(r, row, k));
            if (cell.number)
                cell.i = big_endian(cell.value.at);
            each(to, &cell);
        }
    PQclear(r);
}

static size_t post_all(cell_each *each, void *to)
{
    struct tables_seen all = { 0 };
    char address[256];
    PGconn *db;
    PGresult *r;

    snprintf(address, sizeof address, "postgresql%s", strchr(getenv("LACHAN_TEST_POSTGRES"), ':'));
    db = PQconnectdb(address);
    if (PQstatus(db) != CONNECTION_OK)
        stop(PQerrorMessage(db));
    r = post_query(db, "SELECT relname::text FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace");
    for (int i = 0; i < PQntuples(r); i++)
        table_add(&all, PQgetvalue(r, i, 0));
    PQclear(r);
    for (size_t i = 0; i < all.n; i++)
        post_table(db, all.name[i], each, to);
    PQfinish(db);
    return all.n;
}

size_t cells_each(const struct site *site, cell_each *each, void *to)
{
    return getenv("LACHAN_TEST_POSTGRES") ? post_all(each, to) : lite_all(site, each, to);
}

/* -- files -------------------------------------------------------------------------------------------------- */

static struct { file_each *each; void *to; size_t n; } walk;

static int walk_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
    struct file_seen file = { .path = path, .name = path + ftw->base, .changed = (i64)st->st_mtim.tv_sec * 1000, .bytes = STR("") };
    char *bytes = NULL;
    FILE *f;

    if (strncmp(file.name, "lachan.db", 9) == 0)
        return 0;
    if (type == FTW_F && (f = fopen(path, "re")) != NULL) {
        bytes = malloc(FILE_MAX);
        file.bytes = str_of(bytes, fread(bytes, 1, FILE_MAX, f));
        fclose(f);
    }
    walk.each(walk.to, &file);
    walk.n++;
    free(bytes);
    return 0;
}

size_t files_each(const struct site *site, file_each *each, void *to)
{
    walk.each = each;
    walk.to = to;
    walk.n = 0;
    nftw(site->folder, walk_one, 16, FTW_PHYS);
    return walk.n;
}
