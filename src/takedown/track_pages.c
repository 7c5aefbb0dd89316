/* /takedown/:id: one content, whom we asked, what came of each letter, and what the reader may do. */
#include "pages.h"

#include "../matches/matches.h"
#include "../outbox/mail.h"

#include "takedown_pages.h"
#include "texts.h"

/* -- what is known of it -------------------------------------------------------------------------------------------------------------- */

static void fact(struct take_view *v, int name, struct str value)
{
    if (value.n > 0)
        v->facts.at[v->facts.n++] = (struct take_fact){ name, value };
}

static struct str source_words(struct ctx *c, struct str source)
{
    static const struct { const char *code; int text; } sources[] = {
        { "case", T_TAKEDOWN_SOURCE_CASE }, { "match", T_TAKEDOWN_SOURCE_MATCH }, { "platform", T_TAKEDOWN_SOURCE_PLATFORM },
        { "picture", T_TAKEDOWN_SOURCE_PICTURE }, { "hand", T_TAKEDOWN_SOURCE_HAND },
    };

    for (size_t i = 0; i < COUNT_OF(sources); i++)
        if (str_is(source, sources[i].code))
            return text_of(c, sources[i].text);
    return source;
}

static void fill_facts(struct ctx *c, struct take_view *v, const struct track *t)
{
    struct str day = day_words(c, t->row.set_at);

    v->facts.at = NEW_N(c->arena, struct take_fact, 6);
    fact(v, T_TAKEDOWN_FACT_CLASS, v->class);
    fact(v, T_TAKEDOWN_FACT_BASIS, t->row.basis);
    fact(v, T_TAKEDOWN_FACT_SOURCE, source_words(c, t->row.source));
    fact(v, T_TAKEDOWN_FACT_OPENED, joined_words(c, t->row.set_by.has ? user_name(c, t->row.set_by) : STR(""), day));
}

static void fill_items(struct ctx *c, struct take_view *v, struct track *t)
{
    v->items.at = NEW_N(c->arena, struct take_item, t->n_items + 1);
    for (size_t i = 0; i < t->n_items; i++)
        v->items.at[v->items.n++] = (struct take_item){ t->items[i].text, t->items[i].kind, (i64)i, strcmp(t->items[i].kind, "url") == 0 };
}

/* -- letters ----------------------------------------------------------------------------------------------------------------------------- */

static int why_text(struct ctx *c, struct str why)
{
    int key = text_key_of(arena_f(c->arena, "takedown.why.%.*s", (int)why.n, why.at));

    return key ? key : T_TAKEDOWN_WHY_OTHER;
}

static status look_mail(struct ctx *c, struct id ref, struct take_proof *p)
{
    struct mail_outcome o;
    status s = mail_look(c->ledger, ref, &o);

    p->state = T_TAKEDOWN_PROOF_WAITS;
    if (s != OK)
        return s == NOT_FOUND ? OK : s;
    p->tries = o.tries;
    p->good = o.state == MAIL_TAKEN;
    p->bad = o.state == MAIL_GIVEN_UP;
    p->state = p->good ? T_TAKEDOWN_PROOF_TAKEN : p->bad ? T_TAKEDOWN_PROOF_GIVEN_UP : T_TAKEDOWN_PROOF_WAITS;
    return OK;
}

static status look_webhook(struct ctx *c, struct id ref, struct take_proof *p)
{
    struct webhook_sent sent;
    status s = webhook_look(c->ledger, ref, &sent);

    p->state = T_TAKEDOWN_PROOF_OLD;
    if (s != OK)
        return s == NOT_FOUND ? OK : s;
    p->tries = sent.tries;
    p->code = sent.code;
    p->good = sent.state == WEBHOOK_TAKEN;
    p->bad = sent.state == WEBHOOK_GIVEN_UP;
    p->state = p->good ? T_TAKEDOWN_PROOF_TAKEN : p->bad ? T_TAKEDOWN_PROOF_GIVEN_UP : T_TAKEDOWN_PROOF_WAITS;
    return OK;
}

static status proof_line(struct ctx *c, const struct takedown_sends_row *row, struct take_proof *p)
{
    struct out o = { .max = 64 };

    out_hex(&o, row->digest.at, row->digest.n < 8 ? row->digest.n : 8);
    *p = (struct take_proof){ .on = moment_words(c, (struct opt_i64){ true, row->at }), .why = why_text(c, row->why),
                              .digest = arena_copy(c->arena, out_done(&o)), .state = T_TAKEDOWN_PROOF_HAND };
    out_free(&o);
    p->way = str_is(row->way, "mail") ? T_TAKEDOWN_WAY_MAIL : str_is(row->way, "webhook") ? T_TAKEDOWN_WAY_WEBHOOK : T_TAKEDOWN_WAY_LINK;
    if (!row->ref.has)
        return OK;
    return str_is(row->way, "mail") ? look_mail(c, row->ref.v, p) : look_webhook(c, row->ref.v, p);
}

