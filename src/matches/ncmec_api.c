/* NCMEC hash sharing v2, served below /hashsharing (docs/hash-exchange.md). Every entry is one hash and belongs to one member, the house:
   so its name stays the same whichever bank stands for it. */
#include "exchange_api.h"

#include "bank_classes.h"
#include "matches.h"

#include "matches.sql.h"
#include "texts.h"

enum { AHEAD_S = 60 };      /* by how much a client's clock may be fast */

static const char xml_type[] = "application/xml; charset=utf-8";
static const char xml_head[] = "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n";

static status refuse(struct ctx *c, int code, const char *name, const char *why)
{
    partner_error(c, name);
    act_abort(c->ledger);
    out_reset(c->out);
    out_c(c->out, xml_head);
    out_f(c->out, "<error xmlns=\"%s\"><code>%d</code><message>", NCMEC_NAMESPACE, code);
    out_html(c->out, str_c(why));
    out_c(c->out, "</message></error>\n");
    return answer_text(c, code, xml_type);
}

static struct str house_name(struct ctx *c)
{
    return text_of(c, T_MATCHES_EXCHANGE_HOUSE);
}

static void root(struct ctx *c, const char *name)
{
    out_c(c->out, xml_head);
    out_f(c->out, "<%s xmlns=\"%s\">", name, NCMEC_NAMESPACE);
}

static void put_member(struct ctx *c, i64 member, struct str name)
{
    out_f(c->out, "<member id=\"%lld\">", (long long)member);
    out_html(c->out, name);
    out_c(c->out, "</member>");
}

/* -- status, members, reasons ----------------------------------------------------------------------------------------------------- */

/* No address: this server keeps none, and tells none. */
static status show_status(struct ctx *c)
{
    struct partner p;

    TRY(partner_of(c, &p));
    root(c, "status");
    out_c(c->out, "<ipAddress/><username>");
    out_html(c->out, p.code);
    out_c(c->out, "</username>");
    put_member(c, ncmec_member(p.member), p.name);
    out_c(c->out, "</status>\n");
    return answer_text(c, 200, xml_type);
}

static status members(struct ctx *c)
{
    struct partner p;

    TRY(partner_of(c, &p));
    root(c, "members");
    put_member(c, NCMEC_HOUSE, house_name(c));
    put_member(c, ncmec_member(p.member), p.name);
    out_c(c->out, "</members>\n");
    return answer_text(c, 200, xml_type);
}

static status reasons(struct ctx *c)
{
    struct str type = path_text(c, "type");
    struct partner p;
    bool known;

    TRY(partner_of(c, &p));
    (void)ncmec_kind(type, &known);
    if (!known)
        return refuse(c, 400, "ncmec.type", "the types are MD5, SHA1, PDNA, PDQ, NETCLEAN, VIDENTIFIER, TMK_PDQF, SSVH_PDNA, SSVH_SAFER_HASH");
    root(c, "availableFeedbackReasons");
    for (const struct ncmec_reason *r = ncmec_reasons; r->guid != NULL; r++)
        out_f(c->out, "<reason guid=\"%s\" name=\"%s\" type=\"%.*s\"/>", r->guid, r->name, (int)type.n, type.at);
    out_c(c->out, "</availableFeedbackReasons>\n");
    return answer_text(c, 200, xml_type);
}

/* -- entries ---------------------------------------------------------------------------------------------------------------------------- */

struct asked {
    i64 from, to, start, size;
    struct str from_text, to_text;      /* as they came: the next page is asked for in the same words */
    const char *wrong, *why;
};

static bool wrong(struct asked *a, const char *name, const char *why)
{
    a->wrong = name;
    a->why = why;
    return false;
}

static bool time_of(struct ctx *c, const char *name, i64 *seconds, struct str *typed)
{
    *typed = query_text(c, name);
    return typed->n == 0 || utc_read(*typed, seconds);
}

static bool read_query(struct ctx *c, struct asked *a)
{
    i64 now = c->now / 1000, most = 0;

    *a = (struct asked){ .to = now, .size = NCMEC_PAGE };
    if (!time_of(c, "from", &a->from, &a->from_text) || !time_of(c, "to", &a->to, &a->to_text))
        return wrong(a, "ncmec.time", "from and to are written like 2017-10-20T00:00:00Z");
    if (a->to > now + AHEAD_S || a->from > now + AHEAD_S)
        return wrong(a, "ncmec.future", "from or to lies in the future of this server's clock");
    if (a->from > a->to)
        return wrong(a, "ncmec.order", "from lies behind to");
    if (!exchange_number(c, "start", 1, INT64_MAX / 2, &a->start) || !exchange_number(c, "max", 0, INT64_MAX / 2, &most) ||
        !exchange_number(c, "size", 1, NCMEC_PAGE, &a->size))
        return wrong(a, "ncmec.page", "start, size and max are those of an address that this server gave as the next one; size is at most 1000");
    return true;
}

