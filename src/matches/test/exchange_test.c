/* What goes out of the banks: the exchanges that are kept as files beside this one, and paging while others write. */
#include "matches/exchange_fetch.h"
#include "matches/hash_feeds.h"
#include "people/tokens.h"

#include <site.h>
#include <test.h>

#include "matches.sql.h"
#include "network.sql.h"
#include "people.sql.h"

#include <dirent.h>
#include <unistd.h>

static struct site site;
static struct ctx ctx;
static struct id bank, other, partner_org;
static struct str token, second_token, sandbox_token;
static const char known[] = "f8f8f0cee0f4a84f06370a22038f63f0b36e2ed596621e1d33e6b39c4e9c9b22";

static struct ledger *l(void) { return &site.in.ledger; }

static void begin(void)
{
    instance_step(&site.in);
    instance_ctx(&site.in, &ctx, site.now);
    CHECK(act_begin(l(), (struct act_info){ .act = "exchange.test", .now = site.now }) == OK);
}

static void commit(void)
{
    CHECK(act_commit(l()) == OK);
    instance_step(&site.in);
}

/* -- what there is ------------------------------------------------------------------------------------------------------------------- */

static struct id new_bank(const char *code, bool sandbox)
{
    struct bank_new b = { .code = str_c(code), .name = str_c(code), .source = STR("mẫu"), .class = STR("abuse"), .basis = STR("mẫu"),
                          .radius = RADIUS_USUAL, .sandbox = sandbox, .now = site.now };
    struct id id = id_zero();

    begin();
    CHECK(banks_open(l(), &b, &id) == OK);
    commit();
    return id;
}

static void share(struct id id, const char *state)
{
    struct exchange_shares_row row = { .bank = id };
    status s;

    begin();
    s = row_get(l(), &table_exchange_shares, &row);
    row.state = str_c(state);
    row.proposed_by = row.proposed_by.b[0] ? row.proposed_by : (struct id){ { 1 } };
    row.proposed_at = site.now;
    CHECK((s == OK ? row_update(l(), &table_exchange_shares, &row) : row_insert(l(), &table_exchange_shares, &row)) == OK);
    commit();
}

static void put(struct id to, enum hash_kind kind, const char *text, enum hash_status how, bool video)
{
    struct hash_new h = { .kind = kind, .quality = QUALITY_UNKNOWN, .status = how, .video = video, .source_id = STR("") };

    begin();
    CHECK(hash_value_read(&site.in.arena, kind, str_c(text), &h.value) == OK);
    CHECK(banks_add(l(), to, &h, site.now) == OK);
    commit();
}

/* Hash number n: its digits are the number. */
static const char *numbered(unsigned n)
{
    static char text[65];

    snprintf(text, sizeof text, "%064x", n);
    return text;
}

static void put_many(struct id to, unsigned from, unsigned n, enum hash_status how)
{
    struct hash_new *all;

    begin();
    all = NEW_N(&site.in.arena, struct hash_new, n);
    for (unsigned i = 0; i < n; i++) {
        all[i] = (struct hash_new){ .kind = HASH_PDQ, .quality = 90, .status = how, .source_id = STR("") };
        CHECK(hash_value_read(&site.in.arena, HASH_PDQ, str_c(numbered(from + i)), &all[i].value) == OK);
    }
    CHECK(banks_add_many(l(), to, all, n, site.now, &(struct banks_added){ 0 }) == OK);
    commit();
}

static void publish(void)
{
    instance_step(&site.in);
    CHECK(exchange_publish_all(l(), site.now) == OK);
    instance_step(&site.in);
}

static struct str new_token(struct id org, const char *scope, bool sandbox)
{
    struct token_new new = { .org = org, .scope = str_c(scope), .name = STR("mẫu"), .sandbox = sandbox, .now = site.now };
    struct token_made made = { 0 };
    struct str kept;

    begin();
    CHECK(token_make(l(), &new, &made) == OK);
    kept = arena_copy(&site.kept, made.text);
    commit();
    return kept;
}

static struct id org_of(const char *code)
{
    struct organisations_row row = { 0 };

