/* Expressions as officials write them, over answers. */
#include "kit.h"

/* Answers that the expressions below read. */
static const char questions[] =
    "[survey]\ntype: text\nname: t\nlabel: T\ndefault: Xin chào\n"
    "[survey]\ntype: text\nname: empty\nlabel: E\n"
    "[survey]\ntype: integer\nname: i\nlabel: I\ndefault: 7\n"
    "[survey]\ntype: decimal\nname: d\nlabel: D\ndefault: 2.5\n"
    "[survey]\ntype: integer\nname: big\nlabel: B\ndefault: 5000000000\n"
    "[survey]\ntype: date\nname: day\nlabel: Ngày\ndefault: 2026-02-27\n"
    "[survey]\ntype: date\nname: late\nlabel: Ngày\ndefault: 2026-12-31\n"
    "[survey]\ntype: time\nname: hour\nlabel: Giờ\ndefault: 14:20\n"
    "[survey]\ntype: select_multiple l\nname: m\nlabel: M\ndefault: a c\n"
    "[survey]\ntype: select_one l\nname: s\nlabel: S\ndefault: b\n"
    "[choices]\nlist_name: l\nname: a\nlabel: Một\nprice: 10\n[choices]\nlist_name: l\nname: b\nlabel: Hai\nprice: 25\n[choices]\nlist_name: l\nname: c\nlabel: Ba\nprice: 3\n"
    "[settings]\nversion: 9\ndefault_language: Tiếng Việt (vi)\n";

