/* What may stand on a list and who decides; the wire; zone files. No database. */
#include "matches/banks.h"
#include "matches/bank_store.h"
#include "matches/blocklist.h"
#include "matches/dns.h"
#include "matches/zone.h"
#include "matches/zone_text.h"

#include "base/content.h"

#include <test.h>

static struct arena arena;

static void load(void)
{
    if (arena.limit)
        return;
    arena = arena_make(64 << 20);
    vault_start();
    content_start(NULL);
    if (lists_load() != OK) {
        printf("Bail out! %s\n", fail_message());
        exit(1);
    }
}

/* -- names ---------------------------------------------------------------------------------------------------------------- */

TEST(names_are_brought_to_one_form_however_they_are_typed)
{
    static const struct { const char *typed, *name; } cases[] = {
        { "Bad.Example", "bad.example" }, { " http://bad.example/ ", "bad.example" }, { "*.bad.example.", "bad.example" },
        { "hxxps://bad[.]example", "bad.example" }, { "https://u:p@bad.example:8443/#x", "bad.example" },
        { "bad.example/A/../b?x=1#y", "bad.example/b?x=1" }, { "http://bad.example//a///b/", "bad.example/a/b/" },
        { "xấu.example", "xn--xu-r5s.example" }, { "XẤU.example/ảnh", "xn--xu-r5s.example/%E1%BA%A3nh" }, { "a_b.bad.example", "a_b.bad.example" },
        { "hxxp.bad.example", "hxxp.bad.example" },
    };

    load();
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct listed name = { .key = STR("") };

        CHECK(name_read(&arena, str_c(cases[i].typed), &name) == NAME_FINE);
        CHECK_STR(name_text(&arena, name.key), str_c(cases[i].name));
    }
}

TEST(what_is_no_name_of_a_site_is_refused_for_its_reason)
{
    static const struct { const char *typed; enum name_fault fault; } cases[] = {
        { "", NAME_EMPTY }, { "   ", NAME_EMPTY }, { "example", NAME_BROKEN }, { "bad .example", NAME_BROKEN }, { "-bad.example", NAME_BROKEN },
        { "bad..example", NAME_FINE }, { "192.0.2.7", NAME_NUMBER }, { "http://3221225985/x", NAME_NUMBER }, { "0x7f.1", NAME_NUMBER },
        { "[2001:db8::1]", NAME_NUMBER }, { "com.vn", NAME_SUFFIX }, { "gov.vn", NAME_SUFFIX }, { "github.io", NAME_SUFFIX },
        { "co.uk", NAME_SUFFIX }, { "https://github.io/x", NAME_FINE }, { "\"><b>.example", NAME_BROKEN }, { "bad.example;x.y", NAME_BROKEN },
    };
    char lengthy[3000];

    load();
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct listed name;
        enum name_fault fault = name_read(&arena, str_c(cases[i].typed), &name);

        if (fault != cases[i].fault)
            printf("# %s: %d\n", cases[i].typed, fault);
        CHECK(fault == cases[i].fault);
    }
    memset(lengthy, 'a', sizeof lengthy);
    CHECK(name_read(&arena, str_of(lengthy, sizeof lengthy), &(struct listed){ 0 }) == NAME_LONG);
    /* its escapes make it too long: it must not become the whole site */
    memset(lengthy, 0xff, sizeof lengthy);
    memcpy(lengthy, "bad.example/", 12);
    CHECK(name_read(&arena, str_of(lengthy, 1900), &(struct listed){ 0 }) == NAME_LONG);
}

TEST(a_key_goes_up_to_its_parents_and_back_to_its_name)
{
    struct str key = STR("example.bad.sub./a/b");
    char small[10];

    CHECK(key_parent(&key) && str_is(key, "example.bad.sub."));
    CHECK(key_parent(&key) && str_is(key, "example.bad."));
    CHECK(key_parent(&key) && str_is(key, "example."));
    CHECK(!key_parent(&key));
    CHECK(name_of_key(STR("example.bad."), small, sizeof small) == 0);
    CHECK(name_of_key(STR(""), small, sizeof small) == 0 && name_of_key(STR("/"), small, sizeof small) == 0);
}

