/* A case on paper, asked of Debian's PDF programs. */
#include <site.h>
#include <test.h>

#include "../../ledger/look.h"
#include "../casefile.h"

#include <unistd.h>

#define F(...) arena_f(&site.kept, __VA_ARGS__).at

static struct site site;
static char file[] = "/tmp/lachan-print-XXXXXX";

static struct visitor *hanh(void)
{
    return as(&site, "hanh.mau");
}

static const char *a_case(void)
{
    struct answer a;

    (void)get(&site, "/cases/new", hanh());
    a = post(&site, "/cases/new", "harm=threat&age=12-15&danger=no&province=92&words=loi-dau&name=Ten-Kin-Cua-Tre", hanh());
    return arena_copy(&site.kept, a.location).at;
}

static struct answer prints(const char *path, const char *fields, struct visitor *who)
{
    (void)get(&site, F("%s/print", path), who);
    return post(&site, F("%s/print", path), fields, who);
}

/* What a program says of the document in an answer, $PDF. */
static struct str told(struct answer a, const char *command)
{
    struct out o = { .max = 16 << 20 };
    char part[4096];
    struct str all;
    FILE *f;

    if (file[sizeof file - 2] == 'X')
        (void)close(mkstemp(file));
    f = fopen(file, "wb");
    CHECK(f != NULL && fwrite(a.body.at, 1, a.body.n, f) == a.body.n && fclose(f) == 0);
    (void)setenv("PDF", file, 1);
    f = popen(command, "r");
    for (size_t n; f != NULL && (n = fread(part, 1, sizeof part, f)) > 0; )
        out_bytes(&o, part, n);
    CHECK(f != NULL && pclose(f) == 0);
    all = arena_copy(&site.kept, out_done(&o));
    out_free(&o);
    return all;
}

static bool has(struct str s, const char *words)
{
    return str_find(s, str_c(words)) < s.n;
}

TEST(the_whole_file_is_one_document_with_an_index_and_no_name)
{
    const char *path = a_case();
    struct answer a = prints(path, "what=all&words=nop-chu-tich", hanh());
    struct str text, mark;

    CHECK(a.code == 200 && str_starts(a.body, STR("%PDF-")) && str_is(header_of(a, "Cache-Control"), "no-store"));
    CHECK(str_is(header_of(a, "Content-Type"), "application/pdf"));
    text = told(a, "pdftotext -layout $PDF - | tr -s ' '");
    CHECK(has(text, "HỒ SƠ TRƯỜNG HỢP") && has(text, "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM") && has(text, "Diễn biến 3"));
    CHECK(has(text, "loi-dau") && has(text, "nop-chu-tich") && has(text, "[nội dung đã ẩn]") && !has(text, "Ten-Kin"));
    CHECK(has(text, "Không in: người in không chọn phần này") && has(text, "Nhật ký truy cập"));
    CHECK(has(told(a, "qpdf --check $PDF 2>&1"), "No syntax"));
    mark = told(a, "pdftotext $PDF - | sed -n 's/.*Mã tài liệu //p' | head -1 | tr -d '\\n'");
    CHECK_INT(mark.n, 16);
    a = get(&site, path, hanh());
    CHECK(says(a, F("In cả hồ sơ, mã tài liệu %s", mark.at)) && says(a, "nop-chu-tich"));
    CHECK(says(get(&site, F("%s/log", path), hanh()), "In giấy tờ của trường hợp"));
}

TEST(a_print_with_names_asks_first_and_is_told_apart)
{
    const char *path = a_case();
    struct answer a = prints(path, "what=all&identity=1&words=ho-so-luu", hanh());

    CHECK(a.code == 422 && says(a, "Bản in này cho biết trẻ là ai") && says(a, "ho-so-luu") && says(a, "name=identity value=1 checked"));
    a = prints(path, "what=all&identity=1&sure=1&words=ho-so-luu", hanh());
    CHECK(a.code == 200 && has(told(a, "pdftotext $PDF -"), "Ten-Kin-Cua-Tre"));
    CHECK(says(get(&site, path, hanh()), "In cả hồ sơ có tên trẻ"));
}

TEST(a_print_needs_a_reason_and_something_to_print)
{
    const char *path = a_case();
    struct answer a = prints(path, "what=all&words=", hanh());

    CHECK(a.code == 422 && says(a, "Ghi in để làm gì"));
    a = prints(path, "what=khong-co&words=x", hanh());
    CHECK(a.code == 422 && says(a, "Chọn một mục có trong danh sách"));
    CHECK_INT(get(&site, F("%s/print", path), as(&site, "lan.mau")).code, 404);
    CHECK_INT(prints(path, "what=all&words=x", as(&site, "lan.mau")).code, 404);
}

/* -- forms ------------------------------------------------------------------------------------------------------------------------- */

/* A page of a form, from its newest save. */
static struct answer fill(const char *paper, int page, const char *go, const char *answers)
{
    struct str base = between(get(&site, F("%s?page=%d", paper, page), hanh()), "name=base value=", ">");

    base = str_starts(base, STR("\"")) ? str_of(base.at + 1, base.n - 2) : base;
    return post(&site, paper, F("base=%.*s&page=%d&go=%s&%s", (int)base.n, base.at, page, go, answers), hanh());
}

