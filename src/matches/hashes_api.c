/* Our own form of the exchange: /api/v1/hashes, everything that is known of a record, by a cursor that stays good for years. And the plain
   lines that the tools of others read as a local file. */
#include "exchange_api.h"

#include "matches.h"

#include "matches.sql.h"

/* -- writing ---------------------------------------------------------------------------------------------------------------------- */

struct writing {
    struct ctx *c;
    const struct banks *banks;
};

static const struct bank *bank_of(const struct banks *banks, struct id id)
{
    for (size_t i = 0; i < banks->n; i++)
        if (id_eq(banks->at[i].id, id))
            return &banks->at[i];
    return NULL;
}

static const char *family_code(i64 family)
{
    return family == FAMILY_CPP512 ? "cpp512" : "full";
}

static const char *status_code(i64 how)
{
    switch (how) {
    case HASH_ACTIVE: return "active";
    case HASH_RECEIVED: return "received";
    case HASH_WITHDRAWN: return "withdrawn";
    default: return "deleted";
    }
}

static void put_value(struct out *o, const struct exchange_records_row *r)
{
    out_c(o, ",\"value\":");
    if (r->kind == HASH_URL) {
        out_json(o, r->value);
        return;
    }
    out_char(o, '"');
    hash_value_write(o, (enum hash_kind)r->kind, r->value);
    out_char(o, '"');
}

static void put_bank(struct out *o, const struct bank *b)
{
    if (b == NULL)
        return;
    out_c(o, ",\"class\":");
    out_json(o, b->class);
    out_c(o, ",\"basis\":");
    out_json(o, b->basis);
    out_c(o, ",\"source\":");
    out_json(o, b->source);
}

static bool put_json(void *to, const struct exchange_records_row *r)
{
    const struct writing *w = to;
    struct out *o = w->c->out;
    char id[ID_TEXT + 1];

    id_text(r->key, id);
    out_f(o, "%s{\"id\":\"%s\",\"kind\":\"%s\"", o->at[o->n - 1] == '[' ? "" : ",", id, hash_kind_code((enum hash_kind)r->kind));
    put_value(o, r);
    out_f(o, ",\"of\":\"%s\",\"status\":\"%s\",\"changed\":%lld", r->video ? "video" : r->kind == HASH_URL ? "address" : "image",
          status_code(r->status), (long long)r->at);
    if (r->kind == HASH_PDQ)
        out_f(o, ",\"family\":\"%s\"", family_code(r->family));
    if (r->quality >= 0)
        out_f(o, ",\"quality\":%lld", (long long)r->quality);
    put_bank(o, bank_of(w->banks, r->bank));
    out_c(o, ",\"feedback\":");
    out_str(o, r->words);
    out_char(o, '}');
    return o->n < PAGE_BYTES;
}

/* -- pages ----------------------------------------------------------------------------------------------------------------------------- */

static status refuse(struct ctx *c, const char *name, const char *why)
{
    partner_error(c, name);
    return fail(INVALID, "%s", why);
}

/* The cursor says after which number to go on; the list may have grown since. */
static status begin(struct ctx *c, const struct partner *p, struct exchange_token *t, i64 *limit)
{
    struct str cursor = query_text(c, "after");
    struct exchange_window now;

    if (!exchange_number(c, "limit", 1, HASHES_MOST, limit))
        return refuse(c, "hashes.limit", "limit is a number from 1 to 5000");
    TRY(exchange_since(c->ledger, exchange_list(p->sandbox), 0, &now));
    *t = (struct exchange_token){ .at = now };
    if (cursor.n == 0)
        return OK;
    if (!exchange_token_read(c, p, cursor, t))
        return refuse(c, "hashes.after", "after is not a cursor that this server gave to you");
    t->at.upto = now.upto;
    return OK;
}

static status show(struct ctx *c)
{
    struct writing w = { .c = c };
    struct exchange_reader reader = { .house = c->ledger->house, .kind = KIND_ALL, .each = put_json, .to = &w };
    struct exchange_token t;
    struct exchange_page page;
    i64 limit = HASHES_USUAL;
    struct banks banks;
    struct partner p;

    TRY(partner_of(c, &p));
    TRY(begin(c, &p, &t, &limit));
    TRY(banks_all(c->ledger, p.sandbox, &banks));
    w.banks = &banks;
    out_c(c->out, "{\"hashes\":[");
    TRY(exchange_read(c->ledger, &t.at, limit, reader, &page));
    t.at.after = page.last;
    out_c(c->out, "],\"next\":\"");
    out_str(c->out, exchange_token_text(c, &p, &t));
    out_f(c->out, "\",\"more\":%s}\n", page.more ? "true" : "false");
    return answer_json(c, 200);
}

static status show_lines(struct ctx *c)
{
    struct exchange_reader reader = { .house = c->ledger->house, .kind = KIND_ALL, .each = exchange_line, .to = c->out };
    struct exchange_token t;
    struct exchange_page page;
    i64 limit = HASHES_MOST;
    struct partner p;

    TRY(partner_of(c, &p));
    TRY(begin(c, &p, &t, &limit));
    TRY(exchange_read(c->ledger, &t.at, limit, reader, &page));
    t.at.after = page.last;
    if (page.more) {
        struct str next = exchange_token_text(c, &p, &t);

        answer_header(c, "Link", arena_f(c->arena, "</api/v1/hashes.txt?limit=%lld&after=%.*s>; rel=\"next\"", (long long)limit, (int)next.n, next.at));
    }
    return answer_text(c, 200, "text/plain; charset=utf-8");
}

const struct route hashes_routes[] = {
    ROUTE(GET, "/api/v1/hashes",     MAY_TAKE_HASHES, NO_FORM, show,       .api = true),
    ROUTE(GET, "/api/v1/hashes.txt", MAY_TAKE_HASHES, NO_FORM, show_lines, .api = true),
    ROUTES_END
};
