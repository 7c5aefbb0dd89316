#include "video_source.h"

#include "message.h"

#include <libavutil/avstring.h>
#include <string.h>
#include <unistd.h>

enum { IO_BYTES = 1 << 16, MAGIC_BYTES = 400, STREAMS_MAX = 64 };

static enum decode_code fail(struct video_source *source, enum decode_code code, const char *text)
{
	message_set(source->message, "%s", text);
	return code;
}

static enum decode_code library_fail(struct video_source *source, int error)
{
	char text[AV_ERROR_MAX_STRING_SIZE];
	av_strerror(error, text, sizeof text);
	return fail(source, error == AVERROR(ENOMEM) ? DECODE_TOO_LARGE : DECODE_BROKEN, text);
}

/* ---- Containers: chosen by the first bytes, so that no other demuxer ever sees the file ---- */

static const struct container {
	const char *demuxer;
	unsigned offset, n;
	const char *magic;
} containers[] = {
	{ "mov", 4, 4, "ftyp" }, { "mov", 4, 4, "moov" }, { "mov", 4, 4, "mdat" }, { "mov", 4, 4, "wide" },
	{ "mov", 4, 4, "free" }, { "mov", 4, 4, "skip" },
	{ "matroska", 0, 4, "\x1a\x45\xdf\xa3" },
	{ "avi", 8, 4, "AVI " },
	{ "flv", 0, 3, "FLV" },
	{ "ogg", 0, 4, "OggS" },
	{ "asf", 0, 4, "\x30\x26\xb2\x75" },
	{ "mpeg", 0, 4, "\0\0\1\xba" },
	{ "gif", 0, 4, "GIF8" },
};

static bool is_transport_stream(const uint8_t *file, size_t n)
{
	return n > 376 && file[0] == 0x47 && file[188] == 0x47 && file[376] == 0x47;
}

static const AVInputFormat *find_container(int fd)
{
	uint8_t magic[MAGIC_BYTES];
	ssize_t got = pread(fd, magic, sizeof magic, 0);
	size_t n = got > 0 ? (size_t)got : 0;

	for (size_t i = 0; i < sizeof containers / sizeof containers[0]; i++) {
		const struct container *is = &containers[i];
		if (is->offset + is->n <= n && memcmp(magic + is->offset, is->magic, is->n) == 0)
			return av_find_input_format(is->demuxer);
	}
	return is_transport_stream(magic, n) ? av_find_input_format("mpegts") : NULL;
}

/* ---- Reading ---- */

static int on_read(void *user, uint8_t *to, int n)
{
	struct video_source *source = user;
	ssize_t got = pread(source->fd, to, (size_t)n, source->position);

	if (got < 0)
		return AVERROR(EIO);
	source->position += got;
	return got ? (int)got : AVERROR_EOF;
}

static int64_t on_seek(void *user, int64_t offset, int whence)
{
	struct video_source *source = user;
	int64_t base = whence == SEEK_CUR ? source->position : whence == SEEK_END ? source->size : 0;

	if (whence == AVSEEK_SIZE)
		return source->size;
	if (offset > INT64_MAX - base || base + offset < 0)
		return AVERROR(EINVAL);
	return source->position = base + offset;
}

/* Containers may refer to other files. There are none here. */
static int refuse_other_files(AVFormatContext *, AVIOContext **, const char *, int, AVDictionary **)
{
	return AVERROR(EPERM);
}

static bool open_io(struct video_source *source)
{
	uint8_t *buffer = av_malloc(IO_BYTES);
	if (!buffer)
		return false;
	source->io = avio_alloc_context(buffer, IO_BYTES, 0, source, on_read, NULL, on_seek);
	if (!source->io)
		av_free(buffer);
	return source->io;
}

static const char decoder_names[] = "h264,hevc,vp8,vp9,libdav1d,mpeg4,mpeg1video,mpeg2video,h263,flv,mjpeg,"
	"wmv1,wmv2,wmv3,vc1,msmpeg4v2,msmpeg4,theora,prores,gif";

static enum decode_code open_container(struct video_source *source)
{
	const AVInputFormat *format = find_container(source->fd);

	if (!format)
		return fail(source, DECODE_UNKNOWN, "not a video of a known format");
	source->container = avformat_alloc_context();
	if (!source->container || !open_io(source))
		return fail(source, DECODE_TOO_LARGE, "no memory");
	source->container->pb = source->io;
	source->container->io_open = refuse_other_files;
	source->container->max_streams = STREAMS_MAX;
	source->container->codec_whitelist = av_strdup(decoder_names);
	source->container->format_whitelist = av_strdup(format->name);
	int error = avformat_open_input(&source->container, NULL, format, NULL);
	if (error >= 0)
		error = avformat_find_stream_info(source->container, NULL);
	return error < 0 ? library_fail(source, error) : DECODE_OK;
}

