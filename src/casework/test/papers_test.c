/* Papers of a case through the engine: filled in, by two people at once, decided, moved to another version of the form. */
#include <site.h>
#include <test.h>

#include "../papers.h"

#include <stdio.h>
#include <sys/stat.h>

#define F(...) arena_f(&site.kept, __VA_ARGS__).at

static struct site site;

static struct visitor *hanh(void) { return as(&site, "hanh.mau"); }
static struct visitor *minh(void) { return as(&site, "minh.mau"); }        /* supervisor of the same unit */

/* -- forms of the instance ---------------------------------------------------------------------------------------------------------- */

/* The text with one piece changed. */
static struct str changed(struct str text, const char *from, const char *to)
{
    size_t at = str_find(text, str_c(from));

    CHECK(at < text.n);
    return arena_f(&site.kept, "%.*s%s%.*s", (int)at, text.at, to, (int)(text.n - at - strlen(from)), text.at + at + strlen(from));
}

/* -- walking --------------------------------------------------------------------------------------------------------------------------- */

static const char *at(struct id id, const char *tail)
{
    char text[ID_TEXT + 1];

    id_text(id, text);
    return F("/cases/%s%s", text, tail);
}

static struct id a_case(const char *fields)
{
    struct visitor child = { 0 };
    struct id id = report_of(&site, tell(&site, fields, &child));

    (void)get(&site, path_of(&site, id, "").at, hanh());
    CHECK(leads_to(post(&site, path_of(&site, id, "/case").at, "", hanh()), at(id, "")));
    return id;
}

/* The paper's address; "" where it could not be begun. */
static const char *begin(struct id id, const char *form)
{
    struct answer a;

    (void)get(&site, at(id, "/papers"), hanh());
    a = post(&site, at(id, "/papers"), F("form=%s", form), hanh());
    CHECK(a.code == 303 && str_starts(a.location, str_c(at(id, "/papers/"))));
    return arena_copy(&site.kept, str_upto(a.location, strlen(at(id, "/papers/")) + ID_TEXT)).at;
}

static struct papers_row row_of(const char *paper)
{
    struct papers_row row = { 0 };

    CHECK(id_of_text(str_c(paper + strlen(paper) - ID_TEXT), &row.id));
    CHECK(row_get(&site.in.ledger, &table_papers, &row) == OK);
    row.state = arena_copy(&site.kept, row.state);
    row.version = arena_copy(&site.kept, row.version);
    instance_step(&site.in);
    return row;
}

static struct casefiles_row file_of(struct id id)
{
    struct casefiles_row row = { .case_id = id };

    CHECK(row_get(&site.in.ledger, &table_casefiles, &row) == OK);
    row.risk = arena_copy(&site.kept, row.risk);
    row.state = arena_copy(&site.kept, row.state);
    instance_step(&site.in);
    return row;
}

/* What a browser that shows a page sends with its button. */
static struct answer press(const char *paper, int page, i64 base, const char *go, const char *answers, struct visitor *who)
{
    return post(&site, paper, F("base=%lld&page=%d&go=%s%s%s", (long long)base, page, go, *answers ? "&" : "", answers), who);
}

/* The same from a page that was just opened. */
static struct answer fill(const char *paper, int page, const char *go, const char *answers, struct visitor *who)
{
    struct str base = between(get(&site, F("%s?page=%d", paper, page), who), "name=base value=", ">");
    i64 no = 0;

    base = str_starts(base, STR("\"")) ? str_of(base.at + 1, base.n - 2) : base;
    CHECK(str_i64(base, &no));
    return press(paper, page, no, go, answers, who);
}

static bool goes_to_page(struct answer a, const char *paper, int page)
{
    return leads_to(a, F("%s?page=%d", paper, page));
}

#define CHILD "q./data/child/"
#define GRID "q./data/grid/"

static void make_whole(const char *paper, struct visitor *who)
{
    CHECK(goes_to_page(fill(paper, 1, "next", CHILD "kind=threat&" CHILD "age=12", who), paper, 2));
    CHECK(goes_to_page(fill(paper, 2, "next", GRID "row1=high&" GRID "row2=high&" GRID "row3=low", who), paper, 3));
    CHECK(fill(paper, 5, "save", "q./data/end/concluded=medium&q./data/end/reason=da-thay", who).code == 303);
}

/* -- filling in --------------------------------------------------------------------------------------------------------------------------- */

TEST(a_paper_begins_with_what_the_case_knows_and_names_stay_in_their_compartment)
{
    struct id id = a_case("danger=soon&harm=threat&story=phieu-mot");
    struct answer a;
    const char *paper;

    (void)get(&site, at(id, "/people"), hanh());
    CHECK(post(&site, at(id, "/people"), "role=child&name=Mam+Xanh&born=2013", hanh()).code == 303);
    CHECK(says(get(&site, at(id, "/papers"), hanh()), "Phiếu thử (mẫu)"));
    paper = begin(id, "phieu-thu");
    a = get(&site, paper, hanh());
    CHECK(a.code == 200 && says(a, "value=\"Mam Xanh\"") && says(a, "value=\"TH-20"));
    CHECK(str_find(str_from(a.body, str_find(a.body, STR("/data/child/leak"))), STR("Mam Xanh")) ==
          str_from(a.body, str_find(a.body, STR("/data/child/leak"))).n);      /* a question of N takes no name */
    CHECK(says(a, "Trang 1 / 5") && says(a, "Đang điền") && says(a, F("href=\"%s/read\"", paper)));
    CHECK(says(get(&site, at(id, ""), hanh()), "Bắt đầu biểu mẫu: Phiếu thử (mẫu)"));
    CHECK(says(get(&site, at(id, "/papers"), minh()), "Điền tiếp"));
    CHECK(get(&site, paper, as(&site, "lan.mau")).code == 404 && get(&site, at(id, "/papers"), as(&site, "lan.mau")).code == 404);
    CHECK(get(&site, paper, as(&site, "khoa.mau")).code == 403);
    CHECK(leads_to(post(&site, at(id, "/papers"), "form=no-such-form", hanh()), at(id, "/papers")));
}

