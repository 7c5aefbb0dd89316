/* What two counsellors do with reports: hand over, set aside, close, merge and separate, page by page through the engine. */
#include <site.h>
#include <test.h>

#include "../conversation.h"
#include "../desk.h"

#include "people.sql.h"
#include "tables.sql.h"

static struct site site;

static struct visitor *hanh(void)
{
    return as(&site, "hanh.mau");
}

static struct visitor *minh(void)
{
    return as(&site, "minh.mau");
}

/* A report of a fresh child, named by one word of its story. */
struct told { struct str code; struct id id; const char *path; };

static struct told told(const char *fields)
{
    struct visitor child = { 0 };
    struct told t = { .code = tell(&site, fields, &child) };

    t.id = report_of(&site, t.code);
    t.path = path_of(&site, t.id, "").at;
    return t;
}

static const char *below(const struct told *t, const char *tail)
{
    return path_of(&site, t->id, tail).at;
}

static struct cases_row row_of(const struct told *t)
{
    struct cases_row row = { .id = t->id }, kept = { 0 };

    if (row_get(&site.in.ledger, &table_cases, &row) == OK) {
        kept = row;
        kept.state = arena_copy(&site.kept, row.state);
        kept.ref = arena_copy(&site.kept, row.ref);
    }
    instance_step(&site.in);
    return kept;
}

static bool state_is(const struct told *t, const char *state)
{
    return str_is(row_of(t).state, state);
}

static struct id user_of(const char *login)
{
    struct users_row user;
    struct id id = id_zero();

    if (sql_user_of_login(&site.in.ledger, (struct sql_user_of_login){ .login = str_c(login) }, &user) == OK)
        id = user.id;
    instance_step(&site.in);
    return id;
}

static bool held_by(const struct told *t, const char *login)
{
    struct cases_row row = row_of(t);

    return row.assignee.has && id_eq(row.assignee.v, user_of(login));
}

static bool claim(const struct told *t, struct visitor *who)
{
    return leads_to(post(&site, below(t, "/claim"), "", who), t->path);
}

static bool act(const struct told *t, const char *tail, const char *fields, struct visitor *who)
{
    return leads_to(post(&site, below(t, tail), fields, who), t->path);
}

static struct visitor back_with(struct str code)
{
    struct visitor child = { 0 };

    CHECK(leads_to(post(&site, "/talk", arena_f(&site.kept, "code=%.*s", (int)code.n, code.at).at, &child), "/talk"));
    (void)get(&site, "/talk", &child);
    return child;
}

static bool child_says(struct str code, const char *text)
{
    struct visitor child = back_with(code);

    return leads_to(post(&site, "/talk/messages", arena_f(&site.kept, "text=%s", text).at, &child), "/talk");
}

static bool child_sees(struct str code, const char *text)
{
    struct visitor child = back_with(code);

    return says(get(&site, "/talk", &child), text);
}

static bool staff_see(const struct told *t, const char *text)
{
    return says(get(&site, t->path, hanh()), text);
}

static const char *with_user(const char *login, const char *words)
{
    char id[ID_TEXT + 1];

    id_text(user_of(login), id);
    return arena_f(&site.kept, "reason=%s&words=%s", id, words).at;
}

static void ladder_at(i64 now)
{
    CHECK(ladder_run(&site.in.ledger, &site.in.app, now) == OK);
    instance_step(&site.in);
}

/* The whole log and every row of it still agree. */
static bool log_whole(void)
{
    struct audit found = { 0 };
    status s = audit_verify(&site.in.ledger, tables, &found);

    if (s != OK)
        printf("# audit: %.*s\n", (int)found.bad.n, found.bad.at ? found.bad.at : "");
    instance_step(&site.in);
    return s == OK;
}

/* -- hand over ------------------------------------------------------------------------------------------------------------------- */

