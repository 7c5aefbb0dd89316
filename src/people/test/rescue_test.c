/* The recovery key through the engine: trustees, paper, a lost unit opened again after a day; what stops it, and who learns nothing. */
#include "../keys.h"
#include "../rescue.h"
#include "person.h"

#include "people.sql.h"
#include "tables.sql.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

static struct id user_of(const char *login)
{
    struct users_row user = { 0 };

    (void)!sql_user_of_login(&site.in.ledger, (struct sql_user_of_login){ .login = str_c(login) }, &user);
    instance_step(&site.in);
    return user.id;
}

static struct id hotline(void)
{
    struct users_row user = { .id = user_of("nga.mau") };

    (void)!row_get(&site.in.ledger, &table_users, &user);
    instance_step(&site.in);
    return user.org;
}

static struct visitor *nga(void) { return as(&site, "nga.mau"); }

/* -- what tests look at --------------------------------------------------------------------------------------------------------- */

struct seen { i64 uncovered, covered, shares, typed, present; struct str rpk; };
static struct seen look(void)
{
    struct ledger *l = &site.in.ledger;
    struct organisations_row org = { .id = hotline() };
    struct recovery_shares_rows shares = { 0 };
    struct unit_keys_rows keys = { 0 };
    struct recoveries_rows asked = { 0 };
    struct recovery_typed_rows typed = { 0 };
    struct rescue_key key = { 0 };
    struct seen s = { 0 };

    (void)!row_get(l, &table_organisations, &org);
    s.rpk = org.rpk.n ? arena_copy(&site.kept, org.rpk) : STR_NULL;
    s.present = rescue_key(l, org.id, &key) == OK ? key.row.no : 0;
    (void)!sql_recovery_shares_of(l, (struct sql_recovery_shares_of){ .org = org.id, .no = s.present }, &shares);
    (void)!sql_unit_keys_of_org(l, (struct sql_unit_keys_of_org){ .org = org.id }, &keys);
    (void)!sql_recoveries_of_org(l, (struct sql_recoveries_of_org){ .org = org.id }, &asked);
    if (asked.n)
        (void)!sql_recovery_typed_of(l, (struct sql_recovery_typed_of){ .recovery = asked.at[0].id }, &typed);
    for (size_t i = 0; i < keys.n; i++)
        *(keys.at[i].recovery.at ? &s.covered : &s.uncovered) += 1;
    s.shares = (i64)shares.n;
    s.typed = (i64)typed.n;
    instance_step(&site.in);
    return s;
}

static size_t keys_of(struct id unit, struct id user)
{
    struct member_keys_rows rows = { 0 };
    size_t n;

    (void)!sql_member_keys_of(&site.in.ledger, (struct sql_member_keys_of){ .unit = unit, .user = user }, &rows);
    n = rows.n;
    instance_step(&site.in);
    return n;
}

/* -- steps ------------------------------------------------------------------------------------------------------------------------- */

static int name_trustees(const char *one, const char *two, const char *three)
{
    return post(&site, "/admin/keys/trustees", F("one=%s&two=%s&three=%s", text_of_id(user_of(one)), text_of_id(user_of(two)),
                                                 text_of_id(user_of(three))), nga()).code;
}

static int confirm(struct visitor *who)
{
    struct str id = between(get(&site, "/admin/confirm", who), "/admin/confirm/", "\"");
    struct str seen;

    if (id.n < ID_TEXT)
        return 0;
    seen = between(get(&site, F("/admin/confirm/%.*s", ID_TEXT, id.at), who), "name=seen value=\"", "\"");
    (void)post(&site, F("/admin/confirm/%.*s", ID_TEXT, id.at), F("do=confirm&seen=%.*s", (int)seen.n, seen.n ? seen.at : ""), who);
    return says(get(&site, "/admin/confirm", who), "Khoá khôi phục") ? 1 : 2;      /* 2: it does not wait any more */
}

struct sheet { char line[SHARE_LINES][SHARE_LINE_SHOWN + 1]; };