TEST(a_wrong_answer_is_kept_and_named_and_the_way_on_waits_for_it)
{
    const char *paper = begin(a_case("story=phieu-sai"), "phieu-thu");
    struct answer a = fill(paper, 1, "next", CHILD "age=muoi+hai&" CHILD "kind=", hanh());

    CHECK(a.code == 422 && says(a, "value=\"muoi hai\"") && says(a, "Chọn một mục.") && says(a, "2 chỗ cần xem lại"));
    CHECK_INT(row_of(paper).revision, 1);
    a = get(&site, paper, hanh());          /* lost the page: the draft has it */
    CHECK(says(a, "value=\"muoi hai\"") && says(a, "bản nháp của riêng anh/chị"));
    CHECK(!says(get(&site, paper, minh()), "muoi hai"));
    a = fill(paper, 1, "next", CHILD "age=40&" CHILD "kind=threat", hanh());
    CHECK(a.code == 422 && says(a, "Tuổi từ 0 đến 18.") && says(a, "value=\"40\"") && says(a, "aria-invalid"));
    CHECK(goes_to_page(fill(paper, 1, "next", CHILD "age=12&" CHILD "kind=threat", hanh()), paper, 2));
    CHECK_INT(row_of(paper).revision, 2);
    CHECK(!says(get(&site, paper, hanh()), "bản nháp của riêng anh/chị"));
    CHECK(says(get(&site, paper, minh()), "value=\"12\""));
}

TEST(back_save_and_other_pages_keep_what_was_typed_also_where_it_is_wrong)
{
    const char *paper = begin(a_case("story=phieu-luu"), "phieu-thu");

    CHECK(goes_to_page(fill(paper, 1, "page:3", CHILD "age=99", hanh()), paper, 3));
    CHECK(says(get(&site, F("%s?page=1", paper), hanh()), "value=\"99\""));
    CHECK(goes_to_page(fill(paper, 3, "back", "q./data/more/story=mot+hai%0Aba", hanh()), paper, 2));
    CHECK(says(get(&site, F("%s?page=3", paper), hanh()), "mot hai\nba</textarea>"));
    CHECK(goes_to_page(fill(paper, 1, "save", "", hanh()), paper, 1));
    CHECK(says(get(&site, F("%s?page=1&check=1", paper), hanh()), "Tuổi từ 0 đến 18."));
}

TEST(an_answer_that_opens_a_question_shows_it_before_the_way_goes_on)
{
    const char *paper = begin(a_case("story=phieu-mo"), "phieu-thu");
    struct answer a = fill(paper, 1, "next", CHILD "kind=other", hanh());

    CHECK(goes_to_page(a, paper, 1));
    CHECK(says(get(&site, F("%s?page=1", paper), hanh()), "mở thêm câu hỏi"));
    a = fill(paper, 1, "next", CHILD "kind=other&" CHILD "other=", hanh());
    CHECK(a.code == 422 && says(a, "Ghi vài lời."));
    CHECK(goes_to_page(fill(paper, 1, "next", CHILD "kind=other&" CHILD "other=bi-theo", hanh()), paper, 2));
}

TEST(ticks_places_and_moments_are_kept_and_can_be_taken_back)
{
    const char *paper = begin(a_case("story=phieu-kieu"), "phieu-thu");
    struct answer a;

    (void)fill(paper, 1, "save", CHILD "harms=&" CHILD "harms=threat&" CHILD "harms=scam&" CHILD "place=game", hanh());
    a = get(&site, F("%s?page=1", paper), hanh());
    CHECK(says(a, "value=\"threat\" checked") && says(a, "value=\"scam\" checked") && !says(a, "value=\"images\" checked"));
    CHECK(says(a, "value=\"game\" selected"));
    (void)fill(paper, 1, "save", CHILD "harms=", hanh());
    CHECK(!says(get(&site, F("%s?page=1", paper), hanh()), "value=\"scam\" checked"));
    (void)fill(paper, 3, "save", "q./data/more/needs=talk&q./data/more/needs=&q./data/more/needs=safe&q./data/more/day=24%2F11%2F2026&"
                                 "q./data/more/hour=07:30&q./data/more/hours=1%2C5&q./data/more/mark=11&q./data/more/told=OK", hanh());
    a = get(&site, F("%s?page=3&check=1", paper), hanh());
    CHECK(says(a, "value=\"2026-11-24\" autocomplete=off type=date") || says(a, "value=\"2026-11-24\""));
    CHECK(says(a, "value=\"07:30\"") && says(a, "value=\"1.5\"") && says(a, "value=OK checked"));
    CHECK(says(a, "value=\"talk\" selected") && says(a, "value=\"safe\" selected") && !says(a, "value=\"school\" selected"));
    CHECK(says(a, "value=\"11\"") && says(a, "2 chỗ cần xem lại"));         /* beyond the range, and an order with a hole */
    (void)fill(paper, 3, "save", "q./data/more/day=hom+qua", hanh());
    a = get(&site, F("%s?page=3", paper), hanh());
    CHECK(says(a, "value=\"hom qua\"") && !says(a, "type=date class"));           /* a date control would hide it */
}

TEST(entries_of_a_repeat_are_added_and_taken_out)
{
    const char *paper = begin(a_case("story=phieu-lap"), "phieu-thu");
    struct answer a;

    CHECK(goes_to_page(fill(paper, 4, "add:/data/goal", "q./data/goal[1]/what=viec-mot", hanh()), paper, 4));
    a = get(&site, F("%s?page=4", paper), hanh());
    CHECK(says(a, "viec-mot") && says(a, "Mục tiêu 2"));
    (void)fill(paper, 4, "save", "q./data/goal[2]/what=viec-hai", hanh());
    (void)fill(paper, 4, "remove:/data/goal[1]", "", hanh());
    a = get(&site, F("%s?page=4", paper), hanh());
    CHECK(!says(a, "viec-mot") && says(a, "viec-hai") && !says(a, "Mục tiêu 2"));
    CHECK(goes_to_page(fill(paper, 4, "remove:/data/goal[7]", "", hanh()), paper, 4));      /* gone already: nothing happens */
    CHECK(says(get(&site, F("%s?page=4", paper), hanh()), "viec-hai"));
}

TEST(a_text_that_is_too_long_comes_back_whole_with_the_reason)
{
    const char *paper = begin(a_case("story=phieu-dai"), "phieu-thu");
    struct out o = { .max = 1 << 20 };
    struct answer a;

    out_c(&o, "q./data/more/story=dau-");
    for (int i = 0; i < 20001; i++)
        out_char(&o, 'x');
    out_c(&o, "-cuoi");
    out_char(&o, '\0');
    a = fill(paper, 3, "save", o.at, hanh());
    CHECK(a.code == 422 && says(a, "dau-xxx") && says(a, "xxx-cuoi</textarea>") && says(a, "20000"));
    out_free(&o);
}

