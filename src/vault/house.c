#include "vault.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum { KEY_FILE_MAX = 1024, KEY_HEX = 2 * KEY_BYTES, PATH_MAX_BYTES = 4096 };

static struct house *house_empty(void)
{
    struct house *h = sodium_malloc(sizeof *h);

    if (h == NULL) {
        fputs("error vault no_locked_memory\n", stderr);
        abort();
    }
    sodium_memzero(h, sizeof *h);
    return h;
}

static void house_add(struct house *h, i64 kgen, const struct key *k_inst)
{
    struct house_keys *g = &h->gen[h->n];
    struct key seed;

    g->kgen = kgen;
    vault_kdf(&g->pep, k_inst, 1, "lachan_1");
    vault_kdf(&g->mac, k_inst, 2, "lachan_1");
    vault_kdf(&g->job, k_inst, 3, "lachan_1");
    vault_kdf(&seed, k_inst, 4, "lachan_1");
    crypto_sign_seed_keypair(g->log_pk, g->log_sk, seed.b);
    sodium_memzero(&seed, sizeof seed);
    h->n++;
}

struct house *house_of_seed(i64 kgen, const struct key *k_inst)
{
    struct house *h = house_empty();

    house_add(h, kgen, k_inst);
    return h;
}

void house_add_seed(struct house *h, i64 kgen, const struct key *k_inst, bool current)
{
    house_add(h, kgen, k_inst);
    if (current)
        h->now = h->n - 1;
}

const struct house_keys *house_now(const struct house *h)
{
    return &h->gen[h->now];
}

const struct house_keys *house_at(const struct house *h, i64 kgen)
{
    for (size_t i = h->n; i-- > 0;)
        if (h->gen[i].kgen == kgen)
            return &h->gen[i];
    return NULL;
}

void house_free(struct house *h)
{
    sodium_free(h);
}

/* One line "kgen hex". The message names the line and never its content. */
static status read_line(struct house *h, struct str line, int number)
{
    struct key k_inst;
    struct str kgen_text;
    i64 kgen;

    if (h->n == HOUSE_GENERATIONS)
        return fail(INVALID, "key file line %d: more than %d keys", number, HOUSE_GENERATIONS);
    if (!str_cut(&line, ' ', &kgen_text) || !str_i64(kgen_text, &kgen) || kgen < 1)
        return fail(INVALID, "key file line %d: no generation number before the key", number);
    if (house_at(h, kgen) != NULL)
        return fail(INVALID, "key file line %d: generation %lld stands there twice", number, (long long)kgen);
    if (!str_from_hex(str_trim(line), k_inst.b, sizeof k_inst.b))
        return fail(INVALID, "key file line %d: the key is not %d hex digits", number, KEY_HEX);
    house_add(h, kgen, &k_inst);
    sodium_memzero(&k_inst, sizeof k_inst);
    return OK;
}

static status read_lines(struct house *h, struct str text)
{
    struct str line;

    for (int number = 1; str_cut(&text, '\n', &line); number++)
        if (str_trim(line).n != 0)
            TRY(read_line(h, str_trim(line), number));
    if (h->n == 0)
        return fail(INVALID, "the key file is empty");
    h->now = h->n - 1;
    return OK;
}

static status read_key_file(int fd, const char *path, struct house *h)
{
    char text[KEY_FILE_MAX];
    struct stat st;
    ssize_t n;
    status s;

    if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode))
        return fail(INVALID, "%s is not a file", path);
    if (st.st_mode & (S_IRWXG | S_IRWXO))
        return fail(INVALID, "%s can be read by others: chmod 0400", path);
    n = read(fd, text, sizeof text);
    if (n < 0 || n == sizeof text)
        return fail(INVALID, "%s cannot be read, or is too long for a key file", path);
    s = read_lines(h, str_of(text, (size_t)n));
    sodium_memzero(text, sizeof text);
    return s;
}

status house_load(const char *path, struct house **house)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    struct house *h;
    status s;

    if (fd < 0)
        return fail(errno == ENOENT ? NOT_FOUND : INVALID, "key file %s: %m", path);
    h = house_empty();
    s = read_key_file(fd, path, h);
    close(fd);
    if (s == OK)
        *house = h;
    else
        house_free(h);
    return s;
}

/* -- while the process runs ------------------------------------------------------------------------------------------------------- */

struct house_file house_file_now(const char *path)
{
    struct stat st;

    if (stat(path, &st) != 0)
        return (struct house_file){ 0 };
    return (struct house_file){ (i64)st.st_ino, (i64)st.st_size, (i64)st.st_ctim.tv_sec * 1000000000 + st.st_ctim.tv_nsec };
}

static status take_line(struct house *h, const struct house_keys *line)
{
    const struct house_keys *known = house_at(h, line->kgen);

    if (known != NULL)
        return vault_same(known->mac.b, line->mac.b, KEY_BYTES)
            ? OK : fail(INVALID, "the key file has another key of generation %lld than this process", (long long)line->kgen);
    if (h->n == HOUSE_GENERATIONS)
        return fail(TOO_LARGE, "this process has known %d keys: start it anew", HOUSE_GENERATIONS);
    h->gen[h->n] = *line;
    h->n++;
    return OK;
}

static size_t place_of(const struct house *h, i64 kgen)
{
    size_t at = 0;

    for (size_t i = 0; i < h->n; i++)
        if (h->gen[i].kgen == kgen)
            at = i;
    return at;
}

status house_refresh(struct house *h, const char *path, bool *changed)
{
    size_t had = h->n, was = h->now;
    struct house *file;
    status s;

    *changed = false;
    TRY(house_load(path, &file));
    s = OK;
    for (size_t i = 0; i < file->n && s == OK; i++)
        s = take_line(h, &file->gen[i]);
    if (s == OK)
        h->now = place_of(h, house_now(file)->kgen);
    *changed = h->n != had || h->now != was;
    house_free(file);
    return s;
}