    instance_step(&site.in);
    CHECK(sql_organisation_of_code(l(), (struct sql_organisation_of_code){ .code = str_c(code) }, &row) == OK);
    return row.id;
}

static void start(void)
{
    partner_org = org_of("police");
    token = new_token(partner_org, "hashes.read hashes.write", false);
    second_token = new_token(org_of("hotline"), "hashes.read hashes.write", false);
    sandbox_token = new_token(partner_org, "hashes.read hashes.write", true);
    bank = new_bank("national", false);
    other = new_bank("second", false);
    share(bank, "shared");
    put(bank, HASH_PDQ, known, HASH_ACTIVE, false);
    put(bank, HASH_MD5, "d41d8cd98f00b204e9800998ecf8427e", HASH_ACTIVE, true);
    put(bank, HASH_URL, "http://bad.example/a", HASH_RECEIVED, false);
    put(bank, HASH_MD5, "0cc175b9c0f1b6a831c399e269772661", HASH_ACTIVE, false);
    put(other, HASH_PDQ, numbered(77), HASH_ACTIVE, false);
    publish();
}

/* -- the files --------------------------------------------------------------------------------------------------------------------------- */

static struct str entry_name(void)
{
    struct str value;
    char text[ID_TEXT + 1];

    CHECK(hash_value_read(&site.kept, HASH_PDQ, str_c(known), &value) == OK);
    id_text(hash_id(HASH_PDQ, FAMILY_NONE, value), text);
    return arena_copy(&site.kept, str_c(text));
}

static bool number_of(struct str *name, const char *word, i64 *n)
{
    i64 more = 0;

    if (!str_starts(*name, str_c(word)))
        return false;
    if (name->n > strlen(word) && !str_i64(str_from(*name, strlen(word) + 1), &more))
        return false;
    *n = site.now / 1000 + more;
    return true;
}

/* What stands for a word in braces; `{*}` stays. */
static void fill_word(struct out *o, struct str name)
{
    i64 n;

    if (str_is(name, "token"))
        out_str(o, token);
    else if (str_is(name, "basic"))
        out_str(o, vault_base64(&site.kept, arena_f(&site.kept, "police:%.*s", (int)token.n, token.at)));
    else if (str_is(name, "entry"))
        out_str(o, entry_name());
    else if (number_of(&name, "now", &n))
        out_i64(o, n);
    else if (number_of(&name, "utc", &n))
        utc_write(o, n);
    else
        out_f(o, "{%.*s}", (int)name.n, name.at);
}

static struct str filled(struct str text)
{
    struct out o = { .max = 1 << 20 };
    struct str done;

    for (size_t i = 0; i < text.n; i++) {
        struct str name = str_upto(str_from(text, i + 1), str_find_char(str_from(text, i + 1), '}'));

        if (text.at[i] != '{' || name.n > 12 || str_find_char(name, '"') < name.n) {
            out_char(&o, text.at[i]);
            continue;
        }
        fill_word(&o, name);
        i += name.n + 1;
    }
    done = arena_copy(&site.kept, out_done(&o));
    out_free(&o);
    return done;
}

/* `{*}` fits the shortest text after which the rest fits. */
static bool fits(struct str is, struct str want)
{
    size_t star = str_find(want, STR("{*}"));
    struct str head = str_upto(want, star), rest, next;

    if (!str_starts(is, head))
        return false;
    if (star == want.n)
        return is.n == head.n;
    is = str_from(is, head.n);
    rest = str_from(want, star + 3);
    next = str_upto(rest, str_find(rest, STR("{*}")));
    if (next.n == rest.n)
        return str_ends(is, next);
    for (size_t at = 0; at <= is.n; at++)
        if (str_starts(str_from(is, at), next))
            return fits(str_from(is, at), rest);
    return false;
}

static struct answer play(struct str request)
{
    struct asking q = { 0 };
    struct str line, headers = request, body;
    size_t end = str_find(request, STR("\n\n"));
    struct str method, path;

