/* What the checks found last: every process and every page of an administrator reads it. */
#include "ledger.h"

#include "ledger.sql.h"

status audit_keep(struct ledger *l, const char *kind, const struct audit *audit, i64 now)
{
    struct str bad = audit->bad.at ? audit->bad : STR("");

    TRY(tx_begin(l->db));
    if (sql_audit_put(l->db, (struct sql_audit_put){ .kind = str_c(kind), .at = now, .fine = bad.n == 0, .entries = audit->entries,
                                                     .rows_seen = audit->rows, .bad = bad }) == OK)
        return tx_commit(l->db);
    tx_rollback(l->db);
    return fail(BROKEN, "the result of a check cannot be kept");
}

status audit_last(struct ledger *l, struct audit_last *last)
{
    struct audits_all_rows rows;

    *last = (struct audit_last){ .bad = STR("") };
    TRY(sql_audits_all(l->db, &rows));
    for (size_t i = 0; i < rows.n; i++) {
        if (str_is(rows.at[i].kind, AUDIT_ROWS)) {
            last->at = rows.at[i].at;
            last->entries = rows.at[i].entries;
            last->rows = rows.at[i].rows_seen;
        }
        if (!rows.at[i].fine && last->bad.n == 0) {
            last->bad = rows.at[i].bad;
            last->bad_at = rows.at[i].at;
        }
    }
    return OK;
}
