/* What the tests of the exchange begin with: two banks, three tokens, a list that went out. A step that fails ends the program. */
#include "exchange_site.h"

#include "people/tokens.h"

#include "matches.sql.h"
#include "network.sql.h"
#include "people.sql.h"

#include <stdio.h>
#include <stdlib.h>

#define REQUIRE_OK(call) do { if ((call) != OK) { fprintf(stderr, "%s:%d: %s: %s\n", __FILE__, __LINE__, #call, fail_message()); exit(1); } } while (0)

struct site site;
struct id bank, other, partner_org;
struct str token, second_token, sandbox_token;
static struct ctx ctx;
const char known[65] = "f8f8f0cee0f4a84f06370a22038f63f0b36e2ed596621e1d33e6b39c4e9c9b22";

struct ledger *l(void) { return &site.in.ledger; }

static void begin(void)
{
    instance_step(&site.in);
    instance_ctx(&site.in, &ctx, site.now);
    REQUIRE_OK(act_begin(l(), (struct act_info){ .act = "exchange.test", .now = site.now }));
}

static void commit(void)
{
    REQUIRE_OK(act_commit(l()));
    instance_step(&site.in);
}

/* -- what there is ------------------------------------------------------------------------------------------------------------------- */

struct id new_bank(const char *code, bool sandbox)
{
    struct bank_new b = { .code = str_c(code), .name = str_c(code), .source = STR("mẫu"), .class = STR("abuse"), .basis = STR("mẫu"),
                          .radius = RADIUS_USUAL, .sandbox = sandbox, .now = site.now };
    struct id id = id_zero();

    begin();
    REQUIRE_OK(banks_open(l(), &b, &id));
    commit();
    return id;
}

void share(struct id id, const char *state)
{
    struct exchange_shares_row row = { .bank = id };
    status s;

    begin();
    s = row_get(l(), &table_exchange_shares, &row);
    row.state = str_c(state);
    row.proposed_by = row.proposed_by.b[0] ? row.proposed_by : (struct id){ { 1 } };
    row.proposed_at = site.now;
    REQUIRE_OK((s == OK ? row_update(l(), &table_exchange_shares, &row) : row_insert(l(), &table_exchange_shares, &row)));
    commit();
}

void put(struct id to, enum hash_kind kind, const char *text, enum hash_status how, bool video)
{
    struct hash_new h = { .kind = kind, .quality = QUALITY_UNKNOWN, .status = how, .video = video, .source_id = STR("") };

    begin();
    REQUIRE_OK(hash_value_read(&site.in.arena, kind, str_c(text), &h.value));
    REQUIRE_OK(banks_add(l(), to, &h, site.now));
    commit();
}

/* Hash number n: its digits are the number. */
const char *numbered(unsigned n)
{
    static char text[65];

    snprintf(text, sizeof text, "%064x", n);
    return text;
}

void put_many(struct id to, unsigned from, unsigned n, enum hash_status how)
{
    struct hash_new *all;

    begin();
    all = NEW_N(&site.in.arena, struct hash_new, n);
    for (unsigned i = 0; i < n; i++) {
        all[i] = (struct hash_new){ .kind = HASH_PDQ, .quality = 90, .status = how, .source_id = STR("") };
        REQUIRE_OK(hash_value_read(&site.in.arena, HASH_PDQ, str_c(numbered(from + i)), &all[i].value));
    }
    REQUIRE_OK(banks_add_many(l(), to, all, n, site.now, &(struct banks_added){ 0 }));
    commit();
}

void publish(void)
{
    instance_step(&site.in);
    REQUIRE_OK(exchange_publish_all(l(), site.now));
    instance_step(&site.in);
}

struct str new_token(struct id org, const char *scope, bool sandbox)
{
    struct token_new new = { .org = org, .scope = str_c(scope), .name = STR("mẫu"), .sandbox = sandbox, .now = site.now };
    struct token_made made = { 0 };
    struct str kept;

    begin();
    REQUIRE_OK(token_make(l(), &new, &made));
    kept = arena_copy(&site.kept, made.text);
    commit();
    return kept;
}

struct id org_of(const char *code)
{
    struct organisations_row row = { 0 };

    instance_step(&site.in);
    REQUIRE_OK(sql_organisation_of_code(l(), (struct sql_organisation_of_code){ .code = str_c(code) }, &row));
    return row.id;
}

void start(void)
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

struct answer ask(struct str as_token, const char *code, const char *path)
{
    struct str headers = arena_f(&site.kept, "x-functions-key: %.*s\nOcp-Apim-Subscription-Key: %s\n", (int)as_token.n, as_token.at, code);

    return site_ask(&site, (struct asking){ .method = "GET", .path = path, .header = headers.at }, NULL);
}

struct answer fetch(const char *query)
{
    return ask(token, "police", arena_f(&site.kept, "/v1/FetchHashes?%s", query).at);
}

struct str field(struct answer a, const char *name)
{
    struct str text = between(a, arena_f(&site.kept, "\"%s\":", name).at, ",");

    if (text.n == 0)
        text = between(a, arena_f(&site.kept, "\"%s\":", name).at, "}");
    return text.n > 1 && text.at[0] == '"' ? str_upto(str_from(text, 1), text.n - 2) : text;
}

i64 count_of(struct answer a, const char *word)
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
