/* content/geo/shapes.svg: the shipped map, a file of the same format in its place, and what such a file must not bring in. */
#include "../network.h"

#include "../../base/content.h"

#include "test.h"

#include <stdlib.h>

static struct arena memory;

/* A file with all provinces, and something in it where {} stands for what the test is about. */
static struct str file_with(const char *head, const char *first)
{
    struct provinces all = network_provinces();
    struct out o = { .max = 1 << 16 };
    struct str text;

    out_f(&o, "<?xml version=\"1.0\"?><!-- <path id=\"p99\"/> --><svg %s><g>\n%s", head, first);
    for (size_t i = strstr(first, "\"p01\"") ? 1 : 0; i < all.n; i++)
        out_f(&o, "<path d='M0 0h1v1z' id='p%.*s'><title>x</title></path>", (int)all.at[i].code.n, all.at[i].code.at);
    out_c(&o, "</g></svg>");
    text = arena_copy(&memory, out_done(&o));
    out_free(&o);
    return text;
}

#define BOX "viewBox=\"0 0 10.5 20\""

static bool reads(struct str text, struct shapes *s)
{
    return network_read_shapes(&memory, text, s) == OK;
}

TEST(the_shipped_map_has_every_province_and_the_islands)
{
    struct str text;
    struct shapes s;

    CHECK(content_read(&memory, "geo/shapes.svg", &text) == OK && reads(text, &s));
    CHECK(s.n == network_provinces().n && s.n == 34);
    CHECK(s.view[2] > 0 && s.view[3] > s.view[2]);
    CHECK(str_find(text, STR(">Hoàng Sa<")) < text.n && str_find(text, STR(">Trường Sa<")) < text.n);
    CHECK_STR(s.labels[s.n_labels - 2].words, STR("Hoàng Sa"));
    CHECK_STR(s.labels[s.n_labels - 1].words, STR("Trường Sa"));
    for (size_t i = 0; i < s.n; i++)            /* the island tiles stand right of the mainland's */
        if (str_is(s.at[i].code, "48") || str_is(s.at[i].code, "56"))
            CHECK(str_find(s.at[i].d, STR("M284 ")) < s.at[i].d.n);
}

TEST(a_file_of_the_same_format_takes_its_place)
{
    struct shapes s;

    CHECK(reads(file_with(BOX, "<rect/><path d='M1 1'/><text x='3' y=\"-4.5\" id=\"t01\"> HN </text>"), &s));
    CHECK(s.view[2] == 10 && s.view[3] == 20 && s.n == 34 && s.n_labels == 1);
    CHECK(s.labels[0].x == 3 && s.labels[0].y == -4);
    CHECK_STR(s.labels[0].words, STR("HN"));
    CHECK_STR(s.labels[0].code, STR("01"));
}

TEST(what_is_not_path_data_is_refused_with_the_province)
{
    static const char *const bad[] = {
        "<path id=\"p01\" d=\"M0 0<script>\"/>", "<path id=\"p01\" d='M0 0\" onload=\"x'/>", "<path id=\"p01\" d=\"url(#x)\"/>",
        "<path id=\"p01\" d=\"M0 0;javascript:x\"/>", "<path id=\"p01\" d=\"\"/>", "<path id=\"p01\"/>", "<path id=\"p01\" d=\"0 0\"/>",
    };
    struct shapes s;

    for (size_t i = 0; i < COUNT_OF(bad); i++) {
        CHECK(!reads(file_with(BOX, bad[i]), &s));
        CHECK(strstr(fail_message(), "province 01 is not path data") != NULL);
    }
}

TEST(missing_double_and_unknown_provinces_are_named)
{
    struct shapes s;

    CHECK(!reads(file_with(BOX, "<path id=\"p98\" d=\"M0 0\"/>"), &s) && strstr(fail_message(), "no province 98") != NULL);
    CHECK(!reads(file_with(BOX, "<path id=\"p04\" d=\"M0 0\"/>"), &s) && strstr(fail_message(), "province 04 stands there twice") != NULL);
    CHECK(!reads(STR("<svg viewBox='0 0 1 1'>"), &s) && strstr(fail_message(), "province 01 has no path") != NULL);
    CHECK(!reads(file_with("viewBox=\"0 0 10\"", ""), &s) && strstr(fail_message(), "viewBox") != NULL);
    CHECK(!reads(file_with("", ""), &s) && strstr(fail_message(), "viewBox") != NULL);
    CHECK(!reads(file_with(BOX, "<text x='a' y='1'>b</text>"), &s) && strstr(fail_message(), "needs x, y") != NULL);
}

/* Every beginning of a file that is right: no byte beyond its end is read (run with the sanitizers). */
TEST(a_file_that_ends_anywhere_is_refused)
{
    struct str text = file_with(BOX, "<text x='3' y=\"4\" id=\"t01\">HN</text>");
    struct shapes s;

    for (size_t n = 0; n + sizeof("><title>x</title></path></g></svg>") <= text.n; n++) {
        char *part = malloc(n ? n : 1);

        memcpy(part, text.at, n);
        CHECK(!reads(str_of(part, n), &s));
        free(part);
        arena_reset(&memory, false);
        text = file_with(BOX, "<text x='3' y=\"4\" id=\"t01\">HN</text>");
    }
}

/* Real shapes, where somebody names a file: LACHAN_SHAPES=FILE. */
TEST(a_file_of_the_operator_reads)
{
    const char *name = getenv("LACHAN_SHAPES");
    struct shapes s;
    struct str text;

    if (name == NULL)
        return;
    CHECK(file_read(&memory, name, 1 << 20, &text) == OK && reads(text, &s) && s.n == 34);
}

int main(int argc, char **argv)
{
    int bad;

    content_start(NULL);
    memory = arena_make(8 << 20);
    if (network_load_places() != OK)
        return 1;
    bad = test_run_all(argc > 1 ? argv[1] : NULL);
    arena_free(&memory);
    return bad;
}
