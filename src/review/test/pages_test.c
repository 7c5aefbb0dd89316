/* /review through the engine: one person's verdict, two people's, a difference, and what follows. */
#include <site.h>
#include <test.h>

#include "../review.h"
#include "../words.h"

#include "review.sql.h"
#include "tables.sql.h"

static struct site site;
static struct ctx ctx;

static struct ledger *l(void)
{
    return &site.in.ledger;
}

static struct visitor *hai(void)
{
    return as(&site, "hai.mau");            /* analyst */
}

static struct visitor *loan(void)
{
    return as(&site, "loan.mau");           /* reviewer */
}

/* -- things that were seen --------------------------------------------------------------------------------------------- */

static struct id bank;

static void make_bank(void)
{
    struct bank_new b = { .code = STR("mau"), .name = STR("Kho mẫu"), .source = STR("mẫu"), .class = STR("abuse"), .basis = STR("căn cứ mẫu"),
                          .radius = RADIUS_USUAL, .now = site.now };

    instance_step(&site.in);
    CHECK(act_begin(l(), (struct act_info){ .act = "bank.test", .now = site.now }) == OK);
    CHECK(banks_open(l(), &b, &bank) == OK);
    CHECK(act_commit(l()) == OK);
}

static struct id put_hash(uint8_t bits[32])
{
    struct hash_new h = { .kind = HASH_PDQ, .value = str_of(bits, 32), .quality = 90, .status = HASH_ACTIVE, .source_id = STR("") };

    instance_step(&site.in);
    CHECK(act_begin(l(), (struct act_info){ .act = "bank.test", .now = site.now }) == OK);
    CHECK(banks_add(l(), bank, &h, site.now) == OK);
    CHECK(act_commit(l()) == OK);
    return hash_id(HASH_PDQ, FAMILY_FULL, h.value);
}

/* A message with its reasons, or a picture whose hash stands in the bank. */
static struct id seen_message(const char *context)
{
    struct seen_new s = { .source = SEEN_TEXT, .class = STR("grooming"), .ref = STR("bai-17"), .context = str_c(context), .kind = STR("") };
    struct id id;

    instance_step(&site.in);
    instance_ctx(&site.in, &ctx, site.now);
    CHECK(seen_add(&ctx, &s, &id) == OK && !id_is_zero(id));
    instance_step(&site.in);
    return id;
}

static struct id seen_picture(uint8_t fill)
{
    uint8_t bits[32];
    struct query_pdq q = { .bits = bits, .family = FAMILY_FULL, .quality = 90 };
    struct bank_query query = { .pdq = &q, .n_pdq = 1 };
    struct bank_hit hit = { .bank = bank, .bank_name = STR("Kho mẫu"), .class = STR("abuse"), .basis = STR(""), .id = STR(""), .kind = HASH_PDQ,
                            .distance = 7 };
    struct bank_hits hits = { .at = &hit, .n = 1, .live = 1 };
    struct seen_new s = { .source = SEEN_PARTNER, .class = STR(""), .ref = STR(""), .context = STR(""), .kind = STR(""), .query = &query, .hits = &hits };
    struct id id;

    memset(bits, fill, sizeof bits);
    hit.hash = put_hash(bits);
    instance_step(&site.in);
    instance_ctx(&site.in, &ctx, site.now);
    CHECK(seen_add(&ctx, &s, &id) == OK && !id_is_zero(id));
    instance_step(&site.in);
    return id;
}

static const char *path(struct id id, const char *tail)
{
    char text[ID_TEXT + 1];

    id_text(id, text);
    return arena_f(&site.kept, "/review/%s%s", text, tail).at;
}

static struct str state_of(struct id id)
{
    struct seen_detail d;

    CHECK(seen_get(l(), id, &d) == OK);
    return d.item.state;
}

static size_t verdicts_on(struct id id)
{
    struct verdicts_rows rows;

    CHECK(sql_verdicts_of(l(), (struct sql_verdicts_of){ .seen = id }, &rows) == OK);
    return rows.n;
}

/* Which of many is drawn for two people is the house's secret: looked for by trying. */
static struct id first_seen_by_hai(bool blind, struct id (*make)(uint8_t fill))
{
    static uint8_t fill = 1;
    struct id id;

    for (int i = 0; i < 120; i++) {
        id = make(fill++);
        CHECK(post(&site, path(id, ""), "verdict=confirmed&reason=known", hai()).code == 303);
        if (str_is(state_of(id), "second") == blind)
            return id;
    }
    CHECK(!"found one");
    return id;
}

/* -- who enters -------------------------------------------------------------------------------------------------------- */

