/* The blocklist through the engine: proposed, approved, objected to, published, fetched. */
#include "matches/blocklist.h"
#include "matches/formats.h"

#include "matches.sql.h"

#include <site.h>
#include <test.h>

static struct site site;

#define F(...) arena_f(&site.kept, __VA_ARGS__).at
#define SHARED "&class=scam&source=a&basis=&days="

static struct visitor *analyst(void) { return as(&site, "hai.mau"); }
static struct visitor *reviewer(void) { return as(&site, "loan.mau"); }
static struct visitor *second(void) { return as(&site, "tam.mau"); }
static struct visitor *keeper(void) { return as(&site, "phong.mau"); }

static struct str key_of(const char *name)
{
    struct listed listed = { .key = STR("") };

    CHECK(name_read(&site.kept, str_c(name), &listed) == NAME_FINE);
    return listed.key;
}

/* The state of the newest entry for the name; "" where there is none. */
static struct str state_of(const char *name, struct id *id)
{
    struct blocklist_rows rows = { 0 };
    struct str state = STR("");

    CHECK(sql_blocklist_of_key(&site.in.ledger, (struct sql_blocklist_of_key){ .key = key_of(name) }, &rows) == OK);
    if (rows.n > 0) {
        state = arena_copy(&site.kept, rows.at[0].state);
        if (id != NULL)
            *id = rows.at[0].id;
    }
    instance_step(&site.in);
    return state;
}

static const char *entry_path(const char *name)
{
    struct id id = id_zero();
    char text[ID_TEXT + 1];

    (void)state_of(name, &id);
    id_text(id, text);
    return F("/blocklist/entries/%s", text);
}

static void publish(void)
{
    CHECK(zones_publish(&site.in.ledger, &site.in.app, site.now) == OK);
    instance_step(&site.in);
}

static void open_feed(const char *walled)
{
    CHECK(leads_to(post(&site, "/blocklist/feeds", F("do=feed&list=core&open=yes&zone=core.rpz.lachan&walled=%s", walled), keeper()), "/blocklist/feeds"));
    publish();
}

static bool listed(const char *name)
{
    return says(get(&site, "/blocklist/core.txt", NULL), F("\n%s\n", name));
}

static void propose(const char *name)
{
    struct answer a = post(&site, "/blocklist/new", F("name=%s&words=" SHARED, name), analyst());

    CHECK(a.code == 303 && str_starts(a.location, STR("/blocklist/entries/")));
}

TEST(an_entry_is_in_force_when_somebody_else_has_approved_it_and_out_again_when_taken_off)
{
    open_feed("");
    propose("one.example");
    publish();
    CHECK_STR(state_of("one.example", NULL), STR("proposed"));
    CHECK(!listed("one.example"));
    CHECK(post(&site, entry_path("one.example"), "do=approve", analyst()).code == 403);
    CHECK(post(&site, entry_path("one.example"), "do=approve", reviewer()).code == 303);
    publish();
    CHECK_STR(state_of("one.example", NULL), STR("active"));
    CHECK(listed("one.example"));
    CHECK(post(&site, entry_path("one.example"), "do=remove&words=", reviewer()).code == 422);
    CHECK(listed("one.example"));
    CHECK(post(&site, entry_path("one.example"), "do=remove&words=Nh%E1%BA%A7m", reviewer()).code == 303);
    publish();
    CHECK(!listed("one.example"));
    CHECK(says(get(&site, entry_path("one.example"), analyst()), "Nhầm"));
}

TEST(a_reviewer_does_not_approve_what_they_proposed)
{
    CHECK(post(&site, "/blocklist/new", "name=own.example&words=" SHARED, reviewer()).code == 303);
    CHECK(post(&site, entry_path("own.example"), "do=approve", reviewer()).code == 303);
    CHECK_STR(state_of("own.example", NULL), STR("proposed"));
    CHECK(says(get(&site, entry_path("own.example"), reviewer()), "người khác phải quyết định"));
    CHECK(post(&site, entry_path("own.example"), "do=approve", second()).code == 303);
    CHECK_STR(state_of("own.example", NULL), STR("active"));
}

