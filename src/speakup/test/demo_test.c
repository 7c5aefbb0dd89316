/* The demo's content as data: how much there is, that nothing is told twice, and that every state of a case is to be seen. */
#include <test.h>

#include "../demo.h"

#include "../../base/content.h"

#include <assert.h>

enum { REPORTS_MAX = 400, REPORTS = 200, CASES = 60, PROVINCES = 34, LINE_BYTES = 2000, PROVINCE_BIT_MAX = 100 };

static struct arena arena;
static struct blocks courses;
static struct { struct block at[REPORTS_MAX]; size_t n; } told;

static struct blocks read(const char *name)
{
    struct blocks blocks = { 0 };
    struct str text;

    CHECK(content_read(&arena, name, &text) == OK);
    CHECK(blocks_read(&arena, name, text, &blocks) == OK);
    return blocks;
}

static void keep(const struct blocks *blocks)
{
    for (size_t i = 0; i < blocks->n; i++) {
        assert(told.n < REPORTS_MAX);
        told.at[told.n++] = blocks->at[i];
    }
}

static void tell_all(void)
{
    struct blocks reports, stories, tellings;
    size_t n = 0;

    if (told.n > 0)
        return;
    arena = arena_make(64 << 20);
    content_start(NULL);
    CHECK(network_load_places() == OK);
    CHECK(process_load() == OK && care_load() == OK);
    courses = read("demo/courses.txt");
    reports = read("demo/reports.txt");
    stories = read("demo/more.txt");
    keep(&reports);
    for (size_t i = 0; i < stories.n; i++) {
        CHECK(demo_tellings(&arena, &stories.at[i], &courses, &n, &tellings) == OK);
        keep(&tellings);
    }
}

static bool is_case(const struct block *b)
{
    struct str course = block_get(b, "course");

    return course.n > 0 && !str_is(course, "-");
}

/* -- the choices of a pattern ------------------------------------------------------------------------------------------------------- */

static bool chooses(const char *pattern, size_t n, const char *wanted)
{
    struct str text;

    return demo_choose(&arena, str_c(pattern), n, &text) == OK && str_is(text, wanted);
}

TEST(the_nth_telling_takes_the_nth_choice_and_the_first_after_the_last)
{
    tell_all();
    CHECK(chooses("em {cười|khóc} và {đi|ở|về}", 0, "em cười và đi"));
    CHECK(chooses("em {cười|khóc} và {đi|ở|về}", 1, "em khóc và ở"));
    CHECK(chooses("em {cười|khóc} và {đi|ở|về}", 2, "em cười và về"));
    CHECK(chooses("{|school}", 0, ""));
    CHECK(chooses("{|school}", 1, "school"));
    CHECK(chooses("không có gì để chọn", 7, "không có gì để chọn"));
}

TEST(a_brace_that_stands_alone_is_refused)
{
    static const char *const bad[] = { "em {cười|khóc", "em cười}", "} {", "{a|b} {c" };
    struct str text;

    tell_all();
    for (size_t i = 0; i < COUNT_OF(bad); i++)
        CHECK(demo_choose(&arena, str_c(bad[i]), 0, &text) == INVALID);
    fail_clear();
}

TEST(a_story_is_refused_that_is_told_no_times_or_goes_an_unknown_way)
{
    static const char *const bad[] = {
        "[story]\nstory: a\n", "[story]\ntimes: 0\nstory: a\n", "[story]\ntimes: 17\nstory: a\n", "[story]\ntimes: vier\nstory: a\n",
        "[story]\ntimes: 1\ncourse: nowhere\nstory: a\n",
    };
    struct blocks one, out;
    size_t n = 0;

    tell_all();
    for (size_t i = 0; i < COUNT_OF(bad); i++) {
        CHECK(blocks_read(&arena, "test", str_c(bad[i]), &one) == OK);
        CHECK(demo_tellings(&arena, &one.at[0], &courses, &n, &out) == INVALID);
    }
    fail_clear();
}

/* -- what the demo tells ---------------------------------------------------------------------------------------------------------------- */

TEST(two_hundred_reports_and_sixty_cases_are_told_over_all_provinces)
{
    bool seen[PROVINCE_BIT_MAX] = { 0 };
    size_t cases = 0, provinces = 0;

    tell_all();
    for (size_t i = 0; i < told.n; i++) {
        i64 province = 0;

        cases += is_case(&told.at[i]);
        if (!str_i64(block_get(&told.at[i], "province"), &province) || province <= 0 || province >= PROVINCE_BIT_MAX)
            continue;
        provinces += !seen[province];
        seen[province] = true;
    }
    CHECK(told.n >= REPORTS);
    CHECK(cases >= CASES);
    CHECK(provinces == PROVINCES);
}

