/* Banks: what is written, what is found, and what is noticed when somebody else wrote. */
#include "matches/bank_maps.h"

#include <site.h>
#include <test.h>

#include <pthread.h>
#include <unistd.h>

static struct site site;
static struct ctx ctx;
static struct id abuse, exploit, harmless, sandbox;
static const struct id lan = { { 1 } }, mai = { { 2 } }, tuan = { { 3 } };

static struct ledger *l(void) { return &site.in.ledger; }

static void begin(void)
{
    instance_step(&site.in);
    instance_ctx(&site.in, &ctx, site.now);
    CHECK(act_begin(l(), (struct act_info){ .act = "bank.test", .now = site.now }) == OK);
}

static void commit(void)
{
    CHECK(act_commit(l()) == OK);
    instance_step(&site.in);
}

static struct id new_bank(const char *code, const char *class, bool negative, bool in_sandbox)
{
    struct bank_new b = { .code = str_c(code), .name = str_c(code), .source = STR("mẫu"), .class = str_c(class), .basis = STR("mẫu"),
                          .radius = RADIUS_USUAL, .flood = 5, .negative = negative, .sandbox = in_sandbox, .now = site.now };
    struct id id = id_zero();

    begin();
    CHECK(banks_open(l(), &b, &id) == OK);
    commit();
    return id;
}

/* Hash number n, with the first `off` bits turned: a pseudo-random one, so that two are far apart. */
static struct str pdq(uint8_t bytes[32], unsigned n, int off)
{
    uint64_t x = 0x9e3779b97f4a7c15u * (n + 1);

    for (int i = 0; i < 32; i++) {
        x ^= x >> 12, x ^= x << 25, x ^= x >> 27;
        bytes[i] = (uint8_t)((x * 0x2545f4914f6cdd1du) >> 56);
    }
    for (int i = 0; i < off; i++)
        bytes[i / 8] ^= (uint8_t)(1u << i % 8);
    return str_of(bytes, 32);
}

static void put(struct id bank, unsigned n, enum hash_status s, enum hash_hold hold, struct id proposer)
{
    uint8_t bytes[32];
    struct hash_new h = { .kind = HASH_PDQ, .value = pdq(bytes, n, 0), .quality = 90, .status = s, .hold = hold, .source_id = STR("s-1"),
                          .proposer = proposer };

    begin();
    CHECK(banks_add(l(), bank, &h, site.now) == OK);
    commit();
}

static struct id id_of(unsigned n)
{
    uint8_t bytes[32];

    return hash_id(HASH_PDQ, FAMILY_FULL, pdq(bytes, n, 0));
}

static struct hash_record record(struct id bank, unsigned n)
{
    struct hash_record r = { 0 };

    CHECK(banks_record(l(), bank, id_of(n), &r) == OK);
    return r;
}

static struct bank_hits ask(const struct bank_query *q)
{
    struct bank_hits hits = { 0 };

    sets_due();
    instance_step(&site.in);
    instance_ctx(&site.in, &ctx, site.now);
    CHECK(banks_find(&ctx, q, &hits) == OK);
    return hits;
}

static struct bank_hits find(unsigned n, int off)
{
    uint8_t bytes[32];
    struct query_pdq one = { .bits = (const uint8_t *)pdq(bytes, n, off).at, .family = FAMILY_FULL, .quality = 90 };

    return ask(&(struct bank_query){ .pdq = &one, .n_pdq = 1 });
}

static void build(void)
{
    site.now += DAY_MS;         /* quiet for long enough that a few changes are worth a file */
    instance_step(&site.in);
    CHECK(banks_build(l(), &site.in.app, site.now) == OK);
    instance_step(&site.in);
}

static status say(struct id bank, unsigned n, struct id by, bool deny)
{
    struct hash_opinion o = { .bank = bank, .hash = id_of(n), .by = by, .staff = true, .deny = deny, .now = site.now };
    status s;

    begin();
    s = banks_opinion(l(), &o);
    if (s == OK)
        commit();
    else
        act_abort(l());
    return s;
}

static i64 alarms(void)
{
    struct bank_alarms_all_rows rows = { 0 };

    CHECK(sql_bank_alarms_all(l()->db, &rows) == OK);
    return (i64)rows.n;
}

