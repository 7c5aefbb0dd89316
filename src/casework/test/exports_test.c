/* A table of cases leaves the house only by two persons, once, and is never a formula. */
#include <site.h>
#include <test.h>

#include "../export.h"

#define F(...) arena_f(&site.kept, __VA_ARGS__).at

static struct site site;

static struct visitor *hanh(void)
{
    return as(&site, "hanh.mau");
}

static struct visitor *minh(void)
{
    return as(&site, "minh.mau");      /* supervisor of the same unit */
}

/* A case of somebody who called; "" for a child without a name. */
static const char *a_case(const char *name)
{
    struct answer a;

    (void)get(&site, "/cases/new", hanh());
    a = post(&site, "/cases/new", F("harm=bullying&age=9-11&danger=no&province=92&words=loi&name=%s", name), hanh());
    CHECK(a.code == 303);
    return arena_copy(&site.kept, a.location).at;
}

#define DAYS "since=2020-01-01&until=2099-12-31"

static const char *unit_of(struct visitor *who)
{
    struct answer a = get(&site, "/cases/export/new", who);

    return arena_copy(&site.kept, between(a, "name=unit><option value=\"", "\"")).at;
}

static struct answer ask(const char *fields, struct visitor *who)
{
    const char *unit = unit_of(who);

    return post(&site, "/cases/export/new", F("unit=%s&%s", unit, fields), who);
}

/* The path of the newest request. */
static const char *newest(struct visitor *who)
{
    struct str path = between(get(&site, "/cases/export", who), "class=go href=\"/cases/export/", "\">");

    return F("/cases/export/%.*s", (int)path.n, path.at);
}

static const char *asked(const char *fields, struct visitor *who)
{
    site.now += SECOND_MS;
    CHECK(leads_to(ask(fields, who), "/cases/export"));
    return newest(who);
}

static struct answer does(const char *path, const char *tail, const char *fields, struct visitor *who)
{
    (void)get(&site, path, who);
    return post(&site, F("%s%s", path, tail), fields, who);
}

/* What the database holds of a reason. */
static bool reason_is_sealed(const char *path, const char *words)
{
    struct exports_row row;
    bool sealed;

    CHECK(id_of_text(str_c(path + strlen("/cases/export/")), &row.id));
    CHECK(row_get(&site.in.ledger, &table_exports, &row) == OK);
    sealed = row.reason.n > 0 && str_find(row.reason, str_c(words)) == row.reason.n;
    instance_step(&site.in);
    return sealed;
}

#define CSV "format=csv&scope=all&" DAYS "&words=bao-cao-quy"

TEST(one_asks_another_agrees_and_the_asker_fetches_once)
{
    const char *path;
    struct answer a;

    (void)a_case("Ten");
    path = asked(CSV "&field=ref&field=age&field=province&field=tasks", hanh());
    a = get(&site, path, hanh());
    CHECK(says(a, "Chờ đồng ý") && says(a, "bao-cao-quy") && says(a, "Anh/chị không tự đồng ý được") && !says(a, "Tải tệp"));
    CHECK(does(path, "/file", "", hanh()).code == 303);             /* not yet */
    a = get(&site, path, minh());
    CHECK(says(a, "bao-cao-quy") && says(a, "value=agree") && !says(a, "Tệp này cho biết trẻ là ai"));
    CHECK(reason_is_sealed(path, "bao-cao-quy"));
    CHECK(leads_to(does(path, "", "verdict=agree&words=", minh()), path));
    CHECK(leads_to(does(path, "/file", "", minh()), path));         /* not hers to fetch */
    a = does(path, "/file", "", hanh());
    CHECK(a.code == 200 && str_starts(header_of(a, "Content-Type"), STR("text/csv")));
    CHECK(str_starts(a.body, STR("\xef\xbb\xbf\"Số trường hợp\",\"Tuổi\",\"Tỉnh, thành\",\"Việc đang mở\"\r\n\"TH-20")));
    CHECK(says(a, "\"9–11\",\"Cần Thơ\",0\r\n") || says(a, "\"Cần Thơ\",0\r\n"));
    CHECK(!says(a, "Ten"));
    CHECK(leads_to(does(path, "/file", "", hanh()), path));         /* once */
    a = get(&site, path, hanh());
    CHECK(says(a, "Đã tải") && !says(a, "Tải tệp</button>"));
}

