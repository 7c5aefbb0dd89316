/* The timed work that makes a bank's files of its rows. All rows are read, in one state of the database, and must add up to the sum of the
   newest version: what was altered, put there or taken away behind our back is found here, and the files that were proven stay in use. */
#include "bank_files.h"

#include "../base/log.h"

#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

enum { CHANGES_FEW = 1000, CHANGES_SHARE = 8, BUILD_KEPT = 2 };
#define QUIET_MS MINUTE_MS                      /* after the last change */
#define BUILD_EVERY_MS (10 * (i64)MINUTE_MS)    /* of a few changes */

struct making {
    struct ledger *l;
    const char *data_dir;
    struct banks_row bank;
    struct bank_versions_row version;
    struct bank_builds_row before, build;       /* before.build 0: the first */
    struct detect_builder *full, *cpp512;
    struct id *exact;
    size_t n_exact, room;
    i64 records;
    uint8_t sum[16];
};

/* -- whether ------------------------------------------------------------------------------------------------------------------- */

static bool missing(const struct making *m)
{
    const struct bank_builds_row *b = &m->before;

    return (b->digest_full.at && access(bank_path(m->l->arena, m->data_dir, m->bank.code, b->build, "bank").at, R_OK) != 0)
        || (b->digest_cpp512.at && access(bank_path(m->l->arena, m->data_dir, m->bank.code, b->build, "cpp512.bank").at, R_OK) != 0)
        || (b->digest_exact.at && access(bank_path(m->l->arena, m->data_dir, m->bank.code, b->build, "exact").at, R_OK) != 0);
}

/* file: it is wrong. rows_at: when the table was found wrong; 0: it was not. */
struct alarms { bool file; i64 rows_at; };

static status alarms_of(struct ledger *l, i64 bank, struct alarms *a)
{
    struct bank_alarms_all_rows rows;

    *a = (struct alarms){ 0 };
    TRY(sql_bank_alarms_all(l->db, &rows));
    for (size_t i = 0; i < rows.n; i++)
        if (rows.at[i].bank == bank) {
            a->file = !rows.at[i].rows_wrong;
            a->rows_at = rows.at[i].rows_wrong ? rows.at[i].at : 0;
        }
    return OK;
}

/* Many changes at once; a few, once the bank is quiet. */
static bool worth(const struct making *m, i64 changed, i64 now)
{
    i64 most = m->version.records / CHANGES_SHARE;

    return changed > (most < CHANGES_FEW ? CHANGES_FEW : most)
        || (changed > 0 && now - m->version.at > QUIET_MS && now - m->before.at > BUILD_EVERY_MS);
}

/* Also where a file is gone or not to be trusted. A table that was found wrong is looked at again each hour: each moment tells nothing new. */
static status wanted(struct making *m, i64 now, bool *yes)
{
    struct bank_changed_count_row changed = { 0 };
    struct alarms alarms;

    TRY(alarms_of(m->l, m->bank.no, &alarms));
    if (m->version.last_seq > m->before.seq)
        TRY(sql_bank_changed_count(m->l->db, (struct sql_bank_changed_count){ .bank = m->bank.no, .after = m->before.seq }, &changed));
    if (alarms.rows_at)
        *yes = now - alarms.rows_at >= HOUR_MS;
    else
        *yes = alarms.file || missing(m) || worth(m, changed.n, now);
    return OK;
}

static status or_none(status s)
{
    return s == NOT_FOUND ? OK : s;
}

static status look(struct making *m)
{
    TRY(or_none(version_newest(m->l, m->bank.no, &m->version)));
    return or_none(sql_bank_build_newest(m->l, (struct sql_bank_build_newest){ .bank = m->bank.no }, &m->before));
}

/* -- reading all rows ---------------------------------------------------------------------------------------------------------------- */

static status detect_failed(const struct detect_error *error)
{
    return fail(BROKEN, "%s", error->text);
}

static status to_index(struct detect_builder **builder, enum detect_family family, const struct bank_hashes_row *r)
{
    struct detect_pdq pdq = { .family = (uint8_t)family };
    struct detect_error error;

    if (*builder == NULL && detect_builder_open(family, builder, &error) != DETECT_OK)
        return detect_failed(&error);
    memcpy(pdq.bits, r->value.at, sizeof pdq.bits);
    return detect_builder_add(*builder, &pdq, "0", 1, &error) == DETECT_OK ? OK : detect_failed(&error);    /* its id follows from its bits */
}

