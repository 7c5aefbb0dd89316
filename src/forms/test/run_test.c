/* Filled-in forms: relevance, calculations, repeats, pages, problems, submissions. */
#include "kit.h"

/* -- relevance and calculations ---------------------------------------------------------------------------- */

static const char child[] =
    "[survey]\ntype: select_one yn\nname: ok\nlabel: Em đồng ý?\nlabel::English (en): Do you agree?\nrequired: yes\n"
    "[survey]\ntype: begin group\nname: g\nlabel: Câu hỏi\nrelevant: ${ok} = '1'\n"
    "[survey]\ntype: integer\nname: age\nlabel: Tuổi\nrequired: yes\nconstraint: . >= 9 and . <= 17\nconstraint_message: Từ 9 đến 17, không phải ${age}\n"
    "[survey]\ntype: select_multiple risk\nname: risks\nlabel: Điều gì đã xảy ra?\nconstraint: not(selected(., 'none') and count-selected(.) > 1)\n"
    "[survey]\ntype: calculate\nname: n\ncalculation: if(selected(${risks}, 'none'), 0, count-selected(${risks}))\n"
    "[survey]\ntype: note\nname: many\nlabel: ${n} điều, tuổi ${age}\nrelevant: ${n} > 1\n"
    "[survey]\ntype: end group\n"
    "[survey]\ntype: calculate\nname: after\ncalculation: coalesce(${age}, 'không rõ')\n"
    "[choices]\nlist_name: yn\nname: 1\nlabel: Có\nlabel::English (en): Yes\n[choices]\nlist_name: yn\nname: 0\nlabel: Không\nlabel::English (en): No\n"
    "[choices]\nlist_name: risk\nname: a\nlabel: Bắt nạt\n[choices]\nlist_name: risk\nname: b\nlabel: Người lạ\n[choices]\nlist_name: risk\nname: none\nlabel: Không có\n"
    "[settings]\nform_id: child\nversion: 3\nform_title: Thử\ndefault_language: Tiếng Việt (vi)\n";

TEST(a_group_that_is_irrelevant_hides_its_answers_and_gives_them_back)
{
    struct xform_run *run;

    kit_start();
    run = run_of(make(child));
    CHECK(!xform_run_relevant(run, STR("/data/g/age")));
    put(run, "/data/ok", "1");
    put(run, "/data/g/age", "12");
    CHECK_STR(get(run, "/data/after"), STR("12"));
    put(run, "/data/ok", "0");
    CHECK(!xform_run_relevant(run, STR("/data/g/age")));
    CHECK_STR(get(run, "/data/after"), STR("không rõ"));        /* expressions see an empty answer */
    CHECK_STR(get(run, "/data/g/age"), STR("12"));              /* what was typed is not lost */
    put(run, "/data/ok", "1");
    CHECK_STR(get(run, "/data/after"), STR("12"));
}

TEST(a_finished_form_has_no_irrelevant_answers_and_a_draft_keeps_them)
{
    struct xform_run *run;
    struct str xml;

    kit_start();
    run = run_of(make(child));
    put(run, "/data/ok", "1");
    put(run, "/data/g/age", "12");
    put(run, "/data/ok", "0");
    xml = xform_run_save(run, &kit);
    CHECK(str_find(xml, STR("<age>12</age>")) < xml.n);
    xform_run_finish(run);
    xml = xform_run_save(run, &kit);
    CHECK(str_find(xml, STR("<age/>")) < xml.n);
    CHECK_STR(xml, STR("<data id=\"child\" version=\"3\"><ok>0</ok><g><age/><risks/><n/><many/></g><after>không rõ</after>"
                       "<meta><instanceID>uuid:1</instanceID></meta></data>"));
}

TEST(problems_name_the_answer_with_the_authors_words_and_skip_what_is_irrelevant)
{
    struct xform_run *run;
    struct xform_problems bad;

    kit_start();
    run = run_of(make(child));
    bad = xform_run_problems(run);
    REQUIRE(bad.n == 1);
    CHECK(bad.at[0].kind == XFORM_MISSING);
    CHECK_STR(bad.at[0].path, STR("/data/ok"));
    put(run, "/data/ok", "1");
    put(run, "/data/g/age", "30");
    put(run, "/data/g/risks", "none a");
    bad = xform_run_problems(run);
    REQUIRE(bad.n == 2);
    CHECK(bad.at[0].kind == XFORM_REFUSED);
    CHECK_STR(bad.at[0].message, STR("Từ 9 đến 17, không phải 30"));
    CHECK_STR(bad.at[1].path, STR("/data/g/risks"));
    put(run, "/data/g/age", "12");
    put(run, "/data/g/risks", "a b");
    CHECK_INT(xform_run_problems(run).n, 0);
    CHECK_STR(xform_run_label(run, STR("/data/g/many")), STR("2 điều, tuổi 12"));
}

