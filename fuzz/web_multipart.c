/* The multipart parser says the same however the body is cut, and its data stand where it says they stand. The first byte
   says into pieces of how many bytes. */
#include "fuzz.h"

#include "web/multipart.h"

struct told { struct out text; struct str body; };

static void on_begin(void *to, const struct part *p)
{
    struct told *t = to;

    HOLDS(p->name.n <= MULTIPART_NAME_MAX && p->filename.n <= MULTIPART_FILENAME_MAX && p->type.n <= MULTIPART_NAME_MAX);
    out_str(&t->text, p->name);
    out_char(&t->text, p->filename.at ? '|' : '=');
    out_str(&t->text, p->filename);
    out_str(&t->text, p->type);
}

static void on_data(void *to, struct str bytes, i64 at)
{
    struct told *t = to;

    HOLDS(at >= 0 && bytes.n > 0 && (size_t)at + bytes.n <= t->body.n);
    HOLDS(memcmp(t->body.at + at, bytes.at, bytes.n) == 0);
    out_str(&t->text, bytes);
}

static void on_end(void *to, bool whole)
{
    struct told *t = to;

    out_char(&t->text, whole ? ']' : '~');
}

static bool parse(struct str body, size_t step, struct told *t)
{
    static struct multipart m;

    *t = (struct told){ .text.max = 1 << 24, .body = body };
    multipart_start(&m, STR("AB"), (struct part_sink){ on_begin, on_data, on_end, t });
    for (size_t i = 0; i < body.n; i += step)
        multipart_feed(&m, str_upto(str_from(body, i), step));
    return multipart_end(&m);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    struct str body = str_of(n ? (const char *)data + 1 : "", n ? n - 1 : 0), boundary;
    struct told whole, cut;
    bool ended;

    if (n == 0)
        return 0;
    ended = parse(body, body.n + 1, &whole);
    HOLDS(parse(body, data[0] + 1u, &cut) == ended);
    HOLDS(str_eq(out_done(&whole.text), out_done(&cut.text)));
    out_free(&whole.text);
    out_free(&cut.text);
    if (multipart_boundary(body, &boundary))
        HOLDS(boundary.n > 0 && boundary.n <= MULTIPART_BOUNDARY_MAX);
    return 0;
}