static const struct { const char *expression, *value; } cases[] = {
    /* numbers */
    { "1 + 2 * 3", "7" }, { "(1 + 2) * 3", "9" }, { "7 div 2", "3.5" }, { "7 mod 4", "3" }, { "-${i}", "-7" }, { "- - 2", "2" }, { "${i}+1", "8" },
    { "${i} - ${d}", "4.5" }, { "${i}*${d}", "17.5" }, { "0.1 + 0.2", "0.3" }, { "${big} * 2", "10000000000" }, { "${empty} + 1", "" },
    { "1 div 0", "Infinity" }, { "int(7.9)", "7" }, { "int(-7.9)", "-7" }, { "round(2.5)", "3" }, { "round(2.345, 2)", "2.35" }, { "round(1234, -2)", "1200" },
    { "abs(-3)", "3" }, { "pow(2, 10)", "1024" }, { "sqrt(16)", "4" }, { "floor(2.9)", "2" }, { "ceiling(2.1)", "3" }, { "number('12')", "12" },
    { "number('x')", "" }, { "min(3, ${i}, 5)", "3" }, { "max(3, ${i}, 5)", "7" }, { "log10(1000)", "3" }, { "exp(0)", "1" },
    /* truth */
    { "1 = 1", "true" }, { "${i} > 6 and ${d} < 3", "true" }, { "${i} > 6 and ${empty}", "false" }, { "not(${empty})", "true" }, { "not(${t})", "false" },
    { "${empty} = ''", "true" }, { "${t} != ''", "true" }, { "${i} = 7", "true" }, { "${i} = '7'", "true" }, { "true() = false()", "false" },
    { "${empty} = true()", "false" }, { "${t} = true()", "true" }, { "if(${i} > 5, 'nhiều', 'ít')", "nhiều" }, { "if(${empty}, 1, 2)", "2" },
    { "1 < 2 < 3", "true" }, { "${i} >= 7 or ${nothing_here}", NULL }, { "boolean-from-string('1')", "true" }, { "${empty} < 1", "false" },
    { "checklist(1, 2, true(), false(), ${t})", "true" }, { "weighted-checklist(5, -1, ${t}, 3, ${i}, 2)", "true" },
    { "coalesce(${empty}, ${t})", "Xin chào" }, { "coalesce(${empty}, ${empty}, 'x')", "x" }, { "once(${t})", "Xin chào" },
    /* texts */
    { "concat(${t}, '!', 1 + 1)", "Xin chào!2" }, { "concat(${big})", "5000000000" }, { "string-length(${t})", "8" }, { "substr(${t}, 4)", "chào" },
    { "substr(${t}, 0, 3)", "Xin" }, { "substr(${t}, -4)", "chào" }, { "substr(${t}, 5, 2)", "" }, { "substring(${t}, 1, 3)", "Xin" },
    { "substring-before('a/b', '/')", "a" }, { "substring-after('a/b', '/')", "b" }, { "translate('abc', 'b', 'x')", "axc" },
    { "normalize-space('  a   b ')", "a b" }, { "contains(${t}, 'chào')", "true" }, { "starts-with(${t}, 'Xin')", "true" }, { "ends-with(${t}, 'chào')", "true" },
    { "join(', ', ${t}, ${i})", "Xin chào, 7" }, { "string(${i})", "7" }, { "string(1 = 1)", "true" }, { "version()", "9" }, { "'it''s'", NULL },
    { "“${t}” = 'Xin chào'", "false" }, { "‘a’", "a" }, { "concat(\"a'b\", 'c')", "a'bc" },
    /* selects */
    { "selected(${m}, 'a')", "true" }, { "selected(${m}, 'b')", "false" }, { "selected('ab cd', 'a')", "false" }, { "count-selected(${m})", "2" },
    { "count-selected(${empty})", "0" }, { "selected-at(${m}, 1)", "c" }, { "selected-at(${m}, 9)", "" }, { "jr:choice-name(${s}, '${s}')", "Hai" },
    { "jr:choice-name('x', '${s}')", "x" }, { "instance('l')/root/item[name = ${s}]/price", "25" }, { "instance('l')/root/item[price > 9][2]/label", "Hai" },
    { "count(instance('l')/root/item)", "3" }, { "sum(instance('l')/root/item/price)", "38" },
    /* regex: the whole text, with or without ^ and $ */
    { "regex('0912345678', '0[0-9]{9}')", "true" }, { "regex('0912345678', '^0\\d{9}$')", "true" }, { "regex('x0912345678', '0[0-9]{9}')", "false" },
    { "regex('an@mau.example', '[A-Za-z0-9._%+-]+@[A-Za-z0-9.-]+\\.[A-Za-z]{2,7}')", "true" }, { "regex(${t}, '(?:Xin|Chào).*')", "true" }, { "regex(${empty}, 'a+')", "false" },
    { "regex('Nguyễn', '\\p{L}+')", "true" }, { "regex('a$', 'a\\$')", "true" },
    /* dates */
    { "today()", "2026-11-29" }, { "now()", "2026-11-29T14:20:00.000+07:00" }, { "${late} > today()", "true" }, { "${day} > today()", "false" },
    { "${day} < '2026-03-01'", "true" }, { "${late} - ${day}", "307" }, { "date(${day} + 2)", "2026-03-01" }, { "date('2024-02-28') + 1", "19782" },
    { "date('2024-02-28') + 1 = date('2024-02-29') - 0", "true" }, { "format-date(${day}, '%d/%m/%Y')", "27/02/2026" }, { "format-date(${day} + 1, '%e.%n.%y %a')", "28.2.26 Thứ Bảy" },
    { "format-date-time(now(), '%H:%M')", "14:20" }, { "decimal-date-time('1970-01-02')", "1" }, { "decimal-date-time('2026-11-29T12:00:00.000+07:00')", "20786.5" },
    { "decimal-time(${hour}) > 0.5", "true" }, { "${hour} > '08:00'", "true" }, { "date-time('2026-11-29T07:20:00Z')", "2026-11-29T14:20:00.000+07:00" },
    { "int((today() - date('2012-11-30')) div 365.25)", "13" }, { "${day} = '2026-02-27'", "true" }, { "${day} = today() - 275", "true" }, { "${empty} > today()", "false" },
    { "date('2026-02-30')", "" }, { "format-date('không', '%Y')", "" },
    /* paths */
    { "../i", "7" }, { "/data/i + 1", "8" }, { "count(/data/*[. = '7'])", "1" }, { "count(../*) > 5", "true" }, { "count-non-empty(../*) > 5", "true" },
    { "position(..)", "1" }, { "count(${i} | ${d})", "2" },
    /* what is no expression */
    { "1 +", NULL }, { "(1", NULL }, { "1)", NULL }, { "if(1, 2)", NULL }, { "nofunction(1)", NULL }, { "'open", NULL }, { "${i", NULL }, { "a b", NULL }, { "1 ! 2", NULL },
    { "selected(${m}, )", NULL }, { "[1]", NULL }, { "regex(${t}, '(')", NULL }, { "${i} = = 1", NULL }, { "lachan.n(1)", NULL }, { "document('x')", NULL }, { "$x", NULL },
    { "jr:itext('a')", NULL }, { "a[1", NULL }, { "//", NULL },
};