TEST(a_constraint_is_not_asked_of_an_empty_answer)
{
    struct xform_run *run;

    kit_start();
    run = run_of(make("[survey]\ntype: integer\nname: a\nlabel: A\nconstraint: . > 3\n"));
    CHECK_INT(xform_run_problems(run).n, 0);
    put(run, "/data/a", "1");
    CHECK_INT(xform_run_problems(run).n, 1);
}

TEST(each_type_says_what_is_no_value_of_it_and_keeps_what_was_typed)
{
    static const struct { const char *type, *value, *kept; bool fine; } cases[] = {
        { "integer", "12", "12", true }, { "integer", "-3", "-3", true }, { "integer", "1.5", "1.5", false }, { "integer", "mười", "mười", false },
        { "decimal", "1,5", "1.5", true }, { "decimal", "1.5.2", "1.5.2", false }, { "decimal", "1e5", "1e5", false },
        { "date", "24/11/2026", "2026-11-24", true }, { "date", "24-11-2026", "2026-11-24", true }, { "date", "2026-11-24", "2026-11-24", true },
        { "date", "31/02/2026", "31/02/2026", false }, { "date", "29/02/2028", "2028-02-29", true }, { "date", "hôm qua", "hôm qua", false },
        { "time", "14:20", "14:20:00", true }, { "time", "14h20", "14:20:00", true }, { "time", "25:00", "25:00", false },
        { "datetime", "2026-11-24T14:20", "2026-11-24T14:20:00.000+07:00", true },
        { "datetime", "24/11/2026 14h20", "2026-11-24T14:20:00.000+07:00", true }, { "datetime", "24/11", "24/11", false },
        { "acknowledge", "OK", "OK", true }, { "acknowledge", "yes", "yes", false },
        { "select_one l", "a", "a", true }, { "select_one l", "c", "c", false }, { "select_one l", "a b", "a b", false },
        { "select_multiple l", "b a", "b a", true }, { "select_multiple l", "a a", "a a", false }, { "select_multiple l", "a c", "a c", false },
        { "rank l", "b a", "b a", true }, { "rank l", "b", "b", false }, { "text", "  hai dòng\n", "  hai dòng\n", true },
        { "range", "4", "4", true }, { "range", "11", "11", false }, { "range", "4.5", "4.5", false },
    };

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct xform_run *run;
        struct str text;

        kit_start();
        text = arena_f(&kit, "[survey]\ntype: %s\nname: a\nlabel: A\n[choices]\nlist_name: l\nname: a\nlabel: A\n[choices]\nlist_name: l\nname: b\nlabel: B\n",
                       cases[i].type);
        run = run_of(make(text.at));
        put(run, "/data/a", cases[i].value);
        CHECK_STR(get(run, "/data/a"), str_c(cases[i].kept));
        CHECK_INT(xform_run_problems(run).n, !cases[i].fine);
        if ((xform_run_problems(run).n == 0) != cases[i].fine)
            printf("# %s %s\n", cases[i].type, cases[i].value);
    }
}

TEST(nobody_sets_a_note_a_calculation_or_a_read_only_answer)
{
    struct xform_run *run;

    kit_start();
    run = run_of(make("[survey]\ntype: note\nname: n\nlabel: N\n[survey]\ntype: calculate\nname: c\ncalculation: 1\n"
                      "[survey]\ntype: text\nname: r\nlabel: R\nreadonly: yes\ndefault: cố định\n"
                      "[survey]\ntype: hidden\nname: h\n"));
    CHECK(xform_run_set(run, STR("/data/n"), STR("x")) == DENIED);
    CHECK(xform_run_set(run, STR("/data/c"), STR("x")) == DENIED);
    CHECK(xform_run_set(run, STR("/data/r"), STR("x")) == DENIED);
    CHECK(xform_run_set(run, STR("/data/nope"), STR("x")) == NOT_FOUND);
    CHECK(xform_run_set(run, STR("/data"), STR("x")) == NOT_FOUND);
    CHECK(xform_run_set(run, STR("/data/r[0]"), STR("x")) == NOT_FOUND);
    CHECK(xform_run_set(run, STR("/data/h"), STR("x")) == OK);
    CHECK_STR(get(run, "/data/r"), STR("cố định"));
}

/* -- repeats ----------------------------------------------------------------------------------------------- */

