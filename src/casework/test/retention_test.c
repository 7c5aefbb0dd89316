/* How long cases are kept, page by page through the engine: who may, what stops it, and that nothing is left. */
#include <cells.h>
#include <site.h>
#include <test.h>

#include "../retention.h"

#include "casework.sql.h"

#include "../../base/content.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define F(...) arena_f(&site.kept, __VA_ARGS__).at
#define YEAR_MS (366 * DAY_MS)
#define CANARY "Chim hoàng yến 4711"

static struct site site;

static struct visitor *hanh(void) { return as(&site, "hanh.mau"); }        /* counsellor of the hotline */
static struct visitor *minh(void) { return as(&site, "minh.mau"); }        /* its supervisor */

TEST(terms_end_on_the_same_day_years_later)
{
    i64 day, want;

    REQUIRE(clock_of_iso(STR("2024-02-29T10:00"), &day) && clock_of_iso(STR("2034-02-28"), &want));
    CHECK_INT(keep_until(day, 10), want);
    REQUIRE(clock_of_iso(STR("2026-11-29T23:59"), &day) && clock_of_iso(STR("2028-11-29"), &want));
    CHECK_INT(keep_until(day, 2), want);
}

TEST(what_stops_an_erasure_is_named_in_the_order_of_what_matters)
{
    static const struct keep_word time = { .early = false }, request = { .early = true };
    static const struct { struct keep_facts f; enum keep_block late, early; } cases[] = {
        { { .open = true, .held = true }, KEEP_OPEN, KEEP_OPEN },
        { { .unread = true }, KEEP_UNREAD, KEEP_UNREAD },
        { { .held = true, .due = 5 }, KEEP_HELD, KEEP_HELD },
        { { .shared = true }, KEEP_SHARED, KEEP_SHARED },
        { { .merged = true }, KEEP_MERGED, KEEP_MERGED },
        { { .jumped = true }, KEEP_JUMPED, KEEP_JUMPED },
        { { .due = 1001 }, KEEP_NOT_DUE, KEEP_FREE },
        { { .due = 1000 }, KEEP_FREE, KEEP_FREE },
    };

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        CHECK_INT(keep_block(&cases[i].f, &time, 1000), cases[i].late);
        CHECK_INT(keep_block(&cases[i].f, &request, 1000), cases[i].early);
    }
}

/* -- a case that was closed ----------------------------------------------------------------------------------------------------------- */

static const char *at(struct id id, const char *tail)
{
    char text[ID_TEXT + 1];

    id_text(id, text);
    return F("%s%s", text, tail);
}

static struct answer keep(struct id id, const char *fields, struct visitor *who)
{
    (void)get(&site, F("/retention/%s", at(id, "")), who);
    return post(&site, F("/retention/%s", at(id, "")), fields, who);
}

static struct answer see(struct id id, struct visitor *who)
{
    return get(&site, F("/retention/%s", at(id, "")), who);
}

static void sweep(void)
{
    CHECK(retention_terms(&site.in.ledger, &site.in.app, site.now) == OK);
    CHECK(retention_files(&site.in.ledger, &site.in.app, site.now) == OK);
    instance_step(&site.in);
}

/* Closed: the road to an end is the process's own and tested elsewhere, so the rows are set straight here. */
static status set_closed(struct id id, bool closed)
{
    struct casefiles_row file = { .case_id = id };
    struct cases_row row = { .id = id };
    struct ledger *l = &site.in.ledger;

    TRY(act_begin(l, (struct act_info){ .act = "test.close", .now = site.now, .object = id }));
    TRY(row_get(l, &table_casefiles, &file));
    TRY(row_get(l, &table_cases, &row));
    file.open = !closed;
    file.closed = (struct opt_i64){ closed, closed ? site.now : 0 };
    row.state = closed ? STR("closed") : STR("claimed");
    row.waiting = 0;
    TRY(row_update(l, &table_casefiles, &file));
    TRY(row_update(l, &table_cases, &row));
    return act_commit(l);
}

/* A report with a file, which became a case with a task and a note, and was closed. */
static struct id closed_case(struct str *code)
{
    struct visitor child = { 0 };
    struct id id;

