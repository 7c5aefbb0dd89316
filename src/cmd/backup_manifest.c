#include "backup.h"

#include <stdlib.h>

enum { MANIFEST_MAX = 256 << 20, LINES_MAX = 4 << 20 };

struct key backup_ctx_piece(void) { return vault_ctx("backup-piece", NO_PARTS); }
struct key backup_ctx_keys(void) { return vault_ctx("backup-keys", NO_PARTS); }
struct key backup_ctx_seal(void) { return vault_ctx("backup", NO_PARTS); }

static void write_body(struct out *o, struct arena *a, const struct manifest *m)
{
    struct str root = vault_base64(a, digest_str(&m->log_root)), sealed = vault_base64(a, m->sealed);

    out_f(o, "lachan-backup 1\norigin %.*s\nmade %lld\nschema %lld\nlog %lld %.*s\ndatabase %lld %s\n", (int)m->origin.n, m->origin.at,
          (long long)m->made, (long long)m->schema, (long long)m->log_size, (int)root.n, root.at, (long long)m->db_size,
          m->db_sha256);
    for (size_t i = 0; i < m->n_pieces; i++)
        out_f(o, "piece %lld %s\n", (long long)m->pieces[i].size, m->pieces[i].name);
    if (m->line[0] != '\0')
        out_f(o, "shipped %s %lld %lld\n", m->line, (long long)m->after, (long long)m->needs);
    out_f(o, "keys %lld %s\nsealed %.*s\n", (long long)m->keys.size, m->keys.name, (int)sealed.n, sealed.at);
    for (size_t i = 0; i < m->n_files; i++) {
        char id[ID_TEXT + 1];

        id_text(m->files[i].id, id);
        out_f(o, "file %s %lld %s\n", id, (long long)m->files[i].blob.size, m->files[i].blob.name);
    }
    out_c(o, "end\n");
}

struct str manifest_write(struct arena *a, const struct manifest *m, const struct house_keys *h)
{
    struct out o = { .max = MANIFEST_MAX };
    struct str text;

    write_body(&o, a, m);
    text = signed_note_make(a, out_done(&o), m->origin, h);
    out_free(&o);
    return text;
}

/* -- reading ------------------------------------------------------------------------------------------------------------------- */

static bool take_word(struct str *line, const char *word)
{
    struct str said;

    return str_cut(line, ' ', &said) && str_is(said, word);
}

bool manifest_number(struct str *line, i64 *n)
{
    struct str said;

    return str_cut(line, ' ', &said) && str_i64(said, n) && *n >= 0;
}

bool manifest_hash(struct str said, char name[HASH_HEX + 1])
{
    uint8_t bytes[HASH_HEX / 2];

    if (said.n != HASH_HEX || !str_from_hex(said, bytes, sizeof bytes))
        return false;
    for (size_t i = 0; i < HASH_HEX; i++)
        if (said.at[i] >= 'A' && said.at[i] <= 'F')
            return false;       /* a name of a file: one way to write it */
    memcpy(name, said.at, HASH_HEX);
    name[HASH_HEX] = '\0';
    return true;
}

bool manifest_blob(struct str line, struct blob *b)
{
    return manifest_number(&line, &b->size) && manifest_hash(line, b->name);
}

/* One "word rest" line. */
bool manifest_line(struct str *text, const char *word, struct str *rest)
{
    return str_cut(text, '\n', rest) && take_word(rest, word);
}

static bool next_is(struct str text, const char *word)
{
    return str_starts(text, str_c(word));
}

static bool read_log(struct str line, struct manifest *m)
{
    return manifest_number(&line, &m->log_size) && vault_base64_read(line, m->log_root.b, sizeof m->log_root.b);
}

static bool read_head(struct str *text, struct manifest *m)
{
    struct str line;

    return str_cut(text, '\n', &line) && str_is(line, "lachan-backup 1") && manifest_line(text, "origin", &m->origin) &&
           m->origin.n > 0 && manifest_line(text, "made", &line) && str_i64(line, &m->made) && manifest_line(text, "schema", &line) && str_i64(line, &m->schema) &&
           manifest_line(text, "log", &line) && read_log(line, m) && manifest_line(text, "database", &line) &&
           manifest_number(&line, &m->db_size) && manifest_hash(line, m->db_sha256);
}

static bool read_pieces(struct arena *a, struct str *text, struct manifest *m)
{
    size_t room = (size_t)(m->db_size / PIECE_BYTES) + 1;
    struct str line;

    if (room > LINES_MAX)
        return false;
    m->pieces = NEW_N(a, struct blob, room);
    while (next_is(*text, "piece ") && m->n_pieces < room)
        if (!manifest_line(text, "piece", &line) || !manifest_blob(line, &m->pieces[m->n_pieces++]))
            return false;
    return true;
}

static bool read_shipped(struct str *text, struct manifest *m)
{
    struct str line, name;

    if (!next_is(*text, "shipped "))
        return true;
    if (!manifest_line(text, "shipped", &line) || !str_cut(&line, ' ', &name) || name.n != LINE_CHARS || !manifest_number(&line, &m->after) ||
        !str_i64(line, &m->needs) || m->needs < m->after)
        return false;
    memcpy(m->line, name.at, LINE_CHARS);
    return true;
}

static bool read_seal(struct arena *a, struct str *text, struct manifest *m)
{
    uint8_t *bytes = arena_alloc(a, WRAP_BYTES);
    struct str line;

    m->sealed = str_of(bytes, WRAP_BYTES);
    return manifest_line(text, "keys", &line) && manifest_blob(line, &m->keys) && manifest_line(text, "sealed", &line) &&
           vault_base64_read(line, bytes, WRAP_BYTES);
}

static bool read_files(struct arena *a, struct str *text, struct manifest *m)
{
    size_t room = text->n / 100 + 2;        /* a line of a file has more */
    struct str line, id;

    m->files = NEW_N(a, struct backup_file, room);
    while (next_is(*text, "file ") && m->n_files < room) {
        struct backup_file *f = &m->files[m->n_files++];

        if (!manifest_line(text, "file", &line) || !str_cut(&line, ' ', &id) || !id_of_text(id, &f->id) || !manifest_blob(line, &f->blob))
            return false;
    }
    return str_is(*text, "end\n");
}

status manifest_read(struct arena *a, struct str text, struct manifest *m)
{
    struct str body;

    *m = (struct manifest){ 0 };
    if (text.n <= MANIFEST_MAX && signed_note_body(text, &body) && read_head(&body, m) && read_pieces(a, &body, m) &&
        read_shipped(&body, m) && read_seal(a, &body, m) && read_files(a, &body, m))
        return OK;
    return fail(INVALID, "that is not a backup's description, or it is cut");
}