    headers = str_upto(request, end + 1);
    body = str_from(request, end + 2);
    (void)str_cut(&headers, '\n', &line);
    (void)str_cut(&line, ' ', &method);
    (void)str_cut(&line, ' ', &path);
    (void)str_cut(&headers, '\n', &line);       /* Host */
    q.method = arena_copy(&site.kept, method).at;
    q.path = arena_copy(&site.kept, path).at;
    q.header = arena_copy(&site.kept, headers).at;
    q.body = arena_copy(&site.kept, body).at;
    q.n = body.n;
    return site_ask(&site, q, NULL);
}

static void play_file(const char *folder, const char *name)
{
    struct str text, request, want, first;
    struct answer a;
    size_t at;

    CHECK(file_read(&site.kept, arena_f(&site.kept, "%s/%s", folder, name).at, 1 << 20, &text) == OK);
    at = str_find(text, STR("\n--- "));
    request = filled(str_upto(text, at + 1));
    want = str_from(text, at + 5);
    (void)str_cut(&want, '\n', &first);
    a = play(request);
    first = arena_f(&site.kept, "%.*s", (int)first.n, first.at);
    want = filled(want.n > 0 && !str_starts(str_from(want, 0), STR("<?xml")) ? str_upto(want, want.n - 1) : want);
    if (!fits(arena_f(&site.kept, "%d %.*s", a.code, (int)header_of(a, "Content-Type").n, header_of(a, "Content-Type").at), first) ||
        !fits(a.body, want)) {
        printf("# %s answers %d %.*s\n# wanted: %.*s %.*s\n", name, a.code, (int)a.body.n, a.body.at, (int)first.n, first.at, (int)want.n, want.at);
        test_failures++;
    }
}

static int by_name(const struct dirent **a, const struct dirent **b)
{
    return strcmp((*a)->d_name, (*b)->d_name);
}

static int is_exchange(const struct dirent *d)
{
    return str_ends(str_c(d->d_name), STR(".txt"));
}

TEST(the_documented_exchanges_are_answered_as_documented)
{
    const char *folder;
    struct dirent **files;
    int n;

    site_open(&site);
    start();
    folder = arena_f(&site.kept, "%s/../src/matches/test/exchange", content_shipped_dir()).at;
    n = scandir(folder, &files, is_exchange, by_name);
    CHECK(n > 20);
    for (int i = 0; i < n; i++) {
        play_file(folder, files[i]->d_name);
        publish();
        free(files[i]);
    }
    free(files);
}

/* -- paging -------------------------------------------------------------------------------------------------------------------------------- */

static struct answer ask(struct str as_token, const char *code, const char *path)
{
    struct str headers = arena_f(&site.kept, "x-functions-key: %.*s\nOcp-Apim-Subscription-Key: %s\n", (int)as_token.n, as_token.at, code);

    return site_ask(&site, (struct asking){ .method = "GET", .path = path, .header = headers.at }, NULL);
}

static struct answer fetch(const char *query)
{
    return ask(token, "police", arena_f(&site.kept, "/v1/FetchHashes?%s", query).at);
}

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

static struct str field(struct answer a, const char *name)
{
    struct str text = between(a, arena_f(&site.kept, "\"%s\":", name).at, ",");

