/* A writer to the database without the key of the house puts an older row back: its mark is right, so only the log tells.
   That person, right, unit or route is blocked at its next use, and reports go on coming in. */
#include <site.h>
#include <test.h>

#include "speakup/speakup.h"

#include "network.sql.h"
#include "people.sql.h"
#include "tables.sql.h"

static struct site site;

enum { FORGOTTEN = 11 * MINUTE_MS };        /* past AGREES_MS */

static struct users_row user_of(const char *login)
{
    struct users_row u = { 0 };

    CHECK(sql_user_of_login(&site.in.ledger, (struct sql_user_of_login){ .login = str_c(login) }, &u) == OK);
    return u;
}

/* The row as it is, then changed by an act of the house: what change makes of it. */
typedef void change(void *row);

static void change_row(const struct table *t, void *row, change *how)
{
    struct ledger *l = &site.in.ledger;

    CHECK(act_begin(l, (struct act_info){ .act = "person.leave", .now = site.now }) == OK);
    how(row);
    CHECK(row_update(l, t, row) == OK && act_commit(l) == OK);
}

/* Past the house: the old row in place of the new one. The statement compares the mac that stands there now. */
static void put_back(const struct table *t, const void *old, const void *now, size_t mac_at)
{
    struct conn *conn = site.in.conn;
    char *in = arena_alloc(&site.kept, t->row_size + sizeof(struct str));
    i64 changed = 0;

    memcpy(in, old, t->row_size);
    memcpy(in + t->row_size, (const char *)now + mac_at, sizeof(struct str));
    CHECK(tx_begin(conn) == OK && db_exec(conn, t->update, in, &changed) == OK && tx_commit(conn) == OK && changed == 1);
}

static void leave(void *row)
{
    ((struct users_row *)row)->state = STR("left");
}

static void take_confirmation(void *row)
{
    ((struct roles_row *)row)->confirmed_by = (struct opt_id){ 0 };
}

static void take_key(void *row)
{
    ((struct users_row *)row)->xpk = STR("");
}

static void end_membership(void *row)
{
    ((struct members_row *)row)->until = (struct opt_i64){ true, site.now };
}

static void end_role(void *row)
{
    ((struct roles_row *)row)->until = (struct opt_i64){ true, site.now };
}

static void new_name(void *row)
{
    ((struct units_row *)row)->name = STR("Tên mới (mẫu)");
}

static void new_organisation(void *row)
{
    ((struct organisations_row *)row)->name = STR("Tên mới (mẫu)");
}

static void lower_rank(void *row)
{
    ((struct routes_row *)row)->rank += 100;
}