TEST(a_report_is_handed_to_a_colleague_with_a_reason)
{
    struct told t = told("story=giao-ca");
    struct answer a;

    CHECK(claim(&t, hanh()));
    a = get(&site, below(&t, "/hand-over"), hanh());
    CHECK(a.code == 200 && says(a, "Minh (mẫu)") && !says(a, "Hạnh (mẫu)</option>"));
    CHECK(!says(a, "Nga (mẫu)") && !says(a, "Lan (mẫu)"));
    a = post(&site, below(&t, "/hand-over"), "words=het+ca", hanh());
    CHECK(a.code == 422 && says(a, "aria-invalid") && says(a, "het ca"));
    a = post(&site, below(&t, "/hand-over"), with_user("minh.mau", "++"), hanh());
    CHECK(a.code == 422 && held_by(&t, "hanh.mau"));
    CHECK(act(&t, "/hand-over", with_user("minh.mau", "het+ca"), hanh()));
    CHECK(held_by(&t, "minh.mau") && state_is(&t, "claimed"));
    CHECK(leads_to(post(&site, below(&t, "/reply"), "text=khong-con", hanh()), below(&t, "/note")));
    CHECK(act(&t, "/reply", "text=chao-em-minh-day", minh()));
    CHECK(child_sees(t.code, "chao-em-minh-day"));
}

TEST(nobody_hands_over_what_another_holds_but_a_supervisor)
{
    struct told t = told("story=cua-nguoi-khac");

    CHECK(claim(&t, minh()));
    CHECK(act(&t, "/hand-over", with_user("hanh.mau", "thu"), hanh()) && held_by(&t, "minh.mau"));
    CHECK(act(&t, "/hand-over", with_user("hanh.mau", "nho"), minh()) && held_by(&t, "hanh.mau"));
    CHECK(act(&t, "/hand-over", with_user("minh.mau", "vang"), minh()) && held_by(&t, "minh.mau"));
}

TEST(a_report_goes_to_no_one_outside_its_unit)
{
    struct told t = told("story=ngoai-don-vi");
    struct answer a;

    CHECK(claim(&t, hanh()));
    CHECK(act(&t, "/hand-over", with_user("lan.mau", "x"), hanh()) && held_by(&t, "hanh.mau"));
    CHECK(act(&t, "/hand-over", with_user("nga.mau", "x"), hanh()) && held_by(&t, "hanh.mau"));
    a = post(&site, below(&t, "/hand-over"), with_user("minh.mau", "x"), as(&site, "lan.mau"));
    CHECK(a.code == 404);
}

/* -- a prank ------------------------------------------------------------------------------------------------------------------------- */

TEST(a_prank_leaves_the_queue_and_comes_back_when_the_child_writes)
{
    struct told t = told("story=dua-thoi&danger=soon&province=01&commune=99901");
    struct answer a;

    a = post(&site, below(&t, "/prank"), "words=thu", hanh());
    CHECK(a.code == 422 && state_is(&t, "new"));
    a = post(&site, below(&t, "/prank"), "reason=joke&words=", hanh());
    CHECK(a.code == 422 && state_is(&t, "new"));
    CHECK(act(&t, "/prank", "reason=joke&words=viet+linh+tinh", hanh()));
    CHECK(state_is(&t, "prank") && row_of(&t).urgency == 0 && !row_of(&t).assignee.has);
    CHECK(!says(get(&site, "/desk?show=unclaimed", hanh()), row_of(&t).ref.at));
    CHECK(says(get(&site, "/desk?show=prank", hanh()), row_of(&t).ref.at));
    ladder_at(site.now + 30 * DAY_MS);
    CHECK(get(&site, t.path, as(&site, "lan.mau")).code == 404);
    CHECK(child_sees(t.code, "dua-thoi"));
    CHECK(child_says(t.code, "em-xin-loi-chuyen-that"));
    CHECK(state_is(&t, "new") && row_of(&t).urgency == 0);
    CHECK(says(get(&site, "/desk?show=unclaimed", hanh()), row_of(&t).ref.at));
    CHECK(staff_see(&t, "em-xin-loi-chuyen-that") && staff_see(&t, "Đùa, thử"));
    CHECK(act(&t, "/unprank", "words=chuyen+that", minh()));
    CHECK(state_is(&t, "new") && row_of(&t).urgency == 3 && !staff_see(&t, "Đùa, thử"));
    ladder_at(site.now + 30 * DAY_MS);
    CHECK(get(&site, t.path, as(&site, "lan.mau")).code == 200);
}

