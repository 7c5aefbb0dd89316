/* The checker's findings with their places, and files that are no forms. */
#include "kit.h"

#include "../compile.h"

#include <sys/stat.h>
#include <unistd.h>
#include <zip.h>

/* -- findings ---------------------------------------------------------------------------------------------- */

#define Q(type, name) "[survey]\ntype: " type "\nname: " name "\nlabel: X\n"

/* One mistake each: which text, in which line and column. */
static const struct { const char *text; int finding, line; const char *column; } mistakes[] = {
    { Q("text", "a") Q("text", "a"), T_FORMS_FIND_NAME_TWICE, 7, "name" },
    { Q("text", "a") Q("text", "A"), T_FORMS_FIND_NAME_TWICE, 7, "name" },
    { Q("text", "a b"), T_FORMS_FIND_BAD_NAME, 3, "name" },
    { Q("text", "1a"), T_FORMS_FIND_BAD_NAME, 3, "name" },
    { Q("text", "meta"), T_FORMS_FIND_NAME_TAKEN, 3, "name" },
    { "[survey]\ntype: text\nlabel: X\n" Q("text", "b"), T_FORMS_FIND_NO_NAME, 1, "name" },
    { "[survey]\nname: a\nlabel: X\n" Q("text", "b"), T_FORMS_FIND_NO_TYPE, 1, "type" },
    { Q("txet", "a"), T_FORMS_FIND_TYPE, 2, "type" },
    { Q("begin group", "g") Q("text", "a"), T_FORMS_FIND_NOT_CLOSED, 2, "type" },
    { Q("text", "a") "[survey]\ntype: end group\n", T_FORMS_FIND_END_ALONE, 6, "type" },
    { Q("begin group", "g") Q("text", "a") "[survey]\ntype: end repeat\n", T_FORMS_FIND_END_OTHER, 10, "type" },
    { Q("select_one yn", "a"), T_FORMS_FIND_NO_LIST, 2, "type" },
    { Q("calculate", "a"), T_FORMS_FIND_NO_CALCULATION, 1, "calculation" },
    { Q("text", "a") "relevant: ${b} = 1\n", T_FORMS_FIND_REF, 5, "relevant" },
    { Q("text", "a") "label::English (en): Hello ${b}\n", T_FORMS_FIND_REF, 4, "label" },
    { Q("text", "a") "constraint: . >\n", T_FORMS_FIND_EXPR_END, 5, "constraint" },
    { Q("text", "a") "constraint: . & 1\n", T_FORMS_FIND_EXPR_SYNTAX, 5, "constraint" },
    { Q("text", "a") "constraint: regexp(., 'x')\n", T_FORMS_FIND_FUNCTION, 5, "constraint" },
    { Q("text", "a") "constraint: regex(.)\n", T_FORMS_FIND_ARGUMENTS, 5, "constraint" },
    { Q("text", "a") "constraint: regex(., '[')\n", T_FORMS_FIND_REGEX, 5, "constraint" },
    { Q("text", "a") "constraint: count('x') = 1\n", T_FORMS_FIND_EXPR_FAILS, 5, "constraint" },
    { Q("text", "a") "bind::lachan:compartment: X\n", T_FORMS_FIND_COMPARTMENT, 5, "bind::lachan:compartment" },
    { Q("text", "a") "hint: x\nhint: y\n", T_FORMS_FIND_KEY_TWICE, 6, "" },
    { Q("text", "a") "Hint: x\nhint: y\n", T_FORMS_FIND_COLUMN_TWICE, 0, "Hint" },
    { Q("text", "a") "[choice]\nlist_name: x\n", T_FORMS_FIND_BLOCK_KIND, 5, "" },
    { Q("text", "a") "no colon here\n", T_FORMS_FIND_NOT_BLOCKS, 5, "" },
    { Q("text", "a") "[choices]\nlist_name: l\nname: x y\nlabel: X\n", T_FORMS_FIND_CHOICE_BLANK, 7, "name" },
    { Q("text", "a") "[choices]\nlist_name: l\nname: x\nlabel: X\n[choices]\nlist_name: l\nname: x\nlabel: Y\n", T_FORMS_FIND_CHOICE_TWICE, 11, "name" },
    { Q("text", "a") "[choices]\nname: x\nlabel: X\n[choices]\nlist_name: l\nname: y\nlabel: X\n", T_FORMS_FIND_CHOICE_LIST, 5, "list_name" },
    { Q("text", "a") "[choices]\nlist_name: l\nlabel: X\n[choices]\nlist_name: l\nname: y\nlabel: X\n", T_FORMS_FIND_CHOICE_NAME, 5, "name" },
    { Q("begin group", "g") Q("text", "a") "[survey]\ntype: end group\n" Q("begin group", "h") Q("text", "a") "[survey]\ntype: end group\n"
      Q("text", "z") "relevant: ${a} = 1\n", T_FORMS_FIND_REF_TWICE, 25, "relevant" },
    { Q("integer", "a") "calculation: ${a} + 1\n", T_FORMS_FIND_CIRCLE, 5, "calculation" },
    { "[choices]\nlist_name: l\nname: x\nlabel: X\n", T_FORMS_FIND_NO_SURVEY, 0, "" },
    { "[survey]\ntype: text\n", T_FORMS_FIND_NO_COLUMN, 0, "" },
    { "\xff\xfe", T_FORMS_FIND_NOT_UTF8, 0, "" },
    { "", T_FORMS_FIND_NO_SURVEY, 0, "" },
};

