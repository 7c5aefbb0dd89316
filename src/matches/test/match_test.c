/* Programs of partners ask whether something is known: what is found, what is refused, what is kept, and by whom. */
#include "matches/bank_maps.h"
#include "matches/match.h"
#include "casework/media.h"
#include "partners/quotas.h"
#include "people/tokens.h"

#include "matches.sql.h"
#include "people.sql.h"

#include <site.h>
#include <test.h>

#include <stdio.h>
#include <stdlib.h>

static struct site site;
static struct id abuse;
static struct str production, sandbox;          /* tokens */
static struct id production_id;

#define F(...) arena_f(&site.kept, __VA_ARGS__).at
#define TEXT(s) (int)(s).n, (s).at

static struct ledger *l(void) { return &site.in.ledger; }

static void begin(const char *act)
{
    instance_step(&site.in);
    CHECK(act_begin(l(), (struct act_info){ .act = act, .now = site.now }) == OK);
}

static void commit(void)
{
    CHECK(act_commit(l()) == OK);
    instance_step(&site.in);
}

static struct id new_bank(const char *code, bool negative)
{
    struct bank_new b = { .code = str_c(code), .name = arena_f(&site.kept, "Bank %s", code), .source = STR("mẫu"), .class = STR("threat"),
                          .basis = STR("mẫu"), .radius = RADIUS_USUAL, .flood = 1000000, .negative = negative, .now = site.now };
    struct id id = id_zero();

    begin("bank.test");
    CHECK(banks_open(l(), &b, &id) == OK);
    commit();
    return id;
}

static void put(struct id bank, enum hash_kind kind, const char *text, const char *source_id)
{
    struct hash_new h = { .kind = kind, .quality = kind == HASH_PDQ ? 90 : QUALITY_UNKNOWN, .status = HASH_ACTIVE,
                          .source_id = str_c(source_id) };

    begin("bank.test");
    CHECK(hash_value_read(l()->arena, kind, str_c(text), &h.value) == OK);
    CHECK(banks_add(l(), bank, &h, site.now) == OK);
    commit();
}

static struct str new_token(const char *scope, bool in_sandbox, struct id *id)
{
    struct token_new new = { .scope = str_c(scope), .key = STR(""), .name = STR("Máy"), .sandbox = in_sandbox, .now = site.now };
    struct organisations_row org;
    struct token_made made = { 0 };
    struct str text;

    begin("token.new");
    CHECK(sql_organisation_of_code(l(), (struct sql_organisation_of_code){ .code = STR("hotline") }, &org) == OK);
    new.org = org.id;
    CHECK(token_make(l(), &new, &made) == OK);
    CHECK(quota_set(l(), org.id, in_sandbox, quota_scope_of(STR("match")), &(struct quota){ 1000, 10000, 1000000 }, site.now) != BROKEN);
    text = arena_copy(&site.kept, made.text);
    *id = made.id;
    commit();
    return text;
}

static struct answer send(struct str token, const char *path, const char *type, struct str body, void (*between_pieces)(void))
{
    sets_due();
    return site_ask(&site, (struct asking){ .method = "POST", .path = path, .type = type, .body = body.at, .n = body.n,
                    .between = between_pieces, .header = token.n ? F("Authorization: Bearer %.*s\n", TEXT(token)) : "" }, NULL);
}

static struct answer ask(const char *json)
{
    return send(production, "/api/v1/match", "application/json", str_c(json), NULL);
}

static struct answer ask_picture(struct str bytes)
{
    return send(production, "/api/v1/match", "image/jpeg", bytes, NULL);
}

static struct answer stream(struct str body)
{
    return send(production, "/api/v1/match/stream", "application/x-ndjson", body, NULL);
}

#define HASH "f8f8f0cee0f4a84f06370a22038f63f0b36e2ed596621e1d33e6b39c4e9c9b22"
#define NEAR "07f8f0cee0f4a84f06370a22038f63f0b36e2ed596621e1d33e6b39c4e9c9b22"       /* 8 bits off */
#define FAR  "07070f310b0b57b0f9c8f5ddfc709c0f4c91d12a699de1e2cc194c63b16364dd"       /* nearly all of them off */

/* -- hashes ------------------------------------------------------------------------------------------------------------------- */