TEST(what_a_colleague_holds_is_not_set_aside_behind_their_back)
{
    struct told t = told("story=dang-giu");

    CHECK(claim(&t, minh()));
    CHECK(act(&t, "/prank", "reason=spam&words=x", hanh()) && held_by(&t, "minh.mau"));
    CHECK(act(&t, "/prank", "reason=spam&words=x", minh()) && state_is(&t, "prank"));
    CHECK(act(&t, "/prank", "reason=spam&words=x", minh()) && state_is(&t, "prank"));
    CHECK(act(&t, "/claim", "", minh()) && state_is(&t, "prank"));
    CHECK(act(&t, "/unprank", "words=x", hanh()) && state_is(&t, "new"));
}

/* -- closed ----------------------------------------------------------------------------------------------------------------------------- */

TEST(a_closed_report_shows_it_to_the_child_and_opens_when_it_writes)
{
    struct told t = told("story=dong-lai");
    struct visitor child;

    CHECK(act(&t, "/close", "reason=helped", hanh()) && state_is(&t, "new"));
    CHECK(claim(&t, hanh()) && act(&t, "/reply", "text=tam-biet-em", hanh()));
    CHECK(post(&site, below(&t, "/close"), "words=xong", hanh()).code == 422);
    CHECK(act(&t, "/close", "reason=helped", hanh()) && state_is(&t, "closed"));
    child = back_with(t.code);
    CHECK(says(get(&site, "/talk", &child), "tam-biet-em"));
    CHECK(leads_to(post(&site, below(&t, "/reply"), "text=sau-khi-dong", hanh()), below(&t, "/note")));
    CHECK(child_says(t.code, "em-can-them") && state_is(&t, "claimed") && held_by(&t, "hanh.mau"));
    CHECK(act(&t, "/close", "reason=wish&words=em+noi", minh()) && state_is(&t, "closed"));
    CHECK(act(&t, "/reopen", "words=nham", hanh()) && state_is(&t, "answered") && held_by(&t, "hanh.mau"));
}

/* -- ready-made answers ------------------------------------------------------------------------------------------------------------------- */

TEST(a_ready_made_answer_goes_behind_what_was_typed)
{
    struct told t = told("story=cau-mau&harm=scam");
    struct answer a;

    CHECK(claim(&t, hanh()));
    a = get(&site, t.path, hanh());
    CHECK(says(a, "value=\"account\"") && says(a, "value=\"no-pay\""));
    CHECK(str_starts(between(a, "Chọn câu mẫu</option>", "</select>"), STR("<option value=\"no-pay\"")));
    a = get(&site, below(&t, "/reply?answer=no-pay"), hanh());
    CHECK(str_find(between(a, "<textarea", "</textarea>"), STR("Em đừng chuyển tiền")) < between(a, "<textarea", "</textarea>").n);
    a = post(&site, below(&t, "/insert"), "text=chao-em-da-go&answer=no-pay", hanh());
    CHECK(a.code == 303 && str_ends(a.location, STR("/reply?answer=no-pay#write")));
    a = get(&site, below(&t, "/reply?answer=no-pay"), hanh());
    CHECK(str_find(between(a, "<textarea", "</textarea>"), STR("chao-em-da-go")) < between(a, "<textarea", "</textarea>").n);
    CHECK(str_find(between(a, "<textarea", "</textarea>"), STR("Em đừng chuyển tiền")) < between(a, "<textarea", "</textarea>").n);
    CHECK(says(get(&site, below(&t, "/reply?answer=no-pay&lang=en"), hanh()), "Please do not pay"));
    CHECK(!says(get(&site, below(&t, "/reply?answer=<script>"), hanh()), "<script>alert"));
    CHECK(!child_sees(t.code, "chao-em-da-go"));
}

/* -- presence -------------------------------------------------------------------------------------------------------------------------------- */

TEST(a_colleague_who_has_the_report_open_is_named_and_a_child_never)
{
    struct told t = told("story=ai-dang-mo");
    struct answer a;

    CHECK(!says(get(&site, t.path, hanh()), "cũng đang mở"));
    a = get(&site, t.path, minh());
    CHECK(says(a, "Hạnh (mẫu) cũng đang mở"));
    (void)back_with(t.code);
    a = get(&site, below(&t, "/presence"), hanh());
    CHECK(a.code == 200 && says(a, "Minh (mẫu) cũng đang mở") && says(a, "\"waiting\":"));
    CHECK(get(&site, below(&t, "/presence"), as(&site, "lan.mau")).code == 404);
    site.now += 6 * MINUTE_MS;
    CHECK(!says(get(&site, below(&t, "/presence"), hanh()), "cũng đang mở"));
    CHECK(says(get(&site, "/desk/news", hanh()), "\"open_by\":\"\""));
}

