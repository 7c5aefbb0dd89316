/* /numbers/cases: that the job counts what there is, that pages cover what they must, and who may look. */
#include <case_rows.h>
#include <site.h>
#include <test.h>

#include "../stats_figures.h"

#include "people.sql.h"
#include "casework.sql.h"

#include <stdlib.h>

enum { CASES = 600, LATER = 40 };

static struct site site;
static struct case_rows rows;
static struct case_made *made;
static int year;                /* of the test: the next one, whenever it runs, on 29 November */

/* A path in which Y stands for the year and P for a place. */
static const char *path_in(const char *format, int of_year, const char *place)
{
    struct out o = { .max = 1000 };
    struct str path;

    for (const char *c = format; *c; c++)
        if (*c == 'Y')
            out_i64(&o, of_year);
        else if (*c == 'P')
            out_c(&o, place);
        else
            out_char(&o, *c);
    path = arena_copy(&site.kept, out_done(&o));
    out_free(&o);
    return path.at;
}

static struct answer show(const char *format)
{
    return get(&site, path_in(format, year, ""), as(&site, "vy.mau"));
}

static struct id unit_of(const char *login, struct id *org)
{
    struct members_rows members;
    struct users_row user;

    CHECK(sql_user_of_login(&site.in.ledger, (struct sql_user_of_login){ .login = str_c(login) }, &user) == OK);
    CHECK(sql_members_of_user(&site.in.ledger, (struct sql_members_of_user){ .user = user.id, .now = site.now }, &members) == OK);
    *org = user.org;
    return members.n ? members.at[0].unit : id_zero();
}

static void count_now(void)
{
    REQUIRE(stats_count(&site.in.ledger, &site.in.app, site.now) == OK);
    instance_step(&site.in);
}

static void write_cases(i64 first, i64 count)
{
    REQUIRE(case_rows_write(&site.in.ledger, &rows, first, count) == OK);
    for (i64 n = first; n < first + count; n++)
        made[n] = case_rows_nth(&rows, n);
    instance_step(&site.in);
}

/* -- the job against a count of our own --------------------------------------------------------------------------------------------- */
struct asked { struct id org; const char *province, *kind, *code; i64 from, to; };

/* What the table says; its months are first to last. */
static i64 stored(struct asked q)
{
    struct number_cells_of_rows cells;
    i64 n = 0;

    CHECK(sql_number_cells_of(site.in.ledger.db, (struct sql_number_cells_of){ q.org, str_c(q.province), q.from, q.to }, &cells) == OK);
    for (size_t i = 0; i < cells.n; i++)
        n += str_is(cells.at[i].kind, q.kind) && (q.code == NULL || str_is(cells.at[i].code, q.code)) ? cells.at[i].n : 0;
    instance_step(&site.in);
    return n;
}

static bool has_code(struct str codes, const char *code)
{
    struct str one;

    if (codes.n == 0)
        return code[0] == '\0';
    while (codes.n && str_cut(&codes, ',', &one))
        if (str_is(one, code))
            return true;
    return false;
}

static bool is_of(const struct case_made *m, const struct asked *q, i64 time)
{
    return (id_is_zero(q->org) || m->unit == 0) && (strcmp(q->province, "*") == 0 || str_is(m->province, q->province)) &&
        stats_month(time) >= q->from && stats_month(time) <= q->to;
}

static i64 clocks_of(const struct case_made *m, const struct asked *q)
{
    i64 n = 0;

    for (size_t i = 0; i < CASE_ROWS_CLOCKS; i++) {
        bool ended = m->clocks[i].ended != 0, late = ended ? m->clocks[i].ended > m->clocks[i].due : m->clocks[i].due < site.now;
        const char *code = ended ? late ? "late" : "in" : late ? "over" : "";

        n += strcmp(m->clocks[i].code, q->kind + 5) == 0 && strcmp(code, q->code) == 0 && is_of(m, q, m->clocks[i].started);
    }
    return n;
}