TEST(the_script_keeps_a_draft_and_hears_what_is_asked_now)
{
    const char *paper = begin(a_case("story=phieu-nhap"), "phieu-thu");
    const char *draft = F("%s/draft", paper);
    struct answer a;

    (void)get(&site, paper, hanh());
    a = post(&site, draft, "base=1&page=1&" CHILD "kind=threat&" CHILD "age=1", hanh());
    CHECK(a.code == 200 && says(a, "\"kept\":\"Đã giữ bản nháp lúc") && says(a, "\"/data/child/other\"") && row_of(paper).revision == 1);
    a = post(&site, draft, "base=1&page=1&" CHILD "kind=other&" CHILD "age=1", hanh());
    CHECK(a.code == 200 && !says(a, "\"/data/child/other\""));
    a = post(&site, draft, "base=1&page=2&" GRID "row1=high", hanh());
    CHECK(says(a, "Số dòng mức cao: 1"));
    CHECK(says(get(&site, paper, hanh()), "value=\"1\"") && says(get(&site, at(row_of(paper).case_id, "/papers"), hanh()), "chưa lưu vào hồ sơ"));
    CHECK(goes_to_page(fill(paper, 3, "save", "", hanh()), paper, 3));      /* the draft of other pages goes along */
    CHECK_INT(row_of(paper).revision, 2);
    CHECK(says(get(&site, paper, minh()), "value=\"other\" checked") && says(get(&site, F("%s?page=2", paper), minh()), "value=\"high\" checked"));
    a = post(&site, draft, "base=1&page=1&" CHILD "kind=other&" CHILD "age=1", hanh());     /* came in after the button's request */
    CHECK(a.code == 200 && !says(get(&site, paper, hanh()), "bản nháp của riêng"));
    (void)post(&site, draft, "base=2&page=1&" CHILD "age=2", hanh());
    CHECK(says(get(&site, paper, hanh()), "value=\"2\""));
    CHECK(leads_to(press(paper, 1, 2, "drop", "", hanh()), paper));
    CHECK(says(get(&site, paper, hanh()), "value=\"1\"") && row_of(paper).revision == 2);
}

/* -- two people ------------------------------------------------------------------------------------------------------------------------------ */

TEST(two_people_on_one_paper_lose_nothing_that_only_one_of_them_changed)
{
    const char *paper = begin(a_case("story=phieu-hai"), "phieu-thu");
    struct answer a;

    (void)get(&site, paper, hanh());
    (void)get(&site, paper, minh());
    CHECK(press(paper, 1, 1, "save", CHILD "age=9&" CHILD "kind=threat", hanh()).code == 303);
    CHECK(goes_to_page(press(paper, 3, 1, "save", "q./data/more/story=cua-minh", minh()), paper, 3));      /* began before the save */
    CHECK_INT(row_of(paper).revision, 3);
    a = get(&site, F("%s/read", paper), hanh());
    CHECK(says(a, "cua-minh") && says(a, "Bị doạ") && says(a, "<dd class=t>9"));
}

TEST(what_both_changed_is_shown_side_by_side_and_a_person_chooses)
{
    struct id id = a_case("story=phieu-dung");
    const char *paper = begin(id, "phieu-thu");
    struct answer a;

    (void)get(&site, paper, hanh());
    (void)get(&site, paper, minh());
    CHECK(press(paper, 1, 1, "save", CHILD "age=9&" CHILD "kind=threat&" CHILD "number=so-cua-hanh", hanh()).code == 303);
    a = press(paper, 1, 1, "next", CHILD "age=10&" CHILD "kind=bullying&" CHILD "place=app&" CHILD "number=so-cua-minh", minh());
    CHECK(leads_to(a, F("%s/merge", paper)));
    CHECK_INT(row_of(paper).revision, 2);
    a = get(&site, F("%s/merge", paper), minh());
    CHECK(a.code == 200 && says(a, "Hạnh") && says(a, "Hai người cùng sửa") && says(a, "Bị doạ") && says(a, "Bị bắt nạt") && says(a, "so-cua-hanh") && says(a, "so-cua-minh"));
    CHECK(!says(a, "/data/child/place"));          /* that one only Minh changed */
    a = post(&site, F("%s/merge", paper), "newest=2&" CHILD "age=mine", minh());
    CHECK(a.code == 422 && says(a, "Còn câu chưa chọn") && says(a, "value=mine checked"));
    CHECK(leads_to(get(&site, F("%s/merge", paper), hanh()), paper));      /* has nothing to decide */
    a = post(&site, F("%s/merge", paper), "newest=2&" CHILD "age=mine&" CHILD "kind=theirs&" CHILD "number=mine", minh());
    CHECK(leads_to(a, paper));
    a = get(&site, paper, hanh());
    CHECK(says(a, "value=\"10\"") && says(a, "value=\"threat\" checked") && says(a, "value=\"so-cua-minh\"") && says(a, "value=\"app\" selected"));
    CHECK(!says(get(&site, paper, minh()), "bản nháp của riêng"));
    CHECK(says(get(&site, F("%s/read?save=2", paper), minh()), "so-cua-hanh"));     /* what was not chosen is in the history */
}

/* What a window that stands open sends: the hidden fields of the page it was given, then what is typed. */
struct window { const char *hidden; };

static struct str hidden_value(struct answer a, const char *name)
{
    struct str v = between(a, F("name=%s value=", name), ">");

    return arena_copy(&site.kept, str_starts(v, STR("\"")) ? str_of(v.at + 1, v.n - 2) : v);
}

static struct window window(const char *paper, struct visitor *who)
{
    struct answer a = get(&site, paper, who);
    struct str base = hidden_value(a, "base"), tab = hidden_value(a, "tab"), from = hidden_value(a, "from");
    size_t blank = str_find_char(from, ' ');

    if (blank < from.n)
        from = arena_f(&site.kept, "%.*s%%20%.*s", (int)blank, from.at, (int)(from.n - blank - 1), from.at + blank + 1);
    return (struct window){ F("page=1&base=%.*s&tab=%.*s&from=%.*s", (int)base.n, base.at, (int)tab.n, tab.at, (int)from.n, from.at) };
}

static struct answer types(const char *paper, struct window w, const char *go, const char *answers, struct visitor *who)
{
    if (*go == '\0')
        return post(&site, F("%s/draft", paper), F("%s&%s", w.hidden, answers), who);
    return post(&site, paper, F("%s&go=%s&%s", w.hidden, go, answers), who);
}

