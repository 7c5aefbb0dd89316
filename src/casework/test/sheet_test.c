/* Tables: no cell is ever a formula, and nothing of a table is left on the disk. */
#include "../sheet.h"

#include <test.h>

#include <fcntl.h>
#include <unistd.h>

static struct arena arena;

static struct str csv(const char *text)
{
    struct out o = { .max = 1 << 16 };
    struct str s;

    if (arena.limit == 0)
        arena = arena_make(16 << 20);
    sheet_csv_cell(&o, str_c(text));
    s = arena_copy(&arena, out_done(&o));
    out_free(&o);
    return s;
}

TEST(a_cell_of_csv_never_begins_a_formula)
{
    static const struct { const char *in, *out; } rows[] = {
        { "", "\"\"" }, { "Cần Thơ", "\"Cần Thơ\"" }, { "a \"b\" c", "\"a \"\"b\"\" c\"" },
        { "=1+1", "\"'=1+1\"" }, { "+84 900", "\"'+84 900\"" }, { "-5", "\"'-5\"" }, { "@x", "\"'@x\"" },
        { "\t=x", "\"'\t'=x\"" }, { "\r=x", "\"'\r'=x\"" }, { " =x", "\" '=x\"" }, { "＝x", "\"'＝x\"" },
        { "a;=x", "\"a;'=x\"" }, { "a\n@x", "\"a\n'@x\"" }, { "a, -x", "\"a, '-x\"" }, { "\"=x", "\"\"\"'=x\"" },
        { "a=b", "\"a=b\"" }, { "9-11", "\"9-11\"" },
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++)
        CHECK_STR(csv(rows[i].in), str_c(rows[i].out));
}

static void pack_rows(struct out *packed)
{
    sheet_pack(packed, (struct sheet_cell[]){ { .text = STR("Số") }, { .text = STR("Lời") } }, 2);
    sheet_pack(packed, (struct sheet_cell[]){ { .number = true, .n = 42 }, { .text = STR("=HYPERLINK(\"x\")") } }, 2);
    sheet_pack(packed, (struct sheet_cell[]){ { .text = STR("-7") }, { .text = STR("Đà Nẵng & <Huế>") } }, 2);
}

TEST(csv_has_a_mark_a_head_and_a_line_for_each_row)
{
    struct out packed = { .max = 1 << 16 }, to = { .max = 1 << 16 };

    pack_rows(&packed);
    CHECK_INT(sheet_write(&(struct sheet_file){ .format = SHEET_CSV, .packed = out_done(&packed), .columns = 2 }, &to), OK);
    CHECK_STR(out_done(&to), STR("\xef\xbb\xbf\"Số\",\"Lời\"\r\n42,\"'=HYPERLINK(\"\"x\"\")\"\r\n\"'-7\",\"Đà Nẵng & <Huế>\"\r\n"));
    out_free(&packed);
    out_free(&to);
}

static struct str unzipped(const struct out *zip, const char *part)
{
    struct out o = { .max = 1 << 20 };
    char path[] = "/tmp/lachan-sheet-XXXXXX", line[120], bytes[4096];
    int fd = mkstemp(path);
    FILE *f;
    struct str s;

    CHECK(write(fd, zip->at, zip->n) == (ssize_t)zip->n);
    (void)close(fd);
    (void)snprintf(line, sizeof line, "unzip -p %s %s", path, part);
    f = popen(line, "r");
    for (size_t n; f != NULL && (n = fread(bytes, 1, sizeof bytes, f)) > 0; )
        out_bytes(&o, bytes, n);
    CHECK(f != NULL && pclose(f) == 0);
    (void)unlink(path);
    s = arena_copy(&arena, out_done(&o));
    out_free(&o);
    return s;
}

TEST(xlsx_keeps_a_formula_as_text_and_the_same_rows_give_the_same_bytes)
{
    struct out packed = { .max = 1 << 16 }, to = { .max = 1 << 20 }, again = { .max = 1 << 20 };
    struct sheet_file file = { .format = SHEET_XLSX, .columns = 2, .made = 1795910400000 };
    struct str sheet, texts;

    (void)csv("");
    pack_rows(&packed);
    file.packed = out_done(&packed);
    CHECK_INT(sheet_write(&file, &to), OK);
    CHECK_INT(sheet_write(&file, &again), OK);
    CHECK(str_eq(out_done(&to), out_done(&again)));
    sheet = unzipped(&to, "xl/worksheets/sheet1.xml");
    texts = unzipped(&to, "xl/sharedStrings.xml");
    CHECK(str_find(sheet, STR("<f>")) == sheet.n && str_find(sheet, STR("<v>42</v>")) < sheet.n);
    CHECK(str_find(texts, STR("=HYPERLINK(")) < texts.n && str_find(texts, STR("Đà Nẵng &amp; &lt;Huế&gt;")) < texts.n);
    out_free(&packed);
    out_free(&to);
    out_free(&again);
}

TEST(a_table_that_is_too_large_is_refused)
{
    struct out packed = { .max = 1 << 16 }, to = { .max = 100 };

    pack_rows(&packed);
    CHECK_INT(sheet_write(&(struct sheet_file){ .format = SHEET_XLSX, .packed = out_done(&packed), .columns = 2 }, &to), TOO_LARGE);
    CHECK_INT(sheet_write(&(struct sheet_file){ .format = SHEET_CSV, .packed = out_done(&packed), .columns = 2 }, &to), TOO_LARGE);
    out_free(&packed);
    out_free(&to);
}

TEST_MAIN