TEST(expressions_give_what_odk_gives)
{
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct xform *form;
        struct str text;
        int before = test_failures;
        status s;

        kit_start();
        text = arena_f(&kit, "%s[survey]\ntype: calculate\nname: result\ncalculation: %s\n", questions, cases[i].expression);
        s = xform_read(&kit, "mau.txt", text, NULL, &form, &found);
        CHECK(s == OK);
        CHECK((found.errors == 0) == (cases[i].value != NULL));
        if (found.errors == 0 && cases[i].value != NULL)
            CHECK_STR(get(run_of(form), "/data/result"), str_c(cases[i].value));
        if (test_failures != before) {
            printf("# %s\n", cases[i].expression);
            say_findings();
        }
    }
}

static size_t errors_of(const char *text)
{
    struct xform *form;

    kit_start();
    return xform_read(&kit, "mau.txt", str_c(text), NULL, &form, &found) == OK ? found.errors : 0;
}

TEST(an_expression_that_would_take_forever_is_stopped)
{
    struct out text = { .max = 1 << 20 };
    const struct xform *form;
    struct xform_run *run;
    status s;

    kit_start();
    out_c(&text, "[survey]\ntype: text\nname: a\nlabel: A\n[survey]\ntype: begin repeat\nname: r\nlabel: R\n[survey]\ntype: text\nname: x\nlabel: X\n[survey]\ntype: end repeat\n"
                 "[survey]\ntype: calculate\nname: c\ncalculation: count(//*[count(//*[count(//*[count(//*) > 1]) > 1]) > 1])\n");
    out_char(&text, '\0');
    form = make(text.at);
    out_free(&text);
    REQUIRE(form != NULL);
    run = run_of(form);
    for (int i = 1; i < XFORM_INSTANCES; i++)
        CHECK(xform_run_add(run, STR("/data/r")) == OK);
    s = xform_run_recompute(run);
    CHECK(s == BROKEN);
    CHECK(strstr(fail_message(), "/data/c") != NULL);
}

TEST(a_pattern_that_tries_without_end_is_stopped_with_all_that_follow)
{
    struct out text = { .max = 1 << 16 };
    struct xform_run *run;
    const struct xform *form;
    status s;

    kit_start();
    out_c(&text, "[survey]\ntype: text\nname: a\nlabel: A\n");
    for (int i = 0; i < 20; i++)
        out_f(&text, "[survey]\ntype: calculate\nname: c%d\ncalculation: regex(${a}, '(a|aa)+b')\n", i);
    out_char(&text, '\0');
    form = make(text.at);
    REQUIRE(form != NULL);
    run = run_of(form);
    out_reset(&text);
    for (int i = 0; i < 300; i++)
        out_char(&text, 'a');
    CHECK(xform_run_set(run, STR("/data/a"), out_done(&text)) == OK);
    s = xform_run_recompute(run);
    CHECK(s == BROKEN);
    out_free(&text);
}

TEST(an_expression_too_deep_or_too_long_is_an_error_and_no_crash)
{
    struct out text = { .max = 1 << 20 };

    out_c(&text, "[survey]\ntype: calculate\nname: c\ncalculation: ");
    for (int i = 0; i < 3000; i++)
        out_char(&text, '(');
    out_c(&text, "\n");
    out_char(&text, '\0');
    CHECK_INT(errors_of(text.at), 1);
    out_reset(&text);
    out_c(&text, "[survey]\ntype: calculate\nname: c\ncalculation: 1");
    for (int i = 0; i < 30000; i++)
        out_c(&text, " + 1");
    out_c(&text, "\n");
    out_char(&text, '\0');
    CHECK_INT(errors_of(text.at), 1);
    out_free(&text);
}

TEST(circles_are_found_with_the_way_round_and_running_totals_are_none)
{
    CHECK_INT(errors_of("[survey]\ntype: calculate\nname: a\ncalculation: ${b} + 1\n[survey]\ntype: calculate\nname: b\ncalculation: ${a}\n"), 1);
    CHECK(found.n && found.at[0].text == T_FORMS_FIND_CIRCLE);
    CHECK_STR(found.at[0].a, STR("a → b → a"));
    CHECK_INT(errors_of("[survey]\ntype: calculate\nname: a\ncalculation: ${a} + 1\n"), 1);
    CHECK_INT(errors_of("[survey]\ntype: text\nname: a\nlabel: A\nrelevant: ${b} = 1\n[survey]\ntype: text\nname: b\nlabel: B\nrelevant: ${a} = 1\n"), 1);
    CHECK_INT(errors_of("[survey]\ntype: begin group\nname: g\nlabel: G\nrelevant: ${a} = 1\n[survey]\ntype: text\nname: a\nlabel: A\n[survey]\ntype: end group\n"), 1);
    CHECK_INT(errors_of("[survey]\ntype: integer\nname: a\nlabel: A\nconstraint: ${a} > 3\n"), 0);
}

