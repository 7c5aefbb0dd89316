/* Paging through what goes out while others write. */
#include "exchange_site.h"

#include <test.h>

/* -- paging -------------------------------------------------------------------------------------------------------------------------------- */

enum { MOST = 4000 };
struct seen { i64 times[MOST]; char state[MOST]; };

/* Notes the records of a page whose values are numbers. */
static i64 note(struct seen *s, struct answer a)
{
    struct str rest = a.body, value, how;
    i64 n = 0;

    for (;;) {
        size_t at = str_find(rest, STR("\"hashValue\":\""));
        unsigned number;

        if (at == rest.n)
            return n;
        rest = str_from(rest, at + 13);
        value = str_upto(rest, str_find_char(rest, '"'));
        how = str_from(rest, str_find(rest, STR("\"hashStatus\":\"")) + 14);
        n++;
        if (value.n != 64 || !str_starts(value, STR("0000000000000000")) || sscanf(value.at + 48, "%16x", &number) != 1 || number >= MOST)
            continue;
        s->times[number]++;
        s->state[number] = how.at[0];
    }
}

/* A whole round, with something written between its pages; gives where the next one begins. */
static i64 round_of(struct seen *s, i64 since, void (*between_pages)(int page))
{
    struct answer a = fetch(arena_f(&site.kept, "startTimestamp=%lld&pageSize=300", (long long)since).at);
    i64 next = 0;

    for (int page = 0; page < 100; page++) {
        CHECK_INT(a.code, 200);
        (void)note(s, a);
        CHECK(str_i64(field(a, "nextSetTimestamp"), &next));
        if (says(a, "\"hasMoreRecords\":false"))
            return next;
        if (between_pages != NULL)
            between_pages(page);
        a = fetch(arena_f(&site.kept, "startTimestamp=%lld&pageSize=300&nextPageToken=%.*s", (long long)since,
                          (int)field(a, "nextPageToken").n, field(a, "nextPageToken").at).at);
    }
    CHECK(!"the round came to an end");
    return next;
}

/* New records, and a change of one that was on a page already and of one that was not yet. */
static void write_between(int page)
{
    put_many(bank, (unsigned)(2000 + page * 10), 10, HASH_ACTIVE);
    put_many(bank, 101, 1, page % 2 ? HASH_ACTIVE : HASH_WITHDRAWN);
    put_many(bank, 1050, 1, page % 2 ? HASH_ACTIVE : HASH_WITHDRAWN);
    publish();
}

TEST(paging_loses_and_repeats_nothing_while_others_write)
{
    static struct seen first, second, third;
    i64 next;

    site_open(&site);
    start();
    put_many(bank, 100, 1000, HASH_ACTIVE);
    publish();
    next = round_of(&first, 10, write_between);
    for (unsigned i = 100; i < 1100; i++)
        CHECK(first.times[i] == 1 || (i == 1050 && first.times[i] == 0));
    site.now += 5000;
    next = round_of(&second, next, NULL);
    CHECK_INT(second.times[101], 1);
    CHECK_INT(second.times[1050], 1);
    for (unsigned i = 2000; i < 2010; i++)
        CHECK_INT(first.times[i] + second.times[i], 1);
    CHECK_INT(second.times[500], 0);
    next = round_of(&third, next, NULL);
    for (unsigned i = 0; i < MOST; i++)
        CHECK_INT(third.times[i], 0);
}

/* A client keeps the time of each page, and begins anew with it when it was cut off. */
TEST(a_client_that_was_cut_off_in_a_round_loses_nothing)
{
    static struct seen s;
    struct answer a;
    i64 next = 0;

    site.now += 60000;
    put_many(bank, 3000, 500, HASH_ACTIVE);
    publish();
    a = fetch(arena_f(&site.kept, "startTimestamp=%lld&pageSize=200", (long long)(site.now / 1000 - 10)).at);
    (void)note(&s, a);
    CHECK(str_i64(field(a, "nextSetTimestamp"), &next));
    (void)round_of(&s, next, NULL);
    for (unsigned i = 3000; i < 3500; i++)
        CHECK(s.times[i] >= 1);
}