TEST(two_windows_of_one_person_never_overwrite_each_other_unseen)
{
    const char *paper = begin(a_case("story=phieu-hai-cua-so"), "phieu-thu");
    struct window one, two, three;
    struct answer a;

    (void)fill(paper, 1, "save", CHILD "kind=threat&" CHILD "age=5", hanh());
    one = window(paper, hanh());
    two = window(paper, hanh());
    CHECK_INT(types(paper, one, "", CHILD "kind=threat&" CHILD "age=7", hanh()).code, 200);
    CHECK_INT(types(paper, two, "", CHILD "kind=threat&" CHILD "age=9", hanh()).code, 200);
    a = types(paper, one, "save", CHILD "kind=threat&" CHILD "age=7", hanh());
    CHECK(goes_to_page(a, paper, 1));
    a = types(paper, two, "save", CHILD "kind=threat&" CHILD "age=9", hanh());
    CHECK(leads_to(a, F("%s/merge", paper)));                       /* as with two people: a person chooses */
    a = get(&site, F("%s/merge", paper), hanh());
    CHECK(says(a, "7") && says(a, "9") && says(a, "Sửa ở hai cửa sổ") && !says(a, "Hai người"));
    a = post(&site, F("%s/merge", paper), F("newest=%lld&tab=%.*s&q./data/child/age=mine", (long long)row_of(paper).revision,
                                            (int)hidden_value(a, "tab").n, hidden_value(a, "tab").at), hanh());
    CHECK(leads_to(a, paper));
    a = get(&site, paper, hanh());
    CHECK(says(a, "value=\"9\"") && !says(a, "Đang hiện bản nháp"));
    one = window(paper, hanh());                                    /* different questions: both stand */
    two = window(paper, hanh());
    CHECK_INT(types(paper, one, "", CHILD "kind=threat&" CHILD "age=11", hanh()).code, 200);
    CHECK(goes_to_page(types(paper, two, "save", CHILD "kind=other&" CHILD "age=9&" CHILD "other=cua-so-hai", hanh()), paper, 1));
    a = get(&site, paper, hanh());
    CHECK(says(a, "value=\"11\"") && says(a, "Đang hiện bản nháp"));          /* what the first window typed is still there */
    CHECK(goes_to_page(types(paper, one, "save", CHILD "kind=threat&" CHILD "age=11", hanh()), paper, 1));
    a = get(&site, paper, hanh());
    CHECK(says(a, "value=\"11\"") && says(a, "cua-so-hai") && !says(a, "Đang hiện bản nháp"));
    one = window(paper, hanh());                                    /* a browser that was closed, and a page that goes on from its draft */
    CHECK_INT(types(paper, one, "", CHILD "kind=threat&" CHILD "age=13", hanh()).code, 200);
    three = window(paper, hanh());
    CHECK_INT(types(paper, three, "", CHILD "kind=threat&" CHILD "age=13&" CHILD "number=di-tiep", hanh()).code, 200);
    CHECK(goes_to_page(types(paper, three, "save", CHILD "kind=threat&" CHILD "age=13&" CHILD "number=di-tiep", hanh()), paper, 1));
    a = get(&site, paper, hanh());
    CHECK(says(a, "value=\"13\"") && says(a, "di-tiep") && !says(a, "Đang hiện bản nháp"));
    one = window(paper, hanh());
    CHECK_INT(types(paper, one, "", CHILD "kind=threat&" CHILD "age=14", hanh()).code, 200);
    three = window(paper, hanh());
    CHECK(leads_to(types(paper, three, "drop", CHILD "age=14", hanh()), paper));
    a = get(&site, paper, hanh());
    CHECK(says(a, "value=\"13\"") && !says(a, "Đang hiện bản nháp"));
}

TEST(a_choice_is_asked_again_where_somebody_saved_once_more)
{
    const char *paper = begin(a_case("story=phieu-ba"), "phieu-thu");

    (void)get(&site, paper, hanh());
    (void)get(&site, paper, minh());
    (void)press(paper, 1, 1, "save", CHILD "age=9", hanh());
    CHECK(leads_to(press(paper, 1, 1, "save", CHILD "age=10", minh()), F("%s/merge", paper)));
    (void)press(paper, 1, 2, "save", CHILD "age=11", hanh());
    CHECK(leads_to(post(&site, F("%s/merge", paper), "newest=2&" CHILD "age=mine", minh()), F("%s/merge", paper)));
    CHECK(says(get(&site, F("%s/merge", paper), minh()), "11"));
    CHECK(leads_to(post(&site, F("%s/merge", paper), "newest=3&" CHILD "age=theirs", minh()), paper));
    CHECK(says(get(&site, paper, minh()), "value=\"11\""));
}

/* -- finishing and deciding -------------------------------------------------------------------------------------------------------------------- */

TEST(a_paper_is_finished_only_when_it_is_whole_and_its_faults_are_links)
{
    const char *paper = begin(a_case("story=phieu-thieu"), "phieu-thu");
    struct answer a = fill(paper, 5, "finish", "q./data/end/concluded=high", hanh());

    CHECK(leads_to(a, F("%s?page=1&check=2", paper)));
    a = get(&site, F("%s?page=1&check=2", paper), hanh());
    CHECK(says(a, "2 chỗ cần xem lại") && says(a, "?page=5&amp;check=1") && says(a, "Ghi vì sao.") && says(a, "cần sửa"));
    CHECK_STR(row_of(paper).state, STR("draft"));
    make_whole(paper, hanh());
    CHECK(leads_to(fill(paper, 5, "finish", "", hanh()), F("%s/read", paper)));
    CHECK_STR(row_of(paper).state, STR("done"));
    CHECK(leads_to(get(&site, paper, hanh()), F("%s/read", paper)));
    a = press(paper, 1, 3, "save", CHILD "age=3", minh());                 /* a page from before: kept as a draft */
    CHECK(leads_to(a, F("%s/read", paper)));
    CHECK(says(get(&site, F("%s/read", paper), minh()), "giữ trong bản nháp"));
}

/* An act that demands the form has what it demands. */
static bool serves(struct id id, const char *form)
{
    static struct process process = { .n_tracks = 1 };
    struct ctx c = { .ledger = &site.in.ledger, .arena = &site.in.arena };
    struct casefile f = { .row = { .id = id }, .process = &process };
    struct strs missing;

    CHECK(papers_missing(&c, &f, &(struct process_act){ .form = str_c(form), .papers = STR("") }, &missing) == OK);
    return missing.n == 0;
}

TEST(nobody_approves_what_they_finished)
{
    struct id id = a_case("story=phieu-duyet");
    const char *paper = begin(id, "phieu-thu");
    struct answer a;

    make_whole(paper, minh());
    CHECK(!serves(id, "phieu-thu"));
    CHECK(leads_to(fill(paper, 5, "finish", "", minh()), F("%s/read", paper)));
    CHECK(serves(id, "phieu-thu"));
    instance_step(&site.in);
    (void)get(&site, F("%s/read", paper), minh());
    CHECK(leads_to(post(&site, F("%s/do/submit", paper), "", minh()), F("%s/read", paper)));
    a = get(&site, F("%s/read", paper), minh());
    CHECK(says(a, "người khác phải duyệt") && !says(a, "/do/approve"));
    (void)post(&site, F("%s/do/approve", paper), "", minh());
    (void)post(&site, F("%s/do/approve", paper), "", hanh());              /* a counsellor approves nothing */
    CHECK_STR(row_of(paper).state, STR("submitted"));
}

