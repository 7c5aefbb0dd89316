/* Organisations, units and people through the engine: what one sets, another confirms; who holds keys, and who does not any more. */
#include "../admin.h"
#include "../keys.h"
#include "person.h"

#include "people.sql.h"
#include "tables.sql.h"

#include <pthread.h>

/* -- people of the tests ------------------------------------------------------------------------------------------------------- */

static struct str link_on(struct answer a)
{
    return between(a, "/welcome/", "<");
}

static struct id id_at_end(struct answer a)
{
    struct id id = { { 0 } };

    (void)id_of_text(str_from(a.location, a.location.n < ID_TEXT ? 0 : a.location.n - ID_TEXT), &id);
    return id;
}

static struct visitor *admin(void)
{
    return as(&site, "nga.mau");
}

static struct str add_person(struct person *p, const char *login, struct visitor *by)
{
    struct answer a = post(&site, "/admin/people", F("name=Ng%%C6%%B0%%E1%%BB%%9Di+th%%E1%%BB%%AD&login=%s", login), by);

    *p = (struct person){ .login = login, .id = id_at_end(a) };
    return a.code == 303 ? link_on(get(&site, a.location.at, by)) : STR("");
}

static int do_person(struct visitor *by, const struct person *p, const char *fields)
{
    return post(&site, F("/admin/people/%s", text_of_id(p->id)), fields, by).code;
}

static struct id user_of(const char *login)
{
    struct users_row user = { 0 };

    (void)!sql_user_of_login(&site.in.ledger, (struct sql_user_of_login){ .login = str_c(login) }, &user);
    instance_step(&site.in);
    return user.id;
}

static struct id unit_of(const char *login)
{
    struct members_rows rows = { 0 };
    struct id id;

    (void)!sql_members_of_user(&site.in.ledger, (struct sql_members_of_user){ .user = user_of(login), .now = site.now }, &rows);
    id = rows.n ? rows.at[0].unit : id_zero();
    instance_step(&site.in);
    return id;
}

static i64 epoch_of(struct id unit)
{
    struct units_row row = { .id = unit };
    i64 epoch = row_get(&site.in.ledger, &table_units, &row) == OK ? row.epoch : -1;

    instance_step(&site.in);
    return epoch;
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

static int admits(const char *member, struct id unit, const struct person *p)
{
    struct visitor *who = as(&site, member);

    (void)get(&site, "/admin/admissions", who);
    return post(&site, F("/admin/admissions/%s/%s", text_of_id(unit), text_of_id(p->id)), "do=admit", who).code;
}

/* A person of the hotline with a role, admitted by Hạnh. */
static bool make_member(struct person *p, const char *login)
{
    struct str link = add_person(p, login, admin());

    return join(p, link) && do_person(admin(), p, "do=role&role=counsellor") == 303 &&
           do_person(admin(), p, F("do=join&unit=%s", text_of_id(unit_of("hanh.mau")))) == 303 &&
           admits("hanh.mau", unit_of("hanh.mau"), p) == 303;
}

static struct id new_report(void)
{
    struct visitor child = { 0 };

    return report_of(&site, tell(&site, "who=self&danger=no&harm=bullying&story=th%E1%BB%AD", &child));
}

static int reads(struct visitor *who, struct id report)
{
    return get(&site, path_of(&site, report, "").at, who).code;
}

/* -- V11 ------------------------------------------------------------------------------------------------------------------------- */

struct check { struct ledger *l; i64 now; bool right; };

static bool holds(const struct check *v, struct id unit, i64 epoch, struct id user)
{
    struct member_keys_row k = { .unit = unit, .epoch = epoch, .user = user };

    return row_get(v->l, &table_member_keys, &k) == OK;
}

static status check_unit(void *to, const void *row)
{
    const struct units_row *u = row;
    struct check *v = to;
    struct members_rows members;
    struct keys_of_epoch_row holders;

    TRY(sql_members_of_unit(v->l, (struct sql_members_of_unit){ .unit = u->id, .now = v->now }, &members));
    for (size_t i = 0; i < members.n; i++)
        if (!holds(v, u->id, u->epoch, members.at[i].user))
            v->right = false;
    TRY(sql_keys_of_epoch(v->l->db, (struct sql_keys_of_epoch){ .unit = u->id, .epoch = u->epoch }, &holders));
    v->right &= (size_t)holders.n == members.n;
    return OK;
}

static bool v11(void)
{
    struct check v = { .l = &site.in.ledger, .now = site.now, .right = true };
    bool right = db_each(site.in.conn, table_units.all, NULL, check_unit, &v) == OK && v.right;

    instance_step(&site.in);
    return right;
}

/* -- joining ------------------------------------------------------------------------------------------------------------------------ */

TEST(a_person_is_added_takes_the_account_and_reads_once_a_member_has_admitted_them)
{
    struct person p;
    struct id before = new_report(), unit = unit_of("hanh.mau");
    struct str link = add_person(&p, "moi.mot", admin());

    REQUIRE(link.n == 43);
    CHECK(do_person(admin(), &p, "do=role&role=counsellor") == 303);
    CHECK(do_person(admin(), &p, F("do=join&unit=%s", text_of_id(unit))) == 303);
    CHECK(says(get(&site, "/admin/admissions", as(&site, "hanh.mau")), "chưa mở liên kết"));
    CHECK(admits("hanh.mau", unit, &p) == 303);
    CHECK(keys_of(unit, p.id) == 0);                                    /* nobody to whom a key could be wrapped yet */
    REQUIRE(join(&p, link));
    CHECK(get(&site, F("/welcome/%.*s", (int)link.n, link.at), NULL).code == 404);
    CHECK(reads(&p.browser, before) == 404);
    CHECK(says(get(&site, "/account", &p.browser), "chưa"));
    CHECK(admits("lan.mau", unit, &p) == 404);                          /* of another unit */
    CHECK(admits("nga.mau", unit, &p) == 404);                          /* an administrator holds no key */
    CHECK(keys_of(unit, p.id) == 0);
    CHECK(admits("hanh.mau", unit, &p) == 303);
    CHECK((i64)keys_of(unit, p.id) == epoch_of(unit));
    CHECK(reads(&p.browser, before) == 200);
    CHECK(reads(&p.browser, new_report()) == 200);
    CHECK(v11());
}

TEST(a_check_number_is_the_same_on_all_pages_that_show_it)
{
    struct person p;
    struct str link = add_person(&p, "moi.so", admin()), own, seen;

    REQUIRE(join(&p, link));
    CHECK(do_person(admin(), &p, F("do=join&unit=%s", text_of_id(unit_of("hanh.mau")))) == 303);
    own = between(get(&site, "/account", &p.browser), "<b class=mono>", "</b>");
    seen = between(get(&site, "/admin/admissions", as(&site, "minh.mau")), "<b class=mono>", "</b>");
    CHECK(own.n == 9);
    CHECK_STR(own, seen);
    CHECK(post(&site, F("/admin/admissions/%s/%s", text_of_id(unit_of("hanh.mau")), text_of_id(p.id)), "do=refuse",
               as(&site, "minh.mau")).code == 303);
    CHECK(says(get(&site, "/admin/admissions", as(&site, "minh.mau")), "Không có ai đang chờ"));
}

TEST(what_is_typed_wrongly_is_refused_at_its_field_and_kept)
{
    static const struct { const char *path, *fields, *field, *kept; } cases[] = {
        { "/admin/people", "name=&login=ai.do", "name", "ai.do" }, { "/admin/people", "name=Ai&login=A+B", "login", "A B" },
        { "/admin/people", "name=Ai&login=hanh.mau", "login", "hanh.mau" }, { "/admin/people", "name=Ai&login=ab", "login", "ab" },
        { "/admin/units", "name=&kind=hotline", "name", "selected" }, { "/admin/units", "name=Ca&kind=castle", "kind", "Ca" },
        { "/admin/organisation", "do=rename&name=T&since=31%2F02%2F2026", "since", "31/02/2026" },
        { "/admin/organisation", "do=rename&name=&since=2026-01-01", "name", "2026-01-01" },
        { "/admin/organisation", "do=merge&into=nowhere&merge_on=2027-01-01", "into", "2027-01-01" },
        { "/admin/organisation", "do=merge&into=national&merge_on=", "merge_on", "selected" },
        { "/admin/organisations/new", "name=T&code=hotline&kind=ngo&person=P&login=a.b.c", "code", "a.b.c" },
    };

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct answer a = post(&site, cases[i].path, cases[i].fields, admin());
        bool right = a.code == 422 || a.code == 200;

        right = right && says(a, F("href=\"#%s\"", cases[i].field)) && says(a, F("id=%s-bad", cases[i].field)) && says(a, cases[i].kept) &&
                says(a, "aria-invalid=true") && says(a, "Lỗi:");
        if (!right)
            printf("# %s %s: %d %.*s\n", cases[i].path, cases[i].fields, a.code, (int)a.body.n, a.body.at);
        CHECK(right);
    }
}

