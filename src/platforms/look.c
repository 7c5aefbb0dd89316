#include "look.h"

#include "../base/log.h"

#include <client.h>

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

/* A decoder may take 384 MiB and ten seconds: a few at a time, whatever is asked for. */
enum { PLACES = 2, PATIENCE_SECONDS = 10, HEAD_BYTES = 16, EXACT = 3 };

struct look {
    struct ctx *c;
    struct id who;
    struct detect_file_hasher hasher;
    uint8_t head[HEAD_BYTES];
    size_t n_head;
    i64 size;
    int fd;                     /* of the bytes, for the decoder alone; -1: they are not kept */
    bool over;
};

/* -- the bytes ------------------------------------------------------------------------------------------------------------------------ */

static void close_fd(void *what)
{
    struct look *k = what;

    if (k->fd >= 0)
        close(k->fd);
    k->fd = -1;
}

struct look *look_begin(struct ctx *c, struct id who)
{
    struct look *k = NEW(c->arena, struct look);

    *k = (struct look){ .c = c, .who = who, .fd = memfd_create("report", MFD_CLOEXEC | MFD_ALLOW_SEALING) };
    arena_at_end(c->arena, close_fd, k);
    detect_file_hasher_begin(&k->hasher);
    return k;
}

static void keep(struct look *k, const void *bytes, size_t n)
{
    const char *at = bytes;

    while (n && k->fd >= 0) {
        ssize_t put = write(k->fd, at, n);

        if (put < 0 && errno == EINTR)
            continue;
        if (put <= 0) {
            close_fd(k);        /* no memory for it: the file is taken all the same, and not looked into */
            return;
        }
        at += put;
        n -= (size_t)put;
    }
}

status look_sink(void *look, const void *bytes, size_t n)
{
    struct look *k = look;
    size_t more = n < HEAD_BYTES - k->n_head ? n : HEAD_BYTES - k->n_head;

    if (more)
        memcpy(k->head + k->n_head, bytes, more);
    k->n_head += more;
    k->size += (i64)n;
    detect_file_hasher_add(&k->hasher, bytes, n);
    if (k->size > LOOK_PICTURE_MAX) {
        k->over = true;
        close_fd(k);
    }
    keep(k, bytes, n);
    return OK;
}

/* -- what it may be: the bytes decide, never the name. No process is started for what nobody can decode. ---------------------------------- */

enum shape { SHAPE_OTHER, SHAPE_PICTURE, SHAPE_FILM };

static bool begins(const struct look *k, size_t at, const char *bytes, size_t n)
{
    return k->n_head >= at + n && memcmp(k->head + at, bytes, n) == 0;
}

static bool still_brand(const struct look *k)
{
    static const char *const brands[] = { "heic", "heix", "heim", "heis", "mif1", "msf1", "avif", "avis" };

    for (size_t i = 0; i < COUNT_OF(brands); i++)
        if (begins(k, 8, brands[i], 4))
            return true;
    return false;
}

static enum shape shape_of(const struct look *k)
{
    if (begins(k, 0, "\xff\xd8\xff", 3) || begins(k, 0, "\x89PNG", 4) || begins(k, 0, "GIF8", 4) ||
        (begins(k, 0, "RIFF", 4) && begins(k, 8, "WEBP", 4)))
        return SHAPE_PICTURE;
    if (begins(k, 4, "ftyp", 4))
        return still_brand(k) ? SHAPE_PICTURE : SHAPE_FILM;
    return begins(k, 0, "\x1a\x45\xdf\xa3", 4) || (begins(k, 0, "RIFF", 4) && begins(k, 8, "AVI ", 4)) ? SHAPE_FILM : SHAPE_OTHER;
}

/* -- decoders: a process opens files of one sender only. One that a file took over could lie about the next ones, and no sender may do
      that to another. ------------------------------------------------------------------------------------------------------------------ */

struct place { struct decode *decode; struct id who; bool busy; };

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t given_back = PTHREAD_COND_INITIALIZER;
static struct place places[PLACES];

static struct place *free_place(struct id who)
{
    struct place *any = NULL;

    for (size_t i = 0; i < PLACES; i++) {
        if (places[i].busy)
            continue;
        if (places[i].decode != NULL && id_eq(places[i].who, who))
            return &places[i];
        if (any == NULL || any->decode != NULL)
            any = &places[i];
    }
    return any;
}

static struct place *place_take(struct id who)
{
    struct timespec until;
    struct place *place;
    int waited = 0;

    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_sec += PATIENCE_SECONDS;
    pthread_mutex_lock(&lock);
    while ((place = free_place(who)) == NULL && waited == 0)
        waited = pthread_cond_timedwait(&given_back, &lock, &until);
    if (place != NULL)
        place->busy = true;
    pthread_mutex_unlock(&lock);
    if (place == NULL)
        return NULL;
    if (place->decode != NULL && !id_eq(place->who, who)) {
        decode_close(place->decode);
        place->decode = NULL;
    }
    place->who = who;
    if (place->decode == NULL)
        place->decode = decode_open(NULL);
    return place;
}