static i64 counted(struct asked q, i64 cases)
{
    i64 n = 0;

    for (const struct case_made *m = made; m < made + cases; m++) {
        bool in = is_of(m, &q, m->opened);
        const char *k = q.kind;

        if (strncmp(k, "step:", 5) == 0)
            n += clocks_of(m, &q);
        else
            n += in && (strcmp(k, "state") == 0 ? str_is(m->state, q.code) : strcmp(k, "harm") == 0 ? has_code(m->harm, q.code)
                : strcmp(k, "risk") == 0 ? str_is(m->risk, q.code) : strcmp(k, "place") == 0 ? str_is(m->province, q.code)
                : strcmp(k, "age") == 0 ? str_is(str_is(m->age, "skip") ? STR("") : m->age, q.code)
                : strcmp(k, "assessed") == 0 ? (m->risk.n > 0) == (q.code[0] == 'y') : strcmp(k, "closed") == 0 ? (m->closed != 0) == (q.code[0] == 'y')
                : strcmp(k, "planned") == 0 ? (m->step > 2) == (q.code[0] == 'y') : strcmp(k, "approved") == 0 ? (m->step > 4) == (q.code[0] == 'y')
                : strcmp(k, "carried") == 0 && (m->step > 5) == (q.code[0] == 'y'));
    }
    return n;
}

static size_t differences(i64 cases, struct id org)
{
    static const char *const asked[][2] = {
        { "state", "received" }, { "state", "closed" }, { "state", "reviewing" }, { "age", "12-15" }, { "age", "adult" }, { "age", "" },
        { "harm", "threat" }, { "harm", "" }, { "risk", "high" }, { "risk", "" }, { "assessed", "yes" }, { "assessed", "no" },
        { "closed", "yes" }, { "planned", "yes" }, { "approved", "no" }, { "carried", "yes" }, { "step:emergency", "in" },
        { "step:emergency", "late" }, { "step:plan", "over" }, { "step:approval", "in" },
    };
    static const char *const places[] = { "*", "01", "92", "" };
    i64 month = stats_month(site.now);
    size_t bad = 0;

    for (size_t i = 0; i < COUNT_OF(asked); i++)
        for (size_t p = 0; p < COUNT_OF(places); p++)
            for (i64 back = 0; back < 4; back++) {
                struct asked q = { org, places[p], asked[i][0], asked[i][1], back == 3 ? 1 : month - back, month - back };

                bad += stored(q) != counted(q, cases);
            }
    for (size_t i = 0; i < network_provinces().n; i++) {
        struct asked q = { org, "*", "place", arena_copy(&site.kept, network_provinces().at[i].code).at, 1, month };

        bad += stored(q) != counted(q, cases);
    }
    return bad;
}

TEST(the_job_counts_what_a_full_count_counts)
{
    struct id org;

    (void)unit_of("hanh.mau", &org);
    write_cases(0, CASES);
    count_now();
    CHECK(counted((struct asked){ id_zero(), "*", "state", "received", 1, stats_month(site.now) }, CASES) > 20);
    CHECK(differences(CASES, id_zero()) == 0);
    CHECK(differences(CASES, org) == 0);
}

/* What went away goes away here, too. */
TEST(and_again_after_cases_were_added_and_moved_on)
{
    struct id org;

    (void)unit_of("hanh.mau", &org);
    write_cases(CASES, LATER);
    REQUIRE(act_begin(&site.in.ledger, (struct act_info){ .act = "test.cases", .now = site.now }) == OK);
    for (i64 n = 0; n < CASES; n += 3) {
        struct casefiles_row file = { .case_id = made[n].id };

        REQUIRE(row_get(&site.in.ledger, &table_casefiles, &file) == OK);
        made[n].risk = file.risk = STR("low");
        REQUIRE(row_update(&site.in.ledger, &table_casefiles, &file) == OK);
    }
    REQUIRE(act_commit(&site.in.ledger) == OK);
    instance_step(&site.in);
    count_now();
    CHECK(differences(CASES + LATER, id_zero()) == 0);
    CHECK(differences(CASES + LATER, org) == 0);
}

TEST(a_second_count_of_the_same_writes_nothing_new)
{
    struct asked q = { id_zero(), "*", "state", NULL, 1, stats_month(site.now) };
    i64 before = stored(q);

    count_now();
    CHECK(before == CASES + LATER && stored(q) == before);
}

/* -- the page ----------------------------------------------------------------------------------------------------------------------------- */
static struct str beside(struct answer a, const char *name)
{
    struct out o = { .max = 1000 };
    struct str found;

