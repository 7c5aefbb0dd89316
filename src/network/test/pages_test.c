/* /help and its JSON, through the engine. */
#include <site.h>
#include <test.h>

static struct site site;

TEST(one_one_one_stands_before_every_other_number)
{
    struct answer a = get(&site, "/help", NULL);

    CHECK(a.code == 200);
    CHECK(str_find(a.body, STR("tel:111")) < str_find(a.body, STR("tel:0000")));
    CHECK(says(a, "tel:111"));
}

TEST(services_are_found_by_province_and_need)
{
    struct answer a = get(&site, "/api/v1/services?province=01&need=mind", NULL);

    CHECK(a.code == 200 && says(a, "Phòng tư vấn tâm lý Hà Nội (mẫu)"));
    CHECK(!says(get(&site, "/api/v1/services?province=79&need=mind", NULL), "Hà Nội (mẫu)"));
    CHECK(!says(get(&site, "/api/v1/services?province=01&need=legal", NULL), "tâm lý Hà Nội"));
}

TEST(opening_hours_are_those_of_the_moment)
{
    i64 kept = site.now;
    struct answer day, night;

    site.now = 1764000000000;           /* Monday 24 November 2025, 23:00 in Hanoi */
    night = get(&site, "/api/v1/services?province=01&need=mind", NULL);
    site.now += 10 * HOUR_MS;           /* Tuesday, 9:00 */
    day = get(&site, "/api/v1/services?province=01&need=mind", NULL);
    CHECK(str_starts(between(night, "mo-fr 07:30-17:00; sa 08:00-11:30\",\"open\":", ","), STR("false")));
    CHECK(str_starts(between(day, "mo-fr 07:30-17:00; sa 08:00-11:30\",\"open\":", ","), STR("true")));
    site.now = kept;
}

TEST(what_makes_no_sense_is_still_answered)
{
    static const char *const odd[] = {
        "/help?page=-1", "/help?page=99999999999999999999", "/help?province=%00&need=%ff", "/help?need=<script>alert(1)</script>",
        "/help?page=100&province=01", "/help?province=01&province=02",
    };

    for (size_t i = 0; i < COUNT_OF(odd); i++) {
        struct answer a = get(&site, odd[i], NULL);

        CHECK(a.code == 200 && says(a, "tel:111") && !says(a, "<script"));
    }
}

int main(int argc, char **argv)
{
    int bad;

    site_open(&site);
    bad = test_run_all(argc > 1 ? argv[1] : NULL);
    site_close(&site);
    return bad;
}