TEST(each_mistake_is_told_with_its_line_and_column)
{
    for (size_t i = 0; i < COUNT_OF(mistakes); i++) {
        struct xform *form;
        const struct xform_finding *f = NULL;
        int before = test_failures;

        kit_start();
        if (xform_read(&kit, "mau.txt", str_c(mistakes[i].text), NULL, &form, &found) != OK)
            CHECK(found.errors > 0);
        CHECK_INT(found.errors, 1);
        for (size_t k = 0; k < found.n; k++)
            f = found.at[k].error && f == NULL ? &found.at[k] : f;
        CHECK(f != NULL);
        if (f != NULL) {
            CHECK_INT(f->text, mistakes[i].finding);
            CHECK_INT(f->row, mistakes[i].line);
            CHECK_STR(f->column, str_c(mistakes[i].column));
        }
        if (test_failures != before) {
            printf("# %s\n", mistakes[i].text);
            say_findings();
        }
    }
}

static struct xform *checked;

static size_t warnings_of(const char *text, int finding)
{
    size_t n = 0;

    kit_start();
    CHECK(xform_read(&kit, "mau.txt", str_c(text), NULL, &checked, &found) == OK);
    CHECK_INT(found.errors, 0);
    for (size_t i = 0; i < found.n; i++)
        n += found.at[i].text == finding;
    return n;
}

TEST(what_is_merely_not_ideal_is_a_warning)
{
    CHECK_INT(warnings_of(Q("text", "a"), T_FORMS_FIND_LANGUAGE), 2);
    CHECK_INT(warnings_of(Q("text", "a") "label::English (en): X\n[settings]\ndefault_language: Tiếng Việt (vi)\n", T_FORMS_FIND_LANGUAGE), 0);
    CHECK_INT(warnings_of(Q("text", "a") "label::English (en): X\n" Q("text", "b") Q("text", "c"), T_FORMS_FIND_LANGUAGE_ROWS), 1);
    CHECK_STR(found.at[0].b, STR("2"));
    CHECK_INT(found.at[0].row, 6);
    CHECK_INT(warnings_of(Q("image", "a"), T_FORMS_FIND_NOT_SHOWN), 1);
    CHECK_INT(warnings_of("[survey]\ntype: text\nname: a\n", T_FORMS_FIND_NO_LABEL), 1);
    CHECK_INT(warnings_of(Q("text", "a") Q("begin group", "g") "[survey]\ntype: end group\n", T_FORMS_FIND_EMPTY_GROUP), 1);
    CHECK_INT(warnings_of(Q("calculate", "a") "calculation: pulldata('fruits', 'x', 'y', 'z')\n", T_FORMS_FIND_NO_TABLE), 1);
    CHECK_INT(warnings_of(Q("text", "a") "bind::lachan:compartment: I\n" Q("calculate", "b") "calculation: concat(${a}, '')\n", T_FORMS_FIND_LEAK), 1);
}

#define NAME Q("text", "nm") "bind::lachan:compartment: I\n"

/* Whether what the question `name` says may tell who the child is. */
static bool tells(const char *name)
{
    for (size_t i = 0; i < checked->n_items; i++)
        if (str_is(checked->items[i].name, name))
            return checked->items[i].identity;
    return false;
}

