/* Videos: frames are scaled into slots of the shared pixels, so that decoding goes on while the client still
 * reads the one before. */
#include "channel.h"
#include "service.h"

#include "message.h"
#include "video_source.h"

#include <libswscale/swscale.h>
#include <math.h>
#include <string.h>

/* Frames under way at once, within so many bytes unless one frame needs more. The scaler may write a little
 * beyond the last row. */
enum { SLOTS_MAX = 4, SLOT_PADDING = 64, SLOT_BYTES_MAX = 32 << 20 };

enum { WORKING_EVERY = 32 };

struct film {
	struct video_source source;
	const struct decode_video_options *wanted;
	struct SwsContext *scaler;
	uint32_t width, height;
	uint32_t every; /* hand out frames whose number is a multiple of this */
	uint8_t *slots;
	size_t slot_size;
	unsigned slot_count, slot, unread; /* slot: the one filled last */
	uint64_t number;                   /* of the next frame */
	uint64_t sent;
	bool stopped;
	char message[DECODE_MESSAGE_MAX];
};

static enum decode_code fail(struct film *film, enum decode_code code, const char *text)
{
	message_set(film->message, "%s", text);
	return code;
}

/* ---- Slots ---- */

static enum decode_code plan_slots(struct film *film)
{
	size_t size = (size_t)film->width * film->height * 3;

	if (film->width > DECODE_SIDE_MAX || film->height > DECODE_SIDE_MAX
		|| size > DECODE_PIXEL_BYTES_MAX - 2 * SLOT_PADDING)
		return fail(film, DECODE_TOO_LARGE, "too large a frame");
	film->slot_size = (size + 2 * SLOT_PADDING - 1) / SLOT_PADDING * SLOT_PADDING;
	film->slot_count = SLOTS_MAX;
	while (film->slot_count > 1 && film->slot_count * film->slot_size > SLOT_BYTES_MAX)
		film->slot_count--;
	film->slots = channel_pixels(film->slot_count * film->slot_size);
	return film->slots ? DECODE_OK : fail(film, DECODE_TOO_LARGE, "no memory for a frame");
}

static void await_verdict(struct film *film)
{
	film->stopped |= !channel_verdict().go_on;
	film->unread--;
}

/* A slot that the client has read. */
static uint8_t *next_slot(struct film *film)
{
	if (film->unread == film->slot_count)
		await_verdict(film);
	film->slot = (film->slot + 1) % film->slot_count;
	return film->slots + film->slot * film->slot_size;
}

static void send_slot(struct film *film, double fps)
{
	const struct decode_reply reply = {
		.kind = DECODE_REPLY_FRAME, .width = film->width, .height = film->height,
		.channels = 3, .file_channels = 3,
		.offset = film->slot * film->slot_size, .size = (uint64_t)film->width * film->height * 3,
		.number = film->number, .seconds = (double)film->number / fps,
	};
	channel_send(&reply);
	film->unread++;
	film->sent++;
}

/* ---- Frames ---- */

/* Area averaging is vPDQ's scaling; ffmpeg's own default, which TMK was defined with, is bicubic. */
static int scaling(const struct film *film)
{
	return film->wanted->resample_fps ? SWS_BICUBIC : SWS_AREA;
}

static enum decode_code scale(struct film *film, uint8_t *to)
{
	const AVFrame *frame = film->source.frame;
	uint8_t *planes[4] = { to };
	int strides[4] = { (int)film->width * 3 };

	film->scaler = sws_getCachedContext(film->scaler, frame->width, frame->height, frame->format,
		(int)film->width, (int)film->height, AV_PIX_FMT_RGB24, scaling(film), NULL, NULL, NULL);
	if (!film->scaler)
		return fail(film, DECODE_BROKEN, "pixels of a kind that cannot be converted");
	if (sws_scale(film->scaler, (const uint8_t *const *)frame->data, frame->linesize, 0, frame->height,
		planes, strides) != (int)film->height)
		return fail(film, DECODE_BROKEN, "a frame that cannot be scaled");
	return DECODE_OK;
}