TEST(a_script_that_asks_does_not_keep_a_session_from_ending)
{
    struct visitor *who = hanh();

    CHECK(get(&site, "/desk", who).code == 200);
    for (int i = 0; i < 4; i++) {
        site.now += 9 * MINUTE_MS;
        if (i < 3)
            CHECK(get(&site, "/desk/news", who).code == 200);
    }
    CHECK(get(&site, "/desk", who).code == 303);
    (void)hanh();
}

/* -- two reports of one child ------------------------------------------------------------------------------------------------------------------ */

static bool merge(const struct told *main, const struct told *other, struct visitor *who)
{
    return act(main, "/merge", arena_f(&site.kept, "ref=%s&words=tre+noi+mat+ma", row_of(other).ref.at).at, who);
}

static bool merged(const struct told *t)
{
    return state_is(t, "merged");
}

TEST(two_reports_of_one_child_become_one_conversation)
{
    struct told a = told("story=lan-dau"), b = told("story=mat-ma-ke-lai");
    struct answer page;

    CHECK(claim(&a, hanh()) && act(&a, "/reply", "text=tra-loi-truoc", hanh()));
    page = get(&site, below(&a, arena_f(&site.kept, "/merge?ref=%s", row_of(&b).ref.at + 3).at), hanh());
    CHECK(page.code == 200 && says(page, "lan-dau") && says(page, "mat-ma-ke-lai"));
    CHECK(post(&site, below(&a, "/merge"), arena_f(&site.kept, "ref=%s", row_of(&b).ref.at).at, hanh()).code == 422);
    CHECK(merge(&a, &b, hanh()) && merged(&b) && state_is(&a, "claimed") && row_of(&a).waiting == 1);
    CHECK(staff_see(&a, row_of(&b).ref.at) && staff_see(&b, "Lời kể này đã gộp vào"));
    CHECK(!says(get(&site, "/desk?show=all", hanh()), row_of(&b).ref.at));

    CHECK(child_says(a.code, "viet-bang-ma-mot") && child_says(b.code, "viet-bang-ma-hai"));
    CHECK(row_of(&a).waiting == 3 && row_of(&b).waiting == 0);
    CHECK(act(&a, "/reply", "text=tra-loi-ca-hai", hanh()));
    CHECK(staff_see(&a, "viet-bang-ma-mot") && staff_see(&a, "viet-bang-ma-hai"));
    CHECK(child_sees(a.code, "viet-bang-ma-hai") && child_sees(b.code, "viet-bang-ma-mot"));
    CHECK(child_sees(a.code, "tra-loi-ca-hai") && child_sees(b.code, "tra-loi-ca-hai"));
    CHECK(child_sees(a.code, "lan-dau") && !child_sees(a.code, "mat-ma-ke-lai"));
    CHECK(child_sees(b.code, "mat-ma-ke-lai") && !child_sees(b.code, "lan-dau") && !child_sees(b.code, "tra-loi-truoc"));
    CHECK(log_whole());
}

static struct str renewed(struct str code)
{
    struct visitor child = back_with(code);
    struct answer page;
    struct str shown;
    struct out o = { .max = 64 };

    CHECK(leads_to(post(&site, "/talk", "do=new-code", &child), "/speak/code"));
    page = get(&site, "/speak/code", &child);
    shown = between(page, "id=access-code", "</output>");
    for (size_t i = 0, tag = 1; i < shown.n; i++) {
        tag = shown.at[i] == '<' ? 1 : shown.at[i] == '>' ? 0 : tag;
        if (!tag && shown.at[i] != '>' && shown.at[i] != '-')
            out_char(&o, shown.at[i]);
    }
    shown = arena_copy(&site.kept, out_done(&o));
    out_free(&o);
    return shown;
}