static void to_exact(struct making *m, struct id id)
{
    if (m->n_exact == m->room) {
        size_t room = m->room * 2 + 1024;

        m->exact = memory_grow(m->exact, m->room * sizeof id, room * sizeof id);
        m->room = room;
    }
    m->exact[m->n_exact++] = id;
}

static status take_row(void *to, const void *at)
{
    const struct bank_hashes_row *r = at;
    struct making *m = to;
    struct record_mark mark;

    TRY(record_check(m->l->house, r));
    TRY(record_mark(m->l->house, r, &mark));
    for (size_t i = 0; i < 16; i++)
        m->sum[i] ^= mark.secret[i];
    m->records++;
    if (!record_in_force(r))
        return OK;
    if (r->kind != HASH_PDQ) {
        to_exact(m, r->id);
        return OK;
    }
    return r->family == FAMILY_CPP512 ? to_index(&m->cpp512, DETECT_CPP512, r) : to_index(&m->full, DETECT_FULL, r);
}

static status adds_up(struct making *m)
{
    uint8_t sum[16] = { 0 };

    if (m->version.version > 0)
        TRY(version_sum(m->l, &m->version, sum));
    return m->records == m->version.records && memcmp(sum, m->sum, sizeof sum) == 0
        ? OK : fail(BROKEN, "the records of bank %.*s are not those that were written: %lld of %lld, or altered", (int)m->bank.code.n,
                    m->bank.code.at, (long long)m->records, (long long)m->version.records);
}

static status read_rows(struct making *m)
{
    status s;

    TRY(tx_begin_read(m->l->db));
    s = look(m);
    if (s == OK)
        s = sql_bank_hashes_all(m->l->db, (struct sql_bank_hashes_all){ .bank = m->bank.no }, take_row, m);
    tx_rollback(m->l->db);
    return s == OK ? adds_up(m) : s;
}

/* -- writing the files --------------------------------------------------------------------------------------------------------------------- */

static status digest_of(struct making *m, const char *path, struct str *digest)
{
    uint8_t *bytes = arena_alloc(m->l->arena, 32);

    TRY(file_digest(path, bytes));
    *digest = str_of(bytes, 32);
    return OK;
}

static status write_pdq(struct making *m, struct detect_builder *builder, const char *tail, struct str *digest)
{
    struct str path = bank_path(m->l->arena, m->data_dir, m->bank.code, m->build.build, tail);
    struct detect_error error;

    if (builder == NULL)
        return OK;
    if (detect_builder_write(builder, path.at, 1, NULL, NULL, &error) != DETECT_OK)
        return detect_failed(&error);
    return digest_of(m, path.at, digest);
}

static i64 counted(const char *path)
{
    struct detect_bank *bank = NULL;
    i64 n = -1;

    if (detect_bank_open(path, DETECT_CHECK_PROOF, &bank, NULL) == DETECT_OK)
        n = (i64)detect_bank_count(bank);
    detect_bank_close(bank);
    return n;
}

static status write_files(struct making *m)
{
    struct arena *a = m->l->arena;
    struct str folder = arena_f(a, "%s/banks", m->data_dir);

    if (mkdir(folder.at, 0700) != 0 && errno != EEXIST)
        return fail(BROKEN, "%s: %m", folder.at);
    TRY(write_pdq(m, m->full, "bank", &m->build.digest_full));
    TRY(write_pdq(m, m->cpp512, "cpp512.bank", &m->build.digest_cpp512));
    if (m->full)
        m->build.n_full = counted(bank_path(a, m->data_dir, m->bank.code, m->build.build, "bank").at);
    if (m->cpp512)
        m->build.n_cpp512 = counted(bank_path(a, m->data_dir, m->bank.code, m->build.build, "cpp512.bank").at);
    m->build.n_exact = (i64)m->n_exact;
    if (m->n_exact == 0)
        return OK;
    TRY(exact_write(bank_path(a, m->data_dir, m->bank.code, m->build.build, "exact").at, m->exact, m->n_exact));
    return digest_of(m, bank_path(a, m->data_dir, m->bank.code, m->build.build, "exact").at, &m->build.digest_exact);
}

