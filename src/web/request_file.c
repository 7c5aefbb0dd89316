#include "request_file.h"

#include "body.h"
#include "framing.h"

/* Takes one line off the front, without its end. */
static bool take_line(struct str *raw, struct str *line)
{
    if (!str_cut(raw, '\n', line))
        return false;
    if (line->n && line->at[line->n - 1] == '\r')
        line->n--;
    return true;
}

static status first_line(struct str line, struct request *r)
{
    struct str method, version = STR_NULL;

    if (!str_cut(&line, ' ', &method) || !str_cut(&line, ' ', &r->target) || line.at == NULL)
        return fail(INVALID, "line 1: not \"METHOD TARGET HTTP/1.1\"");
    version = line;
    if (!str_is(version, "HTTP/1.1") && !str_is(version, "HTTP/1.0"))
        return fail(INVALID, "line 1: not HTTP/1.1");
    r->http_1_0 = str_is(version, "HTTP/1.0");
    r->method = framing_method(method);
    return OK;
}

static status headers(struct str *raw, struct header *to, struct request *r)
{
    struct str line, name;

    for (int number = 2; take_line(raw, &line) && line.n > 0; number++) {
        if (r->n_headers == FRAMING_HEADERS || !str_cut(&line, ':', &name) || line.at == NULL)
            return fail(INVALID, "line %d: not \"Name: value\", or one too many", number);
        to[r->n_headers++] = (struct header){ name, str_trim(line) };
    }
    r->headers = to;
    return OK;
}

status request_file_read(struct arena *a, struct str raw, const char *spool_dir, struct request *r)
{
    struct str line;

    *r = (struct request){ 0 };
    if (!take_line(&raw, &line))
        return fail(INVALID, "line 1: empty");
    TRY(first_line(line, r));
    TRY(headers(&raw, NEW_N(a, struct header, FRAMING_HEADERS), r));
    r->body = body_make(spool_dir);
    if (raw.n)
        body_add(r->body, raw.at, raw.n);
    body_end(r->body);
    return OK;
}

void request_file_free(struct request *r)
{
    body_free(r->body);
    r->body = NULL;
}

void request_file_answer(const struct response *response, struct out *o)
{
    out_f(o, "HTTP/1.1 %d\r\n", response->code);
    for (size_t i = 0; i < response->n_headers; i++) {
        out_str(o, response->headers[i].name);
        out_c(o, ": ");
        out_str(o, response->headers[i].value);
        out_c(o, "\r\n");
    }
    out_c(o, "\r\n");
    out_str(o, response->body);
}
