#include "vault.h"

#include <errno.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum {
    HEADER_BYTES = crypto_secretstream_xchacha20poly1305_HEADERBYTES,
    CHUNK_EXTRA = crypto_secretstream_xchacha20poly1305_ABYTES,
    SEALED_CHUNK = FILE_CHUNK + CHUNK_EXTRA,
    TAG_MORE = crypto_secretstream_xchacha20poly1305_TAG_MESSAGE,
    TAG_LAST = crypto_secretstream_xchacha20poly1305_TAG_FINAL
};

/* One chunk is held back, because only the end of the stream tells which chunk is the last. */
struct file_seal {
    crypto_secretstream_xchacha20poly1305_state stream;
    crypto_hash_sha256_state plain_hash, sealed_hash;
    struct key fk, ctx;
    file_sink *sink;
    void *to;
    bool begun;                 /* the header is written */
    i64 plain_size, padded_size, size;
    size_t n;
    uint8_t chunk[FILE_CHUNK];
    uint8_t sealed[SEALED_CHUNK];
};

struct file_opener {
    crypto_secretstream_xchacha20poly1305_state stream;
    struct key ctx;
    file_sink *sink;
    void *to;
    i64 rest, padded_rest;      /* bytes still to give out, and still to come */
    bool ended;
    uint8_t sealed[SEALED_CHUNK + 1];   /* one more, to see whether anything follows the last chunk */
    uint8_t chunk[FILE_CHUNK];
};

i64 vault_file_padded(i64 n)
{
    i64 step = 1;

    while (step * 2 <= n / 16)
        step *= 2;
    return (n + step - 1) / step * step;
}

static void *secret_memory(size_t n)
{
    size_t whole = (n + 15) & ~(size_t)15;      /* sodium_malloc aligns the end of a block, not its start */
    void *at = sodium_malloc(whole);

    if (at == NULL) {
        fputs("error vault no_locked_memory\n", stderr);
        abort();
    }
    sodium_memzero(at, whole);
    return at;
}

static struct key file_ctx(struct id file)
{
    return vault_ctx("file", PARTS(id_bytes(&file)));
}

struct file_seal *file_seal_start(struct id file, file_sink *sink, void *to)
{
    struct file_seal *f = secret_memory(sizeof *f);

    f->ctx = file_ctx(file);
    f->sink = sink;
    f->to = to;
    crypto_secretstream_xchacha20poly1305_keygen(f->fk.b);
    crypto_hash_sha256_init(&f->plain_hash);
    crypto_hash_sha256_init(&f->sealed_hash);
    return f;
}

static status write_sealed(struct file_seal *f, const uint8_t *bytes, size_t n)
{
    crypto_hash_sha256_update(&f->sealed_hash, bytes, n);
    f->size += (i64)n;
    return f->sink(f->to, bytes, n);
}

static status write_header(struct file_seal *f)
{
    uint8_t header[HEADER_BYTES];

    crypto_secretstream_xchacha20poly1305_init_push(&f->stream, header, f->fk.b);
    f->begun = true;
    return write_sealed(f, header, sizeof header);
}

static status push_chunk(struct file_seal *f, uint8_t tag)
{
    if (!f->begun)
        TRY(write_header(f));
    crypto_secretstream_xchacha20poly1305_push(&f->stream, f->sealed, NULL, f->chunk, f->n,
                                               f->ctx.b, sizeof f->ctx.b, tag);
    TRY(write_sealed(f, f->sealed, f->n + CHUNK_EXTRA));
    f->n = 0;
    return OK;
}

/* Adds n bytes, or n zeros where `bytes` is NULL. */
static status add(struct file_seal *f, const uint8_t *bytes, size_t n)
{
    f->padded_size += (i64)n;
    while (n > 0) {
        size_t room, part;

        if (f->n == FILE_CHUNK)
            TRY(push_chunk(f, TAG_MORE));
        room = FILE_CHUNK - f->n;
        part = n < room ? n : room;
        if (bytes != NULL)
            memcpy(f->chunk + f->n, bytes, part), bytes += part;
        else
            memset(f->chunk + f->n, 0, part);
        f->n += part;
        n -= part;
    }
    return OK;
}

