/* Canonical addresses and look-ups: the examples of Safe Browsing v4 ("URLs and Hashing"), and our own. */
#include <string.h>

#include "lachan/detect.h"
#include "test/check.h"

static const char *const canonical[][2] = {
	{ "http://host/%25%32%35", "http://host/%25" },
	{ "http://host/%25%32%35%25%32%35", "http://host/%25%25" },
	{ "http://host/%2525252525252525", "http://host/%25" },
	{ "http://host/asdf%25%32%35asd", "http://host/asdf%25asd" },
	{ "http://host/%%%25%32%35asd%%", "http://host/%25%25%25asd%25%25" },
	{ "http://www.google.com/", "http://www.google.com/" },
	{ "http://%31%36%38%2e%31%38%38%2e%39%39%2e%32%36/%2E%73%65%63%75%72%65", "http://168.188.99.26/.secure" },
	{ "http://3279880203/blah", "http://195.127.0.11/blah" },
	{ "http://www.google.com/blah/..", "http://www.google.com/" },
	{ "www.google.com/", "http://www.google.com/" },
	{ "www.google.com", "http://www.google.com/" },
	{ "http://www.evil.com/blah#frag", "http://www.evil.com/blah" },
	{ "http://www.GOOgle.com/", "http://www.google.com/" },
	{ "http://www.google.com.../", "http://www.google.com/" },
	{ "http://www.google.com/foo\tbar\rbaz\n2", "http://www.google.com/foobarbaz2" },
	{ "http://www.google.com/q?", "http://www.google.com/q?" },
	{ "http://www.google.com/q?r?s", "http://www.google.com/q?r?s" },
	{ "http://evil.com/foo#bar#baz", "http://evil.com/foo" },
	{ "http://evil.com/foo;", "http://evil.com/foo;" },
	{ "http://evil.com/foo?bar;", "http://evil.com/foo?bar;" },
	{ "http://\x01\x80.com/", "http://%01%80.com/" },
	{ "http://notrailingslash.com", "http://notrailingslash.com/" },
	{ "http://www.gotaport.com:1234/", "http://www.gotaport.com/" },
	{ "  http://www.google.com/  ", "http://www.google.com/" },
	{ "http:// leadingspace.com/", "http://%20leadingspace.com/" },
	{ "https://www.securesite.com/", "https://www.securesite.com/" },
	{ "http://host.com/ab%23cd", "http://host.com/ab%23cd" },
	{ "http://host.com//twoslashes?more//slashes", "http://host.com/twoslashes?more//slashes" },
	{ "http://user:pass@host.example/a/./b/../c", "http://host.example/a/c" },
	{ "http://0x7f.1/", "http://127.0.0.1/" },
	{ "//host.example/x", "http://host.example/x" },
};

static void test_canonical(void)
{
	char out[1024];
	size_t n;
	for (size_t i = 0; i < sizeof canonical / sizeof *canonical; i++) {
		enum detect_status s = detect_address_canonical(canonical[i][0], strlen(canonical[i][0]), out, sizeof out, &n);
		CHECK(s == DETECT_OK && n == strlen(out) && !strcmp(out, canonical[i][1]), "%s gives %s", canonical[i][0], out);
	}
	CHECK(detect_address_canonical("", 0, out, sizeof out, &n) == DETECT_INVALID);
	CHECK(detect_address_canonical("http:///path", 12, out, sizeof out, &n) == DETECT_INVALID);
	CHECK(detect_address_canonical("a.example", 9, out, 8, &n) == DETECT_MEMORY);
}

/* Canonical text stays as it is, whatever the bytes were. */
static void test_canonical_is_final(void)
{
	char url[64], once[1024], twice[1024];
	size_t n, m;
	uint64_t state = 3;
	for (int round = 0; round < 20000; round++) {
		size_t length = check_random(&state) % sizeof url;
		for (size_t i = 0; i < length; i++)
			url[i] = "ab./%2e5?:#@[]\\ \x80 0x1"[check_random(&state) % 22];
		if (detect_address_canonical(url, length, once, sizeof once, &n))
			continue;
		CHECK(detect_address_canonical(once, n, twice, sizeof twice, &m) == DETECT_OK);
	}
}

/* SHA-256 of "abc" is B.1 of FIPS 180-4; the first four bytes of an expression are its prefix. */
static void test_expressions(void)
{
	struct detect_expression e[DETECT_EXPRESSIONS_MAX];
	size_t n;
	CHECK(!detect_address_expressions("http://a.b.c/1/2.html?param=1", 29, e, &n) && n == 8);
	CHECK(!detect_address_expressions("http://a.b.c.d.e.f.g/1.html", 27, e, &n) && n == 10);
	CHECK(!detect_address_expressions("http://1.2.3.4/1/", 17, e, &n) && n == 2);
	CHECK(!detect_address_expressions("http://a.b.c.d.e.f.g/1/2/3/4/5.html?x", 37, e, &n) && n == 30);
	CHECK(!detect_address_expressions("example.com", 11, e, &n) && n == 1);
	/* sha256("example.com/") */
	static const uint8_t known[4] = { 0x73, 0xd9, 0x86, 0xe0 };
	CHECK(!memcmp(e[0].sha256, known, 4), "%02x%02x%02x%02x", e[0].sha256[0], e[0].sha256[1], e[0].sha256[2], e[0].sha256[3]);
	CHECK(e[0].prefix == 0x73d986e0u, "%08x", e[0].prefix);
	CHECK(detect_address_expressions("", 0, e, &n) == DETECT_INVALID && n == 0);
}

static int covers(const struct detect_domains *d, const char *name)
{
	return detect_domains_covers(d, name, strlen(name), NULL);
}

static void test_domains(void)
{
	static const char *const names[] = { "bad.example", "*.sub.bad.example", "Evil.Example.", "a-b.example", "x.a-b.example", "tld" };
	static const char *const wrong[] = { "", ".", "a..b", "a b", "-.", "đ.example" };
	struct detect_domains *d = detect_domains_new();
	const char *by = NULL;
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		CHECK(!detect_domains_add(d, names[i], strlen(names[i])), "%s", names[i]);
	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
		CHECK(i == 4 || detect_domains_add(d, wrong[i], strlen(wrong[i])) == DETECT_INVALID, "%s", wrong[i]);
	detect_domains_finish(d);
	CHECK(detect_domains_count(d) == 4, "%zu", detect_domains_count(d));
	CHECK(covers(d, "bad.example") && covers(d, "www.BAD.example.") && covers(d, "x.sub.bad.example"));
	CHECK(!covers(d, "notbad.example") && !covers(d, "example") && !covers(d, "bad.example.org") && !covers(d, ""));
	CHECK(covers(d, "evil.example") && covers(d, "y.x.a-b.example") && !covers(d, "b.example") && covers(d, "any.tld"));
	CHECK(detect_domains_covers(d, "q.bad.example", 13, &by) && !strcmp(by, "bad.example"));
	detect_domains_free(d);
}

int main(void)
{
	test_canonical();
	test_canonical_is_final();
	test_expressions();
	test_domains();
	return check_done();
}
