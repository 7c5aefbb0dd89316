/* Tracks: found by the names of their content, opened, and moved by what their notices say. */
#include "track.h"

#include "../casework/casework.h"

#include "../web/web.h"

enum { ACT_TRIES = 25 };        /* as casework's: writers who meet in one row */

/* -- sealing ------------------------------------------------------------------------------------------------------------------------- */

static struct key ctx_track(struct id id)
{
    return vault_ctx("takedown", PARTS(id_bytes(&id)));
}

static struct key ctx_event(struct id track, struct id id)
{
    return vault_ctx("takedown-event", PARTS(id_bytes(&track), id_bytes(&id)));
}

static struct key ctx_track_of(const void *row)
{
    return ctx_track(((const struct takedowns_row *)row)->id);
}

static struct key ctx_event_of(const void *row)
{
    const struct takedown_events_row *e = row;

    return ctx_event(e->track, e->id);
}

const struct key_box takedown_boxes[] = {
    { &table_takedowns, "sealed", ctx_track_of },
    { &table_takedown_events, "sealed", ctx_event_of },
    { 0 }
};

static status unbox(struct ledger *l, struct key ctx, struct str sealed, struct str *plain)
{
    status s = BROKEN;

    for (size_t i = l->house->n; i-- > 0 && s != OK;)
        s = vault_unbox(l->arena, &l->house->gen[i].job, ctx, sealed, plain);
    return s;
}

/* "url https://...\n", one line for each name, an empty line, and the words. */
static struct str text_of_track(struct arena *a, const struct item_read *items, size_t n, struct str words)
{
    struct out o = { .max = 256 << 10 };
    struct str text;

    for (size_t i = 0; i < n; i++)
        out_f(&o, "%s %.*s\n", items[i].kind, (int)items[i].text.n, items[i].text.at);
    out_char(&o, '\n');
    out_str(&o, words);
    text = arena_copy(a, out_done(&o));
    out_wipe(&o);
    out_free(&o);
    return text;
}

static const char *kind_of(struct str kind)
{
    static const char *const kinds[] = { "url", "pdq", "sha256", "md5" };

    for (size_t i = 0; i < COUNT_OF(kinds); i++)
        if (str_is(kind, kinds[i]))
            return kinds[i];
    return NULL;
}

static status read_text(struct str text, struct track *t)
{
    struct str line, kind;

    while (str_cut(&text, '\n', &line) && line.n > 0) {
        if (!str_cut(&line, ' ', &kind) || kind_of(kind) == NULL || t->n_items == TAKEDOWN_ITEMS)
            return fail(BROKEN, "the sealed text of a track cannot be read");
        t->items[t->n_items++] = (struct item_read){ kind_of(kind), line };
    }
    t->words = text.at ? text : STR("");
    return OK;
}

struct str track_seal(struct ledger *l, struct id id, const struct item_read *items, size_t n, struct str words)
{
    return vault_box(l->arena, &house_now(l->house)->job, ctx_track(id), text_of_track(l->arena, items, n, words));
}

/* -- reading ------------------------------------------------------------------------------------------------------------------------- */

struct str track_ref(struct arena *a, struct id id)
{
    char text[ID_TEXT + 1];

    id_text(id, text);
    for (char *p = text; *p; p++)
        *p = *p >= 'a' && *p <= 'z' ? (char)(*p + 'A' - 'a') : *p;
    return arena_f(a, "GB-%s", text + ID_TEXT - 6);
}

status track_text(struct ledger *l, struct track *t)
{
    struct str plain;

    TRY(unbox(l, ctx_track(t->row.id), t->row.sealed, &plain));
    TRY(read_text(plain, t));
    t->class = take_class(t->row.class);
    t->ref = track_ref(l->arena, t->row.id);
    return OK;
}

status track_load(struct ctx *c, struct id id, struct track *t)
{
    *t = (struct track){ .row = { .id = id } };
    TRY(row_get(c->ledger, &table_takedowns, &t->row));
    TRY(track_text(c->ledger, t));
    return sql_notices_of_track(c->ledger, (struct sql_notices_of_track){ .track = id }, &t->notices);
}

struct takedown_notices_row *track_notice(struct track *t, struct id id)
{
    for (size_t i = 0; i < t->notices.n; i++)
        if (!t->notices.at[i].altered && id_eq(t->notices.at[i].id, id))
            return &t->notices.at[i];
    return NULL;
}

/* "hxxps://bad[.]example/a": mail programs and their guards open whatever looks like an address. */
static void put_blunt(struct out *o, struct str url)
{
    struct str host = item_host(url);

    for (size_t i = 0; i < url.n; i++) {
        bool in_host = url.at + i >= host.at && url.at + i < host.at + host.n;

        if (i == 1 || i == 2)
            out_char(o, 'x');
        else if (in_host && url.at[i] == '.')
            out_c(o, "[.]");
        else
            out_char(o, url.at[i]);
    }
}

struct str track_what(struct arena *a, const struct track *t, bool plain)
{
    struct out o = { .max = 256 << 10 };
    struct str text;

    for (size_t i = 0; i < t->n_items; i++) {
        bool url = strcmp(t->items[i].kind, "url") == 0;

        if (i > 0)
            out_char(&o, '\n');
        if (!url)
            out_f(&o, "%s:", t->items[i].kind);
        if (url && !plain)
            put_blunt(&o, t->items[i].text);
        else
            out_str(&o, t->items[i].text);
    }
    text = arena_copy(a, out_done(&o));
    out_free(&o);
    return text;
}

