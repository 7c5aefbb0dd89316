#include "framing.h"

#include "body.h"

static const struct { const char *name; enum method method; } methods[] = {
    { "GET", GET }, { "HEAD", HEAD }, { "POST", POST }, { "PUT", PUT }, { "DELETE", METHOD_OTHER },
    { "CONNECT", METHOD_OTHER }, { "OPTIONS", METHOD_OTHER }, { "TRACE", METHOD_OTHER }, { "PATCH", METHOD_OTHER },
};

enum method framing_method(struct str name)
{
    for (size_t i = 0; i < COUNT_OF(methods); i++)
        if (str_is(name, methods[i].name))
            return methods[i].method;
    return METHOD_UNKNOWN;
}

/* RFC 9110, 5.6.2: a blank before the colon shows up here as part of the name. */
static bool is_token(struct str name)
{
    static const char delimiters[] = "(),/:;<=>?@[\\]{}\"";

    for (size_t i = 0; i < name.n; i++)
        if (name.at[i] <= ' ' || name.at[i] >= 127 || memchr(delimiters, name.at[i], sizeof delimiters) != NULL)
            return false;
    return name.n > 0;
}

struct counts { int hosts, lengths, codings; bool odd; };

static struct counts count(const struct request *r)
{
    struct counts c = { 0 };

    for (size_t i = 0; i < r->n_headers; i++) {
        struct str name = r->headers[i].name, value = r->headers[i].value;

        c.hosts += str_eq_nocase(name, STR("host"));
        c.lengths += str_eq_nocase(name, STR("content-length"));
        c.codings += str_eq_nocase(name, STR("transfer-encoding"));
        c.odd |= !is_token(name) || str_find_char(value, '\0') != value.n;
    }
    return c;
}

/* Bytes that the header promises; 0 without one, -1 where it is no plain number. */
static i64 length_of(const struct request *r)
{
    struct str text = header_value(r, "content-length");
    i64 n;

    if (text.at == NULL)
        return 0;
    return text.n && text.at[0] != '-' && str_i64(text, &n) ? n : -1;
}

static bool plain_target(struct str target)
{
    for (size_t i = 0; i < target.n; i++)
        if (target.at[i] <= ' ' || target.at[i] >= 127 || target.at[i] == '#')
            return false;
    return target.n > 0 && target.at[0] == '/';
}

enum problem framing_check(const struct request *r)
{
    struct counts c = count(r);
    struct str coding = header_value(r, "transfer-encoding");
    i64 length = length_of(r);

    if (r->target.n > FRAMING_TARGET || r->n_headers > FRAMING_HEADERS)
        return PROBLEM_HEADERS;
    if (c.odd || c.hosts > 1 || (c.hosts == 0 && !r->http_1_0) || c.lengths > 1 || c.codings > 1 ||
        (c.lengths && c.codings) || length < 0)
        return PROBLEM_BAD_REQUEST;
    if (coding.at != NULL && !str_eq_nocase(coding, STR("chunked")))
        return PROBLEM_BAD_REQUEST;
    if (r->method == METHOD_UNKNOWN)
        return PROBLEM_UNKNOWN_METHOD;
    if (r->method == METHOD_OTHER)
        return PROBLEM_METHOD;
    if (!plain_target(r->target))
        return PROBLEM_BAD_REQUEST;
    return length > FRAMING_READ_MAX ? PROBLEM_TOO_LARGE : PROBLEMS;
}
