#include "../quotas.h"
#include "../sign.h"
#include "../webhook.h"

#include "people/tokens.h"

#include <arpa/inet.h>
#include <test.h>

/* -- tokens ------------------------------------------------------------------------------------------------------------------ */

static bool has(struct str scopes, int right)
{
    return token_rights(scopes) >> (right - FIRST_RIGHT) & 1;
}

TEST(scopes_are_words_each_once_and_a_witness_is_nothing_else)
{
    static const char *const wrong[] = { "", " ", "report ", " report", "report  match", "report report", "reports", "Report", "witness report",
                                         "report witness", "report,match", "*", "match\n" };

    CHECK(token_scope_known(STR("report")) && token_scope_known(STR("hashes.read match")) && token_scope_known(STR("witness")));
    for (size_t i = 0; i < COUNT_OF(wrong); i++)
        CHECK(!token_scope_known(str_c(wrong[i])));
}

TEST(a_scope_is_had_as_a_whole_word)
{
    CHECK(token_scope_has(STR("hashes.read match"), "match") && token_scope_has(STR("report"), "report"));
    CHECK(!token_scope_has(STR("hashes.read match"), "hashes") && !token_scope_has(STR("report"), "match") && !token_scope_has(STR_NULL, "report"));
}

TEST(a_token_may_what_its_scopes_say_and_no_right_of_a_person)
{
    CHECK(has(STR("report match"), MAY_SEND_REPORTS) && has(STR("report match"), MAY_MATCH) && has(STR("match"), MAY_CALL));
    CHECK(!has(STR("match"), MAY_SEND_REPORTS) && !has(STR("hashes.read"), MAY_GIVE_HASHES) && !has(STR("witness"), MAY_CALL));
    CHECK(token_rights(STR("chief")) == 0);
    for (int right = FIRST_RIGHT; right <= MAY_READ_TRAFFIC; right++)
        CHECK(right == MAY_WITNESS || !has(STR("report match hashes.read hashes.write notices"), right));
    for (int i = 0; role_names[i] != NULL; i++)
        for (int right = MAY_CALL; right <= MAY_ANSWER_NOTICES; right++)
            CHECK((rights_of_role(str_c(role_names[i])) >> (right - FIRST_RIGHT) & 1) == 0);
}

/* -- quotas -------------------------------------------------------------------------------------------------------------------- */

TEST(a_bucket_gives_its_burst_at_once_and_then_what_fills_up)
{
    const struct quota q = { .per_second = 10, .burst = 3, .per_day = 100 };
    struct bucket b = { 0 };
    i64 wait = 0, now = 1000000;

    for (int i = 0; i < 3; i++)
        CHECK(bucket_take(&b, &q, now, &wait) && wait == 0);
    CHECK(!bucket_take(&b, &q, now, &wait) && wait == 100);
    CHECK(!bucket_take(&b, &q, now + 99, &wait) && wait == 1);
    CHECK(bucket_take(&b, &q, now + 100, &wait));
    CHECK(!bucket_take(&b, &q, now + 100, &wait));
    now += 3600 * 1000;
    for (int i = 0; i < 3; i++)
        CHECK(bucket_take(&b, &q, now, &wait));
    CHECK(!bucket_take(&b, &q, now, &wait));
}

TEST(a_clock_that_goes_back_or_far_ahead_gives_no_more_than_the_bucket)
{
    const struct quota q = { .per_second = 1000000000, .burst = 1000000000, .per_day = 1 }, small = { .per_second = 1, .burst = 2, .per_day = 9 };
    struct bucket b = { 0 }, s = { 0 };
    i64 wait, taken = 0;

    CHECK(bucket_take(&b, &q, 5, &wait) && bucket_take(&b, &q, (i64)1 << 60, &wait) && b.milli <= q.burst * 1000);
    CHECK(bucket_take(&s, &small, 10000, &wait) && bucket_take(&s, &small, 10000, &wait));
    for (i64 now = 9000; now > 0; now -= 1000)
        taken += bucket_take(&s, &small, now, &wait);
    CHECK(taken == 0);
}

