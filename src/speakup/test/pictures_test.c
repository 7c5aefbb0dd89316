/* Pictures that stay with the child: what a browser may send, who opens it, and the way into the bank and out of it. */
#include <site.h>
#include <test.h>

#include "../pictures.h"

#include "../../casework/retention.h"
#include "../../matches/banks.h"

#include "casework.sql.h"
#include "speakup.sql.h"
#include "tables.sql.h"
#include "takedown.sql.h"

static struct site site;

#define PDQ "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
#define MD5 "00112233445566778899aabbccddeeff"
#define SHA "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"
#define TURNED PDQ "," PDQ "," PDQ "," PDQ "," PDQ "," PDQ "," PDQ
#define PICTURE "kind=picture quality=97 pdq=" PDQ " turned=" TURNED " md5=" MD5 " sha256=" SHA
#define FILM "kind=file md5=" MD5 " sha256=" SHA

/* -- reading ------------------------------------------------------------------------------------------------ */

static bool reads(const char *text)
{
    struct picture_hashes h;

    return picture_read(str_c(text), &h);
}

TEST(a_picture_has_its_hashes_and_a_film_those_of_its_file)
{
    struct picture_hashes h;

    CHECK(picture_read(STR(PICTURE), &h) && h.picture && h.quality == 97 && str_is(h.pdq, PDQ) && str_is(h.md5, MD5));
    CHECK(picture_read(STR(FILM), &h) && !h.picture && h.pdq.n == 0 && str_is(h.sha256, SHA));
    CHECK(reads("sha256=" SHA " md5=" MD5 " kind=file"));
}

TEST(what_no_page_of_ours_sends_is_no_picture)
{
    static const char *const odd[] = {
        "", " ", "kind=picture", "kind=file", "kind=file md5=" MD5, "kind=film md5=" MD5 " sha256=" SHA,
        "kind=file md5=" MD5 " sha256=" SHA " name=a.jpg", "kind=file kind=file md5=" MD5 " sha256=" SHA,
        "kind=file md5=" MD5 "0 sha256=" SHA, "kind=file md5=00112233445566778899AABBCCDDEEFF sha256=" SHA,
        "kind=file quality=97 md5=" MD5 " sha256=" SHA, "kind=file md5=" MD5 "  sha256=" SHA,
        "kind=picture quality=101 pdq=" PDQ " turned=" TURNED " md5=" MD5 " sha256=" SHA,
        "kind=picture quality= pdq=" PDQ " turned=" TURNED " md5=" MD5 " sha256=" SHA,
        "kind=picture quality=97 pdq=" PDQ " turned=" PDQ "," PDQ " md5=" MD5 " sha256=" SHA,
        "kind=picture quality=97 pdq=" PDQ " turned=" TURNED "," PDQ " md5=" MD5 " sha256=" SHA,
        "kind=picture quality=97 pdq=" PDQ " md5=" MD5 " sha256=" SHA,
        "kind=picture quality=97 turned=" TURNED " md5=" MD5 " sha256=" SHA,
    };

    for (size_t i = 0; i < COUNT_OF(odd); i++)
        CHECK(!reads(odd[i]));
}

/* -- the way in ------------------------------------------------------------------------------------------------ */

static struct visitor *hanh(void)
{
    return as(&site, "hanh.mau");
}

struct told { struct str code; struct id id; struct visitor child; };

static struct told told(const char *fields)
{
    struct told t = { .code = tell(&site, fields, &t.child) };

    t.id = report_of(&site, t.code);
    (void)post(&site, "/talk", arena_f(&site.kept, "code=%.*s", (int)t.code.n, t.code.at).at, &t.child);
    return t;
}

static struct answer desk(const struct told *t, const char *tail)
{
    return get(&site, path_of(&site, t->id, tail).at, hanh());
}

/* The address of the first picture that waits. */
static const char *first_of(const struct told *t)
{
    struct str id = between(desk(t, "/pictures"), arena_f(&site.kept, "\"%s", path_of(&site, t->id, "/pictures/").at).at, "\"");

    return path_of(&site, t->id, arena_f(&site.kept, "/pictures/%.*s", (int)id.n, id.at).at).at;
}

/* Rows of a statement that counts, through the test's own connection. */
static struct pictures_rows rows_of(struct id report)
{
    struct ledger *l = &site.in.ledger;
    struct pictures_rows rows = { 0 };

    CHECK(sql_pictures_of(l, (struct sql_pictures_of){ .case_id = report }, &rows) == OK);
    return rows;
}