/* Shows the share, copies it, confirms: then it is gone. */
static bool print_share(const char *login, struct sheet *sheet)
{
    struct visitor *who = as(&site, login);
    struct answer a = get(&site, "/admin/keys/share", who);
    struct str rest = a.body;

    for (int i = 0; i < SHARE_LINES; i++) {
        size_t at = str_find(rest, STR("<dd class=big>"));

        if (at + 14 + SHARE_LINE_SHOWN > rest.n)
            return false;
        rest = str_from(rest, at + 14);
        memcpy(sheet->line[i], rest.at, SHARE_LINE_SHOWN);
        sheet->line[i][SHARE_LINE_SHOWN] = '\0';
    }
    return post(&site, "/admin/keys/share", F("last=%s", sheet->line[3] + SHARE_LINE_SHOWN - 4), who).code == 303;
}

static const char *fields_of(const struct sheet *s)
{
    return F("line1=%s&line2=%s&line3=%s&line4=%s", s->line[0], s->line[1], s->line[2], s->line[3]);
}

static struct answer type_in(const char *login, struct id recovery, const struct sheet *s)
{
    struct visitor *who = as(&site, login);
    const char *path = F("/admin/keys/rescues/%s", text_of_id(recovery));

    (void)get(&site, path, who);
    return post(&site, path, F("do=share&%s", fields_of(s)), who);
}

static struct str link_on(struct answer a) { return between(a, "/welcome/", "<"); }

/* Somebody new who waits for the unit with an account of their own. */
static bool newcomer(struct person *p, const char *login, struct id unit)
{
    struct answer a = post(&site, "/admin/people", F("name=M%%E1%%BB%%9Bi&login=%s", login), nga());

    p->login = login;
    if (a.code != 303 || !id_of_text(str_from(a.location, a.location.n - ID_TEXT), &p->id))
        return false;
    return join(p, link_on(get(&site, a.location.at, nga()))) &&
           post(&site, F("/admin/people/%s", text_of_id(p->id)), "do=role&role=counsellor", nga()).code == 303 &&
           post(&site, F("/admin/people/%s", text_of_id(p->id)), F("do=join&unit=%s", text_of_id(unit)), nga()).code == 303;
}

static struct id desk(void)
{
    struct members_rows rows = { 0 };
    static struct id id;

    (void)!sql_members_of_user(&site.in.ledger, (struct sql_members_of_user){ .user = user_of("hanh.mau"), .now = site.now }, &rows);
    if (rows.n)
        id = rows.at[0].unit;
    instance_step(&site.in);
    return id;
}

static bool leaves(const char *login, struct id unit)
{
    return post(&site, F("/admin/people/%s/leave/%s", text_of_id(user_of(login)), text_of_id(unit)), "leave_on=", nga()).code == 303;
}

static struct id ask(struct id unit, const struct person *p)
{
    struct answer a = post(&site, "/admin/keys/rescues", F("unit=%s&person=%s", text_of_id(unit), text_of_id(p->id)), nga());
    struct id id = { { 0 } };

    if (a.code == 303)
        (void)id_of_text(str_from(a.location, a.location.n < ID_TEXT ? 0 : a.location.n - ID_TEXT), &id);
    return id;
}

/* Everything that lies on disk: the bytes, anywhere, in the clear? */
static bool on_disk(struct str bytes)
{
    DIR *d = opendir(site.folder);
    struct dirent *e;
    bool found = false;

    while (d && (e = readdir(d)) != NULL && !found) {
        int fd = open(F("%s/%s", site.folder, e->d_name), O_RDONLY);
        struct stat st;
        off_t n = fd >= 0 && fstat(fd, &st) == 0 && S_ISREG(st.st_mode) ? st.st_size : 0;
        char *text = n > 0 ? malloc((size_t)n) : NULL;

        if (text && pread(fd, text, (size_t)n, 0) == n)
            found = memmem(text, (size_t)n, bytes.at, bytes.n) != NULL;
        free(text);
        if (fd >= 0)
            close(fd);
    }
    if (d)
        closedir(d);
    return found;
}

static bool share_of(const struct sheet *sheet, struct share *share)
{
    char digits[SHARE_LINES][SHARE_LINE_CHARS];

    for (int i = 0; i < SHARE_LINES; i++)
        if (share_line_read(str_c(sheet->line[i]), i, digits[i]) != OK)
            return false;
    return share_read(digits, share) == OK;
}

