/* The whole route table, walked: who may enter, what a foreign record looks like, and the headers of every answer. What is
   expected comes from the table's own columns. */
#include "site.h"
#include "test.h"

#include "matches/banks.h"
#include "speakup/speakup.h"

#include "matches.sql.h"
#include "network.sql.h"
#include "people.sql.h"
#include "tables.sql.h"

static struct site site;
static struct id report;            /* of the hotline: hanh.mau and minh.mau hold its keys */
static struct id referral;          /* of that report, waiting for a second person: known to the hotline alone */

/* -- walking ------------------------------------------------------------------------------------------------ */

typedef void each_route(const struct route *r);

/* A session of so many refusals ends: every ten routes everybody signs in anew. */
static void each(each_route *see)
{
    int seen = 0;

    for (const struct route *const *list = site.in.app.modules; *list != NULL; list++)
        for (const struct route *r = *list; r->path != NULL; r++) {
            see(r);
            if (++seen % 10 == 0)
                site.now += 11 * MINUTE_MS;
        }
}

/* What stands for a :name that is no id: something that exists. */
static struct { const char *name, *value; } words[] = {
    { ":act", "urgent" }, { ":file", NULL /* the report's: main */ }, { ":unit", NULL /* a foreign one: main */ },
    { ":paper", NULL /* the report's: main */ },
    { ":support", NULL }, { ":meeting", NULL },         /* of the case: main */
    { ":picture", NULL /* the report's: main */ },
};

static const char *id_part(struct id id)
{
    char text[ID_TEXT + 1];

    id_text(id, text);
    return arena_copy(&site.kept, str_c(text)).at;
}

/* What stands for the report where the id of a route is that of another thing; by the beginning of the path. */
static struct { const char *path, *id; } others[] = { { "/cases/export/", NULL } };

static const char *own_of(const char *path, const char *id)
{
    for (size_t i = 0; i < COUNT_OF(others); i++)
        if (others[i].id != NULL && strncmp(path, others[i].path, strlen(others[i].path)) == 0 && strcmp(id, id_part(report)) == 0)
            return others[i].id;
    return id;
}

static const char *part_of(const char *at, const char *id)
{
    for (size_t i = 0; i < COUNT_OF(words); i++)
        if (strncmp(at, words[i].name, strlen(words[i].name)) == 0)
            return words[i].value;
    return id;
}

/* The route's path with every :name filled. */
static const char *path_with(const struct route *r, const char *part)
{
    struct out o = { .max = 1000 };
    const char *path;

    for (const char *at = r->path; *at; at++)
        if (*at == ':') {
            out_c(&o, part_of(at, own_of(r->path, part)));
            while (at[1] && at[1] != '/')
                at++;
        } else {
            out_char(&o, *at);
        }
    path = arena_copy(&site.kept, out_done(&o)).at;
    out_free(&o);
    return path;
}

/* A hundred refusals end a session: everybody signs in anew before that. */
static void fresh_sessions(void)
{
    static int routes;

    if (++routes % 20 == 0)
        site.now += 11 * MINUTE_MS;
}

/* What stands behind :id, where it is the hotline's. */
static struct id record_of(const struct route *r)
{
    return strncmp(r->path, "/referrals", 10) == 0 ? referral : report;
}

/* An act that does not fit leads back to its record; a last look at nothing, to the form; and no file was shared. */
static bool led_back(const struct route *r, struct answer a)
{
    if (strcmp(r->path, "/retention/:id") == 0)
        return a.code == 404;                                                   /* the report is open: no term runs */
    if (strcmp(r->path, "/platform-reports/:id") == 0)
        return a.code == 404;                                                   /* a child told it, no platform */
    if (strstr(r->path, "/papers/:paper/do/") != NULL)
        return a.code == 404;                                                   /* papers know no act "urgent" */
    if (strstr(r->path, "/papers/:paper/") != NULL)
        return a.code == 303 && strstr(a.location.at, "/papers/") != NULL;      /* nothing to join, nothing to move to */
    if (str_ends(str_c(r->path), STR("/check")))
        return a.code == 303 && str_starts(a.location, STR("/cases/"));
    if (strcmp(r->path, "/cases/:id/process") == 0 || strcmp(r->path, "/cases/:id/ask") == 0)
        return leads_to(a, arena_f(&site.kept, "/cases/%s", id_part(report)).at);      /* nothing is newer, nothing was asked */
    return strncmp(r->path, "/referrals/:id/", 15) == 0 && (a.code == 303 || strstr(r->path, "/files/") != NULL);
}

