/* WebP by libwebp. Of an animation the first frame, on its canvas. */
#include "picture.h"

#include <string.h>
#include <webp/decode.h>
#include <webp/demux.h>

static enum decode_code code_of(VP8StatusCode status)
{
	return status == VP8_STATUS_OUT_OF_MEMORY ? DECODE_TOO_LARGE : DECODE_BROKEN;
}

static const char *text_of(VP8StatusCode status)
{
	switch (status) {
	case VP8_STATUS_OUT_OF_MEMORY: return "no memory";
	case VP8_STATUS_NOT_ENOUGH_DATA: return "the file ends before the picture does";
	case VP8_STATUS_UNSUPPORTED_FEATURE: return "WebP of an unknown kind";
	default: return "broken WebP data";
	}
}

/* Decodes into the canvas at (left, top), where the caller has made sure that it fits. */
static enum decode_code decode_at(struct bytes data, struct picture *picture, uint32_t left, uint32_t top)
{
	WebPDecoderConfig config;
	size_t stride = (size_t)picture->width * 3, start = stride * top + (size_t)left * 3;

	if (!WebPInitDecoderConfig(&config))
		return picture_fail(picture, DECODE_BROKEN, "another version of libwebp");
	config.output.colorspace = MODE_RGB;
	config.output.is_external_memory = 1;
	config.output.u.RGBA.rgba = picture->pixels + start;
	config.output.u.RGBA.stride = (int)stride;
	config.output.u.RGBA.size = picture->size - start;
	VP8StatusCode status = WebPDecode(data.at, data.n, &config);
	if (status != VP8_STATUS_OK)
		return picture_fail(picture, code_of(status), "%s", text_of(status));
	return DECODE_OK;
}

static enum decode_code decode_still(
	struct bytes file, struct picture *picture, const WebPBitstreamFeatures *is)
{
	picture->file_channels = is->has_alpha ? 4 : 3;
	enum decode_code code = picture_begin(picture, (uint32_t)is->width, (uint32_t)is->height, 3);
	return code == DECODE_OK ? decode_at(file, picture, 0, 0) : code;
}

static bool fits(const WebPIterator *frame, const struct picture *picture)
{
	return frame->x_offset >= 0 && frame->y_offset >= 0 && frame->width > 0 && frame->height > 0
		&& (int64_t)frame->x_offset + frame->width <= picture->width
		&& (int64_t)frame->y_offset + frame->height <= picture->height;
}

static enum decode_code decode_frame(const WebPIterator *frame, struct picture *picture)
{
	struct bytes data = { frame->fragment.bytes, frame->fragment.size };
	int width = 0, height = 0;

	if (!WebPGetInfo(data.at, data.n, &width, &height) || width != frame->width || height != frame->height
		|| !fits(frame, picture))
		return picture_fail(picture, DECODE_BROKEN, "a frame that does not fit its canvas");
	if ((uint32_t)width < picture->width || (uint32_t)height < picture->height)
		memset(picture->pixels, 0, picture->size);
	return decode_at(data, picture, (uint32_t)frame->x_offset, (uint32_t)frame->y_offset);
}

static enum decode_code decode_animation(struct bytes file, struct picture *picture,
	const WebPBitstreamFeatures *is)
{
	const WebPData data = { file.at, file.n };
	WebPIterator frame = { 0 };

	picture->file_channels = is->has_alpha ? 4 : 3;
	enum decode_code code = picture_begin(picture, (uint32_t)is->width, (uint32_t)is->height, 3);
	if (code != DECODE_OK)
		return code;
	WebPDemuxer *demuxer = WebPDemux(&data);
	if (demuxer && WebPDemuxGetFrame(demuxer, 1, &frame))
		code = decode_frame(&frame, picture);
	else
		code = picture_fail(picture, DECODE_BROKEN, "an animation without a whole frame");
	WebPDemuxReleaseIterator(&frame);
	WebPDemuxDelete(demuxer);
	return code;
}

bool webp_claims(struct bytes file)
{
	return bytes_have(file, 0, "RIFF", 4) && bytes_have(file, 8, "WEBP", 4);
}

enum decode_code webp_decode(struct bytes file, struct picture *picture)
{
	WebPBitstreamFeatures is;
	VP8StatusCode status = WebPGetFeatures(file.at, file.n, &is);

	if (status != VP8_STATUS_OK)
		return picture_fail(picture, code_of(status), "%s", text_of(status));
	if (is.width <= 0 || is.height <= 0)
		return picture_fail(picture, DECODE_BROKEN, "a side of zero pixels");
	return is.has_animation ? decode_animation(file, picture, &is) : decode_still(file, picture, &is);
}
