/* Banks through the engine: proposed, approved, filled by hand and by files, looked up; and what was seen. */
#include "matches/bank_batches.h"
#include "matches/bank_maps.h"
#include "matches/seen.h"

#include <site.h>
#include <test.h>

#include <unistd.h>

static struct site site;

#define F(...) arena_f(&site.kept, __VA_ARGS__).at
#define HASH(digit) "0f1e2d3c4b5a69788796a5b4c3d2e1f00f1e2d3c4b5a69788796a5b4c3d2e1" digit
#define LISTED "c3a5968778695a4b3c2d1e0ff0e1d2c3b4a5968778695a4b3c2d1e0ff0e1d2c3"
#define OTHER "5a5a00ff5a5a00ff3c3cff003c3cff00a5a5f00fa5a5f00f69690ff069690ff0"
#define PART "--" BOUNDARY "\r\nContent-Disposition: form-data; name="

static struct visitor *analyst(void) { return as(&site, "hai.mau"); }
static struct visitor *reviewer(void) { return as(&site, "loan.mau"); }
static struct visitor *second(void) { return as(&site, "tam.mau"); }

static struct ledger *l(void)
{
    instance_step(&site.in);
    return &site.in.ledger;
}

static void run_jobs(void)
{
    CHECK(banks_import(l(), &site.in.app, site.now) == OK);
    sets_due();
    CHECK(banks_build(l(), &site.in.app, site.now) == OK);
    sets_due();
    CHECK(seen_later(l(), &site.in.app, site.now) == OK);
    instance_step(&site.in);
}

static struct bank bank(const char *code)
{
    struct bank b = { 0 };

    CHECK(bank_of_code(l(), str_c(code), &b) == OK);
    return b;
}

static const char *path_of_bank(const char *code, const char *tail)
{
    char text[ID_TEXT + 1];

    id_text(bank(code).id, text);
    return F("/banks/%s%s", text, tail);
}

static const char *at(struct answer a)
{
    return F("%.*s", (int)a.location.n, a.location.at);
}

static bool state_of_record(const char *value, const char *words)
{
    struct answer a = get(&site, F("/banks?q=%s", value), analyst());

    return says(a, words);
}

static struct answer bring(const char *text)
{
    struct visitor *who = analyst();
    struct answer page = get(&site, path_of_bank("tu-mau", "/import"), who);

    CHECK(page.code == 200);
    return site_ask(&site, (struct asking){ .method = "POST", .path = path_of_bank("tu-mau", "/import"),
        .type = "multipart/form-data; boundary=" BOUNDARY,
        .body = F(PART "\"csrf\"\r\n\r\n%s\r\n" PART "\"file\"; filename=\"mau.txt\"\r\nContent-Type: text/plain\r\n\r\n%s\r\n--" BOUNDARY "--\r\n",
                  who->csrf, text) }, who);
}

/* -- banks ---------------------------------------------------------------------------------------------------------------------------- */

TEST(a_bank_is_in_force_when_somebody_else_has_approved_it)
{
    struct answer a = post(&site, "/banks/new", "name=T%E1%BB%AB+m%E1%BA%ABu&code=tu-mau&class=abuse&source=a&basis=&radius=31&flood=100", analyst());

    CHECK(a.code == 303 && str_starts(a.location, STR("/banks/")));
    CHECK_STR(bank("tu-mau").state, STR("proposed"));
    CHECK(post(&site, at(a), "do=approve", analyst()).code == 403);
    CHECK(post(&site, at(a), "do=approve", reviewer()).code == 303);
    CHECK_STR(bank("tu-mau").state, STR("active"));
    CHECK(says(get(&site, "/banks", analyst()), "Từ mẫu"));
}