/* Whoever has an old file mapped keeps it until the last search in it ends. */
static void remove_files(struct making *m, i64 build)
{
    static const char *const tails[] = { "bank", "cpp512.bank", "exact" };

    for (size_t i = 0; i < COUNT_OF(tails); i++) {
        struct str path = bank_path(m->l->arena, m->data_dir, m->bank.code, build, tails[i]);

        (void)unlink(path.at);
        (void)unlink(arena_f(m->l->arena, "%s.log", path.at).at);       /* the library keeps one beside its banks */
    }
}

static status forget_old(struct making *m, struct bank_builds_rows *old)
{
    TRY(sql_bank_builds_of(m->l, (struct sql_bank_builds_of){ .bank = m->bank.no }, old));
    for (size_t i = BUILD_KEPT; i < old->n; i++)
        TRY(row_delete(m->l, &table_bank_builds, &old->at[i]));
    return OK;
}

static status publish(struct making *m, i64 now)
{
    struct bank_builds_rows old;

    TRY(act_begin(m->l, (struct act_info){ .act = "bank.build", .now = now, .object = m->bank.id }));
    TRY(row_insert(m->l, &table_bank_builds, &m->build));
    TRY(forget_old(m, &old));
    TRY(banks_turn(m->l, now));
    TRY(sql_bank_alarm_end(m->l->db, (struct sql_bank_alarm_end){ .bank = m->bank.no }));
    TRY(act_commit(m->l));
    for (size_t i = BUILD_KEPT; i < old.n; i++)
        remove_files(m, old.at[i].build);
    return OK;
}

static status make(struct making *m, i64 now)
{
    TRY(read_rows(m));
    m->build = (struct bank_builds_row){ .bank = m->bank.no, .build = m->before.build + 1, .version = m->version.version,
                                         .seq = m->version.last_seq, .at = now };
    TRY(write_files(m));
    return publish(m, now);
}

static status raise_alarm(struct making *m, i64 now)
{
    struct str why = arena_copy(m->l->arena, str_c(fail_message()));

    act_abort(m->l);
    log_error("bank", "ALARM %.*s", (int)why.n, why.at);
    return sql_bank_alarm_put(m->l->db, (struct sql_bank_alarm_put){ .bank = m->bank.no, .at = now, .rows_wrong = 1, .why = why });
}

static status build_one(struct ledger *l, const char *data_dir, const struct banks_row *bank, i64 now)
{
    struct making m = { .l = l, .data_dir = data_dir, .bank = *bank };
    bool yes = false;
    status s = look(&m);

    if (s == OK && m.version.version > 0)
        s = wanted(&m, now, &yes);
    if (s == OK && yes)
        s = make(&m, now);
    detect_builder_close(m.full);
    detect_builder_close(m.cpp512);
    memory_free(m.exact);
    if (s == BROKEN)
        return raise_alarm(&m, now);
    return s;
}

static status build_environment(struct ledger *l, const struct app *app, bool sandbox, i64 now)
{
    struct banks_rows banks;

    TRY(sql_banks_of(l, (struct sql_banks_of){ .sandbox = sandbox }, &banks));
    for (size_t i = 0; i < banks.n; i++)
        if (!banks.at[i].altered && str_is(banks.at[i].state, "active"))
            TRY(build_one(l, app->data_dir, &banks.at[i], now));
    return OK;
}

status banks_build(struct ledger *l, const struct app *app, i64 now)
{
    TRY(build_environment(l, app, false, now));
    return build_environment(l, app, true, now);
}

/* All rows of a bank, against the sum of its newest version: for `lachan banks check`. Writes nothing. */
status bank_rows_check(struct ledger *l, const struct banks_row *bank, i64 *records)
{
    struct making m = { .l = l, .bank = *bank };
    status s = read_rows(&m);

    *records = m.records;
    detect_builder_close(m.full);
    detect_builder_close(m.cpp512);
    memory_free(m.exact);
    return s;
}
