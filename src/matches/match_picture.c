/* Pictures of partners: to the sandboxed decoder in memory that nothing else can open, and hashed here. */
#include "match.h"

#include "../base/clock.h"
#include "../base/log.h"
#include "../web/body.h"

#include <client.h>
#include <lachan/detect.h>

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include "texts.h"

/* -- decoders, kept: starting one costs more than a picture does ---------------------------------------------------------------------- */

enum { DECODERS_MAX = 16, DECODERS_MIN = 2, PATIENCE_SECONDS = 10, KEPT_MS = 60 * SECOND_MS };

static struct decoder { struct decode *decode; struct id partner; bool busy; i64 used; } decoders[DECODERS_MAX];
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t given_back = PTHREAD_COND_INITIALIZER;

static size_t decoders_n(void)
{
    long n = sysconf(_SC_NPROCESSORS_ONLN);

    return n < DECODERS_MIN ? DECODERS_MIN : n > DECODERS_MAX ? DECODERS_MAX : (size_t)n;
}

/* Its own from before, else an unused one, else the one that was idle longest. */
static struct decoder *choose(struct id partner)
{
    struct decoder *best = NULL;

    for (size_t i = 0; i < decoders_n(); i++) {
        struct decoder *d = &decoders[i];

        if (d->busy)
            continue;
        if (d->decode != NULL && id_eq(d->partner, partner))
            return d;
        if (best == NULL || (best->decode != NULL && (d->decode == NULL || d->used < best->used)))
            best = d;
    }
    return best;
}

static struct decoder *decoder_take(struct id partner)
{
    struct decoder *d;
    struct timespec until;
    int waited = 0;

    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_sec += PATIENCE_SECONDS;
    pthread_mutex_lock(&lock);
    while ((d = choose(partner)) == NULL && waited == 0)
        waited = pthread_cond_timedwait(&given_back, &lock, &until);
    if (d != NULL)
        d->busy = true;
    pthread_mutex_unlock(&lock);
    return d;
}

/* Closing waits for the process: outside the lock. */
static void decoder_ready(struct decoder *d, struct id partner)
{
    if (d->decode != NULL && !id_eq(d->partner, partner)) {
        decode_close(d->decode);
        d->decode = NULL;
    }
    if (d->decode == NULL)
        d->decode = decode_open(NULL);
    d->partner = partner;
}

/* One that was idle for long goes: a process less, and what it saw with it. */
static struct decode *decoder_old(i64 now)
{
    for (size_t i = 0; i < DECODERS_MAX; i++)
        if (!decoders[i].busy && decoders[i].decode != NULL && decoders[i].used < now - KEPT_MS) {
            struct decode *old = decoders[i].decode;

            decoders[i].decode = NULL;
            return old;
        }
    return NULL;
}

static void decoder_give(struct decoder *d)
{
    i64 now = clock_mono_ms();
    struct decode *old;

    pthread_mutex_lock(&lock);
    d->busy = false;
    d->used = now;
    old = decoder_old(now);
    pthread_cond_signal(&given_back);
    pthread_mutex_unlock(&lock);
    decode_close(old);
}

/* -- the file ---------------------------------------------------------------------------------------------------------------------------- */

struct file { int fd; struct detect_file_hasher hasher; };

static status file_begin(struct file *f)
{
    f->fd = memfd_create("match", MFD_CLOEXEC | MFD_ALLOW_SEALING);
    if (f->fd < 0)
        return fail(BUSY, "no memory for a picture: errno %d", errno);
    detect_file_hasher_begin(&f->hasher);
    return OK;
}

static status file_add(struct file *f, struct str bytes)
{
    detect_file_hasher_add(&f->hasher, bytes.at, bytes.n);
    while (bytes.n) {
        ssize_t put = write(f->fd, bytes.at, bytes.n);

        if (put < 0 && errno == EINTR)
            continue;
        if (put <= 0)
            return fail(BUSY, "no memory for a picture: errno %d", errno);
        bytes = str_from(bytes, (size_t)put);
    }
    return OK;
}