TEST(only_those_who_judge_matches_enter)
{
    struct id id = seen_picture(200);

    CHECK(get(&site, "/review", hai()).code == 200 && get(&site, "/review", loan()).code == 200);
    CHECK(get(&site, "/review", as(&site, "hanh.mau")).code == 403);
    CHECK(get(&site, path(id, ""), as(&site, "hanh.mau")).code == 403);
    CHECK(get(&site, "/review/00000000000000000000000000", hai()).code == 404);
}

TEST(a_thing_is_shown_with_its_hash_its_bank_and_no_picture)
{
    struct id id = seen_picture(201);
    struct answer a = get(&site, path(id, ""), hai());

    CHECK(a.code == 200 && says(a, "Kho mẫu") && says(a, "cách 7 bit") && says(a, "c9c9c9c9c9c9") && says(a, "căn cứ mẫu"));
    CHECK(!says(a, "<img") && !says(a, "<canvas"));
    CHECK(says(get(&site, "/review", hai()), path(id, "")));
}

/* -- verdicts ---------------------------------------------------------------------------------------------------------------- */

TEST(one_verdict_is_enough_for_most)
{
    struct id id = first_seen_by_hai(false, seen_picture);

    CHECK(str_is(state_of(id), "confirmed") && verdicts_on(id) == 1);
    CHECK(says(get(&site, path(id, ""), hai()), "· Trùng mã trong kho đã kiểm"));
    CHECK(leads_to(post(&site, path(id, ""), "verdict=rejected", loan()), path(id, "")));      /* it has its verdict */
    CHECK(str_is(state_of(id), "confirmed") && verdicts_on(id) == 1);
}

TEST(a_second_person_decides_without_seeing_the_first_verdict)
{
    struct id id = first_seen_by_hai(true, seen_picture);
    struct answer a = get(&site, path(id, ""), loan());

    CHECK(says(a, "Một người đã xét") && !says(a, "· Trùng mã trong kho đã kiểm"));
    CHECK(says(get(&site, path(id, ""), hai()), "Anh/chị đã xét; chờ một người khác."));
    CHECK(leads_to(post(&site, path(id, ""), "verdict=rejected", hai()), path(id, "")));       /* not a second time */
    CHECK(verdicts_on(id) == 1);
    CHECK(post(&site, path(id, ""), "verdict=confirmed", loan()).code == 303);
    CHECK(str_is(state_of(id), "confirmed") && verdicts_on(id) == 2);
    a = get(&site, "/review/agreement", loan());
    CHECK(says(a, "AC1") && says(a, "1 mục giống nhau"));
}

TEST(a_difference_needs_a_third_person_and_their_words)
{
    struct id id = first_seen_by_hai(true, seen_picture);

    CHECK(post(&site, path(id, ""), "verdict=rejected&words=anh-khac", loan()).code == 303);
    CHECK(str_is(state_of(id), "doubtful"));
    CHECK(says(get(&site, path(id, ""), hai()), "Anh/chị đã xét; chờ một người khác."));
    CHECK(says(get(&site, path(id, ""), loan()), "anh-khac"));
    CHECK(leads_to(post(&site, path(id, ""), "verdict=confirmed&words=a", loan()), path(id, "")));
    CHECK(str_is(state_of(id), "doubtful") && verdicts_on(id) == 2);
}

TEST(a_verdict_that_is_none_is_refused_and_what_was_typed_stays)
{
    struct id id = seen_picture(202);
    struct answer a = post(&site, path(id, ""), "verdict=perhaps&words=giu-lai", hai());

    CHECK(a.code == 422 && says(a, "Chọn một kết luận") && says(a, "giu-lai") && verdicts_on(id) == 0);
}

TEST(words_of_a_verdict_lie_sealed)
{
    struct id id = seen_picture(203);
    struct verdicts_rows rows;

    CHECK(post(&site, path(id, ""), "verdict=doubtful&words=kin-dao", hai()).code == 303);
    CHECK(sql_verdicts_of(l(), (struct sql_verdicts_of){ .seen = id }, &rows) == OK && rows.n == 1);
    CHECK(rows.at[0].words.n > 0 && str_find(rows.at[0].words, STR("kin-dao")) == rows.at[0].words.n);
    CHECK(says(get(&site, path(id, ""), hai()), "kin-dao"));          /* one of some is drawn for a second person, who does not see them */
}

/* -- messages ------------------------------------------------------------------------------------------------------------------ */

#define SIGNS "\"text\":{\"score\":{\"grooming\":0.91},\"signals\":[{\"name\":\"secrecy\",\"start\":4,\"end\":11},{\"name\":\"secrecy\",\"start\":6,\"end\":8}," \
    "{\"name\":\"<b>\",\"start\":900,\"end\":1000}]}"

TEST(reasons_are_marked_in_the_words_where_they_were_sent)
{
    struct id id = seen_message("{" SIGNS ",\"words\":\"abc giu-kin <script>\"}");
    struct answer a = get(&site, path(id, ""), hai());

    CHECK(says(a, "abc <mark>giu-kin<span class=vh>") || says(a, "abc <mark>giu-kin"));
    CHECK(says(a, "&lt;script&gt;") && says(a, "&lt;b&gt;") && says(a, "91 %") && says(a, "×2"));
}

