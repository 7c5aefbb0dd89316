/* The public face of the PDQ core: checks arguments, finds scratch memory, makes text of hashes. */
#include <stdlib.h>
#include <string.h>

#include "lachan/detect.h"
#include "pdq.h"
#include "status.h"

static enum detect_status source_of(const struct detect_image *image, enum detect_family family,
                                    struct pdq_source *out, struct detect_error *error)
{
	const uint32_t w = image->width, h = image->height, n = image->channels;
	if (!w || !h || w > PDQ_SIDE_MAX || h > PDQ_SIDE_MAX)
		return detect_fail(DETECT_INVALID, error, "a picture of %u x %u pixels cannot be hashed", w, h);
	if (n < 1 || n > 4)
		return detect_fail(DETECT_INVALID, error, "a picture of %u channels cannot be hashed", n);
	if (family != DETECT_FULL && family != DETECT_CPP512)
		return detect_fail(DETECT_INVALID, error, "unknown hash family %d", (int)family);
	if (family == DETECT_CPP512 && n % 2 == 0)
		return detect_fail(DETECT_INVALID, error, "family cpp512 has no hash for pictures with alpha");
	const size_t stride = image->stride ? image->stride : (size_t)w * n;
	const bool shrink = family == DETECT_CPP512 && (w > 512 || h > 512);
	*out = (struct pdq_source){
		.pixels = image->pixels, .stride = stride, .channels = n, .full_width = w, .full_height = h,
		.width = shrink ? 512 : w, .height = shrink ? 512 : h,
	};
	return DETECT_OK;
}

static enum detect_status signal_of(const struct pdq_source *source, struct pdq_signal *signal,
                                    struct detect_error *error)
{
	const struct pdq_kernel *kernel = pdq_kernel();
	void *scratch = aligned_alloc(64, kernel->scratch_size(source));
	if (!scratch)
		return detect_fail(DETECT_MEMORY, error, "no memory to hash %u x %u pixels", source->width,
		                   source->height);
	kernel->signal(source, scratch, signal);
	free(scratch);
	return DETECT_OK;
}

/* The first `turns` of the eight hashes of the source. */
static enum detect_status hash_source(const struct pdq_source *source, enum detect_family family, int turns,
                                      struct detect_pdq *out, struct detect_error *error)
{
	for (int t = 0; t < turns; t++)
		out[t] = (struct detect_pdq){ .family = (uint8_t)family };
	if (source->width < PDQ_SIDE_MIN || source->height < PDQ_SIDE_MIN)
		return DETECT_OK;
	struct pdq_signal signal;
	enum detect_status status = signal_of(source, &signal, error);
	for (int t = 0; t < turns && status == DETECT_OK; t++) {
		pdq_bits(&signal, (enum pdq_turn)t, out[t].bits);
		out[t].quality = (uint8_t)signal.quality;
	}
	return status;
}

enum detect_status detect_pdq_hash(const struct detect_image *image, enum detect_family family,
                                   struct detect_pdq *out, struct detect_error *error)
{
	struct pdq_source source;
	enum detect_status status = source_of(image, family, &source, error);
	source.keep_64 = true;
	return status ? status : hash_source(&source, family, 1, out, error);
}

enum detect_status detect_pdq_dihedral(const struct detect_image *image, enum detect_family family,
                                       struct detect_pdq out[DETECT_TURNS], struct detect_error *error)
{
	struct pdq_source source;
	enum detect_status status = source_of(image, family, &source, error);
	return status ? status : hash_source(&source, family, DETECT_TURNS, out, error);
}

enum detect_status detect_pdq_hash_luma(const float *luma, uint32_t width, uint32_t height,
                                        struct detect_pdq *out, struct detect_error *error)
{
	const struct detect_image shape = { .width = width, .height = height, .channels = 1 };
	struct pdq_source source;
	enum detect_status status = source_of(&shape, DETECT_FULL, &source, error);
	source.luma = luma;
	source.keep_64 = true;
	return status ? status : hash_source(&source, DETECT_FULL, 1, out, error);
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