    *code = tell(&site, "story=" CANARY "&danger=no&harm=bullying&age=12-15&province=92", &child);
    id = report_of(&site, *code);
    (void)get(&site, path_of(&site, id, "").at, hanh());
    CHECK(leads_to(post(&site, path_of(&site, id, "/case").at, "", hanh()), F("/cases/%s", at(id, ""))));
    (void)get(&site, F("/cases/%s", at(id, "/tasks")), hanh());
    CHECK_INT(post(&site, F("/cases/%s", at(id, "/tasks")), "kind=visit&due=2030-12-24&words=" CANARY, hanh()).code, 303);
    CHECK(set_closed(id, true) == OK);
    instance_step(&site.in);
    sweep();
    return id;
}

static bool kept_at_all(struct id id)
{
    struct retentions_row row = { .case_id = id };
    bool there = row_get(&site.in.ledger, &table_retentions, &row) == OK;

    fail_clear();
    instance_step(&site.in);
    return there;
}

/* -- terms ------------------------------------------------------------------------------------------------------------------------------ */

TEST(a_closed_case_gets_its_term_and_one_that_is_taken_up_again_loses_it)
{
    struct str code;
    struct id id = closed_case(&code);
    struct answer a = see(id, minh());

    CHECK(says(a, "Hồ sơ bảo vệ trẻ em") && says(a, "cần kiểm tra với văn bản gốc") && says(a, "Giữ đến"));
    CHECK(says(get(&site, "/retention", minh()), "Đang lưu"));
    CHECK(leads_to(keep(id, "do=class&class=crime", minh()), F("/retention/%s", at(id, ""))));
    CHECK(says(see(id, minh()), "Hồ sơ có vụ án hình sự"));
    CHECK(says(get(&site, F("/cases/%s", at(id, "")), minh()), "Lưu giữ: từ Hồ sơ bảo vệ trẻ em sang Hồ sơ có vụ án hình sự"));
    CHECK_INT(keep(id, "do=class&class=nonsense", minh()).code, 422);
    CHECK(set_closed(id, false) == OK);
    sweep();
    CHECK(!kept_at_all(id));
    CHECK_INT(see(id, minh()).code, 404);
}

TEST(nobody_of_another_unit_sees_it_and_no_role_without_cases)
{
    struct str code;
    struct id id = closed_case(&code);
    struct answer foreign = see(id, as(&site, "lan.mau")), missing = see(id_random(), as(&site, "lan.mau"));

    CHECK_INT(foreign.code, 404);
    CHECK_STR(foreign.body, missing.body);
    CHECK_INT(see(id, as(&site, "nga.mau")).code, 403);
    CHECK(!says(get(&site, "/retention", as(&site, "lan.mau")), at(id, "")));
}

/* -- what a disk or a stranger does to it ------------------------------------------------------------------------------------------------ */

/* Reports with a term, without the road there: more than a page of them. */
static status set_term(struct id report, struct id unit, i64 i)
{
    struct ledger *l = &site.in.ledger;
    struct retentions_row row = { .case_id = report, .unit = unit, .class = STR("child"), .state = STR("kept"), .since = i, .due = site.now + i };

    TRY(act_begin(l, (struct act_info){ .act = "test.term", .now = site.now, .object = report }));
    TRY(row_insert(l, &table_retentions, &row));
    return act_commit(l);
}

static status take_away(struct id report)
{
    struct retentions_row row = { .case_id = report };

    TRY(act_begin(&site.in.ledger, (struct act_info){ .act = "test.term", .now = site.now, .object = report }));
    TRY(row_get(&site.in.ledger, &table_retentions, &row));
    TRY(row_delete(&site.in.ledger, &table_retentions, &row));
    return act_commit(&site.in.ledger);
}

static size_t rows_of(struct answer a)
{
    static const struct str link = { "<a href=\"/retention/", 20 };
    struct str rest = a.body;
    size_t n = 0, where;

    while ((where = str_find(rest, link)) < rest.n) {
        rest = str_from(rest, where + link.n);
        n++;
    }
    return n;
}