TEST(sites_of_very_many_people_need_two_reviewers_and_their_hosters_customers_do_not)
{
    static const struct { const char *name; bool top; } cases[] = {
        { "facebook.com", true }, { "m.facebook.com", true }, { "docs.google.com", true }, { "tongdai111.vn", true }, { "moet.gov.vn", true },
        { "truong-a.hanoi.edu.vn", true }, { "notfacebook.com", false }, { "facebook.com.bad.example", false }, { "ai-do.github.io", false },
        { "bad.example", false }, { "vnexpress.net/mot-bai", true },
    };

    load();
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct listed name;

        CHECK(name_read(&arena, str_c(cases[i].name), &name) == NAME_FINE);
        if (lists_top(&arena, name.key) != cases[i].top)
            printf("# %s\n", cases[i].name);
        CHECK(lists_top(&arena, name.key) == cases[i].top);
    }
}

TEST(an_imported_list_is_read_by_line)
{
    struct import_read in;

    load();
    import_read(&arena, STR("# a list\nbad.example\n\n  worse.example # why\ncom.vn\nBAD.example\nhttp://x.example/a b\n1.2.3.4\n"), &in);
    CHECK(in.keys.n == 3 && in.faults.n == 2 && !in.too_many);
    CHECK(in.faults.at[0].line == 5 && in.faults.at[0].fault == NAME_SUFFIX);
    CHECK(in.faults.at[1].line == 8 && in.faults.at[1].fault == NAME_NUMBER);
}

/* -- who decides ------------------------------------------------------------------------------------------------------------- */

TEST(nobody_approves_what_they_proposed_nor_twice)
{
    struct id a = id_random(), b = id_random(), other = id_random();
    struct blocklist_row e = { .set_by = a, .state = STR("proposed"), .two = 1 };

    CHECK(blocklist_review_bar(&e, a) == LIST_OWN && blocklist_review_bar(&e, b) == LIST_FINE);
    CHECK(strcmp(blocklist_state_after(&e), "proposed") == 0);
    e.first_by = (struct opt_id){ true, b };
    CHECK(blocklist_review_bar(&e, b) == LIST_SEEN && blocklist_review_bar(&e, other) == LIST_FINE);
    CHECK(strcmp(blocklist_state_after(&e), "active") == 0);
    e.two = 0;
    e.first_by.has = false;
    CHECK(strcmp(blocklist_state_after(&e), "active") == 0);
    e.state = STR("active");
    CHECK(blocklist_review_bar(&e, other) == LIST_OVER);
}

TEST(who_put_a_name_on_the_list_does_not_judge_the_appeal)
{
    struct id a = id_random(), b = id_random(), other = id_random(), last = id_random();
    struct blocklist_row e = { .set_by = a, .state = STR("appealed"), .first_by = { true, b }, .second_by = { true, other } };

    CHECK(blocklist_reject_bar(&e, a) == LIST_OWN && blocklist_reject_bar(&e, b) == LIST_SEEN);
    CHECK(blocklist_reject_bar(&e, other) == LIST_SEEN && blocklist_reject_bar(&e, last) == LIST_FINE);
    e.state = STR("active");
    CHECK(blocklist_reject_bar(&e, last) == LIST_OVER);
}

TEST(only_what_is_in_force_today_is_in_the_zone)
{
    struct blocklist_row e = { .state = STR("active"), .expires = { true, 1000 } };

    CHECK(blocklist_in_zone(&e, 999) && !blocklist_in_zone(&e, 1000));
    e.state = STR("appealed");
    CHECK(blocklist_in_zone(&e, 999));
    e.altered = true;
    CHECK(!blocklist_in_zone(&e, 999));
    e = (struct blocklist_row){ .state = STR("proposed") };
    CHECK(!blocklist_in_zone(&e, 0));
}

TEST(addresses_for_notices_are_numbers)
{
    static const struct { const char *text; bool right; } cases[] = {
        { "192.0.2.7:53", true }, { "[2001:db8::1]:5353", true }, { "ns.example:53", false }, { "192.0.2.7", false }, { "192.0.2.7:0", false },
        { "192.0.2.7:65536", false }, { ":53", false }, { "[::1:53", false }, { "2001:db8::1:53", false }, { "", false },
    };

    for (size_t i = 0; i < COUNT_OF(cases); i++)
        CHECK(address_right(str_c(cases[i].text)) == cases[i].right);
    CHECK(zone_name_right(STR("core.rpz.lachan")) && !zone_name_right(STR("Core.x")) && !zone_name_right(STR("a..b")) && !zone_name_right(STR("")));
    CHECK(walled_right(STR("")) && walled_right(STR("giup.example")) && !walled_right(STR("giup")));
}

/* -- the wire ---------------------------------------------------------------------------------------------------------------------- */