    if (text.n == 0)
        text = between(a, arena_f(&site.kept, "\"%s\":", name).at, "}");
    return text.n > 1 && text.at[0] == '"' ? str_upto(str_from(text, 1), text.n - 2) : text;
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

static i64 count_of(struct answer a, const char *word)
{
    struct str rest = a.body;
    i64 n = 0;

    for (;;) {
        size_t at = str_find(rest, str_c(word));

        if (at == rest.n)
            return n;
        rest = str_from(rest, at + 1);
        n++;
    }
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
}

/* -- who ------------------------------------------------------------------------------------------------------------------------------------- */

TEST(a_page_goes_on_only_for_who_began_it)
{
    struct answer a = fetch("startTimestamp=10&pageSize=100");
    const char *path = arena_f(&site.kept, "/v1/FetchHashes?startTimestamp=10&nextPageToken=%.*s", (int)field(a, "nextPageToken").n,
                               field(a, "nextPageToken").at).at;

    CHECK_INT(ask(token, "police", path).code, 200);
    CHECK_INT(ask(second_token, "hotline", path).code, 400);
    CHECK_INT(ask(sandbox_token, "police", path).code, 400);
    CHECK_INT(ask(second_token, "police", "/v1/FetchHashes").code, 401);
}

TEST(the_sandbox_has_a_list_of_its_own)
{
    struct id toys = new_bank("toys", true);
    struct answer a;

    share(toys, "shared");
    put_many(toys, 3900, 2, HASH_ACTIVE);
    publish();
    a = ask(sandbox_token, "police", "/v1/FetchHashes");
    CHECK(says(a, numbered(3900)) && says(a, "\"count\":2"));
    CHECK(!says(fetch("startTimestamp=10&pageSize=5000"), numbered(3900)));
}

TEST(a_scope_that_is_not_there_opens_nothing)
{
    struct str reads = new_token(partner_org, "hashes.read", false), gives = new_token(partner_org, "hashes.write", false);
    struct str headers = arena_f(&site.kept, "x-functions-key: %.*s\nOcp-Apim-Subscription-Key: police\nContent-Type: application/json\n",
                                 (int)reads.n, reads.at);

    CHECK_INT(ask(gives, "police", "/v1/FetchHashes").code, 403);
    CHECK_INT(site_ask(&site, (struct asking){ .method = "POST", .path = "/v1/SubmitHashes", .header = headers.at,
                                               .body = "{\"count\":0,\"hashRecords\":[]}" }, NULL).code, 403);
}

/* -- what partners bring ------------------------------------------------------------------------------------------------------------------------ */

static struct answer submit(const char *path, struct str body)
{
    struct str headers = arena_f(&site.kept, "x-functions-key: %.*s\nOcp-Apim-Subscription-Key: police\nContent-Type: application/json\n",
                                 (int)token.n, token.at);

    return site_ask(&site, (struct asking){ .method = "POST", .path = path, .header = headers.at, .body = body.at, .n = body.n }, NULL);
}

TEST(what_a_partner_brings_lies_in_its_own_bank_and_waits)
{
    struct hash_record r = { 0 };
    struct bank own = { 0 };
    struct str value;

    instance_step(&site.in);
    CHECK(bank_of_org(l(), partner_org, false, &own) == OK);
    CHECK(hash_value_read(&site.in.arena, HASH_PDQ, STR("2afc4a5c09628a7961c14d436493bba66b89b831453baa1d556ba385554daa82"), &value) == OK);
    CHECK(banks_record(l(), own.id, hash_id(HASH_PDQ, FAMILY_FULL, value), &r) == OK);
    CHECK(r.status == HASH_RECEIVED);
    CHECK(r.hold == HOLD_WAITS);
    share(own.id, "shared");
    publish();
    CHECK(!says(fetch("startTimestamp=10&pageSize=5000"), "2afc4a5c09628a79"));
}

/* Of a batch with one wrong record nothing is kept, and of one that is too large neither. */
TEST(a_batch_is_taken_whole_or_not_at_all)
{
    struct out o = { .max = 64 << 20 };
    struct bank own = { 0 };
    struct str value;

    instance_step(&site.in);
    CHECK(bank_of_org(l(), partner_org, false, &own) == OK);
    CHECK(hash_value_read(&site.in.arena, HASH_MD5, STR("00000000000000000000000000000002"), &value) == OK);
    CHECK(banks_record(l(), own.id, hash_id(HASH_MD5, FAMILY_NONE, value), &(struct hash_record){ 0 }) == NOT_FOUND);
    out_c(&o, "{\"count\":100000,\"hashRecords\":[");
    for (unsigned i = 0; i < 100000; i++)
        out_f(&o, "%s{\"signalType\":\"VideoMD5\",\"hashValue\":\"%032x\"}", i ? "," : "", 0x100000 + i);
    out_c(&o, "]}");
    CHECK_INT(submit("/v1/SubmitHashes", out_done(&o)).code, 413);
    instance_step(&site.in);
    CHECK(hash_value_read(&site.in.arena, HASH_MD5, STR("00000000000000000000000000100000"), &value) == OK);
    CHECK(banks_record(l(), own.id, hash_id(HASH_MD5, FAMILY_NONE, value), &(struct hash_record){ 0 }) == NOT_FOUND);
    out_free(&o);
}

TEST(a_partners_word_goes_out_beside_the_record_and_the_later_one_stands)
{
    struct answer a;

    submit("/v1/SubmitFeedback", arena_f(&site.kept, "{\"count\":1,\"hashFeedbacks\":[{\"tags\":[\"a\"],\"feedbackValue\":\"Blocked\",\"hashValue\":\"%s\"}]}", known));
    submit("/v1/SubmitFeedback", arena_f(&site.kept, "{\"count\":1,\"hashFeedbacks\":[{\"tags\":[\"b\",\"c\"],\"feedbackValue\":\"NotBlocked\",\"hashValue\":\"%s\"}]}", known));
    publish();
    a = fetch("startTimestamp=10&pageSize=5000");
    CHECK(says(a, "\"feedbackValue\":\"NotBlocked\",\"tags\":[\"b\",\"c\"]}]"));
    CHECK(!says(a, "\"feedbackValue\":\"Blocked\""));
}

/* -- our own form, and lines -------------------------------------------------------------------------------------------------------------------- */

static struct answer own_form(const char *path)
{
    struct str header = arena_f(&site.kept, "Authorization: Bearer %.*s\n", (int)token.n, token.at);

