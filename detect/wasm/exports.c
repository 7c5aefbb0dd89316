/*
 * The PDQ core and the file hashes for WebAssembly, without any C library. The page writes its bytes where
 * lachan_input() says and calls one of the others; results lie where they return, until the next call.
 */
#include "lachan/detect.h"
#include "pdq/pdq.h"

#define EXPORT(name) __attribute__((export_name(#name)))

enum { PAGE = 65536 };

extern uint8_t __heap_base; /* set by the linker: memory from here on is free */

static size_t input_size;

static uintptr_t aligned(uintptr_t at)
{
	return (at + 63) & ~(uintptr_t)63;
}

static uint8_t *input(void)
{
	return (uint8_t *)aligned((uintptr_t)&__heap_base);
}

/* Memory up to `end`; returns false when the browser gives no more. */
static bool reach(uint64_t end)
{
	const size_t pages = __builtin_wasm_memory_size(0);
	if (end <= (uint64_t)pages * PAGE)
		return true;
	if (end > UINT32_MAX)
		return false;
	return __builtin_wasm_memory_grow(0, (size_t)((end + PAGE - 1) / PAGE) - pages) != SIZE_MAX;
}

/* Room for n bytes of input; NULL when there is not so much memory. */
EXPORT(lachan_input) uint8_t *lachan_input(uint32_t n)
{
	if (!reach((uint64_t)(uintptr_t)input() + n))
		return NULL;
	input_size = n;
	return input();
}

/* ---- Pictures ------------------------------------------------------------------------------------------ */

struct pdq_result {
	uint8_t quality;
	uint8_t hash[32];
	uint8_t turned[DETECT_TURNS][32];
};

static void copy_bits(const struct detect_pdq *from, uint8_t to[32])
{
	for (int i = 0; i < 32; i++)
		to[i] = from->bits[i];
}

static bool hash_source(const struct pdq_source *source, int turns, struct detect_pdq *out)
{
	const struct pdq_kernel *kernel = &pdq_kernel_portable;
	uint8_t *scratch = (uint8_t *)aligned((uintptr_t)input() + input_size);
	if (!reach((uint64_t)(uintptr_t)scratch + pdq_scratch_size(kernel, source)))
		return false;
	pdq_hash_source(kernel, source, scratch, turns, out);
	return true;
}

/* Hashes the width * height * channels bytes of the input. NULL: they cannot be hashed in this family, are not
 * all there, or memory is short. */
EXPORT(lachan_pdq)
const struct pdq_result *lachan_pdq(uint32_t width, uint32_t height, uint32_t channels, int family)
{
	static struct pdq_result result;
	struct detect_pdq hashes[DETECT_TURNS];
	struct pdq_source source;
	const struct detect_image image = { .pixels = input(), .width = width, .height = height, .channels = channels };
	if (pdq_source_of(&image, (enum detect_family)family, &source) ||
		(uint64_t)width * height > input_size / channels || !hash_source(&source, DETECT_TURNS, hashes))
		return NULL;
	for (int t = 0; t < DETECT_TURNS; t++)
		copy_bits(&hashes[t], result.turned[t]);
	source.keep_64 = true; /* of 64x64 pixels the plain hash is another */
	if (width == 64 && height == 64)
		hash_source(&source, 1, hashes);
	copy_bits(&hashes[0], result.hash);
	result.quality = hashes[0].quality;
	return &result;
}

/* ---- Files --------------------------------------------------------------------------------------------- */

static struct detect_file_hasher hasher;

EXPORT(lachan_file_begin) void lachan_file_begin(void)
{
	detect_file_hasher_begin(&hasher);
}

/* Adds the input. */
EXPORT(lachan_file_add) void lachan_file_add(void)
{
	detect_file_hasher_add(&hasher, input(), input_size);
}

/* MD5 (16 bytes), SHA-1 (20) and SHA-256 (32), one after the other. */
EXPORT(lachan_file_end) const uint8_t *lachan_file_end(void)
{
	static struct detect_file_hashes hashes;
	_Static_assert(offsetof(struct detect_file_hashes, sha256) == 36, "the three lie side by side");
	detect_file_hasher_end(&hasher, &hashes);
	return hashes.md5;
}