static struct dns_key test_key(const char *name)
{
    struct dns_key key = { .n = 32 };

    CHECK(dns_name_of(str_c(name), &key.name));
    memset(key.secret, 7, sizeof key.secret);
    return key;
}

static void query(struct dns_out *o, uint16_t type)
{
    static struct dns_name zone;

    CHECK(dns_name_of(STR("Core.Rpz.Lachan."), &zone));
    dns_begin(o, &(struct dns_head){ .id = 4711, .type = type, .name = &zone });
}

TEST(a_signed_query_is_right_and_one_changed_byte_is_not)
{
    static struct dns_out o;
    struct dns_key key = test_key("provider-a"), other = test_key("provider-b");
    struct dns_chain chain = { .n = 0 };
    struct dns_message m;
    int wrong = 0;

    load();
    query(&o, DNS_AXFR);
    dns_sign(&o, &(struct dns_sign){ .key = &key, .chain = &chain, .now_s = 1000000, .first = true });
    CHECK(dns_read(o.at, o.n, &m) == DNS_READ && m.tsig.there && m.type == DNS_AXFR && m.id == 4711);
    CHECK(dns_verify(o.at, o.n, &m, &key, NULL, 1000000) == 0);
    CHECK(dns_verify(o.at, o.n, &m, &key, NULL, 1000000 + DNS_FUDGE_S) == 0);
    CHECK(dns_verify(o.at, o.n, &m, &key, NULL, 1000001 + DNS_FUDGE_S) == DNS_BADTIME);
    CHECK(dns_verify(o.at, o.n, &m, &other, NULL, 1000000) == DNS_BADKEY);
    for (size_t i = 0; i < o.n; i++) {
        struct dns_message changed;

        o.at[i] ^= 1;
        wrong += dns_read(o.at, o.n, &changed) == DNS_READ && changed.tsig.there && dns_verify(o.at, o.n, &changed, &key, NULL, 1000000) == 0;
        o.at[i] ^= 1;
    }
    /* the first two bytes are the id, which the signature holds a copy of; the record's own ttl says nothing */
    CHECK(wrong <= 2 + 4);
}

TEST(a_message_that_is_cut_anywhere_is_unreadable)
{
    static struct dns_out o;
    struct dns_message m;

    query(&o, DNS_IXFR);
    dns_soa(&o, 7);
    CHECK(dns_read(o.at, o.n, &m) == DNS_READ);
    for (size_t n = 0; n < o.n; n++)
        CHECK(dns_read(o.at, n, &m) == (n < 12 ? DNS_NOTHING : DNS_UNREADABLE));
    o.at[o.n] = 0;
    CHECK(dns_read(o.at, o.n + 1, &m) == DNS_UNREADABLE);
}

TEST(a_name_that_points_at_itself_or_forward_is_unreadable)
{
    static const uint8_t loops[][18] = {
        { 0, 1, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0xc0, 12, 0, 6, 0, 1 }, { 0, 1, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0xc0, 14, 0, 6, 0, 1 },
        { 0, 1, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0xff, 255, 0, 6, 0, 1 }, { 0, 1, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0x80, 0, 0, 6, 0, 1 },
    };
    struct dns_message m;

    for (size_t i = 0; i < COUNT_OF(loops); i++)
        CHECK(dns_read(loops[i], sizeof loops[i], &m) == DNS_UNREADABLE);
}

TEST(a_name_of_the_wire_is_labels_of_63_bytes_and_255_in_all)
{
    char label[64], text[DNS_NAME_MAX + 1], whole[260] = "";
    struct dns_name name, other;

    memset(label, 'a', sizeof label);
    CHECK(dns_name_of(str_of(label, 63), &name) && name.n == 65 && !dns_name_of(str_of(label, 64), &name));
    CHECK(dns_name_of(STR(""), &name) && name.n == 1 && dns_name_of(STR("."), &name) && name.n == 1);
    CHECK(!dns_name_of(STR("a..b"), &name) && !dns_name_of(STR(".a"), &name));
    for (int i = 0; i < 3; i++)
        snprintf(whole + strlen(whole), sizeof whole - strlen(whole), "%.63s.", label);
    snprintf(whole + strlen(whole), sizeof whole - strlen(whole), "%.61s", label);
    CHECK(dns_name_of(str_c(whole), &name) && name.n == DNS_NAME_MAX);
    dns_name_text(&name, text);
    CHECK(strcmp(text, whole) == 0);
    whole[strlen(whole)] = 'b';
    CHECK(!dns_name_of(str_c(whole), &name));
    CHECK(dns_name_of(STR("Bad.Example."), &name) && dns_name_of(STR("bad.example"), &other) && dns_name_eq(&name, &other));
    CHECK(dns_name_of(STR("bad.examplf"), &other) && !dns_name_eq(&name, &other) && dns_name_of(STR("bad"), &other) && !dns_name_eq(&name, &other));
    CHECK(dns_name_of(STR("a b\x01\x7f\xc3\xa9.c"), &name));
    dns_name_text(&name, text);
    CHECK(strcmp(text, "a?b????.c") == 0);                                   /* nothing that a log or a terminal could take for its own */
}

