/* Documents are rendered, and Debian's PDF programs are asked what is in them. */
#include "../doc.h"

#include "test.h"

#include <pthread.h>
#include <unistd.h>

/* fontconfig keeps what it read of the machine until the process ends, and frees none of it. */
const char *__lsan_default_suppressions(void);
const char *__lsan_default_suppressions(void)
{
    return "leak:libfontconfig.so\n";
}

static struct arena arena;
static char path[] = "/tmp/lachan-paper-XXXXXX";

static struct doc *doc_of(const char *watermark)
{
    if (arena.limit == 0)
        arena = arena_make((size_t)256 << 20);
    return doc_new(&arena, &(struct doc_about){
        .title = STR("Báo cáo đánh giá nguy cơ ban đầu"), .author = STR("Uỷ ban nhân dân phường Ninh Kiều"), .lang = STR("vi"),
        .made = 1795910400000, .watermark = str_c(watermark), .foot = STR("TH-2026-0148 · Mẫu số 02"), .page_word = STR("Trang"),
        .hash_word = STR("Mã tài liệu"), .cut_word = STR(" [phần sau đã cắt]"), .sealed_word = STR("[nội dung đã ẩn]") });
}

/* Puts it into the file at `path`. */
static bool put(const struct doc *p)
{
    struct out pdf = { .max = DOC_PDF_MAX };
    FILE *f;
    bool fine;

    if (path[sizeof path - 2] == 'X')
        (void)close(mkstemp(path));
    f = fopen(path, "wb");
    fine = f != NULL && doc_write(p, &pdf) == OK && fwrite(pdf.at, 1, pdf.n, f) == pdf.n;
    if (f != NULL)
        fine &= fclose(f) == 0;
    out_free(&pdf);
    return fine;
}

/* What a program says about the file, $PDF. */
static struct str told(const char *command)
{
    struct out o = { .max = 64 << 20 };
    char part[4096];
    FILE *f;
    struct str all;

    (void)setenv("PDF", path, 1);
    f = popen(command, "r");
    for (size_t n; f != NULL && (n = fread(part, 1, sizeof part, f)) > 0; )
        out_bytes(&o, part, n);
    if (f == NULL || pclose(f) != 0)
        printf("# %s failed\n", command);
    all = arena_copy(&arena, out_done(&o));
    out_free(&o);
    return all;
}

static bool has(struct str s, const char *words)
{
    return str_find(s, str_c(words)) < s.n;
}

static int times(struct str s, const char *words)
{
    int n = 0;

    for (size_t at; (at = str_find(s, str_c(words))) < s.n; s = str_from(s, at + 1))
        n++;
    return n;
}

/* True if there is ink outside the margins of a page (30 and 15 mm; 15 above, 8 below; a mark without its letter hangs over by one or two), seen at 50 dots an inch in grey. */
static bool runs_off(struct str pgm)
{
    int width = 0, height = 0, begin = 0;

    while (pgm.n > 15 && sscanf(pgm.at, "P5 %d %d 255%n", &width, &height, &begin) == 2 && begin > 0) {
        for (int y = 0; y < height; y++)
            for (int x = 0; x < width; x++) {
                bool outside = x < width * 27 / 210 || x > width * 196 / 210 || y < height * 15 / 297 || y > height * 289 / 297;

                if (outside && (unsigned char)pgm.at[begin + 1 + y * width + x] < 250)
                    return true;
            }
        pgm = str_from(pgm, (size_t)(begin + 1 + width * height));
    }
    return false;
}

static bool pages_are_clean(void)
{
    struct str pages = told("pdftoppm -r 50 -gray $PDF");

    return has(pages, "P5") && !runs_off(pages);
}

static void letterhead(struct doc *p)
{
    doc_letterhead(p, &(struct doc_head){
        STR("UBND THÀNH PHỐ CẦN THƠ"), STR("UBND PHƯỜNG NINH KIỀU"), STR("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"),
        STR("Độc lập - Tự do - Hạnh phúc"), STR("Số: ....../BC-UBND"), STR("Cần Thơ, ngày 29 tháng 11 năm 2026"), STR("Mẫu số 02") });
}

#define LETTERS "aàảãáạăằẳẵắặâầẩẫấậ đ eèẻẽéẹêềểễếệ iìỉĩíị oòỏõóọôồổỗốộơờởỡớợ uùủũúụưừửữứự yỳỷỹýỵ " \
    "AÀẢÃÁẠĂẰẲẴẮẶÂẦẨẪẤẬ Đ EÈẺẼÉẸÊỀỂỄẾỆ IÌỈĨÍỊ OÒỎÕÓỌÔỒỔỖỐỘƠỜỞỠỚỢ UÙỦŨÚỤƯỪỬỮỨỰ YỲỶỸÝỴ"