static status fill_proofs(struct ctx *c, struct id notice, struct take_proofs *proofs)
{
    struct takedown_sends_rows rows;

    TRY(sql_sends_of_notice(c->ledger, (struct sql_sends_of_notice){ .notice = notice }, &rows));
    proofs->at = NEW_N(c->arena, struct take_proof, rows.n + 1);
    for (size_t i = 0; i < rows.n; i++)
        if (!rows.at[i].altered)
            TRY(proof_line(c, &rows.at[i], &proofs->at[proofs->n++]));
    return OK;
}

static void notice_rights(struct ctx *c, const struct track *t, const struct takedown_notices_row *n, struct take_notice *v)
{
    bool live = !track_over(t->row.state), appealed = str_is(n->state, "appealed");
    enum take_bar bar = appeal_bar(appealed, n->set_by, n->approved_by.has, n->approved_by.v, c->actor.user);

    v->can_unchoose = live && str_is(n->state, "chosen") && !str_is(t->row.state, "asked");
    v->can_answer = live && (str_is(n->state, "sent") || str_is(n->state, "cannot"));
    v->can_link = v->can_answer;
    v->can_again = live && (str_is(n->state, "removed") || str_is(n->state, "cannot"));
    v->can_judge = live && may(c, MAY_REVIEW_LISTS) && bar == TAKE_FINE;
    v->barred = live && appealed && may(c, MAY_REVIEW_LISTS) && bar == TAKE_SAME;
}

static status notice_line(struct ctx *c, const struct track *t, const struct takedown_notices_row *n, struct take_notice *v)
{
    struct takedown_recipients_row r = { .id = n->recipient };
    const struct state_word *word = notice_word(n->state, n->due.has && n->due.v <= c->now);

    TRY(row_get(c->ledger, &table_takedown_recipients, &r));
    *v = (struct take_notice){ .id = n->id, .name = r.name, .kind = text_of(c, recipient_text(r.kind)), .state = word->text, .look = word->look,
        .by = user_name(c, (struct opt_id){ true, n->set_by }), .second = n->approved_by.has ? user_name(c, n->approved_by) : STR(""),
        .sent = moment_words(c, n->sent), .answered = moment_words(c, n->answered), .removed = moment_words(c, n->removed),
        .runs = str_is(n->state, "sent") && n->due.has };
    v->no_way = n->sent.has && r.mail.n == 0 && !(r.org.has && webhook_has(c->ledger, r.org.v, false));
    if (v->runs)
        v->clock = track_clock(c, n->due.v);
    notice_rights(c, t, n, v);
    return fill_proofs(c, n->id, &v->proofs);
}

static status fill_notices(struct ctx *c, struct take_view *v, const struct track *t)
{
    v->notices.at = NEW_N(c->arena, struct take_notice, t->notices.n + 1);
    for (size_t i = 0; i < t->notices.n; i++)
        if (!t->notices.at[i].altered)
            TRY(notice_line(c, t, &t->notices.at[i], &v->notices.at[v->notices.n++]));
    return OK;
}

/* -- timeline ------------------------------------------------------------------------------------------------------------------------------ */

static int event_text(struct ctx *c, struct str act)
{
    int key = text_key_of(arena_f(c->arena, "takedown.event.%.*s", (int)act.n, act.at));

    return key ? key : T_TAKEDOWN_EVENT_OTHER;
}

/* Who did it: a person, the recipient of the notice, or the house. */
static struct str event_by(struct ctx *c, const struct take_view *v, const struct takedown_events_row *row)
{
    if (row->by.has)
        return user_name(c, row->by);
    for (size_t i = 0; row->notice.has && i < v->notices.n; i++)
        if (id_eq(v->notices.at[i].id, row->notice.v))
            return v->notices.at[i].name;
    return STR("");
}

static struct str event_of(struct ctx *c, const struct take_view *v, const struct takedown_events_row *row)
{
    struct str by = event_by(c, v, row), of = STR("");

    for (size_t i = 0; row->by.has && row->notice.has && i < v->notices.n; i++)
        if (id_eq(v->notices.at[i].id, row->notice.v))
            of = v->notices.at[i].name;
    return joined_words(c, of, by);
}

