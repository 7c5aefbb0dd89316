/* The caseworker's day, page by page through the engine: what waits for whom, and what comes back by itself. */
#include <site.h>
#include <test.h>

#include "../day.h"
#include "../referral.h"

#include "ledger.sql.h"

#define F(...) arena_f(&site.kept, __VA_ARGS__).at
#define POLICE "Đơn vị công an tỉnh (mẫu)"

static struct site site;

static struct visitor *hanh(void) { return as(&site, "hanh.mau"); }        /* counsellor of the hotline */
static struct visitor *minh(void) { return as(&site, "minh.mau"); }        /* its supervisor */
static struct visitor *tuan(void) { return as(&site, "tuan.mau"); }        /* focal point of the police */
static struct visitor *lan(void) { return as(&site, "lan.mau"); }          /* case worker of a commune */

static const char *at(struct id id, const char *tail)
{
    char text[ID_TEXT + 1];

    id_text(id, text);
    return F("/cases/%s%s", text, tail);
}

static struct answer fill_in(struct id id, const char *tail, const char *fields, struct visitor *who)
{
    (void)get(&site, at(id, ""), who);
    return post(&site, at(id, tail), fields, who);
}

static struct id a_case(const char *fields)
{
    struct visitor child = { 0 };
    struct id id = report_of(&site, tell(&site, fields, &child));

    (void)get(&site, path_of(&site, id, "").at, hanh());
    CHECK(leads_to(post(&site, path_of(&site, id, "/case").at, "", hanh()), at(id, "")));
    return id;
}

static struct str ref_of(struct id id)
{
    struct casefiles_row row = { .case_id = id };

    CHECK(row_get(&site.in.ledger, &table_casefiles, &row) == OK);
    instance_step(&site.in);
    return case_ref(&site.kept, row.year, row.no);
}

static const char *id_in(struct answer a, const char *before)
{
    struct str id = between(a, before, "\"");

    CHECK_INT(id.n, ID_TEXT);
    return F("%.*s", (int)id.n, id.at);
}

/* The part of "my work" that stands below a heading. */
static struct str group(struct answer a, const char *heading)
{
    return between(a, F("<h3>%s</h3>", heading), "class=group");
}

static bool holds(struct str part, const char *text)
{
    return str_find(part, str_c(text)) < part.n;
}

/* -- my work ---------------------------------------------------------------------------------------------------------------------- */

TEST(what_the_process_asks_next_stands_among_my_work_and_goes_by_itself)
{
    struct id id = a_case("story=viec-suy-ra");
    struct str ref = ref_of(id);
    struct answer a = get(&site, "/cases?show=mine", hanh());

    CHECK(a.code == 200 && says(a, F("<b>Bắt đầu đánh giá</b> · %s", ref.at)));
    CHECK(!says(get(&site, "/cases?show=mine", minh()), F("Bắt đầu đánh giá</b> · %s", ref.at)));
    CHECK(leads_to(fill_in(id, "/act/assess", "", hanh()), at(id, "")));
    a = get(&site, "/cases?show=mine", hanh());
    CHECK(!says(a, F("Bắt đầu đánh giá</b> · %s", ref.at)) && says(a, F("Sang lập kế hoạch</b> · %s", ref.at)));
}

