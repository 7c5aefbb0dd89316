/* Reports from platforms through the engine: documented exchanges, what lies in the database after them, bundles, expiry. */
#include "exchange.h"

#include "base/content.h"

#include <test.h>

static struct site site;

#define EXCHANGES "src/platforms/test/exchanges/"

static struct exchange_who people[EXCHANGE_PEOPLE];
static size_t n_people;

static void start(void)
{
    site_open(&site);
    n_people = exchange_people(&site, people);
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