    out_f(&o, ">%s</th><td class=count>", name);
    out_char(&o, '\0');
    found = between(a, out_done(&o).at, "</td>");
    out_free(&o);
    return found;
}

TEST(numbers_are_for_those_who_coordinate_and_never_for_others)
{
    static const char *const may[] = { "vy.mau", "minh.mau", "nga.mau" }, *const not[] = { "hanh.mau", "lan.mau", "khoa.mau", "phong.mau" };

    for (size_t i = 0; i < COUNT_OF(may); i++) {
        CHECK(get(&site, "/numbers/cases", as(&site, may[i])).code == 200);
        CHECK(get(&site, "/numbers/cases.csv?table=age", as(&site, may[i])).code == 200);
    }
    for (size_t i = 0; i < COUNT_OF(not); i++) {
        CHECK(get(&site, "/numbers/cases", as(&site, not[i])).code == 403);
        CHECK(get(&site, "/numbers/cases.csv?table=age", as(&site, not[i])).code == 403);
    }
    CHECK(leads_to(get(&site, "/numbers/cases", NULL), "/sign-in"));
}

TEST(the_page_has_tables_a_map_steps_and_measures)
{
    struct answer a = get(&site, "/numbers/cases", as(&site, "vy.mau"));

    CHECK(says(a, "Mọi tổ chức") && says(a, "<dd>640</dd>"));
    CHECK(says(a, "Quyết định 830") && says(a, "Mục tiêu: 100 %"));
    CHECK(says(a, "Theo tuổi") && says(a, "Theo tỉnh, thành") && says(a, "role=img") && says(a, "Trường Sa"));
    CHECK(says(a, "Đúng hạn") && says(a, "Trung vị"));
    CHECK(says(a, "Kế hoạch được duyệt"));
    CHECK(says(a, "Đếm lúc"));
    CHECK(says(get(&site, "/numbers/cases?lang=en", as(&site, "vy.mau")), "Children supported on request"));
    CHECK(says(get(&site, "/numbers/cases", as(&site, "nga.mau")), "Tổ chức mình"));
}

/* Whatever is asked: no count from 1 to 4 stands on a page. */
TEST(no_small_number_is_on_any_page)
{
    static const char *const periods[] = { "", "-q4", "-q3", "-m11", "-m10", "-m02" }, *const areas[] = { "", "01", "04", "08", "11" };
    size_t shown = 0;

    for (size_t p = 0; p < COUNT_OF(periods) + 1; p++)
        for (size_t i = 0; i < COUNT_OF(areas); i++) {
            bool last = p == COUNT_OF(periods);
            struct str path = arena_f(&site.kept, "%s&area=%s", path_in("/numbers/cases?period=YP", year - last, last ? "" : periods[p]), areas[i]);
            struct answer a = get(&site, path.at, as(&site, "vy.mau"));

            CHECK(a.code == 200);
            shown += says(a, "<td class=count>");
            for (char n = '1'; n < '5'; n++) {
                char bad[40] = "<td class=count>1</td>";

                bad[16] = n;
                CHECK(!says(a, bad));
            }
        }
    CHECK(shown > 10);
}

/* Cases enough for a total, and in each province too few, as in a commune: the map is bare and says why. */
TEST(a_map_on_which_every_province_is_covered_says_why)
{
    static const char *const readers[] = { "vy.mau", "hung.mau" };
    const char *why = "Không nói được số của riêng tỉnh, thành nào";
    size_t bare = 0, drawn = 0;

    for (int n = 0; n < 13 * (int)COUNT_OF(readers); n++) {
        const char *month = n % 13 ? arena_f(&site.kept, "-m%02d", n % 13).at : "";
        struct answer a = get(&site, path_in("/numbers/cases?period=YP", year, month), as(&site, readers[n / 13]));
        struct str map = between(a, "<figure class=map>", "</figure>");
        bool shown = false, covered = str_find(map, STR("path class=\"hid\"")) < map.n;

        for (int shade = 1; shade <= 5; shade++)
            shown |= str_find(map, arena_f(&site.kept, "path class=\"s%d\"", shade)) < map.n;
        CHECK(says(a, why) == (covered && !shown));
        bare += says(a, why);
        drawn += shown;
    }
    CHECK(bare > 0 && drawn > 0);
}

