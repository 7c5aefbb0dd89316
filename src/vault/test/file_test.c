#include "fixture.h"
#include "test.h"

#include <fcntl.h>
#include <sodium.h>
#include <unistd.h>

enum { HEADER = 24, SEALED_CHUNK = FILE_CHUNK + 17 };

struct sealed_file {
    struct out bytes;
    struct file_sealed say;
    struct key fk;
};

static status collect(void *to, const void *bytes, size_t n)
{
    out_bytes(to, bytes, n);
    return OK;
}

static uint8_t *noise(size_t n)
{
    uint8_t *bytes = memory_new(n + 1);

    randombytes_buf_deterministic(bytes, n, key_no(1).b);
    return bytes;
}

/* Seals in pieces of `step` bytes, as a socket would bring them. */
static struct sealed_file seal(const uint8_t *bytes, size_t n, size_t step)
{
    struct sealed_file f = { .bytes = { .max = (size_t)64 << 20 } };
    struct file_seal *s;

    test_arena();
    s = file_seal_start(id_no(1), collect, &f.bytes);
    for (size_t at = 0; at < n; at += step)
        CHECK(file_seal_add(s, bytes + at, n - at < step ? n - at : step) == OK);
    CHECK(file_seal_finish(s, &f.say, &f.fk) == OK);
    file_seal_free(s);
    return f;
}

static status open_bytes(const struct sealed_file *f, struct str sealed, struct id id, struct out *plain)
{
    FILE *file = tmpfile();
    status s;

    if (fwrite(sealed.at, 1, sealed.n, file) != sealed.n || fflush(file) != 0)
        abort();
    rewind(file);
    lseek(fileno(file), 0, SEEK_SET);
    plain->max = (size_t)64 << 20;
    s = file_open(fileno(file), id, &f->fk, f->say.plain_size, collect, plain);
    fclose(file);
    return s;
}

static void check_reads_back(size_t n, size_t step)
{
    uint8_t *bytes = noise(n), hash[32];
    struct sealed_file f = seal(bytes, n, step);
    struct out plain = { 0 };

    CHECK(open_bytes(&f, out_done(&f.bytes), id_no(1), &plain) == OK);
    CHECK(str_eq(out_done(&plain), str_of(bytes, n)));
    CHECK(f.say.plain_size == (i64)n && f.say.size == (i64)f.bytes.n);
    vault_sha256(hash, PARTS(str_of(bytes, n)));
    CHECK(memcmp(hash, f.say.plain_sha256, 32) == 0);
    vault_sha256(hash, PARTS(out_done(&f.bytes)));
    CHECK(memcmp(hash, f.say.sha256, 32) == 0);
    out_free(&plain);
    out_free(&f.bytes);
    free(bytes);
}

TEST(files_of_every_kind_of_size_read_back)
{
    static const size_t sizes[] = {
        0, 1, 15, 16, 17, 1000, FILE_CHUNK - 1, FILE_CHUNK, FILE_CHUNK + 1, 2 * FILE_CHUNK,
        3 * FILE_CHUNK - 1, 5000011,
    };

    for (size_t i = 0; i < COUNT_OF(sizes); i++) {
        check_reads_back(sizes[i], 1 + sizes[i]);
        check_reads_back(sizes[i], 8191);
    }
}

TEST(padding_is_at_most_a_sixteenth_and_hides_the_size_in_steps)
{
    int wrong = 0;

    for (i64 n = 0; n < 300000; n++) {
        i64 padded = vault_file_padded(n);

        wrong += padded < n || (padded - n) * 16 > n || vault_file_padded(padded) != padded;
    }
    CHECK(wrong == 0);
    CHECK(vault_file_padded(1000000) == vault_file_padded(1000000 - 10000));
    CHECK(vault_file_padded((i64)1 << 40) == (i64)1 << 40);
}

TEST(a_cut_file_does_not_open)
{
    uint8_t *bytes = noise(3 * FILE_CHUNK);
    struct sealed_file f = seal(bytes, 3 * FILE_CHUNK, 10000);
    struct str all = out_done(&f.bytes);
    static const size_t cuts[] = {
        0, 1, HEADER - 1, HEADER, HEADER + 1, HEADER + SEALED_CHUNK, HEADER + 2 * SEALED_CHUNK,
        HEADER + 3 * SEALED_CHUNK - 1,
    };

    CHECK(all.n == HEADER + 3 * SEALED_CHUNK);
    for (size_t i = 0; i < COUNT_OF(cuts); i++) {
        struct out plain = { 0 };

        CHECK(open_bytes(&f, str_upto(all, cuts[i]), id_no(1), &plain) == BROKEN);
        out_free(&plain);
    }
    out_free(&f.bytes);
    free(bytes);
}

TEST(an_altered_or_lengthened_file_does_not_open)
{
    uint8_t *bytes = noise(FILE_CHUNK + 500);
    struct sealed_file f = seal(bytes, FILE_CHUNK + 500, 70000);

    for (size_t at = 0; at < f.bytes.n; at += at < 80 || at > f.bytes.n - 80 ? 1 : 997) {
        struct out plain = { 0 };

        f.bytes.at[at] ^= 4;
        CHECK(open_bytes(&f, out_done(&f.bytes), id_no(1), &plain) == BROKEN);
        f.bytes.at[at] ^= 4;
        out_free(&plain);
    }
    for (int i = 0; i < 2; i++) {
        struct out plain = { 0 };

        out_bytes(&f.bytes, bytes, i ? SEALED_CHUNK : 1);
        CHECK(open_bytes(&f, out_done(&f.bytes), id_no(1), &plain) == BROKEN);
        out_free(&plain);
    }
    out_free(&f.bytes);
    free(bytes);
}