TEST(work_is_grouped_by_its_date_and_none_of_it_is_cut_off)
{
    struct id id = a_case("story=nhom");
    char user[ID_TEXT + 1], day[CLOCK_TEXT];
    struct casefiles_row row = { .case_id = id };
    struct answer a;

    CHECK(row_get(&site.in.ledger, &table_casefiles, &row) == OK);
    id_text(row.worker.v, user);
    instance_step(&site.in);
    CHECK(leads_to(fill_in(id, "/tasks", F("kind=visit&due=2020-01-01T10:00&worker=%s", user), hanh()), at(id, "/tasks")));
    clock_day_iso(site.now + 3 * DAY_MS, day);
    CHECK(leads_to(fill_in(id, "/support", F("kind=service&type=mind&provider=Phong+kham&due=%s", day), hanh()), at(id, "/support")));
    a = get(&site, "/cases?show=mine", hanh());
    CHECK(holds(group(a, "Quá hạn"), "Đến gặp trực tiếp") && holds(group(a, "Trong 7 ngày"), "Hỗ trợ tâm lý"));
    for (int i = 0; i < 60; i++)
        CHECK(fill_in(id, "/tasks", F("kind=contact&due=2031-01-01&worker=%s", user), hanh()).code == 303);
    a = get(&site, "/cases?show=mine", hanh());
    CHECK(says(a, "show=mine&amp;from=50"));
    CHECK(says(get(&site, "/cases?show=mine&from=50", hanh()), "Liên hệ với trẻ"));
    CHECK(says(get(&site, "/cases", hanh()), "Xem cả "));
}

TEST(a_plan_that_waits_for_approval_stands_with_the_supervisor_and_not_with_the_worker)
{
    struct id id = a_case("story=cho-duyet");
    struct str ref = ref_of(id);
    struct answer a;

    (void)fill_in(id, "/act/assess", "", hanh());
    (void)fill_in(id, "/risk", "risk=high&words=ly-do", hanh());
    (void)fill_in(id, "/act/plan", "", hanh());
    CHECK(leads_to(fill_in(id, "/act/submit", "", hanh()), at(id, "")));
    a = get(&site, "/cases/team", minh());
    CHECK(a.code == 200 && says(a, F("<b>Chờ duyệt kế hoạch</b> · %s", ref.at)));
    CHECK(says(get(&site, "/cases?show=mine", minh()), F("Chờ duyệt kế hoạch</b> · %s", ref.at)));
    CHECK(!says(get(&site, "/cases?show=mine", hanh()), F("</b> · %s", ref.at)));
    CHECK(get(&site, "/cases/team", hanh()).code == 403);
}

/* -- services and follow-ups ------------------------------------------------------------------------------------------------------ */

TEST(a_service_is_planned_and_its_outcome_written_with_a_reason_where_it_was_not_given)
{
    struct id id = a_case("story=dich-vu");
    const char *one;
    struct answer a = fill_in(id, "/support", "kind=service&type=&provider=&due=mai&aim=muc-tieu", hanh());

    CHECK(a.code == 422 && says(a, "muc-tieu</textarea>") && says(a, "Chọn một mục") && says(a, "Chọn ngày") && says(a, "Chọn nơi cung cấp"));
    CHECK(leads_to(fill_in(id, "/support", "kind=service&type=legal&provider=Trung+tam&due=2031-02-03&aim=muc-tieu", hanh()), at(id, "/support")));
    a = get(&site, at(id, "/support"), hanh());
    CHECK(says(a, "Trợ giúp pháp lý") && says(a, "Trung tam") && says(a, "trước 03/02/2031"));
    one = id_in(a, F("href=\"%s/support/", at(id, "")));
    a = fill_in(id, F("/support/%s", one), "state=not_given&words=", hanh());
    CHECK(a.code == 422 && says(a, "vì sao không thực hiện được") && says(a, "value=\"not_given\" selected"));
    CHECK(leads_to(fill_in(id, F("/support/%s", one), "state=not_given&words=khong-con-cho", hanh()), at(id, "/support")));
    a = get(&site, at(id, "/support"), hanh());
    CHECK(says(a, "Không thực hiện được") && says(a, "khong-con-cho"));
    CHECK(says(get(&site, at(id, ""), hanh()), "Dịch vụ không thực hiện được: Trợ giúp pháp lý"));
    CHECK(fill_in(a_case("story=khac"), F("/support/%s", one), "state=given&words=", hanh()).code == 404);
    CHECK(get(&site, at(id, "/support"), lan()).code == 404);
}

