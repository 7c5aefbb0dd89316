/* /assets/NAME.HASH.ext: compiled in, for ever. A staff page links them by what asset_url says. */
#include "assets_pages.h"

#include "gzip.h"

#include <assert.h>
#include <stdlib.h>

#include "assets.h"

struct url asset_url(const char *name)
{
    for (const struct asset *a = assets; a->name != NULL; a++)
        if (strcmp(a->name, name) == 0)
            return (struct url){ str_c(a->path) };
    return (struct url){ STR("") };
}

static const char *type_of(struct str name)
{
    if (str_ends(name, STR(".css")))
        return "text/css; charset=utf-8";
    if (str_ends(name, STR(".js")))
        return "text/javascript; charset=utf-8";
    return str_ends(name, STR(".wasm")) ? "application/wasm" : "image/svg+xml";
}

/* What the pages of children ask for must not lie in a cache, where it would tell that they were there. */
static void keep_or_forget(struct ctx *c, struct str name)
{
    if (!str_ends(name, STR(".wasm")))
        answer_header(c, "Cache-Control", STR("public, max-age=31536000, immutable"));
}

/* They say the same to everybody, so they may be compressed: once, when the program starts. */
enum { ASSETS_MAX = 64 };
static struct str compressed[ASSETS_MAX];

static struct str compress_one(struct arena *a, const struct asset *asset)
{
    struct out o = { .max = 16 << 20 };
    struct str text, kept;

    out_bytes(&o, asset->bytes, asset->n);
    gzip_in_place(a, &o, 0, 1);
    text = out_done(&o);
    kept = str_of(memcpy(memory_new(text.n), text.at, text.n), text.n);
    out_free(&o);
    return kept;
}

void assets_start(void)
{
    struct arena a = arena_make(16 << 20);

    for (size_t i = 0; assets[i].name != NULL && compressed[i].at == NULL; i++) {
        assert(i < ASSETS_MAX);
        compressed[i] = compress_one(&a, &assets[i]);
        arena_reset(&a, false);
    }
    arena_free(&a);
}

/* Sent from where they lie: a crowd that asks for them and reads slowly costs no copy each. */
static status asset_answer(struct ctx *c, size_t i, struct str name)
{
    bool small = compressed[i].at != NULL && gzip_accepted(header_value(c->request, "accept-encoding"));

    answer_header(c, "Vary", STR("Accept-Encoding"));
    if (small)
        answer_header(c, "Content-Encoding", STR("gzip"));
    keep_or_forget(c, name);
    TRY(answer_text(c, 200, type_of(name)));
    c->response->body = small ? compressed[i] : str_of(assets[i].bytes, assets[i].n);
    c->response->lasting = true;
    return OK;
}

static status asset_show(struct ctx *c)
{
    struct str name = path_text(c, "name");

    for (size_t i = 0; assets[i].name != NULL; i++)
        if (str_is(name, assets[i].path + sizeof "/assets/" - 1))
            return asset_answer(c, i, name);
    return NOT_FOUND;
}

const struct route asset_routes[] = {
    ROUTE(GET, "/assets/:name", PUBLIC, NO_FORM, asset_show, .api = true),
    ROUTES_END
};
