#include "ship.h"

#include <stdio.h>

enum { NOTE_MAX = 4 << 20, PAGE_NO = 4 };

void segment_object(const char *line, i64 first, i64 last, char name[SEGMENT_NAME])
{
    if (first == last)
        snprintf(name, SEGMENT_NAME, "ship/%s-%010lld", line, (long long)first);
    else
        snprintf(name, SEGMENT_NAME, "ship/%s-%010lld-%010lld", line, (long long)first, (long long)last);
}

static struct key ctx_key(void)
{
    return vault_ctx("ship-key", NO_PARTS);
}

/* Where the body belongs: it opens nowhere else. */
static struct key ctx_body(const struct segment *s)
{
    struct le64 no = vault_le64(s->no);

    return vault_ctx("ship-segment", PARTS(s->origin, str_c(s->line), le64_str(&no)));
}

/* -- writing ---------------------------------------------------------------------------------------------------------------------- */

static struct str body_of(struct arena *a, const struct wal_batch *b)
{
    size_t each = PAGE_NO + (size_t)b->page_bytes;
    char *at = arena_alloc(a, b->n * each + 1);

    for (size_t i = 0; i < b->n; i++) {
        uint32_t no = (uint32_t)b->pages[i].no;

        for (int k = 0; k < PAGE_NO; k++)
            at[i * each + (size_t)k] = (char)(no >> 8 * k);
        memcpy(at + i * each + PAGE_NO, b->pages[i].at, (size_t)b->page_bytes);
    }
    return str_of(at, b->n * each);
}

static void write_note(struct out *o, struct arena *a, const struct segment *s)
{
    struct str sealed = vault_base64(a, s->sealed);

    out_f(o, "lachan-ship 1\norigin %.*s\nline %s %lld\nmade %lld\nprevious %s\nwal ", (int)s->origin.n, s->origin.at, s->line,
          (long long)s->no, (long long)s->made, s->previous);
    out_hex(o, s->end.salt, sizeof s->end.salt);
    out_f(o, " %lld %u %u\ndatabase %lld %lld %lld\nends %s\n", (long long)s->end.frame, s->end.sum[0], s->end.sum[1], (long long)s->db_pages,
          (long long)s->page_bytes, (long long)s->n_pages, s->at_end ? "log" : s->whole ? "yes" : "no");
    for (size_t i = 0; i < s->n_files; i++) {
        char id[ID_TEXT + 1];

        id_text(s->files[i].id, id);
        out_f(o, "file %s %lld %s\n", id, (long long)s->files[i].blob.size, s->files[i].blob.name);
    }
    out_f(o, "sealed %.*s\nbody %lld %s\nend\n", (int)sealed.n, sealed.at, (long long)s->body.size, s->body.name);
}

struct str segment_seal(struct arena *a, const struct house_keys *h, const struct key *public, const struct wal_batch *batch, struct segment *s)
{
    struct out o = { .max = NOTE_MAX };
    struct str boxed, note, object;
    struct key fk;

    s->db_pages = batch->db_pages;
    s->page_bytes = batch->page_bytes;
    s->n_pages = (i64)batch->n;
    s->whole = batch->whole || batch->n == 0;
    s->end = batch->end;
    vault_key_new(&fk);
    s->sealed = vault_wrap(a, public, ctx_key(), &fk);
    boxed = vault_box(a, &fk, ctx_body(s), body_of(a, batch));
    explicit_bzero(&fk, sizeof fk);
    s->body = blob_name(boxed);
    write_note(&o, a, s);
    note = signed_note_make(a, out_done(&o), s->origin, h);
    out_free(&o);
    object = arena_f(a, "lachan-segment 1 %zu\n", note.n);
    {
        char *at = arena_alloc(a, object.n + note.n + boxed.n + 1);

        memcpy(at, object.at, object.n);
        memcpy(at + object.n, note.at, note.n);
        memcpy(at + object.n + note.n, boxed.at, boxed.n);
        object = str_of(at, object.n + note.n + boxed.n);
    }
    memcpy(s->hash, blob_name(object).name, sizeof s->hash);
    return object;
}

/* -- reading ------------------------------------------------------------------------------------------------------------------------ */

static bool read_line(struct str line, struct segment *s)
{
    struct str name;

    if (!str_cut(&line, ' ', &name) || name.n != LINE_CHARS || !str_i64(line, &s->no) || s->no < 1)
        return false;
    memcpy(s->line, name.at, LINE_CHARS);
    s->line[LINE_CHARS] = '\0';
    return true;
}

static bool read_place(struct str line, struct wal_place *p)
{
    struct str salt;
    i64 a, b;

    if (!str_cut(&line, ' ', &salt) || !str_from_hex(salt, p->salt, sizeof p->salt) || !manifest_number(&line, &p->frame) ||
        !manifest_number(&line, &a) || !str_i64(line, &b) || a > UINT32_MAX || b < 0 || b > UINT32_MAX)
        return false;
    p->sum[0] = (uint32_t)a;
    p->sum[1] = (uint32_t)b;
    return true;
}