static struct sheet hanh, minh, nga_sheet, hanh_next;

/* -- the key ------------------------------------------------------------------------------------------------------------------------------ */

TEST(trustees_are_named_by_one_and_confirmed_by_another_of_another_unit)
{
    struct seen s;

    CHECK(says(get(&site, "/admin/keys", nga()), "chưa có khoá khôi phục"));
    CHECK(get(&site, "/admin/keys/trustees", as(&site, "hanh.mau")).code == 403);
    CHECK(name_trustees("hanh.mau", "hanh.mau", "nga.mau") != 303);                     /* twice the same */
    CHECK(name_trustees("hanh.mau", "minh.mau", "lan.mau") != 303);                     /* of another organisation */
    CHECK(name_trustees("hanh.mau", "minh.mau", "nga.mau") == 303);
    s = look();
    CHECK(s.rpk.at == NULL && s.present == 0 && s.shares == 0);                         /* nothing yet */
    CHECK(confirm(as(&site, "minh.mau")) == 1);                                         /* a trustee does not confirm */
    CHECK(look().present == 0);
    CHECK(says(get(&site, F("/admin/confirm/%.*s", ID_TEXT, between(get(&site, "/admin/confirm", as(&site, "vy.mau")), "/admin/confirm/", "\"").at),
                   as(&site, "vy.mau")), "Người giữ"));
    CHECK(confirm(as(&site, "vy.mau")) == 2);
    s = look();
    CHECK(s.rpk.n == KEY_BYTES && s.present == 1 && s.shares == 3);
}

TEST(keys_of_units_are_wrapped_when_a_member_next_opens_a_page)
{
    CHECK(look().uncovered > 0);
    (void)get(&site, "/admin/keys", nga());                     /* holds no key of a unit: nothing changes */
    CHECK(look().covered == 0);
    CHECK(get(&site, "/account", as(&site, "hanh.mau")).code == 200);
    CHECK(look().uncovered == 0 && look().covered > 0);
}

TEST(a_share_is_shown_to_its_trustee_until_it_is_on_paper_and_then_to_nobody)
{
    struct share share;

    CHECK(leads_to(get(&site, "/admin/keys/share", as(&site, "lan.mau")), "/admin/keys"));
    CHECK(post(&site, "/admin/keys/share", "last=0000", as(&site, "lan.mau")).code == 404);
    CHECK(says(get(&site, "/account", as(&site, "hanh.mau")), "chưa in"));
    CHECK(says(post(&site, "/admin/keys/share", "last=0000", as(&site, "hanh.mau")), "id=last-bad") && look().shares == 3);
    REQUIRE(print_share("hanh.mau", &hanh) && print_share("minh.mau", &minh) && print_share("nga.mau", &nga_sheet));
    CHECK(look().shares == 0);
    CHECK(leads_to(get(&site, "/admin/keys/share", as(&site, "hanh.mau")), "/admin/keys"));
    REQUIRE(share_of(&hanh, &share) && share.x == 1);
    CHECK(!on_disk(key_str(&share.y)));
    CHECK(!on_disk(str_c(hanh.line[0])) && !on_disk(str_of(hanh.line[1], 11)));
}

TEST(the_yearly_drill_tells_a_right_sheet_from_a_wrong_one)
{
    struct sheet wrong = hanh;
    struct answer a;

    a = post(&site, "/admin/keys/drill", fields_of(&minh), as(&site, "hanh.mau"));
    CHECK(a.code != 303 && says(a, "không phải phần hiện nay"));
    wrong.line[2][0] = wrong.line[2][0] == '0' ? '1' : '0';
    a = post(&site, "/admin/keys/drill", fields_of(&wrong), as(&site, "hanh.mau"));
    CHECK(a.code != 303 && says(a, "id=line3-bad") && !says(a, "id=line2-bad"));
    CHECK(leads_to(post(&site, "/admin/keys/drill", fields_of(&hanh), as(&site, "hanh.mau")), "/admin/keys"));
    site.now += 366 * (i64)DAY_MS;
    CHECK(says(get(&site, "/account", as(&site, "hanh.mau")), "Đã một năm"));
    CHECK(leads_to(post(&site, "/admin/keys/drill", fields_of(&hanh), as(&site, "hanh.mau")), "/admin/keys"));
    CHECK(!says(get(&site, "/account", as(&site, "hanh.mau")), "Đã một năm"));
}

