/* The ladder: who is reminded, and when it is raised. Holds the house's keys alone; each rung is climbed once, whatever is killed. */
#include "track.h"

#include "../base/log.h"
#include "../casework/casework.h"

/* Of several rungs that passed at once (the server was down) only the last letter goes out; raising is never left out. */
struct climbed { struct str code; bool letter, authority; };

static struct climbed climb(struct takedown_notices_row *n, i64 now)
{
    const struct take_rules *rules = take_rules();
    struct climbed up = { 0 };

    while (n->next.has && n->next.v <= now) {
        const struct take_rung *rung = &rules->rungs[n->rung];

        up.authority |= rung->authority;
        if (!rung->authority) {
            up.code = rung->code;
            up.letter = true;
        }
        n->rung++;
        n->next.has = rung_next(rules, n->due.v, n->rung, &n->next.v);
    }
    return up;
}

static status recipient_row(struct ctx *c, struct id id, struct takedown_recipients_row *r)
{
    *r = (struct takedown_recipients_row){ .id = id };
    return row_get(c->ledger, &table_takedown_recipients, r);
}

static status ring_body(struct ctx *c, struct track *t, const void *what)
{
    const struct id *notice = what;
    struct takedown_notices_row *n = track_notice(t, *notice);
    struct takedown_recipients_row r;
    struct climbed up;
    bool late;

    if (n == NULL || !str_is(n->state, "sent") || !n->next.has || n->next.v > c->now)
        return DENIED;          /* answered meanwhile */
    TRY(recipient_row(c, n->recipient, &r));
    up = climb(n, c->now);
    late = n->due.v <= c->now;
    TRY(row_update(c->ledger, &table_takedown_notices, n));
    if (up.letter) {
        TRY(letter_send(c, t, n, up.code));
        TRY(track_tell(c, t, (struct track_note){ late ? "late" : "reminded", { true, n->id }, STR("") }));
        if (late)
            TRY(track_tell_cases(c, t, "takedown_late", r.name));
    }
    if (up.authority && !str_is(r.kind, "authority") && !str_is(t->row.state, "escalated"))
        return track_escalate(c, t, n->set_by, STR(""));
    return OK;
}

/* A machine whose time jumped tells nobody anything before a person has looked (casework/clocks.h). */
status takedown_sweep(struct ledger *l, const struct app *app, i64 now)
{
    struct ctx c = { .arena = l->arena, .ledger = l, .app = app, .now = now };
    struct notices_next_rows rows;
    bool held;

    TRY(clocks_held(&c, &held));
    if (held)
        return OK;
    TRY(sql_notices_next(l->db, (struct sql_notices_next){ .now = now }, &rows));
    for (size_t i = 0; i < rows.n; i++) {
        status s = track_act(&c, rows.at[i].track, "takedown.ladder", ring_body, &rows.at[i].id);

        act_abort(l);
        if (s != OK && s != DENIED)
            log_warn("takedown", "a notice could not be followed up: %s", fail_message());
        fail_clear();
    }
    return OK;
}