static bool on_record(const struct route *r)
{
    return strstr(r->path, ":id") != NULL;
}

/* -- records of people and organisations ---------------------------------------------------------------------- */

/* nga.mau administers the hotline: what is hers, and the same of the commune. */
enum { OWN, FOREIGN, MISSING };
static struct place_record { const char *name; struct id id[3]; } records[] = {
    { .name = "organisation" }, { .name = "unit" }, { .name = "person" }, { .name = "proposal" }, { .name = "service" }, { .name = "route" },
    { .name = "entry" }, { .name = "bank" },
};

static struct place_record *place_of(const char *at)
{
    for (size_t i = 0; i < COUNT_OF(records); i++) {
        size_t n = strlen(records[i].name);

        if (strncmp(at, records[i].name, n) == 0 && (at[n] == '\0' || at[n] == '/'))
            return &records[i];
    }
    return NULL;
}

static bool on_network_record(const struct route *r)
{
    const char *at = strchr(r->path, ':');

    return at != NULL && place_of(at + 1) != NULL;
}

static const char *record_path(const struct route *r, int whose)
{
    struct out o = { .max = 1000 };
    const char *path;

    for (const char *at = r->path; *at; at++) {
        struct place_record *record = *at == ':' ? place_of(at + 1) : NULL;

        if (record == NULL) {
            out_char(&o, *at);
            continue;
        }
        out_c(&o, id_part(record->id[whose]));
        at += strlen(record->name);
    }
    path = arena_copy(&site.kept, out_done(&o)).at;
    out_free(&o);
    return path;
}

static void must(bool right)
{
    if (!right) {
        printf("Bail out! %s\n", fail_message());
        exit(1);
    }
}

static void find_records(const char *login, int whose)
{
    struct ledger *l = &site.in.ledger;
    struct services_row service = { .id = id_random(), .rank = 100, .name = STR("a"), .does = STR("b"), .phone = STR("111"),
                                    .area = STR("*"), .needs = STR(" talk "), .hours = STR("always"), .source = STR("c") };
    struct users_row user;
    struct members_rows members;
    struct routes_rows routes;

    must(sql_user_of_login(l, (struct sql_user_of_login){ .login = str_c(login) }, &user) == OK);
    must(sql_members_of_user(l, (struct sql_members_of_user){ .user = user.id, .now = clock_now_ms() }, &members) == OK && members.n == 1);
    must(sql_routes_of_org(l, (struct sql_routes_of_org){ .org = user.org }, &routes) == OK && routes.n > 0);
    service.org = (struct opt_id){ true, user.org };
    must(act_begin(l, (struct act_info){ .act = "test", .now = site.now }) == OK);
    must(row_insert(l, &table_services, &service) == OK);
    must(act_commit(l) == OK);
    records[0].id[whose] = user.org;
    records[1].id[whose] = members.at[0].unit;
    records[2].id[whose] = user.id;
    records[4].id[whose] = service.id;
    records[5].id[whose] = routes.at[0].id;
    instance_step(&site.in);
}

static struct id last_id(void)
{
    struct id id;

    memset(&id, 0xff, sizeof id);
    return id;
}

/* A bank of hashes, which belongs to no organisation either. */
static struct id make_bank(void)
{
    struct bank_new bank = { .code = STR("thu"), .name = STR("Thử"), .source = STR("thử"), .class = STR("abuse"), .basis = STR("thử"), .radius = 31,
                             .by = records[2].id[OWN], .now = site.now };
    struct id id;

    must(act_begin(&site.in.ledger, (struct act_info){ .act = "test", .now = site.now }) == OK);
    must(banks_open(&site.in.ledger, &bank, &id) == OK);
    must(act_commit(&site.in.ledger) == OK);
    return id;
}