TEST(a_report_with_hashes_is_one_about_pictures_and_staff_read_them)
{
    struct told t = told("story=anh&hash=" PICTURE "&hash=" FILM "&hash=" PICTURE);
    struct answer a = desk(&t, "/pictures");

    CHECK(a.code == 200 && says(a, PDQ) && says(a, SHA) && says(a, "Ảnh số 1") && says(a, "Tệp số 2") && !says(a, "số 3"));
    CHECK(says(desk(&t, ""), "Mã của 2 ảnh đã gửi"));
    CHECK(says(get(&site, "/talk", &t.child), "Mã của 2 ảnh đã gửi"));
    CHECK(says(desk(&t, "/summary"), "Ảnh riêng tư"));
}

TEST(hashes_lie_sealed_and_no_row_says_the_hour)
{
    struct told t = told("story=anh&hash=" PICTURE);
    struct pictures_rows rows = rows_of(t.id);

    CHECK(rows.n == 1 && rows.at[0].sealed.n > 0 && str_find(rows.at[0].sealed, STR(MD5)) == rows.at[0].sealed.n);
    CHECK(rows.at[0].day == clock_local_day(site.now) && !rows.at[0].decided.has);
}

TEST(damaged_hashes_are_told_and_the_story_is_kept)
{
    struct visitor child = { 0 };
    struct answer a;

    CHECK(leads_to(post(&site, "/speak/send", "story=con-day&hash=kind%3Dpicture+md5%3Dx", &child), "/speak/code"));
    a = get(&site, "/speak/code", &child);
    CHECK(says(a, "1 mã ảnh bị hỏng") && says(a, "access-code"));
}

TEST(another_organisation_finds_no_picture)
{
    struct told t = told("story=anh&hash=" PICTURE);
    const char *path = first_of(&t);

    CHECK(get(&site, path_of(&site, t.id, "/pictures").at, as(&site, "lan.mau")).code == 404);
    CHECK(get(&site, path, as(&site, "lan.mau")).code == 404);
    CHECK(post(&site, path, "verdict=confirm&class=image&words=a", as(&site, "lan.mau")).code == 404);
    CHECK(rows_of(t.id).n == 1 && str_is(rows_of(t.id).at[0].state, "new"));
}

/* -- what an officer decides --------------------------------------------------------------------------------- */

static const char *const hex_of_bank = "bd0b7a3f3c1e5a9946b1c0d2e8f7a6b59d4c3b2a19087f6e5d4c3b2a1f0e9d8c";

static struct told confirmed(const char *pdq)
{
    struct told t = told(arena_f(&site.kept, "story=anh&hash=kind=picture quality=97 pdq=%s turned=" TURNED " md5=%.32s sha256=%s", pdq, pdq,
                                 pdq).at);
    struct answer a = post(&site, first_of(&t), "verdict=confirm&class=image&words=tre-xin-go", hanh());

    CHECK(leads_to(a, path_of(&site, t.id, "/pictures").at));
    return t;
}

static status bank_status(const char *hex, struct hash_record *r)
{
    struct ledger *l = &site.in.ledger;
    struct str value;
    struct bank bank;

    TRY(bank_of_code(l, STR("child"), &bank));
    TRY(hash_value_read(&site.kept, HASH_PDQ, str_c(hex), &value));
    return banks_record(l, bank.id, hash_id(HASH_PDQ, FAMILY_FULL, value), r);
}

TEST(a_verdict_needs_a_reason_and_a_confirmation_its_class)
{
    struct told t = told("story=anh&hash=" PICTURE);
    const char *path = first_of(&t);
    struct answer a = post(&site, path, "verdict=confirm&class=&words=viet-do", hanh());

    CHECK(a.code == 422 && says(a, "Chọn loại nội dung") && says(a, "viet-do"));
    CHECK(post(&site, path, "verdict=confirm&class=nothing&words=a", hanh()).code == 422);
    CHECK(post(&site, path, "verdict=refuse&words=", hanh()).code == 422);
    CHECK(str_is(rows_of(t.id).at[0].state, "new"));
}