TEST(nobody_agrees_to_their_own_request_nor_without_the_role)
{
    const char *path = asked(CSV "&field=ref", minh());

    CHECK(leads_to(does(path, "", "verdict=agree&words=", minh()), path));
    CHECK(says(get(&site, path, minh()), "Chờ đồng ý"));
    CHECK_INT(does(path, "", "verdict=agree&words=", hanh()).code, 403);
    CHECK(leads_to(does(path, "/withdraw", "", minh()), path));
    CHECK(says(get(&site, path, minh()), "Đã rút"));
    path = asked(CSV "&field=ref", hanh());
    CHECK(does(path, "", "verdict=refuse&words=", minh()).code == 422);
    CHECK(leads_to(does(path, "", "verdict=refuse&words=khong-can", minh()), path));
    CHECK(says(get(&site, path, hanh()), "khong-can"));
    CHECK(leads_to(does(path, "/file", "", hanh()), path));
}

TEST(names_need_a_declaration_and_each_case_tells_that_its_name_left)
{
    const char *path;
    struct answer a;
    struct str id;

    (void)a_case("%3DTen-Tre");
    a = ask(CSV "&field=ref&field=name", hanh());
    CHECK(a.code == 422 && says(a, "cần lời cam kết") && says(a, "value=\"name\" checked") && says(a, "bao-cao-quy"));
    path = asked(CSV "&field=ref&field=name&justified=1", hanh());
    CHECK(says(get(&site, path, minh()), "Tệp này cho biết trẻ là ai"));
    CHECK(leads_to(does(path, "", "verdict=agree&words=", minh()), path));
    a = does(path, "/file", "", hanh());
    CHECK(a.code == 200 && says(a, "\"'=Ten-Tre\""));
    id = between(get(&site, "/cases", hanh()), "href=\"/cases/0", "\"");
    CHECK(says(get(&site, F("/cases/0%.*s", (int)id.n, id.at), hanh()), "Tên trẻ được xuất cùng bảng dữ liệu XK-"));
}

TEST(what_was_agreed_and_not_fetched_within_a_day_is_over)
{
    const char *path = asked(CSV "&field=ref", hanh());

    CHECK(leads_to(does(path, "", "verdict=agree&words=", minh()), path));
    site.now += 25 * (i64)HOUR_MS;
    CHECK(says(get(&site, path, hanh()), "Quá 24 giờ"));
    CHECK(leads_to(does(path, "/file", "", hanh()), path));
    CHECK(says(get(&site, path, hanh()), "Quá 24 giờ"));
}

TEST(an_xlsx_is_made_in_memory_and_named_by_the_request)
{
    const char *path = asked("format=xlsx&scope=open&" DAYS "&words=xlsx&field=ref&field=harm", hanh());
    struct answer a;

    CHECK(leads_to(does(path, "", "verdict=agree&words=", minh()), path));
    a = does(path, "/file", "", hanh());
    CHECK(a.code == 200 && str_starts(a.body, STR("PK\x03\x04")));
    CHECK(str_find(header_of(a, "Content-Disposition"), STR("%2E%78%6C%73%78")) < header_of(a, "Content-Disposition").n);   /* .xlsx */
}

TEST(a_bad_request_says_what_to_do_and_keeps_what_was_chosen)
{
    struct answer a = ask("format=csv&scope=closed&since=2026-11-02&until=2026-11-01&words=", hanh());

    CHECK(a.code == 422 && says(a, "Ngày cuối phải sau") && says(a, "Chọn ít nhất một cột") && says(a, "Ghi mục đích"));
    CHECK(says(a, "value=\"2026-11-02\"") && says(a, "value=\"closed\" selected"));
    a = ask("format=csv&scope=all&since=&until=x&words=a&field=ref", hanh());
    CHECK(a.code == 422 && says(a, "Chọn ngày."));
    a = ask("format=csv&scope=all&since=1999-01-01&until=1999-01-01&words=a&field=ref", hanh());
    CHECK(a.code == 422 && says(a, "Không có trường hợp nào như vậy"));
    (void)get(&site, "/cases/export/new", hanh());
    a = post(&site, "/cases/export/new", "unit=00000000000000000000000000&" CSV "&field=ref", hanh());
    CHECK(a.code != 303 && !says(a, "XK-"));
}

