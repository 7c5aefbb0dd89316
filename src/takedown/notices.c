/* What people do with notices: chosen, sent by one or by two, sent again, raised; answered by who got them. */
#include "track.h"

const char *const answer_codes[ANSWERS] = { "removed", "cannot", "notours", "appeal" };

static status fits(bool fits_now, const char *why)
{
    return fits_now ? OK : fail(DENIED, "%s", why);
}

static struct opt_id some(struct id id)
{
    return (struct opt_id){ true, id };
}

static status recipient_name(struct ctx *c, struct id recipient, struct str *name)
{
    struct takedown_recipients_row r = { .id = recipient };

    TRY(row_get(c->ledger, &table_takedown_recipients, &r));
    *name = r.name;
    return OK;
}

static status tell_of(struct ctx *c, struct track *t, const struct takedown_notices_row *n, const char *act, struct str words)
{
    struct str name;

    TRY(track_tell(c, t, (struct track_note){ act, some(n->id), words }));
    TRY(recipient_name(c, n->recipient, &name));
    return track_tell_cases(c, t, arena_f(c->arena, "takedown_%s", act).at, name);
}

/* -- whom to ask ---------------------------------------------------------------------------------------------------------------------- */

static bool covers(const struct track *t, const struct takedown_recipients_row *r)
{
    for (size_t i = 0; i < t->n_items; i++)
        if (hosts_cover(r->hosts, item_host(t->items[i].text)))
            return true;
    return false;
}

bool track_fits(const struct track *t, const struct takedown_recipients_row *r)
{
    bool hash = false;

    for (size_t i = 0; i < t->n_items; i++)
        hash |= strcmp(t->items[i].kind, "url") != 0;
    return covers(t, r) || (hash && str_is(r->kind, "platform"));
}

static bool asked_already(const struct track *t, struct id recipient)
{
    for (size_t i = 0; i < t->notices.n; i++)
        if (!t->notices.at[i].altered && id_eq(t->notices.at[i].recipient, recipient))
            return true;
    return false;
}

static status add_notice(struct ctx *c, struct track *t, struct id recipient, struct takedown_notices_row *n)
{
    struct str origin = web_origin(c);

    *n = (struct takedown_notices_row){ .id = id_timed(c->now), .track = t->row.id, .recipient = recipient, .state = STR("chosen"),
                                        .set_by = c->actor.user, .origin = origin.n ? origin : t->notices.n ? t->notices.at[0].origin : STR("") };
    return row_insert(c->ledger, &table_takedown_notices, n);
}

static status reload(struct ctx *c, struct track *t)
{
    return sql_notices_of_track(c->ledger, (struct sql_notices_of_track){ .track = t->row.id }, &t->notices);
}

static status choose_body(struct ctx *c, struct track *t, const void *what)
{
    const struct ids *ids = what;

    TRY(fits(!track_over(t->row.state) && !str_is(t->row.state, "asked") && !str_is(t->row.state, "reported"), "not now"));
    for (size_t i = 0; i < ids->n; i++) {
        struct takedown_recipients_row r = { .id = ids->at[i] };
        struct takedown_notices_row n;

        TRY(row_get(c->ledger, &table_takedown_recipients, &r));
        TRY(fits(!r.until.has && t->notices.n + i < RECIPIENTS_MOST, "no such recipient any more, or too many"));
        if (!asked_already(t, r.id))
            TRY(add_notice(c, t, r.id, &n));
    }
    TRY(track_tell(c, t, (struct track_note){ "chosen", { 0 }, STR("") }));
    return reload(c, t);
}

status take_choose(struct ctx *c, struct id id, const struct ids *recipients)
{
    return track_act(c, id, "takedown.choose", choose_body, recipients);
}

static status unchoose_body(struct ctx *c, struct track *t, const void *what)
{
    const struct id *notice = what;
    struct takedown_notices_row *n = track_notice(t, *notice);

    TRY(fits(n != NULL && str_is(n->state, "chosen") && !str_is(t->row.state, "asked"), "it was sent meanwhile"));
    TRY(row_delete(c->ledger, &table_takedown_notices, n));
    return reload(c, t);
}

status take_unchoose(struct ctx *c, struct id id, struct id notice)
{
    return track_act(c, id, "takedown.unchoose", unchoose_body, &notice);
}

/* -- sending ------------------------------------------------------------------------------------------------------------------------------ */

