/* The index finds exactly what a comparison with every hash finds: random sets, families of near-duplicates,
 * thousands of equal hashes; every radius; the index and the scan each by itself. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bank/bank.h"
#include "bank/kernel.h"
#include "check.h"

struct set {
	struct detect_pdq *hashes;
	uint32_t n;
};

static struct detect_pdq random_hash(uint64_t *seed)
{
	struct detect_pdq h = { .family = DETECT_FULL };
	for (size_t i = 0; i < 32; i++)
		h.bits[i] = (uint8_t)check_random(seed);
	return h;
}

static struct detect_pdq near(struct detect_pdq h, uint32_t flips, uint64_t *seed)
{
	for (uint32_t i = 0; i < flips;) {
		uint32_t bit = (uint32_t)(check_random(seed) % 256), mask = 1u << bit % 8;
		h.bits[bit / 8] ^= (uint8_t)mask; /* flipping twice is fine: the distance is at most flips */
		i++;
	}
	return h;
}

/* A third random, a third in families, the rest equal to one of three flat-looking hashes. */
static struct set make_set(uint32_t n, uint64_t *seed)
{
	struct set s = { malloc((n + 1) * sizeof *s.hashes), n };
	struct detect_pdq head = random_hash(seed),
					  flat[3] = { random_hash(seed), random_hash(seed), { .family = DETECT_FULL } };
	for (uint32_t i = 0; i < n; i++) {
		if (i % 3 == 0)
			s.hashes[i] = random_hash(seed);
		else if (i % 3 == 1)
			s.hashes[i] = near(head, (uint32_t)(check_random(seed) % 24), seed);
		else
			s.hashes[i] = flat[i % 9 / 3];
		if (i % 300 == 299)
			head = random_hash(seed);
	}
	return s;
}

static void build(const struct set *s, const char *path)
{
	struct detect_builder *b;
	struct detect_error error = { "" };
	CHECK(!detect_builder_open(DETECT_FULL, &b, &error), "%s", error.text);
	for (uint32_t i = 0; i < s->n; i++) {
		char id[24];
		int size = snprintf(id, sizeof id, "%u", i);
		CHECK(!detect_builder_add(b, &s->hashes[i], id, (size_t)size, &error), "%s", error.text);
	}
	CHECK(!detect_builder_write(b, path, 2, NULL, NULL, &error), "%s", error.text);
	detect_builder_close(b);
}

static int by_number(const void *a, const void *b)
{
	return memcmp(a, b, sizeof(uint64_t)) ? (*(const uint64_t *)a > *(const uint64_t *)b) * 2 - 1 : 0;
}

/* (distance, id) pairs of what was found, as sorted numbers. */
static size_t found_pairs(const struct detect_bank *b, const struct detect_matches *m, uint64_t *pairs)
{
	for (size_t i = 0; i < m->n; i++) {
		char id[256];
		detect_bank_id(b, m->at[i].entry, id);
		pairs[i] = (uint64_t)m->at[i].distance << 32 | strtoul(id, NULL, 10);
	}
	qsort(pairs, m->n, sizeof *pairs, by_number);
	return m->n;
}

static size_t true_pairs(
	const struct set *s, const struct detect_pdq *query, uint32_t radius, uint64_t *pairs)
{
	size_t n = 0;
	for (uint32_t i = 0; i < s->n; i++) {
		uint32_t distance = (uint32_t)detect_pdq_distance(query, &s->hashes[i]);
		if (distance <= radius)
			pairs[n++] = (uint64_t)distance << 32 | i;
	}
	qsort(pairs, n, sizeof *pairs, by_number);
	return n;
}

static void compare(
	const struct detect_bank *b, const struct set *s, const struct detect_pdq *query, uint32_t radius)
{
	uint64_t *expected = malloc((s->n + 1) * sizeof *expected), *got = malloc((s->n + 1) * sizeof *got);
	const size_t n = true_pairs(s, query, radius, expected);
	const struct words words = words_of(query->bits);
	struct detect_matches m = { 0 };
	if (radius <= 64) {
		CHECK(!search_index(b, &words, 1, 0, radius, &m));
		CHECK(m.n == n, "index, radius %u: %zu, not %zu", radius, m.n, n);
		CHECK(m.n != n || (found_pairs(b, &m, got) == n && !memcmp(got, expected, n * sizeof *got)));
	}
	m.n = 0;
	CHECK(!search_scan(b, &words, 1, 0, radius, &m));
	CHECK(m.n == n, "scan, radius %u: %zu, not %zu", radius, m.n, n);
	CHECK(m.n != n || (found_pairs(b, &m, got) == n && !memcmp(got, expected, n * sizeof *got)));
	m.n = 0;
	CHECK(!detect_bank_query(b, query, (int)radius, &m, NULL) && m.n == n);
	for (size_t i = 0; i < m.n && i < n;
		 i++) { /* ids are numbers: the order of pairs is the order asked for */
		char id[256];
		detect_bank_id(b, m.at[i].entry, id);
		CHECK(((uint64_t)m.at[i].distance << 32 | strtoul(id, NULL, 10)) == expected[i], "order at %zu", i);
	}
	detect_matches_free(&m);
	free(expected);
	free(got);
}

