// Exact search in a bank against FAISS in the same run: multi-index hashing, and the flat scan for radius 64.
// Usage: bench_bank N SCRATCH_FILE [no-peer], or bench_bank growth SCRATCH_FILE; one core: run under taskset.
#include <faiss/IndexBinaryFlat.h>
#include <faiss/IndexBinaryHash.h>
#include <faiss/impl/AuxIndexStructures.h>
#include <omp.h>
#include <unistd.h>

#include <cstdlib>
#include <cstring>
#include <memory>
#include <string>
#include <vector>

#include "bench.h"
#include "lachan/detect.h"

namespace
{

using Hashes = std::vector<detect_pdq>;

detect_pdq random_hash(uint64_t *seed)
{
	detect_pdq h{};
	h.family = DETECT_FULL;
	for (size_t i = 0; i < 32; i += 8) {
		uint64_t word = bench_random(seed);
		memcpy(h.bits + i, &word, 8);
	}
	return h;
}

detect_pdq near(detect_pdq h, unsigned flips, uint64_t *seed)
{
	for (unsigned i = 0; i < flips; i++) {
		unsigned bit = unsigned(bench_random(seed) % 256);
		h.bits[bit / 8] = uint8_t(h.bits[bit / 8] ^ 1u << bit % 8);
	}
	return h;
}

// Random hashes; half the queries lie within 31 of one of them.
Hashes make_queries(const Hashes &set, size_t n, uint64_t *seed)
{
	Hashes queries;
	for (size_t i = 0; i < n; i++)
		queries.push_back(
			i % 2 ? random_hash(seed) : near(set[bench_random(seed) % set.size()], unsigned(i % 32), seed));
	return queries;
}

void die(const detect_error &error)
{
	fprintf(stderr, "%s\n", error.text);
	exit(1);
}

double build(const Hashes &set, const char *path)
{
	detect_builder *builder;
	detect_error error;
	double start = bench_seconds();
	if (detect_builder_open(DETECT_FULL, &builder, &error))
		die(error);
	for (size_t i = 0; i < set.size(); i++) {
		std::string id = std::to_string(i);
		if (detect_builder_add(builder, &set[i], id.data(), id.size(), &error))
			die(error);
	}
	if (detect_builder_write(builder, path, 1, nullptr, nullptr, &error))
		die(error);
	detect_builder_close(builder);
	return bench_seconds() - start;
}

detect_bank *open_bank(const char *path, detect_bank_check check)
{
	detect_bank *bank;
	detect_error error;
	if (detect_bank_open(path, check, &bank, &error))
		die(error);
	return bank;
}

// Best rate of three, and the number of matches of one pass.
double rate(const detect_bank *bank, const Hashes &queries, int radius, size_t *matches)
{
	double best = 0;
	for (int r = 0; r < 3; r++) {
		detect_matches found{};
		detect_error error;
		double start = bench_seconds();
		if (detect_bank_query_many(bank, queries.data(), queries.size(), radius, 1, &found, &error))
			die(error);
		double now = double(queries.size()) / (bench_seconds() - start);
		best = now > best ? now : best;
		*matches = found.n;
		detect_matches_free(&found);
	}
	return best;
}

std::vector<uint8_t> bytes_of(const Hashes &hashes)
{
	std::vector<uint8_t> bytes(hashes.size() * 32);
	for (size_t i = 0; i < hashes.size(); i++)
		memcpy(&bytes[32 * i], hashes[i].bits, 32);
	return bytes;
}

double peer_rate(const faiss::IndexBinary &index, const Hashes &queries, int radius, size_t *matches)
{
	std::vector<uint8_t> bytes = bytes_of(queries);
	double best = 0;
	for (int r = 0; r < 3; r++) {
		faiss::RangeSearchResult found(queries.size());
		double start = bench_seconds();
		// FAISS finds what is nearer than its radius
		index.range_search(faiss::IndexBinary::idx_t(queries.size()), bytes.data(), radius + 1, &found);
		double now = double(queries.size()) / (bench_seconds() - start);
		best = now > best ? now : best;
		*matches = found.lims[queries.size()];
	}
	return best;
}

void compare_index(const Hashes &set, const detect_bank *bank, const std::string &name, bool peer)
{
	uint64_t seed = 99;
	Hashes many = make_queries(set, 20000, &seed), few(many.begin(), many.begin() + (peer ? 100 : 0));
	size_t ours = 0, theirs = 0, same = 0;
	double value = rate(bank, many, 31, &ours), other = 0;
	if (peer) {
		faiss::IndexBinaryMultiHash index(256, 16, 16);
		index.own_fields = true;
		index.nflip = 1;
		std::vector<uint8_t> bytes = bytes_of(set);
		index.add(faiss::IndexBinary::idx_t(set.size()), bytes.data());
		std::vector<uint8_t>().swap(bytes);
		other = peer_rate(index, few, 31, &theirs);
		rate(bank, few, 31, &same);
		if (same != theirs)
			fprintf(stderr, "different matches: %zu and %zu\n", same, theirs);
	}
	bench_print(("bank-r31-" + name).c_str(), value, "queries/s",
		"FAISS IndexBinaryMultiHash(256,16x16,nflip=1)", other);
}

void compare_scan(const Hashes &set, const detect_bank *bank, const std::string &name, bool peer)
{
	uint64_t seed = 98;
	Hashes many = make_queries(set, 128, &seed), few(many.begin(), many.begin() + 8);
	size_t ours = 0, theirs = 0;
	double value = rate(bank, many, 64, &ours), other = 0;
	if (peer) {
		faiss::IndexBinaryFlat index(256);
		std::vector<uint8_t> bytes = bytes_of(set);
		index.add(faiss::IndexBinary::idx_t(set.size()), bytes.data());
		std::vector<uint8_t>().swap(bytes);
		other = peer_rate(index, few, 64, &theirs);
		rate(bank, few, 64, &ours);
		if (ours != theirs)
			fprintf(stderr, "different matches at radius 64: %zu and %zu\n", ours, theirs);
	}
	bench_print(("bank-r64-batch-" + name).c_str(), value, "queries/s", "FAISS IndexBinaryFlat", other);
}

void print_costs(const detect_bank *bank, const char *path, const std::string &name, double built)
{
	double best = 1;
	for (int i = 0; i < 5; i++) {
		double start = bench_seconds();
		detect_bank_close(open_bank(path, DETECT_CHECK_PROOF));
		double took = bench_seconds() - start;
		best = took < best ? took : best;
	}
	bench_print(("bank-build-" + name).c_str(), built, "s", "", 0);
	bench_print(("bank-open-" + name).c_str(), 1000 * best, "ms", "", 0);
	double count = double(detect_bank_count(bank));
	bench_print(("bank-size-" + name).c_str(), double(detect_bank_bytes(bank)) / count, "bytes/hash", "", 0);
}

Hashes random_set(size_t n)
{
	uint64_t seed = 1;
	Hashes set;
	set.reserve(n);
	for (size_t i = 0; i < n; i++)
		set.push_back(random_hash(&seed));
	return set;
}

void remove_bank(const std::string &path)
{
	unlink(path.c_str());
	unlink((path + ".log").c_str());
}

// What the bound of the plain scheme (11 slots of 23 to 24 bits, 2,866 probes, 2,880 candidates at 10 M, each a
// look-up and a hash) costs at 25 ns an access, in microseconds.
double bound_us(double n)
{
	return 0.025 * (2866 + 2 * 2880 * n / 1e7);
}

void growth(const char *path)
{
	for (size_t n = 10000; n <= 10000000; n *= 10) {
		Hashes set = random_set(n);
		build(set, path);
		detect_bank *bank = open_bank(path, DETECT_CHECK_ALL);
		uint64_t seed = 99;
		size_t matches;
		double us = 1e6 / rate(bank, make_queries(set, 10000, &seed), 31, &matches);
		bench_print(("bank-growth-r31-" + std::to_string(n)).c_str(), us, "us/query",
			"uneven pigeonhole bound at 25 ns an access", bound_us(double(n)));
		detect_bank_close(bank);
		remove_bank(path);
	}
}

// Half random, three tenths in families of 20 near-duplicates, a fifth equal to one of ten flat-picture hashes.
Hashes clustered_set(size_t n)
{
	uint64_t seed = 2;
	Hashes set, flat;
	detect_pdq head = random_hash(&seed);
	for (int i = 0; i < 10; i++)
		flat.push_back(random_hash(&seed));
	for (size_t i = 0; i < n; i++) {
		if (i % 200 == 0)
			head = random_hash(&seed);
		set.push_back(i % 10 < 5 ? random_hash(&seed)
				: i % 10 < 8     ? near(head, 12, &seed)
								 : flat[i / 10 % 10]);
	}
	return set;
}

void clustered(const char *path, const std::string &name)
{
	Hashes set = clustered_set(strtoull(name.c_str(), nullptr, 10)), queries, floods;
	uint64_t seed = 97;
	for (size_t i = 0; i < 10000; i++) {
		size_t at = bench_random(&seed) % set.size() / 10 * 10;
		queries.push_back(i % 2 ? random_hash(&seed) : near(set[at + i / 2 % 8], 16, &seed));
	}
	for (size_t i = 0; i < 50; i++)
		floods.push_back(near(set[8 + 10 * (i % 10)], 8, &seed));
	build(set, path);
	detect_bank *bank = open_bank(path, DETECT_CHECK_ALL);
	size_t matches;
	double value = rate(bank, queries, 31, &matches);
	bench_print(("bank-r31-clustered-" + name).c_str(), value, "queries/s", "", 0);
	value = rate(bank, floods, 31, &matches);
	bench_print(("bank-r31-flooded-" + name).c_str(), value * double(matches) / double(floods.size()),
		"matches/s", "", 0);
	detect_bank_close(bank);
	remove_bank(path);
}

} // namespace

int main(int argc, char **argv)
{
	if (argc < 3)
		return fprintf(stderr, "usage: bench_bank N SCRATCH_FILE [no-peer]\n"), 2;
	omp_set_num_threads(1);
	if (!strcmp(argv[1], "growth"))
		return growth(argv[2]), 0;
	const bool peer = argc < 4;
	Hashes set = random_set(strtoull(argv[1], nullptr, 10));
	double built = build(set, argv[2]);
	detect_bank *bank = open_bank(argv[2], DETECT_CHECK_ALL);
	print_costs(bank, argv[2], argv[1], built);
	compare_index(set, bank, argv[1], peer);
	compare_scan(set, bank, argv[1], peer);
	detect_bank_close(bank);
	remove_bank(argv[2]);
	clustered(argv[2], argv[1]);
	return 0;
}