/* Entries of the blocklist belong to no organisation: there is no foreign one. */
static void make_records(void)
{
    struct proposals_rows rows;
    struct blocklist_rows entries;

    find_records("hanh.mau", OWN);
    find_records("lan.mau", FOREIGN);
    must(post(&site, "/admin/units", "name=Ca+hai&kind=hotline", as(&site, "nga.mau")).code == 303);
    must(sql_proposals_waiting(&site.in.ledger, &rows) == OK && rows.n == 1);
    must(sql_blocklist_newest(&site.in.ledger, (struct sql_blocklist_newest){ .before = last_id() }, &entries) == OK && entries.n > 0);
    records[6].id[OWN] = records[6].id[FOREIGN] = entries.at[0].id;
    records[7].id[OWN] = records[7].id[FOREIGN] = make_bank();
    records[3].id[OWN] = rows.at[0].id;
    instance_step(&site.in);
    for (size_t i = 0; i < COUNT_OF(records); i++)
        records[i].id[MISSING] = id_random();
}

static struct answer walk(const struct route *r, const char *part, struct visitor *who)
{
    return r->method == GET ? get(&site, path_with(r, part), who) : post(&site, path_with(r, part), "text=a", who);
}

static bool expect(const struct route *r, const char *who, bool right, struct answer a)
{
    if (!right)
        printf("# %s %s by %s: %d %.*s\n", r->method == GET ? "GET" : "POST", r->path, who, a.code, (int)a.location.n,
               a.location.n ? a.location.at : "");
    return right;
}

/* -- roles --------------------------------------------------------------------------------------------------- */

static const struct { const char *role, *login; bool holds_keys; } people[] = {
    { "counsellor", "hanh.mau", true }, { "supervisor", "minh.mau", true }, { "org_admin", "nga.mau", false },
    { "caseworker", "lan.mau", false }, { "focal_point", "tuan.mau", false }, { "coordinator", "vy.mau", false },
    { "auditor", "khoa.mau", false }, { "chair", "hung.mau", false }, { "system_admin", "phong.mau", false },
    { "analyst", "hai.mau", false }, { "reviewer", "loan.mau", false },
};

static bool role_may(const char *role, int access)
{
    return access == STAFF || (rights_of_role(str_c(role)) >> (access - FIRST_RIGHT) & 1) != 0;
}

static bool is_staff_page(const struct route *r)
{
    return r->access >= STAFF && r->access != MANAGE && !r->api;
}

/* A person who walks over everything changes it: signing out and claiming are walked by tests of their own. */
static bool changes(const struct route *r)
{
    return r->method == POST;
}

static void signed_out(const struct route *r)
{
    struct answer a;

    if (!is_staff_page(r))
        return;
    a = walk(r, id_part(report), NULL);
    CHECK(expect(r, "nobody", leads_to(a, "/sign-in"), a));
}

TEST(nobody_enters_a_staff_page_without_signing_in)
{
    each(signed_out);
}

static void wrong_role(const struct route *r)
{
    if (!is_staff_page(r))
        return;
    fresh_sessions();
    for (size_t i = 0; i < COUNT_OF(people); i++) {
        struct visitor *who = as(&site, people[i].login);
        struct answer own, missing;

        if (role_may(people[i].role, r->access))
            continue;
        own = walk(r, id_part(report), who);
        missing = walk(r, "nothing-like-an-id", who);
        CHECK(expect(r, people[i].role, own.code == 403, own));
        CHECK(expect(r, people[i].role, missing.code == 403, missing));
        CHECK(says(own, "Trang không có, hoặc không thuộc phần việc của anh/chị."));
    }
}

TEST(the_wrong_role_is_refused_before_any_look_up)
{
    each(wrong_role);
}

/* What stands behind a reason (evidence_pages.c) shows nothing to who gave none: the way there, or no picture at all. */
static bool behind_a_reason(const struct route *r)
{
    return str_ends(str_c(r->path), STR("/:file/view")) || str_ends(str_c(r->path), STR("/:file/blurred")) ||
           str_ends(str_c(r->path), STR("/:file/clear"));
}

