#include "media.h"

#include "../base/log.h"

#include <client.h>
#include <lachan/detect.h>

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdio.h>             /* jpeglib.h wants it first */
#include <jpeglib.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

/* A picture may take the decoder 384 MiB and ten seconds: a few at a time, whatever is asked for. */
enum { AT_ONCE = 2, PATIENCE_SECONDS = 10, BLUR_TIMES = 2, JPEG_QUALITY = 88 };

/* -- the file, for the decoder alone ------------------------------------------------------------------------------------- */

status media_begin(struct media_file *file)
{
    file->fd = memfd_create("evidence", MFD_CLOEXEC | MFD_ALLOW_SEALING);
    return file->fd >= 0 ? OK : fail(BUSY, "no memory for a file: errno %d", errno);
}

status media_sink(void *to, const void *bytes, size_t n)
{
    struct media_file *file = to;
    const char *at = bytes;

    while (n) {
        ssize_t put = write(file->fd, at, n);

        if (put < 0 && errno == EINTR)
            continue;
        if (put <= 0)
            return fail(BUSY, "no memory for a file: errno %d", errno);
        at += put;
        n -= (size_t)put;
    }
    return OK;
}

void media_end(struct media_file *file)
{
    if (file->fd >= 0)
        close(file->fd);
    file->fd = -1;
}

/* -- making smaller -------------------------------------------------------------------------------------------------------- */

static uint32_t scaled(uint32_t length, uint32_t longest, uint32_t side)
{
    uint64_t n = longest <= side ? length : (uint64_t)length * side / longest;

    return n ? (uint32_t)n : 1;
}

/* One row of cells while the rows of the picture that fall into it pass by. */
struct row_sums { uint64_t *sums; uint32_t *counts, *cell_of; };

static void sums_add(const struct row_sums *r, const uint8_t *row, struct pixels from, bool grey)
{
    for (uint32_t x = 0; x < from.width; x++) {
        const uint8_t *p = row + (size_t)x * from.channels;
        uint32_t cell = r->cell_of[x];

        r->counts[cell]++;
        if (from.channels == 1)
            r->sums[cell] += p[0];
        else if (grey)
            r->sums[cell] += (299u * p[0] + 587u * p[1] + 114u * p[2]) / 1000;
        else
            for (uint32_t k = 0; k < 3; k++)
                r->sums[(size_t)cell * 3 + k] += p[k];
    }
}

static void sums_take(const struct row_sums *r, uint8_t *row, uint32_t width, uint32_t channels)
{
    for (uint32_t x = 0; x < width; x++) {
        for (uint32_t k = 0; k < channels; k++) {
            row[(size_t)x * channels + k] = (uint8_t)(r->sums[(size_t)x * channels + k] / r->counts[x]);
            r->sums[(size_t)x * channels + k] = 0;
        }
        r->counts[x] = 0;
    }
}

/* Reads each pixel once: the decoder could still change them. */
void media_shrink(struct pixels from, uint32_t side, bool grey, struct media *to)
{
    uint32_t longest = from.width > from.height ? from.width : from.height;
    struct row_sums r;

    to->width = scaled(from.width, longest, side);
    to->height = scaled(from.height, longest, side);
    to->channels = grey || from.channels == 1 ? 1 : 3;
    to->pixels = memory_new((size_t)to->width * to->height * to->channels);
    r = (struct row_sums){ memory_new((size_t)to->width * to->channels * sizeof(uint64_t)),
                           memory_new(to->width * sizeof(uint32_t)), memory_new(from.width * sizeof(uint32_t)) };
    for (uint32_t x = 0; x < from.width; x++)
        r.cell_of[x] = (uint32_t)((uint64_t)x * to->width / from.width);
    for (uint32_t y = 0, cell = 0; y < from.height; y++) {
        uint32_t next = (uint32_t)((uint64_t)(y + 1) * to->height / from.height);

        sums_add(&r, from.at + (size_t)y * from.width * from.channels, from, grey);
        if (next != cell)
            sums_take(&r, to->pixels + (size_t)cell * to->width * to->channels, to->width, to->channels);
        cell = next;
    }
    memory_free(r.sums);
    memory_free(r.counts);
    memory_free(r.cell_of);
}