TEST(a_link_lives_72_hours_and_the_newest_is_the_only_one)
{
    struct person p;
    struct str first = add_person(&p, "moi.link", admin()), second;
    struct answer a;

    REQUIRE(first.n == 43);
    CHECK(get(&site, F("/welcome/%.*s", (int)first.n, first.at), NULL).code == 200);
    CHECK(do_person(admin(), &p, "do=link") == 303);
    a = get(&site, F("/admin/people/%s", text_of_id(p.id)), admin());
    second = link_on(a);
    CHECK(link_on(get(&site, F("/admin/people/%s", text_of_id(p.id)), admin())).n == 0);       /* shown once */
    CHECK(get(&site, F("/welcome/%.*s", (int)first.n, first.at), NULL).code == 404);
    CHECK(get(&site, F("/welcome/%.*s", (int)second.n, second.at), NULL).code == 200);
    site.now += 71 * (i64)HOUR_MS;
    CHECK(get(&site, F("/welcome/%.*s", (int)second.n, second.at), NULL).code == 200);
    site.now += 2 * (i64)HOUR_MS;
    CHECK(get(&site, F("/welcome/%.*s", (int)second.n, second.at), NULL).code == 404);
}

/* -- leaving ------------------------------------------------------------------------------------------------------------------------- */

struct newest { struct id unit; i64 epoch; };
static status see_grant(void *to, const void *row)
{
    const struct grants_row *g = row;
    struct newest *n = to;

    if (g->unit.has && id_eq(g->unit.v, n->unit) && g->epoch > n->epoch)
        n->epoch = g->epoch;
    return OK;
}

static void v10(const struct person *p, struct id unit, i64 epoch_before)
{
    struct newest grant = { .unit = unit };
    struct visitor old = p->browser;
    struct id after;

    CHECK(leads_to(get(&site, "/account", &old), "/sign-in"));          /* no session */
    CHECK(keys_of(unit, p->id) == 0);                                   /* no key */
    CHECK(epoch_of(unit) == epoch_before + 1);
    after = new_report();
    CHECK(db_each(site.in.conn, table_grants.all, NULL, see_grant, &grant) == OK);
    instance_step(&site.in);
    CHECK(grant.epoch == epoch_before + 1);                             /* every grant made next is of an epoch they never held */
    CHECK(reads(as(&site, "hanh.mau"), after) == 200);                  /* and those who stay read it */
    CHECK(v11());
}

TEST(V10_after_leaving_there_is_no_session_no_key_and_every_next_grant_is_to_an_epoch_they_never_held)
{
    struct id unit = unit_of("hanh.mau"), before;
    i64 epoch = epoch_of(unit);
    struct answer a;
    struct person p;

    REQUIRE(make_member(&p, "moi.di"));
    before = new_report();
    CHECK(reads(&p.browser, before) == 200);
    a = get(&site, F("/admin/people/%s/leave/%s", text_of_id(p.id), text_of_id(unit)), admin());
    CHECK(a.code == 200 && says(a, "rời"));
    CHECK(post(&site, F("/admin/people/%s/leave/%s", text_of_id(p.id), text_of_id(unit)), "leave_on=", admin()).code == 303);
    v10(&p, unit, epoch);
    CHECK(reads(again(&p), before) == 404);
    CHECK(reads(as(&site, "hanh.mau"), before) == 200);
    CHECK(post(&site, F("/admin/people/%s/leave/%s", text_of_id(p.id), text_of_id(unit)), "leave_on=", admin()).code == 404);
}

