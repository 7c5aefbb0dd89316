/* Roads into an account, through the engine. */
#include <site.h>
#include <test.h>

static struct site site;

static struct answer sign_in(const char *user, const char *password, struct str digits, struct visitor *who)
{
    return post(&site, "/sign-in", arena_f(&site.kept, "user=%s&password=%s&totp=%.*s", user, password, (int)digits.n,
                                           digits.at).at, who);
}

TEST(the_right_three_open_the_account_once)
{
    struct visitor one = { 0 }, two = { 0 };
    struct str digits = site_digits(&site, "hanh.mau");
    const char *password = site_staff(&site, "hanh.mau")->password;

    CHECK(leads_to(sign_in("hanh.mau", password, digits, &one), "/desk"));
    CHECK(get(&site, "/account", &one).code == 200);
    CHECK(sign_in("hanh.mau", password, digits, &two).code == 200);     /* a step is used once */
    CHECK(two.cookie[0] == '\0');
    CHECK(leads_to(get(&site, "/account", &two), "/sign-in"));
}

/* The name as typed stands in the page again, and tokens are drawn anew. */
TEST(unknown_name_wrong_digits_and_wrong_password_look_alike)
{
    struct answer unknown, digits, password;

    site.now += MINUTE_MS;
    unknown = sign_in("xxxx.mau", "khong-phai-mat-khau-nao", STR("000000"), NULL);
    digits = sign_in("minh.mau", site_staff(&site, "minh.mau")->password, STR("000000"), NULL);
    password = sign_in("minh.mau", "khong-phai-mat-khau-nao", site_digits(&site, "minh.mau"), NULL);
    CHECK(unknown.code == digits.code && digits.code == password.code);
    CHECK(unknown.body.n == digits.body.n && digits.body.n == password.body.n);
    CHECK(says(unknown, "Chưa đăng nhập được") && says(password, "Chưa đăng nhập được"));
    CHECK(!says(password, "khong-phai-mat-khau-nao"));
    CHECK(unknown.head.n_headers == password.head.n_headers);
}

TEST(odd_bytes_at_the_door_open_nothing)
{
    static const char *const odd[] = {
        "", "user=%00&password=%00&totp=%00", "user=\xff&password=\xfe", "user=minh.mau&user=hanh.mau&password=&totp=",
        "user=minh.mau'--&password=x&totp=000000",
    };

    for (size_t i = 0; i < COUNT_OF(odd); i++) {
        struct visitor who = { 0 };

        CHECK(post(&site, "/sign-in", odd[i], &who).code == 200);
        CHECK(leads_to(get(&site, "/desk", &who), "/sign-in"));
    }
}

TEST(a_theme_leads_back_to_our_own_pages_only)
{
    struct visitor *who;

    site.now += HOUR_MS;
    who = as(&site, "minh.mau");
    CHECK(leads_to(post(&site, "/account/theme", "theme=dark&back=/desk", who), "/desk"));
    CHECK(leads_to(post(&site, "/account/theme", "theme=dark&back=//evil.test", who), "/account"));
    CHECK(leads_to(post(&site, "/account/theme", "theme=dark&back=https://evil.test", who), "/account"));
    CHECK(leads_to(post(&site, "/account/theme", "theme=dark&back=/%5Cevil.test", who), "/account"));
    CHECK(leads_to(post(&site, "/account/theme", "theme=dark&back=/a%0D%0AX:1", who), "/account"));
}

TEST(a_link_that_nobody_was_given_opens_nothing)
{
    CHECK(get(&site, "/welcome/AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", NULL).code == 404);
    CHECK(post(&site, "/welcome/x", "password=mot-mat-khau-that-dai&again=mot-mat-khau-that-dai", NULL).code == 404);
}

int main(int argc, char **argv)
{
    int bad;

    site_open(&site);
    bad = test_run_all(argc > 1 ? argv[1] : NULL);
    site_close(&site);
    return bad;
}
