/* From a picture to its hashes, with memory that the caller gives: what every build shares, WebAssembly too. */
#include "luma.h"
#include "pdq.h"

const char *pdq_source_of(const struct detect_image *image, enum detect_family family, struct pdq_source *out)
{
	const uint32_t w = image->width, h = image->height, n = image->channels;
	*out = (struct pdq_source){ 0 };
	if (!w || !h || w > PDQ_SIDE_MAX || h > PDQ_SIDE_MAX)
		return "a picture must have sides of 1 to 65536 pixels";
	if (n < 1 || n > 4)
		return "a picture must have 1 to 4 channels";
	if (image->sampling > DETECT_420 || (image->sampling && n != 3))
		return "a picture in planes must have 3 channels and a known sampling";
	if (family != DETECT_FULL && family != DETECT_CPP512)
		return "unknown hash family";
	if (family == DETECT_CPP512 && n % 2 == 0)
		return "family cpp512 has no hash for pictures with alpha";
	const bool shrink = family == DETECT_CPP512 && (w > 512 || h > 512);
	*out = (struct pdq_source){
		.pixels = image->pixels,
		.stride = image->stride ? image->stride : (size_t)w * (image->sampling ? 1 : n),
		.channels = n,
		.sampling = image->sampling,
		.chroma = { image->chroma[0], image->chroma[1] },
		.chroma_stride = image->chroma_stride,
		.full_width = w,
		.full_height = h,
		.width = shrink ? 512 : w,
		.height = shrink ? 512 : h,
		.family = (uint8_t)family,
	};
	return NULL;
}

void pdq_luma_row(const uint8_t *pixels, uint32_t channels, size_t n, float *out)
{
	luma_run(pixels, channels, (uint32_t)n, out);
}

static bool too_small(const struct pdq_source *source)
{
	return source->width < PDQ_SIDE_MIN || source->height < PDQ_SIDE_MIN;
}

size_t pdq_scratch_size(const struct pdq_kernel *kernel, const struct pdq_source *source)
{
	return too_small(source) ? 64 : kernel->scratch_size(source);
}

void pdq_hash_source(const struct pdq_kernel *kernel, const struct pdq_source *source, void *scratch,
	int turns, struct detect_pdq *out)
{
	struct pdq_signal signal;
	if (!too_small(source))
		kernel->signal(source, scratch, &signal);
	for (int t = 0; t < turns; t++) {
		out[t] = (struct detect_pdq){ .family = source->family };
		if (too_small(source))
			continue;
		pdq_bits(&signal, (enum pdq_turn)t, out[t].bits);
		out[t].quality = (uint8_t)signal.quality;
	}
}
