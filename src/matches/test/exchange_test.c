/* What goes out of the banks: the exchanges that are kept as files beside this one, who gets what, and what partners bring. */
#include "exchange_site.h"

#include <test.h>

#include "matches.sql.h"

#include <dirent.h>

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

/* -- who ------------------------------------------------------------------------------------------------------------------------------------- */

TEST(a_page_goes_on_only_for_who_began_it)
{
    struct answer a;
    const char *path;

    put_many(bank, 100, 1500, HASH_ACTIVE);
    publish();
    a = fetch("startTimestamp=10&pageSize=100");
    path = arena_f(&site.kept, "/v1/FetchHashes?startTimestamp=10&nextPageToken=%.*s", (int)field(a, "nextPageToken").n,
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