static enum decode_code count_sent(struct film *film)
{
	return film->sent < film->wanted->frames_max ? DECODE_OK
		: fail(film, DECODE_TOO_LARGE, "more frames than asked for at most");
}

/* Tells the client now and then that unwanted frames go by, and no bomb is at work. */
static void pass_over(const struct film *film)
{
	if (film->number % WORKING_EVERY == 0)
		channel_send(&(struct decode_reply){ .kind = DECODE_REPLY_WORKING });
}

/* Counts this frame, and sends it if it is one of those wanted. */
static enum decode_code pass_on(struct film *film)
{
	enum decode_code code = DECODE_OK;

	if (film->number % film->every == 0) {
		code = count_sent(film);
		if (code == DECODE_OK)
			code = scale(film, next_slot(film));
		if (code == DECODE_OK)
			send_slot(film, film->source.frames_per_second);
	} else {
		pass_over(film);
	}
	film->number++;
	return code;
}

/* Sends the frame before once more, for a moment at which no new one was due. */
static enum decode_code repeat(struct film *film)
{
	enum decode_code code = count_sent(film);
	const uint8_t *before = film->slots + film->slot * film->slot_size;

	if (code != DECODE_OK)
		return code;
	uint8_t *slot = next_slot(film);
	if (slot != before)
		memcpy(slot, before, film->slot_size);
	send_slot(film, film->wanted->resample_fps);
	film->number++;
	return DECODE_OK;
}

/* Frame k of the constant rate shows what is on at k / rate: frames too close to their forerunner go. */
static enum decode_code pass_on_resampled(struct film *film)
{
	double seconds = video_source_time(&film->source);
	double due = seconds < 0 ? (double)film->number : floor(seconds * film->wanted->resample_fps + 0.5);
	enum decode_code code = DECODE_OK;

	while (code == DECODE_OK && film->sent > 0 && (double)film->number < due && !film->stopped)
		code = repeat(film);
	if (code != DECODE_OK || (film->sent > 0 && (double)film->number > due) || film->stopped)
		return code;
	code = count_sent(film);
	if (code == DECODE_OK)
		code = scale(film, next_slot(film));
	if (code == DECODE_OK)
		send_slot(film, film->wanted->resample_fps);
	film->number++;
	return code;
}

static enum decode_code begin(struct film *film)
{
	const struct decode_video_options *wanted = film->wanted;
	double every = wanted->seconds_between * film->source.frames_per_second;

	film->every = every >= UINT32_MAX ? UINT32_MAX : every >= 1 ? (uint32_t)every : 1;
	film->width = wanted->width ? wanted->width : (uint32_t)film->source.decoder->width;
	film->height = wanted->height ? wanted->height : (uint32_t)film->source.decoder->height;
	if (!film->width || !film->height)
		return fail(film, DECODE_BROKEN, "a side of zero pixels");
	return plan_slots(film);
}

static enum decode_code play(struct film *film)
{
	enum decode_code code = video_source_open(&film->source);
	bool more = true;

	if (code == DECODE_OK)
		code = begin(film);
	while (code == DECODE_OK && !film->stopped) {
		code = video_source_next(&film->source, &more);
		if (code != DECODE_OK || !more)
			break;
		code = film->wanted->resample_fps ? pass_on_resampled(film) : pass_on(film);
	}
	while (film->unread)
		await_verdict(film);
	if (code == DECODE_OK && film->number == 0)
		return fail(film, DECODE_BROKEN, "no frame could be decoded");
	return code;
}

static enum decode_code serve(int fd, const struct decode_request *request, struct decode_reply *done)
{
	struct film film = {
		.source.fd = fd, .source.size = (int64_t)request->file_size, .wanted = &request->video
	};

	enum decode_code code = play(&film);
	const char *said = film.message[0] ? film.message : film.source.message;
	done->damaged = film.source.damaged;
	if (code == DECODE_OK && film.source.damaged)
		said = "parts of the video could not be decoded";
	message_set(done->message, "%s", said);
	sws_freeContext(film.scaler);
	video_source_close(&film.source);
	return code;
}

static void prepare(void)
{
	av_log_set_level(AV_LOG_QUIET);
}

const struct service service = { .prepare = prepare, .serve = serve };