TEST(a_place_with_few_cases_is_not_told_apart)
{
    struct answer a = show("/numbers/cases?area=96&period=Y-m11"), csv = show("/numbers/cases.csv?table=age&area=96&period=Y-m11");

    CHECK(says(a, "<dd>che</dd>") && says(a, "Ít quá, không chia nhỏ"));
    CHECK(!says(a, "Theo tuổi"));
    CHECK(csv.code == 200 && says(csv, "\"Loại\",\"Số\"\r\n") && !says(csv, "12–15"));
}

/* Cases go back 300 days from the end of November: all are of this year's four quarters. */
TEST(quarters_add_up_to_the_year)
{
    static const char *const quarters[] = { "-q1", "-q2", "-q3", "-q4" };
    i64 sum = 0, n = 0;

    for (size_t i = 0; i < COUNT_OF(quarters); i++) {
        struct answer a = get(&site, path_in("/numbers/cases?period=YP", year, quarters[i]), as(&site, "vy.mau"));

        CHECK(str_i64(between(a, "Trường hợp mở trong kỳ</dt><dd>", "</dd>"), &n));
        sum += n;
    }
    CHECK(sum == CASES + LATER);
}

TEST(the_table_as_csv_is_the_one_on_the_page)
{
    struct answer csv = show("/numbers/cases.csv?period=Y&table=risk");
    struct str high = beside(show("/numbers/cases?period=Y"), "Cao"), name = header_of(csv, "Content-Disposition");

    CHECK(high.n > 0);
    CHECK(says(csv, arena_f(&site.kept, "\"Cao\",\"%.*s\"\r\n", (int)high.n, high.at).at));
    CHECK(str_find(name, STR("%72%69%73%6B")) < name.n);         /* "risk": every byte of a name is encoded */
    CHECK(says(show("/numbers/cases.csv?table=steps"), "\"Bước\""));
    CHECK(says(show("/numbers/cases.csv?table=measures"), "Trẻ được hỗ trợ"));
    CHECK(says(show("/numbers/cases.csv?table=place"), "Cà Mau"));
    CHECK(show("/numbers/cases.csv?table=names").code == 404);
    CHECK(show("/numbers/cases.csv?table=place&area=01").code == 404);
}

/* Whoever marks a report as a prank takes it out; whoever answers one makes it count as helped. */
TEST(a_report_counts_as_helped_when_somebody_answered_it)
{
    i64 month = stats_month(site.now);
    struct asked yes = { id_zero(), "*", "help", "yes", month, month }, no = { id_zero(), "*", "help", "no", month, month };
    i64 helped = stored(yes), waiting = stored(no);
    struct str code = tell(&site, "story=a&harm=threat&province=92&age=12-15", &(struct visitor){ 0 });
    struct id report = report_of(&site, code);

    count_now();
    CHECK(stored(yes) == helped && stored(no) == waiting + 1);
    CHECK(get(&site, path_of(&site, report, "").at, as(&site, "hanh.mau")).code == 200);
    CHECK(post(&site, path_of(&site, report, "/claim").at, "", as(&site, "hanh.mau")).code == 303);
    CHECK(get(&site, path_of(&site, report, "").at, as(&site, "hanh.mau")).code == 200);
    CHECK(post(&site, path_of(&site, report, "/reply").at, "text=Xin+chao", as(&site, "hanh.mau")).code == 303);
    count_now();
    CHECK(stored(yes) == helped + 1 && stored(no) == waiting);
    (void)tell(&site, "story=b&harm=threat&province=92&age=adult", &(struct visitor){ 0 });
    count_now();
    CHECK(stored(yes) == helped + 1 && stored(no) == waiting);
}

int main(int argc, char **argv)
{
    int bad;
    struct id org;

    site_open(&site);
    if (process_pin(1) != OK)       /* whose states these cases go through; law_test.c walks the newer version */
        return 1;
    year = clock_local(site.now).year + 1;
    if (!clock_of_iso(str_c(path_in("Y-11-29T12:00", year, "")), &site.now))
        return 1;
    made = calloc(CASES + LATER, sizeof *made);
    rows = (struct case_rows){ .units = { unit_of("hanh.mau", &org), unit_of("lan.mau", &org) }, .n_units = 2, .now = site.now, .days = 300 };
    bad = test_run_all(argc > 1 ? argv[1] : NULL);
    free(made);
    site_close(&site);
    return bad;
}