TEST(a_known_hash_is_answered_with_bank_class_basis_distance_and_id_for_each_value_that_was_sent)
{
    struct answer a = ask("{\"pdq\":[\"" FAR "\",\"" NEAR "\"]}");

    CHECK(a.code == 200 && str_is(header_of(a, "Content-Type"), "application/json; charset=utf-8"));
    CHECK(says(a, "{\"kind\":\"pdq\",\"index\":1,\"bank\":\"Bank known\",\"class\":\"threat\",\"basis\":\"mẫu\",\"id\":\"s-1\",\"distance\":8,"
                  "\"confirmed\":false}"));
    CHECK(!says(a, "\"index\":0"));
    a = ask("{\"pdq\":{\"hash\":\"" HASH "\"},\"md5\":[\"ffffffffffffffffffffffffffffffff\",\"0123456789abcdef0123456789abcdef\"],\"ref\":\"a \\\"b\\\"\"}");
    CHECK(a.code == 200 && says(a, "\"distance\":0") && says(a, "{\"kind\":\"md5\",\"index\":1,") && says(a, "\"ref\":\"a \\\"b\\\"\""));
    a = ask("{\"pdq\":[\"" FAR "\"]}");
    CHECK(a.code == 200 && str_is(a.body, "{\"matches\":[]}\n"));
}

TEST(a_hash_that_is_too_flat_to_mean_anything_is_counted_and_not_looked_for)
{
    struct answer a = ask("{\"pdq\":[{\"hash\":\"" HASH "\",\"quality\":20,\"family\":\"cpp512\"}]}");

    CHECK(a.code == 200 && str_is(a.body, "{\"matches\":[],\"flat\":1}\n"));
}

TEST(an_address_is_found_in_a_bank_or_on_the_blocklist_in_whatever_form_it_comes_and_never_fetched)
{
    struct answer a = ask("{\"urls\":[\"http://127.0.0.1:1/\",\"HTTPS://Known.Example/a/b?c=1#d\",\"https://x.known.example/\"]}");

    CHECK(a.code == 200 && says(a, "{\"kind\":\"url\",\"index\":1,\"bank\":\"Bank known\""));
    CHECK(!says(a, "\"index\":0") && !says(a, "\"index\":2"));
    CHECK(says(ask("{\"urls\":[\"https://sub.la-do-mau.example/x\"]}"), "\"bank\":\"blocklist\",\"class\":"));
}

TEST(hashes_that_are_said_to_be_of_one_picture_are_hidden_together_by_a_bank_of_harmless_ones)
{
    struct id harmless = new_bank("fine", true);

    put(harmless, HASH_MD5, "00000000000000000000000000000001", "n-1");
    CHECK(says(ask("{\"pdq\":[\"" HASH "\"],\"md5\":[\"00000000000000000000000000000001\"]}"), "\"distance\":0"));
    CHECK(str_is(ask("{\"same\":true,\"pdq\":[\"" HASH "\"],\"md5\":[\"00000000000000000000000000000001\"]}").body, "{\"matches\":[]}\n"));
}

TEST(what_cannot_be_used_is_named_with_its_place_and_nothing_is_answered_in_half)
{
    static const struct { const char *body, *field; } cases[] = {
        { "", "" }, { "[]", "" }, { "{\"pdq\":[]", "" }, { "{\"pdq\":[],\"pdq\":[]}", "" }, { "{}", "pdq" }, { "{\"pdq\":[]}", "pdq" },
        { "{\"pqd\":[\"" HASH "\"]}", "pqd" }, { "{\"pdq\":[\"" HASH "\",\"" HASH "0\"]}", "pdq[1]" }, { "{\"pdq\":[7]}", "pdq[0]" },
        { "{\"pdq\":[{\"hash\":\"" HASH "\",\"quality\":101}]}", "pdq[0]" }, { "{\"pdq\":[{\"hash\":\"" HASH "\",\"family\":\"other\"}]}", "pdq[0]" },
        { "{\"md5\":[\"" HASH "\"]}", "md5[0]" }, { "{\"sha1\":[\"0123456789abcdef0123456789abcdef\"]}", "sha1[0]" },
        { "{\"sha256\":[\"zz\"]}", "sha256[0]" }, { "{\"urls\":[\"\"]}", "urls[0]" }, { "{\"text\":7}", "text" },
        { "{\"text\":\"a\",\"keep\":\"yes\"}", "keep" }, { "{\"text\":\"a\",\"same\":1}", "same" }, { "{\"text\":\"a\",\"ref\":[]}", "ref" },
    };

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct answer a = ask(cases[i].body);

        CHECK(a.code == 422 && says(a, "/problems/invalid") && says(a, F("\"errors\":[{\"field\":\"%s\",\"detail\":\"", cases[i].field)));
        CHECK(!says(a, "\"matches\""));
    }
    CHECK(send(production, "/api/v1/match", "text/plain", STR("x"), NULL).code == 422);
    CHECK(send(production, "/api/v1/match/stream", "application/json", STR("{}"), NULL).code == 422);
}