static void right_role(const struct route *r)
{
    if (!is_staff_page(r) || changes(r))
        return;
    for (size_t i = 0; i < COUNT_OF(people); i++) {
        struct answer a;
        bool fine;

        if (!role_may(people[i].role, r->access))
            continue;
        a = on_network_record(r) ? get(&site, record_path(r, OWN), as(&site, people[i].login))
                                 : walk(r, id_part(record_of(r)), as(&site, people[i].login));
        /* a step of joining that is not under way leads back to the account */
        fine = a.code == 200 || leads_to(a, "/account");
        if (strstr(r->path, "/lists/:list") != NULL || strstr(r->path, "/hashes/:hash") != NULL)
            fine = a.code == 404;                       /* the bank is empty */
        if (strcmp(r->path, "/review/next") == 0)       /* nothing waits */
            fine = leads_to(a, "/review");
        /* who keeps no share is led back; no unit is being recovered here */
        if (str_starts(str_c(r->path), STR("/admin/keys/")))
            fine |= leads_to(a, "/admin/keys") || (str_ends(str_c(r->path), STR("/:recovery")) && a.code == 404);
        if (on_record(r))
            fine = a.code == (people[i].holds_keys ? 200 : 404) || (people[i].holds_keys && led_back(r, a));
        if (behind_a_reason(r) && people[i].holds_keys)
            fine = a.code == 404 || leads_to(a, arena_f(&site.kept, "/desk/%s/files/%s", id_part(report), part_of(":file", "")).at);
        CHECK(expect(r, people[i].role, fine, a));
    }
}

TEST(the_right_role_opens_the_own_records_and_no_foreign_one)
{
    each(right_role);
}

/* The page names its own address in the language switch: the id there is what was asked for. */
static struct str without(struct str body, const char *part)
{
    struct out o = { .max = 1 << 20 };
    struct str all = body, mark = str_c(part), same;
    size_t at;

    while ((at = str_find(all, mark)) < all.n) {
        out_str(&o, str_upto(all, at));
        all = str_from(all, at + mark.n);
    }
    out_str(&o, all);
    same = arena_copy(&site.kept, out_done(&o));
    out_free(&o);
    return same;
}

static void drop_token(struct answer *a)
{
    struct str token = between(*a, "name=token value=\"", "\"");

    if (token.n)
        a->body = without(a->body, arena_copy(&site.kept, token).at);
}

static void foreign(const struct route *r)
{
    static const char *const strangers[] = { "lan.mau", "tuan.mau", "hanh.mau" };

    fresh_sessions();
    for (size_t i = 0; is_staff_page(r) && on_record(r) && i < COUNT_OF(strangers); i++) {
        bool own = i == 2;
        struct id elsewhere = own ? id_random() : record_of(r), nowhere = id_random();
        struct answer one, two;

        if (!role_may(people[own ? 0 : i == 0 ? 3 : 4].role, r->access))
            continue;
        one = walk(r, id_part(elsewhere), as(&site, strangers[i]));
        two = walk(r, id_part(nowhere), as(&site, strangers[i]));
        drop_token(&one);
        drop_token(&two);
        CHECK(expect(r, strangers[i], one.code == 404, one));
        CHECK(one.code == two.code && one.head.n_headers == two.head.n_headers);
        CHECK_STR(without(one.body, id_part(elsewhere)), without(two.body, id_part(nowhere)));
        two = walk(r, "no-id-at-all", as(&site, strangers[i]));
        drop_token(&two);
        CHECK_STR(without(one.body, id_part(elsewhere)), without(two.body, "no-id-at-all"));
    }
}

TEST(V19_a_foreign_record_and_a_missing_one_are_the_same_bytes)
{
    site.now += 11 * MINUTE_MS;
    each(foreign);
}