/* -- a lost unit ---------------------------------------------------------------------------------------------------------------------------- */

static struct person fresh;
static struct id report;

TEST(a_unit_with_members_is_not_opened_with_the_recovery_key)
{
    struct visitor child = { 0 };

    report = report_of(&site, tell(&site, "who=self&danger=no&harm=bullying&story=th%E1%BB%AD", &child));
    REQUIRE(newcomer(&fresh, "moi.khoa", desk()));
    CHECK(leads_to(post(&site, "/admin/keys/rescues", F("unit=%s&person=%s", text_of_id(desk()), text_of_id(fresh.id)), nga()), "/admin/keys"));
    CHECK(!says(get(&site, "/admin/keys", nga()), "đang chờ đủ 24 giờ"));
}

TEST(a_lost_unit_is_shown_with_what_to_do_and_gets_no_new_report)
{
    struct id unit = desk();
    struct visitor child = { 0 };
    struct answer a;
    struct unit_key key;

    REQUIRE(leaves("hanh.mau", unit) && leaves("minh.mau", unit));
    a = get(&site, "/admin", nga());
    CHECK(says(a, "không còn ai giữ khoá"));
    CHECK(people_unit_key(&site.in.ledger, unit, site.now, &key) == NOT_FOUND);
    fail_clear();
    instance_step(&site.in);
    CHECK(tell(&site, "who=self&danger=no&harm=bullying&story=sau", &child).n == CODE_CHARS);    /* never refused */
    CHECK(says(get(&site, "/admin/keys", nga()), "Đề nghị mở đơn vị"));
}

TEST(while_a_unit_is_lost_no_other_key_takes_the_place_of_the_one_that_opens_it)
{
    CHECK(name_trustees("hanh.mau", "minh.mau", "nga.mau") == 303);
    CHECK(confirm(as(&site, "vy.mau")) == 1);
    CHECK(look().present == 1);
}

TEST(everybody_of_the_organisation_hears_of_it_and_can_refuse)
{
    struct id unit = desk(), id = ask(unit, &fresh);

    REQUIRE(!id_is_zero(id));
    site.now += HOUR_MS;            /* signed in again: leaving has ended the session */
    CHECK(says(get(&site, "/account", as(&site, "hanh.mau")), "đề nghị mở một đơn vị"));
    CHECK(!says(get(&site, "/account", as(&site, "lan.mau")), "đề nghị mở một đơn vị"));
    CHECK(get(&site, F("/admin/keys/rescues/%s", text_of_id(id)), as(&site, "lan.mau")).code == 404);
    CHECK(post(&site, F("/admin/keys/rescues/%s", text_of_id(id)), "do=refuse&why=", as(&site, "minh.mau")).code != 303);
    CHECK(post(&site, F("/admin/keys/rescues/%s", text_of_id(id)), "do=refuse&why=Kh%C3%B4ng", as(&site, "minh.mau")).code == 303);
    site.now += 25 * (i64)HOUR_MS;
    (void)type_in("hanh.mau", id, &hanh);
    (void)type_in("minh.mau", id, &minh);
    CHECK(keys_of(unit, fresh.id) == 0);
    CHECK(says(get(&site, F("/admin/keys/rescues/%s", text_of_id(id)), nga()), "Bị từ chối"));
}

TEST(before_a_day_has_passed_no_share_opens_it_and_after_a_week_none_does)
{
    struct id unit = desk(), id = ask(unit, &fresh);

    REQUIRE(!id_is_zero(id));
    site.now += 23 * (i64)HOUR_MS;
    (void)type_in("hanh.mau", id, &hanh);
    (void)type_in("minh.mau", id, &minh);
    CHECK(look().typed == 0 && keys_of(unit, fresh.id) == 0);
    site.now += 7 * (i64)DAY_MS;
    (void)type_in("hanh.mau", id, &hanh);
    (void)type_in("minh.mau", id, &minh);
    CHECK(keys_of(unit, fresh.id) == 0);
}