static void run_dates(void)
{
    CHECK(people_dates(&site.in.ledger, &site.in.app, site.now) == OK);
    instance_step(&site.in);
}

TEST(V10_holds_for_who_leaves_on_a_day_as_well)
{
    struct id unit = unit_of("hanh.mau");
    char day[CLOCK_TEXT];
    struct person p;
    i64 epoch;

    REQUIRE(make_member(&p, "moi.hen"));
    epoch = epoch_of(unit);
    clock_day_iso(site.now + 2 * DAY_MS, day);
    CHECK(post(&site, F("/admin/people/%s/leave/%s", text_of_id(p.id), text_of_id(unit)), F("leave_on=%s", day), admin()).code == 303);
    run_dates();
    CHECK(epoch_of(unit) == epoch && keys_of(unit, p.id) > 0);
    site.now = clock_local_day(site.now) + 3 * DAY_MS - MINUTE_MS;      /* the last minute of the last day */
    run_dates();
    CHECK(epoch_of(unit) == epoch);
    again(&p);
    site.now += 2 * MINUTE_MS;
    run_dates();
    v10(&p, unit, epoch);
    run_dates();
    CHECK(epoch_of(unit) == epoch + 1);                                 /* once */
}

TEST(V10_holds_for_who_leaves_the_organisation)
{
    struct id unit = unit_of("hanh.mau");
    struct person p;
    i64 epoch;

    REQUIRE(make_member(&p, "moi.het"));
    epoch = epoch_of(unit);
    CHECK(get(&site, F("/admin/people/%s/gone", text_of_id(p.id)), admin()).code == 200);
    CHECK(post(&site, F("/admin/people/%s/gone", text_of_id(p.id)), "", admin()).code == 303);
    v10(&p, unit, epoch);
    CHECK(leads_to(get(&site, "/account", again(&p)), "/sign-in"));
    CHECK(do_person(admin(), &p, "do=role&role=counsellor") == 303);
    CHECK(says(get(&site, F("/admin/people/%s", text_of_id(p.id)), admin()), "Chưa có vai trò"));
    CHECK(post(&site, F("/admin/people/%s/gone", text_of_id(user_of("nga.mau"))), "", admin()).code == 303);
    CHECK(get(&site, "/account", admin()).code == 200);                 /* nobody shuts the own account */
}

TEST(two_of_three_lost_is_a_new_link_a_new_key_and_a_new_admission)
{
    struct id unit = unit_of("hanh.mau"), before = new_report();
    struct str link;
    struct person p;
    i64 epoch;

    REQUIRE(make_member(&p, "moi.mat"));
    epoch = epoch_of(unit);
    CHECK(says(get(&site, F("/admin/people/%s/reset", text_of_id(p.id)), admin()), "Không hoàn tác được"));
    CHECK(post(&site, F("/admin/people/%s/reset", text_of_id(p.id)), "", admin()).code == 303);
    link = link_on(get(&site, F("/admin/people/%s", text_of_id(p.id)), admin()));
    v10(&p, unit, epoch);
    CHECK(leads_to(get(&site, "/account", again(&p)), "/sign-in"));     /* the old password opens nothing */
    REQUIRE(join(&p, link));
    CHECK(reads(&p.browser, before) == 404);
    CHECK(admits("hanh.mau", unit, &p) == 303);
    CHECK(reads(&p.browser, before) == 200 && v11());
    CHECK(post(&site, F("/admin/people/%s/reset", text_of_id(user_of("nga.mau"))), "", admin()).code == 303);
    CHECK(get(&site, "/account", admin()).code == 200);
}

/* -- two persons ------------------------------------------------------------------------------------------------------------------------ */

static struct proposals_row newest_proposal(struct id object)
{
    static struct proposals_row row;
    struct proposals_rows rows = { 0 };

    (void)!sql_proposals_about(&site.in.ledger, (struct sql_proposals_about){ .object = object }, &rows);
    row = rows.n ? rows.at[0] : (struct proposals_row){ 0 };
    row.kind = arena_copy(&site.kept, row.kind);
    row.outcome = arena_copy(&site.kept, row.outcome);
    instance_step(&site.in);
    return row;
}

/* What the page would have shown, without the right to see the page. */
static const char *seen_of_proposal(struct id proposal)
{
    struct proposal_seen seen = { .seen = STR("") };
    const char *text;
    struct ctx c;

    instance_ctx(&site.in, &c, site.now);
    text = proposal_look(&c, proposal, &seen) == OK ? F("%.*s", (int)seen.seen.n, seen.seen.at) : "";
    instance_step(&site.in);
    return text;
}

static int decide(struct visitor *who, struct id object, const char *what)
{
    struct proposals_row p = newest_proposal(object);

    return post(&site, F("/admin/confirm/%s", text_of_id(p.id)), F("do=%s&reason=vi+sao&seen=%s", what, seen_of_proposal(p.id)), who).code;
}