/* by: who wants it sent, whose organisation the letter names. */
static status send_chosen(struct ctx *c, struct track *t, struct id by, struct opt_id second)
{
    t->row.state = STR("triaged");
    for (size_t i = 0; i < t->notices.n; i++) {
        struct takedown_notices_row *n = &t->notices.at[i];

        if (n->altered || !str_is(n->state, "chosen"))
            continue;
        n->set_by = by;
        n->approved_by = second;
        TRY(notice_start(c, t, n, STR("request")));
        TRY(tell_of(c, t, n, "sent", STR("")));
    }
    return OK;
}

static status send_body(struct ctx *c, struct track *t, const void *what)
{
    bool *waits = (bool *)what;

    *waits = false;
    TRY(fits(!track_over(t->row.state) && !str_is(t->row.state, "asked") && !str_is(t->row.state, "reported") &&
             track_sum(t, c->now).chosen > 0, "nothing to send"));
    if (t->class == NULL || t->class->two) {
        *waits = true;
        t->row.state = STR("asked");
        t->row.asked_by = some(c->actor.user);
        return track_tell(c, t, (struct track_note){ "asked", { 0 }, STR("") });
    }
    return send_chosen(c, t, c->actor.user, (struct opt_id){ 0 });
}

status take_send(struct ctx *c, struct id id, bool *waits)
{
    return track_act(c, id, "takedown.send", send_body, waits);
}

static status second_body(struct ctx *c, struct track *t, const void *what)
{
    struct id first = t->row.asked_by.v;

    (void)what;
    TRY(fits(second_bar(str_is(t->row.state, "asked") && t->row.asked_by.has, first, c->actor.user) == TAKE_FINE, "another person sends it"));
    t->row.asked_by = (struct opt_id){ 0 };
    TRY(track_tell(c, t, (struct track_note){ "approved", { 0 }, STR("") }));
    return send_chosen(c, t, first, some(c->actor.user));
}

status take_second(struct ctx *c, struct id id)
{
    return track_act(c, id, "takedown.approve", second_body, NULL);
}

/* Also by who asked: a mistake is taken back at once. */
static status decline_body(struct ctx *c, struct track *t, const void *what)
{
    const struct str *words = what;

    TRY(fits(str_is(t->row.state, "asked"), "it was decided meanwhile"));
    t->row.asked_by = (struct opt_id){ 0 };
    t->row.state = STR("triaged");
    return track_tell(c, t, (struct track_note){ "declined", { 0 }, *words });
}

status take_decline(struct ctx *c, struct id id, struct str words)
{
    return track_act(c, id, "takedown.decline", decline_body, &words);
}

struct for_notice { struct id notice; struct str words; };

static status again_body(struct ctx *c, struct track *t, const void *what)
{
    const struct for_notice *a = what;
    struct takedown_notices_row *n = track_notice(t, a->notice);

    TRY(fits(n != NULL && !track_over(t->row.state) && (str_is(n->state, "removed") || str_is(n->state, "cannot")), "not now"));
    n->set_by = c->actor.user;
    TRY(notice_start(c, t, n, STR("again")));
    return tell_of(c, t, n, "again", a->words);
}

status take_again(struct ctx *c, struct id id, struct id notice, struct str words)
{
    return track_act(c, id, "takedown.again", again_body, &(struct for_notice){ notice, words });
}

/* Everybody who can remove it, as the page would tick them. */
static status fitting(struct ctx *c, struct id id, struct ids *ids)
{
    struct takedown_recipients_rows all;
    struct track t;

    TRY(track_load(c, id, &t));
    TRY(sql_takedown_recipients_all(c->ledger, &all));
    *ids = (struct ids){ .at = NEW_N(c->arena, struct id, all.n + 1) };
    for (size_t i = 0; i < all.n && ids->n + t.notices.n < RECIPIENTS_MOST; i++)
        if (!all.at[i].altered && track_fits(&t, &all.at[i]) && !asked_already(&t, all.at[i].id))
            ids->at[ids->n++] = all.at[i].id;
    return OK;
}

status takedown_ask(struct ctx *c, struct id track, struct takedown_asked *asked)
{
    struct ids ids;

    *asked = (struct takedown_asked){ 0 };
    TRY(fitting(c, track, &ids));
    if (ids.n == 0)
        return OK;
    TRY(take_choose(c, track, &ids));
    asked->n = (i64)ids.n;
    return take_send(c, track, &asked->waits);
}

/* -- raising ------------------------------------------------------------------------------------------------------------------------------ */