/* A share in the database is sealed to the other trustees: with all keys of the house nothing of it opens. */
TEST(one_share_alone_opens_nothing_and_is_nowhere_in_the_clear)
{
    struct id unit = desk(), id = ask(unit, &fresh);
    struct recovery_typed_rows rows = { 0 };
    struct share share, all[2];
    struct key got;
    struct seen s;

    REQUIRE(!id_is_zero(id) && share_of(&hanh, &share));
    site.now += 25 * (i64)HOUR_MS;
    CHECK(type_in("hanh.mau", id, &minh).code != 303);                  /* another's sheet */
    CHECK(type_in("hanh.mau", id, &hanh).code == 303);
    CHECK(type_in("hanh.mau", id, &hanh).code == 303);                  /* again: one trustee counts once */
    s = look();
    CHECK(s.typed == 2 && keys_of(unit, fresh.id) == 0);
    CHECK(!on_disk(key_str(&share.y)) && !on_disk(str_c(hanh.line[0])));
    REQUIRE(sql_recovery_typed_of(&site.in.ledger, (struct sql_recovery_typed_of){ .recovery = id }, &rows) == OK);
    for (size_t i = 0; i < rows.n; i++) {
        const struct house_keys *h = house_now(site.in.house);
        const struct key *const keys[] = { &h->pep, &h->mac, &h->job };

        CHECK(memmem(rows.at[i].sealed.at, rows.at[i].sealed.n, share.y.b, KEY_BYTES) == NULL);
        for (size_t k = 0; k < COUNT_OF(keys); k++) {
            struct pair pair = { .secret = *keys[k] };

            vault_pair_of_secret(&pair);
            CHECK(vault_unwrap(&pair, vault_ctx("recovery-typed", NO_PARTS), rows.at[i].sealed, &got) == BROKEN);
        }
    }
    fail_clear();
    instance_step(&site.in);
    all[0] = share;
    all[1] = (struct share){ .x = 2, .y = share.y };
    CHECK(shamir_join(&got, 2, all) == OK && !str_eq(key_str(&got), s.rpk));
}

TEST(two_trustees_open_the_unit_after_a_day_and_a_new_key_is_drawn)
{
    struct id unit = desk(), id;
    struct recoveries_rows rows = { 0 };
    struct seen before = look(), s;

    REQUIRE(sql_recoveries_of_org(&site.in.ledger, (struct sql_recoveries_of_org){ .org = hotline() }, &rows) == OK && rows.n);
    id = rows.at[0].id;
    instance_step(&site.in);
    CHECK(get(&site, path_of(&site, report, "").at, again(&fresh)).code == 404);
    CHECK(type_in("minh.mau", id, &minh).code == 303);
    CHECK(keys_of(unit, fresh.id) > 0);
    s = look();
    CHECK(s.typed == 0 && s.present > before.present && s.shares == 3 && !str_eq(s.rpk, before.rpk));
    CHECK(s.uncovered == 0 && s.covered == before.covered);             /* all wrapped to the new key in the same act */
    CHECK(says(get(&site, F("/admin/keys/rescues/%s", text_of_id(id)), nga()), "Đã mở"));
    REQUIRE(print_share("hanh.mau", &hanh_next));
    CHECK(says(post(&site, "/admin/keys/drill", fields_of(&hanh), as(&site, "hanh.mau")), "không phải phần hiện nay"));    /* the old sheet */
    CHECK(leads_to(post(&site, "/admin/keys/drill", fields_of(&hanh_next), as(&site, "hanh.mau")), "/admin/keys"));
}

TEST(the_new_member_reads_what_was_lost)
{
    CHECK(keys_of(desk(), fresh.id) >= 3);      /* the epoch of the report, and those after each leaving */
    CHECK(get(&site, path_of(&site, report, "").at, again(&fresh)).code == 200);
    CHECK(get(&site, path_of(&site, report, "").at, as(&site, "hanh.mau")).code == 404);       /* a trustee reads nothing by it */
}

/* -- two lost units at once ---------------------------------------------------------------------------------------------------------------------- */

