#include "spool.h"

#include "../base/memory.h"
#include "../base/room.h"

#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <unistd.h>

enum {
    TAG = crypto_aead_chacha20poly1305_ietf_ABYTES,
    NONCE = crypto_aead_chacha20poly1305_ietf_NPUBBYTES,
    SEALED = SPOOL_CHUNK + TAG
};

struct spool {                  /* in sodium_malloc: it holds the key */
    uint8_t key[crypto_aead_chacha20poly1305_ietf_KEYBYTES];
    uint8_t chunk[SPOOL_CHUNK];         /* plaintext: while writing the newest, while reading the present one */
    uint8_t sealed[SEALED];
    i64 size;                           /* plaintext bytes so far */
    i64 open;                           /* number of the chunk in `chunk` when reading, -1: none */
    int fd;
};

status spool_make(const char *dir, struct spool **spool)
{
    int fd = open(dir, O_TMPFILE | O_RDWR | O_CLOEXEC | O_EXCL, 0600);
    struct spool *s;

    if (fd < 0)
        return fail(room_error(errno, BUSY), "spool: %s", strerrorname_np(errno));
    s = sodium_malloc(sizeof *s);
    if (s == NULL) {
        close(fd);
        return fail(BUSY, "spool: no locked memory");
    }
    s->fd = fd;
    s->size = 0;
    s->open = -1;
    crypto_aead_chacha20poly1305_ietf_keygen(s->key);
    *spool = s;
    return OK;
}

void spool_free(struct spool *s)
{
    if (s == NULL)
        return;
    close(s->fd);
    sodium_free(s);
}

/* The key seals one spool only, so the number of the chunk is a nonce that never comes twice. */
static void nonce_of(i64 number, uint8_t nonce[NONCE])
{
    memset(nonce, 0, NONCE);
    memcpy(nonce, &number, sizeof number);
}

static status write_all(int fd, const uint8_t *at, size_t n)
{
    while (n > 0) {
        ssize_t done = write(fd, at, n);

        if (done < 0 && errno == EINTR)
            continue;
        if (done < 0)
            return fail(room_error(errno, BUSY), "spool: %s", strerrorname_np(errno));
        at += done;
        n -= (size_t)done;
    }
    return OK;
}

/* Seals the newest chunk. Where it cannot be written, the spool ends before it. */
static status seal_chunk(struct spool *s, i64 number, size_t n)
{
    uint8_t nonce[NONCE];
    status done;

    nonce_of(number, nonce);
    crypto_aead_chacha20poly1305_ietf_encrypt(s->sealed, NULL, s->chunk, n, NULL, 0, NULL, nonce, s->key);
    done = write_all(s->fd, s->sealed, n + TAG);
    if (done != OK)
        s->size = number * SPOOL_CHUNK;
    return done;
}

status spool_add(struct spool *s, const void *bytes, size_t n)
{
    const uint8_t *at = bytes;

    while (n > 0) {
        size_t used = (size_t)(s->size % SPOOL_CHUNK), take = SPOOL_CHUNK - used;

        if (take > n)
            take = n;
        memcpy(s->chunk + used, at, take);
        s->size += (i64)take;
        at += take;
        n -= take;
        if (s->size % SPOOL_CHUNK == 0)
            TRY(seal_chunk(s, s->size / SPOOL_CHUNK - 1, SPOOL_CHUNK));
    }
    return OK;
}

status spool_end(struct spool *s)
{
    size_t rest = (size_t)(s->size % SPOOL_CHUNK);

    return rest ? seal_chunk(s, s->size / SPOOL_CHUNK, rest) : OK;
}

i64 spool_size(const struct spool *s)
{
    return s->size;
}

static status open_chunk(struct spool *s, i64 number, size_t n)
{
    uint8_t nonce[NONCE];
    size_t got = 0, want = n + TAG;

    s->open = -1;
    while (got < want) {
        ssize_t done = pread(s->fd, s->sealed + got, want - got, number * SEALED + (off_t)got);

        if (done < 0 && errno == EINTR)
            continue;
        if (done <= 0)
            return fail(BROKEN, "spool: %s", done < 0 ? strerrorname_np(errno) : "cut short");
        got += (size_t)done;
    }
    nonce_of(number, nonce);
    if (crypto_aead_chacha20poly1305_ietf_decrypt(s->chunk, NULL, NULL, s->sealed, want, NULL, 0, nonce, s->key) != 0)
        return fail(BROKEN, "spool: altered");
    s->open = number;
    return OK;
}

status spool_piece(struct spool *s, i64 at, struct str *piece)
{
    i64 number = at / SPOOL_CHUNK, left = s->size - number * SPOOL_CHUNK;
    size_t n = left < SPOOL_CHUNK ? (size_t)left : SPOOL_CHUNK, skip = (size_t)(at % SPOOL_CHUNK);

    *piece = str_of("", 0);
    if (at >= s->size)
        return OK;
    if (s->open != number)
        TRY(open_chunk(s, number, n));
    *piece = str_of(s->chunk + skip, n - skip);
    return OK;
}