status track_escalate(struct ctx *c, struct track *t, struct id by, struct str words)
{
    struct takedown_recipients_rows all;

    TRY(sql_takedown_recipients_all(c->ledger, &all));
    for (size_t i = 0; i < all.n; i++) {
        struct takedown_notices_row n;

        if (all.at[i].altered || !str_is(all.at[i].kind, "authority") || !all.at[i].confirmed_by.has ||
            asked_already(t, all.at[i].id))
            continue;
        TRY(add_notice(c, t, all.at[i].id, &n));
        n.set_by = by;
        TRY(notice_start(c, t, &n, STR("escalation")));
        TRY(tell_of(c, t, &n, "raised", STR("")));
    }
    t->row.state = STR("escalated");
    TRY(track_tell(c, t, (struct track_note){ "escalated", { 0 }, words }));
    TRY(track_tell_cases(c, t, "takedown_escalated", STR("")));
    return reload(c, t);
}

static status escalate_body(struct ctx *c, struct track *t, const void *what)
{
    const struct str *words = what;
    struct notice_sum sum = track_sum(t, c->now);

    TRY(fits(!track_over(t->row.state) && !str_is(t->row.state, "escalated") && sum.open + sum.cannot > 0, "not now"));
    return track_escalate(c, t, c->actor.user, *words);
}

status take_escalate(struct ctx *c, struct id id, struct str words)
{
    return track_act(c, id, "takedown.escalate", escalate_body, &words);
}

/* -- answers ------------------------------------------------------------------------------------------------------------------------------ */

static void stop_clock(struct takedown_notices_row *n, const char *state, i64 now)
{
    n->state = str_c(state);
    n->answered = (struct opt_i64){ true, now };
    n->next = (struct opt_i64){ 0 };
}

/* Who said that they cannot may still remove it; who objected waits for us first. */
static bool may_answer(const struct takedown_notices_row *n)
{
    return str_is(n->state, "sent") || str_is(n->state, "cannot");
}

static status answer_body(struct ctx *c, struct track *t, const void *what)
{
    static const char *const states[ANSWERS] = { "removed", "cannot", "notours", "appealed" };
    const struct reply *a = what;
    struct takedown_notices_row *n = track_notice(t, a->notice);

    TRY(fits(n != NULL && !track_over(t->row.state) && may_answer(n), "it was answered"));
    stop_clock(n, states[a->kind], c->now);
    if (a->kind == ANSWER_REMOVED)
        n->removed = (struct opt_i64){ true, a->removed };
    TRY(row_update(c->ledger, &table_takedown_notices, n));
    return tell_of(c, t, n, states[a->kind], a->words);
}

status take_answer(struct ctx *c, struct id track, const struct reply *a)
{
    return track_act(c, track, "takedown.answer", answer_body, a);
}

static status appeal_body(struct ctx *c, struct track *t, const void *what)
{
    const struct appeal_end *end = what;
    struct takedown_notices_row *n = track_notice(t, end->notice);

    TRY(fits(n != NULL && appeal_bar(str_is(n->state, "appealed"), n->set_by, n->approved_by.has, n->approved_by.v, c->actor.user) == TAKE_FINE,
             "who sent it does not judge the appeal, or it was decided"));
    if (!end->uphold) {
        struct id sender = n->set_by;

        TRY(notice_start(c, t, n, STR("upheld")));
        n->set_by = sender;
        return tell_of(c, t, n, "appeal_rejected", end->words);
    }
    n->state = STR("withdrawn");
    n->next = (struct opt_i64){ 0 };
    TRY(row_update(c->ledger, &table_takedown_notices, n));
    TRY(letter_send(c, t, n, STR("withdrawn")));
    return tell_of(c, t, n, "withdrawn", end->words);
}

status take_appeal_end(struct ctx *c, struct id id, const struct appeal_end *end)
{
    return track_act(c, id, end->uphold ? "takedown.appeal-uphold" : "takedown.appeal-reject", appeal_body, end);
}

/* -- links to hand over ----------------------------------------------------------------------------------------------------------------------- */

struct link_wish { struct id notice; struct str *link; };

static status link_body(struct ctx *c, struct track *t, const void *what)
{
    const struct link_wish *w = what;
    struct takedown_notices_row *n = track_notice(t, w->notice);
    struct str origin = web_origin(c);

    TRY(fits(n != NULL && !str_is(n->state, "chosen") && !str_is(n->state, "withdrawn") && !track_over(t->row.state), "not now"));
    if (origin.n)
        n->origin = origin;
    TRY(letter_link(c, n, w->link));
    TRY(letter_by_hand(c, n));
    return track_tell(c, t, (struct track_note){ "link", some(n->id), STR("") });
}

status take_link(struct ctx *c, struct id id, struct id notice, struct str *link)
{
    return track_act(c, id, "takedown.link", link_body, &(struct link_wish){ notice, link });
}