static const char household[] =
    "[survey]\ntype: begin repeat\nname: kid\nlabel: Trẻ em\n"
    "[survey]\ntype: text\nname: nick\nlabel: Tên gọi\n"
    "[survey]\ntype: integer\nname: age\nlabel: Tuổi của ${nick}\n"
    "[survey]\ntype: select_one yn\nname: phone\nlabel: Có điện thoại?\nrelevant: ${age} >= 6\n"
    "[survey]\ntype: calculate\nname: place\ncalculation: position(..)\n"
    "[survey]\ntype: calculate\nname: total\ncalculation: ${age} + if(position(..) > 1, indexed-repeat(${total}, ${kid}, position(..) - 1), 0)\n"
    "[survey]\ntype: end repeat\n"
    "[survey]\ntype: calculate\nname: n\ncalculation: count(${kid})\n"
    "[survey]\ntype: calculate\nname: phones\ncalculation: sum(${phone})\n"
    "[survey]\ntype: calculate\nname: oldest\ncalculation: max(${age})\n"
    "[survey]\ntype: calculate\nname: second\ncalculation: indexed-repeat(${nick}, ${kid}, 2)\n"
    "[survey]\ntype: calculate\nname: all\ncalculation: join(', ', ${nick})\n"
    "[choices]\nlist_name: yn\nname: 1\nlabel: Có\n[choices]\nlist_name: yn\nname: 0\nlabel: Không\n";

static struct xform_run *three_children(void)
{
    struct xform_run *run = run_of(make(household));

    CHECK(xform_run_add(run, STR("/data/kid")) == OK);
    CHECK(xform_run_add(run, STR("/data/kid")) == OK);
    put(run, "/data/kid[1]/nick", "An");
    put(run, "/data/kid[2]/nick", "Bình");
    put(run, "/data/kid[3]/nick", "Chi");
    put(run, "/data/kid[1]/age", "4");
    put(run, "/data/kid[2]/age", "9");
    put(run, "/data/kid[3]/age", "7");
    return run;
}

TEST(inside_a_repeat_a_name_means_the_same_instance_and_outside_all_of_them)
{
    struct xform_run *run;

    kit_start();
    run = three_children();
    CHECK(!xform_run_relevant(run, STR("/data/kid[1]/phone")));
    CHECK(xform_run_relevant(run, STR("/data/kid[2]/phone")));
    put(run, "/data/kid[2]/phone", "1");
    put(run, "/data/kid[3]/phone", "1");
    CHECK_STR(get(run, "/data/phones"), STR("2"));
    CHECK_STR(get(run, "/data/n"), STR("3"));
    CHECK_STR(get(run, "/data/oldest"), STR("9"));
    CHECK_STR(get(run, "/data/second"), STR("Bình"));
    CHECK_STR(get(run, "/data/all"), STR("An, Bình, Chi"));
    CHECK_STR(get(run, "/data/kid[3]/place"), STR("3"));
    CHECK_STR(get(run, "/data/kid[3]/total"), STR("20"));       /* a running total over earlier instances */
    CHECK_STR(xform_run_label(run, STR("/data/kid[2]/age")), STR("Tuổi của Bình"));
}

TEST(an_instance_is_taken_out_and_the_others_move_up)
{
    struct xform_run *run;

    kit_start();
    run = three_children();
    CHECK(xform_run_remove(run, STR("/data/kid[2]")) == OK);
    CHECK(xform_run_recompute(run) == OK);
    CHECK_STR(get(run, "/data/kid[2]/nick"), STR("Chi"));
    CHECK_STR(get(run, "/data/n"), STR("2"));
    CHECK(xform_run_remove(run, STR("/data/kid[9]")) == NOT_FOUND);
    CHECK(xform_run_remove(run, STR("/data/kid[1]")) == OK);
    CHECK(xform_run_remove(run, STR("/data/kid[1]")) == OK);
    CHECK(xform_run_recompute(run) == OK);
    CHECK_INT(xform_run_instances(run, STR("/data/kid")), 0);
    CHECK_STR(get(run, "/data/n"), STR("0"));
    CHECK(xform_run_add(run, STR("/data/kid")) == OK);
    CHECK_INT(xform_run_instances(run, STR("/data/kid")), 1);
    CHECK(str_starts(xform_run_save(run, &kit), STR("<data id=\"mau\" version=\"\"><kid>")));    /* before what follows it */
}

TEST(a_repeat_has_an_end)
{
    struct xform_run *run;
    status s = OK;

    kit_start();
    run = run_of(make(household));
    for (int i = 1; i < XFORM_INSTANCES; i++)
        CHECK(xform_run_add(run, STR("/data/kid")) == OK);
    s = xform_run_add(run, STR("/data/kid"));
    CHECK(s == TOO_LARGE);
}