static status fill_events(struct ctx *c, struct take_view *v)
{
    struct takedown_events_rows rows;

    TRY(sql_takedown_events_of(c->ledger, (struct sql_takedown_events_of){ .track = v->id }, &rows));
    v->events.at = NEW_N(c->arena, struct take_event, rows.n + 1);
    for (size_t i = 0; i < rows.n; i++) {
        struct take_event *e = &v->events.at[v->events.n];

        if (rows.at[i].altered)
            continue;
        *e = (struct take_event){ event_text(c, rows.at[i].act), event_of(c, v, &rows.at[i]),
                                  moment_words(c, (struct opt_i64){ true, rows.at[i].at }), STR("") };
        TRY(track_event_words(c->ledger, &rows.at[i], &e->words));
        v->events.n++;
    }
    return OK;
}

/* -- whom to ask ------------------------------------------------------------------------------------------------------------------------------ */

static bool is_asked(const struct track *t, struct id recipient)
{
    for (size_t i = 0; i < t->notices.n; i++)
        if (id_eq(t->notices.at[i].recipient, recipient))
            return true;
    return false;
}

static status fill_picks(struct ctx *c, struct take_view *v, const struct track *t)
{
    struct takedown_recipients_rows rows;

    TRY(sql_takedown_recipients_all(c->ledger, &rows));
    v->picks.at = NEW_N(c->arena, struct take_pick, rows.n + 1);
    for (size_t i = 0; i < rows.n; i++) {
        const struct takedown_recipients_row *r = &rows.at[i];
        bool hook = r->org.has && webhook_has(c->ledger, r->org.v, false);

        if (r->altered || is_asked(t, r->id))
            continue;
        v->picks.at[v->picks.n++] = (struct take_pick){ r->id, r->name, text_of(c, recipient_text(r->kind)),
            joined_words(c, hook ? text_of(c, T_TAKEDOWN_WAY_WEBHOOK) : STR(""), r->mail), v->chosen == 0 && track_fits(t, r) };
    }
    return OK;
}

/* -- the page ------------------------------------------------------------------------------------------------------------------------------ */

static void fill_rights(struct ctx *c, struct take_view *v, const struct track *t)
{
    struct notice_sum sum = track_sum(t, c->now);
    bool live = !track_over(t->row.state), asked = str_is(t->row.state, "asked"), reported = str_is(t->row.state, "reported");

    v->chosen = sum.chosen;
    v->own_ask = asked && t->row.asked_by.has && id_eq(t->row.asked_by.v, c->actor.user);
    v->asked_by = asked ? user_name(c, t->row.asked_by) : STR("");
    v->can_triage = reported || (str_is(t->row.state, "triaged") && sum.open == 0);
    v->can_choose = live && !asked && !reported;
    v->can_send = v->can_choose && sum.chosen > 0;
    v->can_second = asked && !v->own_ask;
    v->can_decline = asked;
    v->can_drop = live && sum.open + sum.appealed == 0;
    v->can_confirm = live && sum.open + sum.appealed == 0 && sum.removed + sum.cannot > 0;
    v->can_escalate = live && !str_is(t->row.state, "escalated") && sum.open + sum.cannot > 0;
    v->can_check = live && check_there(c->app);
    v->can_block = live && t->class != NULL && lists_class(t->class->list) != NULL;
    v->judges = may(c, MAY_REVIEW_LISTS);
}

static status load(struct ctx *c, struct take_view *v)
{
    const struct state_word *word;
    struct track t;

    TRY(track_load(c, v->id, &t));
    word = track_word(t.row.state);
    v->ref = t.ref;
    v->words = t.words;
    v->class = takedown_class_name(c, t.row.class);
    v->state = word->text;
    v->look = word->look;
    v->two = t.class == NULL || t.class->two;
    v->class_to_check = t.class == NULL || t.class->to_check;
    v->runs = t.row.due.has;
    if (v->runs)
        v->clock = track_clock(c, t.row.due.v);
    v->classes = takedown_class_choices(c, form_failed(c) ? form_text(c, "class") : t.row.class);
    v->basis = typed_of(c, "basis", t.row.basis);
    v->reason = typed_of(c, "reason", STR(""));
    fill_facts(c, v, &t);
    fill_items(c, v, &t);
    fill_rights(c, v, &t);
    TRY(fill_notices(c, v, &t));
    TRY(fill_events(c, v));
    return v->can_choose ? fill_picks(c, v, &t) : OK;
}

status take_track_show(struct ctx *c)
{
    static const char *const fields[] = { "class", "basis", "reason", "recipient", NULL };
    struct take_view v = { .faults = faults_of(c, fields) };

    TRY(path_id(c, "id", &v.id));
    TRY(load(c, &v));
    v.link = session_take(c, "notice_link");
    TRY(people_nav(c, &v.nav, STAFF_TAKEDOWN));
    return page(c, tpl_takedown_track, &v);
}