TEST(both_codes_can_be_renewed_after_a_merge)
{
    struct told a = told("story=ma-cu-mot"), b = told("story=ma-cu-hai");
    struct str code_a, code_b;
    struct visitor thief;

    CHECK(claim(&a, hanh()) && merge(&a, &b, hanh()));
    CHECK(child_says(b.code, "truoc-khi-doi"));
    code_b = renewed(b.code);
    code_a = renewed(a.code);
    CHECK(code_b.n == CODE_CHARS && code_a.n == CODE_CHARS);
    thief = back_with(b.code);
    CHECK(!says(get(&site, "/talk", &thief), "ma-cu-hai") && !says(get(&site, "/talk", &thief), "truoc-khi-doi"));
    CHECK(child_sees(code_b, "ma-cu-hai") && child_sees(code_b, "truoc-khi-doi"));
    CHECK(child_sees(code_a, "ma-cu-mot") && child_sees(code_a, "truoc-khi-doi"));
    CHECK(child_says(code_b, "bang-ma-moi") && child_sees(code_a, "bang-ma-moi") && staff_see(&a, "bang-ma-moi"));
    CHECK(act(&b, "/unmerge", "words=hai+em", hanh()));
    CHECK(child_sees(code_b, "bang-ma-moi") && !child_sees(code_a, "bang-ma-moi"));
    CHECK(log_whole());
}

static struct answer send_files(struct str code)
{
    struct visitor child = back_with(code);
    const char *body = arena_f(&site.kept,
        "--" BOUNDARY "\r\nContent-Disposition: form-data; name=\"csrf\"\r\n\r\n%s\r\n--" BOUNDARY "\r\n"
        "Content-Disposition: form-data; name=\"text\"\r\n\r\nkem-tep\r\n--" BOUNDARY "\r\n"
        "Content-Disposition: form-data; name=\"files\"; filename=\"a.txt\"\r\nContent-Type: text/plain\r\n\r\nmot\r\n--" BOUNDARY "\r\n"
        "Content-Disposition: form-data; name=\"files_private\"; filename=\"b.txt\"\r\nContent-Type: text/plain\r\n\r\nhai\r\n--"
        BOUNDARY "--\r\n", child.csrf).at;

    return post(&site, "/talk/messages", body, &child);
}

TEST(files_sent_after_a_merge_stay_with_the_report_whose_code_sent_them)
{
    struct told a = told("story=tep-mot"), b = told("story=tep-hai&province=01");
    struct answer page;

    CHECK(claim(&a, hanh()) && merge(&a, &b, hanh()));
    CHECK(send_files(b.code).code == 303);
    CHECK(row_of(&a).files == 2 && row_of(&a).waiting == 4);
    page = get(&site, below(&b, "/summary"), hanh());
    CHECK(says(page, "Tệp chữ") && says(page, "Niêm phong"));
    CHECK(!says(get(&site, below(&a, "/summary"), hanh()), "Niêm phong"));
    CHECK(get(&site, below(&b, "/summary"), as(&site, "tuan.mau")).code == 200);
    CHECK(get(&site, below(&a, "/summary"), as(&site, "tuan.mau")).code == 404);
    CHECK(child_sees(b.code, "kem-tep") && child_sees(a.code, "kem-tep"));
}

TEST(separated_again_each_has_its_own_words_and_the_answers)
{
    struct told a = told("story=em-mot"), b = told("story=em-hai");

    CHECK(claim(&a, hanh()) && merge(&a, &b, hanh()));
    CHECK(child_says(a.code, "chung-cua-mot") && child_says(b.code, "chung-cua-hai"));
    CHECK(act(&a, "/reply", "text=loi-dap-chung", hanh()));
    CHECK(child_says(b.code, "chua-ai-dap"));
    CHECK(post(&site, below(&b, "/unmerge"), "words=", hanh()).code == 422 && merged(&b));
    CHECK(act(&b, "/unmerge", "words=hai+em+khac+nhau", hanh()));
    CHECK(state_is(&b, "claimed") && held_by(&b, "hanh.mau") && row_of(&b).waiting == 1);
    CHECK(state_is(&a, "answered") && row_of(&a).waiting == 0);

    CHECK(child_sees(a.code, "em-mot") && child_sees(a.code, "chung-cua-mot") && child_sees(a.code, "loi-dap-chung"));
    CHECK(!child_sees(a.code, "chung-cua-hai") && !child_sees(a.code, "chua-ai-dap"));
    CHECK(child_sees(b.code, "em-hai") && child_sees(b.code, "chung-cua-hai") && child_sees(b.code, "loi-dap-chung"));
    CHECK(child_sees(b.code, "chua-ai-dap") && !child_sees(b.code, "chung-cua-mot"));
    CHECK(staff_see(&a, "chung-cua-mot") && !staff_see(&a, "chung-cua-hai"));
    CHECK(staff_see(&b, "chung-cua-hai") && !staff_see(&b, "chung-cua-mot"));

    CHECK(child_says(b.code, "rieng-sau-do") && staff_see(&b, "rieng-sau-do") && !staff_see(&a, "rieng-sau-do"));
    CHECK(child_says(a.code, "mot-viet-tiep") && !child_sees(b.code, "mot-viet-tiep"));
    CHECK(act(&b, "/reply", "text=dap-rieng", hanh()) && child_sees(b.code, "dap-rieng") && !child_sees(a.code, "dap-rieng"));
    CHECK(merge(&a, &b, hanh()) && merged(&b));
    CHECK(child_says(b.code, "lai-chung") && child_sees(a.code, "lai-chung") && !child_sees(a.code, "dap-rieng"));
    CHECK(log_whole());
}

