/* The console's road for whom nobody can help by a page: who is refused and sent where, what ends, who confirms, who hears of it. */
#include "../admin.h"
#include "../anew.h"
#include "person.h"

#include "people.sql.h"
#include "tables.sql.h"

static struct users_row user_of(const char *login)
{
    struct users_row user = { 0 };

    CHECK(sql_user_of_login(&site.in.ledger, (struct sql_user_of_login){ .login = str_c(login) }, &user) == OK);
    user.state = arena_copy(&site.kept, user.state);
    user.login = user.name = STR_NULL;
    user.xpk = user.xpk.n ? arena_copy(&site.kept, user.xpk) : STR_NULL;
    instance_step(&site.in);
    return user;
}

/* -- the console -------------------------------------------------------------------------------------------------------------------- */

struct tried { status s; enum console_bar bar; bool anew, waits, holds; struct str link, who; };

static struct tried invite_as(const char *login, bool lost_too)
{
    struct console_link w = { .lost_too = lost_too };
    struct users_row user = { 0 };
    struct tried t = { .who = STR("") };
    struct ctx c;

    CHECK(sql_user_of_login(&site.in.ledger, (struct sql_user_of_login){ .login = str_c(login) }, &user) == OK);
    instance_ctx(&site.in, &c, site.now);
    t.s = console_invite(&c, &user, &w);
    t.bar = w.bar;
    t.anew = w.anew;
    t.waits = w.waits;
    t.holds = w.holds;
    t.link = w.link.n ? arena_copy(&site.kept, w.link) : STR("");
    for (size_t i = 0; i < w.who.n; i++)
        t.who = arena_f(&site.kept, "%.*s%s%.*s", (int)t.who.n, t.who.at, i ? " " : "", (int)w.who.at[i].login.n, w.who.at[i].login.at);
    instance_step(&site.in);
    return t;
}

static struct tried invite(const char *login) { return invite_as(login, false); }

/* Nothing was done. */
static bool barred(struct tried t, const char *login, enum console_bar bar, const char *who)
{
    return t.s == DENIED && t.bar == bar && str_is(t.who, who) && t.link.n == 0 && str_is(user_of(login).state, "active") &&
           user_of(login).xpk.n == KEY_BYTES;
}

/* -- people --------------------------------------------------------------------------------------------------------------------------- */

/* The newest role of the person that waits: what a coordinator sees of it, and does with it. */
static int confirm_role(const char *login, struct visitor *by)
{
    struct id proposal = id_zero(), object = user_of(login).id;
    struct proposals_rows rows = { 0 };
    const char *path;
    struct answer a;

    (void)!sql_proposals_about(&site.in.ledger, (struct sql_proposals_about){ .object = object }, &rows);
    for (size_t i = rows.n; i-- > 0;)
        if (str_is(rows.at[i].kind, "role") && str_is(rows.at[i].outcome, "waiting"))
            proposal = rows.at[i].id;
    instance_step(&site.in);
    if (id_is_zero(proposal))
        return 0;
    path = F("/admin/confirm/%s", text_of_id(proposal));
    a = get(&site, path, by);
    return a.code != 200 ? a.code : post(&site, path, F("do=confirm&seen=%.*s", 32, between(a, "name=seen value=\"", "\"").at), by).code;
}

/* -- tests ------------------------------------------------------------------------------------------------------------------------------ */

TEST(whom_a_colleague_can_help_the_console_does_not)
{
    CHECK(get(&site, "/account", as(&site, "nga.mau")).code == 200);
    CHECK(barred(invite("hanh.mau"), "hanh.mau", CONSOLE_HELPED, "nga.mau"));
    CHECK(barred(invite("minh.mau"), "minh.mau", CONSOLE_HELPED, "nga.mau"));
    CHECK(get(&site, "/desk", as(&site, "hanh.mau")).code == 200);
    CHECK(!says(get(&site, "/account", as(&site, "hanh.mau")), "cấp lại tài khoản từ máy chủ"));
}

static struct person nga = { .login = "nga.mau" };