TEST(a_deciding_role_counts_once_somebody_of_another_unit_has_confirmed_it)
{
    struct visitor *confirmer;
    struct answer a;
    struct person p;

    REQUIRE(make_member(&p, "moi.sup"));
    CHECK(do_person(admin(), &p, "do=role&role=supervisor") == 303);
    CHECK(get(&site, "/admin/confirm", &p.browser).code == 403);
    CHECK(decide(as(&site, "minh.mau"), p.id, "confirm") == 403);       /* of the same unit */
    CHECK(decide(admin(), p.id, "confirm") == 403);                     /* has no right to confirm */
    confirmer = as(&site, "vy.mau");
    a = get(&site, F("/admin/confirm/%s", text_of_id(newest_proposal(p.id).id)), confirmer);
    CHECK(says(a, "Giám sát") && says(a, "Nga") && says(a, "Số đối chiếu"));
    CHECK(decide(confirmer, p.id, "confirm") == 303);
    CHECK_STR(newest_proposal(p.id).outcome, STR("confirmed"));
    CHECK(get(&site, "/admin/confirm", &p.browser).code == 200);
    CHECK(decide(confirmer, p.id, "confirm") == 303);                   /* too late, and said so */
    CHECK(says(get(&site, "/admin/confirm", confirmer), "đã được quyết"));
}

TEST(who_was_confirmed_later_cannot_confirm_what_was_set_before)
{
    struct person old, young;
    struct str link;

    link = add_person(&old, "moi.truoc", admin());
    REQUIRE(join(&old, link));
    link = add_person(&young, "moi.sau", admin());
    REQUIRE(join(&young, link));
    CHECK(do_person(admin(), &young, "do=role&role=coordinator") == 303);
    site.now += MINUTE_MS;
    CHECK(do_person(admin(), &old, "do=role&role=coordinator") == 303);
    site.now += MINUTE_MS;
    CHECK(decide(as(&site, "vy.mau"), young.id, "confirm") == 303);
    site.now += MINUTE_MS;
    CHECK(decide(again(&young), old.id, "confirm") == 403);
    CHECK(says(get(&site, F("/admin/confirm/%s", text_of_id(newest_proposal(old.id).id)), &young.browser), "được xác nhận sau"));
    CHECK(decide(as(&site, "vy.mau"), old.id, "refuse") == 303);
    CHECK(says(get(&site, "/admin", admin()), "vi sao"));
    CHECK(do_person(admin(), &old, "do=role&role=coordinator") == 303);
    CHECK(decide(again(&young), old.id, "confirm") == 303);             /* set after the confirmation: may */
    CHECK_STR(newest_proposal(old.id).outcome, STR("confirmed"));
}

/* A role that somebody set, whose decision is gone: the day on which it was set says nothing of the day it was confirmed. */
TEST(a_role_whose_confirmation_is_not_found_decides_nothing)
{
    struct person decides, waits;
    struct proposals_row gone;
    struct str link = add_person(&decides, "moi.mat.dau", admin());

    REQUIRE(join(&decides, link));
    link = add_person(&waits, "moi.cho", admin());
    REQUIRE(join(&waits, link));
    CHECK(do_person(admin(), &decides, "do=role&role=coordinator") == 303);
    CHECK(decide(as(&site, "vy.mau"), decides.id, "confirm") == 303);
    site.now += MINUTE_MS;
    CHECK(do_person(admin(), &waits, "do=role&role=coordinator") == 303);
    gone = (struct proposals_row){ .id = newest_proposal(decides.id).id };
    CHECK(act_begin(&site.in.ledger, (struct act_info){ .act = "test", .now = site.now, .object = decides.id }) == OK);
    CHECK(row_get(&site.in.ledger, &table_proposals, &gone) == OK && row_delete(&site.in.ledger, &table_proposals, &gone) == OK);
    CHECK(act_commit(&site.in.ledger) == OK);
    instance_step(&site.in);
    CHECK(decide(again(&decides), waits.id, "confirm") == 403);
    CHECK(decide(as(&site, "vy.mau"), waits.id, "confirm") == 303);
}

TEST(an_account_taken_anew_decides_nothing_until_it_is_confirmed_again)
{
    struct person p;
    struct str link = add_person(&p, "moi.lai", admin());

    REQUIRE(join(&p, link));
    CHECK(do_person(admin(), &p, "do=role&role=coordinator") == 303);
    CHECK(decide(as(&site, "vy.mau"), p.id, "confirm") == 303);
    CHECK(get(&site, "/admin/confirm", again(&p)).code == 200);
    CHECK(post(&site, F("/admin/people/%s/reset", text_of_id(p.id)), "", admin()).code == 303);
    link = link_on(get(&site, F("/admin/people/%s", text_of_id(p.id)), admin()));
    CHECK(decide(as(&site, "vy.mau"), p.id, "confirm") == 303);
    CHECK_STR(newest_proposal(p.id).outcome, STR("waiting"));           /* nobody has taken the account: not ready */
    REQUIRE(join(&p, link));
    CHECK(get(&site, "/admin/confirm", &p.browser).code == 403);
    CHECK(decide(as(&site, "vy.mau"), p.id, "confirm") == 303);
    CHECK(get(&site, "/admin/confirm", &p.browser).code == 200);
}

TEST(what_changed_since_it_was_shown_is_not_confirmed)
{
    struct answer a = post(&site, "/admin/units", "name=Ca+th%E1%BB%AD&kind=hotline", admin());
    struct id unit = id_at_end(a);
    struct proposals_row p = newest_proposal(unit);
    const char *seen = seen_of_proposal(p.id);

    CHECK(post(&site, F("/admin/units/%s", text_of_id(unit)), "name=T%C3%AAn+kh%C3%A1c&since=2026-01-01", admin()).code == 303);
    CHECK(post(&site, F("/admin/confirm/%s", text_of_id(p.id)), F("do=confirm&seen=%s", seen), as(&site, "vy.mau")).code == 303);
    CHECK_STR(newest_proposal(unit).outcome, STR("waiting"));
    CHECK(says(get(&site, F("/admin/confirm/%s", text_of_id(p.id)), as(&site, "vy.mau")), "thay đổi trước"));
    CHECK(post(&site, F("/admin/proposals/%s", text_of_id(p.id)), "", admin()).code == 303);
    CHECK_STR(newest_proposal(unit).outcome, STR("withdrawn"));
}

static struct id last_waiting(void)
{
    struct proposals_rows rows = { 0 };
    struct id id;

    (void)!sql_proposals_waiting(&site.in.ledger, &rows);
    id = rows.n ? rows.at[rows.n - 1].id : id_zero();
    instance_step(&site.in);
    return id;
}