TEST(every_letter_of_vietnamese_is_in_the_pdf_with_its_font)
{
    struct doc *p = doc_of("");
    struct str fonts, text;

    letterhead(p);
    doc_text(p, STR(LETTERS));
    REQUIRE(put(p));
    text = told("pdftotext -raw -nopgbrk $PDF - | tr '\\n' ' '");
    CHECK(has(text, LETTERS));
    CHECK(has(text, "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"));
    CHECK(has(text, "Trang 1 / 1"));
    fonts = told("pdffonts $PDF | tail -n +3 | awk '{print $(NF-4) $(NF-3) $(NF-2)}' | sort -u");
    CHECK_STR(fonts, STR("yesyesyes\n"));
    CHECK(!has(told("pdffonts $PDF"), "DejaVu"));
}

TEST(the_machine_has_the_fonts)
{
    CHECK(doc_fonts_there());
}

TEST(the_pdf_names_itself_and_its_language_and_is_sound)
{
    struct doc *p = doc_of("DỮ LIỆU GIẢ");
    struct str info;

    letterhead(p);
    doc_section(p, STR("Một phần (ngoặc) và \\ gạch"));
    REQUIRE(put(p));
    info = told("TZ=UTC pdfinfo $PDF");
    CHECK(has(info, "Title:           Báo cáo đánh giá nguy cơ ban đầu"));
    CHECK(has(info, "Author:          Uỷ ban nhân dân phường Ninh Kiều"));
    CHECK(has(info, "CreationDate:    Sun Nov 29 00:00:00 2026"));
    CHECK(has(info, "Tagged:          yes"));
    CHECK(has(info, "A4"));
    CHECK(has(told("qpdf --check $PDF 2>&1"), "No syntax or stream encoding errors found"));
    CHECK(has(told("qpdf --qdf --object-streams=disable $PDF - | tr -d '\\000'"), "/Lang (vi)"));
    CHECK(has(told("pdftotext $PDF -"), "DỮ LIỆU GIẢ"));
}

TEST(the_same_words_give_the_same_bytes_and_others_another_mark)
{
    struct out one = { .max = DOC_PDF_MAX }, two = { .max = DOC_PDF_MAX };
    char mark[2][DOC_HASH_HEX + 1];
    struct str foot;

    for (int i = 0; i < 2; i++) {
        struct doc *p = doc_of("");

        letterhead(p);
        doc_pair(p, STR("Họ và tên"), STR("Nguyễn Văn Giả"));
        CHECK_INT(doc_write(p, i ? &two : &one), OK);
        doc_hash(p, mark[0]);
    }
    CHECK_STR(out_done(&one), out_done(&two));
    struct doc *other = doc_of("");

    letterhead(other);
    doc_pair(other, STR("Họ và tên"), STR("Nguyễn Văn Giảo"));
    doc_hash(other, mark[1]);
    CHECK(strcmp(mark[0], mark[1]) != 0);
    REQUIRE(put(other));
    foot = arena_f(&arena, "Mã tài liệu %.16s", mark[1]);
    CHECK(has(told("pdftotext $PDF -"), foot.at));
    out_free(&one);
    out_free(&two);
}

/* As the server's workers do it: at once, each with fonts of its own. */
static void *same_document(void *to)
{
    struct out *pdf = to;
    struct arena own = arena_make(16 << 20);
    struct doc *p = doc_new(&own, &(struct doc_about){ .title = STR("Một"), .lang = STR("vi"), .made = 1795910400000, .page_word = STR("Trang"),
                                                       .hash_word = STR("Mã") });

    letterhead(p);
    for (int i = 0; i < 60; i++)
        doc_pair(p, STR("Chuyện gì đã xảy ra"), STR("Bị doạ ☒ " LETTERS));
    if (doc_write(p, pdf) != OK)
        out_reset(pdf);
    arena_free(&own);
    return NULL;
}

TEST(workers_make_documents_at_once)
{
    struct out pdfs[4] = { { .max = DOC_PDF_MAX }, { .max = DOC_PDF_MAX }, { .max = DOC_PDF_MAX }, { .max = DOC_PDF_MAX } };
    pthread_t threads[4];

    for (int round = 0; round < 3; round++) {
        for (int i = 0; i < 4; i++) {
            out_reset(&pdfs[i]);
            REQUIRE(pthread_create(&threads[i], NULL, same_document, &pdfs[i]) == 0);
        }
        for (int i = 0; i < 4; i++)
            pthread_join(threads[i], NULL);
        for (int i = 0; i < 4; i++)
            CHECK(pdfs[i].n > 1000 && str_eq(out_done(&pdfs[i]), out_done(&pdfs[0])));
    }
    for (int i = 0; i < 4; i++)
        out_free(&pdfs[i]);
}

