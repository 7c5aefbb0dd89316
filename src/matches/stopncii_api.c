/* StopNCII v1, served: /v1/FetchHashes, /v1/SubmitHashes, /v1/SubmitFeedback (docs/hash-exchange.md). Errors are those of the gateway
   that its clients know: a number and a sentence. */
#include "exchange_api.h"

#include "matches.h"

#include "matches.sql.h"

enum { SINCE_USUAL = 10, UNKNOWN_SHOWN = 100 };

static status refuse(struct ctx *c, int code, const char *name, struct str why)
{
    partner_error(c, name);
    act_abort(c->ledger);
    out_reset(c->out);
    out_f(c->out, "{\"statusCode\":%d,\"message\":", code);
    out_json(c->out, why);
    out_c(c->out, "}");
    return answer_json(c, code);
}

/* -- FetchHashes ----------------------------------------------------------------------------------------------------------------- */

/* What was asked for: a new round, or the next page of one. */
static status ask(struct ctx *c, const struct partner *p, struct exchange_token *t, const char **wrong)
{
    struct str token = query_text(c, "nextPageToken");
    i64 since = SINCE_USUAL;

    *wrong = "startTimestamp";
    if (!exchange_number(c, "startTimestamp", 0, INT64_MAX / 2000, &since))
        return INVALID;
    if (token.n > 0) {
        *wrong = "nextPageToken";
        return exchange_token_read(c, p, token, t) ? OK : INVALID;
    }
    t->since = since;
    TRY(exchange_since(c->ledger, exchange_list(p->sandbox), since, &t->at));
    if (since <= c->now / 1000 || since <= t->at.head + 1)
        return OK;
    *wrong = "future";
    return INVALID;
}

static bool put(void *to, const struct exchange_records_row *r)
{
    struct ctx *c = to;

    out_c(c->out, c->out->at[c->out->n - 1] == '[' ? "" : ",");
    stopncii_write(c->out, r);
    return c->out->n < PAGE_BYTES;
}

/* In the middle of a round a client may be cut off and begin anew with the time that it was given: so that is a time which it has not
   passed yet. At the end it is the first second in which something may still come. */
static i64 next_since(const struct exchange_token *t, const struct exchange_page *page)
{
    if (page->more)
        return page->last_at > t->since ? page->last_at : t->since;
    return t->at.head + 1;
}

static status answer_page(struct ctx *c, const struct partner *p, const struct exchange_token *t, i64 size)
{
    struct exchange_reader reader = { .house = c->ledger->house, .kind = KIND_STOPNCII, .each = put, .to = c };
    struct exchange_token next = *t;
    struct exchange_page page;

    out_c(c->out, "{\"hashRecords\":[");
    TRY(exchange_read(c->ledger, &t->at, size, reader, &page));
    next.at.after = page.last;
    out_f(c->out, "],\"count\":%lld,\"nextPageToken\":\"", (long long)page.n);
    if (page.more)
        out_str(c->out, exchange_token_text(c, p, &next));
    out_f(c->out, "\",\"nextSetTimestamp\":%lld,\"hasMoreRecords\":%s}", (long long)next_since(t, &page), page.more ? "true" : "false");
    return answer_json(c, 200);
}

static struct str why_wrong(struct ctx *c, const char *wrong)
{
    if (strcmp(wrong, "nextPageToken") == 0)
        return STR("nextPageToken is not one that this server gave to you: begin a new round with startTimestamp");
    if (strcmp(wrong, "future") == 0)
        return arena_f(c->arena, "startTimestamp lies in the future: it is %lld here, in seconds since 1970", (long long)(c->now / 1000));
    return STR("startTimestamp is a number of seconds since 1970");
}

static status fetch(struct ctx *c)
{
    struct exchange_token t = { 0 };
    i64 size = STOPNCII_USUAL;
    const char *wrong = "";
    struct partner p;
    status s;

    TRY(partner_of(c, &p));
    if (!exchange_number(c, "pageSize", 1, STOPNCII_MOST, &size))
        return refuse(c, 400, "stopncii.page-size", arena_f(c->arena, "pageSize is a number from 1 to %d", STOPNCII_MOST));
    s = ask(c, &p, &t, &wrong);
    if (s == INVALID)
        return refuse(c, 400, arena_f(c->arena, "stopncii.%s", wrong).at, why_wrong(c, wrong));
    TRY(s);
    return answer_page(c, &p, &t, size);
}

/* -- SubmitHashes ------------------------------------------------------------------------------------------------------------------ */

static status given(struct ctx *c, bool feedback, struct fed_page *in, struct str *why)
{
    struct str body;
    status s = exchange_body(c, &body);

    *why = arena_f(c->arena, "the body is larger than %d bytes: send fewer records at once", GIVEN_BYTES);
    TRY(s);
    return stopncii_given(c->arena, body, feedback, in, why);
}

static status refuse_given(struct ctx *c, status s, struct str why)
{
    if (s == TOO_LARGE)
        return refuse(c, 413, "stopncii.too-many", why);
    return s == INVALID ? refuse(c, 400, "stopncii.record", why) : s;
}