TEST(a_new_unit_receives_once_unit_first_member_and_route_are_confirmed)
{
    struct person first, second;
    struct str link = add_person(&first, "moi.dau", admin());
    struct id unit, report;
    const char *path;
    struct answer a;

    REQUIRE(join(&first, link));
    a = post(&site, "/admin/units", "name=Ca+%C4%91%C3%AAm&kind=hotline", admin());
    unit = id_at_end(a);
    CHECK(do_person(admin(), &first, "do=role&role=counsellor") == 303);
    CHECK(do_person(admin(), &first, F("do=join&unit=%s", text_of_id(unit))) == 303);
    CHECK(decide(as(&site, "vy.mau"), first.id, "confirm") == 303);     /* the unit is not confirmed: not ready */
    CHECK(epoch_of(unit) == 0 && keys_of(unit, first.id) == 0);
    CHECK(decide(as(&site, "vy.mau"), unit, "confirm") == 303);
    CHECK(decide(as(&site, "vy.mau"), first.id, "confirm") == 303);
    CHECK(epoch_of(unit) == 1 && keys_of(unit, first.id) == 1);
    CHECK(post(&site, "/admin/routes", F("kind=report&province=92&commune=&rank=0&unit=%s", text_of_id(unit)), admin()).code == 303);
    report = report_of(&site, tell(&site, "who=self&danger=no&province=92&story=a", &(struct visitor){ 0 }));
    CHECK(reads(again(&first), report) == 404);                         /* the route is not confirmed */
    a = get(&site, "/admin/confirm", as(&site, "vy.mau"));
    CHECK(says(a, "Tuyến nhận lời kể"));
    path = F("/admin/confirm/%s", text_of_id(last_waiting()));
    a = get(&site, path, as(&site, "vy.mau"));
    CHECK(says(a, "Cần Thơ") && says(a, "Lời kể mới từ nơi này"));
    CHECK(post(&site, path, F("do=confirm&seen=%.*s", 32, between(a, "name=seen value=\"", "\"").at), as(&site, "vy.mau")).code == 303);
    report = report_of(&site, tell(&site, "who=self&danger=no&province=92&story=a", &(struct visitor){ 0 }));
    CHECK(reads(&first.browser, report) == 200);
    link = add_person(&second, "moi.nhi", admin());
    REQUIRE(join(&second, link));
    CHECK(do_person(admin(), &second, F("do=join&unit=%s", text_of_id(unit))) == 303);
    CHECK(do_person(admin(), &second, "do=role&role=counsellor") == 303);
    CHECK(post(&site, F("/admin/admissions/%s/%s", text_of_id(unit), text_of_id(second.id)), "do=admit", &first.browser).code == 303);
    CHECK(reads(&second.browser, report) == 200 && v11());
}

/* -- names and mergers --------------------------------------------------------------------------------------------------------------- */

static struct str words_at(struct id unit, i64 at)
{
    struct str words = STR("");

    CHECK(people_unit_words(&site.in.ledger, unit, at, &words) == OK);
    words = arena_copy(&site.kept, words);
    instance_step(&site.in);
    return words;
}

TEST(renamed_by_date_old_records_show_the_old_name)
{
    struct id unit = unit_of("hanh.mau");
    i64 today = site.now;
    char soon[CLOCK_TEXT];

    clock_day_iso(site.now + 5 * DAY_MS, soon);
    CHECK(post(&site, F("/admin/units/%s", text_of_id(unit)), F("name=Ca+m%%E1%%BB%%9Bi&since=%s", soon), admin()).code == 303);
    CHECK_STR(words_at(unit, today), STR("Ca trực đường dây (mẫu) · Đường dây hỗ trợ (mẫu)"));
    run_dates();
    CHECK(says(get(&site, "/admin/units", admin()), "Ca trực đường dây (mẫu)"));
    site.now = clock_local_day(today + 5 * DAY_MS) + MINUTE_MS;
    run_dates();
    CHECK(says(get(&site, "/admin/units", admin()), "Ca mới"));
    CHECK_STR(words_at(unit, today), STR("Ca trực đường dây (mẫu) · Đường dây hỗ trợ (mẫu)"));
    CHECK_STR(words_at(unit, site.now), STR("Ca mới · Đường dây hỗ trợ (mẫu)"));
    CHECK(post(&site, "/admin/organisation", "do=rename&name=T%E1%BB%95ng+%C4%91%C3%A0i&since=2026-01-05", admin()).code == 303);
    CHECK_STR(words_at(unit, site.now), STR("Ca mới · Tổng đài"));
    CHECK(says(get(&site, "/directory?q=duong+day", admin()), "Tới 04/01/2026: Đường dây hỗ trợ (mẫu)"));      /* by the former name */
    CHECK(says(get(&site, "/directory?day=2026-01-04", admin()), ">Đường dây hỗ trợ (mẫu)</a>"));
    CHECK(says(get(&site, "/directory?day=2026-01-05", admin()), ">Tổng đài</a>"));
}