TEST(what_lies_in_I_comes_out_by_no_calculation_unseen)
{
    CHECK_INT(warnings_of(NAME Q("calculate", "b") "calculation: /data/nm\n", T_FORMS_FIND_LEAK), 1);
    CHECK(tells("b"));
    CHECK_INT(warnings_of(NAME Q("calculate", "b") "calculation: concat('x', string(../nm))\n", T_FORMS_FIND_LEAK), 1);
    CHECK_INT(warnings_of(NAME Q("calculate", "b") "calculation: string(//nm)\n", T_FORMS_FIND_LEAK), 1);
    CHECK_INT(warnings_of(NAME Q("text", "b") "default: concat('x', ${nm})\n", T_FORMS_FIND_LEAK), 1);
    CHECK_INT(warnings_of(NAME Q("calculate", "b") "calculation: ${nm}\n" Q("calculate", "c") "calculation: concat(${b}, '')\n", T_FORMS_FIND_LEAK), 2);
    CHECK(tells("c"));
    CHECK_INT(warnings_of(NAME Q("integer", "n") Q("calculate", "b") "calculation: ${n} + 1\n", T_FORMS_FIND_LEAK), 0);
    CHECK(!tells("b") && !tells("n"));
    CHECK_INT(warnings_of(Q("text", "nm") Q("calculate", "b") "calculation: /data/nm\n", T_FORMS_FIND_LEAK), 0);
    CHECK_INT(warnings_of(NAME Q("calculate", "b") "calculation: position(..)\n", T_FORMS_FIND_LEAK), 0);
}

TEST(a_group_in_I_holds_all_that_is_asked_in_it)
{
    CHECK_INT(warnings_of(Q("begin group", "g") "bind::lachan:compartment: I\n" Q("begin repeat", "r") Q("text", "nm")
                          Q("select_one l or_other", "s") "[survey]\ntype: end repeat\n" Q("text", "n") "bind::lachan:compartment: N\n"
                          "[survey]\ntype: end group\n[choices]\nlist_name: l\nname: a\nlabel: A\n", T_FORMS_FIND_LEAK), 0);
    CHECK(tells("nm") && tells("s") && tells("s_other") && !tells("n"));
    CHECK_INT(warnings_of(Q("select_one l or_other", "s") "bind::lachan:compartment: I\n[choices]\nlist_name: l\nname: a\nlabel: A\n", T_FORMS_FIND_LEAK), 0);
    CHECK(tells("s_other"));
}

TEST(findings_speak_the_readers_language)
{
    struct out o = { .max = 4096 };
    struct xform *form;

    kit_start();
    CHECK(xform_read(&kit, "mau.txt", STR(Q("text", "a") "relevant: ${b} = 1\n"), NULL, &form, &found) == OK);
    xform_finding_write(&o, LANG_VI, &found.at[0]);
    CHECK_STR(out_done(&o), STR("mau.txt, trang survey, dòng 5, cột relevant: lỗi: câu \"b\" không có trong biểu mẫu: sửa tên hoặc thêm câu hỏi."));
    out_reset(&o);
    xform_finding_write(&o, LANG_EN, &found.at[0]);
    CHECK_STR(out_done(&o), STR("mau.txt, sheet survey, line 5, column relevant: error: the question \"b\" is not in the form: correct the name or add the question."));
    out_free(&o);
}

/* -- reading ----------------------------------------------------------------------------------------------- */

TEST(a_text_form_keeps_languages_columns_with_prefixes_and_settings)
{
    const struct xform *form;
    const struct xform_item *item;

    kit_start();
    form = make("# chú thích\n[settings]\nform_id: mau-02\nform_title: Mẫu 02\nversion: 2026-11-29\ndefault_language: Tiếng Việt (vi)\n"
                "[survey]\ntype: begin group\nname: g\nlabel: Nhóm\nlabel::English (en): Group\nappearance: field-list w1\n"
                "[survey]\ntype: range\nname: a\nlabel: Câu: có hai chấm\nlabel::English (en): Question: with a colon\nhint: dòng một\\ndòng hai\n"
                "bind::lachan:compartment: I\nbind::lachan:source: Nghị định 56/2017, Điều 22\nparameters: start=0 end = 10, step=2\n[survey]\ntype: end group\n");
    REQUIRE(form != NULL);
    CHECK_STR(form->id, STR("mau-02"));
    CHECK_STR(form->version, STR("2026-11-29"));
    CHECK_INT(form->n_langs, 2);
    CHECK_INT(xform_lang(form, STR("en")), 1);
    item = &form->items[1];
    CHECK_STR(item->path, STR("/data/g/a"));
    CHECK_STR(xform_text(&item->label, 0), STR("Câu: có hai chấm"));
    CHECK_STR(xform_text(&item->label, 1), STR("Question: with a colon"));
    CHECK_STR(xform_text(&item->hint, 1), STR("dòng một\ndòng hai"));       /* the default where a language lacks it */
    CHECK_STR(xform_extra(item, "lachan:compartment"), STR("I"));
    CHECK_STR(xform_extra(item, "lachan:source"), STR("Nghị định 56/2017, Điều 22"));
    CHECK_STR(xform_parameter(item, "end"), STR("10"));
    CHECK_STR(xform_parameter(item, "step"), STR("2"));
    CHECK(xform_appearance(&form->items[0], "field-list") && !xform_appearance(&form->items[0], "field"));
    CHECK_INT(xform_item_named(form, STR("/data/g[1]/a")), 1);
    CHECK_INT(form->items[0].end, 2);
}