TEST(swapped_and_repeated_chunks_do_not_open)
{
    uint8_t *bytes = noise(4 * FILE_CHUNK), *held = memory_new(SEALED_CHUNK);
    struct sealed_file f = seal(bytes, 4 * FILE_CHUNK, 70000);
    char *first = f.bytes.at + HEADER, *second = first + SEALED_CHUNK;
    struct out plain = { 0 };

    memcpy(held, first, SEALED_CHUNK);
    memcpy(first, second, SEALED_CHUNK);
    CHECK(open_bytes(&f, out_done(&f.bytes), id_no(1), &plain) == BROKEN);
    memcpy(second, held, SEALED_CHUNK);
    CHECK(open_bytes(&f, out_done(&f.bytes), id_no(1), &plain) == BROKEN);
    CHECK(plain.n == 0);
    memcpy(first, held, SEALED_CHUNK);
    CHECK(open_bytes(&f, out_done(&f.bytes), id_no(1), &plain) == BROKEN);
    CHECK(plain.n == FILE_CHUNK);
    out_free(&plain);
    out_free(&f.bytes);
    free(bytes);
    free(held);
}

TEST(V4_a_file_opens_under_its_own_id_key_and_size_only)
{
    uint8_t *bytes = noise(5000);
    struct sealed_file f = seal(bytes, 5000, 5000), other = seal(bytes, 5000, 5000);
    struct out plain = { 0 };

    CHECK(open_bytes(&f, out_done(&f.bytes), id_no(2), &plain) == BROKEN);
    CHECK(open_bytes(&other, out_done(&f.bytes), id_no(1), &plain) == BROKEN);
    f.say.plain_size = 3000;
    CHECK(open_bytes(&f, out_done(&f.bytes), id_no(1), &plain) == BROKEN);
    f.say.plain_size = 70000;
    CHECK(open_bytes(&f, out_done(&f.bytes), id_no(1), &plain) == BROKEN);
    f.say.plain_size = -1;
    CHECK(open_bytes(&f, out_done(&f.bytes), id_no(1), &plain) == BROKEN);
    CHECK(plain.n == 0);
    out_free(&plain);
    out_free(&f.bytes);
    out_free(&other.bytes);
    free(bytes);
}

static status full(void *to, const void *bytes, size_t n)
{
    size_t *room = to;

    (void)bytes;
    if (n > *room)
        return fail(TOO_LARGE, "no room");
    *room -= n;
    return OK;
}

TEST(a_sink_that_refuses_ends_the_stream_with_its_own_status)
{
    uint8_t *bytes = noise(3 * FILE_CHUNK);
    size_t room = FILE_CHUNK;
    struct file_seal *s;

    test_arena();
    s = file_seal_start(id_no(1), full, &room);
    CHECK(file_seal_add(s, bytes, FILE_CHUNK) == OK);
    CHECK(file_seal_add(s, bytes, FILE_CHUNK) == TOO_LARGE);
    file_seal_free(s);
    free(bytes);
}

TEST(no_size_of_a_stream_hides_a_sink_that_has_no_room)
{
    static const size_t rooms[] = { 0, HEADER - 1, HEADER, HEADER + SEALED_CHUNK, HEADER + 2 * SEALED_CHUNK - 1 };
    uint8_t *bytes = noise(2 * FILE_CHUNK);

    for (size_t i = 0; i < COUNT_OF(rooms); i++) {
        size_t room = rooms[i];
        struct file_sealed say;
        struct file_seal *s;
        struct key fk;
        status added;

        test_arena();
        s = file_seal_start(id_no(1), full, &room);
        added = file_seal_add(s, bytes, 2 * FILE_CHUNK - 100);
        CHECK(added == (i < 4 && rooms[i] < HEADER + SEALED_CHUNK ? TOO_LARGE : OK));
        CHECK(added != OK || file_seal_finish(s, &say, &fk) == TOO_LARGE);
        file_seal_free(s);
    }
    free(bytes);
}

TEST(what_cannot_be_read_or_is_of_no_size_a_file_has_is_refused)
{
    uint8_t *bytes = noise(500);
    struct sealed_file f = seal(bytes, 500, 500);
    struct out plain = { .max = 1 << 20 };
    int folder = open(".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

    REQUIRE(folder >= 0);
    CHECK(file_open(folder, id_no(1), &f.fk, 500, collect, &plain) == BROKEN);
    CHECK(strstr(fail_message(), "cannot be read") != NULL);
    close(folder);
    f.say.plain_size = FILE_PLAIN_MAX + 1;
    CHECK(open_bytes(&f, out_done(&f.bytes), id_no(1), &plain) == BROKEN);
    f.say.plain_size = 500;
    CHECK(open_bytes(&f, out_done(&f.bytes), id_no(1), &plain) == OK && plain.n == 500);
    out_free(&plain);
    out_free(&f.bytes);
    free(bytes);
}

TEST_MAIN
