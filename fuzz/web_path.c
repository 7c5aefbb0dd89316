/* A request as it comes, through framing, routes, path and query, to its answer: never a 5xx. */
#include "fuzz.h"

#include "base/text.h"
#include "web/framing.h"
#include "web/request_file.h"
#include "web/route.h"

static status show(struct ctx *c)
{
    struct str id = path_text(c, "id"), query = query_text(c, "q");
    struct id parsed;

    HOLDS(text_valid(id, &(size_t){ 0 }) && text_valid(query, &(size_t){ 0 }));
    if (path_id(c, "id", &parsed) != OK)
        return NOT_FOUND;
    out_html(c->out, query);
    return answer_text(c, 200, "text/plain");
}

static const struct route pages[] = {
    ROUTE(GET, "/", PUBLIC, NO_FORM, show),
    ROUTE(GET, "/cases/:id", PUBLIC, NO_FORM, show),
    ROUTE(GET, "/cases/:id/files/:file", PUBLIC, NO_FORM, show),
    ROUTE(GET, "/desk", STAFF, NO_FORM, show),
    ROUTE(POST, "/api/v1/:id", PUBLIC, FORM_OPEN(FIELD("q", 10)), show, .api = true),
    ROUTES_END
};
static const struct route *const modules[] = { pages, web_routes, NULL };
static const struct app app = { .modules = modules };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    static struct arena arena;
    static struct worker *w;
    struct response response;
    struct request r;

    if (w == NULL) {
        vault_start();
        arena = arena_make(1 << 22);
        HOLDS(worker_make(&app, false, &w) == OK);
    }
    if (request_file_read(&arena, str_of((const char *)data, n), NULL, &r) == OK && framing_check(&r) == PROBLEMS &&
        !str_starts(r.target, STR("/problems/")) && !str_starts(r.target, STR("/readyz"))) {
        web_handle(w, &r, &response);
        HOLDS(response.code >= 200 && response.code < 500);
        HOLDS(worker_is_clean(w));
        web_release(w);
    }
    request_file_free(&r);
    arena_reset(&arena, true);
    return 0;
}
