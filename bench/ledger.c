/* What rows and the log cost: the stamp of a row of 300 bytes, numbering, and audit verify.   ledger [ENTRIES] */
#include "base/clock.h"
#include "ledger.sql.h"
#include "ledger/row.h"
#include "tables.sql.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { ROUNDS = 5, STAMPS = 200000, VERSIONS = 10, WORDS = 240 };

static struct ledger l;
static char words[WORDS];
static char path[512];

static void must(status s, const char *what)
{
    if (s == OK)
        return;
    fprintf(stderr, "%s: %s %s\n", what, status_name(s), fail_message());
    exit(1);
}

static void say(const char *name, double value, const char *unit)
{
    printf("{\"bench\":\"ledger_%s\",\"value\":%.3f,\"unit\":\"%s\"}\n", name, value, unit);
    fflush(stdout);
}

static struct organisations_row row_of(i64 n, i64 version)
{
    struct organisations_row row = { .code = arena_f(l.arena, "c%lld", (long long)n), .kind = STR("hotline") };

    for (int i = 0; i < 8; i++)
        row.id.b[i] = (uint8_t)(n >> 8 * i);
    words[0] = (char)('a' + version);
    row.name = arena_copy(l.arena, str_of(words, sizeof words));
    return row;
}

static void bench_stamp(void)
{
    struct organisations_row row = row_of(1, 1);
    double best = 1e9;

    for (int round = 0; round < ROUNDS; round++) {
        i64 start = clock_mono_us();
        struct key mac = { 0 };
        double us;

        for (int i = 0; i < STAMPS; i++) {
            uint8_t rh[ROW_HASH_BYTES];

            row.id.b[15] = mac.b[0];
            row_hash(&table_organisations, &row, rh);
            vault_row_mac(&mac, house_now(l.house), rh);
        }
        us = (double)(clock_mono_us() - start) / STAMPS;
        best = us < best ? us : best;
    }
    say("stamp_of_300_bytes", best, "us");
}

/* One entry as act_commit writes it, without a commit for each. */
static void add_entry(i64 n, i64 version)
{
    struct organisations_row was = row_of(n, version - 1), is = row_of(n, version);
    struct entry e = { .id = id_timed(n), .time = version, .act = STR("bench.write"), .object = is.id };
    struct entry_row row = { .table = STR("organisations"), .key = id_bytes(&is.id) };
    struct out o = { .max = ENTRY_MAX };
    struct entry_mac mac;

    if (version > 0)
        row_hash(&table_organisations, &was, row.was);
    row_hash(&table_organisations, &is, row.is);
    entry_write_head(&o, &e);
    entry_write_row(&o, &row);
    mac = entry_mac(house_now(l.house), out_done(&o));
    must(sql_log_add(l.db, (struct sql_log_add){ .id = e.id, .object = e.object, .entry = out_done(&o), .mac = str_of(mac.b, sizeof mac.b),
                                                 .at = version, .act = e.act }), "log_add");
    if (version == VERSIONS - 1)
        must(sql_log_name_row(l.db, (struct sql_log_name_row){ row.table, row.key, e.id }), "name_row");
    out_free(&o);
}

static void add_row(i64 n)
{
    struct organisations_row row = row_of(n, VERSIONS - 1);
    uint8_t rh[ROW_HASH_BYTES];
    struct key mac;

    row_hash(&table_organisations, &row, rh);
    vault_row_mac(&mac, house_now(l.house), rh);
    row.kgen = house_now(l.house)->kgen;
    row.mac = key_str(&mac);
    must(db_exec(l.db, table_organisations.insert, &row, NULL), "insert");
}

static void fill(i64 entries)
{
    for (i64 version = 0; version < VERSIONS; version++) {
        must(tx_begin(l.db), "begin");
        for (i64 n = 0; n < entries / VERSIONS; n++) {
            add_entry(n, version);
            if (version == VERSIONS - 1)
                add_row(n);
            arena_reset(l.arena, false);
        }
        must(tx_commit(l.db), "commit");
    }
}

static void bench_log(i64 entries)
{
    struct audit audit;
    i64 start;

    fill(entries);
    start = clock_mono_us();
    must(log_number(&l, 1), "number");
    say("number_an_entry", (double)(clock_mono_us() - start) / (double)(entries + 1), "us");
    for (int round = 0; round < 2; round++) {
        start = clock_mono_us();
        must(audit_verify(&l, tables, &audit), "verify");
        say("verify", (double)(clock_mono_us() - start) / 1e6, "s");
    }
    say("verified_entries", (double)audit.entries, "entries");
    say("verified_rows", (double)audit.rows, "rows");
}

static struct db *open_db(void)
{
    const char *tmp = getenv("TMPDIR");
    struct db *db;

    snprintf(path, sizeof path, "%s/lachan-bench-%d.db", tmp ? tmp : ".", getpid());
    must(db_open(&(struct db_config){ .address = path, .statement_ms = 600000 }, &db), "open");
    db_register(db, tables_sql);
    db_register(db, ledger_sql);
    must(db_migrate(db, migrations, migrations_n), "migrate");
    return db;
}

static void remove_files(void)
{
    static const char *const ends[] = { "", "-wal", "-shm" };
    char file[600];

    for (size_t i = 0; i < COUNT_OF(ends); i++) {
        snprintf(file, sizeof file, "%s%s", path, ends[i]);
        unlink(file);
    }
}

int main(int argc, char **argv)
{
    struct instance_row instance = { .origin = STR("example.org/log"), .rep_salt = STR("0123456789abcdef") };
    struct arena arena = arena_make(SIZE_MAX / 2);
    struct key k = { { 1 } };

    vault_start();
    memset(words, 'x', sizeof words);
    l = (struct ledger){ .arena = &arena, .house = house_of_seed(1, &k) };
    must(conn_open(open_db(), &l.db), "conn");
    conn_use(l.db, &arena);
    bench_stamp();
    must(act_begin(&l, (struct act_info){ .act = "init" }), "begin");
    must(row_insert(&l, &table_instance, &instance), "insert");
    must(act_commit(&l), "commit");
    bench_log(argc > 1 ? strtoll(argv[1], NULL, 10) : 1000000);
    remove_files();
    return 0;
}
