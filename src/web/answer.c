#include "answer.h"

#include "gzip.h"

#include <microhttpd.h>
#include <stdarg.h>
#include <stdio.h>
#include <unistd.h>

/* Replies are padded, so that their length does not tell who reads help from who reports: nearly all pages of children fit the
   least size, the others a step more; but never over what a page may weigh on a slow line (14,000 bytes). Headers likewise: a
   cookie, a notice or a compressed page make their length another. */
enum { PAD_LEAST = 8192, PAD_STEP = 4096, PAD_UP_TO = 12288, PAD_HEADERS = 1536 };

void answer_no_sooner(const struct ctx *c, i64 us)
{
    i64 left = us - (clock_mono_us() - c->began_us);

    if (left > 0)
        usleep((useconds_t)left);
}

void answer_header(struct ctx *c, const char *name, struct str value)
{
    struct response *r = c->response;

    for (size_t i = 0; i < r->n_headers; i++)
        if (str_eq_nocase(r->headers[i].name, str_c(name))) {
            r->headers[i].value = value;
            return;
        }
    if (r->n_headers < RESPONSE_HEADERS)
        r->headers[r->n_headers++] = (struct header){ str_c(name), value };
}

/* -- headers of every answer ---------------------------------------------------------------------------- */

enum when { ALWAYS, SECURE };
static const struct { enum when when; const char *name, *value; } fixed[] = {
    { ALWAYS, "X-Content-Type-Options", "nosniff" },
    { ALWAYS, "Referrer-Policy", "no-referrer" },
    { ALWAYS, "Cache-Control", "no-store" },
    { ALWAYS, "Cross-Origin-Opener-Policy", "same-origin" },
    { ALWAYS, "Cross-Origin-Resource-Policy", "same-origin" },
    { ALWAYS, "X-Frame-Options", "DENY" },
    { ALWAYS, "X-Robots-Tag", "noindex, nofollow" },
    { ALWAYS, "Permissions-Policy", "accelerometer=(), camera=(), display-capture=(), geolocation=(), gyroscope=(), "
              "magnetometer=(), microphone=(), midi=(), payment=(), usb=(), browsing-topics=()" },
    { SECURE, "Strict-Transport-Security", "max-age=63072000; includeSubDomains" },
};

void answer_fixed_headers(struct ctx *c)
{
    for (size_t i = 0; i < COUNT_OF(fixed); i++)
        if (fixed[i].when == ALWAYS || c->app->secure)
            answer_header(c, fixed[i].name, str_c(fixed[i].value));
    answer_header(c, "Content-Security-Policy", STR("default-src 'none'; frame-ancestors 'none'; base-uri 'none'"));
}

/* A page with a style of its own needs nothing else; one without takes style and script from /assets. */
static void page_policy(struct ctx *c, const char *style_hash)
{
    static const char rest[] = "img-src data: 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'";
    struct str policy;

    if (style_hash[0] != '\0')
        policy = arena_f(c->arena, "default-src 'none'; style-src 'sha256-%s'; %s", style_hash, rest);
    else
        policy = arena_f(c->arena, "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; %s", rest);
    answer_header(c, "Content-Security-Policy", policy);
}

/* -- the answers ---------------------------------------------------------------------------------------- */

static status finish(struct ctx *c, int code, const char *type)
{
    if (c->out->over)
        return fail(TOO_LARGE, "answer over %zu bytes", c->out->max);
    if (type != NULL)
        answer_header(c, "Content-Type", str_c(type));
    c->response->code = code;
    c->response->body = out_done(c->out);
    return OK;
}

static void pad(struct ctx *c)
{
    static const char blanks[PAD_LEAST] = { [0 ... PAD_LEAST - 1] = ' ' };
    size_t n = c->out->n, more = n < PAD_LEAST ? PAD_LEAST - n : (PAD_STEP - n % PAD_STEP) % PAD_STEP;

    if (n + more <= PAD_UP_TO)
        out_bytes(c->out, blanks, more);
}

static bool is_anonymous(const struct ctx *c)
{
    return c->route == NULL || c->route->access <= CHILD;
}