TEST(a_site_of_very_many_people_needs_two_reviewers)
{
    propose("m.facebook.com");
    CHECK(says(get(&site, entry_path("m.facebook.com"), analyst()), "rất nhiều người dùng"));
    CHECK(post(&site, entry_path("m.facebook.com"), "do=approve", reviewer()).code == 303);
    CHECK(post(&site, entry_path("m.facebook.com"), "do=approve", reviewer()).code == 303);
    publish();
    CHECK_STR(state_of("m.facebook.com", NULL), STR("proposed"));
    CHECK(!listed("m.facebook.com"));
    CHECK(post(&site, entry_path("m.facebook.com"), "do=approve", second()).code == 303);
    publish();
    CHECK(listed("m.facebook.com"));
    CHECK(post(&site, entry_path("m.facebook.com"), "do=remove&words=x", second()).code == 303);
}

TEST(what_is_wrong_is_said_at_its_field_and_what_was_typed_stays)
{
    struct answer a = post(&site, "/blocklist/new", "name=com.vn&words=&class=&source=&basis=&days=0", analyst());

    CHECK(a.code == 422 && says(a, "value=\"com.vn\"") && says(a, "đuôi dùng chung") && says(a, "Hãy chọn loại") && says(a, "Hãy ghi nguồn tin"));
    CHECK(says(a, "từ 1 đến 3650"));
    CHECK_STR(state_of("one.com.vn", NULL), STR(""));
    a = post(&site, "/blocklist/new?lang=en", "name=10.0.0.1&words=" SHARED, analyst());
    CHECK(a.code == 422 && says(a, "This is an IP address"));
}

TEST(a_list_with_one_wrong_line_takes_nothing_in)
{
    struct answer a = post(&site, "/blocklist/import", "names=two.example%0Aco.uk%0Athree.example" SHARED, analyst());

    CHECK(a.code == 422 && says(a, "co.uk") && says(a, "Chưa nhập mục nào") && says(a, "two.example"));
    CHECK_STR(state_of("two.example", NULL), STR(""));
    a = post(&site, "/blocklist/import", "names=two.example%0A%23+x%0Athree.example%0AThree.example%0Aown.example" SHARED, analyst());
    CHECK(a.code == 303 && str_starts(a.location, STR("/blocklist?batch=")));
    CHECK_STR(state_of("two.example", NULL), STR("proposed"));
    CHECK(says(get(&site, F("%.*s", (int)a.location.n, a.location.at), reviewer()), "Duyệt cả 2 mục"));
    CHECK(post(&site, "/blocklist/review", F("batch=%.*s", (int)a.location.n - 17, a.location.at + 17), reviewer()).code == 303);
    publish();
    CHECK(listed("two.example") && listed("three.example"));
}

TEST(a_parent_covers_its_children_which_come_back_when_it_goes)
{
    propose("a.four.example");
    propose("four.example");
    CHECK(post(&site, entry_path("a.four.example"), "do=approve", reviewer()).code == 303);
    publish();
    CHECK(listed("a.four.example"));
    CHECK(post(&site, entry_path("four.example"), "do=approve", reviewer()).code == 303);
    publish();
    CHECK(listed("four.example") && !listed("a.four.example"));
    CHECK(says(get(&site, entry_path("a.four.example"), analyst()), "Đã được bao trùm bởi"));
    CHECK(says(get(&site, "/blocklist?q=b.a.four.example", analyst()), "four.example"));
    CHECK(post(&site, entry_path("four.example"), "do=remove&words=x", reviewer()).code == 303);
    publish();
    CHECK(!listed("four.example") && listed("a.four.example"));
}