/* Nobody here has looked at what a partner brings: it waits. */
static struct hash_new new_of(const struct fed_hash *h)
{
    return (struct hash_new){ .kind = h->kind, .value = h->value, .quality = QUALITY_UNKNOWN, .status = HASH_RECEIVED, .hold = HOLD_WAITS,
                              .video = h->video, .source_id = h->words };
}

static status keep(struct ctx *c, const struct partner *p, const struct fed_page *in, struct banks_added *sum)
{
    struct hash_new *all = NEW_N(c->arena, struct hash_new, in->n + 1);
    struct id bank;

    for (size_t i = 0; i < in->n; i++)
        all[i] = new_of(&in->at[i]);
    TRY(act_begin(c->ledger, (struct act_info){ .act = "exchange.submit", .now = c->now, .actor = p->id, .object = p->org }));
    TRY(exchange_own_bank(c, p, &bank));
    TRY(banks_add_many(c->ledger, bank, all, in->n, c->now, sum));
    return act_commit(c->ledger);
}

static status submit(struct ctx *c)
{
    struct banks_added sum = { 0 };
    struct fed_page in;
    struct partner p;
    struct str why;
    status s;

    TRY(partner_of(c, &p));
    s = given(c, false, &in, &why);
    if (s != OK)
        return refuse_given(c, s, why);
    s = in.n > 0 ? keep(c, &p, &in, &sum) : OK;
    if (s == CONFLICT) {        /* the first two of a partner came at once: the bank is there now */
        act_again(c->ledger);
        s = keep(c, &p, &in, &sum);
    }
    TRY(s);
    out_f(c->out, "{\"count\":%zu,\"added\":%lld,\"changed\":%lld,\"same\":%lld}", in.n, (long long)sum.added, (long long)sum.changed,
          (long long)sum.same);
    return answer_json(c, 200);
}

/* -- SubmitFeedback -------------------------------------------------------------------------------------------------------------------- */

/* It does not say of what kind the hash is: its shape does, and where two fit, the list. */
static status find(struct ctx *c, const struct partner *p, struct str text, struct exchange_records_row *r)
{
    static const enum hash_kind kinds[] = { HASH_PDQ, HASH_MD5, HASH_SHA1, HASH_SHA256, HASH_TMK, HASH_PDNA, HASH_URL };

    for (size_t i = 0; i < COUNT_OF(kinds); i++) {
        struct str value;
        status s = hash_value_read(c->arena, kinds[i], text, &value);

        if (s == OK)
            s = exchange_record(c->ledger, exchange_list(p->sandbox), hash_id(kinds[i], FAMILY_NONE, value), r);
        if (s != INVALID && s != NOT_FOUND)
            return s;
        fail_clear();
    }
    return NOT_FOUND;
}

struct said { struct exchange_records_row *at; struct exchange_said *words; size_t n; struct str *unknown; size_t n_unknown; };

static status find_all(struct ctx *c, const struct partner *p, const struct fed_page *in, struct said *said)
{
    said->at = NEW_N(c->arena, struct exchange_records_row, in->n + 1);
    said->words = NEW_N(c->arena, struct exchange_said, in->n + 1);
    said->unknown = NEW_N(c->arena, struct str, in->n + 1);
    for (size_t i = 0; i < in->n; i++) {
        status s = find(c, p, in->at[i].value, &said->at[said->n]);

        if (s == OK)
            said->words[said->n++] = (struct exchange_said){ in->at[i].feedback, in->at[i].words };
        else if (s == NOT_FOUND)
            said->unknown[said->n_unknown++] = in->at[i].value;
        else
            return s;
    }
    return OK;
}

static status say_all(struct ctx *c, const struct partner *p, const struct said *said)
{
    if (said->n == 0)
        return OK;
    TRY(act_begin(c->ledger, (struct act_info){ .act = "exchange.feedback", .now = c->now, .actor = p->id, .object = p->org }));
    for (size_t i = 0; i < said->n; i++)
        TRY(exchange_say(c, p, &said->at[i], &said->words[i]));
    return act_commit(c->ledger);
}

static status feedback(struct ctx *c)
{
    struct said said = { 0 };
    struct fed_page in;
    struct partner p;
    struct str why;
    status s;

    TRY(partner_of(c, &p));
    s = given(c, true, &in, &why);
    if (s != OK)
        return refuse_given(c, s, why);
    TRY(find_all(c, &p, &in, &said));
    s = say_all(c, &p, &said);
    if (s == CONFLICT) {
        act_again(c->ledger);
        s = say_all(c, &p, &said);
    }
    TRY(s);
    out_f(c->out, "{\"count\":%zu,\"unknown\":[", said.n);
    for (size_t i = 0; i < said.n_unknown && i < UNKNOWN_SHOWN; i++) {
        out_c(c->out, i ? "," : "");
        out_json(c->out, said.unknown[i]);
    }
    out_c(c->out, "]}");
    return answer_json(c, 200);
}

const struct route stopncii_routes[] = {
    ROUTE(GET,  "/v1/FetchHashes",    MAY_TAKE_HASHES, NO_FORM, fetch,    .api = true),
    ROUTE(POST, "/v1/SubmitHashes",   MAY_GIVE_HASHES, NO_FORM, submit,   .api = true, .raw = true),
    ROUTE(POST, "/v1/SubmitFeedback", MAY_GIVE_HASHES, NO_FORM, feedback, .api = true, .raw = true),
    ROUTES_END
};