TEST(what_is_wrong_with_a_new_bank_is_said_at_its_field)
{
    struct answer a = post(&site, "/banks/new", "name=&code=A+b&class=&source=&basis=&radius=65&flood=0", analyst());

    CHECK(a.code == 422 && says(a, "Hãy đặt tên") && says(a, "2 đến 40 chữ thường") && says(a, "từ 0 đến 64") && says(a, "Hãy ghi một số từ 1"));
    a = post(&site, "/banks/new", "name=x&code=tu-mau&class=abuse&source=a&basis=&radius=31&flood=9", analyst());
    CHECK(a.code == 422 && says(a, "đã dùng mã này"));
}

/* Else somebody could open the bank of children's own pictures beforehand, leave it waiting, and no picture would ever be found. */
TEST(nobody_opens_a_bank_by_a_name_that_the_program_gives)
{
    static const char *const own[] = { "child", "acme-given", "acme-sandbox" };

    for (size_t i = 0; i < COUNT_OF(own); i++) {
        struct answer a = post(&site, "/banks/new", F("name=x&code=%s&class=abuse&source=a&basis=&radius=31&flood=9", own[i]), analyst());

        CHECK(a.code == 422 && says(a, "đã dùng mã này"));
    }
}

TEST(nobody_without_the_role_sees_banks)
{
    CHECK(get(&site, "/banks", as(&site, "hanh.mau")).code == 403);
    CHECK(get(&site, "/banks", NULL).code == 303);
}

TEST(who_proposes_a_record_does_not_confirm_it)
{
    struct answer a = post(&site, path_of_bank("tu-mau", "/add"), "kind=pdq&value=" HASH("00") "&quality=90&source_id=", reviewer());
    const char *path = at(a);

    CHECK(a.code == 303 && state_of_record(HASH("00"), "Chờ duyệt"));
    CHECK(says(get(&site, path, reviewer()), "người khác phải xác nhận"));
    CHECK(post(&site, path, "do=confirm&words=", reviewer()).code == 303);
    CHECK(state_of_record(HASH("00"), "Chờ duyệt"));
    CHECK(post(&site, path, "do=confirm&words=", analyst()).code == 403);
    CHECK(post(&site, path, "do=confirm&words=", second()).code == 303);
    CHECK(state_of_record(HASH("00"), "Đang so"));
    CHECK(post(&site, path, "do=deny&words=", second()).code == 422);
    CHECK(says(get(&site, "/banks?q=" HASH("01"), analyst()), "Từ mẫu"));        /* one bit away */
}

TEST(a_wrong_value_is_said_at_its_field_and_kept)
{
    struct answer a = post(&site, path_of_bank("tu-mau", "/add"), "kind=md5&value=zz&quality=101&source_id=", analyst());

    CHECK(a.code == 422 && says(a, "value=\"zz\"") && says(a, "md5 32") && says(a, "từ 0 đến 100"));
    CHECK(says(get(&site, "/banks?q=12", analyst()), "Đây không phải mã băm"));
}

/* -- lists ------------------------------------------------------------------------------------------------------------------------------ */

TEST(a_file_with_one_wrong_line_takes_nothing_in)
{
    struct answer a = bring("pdq " LISTED "\nmd5 12\n# x\nphoto 1\n");

    CHECK(a.code == 422 && says(a, "md5 12") && says(a, "photo 1") && says(a, "Có 2 chỗ sai"));
    CHECK(!state_of_record(LISTED, "Chờ duyệt"));
    CHECK(bring("").code == 422);
    CHECK(bring("<!DOCTYPE x [<!ENTITY a 'b'>]><queryResult/>").code == 422);
}

