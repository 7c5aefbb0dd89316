#include "gzip.h"

#include <assert.h>
#include <zlib.h>

enum { EXTRA_HEAD = 4, LEVEL = 6, GZIP_WINDOW = 15 + 16 };

bool gzip_accepted(struct str accept)
{
    struct str one, name;

    while (str_cut(&accept, ',', &one)) {
        struct str options = str_trim(one);

        if (str_cut(&options, ';', &name) && str_eq_nocase(str_trim(name), STR("gzip")))
            return !str_eq(str_trim(options), STR("q=0"));
    }
    return false;
}

/* Compresses `in`, with `extra` zero bytes in the header's extra field. */
static size_t deflate_all(struct str in, uint8_t *extra, size_t n_extra, uint8_t *to, size_t room)
{
    gz_header header = { .extra = n_extra ? extra : Z_NULL, .extra_len = (uInt)n_extra, .os = 255 };
    z_stream z = { .next_in = (Bytef *)(uintptr_t)in.at, .avail_in = (uInt)in.n,
                   .next_out = to, .avail_out = (uInt)room };
    int done = deflateInit2(&z, LEVEL, Z_DEFLATED, GZIP_WINDOW, 8, Z_DEFAULT_STRATEGY);

    assert(done == Z_OK);
    if (n_extra)
        deflateSetHeader(&z, &header);
    done = deflate(&z, Z_FINISH);
    assert(done == Z_STREAM_END);
    deflateEnd(&z);
    return room - z.avail_out;
}

void gzip_in_place(struct arena *a, struct out *o, size_t least, size_t step)
{
    struct str in = out_done(o);
    size_t room = compressBound((uLong)in.n) + least + 2 * step + 64;
    uint8_t *to = arena_alloc(a, room), *extra = arena_alloc(a, least + 2 * step);
    size_t n = deflate_all(in, NULL, 0, to, room), grow = n < least ? least - n : (step - n % step) % step;

    /* The field has a head of its own (2 bytes of length, 4 of the one subfield). */
    if (grow > 0 && grow < 2 + EXTRA_HEAD)
        grow += step;
    if (grow > 0) {
        size_t filler = grow - 2 - EXTRA_HEAD;

        memcpy(extra, "LC", 2);
        extra[2] = (uint8_t)filler;
        extra[3] = (uint8_t)(filler >> 8);
        n = deflate_all(in, extra, grow - 2, to, room);
    }
    out_reset(o);
    out_bytes(o, to, n);
}