TEST(a_new_organisation_is_confirmed_with_its_administrator_and_may_be_merged_by_date)
{
    struct person chief = { .login = "truong.nha" };
    struct users_row user = { 0 };
    struct id org, unit;
    struct answer a;
    struct str link;
    i64 before;

    a = post(&site, "/admin/organisations/new", "name=M%C3%A1i+%E1%BA%A5m&code=mai-am&kind=ngo&person=Chi+Th%C6%A1&login=truong.nha", admin());
    CHECK(leads_to(a, "/admin/organisations/new"));
    link = link_on(get(&site, "/admin/organisations/new", admin()));
    chief.id = user_of("truong.nha");
    REQUIRE(row_get(&site.in.ledger, &table_users, (user.id = chief.id, &user)) == OK);
    org = user.org;
    instance_step(&site.in);
    CHECK(!says(get(&site, "/directory", admin()), "Mái ấm"));
    CHECK(get(&site, F("/directory/%s", text_of_id(org)), admin()).code == 404);
    REQUIRE(join(&chief, link));
    CHECK(get(&site, "/admin/people", &chief.browser).code == 403);
    CHECK(decide(as(&site, "vy.mau"), chief.id, "confirm") == 303);     /* the organisation first */
    CHECK(get(&site, "/admin/people", &chief.browser).code == 403);
    CHECK(decide(as(&site, "vy.mau"), org, "confirm") == 303);
    CHECK(decide(as(&site, "vy.mau"), chief.id, "confirm") == 303);
    CHECK(get(&site, "/admin/people", &chief.browser).code == 200);
    CHECK(says(get(&site, "/directory", admin()), "Mái ấm"));
    unit = id_at_end(post(&site, "/admin/units", "name=Nh%C3%A0+m%E1%BB%99t&kind=ngo", &chief.browser));
    CHECK(decide(as(&site, "vy.mau"), unit, "confirm") == 303);
    before = site.now;
    CHECK(post(&site, "/admin/organisation", F("do=merge&into=national&merge_on=%s", "2026-02-01"), again(&chief)).code == 303);
    CHECK(decide(as(&site, "vy.mau"), org, "confirm") == 303);
    CHECK(get(&site, "/admin/people", &chief.browser).code == 403);     /* nobody becomes administrator of the other one */
    REQUIRE(row_get(&site.in.ledger, &table_users, &user) == OK);
    CHECK(!id_eq(user.org, org));
    instance_step(&site.in);
    CHECK(!says(get(&site, "/directory", admin()), "Mái ấm"));
    CHECK(says(get(&site, "/directory?day=2026-01-31", admin()), "Mái ấm"));
    CHECK(says(get(&site, F("/directory/%s", text_of_id(org)), admin()), "Đã sáp nhập vào"));
    CHECK_STR(words_at(unit, before), STR("Nhà một · Trung tâm điều phối quốc gia (mẫu)"));
    CHECK_STR(words_at(unit, before - 400 * DAY_MS), STR("Nhà một · Mái ấm"));
}

TEST(a_long_list_of_people_is_read_page_by_page)
{
    struct ledger *l = &site.in.ledger;
    struct users_row nga = { 0 };
    size_t pages = 0, seen = 0;
    const char *path = "/admin/people";
    struct id id;

    REQUIRE(sql_user_of_login(l, (struct sql_user_of_login){ .login = STR("nga.mau") }, &nga) == OK);
    REQUIRE(act_begin(l, (struct act_info){ .act = "test", .now = site.now }) == OK);
    for (int i = 0; i < 110; i++)
        REQUIRE(people_add_user(l, (struct user_new){ nga.org, arena_f(l->arena, "dai.%03d", i), STR("Dài") }, site.now, &id) == OK);
    REQUIRE(act_commit(l) == OK);
    instance_step(&site.in);
    while (path[0] && pages < 6) {
        struct answer a = get(&site, path, admin());
        struct str rest = a.body, next = between(a, "<a href=\"/admin/people?after=", "\"");
        size_t at;

        while ((at = str_find(rest, STR(">dai."))) < rest.n) {
            seen++;
            rest = str_from(rest, at + 1);
        }
        path = next.n == ID_TEXT ? F("/admin/people?after=%.*s", ID_TEXT, next.at) : "";
        pages++;
    }
    CHECK(seen == 110 && pages >= 3 && pages < 6);
    CHECK(get(&site, F("/admin/people?after=%s", text_of_id(user_of("lan.mau"))), admin()).code == 404);
}

/* -- races ---------------------------------------------------------------------------------------------------------------------------- */

enum { RACERS = 12 };
static struct race { struct id unit, org; struct pair member; struct id member_id, people[RACERS]; bool right[2]; } race;

static status race_person(struct ledger *l, struct id *id, const struct key *xpk, int i)
{
    struct users_row row;

    TRY(people_add_user(l, (struct user_new){ race.org, arena_f(l->arena, "dua.%d", i), STR("Đua") }, site.now, id));
    row = (struct users_row){ .id = *id };
    TRY(row_get(l, &table_users, &row));
    row.xpk = arena_copy(l->arena, key_str(xpk));
    row.state = STR("active");
    return row_update(l, &table_users, &row);
}

static status race_prepare(struct ledger *l)
{
    struct pair *pair = SECRET(l->secrets, struct pair);

    TRY(act_begin(l, (struct act_info){ .act = "test", .now = site.now }));
    TRY(people_add_organisation(l, (struct organisation_new){ STR("dua"), STR("Đua"), STR("ngo") }, site.now, &race.org));
    TRY(people_add_unit(l, (struct unit_new){ race.org, STR("Đua"), STR("ngo"), true }, site.now, &race.unit));
    vault_pair_new(&race.member);
    TRY(race_person(l, &race.member_id, &race.member.open, 0));
    TRY(people_add_member(l, race.unit, race.member_id, NULL, site.now));
    for (int i = 0; i < RACERS; i++) {
        vault_pair_new(pair);
        TRY(race_person(l, &race.people[i], &pair->open, i + 1));
        if (i % 2)
            TRY(people_add_member(l, race.unit, race.people[i], &(struct member_by){ race.member_id, &race.member }, site.now));
    }
    return act_commit(l);
}

/* Those of even number are admitted by one thread while those of odd number leave in the other. */
static status race_step(struct ledger *l, int i)
{
    struct members_row m = { .unit = race.unit, .user = race.people[i], .since = site.now + 1 };

    TRY(act_begin(l, (struct act_info){ .act = "test", .now = site.now + 1 }));
    TRY(i % 2 ? people_leave(l, race.unit, race.people[i], site.now + 1)
              : people_admit(l, m, &(struct member_by){ race.member_id, &race.member }));
    return act_commit(l);
}