TEST(repeats_in_repeats_cannot_fill_the_memory)
{
    struct out xml = { .max = 1 << 22 };
    struct xform_run *run;
    status s = OK;

    kit_start();
    run = run_of(make("[survey]\ntype: begin repeat\nname: a\nlabel: A\n[survey]\ntype: begin repeat\nname: b\nlabel: B\n"
                      "[survey]\ntype: begin repeat\nname: c\nlabel: C\n[survey]\ntype: text\nname: t\nlabel: T\n"
                      "[survey]\ntype: end repeat\n[survey]\ntype: end repeat\n[survey]\ntype: end repeat\n"));
    out_c(&xml, "<data>");
    for (int i = 0; i < 150; i++) {
        out_c(&xml, "<a>");
        for (int k = 0; k < 190; k++)
            out_c(&xml, "<b><c/><c/></b>");
        out_c(&xml, "</a>");
    }
    out_c(&xml, "</data>");
    s = xform_run_load(run, out_done(&xml));
    CHECK(s == INVALID);
    out_free(&xml);
}

static const char counted[] =
    "[survey]\ntype: integer\nname: n\nlabel: Bao nhiêu?\n"
    "[survey]\ntype: begin repeat\nname: kid\nlabel: Trẻ\nrepeat_count: ${n} + 0\n[survey]\ntype: text\nname: nick\nlabel: Tên\n[survey]\ntype: end repeat\n"
    "[survey]\ntype: calculate\nname: there\ncalculation: count(${kid})\n";

TEST(a_count_makes_instances_and_a_smaller_one_loses_nothing)
{
    struct xform_run *run, *again;

    kit_start();
    run = run_of(make(counted));
    CHECK_INT(xform_run_instances(run, STR("/data/kid")), 0);
    put(run, "/data/n", "3");
    CHECK_INT(xform_run_instances(run, STR("/data/kid")), 3);
    put(run, "/data/kid[2]/nick", "Bình");
    put(run, "/data/kid[3]/nick", "Chi");
    put(run, "/data/n", "1");
    CHECK_STR(get(run, "/data/there"), STR("1"));
    CHECK_STR(get(run, "/data/kid[2]/nick"), STR(""));
    again = run_of(xform_run_form(run));
    CHECK(xform_run_load(again, xform_run_save(run, &kit)) == OK);      /* a draft over a lost session */
    CHECK_INT(xform_run_instances(again, STR("/data/kid")), 1);
    put(again, "/data/n", "3");
    CHECK_STR(get(again, "/data/kid[2]/nick"), STR("Bình"));
    CHECK_STR(get(again, "/data/kid[3]/nick"), STR("Chi"));
    put(run, "/data/n", "3");
    CHECK_STR(get(run, "/data/kid[3]/nick"), STR("Chi"));
    put(run, "/data/n", "100000");
    CHECK_INT(xform_run_instances(run, STR("/data/kid")), XFORM_INSTANCES);
    CHECK(xform_run_add(run, STR("/data/kid")) == TOO_LARGE);
    CHECK(xform_run_remove(run, STR("/data/kid[1]")) == DENIED);
    put(run, "/data/n", "1");
    xform_run_finish(run);
    CHECK(str_find(xform_run_save(run, &kit), STR("Chi")) == xform_run_save(run, &kit).n);
}

TEST(repeats_in_repeats_see_the_nearest_instance)
{
    struct xform_run *run;

    kit_start();
    run = run_of(make("[survey]\ntype: begin repeat\nname: home\nlabel: Hộ\n[survey]\ntype: text\nname: street\nlabel: Đường\n"
                      "[survey]\ntype: begin repeat\nname: kid\nlabel: Trẻ\n[survey]\ntype: text\nname: nick\nlabel: Tên\n"
                      "[survey]\ntype: calculate\nname: full\ncalculation: concat(${nick}, ' / ', ${street})\n"
                      "[survey]\ntype: end repeat\n[survey]\ntype: calculate\nname: here\ncalculation: count(${kid})\n[survey]\ntype: end repeat\n"
                      "[survey]\ntype: calculate\nname: pick\ncalculation: indexed-repeat(${nick}, ${home}, 2, ${kid}, 1)\n"
                      "[survey]\ntype: calculate\nname: all\ncalculation: count(${kid})\n"));
    CHECK(xform_run_add(run, STR("/data/home")) == OK);
    CHECK(xform_run_add(run, STR("/data/home[1]/kid")) == OK);
    put(run, "/data/home[1]/street", "Hoa Sữa");
    put(run, "/data/home[2]/street", "Hàng Mã");
    put(run, "/data/home[1]/kid[2]/nick", "An");
    put(run, "/data/home[2]/kid[1]/nick", "Bình");
    CHECK_STR(get(run, "/data/home[1]/kid[2]/full"), STR("An / Hoa Sữa"));
    CHECK_STR(get(run, "/data/home[2]/kid[1]/full"), STR("Bình / Hàng Mã"));
    CHECK_STR(get(run, "/data/home[1]/here"), STR("2"));
    CHECK_STR(get(run, "/data/all"), STR("3"));
    CHECK_STR(get(run, "/data/pick"), STR("Bình"));
}

/* -- defaults, triggers, once ------------------------------------------------------------------------------ */

