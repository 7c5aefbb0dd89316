#include "request.h"

#include "../base/text.h"

#include <string.h>

enum { BASIC_MAX = 400 };

struct str header_value(const struct request *r, const char *name)
{
    for (size_t i = 0; i < r->n_headers; i++)
        if (str_eq_nocase(r->headers[i].name, str_c(name)))
            return r->headers[i].value;
    return STR_NULL;
}

void request_split(struct str target, struct str *path, struct str *query)
{
    size_t mark = str_find_char(target, '?');

    *path = str_upto(target, mark);
    *query = mark < target.n ? str_from(target, mark + 1) : STR_NULL;
}

/* Cookies of one header line: "a=1; b=2". */
static bool cookies_agree(struct str line, const char *name, struct str *value)
{
    struct str pair, key;

    while (str_cut(&line, ';', &pair)) {
        struct str rest = str_trim(pair);

        if (!str_cut(&rest, '=', &key) || rest.at == NULL || !str_is(key, name))
            continue;
        if (value->at != NULL && !str_eq(*value, rest))
            return false;
        *value = rest;
    }
    return true;
}

struct str request_cookie(const struct request *r, const char *name)
{
    struct str value = STR_NULL;

    for (size_t i = 0; i < r->n_headers; i++)
        if (str_eq_nocase(r->headers[i].name, STR("cookie")) && !cookies_agree(r->headers[i].value, name, &value))
            return STR_NULL;
    return value;
}

struct str request_bearer(const struct request *r)
{
    struct str value = header_value(r, "authorization");

    if (!str_eq_nocase(str_upto(value, 7), STR("bearer ")))
        return STR_NULL;
    return str_trim(str_from(value, 7));
}

/* "Basic" and base64 of CODE:TOKEN. */
static bool basic_of(struct arena *a, struct str value, struct credential *credential)
{
    struct str text = str_trim(str_from(value, 6)), plain;
    size_t n = text.n / 4 * 3;

    if (text.n == 0 || text.n % 4 != 0 || text.n > BASIC_MAX)
        return false;
    n -= (size_t)(text.at[text.n - 1] == '=') + (size_t)(text.at[text.n - 2] == '=');
    plain = str_of(arena_alloc(a, n + 1), n);
    if (!vault_base64_read(text, (char *)plain.at, n))
        return false;
    credential->token = plain;
    return str_cut(&credential->token, ':', &credential->code) && credential->token.n > 0;
}

/* A header that came more than once says nothing: whoever put the second one there may be somebody else. */
static bool header_once(const struct request *r, const char *name, struct str *value)
{
    int n = 0;

    for (size_t i = 0; i < r->n_headers; i++)
        n += str_eq_nocase(r->headers[i].name, str_c(name));
    *value = n == 1 ? str_trim(header_value(r, name)) : STR_NULL;
    return n <= 1;
}

bool request_credential(struct arena *a, const struct request *r, struct credential *credential)
{
    struct str authorization, key, code;

    *credential = (struct credential){ STR_NULL, STR_NULL };
    if (!header_once(r, "authorization", &authorization) || !header_once(r, "x-functions-key", &key) ||
        !header_once(r, "ocp-apim-subscription-key", &code) || (authorization.n && key.n))
        return false;
    if (key.n) {
        *credential = (struct credential){ key, code };
        return code.n > 0;
    }
    if (str_eq_nocase(str_upto(authorization, 6), STR("basic ")))
        return basic_of(a, authorization, credential);
    credential->token = request_bearer(r);
    return credential->token.n > 0;
}

/* -- where this instance is reached ---------------------------------------------------------------------- */

static bool host_byte(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || strchr(".-:[]", c) != NULL;
}

bool web_origin_ok(struct str url)
{
    struct str host = str_from(url, str_starts(url, STR("https://")) ? 8 : str_starts(url, STR("http://")) ? 7 : url.n);

    for (size_t i = 0; i < host.n; i++)
        if (host.at[i] == '\0' || !host_byte(host.at[i]))
            return false;
    return host.n > 0;
}

struct str web_origin(struct ctx *c)
{
    struct str host;

