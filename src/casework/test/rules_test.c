/* Levels, numbers, names, and what a process file must not do. */
#include "../rules.h"

#include <test.h>

TEST(a_persons_conclusion_stands_above_the_form_and_an_urgent_state_above_all)
{
    static const struct { i64 urgency; const char *risk; bool urgent; i64 level; } t[] = {
        { 4, "", false, 4 }, { 0, "", false, 0 }, { 4, "low", false, 1 }, { 1, "high", false, 3 }, { 2, "medium", false, 2 },
        { 0, "low", true, 4 }, { 2, "no such word", false, 2 },
    };

    for (size_t i = 0; i < COUNT_OF(t); i++)
        CHECK_INT(case_level(t[i].urgency, str_c(t[i].risk), t[i].urgent), t[i].level);
}

TEST(a_number_is_read_as_people_say_it)
{
    static const struct { const char *typed; i64 year, no; bool right; } t[] = {
        { "TH-2026-0148", 2026, 148, true }, { " th 2026 148 ", 2026, 148, true }, { "2026-0148", 2026, 148, true },
        { "TH-2026-12345", 2026, 12345, true }, { "TH-2026", 0, 0, false }, { "", 0, 0, false }, { "Nguyễn Văn A", 0, 0, false },
        { "TH-2026-0", 0, 0, false }, { "TH-2026-1-2", 0, 0, false }, { "TH-99999999999-1", 0, 0, false },
    };
    struct arena a = arena_make(1 << 16);

    for (size_t i = 0; i < COUNT_OF(t); i++) {
        i64 year = 0, no = 0;

        CHECK_INT(case_ref_read(str_c(t[i].typed), &year, &no), t[i].right);
        if (t[i].right)
            CHECK(year == t[i].year && no == t[i].no);
    }
    CHECK_STR(case_ref(&a, 2026, 7), STR("TH-2026-0007"));
    arena_free(&a);
}

TEST(a_name_is_found_inside_a_longer_one_and_nothing_finds_everything)
{
    CHECK(name_matches(STR("nguyen thi an"), STR("thi an")) && !name_matches(STR("nguyen thi an"), STR("binh")));
    CHECK(!name_matches(STR("an"), STR("")) && !name_matches(STR(""), STR("an")));
}

/* -- a process ------------------------------------------------------------------------------------------------------------- */

#define HEAD "[process]\nname: Thử\n"
#define STATE(code, more) "[state]\ncode: " code "\nname: " code "\nstep: 1\n" more
#define ACT(code, from, to, who) "[act]\ncode: " code "\nname: " code "\nfrom: " from "\nto: " to "\nwho: " who "\n"

static status read(const char *text, struct process *p)
{
    static struct arena a;

    if (a.first == NULL)
        a = arena_make(4 << 20);
    arena_reset(&a, false);
    *p = (struct process){ 0 };
    return process_read(&a, "process/test/1.txt", str_c(text), p);
}

TEST(a_process_says_who_may_do_what_in_which_state)
{
    struct process p;
    const struct process_act *close, *reopen;

    CHECK(read(HEAD STATE("one", "") STATE("two", "") STATE("end", "end: yes\n") ACT("go", "one", "two", "write")
               ACT("close", "one two", "end", "write") ACT("reopen", "end", "one", "supervise"), &p) == OK);
    close = process_act(&p, STR("close"));
    reopen = process_act(&p, STR("reopen"));
    CHECK(process_allows(&p, close, STR("one"), WHO_WRITE) && process_allows(&p, close, STR("two"), WHO_WRITE));
    CHECK(!process_allows(&p, close, STR("end"), WHO_WRITE | WHO_SUPERVISE) && !process_allows(&p, close, STR("one"), WHO_SUPERVISE));
    CHECK(process_allows(&p, reopen, STR("end"), WHO_WRITE | WHO_SUPERVISE) && !process_allows(&p, reopen, STR("end"), WHO_WRITE));
    CHECK(!process_allows(&p, close, STR("no such state"), WHO_WRITE | WHO_SUPERVISE));
    CHECK(process_state(&p, STR("end"))->end && process_act(&p, STR("nothing")) == NULL);
}

TEST(a_process_that_could_strand_a_case_is_refused_with_the_place)
{
    static const struct { const char *text, *says; } t[] = {
        { HEAD "[track]\ncode: side\nname: x\n" STATE("one", "") STATE("end", "end: yes\n") STATE("off", "track: side\nend: yes\n")
          STATE("on", "track: side\n") ACT("turn", "off", "on", "write") ACT("back", "on", "off", "write")
          ACT("go", "one", "end", "write") "close_with: on\n", "needs a reason" },
        { HEAD "[track]\ncode: side\nname: x\n" STATE("one", "") STATE("end", "end: yes\n") STATE("off", "track: side\nend: yes\n")
          STATE("on", "track: side\n") ACT("turn", "off", "on", "write") ACT("back", "on", "off", "write")
          ACT("go", "one", "end", "write") "reason: yes\nclose_with: off\n", "are no ends, not off" },
        { HEAD STATE("one", "") STATE("two", "") STATE("end", "end: yes\n") ACT("on", "one", "two", "write") "reason: yes\nclose_with: one\n"
          ACT("go", "two", "end", "write"), "acts that end the case, not on" },
        { HEAD, "needs states" },
        { HEAD STATE("one", ""), "one that ends it" },
        { HEAD STATE("one", "end: yes\n") STATE("far", "end: yes\n"), "nothing leads to the state far" },
        { HEAD STATE("one", "") STATE("trap", "") STATE("end", "end: yes\n") ACT("a", "one", "end", "write")
          ACT("b", "one", "trap", "write"), "no road leads to an end from the state trap" },
        { HEAD STATE("one", "end: yes\n") ACT("a", "one", "two", "write"), "no state is called two" },
        { HEAD STATE("one", "end: yes\n") ACT("a", "one zwei", "one", "write"), "line 11: no state is called zwei" },
        { HEAD STATE("one", "end: yes\n") ACT("a", "one", "one", "anybody"), "who is write, supervise or chair, not anybody" },
        { HEAD STATE("one", "end: yes\n") STATE("one", ""), "stands here twice: one" },
        { HEAD "[state]\ncode: x\nname: y\nstep: first\n", "step is not a number" },
        { HEAD STATE("one", "end: yes\n") "[watch]\ncode: x\n", "unknown kind of block: watch" },
    };
    struct process p;

    for (size_t i = 0; i < COUNT_OF(t); i++) {
        CHECK_INT(read(t[i].text, &p), INVALID);
        if (strstr(fail_message(), t[i].says) == NULL)
            printf("# \"%s\" does not say \"%s\"\n", fail_message(), t[i].says);
        CHECK(strstr(fail_message(), t[i].says) != NULL);
        CHECK(strstr(fail_message(), "process/test/1.txt") != NULL);
    }
}

TEST(more_states_than_there_is_room_for_are_refused_and_not_written_past_the_end)
{
    struct out o = { .max = 1 << 20 };
    struct process p;

    out_c(&o, HEAD);
    for (int i = 0; i < 70; i++)
        out_f(&o, "[state]\ncode: s%d\nname: s\nstep: 1\nend: yes\n", i);
    out_char(&o, '\0');
    CHECK_INT(read(out_done(&o).at, &p), INVALID);
    out_free(&o);
}

TEST_MAIN