TEST(a_follow_up_keeps_its_own_form)
{
    struct id id = a_case("story=theo-doi");
    struct answer a = fill_in(id, "/support", "kind=follow&type=home&due=&aim=xem-em-on-khong", hanh());

    CHECK(a.code == 422 && says(a, "id=faim name=aim rows=2 autocomplete=off>xem-em-on-khong") && !says(a, "id=aim name=aim rows=2 autocomplete=off>xem"));
    CHECK(leads_to(fill_in(id, "/support", "kind=follow&type=home&due=2020-02-03&aim=xem-em-on-khong", hanh()), at(id, "/support")));
    CHECK(holds(group(get(&site, "/cases?show=mine", hanh()), "Quá hạn"), "Sau khi trở về nhà"));
}

/* -- referrals -------------------------------------------------------------------------------------------------------------------- */

static const char *refer_path(struct id id)
{
    struct answer a = get(&site, at(id, "/refer?q=don+vi+cong+an"), hanh());
    const char *before = at(id, "/refer/");
    size_t where = str_find(a.body, str_c(before));

    CHECK(a.code == 200 && where < a.body.n);
    return arena_copy(&site.kept, str_upto(str_from(a.body, where), strlen(before) + ID_TEXT)).at;
}

static const char *fields_of(const char *consent, const char *words)
{
    char day[CLOCK_TEXT];

    clock_day_iso(site.now + 20 * DAY_MS, day);
    return F("purpose=protect&need=can-giup&consent=%s&consent_words=%s&expires=%s&key=story%%2F&share=story%%2F&t0=loi-ke", consent, words, day);
}

/* The id of what was sent, as text; "" where the form or the last look was refused. */
static const char *send_it(struct id id, const char *fields)
{
    const char *path = refer_path(id), *check = F("%s/check", path);
    struct answer a;

    (void)get(&site, path, hanh());
    if (!leads_to(post(&site, path, fields, hanh()), check))
        return "";
    a = get(&site, check, hanh());
    a = post(&site, check, F("seen=%.*s", (int)between(a, "name=seen value=\"", "\"").n, between(a, "name=seen value=\"", "\"").at), hanh());
    return a.code == 303 && str_starts(a.location, STR("/referrals/")) ? F("%.*s", ID_TEXT, str_from(a.location, 11).at) : "";
}

static struct answer on_referral(const char *id, const char *what, const char *fields, struct visitor *who)
{
    (void)get(&site, F("/referrals/%s", id), who);
    return post(&site, F("/referrals/%s/%s", id, what), fields, who);
}

TEST(the_outcome_of_a_referral_comes_back_to_the_service_that_was_planned_by_it)
{
    struct id id = a_case("danger=soon&story=ket-qua-tu-phieu");
    const char *sent = send_it(id, fields_of("child", ""));
    struct answer a;

    REQUIRE(strlen(sent) == ID_TEXT);
    CHECK(says(get(&site, "/cases?show=mine", tuan()), "Phiếu chuyển gửi chờ trả lời"));
    CHECK(leads_to(fill_in(id, "/support", F("kind=service&type=legal&provider=&due=2031-02-03&referral=%s", sent), hanh()), at(id, "/support")));
    CHECK(fill_in(a_case("story=x"), "/support", F("kind=service&type=legal&provider=a&due=2031-02-03&referral=%s", sent), hanh()).code == 404);
    CHECK(on_referral(sent, "accept", "", tuan()).code == 303);
    CHECK(!says(get(&site, "/cases?show=mine", tuan()), "Phiếu chuyển gửi chờ trả lời"));
    CHECK(on_referral(sent, "done", "text=da-xac-minh-xong", tuan()).code == 303);
    a = get(&site, at(id, "/support"), hanh());
    CHECK(says(a, "Đã thực hiện") && says(a, "da-xac-minh-xong") && !says(a, F("href=\"%s/support/", at(id, ""))));
    CHECK(says(get(&site, at(id, ""), hanh()), "Dịch vụ đã thực hiện: Trợ giúp pháp lý"));
}

