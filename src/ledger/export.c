/* The log as lines of text, for a witness or a court: it can be checked without any secret and without the
   database.

     lachan-log 1
     key BASE64          public key that signed the head
     head N              the signed checkpoint follows, N bytes
     entry BASE64        each numbered entry, in order
     waiting BASE64      each entry without a number: held by its mac only, so counted and not proved
     end
*/
#include "entry.h"
#include "head.h"

#include "ledger.sql.h"

#include <errno.h>
#include <unistd.h>

enum { LINE_MAX_BYTES = 2 * ENTRY_MAX };

struct writer {
    file_sink *sink;
    void *to;
    struct arena scratch;       /* of one line */
};

static status write_line(struct writer *w, const char *what, struct str bytes)
{
    struct str text = vault_base64(&w->scratch, bytes);
    status s;

    text = arena_f(&w->scratch, "%s %.*s\n", what, (int)text.n, text.at);
    s = w->sink(w->to, text.at, text.n);
    arena_reset(&w->scratch, false);
    return s;
}

static status write_numbered(void *to, const void *row)
{
    return write_line(to, "entry", ((const struct log_numbered_row *)row)->entry);
}

static status write_waiting(void *to, const void *row)
{
    return write_line(to, "waiting", ((const struct log_unnumbered_row *)row)->entry);
}

static status write_log(struct ledger *l, struct writer *w)
{
    struct log_head head;
    struct str text;

    TRY(log_head_load(l, &head));
    text = arena_f(l->arena, "lachan-log 1\n");
    TRY(w->sink(w->to, text.at, text.n));
    TRY(write_line(w, "key", str_of(head.log_pk, sizeof head.log_pk)));
    text = head.signed_head;
    text = arena_f(l->arena, "head %zu\n%.*s", text.n, (int)text.n, text.at);
    TRY(w->sink(w->to, text.at, text.n));
    TRY(sql_log_numbered(l->db, (struct sql_log_numbered){ .after = -1 }, write_numbered, w));
    TRY(sql_log_unnumbered(l->db, write_waiting, w));
    return w->sink(w->to, "end\n", 4);
}

status audit_export(struct ledger *l, file_sink *sink, void *to)
{
    struct writer w = { .sink = sink, .to = to, .scratch = arena_make((size_t)4 * LINE_MAX_BYTES) };
    status s = tx_begin_read(l->db);

    if (s == OK)
        s = write_log(l, &w);
    tx_rollback(l->db);
    arena_free(&w.scratch);
    return s;
}

/* -- reading ------------------------------------------------------------------------------------------- */

struct reader {
    int fd;
    char *buffer;               /* LINE_MAX_BYTES, in the arena */
    size_t at, n;
    uint8_t *bytes;             /* of the line in hand, decoded; ENTRY_MAX, in the arena */
    struct audit *audit;
    struct merkle tree;
};

/* Named by what was still right before it: the line itself may be an entry, one that waits, or the end. */
static status bad_line(struct reader *r, struct arena *a)
{
    i64 entries = r->tree.size, waiting = r->audit->waiting;

    if (entries + waiting == 0)
        r->audit->bad = STR("the file is damaged or cut before entry 0");
    else
        r->audit->bad = arena_f(a, "the file is damaged or cut behind %sentry %lld", waiting ? "waiting " : "", (long long)(waiting ? waiting : entries - 1));
    return fail(BROKEN, "%.*s", (int)r->audit->bad.n, r->audit->bad.at);
}

/* Of no entry alone: the head says only what all of them make. */
static status bad_head(struct reader *r, struct arena *a, const char *why)
{
    r->audit->bad = arena_f(a, "head: %s", why);
    return fail(BROKEN, "%.*s", (int)r->audit->bad.n, r->audit->bad.at);
}

/* Makes at least one more byte readable; false at the end of the file or where a line is too long. */
static bool read_more(struct reader *r)
{
    ssize_t n;

    memmove(r->buffer, r->buffer + r->at, r->n - r->at);
    r->n -= r->at;
    r->at = 0;
    if (r->n == LINE_MAX_BYTES)
        return false;
    do
        n = read(r->fd, r->buffer + r->n, LINE_MAX_BYTES - r->n);
    while (n < 0 && errno == EINTR);
    if (n <= 0)
        return false;
    r->n += (size_t)n;
    return true;
}