TEST(what_is_withdrawn_goes_out_as_withdrawn_and_once)
{
    static struct seen s;
    i64 since;

    site.now += 60000;
    since = site.now / 1000;
    put_many(bank, 100, 1, HASH_WITHDRAWN);
    put_many(bank, 3600, 1, HASH_WITHDRAWN);            /* was never in force: nobody's business */
    publish();
    (void)round_of(&s, since, NULL);
    CHECK_INT(s.times[100], 1);
    CHECK(s.state[100] == 'W');
    CHECK_INT(s.times[3600], 0);
}

TEST(a_bank_that_is_shared_later_goes_out_whole_and_is_called_back_when_it_ends)
{
    static struct seen before, during, after, kept;
    i64 since;

    site.now += 60000;
    since = site.now / 1000;
    (void)round_of(&before, 10, NULL);
    CHECK_INT(before.times[77], 0);
    share(other, "proposed");                           /* one person's wish */
    publish();
    (void)round_of(&before, 10, NULL);
    CHECK_INT(before.times[77], 0);
    share(other, "shared");
    publish();
    since = round_of(&during, since, NULL);
    CHECK_INT(during.times[77], 1);
    put_many(other, 102, 1, HASH_ACTIVE);               /* both banks have it */
    publish();
    site.now += 60000;
    share(other, "ended");
    publish();
    (void)round_of(&after, since, NULL);
    CHECK(after.state[77] == 'W');
    (void)round_of(&kept, 10, NULL);
    CHECK(kept.state[102] == 'A');
}

TEST(ncmec_pages_are_those_of_their_time_whatever_commits_late)
{
    struct str basic = vault_base64(&site.kept, arena_f(&site.kept, "police:%.*s", (int)token.n, token.at));
    const char *header = arena_f(&site.kept, "Authorization: Basic %.*s\n", (int)basic.n, basic.at).at;
    struct out from = { .max = 100 }, to = { .max = 100 }, later = { .max = 100 };
    struct answer a;

    site.now += 60000;
    utc_write(&from, site.now / 1000 - 5);
    utc_write(&to, site.now / 1000 + 5);
    utc_write(&later, site.now / 1000 + 30);
    a = site_ask(&site, (struct asking){ .method = "GET", .header = header, .path = arena_f(&site.kept, "/hashsharing/v2/entries?from=%.*s&to=%.*s",
                 (int)from.n, from.at, (int)to.n, to.at).at }, NULL);
    CHECK_INT(a.code, 200);
    CHECK(!says(a, "<image>"));
    put_many(bank, 3700, 1, HASH_ACTIVE);               /* begun before, committed after the answer */
    publish();
    a = site_ask(&site, (struct asking){ .method = "GET", .header = header, .path = arena_f(&site.kept, "/hashsharing/v2/entries?from=%.*s&to=%.*s",
                 (int)from.n, from.at, (int)to.n, to.at).at }, NULL);
    CHECK(!says(a, "<image>"));
    a = site_ask(&site, (struct asking){ .method = "GET", .header = header, .path = arena_f(&site.kept, "/hashsharing/v2/entries?from=%.*s&to=%.*s",
                 (int)to.n, to.at, (int)later.n, later.at).at }, NULL);
    CHECK(says(a, numbered(3700)));
    out_free(&from);
    out_free(&to);
    out_free(&later);
}

TEST(ncmec_pages_follow_each_other_to_the_last)
{
    struct str basic = vault_base64(&site.kept, arena_f(&site.kept, "police:%.*s", (int)token.n, token.at));
    const char *header = arena_f(&site.kept, "Authorization: Basic %.*s\n", (int)basic.n, basic.at).at;
    const char *path = "/v2/entries?from=1970-01-01T00:00:00.000Z";
    struct str next;
    i64 entries = 0, pages = 0;

    do {
        struct answer a = site_ask(&site, (struct asking){ .method = "GET", .header = header, .path = arena_f(&site.kept, "/hashsharing%s", path).at }, NULL);

        CHECK_INT(a.code, 200);
        CHECK(count_of(a, "<fingerprints>") <= NCMEC_PAGE);
        entries += count_of(a, "<id>");
        next = between(a, "<next>", "</next>");
        path = "";
        for (size_t at; (at = str_find(next, STR("&amp;"))) < next.n;)
            next = arena_f(&site.kept, "%.*s&%.*s", (int)at, next.at, (int)(next.n - at - 5), next.at + at + 5);
        path = arena_copy(&site.kept, next).at;
        pages++;
    } while (next.n > 0 && pages < 50);
    CHECK(pages >= 2);
    CHECK(entries > 1500);
    site_close(&site);
}

TEST_MAIN