static void set_open(struct id id, bool open)
{
    struct casefiles_row f = { .case_id = id };

    CHECK(act_begin(&site.in.ledger, (struct act_info){ .act = "case.act", .now = site.now, .actor = id_timed(site.now), .object = id }) == OK);
    CHECK(row_get(&site.in.ledger, &table_casefiles, &f) == OK);
    f.open = open;
    CHECK(row_update(&site.in.ledger, &table_casefiles, &f) == OK && act_commit(&site.in.ledger) == OK);
}

TEST(the_papers_of_a_closed_case_are_read_and_what_was_typed_waits_for_its_opening)
{
    struct id id = a_case("story=phieu-dong");
    const char *paper = begin(id, "phieu-thu");
    i64 revision = row_of(paper).revision;
    struct answer a;

    (void)get(&site, paper, hanh());
    set_open(id, false);
    CHECK(leads_to(press(paper, 1, revision, "save", CHILD "age=3", hanh()), F("%s/read", paper)));
    a = get(&site, F("%s/read", paper), hanh());
    CHECK(says(a, "Trường hợp đã đóng, biểu mẫu không sửa được nữa") && !says(a, "/do/void"));
    CHECK(leads_to(get(&site, paper, hanh()), F("%s/read", paper)));
    CHECK(leads_to(post(&site, F("%s/do/void", paper), "words=bo", hanh()), F("%s/read", paper)));
    CHECK(row_of(paper).revision == revision);
    CHECK_STR(row_of(paper).state, STR("draft"));
    set_open(id, true);
    CHECK(says(get(&site, paper, hanh()), "value=\"3\""));
}

TEST(a_supervisor_returns_with_a_reason_or_approves)
{
    struct id id = a_case("story=phieu-tra");
    const char *paper = begin(id, "phieu-thu");
    struct answer a;

    make_whole(paper, hanh());
    (void)fill(paper, 5, "finish", "", hanh());
    (void)post(&site, F("%s/do/submit", paper), "", hanh());
    CHECK(says(get(&site, "/cases?show=mine", minh()), F("%s/read", paper)));              /* it waits among the supervisor's work */
    CHECK(!says(get(&site, "/cases?show=mine", hanh()), F("%s/read", paper)));
    (void)get(&site, F("%s/read", paper), minh());
    a = post(&site, F("%s/do/return", paper), "words=", minh());
    CHECK(a.code == 422 && says(a, "Ghi vì sao"));
    CHECK(leads_to(post(&site, F("%s/do/return", paper), "words=thieu-nguoi-lam", minh()), F("%s/read", paper)));
    CHECK_STR(row_of(paper).state, STR("returned"));
    CHECK(says(get(&site, at(id, ""), hanh()), "thieu-nguoi-lam") && says(get(&site, paper, hanh()), "thieu-nguoi-lam"));
    CHECK(goes_to_page(fill(paper, 4, "save", "q./data/goal[1]/who=co-giao", hanh()), paper, 4));
    (void)fill(paper, 5, "finish", "", hanh());
    (void)post(&site, F("%s/do/submit", paper), "", hanh());
    (void)get(&site, F("%s/read", paper), minh());
    CHECK(leads_to(post(&site, F("%s/do/approve", paper), "", minh()), F("%s/read", paper)));
    CHECK_STR(row_of(paper).state, STR("approved"));
    a = get(&site, F("%s/read", paper), hanh());
    CHECK(says(a, "co-giao") && says(a, "Đã duyệt") && says(a, "Minh"));
    (void)post(&site, F("%s/do/void", paper), "words=thu", hanh());         /* an approved paper stays */
    CHECK_STR(row_of(paper).state, STR("approved"));
}

TEST(what_a_grid_counts_may_raise_a_case_and_only_a_reason_lowers_it)
{
    struct id id = a_case("story=phieu-muc");
    const char *paper = begin(id, "phieu-thu");
    struct answer a;

    (void)get(&site, at(id, ""), hanh());
    (void)post(&site, at(id, "/risk"), "risk=low&words=ban-dau", hanh());
    CHECK_INT(file_of(id).level, 1);
    make_whole(paper, hanh());                                              /* counts high, concludes medium */
    (void)fill(paper, 5, "finish", "", hanh());
    CHECK_INT(file_of(id).level, 3);
    CHECK_STR(file_of(id).risk, STR("low"));                                /* a conclusion is a person's */
    CHECK(says(get(&site, at(id, ""), hanh()), "được đưa lên trước"));
    (void)post(&site, at(id, "/act/assess"), "", hanh());
    CHECK_INT(file_of(id).level, 3);                                        /* no other act lowers it */
    a = get(&site, F("%s/risk", paper), hanh());
    CHECK(says(a, "value=\"medium\" selected") && says(a, "da-thay</textarea>") && says(a, "Cao"));
    a = post(&site, F("%s/risk", paper), "risk=medium&words=da-thay&lower=", hanh());
    CHECK(a.code == 422 && says(a, "thấp hơn mức tính được") && says(a, "da-thay</textarea>"));
    CHECK_INT(file_of(id).level, 3);
    CHECK(leads_to(post(&site, F("%s/risk", paper), "risk=medium&words=da-thay&lower=co-ba-o-cung", hanh()), F("%s/read", paper)));
    CHECK_INT(file_of(id).level, 2);
    CHECK_STR(file_of(id).risk, STR("medium"));
    CHECK(says(get(&site, at(id, ""), hanh()), "co-ba-o-cung"));
}

TEST(an_answer_that_a_carer_does_harm_proposes_the_flag_and_a_person_sets_it)
{
    struct id id = a_case("story=phieu-nguoi-cham-soc");
    const char *paper = begin(id, "mau-01");
    struct answer a;

    (void)fill(paper, 1, "save", "q./data/family/carer_is_doer=unknown", hanh());
    a = get(&site, paper, hanh());
    CHECK(!says(a, "Đặt lưu ý") && says(a, "29/11/2026") && !says(a, "2026112901"));     /* the version as a day */
    (void)fill(paper, 1, "save", "q./data/family/carer_is_doer=yes", hanh());
    a = get(&site, paper, hanh());
    CHECK(says(a, "Đặt lưu ý: Người chăm sóc có thể liên quan") && says(a, "Anh/chị quyết định"));
    CHECK(!says(get(&site, at(id, ""), hanh()), "Không báo cho cha, mẹ"));       /* nothing is set by itself */
    CHECK(leads_to(post(&site, at(id, "/flags"), "flag=carer&words=phieu-01", hanh()), at(id, "/tasks")));
    CHECK(!says(get(&site, paper, hanh()), "Đặt lưu ý"));
    (void)fill(paper, 1, "save", "q./data/family/carer_is_doer=no", hanh());
    CHECK(says(get(&site, at(id, "/tasks"), hanh()), "phieu-01"));              /* no answer takes it away */
}

