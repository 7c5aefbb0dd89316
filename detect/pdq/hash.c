/* The public face of the PDQ core: finds scratch memory, compares hashes, makes text of them. */
#include <stdlib.h>
#include <string.h>

#include "lachan/detect.h"
#include "pdq.h"
#include "status.h"

/* Checks and hashes the source with scratch memory of this call. */
static enum detect_status hash(const struct pdq_source *source, const char *problem, int turns,
	struct detect_pdq *out, struct detect_error *error)
{
	if (problem)
		return detect_fail(DETECT_INVALID, error, "%s", problem);
	const struct pdq_kernel *kernel = pdq_kernel();
	void *scratch = aligned_alloc(64, pdq_scratch_size(kernel, source));
	if (!scratch)
		return detect_fail(
			DETECT_MEMORY, error, "no memory to hash %u x %u pixels", source->width, source->height);
	pdq_hash_source(kernel, source, scratch, turns, out);
	free(scratch);
	return DETECT_OK;
}

enum detect_status detect_pdq_hash(const struct detect_image *image, enum detect_family family,
	struct detect_pdq *out, struct detect_error *error)
{
	struct pdq_source source;
	const char *problem = pdq_source_of(image, family, &source);
	source.keep_64 = true;
	return hash(&source, problem, 1, out, error);
}

enum detect_status detect_pdq_dihedral(const struct detect_image *image, enum detect_family family,
	struct detect_pdq out[DETECT_TURNS], struct detect_error *error)
{
	struct pdq_source source;
	const char *problem = pdq_source_of(image, family, &source);
	return hash(&source, problem, DETECT_TURNS, out, error);
}

enum detect_status detect_pdq_hash_luma(
	const float *luma, uint32_t width, uint32_t height, struct detect_pdq *out, struct detect_error *error)
{
	const struct detect_image shape = { .width = width, .height = height, .channels = 1 };
	struct pdq_source source;
	const char *problem = pdq_source_of(&shape, DETECT_FULL, &source);
	source.luma = luma;
	source.keep_64 = true;
	return hash(&source, problem, 1, out, error);
}

int detect_pdq_distance(const struct detect_pdq *a, const struct detect_pdq *b)
{
	int distance = 0;
	for (size_t i = 0; i < sizeof a->bits; i += 8) {
		uint64_t x, y;
		memcpy(&x, a->bits + i, sizeof x);
		memcpy(&y, b->bits + i, sizeof y);
		distance += __builtin_popcountll(x ^ y);
	}
	return distance;
}

void detect_pdq_to_hex(const struct detect_pdq *hash, char out[65])
{
	static const char digits[] = "0123456789abcdef";
	for (size_t i = 0; i < sizeof hash->bits; i++) {
		out[2 * i] = digits[hash->bits[i] >> 4];
		out[2 * i + 1] = digits[hash->bits[i] & 15];
	}
	out[64] = '\0';
}

/* The value of a hexadecimal digit, or 16. */
static unsigned digit_value(char c)
{
	if (c >= '0' && c <= '9')
		return (unsigned)(c - '0');
	unsigned letter = (unsigned)(c | 0x20) - 'a';
	return letter < 6 ? letter + 10 : 16;
}

enum detect_status detect_pdq_from_hex(const char *text, size_t n, struct detect_pdq *out)
{
	uint8_t bits[sizeof out->bits];
	if (n != 2 * sizeof bits)
		return DETECT_INVALID;
	unsigned wrong = 0;
	for (size_t i = 0; i < sizeof bits; i++) {
		unsigned high = digit_value(text[2 * i]), low = digit_value(text[2 * i + 1]);
		wrong |= (high | low) & 16;
		bits[i] = (uint8_t)(high << 4 | (low & 15));
	}
	if (wrong)
		return DETECT_INVALID;
	memcpy(out->bits, bits, sizeof bits);
	return DETECT_OK;
}

const char *detect_pdq_kernel_name(void)
{
	return pdq_kernel()->name;
}