TEST(defaults_are_set_once_and_a_trigger_reckons_when_its_question_changes)
{
    struct xform_run *run;

    kit_start();
    run = run_of(make("[survey]\ntype: date\nname: day\nlabel: Ngày\ndefault: today()\n"
                      "[survey]\ntype: text\nname: a\nlabel: A\ndefault: mặc định\n"
                      "[survey]\ntype: text\nname: b\nlabel: B\n"
                      "[survey]\ntype: text\nname: who\nlabel: Ai\ndefault: lachan:child.name\n"
                      "[survey]\ntype: text\nname: copy\nlabel: Bản sao\ncalculation: ${a}\ntrigger: ${b}\n"
                      "[survey]\ntype: calculate\nname: first\ncalculation: once(${a})\n"));
    CHECK_STR(get(run, "/data/day"), STR("2026-11-29"));
    CHECK_STR(get(run, "/data/a"), STR("mặc định"));
    CHECK_STR(get(run, "/data/who"), STR(""));              /* the case fills it, not the form */
    CHECK_STR(get(run, "/data/copy"), STR(""));
    put(run, "/data/a", "hai");
    CHECK_STR(get(run, "/data/first"), STR("mặc định"));
    CHECK_STR(get(run, "/data/copy"), STR(""));
    put(run, "/data/b", "x");
    CHECK_STR(get(run, "/data/copy"), STR("hai"));
    put(run, "/data/copy", "tự sửa");
    CHECK_STR(get(run, "/data/copy"), STR("tự sửa"));
}

TEST(start_today_and_end_are_filled_in_the_instances_zone)
{
    struct xform_run *run;

    kit_start();
    run = run_of(make("[survey]\ntype: start\nname: s\n[survey]\ntype: end\nname: e\n[survey]\ntype: today\nname: t\n[survey]\ntype: text\nname: a\nlabel: A\n"));
    CHECK_STR(get(run, "/data/s"), STR("2026-11-29T14:20:00.000+07:00"));
    CHECK_STR(get(run, "/data/t"), STR("2026-11-29"));
    CHECK_STR(get(run, "/data/e"), STR(""));
    xform_run_finish(run);
    CHECK_STR(get(run, "/data/e"), STR("2026-11-29T14:20:00.000+07:00"));
}

/* -- choices ----------------------------------------------------------------------------------------------- */

static const char places[] =
    "[survey]\ntype: select_one province\nname: province\nlabel: Tỉnh\n[survey]\ntype: select_one district\nname: district\nlabel: Huyện\nchoice_filter: province = ${province}\n"
    "[survey]\ntype: calculate\nname: words\ncalculation: jr:choice-name(${district}, '${district}')\n"
    "[choices]\nlist_name: province\nname: hn\nlabel: Hà Nội\nlabel::English (en): Ha Noi\n[choices]\nlist_name: province\nname: hcm\nlabel: TP. Hồ Chí Minh\n"
    "[choices]\nlist_name: district\nname: bd\nlabel: Ba Đình\nlabel::English (en): Ba Dinh\nprovince: hn\n"
    "[choices]\nlist_name: district\nname: q1\nlabel: Quận 1\nprovince: hcm\n[settings]\ndefault_language: Tiếng Việt (vi)\n";

TEST(a_cascading_select_offers_what_the_filter_lets_through_and_refuses_the_rest)
{
    struct xform_run *run;
    struct xform_shown_list page;

    kit_start();
    run = run_of(make(places));
    put(run, "/data/province", "hn");
    page = xform_run_page(run, 0, false);
    REQUIRE(page.n == 2);
    REQUIRE(page.at[1].n_options == 1);
    CHECK_STR(page.at[1].options[0].label, STR("Ba Đình"));
    put(run, "/data/district", "bd");
    CHECK_INT(xform_run_problems(run).n, 0);
    CHECK_STR(get(run, "/data/words"), STR("Ba Đình"));
    put(run, "/data/province", "hcm");
    REQUIRE(xform_run_problems(run).n == 1);
    CHECK(xform_run_problems(run).at[0].kind == XFORM_WRONG_CHOICE);
    run = run_in(xform_run_form(run), "en");
    put(run, "/data/province", "hn");
    put(run, "/data/district", "bd");
    CHECK_STR(get(run, "/data/words"), STR("Ba Dinh"));
}

TEST(or_other_adds_a_choice_and_a_question_that_asks_which)
{
    struct xform_run *run;

    kit_start();
    run = run_of(make("[survey]\ntype: select_one colour or_other\nname: c\nlabel: Màu\n[choices]\nlist_name: colour\nname: red\nlabel: Đỏ\n"
                      "[settings]\ndefault_language: Tiếng Việt (vi)\n"));
    CHECK(!xform_run_relevant(run, STR("/data/c_other")));
    put(run, "/data/c", "other");
    CHECK(xform_run_relevant(run, STR("/data/c_other")));
    CHECK_STR(xform_run_page(run, 0, false).at[0].options[1].label, STR("Khác"));
    CHECK_INT(xform_run_problems(run).n, 0);
}