/* What was proposed last, by a coordinator of another unit. */
static void confirm_newest(void)
{
    struct visitor *vy = as(&site, "vy.mau");
    struct str rest = get(&site, "/admin/confirm", vy).body, mark = STR("/admin/confirm/");
    const char *path = "";

    for (size_t at = str_find(rest, mark); at + mark.n + ID_TEXT <= rest.n; at = str_find(rest, mark)) {
        rest = str_from(rest, at + mark.n);
        path = F("/admin/confirm/%.*s", ID_TEXT, rest.at);
    }
    (void)post(&site, path, F("do=confirm&seen=%.*s", 32, between(get(&site, path, vy), "name=seen value=\"", "\"").at), vy);
}

/* Another unit of the organisation, confirmed, with its first member. */
static bool unit_with(struct person *p, const char *login, struct id *unit)
{
    struct answer a = post(&site, "/admin/units", "name=Ca+hai&kind=hotline", nga());

    if (a.code != 303 || !id_of_text(str_from(a.location, a.location.n - ID_TEXT), unit))
        return false;
    confirm_newest();
    if (!newcomer(p, login, *unit))
        return false;
    confirm_newest();
    return keys_of(*unit, p->id) == 1;
}

static bool person_leaves(const struct person *p, struct id unit)
{
    return post(&site, F("/admin/people/%s/leave/%s", text_of_id(p->id), text_of_id(unit)), "leave_on=", nga()).code == 303 &&
           keys_of(unit, p->id) == 0;
}

static bool both_type(struct id recovery, const struct sheet *of_hanh, const struct sheet *of_minh)
{
    return type_in("hanh.mau", recovery, of_hanh).code == 303 && type_in("minh.mau", recovery, of_minh).code == 303;
}

static struct recoveries_row recovery_of(struct id id)
{
    struct recoveries_row r = { .id = id };

    CHECK(row_get(&site.in.ledger, &table_recoveries, &r) == OK);
    r.outcome = arena_copy(&site.kept, r.outcome);
    instance_step(&site.in);
    return r;
}

static size_t typed_for(struct id recovery)
{
    struct recovery_typed_rows rows = { 0 };
    size_t n;

    (void)!sql_recovery_typed_of(&site.in.ledger, (struct sql_recovery_typed_of){ .recovery = recovery }, &rows);
    n = rows.n;
    instance_step(&site.in);
    return n;
}

static struct id other_unit;
static struct person next_here, next_there;
static struct sheet minh_next, hanh_third, minh_third;

TEST(of_two_lost_units_the_second_is_opened_with_the_sheets_that_the_first_has_left)
{
    struct id here, there;
    struct person first;
    struct recoveries_row asked;

    REQUIRE(print_share("minh.mau", &minh_next) && unit_with(&first, "dau.hai", &other_unit));
    REQUIRE(newcomer(&next_here, "sau.mot", desk()) && newcomer(&next_there, "sau.hai", other_unit));
    REQUIRE(person_leaves(&fresh, desk()) && person_leaves(&first, other_unit));
    here = ask(desk(), &next_here);
    there = ask(other_unit, &next_there);
    REQUIRE(!id_is_zero(here) && !id_is_zero(there));
    asked = recovery_of(there);
    site.now += 25 * (i64)HOUR_MS;
    CHECK(type_in("hanh.mau", there, &hanh_next).code == 303 && typed_for(there) == 2);
    REQUIRE(both_type(here, &hanh_next, &minh_next));
    CHECK(keys_of(desk(), next_here.id) > 0 && keys_of(other_unit, next_there.id) == 0);
    CHECK(typed_for(there) == 0 && recovery_of(there).no == look().present && recovery_of(there).no > asked.no);
    CHECK(recovery_of(there).asked_at == asked.asked_at && recovery_of(here).no == asked.no);
    CHECK(type_in("minh.mau", there, &minh_next).code != 303 && type_in("hanh.mau", there, &hanh_next).code != 303);
    REQUIRE(print_share("hanh.mau", &hanh_third) && print_share("minh.mau", &minh_third));
    CHECK(type_in("minh.mau", there, &minh_third).code == 303);
    CHECK(type_in("hanh.mau", there, &hanh_next).code != 303 && keys_of(other_unit, next_there.id) == 0);     /* a new one and an old one */
    CHECK(type_in("hanh.mau", there, &hanh_third).code == 303 && keys_of(other_unit, next_there.id) > 0);
    CHECK(keys_of(desk(), next_there.id) == 0 && keys_of(other_unit, next_here.id) == 0);                     /* each the own unit */
}