/* -- keys ---------------------------------------------------------------------------------------------------------------------------------------- */

/* The grants of the unit to I of a case are taken away and put back. */
static void set_identity(struct id id, struct grants_row *grant, bool away)
{
    struct ledger *l = &site.in.ledger;
    struct compartments_rows comps;

    CHECK(act_begin(l, (struct act_info){ .act = "case.read", .now = site.now, .object = id }) == OK);
    if (away) {
        CHECK(sql_compartments_of(l, (struct sql_compartments_of){ .case_id = id }, &comps) == OK);
        for (size_t i = 0; i < comps.n; i++)
            if (str_is(comps.at[i].letter, "I")) {
                struct grants_rows grants;

                CHECK(sql_grants_of_comp(l, (struct sql_grants_of_comp){ .comp = comps.at[i].id }, &grants) == OK && grants.n == 1);
                *grant = grants.at[0];
                grant->sealed = arena_copy(&site.kept, grant->sealed);
                grant->why = arena_copy(&site.kept, grant->why);
                CHECK(row_delete(l, &table_grants, &grants.at[0]) == OK);
            }
    } else {
        CHECK(row_insert(l, &table_grants, grant) == OK);
    }
    CHECK(act_commit(l) == OK);
    instance_step(&site.in);
}

TEST(whoever_has_no_key_to_names_sees_none_and_a_save_leaves_them_as_they_are)
{
    struct id id = a_case("story=phieu-khoa");
    const char *paper = begin(id, "phieu-thu");
    struct grants_row grant;
    struct answer a;

    (void)fill(paper, 1, "save", CHILD "name=Nu+Nang&" CHILD "age=7", hanh());
    set_identity(id, &grant, true);
    a = get(&site, paper, hanh());
    CHECK(a.code == 200 && !says(a, "Nu Nang") && !says(a, "q./data/child/name") && says(a, "không mở cho đơn vị") && says(a, "value=\"7\""));
    CHECK(!says(get(&site, F("%s/read", paper), hanh()), "Nu Nang"));
    CHECK(goes_to_page(fill(paper, 1, "save", CHILD "age=8&" CHILD "name=lay-duoc", hanh()), paper, 1));
    set_identity(id, &grant, false);
    a = get(&site, paper, hanh());
    CHECK(says(a, "Nu Nang") && says(a, "value=\"8\"") && !says(a, "lay-duoc"));
}

/* A level that hangs on a date of birth, and a question that only some are asked. */
static const char closed_form[] =
    "[settings]\nform_id: phieu-kin\nform_title: Phiếu kín\nversion: 1\n"
    "[survey]\ntype: integer\nname: born\nlabel: Năm sinh\nrequired: yes\nbind::lachan:compartment: I\n"
    "[survey]\ntype: integer\nname: rows\nlabel: Ô cao\n"
    "[survey]\ntype: select_one risk\nname: near\nlabel: Ai ở gần\nrequired: ${born} > 2020\n"
    "[survey]\ntype: text\nname: school\nlabel: Trường lớp\nrelevant: ${born} < 2020\nrequired: yes\n"
    "[survey]\ntype: calculate\nname: level\nlabel: Mức\nbind::lachan:meaning: computed_level\n"
    "calculation: if(${born} > 2020, 'high', 'low')\n"
    "[choices]\nlist_name: risk\nname: one\nlabel: Một\n";

TEST(what_hangs_on_names_stays_as_it_was_for_whoever_cannot_open_them_and_the_paper_says_so)
{
    struct id id;
    const char *paper;
    struct grants_row grant;
    struct answer a;

    site_form(&site, "phieu-kin", str_c(closed_form));
    site.now += MINUTE_MS;
    id = a_case("story=phieu-kin-mot");
    paper = begin(id, "phieu-kin");
    (void)fill(paper, 1, "save", "q./data/born=2023&q./data/rows=1&q./data/near=one", hanh());
    set_identity(id, &grant, true);
    a = get(&site, paper, hanh());
    CHECK(a.code == 200 && !says(a, "2023") && says(a, "data-q=\"/data/school\" hidden"));     /* hidden as it was, not asked for a year that is not there */
    CHECK(goes_to_page(fill(paper, 1, "save", "q./data/rows=2&q./data/near=one", hanh()), paper, 1));
    CHECK(leads_to(fill(paper, 1, "finish", "q./data/rows=2&q./data/near=one", hanh()), F("%s/read", paper)));
    CHECK_STR(row_of(paper).state, STR("done"));
    CHECK_INT(file_of(id).level, 3);                                        /* the level that was saved, not one of an empty year */
    a = get(&site, F("%s/read", paper), minh());
    CHECK(says(a, "Chưa ai kiểm tra") && says(a, "Năm sinh; Ai ở gần; Trường lớp; Mức"));
    set_identity(id, &grant, false);
    a = get(&site, F("%s/read", paper), hanh());
    CHECK(says(a, "2023") && says(a, "high") && !says(a, "Trường lớp</dt>") && says(a, "Chưa ai kiểm tra"));
    paper = begin(id, "phieu-kin");
    CHECK(leads_to(fill(paper, 1, "finish", "q./data/born=2023&q./data/near=one", hanh()), F("%s/read", paper)));
    CHECK(!says(get(&site, F("%s/read", paper), hanh()), "Chưa ai kiểm tra"));
    site_form(&site, "phieu-kin", STR("[settings]\nform_id: phieu-kin\nversion: 2\nlachan::for: survey\n[survey]\ntype: text\nname: a\nlabel: A\n"));
}

TEST(a_paper_whose_names_are_gone_is_not_shown_as_if_nobody_had_answered)
{
    struct id id = a_case("story=phieu-mat-ten");
    const char *paper = begin(id, "phieu-thu");
    struct ledger *l = &site.in.ledger;
    struct records_row names;

    (void)fill(paper, 1, "save", CHILD "name=Nu+Nang&" CHILD "age=7", hanh());
    names = (struct records_row){ .id = row_of(paper).names.v };
    CHECK(act_begin(l, (struct act_info){ .act = "case.read", .now = site.now, .object = id }) == OK);
    CHECK(row_get(l, &table_records, &names) == OK && row_delete(l, &table_records, &names) == OK && act_commit(l) == OK);
    instance_step(&site.in);
    CHECK(get(&site, paper, hanh()).code != 200);
    CHECK(get(&site, F("%s/read", paper), hanh()).code != 200);
    CHECK_INT(row_of(paper).revision, 2);
}

