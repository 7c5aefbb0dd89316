/* What a witness asks for, as lines of text:

     lachan-growth 1
     old N               entries of the tree that the asker knows
     key BASE64          public key that signed the head
     next BASE64         where the log's key was changed: a note by which one key names the next (turn.h), each, in their order
     head N              the signed checkpoint follows, N bytes
     path BASE64         each hash of the proof (RFC 6962, 2.1.2)
     end
*/
#include "lines.h"

enum { GROWTH_MAX = 1 << 20, NOTES_MAX = 256 };

void log_growth_write(struct out *o, struct arena *a, const struct log_growth *g)
{
    out_f(o, "lachan-growth 1\nold %lld\n", (long long)g->old);
    line_write(o, a, "key", str_of(g->log_pk, sizeof g->log_pk));
    for (size_t i = 0; i < g->notes.n; i++)
        line_write(o, a, "next", g->notes.at[i]);
    out_f(o, "head %zu\n", g->signed_head.n);
    out_str(o, g->signed_head);
    line_path_write(o, a, g->path);
}

/* As many as there are: behind the last stands another word. */
static void read_notes(struct arena *a, struct str *text, struct log_growth *g)
{
    g->notes = (struct log_notes){ .at = NEW_N(a, struct str, NOTES_MAX) };
    while (g->notes.n < NOTES_MAX && str_starts(*text, STR("next ")) && line_bytes(a, text, "next", &g->notes.at[g->notes.n]))
        g->notes.n++;
}

static bool read_growth(struct arena *a, struct str text, struct log_growth *g)
{
    struct str line, key;
    i64 n;

    if (text.n > GROWTH_MAX || !str_cut(&text, '\n', &line) || !str_is(line, "lachan-growth 1") ||
        !line_number(&text, "old", &g->old) || !line_bytes(a, &text, "key", &key) || key.n != sizeof g->log_pk)
        return false;
    memcpy(g->log_pk, key.at, key.n);
    read_notes(a, &text, g);
    if (!line_number(&text, "head", &n) || (size_t)n > text.n)
        return false;
    g->signed_head = str_upto(text, (size_t)n);
    text = str_from(text, (size_t)n);
    return line_path(a, &text, &g->path);
}

status log_growth_read(struct arena *a, struct str text, struct log_growth *g)
{
    struct checkpoint c;

    *g = (struct log_growth){ 0 };
    if (!read_growth(a, text, g))
        return fail(INVALID, "that is not what a log says of its growth");
    if (g->signed_head.n == 0)
        return OK;              /* nothing has a number yet */
    TRY(checkpoint_read(g->signed_head, g->log_pk, &c));
    g->size = c.size;
    return OK;
}