static const char *build_file(const char *code, const char *tail)
{
    struct bank b;
    struct bank_builds_row row = { 0 };

    CHECK(bank_of_code(l(), str_c(code), &b) == OK);
    CHECK(sql_bank_build_newest(l(), (struct sql_bank_build_newest){ .bank = b.no }, &row) == OK);
    return bank_path(&site.kept, site.folder, b.code, row.build, tail).at;
}

/* -- matching ---------------------------------------------------------------------------------------------------------------------- */

TEST(a_new_record_matches_at_once_within_the_radius_of_its_bank_and_not_beyond)
{
    abuse = new_bank("abuse-a", "abuse", false, false);
    put(abuse, 1, HASH_ACTIVE, HOLD_NONE, id_zero());
    CHECK_INT(find(1, 0).live, 1);
    CHECK_INT(find(1, 31).at[0].distance, 31);
    CHECK_INT(find(1, 32).n, 0);
    CHECK_STR(find(1, 0).at[0].class, STR("abuse"));
    CHECK_STR(find(1, 0).at[0].id, STR("s-1"));
}

TEST(what_waits_or_was_withdrawn_or_is_too_flat_matches_nothing)
{
    uint8_t bytes[32];
    struct query_pdq flat = { .bits = (const uint8_t *)pdq(bytes, 1, 0).at, .family = FAMILY_FULL, .quality = 49 };

    put(abuse, 2, HASH_RECEIVED, HOLD_WAITS, lan);
    CHECK_INT(find(2, 0).n, 0);
    put(abuse, 3, HASH_ACTIVE, HOLD_NONE, id_zero());
    CHECK_INT(find(3, 0).live, 1);
    put(abuse, 3, HASH_WITHDRAWN, HOLD_NONE, id_zero());
    CHECK_INT(find(3, 0).n, 0);
    CHECK_INT(ask(&(struct bank_query){ .pdq = &flat, .n_pdq = 1 }).flat, 1);
}

TEST(files_hold_what_rows_hold_and_a_withdrawal_counts_before_the_next_file)
{
    put(abuse, 4, HASH_ACTIVE, HOLD_NONE, id_zero());
    build();
    CHECK(access(build_file("abuse-a", "bank"), R_OK) == 0);
    CHECK_INT(find(1, 20).live, 1);
    CHECK_INT(find(4, 0).live, 1);
    CHECK_INT(find(3, 0).n, 0);
    put(abuse, 4, HASH_WITHDRAWN, HOLD_NONE, id_zero());
    CHECK_INT(find(4, 0).n, 0);
    put(abuse, 5, HASH_ACTIVE, HOLD_NONE, id_zero());
    CHECK_INT(find(5, 3).live, 1);
    build();
    CHECK_INT(find(5, 3).live, 1);
    CHECK_INT(find(4, 0).n, 0);
}

TEST(exact_values_and_addresses_are_found_and_an_address_by_what_covers_it)
{
    uint8_t md5[16] = { 7 };
    struct str canonical;
    struct query_exact q[] = { { .kind = HASH_MD5, .value = str_of(md5, 16) },
                               { .kind = HASH_URL, .value = STR("HTTP://www.Bad.example/a/b.jpg#x"), .thing = 1 },
                               { .kind = HASH_URL, .value = STR("http://good.example/a/b.jpg"), .thing = 2 } };

    begin();
    CHECK(hash_value_read(l()->arena, HASH_URL, STR("http://bad.example/a/"), &canonical) == OK);
    CHECK(banks_add(l(), abuse, &(struct hash_new){ .kind = HASH_URL, .value = canonical, .quality = -1, .status = HASH_ACTIVE }, site.now) == OK);
    CHECK(banks_add(l(), abuse, &(struct hash_new){ .kind = HASH_MD5, .value = q[0].value, .quality = -1, .status = HASH_ACTIVE }, site.now) == OK);
    commit();
    for (int round = 0; round < 2; round++) {           /* out of the delta, then out of the file */
        struct bank_hits hits = ask(&(struct bank_query){ .exact = q, .n_exact = COUNT_OF(q) });

        CHECK_INT(hits.n, 2);
        CHECK_INT(hits.at[0].thing, 0);
        CHECK_INT(hits.at[1].thing, 1);
        build();
    }
    CHECK(access(build_file("abuse-a", "exact"), R_OK) == 0);
}

