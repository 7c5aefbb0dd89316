/* What templates write with: addresses that cannot become something else, texts with their places. */
#include "test.h"
#include "../html.h"

#include "texts.h"

static struct arena arena;

static struct arena *a(void)
{
    if (arena.limit == 0)
        arena = arena_make(1 << 20);
    return &arena;
}

TEST(parts_of_an_address_are_percent_encoded)
{
    CHECK_STR(url_f(a(), "/x/%s?after=%lld&n=%d&z=%zu&p=100%%", "a/b?c#d&é", -5ll, 3, (size_t)4).raw,
              STR("/x/a%2Fb%3Fc%23d%26%C3%A9?after=-5&n=3&z=4&p=100%"));
    CHECK_STR(url_f(a(), "/x/%.*s", 2, "abc").raw, STR("/x/ab"));
}

TEST(an_address_that_is_too_long_or_not_understood_leads_nowhere)
{
    static char longest[5000];

    memset(longest, 'a', sizeof longest - 1);
    CHECK_STR(url_f(a(), "/%s", longest).raw, STR("#"));
    CHECK_STR(url_f(a(), "/%u", 3u).raw, STR("#"));
}

TEST(a_query_is_added_with_the_right_sign_and_not_when_it_is_empty)
{
    struct url to = url_query(a(), url_path("/help"), "province", STR("92"));

    CHECK_STR(to.raw, STR("/help?province=92"));
    CHECK_STR(url_query(a(), to, "need", STR("a b")).raw, STR("/help?province=92&need=a%20b"));
    CHECK_STR(url_query(a(), to, "need", STR("")).raw, STR("/help?province=92"));
    CHECK_STR(url_lang(a(), to, STR("?lang=en")).raw, STR("/help?province=92&lang=en"));
    CHECK_STR(url_lang(a(), to, STR("")).raw, STR("/help?province=92"));
}

TEST(a_number_to_call_is_its_digits)
{
    CHECK_STR(url_tel(a(), STR("+84 (292) 3.800-111")).raw, STR("tel:+842923800111"));
    CHECK_STR(url_tel(a(), STR("javascript:alert(1)")).raw, STR("tel:1"));
}

TEST(an_address_of_somebody_else_is_http_or_nothing)
{
    static const struct { const char *is, *want; } table[] = {
        { "https://example.vn/a?b=c&d=%20", "https://example.vn/a?b=c&d=%20" },
        { "http://example.vn/đ \"x\"", "http://example.vn/%C4%91%20%22x%22" },
        { "javascript:alert(1)", "#" },
        { "//example.vn", "#" },
        { " https://example.vn", "#" },
        { "data:text/html,x", "#" },
    };

    for (size_t i = 0; i < COUNT_OF(table); i++)
        CHECK_STR(url_web(a(), str_c(table[i].is)).raw, str_c(table[i].want));
}

TEST(an_id_stands_in_an_address_as_base32)
{
    CHECK_STR(url_id(a(), "/cases/", (struct id){ { 1, 2, 3 } }, "/notes").raw,
        STR("/cases/01081g00000000000000000000/notes"));
}

TEST(every_text_is_found_by_its_id)
{
    for (int key = T_NONE + 1; key < TEXT_KEYS; key++)
        CHECK(text_key_of(text_ids[key]) == key);
    CHECK(text_key_of(STR("speakup.no.such")) == T_NONE);
    CHECK(text_key_of(STR("")) == T_NONE);
}

TEST(vietnamese_lacks_no_text_and_every_language_answers)
{
    CHECK(text_missing(0) == 0);
    for (int lang = 0; lang < TEXT_LANGS; lang++)
        for (int key = T_NONE + 1; key < TEXT_KEYS; key++)
            CHECK(text_in(lang, key).n > 0);
}

TEST(places_of_a_text_are_filled_and_what_fills_them_is_not_read_again)
{
    CHECK_STR(text_fill(a(), 0, T_SPEAKUP_WAIT_MINUTES, STR("20"), STR("")), STR("20 phút"));
    CHECK_STR(text_fill(a(), 1, T_SPEAKUP_WAIT_MINUTES, STR("{1}{2}"), STR("x")), STR("{1}{2} minutes"));
}

TEST(what_a_page_writes_is_escaped)
{
    struct out o = { .max = 1 << 16 };

    html_put_str(&o, STR("<a href=\"'&\">"));
    html_put_url(&o, url_path("/a?b=1&c"));
    CHECK_STR(out_done(&o), STR("&lt;a href=&quot;&#39;&amp;&quot;&gt;/a?b=1&amp;c"));
    out_free(&o);
}

TEST_MAIN
