/* The directory, and what an administrator keeps for the own organisation, through the engine. */
#include "people/admin.h"

#include "network.sql.h"
#include "people.sql.h"
#include "tables.sql.h"

#include <site.h>
#include <test.h>

static struct site site;

#define F(...) arena_f(&site.kept, __VA_ARGS__).at
#define SERVICE "name=Kh%C3%A1m+th%E1%BB%AD&name_en=Trial&does=Nghe+em&does_en=Listens&phone=024+0000+1111&province=92&needs=talk&needs=health" \
    "&hours=mo-su+00%3A00-24%3A00&source=G%E1%BB%8Di+th%E1%BB%AD"

static struct visitor *admin(void)
{
    return as(&site, "nga.mau");
}

static struct id org_of(const char *code)
{
    struct organisations_row org = { 0 };

    (void)!sql_organisation_of_code(&site.in.ledger, (struct sql_organisation_of_code){ .code = str_c(code) }, &org);
    instance_step(&site.in);
    return org.id;
}

static struct services_row newest_service(void)
{
    struct services_rows rows = { 0 };
    struct services_row row = { 0 };

    (void)!sql_services_of_org(&site.in.ledger, (struct sql_services_of_org){ .org = org_of("hotline") }, &rows);
    for (size_t i = 0; i < rows.n; i++)
        if (rows.at[i].rank == 100)
            row = rows.at[i];
    instance_step(&site.in);
    return row;
}

static const char *path_to(const char *before, struct id id, const char *after)
{
    char text[ID_TEXT + 1];

    id_text(id, text);
    return F("%s%s%s", before, text, after);
}

TEST(a_service_of_the_own_organisation_stands_in_the_public_directory_until_it_ends)
{
    struct services_row row;

    CHECK(leads_to(post(&site, "/admin/services/new", SERVICE, admin()), "/admin/services"));
    CHECK(says(get(&site, "/help?province=92&need=health", NULL), "Khám thử"));
    CHECK(!says(get(&site, "/help?province=92&need=legal", NULL), "Khám thử"));
    CHECK(says(get(&site, "/help?province=92&lang=en", NULL), "Trial"));
    row = newest_service();
    CHECK(says(get(&site, path_to("/admin/services/", row.id, ""), admin()), "024 0000 1111"));
    CHECK(post(&site, path_to("/admin/services/", row.id, ""), "name=Kh%C3%A1m+kh%C3%A1c&does=Nghe+em&phone=111222&province=*&needs=legal&hours=always&source=x",
               admin()).code == 303);
    CHECK(says(get(&site, "/help?province=01&need=legal", NULL), "Khám khác"));
    CHECK(!says(get(&site, "/help?province=92", NULL), "Khám thử"));
    CHECK(post(&site, path_to("/admin/services/", row.id, "/end"), "", admin()).code == 303);
    CHECK(!says(get(&site, "/help?province=01&need=legal", NULL), "Khám khác"));
    CHECK(get(&site, path_to("/admin/services/", row.id, ""), admin()).code == 404);
    CHECK(post(&site, path_to("/admin/services/", row.id, ""), SERVICE, admin()).code == 404);
}

TEST(a_service_that_would_mislead_a_child_is_refused_at_its_field_and_nothing_is_lost)
{
    static const struct { const char *change, *field; } cases[] = {
        { "&name=", "name" }, { "&does=", "does" }, { "&phone=g%E1%BB%8Di", "phone" }, { "&phone=11", "phone" }, { "&phone=1234567890123456", "phone" },
        { "&province=00", "province" }, { "&needs=magic", "needs" }, { "&hours=s%C3%A1ng", "hours" }, { "&hours=mo-fr+25%3A00-26%3A00", "hours" },
        { "&source=", "source" },
    };

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        static const char *const parts[] = { "name=Ki%E1%BB%83m", "does=Nghe", "phone=111", "province=92", "needs=talk", "hours=always", "source=x" };
        struct out fields = { .max = 1000 };
        struct answer a;

        /* the changed field comes first: the first value counts; a repeated one counts as well */
        out_c(&fields, cases[i].change + 1);
        for (size_t k = 0; k < COUNT_OF(parts); k++)
            if (strncmp(parts[k], cases[i].field, strlen(cases[i].field)) != 0)
                out_f(&fields, "&%s", parts[k]);
        a = post(&site, "/admin/services/new", F("%.*s", (int)fields.n, fields.at), admin());
        CHECK(says(a, F("href=\"#%s\"", cases[i].field)) && says(a, F("id=%s-bad", cases[i].field)) && says(a, "Lỗi:"));
        CHECK(strcmp(cases[i].field, "name") == 0 || says(a, "Kiểm"));
        out_free(&fields);
    }
    CHECK(!says(get(&site, "/admin/services", admin()), "Kiểm"));
}

