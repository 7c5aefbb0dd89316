/* /numbers: who sees whose counts, and that small ones stay covered. */
#include <site.h>
#include <test.h>

static struct site site;

/* The number beside a name, in the first table that has it. */
static struct str beside(struct answer a, const char *name)
{
    struct out o = { .max = 1000 };
    struct str found;

    out_f(&o, ">%s</th><td class=count>", name);
    out_char(&o, '\0');
    found = between(a, out_done(&o).at, "</td>");
    out_free(&o);
    return found;
}

static void tell_some(int n, const char *fields)
{
    for (int i = 0; i < n; i++)
        (void)tell(&site, fields, &(struct visitor){ 0 });
}

TEST(counts_are_for_those_who_coordinate_and_never_for_others)
{
    static const char *const may[] = { "vy.mau", "minh.mau", "nga.mau" }, *const not[] = { "hanh.mau", "lan.mau", "khoa.mau", "phong.mau" };

    for (size_t i = 0; i < COUNT_OF(may); i++)
        CHECK(get(&site, "/numbers", as(&site, may[i])).code == 200);
    for (size_t i = 0; i < COUNT_OF(not); i++)
        CHECK(get(&site, "/numbers", as(&site, not[i])).code == 403);
    CHECK(leads_to(get(&site, "/numbers", NULL), "/sign-in"));
}

TEST(a_handful_of_reports_is_not_split)
{
    struct answer a;

    tell_some(3, "story=a&harm=threat&province=92");
    a = get(&site, "/numbers", as(&site, "vy.mau"));
    CHECK(says(a, "<dd>dưới 5</dd>") && says(a, "Ít quá, không chia nhỏ"));
    CHECK(str_is(beside(a, "Bị doạ, bị ép"), "dưới 5") || says(a, "dưới 5"));
    CHECK(!says(a, "<dd>3</dd>"));
}

TEST(many_are_counted_and_a_small_one_among_them_stays_covered)
{
    struct answer a;

    tell_some(30, "story=a&harm=bullying&danger=soon&province=92");
    tell_some(22, "story=a&harm=scam&danger=now&province=14");
    a = get(&site, "/numbers?weeks=4", as(&site, "vy.mau"));
    CHECK(says(a, "<dd>55</dd>"));
    CHECK_STR(beside(a, "Chưa ai nhận"), STR("55"));
    CHECK_STR(beside(a, "Cần Thơ"), STR("33"));
    CHECK(says(a, "<rect class=length width=\"100\""));
    CHECK(says(get(&site, "/numbers?weeks=4&lang=en", as(&site, "vy.mau")), "Reports by week"));
}

TEST(an_organisation_counts_its_own_and_the_ministry_all)
{
    CHECK(says(get(&site, "/numbers", as(&site, "nga.mau")), "<dd>55</dd>"));        /* the hotline's administrator */
    CHECK(says(get(&site, "/numbers", as(&site, "nga.mau")), "Tổ chức mình"));
    CHECK(says(get(&site, "/numbers", as(&site, "vy.mau")), "Mọi tổ chức"));
}

int main(int argc, char **argv)
{
    int bad;

    site_open(&site);
    bad = test_run_all(argc > 1 ? argv[1] : NULL);
    site_close(&site);
    return bad;
}