TEST(a_long_chain_of_calculations_comes_to_rest_also_backwards)
{
    struct out text = { .max = 1 << 20 };
    struct xform_run *run;
    const struct xform *form;

    kit_start();
    for (int i = 1; i <= 40; i++)
        out_f(&text, "[survey]\ntype: calculate\nname: c%d\ncalculation: ${c%d} + 1\n", i, i + 1);
    out_c(&text, "[survey]\ntype: integer\nname: c41\nlabel: C\n");
    out_char(&text, '\0');
    form = make(text.at);
    out_free(&text);
    REQUIRE(form != NULL);
    run = run_of(form);
    put(run, "/data/c41", "2");
    CHECK_STR(get(run, "/data/c1"), STR("42"));
}

/* -- circles by paths -------------------------------------------------------------------------------------- */

static bool is_circle(const char *rows)
{
    struct xform *form = NULL;

    kit_start();
    CHECK(xform_read(&kit, "mau.txt", str_c(rows), NULL, &form, &found) == OK);
    for (size_t i = 0; i < found.n; i++)
        if (found.at[i].text == T_FORMS_FIND_CIRCLE)
            return true;
    return false;
}

#define CALC(name, is) "[survey]\ntype: calculate\nname: " name "\ncalculation: " is "\n"
#define ASK(name, rule) "[survey]\ntype: text\nname: " name "\nlabel: X\n" rule
#define OPEN(kind, name, rule) "[survey]\ntype: begin " kind "\nname: " name "\nlabel: G\n" rule
#define SHUT(kind) "[survey]\ntype: end " kind "\n"

TEST(a_circle_is_found_whichever_way_it_is_written)
{
    CHECK(is_circle(CALC("a", "../a + 1")));
    CHECK(is_circle(CALC("a", "../b + 1") CALC("b", "../a + 1")));
    CHECK(is_circle(CALC("a", "${b} + 1") CALC("b", "/data/a + 1")));
    CHECK(is_circle(CALC("a", "current()/../b") CALC("b", "../a")));
    CHECK(is_circle(CALC("a", "if(../q = 'x', ../b, 1)") CALC("b", "concat('x', ../a)") ASK("q", "")));
    CHECK(is_circle(CALC("a", "parent::*/b") CALC("b", "${a}")));
    CHECK(is_circle(CALC("a", "./../b") CALC("b", "${a}")));
    CHECK(is_circle(OPEN("group", "g", "") CALC("a", "../../b") SHUT("group") CALC("b", "../g/a")));
    CHECK(is_circle(OPEN("group", "g", "relevant: ../b = 1\n") ASK("a", "") SHUT("group") CALC("b", "/data/g/a")));
    CHECK(is_circle(OPEN("repeat", "r", "") CALC("n", "../m + 1") CALC("m", "sum(../../r/n)") SHUT("repeat")));
    CHECK(is_circle(ASK("a", "relevant: ../b = 'x'\n") ASK("b", "relevant: ../a = 'x'\n")));
    CHECK(is_circle(CALC("a", "count-selected(../b[. != ''])") CALC("b", "../a")));
}

TEST(what_is_no_circle_is_not_taken_for_one)
{
    CHECK(!is_circle(ASK("a", "") CALC("b", "../a") CALC("c", "../b + ../a")));
    CHECK(!is_circle(CALC("a", "if(. = '', 1, .)")));
    CHECK(!is_circle(OPEN("repeat", "r", "") ASK("x", "") CALC("n", "../x + ../../r[position() = position(current()/..) - 1]/n") SHUT("repeat")));
    CHECK(!is_circle(OPEN("repeat", "r", "") CALC("n", "position(..)") CALC("k", "count(../../r)") SHUT("repeat")));
    CHECK(!is_circle(OPEN("repeat", "r", "") CALC("n", "count(../../r/n)") SHUT("repeat")));
    CHECK(!is_circle(OPEN("group", "g", "") ASK("a", "") SHUT("group") ASK("b", "") CALC("a2", "../g/a") CALC("b2", "../b * ../a2")));
    CHECK(!is_circle("[survey]\ntype: select_one l\nname: a\nlabel: A\nchoice_filter: a = ${b}\n" ASK("b", "")
                     "[choices]\nlist_name: l\nname: x\nlabel: X\na: 1\n"));
    CHECK(!is_circle(ASK("a", "constraint: . != ../a\n")));
}

TEST_MAIN