/* What a server refuses of a signature, and how it says so: each answer names the error, and a wrong clock is told the right time. */
TEST(a_signature_of_another_making_is_refused_for_its_reason)
{
    static struct dns_out o;
    struct dns_key key = test_key("provider-a");
    struct dns_chain chain = { .n = 0 };
    struct dns_message m, said;
    struct dns_tsig right;

    query(&o, DNS_SOA);
    dns_sign(&o, &(struct dns_sign){ .key = &key, .chain = &chain, .now_s = 1000000, .first = true });
    REQUIRE(dns_read(o.at, o.n, &m) == DNS_READ);
    right = m.tsig;
    m.tsig.algorithm.n--;
    CHECK(dns_verify(o.at, o.n, &m, &key, NULL, 1000000) == DNS_BADKEY);
    m.tsig = right, m.tsig.algorithm.at[1] ^= 1;
    CHECK(dns_verify(o.at, o.n, &m, &key, NULL, 1000000) == DNS_BADKEY);
    m.tsig = right, m.tsig.mac_n--;
    CHECK(dns_verify(o.at, o.n, &m, &key, NULL, 1000000) == DNS_BADSIG);
    m.tsig = right, m.tsig.error = DNS_BADTIME;
    CHECK(dns_verify(o.at, o.n, &m, &key, NULL, 1000000) == DNS_BADSIG);
    m.tsig = right, m.tsig.at = 11;
    CHECK(dns_verify(o.at, o.n, &m, &key, NULL, 1000000) == DNS_BADSIG);
    m.tsig = right, m.tsig.at = o.n + 1;
    CHECK(dns_verify(o.at, o.n, &m, &key, NULL, 1000000) == DNS_BADSIG);
    m.tsig = right;
    CHECK(dns_verify(o.at, o.n, &m, &key, NULL, 999999 - DNS_FUDGE_S) == DNS_BADTIME);
    CHECK(dns_verify(o.at, o.n, &m, &key, NULL, 1000000) == 0);
    query(&o, DNS_SOA);
    dns_unsigned(&o, &right, DNS_BADKEY, 1000000);
    CHECK(dns_read(o.at, o.n, &said) == DNS_READ && said.tsig.there && said.tsig.error == DNS_BADKEY && said.tsig.mac_n == 0);
    query(&o, DNS_SOA);
    chain.n = 0;
    dns_sign(&o, &(struct dns_sign){ .key = &key, .chain = &chain, .now_s = 2000000, .their_time = 1000000, .error = DNS_BADTIME, .first = true });
    CHECK(dns_read(o.at, o.n, &said) == DNS_READ && said.tsig.error == DNS_BADTIME && said.tsig.time == 1000000);
}

/* -- zone files --------------------------------------------------------------------------------------------------------------------- */

#define HEAD "$ORIGIN rpz.example.\n$TTL 300\n@ SOA localhost. hostmaster.localhost. 7 600 120 604800 60\n@ NS localhost.\n"

static struct zone_check checked(const char *text)
{
    struct zone_check found;

    load();
    zone_check(&arena, str_c(text), STR(""), &found);
    return found;
}

TEST(a_right_zone_has_no_fault)
{
    struct zone_check z = checked(HEAD "bad.example CNAME .\n*.bad.example CNAME .\ngood.example 60 IN CNAME rpz-passthru. ; why\n*.good.example CNAME rpz-passthru.\n"
                                  "24.0.2.0.192.rpz-ip CNAME *.\n128.1.zz.db8.2001.rpz-ip CNAME .\nhelp.example A 192.0.2.1\n*.help.example A 192.0.2.1\n");

    CHECK(z.errors == 0 && z.warnings == 0 && z.records == 10 && z.serial == 7 && z.names == 5);
}