TEST(more_values_or_bytes_than_one_question_takes_are_refused)
{
    struct out o = { .max = 1 << 20 };
    struct answer a;

    out_c(&o, "{\"pdq\":[");
    for (int i = 0; i <= MATCH_VALUES; i++)
        out_c(&o, i ? ",\"" HASH "\"" : "\"" HASH "\"");
    out_c(&o, "]}");
    a = send(production, "/api/v1/match", "application/json", out_done(&o), NULL);
    CHECK(a.code == 422 && says(a, "pdq[256]"));
    out_reset(&o);
    out_c(&o, "{\"text\":\"");
    for (int i = 0; i <= MATCH_JSON_BYTES; i++)
        out_char(&o, 'a');
    out_c(&o, "\"}");
    CHECK(send(production, "/api/v1/match", "application/json", out_done(&o), NULL).code == 413);
    out_free(&o);
}

/* -- text ------------------------------------------------------------------------------------------------------------------------ */

TEST(a_text_is_answered_with_scores_and_the_places_that_gave_them)
{
    struct answer a = ask("{\"text\":\"đừng nói với mẹ nhé, bí mật của hai đứa mình thôi\"}");

    CHECK(a.code == 200 && says(a, "\"matches\":[],\"text\":{\"score\":{\"grooming\":") && says(a, "\"name\":\"secrecy\",\"topic\":\"grooming\""));
    CHECK(says(a, "\"why\":\"") && says(a, "\"urgent\":"));
    CHECK(says(ask("{\"text\":\"\"}"), "\"signals\":[]"));
}

/* -- pictures ---------------------------------------------------------------------------------------------------------------------- */

/* Waves and a corner, so that no turn of it looks like another; turned by 90 degrees where `turned`. */
static struct str jpeg(uint32_t side, bool turned)
{
    struct media m = { .width = side, .height = side, .channels = 1, .pixels = memory_new((size_t)side * side) };
    struct out o = { .max = 1 << 22 };
    struct str bytes;

    for (uint32_t y = 0; y < side; y++)
        for (uint32_t x = 0; x < side; x++) {
            uint32_t u = x * 512 / side, v = y * 512 / side;
            uint8_t value = (uint8_t)(u * v / 1024 + (u / 37 % 2) * 60 + (u < 150 && v < 90) * 80);

            m.pixels[turned ? (size_t)(side - 1 - x) * side + y : (size_t)y * side + x] = value;
        }
    CHECK(media_jpeg(&m, &o) == OK);
    bytes = arena_copy(&site.kept, out_done(&o));
    out_free(&o);
    media_free(&m);
    return bytes;
}

TEST(a_picture_is_found_as_it_is_smaller_and_turned)
{
    struct answer a = ask_picture(jpeg(512, false));
    struct str pdq = between(a, "\"pdq\":\"", "\"");

    CHECK(a.code == 200 && pdq.n == 64 && says(a, "\"quality\":100") && says(a, "\"matches\":[]"));
    CHECK(between(a, "\"md5\":\"", "\"").n == 32 && between(a, "\"sha256\":\"", "\"").n == 64);
    put(abuse, HASH_PDQ, F("%.*s", TEXT(pdq)), "anh-1");
    CHECK(says(ask_picture(jpeg(512, false)), "{\"kind\":\"pdq\",\"turn\":\"none\",\"bank\":\"Bank known\""));
    CHECK(says(ask_picture(jpeg(300, false)), "\"turn\":\"none\""));
    a = ask_picture(jpeg(512, true));
    CHECK(says(a, "\"turn\":\"rotated-") && says(a, "\"id\":\"anh-1\""));
}