TEST(an_altered_row_of_a_page_hides_no_page_behind_it)
{
    enum { ROWS = 51 };
    struct id reports[ROWS];
    struct cases_row one;
    struct answer a;

    for (int i = 0; i < ROWS; i++) {
        struct visitor child = { 0 };

        reports[i] = report_of(&site, tell(&site, "story=" CANARY "&danger=no&province=92", &child));
    }
    one = (struct cases_row){ .id = reports[0] };
    REQUIRE(row_get(&site.in.ledger, &table_cases, &one) == OK);
    for (int i = 0; i < ROWS; i++)
        REQUIRE(set_term(reports[i], one.owner_unit, i + 1) == OK);
    instance_step(&site.in);
    CHECK(says(get(&site, "/retention", minh()), "/retention?d="));
    REQUIRE(db_script(site.in.ledger.db, "UPDATE retentions SET why = 'x' WHERE since = 3") == OK);
    a = get(&site, "/retention", minh());
    CHECK(says(a, "/retention?d=") && !says(a, at(reports[2], "")));
    CHECK(says(a, at(reports[3], "")) && rows_of(a) == 49);
    REQUIRE(db_script(site.in.ledger.db, "UPDATE retentions SET why = NULL WHERE since = 3") == OK);
    for (int i = 0; i < ROWS; i++)
        CHECK(take_away(reports[i]) == OK);
    instance_step(&site.in);
}

TEST(a_file_that_cannot_be_taken_away_makes_the_database_anew_once)
{
    struct id file = id_random();
    struct files_to_end_all_rows left;
    const char *folder, *path;

    folder = F("%s/files/%s", site.folder, at(file, "") + ID_TEXT - 2);
    path = F("%s/%s", folder, at(file, ""));
    (void)mkdir(folder, 0700);
    REQUIRE(mkdir(path, 0700) == 0);                            /* unlink takes no folder */
    REQUIRE(sql_file_to_end(site.in.ledger.db, (struct sql_file_to_end){ .id = file }) == OK);
    sweep();
    REQUIRE(sql_files_to_end_all(site.in.ledger.db, &left) == OK);
    CHECK(left.n == 1 && left.at[0].forgotten == 1);
    sweep();
    REQUIRE(sql_files_to_end_all(site.in.ledger.db, &left) == OK);
    CHECK_INT(left.n, 1);
    CHECK(rmdir(path) == 0);
    sweep();
    REQUIRE(sql_files_to_end_all(site.in.ledger.db, &left) == OK);
    CHECK_INT(left.n, 0);
}

/* -- holds ------------------------------------------------------------------------------------------------------------------------------ */

TEST(a_legal_hold_needs_a_reason_stops_what_was_asked_and_is_taken_off_by_two)
{
    struct str code;
    struct id id = closed_case(&code);
    const char *page = F("/retention/%s", at(id, ""));

    CHECK(leads_to(keep(id, "do=ask&why=request", hanh()), page));
    CHECK(says(see(id, minh()), "Hạnh (mẫu) đề nghị xoá"));
    CHECK_INT(keep(id, "do=hold&hold=court&words=", minh()).code, 422);
    CHECK(leads_to(keep(id, "do=hold&hold=court&words=CV-12", minh()), page));
    CHECK(says(see(id, minh()), "Đang giữ từ") && !says(see(id, minh()), "Xoá hẳn hồ sơ này"));
    (void)keep(id, "do=erase", minh());
    (void)keep(id, "do=ask&why=request", hanh());
    CHECK(kept_at_all(id) && !says(see(id, minh()), "đề nghị xoá ngày"));
    (void)keep(id, "do=release", minh());
    (void)keep(id, "do=release", minh());                       /* the same person twice */
    CHECK(says(see(id, minh()), "Đang giữ từ"));
    (void)keep(id, "do=release", hanh());                       /* not a supervisor */
    CHECK(says(see(id, minh()), "Đang giữ từ"));
}

TEST(a_hold_that_a_worker_asks_to_end_ends_by_the_supervisor)
{
    struct str code;
    struct id id = closed_case(&code);

    (void)keep(id, "do=hold&hold=complaint&words=KN-3", hanh());
    (void)keep(id, "do=release", hanh());
    CHECK(says(see(id, minh()), "Xác nhận thôi giữ"));
    (void)keep(id, "do=release", minh());
    CHECK(!says(see(id, minh()), "Đang giữ từ"));
}