TEST(pulldata_reads_a_table_that_lies_beside_the_form)
{
    char dir[] = "/tmp/lachan-forms-XXXXXX";
    struct str path;
    struct xform *form;
    FILE *f;

    kit_start();
    REQUIRE(mkdtemp(dir) != NULL);
    path = arena_f(&kit, "%s/fruits.csv", dir);
    f = fopen(path.at, "w");
    REQUIRE(f != NULL);
    fputs("\xef\xbb\xbf" "name,price\nmango,\"12,5\"\napple,3\n", f);
    fclose(f);
    CHECK(xform_read(&kit, "mau.txt", STR(Q("text", "a") Q("calculate", "p") "calculation: pulldata('fruits', 'price', 'name', ${a})\n"
                                          Q("calculate", "i") "calculation: instance('fruits')/root/item[name = 'apple']/price + 1\n"), dir, &form, &found) == OK);
    CHECK_INT(found.errors, 0);
    if (found.errors == 0) {
        struct xform_run *run = run_of(form);

        put(run, "/data/a", "mango");
        CHECK_STR(get(run, "/data/p"), STR("12,5"));
        CHECK_STR(get(run, "/data/i"), STR("4"));
        put(run, "/data/a", "none");
        CHECK_STR(get(run, "/data/p"), STR(""));
    }
    unlink(path.at);
    rmdir(dir);
}

/* -- the catalogue ----------------------------------------------------------------------------------------- */

static void write_file(const char *dir, const char *name, const char *text)
{
    struct str path = arena_f(&kit, "%s/content/forms/%s", dir, name);
    FILE *f = fopen(path.at, "w");

    CHECK(f != NULL);
    if (f == NULL)
        return;
    fputs(text, f);
    fclose(f);
}

TEST(the_instances_own_forms_are_read_at_start_and_one_with_an_error_is_left_out)
{
    char dir[] = "/tmp/lachan-forms-XXXXXX";
    size_t shipped;

    kit_start();
    content_start(NULL);
    (void)!forms_load();
    shipped = forms_count();
    REQUIRE(mkdtemp(dir) != NULL);
    CHECK(mkdir(arena_f(&kit, "%s/content", dir).at, 0700) == 0 && mkdir(arena_f(&kit, "%s/content/forms", dir).at, 0700) == 0);
    write_file(dir, "zz-tot.txt", Q("text", "a") "[settings]\nversion: 7\n");
    write_file(dir, "zz-sai.txt", Q("text", "a") "relevant: ${b}\n");
    write_file(dir, "zz bo qua.txt", Q("text", "a"));
    content_start(dir);
    CHECK(forms_load() == INVALID);
    CHECK(strstr(fail_message(), "zz-sai") != NULL && strstr(fail_message(), "line 5") != NULL);
    CHECK_INT(forms_count(), shipped + 1);
    CHECK(forms_named(STR("zz-sai")) == NULL);
    REQUIRE(forms_named(STR("zz-tot")) != NULL);
    CHECK_STR(forms_named(STR("zz-tot"))->version, STR("7"));
    CHECK(forms_load() == INVALID && forms_count() == shipped + 1);     /* a second time is no other */
    content_start(NULL);
    CHECK(unlink(arena_f(&kit, "%s/content/forms/zz-tot.txt", dir).at) == 0 && unlink(arena_f(&kit, "%s/content/forms/zz-sai.txt", dir).at) == 0);
    CHECK(unlink(arena_f(&kit, "%s/content/forms/zz bo qua.txt", dir).at) == 0 && rmdir(arena_f(&kit, "%s/content/forms", dir).at) == 0);
    CHECK(rmdir(arena_f(&kit, "%s/content", dir).at) == 0 && rmdir(dir) == 0);
}