/* -- pages ------------------------------------------------------------------------------------------------- */

TEST(pages_are_groups_repeats_and_handfuls_of_loose_questions)
{
    const struct xform *form;
    struct xform_run *run;
    struct out text = { .max = 1 << 16 };

    kit_start();
    for (int i = 1; i <= 10; i++)
        out_f(&text, "[survey]\ntype: text\nname: q%d\nlabel: Q%d\n", i, i);
    out_c(&text, "[survey]\ntype: begin group\nname: g\nlabel: Nhóm\nrelevant: ${q1} = 'x'\n[survey]\ntype: text\nname: in\nlabel: Trong\n[survey]\ntype: end group\n"
                 "[survey]\ntype: begin group\nname: outer\nlabel: Ngoài\n[survey]\ntype: text\nname: loose\nlabel: Rời\n"
                 "[survey]\ntype: begin group\nname: list\nlabel: Danh sách\nappearance: field-list\n[survey]\ntype: text\nname: l1\nlabel: L1\n[survey]\ntype: end group\n"
                 "[survey]\ntype: end group\n"
                 "[survey]\ntype: begin repeat\nname: r\nlabel: Lặp\n[survey]\ntype: text\nname: r1\nlabel: R1\n[survey]\ntype: end repeat\n");
    out_char(&text, '\0');
    form = make(text.at);
    out_free(&text);
    REQUIRE(form != NULL);
    CHECK_INT(form->n_pages, 6);        /* 8 loose, 2 loose, group, loose in the divided one, its field-list, repeat */
    run = run_of(form);
    CHECK_INT(xform_run_page(run, 0, false).n, 8);
    CHECK(!xform_run_page_shown(run, 2));
    CHECK_STR(xform_run_page_title(run, 2), STR("Nhóm"));
    put(run, "/data/q1", "x");
    CHECK(xform_run_page_shown(run, 2));
    CHECK_INT(xform_run_page(run, 2, false).n, 3);                      /* group, question, end */
    CHECK_INT(xform_run_page_of(run, STR("/data/outer/list/l1")), 4);
    CHECK_STR(xform_run_page(run, 4, false).at[1].path, STR("/data/outer/list/l1"));
    CHECK_STR(xform_run_page(run, 5, false).at[0].path, STR("/data/r"));
    CHECK_STR(xform_run_page(run, 5, false).at[1].path, STR("/data/r[1]"));
    CHECK(xform_run_page(run, 5, false).at[0].may_add);
    CHECK(xform_run_remove(run, STR("/data/r[1]")) == OK);
    CHECK(xform_run_page_shown(run, 5));                                /* else nobody could add one */
}

TEST(a_page_can_show_what_is_irrelevant_for_a_script_to_unfold)
{
    struct xform_run *run;
    struct xform_shown_list page;

    kit_start();
    run = run_of(make("[survey]\ntype: text\nname: a\nlabel: A\n[survey]\ntype: text\nname: b\nlabel: B\nrelevant: ${a} = 'x'\n"));
    CHECK_INT(xform_run_page(run, 0, false).n, 1);
    page = xform_run_page(run, 0, true);
    REQUIRE(page.n == 2);
    CHECK(page.at[0].relevant && !page.at[1].relevant);
}

TEST(answers_are_told_in_words)
{
    struct xform_run *run;
    struct xform_answers answers;

    kit_start();
    run = run_of(make("[survey]\ntype: select_multiple l\nname: s\nlabel: S\n[survey]\ntype: date\nname: d\nlabel: D\n[survey]\ntype: calculate\nname: c\nlabel: C\ncalculation: 1 + 1\n"
                      "[choices]\nlist_name: l\nname: a\nlabel: Một\n[choices]\nlist_name: l\nname: b\nlabel: Hai\n"));
    put(run, "/data/s", "b a");
    put(run, "/data/d", "1/2/2026");
    answers = xform_run_answers(run);
    REQUIRE(answers.n == 3);
    CHECK_STR(answers.at[0].value, STR("Hai, Một"));
    CHECK_STR(answers.at[1].value, STR("01/02/2026"));
    CHECK_STR(answers.at[2].value, STR("2"));
}

/* -- submissions ------------------------------------------------------------------------------------------- */

TEST(a_submission_comes_back_as_it_was)
{
    struct xform_run *run, *again;
    struct str xml;

    kit_start();
    run = three_children();
    put(run, "/data/kid[2]/nick", "<Bình> & \"Chi\"\n'x'");
    xml = xform_run_save(run, &kit);
    again = run_of(xform_run_form(run));
    CHECK(xform_run_load(again, xml) == OK);
    CHECK_STR(xform_run_save(again, &kit), xml);
    CHECK_STR(get(again, "/data/kid[2]/nick"), STR("<Bình> & \"Chi\"\n'x'"));
}

