/* V18: Argon2 never inside a transaction, and never without a right second factor, recovery code, link or check character.
   The linker leads each call of vault_pwhash and of tx_begin through here (meson.build). */
#include "site.h"
#include "test.h"

#include "people/people.h"

#include "people.sql.h"

enum { CONNS = 8 };

static struct site site;
/* `on` once the site stands: connections of making it are closed by then. */
static struct { bool on; struct conn *seen[CONNS]; size_t n, hashes, in_transaction; } watch;

status __real_vault_pwhash(struct key *m, struct str password, const uint8_t salt[SALT_BYTES], struct pw_cost cost);
status __wrap_vault_pwhash(struct key *m, struct str password, const uint8_t salt[SALT_BYTES], struct pw_cost cost);
status __real_tx_begin(struct conn *conn);
status __wrap_tx_begin(struct conn *conn);
status __real_tx_begin_read(struct conn *conn);
status __wrap_tx_begin_read(struct conn *conn);

status __wrap_vault_pwhash(struct key *m, struct str password, const uint8_t salt[SALT_BYTES], struct pw_cost cost)
{
    watch.hashes++;
    for (size_t i = 0; i < watch.n; i++)
        watch.in_transaction += tx_open(watch.seen[i]);
    return __real_vault_pwhash(m, password, salt, cost);
}

static void remember(struct conn *conn)
{
    for (size_t i = 0; i < watch.n; i++)
        if (watch.seen[i] == conn)
            return;
    if (watch.on && watch.n < CONNS)
        watch.seen[watch.n++] = conn;
}

status __wrap_tx_begin(struct conn *conn)
{
    remember(conn);
    return __real_tx_begin(conn);
}

status __wrap_tx_begin_read(struct conn *conn)
{
    remember(conn);
    return __real_tx_begin_read(conn);
}

/* -- asking ------------------------------------------------------------------------------------------------- */

#define FILL(format, a, b) (arena_f(&site.kept, format, a, (int)(b).n, (b).at).at)

/* Argon2 runs of one request. */
static size_t hashes(const char *path, const char *fields)
{
    struct visitor fresh = { 0 };
    size_t before = watch.hashes;

    (void)post(&site, path, fields, &fresh);
    return watch.hashes - before;
}

static size_t api_hashes(const char *path, const char *body)
{
    size_t before = watch.hashes;

    (void)site_ask(&site, (struct asking){ .method = "POST", .path = path, .type = "application/json", .body = body }, NULL);
    return watch.hashes - before;
}

TEST(V18_the_count_itself_is_right)
{
    struct key m;
    uint8_t salt[SALT_BYTES] = { 0 };
    size_t before = watch.hashes;

    CHECK(vault_pwhash(&m, STR("mot"), salt, pw_reporter) == OK);
    CHECK(watch.hashes == before + 1 && watch.in_transaction == 0);
    REQUIRE(tx_begin(site.in.conn) == OK);
    CHECK(vault_pwhash(&m, STR("mot"), salt, pw_reporter) == OK);
    CHECK(watch.in_transaction == 1);
    tx_rollback(site.in.conn);
    watch.in_transaction = 0;
}

TEST(V18_a_sign_in_hashes_only_behind_a_right_second_factor)
{
    const char *password = site_staff(&site, "hanh.mau")->password;
    struct str digits = site_digits(&site, "hanh.mau");

    CHECK(hashes("/sign-in", "user=khong-co.mau&password=mot-mat-khau-nao-do&totp=123456") == 0);
    CHECK(hashes("/sign-in", FILL("user=hanh.mau&password=%s&totp=%.*s", password, STR(""))) == 0);
    CHECK(hashes("/sign-in", FILL("user=hanh.mau&password=%s&totp=%.*s", password, STR("abcdef"))) == 0);
    CHECK(hashes("/sign-in", FILL("user=minh.mau&password=%s&totp=%.*s", password, digits)) == 0);
    CHECK(hashes("/sign-in", FILL("user=hanh.mau&password=%s&totp=%.*s", "mat-khau-sai-mat-roi", digits)) == 1);
    CHECK(hashes("/sign-in", FILL("user=hanh.mau&password=%s&totp=%.*s", password, digits)) == 0);  /* used once already */
    site.now += MINUTE_MS;
    CHECK(hashes("/sign-in", FILL("user=hanh.mau&password=%s&totp=%.*s", password, site_digits(&site, "hanh.mau"))) == 1);
    CHECK(watch.in_transaction == 0);
}