TEST(a_declined_referral_leaves_the_service_not_given_with_the_receivers_reason)
{
    struct id id = a_case("danger=soon&story=tu-choi");
    const char *sent = send_it(id, fields_of("child", ""));

    CHECK(fill_in(id, "/support", F("kind=service&type=mind&provider=&due=2031-02-03&referral=%s", sent), hanh()).code == 303);
    CHECK(on_referral(sent, "decline", "reason=capacity&text=het-nguoi", tuan()).code == 303);
    CHECK(says(get(&site, at(id, "/support"), hanh()), "het-nguoi") && says(get(&site, at(id, "/support"), hanh()), "Không thực hiện được"));
}

/* -- consent ---------------------------------------------------------------------------------------------------------------------- */

TEST(a_recorded_refusal_stops_a_referral_unless_the_law_obliges_and_then_two_persons_decide)
{
    struct id id = a_case("danger=soon&story=khong-dong-y");
    struct answer a = get(&site, refer_path(id), hanh());
    const char *sent;

    CHECK(says(a, "chưa ghi ai đồng ý chia sẻ"));
    a = fill_in(id, "/consent", "purpose=share&who=law&answer=no&basis=&from=police&why=", hanh());
    CHECK(a.code == 422 && says(a, "Ghi căn cứ pháp lý") && says(a, "Ghi vì sao không chia sẻ") && says(a, "value=\"police\" checked"));
    CHECK(leads_to(fill_in(id, "/consent", "purpose=share&who=child&answer=no&why=em-so", hanh()), at(id, "/consent")));
    CHECK(says(get(&site, at(id, "/consent"), hanh()), "Không đồng ý") && says(get(&site, at(id, "/consent"), hanh()), "em-so"));
    a = get(&site, refer_path(id), hanh());
    CHECK(says(a, "Đã ghi: không đồng ý chia sẻ với nơi này. em-so"));
    a = post(&site, refer_path(id), fields_of("child", ""), hanh());
    CHECK(a.code == 422 && says(a, "Chỉ gửi khi pháp luật buộc") && says(a, "loi-ke"));
    sent = send_it(id, fields_of("law", "dieu-51"));
    REQUIRE(strlen(sent) == ID_TEXT);
    CHECK(get(&site, F("/referrals/%s", sent), tuan()).code == 404);            /* nothing has left the house */
    CHECK(says(get(&site, at(id, ""), hanh()), "không có đồng ý") && says(get(&site, at(id, ""), hanh()), "dieu-51"));
    CHECK(says(get(&site, "/cases/team", minh()), "Chuyển gửi chờ người thứ hai"));
    CHECK(says(get(&site, F("/referrals/%s/confirm", sent), minh()), "Gửi khi không có đồng ý"));
    CHECK(on_referral(sent, "confirm", "text=toi-cung-thay-can", minh()).code == 303);
    CHECK(get(&site, F("/referrals/%s", sent), tuan()).code == 200);
}

TEST(what_is_withheld_from_a_receiver_cannot_be_ticked_for_it)
{
    struct id id = a_case("danger=soon&story=giu-lai");
    struct answer a;

    CHECK(leads_to(fill_in(id, "/consent", "purpose=share&who=both&answer=yes&from=police&item=story&why=em-chua-san-sang", hanh()), at(id, "/consent")));
    CHECK(says(get(&site, at(id, "/consent"), hanh()), "lời kể của trẻ"));
    (void)get(&site, refer_path(id), hanh());
    a = post(&site, refer_path(id), fields_of("child", ""), hanh());
    CHECK(a.code == 422 && says(a, "không chia sẻ mục"));
    CHECK(strlen(send_it(id, F("%s&key=story%%2F", fields_of("child", "") /* the story is not ticked below */))) == 0);
    CHECK(leads_to(fill_in(id, "/consent", "purpose=share&who=both&answer=yes", hanh()), at(id, "/consent")));     /* the newest stands */
    CHECK(strlen(send_it(id, fields_of("child", ""))) == ID_TEXT);
}