TEST(what_is_no_submission_is_refused_and_what_is_unknown_is_kept)
{
    static const char *const bad[] = {
        "", "x", "<data", "<data id='other'/>", "<!DOCTYPE data [<!ENTITY a 'b'>]><data id='mau'><a>&a;</a></data>",
        "<data id='mau'><a>\xff</a></data>",
    };
    const struct xform *form;
    struct xform_run *run;
    struct str xml;

    kit_start();
    form = make("[survey]\ntype: text\nname: a\nlabel: A\ndefault: cũ\n");
    for (size_t i = 0; i < COUNT_OF(bad); i++) {
        run = run_of(form);
        CHECK(xform_run_load(run, str_c(bad[i])) == INVALID);
    }
    run = run_of(form);
    CHECK(xform_run_load(run, STR("<data id='mau' version='0' xmlns='http://openrosa.org/x'><a/><gone>đã có</gone><meta><instanceID>uuid:7</instanceID></meta></data>")) == OK);
    CHECK_STR(get(run, "/data/a"), STR(""));                    /* emptied on purpose: the default does not come back */
    xml = xform_run_save(run, &kit);
    CHECK(str_find(xml, STR("<gone>đã có</gone>")) < xml.n);
}

TEST(identity_is_saved_apart_and_joined_again)
{
    struct xform_run *run, *again;
    struct str n, i;

    kit_start();
    run = run_of(make("[survey]\ntype: begin repeat\nname: p\nlabel: Người\n[survey]\ntype: text\nname: name\nlabel: Tên\nbind::lachan:compartment: I\n"
                      "[survey]\ntype: text\nname: role\nlabel: Vai\n[survey]\ntype: end repeat\n[survey]\ntype: text\nname: story\nlabel: Chuyện\n"));
    CHECK(xform_run_add(run, STR("/data/p")) == OK);
    put(run, "/data/p[1]/name", "Tên mẫu một");
    put(run, "/data/p[2]/name", "Tên mẫu hai");
    put(run, "/data/p[2]/role", "mẹ");
    put(run, "/data/story", "chuyện mẫu");
    n = xform_run_save_part(run, &kit, "N");
    i = xform_run_save_part(run, &kit, "I");
    CHECK(str_find(n, STR("Tên mẫu")) == n.n && str_find(n, STR("mẹ")) < n.n);
    CHECK(str_find(i, STR("Tên mẫu hai")) < i.n && str_find(i, STR("mẹ")) == i.n && str_find(i, STR("chuyện")) == i.n);
    again = run_of(xform_run_form(run));
    CHECK(xform_run_load(again, n) == OK);
    CHECK_STR(get(again, "/data/p[2]/name"), STR(""));
    CHECK(xform_run_merge(again, i) == OK);
    CHECK_STR(xform_run_save(again, &kit), xform_run_save(run, &kit));
}

TEST(a_run_gives_its_memory_back_with_its_arena_also_half_way)
{
    const struct xform *form;

    kit_start();
    form = make(household);
    for (int i = 0; i < 50; i++) {
        struct arena a = arena_make(1 << 22);
        struct xform_run *run = xform_run_new(&a, form, &(struct xform_setup){ .now = kit_now, .lang = STR("vi") });

        (void)xform_run_page(run, 0, false);
        if (i % 2)
            xform_run_free(run);
        arena_free(&a);
    }
    kit_end();          /* the leak checker of a sanitizer build says the rest */
    CHECK(kit.first == NULL);
}

/* -- without I -------------------------------------------------------------------------------------------- */

#define CLOSED "bind::lachan:compartment: I\n"
static const char mixed[] =
    "[survey]\ntype: text\nname: nm\nlabel: Tên\nrequired: yes\n" CLOSED
    "[survey]\ntype: integer\nname: age\nlabel: Tuổi\n" CLOSED
    "[survey]\ntype: integer\nname: rows\nlabel: Ô cao\n"
    "[survey]\ntype: calculate\nname: level\nlabel: Mức\ncalculation: if(${age} < 6 or ${rows} > 2, 'high', 'low')\n"
    "[survey]\ntype: calculate\nname: twice\ncalculation: ${rows} * 2\n"
    "[survey]\ntype: text\nname: who\nlabel: Ai trông trẻ\nrequired: ${age} < 6\n"
    "[survey]\ntype: text\nname: job\nlabel: Việc làm\nrelevant: ${age} > 12\n"
    "[survey]\ntype: begin group\nname: g\nlabel: Lớp\nrelevant: ${age} > 5\n"
    "[survey]\ntype: text\nname: school\nlabel: Trường\nrequired: yes\n"
    "[survey]\ntype: end group\n"
    "[survey]\ntype: calculate\nname: sum\ncalculation: concat(${school}, '/', ${job})\n"
    "[survey]\ntype: text\nname: part\nlabel: Vai của ${nm}\nrequired: ${nm} != ''\nreadonly: ${age} = 3\nconstraint: . != ${nm}\n"
    "[settings]\nform_id: mixed\nversion: 1\n";