static bool take(struct reader *r, size_t n, struct str *bytes)
{
    while (r->n - r->at < n)
        if (!read_more(r))
            return false;
    *bytes = str_of(r->buffer + r->at, n);
    r->at += n;
    return true;
}

static bool next_line(struct reader *r, struct str *line)
{
    size_t seen = 0;

    for (;;) {
        struct str rest = str_of(r->buffer + r->at, r->n - r->at);
        size_t end = seen + str_find_char(str_from(rest, seen), '\n');

        if (end < rest.n) {
            *line = str_upto(rest, end);
            r->at += end + 1;
            return true;
        }
        seen = rest.n;
        if (!read_more(r))
            return false;
    }
}

/* The word of a line, and what its BASE64 stands for. */
static bool next_bytes(struct reader *r, struct str *word, struct str *bytes)
{
    struct str line, text;
    size_t n, pad = 0;

    if (!next_line(r, &line) || !str_cut(&line, ' ', word))
        return false;
    text = line;
    while (pad < 2 && pad < text.n && text.at[text.n - 1 - pad] == '=')
        pad++;
    n = text.n / 4 * 3 - pad;
    if (text.n % 4 != 0 || n > ENTRY_MAX || (n > 0 && !vault_base64_read(text, r->bytes, n)))
        return false;
    *bytes = str_of(r->bytes, n);
    return true;
}

static bool read_opening(struct reader *r, struct arena *a, struct str *signed_head)
{
    struct str line, word, key;
    i64 n;

    if (!next_line(r, &line) || !str_is(line, "lachan-log 1") ||
        !next_bytes(r, &word, &key) || !str_is(word, "key") || key.n != sizeof r->audit->log_pk)
        return false;
    memcpy(r->audit->log_pk, key.at, key.n);
    if (!next_line(r, &line) || !str_starts(line, STR("head ")) || !str_i64(str_from(line, 5), &n) ||
        n < 0 || n > LINE_MAX_BYTES / 2 || !take(r, (size_t)n, signed_head))
        return false;
    *signed_head = arena_copy(a, *signed_head);
    return true;
}

/* The tree and counts of all entry lines up to "end". */
static bool read_entries(struct reader *r)
{
    struct str word, bytes;
    struct entry e;

    while (next_bytes(r, &word, &bytes)) {
        if (str_is(word, "end"))
            return true;
        if (entry_read(bytes, &e) != OK)
            return false;
        if (str_is(word, "waiting"))
            r->audit->waiting++;
        else if (str_is(word, "entry") && r->audit->waiting == 0)
            merkle_add(&r->tree, merkle_leaf(bytes));
        else
            return false;
    }
    return false;
}

static status check_file(struct reader *r, struct arena *a, const uint8_t *log_pk)
{
    struct checkpoint c = { 0 };
    struct digest root;

    if (!read_opening(r, a, &r->audit->head))
        return bad_head(r, a, "not an export of a log");
    if (log_pk != NULL && memcmp(log_pk, r->audit->log_pk, sizeof r->audit->log_pk) != 0)
        return bad_head(r, a, "signed with another key");
    if (!read_entries(r))
        return bad_line(r, a);
    r->audit->entries = r->tree.size;
    if (r->tree.size == 0 && r->audit->head.n == 0)
        return OK;
    if (checkpoint_read(r->audit->head, r->audit->log_pk, &c) != OK)
        return bad_head(r, a, "it is not signed by the key");
    root = merkle_root(&r->tree);
    if (c.size != r->tree.size)
        return bad_head(r, a, arena_f(a, "it is of %lld entries, and the file has %lld", (long long)c.size, (long long)r->tree.size).at);
    if (memcmp(&root, &c.root, sizeof root) != 0)
        return bad_head(r, a, arena_f(a, "one or more of the entries 0 to %lld are not those that were signed; which, the database or a witness can say",
                                      (long long)r->tree.size - 1).at);
    return OK;
}

status audit_verify_export(struct arena *a, int fd, const uint8_t *log_pk, struct audit *audit)
{
    struct reader r = { .fd = fd, .audit = audit };

    *audit = (struct audit){ .head = STR(""), .bad = STR("") };
    r.buffer = arena_alloc(a, LINE_MAX_BYTES);
    r.bytes = arena_alloc(a, ENTRY_MAX);
    return check_file(&r, a, log_pk);
}