TEST(a_negative_bank_hides_what_may_be_hidden_and_nothing_of_a_class_that_the_law_wants_seen)
{
    exploit = new_bank("exploit-a", "exploit", false, false);
    harmless = new_bank("harmless-a", "harmless", true, false);
    put(exploit, 10, HASH_ACTIVE, HOLD_NONE, id_zero());
    put(harmless, 10, HASH_ACTIVE, HOLD_NONE, id_zero());
    CHECK_INT(find(10, 0).n, 2);
    CHECK_INT(find(10, 0).live, 0);
    put(abuse, 10, HASH_ACTIVE, HOLD_NONE, id_zero());
    CHECK_INT(find(10, 0).n, 3);
    CHECK_INT(find(10, 0).live, 1);
    put(abuse, 10, HASH_DELETED, HOLD_NONE, id_zero());
}

TEST(sandbox_and_production_never_meet)
{
    uint8_t bytes[32];
    struct query_pdq q = { .bits = (const uint8_t *)pdq(bytes, 20, 0).at, .family = FAMILY_FULL, .quality = 90 };

    sandbox = new_bank("sandbox-a", "abuse", false, true);
    put(sandbox, 20, HASH_ACTIVE, HOLD_NONE, id_zero());
    CHECK_INT(find(20, 0).n, 0);
    CHECK_INT(ask(&(struct bank_query){ .pdq = &q, .n_pdq = 1, .sandbox = true }).live, 1);
    build();
    CHECK_INT(find(20, 0).n, 0);
    CHECK_INT(ask(&(struct bank_query){ .pdq = &q, .n_pdq = 1, .sandbox = true }).live, 1);
}

TEST(hashes_of_either_family_find_each_other)
{
    uint8_t bytes[32];
    struct hash_new h = { .kind = HASH_PDQ, .family = FAMILY_CPP512, .value = pdq(bytes, 30, 0), .quality = 80, .status = HASH_ACTIVE };

    begin();
    CHECK(banks_add(l(), abuse, &h, site.now) == OK);
    commit();
    CHECK_INT(find(30, 6).live, 1);
    build();
    CHECK_INT(find(30, 6).live, 1);
}

/* -- people ------------------------------------------------------------------------------------------------------------------------- */

TEST(who_brings_a_record_does_not_confirm_it_and_another_brings_it_into_force)
{
    put(abuse, 40, HASH_RECEIVED, HOLD_WAITS, lan);
    CHECK(say(abuse, 40, lan, false) == DENIED);
    CHECK_INT(record(abuse, 40).hold, HOLD_WAITS);
    CHECK(say(abuse, 40, mai, false) == OK);
    CHECK_INT(record(abuse, 40).hold, HOLD_NONE);
    CHECK_INT(record(abuse, 40).status, HASH_ACTIVE);
    CHECK_INT(find(40, 0).live, 1);
    CHECK(!find(40, 0).at[0].confirmed);
    CHECK(say(abuse, 40, tuan, false) == OK);
    CHECK(find(40, 0).at[0].confirmed);
}

TEST(two_denials_take_a_record_out_and_its_source_cannot_bring_it_back)
{
    put(abuse, 41, HASH_ACTIVE, HOLD_NONE, id_zero());
    CHECK(say(abuse, 41, mai, true) == OK);
    CHECK_INT(find(41, 0).live, 1);
    CHECK(say(abuse, 41, mai, true) == OK);             /* the same person again is still one */
    CHECK_INT(find(41, 0).live, 1);
    CHECK(say(abuse, 41, tuan, true) == OK);
    CHECK_INT(find(41, 0).n, 0);
    put(abuse, 41, HASH_WITHDRAWN, HOLD_NONE, id_zero());
    put(abuse, 41, HASH_ACTIVE, HOLD_NONE, id_zero());
    CHECK_INT(record(abuse, 41).hold, HOLD_DENIED);
    CHECK_INT(find(41, 0).n, 0);
}

TEST(a_class_may_ask_for_two_reviewers)
{
    put(exploit, 42, HASH_RECEIVED, HOLD_WAITS, lan);
    CHECK(say(exploit, 42, mai, false) == OK);
    CHECK_INT(find(42, 0).n, 0);
    CHECK(say(exploit, 42, tuan, false) == OK);
    CHECK_INT(find(42, 0).live, 1);
}