static void file_end(struct file *f, struct match_picture *p)
{
    struct detect_file_hashes hashes;

    detect_file_hasher_end(&f->hasher, &hashes);
    memcpy(p->md5, hashes.md5, sizeof p->md5);
    memcpy(p->sha1, hashes.sha1, sizeof p->sha1);
    memcpy(p->sha256, hashes.sha256, sizeof p->sha256);
}

/* -- decoding and hashing ------------------------------------------------------------------------------------------------------------------ */

static enum picture_fault hash(const struct decode_image *image, struct match_picture *p)
{
    struct detect_image from = { .pixels = image->pixels, .stride = image->stride, .width = image->width, .height = image->height,
                                 .channels = image->channels, .sampling = (enum detect_sampling)image->sampling,
                                 .chroma = { image->chroma[0], image->chroma[1] }, .chroma_stride = image->chroma_stride };
    struct detect_pdq turns[DETECT_TURNS];

    static_assert((int)DETECT_TURNS == (int)MATCH_TURNS, "the turns of a picture");
    if (detect_pdq_dihedral(&from, DETECT_FULL, turns, NULL) != DETECT_OK)
        return PICTURE_TOO_LARGE;
    for (size_t i = 0; i < DETECT_TURNS; i++)
        memcpy(p->turns[i], turns[i].bits, PDQ_BYTES);
    p->quality = turns[0].quality;
    return PICTURE_FINE;
}

static status decode_one(struct decode *decode, int fd, struct match_picture *p)
{
    struct decode_image image;
    enum decode_code code = decode == NULL ? DECODE_NO_PROGRAM : decode_picture_planes(decode, fd, &image);

    switch (code) {
    case DECODE_OK:
        p->fault = hash(&image, p);
        return OK;
    case DECODE_UNKNOWN:
        p->fault = PICTURE_UNKNOWN;
        return OK;
    case DECODE_TOO_LARGE:
    case DECODE_TOO_SLOW:
        p->fault = PICTURE_TOO_LARGE;
        return OK;
    case DECODE_NO_PROGRAM:
    case DECODE_NO_SANDBOX:
        log_error("decode", "%s", decode ? decode_message(decode) : "no memory");
        return fail(BROKEN, "no decoder");
    default:
        p->fault = PICTURE_BROKEN;
        return OK;
    }
}

static status look(struct id partner, struct file *f, struct match_picture *p)
{
    struct decoder *d;
    status s;

    file_end(f, p);
    (void)fcntl(f->fd, F_ADD_SEALS, F_SEAL_WRITE | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL);
    d = decoder_take(partner);
    if (d == NULL)
        return fail(BUSY, "all decoders are at work");
    decoder_ready(d, partner);
    s = decode_one(d->decode, f->fd, p);
    decoder_give(d);
    return s;
}

static status add_body(struct file *f, struct body *body)
{
    struct str piece;
    i64 at = 0;

    do {
        TRY(body_piece(body, at, &piece));
        TRY(file_add(f, piece));
        at += (i64)piece.n;
    } while (piece.n > 0);
    return OK;
}

status match_picture_read(struct id partner, struct body *body, struct match_picture *picture)
{
    struct file f;
    status s;

    *picture = (struct match_picture){ 0 };
    TRY(file_begin(&f));
    s = add_body(&f, body);
    if (s == OK)
        s = look(partner, &f, picture);
    close(f.fd);
    return s;
}

status match_picture_of(struct id partner, struct str bytes, struct match_picture *picture)
{
    struct file f;
    status s;

    *picture = (struct match_picture){ 0 };
    TRY(file_begin(&f));
    s = file_add(&f, bytes);
    if (s == OK)
        s = look(partner, &f, picture);
    close(f.fd);
    return s;
}

const char *picture_fault_code(enum picture_fault fault)
{
    static const char *const codes[] = { "", "unknown-format", "broken", "too-large" };

    return codes[fault];
}

int picture_fault_text(enum picture_fault fault)
{
    return fault == PICTURE_UNKNOWN ? T_MATCHES_MATCH_PICTURE_UNKNOWN : fault == PICTURE_TOO_LARGE ? T_MATCHES_MATCH_PICTURE_LARGE
           : T_MATCHES_MATCH_PICTURE_BROKEN;
}