TEST(a_long_table_repeats_its_head_and_loses_no_row)
{
    static const struct doc_column columns[] = { { STR("STT"), 1, true }, { STR("Yếu tố nguy cơ"), 6, false }, { STR("Mức độ"), 2, true } };
    struct doc *p = doc_of("");
    struct str text, pages;
    i64 n = 0;

    doc_table(p, columns, 3);
    for (int i = 1; i <= 120; i++)
        doc_row(p, (struct str[]){ arena_f(&arena, "%d", i), arena_f(&arena, "dòng%03d", i), STR("Trung bình") }, 3);
    REQUIRE(put(p));
    text = told("pdftotext -layout $PDF -");
    for (int i = 1; i <= 120; i++)
        CHECK(has(text, arena_f(&arena, "dòng%03d", i).at));
    pages = told("pdfinfo $PDF | awk '/^Pages/ {printf $2}'");
    CHECK(str_i64(pages, &n) && n >= 3);
    CHECK_INT(times(text, "Yếu tố nguy cơ"), n);
    CHECK(pages_are_clean());
}

TEST(a_row_higher_than_a_page_goes_on_and_nothing_runs_off)
{
    static const struct doc_column columns[] = { { STR("Câu hỏi"), 1, false }, { STR("Trả lời"), 2, false } };
    struct out words = { .max = 1 << 20 };
    struct doc *p = doc_of("");
    struct str text, wide;

    for (int i = 0; i < 2500; i++)
        out_f(&words, "từ%04d ", i);
    wide = arena_copy(&arena, str_of("wwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwww"
                                      "wwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwww", 170));
    doc_letterhead(p, &(struct doc_head){ .above = wide, .body = wide, .country = STR("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"),
                                              .motto = STR("Độc lập - Tự do - Hạnh phúc"), .number = wide, .place_date = wide, .form = wide });
    doc_title(p, wide, wide);
    doc_heading(p, 1, wide);
    doc_text(p, wide);
    doc_pair(p, wide, wide);
    doc_choice(p, wide, true);
    doc_sealed(p, wide);
    doc_mono(p, wide);
    doc_table(p, columns, 2);
    doc_row(p, (struct str[]){ STR("Kể lại"), out_done(&words) }, 2);
    doc_row(p, (struct str[]){ wide, wide }, 2);
    doc_signers(p, (struct doc_signer[]){ { STR("NGƯỜI LẬP"), STR("(Ký, ghi rõ họ tên)"), wide }, { wide, wide, STR("") } }, 2);
    REQUIRE(put(p));
    text = told("pdftotext -raw $PDF -");
    for (int i = 0; i < 2500; i++)
        CHECK(has(text, arena_f(&arena, "từ%04d", i).at));
    CHECK(pages_are_clean());
    out_free(&words);
}

TEST(the_index_gives_the_page_of_each_part)
{
    struct doc *p = doc_of("");
    struct str text;

    doc_title(p, STR("HỒ SƠ TRƯỜNG HỢP"), STR(""));
    doc_contents(p, STR("Mục lục"));
    doc_section(p, STR("Phần một"));
    for (int i = 0; i < 90; i++)
        doc_text(p, STR("Một dòng."));
    doc_section(p, STR("Phần hai"));
    doc_text(p, STR("Hết."));
    REQUIRE(put(p));
    text = told("pdftotext -layout -l 1 $PDF - | tr -s ' '");
    CHECK(has(text, "Phần một 2"));
    CHECK(has(told("n=$(pdftotext -layout -l 1 $PDF - | sed -n 's/.*Phần hai *//p'); pdftotext -f $n -l $n $PDF -"), "Hết."));
    CHECK(!has(text, "Hết."));
}

TEST(what_is_hostile_is_plain_text_or_gone)
{
    struct doc *p = doc_of("");
    struct str text;

    doc_text(p, STR("<b>&amp; <span size='9999999'>không phải thẻ</span>"));
    doc_text(p, STR("trước\xe2\x80\xaesau\xe2\x81\xa6 \xff hỏng \x1b[31m"));
    doc_text(p, STR("z\xcc\x81\xcc\x81\xcc\x81\xcc\x81\xcc\x81\xcc\x81\xcc\x81\xcc\x81\xcc\x81\xcc\x81\xcc\x81\xcc\x81\xcc\x81\xcc\x81\xcc\x81\xcc\x81\xcc\x81!"));
    REQUIRE(put(p));
    text = told("pdftotext -raw $PDF -");
    CHECK(has(text, "<b>&amp; <span size='9999999'>không phải thẻ</span>"));
    CHECK(has(text, "trướcsau"));
    CHECK(times(text, "\xcc\x81") <= 4);
    CHECK(pages_are_clean());
}