/* -- spreadsheets that are no friends ---------------------------------------------------------------------- */

struct part { const char *name; struct str text; };

#define WORKBOOK STR("<workbook xmlns='m' xmlns:r='r'><sheets><sheet name='survey' r:id='r1'/></sheets></workbook>")
#define RELATIONS STR("<Relationships><Relationship Id='r1' Target='worksheets/sheet1.xml'/></Relationships>")
#define ROW(r, a, b, c) "<row r='" r "'><c t='inlineStr'><is><t>" a "</t></is></c><c t='inlineStr'><is><t>" b "</t></is></c><c t='inlineStr'><is><t>" c "</t></is></c></row>"

/* A zip of these parts; ends with a part without a name. */
static struct str zip_of(const struct part *parts)
{
    zip_error_t error;
    zip_source_t *to;
    zip_t *zip;
    zip_stat_t st;
    char *bytes;

    zip_error_init(&error);
    to = zip_source_buffer_create(NULL, 0, 0, &error);
    zip_source_keep(to);
    zip = zip_open_from_source(to, ZIP_TRUNCATE, &error);
    for (; parts->name != NULL; parts++)
        zip_file_add(zip, parts->name, zip_source_buffer(zip, parts->text.at, parts->text.n, 0), 0);
    zip_close(zip);
    zip_source_open(to);
    zip_source_stat(to, &st);
    bytes = arena_alloc(&kit, (size_t)st.size + 1);
    zip_source_read(to, bytes, st.size);
    zip_source_close(to);
    zip_source_free(to);
    zip_error_fini(&error);
    return str_of(bytes, (size_t)st.size);
}

static status read_sheet(struct str sheet, struct xform **form)
{
    struct part parts[] = { { "xl/workbook.xml", WORKBOOK }, { "xl/_rels/workbook.xml.rels", RELATIONS }, { "xl/worksheets/sheet1.xml", sheet }, { 0 } };

    return xform_read(&kit, "mau.xlsx", zip_of(parts), NULL, form, &found);
}

TEST(a_small_spreadsheet_reads_with_rows_as_the_author_sees_them)
{
    struct xform *form;

    kit_start();
    CHECK(read_sheet(STR("<worksheet><sheetData>" ROW("1", "type", "name", "label") ROW("4", "integer", "a", "Một &amp; hai")
                         "<row r='7'><c r='C7' t='str'><v>X</v></c><c r='B7' t='str'><v>a</v></c><c r='A7' t='str'><v>text</v></c></row>"
                         "</sheetData></worksheet>"), &form) == OK);
    CHECK_INT(found.errors, 1);
    CHECK_INT(found.at[0].row, 7);
    CHECK_STR(found.at[0].sheet, STR("survey"));
    CHECK_STR(form->items[0].label.at[0], STR("Một & hai"));
    CHECK_INT(form->items[0].row, 4);
}

