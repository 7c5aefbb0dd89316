/* Reports from platforms through the engine: documented exchanges, what lies in the database after them, bundles, expiry. */
#include "exchange.h"

#include "../platforms.h"
#include "../reports.h"

#include "base/content.h"
#include "people/tokens.h"

#include <test.h>

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static struct site site;

/* In helpers: what has to hold before anything can be tested. */
#define MUST(condition)                                             \
    do {                                                            \
        if (!(condition)) {                                         \
            printf("Bail out! %s: %s\n", #condition, fail_message()); \
            exit(1);                                                \
        }                                                           \
    } while (0)

#define EXCHANGES "src/platforms/test/exchanges/"

static struct exchange_who people[8];
static size_t n_people;

static struct ledger *ledger(void)
{
    return &site.in.ledger;
}

static struct id organisation(const char *code)
{
    struct organisation_new o = { .code = str_c(code), .name = arena_f(&site.kept, "Nền tảng %s", code), .kind = STR("platform") };
    struct id id;

    MUST(act_begin(ledger(), (struct act_info){ .act = "demo.organisation", .now = site.now }) == OK);
    MUST(people_add_organisation(ledger(), o, site.now, &id) == OK);
    MUST(act_commit(ledger()) == OK);
    return id;
}

static void credential(const char *name, struct id org, const char *code, const char *scope, bool sandbox)
{
    struct token_new new = { .org = org, .scope = str_c(scope), .key = STR(""), .name = str_c(name), .sandbox = sandbox, .now = site.now };
    struct token_made made;
    struct str both;

    MUST(act_begin(ledger(), (struct act_info){ .act = "token.new", .now = site.now, .object = org }) == OK);
    MUST(token_make(ledger(), &new, &made) == OK);
    MUST(act_commit(ledger()) == OK);
    both = arena_f(&site.kept, "%s:%.*s", code, (int)made.text.n, made.text.at);
    both = vault_base64(&site.kept, both);
    people[n_people++] = (struct exchange_who){ name, arena_f(&site.kept, "Authorization: Basic %.*s\n", (int)both.n, both.at).at };
}

static void start(void)
{
    struct id org, other;

    site_open(&site);
    org = organisation("platform");
    other = organisation("elsewhere");
    credential("report", org, "platform", "report", false);
    credential("sandbox", org, "platform", "report", true);
    credential("match", org, "platform", "match", false);
    credential("other", other, "elsewhere", "report", false);
    people[n_people++] = (struct exchange_who){ "nobody", "" };
    people[n_people++] = (struct exchange_who){ "wrong", "Authorization: Basic cGxhdGZvcm06d3Jvbmc=\n" };
}

static bool runs(const char *name)
{
    return exchange_run(&site, arena_f(&site.kept, "%s/../" EXCHANGES "%s", content_shipped_dir(), name).at, people, n_people);
}

TEST(a_full_report_goes_as_the_protocol_says)
{
    start();
    CHECK(runs("full.txt"));
}

TEST(what_was_begun_is_taken_back_first)
{
    CHECK(runs("retract.txt"));
}

TEST(each_mistake_has_its_code)
{
    CHECK(runs("refusals.txt"));
}

TEST(the_sandbox_is_a_place_apart)
{
    CHECK(runs("environments.txt"));
}

TEST(our_own_json_is_judged_by_the_same_rules)
{
    CHECK(runs("json.txt"));
    site_close(&site);
}

TEST_MAIN