static void out_point(struct out *o, uint32_t p)
{
    char utf8[4];

    if (p < 0x80)
        out_char(o, (char)p);
    else if (p < 0x800)
        out_bytes(o, (utf8[0] = (char)(0xc0 | p >> 6), utf8[1] = (char)(0x80 | (p & 63)), utf8), 2);
    else if (p < 0x10000)
        out_bytes(o, (utf8[0] = (char)(0xe0 | p >> 12), utf8[1] = (char)(0x80 | (p >> 6 & 63)), utf8[2] = (char)(0x80 | (p & 63)), utf8), 3);
    else
        out_bytes(o, (utf8[0] = (char)(0xf0 | p >> 18), utf8[1] = (char)(0x80 | (p >> 12 & 63)), utf8[2] = (char)(0x80 | (p >> 6 & 63)),
                      utf8[3] = (char)(0x80 | (p & 63)), utf8), 4);
}

/* Letters of all scripts, marks, signs of all planes, half of a pair, and bytes that are no text. */
static struct str noise(uint32_t *seed, size_t n)
{
    static const uint32_t starts[] = { 0x00, 0x20, 0xa0, 0x300, 0x590, 0x600, 0x900, 0xe00, 0x1100, 0x1e00, 0x2000, 0x2190, 0x25a0, 0x4e00,
                                       0xac00, 0xd800, 0xe000, 0xfb50, 0xfe00, 0xfff0, 0x1d100, 0x1f300, 0x20000, 0xe0100, 0x10ff00 };
    struct out o = { .max = 1 << 20 };
    struct str s;

    for (size_t i = 0; i < n; i++) {
        *seed = *seed * 1664525 + 1013904223;
        if (*seed >> 24 == 7)
            out_char(&o, (char)(0x80 | *seed >> 8));
        else
            out_point(&o, starts[(*seed >> 8) % COUNT_OF(starts)] + (*seed >> 16) % 200);
    }
    s = arena_copy(&arena, out_done(&o));
    out_free(&o);
    return s;
}

TEST(any_text_at_all_is_set_within_the_margins)
{
    static const struct doc_column columns[] = { { STR("Một"), 1, true }, { STR("Hai"), 5, false } };
    struct doc *p = doc_of("");
    uint32_t seed = 1;

    for (int i = 0; i < 12; i++) {
        doc_text(p, noise(&seed, 400));
        doc_heading(p, 1, noise(&seed, 40));
        doc_pair(p, noise(&seed, 60), noise(&seed, 90));
        doc_title(p, noise(&seed, 90), noise(&seed, 30));
        doc_table(p, columns, 2);
        doc_row(p, (struct str[]){ noise(&seed, 20), noise(&seed, 300) }, 2);
        doc_signers(p, (struct doc_signer[]){ { noise(&seed, 30), noise(&seed, 20), noise(&seed, 40) } }, 1);
    }
    REQUIRE(put(p));
    CHECK(pages_are_clean());
    CHECK(has(told("qpdf --check $PDF 2>&1"), "No syntax or stream encoding errors found"));
}

TEST(what_is_not_shown_is_named_and_an_empty_answer_is_a_line_to_write_on)
{
    struct doc *p = doc_of("");
    struct str text;

    doc_sealed(p, STR("Họ và tên trẻ"));
    doc_pair(p, STR("Ngày sinh"), STR(""));
    doc_choice(p, STR("Bị doạ"), true);
    doc_choice(p, STR("Bị lừa"), false);
    REQUIRE(put(p));
    text = told("pdftotext -layout $PDF - | tr -s ' '");
    CHECK(has(text, "Họ và tên trẻ [nội dung đã ẩn]"));
    CHECK(has(text, "☒ Bị doạ"));
    CHECK(has(text, "☐ Bị lừa"));
}

TEST(too_many_pages_are_refused_and_a_long_text_is_cut_with_a_mark)
{
    struct out long_text = { .max = 1 << 20 }, pdf = { .max = DOC_PDF_MAX };
    struct doc *p = doc_of("");

    for (int i = 0; i <= DOC_TEXT_MAX / 4; i++)
        out_c(&long_text, "dài ");
    doc_text(p, out_done(&long_text));
    REQUIRE(put(p));
    CHECK(has(told("pdftotext -raw $PDF - | tr '\\n' ' '"), "[phần sau đã cắt]"));
    for (int i = 0; i <= DOC_PAGES_MAX; i++) {
        doc_section(p, STR("Trang"));
        doc_text(p, STR("Hết."));
    }
    CHECK_INT(doc_write(p, &pdf), TOO_LARGE);
    CHECK_INT(pdf.n, 0);
    out_free(&pdf);
    out_free(&long_text);
    (void)unlink(path);
}

TEST_MAIN
