/* /assets/NAME.HASH.ext: compiled in, for ever. A staff page links them by what asset_url says. */
#include "assets_pages.h"

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
    return "image/svg+xml";
}

static status asset_show(struct ctx *c)
{
    struct str name = path_text(c, "name");

    for (const struct asset *a = assets; a->name != NULL; a++) {
        if (!str_is(name, a->path + sizeof "/assets/" - 1))
            continue;
        out_bytes(c->out, a->bytes, a->n);
        TRY(answer_text(c, 200, type_of(name)));
        answer_header(c, "Cache-Control", STR("public, max-age=31536000, immutable"));
        return OK;
    }
    return NOT_FOUND;
}

const struct route asset_routes[] = {
    ROUTE(GET, "/assets/:name", PUBLIC, NO_FORM, asset_show, .api = true),
    ROUTES_END
};