    return site_ask(&site, (struct asking){ .method = "GET", .path = path, .header = header.at }, NULL);
}

TEST(our_own_form_pages_by_a_cursor_that_goes_on_later)
{
    struct answer a = own_form("/api/v1/hashes?limit=100");
    struct str cursor = field(a, "next");
    i64 n = 0;

    for (int pages = 0; pages < 200; pages++) {
        CHECK_INT(a.code, 200);
        n += count_of(a, "\"id\":");
        cursor = field(a, "next");
        if (says(a, "\"more\":false"))
            break;
        a = own_form(arena_f(&site.kept, "/api/v1/hashes?limit=100&after=%.*s", (int)cursor.n, cursor.at).at);
    }
    CHECK(n > 1500);
    put_many(bank, 3800, 1, HASH_ACTIVE);
    publish();
    a = own_form(arena_f(&site.kept, "/api/v1/hashes?after=%.*s", (int)cursor.n, cursor.at).at);
    CHECK_INT(count_of(a, "\"id\":"), 1);
    CHECK(says(a, "\"family\":\"full\"") && says(a, "\"class\":\"abuse\""));
    CHECK_INT(own_form("/api/v1/hashes?limit=0").code, 422);
    CHECK_INT(own_form("/api/v1/hashes?after=x").code, 422);
}

TEST(lines_are_those_that_a_local_file_has)
{
    struct answer a = own_form("/api/v1/hashes.txt?limit=5000");

    CHECK_INT(a.code, 200);
    CHECK(says(a, arena_f(&site.kept, "pdq %s\n", known).at));
    CHECK(says(a, "video_md5 d41d8cd98f00b204e9800998ecf8427e\n"));
    CHECK(says(a, "url http://bad.example/a\n"));
    CHECK(!says(a, "0cc175b9c0f1b6a831c399e269772661"));
}

/* -- by another hand --------------------------------------------------------------------------------------------------------------------------------- */

TEST(a_record_that_somebody_else_wrote_does_not_go_out)
{
    struct answer before = fetch("startTimestamp=10&pageSize=5000"), after;

    CHECK(says(before, numbered(3800)));
    instance_step(&site.in);
    CHECK(db_script(l()->db, "UPDATE exchange_records SET at = at - 1 WHERE list = 0 AND no = (SELECT MAX(no) FROM exchange_records WHERE list = 0)") == OK);
    after = fetch("startTimestamp=10&pageSize=5000");
    CHECK_INT(after.code, 200);
    CHECK(!says(after, numbered(3800)));
    CHECK_INT(count_of(after, "\"hashValue\""), count_of(before, "\"hashValue\"") - 1);
    site_close(&site);
}

TEST_MAIN