/* -- the process ------------------------------------------------------------------------------------------------------------------------------------ */

/* The shipped process with forms at its acts, as an official would add them in DIR/content/. */
static void put_process(bool with_forms)
{
    struct str text = STR("");
    FILE *f;

    CHECK(file_read(&site.kept, F("%s/process/vn-decree-56/1.txt", content_shipped_dir()), 1 << 20, &text) == OK);
    if (with_forms) {
        text = changed(text, "code: submit\n", "code: submit\nform: phieu-thu\npapers: submit phieu-thu\n");
        text = changed(text, "code: approve\n", "code: approve\npapers: approve phieu-thu\n");
        text = changed(text, "code: return\n", "code: return\npapers: return phieu-thu\n");
    }
    mkdir(F("%s/content/process", site.folder), 0700);
    mkdir(F("%s/content/process/vn-decree-56", site.folder), 0700);
    f = fopen(F("%s/content/process/vn-decree-56/1.txt", site.folder), "we");
    REQUIRE(f != NULL);
    CHECK(fwrite(text.at, 1, text.n, f) == text.n && fclose(f) == 0);
    CHECK(process_load() == OK);
}

static struct answer act(struct id id, const char *code, const char *words, struct visitor *who)
{
    (void)get(&site, at(id, ""), who);
    return post(&site, at(id, F("/act/%s", code)), F("words=%s", words), who);
}

TEST(an_act_of_the_process_waits_for_its_form_and_takes_it_along)
{
    struct id id = a_case("story=phieu-quy-trinh");
    const char *paper;
    struct answer a;

    put_process(true);
    (void)get(&site, at(id, ""), hanh());
    (void)post(&site, at(id, "/risk"), "risk=high&words=vi-bi-doa", hanh());
    (void)act(id, "assess", "", hanh());
    (void)act(id, "plan", "", hanh());
    a = act(id, "submit", "trinh", hanh());
    CHECK(a.code == 422 && says(a, "Cần hoàn thành trước: Phiếu thử (mẫu)") && says(a, "trinh</textarea>"));
    CHECK(says(get(&site, at(id, "/act/submit"), hanh()), at(id, "/papers")));
    paper = begin(id, "phieu-thu");
    CHECK(act(id, "submit", "", hanh()).code == 422);       /* begun is not finished */
    make_whole(paper, minh());
    (void)fill(paper, 5, "finish", "", minh());
    CHECK(leads_to(act(id, "submit", "", hanh()), at(id, "")));
    CHECK_STR(row_of(paper).state, STR("submitted"));
    a = act(id, "approve", "", minh());
    CHECK(a.code == 422 && says(a, "người khác phải duyệt"));
    CHECK_STR(row_of(paper).state, STR("submitted"));
    CHECK(act(id, "return", "con-thieu", minh()).code == 422);
    put_process(false);
}

TEST(an_act_that_takes_a_paper_along_is_refused_with_its_name_where_that_is_behind)
{
    struct id id = a_case("story=phieu-cham");
    const char *paper;
    struct answer a;

    put_process(false);
    (void)get(&site, at(id, ""), hanh());
    (void)post(&site, at(id, "/risk"), "risk=high&words=vi-bi-doa", hanh());
    (void)act(id, "assess", "", hanh());
    (void)act(id, "plan", "", hanh());
    CHECK(leads_to(act(id, "submit", "", hanh()), at(id, "")));     /* under a process that asked for none */
    put_process(true);
    a = act(id, "approve", "da-doc", minh());
    CHECK(a.code == 422 && says(a, "chưa tới lượt: Phiếu thử (mẫu)") && says(a, "da-doc</textarea>"));
    CHECK_STR(file_of(id).state, STR("approving"));
    CHECK(leads_to(act(id, "return", "con-thieu", minh()), at(id, "")));    /* what was never submitted is with its writer already */
    paper = begin(id, "phieu-thu");
    make_whole(paper, hanh());
    (void)fill(paper, 5, "finish", "", hanh());
    CHECK(leads_to(act(id, "submit", "", hanh()), at(id, "")));
    CHECK(leads_to(act(id, "approve", "", minh()), at(id, "")));
    CHECK_STR(row_of(paper).state, STR("approved"));
    put_process(false);
}

TEST(what_the_process_decides_on_a_paper_is_decided_by_it_alone)
{
    struct id id = a_case("story=phieu-chi-theo-quy-trinh");
    const char *paper;
    struct answer a;

    put_process(true);
    (void)get(&site, at(id, ""), hanh());
    (void)post(&site, at(id, "/risk"), "risk=high&words=vi-bi-doa", hanh());
    (void)act(id, "assess", "", hanh());
    (void)act(id, "plan", "", hanh());
    paper = begin(id, "phieu-thu");
    make_whole(paper, hanh());
    (void)fill(paper, 5, "finish", "", hanh());
    a = get(&site, F("%s/read", paper), hanh());
    CHECK(a.code == 200 && says(a, "/do/reopen") && !says(a, "/do/submit"));
    CHECK(leads_to(post(&site, F("%s/do/submit", paper), "", hanh()), F("%s/read", paper)));
    CHECK_STR(row_of(paper).state, STR("done"));
    CHECK(leads_to(act(id, "submit", "", hanh()), at(id, "")));
    a = get(&site, F("%s/read", paper), minh());        /* a supervisor, who is not whom the process asks */
    CHECK(a.code == 200 && !says(a, "/do/approve") && !says(a, "/do/return"));
    (void)post(&site, F("%s/do/approve", paper), "", minh());
    (void)post(&site, F("%s/do/return", paper), "words=khong", minh());
    CHECK_STR(row_of(paper).state, STR("submitted"));
    CHECK(leads_to(act(id, "approve", "", minh()), at(id, "")));
    CHECK_STR(row_of(paper).state, STR("approved"));
    put_process(false);
}

/* -- versions ------------------------------------------------------------------------------------------------------------------------------------- */

