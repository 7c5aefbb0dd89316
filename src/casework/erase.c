/* The end of a case: its keys first, then everything that was sealed with them, then its row (SECURITY.md, "Erasure"). What stays is
   a tombstone, entries of the log with random ids, and what it counts for in the numbers of its months. */
#include "retention.h"

/* Deletes what a statement finds of a case, some rows at a time. */
#define ERASE(table, find)                                                                  \
    do {                                                                                    \
        struct table##_rows rows;                                                           \
        do {                                                                                \
            TRY(sql_##find(c->ledger, (struct sql_##find){ .case_id = id }, &rows));        \
            for (size_t i = 0; i < rows.n; i++)                                             \
                TRY(row_delete(c->ledger, &table_##table, &rows.at[i]));                    \
        } while (rows.n > 0);                                                               \
    } while (0)

static status erase_keys(struct ctx *c, struct id id)
{
    ERASE(grants, grants_to_erase);
    ERASE(dormant_grants, dormant_to_erase);
    ERASE(offered_grants, offers_to_erase);
    ERASE(reporters, reporters_to_erase);
    return OK;
}

static status erase_records(struct ctx *c, struct id id, struct erased *sum)
{
    struct records_rows rows;

    do {
        TRY(sql_records_to_erase(c->ledger, (struct sql_records_to_erase){ .case_id = id }, &rows));
        for (size_t i = 0; i < rows.n; i++)
            TRY(row_delete(c->ledger, &table_records, &rows.at[i]));
        sum->records += (i64)rows.n;
    } while (rows.n > 0);
    return OK;
}

static status erase_files(struct ctx *c, struct id id, struct erased *sum)
{
    struct files_rows rows;

    do {
        TRY(sql_files_to_erase(c->ledger, (struct sql_files_to_erase){ .case_id = id }, &rows));
        for (size_t i = 0; i < rows.n; i++) {
            TRY(sql_file_to_end(c->ledger->db, (struct sql_file_to_end){ .id = rows.at[i].id }));
            TRY(row_delete(c->ledger, &table_files, &rows.at[i]));
        }
        sum->files += (i64)rows.n;
    } while (rows.n > 0);
    return OK;
}

/* Referrals of others that led here stay theirs. */
static status let_go(struct ctx *c, struct id id)
{
    struct referrals_rows rows;

    do {
        TRY(sql_referrals_into(c->ledger, (struct sql_referrals_into){ .case_id = id }, &rows));
        for (size_t i = 0; i < rows.n; i++) {
            rows.at[i].to_case = (struct opt_id){ 0 };
            TRY(row_update(c->ledger, &table_referrals, &rows.at[i]));
        }
    } while (rows.n > 0);
    return OK;
}

static status erase_one(struct ctx *c, const struct table *t, void *row)
{
    status s = row_get(c->ledger, t, row);

    return s == NOT_FOUND ? OK : s == OK ? row_delete(c->ledger, t, row) : s;
}

/* Of a platform's report the number stays, so that the platform hears that it was filed; what it said goes, and so does what put it beside
   others. */
static status erase_telling(struct ctx *c, struct id id)
{
    struct platform_reports_row row = { .id = id };
    status s = row_get(c->ledger, &table_platform_reports, &row);

    if (s != OK)
        return s == NOT_FOUND ? OK : s;
    TRY(sql_platform_bundles_to_end(c->ledger->db, (struct sql_platform_bundles_to_end){ .report = id }, &(i64){ 0 }));
    TRY(sql_platform_marks_to_end(c->ledger->db, (struct sql_platform_marks_to_end){ .report = id }, &(i64){ 0 }));
    ERASE(verdicts, verdicts_to_erase);
    ERASE(seen_hits, seen_hits_to_erase);
    ERASE(seen, seen_to_erase);
    ERASE(platform_files, platform_files_to_erase);
    TRY(erase_one(c, &table_platform_asks, &(struct platform_asks_row){ .report = id }));
    row.kept = 0;
    return row_update(c->ledger, &table_platform_reports, &row);
}

#define LET_GO(find)                                                                        \
    do {                                                                                    \
        struct takedowns_rows rows;                                                         \
        do {                                                                                \
            TRY(sql_##find(c->ledger, (struct sql_##find){ .case_id = id }, &rows));        \
            for (size_t i = 0; i < rows.n; i++) {                                           \
                rows.at[i].found = (struct opt_id){ 0 };                                    \
                TRY(row_update(c->ledger, &table_takedowns, &rows.at[i]));                  \
            }                                                                               \
        } while (rows.n > 0);                                                               \
    } while (0)

/* What is asked of others goes on; what it came from is forgotten. */
static status let_tracks_go(struct ctx *c, struct id id)
{
    LET_GO(takedowns_found_in);
    LET_GO(takedowns_found_by_picture);
    return OK;
}

static status erase_work(struct ctx *c, struct id id)
{
    TRY(let_tracks_go(c, id));
    TRY(erase_telling(c, id));
    ERASE(supports, supports_to_erase);
    ERASE(referrals, referrals_to_erase);
    TRY(let_go(c, id));
    ERASE(papers, papers_to_erase);
    ERASE(clock_notices, clock_notices_to_erase);
    ERASE(clocks, clocks_to_erase);
    ERASE(case_states, case_states_to_erase);
    ERASE(case_asks, case_asks_to_erase);
    ERASE(tasks, tasks_to_erase);
    ERASE(flags, flags_to_erase);
    ERASE(meeting_guests, guests_to_erase);
    ERASE(meetings, meetings_to_erase);
    ERASE(legal_holds, holds_to_erase);
    ERASE(takedown_cases, takedown_links_to_erase);     /* the content is still asked for; that it was this case's goes */
    ERASE(picture_hashes, picture_hashes_to_erase);     /* what a bank took in stays there, and leads to no case any more */
    ERASE(pictures, pictures_to_erase);
    return OK;
}

/* Rows that there is one of, or none. */
static status erase_rows(struct ctx *c, struct id id)
{
    char text[ID_TEXT + 1];

    id_text(id, text);
    TRY(sql_presence_forget(c->ledger->db, (struct sql_presence_forget){ .report = id }));
    TRY(sql_drafts_forget(c->ledger->db, (struct sql_drafts_forget){ .text = str_c(text) }));
    TRY(erase_one(c, &table_pranks, &(struct pranks_row){ .report = id }));
    TRY(erase_one(c, &table_merges, &(struct merges_row){ .report = id }));
    TRY(erase_one(c, &table_retentions, &(struct retentions_row){ .case_id = id }));
    TRY(erase_one(c, &table_casefiles, &(struct casefiles_row){ .case_id = id }));
    ERASE(compartments, compartments_to_erase);
    return erase_one(c, &table_cases, &(struct cases_row){ .id = id });
}

/* The reports that were merged into it write into its C: they go with it. */
static status erase_merged(struct ctx *c, struct id id, struct erased *sum)
{
    struct merges_rows rows;

    do {
        TRY(sql_merges_into(c->ledger, (struct sql_merges_into){ .case_id = id }, &rows));
        for (size_t i = 0; i < rows.n; i++)
            TRY(case_erase(c, rows.at[i].report, sum));
    } while (rows.n > 0);
    return OK;
}

status case_erase(struct ctx *c, struct id id, struct erased *sum)
{
    TRY(erase_merged(c, id, sum));
    TRY(stats_keep(c, id));
    TRY(sql_file_to_end(c->ledger->db, (struct sql_file_to_end){ .id = id }));      /* no file: the job hears that something went */
    TRY(erase_keys(c, id));
    TRY(erase_work(c, id));
    TRY(erase_records(c, id, sum));
    TRY(erase_files(c, id, sum));
    return erase_rows(c, id);
}