/* -- nothing is left --------------------------------------------------------------------------------------------------------------------- */

enum { MARKS = 64 };
struct marks { struct id at[MARKS]; size_t n; bool found[MARKS]; int elsewhere; };

static void mark(struct marks *m, struct id id)
{
    if (m->n < MARKS)
        m->at[m->n++] = id;
}

/* The ids of the case and of all that hangs on it. */
static void mark_all(struct marks *m, struct id id, struct str *body)
{
    struct compartments_rows comps;
    struct records_rows records;
    struct files_rows files;
    struct ledger *l = &site.in.ledger;

    mark(m, id);
    CHECK(sql_compartments_to_erase(l, (struct sql_compartments_to_erase){ .case_id = id }, &comps) == OK && comps.n >= 3);
    CHECK(sql_records_to_erase(l, (struct sql_records_to_erase){ .case_id = id }, &records) == OK && records.n >= 3);
    CHECK(sql_files_to_erase(l, (struct sql_files_to_erase){ .case_id = id }, &files) == OK && files.n == 1);
    for (size_t i = 0; i < comps.n; i++)
        mark(m, comps.at[i].id);
    for (size_t i = 0; i < records.n; i++)
        mark(m, records.at[i].id);
    for (size_t i = 0; i < files.n; i++)
        mark(m, files.at[i].id);
    *body = arena_copy(&site.kept, str_of(records.at[0].body.at + 40, 32));
    instance_step(&site.in);
}

static bool may_name(const char *table)
{
    return str_starts(str_c(table), STR("log")) || strcmp(table, "tombstones") == 0;
}

static void look(void *to, const struct cell_seen *cell)
{
    struct marks *m = to;

    if (cell->number)
        return;
    for (size_t i = 0; i < m->n; i++)
        if (memmem(cell->value.at, cell->value.n, m->at[i].b, sizeof m->at[i].b) != NULL) {
            m->found[i] = true;
            if (!may_name(cell->table)) {
                printf("# %s.%s still names a part of the case\n", cell->table, cell->column);
                m->elsewhere++;
            }
        }
}

static bool in_file(const char *path, struct str bytes)
{
    struct arena a = arena_make((size_t)64 << 20);
    struct str text;
    bool there = file_read(&a, path, (size_t)60 << 20, &text) == OK && memmem(text.at, text.n, bytes.at, bytes.n) != NULL;

    fail_clear();
    arena_free(&a);
    return there;
}

static bool on_disk(struct str bytes)
{
    return in_file(F("%s/lachan.db", site.folder), bytes) || in_file(F("%s/lachan.db-wal", site.folder), bytes);
}

static void count_sealed(void *to, const struct file_seen *file)
{
    size_t *n = to;

    *n += strstr(file->path, "/files/") != NULL && strlen(file->name) == ID_TEXT;      /* folders come along */
}

static size_t sealed_files(void)
{
    size_t n = 0;

    files_each(&site, count_sealed, &n);
    return n;
}

TEST(D25_of_an_erased_case_only_the_log_and_a_tombstone_speak)
{
    static const char body[] = "--" BOUNDARY "\r\nContent-Disposition: form-data; name=\"story\"\r\n\r\n" CANARY "\r\n--" BOUNDARY
        "\r\nContent-Disposition: form-data; name=\"files\"; filename=\"anh.txt\"\r\nContent-Type: text/plain\r\n\r\nxin chao\r\n--" BOUNDARY "--\r\n";
    struct visitor child = { 0 };
    struct marks m = { 0 };
    struct audit found = { 0 };
    size_t files = sealed_files();
    struct str sealed;
    struct id id;

    id = report_of(&site, tell(&site, body, &child));
    CHECK_INT(sealed_files(), files + 1);
    (void)get(&site, path_of(&site, id, "").at, hanh());
    CHECK(leads_to(post(&site, path_of(&site, id, "/case").at, "", hanh()), F("/cases/%s", at(id, ""))));
    CHECK(set_closed(id, true) == OK);
    sweep();
    mark_all(&m, id, &sealed);
    CHECK((getenv("LACHAN_TEST_POSTGRES") != NULL) || on_disk(sealed));               /* the thief finds it while it is there */
    (void)keep(id, "do=ask&why=request", hanh());
    CHECK(leads_to(keep(id, "do=erase", minh()), "/retention"));
    sweep();
    cells_each(&site, look, &m);
    CHECK_INT(m.elsewhere, 0);
    CHECK_INT(sealed_files(), files);
    for (size_t i = 0; i < m.n; i++)
        CHECK(m.found[i]);                                       /* the log still explains each of them */
    CHECK((getenv("LACHAN_TEST_POSTGRES") != NULL) || !on_disk(sealed));
    CHECK(says(get(&site, "/retention", minh()), "Hạnh (mẫu) đề nghị, Minh (mẫu) xoá"));
    CHECK_INT(get(&site, F("/cases/%s", at(id, "")), minh()).code, 404);
    CHECK_INT(see(id, minh()).code, 404);
    CHECK(audit_verify(&site.in.ledger, tables, &found) == OK && found.bad.n == 0);
    instance_step(&site.in);
}