TEST(each_scope_has_its_right_and_its_quota)
{
    CHECK(quota_scope_of_right(MAY_CALL) == 0 && quota_scope_of_right(MAY_WITNESS) == -1 && quota_scope_of_right(MAY_READ_CASES) == -1);
    for (size_t i = 0; i < TOKEN_SCOPES; i++)
        if (token_scopes[i].right != MAY_WITNESS)
            CHECK(strcmp(quota_scopes[quota_scope_of_right(token_scopes[i].right)], token_scopes[i].word) == 0);
    CHECK(quota_scope_of(STR("hashes.write")) == 4 && quota_scope_of(STR("witness")) == -1 && quota_scope_of(STR("")) == -1);
}

/* -- signatures ------------------------------------------------------------------------------------------------------------------ */

/* The example of the Standard Webhooks 1.0 specification. */
TEST(the_example_of_the_specification_gives_its_signature)
{
    struct arena a = arena_make(1 << 20);
    struct str secret = sign_secret_read(&a, STR("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"));
    struct str made = sign_header(&a, secret, STR("msg_p5jXN8AQM9LWM0D4loKWxJek"), 1614265330, STR("{\"test\": 2432232314}"));

    CHECK(secret.n == 24);
    CHECK_STR(made, STR("v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="));
    CHECK_STR(sign_secret_text(&a, secret), STR("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"));
    CHECK(sign_secret_read(&a, STR("whsec_")).at == NULL && sign_secret_read(&a, STR("")).at == NULL);
    CHECK(sign_secret_read(&a, STR("whsec_c2hvcnQ=")).at == NULL && sign_secret_read(&a, STR("whsec_!!!!")).at == NULL);
    arena_free(&a);
}

TEST(a_shared_secret_is_base64_of_24_to_64_bytes)
{
    static const size_t sizes[] = { 0, 1, 23, 24, 25, 26, 63, 64, 65, 90 };
    struct arena a = arena_make(1 << 20);
    char bytes[90] = "0123456789abcdef";

    for (size_t i = 0; i < COUNT_OF(sizes); i++) {
        struct str text = vault_base64(&a, str_of(bytes, sizes[i])), whole = sign_secret_text(&a, str_of(bytes, sizes[i]));
        bool right = sizes[i] >= 24 && sizes[i] <= 64;

        CHECK((sign_secret_read(&a, text).at != NULL) == right && (sign_secret_read(&a, whole).at != NULL) == right);
        CHECK(!right || str_eq(sign_secret_read(&a, whole), str_of(bytes, sizes[i])));
        CHECK(sign_secret_read(&a, str_upto(text, text.n - 1)).at == NULL || text.n == 0);
    }
    CHECK(sign_secret_read(&a, STR("********************************")).at == NULL);
    CHECK(sign_secret_read(&a, STR("whsec_")).at == NULL && sign_secret_read(&a, STR("====")).at == NULL);
    arena_free(&a);
}

TEST(headers_of_a_signed_message_have_one_form)
{
    static const struct { const char *id, *at, *signatures; } wrong[] = {
        { "", "1", "v1,x" }, { "a.b", "1", "v1,x" }, { "a b", "1", "v1,x" }, { "a", "", "v1,x" }, { "a", "1.5", "v1,x" }, { "a", "-1", "v1,x" },
        { "a", "+1", "v1,x" }, { "a", " 1", "v1,x" }, { "a", "0x1", "v1,x" }, { "a", "01", "v1,x" }, { "a", "99999999999999999999", "v1,x" },
        { "a", "1", "" }, { "\xc3\xa1", "1", "v1,x" }, { "a\x7f", "1", "v1,x" }, { "a", "1a", "v1,x" }, { "a", "9223372036854775808", "v1,x" },
    };
    char long_id[SIGN_ID_MAX + 2], long_signatures[2000];
    struct signed_head head;

    memset(long_id, 'a', sizeof long_id);
    memset(long_signatures, 'v', sizeof long_signatures);
    CHECK(sign_head_read(STR("msg_1"), STR("1614265330"), STR("v1,x"), &head) && head.seconds == 1614265330);
    CHECK(sign_head_read(str_of(long_id, SIGN_ID_MAX), STR("1"), STR("v1,x"), &head));
    CHECK(!sign_head_read(str_of(long_id, SIGN_ID_MAX + 1), STR("1"), STR("v1,x"), &head));
    CHECK(!sign_head_read(STR("a"), STR("1"), str_of(long_signatures, sizeof long_signatures), &head));
    for (size_t i = 0; i < COUNT_OF(wrong); i++)
        CHECK(!sign_head_read(str_c(wrong[i].id), str_c(wrong[i].at), str_c(wrong[i].signatures), &head));
    CHECK(!sign_head_read(STR_NULL, STR("1"), STR("v1,x"), &head) && !sign_head_read(STR("a"), STR_NULL, STR("v1,x"), &head) &&
          !sign_head_read(STR("a"), STR("1"), STR_NULL, &head));
}