status file_seal_add(struct file_seal *f, const void *bytes, size_t n)
{
    if (n == 0)
        return OK;
    crypto_hash_sha256_update(&f->plain_hash, bytes, n);
    f->plain_size += (i64)n;
    return add(f, bytes, n);
}

status file_seal_finish(struct file_seal *f, struct file_sealed *sealed, struct key *fk)
{
    TRY(add(f, NULL, (size_t)(vault_file_padded(f->plain_size) - f->plain_size)));
    TRY(push_chunk(f, TAG_LAST));
    *sealed = (struct file_sealed){ .size = f->size, .plain_size = f->plain_size };
    crypto_hash_sha256_final(&f->plain_hash, sealed->plain_sha256);
    crypto_hash_sha256_final(&f->sealed_hash, sealed->sha256);
    *fk = f->fk;
    return OK;
}

void file_seal_free(struct file_seal *f)
{
    sodium_free(f);             /* zeroes first */
}

/* Reads until `n` bytes are there or the file ends. */
static status read_full(int fd, uint8_t *at, size_t n, size_t *got)
{
    *got = 0;
    while (*got < n) {
        ssize_t part = read(fd, at + *got, n - *got);

        if (part < 0 && errno == EINTR)
            continue;
        if (part < 0)
            return fail(BROKEN, "a sealed file cannot be read: %m");
        if (part == 0)
            break;
        *got += (size_t)part;
    }
    return OK;
}

static status open_chunk(struct file_opener *o, size_t n)
{
    unsigned long long plain_n;
    uint8_t tag;
    size_t give;

    if (o->ended || n < CHUNK_EXTRA ||
        crypto_secretstream_xchacha20poly1305_pull(&o->stream, o->chunk, &plain_n, &tag, o->sealed, n,
                                                   o->ctx.b, sizeof o->ctx.b) != 0)
        return fail(BROKEN, "a chunk of a sealed file does not open");
    o->ended = tag == TAG_LAST;
    o->padded_rest -= (i64)plain_n;
    if (o->padded_rest < 0 || o->ended != (o->padded_rest == 0))
        return fail(BROKEN, "a sealed file has not the size that its record says");
    give = o->rest < (i64)plain_n ? (size_t)o->rest : (size_t)plain_n;
    o->rest -= (i64)give;
    return give ? o->sink(o->to, o->chunk, give) : OK;
}

static status open_chunks(int fd, struct file_opener *o)
{
    size_t held = 0, got;

    for (;;) {
        size_t n;

        TRY(read_full(fd, o->sealed + held, SEALED_CHUNK + 1 - held, &got));
        held += got;
        n = held < SEALED_CHUNK ? held : SEALED_CHUNK;
        TRY(open_chunk(o, n));
        o->sealed[0] = o->sealed[SEALED_CHUNK];
        held -= n;
        if (held == 0)
            return o->ended ? OK : fail(BROKEN, "a sealed file is cut short");
    }
}

static status open_stream(int fd, const struct key *fk, struct file_opener *o)
{
    uint8_t header[HEADER_BYTES];
    size_t got;

    TRY(read_full(fd, header, sizeof header, &got));
    if (got != sizeof header ||
        crypto_secretstream_xchacha20poly1305_init_pull(&o->stream, header, fk->b) != 0)
        return fail(BROKEN, "a sealed file has no header");
    return open_chunks(fd, o);
}

status file_open(int fd, struct id file, const struct key *fk, i64 plain_size, file_sink *sink, void *to)
{
    struct file_opener *o;
    status s;

    if (plain_size < 0 || plain_size > FILE_PLAIN_MAX)
        return fail(BROKEN, "a sealed file has no such size");
    o = secret_memory(sizeof *o);
    o->ctx = file_ctx(file);
    o->sink = sink;
    o->to = to;
    o->rest = plain_size;
    o->padded_rest = vault_file_padded(plain_size);
    s = open_stream(fd, fk, o);
    sodium_free(o);
    return s;
}