TEST(each_fault_of_a_zone_is_told_with_its_line)
{
    static const struct { const char *text; i64 line; bool warning; } cases[] = {
        { "", 1, false }, { "bad.example CNAME .\n", 1, false }, { HEAD "bad.example CNAME . .\n", 5, false },
        { HEAD "bad.example DNAME .\n", 5, false }, { HEAD "bad.example CNAME rpz-passthru\n*.bad.example CNAME .\n", 5, false },
        { HEAD "bad.example CNAME rpz-block.\n*.bad.example CNAME .\n", 5, false }, { HEAD "b@d.example CNAME .\n", 5, false },
        { HEAD "bad.example. CNAME .\n", 5, false }, { HEAD "x A 1.2.3\n*.x A 1.2.3.4\n", 5, false },
        { HEAD "a CNAME .\n*.a CNAME .\na CNAME .\n", 7, false }, { HEAD "a CNAME .\n", 5, true }, { HEAD "40.0.2.0.192.rpz-ip CNAME .\n", 5, false },
        { HEAD "24.0.2.192.rpz-ip CNAME .\n", 5, false }, { HEAD "$INCLUDE x\n", 5, false }, { HEAD "@ SOA a. b. 1 2 3 4 5\n", 5, false },
        { HEAD "a (CNAME\n .\n", 5, false }, { HEAD "a\n", 5, false }, { HEAD "xấu.example CNAME .\n", 5, false },
    };

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct zone_check z = checked(cases[i].text);
        bool found = false;

        for (size_t k = 0; k < z.n; k++)
            found |= z.at[k].line == cases[i].line && z.at[k].warning == cases[i].warning && z.at[k].remedy.n > 0;
        if (!found)
            printf("# case %zu: %zu faults, first in line %lld: %.*s\n", i, z.n, (long long)z.at[0].line, (int)z.at[0].what.n, z.at[0].what.at);
        CHECK(found);
        CHECK(cases[i].warning ? z.errors == 0 : z.errors > 0);
    }
}

/* -- values of hashes ----------------------------------------------------------------------------------------------------------------- */

TEST(a_value_of_a_hash_is_read_in_its_one_way_and_anything_else_is_refused)
{
    static const struct { enum hash_kind kind; const char *text; status want; } rows[] = {
        { HASH_MD5, "00112233445566778899aabbccddeeff", OK }, { HASH_MD5, "00112233445566778899aabbccddeef", INVALID },
        { HASH_MD5, "00112233445566778899aabbccddeefg", INVALID }, { HASH_MD5, "", INVALID },
        { HASH_SHA1, "00112233445566778899aabbccddeeff00112233", OK }, { HASH_SHA256, "00112233445566778899aabbccddeeff", INVALID },
        { HASH_URL, "HTTP://Bad.Example/a#b", OK }, { HASH_URL, "", INVALID }, { HASH_URL, "http://bad.example/a b", INVALID },
        { HASH_URL, "http://bad.example/\x7f", INVALID }, { HASH_URL, "http://", INVALID },
        { HASH_PDNA, "AAEC", OK }, { HASH_PDNA, "AAE=", OK }, { HASH_PDNA, "AA==", OK }, { HASH_PDNA, "AAE", INVALID }, { HASH_PDNA, "", INVALID },
        { HASH_PDNA, "A?E=", INVALID }, { HASH_PDNA, "=AAA", INVALID }, { HASH_TMK, "AAEC", INVALID }, { HASH_KINDS, "AAEC", INVALID }, { 0, "AAEC", INVALID },
    };
    struct arena a = arena_make(1 << 20);
    struct str value, text;

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        CHECK_INT(hash_value_read(&a, rows[i].kind, str_c(rows[i].text), &value), rows[i].want);
        if (rows[i].want != OK)
            continue;
        CHECK(hash_value_right(rows[i].kind, value));
        text = hash_value_text(&a, rows[i].kind, value);
        CHECK(rows[i].kind == HASH_URL || str_is(text, rows[i].text));
        CHECK(hash_kind_of(str_c(hash_kind_code(rows[i].kind))) == rows[i].kind);
    }
    CHECK(!hash_value_right(HASH_URL, STR("")) && !hash_value_right(HASH_PDNA, STR("")) && !hash_value_right(HASH_MD5, STR("abc")));
    CHECK(!hash_value_right(0, STR("a")) && hash_kind_of(STR("md6")) == 0 && hash_kind_code(HASH_KINDS)[0] == '\0' && hash_kind_code(0)[0] == '\0');
    fail_clear();
    arena_free(&a);
}

TEST_MAIN
