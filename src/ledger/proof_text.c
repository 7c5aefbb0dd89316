/* The proof of one entry as lines of text. Checked without any secret and without the database (docs/log.md):

     lachan-proof 1
     key BASE64          public key that signed the head
     head N              the signed checkpoint follows, N bytes
     index N             number of the entry
     entry BASE64        its bytes
     path BASE64         each hash of the path, from the leaf upwards
     end
*/
#include "lines.h"

enum { PROOF_MAX = 8 << 20 };

void log_proof_write(struct out *o, struct arena *a, i64 seq, struct str entry, const struct log_proof *p)
{
    out_c(o, "lachan-proof 1\n");
    line_write(o, a, "key", str_of(p->log_pk, sizeof p->log_pk));
    out_f(o, "head %zu\n", p->signed_head.n);
    out_str(o, p->signed_head);
    out_f(o, "index %lld\n", (long long)seq);
    line_write(o, a, "entry", entry);
    line_path_write(o, a, p->path);
}

/* -- reading ------------------------------------------------------------------------------------------------------------ */

struct told { struct str key, entry, path, head; i64 index; };

static bool read_told(struct arena *a, struct str text, struct told *t)
{
    struct str line;
    i64 n;

    if (!str_cut(&text, '\n', &line) || !str_is(line, "lachan-proof 1") || !line_bytes(a, &text, "key", &t->key) ||
        t->key.n != 32 || !line_number(&text, "head", &n) || (size_t)n > text.n)
        return false;
    t->head = str_upto(text, (size_t)n);
    text = str_from(text, (size_t)n);
    return line_number(&text, "index", &t->index) && line_bytes(a, &text, "entry", &t->entry) && line_path(a, &text, &t->path);
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
