/* The pages of the exchange: which banks go out, and which feeds are read. */
#include "matches/banks.h"

#include <site.h>
#include <test.h>

#include "matches.sql.h"

static struct site site;
static struct id bank, harmless;

static struct ledger *l(void) { return &site.in.ledger; }

static struct id new_bank(const char *code, bool negative)
{
    struct bank_new b = { .code = str_c(code), .name = str_c(code), .source = STR("mẫu"), .class = negative ? STR("harmless") : STR("abuse"),
                          .basis = STR("mẫu"), .radius = RADIUS_USUAL, .negative = negative, .now = site.now };
    struct ctx ctx;
    struct id id = id_zero();

    instance_step(&site.in);
    instance_ctx(&site.in, &ctx, site.now);
    CHECK(act_begin(l(), (struct act_info){ .act = "bank.test", .now = site.now }) == OK);
    CHECK(banks_open(l(), &b, &id) == OK);
    CHECK(act_commit(l()) == OK);
    instance_step(&site.in);
    return id;
}

static const char *name_of(struct id id)
{
    char text[ID_TEXT + 1];

    id_text(id, text);
    return arena_copy(&site.kept, str_c(text)).at;
}

static struct answer press(const char *login, const char *what, struct id id)
{
    struct visitor *who = as(&site, login);

    (void)get(&site, "/banks/sharing", who);
    return post(&site, "/banks/sharing", arena_f(&site.kept, "do=%s&bank=%s", what, name_of(id)).at, who);
}

static struct str state_of(struct id id)
{
    struct exchange_shares_row row = { .bank = id };
    struct str state = STR("");

    instance_step(&site.in);
    if (row_get(l(), &table_exchange_shares, &row) == OK)
        state = arena_copy(&site.kept, row.state);
    return state;
}

TEST(two_reviewers_decide_that_a_bank_goes_out)
{
    site_open(&site);
    bank = new_bank("national", false);
    harmless = new_bank("known-good", true);
    CHECK(says(get(&site, "/banks/sharing", as(&site, "loan.mau")), "national"));
    CHECK(leads_to(press("loan.mau", "propose", bank), "/banks/sharing"));
    CHECK(str_is(state_of(bank), "proposed"));
    CHECK(!says(get(&site, "/banks/sharing", as(&site, "loan.mau")), "value=confirm"));
    (void)press("loan.mau", "confirm", bank);
    CHECK(str_is(state_of(bank), "proposed"));
    CHECK(says(get(&site, "/banks/sharing", as(&site, "tam.mau")), "value=confirm"));
    (void)press("tam.mau", "confirm", bank);
    CHECK(str_is(state_of(bank), "shared"));
    (void)press("tam.mau", "propose", bank);
    CHECK(str_is(state_of(bank), "shared"));
    (void)press("loan.mau", "end", bank);
    CHECK(str_is(state_of(bank), "ended"));
    (void)press("loan.mau", "propose", bank);
    CHECK(str_is(state_of(bank), "proposed"));
}

TEST(a_negative_bank_and_one_that_is_not_there_are_never_shared)
{
    (void)press("loan.mau", "propose", harmless);
    CHECK(state_of(harmless).n == 0);
    CHECK(leads_to(press("loan.mau", "propose", id_random()), "/banks/sharing"));
    CHECK(leads_to(press("loan.mau", "confirm", id_random()), "/banks/sharing"));
    CHECK(leads_to(press("loan.mau", "nonsense", bank), "/banks/sharing"));
    CHECK_INT(get(&site, "/banks/sharing", as(&site, "hai.mau")).code, 403);
    CHECK_INT(get(&site, "/banks/feeds", as(&site, "loan.mau")).code, 403);
}

static struct answer add(const char *fields)
{
    struct visitor *who = as(&site, "phong.mau");

    (void)get(&site, "/banks/feeds", who);
    return post(&site, "/banks/feeds", arena_f(&site.kept, "do=add&kind=stopncii&minutes=60&%s", fields).at, who);
}

TEST(a_feed_is_kept_with_its_keys_sealed)
{
    struct exchange_sources_row row;
    struct answer a = add("code=stopncii&base=https://api.stopncii.example/v1/&bank=national&user=sub&secret=giay-thuyen");

    CHECK(leads_to(a, "/banks/feeds"));
    a = get(&site, "/banks/feeds", as(&site, "phong.mau"));
    CHECK(says(a, "https://api.stopncii.example/v1<"));
    CHECK(!says(a, "giay-thuyen"));
    instance_step(&site.in);
    CHECK(sql_source_of_code(l(), (struct sql_source_of_code){ .code = STR("stopncii") }, &row) == OK);
    CHECK(str_find(row.sealed, STR("giay-thuyen")) == row.sealed.n);
    CHECK(says(add("code=stopncii&base=https://api.stopncii.example/v1&bank=national&user=sub&secret=s"), "aria-invalid"));
}

TEST(what_is_wrong_with_a_feed_is_said_at_its_field)
{
    static const char *const wrong[] = {
        "code=Big&base=https://a.example&bank=national&user=u&secret=s", "code=&base=https://a.example&bank=national&user=u&secret=s",
        "code=b&base=ftp://a.example&bank=national&user=u&secret=s", "code=b&base=https://10.0.0.1/v1&bank=national&user=u&secret=s",
        "code=b&base=https://a.example/v1%3Fx&bank=national&user=u&secret=s", "code=b&base=https://u:p@a.example&bank=national&user=u&secret=s",
        "code=b&base=https://a.example&bank=nowhere&user=u&secret=s", "code=b&base=https://a.example&bank=national&user=u%3Av&secret=s",
        "code=b&base=https://a.example&bank=national&user=u&secret=a%0Ab",
    };

    for (size_t i = 0; i < COUNT_OF(wrong); i++) {
        struct answer a = add(wrong[i]);

        CHECK_INT(a.code, 422);
        if (!says(a, "aria-invalid"))
            printf("# %s\n", wrong[i]);
        CHECK(says(a, "aria-invalid"));
    }
}

TEST(a_feed_is_paused_and_resumed)
{
    struct visitor *who = as(&site, "phong.mau");
    struct answer a = get(&site, "/banks/feeds", who);
    struct str source = between(a, "name=source value=\"", "\"");

    CHECK(leads_to(post(&site, "/banks/feeds", arena_f(&site.kept, "do=off&source=%.*s", (int)source.n, source.at).at, who), "/banks/feeds"));
    a = get(&site, "/banks/feeds", who);
    CHECK(says(a, "value=\"on\""));
    CHECK(leads_to(post(&site, "/banks/feeds", arena_f(&site.kept, "do=on&source=%.*s", (int)source.n, source.at).at, who), "/banks/feeds"));
    CHECK(leads_to(post(&site, "/banks/feeds", arena_f(&site.kept, "do=now&source=%.*s", (int)source.n, source.at).at, who), "/banks/feeds"));
    CHECK(leads_to(post(&site, "/banks/feeds", "do=now&source=nothing", who), "/banks/feeds"));
    site_close(&site);
}

TEST_MAIN
