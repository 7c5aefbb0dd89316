/* Letters to recipients: filled from content/takedown/, sent by every way that the recipient has, each with a link of its own. */
#include "track.h"

#include "../outbox/mail.h"

/* -- links ------------------------------------------------------------------------------------------------------------------------------ */

static void token_hash(struct key *hash, const uint8_t token[NOTICE_TOKEN_BYTES])
{
    vault_hash(hash, NULL, "notice-token", PARTS(str_of(token, NOTICE_TOKEN_BYTES)));
}

status letter_link(struct ctx *c, const struct takedown_notices_row *notice, struct str *link)
{
    struct takedown_links_row row = { .notice = notice->id, .until = c->now + take_rules()->link_ms };
    uint8_t token[NOTICE_TOKEN_BYTES];
    struct str text;
    struct key hash;

    random_bytes(token, sizeof token);
    token_hash(&hash, token);
    row.hash = key_str(&hash);
    TRY(row_insert(c->ledger, &table_takedown_links, &row));
    text = vault_base64url(c->arena, str_of(token, sizeof token));
    *link = arena_f(c->arena, "%.*s/notice/%.*s", (int)notice->origin.n, notice->origin.at, (int)text.n, text.at);
    return OK;
}

status notice_of_token(struct ctx *c, struct str token, struct takedown_notices_row *notice)
{
    struct takedown_links_row row;
    uint8_t bytes[NOTICE_TOKEN_BYTES];
    struct key hash;

    if (!vault_base64url_read(token, bytes, sizeof bytes))
        return NOT_FOUND;
    token_hash(&hash, bytes);
    row = (struct takedown_links_row){ .hash = key_str(&hash) };
    TRY(row_get(c->ledger, &table_takedown_links, &row));
    if (row.until <= c->now)
        return NOT_FOUND;
    *notice = (struct takedown_notices_row){ .id = row.notice };
    return row_get(c->ledger, &table_takedown_notices, notice);
}

/* -- words -------------------------------------------------------------------------------------------------------------------------------- */

static struct str moment(struct arena *a, i64 ms)
{
    char day[CLOCK_TEXT], time[CLOCK_TEXT];
    i64 offset = clock_offset(ms) / MINUTE_MS;

    clock_day_vi(ms, day);
    clock_time(ms, time);
    return arena_f(a, "%s %s (UTC%c%02lld:%02lld)", time, day, offset < 0 ? '-' : '+', (long long)(offset < 0 ? -offset : offset) / 60,
                   (long long)(offset < 0 ? -offset : offset) % 60);
}

static struct str class_words(const struct track *t, bool english)
{
    return t->class == NULL ? t->row.class : english && t->class->name_en.n ? t->class->name_en : t->class->name;
}

/* The basis that an analyst wrote stands as it is; the class's own in the recipient's language. */
static struct str basis_words(const struct track *t, bool english)
{
    bool own = t->class == NULL || !str_eq(t->row.basis, t->class->basis);

    return own || !english || t->class->basis_en.n == 0 ? t->row.basis : t->class->basis_en;
}

/* Whose request it is: the organisation of who sends it. */
static status sender_name(struct ctx *c, struct id user, struct str *name)
{
    struct users_row u = { .id = user };
    struct organisations_row o;

    TRY(row_get(c->ledger, &table_users, &u));
    o = (struct organisations_row){ .id = u.org };
    TRY(row_get(c->ledger, &table_organisations, &o));
    *name = o.name;
    return OK;
}

struct letter { struct str subject, body, link, from, asked, due; bool english; };

static status letter_words(struct ctx *c, const struct track *t, const struct takedown_notices_row *n, const struct takedown_recipients_row *r,
                           struct str code, struct letter *l)
{
    const struct take_letter *words;

    *l = (struct letter){ .english = str_is(r->lang, "en"), .asked = moment(c->arena, n->sent.has ? n->sent.v : c->now),
                          .due = moment(c->arena, n->due.has ? n->due.v : c->now) };
    words = take_letter(l->english, code);
    if (words == NULL)
        return fail(BROKEN, "content/takedown/ has no letter %.*s", (int)code.n, code.at);
    TRY(sender_name(c, n->set_by, &l->from));
    TRY(letter_link(c, n, &l->link));
    struct take_place places[] = {
        { "ref", t->ref }, { "what", track_what(c->arena, t, false) }, { "class", class_words(t, l->english) },
        { "basis", basis_words(t, l->english) }, { "asked", l->asked }, { "due", l->due }, { "link", l->link }, { "name", r->name },
        { "from", l->from },
    };
    l->subject = take_fill(c->arena, words->subject, (struct take_places){ places, COUNT_OF(places) });
    l->body = take_fill(c->arena, words->body, (struct take_places){ places, COUNT_OF(places) });
    return OK;
}

/* -- as data, for webhooks ------------------------------------------------------------------------------------------------------------------ */

static void member(struct out *o, const char *name, struct str value)
{
    out_f(o, ",\"%s\":", name);
    out_json(o, value);
}