TEST(in_an_emergency_the_law_does_not_wait_for_a_second_person_who_looks_at_it_afterwards)
{
    struct id id = a_case("danger=now&story=khan-cap");
    const char *sent = send_it(id, fields_of("law", "dang-bi-danh"));

    REQUIRE(strlen(sent) == ID_TEXT);
    CHECK(get(&site, F("/referrals/%s", sent), tuan()).code == 200);
    CHECK(says(get(&site, at(id, ""), minh()), "Cần người phụ trách xem lại") && says(get(&site, at(id, ""), minh()), "dang-bi-danh"));
}

/* -- a parent who must not know ------------------------------------------------------------------------------------------------------ */

TEST(a_carer_who_may_do_harm_is_offered_nowhere_and_every_page_of_the_case_warns)
{
    static const char *const pages[] = { "", "/tasks", "/people", "/support", "/meetings", "/consent", "/family", "/referrals", "/log" };
    struct id id = a_case("danger=soon&story=cha-me");
    struct answer a;

    (void)fill_in(id, "/people", "role=carer&name=Nguoi+Cha&phone=0900000001", hanh());
    (void)fill_in(id, "/people", "role=friend&name=Ban+Than&phone=0900000002", hanh());
    CHECK(says(get(&site, refer_path(id), hanh()), "Nguoi Cha") && !says(get(&site, at(id, ""), hanh()), "Không báo cho cha, mẹ"));
    CHECK(leads_to(fill_in(id, "/flags", "flag=carer&words=em-ke-ve-cha", hanh()), at(id, "/tasks")));
    CHECK(fill_in(id, "/consent", "purpose=services&who=carer&answer=yes", hanh()).code == 422);       /* not even where the page was not asked */
    CHECK(fill_in(id, "/consent", "purpose=services&who=both&answer=yes", hanh()).code == 422);
    CHECK(leads_to(fill_in(id, "/consent", "purpose=services&who=child&answer=yes", hanh()), at(id, "/consent")));
    for (size_t i = 0; i < COUNT_OF(pages); i++) {
        a = get(&site, at(id, pages[i]), hanh());
        if (a.code != 200 || !says(a, "Không báo cho cha, mẹ, người chăm sóc."))
            printf("# %s\n", pages[i]);
        CHECK(a.code == 200 && says(a, "Không báo cho cha, mẹ, người chăm sóc."));
    }
    CHECK(says(get(&site, path_of(&site, id, "/files").at, hanh()), "Không báo cho cha, mẹ"));
    CHECK(says(get(&site, path_of(&site, id, "").at, hanh()), "Không báo cho cha, mẹ"));
    a = get(&site, refer_path(id), hanh());
    CHECK(!says(a, "Nguoi Cha") && says(a, "Ban Than") && says(a, "không báo, không liên hệ với họ"));
    a = get(&site, at(id, "/people"), hanh());
    CHECK(says(a, "Không được cho biết") && str_find(a.body, STR("Ban Than")) < str_find(a.body, STR("Nguoi Cha")));
}

/* -- meetings ------------------------------------------------------------------------------------------------------------------------ */