/* Of the directory everybody reads everything, and proposals belong to all who confirm: there only the missing one remains. */
static void foreign_network(const struct route *r)
{
    struct visitor *who = as(&site, "nga.mau");
    bool nothing_foreign = strstr(r->path, ":organisation") || strncmp(r->path, "/admin/confirm", 14) == 0;
    struct answer one, two;

    if (!is_staff_page(r) || !on_network_record(r) || nothing_foreign || !role_may("org_admin", r->access))
        return;
    one = r->method == GET ? get(&site, record_path(r, FOREIGN), who)
                           : post(&site, record_path(r, FOREIGN), "do=link&leave_on=&name=a&since=2026-01-01", who);
    two = r->method == GET ? get(&site, record_path(r, MISSING), who)
                           : post(&site, record_path(r, MISSING), "do=link&leave_on=&name=a&since=2026-01-01", who);
    drop_token(&one);
    drop_token(&two);
    CHECK(expect(r, "nga.mau", one.code == 404, one));
    CHECK(one.code == two.code && one.head.n_headers == two.head.n_headers);
    CHECK_STR(one.body, two.body);
}

TEST(an_administrator_finds_nothing_of_another_organisation)
{
    each(foreign_network);
}

static void without_token(const struct route *r)
{
    struct visitor robbed;
    struct answer a;

    if (!is_staff_page(r) || r->method != POST)
        return;
    fresh_sessions();
    robbed = *as(&site, "hanh.mau");
    robbed.csrf[0] = '\0';
    a = walk(r, id_part(report), &robbed);
    CHECK(expect(r, "a foreign site", a.code == 403, a));
}

TEST(no_staff_form_is_taken_without_its_token)
{
    site.now += 11 * MINUTE_MS;         /* a new session: a hundred refusals end one */
    each(without_token);
    CHECK(get(&site, "/account", as(&site, "hanh.mau")).code == 200);
}

/* -- public ------------------------------------------------------------------------------------------------- */

static bool is_child_page(const struct route *r)
{
    return r->access <= CHILD && !r->api && strncmp(r->path, "/assets", 7) != 0 && strchr(r->path, ':') == NULL &&
           strcmp(r->path, "/healthz") != 0 && strcmp(r->path, "/readyz") != 0;
}

static void public_get(const struct route *r)
{
    struct answer a;

    if (!is_child_page(r) || r->method != GET || strcmp(r->path, "/favicon.ico") == 0)
        return;
    a = walk(r, "", NULL);
    CHECK(expect(r, "a child", a.code == 200, a));
    CHECK(a.location.n == 0 && header_of(a, "Set-Cookie").n == 0);
    if (strcmp(r->path, "/sign-in") == 0 || strcmp(r->path, "/recovery") == 0)
        return;
    CHECK(expect(r, "a child", says(a, "<link rel=icon href=\"data:,\">"), a));
    CHECK(expect(r, "a child", says(a, "<title>Ghi chú</title>"), a));
    CHECK(expect(r, "a child", says(a, "<script") == (strcmp(r->path, "/speak/more") == 0), a));
    CHECK(a.body.n <= 14000);
}

TEST(every_public_page_answers_by_itself_under_a_neutral_title_without_a_cookie)
{
    each(public_get);
}

static void public_post(const struct route *r)
{
    static const char *const bodies[] = { "", "story=a&text=b&code=c&last=d", "code=0000-0000-0000-0000", "\xff\xfe=%00&&&=" };

    if (!is_child_page(r) || r->method != POST || strcmp(r->path, "/sign-in") == 0 || strcmp(r->path, "/recovery") == 0)
        return;
    for (size_t i = 0; i < COUNT_OF(bodies); i++) {
        struct visitor child = { 0 };
        struct answer a = post(&site, r->path, bodies[i], &child);

        CHECK(expect(r, "a child", a.code == 303 && a.body.n == 0, a));
        a = site_ask(&site, (struct asking){ .method = "POST", .path = r->path, .type = "text/plain", .body = bodies[i] }, &child);
        CHECK(expect(r, "a child", a.code == 303 && a.body.n == 0, a));
        a = site_ask(&site, (struct asking){ .method = "POST", .path = r->path, .body = bodies[i],
                     .type = "application/x-www-form-urlencoded", .header = "Sec-Fetch-Site: cross-site\n" }, &child);
        CHECK(expect(r, "a foreign site", a.code == 303 && a.body.n == 0, a));
    }
}

TEST(no_form_of_a_child_is_ever_answered_with_a_page)
{
    each(public_post);
}

/* -- headers -------------------------------------------------------------------------------------------------- */