static void member_time(struct out *o, const char *name, i64 ms)
{
    char text[CLOCK_TEXT];

    clock_utc_iso(ms, text);
    member(o, name, str_c(text));
}

static void put_items(struct out *o, const struct track *t)
{
    out_c(o, ",\"content\":[");
    for (size_t i = 0; i < t->n_items; i++) {
        out_f(o, "%s{\"kind\":\"%s\",\"value\":", i ? "," : "", t->items[i].kind);
        out_json(o, t->items[i].text);
        out_char(o, '}');
    }
    out_char(o, ']');
}

static struct str letter_data(struct ctx *c, const struct track *t, const struct takedown_notices_row *n, const struct letter *l)
{
    struct out o = { .max = 256 << 10 };
    char id[ID_TEXT + 1];
    struct str data;

    id_text(n->id, id);
    out_f(&o, "{\"notice\":\"%s\"", id);
    member(&o, "reference", t->ref);
    put_items(&o, t);
    member(&o, "class", t->row.class);
    member(&o, "class_name", class_words(t, l->english));
    member(&o, "legal_basis", basis_words(t, l->english));
    member(&o, "from", l->from);
    if (n->sent.has)
        member_time(&o, "asked_at", n->sent.v);
    if (n->due.has)
        member_time(&o, "due_at", n->due.v);
    if (l->link.n)
        member(&o, "answer_url", l->link);
    out_char(&o, '}');
    data = arena_copy(c->arena, out_done(&o));
    out_free(&o);
    return data;
}

status notice_data(struct ctx *c, const struct track *t, const struct takedown_notices_row *n, struct str *data)
{
    struct letter l = { .english = c->lang == LANG_EN };

    TRY(sender_name(c, n->set_by, &l.from));
    *data = letter_data(c, t, n, &l);
    return OK;
}

/* -- sending ---------------------------------------------------------------------------------------------------------------------------------- */

static status proof(struct ctx *c, struct id notice, struct str why, const char *way, struct opt_id ref, struct str said)
{
    struct takedown_sends_row row = { .notice = notice, .id = id_timed(c->now), .at = c->now, .why = why, .way = str_c(way), .ref = ref };
    uint8_t digest[32];

    vault_sha256(digest, PARTS(said));
    row.digest = str_of(digest, sizeof digest);
    return row_insert(c->ledger, &table_takedown_sends, &row);
}

static status by_mail(struct ctx *c, const struct takedown_notices_row *n, const struct takedown_recipients_row *r, struct str why,
                      const struct letter *l)
{
    struct mail mail = { r->mail, l->subject, l->body };
    struct opt_id ref = { .has = true };

    TRY(mail_queue_known(c->ledger, &mail, c->now, &ref.v));
    return proof(c, n->id, why, "mail", ref, arena_f(c->arena, "%.*s\n%.*s", (int)l->subject.n, l->subject.at, (int)l->body.n, l->body.at));
}

static status by_webhook(struct ctx *c, const struct track *t, const struct takedown_notices_row *n, const struct takedown_recipients_row *r,
                         struct str why, const struct letter *l)
{
    struct webhook_new w = { .org = r->org.v, .type = arena_f(c->arena, "takedown.%.*s", (int)why.n, why.at), .object = n->id,
                             .data = letter_data(c, t, n, l) };
    struct opt_id ref = { .has = true };

    TRY(webhook_queue(c->ledger, &w, c->now, &ref.v));
    return proof(c, n->id, why, "webhook", ref, w.data);
}

status letter_send(struct ctx *c, struct track *t, struct takedown_notices_row *n, struct str code)
{
    struct takedown_recipients_row r = { .id = n->recipient };
    struct letter l;

    TRY(row_get(c->ledger, &table_takedown_recipients, &r));
    if (r.until.has)
        return OK;              /* no recipient any more: nothing is told to it, and the clock of the notice raises it */
    TRY(letter_words(c, t, n, &r, code, &l));
    if (r.org.has && webhook_has(c->ledger, r.org.v, false))
        TRY(by_webhook(c, t, n, &r, code, &l));
    if (r.mail.n)
        TRY(by_mail(c, n, &r, code, &l));
    return OK;
}

status letter_by_hand(struct ctx *c, const struct takedown_notices_row *n)
{
    return proof(c, n->id, STR("request"), "link", (struct opt_id){ 0 }, STR(""));
}

status notice_start(struct ctx *c, struct track *t, struct takedown_notices_row *n, struct str code)
{
    const struct take_rules *rules = take_rules();
    struct str origin = web_origin(c);

    n->state = STR("sent");
    n->sent = (struct opt_i64){ true, c->now };
    n->due = (struct opt_i64){ true, c->now + rules->hours_ms };
    n->rung = 0;
    n->next.has = rung_next(rules, n->due.v, 0, &n->next.v);
    n->answered = n->removed = (struct opt_i64){ 0 };
    if (origin.n)
        n->origin = origin;     /* a job has no request: the address stays the one by which it was asked first */
    TRY(row_update(c->ledger, &table_takedown_notices, n));
    return letter_send(c, t, n, code);
}