TEST(no_story_is_told_twice_in_the_same_words)
{
    tell_all();
    for (size_t i = 0; i < told.n; i++)
        for (size_t k = 0; k < i; k++) {
            struct str a = block_get(&told.at[i], "story"), b = block_get(&told.at[k], "story");

            CHECK(a.n == 0 || !str_eq(a, b));
        }
}

TEST(every_line_is_short_enough_and_names_a_known_state)
{
    static const char *const states[] = { "new", "claimed", "answered", "closed" };

    tell_all();
    for (size_t i = 0; i < told.n; i++) {
        size_t known = 0;

        for (size_t k = 0; k < COUNT_OF(states); k++)
            known += str_is(block_get(&told.at[i], "state"), states[k]);
        CHECK(known == 1);
        for (size_t k = 0; k < told.at[i].n; k++)
            CHECK(told.at[i].at[k].value.n <= LINE_BYTES);
    }
}

TEST(who_waits_has_told_within_the_last_days)
{
    tell_all();
    for (size_t i = 0; i < told.n; i++) {
        i64 day = 0;

        CHECK(str_i64(block_get(&told.at[i], "day"), &day) && day >= 0 && day < 90);
        CHECK(day < 6 || is_case(&told.at[i]) || !str_is(block_get(&told.at[i], "state"), "new"));
    }
}

/* -- how cases went ------------------------------------------------------------------------------------------------------------------- */

static i64 days_of(const struct block *course)
{
    i64 sum = 0, days;

    for (size_t i = 0; i < course->n; i++)
        if (str_is(course->at[i].key, "in") && str_i64(course->at[i].value, &days))
            sum += days;
    return sum;
}

TEST(no_course_goes_beyond_today)
{
    tell_all();
    for (size_t i = 0; i < told.n; i++) {
        const struct block *course = demo_course(&courses, block_get(&told.at[i], "course"));
        i64 day = 0, left = 0;

        if (course == NULL)
            continue;
        for (size_t k = 0; k < told.at[i].n; k++)       /* the day of the last line is where the course begins */
            if (str_is(told.at[i].at[k].key, "day"))
                CHECK(str_i64(told.at[i].at[k].value, &day));
        left = day - days_of(course);
        CHECK(left >= 0);
    }
}

/* Courses go the first version of the process unless they name another. */
static i64 course_version(const struct block *course)
{
    i64 version = 1;

    (void)!str_i64(block_get(course, "process"), &version);
    return version;
}

static bool reached(const struct process *p, struct str state)
{
    for (size_t i = 0; i < told.n; i++) {
        const struct block *course = demo_course(&courses, block_get(&told.at[i], "course"));
        const struct process_act *act;
        struct str at = p->states[0].code;

        if (course != NULL && course_version(course) != p->version)
            continue;
        for (size_t k = 0; course != NULL && k < course->n; k++) {
            struct str rest = course->at[k].value, code;

            if (!str_is(course->at[k].key, "act") || !str_cut(&rest, ' ', &code))
                continue;
            act = process_act(p, code);
            CHECK(act != NULL);
            if (act != NULL && act->track == 0 && act->page.n == 0)
                at = act->to;
        }
        if (course != NULL && str_eq(at, state))
            return true;
    }
    return false;
}

TEST(every_state_of_the_process_has_a_case_in_it)
{
    static const char *const newer[] = { "verifying", "planning", "approving", "carrying", "ending", "closed" };
    const struct process *p;

    tell_all();
    p = process_of(STR("vn-decree-56"), 1);
    REQUIRE(p != NULL);
    for (size_t i = 0; i < p->n_states; i++)
        CHECK(reached(p, p->states[i].code));
    p = process_of(STR("vn-decree-56"), 2);
    REQUIRE(p != NULL);
    for (size_t i = 0; i < COUNT_OF(newer); i++)
        CHECK(reached(p, str_c(newer[i])));
}

TEST(people_of_cases_are_plainly_made_up)
{
    struct str mark = STR("(tên giả)");
    size_t people = 0;

    tell_all();
    for (size_t i = 0; i < courses.n; i++)
        for (size_t k = 0; k < courses.at[i].n; k++) {
            struct str value = courses.at[i].at[k].value;

            if (!str_is(courses.at[i].at[k].key, "person"))
                continue;
            people++;
            CHECK(str_find(value, mark) < value.n);
        }
    CHECK(people > 0);
}

TEST_MAIN