TEST(a_signature_counts_five_minutes_to_either_side)
{
    struct signed_head head = { .seconds = 1000000 };

    CHECK(sign_in_time(&head, 1000000 * 1000LL + 300 * 1000) && sign_in_time(&head, 1000000 * 1000LL - 300 * 1000));
    CHECK(!sign_in_time(&head, 1000000 * 1000LL + 301 * 1000) && !sign_in_time(&head, 1000000 * 1000LL - 301 * 1000));
}

TEST(one_of_several_signatures_is_enough_and_none_that_is_nearly_right)
{
    struct arena a = arena_make(1 << 20);
    uint8_t mac[32] = { 1, 2, 3 };
    struct str text = vault_base64(&a, str_of(mac, sizeof mac));
    struct signed_head head = { .signatures = arena_f(&a, "v2,abc v1a,%.*s  v1,%.*s", (int)text.n, text.at, (int)text.n, text.at) };
    struct signed_head not[] = {
        { .signatures = arena_f(&a, "v1a,%.*s", (int)text.n, text.at) }, { .signatures = text }, { .signatures = STR("v1,") },
        { .signatures = arena_f(&a, "v1,%.*s", (int)text.n - 1, text.at) }, { .signatures = arena_f(&a, "v1,%.*s=", (int)text.n, text.at) },
        { .signatures = arena_f(&a, "v1,%.*s,v1", (int)text.n, text.at) },
    };

    CHECK(sign_fits(&head, mac));
    for (size_t i = 0; i < COUNT_OF(not); i++)
        CHECK(!sign_fits(&not[i], mac));
    mac[31] ^= 1;
    CHECK(!sign_fits(&head, mac));
    arena_free(&a);
}

/* -- where we may call out to ------------------------------------------------------------------------------------------------------ */

static bool reaches(const char *text, struct reach reach)
{
    struct sockaddr_in v4 = { .sin_family = AF_INET };
    struct sockaddr_in6 v6 = { .sin6_family = AF_INET6 };

    if (inet_pton(AF_INET, text, &v4.sin_addr) == 1)
        return reach_address((const struct sockaddr *)&v4, reach);
    CHECK(inet_pton(AF_INET6, text, &v6.sin6_addr) == 1);
    return reach_address((const struct sockaddr *)&v6, reach);
}

TEST(only_public_addresses_are_called_unless_the_operator_allows_his_own)
{
    static const char *const outside[] = { "8.8.8.8", "1.1.1.1", "172.32.0.1", "172.15.255.255", "100.128.0.1", "169.253.1.1", "2606:4700::1111",
                                           "2001:4860:4860::8888", "2400:cb00::1" };
    static const char *const inside[] = { "10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.1.1", "100.64.0.1", "fd00::1", "fc00::1" };
    static const char *const never[] = { "0.0.0.0", "169.254.169.254", "192.0.0.1", "192.0.2.1", "198.18.0.1", "198.51.100.7", "203.0.113.9",
        "224.0.0.1", "240.0.0.1", "255.255.255.255", "::", "fe80::1", "ff02::1", "2001:db8::1", "2001::1", "2002:a00:1::1", "64:ff9b::a00:1",
        "::ffff:169.254.169.254", "3fff::1" };
    static const char *const here[] = { "127.0.0.1", "127.9.9.9", "::1", "::ffff:127.0.0.1" };
    const struct reach strict = { 0 }, own = { .inside = true }, demo = { .loopback = true };

    for (size_t i = 0; i < COUNT_OF(outside); i++)
        CHECK(reaches(outside[i], strict) && reaches(outside[i], own) && reaches(outside[i], demo));
    for (size_t i = 0; i < COUNT_OF(inside); i++)
        CHECK(!reaches(inside[i], strict) && reaches(inside[i], own) && !reaches(inside[i], demo));
    for (size_t i = 0; i < COUNT_OF(never); i++)
        CHECK(!reaches(never[i], strict) && !reaches(never[i], own) && !reaches(never[i], demo));
    for (size_t i = 0; i < COUNT_OF(here); i++)
        CHECK(!reaches(here[i], strict) && !reaches(here[i], own) && reaches(here[i], demo));
    CHECK(!reaches("::ffff:10.0.0.1", strict) && reaches("::ffff:10.0.0.1", own) && reaches("::ffff:8.8.8.8", strict));
    CHECK(!reach_address(&(struct sockaddr){ .sa_family = AF_UNIX }, (struct reach){ true, true }));
}