TEST(somebody_without_an_account_objects_and_another_reviewer_judges)
{
    struct answer a;

    CHECK(says(get(&site, "/blocked/appeal?address=www.two.example", NULL), "Danh sách đang chặn two.example"));
    CHECK(says(get(&site, "/blocked/appeal?address=fine.example", NULL), "không có trong danh sách"));
    CHECK(leads_to(post(&site, "/blocked/appeal", "address=www.two.example&words=&contact=", NULL), "/blocked/appeal?address=www.two.example&empty=1"));
    a = post(&site, "/blocked/appeal", "address=www.two.example&words=M%E1%BB%99t+trang+v%C4%83n&contact=toi%40x.example", NULL);
    CHECK(leads_to(a, "/blocked/appeal/sent") && header_of(a, "Set-Cookie").n == 0);
    CHECK_STR(state_of("two.example", NULL), STR("appealed"));
    publish();
    CHECK(listed("two.example"));
    CHECK(says(get(&site, entry_path("two.example"), second()), "Một trang văn") && says(get(&site, entry_path("two.example"), second()), "toi@x.example"));
    CHECK(post(&site, entry_path("two.example"), "do=reject&words=x", reviewer()).code == 303);
    CHECK_STR(state_of("two.example", NULL), STR("appealed"));
    CHECK(post(&site, entry_path("two.example"), "do=reject&words=x", second()).code == 303);
    CHECK_STR(state_of("two.example", NULL), STR("active"));
    CHECK(leads_to(post(&site, "/blocked/appeal", "address=two.example&words=again&contact=", NULL), "/blocked/appeal/sent"));
    CHECK(post(&site, entry_path("two.example"), "do=uphold&words=x", reviewer()).code == 303);
    publish();
    CHECK(!listed("two.example"));
}

TEST(appeals_of_one_entry_have_an_end)
{
    struct answer a = { 0 };

    for (int i = 0; i < APPEALS_OF_ENTRY; i++)
        CHECK(leads_to(post(&site, "/blocked/appeal", "address=three.example&words=x&contact=", NULL), "/blocked/appeal/sent"));
    a = post(&site, "/blocked/appeal", "address=three.example&words=x&contact=", NULL);
    CHECK(leads_to(a, "/blocked/appeal?address=three.example&full=1"));
    CHECK(says(get(&site, "/blocked/appeal?address=three.example&full=1", NULL), "nhiều khiếu nại chờ xem"));
}

TEST(an_entry_ends_on_its_day)
{
    i64 kept = site.now;

    CHECK(post(&site, "/blocklist/new", "name=five.example&words=&class=scam&source=a&basis=&days=3", analyst()).code == 303);
    CHECK(post(&site, entry_path("five.example"), "do=approve", reviewer()).code == 303);
    site.now += 3 * DAY_MS;
    CHECK(blocklist_expire(&site.in.ledger, &site.in.app, site.now) == OK);
    instance_step(&site.in);
    publish();
    CHECK(listed("five.example"));
    site.now += DAY_MS;
    CHECK(blocklist_expire(&site.in.ledger, &site.in.app, site.now) == OK);
    instance_step(&site.in);
    publish();
    CHECK_STR(state_of("five.example", NULL), STR("expired"));
    CHECK(!listed("five.example"));
    site.now = kept;
}

TEST(a_closed_list_opens_with_its_own_token_until_that_is_ended)
{
    struct answer a;
    struct str token, id;
    const char *header;

    CHECK(get(&site, "/blocklist/family.txt", NULL).code == 401);
    CHECK(get(&site, "/blocklist/none.txt", NULL).code == 404 && get(&site, "/blocklist/core.exe", NULL).code == 404);
    CHECK(post(&site, "/blocklist/feeds", "do=reader&list=family&holder=Tr%C6%B0%E1%BB%9Dng", keeper()).code == 303);
    a = get(&site, "/blocklist/feeds", keeper());
    token = between(a, "<output class=mono>", "<");
    CHECK(token.n == 64);
    CHECK(!says(get(&site, "/blocklist/feeds", keeper()), F("%.*s", (int)token.n, token.at)));
    header = F("Authorization: Bearer %.*s\n", (int)token.n, token.at);
    CHECK(site_ask(&site, (struct asking){ .method = "GET", .path = "/blocklist/family.txt", .header = header }, NULL).code == 200);
    CHECK(site_ask(&site, (struct asking){ .method = "GET", .path = "/blocklist/family.txt", .header = "Authorization: Bearer x\n" }, NULL).code == 401);
    id = between(a, "value=end-reader><input type=hidden name=id value=\"", "\"");
    CHECK(id.n == ID_TEXT);
    CHECK(post(&site, "/blocklist/feeds", F("do=end-reader&id=%.*s", (int)id.n, id.at), keeper()).code == 303);
    CHECK(site_ask(&site, (struct asking){ .method = "GET", .path = "/blocklist/family.txt", .header = header }, NULL).code == 401);
}