TEST(a_confirmed_picture_stands_in_the_bank_and_waits_for_its_removal)
{
    struct told t = confirmed(hex_of_bank);
    struct hash_record r;
    struct answer a;

    CHECK(str_is(rows_of(t.id).at[0].state, "confirmed"));
    CHECK(bank_status(hex_of_bank, &r) == OK && r.status == HASH_ACTIVE && r.hold == HOLD_NONE && r.quality == 97);
    CHECK(says(desk(&t, "/pictures"), "đã xác nhận, có trong kho"));
    a = get(&site, "/talk/more", &t.child);
    CHECK(a.code == 200 && says(a, "Cán bộ đã xác nhận") && says(a, "Chưa gửi yêu cầu đến nền tảng nào"));
    CHECK(post(&site, first_of(&t), "verdict=refuse&words=a", hanh()).code != 200);
}

TEST(a_flat_picture_stands_by_its_file_alone)
{
    static const char flat[] = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
    struct told t = told(arena_f(&site.kept, "story=anh&hash=kind=picture quality=10 pdq=%s turned=" TURNED " md5=%.32s sha256=%s", flat, flat,
                                 flat).at);
    struct hash_record r;

    CHECK(post(&site, first_of(&t), "verdict=confirm&class=image&words=a", hanh()).code == 303);
    CHECK(str_is(rows_of(t.id).at[0].state, "confirmed") && bank_status(flat, &r) == NOT_FOUND);
}

TEST(a_refused_picture_is_in_no_bank)
{
    static const char other[] = "1f0e9d8cbd0b7a3f3c1e5a9946b1c0d2e8f7a6b59d4c3b2a19087f6e5d4c3b2a";
    struct told t = told(arena_f(&site.kept, "story=anh&hash=kind=picture quality=97 pdq=%s turned=" TURNED " md5=" MD5 " sha256=" SHA, other).at);
    struct hash_record r;

    CHECK(leads_to(post(&site, first_of(&t), "verdict=refuse&words=chua-ro", hanh()), path_of(&site, t.id, "/pictures").at));
    CHECK(str_is(rows_of(t.id).at[0].state, "refused") && bank_status(other, &r) == NOT_FOUND);
    CHECK(says(get(&site, "/talk/more", &t.child), "Cán bộ chưa dùng mã này"));
}

/* -- taking back ------------------------------------------------------------------------------------------------ */

static struct answer take_back(struct told *t, int i)
{
    struct pictures_rows rows = rows_of(t->id);
    char id[ID_TEXT + 1];

    (void)get(&site, "/talk/more", &t->child);
    id_text(rows.at[i].id, id);
    return post(&site, "/talk/more", arena_f(&site.kept, "off=%s", id).at, &t->child);
}

/* Whether the one request for removal that came of this report's pictures stands so, known by so many names. */
static bool asked_for(struct id report, const char *state, size_t names)
{
    struct takedowns_rows tracks;
    struct takedown_names_rows rows;

    CHECK(sql_takedowns_found_by_picture(&site.in.ledger, (struct sql_takedowns_found_by_picture){ .case_id = report }, &tracks) == OK && tracks.n == 1);
    CHECK(sql_takedown_names_of(&site.in.ledger, (struct sql_takedown_names_of){ .track = tracks.at[0].id }, &rows) == OK);
    return str_is(tracks.at[0].state, state) && rows.n == names;
}

TEST(what_was_asked_of_others_already_cannot_be_taken_back)
{
    static const char hex[] = "5e6f7d4c3b2a1f0e9d8cbd0b7a3f3c1e5a9946b1c0d2e8f7a6b59d4c3b2a1908";
    struct told t = confirmed(hex);
    struct takedowns_rows tracks;

    CHECK(asked_for(t.id, "triaged", 3));
    CHECK(sql_takedowns_found_by_picture(&site.in.ledger, (struct sql_takedowns_found_by_picture){ .case_id = t.id }, &tracks) == OK);
    CHECK(act_begin(&site.in.ledger, (struct act_info){ .act = "takedown.send", .now = site.now, .actor = id_timed(site.now), .object = tracks.at[0].id }) == OK);
    tracks.at[0].state = STR("requested");
    CHECK(row_update(&site.in.ledger, &table_takedowns, &tracks.at[0]) == OK && act_commit(&site.in.ledger) == OK);
    CHECK(leads_to(take_back(&t, 0), "/talk/more"));
    CHECK(asked_for(t.id, "requested", 3));
}