static struct xform_run *nameless_of(const struct xform *form, struct str xml)
{
    struct xform_run *run = xform_run_new(&kit, form, &(struct xform_setup){ .now = kit_now, .lang = STR("vi"), .nameless = true });

    CHECK(xform_run_load(run, xml) == OK);
    return run;
}

/* What a reader of N alone saves, with I beside it again. */
static struct xform_run *whole_again(const struct xform *form, struct xform_run *nameless, struct str names)
{
    struct xform_run *run = run_of(form);

    CHECK(xform_run_load(run, xform_run_save_part(nameless, &kit, "N")) == OK);
    CHECK(xform_run_merge(run, names) == OK);
    return run;
}

TEST(whoever_has_no_names_changes_nothing_that_hangs_on_them)
{
    const struct xform *form;
    struct xform_run *run;
    struct str names;

    kit_start();
    form = make(mixed);
    run = run_of(form);
    put(run, "/data/nm", "ten-mau");
    put(run, "/data/age", "4");
    put(run, "/data/rows", "1");
    put(run, "/data/who", "ba");
    put(run, "/data/job", "bỏ dở");                                 /* typed, and then irrelevant */
    put(run, "/data/part", "con");
    CHECK_STR(get(run, "/data/level"), STR("high"));
    names = xform_run_save_part(run, &kit, "I");
    run = nameless_of(form, xform_run_save_part(run, &kit, "N"));
    CHECK_STR(get(run, "/data/level"), STR("high"));                /* not reckoned from an age that is not there */
    put(run, "/data/rows", "2");
    CHECK_STR(get(run, "/data/twice"), STR("4"));                   /* what does not need I goes on */
    CHECK_STR(get(run, "/data/level"), STR("high"));
    CHECK(!xform_run_relevant(run, STR("/data/g/school")) && !xform_run_relevant(run, STR("/data/job")));
    CHECK_STR(get(run, "/data/sum"), STR("/"));
    run = nameless_of(form, xform_run_save(run, &kit));             /* through a draft */
    CHECK(!xform_run_relevant(run, STR("/data/g/school")));
    run = whole_again(form, run, names);
    CHECK_STR(get(run, "/data/level"), STR("high"));
    CHECK_STR(get(run, "/data/rows"), STR("2"));
    put(run, "/data/age", "14");
    CHECK_STR(get(run, "/data/job"), STR("bỏ dở"));
    CHECK_STR(get(run, "/data/level"), STR("low"));
    put(run, "/data/g/school", "lop-mau");
    run = nameless_of(form, xform_run_save_part(run, &kit, "N"));
    CHECK(xform_run_relevant(run, STR("/data/g/school")));
    CHECK_STR(get(run, "/data/sum"), STR("lop-mau/bỏ dở"));
}

TEST(nobody_is_asked_or_refused_by_a_name_that_they_cannot_see_and_is_told_which_they_are)
{
    const struct xform *form;
    struct xform_problems bad;
    struct xform_run *run;
    struct xform_labels left;
    size_t blocking = 0;

    kit_start();
    form = make(mixed);
    run = run_of(form);
    CHECK_INT(xform_run_unjudged(run).n, 0);
    put(run, "/data/nm", "ten-mau");
    put(run, "/data/age", "14");
    run = nameless_of(form, xform_run_save_part(run, &kit, "N"));
    CHECK(!xform_run_required(run, STR("/data/part")) && !xform_run_required(run, STR("/data/who")));
    CHECK(xform_run_readonly(run, STR("/data/part")));              /* it may be: so it stays */
    bad = xform_run_problems(run);
    for (size_t i = 0; i < bad.n; i++)
        blocking += !str_is(xform_extra(bad.at[i].item, "lachan:compartment"), "I");
    CHECK_INT(blocking, 0);
    left = xform_run_unjudged(run);
    CHECK_INT(left.n, 7);                                           /* nm, age, level, who, job, school, part */
    CHECK_STR(left.n == 7 ? left.at[6] : STR(""), STR("Vai của …"));
    CHECK_STR(xform_run_label(run, STR("/data/part")), STR("Vai của "));
    for (size_t i = 0; i < xform_run_answers(run).n; i++)
        CHECK(!str_is(xform_run_answers(run).at[i].value, "low") && !str_is(xform_run_answers(run).at[i].value, "high"));
}

TEST_MAIN