/* A page of a form, from its newest save. */
static struct answer fill(const char *paper, int page, const char *go, const char *answers)
{
    struct str base = between(get(&site, F("%s?page=%d", paper, page), hanh()), "name=base value=", ">");

    base = str_starts(base, STR("\"")) ? str_of(base.at + 1, base.n - 2) : base;
    return post(&site, paper, F("base=%.*s&page=%d&go=%s&%s", (int)base.n, base.at, page, go, answers), hanh());
}

TEST(coded_answers_of_a_form_are_columns_and_its_words_and_names_are_not)
{
    const char *path, *form, *case_path = a_case("Ten-Kin");
    struct answer a;

    (void)get(&site, F("%s/papers", case_path), hanh());
    form = arena_copy(&site.kept, post(&site, F("%s/papers", case_path), "form=phieu-thu", hanh()).location).at;
    (void)fill(form, 1, "next", "q./data/child/kind=threat&q./data/child/age=12&q./data/child/name=Ten-Kin");
    (void)fill(form, 2, "next", "q./data/grid/row1=high&q./data/grid/row2=medium&q./data/grid/row3=low");
    CHECK(fill(form, 5, "finish", "q./data/end/concluded=medium&q./data/end/reason=loi-rieng").code == 303);
    CHECK(says(get(&site, "/cases/export/new", hanh()), "value=\"form:phieu-thu\""));
    path = asked(CSV "&field=ref&field=form%3Aphieu-thu", hanh());
    CHECK(says(get(&site, path, minh()), "Phiếu thử (mẫu)"));
    CHECK(leads_to(does(path, "", "verdict=agree&words=", minh()), path));
    a = does(path, "/file", "", hanh());
    CHECK(a.code == 200 && says(a, "\"phieu-thu/age\",\"phieu-thu/kind\"") && says(a, ",12,\"threat\",") && says(a, "\"high\",\"medium\",\"low\""));
    CHECK(!says(a, "phieu-thu/name") && !says(a, "phieu-thu/reason") && !says(a, "Ten-Kin") && !says(a, "loi-rieng"));
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

TEST(a_form_that_works_a_name_into_a_calculation_exports_none_of_it)
{
    struct str first = site_form_text(&site, "phieu-thu");
    const char *path, *form, *case_path;
    struct answer a;

    put_leaky_form();
    case_path = a_case("Ten-Kin");
    (void)get(&site, F("%s/papers", case_path), hanh());
    form = arena_copy(&site.kept, post(&site, F("%s/papers", case_path), "form=phieu-thu", hanh()).location).at;
    (void)fill(form, 1, "next", "q./data/child/kind=threat&q./data/child/age=12&q./data/child/name=Ten-Kin");
    (void)fill(form, 2, "next", "q./data/grid/row1=high&q./data/grid/row2=medium&q./data/grid/row3=low");
    CHECK(fill(form, 5, "finish", "q./data/end/concluded=medium&q./data/end/reason=loi-rieng").code == 303);
    path = asked(CSV "&field=form%3Aphieu-thu", hanh());
    CHECK(leads_to(does(path, "", "verdict=agree&words=", minh()), path));
    a = does(path, "/file", "", hanh());
    CHECK(a.code == 200 && says(a, "12,\"threat\",") && !says(a, "Ten-Kin") && !says(a, "phieu-thu/said") && !says(a, "phieu-thu/again"));
    site_form(&site, "phieu-thu", first);
}

TEST(another_units_request_does_not_exist)
{
    const char *path = asked(CSV "&field=ref", hanh());

    CHECK_INT(get(&site, path, as(&site, "lan.mau")).code, 404);
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
    return bad;
}