TEST(numbers_dates_and_truth_values_of_cells_become_text)
{
    struct part parts[] = { { "xl/workbook.xml", WORKBOOK }, { "xl/_rels/workbook.xml.rels", RELATIONS },
        { "xl/styles.xml", STR("<styleSheet><numFmts><numFmt numFmtId='170' formatCode='dd/mm/yyyy'/><numFmt numFmtId='171' formatCode='0.0&quot; day&quot;'/></numFmts>"
                               "<cellXfs><xf numFmtId='0'/><xf numFmtId='14'/><xf numFmtId='170'/><xf numFmtId='22'/><xf numFmtId='171'/><xf numFmtId='20'/></cellXfs></styleSheet>") },
        { "xl/sharedStrings.xml", STR("<sst><si><t>type</t></si><si><r><t>na</t></r><r><t>me</t></r><rPh><t>xx</t></rPh></si><si/></sst>") },
        { "xl/worksheets/sheet1.xml", STR("<worksheet><sheetData><row><c t='s'><v>0</v></c><c t='s'><v>1</v></c><c t='str'><v>label</v></c><c t='str'><v>default</v></c></row>"
            "<row><c t='str'><v>text</v></c><c t='str'><v>a</v></c><c t='b'><v>1</v></c><c><v>3.0</v></c></row>"
            "<row><c t='str'><v>text</v></c><c t='str'><v>b</v></c><c t='s'><v>2</v></c><c><v>0.30000000000000004</v></c></row>"
            "<row><c t='str'><v>text</v></c><c t='str'><v>c</v></c><c t='s'><v>99</v></c><c s='1'><v>46355</v></c></row>"
            "<row><c t='str'><v>text</v></c><c t='str'><v>d</v></c><c/><c s='2'><v>46355</v></c></row>"
            "<row><c t='str'><v>text</v></c><c t='str'><v>e</v></c><c/><c s='3'><v>46355.5</v></c></row>"
            "<row><c t='str'><v>text</v></c><c t='str'><v>f</v></c><c/><c s='4'><v>2.5</v></c></row>"
            "<row><c t='str'><v>text</v></c><c t='str'><v>g</v></c><c/><c s='5'><v>0.25</v></c></row></sheetData></worksheet>") }, { 0 } };
    static const char *const values[] = { "3", "0.3", "2026-11-29", "2026-11-29", "2026-11-29T12:00:00", "2.5", "06:00:00" };
    struct xform *form;

    kit_start();
    CHECK(xform_read(&kit, "mau.xlsx", zip_of(parts), NULL, &form, &found) == OK);
    REQUIRE(form != NULL && form->n_items == 7);
    CHECK_STR(form->items[0].label.at[0], STR("TRUE"));
    for (int i = 0; i < 7; i++)
        CHECK_STR(form->items[i].default_value, str_c(values[i]));
}

TEST(a_hostile_spreadsheet_is_refused_with_a_reason)
{
    struct str zeros, broken;
    struct xform *form;
    status s;

    kit_start();
    s = read_sheet(STR("<!DOCTYPE a [<!ENTITY b 'c'>]><worksheet><sheetData/></worksheet>"), &form);
    CHECK(s == INVALID && found.at[0].text == T_FORMS_FIND_XLSX_DOCTYPE);
    s = read_sheet(STR("<worksheet><sheetData><row>"), &form);
    CHECK(s == INVALID && found.at[0].text == T_FORMS_FIND_XLSX_PART);
    zeros = str_of(arena_alloc(&kit, 60 << 20), 60 << 20);
    s = read_sheet(zeros, &form);
    CHECK(s == INVALID && found.at[0].text == T_FORMS_FIND_XLSX_TOO_LARGE);
    s = read_sheet(str_upto(zeros, 8 << 20), &form);            /* 8 MB of nothing pack to some KB */
    CHECK(s == INVALID && found.at[0].text == T_FORMS_FIND_XLSX_TOO_LARGE);
    broken = zip_of((struct part[]){ { "xl/workbook.xml", WORKBOOK }, { 0 } });
    s = xform_read(&kit, "mau.xlsx", broken, NULL, &form, &found);
    CHECK(s == INVALID && found.at[0].text == T_FORMS_FIND_XLSX_PART);
    s = xform_read(&kit, "mau.xlsx", str_upto(broken, broken.n / 2), NULL, &form, &found);
    CHECK(s == INVALID && found.at[0].text == T_FORMS_FIND_XLSX_ZIP);
    s = xform_read(&kit, "mau.xlsx", STR("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" "a workbook under a password"), NULL, &form, &found);
    CHECK(s == INVALID && found.at[0].text == T_FORMS_FIND_XLSX_ZIP);
    s = xform_read(&kit, "mau.xlsx", str_of(zeros.at, XFORM_FILE_BYTES + 1), NULL, &form, &found);
    CHECK(s == TOO_LARGE);
}

TEST(a_sheet_as_wide_or_long_as_a_continent_is_refused_at_its_row)
{
    struct out o = { .max = 1 << 26 };
    struct xform *form;

    kit_start();
    out_c(&o, "<worksheet><sheetData>" ROW("1", "type", "name", "label") "<row r='2'><c r='ZZ2' t='str'><v>x</v></c></row></sheetData></worksheet>");
    CHECK(read_sheet(out_done(&o), &form) == OK);
    CHECK(found.errors > 0 && found.at[0].text == T_FORMS_FIND_TOO_MANY_COLUMNS && found.at[0].row == 2);
    out_reset(&o);
    out_c(&o, "<worksheet><sheetData>" ROW("1", "type", "name", "label"));
    for (int i = 2; i < 61003; i++)
        out_f(&o, "<row><c t='str'><v>text</v></c><c t='str'><v>n%d</v></c></row>", i);
    out_c(&o, "</sheetData></worksheet>");
    CHECK(read_sheet(out_done(&o), &form) == OK);
    CHECK(found.errors > 0 && found.at[0].text == T_FORMS_FIND_TOO_MANY_CELLS);
    out_free(&o);
}