TEST(a_list_is_checked_then_taken_in_then_approved_by_somebody_else)
{
    struct answer a = bring("pdq " LISTED "\nmd5 000102030405060708090a0b0c0d0e0f\nurl http://xau.example/a\n");
    const char *list = at(a);

    CHECK(a.code == 303 && says(get(&site, list, analyst()), "Nhập 3 mã"));
    run_jobs();
    CHECK(!state_of_record(LISTED, "Chờ duyệt"));
    CHECK(post(&site, list, "do=take", reviewer()).code == 303);
    CHECK(says(get(&site, list, analyst()), "Nhập 3 mã"));
    CHECK(post(&site, list, "do=take", analyst()).code == 303);
    run_jobs();
    CHECK(state_of_record(LISTED, "Chờ duyệt"));
    CHECK(says(get(&site, "/banks", reviewer()), "mau.txt"));
    CHECK(post(&site, list, "do=approve", analyst()).code == 303);
    run_jobs();
    CHECK(state_of_record(LISTED, "Chờ duyệt"));
    CHECK(post(&site, list, "do=approve", reviewer()).code == 303);
    run_jobs();
    CHECK(state_of_record(LISTED, "Đang so"));
    CHECK(state_of_record("000102030405060708090a0b0c0d0e0f", "Đang so"));
    CHECK(says(get(&site, "/banks?q=http://www.xau.example/a/b", analyst()), "url"));
    CHECK(says(get(&site, list, reviewer()), "đang được dùng"));
}

TEST(a_refused_list_leaves_nothing_in_force_and_what_others_approved_stays)
{
    struct answer a = bring("pdq " LISTED "\nsha1 0001020304050607080910111213141516171819\n");
    const char *list = at(a);

    CHECK(post(&site, list, "do=take", analyst()).code == 303);
    run_jobs();
    CHECK(post(&site, list, "do=refuse", second()).code == 303);
    run_jobs();
    CHECK(state_of_record("0001020304050607080910111213141516171819", "Đã bác"));
    CHECK(state_of_record(LISTED, "Đang so"));
}

TEST(a_withdrawal_in_a_file_waits_for_the_reviewer_too)
{
    struct answer a = bring("{\"hashRecords\":[{\"signalType\":\"ImagePDQ\",\"hashStatus\":\"Withdrawn\",\"hashValue\":\"" LISTED "\"},"
                            "{\"signalType\":\"StopNCIISignalType.VideoMD5\",\"hashStatus\":\"Active\",\"hashValue\":\"ffffffffffffffffffffffffffffffff\"}]}");
    const char *list = at(a);

    CHECK(a.code == 303 && says(get(&site, list, analyst()), "stopncii"));
    CHECK(post(&site, list, "do=take", analyst()).code == 303);
    run_jobs();
    CHECK(state_of_record(LISTED, "Đang so"));
    CHECK(post(&site, list, "do=approve", reviewer()).code == 303);
    run_jobs();
    CHECK(state_of_record(LISTED, "Nguồn đã rút"));
    CHECK(state_of_record("ffffffffffffffffffffffffffffffff", "Đang so"));
}

TEST(ncmec_entries_come_with_their_ids_and_go_by_them)
{
    struct answer a = bring("<?xml version=\"1.0\"?><queryResult xmlns=\"https://hashsharing.ncmec.org/hashsharing/v2\"><images count=\"1\"><image>"
        "<member id=\"7\">A</member><timestamp>2026-01-01T00:00:00Z</timestamp><id>img-1</id><classification>A1</classification><fingerprints>"
        "<md5>11111111111111111111111111111111</md5><sha1>2222222222222222222222222222222222222222</sha1></fingerprints></image></images></queryResult>");
    const char *list = at(a);

    CHECK(a.code == 303 && says(get(&site, list, analyst()), "ncmec"));
    CHECK(post(&site, list, "do=take", analyst()).code == 303);
    CHECK(post(&site, list, "do=approve", reviewer()).code == 303);         /* not taken in yet: nothing to approve */
    run_jobs();
    CHECK(post(&site, list, "do=approve", reviewer()).code == 303);
    run_jobs();
    CHECK(state_of_record("2222222222222222222222222222222222222222", "Đang so"));
    a = bring("<queryResult><images><deletedImage><member id=\"7\"/><id>img-1</id><timestamp/></deletedImage></images></queryResult>");
    list = at(a);
    CHECK(post(&site, list, "do=take", analyst()).code == 303);
    run_jobs();
    CHECK(post(&site, list, "do=approve", reviewer()).code == 303);
    run_jobs();
    CHECK(state_of_record("2222222222222222222222222222222222222222", "Nguồn đã xoá"));
    CHECK(state_of_record("11111111111111111111111111111111", "Nguồn đã xoá"));
}

