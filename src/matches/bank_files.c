#include "bank_files.h"

#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <unistd.h>

struct str bank_path(struct arena *a, const char *data_dir, struct str code, i64 build, const char *tail)
{
    return arena_f(a, "%s/banks/%.*s.%lld.%s", data_dir, (int)code.n, code.at, (long long)build, tail);
}

status file_digest(const char *path, uint8_t digest[32])
{
    enum { PIECE = 1 << 20 };
    crypto_generichash_state state;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    uint8_t *piece;
    ssize_t n;

    if (fd < 0)
        return fail(NOT_FOUND, "%s: %m", path);
    piece = memory_new(PIECE);
    crypto_generichash_init(&state, NULL, 0, 32);
    while ((n = read(fd, piece, PIECE)) > 0 || (n < 0 && errno == EINTR))
        if (n > 0)
            crypto_generichash_update(&state, piece, (size_t)n);
    close(fd);
    memory_free(piece);
    crypto_generichash_final(&state, digest, 32);
    return n == 0 ? OK : fail(BROKEN, "%s cannot be read", path);
}

static status digest_right(const char *path, struct str wanted)
{
    uint8_t digest[32];

    TRY(file_digest(path, digest));
    return wanted.n == 32 && memcmp(digest, wanted.at, 32) == 0 ? OK : fail(BROKEN, "%s is not the file that was built", path);
}

static status open_pdq(const char *path, struct str digest, i64 n, struct detect_bank **bank)
{
    struct detect_error error;

    if (digest.at == NULL)
        return OK;
    TRY(digest_right(path, digest));
    if (detect_bank_open(path, DETECT_CHECK_ALL, bank, &error) != DETECT_OK)
        return fail(BROKEN, "%s: %s", path, error.text);
    return (i64)detect_bank_count(*bank) == n ? OK : fail(BROKEN, "%s holds another number of hashes than were built into it", path);
}

static status open_exact(const char *path, struct str digest, i64 n, struct exact **exact)
{
    if (digest.at == NULL)
        return OK;
    TRY(digest_right(path, digest));
    TRY(exact_open(path, exact));
    return (i64)exact_count(*exact) == n ? OK : fail(BROKEN, "%s holds another number of values than were built into it", path);
}

status bank_files_open(struct arena *a, const char *data_dir, const struct banks_row *bank, const struct bank_builds_row *build,
                       struct bank_files *files)
{
    status s;

    *files = (struct bank_files){ 0 };
    s = open_pdq(bank_path(a, data_dir, bank->code, build->build, "bank").at, build->digest_full, build->n_full, &files->full);
    if (s == OK)
        s = open_pdq(bank_path(a, data_dir, bank->code, build->build, "cpp512.bank").at, build->digest_cpp512, build->n_cpp512, &files->cpp512);
    if (s == OK)
        s = open_exact(bank_path(a, data_dir, bank->code, build->build, "exact").at, build->digest_exact, build->n_exact, &files->exact);
    if (s != OK)
        bank_files_close(files);
    return s == NOT_FOUND ? BROKEN : s;
}

void bank_files_close(struct bank_files *files)
{
    detect_bank_close(files->full);
    detect_bank_close(files->cpp512);
    exact_close(files->exact);
    *files = (struct bank_files){ 0 };
}