void answer_pad_headers(struct ctx *c)
{
    static const char name[] = "X-Pad", dots[PAD_HEADERS] = { [0 ... PAD_HEADERS - 1] = '.' };
    const size_t around = sizeof ": \r\n" - 1;
    size_t n = sizeof name - 1 + around + strlen(MHD_get_reason_phrase_for((unsigned)c->response->code));

    if (!is_anonymous(c) || (c->route != NULL && c->route->api))
        return;
    for (size_t i = 0; i < c->response->n_headers; i++)
        n += c->response->headers[i].name.n + around + c->response->headers[i].value.n;
    answer_header(c, name, arena_copy(c->arena, str_of(dots, (PAD_HEADERS - n % PAD_HEADERS) % PAD_HEADERS)));
}

status page_done(struct ctx *c, const char *style_hash)
{
    page_policy(c, style_hash);
    if (is_anonymous(c))
        pad(c);
    return finish(c, form_failed(c) ? 422 : 200, "text/html; charset=utf-8");
}

status page_done_public(struct ctx *c, const char *style_hash)
{
    page_policy(c, style_hash);
    answer_header(c, "Vary", STR("Accept-Encoding, Accept-Language"));
    if (gzip_accepted(header_value(c->request, "accept-encoding")) && !c->out->over) {
        gzip_in_place(c->arena, c->out, PAD_LEAST, PAD_STEP);
        answer_header(c, "Content-Encoding", STR("gzip"));
    } else {
        pad(c);
    }
    return finish(c, 200, "text/html; charset=utf-8");
}

status page_script_allow(struct ctx *c, const char *style_hash, const char *script_hash)
{
    answer_header(c, "Content-Security-Policy", arena_f(c->arena,
        "default-src 'none'; style-src 'sha256-%s'; script-src 'sha256-%s' 'wasm-unsafe-eval'; connect-src 'self'; "
        "img-src data:; form-action 'self'; frame-ancestors 'none'; base-uri 'none'", style_hash, script_hash));
    return OK;
}

/* The address with `lang` carried on, before a fragment. */
static struct str with_lang(const struct ctx *c, struct str to)
{
    size_t mark = str_find_char(to, '#');
    struct str head = str_upto(to, mark), tail = str_from(to, mark);
    bool query = str_find_char(head, '?') < head.n;

    if (c->page.lang_query.n == 0)
        return to;
    return arena_f(c->arena, "%.*s%c%.*s%.*s", (int)head.n, head.at, query ? '&' : '?',
                   (int)c->page.lang_query.n - 1, c->page.lang_query.at + 1, (int)tail.n, tail.n ? tail.at : "");
}

static status redirect(struct ctx *c, struct str to)
{
    out_reset(c->out);
    answer_header(c, "Location", with_lang(c, to));
    return finish(c, 303, NULL);
}

status see_other(struct ctx *c, const char *path)
{
    return redirect(c, str_c(path));
}

status see_other_f(struct ctx *c, const char *format, ...)
{
    char path[512];
    va_list args;
    int n;

    va_start(args, format);
    n = vsnprintf(path, sizeof path, format, args);
    va_end(args);
    if (n < 0 || (size_t)n >= sizeof path)
        return fail(BROKEN, "address too long");
    return redirect(c, arena_copy(c->arena, str_c(path)));
}

status answer_json(struct ctx *c, int code)
{
    return finish(c, code, "application/json; charset=utf-8");
}

status answer_text(struct ctx *c, int code, const char *type)
{
    return finish(c, code, type);
}

/* A file leaves as a file, never as something that the browser shows (ASVS 3.2.1). RFC 6266 gives the
   name. */
status answer_download(struct ctx *c, struct str name, const char *type)
{
    struct out o = { .max = 1024 };

    out_c(&o, "attachment; filename*=UTF-8''");
    for (size_t i = 0; i < name.n; i++)
        out_f(&o, "%%%02X", (unsigned char)name.at[i]);
    answer_header(c, "Content-Disposition", arena_copy(c->arena, o.over ? STR("attachment") : out_done(&o)));
    out_free(&o);
    answer_header(c, "Content-Security-Policy", STR("sandbox; default-src 'none'"));
    return finish(c, 200, type);
}

status answer_empty(struct ctx *c, int code)
{
    out_reset(c->out);
    return finish(c, code, NULL);
}

void answer_more(struct ctx *c, struct place_in_body next)
{
    c->response->more = true;
    c->response->next = next;
}

void answer_forget(struct ctx *c)
{
    session_end(c);
    answer_header(c, "Clear-Site-Data", STR("\"*\""));
}