TEST(of_three_merged_reports_one_leaves_and_two_stay)
{
    struct told a = told("story=ba-mot"), b = told("story=ba-hai"), d = told("story=ba-ba");

    CHECK(claim(&a, hanh()) && merge(&a, &b, hanh()));
    CHECK(child_says(b.code, "luc-hai-nguoi"));
    CHECK(merge(&a, &d, hanh()));
    CHECK(child_says(d.code, "cua-ma-ba") && child_sees(a.code, "cua-ma-ba") && child_sees(b.code, "cua-ma-ba"));
    CHECK(!child_sees(d.code, "luc-hai-nguoi") && child_sees(b.code, "luc-hai-nguoi"));
    CHECK(act(&b, "/unmerge", "words=nham", hanh()) && !merged(&b) && merged(&d));
    CHECK(child_sees(b.code, "luc-hai-nguoi") && !child_sees(b.code, "cua-ma-ba"));
    CHECK(child_says(d.code, "van-con-chung") && child_sees(a.code, "van-con-chung") && !child_sees(b.code, "van-con-chung"));
    CHECK(child_sees(a.code, "cua-ma-ba") && child_sees(d.code, "cua-ma-ba") && !child_sees(a.code, "luc-hai-nguoi"));
    CHECK(act(&d, "/unmerge", "words=nham", hanh()) && !merged(&d));
    CHECK(child_sees(d.code, "van-con-chung") && !child_sees(a.code, "van-con-chung"));
    CHECK(child_says(a.code, "mot-minh") && !child_sees(d.code, "mot-minh") && !child_sees(b.code, "mot-minh"));
    CHECK(log_whole());
}

TEST(only_reports_that_fit_are_merged)
{
    struct told a = told("story=khop-mot"), held = told("story=khop-hai"), prank = told("story=khop-ba"), b = told("story=khop-bon");
    struct answer page;

    CHECK(claim(&a, hanh()) && claim(&held, minh()));
    CHECK(act(&prank, "/prank", "reason=joke&words=x", hanh()));
    CHECK(post(&site, below(&a, "/merge"), arena_f(&site.kept, "ref=%s&words=x", row_of(&held).ref.at).at, hanh()).code == 422);
    CHECK(post(&site, below(&a, "/merge"), arena_f(&site.kept, "ref=%s&words=x", row_of(&prank).ref.at).at, hanh()).code == 422);
    CHECK(post(&site, below(&a, "/merge"), arena_f(&site.kept, "ref=%s&words=x", row_of(&a).ref.at).at, hanh()).code == 422);
    page = post(&site, below(&a, "/merge"), "ref=PA-00000&words=giu-lai-cau-nay", hanh());
    CHECK(page.code == 422 && says(page, "PA-00000"));
    CHECK(merge(&a, &b, hanh()) && merged(&b));
    CHECK(act(&a, "/prank", "reason=joke&words=x", hanh()) && state_is(&a, "claimed"));
    CHECK(get(&site, below(&b, "/reply"), hanh()).code == 200);
    CHECK(leads_to(post(&site, below(&b, "/reply"), "text=khong-toi", hanh()), below(&b, "/note")));
}