TEST(a_hash_with_too_many_matches_in_a_day_waits_for_a_person)
{
    put(abuse, 43, HASH_ACTIVE, HOLD_NONE, id_zero());
    for (int i = 0; i < 6; i++)
        CHECK_INT(find(43, 0).live, 1);
    CHECK_INT(record(abuse, 43).hold, HOLD_FLOOD);
    CHECK_INT(find(43, 0).live, 0);
    CHECK(find(43, 0).at[0].quarantined);
    CHECK(say(abuse, 43, mai, false) == OK);
    CHECK_INT(find(43, 0).live, 1);
}

/* -- numbers ------------------------------------------------------------------------------------------------------------------------ */

TEST(paging_by_number_gives_every_record_once_as_it_is_now)
{
    i64 after = 0, last, seen = 0, before = 0;
    struct hash_records page;

    CHECK(banks_last_seq(l(), &last) == OK);
    do {
        CHECK(banks_changed_since(l(), &(struct hash_paging){ .after = after, .limit = 3 }, &page) == OK);
        for (size_t i = 0; i < page.n; i++) {
            CHECK(page.at[i].seq > after && page.at[i].at >= before);
            after = page.at[i].seq;
            before = page.at[i].at;
            seen++;
        }
        instance_step(&site.in);
    } while (page.n > 0);
    CHECK_INT(after, last);
    CHECK_INT(seen, 15 + 4);           /* and those of the demo's banks */
    put(abuse, 1, HASH_WITHDRAWN, HOLD_NONE, id_zero());
    CHECK(banks_changed_since(l(), &(struct hash_paging){ .after = after, .limit = 3 }, &page) == OK);
    CHECK_INT(page.n, 1);
    CHECK_INT(page.at[0].status, HASH_WITHDRAWN);
    CHECK(banks_seq_at(l(), page.at[0].at, &after) == OK);
    CHECK(after <= page.at[0].seq);
    CHECK(banks_seq_at(l(), page.at[0].at + 1, &after) == OK);
    CHECK_INT(after, page.at[0].seq + 1);
}

/* Several connections write while one pages: each has its own, as the workers of several processes have. */
enum { WRITERS = 4, ACTS = 30, RECORDS = 5 };
struct hand { struct conn *conn; struct arena arena; struct secrets *secrets; struct ledger ledger; int no, failed; struct id bank; };

static void hand_open(struct hand *h, int no, struct id to)
{
    *h = (struct hand){ .no = no, .bank = to, .arena = arena_make(64 << 20), .secrets = secrets_make() };
    CHECK(conn_open(site.in.db, &h->conn) == OK);
    conn_use(h->conn, &h->arena);
    h->ledger = (struct ledger){ .db = h->conn, .house = site.in.house, .arena = &h->arena, .secrets = h->secrets };
}

static void hand_close(struct hand *h)
{
    conn_close(h->conn);
    arena_free(&h->arena);
    secrets_free(h->secrets);
}

/* Every third act changes its mind: a number that was given to nobody must not be missed by anybody. */
static status one_act(struct hand *h, int act)
{
    struct hash_new all[RECORDS];
    uint8_t bytes[RECORDS][32];
    struct banks_added sum;

    for (int i = 0; i < RECORDS; i++)
        all[i] = (struct hash_new){ .kind = HASH_PDQ, .value = pdq(bytes[i], (unsigned)(10000 + (h->no * ACTS + act) * RECORDS + i), 0), .quality = 90,
                                    .status = HASH_ACTIVE };
    TRY(act_begin(&h->ledger, (struct act_info){ .act = "bank.test", .now = site.now }));
    TRY(banks_add_many(&h->ledger, h->bank, all, RECORDS, site.now, &sum));
    if (act % 3 == 2) {
        act_abort(&h->ledger);
        return OK;
    }
    return act_commit(&h->ledger);
}

static void *write_all(void *argument)
{
    struct hand *h = argument;

    for (int act = 0; act < ACTS; act++) {
        if (one_act(h, act) != OK) {
            act_abort(&h->ledger);
            h->failed++;
        }
        arena_reset(&h->arena, false);
    }
    return NULL;
}

