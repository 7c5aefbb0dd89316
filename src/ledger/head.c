#include "head.h"

#include "entry.h"

#include "../base/content.h"

#include "ledger.sql.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

enum { HEAD_FILE_MAX = 16 * 1024 };

/* A checkpoint that any key of the house signed, of exactly this tree. */
static bool signed_by_house(const struct house *house, struct str text, const struct merkle *tree,
                            uint8_t log_pk[32])
{
    struct digest root = merkle_root(tree);
    struct checkpoint c;

    for (size_t i = house->n; i-- > 0;)
        if (checkpoint_read(text, house->gen[i].log_pk, &c) == OK) {
            memcpy(log_pk, house->gen[i].log_pk, 32);
            return c.size == tree->size && memcmp(c.root.b, root.b, sizeof root.b) == 0;
        }
    return false;
}

status log_head_load(struct ledger *l, struct log_head *head)
{
    struct log_head_read_row row;
    status s = sql_log_head_read(l->db, &row);

    *head = (struct log_head){ .signed_head = STR("") };
    if (s == NOT_FOUND)
        return OK;
    TRY(s);
    TRY(merkle_of_edge(row.edge, row.size, &head->tree));
    head->exists = true;
    head->hour = row.hour;
    head->signed_head = row.signed_;
    if (row.size > 0 && !signed_by_house(l->house, row.signed_, &head->tree, head->log_pk))
        return fail(BROKEN, "the head of the log (size %lld) is not signed by this house",
                    (long long)row.size);
    return OK;
}

/* -- the head kept beside K_inst: "edge HEX\n" and the checkpoint -------------------------------------- */

static status read_text(struct arena *a, const char *path, struct str *text)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    char *at;
    ssize_t n;

    if (fd < 0)
        return errno == ENOENT ? NOT_FOUND : fail(BROKEN, "head file %s: %m", path);
    at = arena_alloc(a, HEAD_FILE_MAX);
    n = read(fd, at, HEAD_FILE_MAX);
    close(fd);
    if (n < 0 || n == HEAD_FILE_MAX)
        return fail(BROKEN, "head file %s cannot be read, or is too long", path);
    *text = str_of(at, (size_t)n);
    return OK;
}

/* The size stands in the checkpoint; the number of hashes must fit it. */
static status read_head(struct ledger *l, struct str text, struct merkle *tree, struct str *origin)
{
    struct str line, edge;
    struct checkpoint c;
    uint8_t *hashes, log_pk[32];
    size_t n;

    if (!str_cut(&text, '\n', &line) || !str_starts(line, STR("edge ")))
        return fail(BROKEN, "the head file does not begin with an edge");
    edge = str_from(line, 5);
    n = edge.n / 2;
    hashes = arena_alloc(l->arena, n + 1);
    for (size_t i = 0; i < l->house->n; i++)
        if (checkpoint_read(text, l->house->gen[i].log_pk, &c) == OK && str_from_hex(edge, hashes, n) &&
            merkle_of_edge(str_of(hashes, n), c.size, tree) == OK &&
            signed_by_house(l->house, text, tree, log_pk)) {
            *origin = c.origin;
            return OK;
        }
    return fail(BROKEN, "the head file is damaged or of another house");
}

struct growth {
    struct merkle *tree;
    i64 until;
};

static status grow(void *to, const void *row)
{
    const struct log_numbered_row *r = row;
    struct growth *g = to;

    if (g->tree->size == g->until)
        return OK;
    if (r->seq != g->tree->size)
        return fail(BROKEN, "the log has no entry %lld", (long long)g->tree->size);
    merkle_add(g->tree, merkle_leaf(r->entry));
    return OK;
}

/* Adds what the database holds behind the kept head, and compares with what it says is its head. */
static status extends(struct ledger *l, struct merkle *kept, struct str origin)
{
    struct digest root, grown;
    struct log_head head;
    struct checkpoint c;

    TRY(log_head_load(l, &head));
    if (head.tree.size < kept->size)
        return fail(BROKEN, "the log was rolled back: %lld entries, and %lld were known",
                    (long long)head.tree.size, (long long)kept->size);
    TRY(checkpoint_read(head.signed_head, head.log_pk, &c));
    if (!str_eq(c.origin, origin))
        return fail(BROKEN, "the log is another one than the head file knows");
    TRY(sql_log_numbered(l->db, (struct sql_log_numbered){ .after = kept->size - 1 }, grow,
                         &(struct growth){ kept, head.tree.size }));
    root = merkle_root(&head.tree);
    grown = merkle_root(kept);
    if (kept->size != head.tree.size || memcmp(&root, &grown, sizeof root) != 0)
        return fail(BROKEN, "the log does not extend the head that was known");
    return OK;
}

status log_check_head(struct ledger *l, const char *head_file)
{
    struct merkle kept;
    struct str text, origin = STR_NULL;
    status s = read_text(l->arena, head_file, &text);

    if (s != OK)
        return s == NOT_FOUND ? OK : s;
    TRY(read_head(l, text, &kept, &origin));
    TRY(tx_begin_read(l->db));
    s = extends(l, &kept, origin);
    tx_rollback(l->db);
    return s;
}

status log_keep_head(struct ledger *l, const char *head_file)
{
    struct out o = { .max = HEAD_FILE_MAX };
    struct log_head head;
    status s;

    TRY(log_head_load(l, &head));
    if (head.tree.size == 0)
        return OK;
    out_c(&o, "edge ");
    out_hex(&o, head.tree.edge, head.tree.n * sizeof head.tree.edge[0]);
    out_char(&o, '\n');
    out_str(&o, head.signed_head);
    s = file_replace(head_file, out_done(&o));
    out_free(&o);
    return s;
}