/* The ladder of the first would bring it to the commune, which the second left out. */
TEST(V8_nobody_gets_a_grant_whom_either_of_two_merged_reports_left_out)
{
    struct told a = told("story=khong-ngai&danger=now&province=01&commune=99901");
    struct told b = told("story=ngai-xa&danger=now&province=01&commune=99901&exclude=commune");
    struct members_rows members;
    struct compartments_rows comps;
    size_t common = 0;

    CHECK(claim(&a, hanh()) && merge(&a, &b, hanh()));
    CHECK(child_says(b.code, "loi-cua-b") && act(&a, "/note", "text=ghi-chu-chung", hanh()));
    CHECK(says(get(&site, below(&a, "/summary"), hanh()), "Xã, phường"));
    CHECK(act(&a, "/release", "", hanh()) && state_is(&a, "new"));
    ladder_at(site.now + 30 * DAY_MS);
    CHECK(get(&site, a.path, as(&site, "lan.mau")).code == 404);

    CHECK(sql_members_of_user(&site.in.ledger, (struct sql_members_of_user){ .user = user_of("lan.mau"), .now = site.now }, &members) == OK);
    REQUIRE(members.n == 1);
    CHECK(sql_compartments_of(&site.in.ledger, (struct sql_compartments_of){ .case_id = a.id }, &comps) == OK);
    for (size_t i = 0; i < comps.n; i++) {
        struct grants_rows grants;
        struct dormant_grants_rows dormant;

        if (comps.at[i].no == 1)
            continue;
        common++;
        CHECK(sql_grants_live(&site.in.ledger, (struct sql_grants_live){ .comp = comps.at[i].id, .now = site.now }, &grants) == OK);
        CHECK(sql_dormant_of_comp(&site.in.ledger, (struct sql_dormant_of_comp){ .comp = comps.at[i].id }, &dormant) == OK);
        CHECK(grants.n > 0);
        for (size_t k = 0; k < grants.n; k++)
            CHECK(!id_eq(grants.at[k].unit.v, members.at[0].unit));
        for (size_t k = 0; k < dormant.n; k++)
            CHECK(!id_eq(dormant.at[k].unit, members.at[0].unit));
    }
    CHECK(common == 2);
    instance_step(&site.in);

    CHECK(claim(&a, hanh()) && act(&b, "/unmerge", "words=x", hanh()) && act(&a, "/release", "", hanh()));
    ladder_at(site.now + 30 * DAY_MS);
    CHECK(says(get(&site, a.path, as(&site, "lan.mau")), "khong-ngai"));
    CHECK(!says(get(&site, a.path, as(&site, "lan.mau")), "loi-cua-b"));
    CHECK(!says(get(&site, a.path, as(&site, "lan.mau")), "ghi-chu-chung"));
    CHECK(get(&site, b.path, as(&site, "lan.mau")).code == 404);
}

static status write_words(struct ctx *c, const struct told *t, struct comps *comps)
{
    struct files_new none = { 0 };
    struct str text = STR("cham-mot-nhip");

    return child_write(c, &(struct child_message){ .report = t->id, .comps = comps, .texts = { &text, 1 }, .files = &none });
}

static status renew(struct ctx *c, const struct told *t, struct comps *comps)
{
    return code_renew(c, t->id, comps, SECRET(c->ledger->secrets, struct report_made));
}

/* The child opened its compartments, staff merged or separated, then the child's words arrive, or it takes a new code. */
typedef status child_act(struct ctx *c, const struct told *t, struct comps *comps);
static status do_after(const struct told *t, bool (*meanwhile)(void), child_act *what)
{
    struct report_made *found = SECRET(site.in.secrets, struct report_made);
    struct comps comps;
    struct ctx c;
    struct arena kept = arena_make(1 << 20);
    struct comp_open copies[16];
    status s;

    instance_ctx(&site.in, &c, site.now);
    c.arena = &kept;
    CHECK(report_of_code(&c, t->code, found) == OK);
    CHECK(comps_of_reporter(&c, t->id, found->reporter, &comps) == OK);
    CHECK(comps.n <= COUNT_OF(copies));
    memcpy(copies, comps.at, (comps.n < COUNT_OF(copies) ? comps.n : COUNT_OF(copies)) * sizeof *copies);
    comps.at = copies;
    for (size_t i = 0; i < comps.n; i++)
        comps.at[i].letter = arena_copy(&kept, comps.at[i].letter);
    CHECK(meanwhile());
    s = what(&c, t, &comps);
    act_abort(&site.in.ledger);
    instance_step(&site.in);
    arena_free(&kept);
    return s;
}