TEST(a_picture_that_cannot_be_opened_is_said_to_be_so_unless_its_bytes_are_known)
{
    struct str whole = jpeg(256, false), cut = str_upto(whole, whole.n / 2);
    struct answer a = ask_picture(cut);
    struct str md5;

    CHECK(a.code == 422 && says(a, "\"field\":\"picture\"") && says(a, "cắt cụt"));
    CHECK(ask_picture(STR("xxxx")).code == 422 && says(ask_picture(STR("<svg onload=alert(1)>")), "JPEG"));
    CHECK(ask_picture(STR("")).code == 422);
    md5 = STR("7215ee9c7d9dc229d2921a40e899ec5f");      /* of one blank */
    put(abuse, HASH_MD5, F("%.*s", TEXT(md5)), "tep-1");
    a = ask_picture(STR(" "));
    CHECK(a.code == 200 && says(a, "\"kind\":\"md5\"") && says(a, "\"id\":\"tep-1\"") && says(a, "\"picture\":\"unknown-format\""));
}

/* -- streams -------------------------------------------------------------------------------------------------------------------------- */

static struct str many(int n)
{
    struct out o = { .max = 4 << 20 };
    struct str text;

    for (int i = 1; i <= n; i++)
        out_f(&o, i % 100 == 50 ? "nothing\n" : i % 100 == 51 ? "\r\n" : "{\"pdq\":[\"" HASH "\"],\"ref\":\"%d\"}\n", i);
    text = arena_copy(&site.kept, out_done(&o));
    out_free(&o);
    return text;
}

TEST(a_stream_answers_each_line_in_order_also_those_that_are_wrong)
{
    struct answer a = stream(many(1000));
    struct str lines = a.body, line;
    i64 n = 0;

    CHECK(a.code == 200 && a.pieces >= 3 && str_is(header_of(a, "Content-Type"), "application/x-ndjson; charset=utf-8"));
    while (str_cut(&lines, '\n', &line) && line.n > 0) {
        n++;
        CHECK(str_starts(line, str_c(F("{\"line\":%lld,", (long long)n))));
        CHECK(str_find(line, n % 100 == 50 || n % 100 == 51 ? STR("\"error\":\"invalid\"") : STR("\"distance\":0")) < line.n);
    }
    CHECK(n == 1000);
    CHECK(stream(STR("{\"text\":\"a\"}")).code == 200 && says(stream(STR("{\"text\":\"a\"}")), "{\"line\":1,"));
    CHECK(stream(STR("")).code == 422 || stream(STR("")).body.n == 0);
}

TEST(a_line_that_is_too_long_is_one_error_and_the_next_is_read)
{
    struct out o = { .max = 4 << 20 };
    struct answer a;

    for (int i = 0; i < 300000; i++)
        out_char(&o, 'x');
    out_c(&o, "\n{\"pdq\":[\"" HASH "\"]}\n");
    a = stream(out_done(&o));
    CHECK(a.code == 200 && says(a, "{\"line\":1,\"error\":\"invalid\"") && says(a, "{\"line\":2,\"matches\":[{"));
    out_free(&o);
}

static void end_token(void)
{
    begin("token.end");
    (void)!token_end(l(), production_id);
    commit();
}

TEST(a_token_that_is_ended_ends_its_stream_in_the_middle)
{
    struct answer a = send(production, "/api/v1/match/stream", "application/x-ndjson", many(1000), end_token);

    CHECK(a.code == 200 && a.pieces == 1 && says(a, "{\"line\":256,") && !says(a, "{\"line\":257,") && says(a, "/problems/sign-in"));
    CHECK(ask("{\"text\":\"a\"}").code == 401);
    production = new_token("match", false, &production_id);
}

/* -- memory ----------------------------------------------------------------------------------------------------------------------------- */

/* What the kernel says of the mapping of this bank's file: the line with its rights, and the pages that are this process's own. */
static bool mapping(char rights[8], long *own_kb)
{
    FILE *f = fopen("/proc/self/smaps", "re");
    char line[512];
    bool found = false, there = false;

    while (f != NULL && fgets(line, sizeof line, f) != NULL) {
        if (strchr(line, '-') != NULL && strchr(line, '-') < strchr(line, ' ')) {
            there = strstr(line, "/banks/known.") != NULL && strstr(line, ".bank") != NULL;
            if (there)
                snprintf(rights, 8, "%.4s", strchr(line, ' ') + 1);
            found |= there;
        }
        if (there && strncmp(line, "Private_Dirty:", 14) == 0)
            *own_kb += strtol(line + 14, NULL, 10);
    }
    if (f != NULL)
        fclose(f);
    return found;
}

