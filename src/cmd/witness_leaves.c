/* The hashes of all entries that a witness saw: with them it can say which entry was the first to change. */
#include "witness.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

enum { READ_LEAVES = 4096 };

const char *witness_path(struct witness *w, const char *name)
{
    return arena_f(&w->arena, "%s/%s", w->dir, name).at;
}

/* The hashes first, then the head that covers them: what lies behind the head's size after a power cut is written again. */
static status keep_leaves(struct witness *w, i64 from, struct str leaves)
{
    int fd = open(witness_path(w, "leaves"), O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    off_t at = (off_t)(from * (i64)sizeof(struct digest));
    bool done = fd >= 0 && ftruncate(fd, at) == 0;

    while (done && leaves.n > 0) {
        ssize_t n = pwrite(fd, leaves.at, leaves.n, at);

        if (n < 0 && errno == EINTR)
            continue;
        done = n > 0;
        at += n > 0 ? n : 0;
        leaves = str_from(leaves, n > 0 ? (size_t)n : 0);
    }
    done = done && fsync(fd) == 0;
    if (fd >= 0)
        close(fd);
    return done ? OK : fail(BROKEN, "%s: %m", witness_path(w, "leaves"));
}

/* The first number whose hash is not the one that was seen; `until` where all are. */
status witness_first_other(struct witness *w, i64 until, i64 *entry)
{
    int fd = open(witness_path(w, "leaves"), O_RDONLY | O_CLOEXEC);
    status s = fd < 0 ? fail(BROKEN, "%s: %m", witness_path(w, "leaves")) : OK;

    for (*entry = 0; s == OK && *entry < until;) {
        struct digest known;
        struct str now;

        s = witness_leaves(w, *entry, &now);
        if (s != OK || now.n == 0)
            break;
        for (; now.n >= sizeof known && *entry < until; now = str_from(now, sizeof known), ++*entry)
            if (pread(fd, &known, sizeof known, (off_t)(*entry * (i64)sizeof known)) != (ssize_t)sizeof known ||
                memcmp(&known, now.at, sizeof known) != 0) {
                close(fd);
                return OK;
            }
    }
    if (fd >= 0)
        close(fd);
    return s;
}

status witness_leaves_take(struct witness *w, i64 until, struct merkle *tree)
{
    while (tree->size < until) {
        i64 from = tree->size;
        struct str now;

        TRY(witness_leaves(w, from, &now));
        now = str_upto(now, (size_t)(until - from) * sizeof(struct digest));
        now.n -= now.n % sizeof(struct digest);
        if (now.n == 0)
            return fail(BUSY, "the server gave no hash of entry %lld", (long long)from);
        TRY(keep_leaves(w, from, now));
        for (size_t at = 0; at < now.n; at += sizeof(struct digest)) {
            struct digest leaf;

            memcpy(&leaf, now.at + at, sizeof leaf);
            merkle_add(tree, leaf);
        }
    }
    return OK;
}

/* -- are they the ones that were seen? --------------------------------------------------------------------------------------------------- */

/* The tree of as many as the known head has; less where the file is shorter, or not there. */
static void read_tree(struct witness *w, struct merkle *tree)
{
    struct digest *some = NEW_N(&w->arena, struct digest, READ_LEAVES);
    int fd = open(witness_path(w, "leaves"), O_RDONLY | O_CLOEXEC);

    *tree = (struct merkle){ 0 };
    while (fd >= 0 && tree->size < w->tree.size) {
        i64 wanted = w->tree.size - tree->size < READ_LEAVES ? w->tree.size - tree->size : READ_LEAVES;
        ssize_t n = pread(fd, some, (size_t)wanted * sizeof *some, (off_t)(tree->size * (i64)sizeof *some));

        if (n < (ssize_t)sizeof *some)
            break;
        for (size_t i = 0; i < (size_t)n / sizeof *some; i++)
            merkle_add(tree, some[i]);
    }
    if (fd >= 0)
        close(fd);
}

static bool makes_head(const struct witness *w, const struct merkle *tree)
{
    struct digest known = merkle_root(&w->tree), root = merkle_root(tree);

    return tree->size == w->tree.size && memcmp(&known, &root, sizeof root) == 0;
}

bool witness_leaves_whole(struct witness *w)
{
    struct merkle tree;

    if (w->tree.size == 0)
        return true;
    read_tree(w, &tree);
    return makes_head(w, &tree);
}

static bool long_enough(struct witness *w)
{
    struct stat st;

    return w->tree.size == 0 || (stat(witness_path(w, "leaves"), &st) == 0 && (i64)st.st_size / (i64)sizeof(struct digest) >= w->tree.size);
}

status witness_leaves_mend(struct witness *w)
{
    struct merkle tree = { 0 };

    if (long_enough(w) && (w->leaves_proved || witness_leaves_whole(w))) {
        w->leaves_proved = true;
        return OK;
    }
    if (long_enough(w))         /* what is damaged in one place may still serve as evidence */
        (void)rename(witness_path(w, "leaves"), witness_path(w, "leaves-damaged"));
    fprintf(stderr, "lachan audit witness: %s was missing or damaged: its hashes are fetched anew\n", witness_path(w, "leaves"));
    TRY(witness_leaves_take(w, w->tree.size, &tree));
    if (!makes_head(w, &tree)) {
        (void)unlink(witness_path(w, "leaves"));
        return witness_bad(w, "the hashes of the %lld entries that the server gives now do not make the head that this witness knew", (long long)w->tree.size);
    }
    fprintf(stderr, "lachan audit witness: they make the head of %lld entries that was kept, so they are the ones that were seen\n", (long long)w->tree.size);
    w->leaves_proved = true;
    return OK;
}