static struct told race_a, race_b;

static bool merge_race(void)
{
    return merge(&race_a, &race_b, hanh());
}

static bool part_race(void)
{
    return act(&race_b, "/unmerge", "words=x", hanh());
}

TEST(words_that_cross_a_merge_or_a_separation_are_not_lost)
{
    race_a = told("story=cheo-mot");
    race_b = told("story=cheo-hai");
    CHECK(claim(&race_a, hanh()));
    CHECK(do_after(&race_b, merge_race, write_words) == CONFLICT);
    CHECK(merged(&race_b));
    CHECK(!staff_see(&race_a, "cham-mot-nhip"));
    CHECK(do_after(&race_a, part_race, write_words) == CONFLICT && !merged(&race_b));
    CHECK(!child_sees(race_a.code, "cham-mot-nhip"));
    CHECK(child_says(race_a.code, "lan-nua") && staff_see(&race_a, "lan-nua"));
}

TEST(a_new_code_that_crosses_a_merge_or_a_separation_is_taken_again_and_opens_the_conversation)
{
    race_a = told("story=ma-moi-mot");
    race_b = told("story=ma-moi-hai");
    CHECK(claim(&race_a, hanh()));
    CHECK(do_after(&race_a, merge_race, renew) == CONFLICT && merged(&race_b));
    CHECK(child_says(race_a.code, "van-nghe") && staff_see(&race_a, "van-nghe"));
    CHECK(do_after(&race_b, part_race, renew) == CONFLICT && !merged(&race_b));
    CHECK(child_says(race_b.code, "van-noi") && staff_see(&race_b, "van-noi"));
}

/* 56 reports of one shape for one person: waiting ones, the last five answered. */
static void many_own(const struct told *first, const char *login)
{
    struct cases_row row = { .id = first->id };
    struct ledger *l = &site.in.ledger;
    struct id user = user_of(login);

    REQUIRE(row_get(l, &table_cases, &row) == OK);
    REQUIRE(act_begin(l, (struct act_info){ .act = "report.new", .now = site.now }) == OK);
    row.assignee = (struct opt_id){ true, user };
    for (int i = 0; i < 56; i++) {
        row.id = id_random();
        row.ref = arena_f(&site.kept, "PA-T%04d", i);
        row.due += MINUTE_MS;
        row.state = i < 51 ? STR("claimed") : STR("answered");
        REQUIRE(row_insert(l, &table_cases, &row) == OK);
    }
    REQUIRE(act_commit(l) == OK);
    instance_step(&site.in);
}

TEST(own_reports_behind_the_fiftieth_are_on_the_next_page_and_counted)
{
    struct told t = told("story=nhieu-viec&danger=no&harm=bullying");
    struct answer a;
    struct str due, after;
    char id[ID_TEXT + 1];

    many_own(&t, "lan.mau");
    a = get(&site, "/desk?show=mine", as(&site, "lan.mau"));
    CHECK(says(a, "56 lời kể") && says(a, "50 trong 56") && says(a, "PA-T0049") && !says(a, "PA-T0050") && !says(a, "PA-T0051"));
    CHECK(says(get(&site, "/desk", as(&site, "lan.mau")), "show=mine&amp;u="));
    due = between(a, "&amp;d=", "&amp;");
    after = between(a, "&amp;after=", "\"");
    REQUIRE(due.n > 0 && after.n == ID_TEXT);
    snprintf(id, sizeof id, "%.*s", (int)after.n, after.at);
    a = get(&site, arena_f(&site.kept, "/desk?show=mine&u=%lld&d=%.*s&after=%s", (long long)row_of(&t).urgency, (int)due.n, due.at, id).at,
            as(&site, "lan.mau"));
    CHECK(says(a, "PA-T0050") && says(a, "PA-T0055") && !says(a, "PA-T0049") && says(a, "6 trong 56"));
}

int main(int argc, char **argv)
{
    int bad;

    site_open(&site);
    bad = test_run_all(argc > 1 ? argv[1] : NULL);
    site_close(&site);
    return bad;
}