static void headers(const struct route *r)
{
    static const char *const wanted[][2] = {
        { "X-Content-Type-Options", "nosniff" }, { "Referrer-Policy", "no-referrer" }, { "X-Frame-Options", "DENY" },
        { "Cross-Origin-Opener-Policy", "same-origin" }, { "Cross-Origin-Resource-Policy", "same-origin" },
        { "X-Robots-Tag", "noindex, nofollow" },
    };
    struct answer a = walk(r, id_part(report), r->access >= STAFF ? as(&site, "minh.mau") : NULL);
    struct str policy = header_of(a, "Content-Security-Policy"), strict = policy;

    for (size_t i = 0; i < COUNT_OF(wanted); i++)
        CHECK(expect(r, wanted[i][0], str_is(header_of(a, wanted[i][0]), wanted[i][1]), a));
    if (header_of(a, "Content-Disposition").n > 0) {
        CHECK(expect(r, "policy of a file", str_is(policy, "sandbox; default-src 'none'"), a));
    } else {
        CHECK(expect(r, "policy", str_starts(policy, STR("default-src 'none'; ")), a));
        /* one page hashes pictures by WebAssembly, which the policy has to name */
        if (strcmp(r->path, "/speak/more") == 0)
            strict = str_from(policy, str_find(policy, STR("'wasm-unsafe-eval'")) + sizeof "'wasm-unsafe-eval'" - 1);
        CHECK(expect(r, "policy", str_find(strict, STR("unsafe")) == strict.n, a));
        CHECK(expect(r, "policy", str_find(policy, STR("frame-ancestors 'none'")) < policy.n, a));
    }
    CHECK(expect(r, "cache", strncmp(r->path, "/assets", 7) == 0 || str_is(header_of(a, "Cache-Control"), "no-store"), a));
    CHECK(header_of(a, "Permissions-Policy").n > 0);
}

static void headers_but_leaving(const struct route *r)
{
    if (strcmp(r->path, "/sign-out") != 0)
        headers(r);
}

TEST(every_answer_carries_the_security_headers)
{
    each(headers_but_leaving);
}

TEST(signing_out_leaves_nothing_behind)
{
    struct visitor *who = as(&site, "phong.mau");
    struct visitor before = *who;
    struct answer a = post(&site, "/sign-out", "", who);

    CHECK(leads_to(a, "/sign-in"));
    CHECK_STR(header_of(a, "Clear-Site-Data"), STR("\"*\""));
    CHECK(who->cookie[0] == '\0');
    CHECK(leads_to(get(&site, "/account", &before), "/sign-in"));
}

static const char report_with_file[] =
    "--" BOUNDARY "\r\nContent-Disposition: form-data; name=\"story\"\r\n\r\nthu\r\n--" BOUNDARY
    "\r\nContent-Disposition: form-data; name=\"danger\"\r\n\r\nsoon\r\n--" BOUNDARY
    "\r\nContent-Disposition: form-data; name=\"harm\"\r\n\r\nthreat\r\n--" BOUNDARY
    "\r\nContent-Disposition: form-data; name=\"hash\"\r\n\r\nkind=file md5=00112233445566778899aabbccddeeff "
    "sha256=00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff\r\n--" BOUNDARY
    "\r\nContent-Disposition: form-data; name=\"files\"; filename=\"a.txt\"\r\nContent-Type: text/plain\r\n\r\na\r\n--" BOUNDARY "--\r\n";

static const char *file_of_report(void)
{
    struct answer a = get(&site, path_of(&site, report, "/files").at, as(&site, "hanh.mau"));
    struct str id = between(a, arena_f(&site.kept, "\"%s", path_of(&site, report, "/files/").at).at, "\"");

    return arena_copy(&site.kept, id).at;
}

static const char *picture_of_report(void)
{
    struct answer a = get(&site, path_of(&site, report, "/pictures").at, as(&site, "hanh.mau"));
    struct str id = between(a, arena_f(&site.kept, "\"%s", path_of(&site, report, "/pictures/").at).at, "\"");

    return arena_copy(&site.kept, id).at;
}