TEST(a_changed_form_is_for_new_cases_and_a_begun_paper_moves_when_asked)
{
    struct str first = site_form_text(&site, "phieu-thu"), second;
    struct id old = a_case("story=phieu-cu"), young;
    const char *paper = begin(old, "phieu-thu"), *other;
    struct answer a;

    (void)fill(paper, 1, "save", CHILD "age=12&" CHILD "kind=threat&" CHILD "number=so-cu", hanh());
    second = changed(first, "version: 1", "version: 2");
    second = changed(second, "label: Tuổi\n", "label: Tuổi tròn năm\n");
    second = changed(second, "name: number\n", "name: reference\n");
    site.now += MINUTE_MS;
    site_form(&site, "phieu-thu", second);
    site.now += MINUTE_MS;
    young = a_case("story=phieu-moi");
    other = begin(young, "phieu-thu");
    a = get(&site, other, hanh());
    CHECK(says(a, "Tuổi tròn năm") && !says(a, "Có bản mẫu mới hơn"));
    a = get(&site, begin(old, "phieu-thu"), hanh());        /* an old case keeps its forms */
    CHECK(!says(a, "Tuổi tròn năm") && says(a, "Có bản mẫu mới hơn"));
    a = get(&site, paper, hanh());
    CHECK(!says(a, "Tuổi tròn năm") && says(a, "value=\"12\"") && says(a, "Có bản mẫu mới hơn"));
    a = get(&site, F("%s/move", paper), hanh());
    CHECK(a.code == 200 && says(a, "Tuổi tròn năm") && says(a, "so-cu"));   /* what changes, and what finds no place */
    CHECK(leads_to(post(&site, F("%s/move", paper), "", hanh()), paper));
    a = get(&site, paper, hanh());
    CHECK(says(a, "Tuổi tròn năm") && says(a, "value=\"12\"") && says(a, "value=\"threat\" checked"));
    CHECK_STR(row_of(paper).version, STR("2"));
    CHECK(says(get(&site, F("%s/read?save=2", paper), hanh()), "so-cu"));   /* the history keeps its words */
    site_form(&site, "phieu-thu", first);
}

static void put_table(const char *name, const char *text)
{
    FILE *f = fopen(F("%s/content/forms/%s.csv", site.folder, name), "we");

    REQUIRE(f != NULL);
    CHECK(fputs(text, f) >= 0 && fclose(f) == 0);
}

TEST(a_table_that_changes_is_for_new_cases_and_what_was_begun_keeps_its_own)
{
    struct str form = STR("[settings]\nform_id: phieu-bang\nform_title: Phiếu bảng\nversion: 1\n"
                          "[survey]\ntype: text\nname: code\nlabel: Mã\n"
                          "[survey]\ntype: calculate\nname: place\nlabel: Nơi\ncalculation: pulldata('noi', 'ten', 'ma', ${code})\n");
    struct id old, young;
    const char *paper, *other;

    put_table("noi", "ma,ten\na,Nơi cũ\n");
    site_form(&site, "phieu-bang", form);
    site.now += MINUTE_MS;
    old = a_case("story=phieu-bang-mot");
    paper = begin(old, "phieu-bang");
    (void)fill(paper, 1, "save", "q./data/code=a", hanh());
    CHECK(says(get(&site, F("%s/read", paper), hanh()), "Nơi cũ"));
    site.now += MINUTE_MS;
    put_table("noi", "ma,ten\na,Nơi mới\n");                  /* the text of the form is what it was */
    site_form(&site, "phieu-bang", form);
    site.now += MINUTE_MS;
    young = a_case("story=phieu-bang-hai");
    other = begin(young, "phieu-bang");
    (void)fill(other, 1, "save", "q./data/code=a", hanh());
    CHECK(says(get(&site, F("%s/read", other), hanh()), "Nơi mới"));
    CHECK(says(get(&site, F("%s/read", paper), hanh()), "Nơi cũ"));
    (void)fill(paper, 1, "save", "q./data/code=b", hanh());
    (void)fill(paper, 1, "save", "q./data/code=a", hanh());
    CHECK(says(get(&site, F("%s/read", paper), hanh()), "Nơi cũ"));
    CHECK(says(get(&site, paper, hanh()), "Có bản mẫu mới hơn"));
    paper = begin(old, "phieu-bang");                           /* an old case takes the table that was in force, too */
    (void)fill(paper, 1, "save", "q./data/code=a", hanh());
    CHECK(says(get(&site, F("%s/read", paper), hanh()), "Nơi cũ"));
}

TEST(what_was_typed_and_not_saved_moves_to_the_newer_version_too)
{
    struct str first = site_form_text(&site, "phieu-thu"), second;
    const char *paper = begin(a_case("story=phieu-do-dang"), "phieu-thu");
    const char *draft = F("%s/draft", paper);
    struct answer a;

    (void)fill(paper, 1, "save", CHILD "age=11&" CHILD "kind=threat", hanh());
    (void)get(&site, paper, hanh());
    CHECK_INT(post(&site, draft, "base=2&page=1&" CHILD "kind=threat&" CHILD "age=13", hanh()).code, 200);
    (void)get(&site, paper, minh());
    CHECK_INT(post(&site, draft, "base=2&page=1&" CHILD "kind=other&" CHILD "age=11&" CHILD "other=chuyen-minh-go", minh()).code, 200);
    second = changed(changed(first, "version: 1", "version: 3"), "label: Tuổi\n", "label: Tuổi tính tròn\n");
    site.now += MINUTE_MS;
    site_form(&site, "phieu-thu", second);
    site.now += MINUTE_MS;
    (void)get(&site, F("%s/move", paper), hanh());
    CHECK(leads_to(post(&site, F("%s/move", paper), "", hanh()), paper));
    a = get(&site, paper, hanh());
    CHECK(says(a, "Tuổi tính tròn") && says(a, "value=\"13\""));
    a = get(&site, paper, minh());
    CHECK(says(a, "Tuổi tính tròn") && says(a, "chuyen-minh-go"));
    CHECK(goes_to_page(fill(paper, 1, "save", CHILD "kind=threat&" CHILD "age=13", hanh()), paper, 1));
    CHECK(goes_to_page(fill(paper, 1, "save", CHILD "kind=other&" CHILD "age=11&" CHILD "other=chuyen-minh-go", minh()), paper, 1));
    a = get(&site, paper, hanh());          /* both changes, of two questions */
    CHECK(says(a, "value=\"13\"") && says(a, "chuyen-minh-go"));
    site_form(&site, "phieu-thu", first);
}

int main(int argc, char **argv)
{
    int bad;

    site_open(&site);
    if (process_pin(1) != OK)       /* whose cases take every form, so that a made-up one is among them */
        return 1;
    site_form(&site, "phieu-thu", STR_NULL);
    bad = test_run_all(argc > 1 ? argv[1] : NULL);
    site_close(&site);
    return bad;
}
