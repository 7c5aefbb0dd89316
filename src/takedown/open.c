/* A track is opened, or found by the names of its content; and what became of all tracks of a case. */
#include "track.h"

#include "../casework/casework.h"

/* The same content has the same digest, whoever names it; without the house's key nobody can try addresses against it. */
void track_digest(struct key *digest, const struct house_keys *h, const struct item_read *item)
{
    vault_hash(digest, &h->job, "takedown-name", PARTS(str_c(item->kind), item->text));
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

            track_digest(&digest, &l->house->gen[g], &t->items[i]);
            TRY(sql_takedown_live_of(l, (struct sql_takedown_live_of){ .digest = key_str(&digest) }, &rows));
            if (rows.n > 0 && !rows.at[0].altered) {
                *live = rows.at[0];
                return OK;
            }
        }
    return NOT_FOUND;
}

status track_names_put(struct ledger *l, struct id track, const struct item_read *items, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        struct takedown_names_row row = { .track = track };
        struct key digest;
        status s;

        track_digest(&digest, house_now(l->house), &items[i]);
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
    live->sealed = track_seal(l, live->id, t.items, t.n_items, t.words);
    TRY(row_update(l, &table_takedowns, live));
    return track_names_put(l, live->id, t.items + had, t.n_items - had);
}

/* From the moment that somebody wants it sent, a track names what was looked at, by two where the class says so, and every letter and link
   shows its names: what is named later becomes a track of its own, and a person looks at that, too. */
static bool takes_names(const struct takedowns_row *live)
{
    return str_is(live->state, "reported") || str_is(live->state, "triaged");
}

/* Leaves in t what the live track does not know. */
static status drop_known(struct ledger *l, const struct takedowns_row *live, struct track *t)
{
    struct track known = { .row = *live };
    size_t had = t->n_items, left = 0;

    TRY(track_text(l, &known));
    for (size_t i = 0; i < had; i++)
        if (!has_item(&known, &t->items[i]))
            t->items[left++] = t->items[i];
    t->n_items = left;
    return left < had ? OK : fail(BROKEN, "a track is known by a name that it does not hold");
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

    row.sealed = track_seal(l, row.id, t->items, t->n_items, n->words);
    *id = row.id;
    TRY(row_insert(l, &table_takedowns, &row));
    TRY(track_names_put(l, row.id, t->items, t->n_items));
    return track_event_put(l, row.id, event, n->words);
}

/* Of the names, those of tracks that are on their way already only lead there. */
static status known_ones(struct ledger *l, const struct takedown_new *n, struct track *t, struct takedowns_row *live)
{
    status s = find_live(l, t, live);

    while (s == OK && !takes_names(live)) {
        TRY(drop_known(l, live, t));
        TRY(link_case(l, n, live->id));
        if (t->n_items == 0)
            return OK;
        *live = (struct takedowns_row){ 0 };
        s = find_live(l, t, live);
    }
    return s;
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
    s = known_ones(l, n, &t, &live);
    if (s != OK && s != NOT_FOUND)
        return s;
    opened->there = s == OK;
    opened->id = live.id;
    if (t.n_items == 0)
        return OK;
    if (s == OK)
        TRY(add_names(l, &live, &t));
    else
        TRY(insert_new(l, n, &t, &opened->id));
    return link_case(l, n, opened->id);
}

/* -- taken back ------------------------------------------------------------------------------------------------------------------------------ */

static status erase_names(struct ledger *l, struct id track)
{
    struct takedown_names_rows names;

    TRY(sql_takedown_names_of(l, (struct sql_takedown_names_of){ .track = track }, &names));
    for (size_t i = 0; i < names.n; i++)
        TRY(row_delete(l, &table_takedown_names, &names.at[i]));
    return OK;
}

static status take_one_back(struct ledger *l, struct takedowns_row *row, i64 now)
{
    struct takedown_events_row event = { .id = id_random(), .at = clock_local_day(now), .act = STR("dropped") };
    struct takedown_cases_rows cases;

    TRY(sql_takedown_cases_of(l, (struct sql_takedown_cases_of){ .track = row->id }, &cases));
    if (row->altered || cases.n > 1)
        return OK;
    row->state = STR("dropped");
    row->asked_by = (struct opt_id){ 0 };
    row->due = (struct opt_i64){ 0 };
    row->sealed = track_seal(l, row->id, NULL, 0, STR(""));
    TRY(row_update(l, &table_takedowns, row));
    TRY(erase_names(l, row->id));
    return track_event_put(l, row->id, event, STR(""));
}

status takedown_take_back(struct ledger *l, struct id found, i64 now)
{
    struct takedowns_rows rows;

    TRY(sql_takedowns_unasked_of(l, (struct sql_takedowns_unasked_of){ .found = found }, &rows));
    for (size_t i = 0; i < rows.n; i++)
        TRY(take_one_back(l, &rows.at[i], now));
    return OK;
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

        track_digest(&digest, &l->house->gen[g], item);
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