TEST(who_is_asked_to_a_meeting_finds_it_among_their_work_and_a_partner_in_the_thread)
{
    struct id id = a_case("danger=soon&story=hop");
    const char *sent = send_it(id, fields_of("child", "")), *one;
    struct answer a = get(&site, at(id, "/meetings"), hanh());
    struct str minh_id = between(a, "name=guest value=\"", "\"> Minh");

    minh_id = str_from(minh_id, minh_id.n - ID_TEXT);
    a = fill_in(id, "/meetings", "at=mai&place=phong-1&subject=noi-dung", hanh());
    CHECK(a.code == 422 && says(a, "Chọn ngày và giờ họp") && says(a, "value=\"phong-1\"") && says(a, "noi-dung</textarea>"));
    a = fill_in(id, "/meetings", F("at=2031-02-03T14:00&place=phong-1&subject=noi-dung&others=co-giao&guest=%.*s&referral=%s",
                                   (int)minh_id.n, minh_id.at, sent), hanh());
    CHECK(leads_to(a, at(id, "/meetings")));
    CHECK(says(get(&site, "/cases?show=mine", minh()), F("Họp về trường hợp</b> · %s", ref_of(id).at)));
    CHECK(says(get(&site, F("/referrals/%s", sent), tuan()), "Mời họp lúc 14:00, 03/02/2031. Nơi họp: phong-1"));
    a = get(&site, at(id, "/meetings"), hanh());
    CHECK(says(a, "mời Minh (mẫu)") && says(a, "co-giao"));
    one = id_in(a, F("href=\"%s/meetings/", at(id, "")));
    CHECK(fill_in(id, F("/meetings/%s", one), "state=held&words=", hanh()).code == 422);
    CHECK(leads_to(fill_in(id, F("/meetings/%s", one), "state=held&words=da-thong-nhat", hanh()), at(id, "/meetings")));
    CHECK(says(get(&site, at(id, "/meetings"), hanh()), "da-thong-nhat"));
    CHECK(!says(get(&site, "/cases?show=mine", minh()), F("Họp về trường hợp</b> · %s", ref_of(id).at)));
}

/* Entries of one act in the log of a case. */
static int logged(struct id id, const char *act)
{
    struct log_by_object_rows rows;
    struct id last;
    int n = 0;

    memset(&last, 0xff, sizeof last);
    CHECK(sql_log_by_object(site.in.ledger.db, (struct sql_log_by_object){ .object = id, .at = INT64_MAX, .id = last }, &rows) == OK);
    for (size_t i = 0; i < rows.n; i++)
        n += str_is(rows.at[i].act, act);
    instance_step(&site.in);
    return n;
}

/* -- family -------------------------------------------------------------------------------------------------------------------------- */

TEST(two_cases_of_a_family_are_linked_in_both_and_only_for_who_opens_both)
{
    struct id one = a_case("danger=soon&story=chi"), two = a_case("story=em");
    struct answer a = fill_in(one, "/family", "ref=TH-2099-0001&kind=sibling&words=hai-chi-em", hanh());

    CHECK(a.code == 422 && says(a, "Không có trường hợp nào số này") && says(a, "hai-chi-em</textarea>"));
    CHECK(fill_in(one, "/family", F("ref=%s&kind=sibling", ref_of(one).at), hanh()).code == 422);
    CHECK(leads_to(fill_in(one, "/family", F("ref=%s&kind=sibling&words=hai-chi-em", ref_of(two).at), hanh()), at(one, "/family")));
    CHECK(says(get(&site, at(one, "/family"), hanh()), ref_of(two).at) && says(get(&site, at(two, "/family"), hanh()), ref_of(one).at));
    CHECK(logged(one, "case.kin") == 1 && logged(two, "case.kin") == 1);        /* in the log of both */
    CHECK(!says(get(&site, at(one, ""), hanh()), ref_of(two).at));             /* N does not say which case */
    CHECK(fill_in(one, "/family", F("gone=%.*s", ID_TEXT, at(two, "") + 7), hanh()).code == 303);
    CHECK(!says(get(&site, at(two, "/family"), hanh()), F("<b>%s</b>", ref_of(one).at)));
}