/* A filled-in form of the case; its id, as the print page names it. */
static const char *a_form(const char *path, bool finished)
{
    const char *paper;

    (void)get(&site, F("%s/papers", path), hanh());
    paper = arena_copy(&site.kept, post(&site, F("%s/papers", path), "form=phieu-thu", hanh()).location).at;
    (void)fill(paper, 1, "next", "q./data/child/kind=threat&q./data/child/age=12&q./data/child/name=Ten-Kin-Cua-Tre");
    (void)fill(paper, 2, "next", "q./data/grid/row1=high&q./data/grid/row2=medium&q./data/grid/row3=low");
    CHECK(fill(paper, 5, finished ? "finish" : "save", "q./data/end/concluded=medium&q./data/end/reason=da-thay-ro").code == 303);
    return paper + strlen(path) + strlen("/papers/");
}

TEST(a_finished_form_prints_with_its_rated_rows_and_hides_who_it_is)
{
    const char *path = a_case(), *id = a_form(path, true);
    struct answer a = get(&site, F("%s/print", path), hanh());
    struct str text;

    CHECK(says(a, F("value=\"%s\"", id)) && says(a, "(đã làm xong)"));
    a = prints(path, F("what=%s&words=trinh-ky", id), hanh());
    CHECK(a.code == 200);
    text = told(a, "pdftotext -layout $PDF - | tr -s ' \n' ' '");
    CHECK(has(text, "PHIẾU THỬ") || has(text, "Phiếu thử"));
    CHECK(has(text, "Nội dung đánh giá") && has(text, "Mức độ tổn hại ☒ ☐ ☐ ☐") && has(text, "Người gây hại còn tiếp cận ☐ ☒ ☐ ☐"));
    CHECK(has(text, "☒ Bị doạ") && has(text, "☐ Bị bắt nạt") && has(text, "da-thay-ro") && has(text, "NGƯỜI LẬP"));
    CHECK(has(text, "[nội dung đã ẩn]") && !has(text, "Ten-Kin"));
    a = prints(path, F("what=%s&identity=1&sure=1&words=trinh-ky", id), hanh());
    CHECK(has(told(a, "pdftotext $PDF -"), "Ten-Kin-Cua-Tre"));
    CHECK(says(get(&site, path, hanh()), "In Phiếu thử (mẫu) có tên trẻ"));
    a = prints(path, "what=all&words=luu", hanh());
    CHECK(has(told(a, "pdftotext -layout -l 1 $PDF - | tr -s ' '"), "Phiếu thử (mẫu) (đã làm xong) 3"));
}

/* The form of an official who writes the name where it has no place. */
static void put_leaky_form(void)
{
    struct str text = site_form_text(&site, "phieu-thu");
    size_t at = str_find(text, STR("label: Tuổi\n"));

    REQUIRE(at < text.n);
    site.now += MINUTE_MS;
    site_form(&site, "phieu-thu", arena_f(&site.kept, "%.*slabel: Tuổi của ${name}\n%.*s\n[survey]\ntype: calculate\nname: said\n"
              "calculation: concat('noi-', ${name})\n\n[survey]\ntype: calculate\nname: again\ncalculation: concat(/data/said, '-lai')\n",
              (int)at, text.at, (int)(text.n - at - strlen("label: Tuổi\n")), text.at + at + strlen("label: Tuổi\n")));
    site.now += MINUTE_MS;
}

TEST(a_form_that_says_the_name_elsewhere_says_none_in_a_print_without_names)
{
    struct str first = site_form_text(&site, "phieu-thu"), text;
    const char *path, *id;

    put_leaky_form();
    path = a_case();
    id = a_form(path, true);
    text = told(prints(path, F("what=%s&words=trinh-ky", id), hanh()), "pdftotext -layout $PDF - | tr -s ' \n' ' '");
    CHECK(has(text, "Tuổi của") && !has(text, "Ten-Kin"));
    text = told(prints(path, "what=all&words=luu", hanh()), "pdftotext $PDF -");
    CHECK(!has(text, "Ten-Kin"));
    site_form(&site, "phieu-thu", first);
}

TEST(a_draft_does_not_print)
{
    const char *path = a_case(), *id = a_form(path, false);

    CHECK(!says(get(&site, F("%s/print", path), hanh()), id));
    CHECK_INT(prints(path, F("what=%s&words=x", id), hanh()).code, 404);
    CHECK_INT(prints(path, "what=00000000000000000000000001&words=x", hanh()).code, 404);
    CHECK_INT(prints(a_case(), F("what=%s&words=x", a_form(path, true)), hanh()).code, 404);     /* of another case */
}

TEST(the_proof_on_paper_can_be_checked)
{
    const char *path = a_case();
    struct audit audit;
    struct answer a;
    struct str proof;

    instance_step(&site.in);
    site.now += 2 * (i64)HOUR_MS;
    CHECK_INT(log_number(&site.in.ledger, site.now), OK);
    instance_step(&site.in);
    a = prints(path, "what=all&words=bang-chung", hanh());
    CHECK(a.code == 200);
    proof = told(a, "pdftotext -layout $PDF - | awk '/Mục số [0-9]+:/ {on++; next} on == 1 && NF == 1 && length($1) <= 84' | base64 -di");
    CHECK(has(proof, "lachan-proof 1\n"));
    CHECK_INT(log_proof_verify(&site.kept, proof, &audit), OK);
}

int main(int argc, char **argv)
{
    int bad;

    site_open(&site);
    if (process_pin(1) != OK)       /* whose states these cases go through; law_test.c walks the newer version */
        return 1;
    site_form(&site, "phieu-thu", STR_NULL);
    bad = test_run_all(argc > 1 ? argv[1] : NULL);
    site_close(&site);
    if (getenv("KEEP") == NULL) (void)unlink(file);
    return bad;
}