#define CELL(v) "<c t='str'><v>" v "</v></c>"
#define ASKED(name, cell) "<row>" CELL("text") CELL(name) CELL("X") cell "</row>"

/* A workbook as another program writes it: days since 1904, an absolute path, an id without its prefix, an empty sheet, text in CDATA. */
TEST(a_spreadsheet_of_another_making_reads_the_same)
{
    struct part parts[] = {
        { "xl/workbook.xml", STR("<workbook><workbookPr date1904='true'/><sheets><sheet name=' Survey ' id='r1'/><sheet name='choices' id='r2'/>"
                                 "<sheet name='notes' id='r9'/></sheets></workbook>") },
        { "xl/_rels/workbook.xml.rels", STR("<Relationships><Other/><Relationship Id='r1' Target='/xl/worksheets/sheet1.xml'/>"
                                            "<Relationship Id='r2' Target='worksheets/sheet2.xml'/></Relationships>") },
        { "xl/styles.xml", STR("<styleSheet><numFmts><numFmt numFmtId='180' formatCode='[red]hh\\d:ss'/><numFmt numFmtId='181' formatCode='[d]0\\y&quot;dh&quot;'/>"
                               "<numFmt numFmtId='x' formatCode='dd'/></numFmts><cellStyleXfs><xf numFmtId='14'/></cellStyleXfs>"
                               "<cellXfs><xf numFmtId='0'/><xf numFmtId='180'/><xf numFmtId='181'/><xf numFmtId='50'/><xf numFmtId='27'/><xf numFmtId='46'/>"
                               "<xf numFmtId='no'/><xf numFmtId='22'/></cellXfs><cellXfs/></styleSheet>") },
        { "xl/worksheets/sheet2.xml", STR("<worksheet><sheetData/></worksheet>") },
        { "xl/worksheets/sheet1.xml", STR("<worksheet><sheetData><row r='0'>" CELL("type") CELL("name") CELL("label") CELL("default") "</row><row/>"
            ASKED("a", "<c s='1'><v>0.5</v></c>") ASKED("b", "<c s='2'><v>7</v></c>") ASKED("c", "<c s='3'><v>44893</v></c>")
            ASKED("d", "<c s='4'><v>44893.9999999</v></c>") ASKED("e", "<c s='5'><v>1.25</v></c>") ASKED("f", "<c s='6'><v>44893.5</v></c>")
            ASKED("g", "<c s='1'><v>-3</v></c>") ASKED("h", "<c s='99'><v>1e15</v></c>") ASKED("i", "<c t='n' s='-1'><v>2,5</v></c>")
            ASKED("j", "<c><v>nan</v></c>") ASKED("k", "<c t='b'><v>0</v></c>") ASKED("l", "<c t='s'><v>0</v></c>")
            ASKED("m", "<c t='inlineStr'><is><t><![CDATA[a & b]]></t><rPh><t>no</t></rPh></is></c>") ASKED("n", "<c t='inlineStr'><is/></c>")
            ASKED("o", "<c t='str'><v>\xc2\xa0x\xc2\xa0y\xc3\xa9 </v></c>") ASKED("p", "<c t='str'><f>1</f><v/></c>")
            ASKED("q", "<c><v>0000000000000000000000000000000000000000000000000000000000000000000001</v></c>") ASKED("r", "<c s='1'><v>9999999</v></c>")
            ASKED("s", "<c r='d' t='str'><v>low</v></c>") ASKED("t", "<c t='s'><v>-1</v></c>") ASKED("u", "<c s='7'><v>0</v></c>")
            "</sheetData></worksheet>") }, { 0 } };
    static const char *const values[] = {
        "12:00:00", "7", "2026-11-29", "2026-11-30", "1904-01-02T06:00:00", "44893.5", "-3", "1e+15", "2,5", "nan", "FALSE", "", "a & b", "",
        "x y\xc3\xa9", "", "0000000000000000000000000000000000000000000000000000000000000000000001", "9999999", "low", "", "1904-01-01T00:00:00",
    };
    struct xform *form;

    kit_start();
    REQUIRE(xform_read(&kit, "mau.xlsx", zip_of(parts), NULL, &form, &found) == OK);
    say_findings();
    CHECK_INT(found.errors, 0);
    REQUIRE(form != NULL && form->n_items == COUNT_OF(values));
    for (size_t i = 0; i < COUNT_OF(values); i++) {
        if (!str_is(form->items[i].default_value, values[i]))
            printf("# %zu: %.*s, not %s\n", i, (int)form->items[i].default_value.n, form->items[i].default_value.at, values[i]);
        CHECK(str_is(form->items[i].default_value, values[i]));
    }
}

