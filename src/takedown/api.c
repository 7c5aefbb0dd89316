/* /api/v1/notices: a platform's program reads what is asked of it and answers, instead of a person with a link. */
#include "track.h"

/* -- reading ---------------------------------------------------------------------------------------------------------------------------- */

static status put_notice(struct ctx *c, const struct takedown_notices_row *n, bool first)
{
    struct str data;
    struct track t;

    TRY(track_load(c, n->track, &t));
    TRY(notice_data(c, &t, n, &data));
    if (!first)
        out_char(c->out, ',');
    out_str(c->out, data);
    return OK;
}

/* GET /api/v1/notices: what waits for an answer, the nearest hour first. A token of the sandbox has nothing to answer. */
static status notices_list(struct ctx *c)
{
    struct takedown_notices_rows rows = { 0 };
    struct partner p;
    size_t shown = 0;

    TRY(partner_of(c, &p));
    if (!p.sandbox)
        TRY(sql_notices_of_org(c->ledger, (struct sql_notices_of_org){ .org = p.org }, &rows));
    out_c(c->out, "{\"notices\":[");
    for (size_t i = 0; i < rows.n; i++)
        if (!rows.at[i].altered)
            TRY(put_notice(c, &rows.at[i], shown++ == 0));
    out_c(c->out, "]}\n");
    return answer_json(c, 200);
}

/* Another organisation's notice is not there. */
static status own_notice(struct ctx *c, const struct partner *p, struct takedown_notices_row *n)
{
    struct takedown_recipients_row r;

    *n = (struct takedown_notices_row){ 0 };
    TRY(path_id(c, "notice", &n->id));
    TRY(row_get(c->ledger, &table_takedown_notices, n));
    r = (struct takedown_recipients_row){ .id = n->recipient };
    TRY(row_get(c->ledger, &table_takedown_recipients, &r));
    if (p->sandbox || !r.org.has || !id_eq(r.org.v, p->org) || str_is(n->state, "chosen"))
        return fail(NOT_FOUND, "no notice of this partner");
    return OK;
}

/* -- answering -------------------------------------------------------------------------------------------------------------------------- */

/* "2026-11-24T07:20:00Z": in UTC, the seconds may be missing. */
static bool utc_read(struct str text, i64 *ms)
{
    bool seconds = text.n == 20 && text.at[16] == ':';

    if ((text.n != 17 && !seconds) || text.at[text.n - 1] != 'Z' || !clock_of_iso(str_upto(text, 16), ms))
        return false;
    *ms += clock_offset(*ms);
    return true;
}

static status answer_field(struct ctx *c, const char *field, const char *why)
{
    return form_refuse(c, field, str_c(why));
}

static status read_reply(struct ctx *c, struct reply *a)
{
    struct str code = form_text(c, "answer"), at = form_text(c, "removed_at");

    a->kind = ANSWERS;
    a->removed = c->now;
    a->words = str_trim(form_text(c, "words"));
    for (size_t i = 0; i < ANSWERS; i++)
        if (str_is(code, answer_codes[i]))
            a->kind = (enum answer_kind)i;
    if (a->kind == ANSWERS)
        return answer_field(c, "answer", "removed, cannot, notours or appeal");
    if ((a->kind == ANSWER_CANNOT || a->kind == ANSWER_APPEAL) && a->words.n == 0)
        return answer_field(c, "words", "say why");
    if (at.n > 0 && (!utc_read(at, &a->removed) || a->removed > c->now + 10 * MINUTE_MS || a->removed < c->now - 365 * DAY_MS))
        return answer_field(c, "removed_at", "a time in UTC as 2026-11-24T07:20:00Z, not ahead of now");
    if (a->removed > c->now)
        a->removed = c->now;
    return OK;
}

static bool said_already(const struct takedown_notices_row *n, const struct reply *a)
{
    return str_is(n->state, a->kind == ANSWER_APPEAL ? "appealed" : answer_codes[a->kind]);
}

/* POST /api/v1/notices/ID: the same answer twice is one answer. */
static status notice_answer(struct ctx *c)
{
    struct takedown_notices_row n;
    struct reply a = { 0 };
    struct partner p;
    status s;

    TRY(partner_of(c, &p));
    TRY(own_notice(c, &p, &n));
    TRY(read_reply(c, &a));
    a.notice = n.id;
    s = said_already(&n, &a) ? OK : take_answer(c, n.track, &a);
    if (s == DENIED)
        return fail(CONFLICT, "the notice was answered otherwise");
    TRY(s);
    out_f(c->out, "{\"answer\":\"%s\"}\n", answer_codes[a.kind]);
    return answer_json(c, 200);
}

#define ANSWER_FORM FORM_API({ .name = "answer", .max = 20 }, { .name = "removed_at", .max = 30 }, { .name = "words", .max = TAKEDOWN_WORDS_CHARS })

const struct route notice_api_routes[] = {
    ROUTE(GET,  "/api/v1/notices",         MAY_ANSWER_NOTICES, NO_FORM,     notices_list,  .api = true),
    ROUTE(POST, "/api/v1/notices/:notice", MAY_ANSWER_NOTICES, ANSWER_FORM, notice_answer, .api = true),
    ROUTES_END
};