TEST(an_address_is_refused_for_what_can_be_seen_of_it)
{
    static const struct { const char *url; enum reach_fault fault; } cases[] = {
        { "https://hooks.example.vn/a?b=c", REACH_FINE }, { "https://hooks.example.vn:8443/", REACH_FINE }, { "https://8.8.8.8/", REACH_FINE },
        { "", REACH_FORM }, { "hooks.example.vn", REACH_FORM }, { "https://", REACH_FORM }, { "https://a b/", REACH_FORM },
        { "https://example.vn/#x", REACH_FORM }, { "https://example.vn/\r\nX: y", REACH_FORM }, { "https://ví-dụ.vn/", REACH_FORM },
        { "http://example.vn/", REACH_PLAIN }, { "ftp://example.vn/", REACH_PLAIN }, { "file:///etc/passwd", REACH_FORM },
        { "gopher://example.vn/", REACH_PLAIN }, { "http://127.0.0.1/", REACH_PLAIN },
        { "https://user@example.vn/", REACH_USER }, { "https://user:secret@example.vn/", REACH_USER }, { "https://:secret@example.vn/", REACH_USER },
        { "https://example.vn:22/", REACH_PORT }, { "https://example.vn:25/", REACH_PORT },
        { "https://127.0.0.1/", REACH_INSIDE }, { "https://0x7f.1/", REACH_INSIDE }, { "https://2130706433/", REACH_INSIDE },
        { "https://017700000001/", REACH_INSIDE }, { "https://10.0.0.8:8443/", REACH_INSIDE }, { "https://169.254.169.254/latest", REACH_INSIDE },
        { "https://[::1]/", REACH_INSIDE }, { "https://[::ffff:10.0.0.1]/", REACH_INSIDE }, { "https://[fd00::1]/", REACH_INSIDE },
        { "https://localhost/", REACH_INSIDE },
    };
    struct arena a = arena_make(1 << 20);

    for (size_t i = 0; i < COUNT_OF(cases); i++)
        if (reach_url(&a, str_c(cases[i].url), (struct reach){ 0 }) != cases[i].fault)
            printf("# %s: %d\n", cases[i].url, (int)reach_url(&a, str_c(cases[i].url), (struct reach){ 0 })), test_failures++;
    CHECK(reach_url(&a, STR("http://127.0.0.1:9000/hook"), (struct reach){ .loopback = true }) == REACH_FINE);
    CHECK(reach_url(&a, STR("http://example.vn/"), (struct reach){ .loopback = true }) == REACH_PLAIN);
    CHECK(reach_url(&a, STR("https://10.0.0.8/"), (struct reach){ .inside = true }) == REACH_FINE);
    arena_free(&a);
}

TEST(a_notice_is_tried_for_three_days_and_then_given_up)
{
    i64 sum = 0;

    for (int tries = 1; tries < WEBHOOK_TRIES; tries++) {
        CHECK(webhook_pause(tries) >= webhook_pause(tries - 1) && webhook_after(500, tries) == WEBHOOK_WAITS);
        sum += webhook_pause(tries);
    }
    CHECK(sum > 2 * DAY_MS && sum < 4 * DAY_MS && webhook_pause(WEBHOOK_TRIES) == 0);
    CHECK(webhook_after(0, WEBHOOK_TRIES) == WEBHOOK_GIVEN_UP && webhook_after(410, 1) == WEBHOOK_GIVEN_UP);
    CHECK(webhook_after(200, 1) == WEBHOOK_TAKEN && webhook_after(204, WEBHOOK_TRIES) == WEBHOOK_TAKEN && webhook_after(302, 1) == WEBHOOK_WAITS);
}

TEST_MAIN
