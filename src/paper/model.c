/* What is said, in the order in which it is said. Texts are made fit for paper here, so that drawing needs no memory of ours. */
#include "model.h"

#include "../base/text.h"

#include <assert.h>
#include <glib.h>

/* -- texts ---------------------------------------------------------------------------------------------------------------------------- */

enum { MARKS_MAX = 4 };         /* accents on one letter: Vietnamese needs two where they are not composed */

/* Turns the line, breaks it in ways of its own, or is no character: none of it has a place on paper. */
static bool is_unprintable(gunichar ch)
{
    return ch < 0x20 || (ch >= 0x7f && ch < 0xa0) || ch == 0xad || (ch >= 0x200b && ch <= 0x200f) || (ch >= 0x202a && ch <= 0x202e) ||
           (ch >= 0x2060 && ch <= 0x206f) || ch == 0x061c || ch == 0xfeff || (ch >= 0xfff0 && ch <= 0xfffb) ||
           (ch >= 0xe000 && ch <= 0xf8ff) || ch >= 0xe0000 || (ch & 0xfffe) == 0xfffe;
}

static void out_printable(struct out *o, struct str s)
{
    int marks = 0;

    for (const char *at = s.at, *end = s.at + s.n; at < end; at = g_utf8_next_char(at)) {
        gunichar ch = g_utf8_get_char(at);

        marks = g_unichar_ismark(ch) ? marks + 1 : 0;
        if (ch == '\n' || ch == 0x2028 || ch == 0x2029)
            out_char(o, '\n');
        else if (ch == '\t')
            out_char(o, ' ');
        else if (!is_unprintable(ch) && marks <= MARKS_MAX)
            out_bytes(o, at, (size_t)(g_utf8_next_char(at) - at));
    }
}

static struct str printable(struct doc *p, struct str raw)
{
    struct str s = text_clean(p->arena, raw), all;
    struct str kept = text_upto(s, DOC_TEXT_MAX);
    struct out o = { .max = kept.n + p->about.cut_word.n + 1 };

    out_printable(&o, kept);
    if (kept.n < s.n)
        out_str(&o, p->about.cut_word);
    all = arena_copy(p->arena, out_done(&o));
    out_wipe(&o);
    out_free(&o);
    return all;
}

/* -- blocks --------------------------------------------------------------------------------------------------------------------------- */

struct doc *doc_new(struct arena *a, const struct doc_about *about)
{
    struct doc *p = NEW(a, struct doc);

    p->arena = a;
    p->last = &p->first;
    p->about = *about;
    p->about.title = printable(p, about->title);
    p->about.author = printable(p, about->author);
    p->about.watermark = printable(p, about->watermark);
    p->about.foot = printable(p, about->foot);
    return p;
}

static struct block *add(struct doc *p, enum block_kind kind, struct str a, struct str b)
{
    struct block *block = NEW(p->arena, struct block);

    block->kind = kind;
    block->a = printable(p, a);
    block->b = printable(p, b);
    if (p->blocks >= DOC_BLOCKS_MAX) {
        p->over = true;
        return block;
    }
    p->blocks++;
    *p->last = block;
    p->last = &block->next;
    return block;
}

struct str doc_capitals(struct doc *p, struct str s)
{
    struct str clean = printable(p, s), kept;
    char *upper = g_utf8_strup(clean.n ? clean.at : "", (gssize)clean.n);

    kept = arena_copy(p->arena, str_c(upper));
    g_free(upper);
    return kept;
}

void doc_letterhead(struct doc *p, const struct doc_head *head)
{
    struct block *b = add(p, BLOCK_LETTERHEAD, STR(""), STR(""));

    b->head = (struct doc_head){
        doc_capitals(p, head->above), doc_capitals(p, head->body), printable(p, head->country), printable(p, head->motto),
        printable(p, head->number), printable(p, head->place_date), printable(p, head->form) };
}

void doc_title(struct doc *p, struct str title, struct str about)
{
    (void)add(p, BLOCK_TITLE, doc_capitals(p, title), about);
}

void doc_section(struct doc *p, struct str title)
{
    (void)add(p, BLOCK_SECTION, title, STR(""));
    p->sections++;
}

void doc_contents(struct doc *p, struct str heading)
{
    (void)add(p, BLOCK_CONTENTS, heading, STR(""));
}

void doc_heading(struct doc *p, int level, struct str text)
{
    add(p, BLOCK_HEADING, text, STR(""))->level = level;
}

void doc_text(struct doc *p, struct str text)
{
    (void)add(p, BLOCK_TEXT, text, STR(""));
}

void doc_centred(struct doc *p, struct str text, bool bold)
{
    add(p, BLOCK_CENTRED, text, STR(""))->on = bold;
}