TEST(csv_names_its_columns)
{
    CHECK(bring("value,kind\nzz,md5\n").code == 422);
    CHECK(bring("a,b\n1,2\n").code == 422);
    CHECK(bring("kind,value,quality,id\nmd5,33333333333333333333333333333333,,a-1\n\"pdq\",\"" OTHER "\",88,\n").code == 303);
}

/* -- what was seen ------------------------------------------------------------------------------------------------------------------------- */

static struct ctx ctx;

static struct id see(const char *hash, const char *class, bool anonymous)
{
    struct str value;
    struct query_pdq pdq = { .family = FAMILY_FULL, .quality = 90 };
    struct bank_query q = { .pdq = &pdq, .n_pdq = 1 };
    struct bank_hits hits;
    struct id id = id_zero();

    instance_step(&site.in);
    instance_ctx(&site.in, &ctx, site.now);
    sets_due();
    CHECK(hash_value_read(ctx.arena, HASH_PDQ, str_c(hash), &value) == OK);
    pdq.bits = (const uint8_t *)value.at;
    CHECK(banks_find(&ctx, &q, &hits) == OK);
    CHECK(seen_add(&ctx, &(struct seen_new){ .source = SEEN_PARTNER, .class = str_c(class), .ref = STR("r-1"), .context = STR("{\"a\":1}"),
                                             .query = &q, .hits = &hits, .anonymous = anonymous }, &id) == OK);
    instance_step(&site.in);
    return id;
}

TEST(what_hits_waits_for_the_analyst_with_its_hashes_sealed)
{
    struct id id = see(HASH("00"), "", false);
    struct seen_detail d;
    struct seen_items list;

    REQUIRE(!id_is_zero(id));
    CHECK(seen_get(l(), id, &d) == OK);
    CHECK_STR(d.item.class, STR("abuse"));
    CHECK_STR(d.item.ref, STR("r-1"));
    CHECK_STR(d.item.context, STR("{\"a\":1}"));
    CHECK(d.hits.n == 1 && d.hashes.n == 1 && str_is(d.hits.at[0].bank_name, "Từ mẫu"));
    CHECK(seen_list(l(), &(struct seen_paging){ .limit = 10 }, &list) == OK);
    CHECK(list.n == 1 && id_eq(list.at[0].id, id));
    CHECK(seen_list(l(), &(struct seen_paging){ .limit = 10, .after = { true, id } }, &list) == OK);
    CHECK_INT(list.n, 0);
}

TEST(a_verdict_is_given_on_what_was_shown)
{
    struct seen_items list;
    struct seen_verdict v = { .by = { { 9 } }, .was = STR("new"), .state = STR("confirmed"), .now = site.now };
    i64 n;

    CHECK(seen_list(l(), &(struct seen_paging){ .limit = 10 }, &list) == OK);
    v.id = list.at[0].id;
    CHECK(act_begin(l(), (struct act_info){ .act = "seen.test", .now = site.now }) == OK);
    CHECK(seen_decide(&site.in.ledger, &v) == OK);
    CHECK(act_commit(&site.in.ledger) == OK);
    CHECK(act_begin(l(), (struct act_info){ .act = "seen.test", .now = site.now }) == OK);
    CHECK(seen_decide(&site.in.ledger, &v) == CONFLICT);
    act_abort(&site.in.ledger);
    CHECK(seen_waiting(l(), false, &n) == OK);
    CHECK_INT(n, 0);
}