static void *racer(void *which)
{
    struct ledger l = { .house = site.in.house, .secrets = secrets_make() };
    struct arena arena = arena_make(16 << 20);
    int first = *(int *)which;

    race.right[first] = conn_open(site.in.db, &l.db) == OK;
    l.arena = &arena;
    conn_use(l.db, &arena);
    for (int i = first; i < RACERS; i += 2) {
        status s = CONFLICT;

        for (int tries = 0; tries < 100 && (s == CONFLICT || s == BUSY); tries++) {
            s = race_step(&l, i);
            if (s != OK)
                act_abort(&l);
            arena_reset(&arena, true);
            secrets_wipe(l.secrets);
        }
        race.right[first] &= s == OK;
    }
    conn_close(l.db);
    secrets_free(l.secrets);
    arena_free(&arena);
    return NULL;
}

TEST(V11_members_of_a_unit_are_the_holders_of_its_epoch_also_when_two_join_and_leave_at_once)
{
    int which[2] = { 0, 1 };
    pthread_t threads[2];
    status s = race_prepare(&site.in.ledger);

    instance_step(&site.in);
    REQUIRE(s == OK);
    for (int i = 0; i < 2; i++)
        REQUIRE(pthread_create(&threads[i], NULL, racer, &which[i]) == 0);
    for (int i = 0; i < 2; i++)
        pthread_join(threads[i], NULL);
    CHECK(race.right[0] && race.right[1]);
    CHECK(epoch_of(race.unit) == 1 + RACERS / 2);                       /* no epoch is lost, none is made twice */
    site.now += 2;
    CHECK(v11());
    for (int i = 0; i < RACERS; i++)
        CHECK((i64)keys_of(race.unit, race.people[i]) == (i % 2 ? 0 : epoch_of(race.unit)));
}

/* -- V9 ----------------------------------------------------------------------------------------------------------------------------------- */

enum { WALK = 400, WALKERS = 14, FACTS = 400 };
static struct walker { struct person person; bool open; } walkers[WALKERS];
static size_t n_walkers;
static struct str before_walk[FACTS];
static size_t n_before;
static bool in_walk, v9_right;

static struct str fact_of(const char *what, struct str a, struct str b, struct str extra)
{
    struct out o = { .max = 500 };
    struct str s;

    out_c(&o, what);
    out_hex(&o, a.at, a.n);
    out_char(&o, ' ');
    out_hex(&o, b.at, b.n);
    out_str(&o, extra);
    s = arena_copy(&site.kept, out_done(&o));
    out_free(&o);
    return s;
}

/* Before the walk each fact is noted; afterwards there may be no new one. */
static status note(struct str fact)
{
    bool known = false;

    for (size_t i = 0; i < n_before; i++)
        known |= str_eq(before_walk[i], fact);
    if (!in_walk && !known && n_before < FACTS)
        before_walk[n_before++] = fact;
    if (in_walk && !known) {
        printf("# new: %.*s\n", (int)fact.n, fact.at);
        v9_right = false;
    }
    return OK;
}

static status note_key(void *to, const void *row)
{
    const struct member_keys_row *k = row;

    (void)to;
    return note(fact_of("key ", id_bytes(&k->unit), id_bytes(&k->user), STR("")));
}

static status note_route(void *to, const void *row)
{
    const struct routes_row *r = row;

    (void)to;
    return r->confirmed_by.has ? note(fact_of("route ", id_bytes(&r->id), id_bytes(&r->unit), r->area)) : OK;
}

static status note_role(void *to, const void *row)
{
    const struct roles_row *r = row;

    (void)to;
    return role_decides(r->role) && r->confirmed_by.has ? note(fact_of("role ", id_bytes(&r->org), id_bytes(&r->user), r->role)) : OK;
}

static status note_grant(void *to, const void *row)
{
    const struct grants_row *g = row;

    (void)to;
    return g->unit.has ? note(fact_of("grant ", id_bytes(&g->unit.v), STR(""), STR(""))) : OK;
}

static status note_unit(void *to, const void *row)
{
    const struct units_row *u = row;

    (void)to;
    if (u->confirmed_by.has && !in_walk)
        TRY(note(fact_of("grant ", id_bytes(&u->id), STR(""), STR(""))));      /* may be granted something already */
    return u->confirmed_by.has ? note(fact_of("unit ", id_bytes(&u->id), id_bytes(&u->org), u->kind)) : OK;
}

static status note_org(void *to, const void *row)
{
    const struct organisations_row *o = row;

    (void)to;
    return o->confirmed_by.has ? note(fact_of("organisation ", id_bytes(&o->id), STR(""), o->code)) : OK;
}

/* A recovery key in force, and a unit opened with one. */
static status note_recovery_key(void *to, const void *row)
{
    const struct recovery_keys_row *k = row;

    (void)to;
    return str_is(k->state, "present") ? note(fact_of("recovery key ", id_bytes(&k->org), STR(""), STR(""))) : OK;
}

static status note_recovery(void *to, const void *row)
{
    const struct recoveries_row *r = row;

    (void)to;
    return str_is(r->outcome, "done") ? note(fact_of("recovery ", id_bytes(&r->id), id_bytes(&r->unit), STR(""))) : OK;
}

static void note_all(void)
{
    CHECK(db_each(site.in.conn, table_recovery_keys.all, NULL, note_recovery_key, NULL) == OK);
    CHECK(db_each(site.in.conn, table_recoveries.all, NULL, note_recovery, NULL) == OK);

    CHECK(db_each(site.in.conn, table_member_keys.all, NULL, note_key, NULL) == OK);
    CHECK(db_each(site.in.conn, table_routes.all, NULL, note_route, NULL) == OK);
    CHECK(db_each(site.in.conn, table_roles.all, NULL, note_role, NULL) == OK);
    CHECK(db_each(site.in.conn, table_grants.all, NULL, note_grant, NULL) == OK);
    CHECK(db_each(site.in.conn, table_units.all, NULL, note_unit, NULL) == OK);
    CHECK(db_each(site.in.conn, table_organisations.all, NULL, note_org, NULL) == OK);
    instance_step(&site.in);
}

static uint32_t dice(uint32_t n)
{
    static uint32_t state = 20261128;

    state = state * 1664525 + 1013904223;
    return (state >> 8) % n;
}