TEST(a_link_to_a_case_that_the_reader_may_not_open_is_not_there)
{
    struct id one = a_case("danger=soon&story=chi-hai"), two = a_case("story=em-hai");
    struct grants_rows grants;
    struct compartments_rows comps;

    CHECK(fill_in(one, "/family", F("ref=%s&kind=sibling", ref_of(two).at), hanh()).code == 303);
    CHECK(act_begin(&site.in.ledger, (struct act_info){ .act = "test", .now = site.now, .object = two }) == OK);
    CHECK(sql_compartments_of(&site.in.ledger, (struct sql_compartments_of){ .case_id = two }, &comps) == OK);
    for (size_t i = 0; i < comps.n; i++) {
        CHECK(sql_grants_of_comp(&site.in.ledger, (struct sql_grants_of_comp){ .comp = comps.at[i].id }, &grants) == OK);
        for (size_t k = 0; k < grants.n; k++)
            if (str_is(comps.at[i].letter, "I") && grants.at[k].unit.has)
                CHECK(row_delete(&site.in.ledger, &table_grants, &grants.at[k]) == OK);
    }
    CHECK(act_commit(&site.in.ledger) == OK);
    instance_step(&site.in);
    CHECK(!says(get(&site, at(one, "/family"), hanh()), ref_of(two).at));
    CHECK(says(get(&site, at(two, "/family"), hanh()), "không mở với anh/chị"));
    CHECK(fill_in(one, "/family", F("ref=%s&kind=sibling", ref_of(two).at), hanh()).code == 422);
}

/* -- supervisors --------------------------------------------------------------------------------------------------------------------- */

TEST(a_supervisor_sees_the_load_of_each_and_hands_cases_on)
{
    struct id id = a_case("danger=soon&story=giao-lai");
    struct answer a = get(&site, "/cases/team", minh());
    struct casefiles_row row = { .case_id = id };
    char unit[ID_TEXT + 1], worker[ID_TEXT + 1];
    struct str minh_id;

    CHECK(row_get(&site.in.ledger, &table_casefiles, &row) == OK);
    id_text(row.unit, unit);
    id_text(row.worker.v, worker);
    instance_step(&site.in);
    CHECK(a.code == 200 && says(a, "Nên có nhiều nhất 25") && says(a, "Hạnh (mẫu)") && says(a, F("worker=%s", worker)));
    a = get(&site, F("/cases/team?unit=%s&worker=%s", unit, worker), minh());
    CHECK(says(a, "Giao lại trường hợp của Hạnh") && says(a, ref_of(id).at));
    minh_id = between(a, "<option value=\"", "\">Minh");
    minh_id = str_from(minh_id, minh_id.n - ID_TEXT);
    a = post(&site, "/cases/team", F("unit=%s&from=%s&worker=&words=ly-do", unit, worker), minh());
    CHECK(a.code == 422 && says(a, "Chọn ít nhất một") && says(a, "ly-do</textarea>") && says(a, ref_of(id).at));
    a = post(&site, "/cases/team", F("unit=%s&from=%s&worker=%.*s&words=ly-do&case=%.*s&case=%s", unit, worker, (int)minh_id.n, minh_id.at,
                                     ID_TEXT, at(id, "") + 7, unit), minh());
    CHECK(leads_to(a, "/cases/team"));
    CHECK(says(get(&site, "/cases/team", minh()), "Đã giao lại 1 trường hợp, 1 trường hợp không giao được"));
    CHECK(says(get(&site, at(id, ""), minh()), "phụ trách: Minh") && says(get(&site, at(id, ""), minh()), "ly-do"));
    CHECK(!says(get(&site, F("/cases/team?unit=%s&worker=%s", refer_path(id) + strlen(at(id, "/refer/")), worker), minh()), "Giao lại trường hợp của"));
}

/* -- care ------------------------------------------------------------------------------------------------------------------------------ */

TEST(after_long_work_the_next_page_suggests_a_break_once_and_nobody_else_sees_it)
{
    struct id id = a_case("story=lau");
    struct visitor *who;
    int seen = 0;

    site.now += 30 * MINUTE_MS;                 /* a fresh stretch */
    who = minh();                               /* one session: signing in again would be a page of its own */
    for (int i = 0; i < 13; i++) {
        seen += says(get(&site, at(id, ""), who), "Anh/chị đã làm liền khá lâu");
        site.now += 5 * MINUTE_MS;
    }
    CHECK_INT(seen, 1);
    CHECK(!says(get(&site, at(id, ""), hanh()), "Anh/chị đã làm liền khá lâu"));
}