TEST(the_request_for_a_second_lost_unit_waits_its_own_day_and_can_still_be_refused)
{
    struct id here, there, refused;
    struct person third;
    struct sheet h, m;

    REQUIRE(print_share("hanh.mau", &h) && print_share("minh.mau", &m));
    REQUIRE(newcomer(&fresh, "lai.mot", desk()) && newcomer(&third, "lai.hai", other_unit));
    REQUIRE(person_leaves(&next_here, desk()) && person_leaves(&next_there, other_unit));
    here = ask(desk(), &fresh);
    site.now += 20 * (i64)HOUR_MS;
    refused = there = ask(other_unit, &third);
    site.now += 5 * (i64)HOUR_MS;
    REQUIRE(both_type(here, &h, &m) && keys_of(desk(), fresh.id) > 0);
    REQUIRE(print_share("hanh.mau", &h) && print_share("minh.mau", &m));
    (void)both_type(there, &h, &m);                                         /* five hours old */
    CHECK(typed_for(there) == 0 && keys_of(other_unit, third.id) == 0);
    CHECK(post(&site, F("/admin/keys/rescues/%s", text_of_id(there)), "do=refuse&why=Ch%C6%B0a", as(&site, "minh.mau")).code == 303);
    site.now += 20 * (i64)HOUR_MS;
    (void)both_type(refused, &h, &m);
    CHECK(keys_of(other_unit, third.id) == 0);
    there = ask(other_unit, &third);
    site.now += 25 * (i64)HOUR_MS;
    CHECK(both_type(there, &h, &m) && keys_of(other_unit, third.id) > 0);
}

TEST(the_log_has_every_step_and_verifies)
{
    static const char *const acts[] = { "recovery.propose", "recovery.confirm", "recovery.cover", "recovery.share-shown", "recovery.share-printed",
                                        "recovery.drill", "recovery.ask", "recovery.refuse", "recovery.share-typed", "recovery.share-wrong",
                                        "recovery.open" };
    struct audit audit;

    for (size_t i = 0; i < COUNT_OF(acts); i++) {
        struct answer a = get(&site, F("/log?act=%s", acts[i]), as(&site, "khoa.mau"));

        if (a.code != 200 || says(a, "Không có dòng nào"))
            printf("# %s\n", acts[i]), test_failures++;
    }
    CHECK(audit_verify(&site.in.ledger, tables, &audit) == OK);
    instance_step(&site.in);
}

/* -- rules ---------------------------------------------------------------------------------------------------------------------------------- */

TEST(a_recovery_waits_a_day_and_ends_after_a_week)
{
    struct recoveries_row r = { .asked_at = 1000, .outcome = STR("waiting") };

    CHECK(rescue_state(&r, 1000) == RESCUE_TOLD);
    CHECK(rescue_state(&r, 1000 + RESCUE_DELAY_MS - 1) == RESCUE_TOLD);
    CHECK(rescue_state(&r, 1000 + RESCUE_DELAY_MS) == RESCUE_OPEN);
    CHECK(rescue_state(&r, 1000 + RESCUE_OVER_MS - 1) == RESCUE_OPEN);
    CHECK(rescue_state(&r, 1000 + RESCUE_OVER_MS) == RESCUE_OVER);
    CHECK(rescue_state(&r, 0) == RESCUE_TOLD);                          /* a clock set back opens nothing */
    r.outcome = STR("refused");
    CHECK(rescue_state(&r, 1000 + RESCUE_DELAY_MS) == RESCUE_REFUSED);
    r.outcome = STR("done");
    CHECK(rescue_state(&r, 1000) == RESCUE_DONE);
}

int main(int argc, char **argv)
{
    int bad;

    site_open(&site);
    bad = test_run_all(argc > 1 ? argv[1] : NULL);
    site_close(&site);
    return bad;
}