static struct id any_unit(void)
{
    struct units_rows rows = { 0 };
    struct users_row nga = { 0 };
    struct id id = id_zero();

    (void)!sql_user_of_login(&site.in.ledger, (struct sql_user_of_login){ .login = STR("nga.mau") }, &nga);
    (void)!sql_units_of_org(&site.in.ledger, (struct sql_units_of_org){ .org = nga.org }, &rows);
    if (rows.n)
        id = rows.at[dice((uint32_t)rows.n)].id;
    instance_step(&site.in);
    return id;
}

/* Somebody of the organisation: made by the administrator, or there before. */
static struct person any_person(void)
{
    static const char *const there[] = { "hanh.mau", "minh.mau", "khoa.mau" };
    const char *login = there[dice(3)];

    if (n_walkers == 0 || dice(4) == 0)
        return (struct person){ .login = login, .id = user_of(login) };
    return walkers[dice((uint32_t)n_walkers)].person;
}

static struct visitor *any_browser(void)
{
    return n_walkers == 0 || dice(3) == 0 ? admin() : &walkers[dice((uint32_t)n_walkers)].person.browser;
}

/* The link of whom it is for is opened by the administrator himself. */
static void take_over(struct person p)
{
    struct str link = link_on(get(&site, F("/admin/people/%s", text_of_id(p.id)), admin()));

    if (link.n == 43 && n_walkers < WALKERS && join(&p, link))
        walkers[n_walkers++] = (struct walker){ p, true };
}

static void walk_add(void)
{
    static char logins[WALKERS][16];
    static int n;
    struct person p;

    if (n == WALKERS || n_walkers == WALKERS)
        return;
    snprintf(logins[n], sizeof logins[n], "buoc.%d", n);
    if (add_person(&p, logins[n++], admin()).n)
        (void)do_person(admin(), &p, "do=link");
    take_over(p);
}

static void walk_role(void)
{
    struct person p = any_person();

    (void)do_person(admin(), &p, F("do=role&role=%s&role_since=%s", role_names[dice(11)], dice(2) ? "" : "1990-01-01"));
}

static void walk_join(void)
{
    struct person p = any_person();

    (void)do_person(admin(), &p, F("do=join&unit=%s", text_of_id(any_unit())));
}

static void walk_admit(void)
{
    struct person p = any_person();

    (void)post(&site, F("/admin/admissions/%s/%s", text_of_id(any_unit()), text_of_id(p.id)), "do=admit", any_browser());
}

/* The supervisor's account first: whoever takes it over must not be one. */
static void walk_reset(int i)
{
    struct person p = i < 60 ? (struct person){ .login = "minh.mau", .id = user_of("minh.mau") } : any_person();

    (void)post(&site, F("/admin/people/%s/reset", text_of_id(p.id)), "", admin());
    take_over(p);
}

static void walk_leave(void)
{
    struct person p = any_person();

    (void)post(&site, F("/admin/people/%s/leave/%s", text_of_id(p.id), text_of_id(any_unit())), "leave_on=", admin());
}

static void walk_unit(void)
{
    (void)post(&site, "/admin/units", "name=B%C6%B0%E1%BB%9Bc&kind=hotline", admin());
}

static void walk_route(void)
{
    (void)post(&site, "/admin/routes", F("kind=%s&province=*&rank=0&unit=%s", dice(2) ? "report" : "police", text_of_id(any_unit())), admin());
}

static void walk_org(void)
{
    static int n;

    (void)post(&site, "/admin/organisations/new", F("name=X&code=x-%d&kind=ngo&person=X&login=x.%d", n, n), admin());
    n++;
    (void)post(&site, "/admin/organisation", "do=merge&into=national&merge_on=2026-01-01", admin());
}

/* By everybody whom he has, whatever waits, with what a confirmer would have been shown. */
static void walk_confirm(void)
{
    struct proposals_rows rows = { 0 };
    struct id id = id_zero();

    (void)!sql_proposals_waiting(&site.in.ledger, &rows);
    if (rows.n)
        id = rows.at[dice((uint32_t)rows.n)].id;
    instance_step(&site.in);
    (void)post(&site, F("/admin/confirm/%s", text_of_id(id)), F("do=confirm&seen=%s", seen_of_proposal(id)), any_browser());
}

/* Trustees of his choice, and a recovery for somebody of his. */
static void walk_trustees(void)
{
    struct person one = any_person(), two = any_person(), three = any_person();

    (void)post(&site, "/admin/keys/trustees", F("one=%s&two=%s&three=%s", text_of_id(one.id), text_of_id(two.id), text_of_id(three.id)), admin());
    (void)post(&site, "/admin/keys/rescues", F("unit=%s&person=%s", text_of_id(any_unit()), text_of_id(one.id)), any_browser());
    (void)get(&site, "/admin/keys/share", any_browser());
}

static void walk_tell(void)
{
    (void)tell(&site, "who=self&danger=no&story=a", &(struct visitor){ 0 });
}

TEST(V9_no_walk_of_one_administrator_and_accounts_of_his_making_ends_in_a_grant_a_key_a_route_or_a_deciding_role)
{
    static void (*const steps[])(void) = { walk_add, walk_role, walk_role, walk_join, walk_join, walk_admit, walk_admit, walk_leave,
                                           walk_unit, walk_route, walk_org, walk_trustees, walk_confirm, walk_confirm, walk_confirm, walk_confirm };

    note_all();
    REQUIRE(n_before > 10 && n_before < FACTS);
    in_walk = v9_right = true;
    for (int i = 0; i < WALK && v9_right; i++) {
        if (i % 60 == 30)
            walk_reset(i);
        if (i % 100 == 99)
            walk_tell();
        steps[dice(COUNT_OF(steps))]();
        site.now += SECOND_MS;
        if (i % 20 == 19)
            note_all();
    }
    note_all();
    CHECK(v9_right);
    CHECK(n_walkers > 5);                                               /* the walk went somewhere */
    CHECK(v11());
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
