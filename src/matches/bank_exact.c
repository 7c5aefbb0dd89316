#include "bank_exact.h"

#include "../vault/vault.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#define EXACT_MAGIC "LCEXACT\n"

/* Little endian as this machine writes it; `order` says so. starts[b]: the first id whose first two bytes are b or more. */
enum { PLANTED = 16, BUCKETS = 65536 };
struct exact_head {
    char magic[8];
    uint32_t order, version;
    uint64_t n;                 /* with the planted ones */
    uint64_t starts[BUCKETS + 1];
};

struct exact {
    void *map;
    size_t size;
    const struct exact_head *head;
    const struct id *ids;
};

static struct id planted(uint8_t i)
{
    struct key hash;
    struct id id;

    vault_hash(&hash, NULL, "bank-planted", PARTS(str_of(&i, 1)));
    memcpy(id.b, hash.b, sizeof id.b);
    return id;
}

static int compare(const void *a, const void *b)
{
    return memcmp(a, b, sizeof(struct id));
}

static size_t bucket(const struct id *id)
{
    return (size_t)id->b[0] << 8 | id->b[1];
}

/* -- writing ------------------------------------------------------------------------------------------------------------------- */

static struct exact_head *head_of(const struct id *ids, size_t n)
{
    struct exact_head *head = memory_new(sizeof *head);
    size_t i = 0;

    memcpy(head->magic, EXACT_MAGIC, sizeof head->magic);
    head->order = 0x01020304;
    head->version = 1;
    head->n = n;
    for (size_t b = 0; b <= BUCKETS; b++) {
        while (i < n && bucket(&ids[i]) < b)
            i++;
        head->starts[b] = i;
    }
    return head;
}

static bool put(FILE *f, const void *at, size_t n)
{
    return fwrite(at, 1, n, f) == n;
}

static status write_file(const char *path, const struct exact_head *head, const struct id *ids)
{
    char beside[4096];
    FILE *f;
    bool done;

    snprintf(beside, sizeof beside, "%s.new", path);
    f = fopen(beside, "we");
    if (f == NULL)
        return fail(BROKEN, "%s: %m", beside);
    done = put(f, head, sizeof *head) && put(f, ids, head->n * sizeof *ids) && fflush(f) == 0 && fsync(fileno(f)) == 0;
    done = fclose(f) == 0 && done;
    return done && rename(beside, path) == 0 ? OK : fail(BROKEN, "%s cannot be written: %m", path);
}

status exact_write(const char *path, struct id *ids, size_t n)
{
    struct id *all = memory_new((n + PLANTED) * sizeof *all);
    struct exact_head *head;
    status s;

    if (n > 0)
        memcpy(all, ids, n * sizeof *all);
    for (uint8_t i = 0; i < PLANTED; i++)
        all[n + i] = planted(i);
    qsort(all, n + PLANTED, sizeof *all, compare);
    head = head_of(all, n + PLANTED);
    s = write_file(path, head, all);
    memory_free(head);
    memory_free(all);
    return s;
}

/* -- reading -------------------------------------------------------------------------------------------------------------------------- */

static bool shape_right(const struct exact *e)
{
    const struct exact_head *h = e->head;

    if (memcmp(h->magic, EXACT_MAGIC, sizeof h->magic) != 0 || h->order != 0x01020304 || h->version != 1)
        return false;
    if (h->n < PLANTED || h->n != (e->size - sizeof *h) / sizeof(struct id) || h->starts[0] != 0 || h->starts[BUCKETS] != h->n)
        return false;
    for (size_t b = 0; b < BUCKETS; b++)
        if (h->starts[b] > h->starts[b + 1])
            return false;
    return true;
}

static bool order_right(const struct exact *e)
{
    for (size_t i = 1; i < e->head->n; i++)
        if (compare(&e->ids[i - 1], &e->ids[i]) > 0)
            return false;
    return true;
}

static bool proves(const struct exact *e)
{
    for (uint8_t i = 0; i < PLANTED; i++)
        if (!exact_has(e, planted(i)))
            return false;
    return true;
}

static status map_file(const char *path, struct exact *e)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    struct stat st;

    if (fd < 0)
        return fail(NOT_FOUND, "%s: %m", path);
    if (fstat(fd, &st) == 0 && st.st_size >= (off_t)sizeof *e->head) {
        e->size = (size_t)st.st_size;
        e->map = mmap(NULL, e->size, PROT_READ, MAP_SHARED, fd, 0);
    }
    close(fd);
    if (e->map == NULL || e->map == MAP_FAILED)
        return fail(BROKEN, "%s is too short or cannot be mapped", path);
    e->head = e->map;
    e->ids = (const struct id *)((const char *)e->map + sizeof *e->head);
    return OK;
}

status exact_open(const char *path, struct exact **out)
{
    struct exact e = { 0 };

    TRY(map_file(path, &e));
    if (!shape_right(&e) || !order_right(&e) || !proves(&e)) {
        munmap(e.map, e.size);
        return fail(BROKEN, "%s does not find what was planted in it", path);
    }
    *out = memory_new(sizeof **out);
    **out = e;
    return OK;
}

void exact_close(struct exact *e)
{
    if (e == NULL)
        return;
    munmap(e->map, e->size);
    memory_free(e);
}

bool exact_has(const struct exact *e, struct id id)
{
    size_t low = e->head->starts[bucket(&id)], high = e->head->starts[bucket(&id) + 1];

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int way = compare(&e->ids[middle], &id);

        if (way == 0)
            return true;
        if (way < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return false;
}

size_t exact_count(const struct exact *e)
{
    return e->head->n - PLANTED;
}
