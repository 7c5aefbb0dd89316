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
    CHECK(leads_to(sign_in("hanh.mau", password, digits, &two), "/sign-in"));      /* a step is used once */
    CHECK(leads_to(get(&site, "/account", &two), "/sign-in"));
}

/* A POST is answered by 303, the page behind it says so and holds the name as typed; tokens are drawn anew. */
TEST(unknown_name_wrong_digits_and_wrong_password_look_alike)
{
    struct visitor who[3] = { 0 };
    struct answer post[3], page[3];

    site.now += MINUTE_MS;
    post[0] = sign_in("xxxx.mau", "khong-phai-mat-khau-nao", STR("000000"), &who[0]);
    post[1] = sign_in("minh.mau", site_staff(&site, "minh.mau")->password, STR("000000"), &who[1]);
    post[2] = sign_in("minh.mau", "khong-phai-mat-khau-nao", site_digits(&site, "minh.mau"), &who[2]);
    for (int i = 0; i < 3; i++) {
        CHECK(leads_to(post[i], "/sign-in") && post[i].body.n == post[0].body.n);
        CHECK(post[i].head.n_headers == post[0].head.n_headers && strlen(who[i].cookie) == strlen(who[0].cookie));
    }
    for (int i = 0; i < 3; i++) {
        page[i] = get(&site, "/sign-in", &who[i]);
        CHECK(page[i].code == 200 && page[i].body.n == page[0].body.n && says(page[i], "Chưa đăng nhập được"));
        CHECK(says(page[i], i ? "value=\"minh.mau\"" : "value=\"xxxx.mau\"") && !says(page[i], "khong-phai-mat-khau-nao"));
        CHECK(who[i].cookie[0] == '\0');        /* said once */
        CHECK(!says(get(&site, "/sign-in", &who[i]), "Chưa đăng nhập được"));
    }
}

/* Whoever knows the password may guess for as long as he likes; the person comes in by two codes, once. */
TEST(an_account_that_is_guessed_at_opens_to_two_codes_and_shuts_nobody_out)
{
    struct visitor guesser = { 0 }, person = { 0 }, other = { 0 };
    const char *password = site_staff(&site, "minh.mau")->password;
    struct str one, two, both;

    site.now += 2 * HOUR_MS;
    for (int i = 0; i < 25; i++)
        CHECK(leads_to(sign_in("minh.mau", password, STR("000000"), &guesser), "/sign-in"));
    one = site_digits(&site, "minh.mau");
    CHECK(leads_to(sign_in("minh.mau", password, one, &guesser), "/sign-in"));
    site.now += 30 * SECOND_MS;
    two = site_digits(&site, "minh.mau");
    CHECK(leads_to(sign_in("minh.mau", password, two, &guesser), "/sign-in"));
    both = arena_f(&site.kept, "%.*s%.*s", 6, two.at, 6, one.at);
    CHECK(leads_to(sign_in("minh.mau", password, both, &guesser), "/sign-in"));
    both = arena_f(&site.kept, "%.*s %.*s", 6, one.at, 6, two.at);
    CHECK(leads_to(sign_in("minh.mau", password, both, &person), "/desk"));
    CHECK(leads_to(sign_in("hanh.mau", site_staff(&site, "hanh.mau")->password, site_digits(&site, "hanh.mau"), &other), "/desk"));
    CHECK(leads_to(sign_in("minh.mau", password, both, &guesser), "/sign-in"));
    CHECK(get(&site, "/account", &person).code == 200);
    site.now += HOUR_MS;        /* and an hour later one is enough again */
    CHECK(leads_to(sign_in("minh.mau", password, site_digits(&site, "minh.mau"), &person), "/desk"));
}

TEST(a_recovery_that_fails_says_so_behind_a_303_and_keeps_the_name)
{
    static const char *const wrong[] = {
        "user=xxxx.mau&recovery=AAAA-BBBB-CCCC-DDDD-EEEE-FFFF-GG&password=khong-phai-mat-khau",
        "user=minh.mau&recovery=AAAA-BBBB-CCCC-DDDD-EEEE-FFFF-GG&password=khong-phai-mat-khau",
        "user=minh.mau&recovery=x&totp=000000&new_password=mot-mat-khau-moi-dai&again=mot-mat-khau-moi-dai",
    };
    struct answer a;

    for (size_t i = 0; i < COUNT_OF(wrong); i++) {
        struct visitor who = { 0 };

        CHECK(leads_to(post(&site, "/recovery", wrong[i], &who), "/recovery"));
        a = get(&site, "/recovery", &who);
        CHECK(says(a, "role=alert") && says(a, i ? "minh.mau" : "xxxx.mau") && !says(a, "mat-khau-moi-dai"));
    }
    {
        struct visitor who = { 0 };

        CHECK(leads_to(post(&site, "/recovery", "user=minh.mau&recovery=x&totp=1&new_password=ngan&again=ngan", &who), "/recovery"));
        a = get(&site, "/recovery", &who);
        CHECK(says(a, "id=new-bad") && says(a, "minh.mau"));
    }
}

TEST(odd_bytes_at_the_door_open_nothing)
{
    static const char *const odd[] = {
        "", "user=%00&password=%00&totp=%00", "user=\xff&password=\xfe", "user=minh.mau&user=hanh.mau&password=&totp=",
        "user=minh.mau'--&password=x&totp=000000",
    };

    for (size_t i = 0; i < COUNT_OF(odd); i++) {
        struct visitor who = { 0 };

        CHECK(leads_to(post(&site, "/sign-in", odd[i], &who), "/sign-in"));
        CHECK(get(&site, "/sign-in", &who).code == 200);
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
    CHECK(leads_to(post(&site, "/welcome/x", "password=mot-mat-khau-that-dai&again=mot-mat-khau-that-dai", NULL), "/welcome/x"));
    CHECK(get(&site, "/welcome/x", NULL).code == 404);
}

int main(int argc, char **argv)
{
    int bad;

    site_open(&site);
    bad = test_run_all(argc > 1 ? argv[1] : NULL);
    site_close(&site);
    return bad;
}
