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

static struct str seal(struct ledger *l, struct id id, const struct item_read *items, size_t n, struct str words)
{
    return vault_box(l->arena, &house_now(l->house)->job, ctx_track(id), text_of_track(l->arena, items, n, words));
}

/* The same content has the same digest, whoever names it; without the house's key nobody can try addresses against it. */
static void digest_of(struct key *digest, const struct house_keys *h, const struct item_read *item)
{
    vault_hash(digest, &h->job, "takedown-name", PARTS(str_c(item->kind), item->text));
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

static status track_text(struct ledger *l, struct track *t)
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

static status event_put(struct ledger *l, struct id track, struct takedown_events_row row, struct str words)
{
    row.track = track;
    row.sealed = words.n ? vault_box(l->arena, &house_now(l->house)->job, ctx_event(track, row.id), words) : STR("");
    return row_insert(l, &table_takedown_events, &row);
}

status track_tell(struct ctx *c, struct track *t, struct track_note note)
{
    struct takedown_events_row row = { .id = id_timed(c->now), .at = c->now, .by = { !id_is_zero(c->actor.user), c->actor.user },
                                       .act = str_c(note.act), .notice = note.notice };

    return event_put(c->ledger, t->row.id, row, note.words);
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

/* -- opening ------------------------------------------------------------------------------------------------------------------------------ */

static status read_items(struct ledger *l, const struct takedown_new *n, struct track *t)
{
    if (n->items.n == 0 || n->items.n > TAKEDOWN_ITEMS)
        return fail(INVALID, "a track needs 1 to %d names of its content", TAKEDOWN_ITEMS);
    for (size_t i = 0; i < n->items.n; i++) {
        const struct takedown_item *in = &n->items.at[i];
        bool url = strcmp(in->kind, "url") == 0;
        struct str typed = url ? in->text : arena_f(l->arena, "%s:%.*s", in->kind, (int)in->text.n, in->text.at);

        if (item_read(l->arena, typed, &t->items[t->n_items]) != ITEM_FINE || strcmp(t->items[t->n_items].kind, in->kind) != 0)
            return fail(INVALID, "name %zu of the content is no %s", i + 1, in->kind);
        t->n_items++;
    }
    return OK;
}

static status find_live(struct ledger *l, const struct track *t, struct takedowns_row *live)
{
    for (size_t i = 0; i < t->n_items; i++)
        for (size_t g = l->house->n; g-- > 0;) {
            struct takedowns_rows rows;
            struct key digest;

            digest_of(&digest, &l->house->gen[g], &t->items[i]);
            TRY(sql_takedown_live_of(l, (struct sql_takedown_live_of){ .digest = key_str(&digest) }, &rows));
            if (rows.n > 0 && !rows.at[0].altered) {
                *live = rows.at[0];
                return OK;
            }
        }
    return NOT_FOUND;
}

static status put_names(struct ledger *l, struct id track, const struct item_read *items, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        struct takedown_names_row row = { .track = track };
        struct key digest;
        status s;

        digest_of(&digest, house_now(l->house), &items[i]);
        row.digest = arena_copy(l->arena, key_str(&digest));
        s = row_get(l, &table_takedown_names, &row);
        if (s == NOT_FOUND)
            s = row_insert(l, &table_takedown_names, &row);
        TRY(s);
    }
    return OK;
}

static bool has_item(const struct track *t, const struct item_read *item)
{
    for (size_t i = 0; i < t->n_items; i++)
        if (str_is(str_c(t->items[i].kind), item->kind) && str_eq(t->items[i].text, item->text))
            return true;
    return false;
}

/* The live track learns the names that it did not know. */
static status add_names(struct ledger *l, struct takedowns_row *live, const struct track *new)
{
    struct track t = { .row = *live };
    size_t had;

    TRY(track_text(l, &t));
    had = t.n_items;
    for (size_t i = 0; i < new->n_items && t.n_items < TAKEDOWN_ITEMS; i++)
        if (!has_item(&t, &new->items[i]))
            t.items[t.n_items++] = new->items[i];
    if (t.n_items == had)
        return OK;
    live->sealed = seal(l, live->id, t.items, t.n_items, t.words);
    TRY(row_update(l, &table_takedowns, live));
    return put_names(l, live->id, t.items + had, t.n_items - had);
}

static status link_case(struct ledger *l, const struct takedown_new *n, struct id track)
{
    struct takedown_cases_row row = { .case_id = n->case_id.v, .track = track };
    struct ctx c = { .arena = l->arena, .ledger = l, .now = n->now, .actor = { .user = n->by } };
    status s;

    if (!n->case_id.has)
        return OK;
    s = row_get(l, &table_takedown_cases, &row);
    if (s != NOT_FOUND)
        return s;
    TRY(row_insert(l, &table_takedown_cases, &row));
    if (id_is_zero(n->by))
        return OK;              /* a child's act: the case's own rows carry fine times, so they move when staff has looked (V15) */
    TRY(case_track_follow(&c, n->case_id.v, "content_note"));
    return case_tell(&c, n->case_id.v, "takedown_opened", track_ref(l->arena, track), STR(""));
}

static status insert_new(struct ledger *l, const struct takedown_new *n, const struct track *t, struct id *id)
{
    const struct take_class *class = take_class(n->class);
    bool staff = !id_is_zero(n->by);
    struct takedowns_row row = { .id = staff ? id_timed(n->now) : id_random(), .state = n->triaged ? STR("triaged") : STR("reported"),
                                 .class = n->class, .basis = n->basis.n ? n->basis : class->basis, .source = str_c(n->source),
                                 .found = n->found, .set_by = { staff, n->by }, .set_at = staff ? n->now : clock_local_day(n->now) };
    struct takedown_events_row event = { .id = staff ? id_timed(n->now) : id_random(), .at = row.set_at, .by = row.set_by, .act = STR("opened") };

    row.sealed = seal(l, row.id, t->items, t->n_items, n->words);
    *id = row.id;
    TRY(row_insert(l, &table_takedowns, &row));
    TRY(put_names(l, row.id, t->items, t->n_items));
    return event_put(l, row.id, event, n->words);
}

status takedown_open(struct ledger *l, const struct takedown_new *n, struct takedown_opened *opened)
{
    struct takedowns_row live = { 0 };
    struct track t = { 0 };
    status s;

    *opened = (struct takedown_opened){ 0 };
    if (take_class(n->class) == NULL)
        return fail(INVALID, "content/takedown/rules.txt has no class \"%.*s\"", (int)n->class.n, n->class.at);
    TRY(read_items(l, n, &t));
    s = find_live(l, &t, &live);
    if (s != OK && s != NOT_FOUND)
        return s;
    opened->there = s == OK;
    opened->id = live.id;
    if (s == OK)
        TRY(add_names(l, &live, &t));
    else
        TRY(insert_new(l, n, &t, &opened->id));
    return link_case(l, n, opened->id);
}

/* -- for the child's page ------------------------------------------------------------------------------------------------------------------ */

status takedown_progress(struct ledger *l, struct id case_id, i64 now, struct takedown_progress *p)
{
    struct takedowns_rows tracks;
    struct takedown_notices_rows notices;
    struct notice_sum sum = { 0 };

    *p = (struct takedown_progress){ 0 };
    TRY(sql_takedown_tracks_of_case(l, (struct sql_takedown_tracks_of_case){ .case_id = case_id }, &tracks));
    TRY(sql_notices_of_case(l, (struct sql_notices_of_case){ .case_id = case_id }, &notices));
    for (size_t i = 0; i < tracks.n; i++) {
        if (tracks.at[i].altered || str_is(tracks.at[i].state, "dropped"))
            continue;
        p->tracks++;
        p->waiting += str_is(tracks.at[i].state, "reported") || str_is(tracks.at[i].state, "triaged") || str_is(tracks.at[i].state, "asked");
    }
    for (size_t i = 0; i < notices.n; i++)
        if (!notices.at[i].altered)
            notice_count(&sum, notices.at[i].state, notices.at[i].due.has && notices.at[i].due.v <= now);
    p->removed = sum.removed;
    p->refused = sum.cannot + sum.appealed;
    p->late = sum.late;
    p->asked = sum.open + sum.removed + sum.cannot + sum.appealed;
    return OK;
}

/* -- finding ------------------------------------------------------------------------------------------------------------------------------- */

status track_of_item(struct ctx *c, const struct item_read *item, struct takedowns_rows *rows)
{
    struct ledger *l = c->ledger;

    *rows = (struct takedowns_rows){ 0 };
    for (size_t g = l->house->n; g-- > 0 && rows->n == 0;) {
        struct key digest;

        digest_of(&digest, &l->house->gen[g], item);
        TRY(sql_takedown_all_of(l, (struct sql_takedown_all_of){ .digest = key_str(&digest) }, rows));
    }
    return OK;
}

/* The number is the end of the id, so it is looked for among the newest. */
status track_of_ref(struct ctx *c, struct str ref, struct takedowns_rows *rows)
{
    struct sql_takedown_ids newest;
    struct takedown_ids_rows ids;
    size_t n = 0;

    memset(&newest, 0xff, sizeof newest);
    TRY(sql_takedown_ids(c->ledger->db, newest, &ids));
    *rows = (struct takedowns_rows){ .at = NEW_N(c->arena, struct takedowns_row, 20) };
    for (size_t i = 0; i < ids.n && n < 20; i++)
        if (str_eq_nocase(track_ref(c->arena, ids.at[i].id), str_trim(ref))) {
            rows->at[n] = (struct takedowns_row){ .id = ids.at[i].id };
            TRY(row_get(c->ledger, &table_takedowns, &rows->at[n++]));
        }
    rows->n = n;
    return OK;
}