struct half { struct out o; i64 n, at; };
struct entries {
    struct half images, videos;
    const struct banks *banks;
    struct str house;
};

static struct str class_of(const struct entries *e, struct id bank)
{
    for (size_t i = 0; i < e->banks->n; i++)
        if (id_eq(e->banks->at[i].id, bank)) {
            const struct bank_class *class = bank_class(e->banks->at[i].class);

            return class ? class->ncmec : STR("");
        }
    return STR("");
}

static bool put(void *to, const struct exchange_records_row *r)
{
    struct entries *e = to;
    struct half *half = r->video ? &e->videos : &e->images;

    ncmec_write(&half->o, r, &(struct ncmec_writing){ NCMEC_HOUSE, e->house, class_of(e, r->bank) });
    half->n++;
    half->at = r->at > half->at ? r->at : half->at;
    return e->images.o.n + e->videos.o.n < PAGE_BYTES;
}

static void put_half(struct ctx *c, const char *name, const struct half *half)
{
    if (half->n == 0)
        return;
    out_f(c->out, "<%s count=\"%lld\" maxTimestamp=\"", name, (long long)half->n);
    utc_write(c->out, half->at);
    out_c(c->out, "\">");
    out_str(c->out, out_done(&half->o));
    out_f(c->out, "</%s>", name);
}

/* An address of the query, written so that it stands for itself in XML too. */
static void put_time(struct ctx *c, const char *name, struct str typed, i64 seconds)
{
    struct out o = { .max = 100 };

    if (typed.n == 0)
        utc_write(&o, seconds);
    else
        out_str(&o, typed);
    out_f(c->out, "%s=", name);
    for (size_t i = 0; i < o.n; i++)
        if (o.at[i] == ':' || o.at[i] == '+')
            out_f(c->out, "%%%02X", (unsigned char)o.at[i]);
        else
            out_char(c->out, o.at[i]);
    out_free(&o);
}

static void put_next(struct ctx *c, const struct asked *a, const struct exchange_window *w, i64 last)
{
    static const char paging[] = "paging";

    out_f(c->out, "<%s><next>/v2/entries?", paging);
    put_time(c, "from", a->from_text, a->from);
    out_c(c->out, "&amp;");
    put_time(c, "to", a->to_text, a->to);
    out_f(c->out, "&amp;start=%lld&amp;size=%lld&amp;max=%lld</next></%s>", (long long)last + 1, (long long)a->size, (long long)w->upto, paging);
}

static status read_page(struct ctx *c, const struct asked *a, const struct exchange_window *w, struct entries *e)
{
    struct exchange_reader reader = { .house = c->ledger->house, .kind = KIND_NCMEC, .each = put, .to = e };
    struct exchange_page page;

    TRY(exchange_read(c->ledger, w, a->size, reader, &page));
    root(c, "queryResult");
    put_half(c, "images", &e->images);
    put_half(c, "videos", &e->videos);
    if (page.more)
        put_next(c, a, w, page.last);
    out_c(c->out, "</queryResult>\n");
    return answer_text(c, 200, xml_type);
}

static status entries(struct ctx *c)
{
    struct entries e = { .images.o.max = PAGE_BYTES * 2, .videos.o.max = PAGE_BYTES * 2 };
    struct exchange_window w;
    struct banks banks;
    struct partner p;
    struct asked a;
    status s;

    TRY(partner_of(c, &p));
    if (!read_query(c, &a))
        return refuse(c, 400, a.wrong, a.why);
    TRY(exchange_between(c->ledger, exchange_list(p.sandbox), a.from, a.to, &w));
    if (a.start > 0)
        w.after = a.start - 1 > w.after ? a.start - 1 : w.after;
    TRY(banks_all(c->ledger, p.sandbox, &banks));
    e.banks = &banks;
    e.house = house_name(c);
    s = read_page(c, &a, &w, &e);
    out_free(&e.images.o);
    out_free(&e.videos.o);
    return s;
}

/* -- one entry ------------------------------------------------------------------------------------------------------------------------------ */