TEST(a_supervisor_learns_that_somebody_looked_too_long_and_not_at_what)
{
    struct users_row user;
    struct answer a;

    CHECK(sql_user_of_login(&site.in.ledger, (struct sql_user_of_login){ .login = STR("hanh.mau") }, &user) == OK);
    CHECK(sql_viewing_set(site.in.ledger.db, (struct sql_viewing_set){
        .user = user.id, .day = clock_local_day(site.now), .ms = 31 * MINUTE_MS }) == OK);
    instance_step(&site.in);
    CHECK(says(get(&site, "/cases/team", minh()), "Đã xem bằng chứng quá thời gian hôm nay"));
    a = get(&site, "/care", hanh());
    CHECK(says(a, "không che 31 phút") && says(a, "đủ lâu") && !says(a, "name=grey value=1 checked"));
    CHECK(leads_to(post(&site, "/care", "grey=1", hanh()), "/care"));
    CHECK(says(get(&site, "/care", hanh()), "value=1 checked"));
    CHECK(!says(get(&site, "/care", minh()), "value=1 checked"));
}

/* The memberships of a person end or begin again. */
static void set_memberships(const char *login, struct opt_i64 until)
{
    struct ledger *l = &site.in.ledger;
    struct members_rows rows;
    struct users_row user;

    CHECK(sql_user_of_login(l, (struct sql_user_of_login){ .login = str_c(login) }, &user) == OK);
    CHECK(act_begin(l, (struct act_info){ .act = "member.leave", .now = site.now, .object = user.id }) == OK);
    CHECK(sql_members_of_user(l, (struct sql_members_of_user){ .user = user.id, .now = site.now - 2 }, &rows) == OK && rows.n > 0);
    for (size_t i = 0; i < rows.n; i++) {
        rows.at[i].until = until;
        CHECK(row_update(l, &table_members, &rows.at[i]) == OK);
    }
    CHECK(act_commit(l) == OK);
    instance_step(&site.in);
}

TEST(who_left_the_unit_finds_none_of_its_cases_among_their_work)
{
    struct id id = a_case("danger=soon&story=nguoi-da-nghi");
    struct str ref = ref_of(id);
    struct casefiles_rows carried;
    struct users_row user;

    CHECK(leads_to(fill_in(id, "/meetings", "at=2031-02-03T14:00&place=phong-1", hanh()), at(id, "/meetings")));
    CHECK(says(get(&site, "/cases?show=mine", hanh()), ref.at));
    set_memberships("hanh.mau", (struct opt_i64){ true, site.now - 1 });
    CHECK(sql_user_of_login(&site.in.ledger, (struct sql_user_of_login){ .login = STR("hanh.mau") }, &user) == OK);
    CHECK(sql_casefiles_carried(&site.in.ledger, (struct sql_casefiles_carried){ .worker = user.id, .now = site.now }, &carried) == OK);
    CHECK_INT(carried.n, 0);                    /* nor do they fill the list, whose end is cut off */
    CHECK(sql_casefiles_carried(&site.in.ledger, (struct sql_casefiles_carried){ .worker = user.id, .now = site.now - 2 }, &carried) == OK);
    CHECK(carried.n > 0);
    instance_step(&site.in);
    CHECK(!says(get(&site, "/cases?show=mine", hanh()), ref.at));
    CHECK_INT(get(&site, at(id, ""), hanh()).code, 404);
    set_memberships("hanh.mau", (struct opt_i64){ 0 });
    CHECK(says(get(&site, "/cases?show=mine", hanh()), ref.at));
}

int main(int argc, char **argv)
{
    int bad;

    site_open(&site);
    if (process_pin(1) != OK)       /* whose states these cases go through; law_test.c walks the newer version */
        return 1;
    bad = test_run_all(argc > 1 ? argv[1] : NULL);
    site_close(&site);
    return bad;
}
