/* POST /api/v1/match and /api/v1/match/stream: programs of partners ask. */
#include "match.h"

#include "../web/body.h"

#include "texts.h"

enum {
    STREAM_BYTES = 64 * 1024 * 1024,    /* of one stream: more is sent in several */
    PIECE_BYTES = 64 * 1024,            /* of its answer at once */
    PIECE_LINES = 256
};

static bool is_type(const struct ctx *c, const char *start)
{
    struct str type = header_value(c->request, "content-type");

    return str_eq_nocase(str_upto(type, strlen(start)), str_c(start));
}

static status too_large(const struct body *b, i64 max)
{
    if (b == NULL)
        return OK;
    TRY(body_cut(b));
    return body_size(b) <= max ? OK : fail(TOO_LARGE, "%lld bytes", (long long)body_size(b));
}

static status invalid(struct ctx *c, const char *field, int text)
{
    return form_refuse(c, field, text_of(c, text));
}

/* -- one question ------------------------------------------------------------------------------------------------------------- */

static status answer(struct ctx *c, const struct partner *p, const struct match_ask *ask)
{
    bool hit;

    out_char(c->out, '{');
    TRY(match_answer(c, p, ask, c->out, &hit));
    out_c(c->out, "}\n");
    if (ask->picture != NULL && ask->picture->fault != PICTURE_FINE && !hit)
        return invalid(c, "picture", picture_fault_text(ask->picture->fault));
    return answer_json(c, 200);
}

static status of_picture(struct ctx *c, const struct partner *p)
{
    struct match_picture *picture = NEW(c->arena, struct match_picture);
    struct match_ask ask;

    TRY(too_large(c->request->body, MATCH_PICTURE_BYTES));
    if (body_size(c->request->body) == 0)
        return invalid(c, "picture", T_MATCHES_MATCH_PICTURE_EMPTY);
    TRY(match_picture_read(p->id, c->request->body, picture));
    match_ask_picture(c->arena, picture, &ask);
    ask.ref = query_text(c, "ref").n ? query_text(c, "ref") : STR_NULL;
    return answer(c, p, &ask);
}

static status of_json(struct ctx *c, const struct partner *p)
{
    struct match_fault fault;
    struct match_ask ask;
    status s;

    TRY(too_large(c->request->body, MATCH_JSON_BYTES));
    s = match_read(c->arena, body_text(c->request->body), &ask, &fault);
    if (s != OK)
        return invalid(c, arena_copy(c->arena, match_fault_field(c->arena, &fault)).at, fault.text);
    return answer(c, p, &ask);
}

static status match_post(struct ctx *c)
{
    struct partner p;

    TRY(partner_of(c, &p));
    if (c->request->body == NULL)
        return invalid(c, "", T_MATCHES_MATCH_BAD_JSON);
    if (is_type(c, "image/") || is_type(c, "application/octet-stream"))
        return of_picture(c, &p);
    if (is_type(c, "application/json"))
        return of_json(c, &p);
    return invalid(c, "Content-Type", T_MATCHES_MATCH_BAD_TYPE);
}

/* -- a stream --------------------------------------------------------------------------------------------------------------------- */

struct lines {
    struct body *body;
    i64 at;                     /* of the next line's first byte */
    struct str rest;            /* of the piece at hand, from there on */
    struct out line;
};

/* The next line without its end, at most one byte more than a line may have: what is longer is passed over to its end. False at the
   end of the body. */
static status next_line(struct lines *l, bool *there)
{
    bool ended = false;

    out_reset(&l->line);
    *there = false;
    while (!ended) {
        size_t n, room = MATCH_JSON_BYTES + 1 - l->line.n;

        if (l->rest.n == 0)
            TRY(body_piece(l->body, l->at, &l->rest));
        if (l->rest.n == 0)
            return OK;
        n = str_find_char(l->rest, '\n');
        ended = n < l->rest.n;
        out_str(&l->line, str_upto(l->rest, n < room ? n : room));
        l->at += (i64)(n + ended);
        l->rest = str_from(l->rest, n + ended);
        *there = true;
    }
    return OK;
}

static struct str line_text(const struct lines *l)
{
    struct str line = out_done(&l->line);

    return line.n > 0 && line.at[line.n - 1] == '\r' ? str_upto(line, line.n - 1) : line;
}

/* What the arena took for a line goes back with it: a stream holds one line's memory. */
static status one_line(struct ctx *c, const struct partner *p, struct str line, i64 number)
{
    struct arena_mark mark = arena_mark(c->arena);

    TRY(match_line(c, p, line, arena_f(c->arena, "\"line\":%lld,", (long long)number), c->out));
    out_char(c->out, '\n');
    arena_back(c->arena, mark);
    return OK;
}

static status piece_of_stream(struct ctx *c, const struct partner *p, struct lines *l)
{
    i64 number = c->request->from.line;
    bool there = true;

    for (int i = 0; i < PIECE_LINES && c->out->n < PIECE_BYTES; i++) {
        TRY(next_line(l, &there));
        if (!there)
            return OK;
        TRY(one_line(c, p, line_text(l), ++number));
    }
    answer_more(c, (struct place_in_body){ .at = l->at, .line = number });
    return OK;
}

static status match_stream(struct ctx *c)
{
    struct lines l = { .body = c->request->body, .at = c->request->from.at, .line = { .max = MATCH_JSON_BYTES + 1 } };
    struct partner p;
    status s;

    TRY(partner_of(c, &p));
    if (l.body == NULL || !is_type(c, "application/x-ndjson"))
        return invalid(c, "Content-Type", T_MATCHES_MATCH_BAD_TYPE);
    TRY(too_large(l.body, STREAM_BYTES));
    s = piece_of_stream(c, &p, &l);
    out_wipe(&l.line);
    out_free(&l.line);
    TRY(s);
    return answer_text(c, 200, "application/x-ndjson; charset=utf-8");
}

const struct route match_routes[] = {
    ROUTE(POST, "/api/v1/match",        MAY_MATCH, NO_FORM, match_post,   .api = true, .raw = true, .lane = LANE_PARTNER),
    ROUTE(POST, "/api/v1/match/stream", MAY_MATCH, NO_FORM, match_stream, .api = true, .raw = true, .lane = LANE_PARTNER),
    ROUTES_END
};