TEST(the_only_administrator_who_lost_two_of_three_gets_a_link_and_the_old_account_opens_nothing)
{
    struct visitor *old = as(&site, "nga.mau");
    struct str xpk = user_of("nga.mau").xpk;
    struct user_secrets_row secrets = { .user = user_of("nga.mau").id };
    struct tried t;

    t = invite("nga.mau");
    REQUIRE(t.s == OK && t.anew && t.waits && !t.holds && t.link.n == 43);
    CHECK(leads_to(get(&site, "/account", old), "/sign-in"));
    site.now += MINUTE_MS;
    CHECK(leads_to(get(&site, "/account", as(&site, "nga.mau")), "/sign-in"));         /* the old password and phone */
    CHECK_STR(user_of("nga.mau").state, STR("invited"));
    CHECK(row_get(&site.in.ledger, &table_user_secrets, &secrets) == NOT_FOUND);                  /* the printed code has nothing to open */
    instance_step(&site.in);
    REQUIRE(join(&nga, t.link));
    CHECK(user_of("nga.mau").xpk.n == KEY_BYTES && !str_eq(user_of("nga.mau").xpk, xpk));
    CHECK(get(&site, F("/welcome/%.*s", 43, t.link.at), &(struct visitor){ 0 }).code == 404);     /* once */
    CHECK(get(&site, "/admin/people", &nga.browser).code == 403);                                 /* waits for a second person */
}

TEST(everybody_of_the_organisation_and_who_watches_over_others_hears_of_it_for_a_week)
{
    i64 before = site.now;

    CHECK(says(get(&site, "/account", as(&site, "hanh.mau")), "(nga.mau) · Đường dây hỗ trợ (mẫu)"));
    CHECK(says(get(&site, "/account", as(&site, "vy.mau")), "(nga.mau)"));
    CHECK(says(get(&site, "/account", as(&site, "khoa.mau")), "(nga.mau)"));
    CHECK(!says(get(&site, "/account", as(&site, "lan.mau")), "(nga.mau)"));
    CHECK(says(get(&site, "/log?act=person.reset-console", as(&site, "khoa.mau")), "Người vận hành cấp lại tài khoản từ máy chủ"));
    CHECK(says(get(&site, "/log?what=nga.mau", as(&site, "khoa.mau")), "Người vận hành cấp lại tài khoản từ máy chủ"));
    site.now += 8 * (i64)DAY_MS;
    CHECK(!says(get(&site, "/account", as(&site, "hanh.mau")), "(nga.mau)"));
    site.now = before + DAY_MS;
}

TEST(while_the_administrator_waits_for_a_second_person_others_are_sent_there_first)
{
    CHECK(barred(invite("hanh.mau"), "hanh.mau", CONSOLE_LATER, "nga.mau"));
}

TEST(an_administrator_who_waits_can_be_given_the_link_again_and_the_role_still_waits)
{
    struct tried t = invite("nga.mau");

    REQUIRE(t.s == OK && t.anew && t.waits);
    CHECK(leads_to(get(&site, "/account", again(&nga)), "/sign-in"));
    REQUIRE(join(&nga, t.link));
    CHECK(get(&site, "/admin/people", &nga.browser).code == 403);
}

TEST(a_coordinator_confirms_with_the_check_number_and_the_administrator_administers_again)
{
    struct answer a = get(&site, "/admin/confirm", as(&site, "vy.mau"));

    CHECK(says(a, "Người vận hành máy chủ"));
    CHECK(confirm_role("nga.mau", as(&site, "vy.mau")) == 303);
    CHECK(get(&site, "/admin/people", &nga.browser).code == 200);
    a = get(&site, "/admin", &nga.browser);
    CHECK(says(a, "Tài khoản cấp lại từ máy chủ") && says(a, "Người vận hành máy chủ"));
    CHECK(post(&site, "/admin/people", "name=M%E1%BB%9Bi&login=moi.sau", &nga.browser).code == 303);
    CHECK_STR(user_of("moi.sau").state, STR("invited"));
    CHECK(barred(invite("hanh.mau"), "hanh.mau", CONSOLE_HELPED, "nga.mau"));
}

TEST(the_operator_gets_no_key_of_a_unit_by_it)
{
    struct member_keys_rows rows = { 0 };
    struct members_rows members = { 0 };
    struct id unit, vy = user_of("vy.mau").id;

    (void)!sql_members_of_user(&site.in.ledger, (struct sql_members_of_user){ .user = vy, .now = site.now }, &members);
    REQUIRE(members.n == 1);
    unit = members.at[0].unit;
    instance_step(&site.in);
    REQUIRE(invite("vy.mau").s == OK);          /* her organisation has no administrator at all */
    CHECK(sql_member_keys_of(&site.in.ledger, (struct sql_member_keys_of){ .unit = unit, .user = vy }, &rows) == OK && rows.n == 0);
    instance_step(&site.in);
}