TEST(the_same_list_is_not_sent_twice_and_another_one_has_another_tag)
{
    struct answer a = get(&site, "/blocklist/core.rpz", NULL), b;
    struct str tag = header_of(a, "ETag");

    CHECK(a.code == 200 && tag.n > 4);
    b = site_ask(&site, (struct asking){ .method = "GET", .path = "/blocklist/core.rpz", .header = F("If-None-Match: W/%.*s, \"x\"\n", (int)tag.n, tag.at) }, NULL);
    CHECK(b.code == 304 && b.body.n == 0);
    CHECK(!str_eq(tag, header_of(get(&site, "/blocklist/core.csv", NULL), "ETag")));
    open_feed("giup.example");
    b = site_ask(&site, (struct asking){ .method = "GET", .path = "/blocklist/core.rpz", .header = F("If-None-Match: %.*s\n", (int)tag.n, tag.at) }, NULL);
    CHECK(b.code == 200 && says(b, "CNAME giup.example.") && !says(b, "CNAME .\n"));
    open_feed("");
}

TEST(one_page_of_a_site_is_in_no_zone)
{
    CHECK(says(get(&site, "/blocklist/core.json", NULL), "dien-dan-mau.example/chu-de/17"));
    CHECK(says(get(&site, "/blocklist/core.adblock", NULL), "||dien-dan-mau.example/chu-de/17|"));
    CHECK(!says(get(&site, "/blocklist/core.rpz", NULL), "dien-dan-mau") && !says(get(&site, "/blocklist/core.hosts", NULL), "dien-dan-mau"));
    CHECK(!says(get(&site, "/blocklist/core.txt", NULL), "nguoi-lon-mau.example"));
}

TEST(a_name_that_another_hand_put_into_the_table_never_goes_out)
{
    struct conn *db = site.in.ledger.db;

    CHECK(get(&site, "/blocklist/core.txt", NULL).code == 200);
    CHECK(db_script(db, conn_kind(db) == DB_SQLITE
        ? "INSERT INTO zone_names (list, key, class) VALUES ('core', X'6578616d706c652e6576696c2e', 'scam')"
        : "INSERT INTO zone_names (list, key, class) VALUES ('core', '\\x6578616d706c652e6576696c2e', 'scam')") == OK);
    CHECK(get(&site, "/blocklist/core.txt", NULL).code == 500);
    CHECK(db_script(db, "DELETE FROM zone_names WHERE list = 'core'") == OK);
    CHECK(zones_publish_all(&site.in.ledger, site.now) == OK);
    instance_step(&site.in);
    CHECK(get(&site, "/blocklist/core.txt", NULL).code == 200 && listed("three.example"));
}

TEST(a_wrong_setting_is_refused_and_a_key_has_its_name_once)
{
    struct answer a = post(&site, "/blocklist/feeds", "do=feed&list=core&zone=Core+Zone&walled=nohost", keeper());

    CHECK(a.code == 422 && says(a, "Tên vùng gồm chữ thường") && says(a, "Core Zone"));
    a = post(&site, "/blocklist/feeds", "do=peer&list=core&holder=&key=a+b&notify=ns.example:53", keeper());
    CHECK(a.code == 422 && says(a, "Tên khóa gồm") && says(a, "địa chỉ số và cổng"));
    CHECK(post(&site, "/blocklist/feeds", "do=peer&list=core&holder=A&key=k1&notify=192.0.2.7:53", keeper()).code == 303);
    CHECK(says(get(&site, "/blocklist/feeds", keeper()), "algorithm hmac-sha256"));
    CHECK(post(&site, "/blocklist/feeds", "do=peer&list=core&holder=A&key=k1&notify=", keeper()).code == 422);
    CHECK(post(&site, "/blocklist/feeds", "do=feed&list=nothing&zone=a&walled=", keeper()).code == 303);
}

int main(int argc, char **argv)
{
    int bad;

    site_open(&site);
    bad = test_run_all(argc > 1 ? argv[1] : NULL);
    site_close(&site);
    return bad;
}
