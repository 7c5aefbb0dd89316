/* What was taken back or ran out: its case goes. The keys first, so that whatever remains after a crash is already closed to all; the
   row of the report stays, for it answers "already retracted". */
#include "platforms.h"

#include "reports.h"

#include "casework.sql.h"

/* An act names each row that it wrote, so no act takes more than some hundreds. */
struct forgetting { struct ledger *l; const char *data_dir; struct id report; i64 now; };

static status begin(const struct forgetting *f, const struct platform_reports_row *row)
{
    return act_begin(f->l, (struct act_info){ .act = "platform.forget", .now = f->now, .object = f->report,
                                              .unit = row->unit.has ? row->unit.v : id_zero() });
}

static status drop_grants(const struct forgetting *f, size_t *n)
{
    struct grants_rows rows;

    TRY(sql_platform_grants(f->l, (struct sql_platform_grants){ .case_id = f->report }, &rows));
    *n = rows.n;
    for (size_t i = 0; i < rows.n; i++)
        TRY(row_delete(f->l, &table_grants, &rows.at[i]));
    return OK;
}

static status drop_records(const struct forgetting *f, size_t *n)
{
    struct records_rows rows;

    TRY(sql_platform_records(f->l, (struct sql_platform_records){ .case_id = f->report }, &rows));
    *n = rows.n;
    for (size_t i = 0; i < rows.n; i++)
        TRY(row_delete(f->l, &table_records, &rows.at[i]));
    return OK;
}

/* What was matched in its files waits for the analyst no longer: those rows hold the hashes of the files. */
#define DROP(name, table, find)                                                                     \
    static status name(const struct forgetting *f, size_t *n)                                       \
    {                                                                                               \
        struct table##_rows rows;                                                                   \
                                                                                                    \
        TRY(sql_##find(f->l, (struct sql_##find){ .case_id = f->report }, &rows));                  \
        *n = rows.n;                                                                                \
        for (size_t i = 0; i < rows.n; i++)                                                         \
            TRY(row_delete(f->l, &table_##table, &rows.at[i]));                                     \
        return OK;                                                                                  \
    }

DROP(drop_verdicts, verdicts, verdicts_to_erase)
DROP(drop_hits, seen_hits, seen_hits_to_erase)
DROP(drop_seen, seen, seen_to_erase)

/* The bytes go before the row does: a row without a file shows itself, a file without a row would stay until it is swept. */
static status drop_files(const struct forgetting *f, size_t *n)
{
    struct files_rows rows;

    TRY(sql_platform_sealed(f->l, (struct sql_platform_sealed){ .case_id = f->report }, &rows));
    *n = rows.n;
    for (size_t i = 0; i < rows.n; i++) {
        upload_remove(f->l->arena, f->data_dir, rows.at[i].id, f->now);
        TRY(row_delete(f->l, &table_files, &rows.at[i]));
    }
    return OK;
}

static status drop_list(const struct forgetting *f, size_t *n)
{
    struct platform_files_rows rows;

    TRY(sql_platform_files_of(f->l, (struct sql_platform_files_of){ .report = f->report, .after = -1 }, &rows));
    *n = rows.n < 200 ? rows.n : 200;
    for (size_t i = 0; i < *n; i++)
        TRY(row_delete(f->l, &table_platform_files, &rows.at[i]));
    return OK;
}

static status drop_case(const struct forgetting *f, struct platform_reports_row *row)
{
    struct compartments_rows comps;
    struct cases_row kept = { .id = f->report };

    TRY(sql_platform_comps(f->l, (struct sql_platform_comps){ .case_id = f->report }, &comps));
    for (size_t i = 0; i < comps.n; i++)
        TRY(row_delete(f->l, &table_compartments, &comps.at[i]));
    TRY(row_get(f->l, &table_cases, &kept));
    TRY(row_delete(f->l, &table_cases, &kept));
    row->kept = 0;
    return row_update(f->l, &table_platform_reports, row);
}

typedef status drop(const struct forgetting *f, size_t *n);

/* One kind of rows until there are none. */
static status drop_all(const struct forgetting *f, const struct platform_reports_row *row, drop *some)
{
    size_t n = 1;

    while (n) {
        TRY(begin(f, row));
        TRY(some(f, &n));
        if (n == 0)
            act_abort(f->l);
        else
            TRY(act_commit(f->l));
    }
    return OK;
}

status report_forget(struct ledger *l, const char *data_dir, struct platform_reports_row *row, i64 now)
{
    struct forgetting f = { l, data_dir, row->id, now };
    static drop *const all[] = { drop_grants, drop_files, drop_records, drop_verdicts, drop_hits, drop_seen, drop_list };

    for (size_t i = 0; i < COUNT_OF(all); i++)
        TRY(drop_all(&f, row, all[i]));
    TRY(begin(&f, row));
    TRY(row_get(l, &table_platform_reports, row));
    if (row->kept == 0) {
        act_abort(l);
        return OK;              /* somebody was faster */
    }
    TRY(drop_case(&f, row));
    return act_commit(l);
}

/* -- timed ------------------------------------------------------------------------------------------------------------------------------ */

static status run_out(struct ledger *l, struct platform_reports_row *row, i64 now)
{
    TRY(act_begin(l, (struct act_info){ .act = "platform.expire", .now = now, .object = row->id,
                                        .unit = row->unit.has ? row->unit.v : id_zero() }));
    TRY(sql_platform_marks_end(l->db, (struct sql_platform_marks_end){ .report = row->id }, &(i64){ 0 }));
    row->state = STR("expired");
    TRY(row_update(l, &table_platform_reports, row));
    return act_commit(l);
}

/* Whoever adds to a report at this very moment is first, and it goes on: its row is no longer the one that was read. */
static status expire_all(struct ledger *l, i64 now)
{
    struct platform_reports_rows rows;
    struct sql_platform_running_out in = { .opened = now - EXPIRES_OPENED_HOURS * (i64)HOUR_MS,
                                           .changed = now - EXPIRES_CHANGED_HOURS * (i64)HOUR_MS };

    TRY(sql_platform_running_out(l, in, &rows));
    for (size_t i = 0; i < rows.n; i++) {
        status s = rows.at[i].altered ? OK : run_out(l, &rows.at[i], now);

        if (s == CONFLICT)
            act_abort(l);
        else
            TRY(s);
    }
    return OK;
}

static status forget_all(struct ledger *l, const struct app *app, struct str state, i64 now)
{
    struct platform_reports_rows rows;

    TRY(sql_platform_to_forget(l, (struct sql_platform_to_forget){ .state = state }, &rows));
    for (size_t i = 0; i < rows.n; i++) {
        status s = rows.at[i].altered ? OK : report_forget(l, app->data_dir, &rows.at[i], now);

        if (s != OK)
            act_abort(l);
        if (s != OK && s != CONFLICT)
            return s;
    }
    return OK;
}

status platforms_sweep(struct ledger *l, const struct app *app, i64 now)
{
    TRY(expire_all(l, now));
    TRY(forget_all(l, app, STR("retracted"), now));
    return forget_all(l, app, STR("expired"), now);
}
