/* /assets/NAME.HASH.ext: compiled in, for ever. A staff page links them by what asset_url says. */
#include "assets_pages.h"

#include "gzip.h"

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

/* It says the same to everybody, so it may be compressed. */
static void make_small(struct ctx *c)
{
    answer_header(c, "Vary", STR("Accept-Encoding"));
    if (!gzip_accepted(header_value(c->request, "accept-encoding")))
        return;
    gzip_in_place(c->arena, c->out, 1);
    answer_header(c, "Content-Encoding", STR("gzip"));
}

static status asset_show(struct ctx *c)
{
    struct str name = path_text(c, "name");

    for (const struct asset *a = assets; a->name != NULL; a++) {
        if (!str_is(name, a->path + sizeof "/assets/" - 1))
            continue;
        out_bytes(c->out, a->bytes, a->n);
        make_small(c);
        keep_or_forget(c, name);
        return answer_text(c, 200, type_of(name));
    }
    return NOT_FOUND;
}

const struct route asset_routes[] = {
    ROUTE(GET, "/assets/:name", PUBLIC, NO_FORM, asset_show, .api = true),
    ROUTES_END
};