TEST(V18_a_code_is_hashed_only_when_its_check_character_is_right)
{
    struct visitor child = { 0 };
    struct str code = tell(&site, "story=mot-chuyen&token=0123456789abcdefgh", &child);
    char wrong[CODE_CHARS + 1];

    memcpy(wrong, code.at, CODE_CHARS);
    wrong[CODE_CHARS] = '\0';
    wrong[3] = wrong[3] == '7' ? '8' : '7';
    CHECK(hashes("/talk", "code=") == 0);
    CHECK(hashes("/talk", "code=ngan") == 0);
    CHECK(hashes("/talk", FILL("code=%s%.*s", wrong, STR(""))) == 0);
    CHECK(api_hashes("/api/v1/talk", FILL("{\"code\":\"%s%.*s\"}", wrong, STR(""))) == 0);
    CHECK(api_hashes("/api/v1/talk", "{\"code\":7}") == 0);
    CHECK(hashes("/talk", FILL("code=%s%.*s", "", code)) == 1);
    CHECK(api_hashes("/api/v1/talk", FILL("{\"code\":\"%s%.*s\"}", "", code)) == 1);
    CHECK(watch.in_transaction == 0);
}

TEST(V18_telling_hashes_once_and_never_inside_a_transaction)
{
    size_t before = watch.hashes;
    struct visitor child = { 0 };

    CHECK(hashes("/speak/send", "story=hai-chuyen&token=abcdefghijklmnopqr") == 1);
    CHECK(hashes("/speak/send", "story=hai-chuyen&token=abcdefghijklmnopqr") <= 1);     /* a second tap */
    CHECK(api_hashes("/api/v1/speak", "{\"story\":\"ba chuyen\"}") == 1);
    (void)tell(&site, "story=bon-chuyen", &child);
    (void)get(&site, "/talk", &child);
    before = watch.hashes;
    CHECK(leads_to(post(&site, "/talk", "do=new-code", &child), "/speak/code"));
    CHECK(watch.hashes == before + 1);
    CHECK(watch.in_transaction == 0);
}

TEST(V18_a_recovery_hashes_only_behind_the_printed_code)
{
    const char *password = site_staff(&site, "minh.mau")->password;

    CHECK(hashes("/recovery", FILL("user=khong-co.mau&recovery=AAAA&password=%s%.*s", password, STR(""))) == 0);
    CHECK(hashes("/recovery", FILL("user=minh.mau&recovery=AAAA-BBBB-CCCC-DDDD-EEEE-FFFF-GG&password=%s%.*s", password,
                                   STR(""))) == 0);
    CHECK(hashes("/recovery", FILL("user=minh.mau&recovery=%s&new_password=mot-mat-khau-moi-dai&again=mot-mat-khau-moi-dai&totp=%.*s",
                                   "AAAA", site_digits(&site, "minh.mau"))) == 0);
    CHECK(watch.in_transaction == 0);
}

static struct str link_of(const char *login)
{
    struct ledger *l = &site.in.ledger;
    struct users_row user;
    struct str token = STR("");

    if (sql_user_of_login(l, (struct sql_user_of_login){ .login = str_c(login) }, &user) == OK &&
        act_begin(l, (struct act_info){ .act = "person.invite", .now = site.now, .object = user.id }) == OK &&
        people_invite(l, user.id, site.now + DAY_MS, &token) == OK && act_commit(l) == OK)
        token = arena_copy(&site.kept, token);
    instance_step(&site.in);
    return token;
}

/* The link, then the printed code that it leads to, then the recovery with that code: what is right hashes. */
TEST(V18_a_link_hashes_only_where_it_is_known_and_the_password_may_be_taken)
{
    struct str token = link_of("minh.mau"), printed;
    const char *path = arena_f(&site.kept, "/welcome/%.*s", (int)token.n, token.at).at;
    struct visitor who = { 0 };
    size_t before;

    REQUIRE(token.n > 20);
    CHECK(hashes("/welcome/AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
                 "password=mot-mat-khau-moi-dai&again=mot-mat-khau-moi-dai") == 0);
    CHECK(hashes(path, "password=ngan&again=ngan") == 0);
    CHECK(hashes(path, "password=mot-mat-khau-moi-dai&again=mot-mat-khau-khac-nua") == 0);
    before = watch.hashes;
    CHECK(leads_to(post(&site, path, "password=cay-na-moc-ben-giong-nuoc&again=cay-na-moc-ben-giong-nuoc", &who), "/account/phone"));
    CHECK(watch.hashes == before + 1);
    printed = between(get(&site, "/account/sheet", &who), "<p class=big>", "</p>");
    REQUIRE(printed.n > 26);
    before = watch.hashes;
    (void)hashes("/recovery", FILL("user=minh.mau&password=%s&recovery=%.*s", "khong-phai-mat-khau-nay", printed));
    CHECK(watch.hashes == before + 1);
    CHECK(hashes("/recovery", FILL("user=minh.mau&password=%s&recovery=%.*s", "cay-na-moc-ben-giong-nuoc", printed)) == 2);
    CHECK(watch.in_transaction == 0);
}

int main(int argc, char **argv)
{
    int bad;

    site_open(&site);
    watch.on = true;
    watch.hashes = 0;
    bad = test_run_all(argc > 1 ? argv[1] : NULL);
    site_close(&site);
    return bad;
}