/* ---- Decoding ---- */

static const AVCodec *find_decoder(enum AVCodecID id)
{
	void *place = NULL;
	const AVCodec *codec;

	while ((codec = av_codec_iterate(&place)))
		if (codec->id == id && av_codec_is_decoder(codec) && av_match_list(codec->name, decoder_names, ','))
			return codec;
	return NULL;
}

static enum decode_code open_decoder(struct video_source *source, const AVStream *stream)
{
	const AVCodec *codec = find_decoder(stream->codecpar->codec_id);
	int error;

	if (!codec)
		return fail(source, DECODE_UNKNOWN, "a video codec that is not opened");
	source->decoder = avcodec_alloc_context3(codec);
	source->packet = av_packet_alloc();
	source->frame = av_frame_alloc();
	if (!source->decoder || !source->packet || !source->frame)
		return fail(source, DECODE_TOO_LARGE, "no memory");
	error = avcodec_parameters_to_context(source->decoder, stream->codecpar);
	if (error < 0)
		return library_fail(source, error);
	source->decoder->thread_count = 1;
	source->decoder->max_pixels = DECODE_PIXEL_BYTES_MAX / 3;
	error = avcodec_open2(source->decoder, codec, NULL);
	return error < 0 ? library_fail(source, error) : DECODE_OK;
}

/* As vPDQ has it: the average rate, else the one that the container claims. */
static double rate_of(const AVStream *stream)
{
	static const AVRational usual = { 25, 1 };
	AVRational rate = stream->avg_frame_rate;

	if (rate.num <= 0 || rate.den <= 0)
		rate = stream->r_frame_rate;
	if (rate.num <= 0 || rate.den <= 0)
		rate = usual;
	return av_q2d(rate);
}

enum decode_code video_source_open(struct video_source *source)
{
	enum decode_code code = open_container(source);
	if (code != DECODE_OK)
		return code;
	source->stream = av_find_best_stream(source->container, AVMEDIA_TYPE_VIDEO, -1, -1, NULL, 0);
	if (source->stream < 0)
		return fail(source, DECODE_UNKNOWN, "no video in it");
	for (unsigned i = 0; i < source->container->nb_streams; i++)
		if ((int)i != source->stream)
			source->container->streams[i]->discard = AVDISCARD_ALL;
	const AVStream *stream = source->container->streams[source->stream];
	source->frames_per_second = rate_of(stream);
	return open_decoder(source, stream);
}

/* Sends the next packet of the stream, or the end. Packets that cannot be decoded are passed over, as every
 * player does, because one bad packet must not hide the rest. */
static enum decode_code feed(struct video_source *source)
{
	int error = av_read_frame(source->container, source->packet);

	if (error < 0) {
		source->drained = true;
		source->damaged |= error != AVERROR_EOF;
		avcodec_send_packet(source->decoder, NULL);
		return DECODE_OK;
	}
	error = source->packet->stream_index == source->stream
		? avcodec_send_packet(source->decoder, source->packet) : 0;
	av_packet_unref(source->packet);
	if (error == AVERROR(ENOMEM))
		return library_fail(source, error);
	source->damaged |= error < 0;
	return DECODE_OK;
}

enum decode_code video_source_next(struct video_source *source, bool *more)
{
	for (;;) {
		int error = avcodec_receive_frame(source->decoder, source->frame);
		*more = error >= 0;
		if (error >= 0)
			return DECODE_OK;
		if (error == AVERROR(ENOMEM))
			return library_fail(source, error);
		if (error == AVERROR_EOF || (error == AVERROR(EAGAIN) && source->drained))
			return DECODE_OK;
		source->damaged |= error != AVERROR(EAGAIN);
		if (!source->drained) {
			enum decode_code code = feed(source);
			if (code != DECODE_OK)
				return code;
		}
	}
}

double video_source_time(const struct video_source *source)
{
	const AVStream *stream = source->container->streams[source->stream];
	int64_t start = stream->start_time != AV_NOPTS_VALUE ? stream->start_time : 0;
	int64_t stamp = source->frame->best_effort_timestamp;

	if (stamp == AV_NOPTS_VALUE)
		return -1;
	return (double)(stamp - start) * av_q2d(stream->time_base);
}

void video_source_close(struct video_source *source)
{
	av_frame_free(&source->frame);
	av_packet_free(&source->packet);
	avcodec_free_context(&source->decoder);
	avformat_close_input(&source->container);
	if (source->io)
		av_freep(&source->io->buffer);
	avio_context_free(&source->io);
}