static status entry_of(struct ctx *c, const struct partner *p, struct exchange_records_row *r)
{
    struct id key;

    TRY(path_id(c, "entry", &key));
    return exchange_record(c->ledger, exchange_list(p->sandbox), key, r);
}

/* GET /v2/entries/ENTRY/fingerprints/TYPE: one that is too long for the list. */
static status fingerprint(struct ctx *c)
{
    struct exchange_records_row r;
    struct partner p;
    bool known;
    status s;

    TRY(partner_of(c, &p));
    s = entry_of(c, &p, &r);
    if (s == OK && ncmec_kind(path_text(c, "type"), &known) != (enum hash_kind)r.kind)
        s = NOT_FOUND;
    if (s == NOT_FOUND)
        return refuse(c, 404, "ncmec.entry", "there is no such entry, or it has no such fingerprint");
    TRY(s);
    out_c(c->out, xml_head);
    out_f(c->out, "<%s xmlns=\"%s\">", ncmec_tag((enum hash_kind)r.kind), NCMEC_NAMESPACE);
    hash_value_write(c->out, (enum hash_kind)r.kind, r.value);
    out_f(c->out, "</%s>\n", ncmec_tag((enum hash_kind)r.kind));
    return answer_text(c, 200, xml_type);
}

static status read_opinion(struct ctx *c, struct ncmec_opinion *opinion)
{
    struct str body;

    TRY(exchange_body(c, &body));
    return ncmec_feedback_read(c->arena, body, opinion);
}

static status say(struct ctx *c, const struct partner *p, const struct exchange_records_row *r, const struct ncmec_opinion *opinion)
{
    struct exchange_said said = { opinion->negative ? STR("negative") : STR("affirmative"), opinion->reasons };

    TRY(act_begin(c->ledger, (struct act_info){ .act = "exchange.feedback", .now = c->now, .actor = p->id, .object = p->org }));
    TRY(exchange_say(c, p, r, &said));
    return act_commit(c->ledger);
}

/* PUT /v2/entries/MEMBER/ENTRY/TYPE/feedback */
static status feedback(struct ctx *c)
{
    struct ncmec_opinion opinion;
    struct exchange_records_row r;
    enum hash_kind kind;
    struct partner p;
    bool known;
    status s;

    TRY(partner_of(c, &p));
    kind = ncmec_kind(path_text(c, "type"), &known);
    if (!known)
        return refuse(c, 400, "ncmec.type", "the protocol has no such type of fingerprint");
    s = str_is(path_text(c, "member"), "1") ? entry_of(c, &p, &r) : NOT_FOUND;
    if (s == OK && (enum hash_kind)r.kind != kind)
        s = NOT_FOUND;
    if (s == NOT_FOUND)
        return refuse(c, 404, "ncmec.entry", "there is no such entry, or it has no such fingerprint");
    TRY(s);
    s = read_opinion(c, &opinion);
    if (s == INVALID)
        return refuse(c, 400, "ncmec.feedback", fail_message());
    if (s == TOO_LARGE)
        return refuse(c, 413, "ncmec.too-large", "the body is too large for a feedbackSubmission");
    TRY(s);
    s = say(c, &p, &r, &opinion);
    if (s == CONFLICT) {
        act_again(c->ledger);
        s = say(c, &p, &r, &opinion);
    }
    TRY(s);
    root(c, "submissionResult");
    out_c(c->out, "</submissionResult>\n");
    return answer_text(c, 200, xml_type);
}

const struct route ncmec_routes[] = {
    ROUTE(GET, "/hashsharing/v2/status",                  MAY_TAKE_HASHES, NO_FORM, show_status, .api = true),
    ROUTE(GET, "/hashsharing/v2/members",                 MAY_TAKE_HASHES, NO_FORM, members,     .api = true),
    ROUTE(GET, "/hashsharing/v2/feedback/:type/reasons",  MAY_TAKE_HASHES, NO_FORM, reasons,     .api = true),
    ROUTE(GET, "/hashsharing/v2/entries",                 MAY_TAKE_HASHES, NO_FORM, entries,     .api = true),
    ROUTE(GET, "/hashsharing/v2/entries/:entry/fingerprints/:type", MAY_TAKE_HASHES, NO_FORM, fingerprint, .api = true),
    ROUTE(PUT, "/hashsharing/v2/entries/:member/:entry/:type/feedback", MAY_GIVE_HASHES, NO_FORM, feedback, .api = true, .raw = true),
    ROUTES_END
};