static void place_give(struct place *place)
{
    pthread_mutex_lock(&lock);
    place->busy = false;
    pthread_cond_signal(&given_back);
    pthread_mutex_unlock(&lock);
}

/* -- hashes of what is seen ------------------------------------------------------------------------------------------------------------ */

static struct detect_image image_of(const struct decode_image *from)
{
    return (struct detect_image){ .pixels = from->pixels, .width = from->width, .height = from->height, .channels = from->channels };
}

static void hash_picture(struct looked *to, const struct decode_image *from)
{
    struct detect_image image = image_of(from);
    struct detect_pdq first;

    if (detect_pdq_dihedral(&image, DETECT_FULL, to->pdq, NULL) != DETECT_OK)
        return;
    if (detect_pdq_hash(&image, DETECT_FULL, &first, NULL) == DETECT_OK)
        to->pdq[0] = first;
    to->n_pdq = LOOK_TURNS;
}

static bool take_frame(void *user, const struct decode_frame *frame)
{
    struct looked *to = user;
    struct detect_image image = image_of(&frame->image);

    if (to->n_pdq < LOOK_FRAMES_MAX && detect_pdq_hash(&image, DETECT_FULL, &to->pdq[to->n_pdq], NULL) == DETECT_OK)
        to->n_pdq++;
    return to->n_pdq < LOOK_FRAMES_MAX;
}

static enum look_fault fault_of(const struct decode *decode, enum decode_code code)
{
    switch (code) {
    case DECODE_OK:
        return LOOK_FINE;
    case DECODE_NO_PROGRAM:
    case DECODE_NO_SANDBOX:
        log_error("decode", "%s", decode_message(decode));
        return LOOK_NO_DECODER;
    case DECODE_UNKNOWN:
        return LOOK_NO_PICTURE;
    case DECODE_TOO_LARGE:
    case DECODE_TOO_SLOW:
        return LOOK_TOO_LARGE;
    default:
        return LOOK_BROKEN;
    }
}

static enum look_fault decode(struct decode *decoder, int fd, struct looked *to)
{
    static const struct decode_video_options each_second = { .seconds_between = 1 };
    struct decode_image image;
    enum decode_code code;

    if (to->film) {
        code = decode_video(decoder, fd, &each_second, take_frame, to);
        return to->n_pdq ? LOOK_FINE : code == DECODE_OK ? LOOK_NO_PICTURE : fault_of(decoder, code);
    }
    code = decode_picture(decoder, fd, &image);
    if (code == DECODE_OK)
        hash_picture(to, &image);
    return fault_of(decoder, code);
}

static enum look_fault look_inside(struct look *k, struct looked *to)
{
    enum shape shape = shape_of(k);
    struct place *place;
    enum look_fault fault;

    if (shape == SHAPE_OTHER)
        return LOOK_NO_PICTURE;
    if (k->fd < 0)
        return k->over ? LOOK_TOO_LARGE : LOOK_TOO_BUSY;
    (void)fcntl(k->fd, F_ADD_SEALS, F_SEAL_WRITE | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL);
    place = place_take(k->who);
    if (place == NULL)
        return LOOK_TOO_BUSY;
    to->film = shape == SHAPE_FILM;
    fault = place->decode != NULL ? decode(place->decode, k->fd, to) : LOOK_NO_DECODER;
    place_give(place);
    return fault;
}

/* -- banks ----------------------------------------------------------------------------------------------------------------------------- */

static void ask_for(struct ctx *c, bool sandbox, struct looked *to)
{
    struct query_pdq *pdq = NEW_N(c->arena, struct query_pdq, to->n_pdq + 1);
    struct query_exact *exact = NEW_N(c->arena, struct query_exact, EXACT);

    for (size_t i = 0; i < to->n_pdq; i++)
        pdq[i] = (struct query_pdq){ to->pdq[i].bits, FAMILY_FULL, to->pdq[i].quality, 0 };
    exact[0] = (struct query_exact){ HASH_MD5, str_of(to->hashes.md5, sizeof to->hashes.md5), 0 };
    exact[1] = (struct query_exact){ HASH_SHA1, str_of(to->hashes.sha1, sizeof to->hashes.sha1), 0 };
    exact[2] = (struct query_exact){ HASH_SHA256, str_of(to->hashes.sha256, sizeof to->hashes.sha256), 0 };
    to->query = (struct bank_query){ .pdq = pdq, .n_pdq = to->n_pdq, .exact = exact, .n_exact = EXACT, .sandbox = sandbox };
}

status look_end(struct look *k, bool sandbox, struct looked *to)
{
    *to = (struct looked){ 0 };
    detect_file_hasher_end(&k->hasher, &to->hashes);
    to->fault = look_inside(k, to);
    close_fd(k);
    ask_for(k->c, sandbox, to);
    return banks_find(k->c, &to->query, &to->hits);
}