TEST(a_part_that_breaks_off_or_brings_a_document_type_is_named)
{
    static const char *const broken[] = { "", "<", "<a", "<a></b>", "no xml", "<!DOCTYPE a><a/>", "<\0!\0D\0O\0C\0T\0Y\0P\0E\0" };
    static const char *const names[] = { "xl/workbook.xml", "xl/_rels/workbook.xml.rels", "xl/styles.xml", "xl/sharedStrings.xml", "xl/worksheets/sheet1.xml" };
    static const char sheet[] = "<worksheet><sheetData>" ROW("1", "type", "name", "label") ROW("2", "text", "a", "X") "</sheetData></worksheet>";
    struct xform *form;

    for (size_t n = 0; n < COUNT_OF(names); n++)
        for (size_t i = 0; i < COUNT_OF(broken); i++) {
            struct part parts[] = { { names[0], WORKBOOK }, { names[1], RELATIONS }, { names[2], STR("<styleSheet/>") }, { names[3], STR("<sst/>") },
                                    { names[4], str_c(sheet) }, { 0 } };
            size_t size = i == 6 ? 18 : strlen(broken[i]);

            kit_start();
            parts[n].text = str_of(broken[i], size);
            CHECK(xform_read(&kit, "mau.xlsx", zip_of(parts), NULL, &form, &found) == INVALID && found.errors == 1);
            CHECK(found.at[0].text == T_FORMS_FIND_XLSX_PART || found.at[0].text == T_FORMS_FIND_XLSX_DOCTYPE);
        }
}

/* -- names of types ---------------------------------------------------------------------------------------------------------------- */

TEST(types_are_known_by_every_name_that_forms_have_written)
{
    static const struct { const char *type, *more, *bind; } rows[] = {
        { "text", "", "string" }, { "  Add   Text\tPrompt ", "", "string" }, { "INTEGER", "", "int" }, { "phone_number", "", "string" },
        { "percentage", "", "int" }, { "date-time", "", "dateTime" }, { "dateTime", "", "dateTime" }, { "today", "", "date" },
        { "range", "parameters: start=0 end=10 step=2\n", "int" }, { "range", "parameters: start=0 end=1 step=0.1\n", "decimal" },
        { "range", "parameters: start=0.5 end=10 step=1\n", "decimal" }, { "range", "parameters: start=0 end=9.5 step=1\n", "decimal" },
        { "geopoint", "", "geopoint" }, { "background-audio", "", "binary" }, { "select_one l", "", "string" }, { "select one from l", "", "string" },
        { "select all that apply l or other", "", "string" }, { "select_multiple l or_specify_other", "", "string" }, { "rank l", "", "odk:rank" },
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        const struct xform *form;

        kit_start();
        form = make(arena_f(&kit, "[survey]\ntype: %s\nname: a\nlabel: X\n%s[choices]\nlist_name: l\nname: c\nlabel: C\n", rows[i].type, rows[i].more).at);
        if (form == NULL || strcmp(xform_bind_type(&form->items[0]), rows[i].bind) != 0) {
            printf("# %s: %s\n", rows[i].type, form ? xform_bind_type(&form->items[0]) : "no form");
            test_failures++;
        }
    }
}

TEST(groups_and_repeats_end_under_each_of_their_names)
{
    const struct xform *form;

    kit_start();
    form = make(Q("begin lgroup", "g") Q("text", "a") "[survey]\ntype: end lgroup\n" Q("begin_group", "h") Q("text", "b") "[survey]\ntype: end_group\n"
                Q("begin repeat", "r") Q("phone number", "c") "[survey]\ntype: end repeat\n");
    REQUIRE(form != NULL);
    CHECK_INT(form->n_items, 6);
    CHECK(form->items[0].type == XFORM_GROUP && form->items[2].type == XFORM_GROUP && form->items[4].type == XFORM_REPEAT);
    kit_end();
}

TEST_MAIN