#define ROLL_BACK(type, row, how) do { \
    struct type##_row old_ = *(row); \
    change_row(&table_##type, (row), (how)); \
    put_back(&table_##type, &old_, (row), offsetof(struct type##_row, mac)); \
} while (0)

TEST(a_person_who_left_and_was_rolled_back_is_shut_out_and_cannot_sign_in)
{
    struct visitor *who = as(&site, "lan.mau"), fresh = { 0 };
    struct users_row u = user_of("lan.mau");

    CHECK(get(&site, "/account", who).code == 200);
    ROLL_BACK(users, &u, leave);
    site.now += FORGOTTEN;
    CHECK(leads_to(get(&site, "/account", who), "/sign-in"));
    CHECK(leads_to(post(&site, "/sign-in", arena_f(&site.kept, "user=lan.mau&password=%s&totp=%s", site_staff(&site, "lan.mau")->password,
                                                   site_digits(&site, "lan.mau").at).at, &fresh), "/sign-in"));
    CHECK(says(get(&site, "/sign-in", &fresh), "Chưa đăng nhập được"));
    instance_step(&site.in);
}

TEST(a_role_that_was_taken_and_rolled_back_opens_nothing)
{
    struct visitor *who = as(&site, "minh.mau");
    struct users_row u = user_of("minh.mau");
    struct roles_rows roles;

    CHECK(get(&site, "/desk", who).code == 200);
    REQUIRE(sql_roles_of_user(&site.in.ledger, (struct sql_roles_of_user){ .user = u.id, .now = site.now }, &roles) == OK);
    for (size_t i = 0; i < roles.n; i++)
        ROLL_BACK(roles, &roles.at[i], end_role);
    site.now += FORGOTTEN;
    CHECK(get(&site, "/desk", who).code == 403);
    CHECK(get(&site, "/account", who).code == 200);
    instance_step(&site.in);
}

static struct id owner_of(struct id report)
{
    struct cases_row row = { .id = report };

    CHECK(row_get(&site.in.ledger, &table_cases, &row) == OK);
    return row.owner_unit;
}

static struct id told_to(const char *story)
{
    struct visitor child = { 0 };

    return owner_of(report_of(&site, tell(&site, arena_f(&site.kept, "story=%s", story).at, &child)));
}

TEST(a_route_that_was_rolled_back_leads_nowhere)
{
    struct id first = told_to("tuyen-1");
    struct routes_rows all;

    REQUIRE(sql_routes_for(&site.in.ledger, (struct sql_routes_for){ .kind = STR("report"), .commune = STR(""), .province = STR("") },
                           &all) == OK);
    REQUIRE(all.n > 0 && id_eq(all.at[0].unit, first));
    ROLL_BACK(routes, &all.at[0], lower_rank);
    site.now += FORGOTTEN;
    CHECK(!id_eq(told_to("tuyen-2"), first));
    instance_step(&site.in);
}

TEST(a_unit_that_was_rolled_back_gets_nothing_and_reports_go_on_coming_in)
{
    struct id first = told_to("don-vi-1&province=01&commune=99901");
    struct units_row u = { .id = first };

    REQUIRE(row_get(&site.in.ledger, &table_units, &u) == OK);
    ROLL_BACK(units, &u, new_name);
    CHECK(id_eq(told_to("don-vi-2&province=01&commune=99901"), first));       /* what agreed lately is believed for ten minutes */
    site.now += FORGOTTEN;
    CHECK(!id_eq(told_to("don-vi-3&province=01&commune=99901"), first));
    instance_step(&site.in);
}

TEST(a_report_is_taken_though_the_last_unit_was_rolled_back)
{
    struct id last = told_to("cuoi-1");
    struct units_row u = { .id = last };

    REQUIRE(row_get(&site.in.ledger, &table_units, &u) == OK);
    ROLL_BACK(units, &u, new_name);
    site.now += FORGOTTEN;
    CHECK(id_eq(told_to("cuoi-2"), last));
    instance_step(&site.in);
}

TEST(a_membership_that_ended_and_was_rolled_back_gives_no_unit)
{
    struct visitor *who = as(&site, "hanh.mau"), child = { 0 };
    struct users_row u = user_of("hanh.mau");
    struct members_rows members;
    struct id report = report_of(&site, tell(&site, "story=thanh-vien", &child));
    const char *path = path_of(&site, report, "").at;
    int before = get(&site, path, who).code;

    REQUIRE(sql_members_of_user(&site.in.ledger, (struct sql_members_of_user){ .user = u.id, .now = site.now }, &members) == OK);
    for (size_t i = 0; i < members.n; i++)
        ROLL_BACK(members, &members.at[i], end_membership);
    site.now += FORGOTTEN;
    CHECK(members.n > 0 && get(&site, path, who).code == 404 && (before == 200 || before == 404));
    CHECK(get(&site, "/account", who).code == 200);
    instance_step(&site.in);
}

/* -- a row that was written past the house with words of its own: its mark is of other content --------------------------------------- */

#define WRITE_PAST(type, row, member, value) do { \
    struct type##_row new_ = *(row); \
    new_.member = (value); \
    put_back(&table_##type, &new_, (row), offsetof(struct type##_row, mac)); \
} while (0)

TEST(a_role_that_somebody_wrote_over_opens_nothing)
{
    struct visitor *who = as(&site, "nga.mau");
    struct users_row u = user_of("nga.mau");
    struct roles_rows roles;

    CHECK(get(&site, "/admin/organisation", who).code == 200);
    REQUIRE(sql_roles_of_user(&site.in.ledger, (struct sql_roles_of_user){ .user = u.id, .now = site.now }, &roles) == OK && roles.n > 0);
    for (size_t i = 0; i < roles.n; i++)
        WRITE_PAST(roles, &roles.at[i], confirmed_by, ((struct opt_id){ true, id_zero() }));
    site.now += FORGOTTEN;
    CHECK(get(&site, "/admin/organisation", who).code == 403);
    CHECK(get(&site, "/account", who).code == 200);
    instance_step(&site.in);
}

TEST(a_membership_that_somebody_wrote_over_gives_no_unit)
{
    struct visitor *who = as(&site, "tuan.mau");
    struct users_row u = user_of("tuan.mau");
    struct members_rows members;
    struct units_row unit = { 0 };

    REQUIRE(sql_members_of_user(&site.in.ledger, (struct sql_members_of_user){ .user = u.id, .now = site.now }, &members) == OK && members.n == 1);
    unit.id = members.at[0].unit;
    REQUIRE(row_get(&site.in.ledger, &table_units, &unit) == OK);
    CHECK(says(get(&site, "/account", who), arena_f(&site.kept, "%.*s", (int)unit.name.n, unit.name.at).at));
    WRITE_PAST(members, &members.at[0], admitted_by, ((struct opt_id){ true, id_zero() }));
    site.now += FORGOTTEN;
    CHECK(get(&site, "/account", who).code == 200);
    CHECK(!says(get(&site, "/account", who), arena_f(&site.kept, "%.*s", (int)unit.name.n, unit.name.at).at));
    instance_step(&site.in);
}

TEST(a_person_whose_row_was_changed_is_nobody)
{
    struct visitor *who = as(&site, "vy.mau");
    struct users_row u = user_of("vy.mau");

    CHECK(get(&site, "/account", who).code == 200);
    WRITE_PAST(users, &u, name, STR("Tên khác (mẫu)"));
    site.now += FORGOTTEN;
    CHECK(leads_to(get(&site, "/account", who), "/sign-in"));
    instance_step(&site.in);
}

/* -- and what the house itself took away ---------------------------------------------------------------------------------------------- */

static bool comes_in(const char *login)
{
    struct visitor fresh = { 0 };

    return !leads_to(post(&site, "/sign-in", arena_f(&site.kept, "user=%s&password=%s&totp=%s", login, site_staff(&site, login)->password,
                                                     site_digits(&site, login).at).at, &fresh), "/sign-in");
}

TEST(a_deciding_role_that_nobody_confirms_any_more_opens_nothing)
{
    struct visitor *who = as(&site, "hung.mau");
    struct users_row u = user_of("hung.mau");
    struct roles_rows roles;
    int before = get(&site, "/cases", who).code;

    REQUIRE(sql_roles_of_user(&site.in.ledger, (struct sql_roles_of_user){ .user = u.id, .now = site.now }, &roles) == OK && roles.n == 1);
    change_row(&table_roles, &roles.at[0], take_confirmation);
    CHECK(before == 200 && get(&site, "/cases", who).code == 403 && get(&site, "/account", who).code == 200);
    instance_step(&site.in);
}

TEST(a_person_who_left_is_shut_out_at_once_and_does_not_come_in_again)
{
    struct visitor *who = as(&site, "loan.mau");
    struct users_row u = user_of("loan.mau");

    CHECK(get(&site, "/account", who).code == 200 && comes_in("hai.mau"));
    change_row(&table_users, &u, leave);
    CHECK(leads_to(get(&site, "/account", who), "/sign-in") && !comes_in("loan.mau"));
    instance_step(&site.in);
}

TEST(a_person_without_a_key_is_nobody)
{
    struct visitor *who = as(&site, "tam.mau");
    struct users_row u = user_of("tam.mau");

    CHECK(get(&site, "/account", who).code == 200);
    change_row(&table_users, &u, take_key);
    CHECK(leads_to(get(&site, "/account", who), "/sign-in") && !comes_in("tam.mau"));
    instance_step(&site.in);
}

TEST(where_an_organisation_was_rolled_back_none_of_its_people_come_in)
{
    struct visitor *who = as(&site, "phong.mau");
    struct users_row u = user_of("phong.mau");
    struct organisations_row org = { .id = u.org };

    CHECK(get(&site, "/account", who).code == 200);
    REQUIRE(row_get(&site.in.ledger, &table_organisations, &org) == OK);
    ROLL_BACK(organisations, &org, new_organisation);
    site.now += FORGOTTEN;
    CHECK(leads_to(get(&site, "/account", who), "/sign-in"));
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