static void try_set(uint32_t n, const char *path, uint64_t *seed)
{
	static const uint32_t radii[] = { 0, 1, 7, 10, 11, 21, 30, 31, 32, 45, 64, 65, 120, 256 };
	struct set s = make_set(n, seed);
	build(&s, path);
	struct detect_bank *b;
	struct detect_error error = { "" };
	CHECK(!detect_bank_open(path, DETECT_CHECK_ALL, &b, &error), "%s", error.text);
	CHECK(detect_bank_count(b) == n);
	for (size_t r = 0; r < sizeof radii / sizeof *radii; r++)
		for (int i = 0; i < 12; i++) {
			struct detect_pdq query = random_hash(seed);
			if (n && i < 10)
				query = near(
					s.hashes[check_random(seed) % n], (uint32_t)(check_random(seed) % (radii[r] + 1)), seed);
			compare(b, &s, &query, radii[r]);
		}
	detect_bank_close(b);
	free(s.hashes);
}

/* Many queries on threads give what single ones give, in their order. */
static void try_threads(const char *path, uint64_t *seed)
{
	enum { N = 1000 };
	struct set s = make_set(30000, seed);
	build(&s, path);
	struct detect_bank *b;
	CHECK(!detect_bank_open(path, DETECT_CHECK_PROOF, &b, NULL));
	struct detect_pdq queries[N];
	for (size_t i = 0; i < N; i++)
		queries[i] = near(s.hashes[check_random(seed) % s.n / 3 * 3], 20, seed);
	struct detect_matches all = { 0 }, one = { 0 };
	CHECK(!detect_bank_query_many(b, queries, N, 31, 4, &all, NULL));
	size_t at = 0;
	for (uint32_t i = 0; i < N; i++) {
		one.n = 0;
		CHECK(!detect_bank_query(b, &queries[i], 31, &one, NULL) && one.n > 0);
		for (size_t k = 0; k < one.n; k++, at++)
			CHECK(at < all.n && all.at[at].query == i && all.at[at].entry == one.at[k].entry &&
				all.at[at].distance == one.at[k].distance);
	}
	CHECK(at == all.n);
	detect_matches_free(&all);
	detect_matches_free(&one);
	detect_bank_close(b);
	free(s.hashes);
}

static void check_kernels(uint64_t *seed)
{
	static const struct bank_kernel *const kernels[] = {
		&bank_kernel_portable,
#ifdef __x86_64__
		&bank_kernel_popcnt,
		&bank_kernel_avx512,
#endif
	};
	uint32_t sketches[1000];
	for (size_t i = 0; i < 1000; i++)
		sketches[i] = (uint32_t)check_random(seed) & (uint32_t)check_random(seed) & 0x10101;
	for (size_t k = 0; k < sizeof kernels / sizeof *kernels; k++) {
		if (!kernels[k]->supported())
			continue;
		struct piece pieces[3] = { { 0, 17, 1 }, { 20, 20, 9 }, { 33, 1000, 2 } };
		uint32_t passed[64], expected = 0;
		size_t total = 0;
		for (size_t at = 0; at < 3;) {
			size_t n = kernels[k]->filter(sketches, 0x101, pieces, &at, 3, passed, 64);
			for (size_t p = 0; p < n; p++)
				CHECK(passed[p] < 1000 &&
					__builtin_popcount(sketches[passed[p]] ^ 0x101) <= (passed[p] < 17 ? 1 : 2));
			total += n;
		}
		for (uint32_t j = 0; j < 1000; j++)
			expected += (j < 17 || j >= 33) && __builtin_popcount(sketches[j] ^ 0x101) <= (j < 17 ? 1 : 2);
		CHECK(total == expected, "%s: %zu, not %u", kernels[k]->name, total, expected);
	}
}

int main(void)
{
	char folder[] = "bank-search-XXXXXX", path[64];
	if (!mkdtemp(folder))
		return 1;
	snprintf(path, sizeof path, "%s/bank", folder);
	uint64_t seed = 3;
	check_kernels(&seed);
	static const uint32_t sizes[] = { 0, 1, 2, 50, 511, 512, 513, 5000, 40000 };
	for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++)
		try_set(sizes[i], path, &seed);
	try_threads(path, &seed);
	unlink(path);
	snprintf(path, sizeof path, "%s/bank.log", folder);
	unlink(path);
	rmdir(folder);
	return check_done();
}