static i64 cells_of(const char *kind)
{
    struct number_cells_of_rows rows;
    i64 n = 0;

    CHECK(stats_count(&site.in.ledger, &site.in.app, site.now) == OK);
    CHECK(sql_number_cells_of(site.in.ledger.db, (struct sql_number_cells_of){ .org = id_zero(), .province = STR("*"), .from_month = 1,
                                                                               .to_month = INT64_MAX }, &rows) == OK);
    for (size_t i = 0; i < rows.n; i++)
        if (str_is(rows.at[i].kind, kind))
            n += rows.at[i].n;
    instance_step(&site.in);
    return n;
}

TEST(numbers_of_past_months_do_not_change_when_a_case_goes)
{
    static const char *const kinds[] = { "state", "age", "harm", "closed", "help", "took:close", "planned" };
    i64 before[COUNT_OF(kinds)];
    struct str code;
    struct id id = closed_case(&code);

    for (size_t i = 0; i < COUNT_OF(kinds); i++)
        before[i] = cells_of(kinds[i]);
    CHECK(before[0] > 0 && before[3] > 0 && before[4] > 0);
    (void)keep(id, "do=ask&why=order", hanh());
    CHECK(leads_to(keep(id, "do=erase", minh()), "/retention"));
    for (size_t i = 0; i < COUNT_OF(kinds); i++)
        CHECK_INT(cells_of(kinds[i]), before[i]);
}

TEST(the_code_of_an_erased_report_is_as_unknown_as_one_that_never_was)
{
    struct visitor again = { 0 };
    struct str code;
    struct id id = closed_case(&code);

    (void)keep(id, "do=ask&why=request", hanh());
    (void)keep(id, "do=erase", minh());
    (void)get(&site, "/talk", &again);
    (void)post(&site, "/talk", F("code=%.*s", (int)code.n, code.at), &again);
    CHECK(!says(get(&site, "/talk", &again), CANARY));
}

/* The last one: it moves the time on by years, and no session comes back. */
TEST(an_erasure_takes_two_people_and_its_time)
{
    struct str code;
    struct id id = closed_case(&code);

    (void)keep(id, "do=ask&why=time", hanh());                  /* its time is not over */
    CHECK(!says(see(id, minh()), "đề nghị xoá ngày"));
    (void)keep(id, "do=ask&why=request", minh());
    (void)keep(id, "do=erase", minh());                         /* who asked */
    CHECK(kept_at_all(id));
    (void)keep(id, "do=erase", hanh());                         /* not a supervisor */
    CHECK(kept_at_all(id));
    (void)keep(id, "do=withdraw", hanh());
    CHECK(!says(see(id, minh()), "đề nghị xoá ngày"));
    site.now += 11 * YEAR_MS;
    CHECK(says(get(&site, "/retention", minh()), "đã hết thời hạn"));
    (void)keep(id, "do=ask&why=time", hanh());
    CHECK(leads_to(keep(id, "do=erase", minh()), "/retention"));
    CHECK(!kept_at_all(id));
}

int main(int argc, char **argv)
{
    int bad;

    site_open(&site);
    bad = test_run_all(argc > 1 ? argv[1] : NULL);
    site_close(&site);
    return bad;
}