TEST(a_bank_is_a_file_that_all_processes_map_and_none_copies)
{
    char rights[8] = "";
    long own_kb = 0;

    site.now += DAY_MS;
    instance_step(&site.in);
    CHECK(banks_build(l(), &site.in.app, site.now) == OK);
    instance_step(&site.in);
    CHECK(says(ask("{\"pdq\":[\"" HASH "\"]}"), "\"distance\":0"));
    REQUIRE(mapping(rights, &own_kb));
    CHECK(strcmp(rights, "r--s") == 0 && own_kb == 0);
}

/* -- who may ask, and what is kept ------------------------------------------------------------------------------------------------------ */

TEST(only_a_token_of_this_scope_may_ask_and_the_sandbox_sees_nothing_of_production)
{
    struct id id;
    struct str other = new_token("report", false, &id);

    CHECK(send(STR(""), "/api/v1/match", "application/json", STR("{\"text\":\"a\"}"), NULL).code == 401);
    CHECK(send(other, "/api/v1/match", "application/json", STR("{\"text\":\"a\"}"), NULL).code == 403);
    CHECK(send(other, "/api/v1/match/stream", "application/x-ndjson", STR("{\"text\":\"a\"}"), NULL).code == 403);
    CHECK(str_is(send(sandbox, "/api/v1/match", "application/json",
                      STR("{\"pdq\":[\"" HASH "\"],\"urls\":[\"https://sub.la-do-mau.example/x\"]}"), NULL).body, "{\"matches\":[]}\n"));
}

static i64 waiting(void)
{
    i64 n = -1;

    instance_step(&site.in);
    CHECK(seen_waiting(l(), false, &n) == OK);
    return n;
}

static struct answer choose(const char *fields, const char *who)
{
    get(&site, "/partner/matching", as(&site, who));
    return post(&site, "/partner/matching", fields, as(&site, who));
}

TEST(nothing_of_a_question_is_kept_until_the_partner_says_so_and_then_what_it_said)
{
    i64 before = waiting();
    struct answer a;

    CHECK(ask("{\"pdq\":[\"" HASH "\"]}").code == 200 && waiting() == before);
    CHECK(says(get(&site, "/partner/matching", as(&site, "nga.mau")), "Chưa ai chọn"));
    CHECK(leads_to(choose("environment=production&keep=hits", "nga.mau"), "/partner/matching"));
    a = get(&site, "/partner/matching", as(&site, "nga.mau"));
    CHECK(says(a, "value=\"hits\" checked") || says(a, "value=hits checked"));
    a = ask("{\"pdq\":[\"" HASH "\"],\"ref\":\"bai-7\"}");
    CHECK(a.code == 200 && waiting() == before + 1);
    CHECK(ask("{\"pdq\":[\"" FAR "\"]}").code == 200 && waiting() == before + 1);
    CHECK(ask("{\"text\":\"gửi ảnh cho anh đi, đừng nói với mẹ\"}").code == 200 && waiting() == before + 2);
    CHECK(leads_to(choose("environment=production&keep=nothing", "nga.mau"), "/partner/matching"));
    CHECK(ask("{\"pdq\":[\"" HASH "\"]}").code == 200 && waiting() == before + 2);
    CHECK(choose("environment=production&keep=hits", "hanh.mau").code == 403);
    CHECK(leads_to(choose("environment=production&keep=all", "nga.mau"), "/partner/matching"));
    CHECK(ask("{\"pdq\":[\"" HASH "\"]}").code == 200 && waiting() == before + 2);
}

int main(int argc, char **argv)
{
    int bad;

    site_open(&site);
    abuse = new_bank("known", false);
    put(abuse, HASH_PDQ, HASH, "s-1");
    put(abuse, HASH_MD5, "0123456789abcdef0123456789abcdef", "s-2");
    put(abuse, HASH_URL, "https://known.example/a/b?c=1", "s-3");
    production = new_token("match", false, &production_id);
    sandbox = new_token("match", true, &(struct id){ 0 });
    bad = test_run_all(argc > 1 ? argv[1] : NULL);
    sets_forget();
    site_close(&site);
    return bad;
}