static bool read_size(struct str line, struct segment *s)
{
    return manifest_number(&line, &s->db_pages) && manifest_number(&line, &s->page_bytes) && s->page_bytes <= 65536 &&
           str_i64(line, &s->n_pages) && s->n_pages >= 0 && s->n_pages < NOTE_MAX;
}

static bool read_files(struct arena *a, struct str *text, struct segment *s)
{
    struct str line, id;

    s->files = NEW_N(a, struct backup_file, SEGMENT_FILES_MAX);
    while (str_starts(*text, STR("file "))) {
        struct backup_file *f = &s->files[s->n_files++];

        if (s->n_files > SEGMENT_FILES_MAX || !manifest_line(text, "file", &line) || !str_cut(&line, ' ', &id) || !id_of_text(id, &f->id) ||
            !manifest_blob(line, &f->blob))
            return false;
    }
    return true;
}

static bool read_end(struct arena *a, struct str *text, struct segment *s)
{
    uint8_t *wrap = arena_alloc(a, WRAP_BYTES);
    struct str line;

    s->sealed = str_of(wrap, WRAP_BYTES);
    return manifest_line(text, "sealed", &line) && vault_base64_read(line, wrap, WRAP_BYTES) && manifest_line(text, "body", &line) &&
           manifest_blob(line, &s->body) && str_is(*text, "end\n");
}

static bool read_ends(struct str ends, struct segment *s)
{
    s->at_end = str_is(ends, "log");
    s->whole = s->at_end || str_is(ends, "yes");
    return s->whole || str_is(ends, "no");
}

static bool read_note(struct arena *a, struct str note, struct segment *s)
{
    struct str text, line, ends;

    return signed_note_body(note, &text) && str_cut(&text, '\n', &line) && str_is(line, "lachan-ship 1") &&
           manifest_line(&text, "origin", &s->origin) && manifest_line(&text, "line", &line) && read_line(line, s) &&
           manifest_line(&text, "made", &line) && str_i64(line, &s->made) && manifest_line(&text, "previous", &line) &&
           manifest_hash(line, s->previous) && manifest_line(&text, "wal", &line) && read_place(line, &s->end) &&
           manifest_line(&text, "database", &line) && read_size(line, s) && manifest_line(&text, "ends", &ends) &&
           read_ends(ends, s) && read_files(a, &text, s) && read_end(a, &text, s);
}

status segment_read(struct arena *a, struct str *rest, struct segment *s)
{
    struct str all = *rest, line;
    i64 n;

    *s = (struct segment){ 0 };
    if (!manifest_line(rest, "lachan-segment", &line) || !str_starts(line, STR("1 ")) || !str_i64(str_from(line, 2), &n) || n < 1 ||
        (size_t)n > rest->n || n > NOTE_MAX)
        return fail(INVALID, "it does not begin as a segment does");
    s->note = str_upto(*rest, (size_t)n);
    *rest = str_from(*rest, (size_t)n);
    if (!read_note(a, s->note, s))
        return fail(INVALID, "its description cannot be read");
    if ((size_t)s->body.size > rest->n)
        return fail(INVALID, "it is cut");
    s->bytes = str_upto(*rest, (size_t)s->body.size);
    *rest = str_from(*rest, (size_t)s->body.size);
    memcpy(s->hash, blob_name(str_upto(all, all.n - rest->n)).name, sizeof s->hash);
    return memcmp(blob_name(s->bytes).name, s->body.name, HASH_HEX) == 0 ? OK : fail(BROKEN, "its body is damaged");
}

status segment_open(struct arena *a, const struct pair *pair, const struct segment *s, struct wal_page **pages)
{
    size_t each = PAGE_NO + (size_t)s->page_bytes;
    struct str plain;
    struct key fk;

    if (vault_unwrap(pair, ctx_key(), s->sealed, &fk) != OK)
        return fail(BROKEN, "segment %lld does not open with this secret: it was sealed to another key", (long long)s->no);
    if (vault_unbox(a, &fk, ctx_body(s), s->bytes, &plain) != OK || plain.n != (size_t)s->n_pages * each)
        return fail(BROKEN, "segment %lld is damaged", (long long)s->no);
    *pages = NEW_N(a, struct wal_page, (size_t)s->n_pages + 1);
    for (size_t i = 0; i < (size_t)s->n_pages; i++) {
        const uint8_t *at = (const uint8_t *)plain.at + i * each;

        (*pages)[i] = (struct wal_page){ .no = at[0] | at[1] << 8 | at[2] << 16 | (i64)at[3] << 24, .at = (const char *)at + PAGE_NO };
    }
    return OK;
}