static uint8_t mean_around(const struct media *m, const uint8_t *at, uint32_t x, uint32_t y)
{
    uint32_t sum = 0, n = 0;

    for (uint32_t v = y ? y - 1 : 0; v <= y + 1 && v < m->height; v++)
        for (uint32_t u = x ? x - 1 : 0; u <= x + 1 && u < m->width; u++, n++)
            sum += at[(size_t)v * m->width + u];
    return (uint8_t)(sum / n);
}

void media_blur(struct media *m)
{
    size_t n = (size_t)m->width * m->height;
    uint8_t *before = memory_new(n);

    assert(m->channels == 1);
    memcpy(before, m->pixels, n);
    for (uint32_t y = 0; y < m->height; y++)
        for (uint32_t x = 0; x < m->width; x++)
            m->pixels[(size_t)y * m->width + x] = mean_around(m, before, x, y);
    memory_free(before);
}

/* -- decoding ----------------------------------------------------------------------------------------------------------------- */

static enum media_fault fault_of(enum decode_code code)
{
    switch (code) {
    case DECODE_OK:
        return MEDIA_FINE;
    case DECODE_NO_PROGRAM:
    case DECODE_NO_SANDBOX:
        return MEDIA_NO_DECODER;
    case DECODE_UNKNOWN:
        return MEDIA_UNKNOWN;
    case DECODE_TOO_LARGE:
    case DECODE_TOO_SLOW:
        return MEDIA_TOO_LARGE;
    default:
        return MEDIA_BROKEN;
    }
}

static void hash_pdq(struct pixels from, struct media *media)
{
    struct detect_image image = { .pixels = from.at, .width = from.width, .height = from.height, .channels = from.channels };
    struct detect_pdq hash;

    media->has_pdq = detect_pdq_hash(&image, DETECT_FULL, &hash, NULL) == DETECT_OK;
    if (!media->has_pdq)
        return;
    detect_pdq_to_hex(&hash, media->pdq);
    media->quality = hash.quality;
}

struct taking { struct media_want want; struct media *media; };

static void take(const struct taking *t, const struct decode_image *image)
{
    struct pixels from = { image->pixels, image->width, image->height, image->channels };

    t->media->damaged = image->damaged;
    if (t->want.pdq)
        hash_pdq(from, t->media);
    media_shrink(from, t->want.blurred ? BLURRED_SIDE : CLEAR_SIDE, t->want.blurred, t->media);
    for (int i = 0; t->want.blurred && i < BLUR_TIMES; i++)
        media_blur(t->media);
}

/* The first frame is enough to tell what a film is. The decoder may hand out more before it hears that. */
static bool take_frame(void *user, const struct decode_frame *frame)
{
    const struct taking *t = user;

    if (t->media->pixels == NULL)
        take(t, &frame->image);
    return false;
}

static enum decode_code decode_one(struct decode *decode, int fd, const struct taking *t)
{
    struct decode_image image;
    enum decode_code code;

    if (t->want.film) {
        code = decode_video(decode, fd, NULL, take_frame, (void *)(uintptr_t)t);
        return code == DECODE_OK && t->media->pixels == NULL ? DECODE_BROKEN : code;
    }
    code = decode_picture(decode, fd, &image);
    if (code == DECODE_OK)
        take(t, &image);
    return code;
}

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t given_back = PTHREAD_COND_INITIALIZER;
static int places = AT_ONCE;

static bool place_take(void)
{
    struct timespec until;
    int waited = 0;
    bool got;

    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_sec += PATIENCE_SECONDS;
    pthread_mutex_lock(&lock);
    while (places == 0 && waited == 0)
        waited = pthread_cond_timedwait(&given_back, &lock, &until);
    got = places > 0;
    places -= got;
    pthread_mutex_unlock(&lock);
    return got;
}

static void place_give(void)
{
    pthread_mutex_lock(&lock);
    places++;
    pthread_cond_signal(&given_back);
    pthread_mutex_unlock(&lock);
}

