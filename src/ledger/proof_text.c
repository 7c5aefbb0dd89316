/* The proof of one entry as lines of text. Checked without any secret and without the database (docs/log.md):

     lachan-proof 1
     key BASE64          public key that signed the head
     head N              the signed checkpoint follows, N bytes
     index N             number of the entry
     entry BASE64        its bytes
     path BASE64         each hash of the path, from the leaf upwards
     end
*/
#include "look.h"

enum { PROOF_MAX = 8 << 20 };

static void write_line(struct out *o, struct arena *a, const char *what, struct str bytes)
{
    struct str text = vault_base64(a, bytes);

    out_f(o, "%s %.*s\n", what, (int)text.n, text.at);
}

void log_proof_write(struct out *o, struct arena *a, i64 seq, struct str entry, const struct log_proof *p)
{
    out_c(o, "lachan-proof 1\n");
    write_line(o, a, "key", str_of(p->log_pk, sizeof p->log_pk));
    out_f(o, "head %zu\n", p->signed_head.n);
    out_str(o, p->signed_head);
    out_f(o, "index %lld\n", (long long)seq);
    write_line(o, a, "entry", entry);
    for (size_t at = 0; at < p->path.n; at += sizeof(struct digest))
        write_line(o, a, "path", str_of(p->path.at + at, sizeof(struct digest)));
    out_c(o, "end\n");
}

/* -- reading ------------------------------------------------------------------------------------------------------------ */

/* The bytes of a line that begins with `word`. */
static bool take_bytes(struct arena *a, struct str *text, const char *word, struct str *bytes)
{
    struct str rest = *text, line, said;
    size_t pad = 0, n;
    char *at;

    if (!str_cut(&rest, '\n', &line) || !str_cut(&line, ' ', &said) || !str_is(said, word) || line.n % 4 != 0)
        return false;
    while (pad < 2 && pad < line.n && line.at[line.n - 1 - pad] == '=')
        pad++;
    n = line.n / 4 * 3 - pad;
    at = arena_alloc(a, n + 1);
    if (n > 0 && !vault_base64_read(line, (uint8_t *)at, n))
        return false;
    *bytes = str_of(at, n);
    *text = rest;
    return true;
}

static bool take_number(struct str *text, const char *word, i64 *n)
{
    struct str line, said;

    return str_cut(text, '\n', &line) && str_cut(&line, ' ', &said) && str_is(said, word) && str_i64(line, n) && *n >= 0;
}

static bool take_path(struct arena *a, struct str *text, struct str *path)
{
    char *at = arena_alloc(a, (MERKLE_EDGE_MAX + 1) * sizeof(struct digest));
    struct str hash;
    size_t n = 0;

    while (take_bytes(a, text, "path", &hash)) {
        if (hash.n != sizeof(struct digest) || n == MERKLE_EDGE_MAX)
            return false;
        memcpy(at + n++ * sizeof(struct digest), hash.at, hash.n);
    }
    *path = str_of(at, n * sizeof(struct digest));
    return str_is(*text, "end\n");
}

struct told { struct str key, entry, path, head; i64 index; };

static bool read_told(struct arena *a, struct str text, struct told *t)
{
    struct str line;
    i64 n;

    if (!str_cut(&text, '\n', &line) || !str_is(line, "lachan-proof 1") || !take_bytes(a, &text, "key", &t->key) ||
        t->key.n != 32 || !take_number(&text, "head", &n) || (size_t)n > text.n)
        return false;
    t->head = str_upto(text, (size_t)n);
    text = str_from(text, (size_t)n);
    return take_number(&text, "index", &t->index) && take_bytes(a, &text, "entry", &t->entry) && take_path(a, &text, &t->path);
}

bool log_is_proof(struct str text)
{
    return str_starts(text, STR("lachan-proof "));
}

static status bad(struct audit *audit, const char *why)
{
    audit->bad = str_c(why);
    return fail(BROKEN, "%s", why);
}

status log_proof_verify(struct arena *a, struct str text, struct audit *audit)
{
    struct checkpoint c = { 0 };
    struct told t = { 0 };
    struct entry e;

    *audit = (struct audit){ .head = STR(""), .bad = STR("") };
    if (text.n > PROOF_MAX || !read_told(a, text, &t) || entry_read(t.entry, &e) != OK)
        return bad(audit, "proof: the file is damaged or cut");
    memcpy(audit->log_pk, t.key.at, sizeof audit->log_pk);
    audit->head = t.head;
    if (checkpoint_read(t.head, audit->log_pk, &c) != OK)
        return bad(audit, "proof: the head is not signed by the key");
    if (!merkle_inclusion_ok(merkle_leaf(t.entry), (size_t)t.index, (size_t)c.size, t.path, c.root))
        return bad(audit, "proof: the entry is not the one that stands at this number under the signed head");
    audit->entries = 1;
    return OK;
}
