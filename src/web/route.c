#include "route.h"

/* Fits a path to a pattern segment by segment. An empty segment fits no :name. */
static bool fits(const char *pattern, struct str path, struct str parts[PATH_PARTS], size_t *n_parts)
{
    struct str want = str_c(pattern), is, need;

    *n_parts = 0;
    while (str_cut(&want, '/', &need)) {
        if (!str_cut(&path, '/', &is))
            return false;
        if (need.n && need.at[0] == ':') {
            if (is.n == 0)
                return false;
            parts[(*n_parts)++] = is;
        } else if (!str_eq(need, is)) {
            return false;
        }
    }
    return path.at == NULL;
}

/* Whether the path can fit at all: up to the first :name it is the pattern's own letters. Hundreds of rows are asked for each
   request, and nearly all say no at the second or third letter. */
static bool begins(const char *pattern, struct str path)
{
    for (size_t i = 0; pattern[i] != ':'; i++) {
        if (pattern[i] == '\0')
            return i == path.n;
        if (i == path.n || pattern[i] != path.at[i])
            return false;
    }
    return true;
}

/* On the management address nothing answers but what monitoring asks for. */
static bool visible(const struct route *r, bool manage)
{
    return manage ? r->access == MANAGE || r->health : r->access != MANAGE;
}

static bool answers(const struct route *r, enum method m)
{
    return r->method == m || (r->method == GET && m == HEAD);
}

static void consider(struct match *best, size_t *best_n, const struct route *r, enum method m, struct str path)
{
    struct str parts[PATH_PARTS];
    size_t n;

    if (!fits(r->path, path, parts, &n))
        return;
    best->get |= r->method == GET;
    best->post |= r->method == POST;
    best->put |= r->method == PUT;
    if (!answers(r, m)) {
        best->other_method = true;
    } else if (best->route == NULL || n < *best_n) {
        best->route = r;
        *best_n = n;
        memcpy(best->parts, parts, n * sizeof parts[0]);
    }
}

struct match route_find(const struct app *app, const struct request *r, struct str path)
{
    struct match best = { 0 };
    size_t n = 0;

    for (const struct route *const *list = app->modules; *list != NULL; list++)
        for (const struct route *row = *list; row->path != NULL; row++)
            if (begins(row->path, path) && visible(row, r->manage))
                consider(&best, &n, row, r->method, path);
    return best;
}

static size_t names_in(const char *path)
{
    size_t n = 0;

    for (const char *c = path; *c; c++)
        n += *c == ':';
    return n;
}

/* Two patterns are the same where only the names of their :parts differ. */
static bool same_pattern(const char *a, const char *b)
{
    struct str x = str_c(a), y = str_c(b), p, q;

    while (str_cut(&x, '/', &p)) {
        if (!str_cut(&y, '/', &q))
            return false;
        if (!(p.n && q.n && p.at[0] == ':' && q.at[0] == ':') && !str_eq(p, q))
            return false;
    }
    return y.at == NULL;
}

static const struct route *earlier_twin(const struct app *app, const struct route *row)
{
    for (const struct route *const *list = app->modules; *list != NULL; list++)
        for (const struct route *r = *list; r->path != NULL; r++) {
            if (r == row)
                return NULL;
            if (r->method == row->method && same_pattern(r->path, row->path))
                return r;
        }
    return NULL;
}

static status row_check_one(const struct app *app, const struct route *r)
{
    if (r->access == 0 || r->page == NULL)
        return fail(INVALID, "route %s: no permission or no page", r->path);
    if (r->path[0] != '/' || names_in(r->path) > PATH_PARTS)
        return fail(INVALID, "route %s: not a path, or too many parts", r->path);
    if (r->method != GET && r->method != POST && r->method != PUT)
        return fail(INVALID, "route %s: GET, POST or PUT", r->path);
    if (r->method == PUT && (!r->api || !r->raw))
        return fail(INVALID, "route %s: PUT is for programs, and its page reads the body itself", r->path);
    if (r->method == GET && r->form != NULL)
        return fail(INVALID, "route %s: a form on GET", r->path);
    if (earlier_twin(app, r) != NULL)
        return fail(INVALID, "route %s: twice", r->path);
    return OK;
}

status routes_check(const struct app *app)
{
    for (const struct route *const *list = app->modules; *list != NULL; list++)
        for (const struct route *r = *list; r->path != NULL; r++)
            TRY(row_check_one(app, r));
    return OK;
}

static const char *access_name(const struct app *app, int a)
{
    static const char *const names[] = { [PUBLIC] = "public", [CHILD] = "child", [STAFF] = "staff", [MANAGE] = "manage" };

    if (a < FIRST_RIGHT)
        return names[a];
    return app->right_name ? app->right_name(a) : "right";
}

void routes_write(const struct app *app, bool json, struct out *o)
{
    const char *comma = "";

    out_c(o, json ? "[" : "");
    for (const struct route *const *list = app->modules; *list != NULL; list++)
        for (const struct route *r = *list; r->path != NULL; r++) {
            out_f(o, json ? "%s{\"method\":\"%s\",\"path\":\"%s\",\"permission\":\"%s\"}" : "%s%s\t%s\t%s\n", json ? comma : "",
                  r->method == GET ? "GET" : r->method == PUT ? "PUT" : "POST", r->path, access_name(app, r->access));
            comma = ",\n";
        }
    out_c(o, json ? "]\n" : "");
}