TEST(what_a_child_takes_back_is_gone_here_and_rests_in_the_bank)
{
    static const char hex[] = "7f6e5d4c3b2a1f0e9d8cbd0b7a3f3c1e5a9946b1c0d2e8f7a6b59d4c3b2a1908";
    struct told t = confirmed(hex);
    struct hash_record r;

    CHECK(leads_to(take_back(&t, 0), "/talk/more"));
    CHECK(str_is(rows_of(t.id).at[0].state, "withdrawn") && rows_of(t.id).at[0].sealed.n == 0);
    CHECK(bank_status(hex, &r) == OK && r.status == HASH_WITHDRAWN);
    CHECK(says(get(&site, "/talk/more", &t.child), "Em đã rút lại"));
    CHECK(says(get(&site, "/talk", &t.child), "Mã ảnh số 1 đã rút lại"));
    CHECK(asked_for(t.id, "dropped", 0));
    CHECK(leads_to(take_back(&t, 0), "/talk/more"));        /* a second time changes nothing */
}

TEST(what_two_children_confirmed_stays_while_one_of_them_wants_it)
{
    static const char hex[] = "a6b59d4c3b2a19087f6e5d4c3b2a1f0e9d8cbd0b7a3f3c1e5a9946b1c0d2e8f7";
    struct told one = confirmed(hex), two = confirmed(hex);
    struct hash_record r;

    CHECK(leads_to(take_back(&one, 0), "/talk/more"));
    CHECK(bank_status(hex, &r) == OK && r.status == HASH_ACTIVE);
    CHECK(leads_to(take_back(&two, 0), "/talk/more"));
    CHECK(bank_status(hex, &r) == OK && r.status == HASH_WITHDRAWN);
}

TEST(nobody_takes_back_what_another_child_sent)
{
    struct told mine = told("story=anh&hash=" PICTURE), theirs = told("story=anh&hash=" PICTURE);
    struct told thief = { .id = theirs.id, .child = mine.child };

    CHECK(leads_to(take_back(&thief, 0), "/talk/more"));
    CHECK(str_is(rows_of(theirs.id).at[0].state, "new"));
}

TEST(a_conversation_keeps_fifty_and_says_how_many_came)
{
    struct told t = told("story=anh");
    struct out fields = { .max = 1 << 16 };

    for (int round = 0; round < 6; round++) {
        out_reset(&fields);
        out_c(&fields, "text=");
        for (int i = 0; i < 10; i++)
            out_f(&fields, "&hash=kind=file md5=%032d sha256=%064d", round * 10 + i, i);
        (void)get(&site, "/talk/more", &t.child);
        CHECK(leads_to(post(&site, "/talk/messages", arena_copy(&site.kept, out_done(&fields)).at, &t.child), "/talk"));
    }
    out_free(&fields);
    CHECK(rows_of(t.id).n == PICTURES_CASE);
    CHECK(says(get(&site, "/talk", &t.child), "Mã của 10 ảnh đã gửi"));
}

TEST(a_case_that_is_erased_takes_its_pictures_along_and_leaves_the_bank_alone)
{
    static const char hex[] = "4c3b2a1f0e9d8cbd0b7a3f3c1e5a9946b1c0d2e8f7a6b59d4c3b2a19087f6e5d";
    struct told t = confirmed(hex);
    struct erased sum = { 0 };
    struct takedowns_rows tracks;
    struct takedowns_row track;
    struct hash_record r;
    struct ctx ctx;

    instance_step(&site.in);
    CHECK(sql_takedowns_found_by_picture(&site.in.ledger, (struct sql_takedowns_found_by_picture){ .case_id = t.id }, &tracks) == OK && tracks.n == 1);
    track = (struct takedowns_row){ .id = tracks.at[0].id };
    instance_ctx(&site.in, &ctx, site.now);
    CHECK(act_begin(&site.in.ledger, (struct act_info){ .act = "case.erase", .now = site.now, .object = t.id }) == OK);
    CHECK(case_erase(&ctx, t.id, &sum) == OK && sum.records > 0);
    CHECK(act_commit(&site.in.ledger) == OK);
    instance_step(&site.in);
    CHECK(rows_of(t.id).n == 0);
    CHECK(row_get(&site.in.ledger, &table_takedowns, &track) == OK && !track.found.has);      /* still asked for; nothing says of whom */
    CHECK(bank_status(hex, &r) == OK && r.status == HASH_ACTIVE);
    CHECK(get(&site, "/talk", &t.child).code == 200 && !says(get(&site, "/talk/more", &t.child), "Ảnh số 1"));
}

int main(int argc, char **argv)
{
    int bad;

    site_open(&site);
    bad = test_run_all(argc > 1 ? argv[1] : NULL);
    site_close(&site);
    return bad;
}