TEST(a_reader_that_pages_while_many_write_loses_nothing_and_repeats_nothing)
{
    enum { ALL = WRITERS * (ACTS - ACTS / 3) * RECORDS };
    struct hand hands[WRITERS], reader;
    pthread_t threads[WRITERS];
    i64 after, seen = 0, began = clock_mono_ms();
    struct id to = new_bank("many-a", "abuse", false, false);

    CHECK(banks_last_seq(l(), &after) == OK);
    hand_open(&reader, 0, to);
    for (int i = 0; i < WRITERS; i++) {
        hand_open(&hands[i], i, to);
        REQUIRE(pthread_create(&threads[i], NULL, write_all, &hands[i]) == 0);
    }
    while (seen < ALL && clock_mono_ms() - began < 60000) {
        struct hash_records page;

        CHECK(banks_changed_since(&reader.ledger, &(struct hash_paging){ .after = after, .limit = 7 }, &page) == OK);
        for (size_t i = 0; i < page.n; i++) {
            CHECK_INT(page.at[i].seq, after + 1);           /* without a gap */
            after = page.at[i].seq;
        }
        seen += (i64)page.n;
        arena_reset(&reader.arena, false);
    }
    for (int i = 0; i < WRITERS; i++) {
        pthread_join(threads[i], NULL);
        CHECK_INT(hands[i].failed, 0);
        hand_close(&hands[i]);
    }
    hand_close(&reader);
    CHECK_INT(seen, ALL);
    build();
    CHECK_INT(find(10000, 5).live, 1);
}

/* -- other hands -------------------------------------------------------------------------------------------------------------------- */

TEST(a_record_that_another_hand_altered_is_found_and_the_proven_file_stays_in_use)
{
    put(abuse, 50, HASH_ACTIVE, HOLD_NONE, id_zero());
    build();
    CHECK_INT(alarms(), 0);
    CHECK(db_script(site.in.conn, "UPDATE bank_hashes SET status = 3 WHERE kind = 1 AND status = 1 AND hold = 0 AND quality = 90") == OK);
    CHECK_INT(find(50, 0).live, 1);
    CHECK(alarms() > 0);
    put(abuse, 51, HASH_ACTIVE, HOLD_NONE, id_zero());
    build();
    CHECK(alarms() > 0);
    CHECK_INT(find(50, 0).live, 1);
    CHECK(db_script(site.in.conn, "UPDATE bank_hashes SET status = 1 WHERE kind = 1 AND status = 3 AND hold = 0 AND quality = 90") == OK);
}

TEST(a_record_that_another_hand_took_away_is_missed)
{
    struct banks_row bank = { 0 };
    i64 n;

    CHECK(sql_bank_by_code(l(), (struct sql_bank_by_code){ .code = STR("exploit-a") }, &bank) == OK);
    CHECK(bank_rows_check(l(), &bank, &n) == OK);
    CHECK(db_script(site.in.conn, "DELETE FROM bank_hashes WHERE quality = 90 AND confirms = 2 AND bank = (SELECT no FROM banks WHERE code = 'exploit-a')") == OK);
    CHECK(bank_rows_check(l(), &bank, &n) == BROKEN);
    CHECK(strstr(fail_message(), "exploit-a") != NULL);
    instance_step(&site.in);
}

static void damage(const char *path)
{
    FILE *f = fopen(path, "r+e");

    REQUIRE(f != NULL);
    CHECK(fseek(f, 4096 + 5, SEEK_SET) == 0 && fputc('x', f) == 'x' && fclose(f) == 0);
}

TEST(a_damaged_file_stops_its_bank_loudly_and_is_made_anew)
{
    damage(build_file("sandbox-a", "bank"));
    sets_forget();
    CHECK_INT(ask(&(struct bank_query){ .sandbox = true }).stopped, 1);
    CHECK_INT(ask(&(struct bank_query){ .sandbox = false }).stopped, 0);
    CHECK(alarms() > 0);
    instance_step(&site.in);
    CHECK(banks_build(l(), &site.in.app, site.now) == OK);
    CHECK_INT(ask(&(struct bank_query){ .sandbox = true }).stopped, 0);
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