void doc_small(struct doc *p, struct str text)
{
    (void)add(p, BLOCK_SMALL, text, STR(""));
}

void doc_mono(struct doc *p, struct str text)
{
    (void)add(p, BLOCK_MONO, text, STR(""));
}

void doc_pair(struct doc *p, struct str label, struct str value)
{
    (void)add(p, BLOCK_PAIR, label, value);
}

void doc_choice(struct doc *p, struct str label, bool on)
{
    add(p, BLOCK_CHOICE, label, STR(""))->on = on;
}

void doc_sealed(struct doc *p, struct str what)
{
    (void)add(p, BLOCK_SEALED, what, p->about.sealed_word);
}

void doc_space(struct doc *p)
{
    (void)add(p, BLOCK_SPACE, STR(""), STR(""));
}

void doc_table(struct doc *p, const struct doc_column *columns, size_t n)
{
    struct doc_column *kept = NEW_N(p->arena, struct doc_column, n + 1);
    struct block *b = add(p, BLOCK_TABLE, STR(""), STR(""));

    assert(n > 0 && n <= DOC_COLUMNS_MAX);
    for (size_t i = 0; i < n; i++)
        kept[i] = (struct doc_column){ printable(p, columns[i].head), columns[i].share > 0 ? columns[i].share : 1, columns[i].centre };
    b->columns = p->columns = kept;
    b->n = p->n_columns = n;
}

void doc_row(struct doc *p, const struct str *cells, size_t n)
{
    struct str *kept = NEW_N(p->arena, struct str, p->n_columns + 1);
    struct block *b = add(p, BLOCK_ROW, STR(""), STR(""));

    assert(p->columns != NULL && n <= p->n_columns);
    for (size_t i = 0; i < p->n_columns; i++)
        kept[i] = i < n ? printable(p, cells[i]) : STR("");
    b->columns = p->columns;
    b->n = p->n_columns;
    b->cells = kept;
}

void doc_signers(struct doc *p, const struct doc_signer *signers, size_t n)
{
    struct doc_signer *kept = NEW_N(p->arena, struct doc_signer, n + 1);
    struct block *b = add(p, BLOCK_SIGNERS, STR(""), STR(""));

    assert(n > 0 && n <= DOC_SIGNERS_MAX);
    for (size_t i = 0; i < n; i++)
        kept[i] = (struct doc_signer){ printable(p, signers[i].title), printable(p, signers[i].hint), printable(p, signers[i].name) };
    b->signers = kept;
    b->n = n;
}

/* -- its mark --------------------------------------------------------------------------------------------------------------------------- */

static void hash_text(GChecksum *sum, struct str s)
{
    guint32 n = GUINT32_TO_LE((guint32)s.n);

    g_checksum_update(sum, (const guchar *)&n, sizeof n);
    if (s.n)
        g_checksum_update(sum, (const guchar *)s.at, (gssize)s.n);
}

static void hash_head(GChecksum *sum, const struct doc_head *h)
{
    const struct str parts[] = { h->above, h->body, h->country, h->motto, h->number, h->place_date, h->form };

    for (size_t i = 0; i < COUNT_OF(parts); i++)
        hash_text(sum, parts[i]);
}

static void hash_block(GChecksum *sum, const struct block *b)
{
    guchar kind[] = { (guchar)b->kind, (guchar)b->level, (guchar)b->on };

    g_checksum_update(sum, kind, sizeof kind);
    hash_text(sum, b->a);
    hash_text(sum, b->b);
    if (b->kind == BLOCK_LETTERHEAD)
        hash_head(sum, &b->head);
    for (size_t i = 0; i < b->n && b->kind == BLOCK_TABLE; i++)
        hash_text(sum, b->columns[i].head);
    for (size_t i = 0; i < b->n && b->cells != NULL; i++)
        hash_text(sum, b->cells[i]);
    for (size_t i = 0; i < b->n && b->signers != NULL; i++) {
        hash_text(sum, b->signers[i].title);
        hash_text(sum, b->signers[i].hint);
        hash_text(sum, b->signers[i].name);
    }
}

void doc_hash(const struct doc *p, char hex[DOC_HASH_HEX + 1])
{
    GChecksum *sum = g_checksum_new(G_CHECKSUM_SHA256);

    hash_text(sum, p->about.title);
    hash_text(sum, p->about.watermark);
    hash_text(sum, p->about.foot);
    for (const struct block *b = p->first; b != NULL; b = b->next)
        hash_block(sum, b);
    memcpy(hex, g_checksum_get_string(sum), DOC_HASH_HEX + 1);
    g_checksum_free(sum);
}