/* A process of its own for each file: one that a file took over sees no other file. */
status media_read(struct media_file *file, struct media_want want, struct media *media)
{
    struct decode_options options = { .files_per_process = 1 };
    struct taking t = { want, media };
    struct decode *decode;
    enum decode_code code = DECODE_NO_PROGRAM;

    *media = (struct media){ 0 };
    if (fcntl(file->fd, F_ADD_SEALS, F_SEAL_WRITE | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL) != 0 && errno != EPERM)
        return fail(BROKEN, "a file in memory cannot be sealed: errno %d", errno);
    if (!place_take())
        return fail(BUSY, "all places for decoding are taken");
    decode = decode_open(&options);
    if (decode != NULL)
        code = decode_one(decode, file->fd, &t);
    media->fault = fault_of(code);
    if (media->fault == MEDIA_NO_DECODER)
        log_error("decode", "%s", decode ? decode_message(decode) : "no memory");
    decode_close(decode);
    place_give();
    return OK;
}

void media_free(struct media *media)
{
    memory_free(media->pixels);
    media->pixels = NULL;
}

/* -- encoding ------------------------------------------------------------------------------------------------------------------- */

enum { PIECE = 16 * 1024 };

/* libjpeg writes into pieces, which go to the answer; by itself it would end the process on a failure. */
struct encoding {
    struct jpeg_destination_mgr to;
    struct jpeg_error_mgr errors;
    jmp_buf failed;
    struct out *o;
    uint8_t piece[PIECE];
};

static void piece_begin(j_compress_ptr jpeg)
{
    struct encoding *e = jpeg->client_data;

    e->to.next_output_byte = e->piece;
    e->to.free_in_buffer = PIECE;
}

static boolean piece_full(j_compress_ptr jpeg)
{
    struct encoding *e = jpeg->client_data;

    out_bytes(e->o, e->piece, PIECE);
    piece_begin(jpeg);
    return TRUE;
}

static void piece_end(j_compress_ptr jpeg)
{
    struct encoding *e = jpeg->client_data;

    out_bytes(e->o, e->piece, PIECE - e->to.free_in_buffer);
}

static void give_up(j_common_ptr jpeg)
{
    longjmp(((struct encoding *)jpeg->client_data)->failed, 1);
}

static void say_nothing(j_common_ptr jpeg)
{
    (void)jpeg;
}

static void encode(struct jpeg_compress_struct *jpeg, const struct media *m)
{
    jpeg->image_width = m->width;
    jpeg->image_height = m->height;
    jpeg->input_components = (int)m->channels;
    jpeg->in_color_space = m->channels == 1 ? JCS_GRAYSCALE : JCS_RGB;
    jpeg_set_defaults(jpeg);
    jpeg_set_quality(jpeg, JPEG_QUALITY, TRUE);
    jpeg_start_compress(jpeg, TRUE);
    while (jpeg->next_scanline < jpeg->image_height)
        (void)jpeg_write_scanlines(jpeg, (JSAMPROW[]){ m->pixels + (size_t)jpeg->next_scanline * m->width * m->channels }, 1);
    jpeg_finish_compress(jpeg);
}

status media_jpeg(const struct media *m, struct out *o)
{
    struct encoding *e = memory_new(sizeof *e);
    struct jpeg_compress_struct jpeg = { .client_data = e };
    status s = OK;

    e->o = o;
    e->to = (struct jpeg_destination_mgr){ .init_destination = piece_begin, .empty_output_buffer = piece_full,
                                           .term_destination = piece_end };
    jpeg.err = jpeg_std_error(&e->errors);
    e->errors.error_exit = give_up;
    e->errors.output_message = say_nothing;
    if (setjmp(e->failed) == 0) {
        jpeg_create_compress(&jpeg);
        jpeg.client_data = e;
        jpeg.dest = &e->to;
        encode(&jpeg, m);
    } else {
        s = fail(BROKEN, "a picture could not be encoded");
    }
    jpeg_destroy_compress(&jpeg);
    memory_free(e);
    return s;
}