/* vy.mau's role waits now, for minh.mau of another unit. */
TEST(the_last_who_can_confirm_is_not_given_anew_shut_or_relieved_by_a_page)
{
    struct id supervisor = user_of("minh.mau").id;
    const char *minh = text_of_id(supervisor);
    struct roles_rows roles = { 0 };
    i64 since;

    (void)!sql_roles_of_user(&site.in.ledger, (struct sql_roles_of_user){ .user = supervisor, .now = site.now }, &roles);
    REQUIRE(roles.n == 1);
    since = roles.at[0].since;
    instance_step(&site.in);
    CHECK(post(&site, F("/admin/people/%s/reset", minh), "", &nga.browser).code == 303);
    CHECK(says(get(&site, F("/admin/people/%s", minh), &nga.browser), "Không còn ai khác trong hệ thống xác nhận được"));
    CHECK(post(&site, F("/admin/people/%s/gone", minh), "", &nga.browser).code == 303);
    CHECK(post(&site, F("/admin/people/%s", minh), F("do=role-end&role=supervisor&began=%lld", (long long)since), &nga.browser).code == 303);
    CHECK_STR(user_of("minh.mau").state, STR("active"));
    CHECK(get(&site, "/admin/confirm", as(&site, "minh.mau")).code == 200);
}

static struct id report;

TEST(a_report_that_the_unit_holds)
{
    report = report_of(&site, tell(&site, "who=self&danger=no&harm=bullying&story=th%E1%BB%AD", &(struct visitor){ 0 }));
    CHECK(get(&site, path_of(&site, report, "").at, as(&site, "minh.mau")).code == 200);
}

static struct person minh = { .login = "minh.mau" };

TEST(whom_nobody_could_confirm_again_keeps_the_roles_and_confirms_what_was_proposed_before)
{
    struct tried t = invite("minh.mau");
    struct person vy = { .login = "vy.mau" };

    REQUIRE(t.s == OK && t.anew && t.holds && !t.waits);
    REQUIRE(join(&minh, t.link));
    CHECK(get(&site, "/admin/confirm", &minh.browser).code == 200);
    t = invite("vy.mau");                        /* no account yet: a further link, which ends the one before */
    REQUIRE(t.s == OK && !t.anew && t.waits && join(&vy, t.link));
    CHECK(get(&site, "/admin/confirm", &vy.browser).code == 403);
    CHECK(confirm_role("vy.mau", &minh.browser) == 303);
    CHECK(get(&site, "/admin/confirm", &vy.browser).code == 200);
    CHECK(get(&site, path_of(&site, report, "").at, &minh.browser).code == 404);                  /* nor a case */
}

static struct person second = { .login = "phu.hai" };

/* Two administrators, and both have lost: neither could be helped for the other's sake. */
TEST(who_is_said_to_have_lost_the_account_too_must_not_have_been_seen_for_a_day)
{
    struct answer a = post(&site, "/admin/people", "name=Ph%E1%BB%A5&login=phu.hai", again(&nga));
    struct tried t;

    REQUIRE(a.code == 303 && join(&second, between(get(&site, a.location.at, &nga.browser), "/welcome/", "<")));
    CHECK(post(&site, a.location.at, "do=role&role=org_admin", &nga.browser).code == 303);
    site.now += MINUTE_MS;
    CHECK(confirm_role("phu.hai", again(&minh)) == 303);
    CHECK(get(&site, "/admin/people", again(&second)).code == 200);
    CHECK(barred(invite("nga.mau"), "nga.mau", CONSOLE_HELPED, "phu.hai"));
    CHECK(barred(invite_as("nga.mau", true), "nga.mau", CONSOLE_SEEN, "phu.hai"));
    site.now += 25 * (i64)HOUR_MS;
    CHECK(barred(invite("nga.mau"), "nga.mau", CONSOLE_HELPED, "phu.hai"));
    CHECK(barred(invite_as("hanh.mau", true), "hanh.mau", CONSOLE_LATER, "nga.mau phu.hai"));
    t = invite_as("nga.mau", true);
    CHECK(t.s == OK && t.anew && t.waits);
}

TEST(who_has_left_gets_no_link)
{
    struct tried t;

    CHECK(post(&site, F("/admin/people/%s/gone", text_of_id(user_of("moi.sau").id)), "", again(&second)).code == 303);
    t = invite("moi.sau");
    CHECK(t.s == CONFLICT && t.link.n == 0);
    CHECK_STR(user_of("moi.sau").state, STR("left"));
}

TEST(the_whole_log_says_the_same_as_the_rows)
{
    struct audit found = { 0 };
    status s = audit_verify(&site.in.ledger, tables, &found);

    CHECK(s == OK);
    CHECK_STR(s == OK ? STR("") : found.bad, STR(""));
    instance_step(&site.in);
}

int main(int argc, char **argv)
{
    int bad;

    site_open(&site);
    bad = test_run_all(argc > 1 ? argv[1] : NULL);
    site_close(&site);
    return bad;
}