TEST(a_hash_that_becomes_known_later_finds_what_was_seen_before)
{
    struct sql_seen_hash_keep foreign = { .id = { { [15] = 1 } }, .until = site.now + 365 * DAY_MS, .sealed = STR("of another hand") };
    struct answer a;
    struct seen_items list;

    /* what nobody can open stops no one else's */
    CHECK(tx_begin(site.in.conn) == OK && sql_seen_hash_keep(site.in.conn, foreign) == OK && tx_commit(site.in.conn) == OK);
    CHECK(id_is_zero(see("ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00", "", true)));
    run_jobs();
    a = post(&site, path_of_bank("tu-mau", "/add"), "kind=pdq&value=ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff07&quality=90", analyst());
    run_jobs();
    CHECK(seen_list(l(), &(struct seen_paging){ .limit = 10 }, &list) == OK);
    CHECK_INT(list.n, 0);
    CHECK(post(&site, at(a), "do=confirm&words=", second()).code == 303);
    run_jobs();
    CHECK(seen_list(l(), &(struct seen_paging){ .limit = 10 }, &list) == OK);
    REQUIRE(list.n == 1);
    CHECK(list.at[0].source == SEEN_LATER && list.at[0].at == clock_local_day(site.now));
    CHECK_STR(list.at[0].ref, STR("r-1"));
    run_jobs();
    CHECK(seen_list(l(), &(struct seen_paging){ .limit = 10 }, &list) == OK);
    CHECK_INT(list.n, 1);
    CHECK(tx_begin(site.in.conn) == OK && sql_seen_hash_end(site.in.conn, (struct sql_seen_hash_end){ .id = foreign.id }) == OK);
    CHECK(tx_commit(site.in.conn) == OK);
}

TEST(who_brings_a_record_once_more_takes_it_out_of_use_by_no_quality)
{
    static const char value[] = "ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff07";
    struct hash_record r;
    struct answer a;
    struct str bits;
    struct id hash;

    CHECK(hash_value_read(l()->arena, HASH_PDQ, str_c(value), &bits) == OK);
    hash = hash_id(HASH_PDQ, FAMILY_FULL, bits);
    CHECK(post(&site, path_of_bank("tu-mau", "/add"), F("kind=pdq&value=%s&quality=1&source_id=other", value), analyst()).code == 303);
    CHECK(banks_record(l(), bank("tu-mau").id, hash, &r) == OK && r.quality == 90 && r.hold == HOLD_NONE && r.status == HASH_ACTIVE);
    a = bring(F("kind,value,quality,id\npdq,%s,1,other\n", value));
    CHECK(a.code == 303 && post(&site, at(a), "do=take", analyst()).code == 303);
    run_jobs();
    CHECK(banks_record(l(), bank("tu-mau").id, hash, &r) == OK && r.quality == 90 && r.hold == HOLD_NONE && r.status == HASH_ACTIVE);
}

TEST(hashes_of_what_nobody_knew_go_after_their_days)
{
    CHECK(id_is_zero(see("0123456789abcdef0f1e2d3c4b5a69780123456789abcdef96a5b4c3d2e1f007", "", true)));
    site.now += 40 * DAY_MS;
    run_jobs();
    {
        struct seen_hashes_after_rows rows;

        CHECK(sql_seen_hashes_after(l()->db, (struct sql_seen_hashes_after){ .most = 10 }, &rows) == OK);
        CHECK_INT(rows.n, 0);
    }
}

TEST(the_log_and_all_rows_agree)
{
    struct audit audit = { 0 };

    CHECK(log_number(l(), site.now) == OK);
    CHECK(audit_verify(l(), tables, &audit) == OK);
    CHECK_STR(audit.bad, STR(""));
}

int main(int argc, char **argv)
{
    int bad;

    site_open(&site);
    bad = test_run_all(argc > 1 ? argv[1] : NULL);
    sets_forget();
    site_close(&site);
    return bad;
}