    if (c->app->public_url != NULL)
        return str_c(c->app->public_url);
    host = c->request ? header_value(c->request, "host") : STR_NULL;
    return host.n ? arena_f(c->arena, "%s://%.*s", c->app->secure ? "https" : "http", (int)host.n, host.at) : STR("");
}

/* -- language ------------------------------------------------------------------------------------------- */

static const struct { const char *code, *name; } langs[LANGS] = {
    [LANG_VI] = { "vi", "Tiếng Việt" }, [LANG_EN] = { "en", "English" },
};

const char *lang_code(enum lang lang)
{
    return langs[lang].code;
}

const char *lang_name(enum lang lang)
{
    return langs[lang].name;
}

static bool lang_of(struct str code, enum lang *lang)
{
    for (int i = 0; i < LANGS; i++)
        if (str_eq_nocase(str_upto(code, 2), str_c(langs[i].code)) && (code.n == 2 || code.at[2] == '-')) {
            *lang = (enum lang)i;
            return true;
        }
    return false;
}

/* Weight of "en;q=0.8" in thousandths (RFC 9110, 12.4.2). */
static int weight(struct str options)
{
    struct str q = str_trim(options);
    int w = 0, digit = 100;

    if (!str_starts(q, STR("q=")))
        return 1000;
    if (q.n > 2 && q.at[2] == '1')
        return 1000;
    for (size_t i = 4; i < q.n && i < 7 && q.at[i] >= '0' && q.at[i] <= '9'; i++, digit /= 10)
        w += (q.at[i] - '0') * digit;
    return w;
}

static enum lang lang_accepted(struct str header)
{
    enum lang best = LANG_VI, lang;
    struct str one, code;
    int best_weight = 0;

    while (str_cut(&header, ',', &one)) {
        struct str options = str_trim(one);

        if (!str_cut(&options, ';', &code) || !lang_of(str_trim(code), &lang))
            continue;
        if (weight(options) > best_weight) {
            best_weight = weight(options);
            best = lang;
        }
    }
    return best;
}

enum lang request_lang(const struct request *r, struct str query, bool *chosen)
{
    enum lang lang = LANG_VI;

    *chosen = lang_of(query_raw(query, "lang"), &lang);
    return *chosen ? lang : lang_accepted(header_value(r, "accept-language"));
}

/* -- path and query ------------------------------------------------------------------------------------- */

struct str percent_decode(struct arena *a, struct str s, bool plus)
{
    char *to = arena_alloc(a, s.n + 1);
    size_t n = 0;

    for (size_t i = 0; i < s.n; i++) {
        bool escape = s.at[i] == '%' && s.n - i > 2 && str_hex_digit(s.at[i + 1]) >= 0 && str_hex_digit(s.at[i + 2]) >= 0;

        if (escape) {
            to[n++] = (char)(str_hex_digit(s.at[i + 1]) << 4 | str_hex_digit(s.at[i + 2]));
            i += 2;
        } else {
            to[n++] = plus && s.at[i] == '+' ? ' ' : s.at[i];
        }
    }
    return str_of(to, n);
}

struct str query_raw(struct str query, const char *name)
{
    struct str pair, key;

    while (str_cut(&query, '&', &pair)) {
        struct str value = pair;

        if (str_cut(&value, '=', &key) && str_is(key, name))
            return value.at ? value : STR("");
    }
    return STR_NULL;
}

struct str query_text(const struct ctx *c, const char *name)
{
    struct str raw = query_raw(c->query, name);

    return raw.n ? text_clean(c->arena, percent_decode(c->arena, raw, true)) : STR("");
}

/* Raw text that stood for :name of the route's path. */
static struct str part(const struct ctx *c, const char *name)
{
    struct str pattern = str_c(c->route->path), piece;
    size_t i = 0;

    while (str_cut(&pattern, '/', &piece)) {
        if (piece.n == 0 || piece.at[0] != ':')
            continue;
        if (str_is(str_from(piece, 1), name))
            return c->parts[i];
        i++;
    }
    return STR("");
}

struct str path_text(const struct ctx *c, const char *name)
{
    return text_clean(c->arena, percent_decode(c->arena, part(c, name), false));
}

status path_id(const struct ctx *c, const char *name, struct id *id)
{
    return id_of_text(part(c, name), id) ? OK : NOT_FOUND;
}