/* A referral to whom the child left out: until a second person has confirmed it, it does not exist for anybody else. */
static void make_referral(void)
{
    struct visitor child = { 0 }, *hanh = as(&site, "hanh.mau");
    struct id other = report_of(&site, tell(&site, "story=hai&exclude=police", &child));
    const char *top = arena_f(&site.kept, "/cases/%s/refer", id_part(other)).at, *form;
    char day[CLOCK_TEXT];
    struct answer a;

    (void)get(&site, path_of(&site, other, "").at, hanh);
    a = get(&site, arena_f(&site.kept, "%s?q=cong+an+tinh", top).at, hanh);
    words[2].value = arena_copy(&site.kept, between(a, arena_f(&site.kept, "%s/", top).at, "\"")).at;
    form = arena_f(&site.kept, "%s/%s", top, words[2].value).at;
    clock_day_iso(site.now + DAY_MS, day);
    (void)post(&site, form, arena_f(&site.kept, "purpose=protect&need=a&consent=law&consent_words=a&against=a&expires=%s", day).at, hanh);
    a = get(&site, arena_f(&site.kept, "%s/check", form).at, hanh);
    a = post(&site, arena_f(&site.kept, "%s/check", form).at,
             arena_f(&site.kept, "seen=%s", arena_copy(&site.kept, between(a, "name=seen value=\"", "\"")).at).at, hanh);
    if (!id_of_text(str_from(a.location, sizeof "/referrals/" - 1), &referral))
        printf("Bail out! no referral was made: %d\n", a.code);
}

/* A form that was begun in the case. */
static const char *paper_of_report(void)
{
    struct answer a;

    site_form(&site, "phieu-thu", STR_NULL);
    (void)get(&site, arena_f(&site.kept, "/cases/%s/papers", id_part(report)).at, as(&site, "hanh.mau"));
    a = post(&site, arena_f(&site.kept, "/cases/%s/papers", id_part(report)).at, "form=phieu-thu", as(&site, "hanh.mau"));
    must(a.code == 303 && a.location.n > ID_TEXT);
    return arena_copy(&site.kept, str_from(a.location, a.location.n - ID_TEXT)).at;
}

/* The id behind an address below the case, as its page names it after something was added there. */
static const char *added(const char *tail, const char *fields)
{
    const char *page = arena_f(&site.kept, "/cases/%s/%s", id_part(report), tail).at;
    struct visitor *hanh = as(&site, "hanh.mau");

    (void)get(&site, page, hanh);
    (void)post(&site, page, fields, hanh);
    return arena_copy(&site.kept, between(get(&site, page, hanh), arena_f(&site.kept, "href=\"%s/", page).at, "\"")).at;
}

/* A table of the unit's cases that was asked for, and waits. */
static const char *export_of_unit(void)
{
    struct visitor *hanh = as(&site, "hanh.mau");
    struct str unit = between(get(&site, "/cases/export/new", hanh), "name=unit><option value=\"", "\"");

    (void)post(&site, "/cases/export/new", arena_f(&site.kept, "unit=%.*s&format=csv&scope=all&since=2020-01-01&until=2040-01-01&words=a&field=ref",
                                                   (int)unit.n, unit.at).at, hanh);
    return arena_copy(&site.kept, between(get(&site, "/cases/export", hanh), "class=go href=\"/cases/export/", "\"")).at;
}

int main(int argc, char **argv)
{
    struct visitor child = { 0 };
    int bad;

    site_open(&site);
    if (process_pin(1) != OK)       /* whose cases take every form, so that a made-up one is among them */
        return 1;
    make_records();
    report = report_of(&site, tell(&site, report_with_file, &child));
    (void)get(&site, path_of(&site, report, "").at, as(&site, "hanh.mau"));
    (void)post(&site, path_of(&site, report, "/case").at, "", as(&site, "hanh.mau"));      /* it is a case too */
    words[1].value = file_of_report();
    words[6].value = picture_of_report();
    words[3].value = paper_of_report();
    words[4].value = added("support", "kind=service&type=legal&provider=a&due=2031-02-03");
    words[5].value = added("meetings", "at=2031-02-03T10:00&place=a");
    others[0].id = export_of_unit();
    make_referral();
    bad = test_run_all(argc > 1 ? argv[1] : NULL);
    site_close(&site);
    return bad;
}