TEST(a_route_is_refused_at_its_field_waits_and_is_ended_by_hand)
{
    struct units_rows units = { 0 };
    struct routes_rows routes = { 0 };
    const char *unit, *end;
    size_t before;

    REQUIRE(sql_units_of_org(&site.in.ledger, (struct sql_units_of_org){ .org = org_of("hotline") }, &units) == OK && units.n == 1);
    unit = path_to("", units.at[0].id, "");
    instance_step(&site.in);
    CHECK(says(post(&site, "/admin/routes", F("kind=gift&province=*&unit=%s&rank=0", unit), admin()), "id=kind-bad"));
    CHECK(says(post(&site, "/admin/routes", F("kind=report&province=77777&unit=%s&rank=0", unit), admin()), "id=province-bad"));
    CHECK(says(post(&site, "/admin/routes", F("kind=report&province=92&commune=00001&unit=%s&rank=0", unit), admin()), "id=commune-bad"));
    CHECK(says(post(&site, "/admin/routes", F("kind=report&province=92&unit=%s&rank=10", unit), admin()), "id=rank-bad"));
    CHECK(says(post(&site, "/admin/routes", "kind=report&province=92&unit=&rank=1", admin()), "id=unit-bad"));
    CHECK(leads_to(post(&site, "/admin/routes", F("kind=report&province=92&unit=%s&rank=1", unit), admin()), "/admin/routes"));
    CHECK(says(get(&site, "/admin/routes", admin()), "Chờ xác nhận"));
    REQUIRE(sql_routes_of_org(&site.in.ledger, (struct sql_routes_of_org){ .org = org_of("hotline") }, &routes) == OK);
    before = routes.n;
    end = "";
    for (size_t i = 0; i < routes.n; i++)
        if (!routes.at[i].confirmed_by.has)
            end = path_to("/admin/routes/", routes.at[i].id, "/end");
    instance_step(&site.in);
    CHECK(leads_to(post(&site, end, "", admin()), "/admin/routes"));
    CHECK(post(&site, end, "", admin()).code == 404);
    CHECK(!says(get(&site, "/admin/confirm", as(&site, "vy.mau")), "Tuyến nhận lời kể"));
    REQUIRE(sql_routes_of_org(&site.in.ledger, (struct sql_routes_of_org){ .org = org_of("hotline") }, &routes) == OK);
    CHECK(routes.n == before - 1);
    instance_step(&site.in);
}

TEST(everybody_who_is_signed_in_finds_organisations_by_kind_place_and_name_without_marks)
{
    static const char *const readers[] = { "hanh.mau", "vy.mau", "khoa.mau", "phong.mau" };

    for (size_t i = 0; i < COUNT_OF(readers); i++)
        CHECK(says(get(&site, "/directory", as(&site, readers[i])), "Đường dây hỗ trợ (mẫu)"));
    CHECK(says(get(&site, "/directory?kind=police", admin()), "Công an chuyên trách"));
    CHECK(!says(get(&site, "/directory?kind=police", admin()), "Xã Lá Xanh (mẫu)"));
    CHECK(says(get(&site, "/directory?province=92", admin()), ">Đường dây hỗ trợ (mẫu)</a>"));         /* serves the whole country */
    CHECK(!says(get(&site, "/directory?province=92", admin()), ">Xã Lá Xanh (mẫu)</a>"));
    CHECK(says(get(&site, "/directory?q=PHUONG+BEN+LA", admin()), "Phường Bến Lá (mẫu)"));
    CHECK(says(get(&site, "/directory?q=khong+co+ai", admin()), "Không có tổ chức nào"));
    CHECK(says(get(&site, "/directory?day=31%2F02%2F2026", admin()), "id=day-bad"));
    CHECK(says(get(&site, "/directory?q=%3Cscript%3E", admin()), "&lt;script&gt;"));
    CHECK(leads_to(get(&site, "/directory", NULL), "/sign-in"));
}

TEST(an_organisations_page_names_units_people_roles_and_who_holds_keys)
{
    struct answer a = get(&site, path_to("/directory/", org_of("hotline"), ""), as(&site, "lan.mau"));

    CHECK(a.code == 200 && says(a, "Ca trực đường dây (mẫu)") && says(a, "Hạnh (mẫu)") && says(a, "Tư vấn viên"));
    CHECK(says(a, "2 người giữ khoá") && says(a, "Nga (mẫu)"));
    a = get(&site, path_to("/directory/", org_of("police"), ""), as(&site, "lan.mau"));
    CHECK(says(a, "1 người giữ khoá") && says(a, "<span class=\"b mid\">"));
    CHECK(get(&site, path_to("/directory/", id_random(), ""), as(&site, "lan.mau")).code == 404);
}

static status add_many(int n)
{
    struct ledger *l = &site.in.ledger;
    struct id id;

    for (int i = 0; i < n; i++) {
        TRY(act_begin(l, (struct act_info){ .act = "test", .now = site.now }));
        TRY(people_add_organisation(l, (struct organisation_new){ arena_f(l->arena, "truong-%d", i), arena_f(l->arena, "Trường %03d", i), STR("school"), i == 7 },
                                    site.now, &id));
        TRY(act_commit(l));
    }
    instance_step(&site.in);
    return OK;
}

TEST(a_long_directory_is_read_page_by_page_and_what_waits_is_not_in_it)
{
    const char *path = "/directory?kind=school";
    size_t seen = 0, pages = 0;

    REQUIRE(add_many(120) == OK);
    CHECK(says(get(&site, path, admin()), "119 tổ chức"));
    while (path[0] && pages < 5) {
        struct answer a = get(&site, path, admin());
        struct str rest = a.body, next;
        size_t at;

        while ((at = str_find(rest, STR(">Trường "))) < rest.n) {
            rest = str_from(rest, at + sizeof ">Trường " - 1);
            seen += rest.at[0] >= '0' && rest.at[0] <= '9';
        }
        CHECK(!says(a, "Trường 007"));
        next = between(a, "<a href=\"/directory?kind=school&amp;after=", "\" rel=next");
        path = next.n == 26 ? F("/directory?kind=school&after=%.*s", (int)next.n, next.at) : "";
        pages++;
    }
    CHECK(seen == 119 && pages == 3);
}

int main(int argc, char **argv)
{
    int bad;

    site_open(&site);
    bad = test_run_all(argc > 1 ? argv[1] : NULL);
    site_close(&site);
    return bad;
}
