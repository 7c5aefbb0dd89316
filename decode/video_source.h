/* A video file as a row of decoded frames: libav behind an allow-list of containers and decoders, reading
 * through one descriptor, in one thread. */
#ifndef DECODE_VIDEO_SOURCE_H
#define DECODE_VIDEO_SOURCE_H

#include "client.h"

#include <libavcodec/avcodec.h>
#include <libavformat/avformat.h>

struct video_source {
	int fd;
	int64_t position, size;
	AVIOContext *io;
	AVFormatContext *container;
	AVCodecContext *decoder;
	AVPacket *packet;
	AVFrame *frame;
	int stream;
	bool drained;
	bool damaged; /* some packet could not be decoded, and was passed over */
	double frames_per_second;
	char message[DECODE_MESSAGE_MAX];
};

/* source is zeroed by the caller, except fd and size; video_source_close() in every case. */
enum decode_code video_source_open(struct video_source *source);

/* The next frame in source->frame; *more is false after the last. */
enum decode_code video_source_next(struct video_source *source, bool *more);

/* Seconds from the start of the stream at which source->frame is to be seen, by its own time stamp. */
double video_source_time(const struct video_source *source);

void video_source_close(struct video_source *source);

#endif
