/* Versions: what changed, and where old answers go. */
#include "kit.h"

static const char older[] =
    "[survey]\ntype: text\nname: nick\nlabel: Tên gọi\n"
    "[survey]\ntype: integer\nname: age\nlabel: Tuổi\n"
    "[survey]\ntype: select_one level\nname: level\nlabel: Mức\n"
    "[survey]\ntype: text\nname: gone\nlabel: Câu bị bỏ\n"
    "[survey]\ntype: text\nname: street\nlabel: Địa chỉ\n"
    "[survey]\ntype: begin repeat\nname: kid\nlabel: Trẻ\n[survey]\ntype: text\nname: first\nlabel: Tên trẻ\n[survey]\ntype: end repeat\n"
    "[choices]\nlist_name: level\nname: high\nlabel: Cao\n[choices]\nlist_name: level\nname: low\nlabel: Thấp\n[settings]\nform_id: mau\nversion: 1\n";
static const char newer[] =
    "[survey]\ntype: begin group\nname: who\nlabel: Ai\n[survey]\ntype: text\nname: nick\nlabel: Tên thường gọi\n[survey]\ntype: end group\n"
    "[survey]\ntype: text\nname: age\nlabel: Tuổi\n"
    "[survey]\ntype: select_one level\nname: level\nlabel: Mức\nrequired: yes\n"
    "[survey]\ntype: text\nname: address\nlabel: Địa chỉ\nbind::lachan:was: street\n"
    "[survey]\ntype: begin repeat\nname: kid\nlabel: Trẻ\n[survey]\ntype: text\nname: first\nlabel: Tên trẻ\n[survey]\ntype: date\nname: born\nlabel: Sinh ngày\n[survey]\ntype: end repeat\n"
    "[choices]\nlist_name: level\nname: high\nlabel: Cao\n[choices]\nlist_name: level\nname: middle\nlabel: Trung bình\n[settings]\nform_id: mau\nversion: 2\n";

static size_t count(const struct xform_changes *c, enum xform_change_kind kind)
{
    size_t n = 0;

    for (size_t i = 0; i < c->n; i++)
        n += c->at[i].kind == kind;
    return n;
}

TEST(a_diff_tells_what_came_went_moved_and_changed)
{
    const struct xform *a, *b;
    struct xform_changes c;

    kit_start();
    a = make(older);
    b = make(newer);
    REQUIRE(a != NULL && b != NULL);
    c = xform_diff(&kit, a, b);
    CHECK_INT(count(&c, XFORM_REMOVED), 1);             /* gone */
    CHECK_INT(count(&c, XFORM_ADDED), 2);               /* who, born */
    CHECK_INT(count(&c, XFORM_MOVED), 1);               /* nick */
    CHECK_INT(count(&c, XFORM_RENAMED), 1);             /* street, as the new form says */
    CHECK_INT(count(&c, XFORM_RETYPED), 1);             /* age */
    CHECK_INT(count(&c, XFORM_REWORDED), 1);
    CHECK_INT(count(&c, XFORM_RULE_CHANGED), 1);        /* required */
    CHECK_INT(count(&c, XFORM_CHOICE_ADDED), 1);
    CHECK_INT(count(&c, XFORM_CHOICE_REMOVED), 1);
    CHECK_INT(c.n, 10);
    c = xform_diff(&kit, a, a);
    CHECK_INT(c.n, 0);
}

TEST(the_same_words_under_another_name_are_perhaps_a_rename)
{
    const struct xform *a, *b;
    struct xform_changes c;
    struct out o = { .max = 1 << 12 };

    kit_start();
    a = make("[survey]\ntype: text\nname: street\nlabel: Địa chỉ\n");
    b = make("[survey]\ntype: text\nname: address\nlabel: Địa chỉ\n");
    c = xform_diff(&kit, a, b);
    CHECK_INT(count(&c, XFORM_MAYBE_RENAMED), 1);
    xform_change_write(&o, LANG_EN, &c.at[c.n - 1]);
    CHECK_STR(out_done(&o), STR("/data/address: perhaps renamed: street → address; if so, put the old name into the column bind::lachan:was"));
    out_free(&o);
}

TEST(old_answers_go_to_their_new_places_and_what_finds_none_is_told)
{
    const struct xform *a, *b;
    struct xform_run *old;
    struct xform_mapping m;

    kit_start();
    a = make(older);
    b = make(newer);
    REQUIRE(a != NULL && b != NULL);
    old = run_of(a);
    CHECK(xform_run_add(old, STR("/data/kid")) == OK);
    put(old, "/data/nick", "An");
    put(old, "/data/age", "12");
    put(old, "/data/level", "low");
    put(old, "/data/gone", "chữ cũ");
    put(old, "/data/street", "số 1");
    put(old, "/data/kid[1]/first", "Bình");
    put(old, "/data/kid[2]/first", "Chi");
    m = xform_map(&kit, old, b, &(struct xform_setup){ .now = kit_now, .lang = STR("vi") });
    CHECK_STR(get(m.run, "/data/who/nick"), STR("An"));
    CHECK_STR(get(m.run, "/data/age"), STR("12"));
    CHECK_STR(get(m.run, "/data/address"), STR("số 1"));
    CHECK_STR(get(m.run, "/data/kid[2]/first"), STR("Chi"));
    CHECK_STR(get(m.run, "/data/level"), STR(""));      /* "low" is no choice any more */
    CHECK_INT(m.carried, 5);
    REQUIRE(m.n_lost == 2);
    CHECK_STR(m.lost[0].value, STR("low"));
    CHECK_STR(m.lost[1].label, STR("Câu bị bỏ"));
    CHECK_STR(m.lost[1].value, STR("chữ cũ"));
}

TEST(a_text_that_is_no_number_is_told_when_its_question_becomes_one)
{
    const struct xform *a, *b;
    struct xform_run *old;
    struct xform_mapping m;

    kit_start();
    a = make("[survey]\ntype: text\nname: x\nlabel: X\n[survey]\ntype: text\nname: y\nlabel: Y\n");
    b = make("[survey]\ntype: integer\nname: x\nlabel: X\n[survey]\ntype: integer\nname: y\nlabel: Y\n");
    old = run_of(a);
    put(old, "/data/x", "mười");
    put(old, "/data/y", "10");
    m = xform_map(&kit, old, b, &(struct xform_setup){ .now = kit_now, .lang = STR("vi") });
    CHECK_STR(get(m.run, "/data/y"), STR("10"));
    REQUIRE(m.n_lost == 1);
    CHECK_STR(m.lost[0].path, STR("/data/x"));
    CHECK_STR(m.lost[0].value, STR("mười"));
}

TEST_MAIN