TEST(without_the_words_the_reasons_are_told)
{
    struct answer a = get(&site, path(seen_message("{" SIGNS "}"), ""), hai());

    CHECK(says(a, "Lời nhắn không được gửi kèm") && !says(a, "<mark>") && says(a, "91 %"));
    CHECK(get(&site, path(seen_message("not json"), ""), hai()).code == 200);
}

TEST(words_are_forgotten_after_their_days_and_reasons_stay)
{
    i64 at = ++site.now;
    struct id altered = seen_message("{" SIGNS ",\"words\":\"abc giu-kin loi-sua\"}"), old, fresh;
    struct answer a;

    site.now++;
    CHECK(db_script(site.in.conn, arena_f(&site.kept, "UPDATE seen SET sandbox = 1 WHERE at = %lld", (long long)at).at) == OK);
    CHECK(row_get(l(), &table_seen, &(struct seen_row){ .id = altered }) == BROKEN);
    instance_step(&site.in);
    old = seen_message("{" SIGNS ",\"words\":\"abc giu-kin loi-cu\"}");

    CHECK(says(get(&site, path(old, ""), hai()), "loi-cu"));
    site.now += 31 * DAY_MS;
    fresh = seen_message("{" SIGNS ",\"words\":\"abc giu-kin loi-moi\"}");
    instance_step(&site.in);
    CHECK(review_forget(l(), &site.in.app, site.now) == OK);
    CHECK(review_forget(l(), &site.in.app, site.now) == OK);
    a = get(&site, path(old, ""), hai());
    CHECK(a.code == 200 && !says(a, "loi-cu") && says(a, "91 %"));
    CHECK(says(get(&site, path(fresh, ""), hai()), "loi-moi"));
    CHECK(db_script(site.in.conn, arena_f(&site.kept, "UPDATE seen SET sandbox = 0 WHERE at = %lld", (long long)at).at) == OK);
}

/* -- what follows ------------------------------------------------------------------------------------------------------------------- */

TEST(a_confirmed_thing_opens_a_request_to_remove)
{
    struct id id = first_seen_by_hai(false, seen_picture);
    struct answer a = post(&site, path(id, "/removal"), "class=", hai());

    CHECK(a.code == 422 && says(a, "Chọn loại nội dung"));
    CHECK(leads_to(post(&site, path(id, "/removal"), "class=abuse", hai()), path(id, "")));
    CHECK(says(get(&site, path(id, ""), hai()), "Đã mở yêu cầu gỡ"));
}

TEST(nothing_is_asked_for_before_a_verdict)
{
    struct id id = seen_picture(204);

    CHECK(leads_to(post(&site, path(id, "/removal"), "class=abuse", hai()), path(id, "")));
    CHECK(says(get(&site, path(id, ""), hai()), "vừa có người khác xét"));
    CHECK(post(&site, path(id, "/opinion"), "", hai()).code == 403);
}

TEST(a_reviewer_stands_by_the_hash_of_the_bank)
{
    struct id id = first_seen_by_hai(false, seen_picture);
    struct seen_detail d;
    struct hash_record r;

    CHECK(seen_get(l(), id, &d) == OK && d.hits.n == 1);
    CHECK(leads_to(post(&site, path(id, "/opinion"), "", loan()), path(id, "")));
    CHECK(banks_record(l(), d.hits.at[0].bank, d.hits.at[0].hash, &r) == OK && r.confirms == 1);
}

/* -- on and on ------------------------------------------------------------------------------------------------------------------------ */

TEST(the_next_one_is_never_one_of_the_readers_own)
{
    struct answer a = get(&site, "/review/next", hai());
    struct verdicts_said list;
    struct id id;

    CHECK(a.code == 303 && str_starts(a.location, STR("/review/")));
    CHECK(id_of_text(str_from(a.location, 8), &id));
    instance_step(&site.in);
    instance_ctx(&site.in, &ctx, site.now);
    CHECK(verdicts_said(&ctx, id, &list) == OK);
    CHECK(says(get(&site, path(id, ""), hai()), "data-key=\"1\"") || says(get(&site, path(id, ""), hai()), "data-key=1"));
}

TEST(enough_for_a_day_is_said)
{
    for (int i = 0; i < 8; i++)
        (void)post(&site, path(seen_picture((uint8_t)(220 + i)), ""), "verdict=rejected", loan());
    CHECK(says(get(&site, "/review", loan()), "150 mục là đủ"));
}

int main(int argc, char **argv)
{
    int bad;

    site_open(&site);
    make_bank();
    bad = test_run_all(argc > 1 ? argv[1] : NULL);
    site_close(&site);
    return bad;
}