struct notice_sum track_sum(const struct track *t, i64 now)
{
    struct notice_sum sum = { 0 };

    for (size_t i = 0; i < t->notices.n; i++)
        if (!t->notices.at[i].altered)
            notice_count(&sum, t->notices.at[i].state, t->notices.at[i].due.has && t->notices.at[i].due.v <= now);
    return sum;
}

status track_event_words(struct ledger *l, const struct takedown_events_row *row, struct str *words)
{
    *words = STR("");
    return row->sealed.n ? unbox(l, ctx_event(row->track, row->id), row->sealed, words) : OK;
}

/* -- telling ------------------------------------------------------------------------------------------------------------------------- */

status track_event_put(struct ledger *l, struct id track, struct takedown_events_row row, struct str words)
{
    row.track = track;
    row.sealed = words.n ? vault_box(l->arena, &house_now(l->house)->job, ctx_event(track, row.id), words) : STR("");
    return row_insert(l, &table_takedown_events, &row);
}

status track_tell(struct ctx *c, struct track *t, struct track_note note)
{
    struct takedown_events_row row = { .id = id_timed(c->now), .at = c->now, .by = { !id_is_zero(c->actor.user), c->actor.user },
                                       .act = str_c(note.act), .notice = note.notice };

    return track_event_put(c->ledger, t->row.id, row, note.words);
}

status track_tell_cases(struct ctx *c, struct track *t, const char *what, struct str to)
{
    struct takedown_cases_rows cases;

    TRY(sql_takedown_cases_of(c->ledger, (struct sql_takedown_cases_of){ .track = t->row.id }, &cases));
    for (size_t i = 0; i < cases.n; i++)
        if (!cases.at[i].altered)
            TRY(case_tell(c, cases.at[i].case_id, what, t->ref, to));
    return OK;
}

/* -- cases move along ------------------------------------------------------------------------------------------------------------------ */

/* Of all tracks of a case: nothing is asked for any more, nothing is left to confirm. */
static status all_of_case(struct ctx *c, struct id case_id, const struct track *t, bool *gone, bool *over)
{
    struct takedowns_rows rows;

    *gone = *over = true;
    TRY(sql_takedown_tracks_of_case(c->ledger, (struct sql_takedown_tracks_of_case){ .case_id = case_id }, &rows));
    for (size_t i = 0; i < rows.n; i++) {
        struct str state = id_eq(rows.at[i].id, t->row.id) ? t->row.state : rows.at[i].state;

        *over &= track_over(state);
        *gone &= track_over(state) || str_is(state, "removed");
    }
    return OK;
}

static status move_case(struct ctx *c, struct id case_id, const struct track *t)
{
    struct str state = t->row.state;
    bool gone, over;

    TRY(case_track_follow(c, case_id, "content_note"));
    if (str_is(state, "requested"))
        return case_track_follow(c, case_id, "ask_takedown");
    if (str_is(state, "escalated"))
        return case_track_follow(c, case_id, "raise");
    TRY(all_of_case(c, case_id, t, &gone, &over));
    if (str_is(state, "dropped") && over)
        TRY(case_track_follow(c, case_id, "content_drop"));
    if (gone)
        TRY(case_track_follow(c, case_id, "taken_down"));
    return over ? case_track_follow(c, case_id, "content_check") : OK;
}

static status move_cases(struct ctx *c, const struct track *t)
{
    struct takedown_cases_rows cases;

    TRY(sql_takedown_cases_of(c->ledger, (struct sql_takedown_cases_of){ .track = t->row.id }, &cases));
    for (size_t i = 0; i < cases.n; i++)
        if (!cases.at[i].altered)
            TRY(move_case(c, cases.at[i].case_id, t));
    return OK;
}

/* -- one act ------------------------------------------------------------------------------------------------------------------------------ */

static struct opt_i64 first_due(const struct track *t)
{
    struct opt_i64 due = { 0 };

    for (size_t i = 0; i < t->notices.n && !track_over(t->row.state); i++) {
        const struct takedown_notices_row *n = &t->notices.at[i];

        if (!n->altered && str_is(n->state, "sent") && n->due.has && (!due.has || n->due.v < due.v))
            due = n->due;
    }
    return due;
}

/* What the notices say now is the track's state; the cases follow where it changed. */
static status settle(struct ctx *c, struct track *t, struct str was)
{
    struct notice_sum sum = track_sum(t, c->now);

    t->row.state = str_c(track_state_after(t->row.state, &sum));
    t->row.due = first_due(t);
    t->row.ended = (struct opt_i64){ track_over(t->row.state), track_over(t->row.state) ? c->now : 0 };
    TRY(row_update(c->ledger, &table_takedowns, &t->row));
    return str_eq(was, t->row.state) ? OK : move_cases(c, t);
}

struct act_call { const char *name; track_body *body; const void *what; };

static status act_once(struct ctx *c, struct id id, const struct act_call *call)
{
    struct track t;
    struct str was;

    TRY(act_begin(c->ledger, (struct act_info){ .act = call->name, .now = c->now, .actor = c->actor.user, .object = id }));
    TRY(track_load(c, id, &t));
    was = t.row.state;
    TRY(call->body(c, &t, call->what));
    TRY(settle(c, &t, was));
    return act_commit(c->ledger);
}

status track_act(struct ctx *c, struct id id, const char *name, track_body *body, const void *what)
{
    struct act_call call = { name, body, what };
    status s = CONFLICT;

    for (int tries = 0; s == CONFLICT && tries < ACT_TRIES; tries++) {
        act_again(c->ledger);
        s = act_once(c, id, &call);
    }
    return s;
}
