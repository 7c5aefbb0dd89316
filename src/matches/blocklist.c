/* What is done with entries: proposed by one person, approved by another, by a third where much depends on it. */
#include "matches.h"

#include "matches.sql.h"

static status begin(struct ctx *c, const char *act, struct id object)
{
    return act_begin(c->ledger, (struct act_info){ .act = act, .now = c->now, .actor = c->actor.user, .object = object });
}

/* Inside an open act: what was done, with its reason. */
static status note(struct ctx *c, struct id entry, const char *act, struct str words)
{
    struct blocklist_words_row row = { .entry = entry, .id = id_timed(c->now), .at = c->now, .by = { true, c->actor.user },
                                       .act = str_c(act), .words = words.n ? words : STR("") };

    return row_insert(c->ledger, &table_blocklist_words, &row);
}

static status commit(struct ctx *c)
{
    TRY(sql_zone_work_want(c->ledger->db));
    return act_commit(c->ledger);
}

/* -- proposing ------------------------------------------------------------------------------------------------------------------ */

static struct blocklist_row entry_of(struct ctx *c, struct str key, const struct entry_wish *wish)
{
    const struct list_class *class = lists_class(wish->class);

    return (struct blocklist_row){ .id = id_timed(c->now), .key = key, .class = wish->class, .source = wish->source,
                                   .basis = wish->basis, .state = STR("proposed"), .two = class->two || lists_top(c->arena, key),
                                   .set_by = c->actor.user, .set_at = c->now,
                                   .expires = { true, clock_local_day(c->now) + (wish->days + 1) * DAY_MS } };
}

status act_propose(struct ctx *c, struct str key, const struct entry_wish *wish, struct entry_made *made)
{
    struct blocklist_row row = entry_of(c, key, wish), there;
    status s = sql_blocklist_live(c->ledger, (struct sql_blocklist_live){ .key = key }, &there);

    *made = (struct entry_made){ .id = s == OK ? there.id : row.id, .there = s == OK };
    if (s != NOT_FOUND)
        return s;
    TRY(begin(c, "blocklist.propose", row.id));
    TRY(row_insert(c->ledger, &table_blocklist, &row));
    TRY(note(c, row.id, "propose", wish->words));
    return act_commit(c->ledger);
}

/* -- a list of names --------------------------------------------------------------------------------------------------------------- */

static bool known(const struct strs *keys, struct str key)
{
    for (size_t i = 0; i < keys->n; i++)
        if (str_eq(keys->at[i], key))
            return true;
    return false;
}

void import_read(struct arena *a, struct str text, struct import_read *in)
{
    struct str line;

    *in = (struct import_read){ .keys = { .at = NEW_N(a, struct str, IMPORT_LINES + 1) },
                                .faults = { .at = NEW_N(a, struct import_line, IMPORT_LINES + 1) } };
    for (i64 number = 1; str_cut(&text, '\n', &line); number++) {
        struct listed name;
        enum name_fault fault;

        line = str_trim(str_upto(line, str_find_char(line, '#')));
        if (line.n == 0)
            continue;
        if (in->keys.n + in->faults.n == IMPORT_LINES) {
            in->too_many = true;
            return;
        }
        fault = name_read(a, line, &name);
        if (fault != NAME_FINE)
            in->faults.at[in->faults.n++] = (struct import_line){ number, line, fault };
        else if (!known(&in->keys, name.key))
            in->keys.at[in->keys.n++] = name.key;
    }
}

static status import_in_act(struct ctx *c, const struct strs *keys, const struct entry_wish *wish, struct import_made *made)
{
    for (size_t i = 0; i < keys->n; i++) {
        struct blocklist_row row = entry_of(c, keys->at[i], wish), there;
        status s = sql_blocklist_live(c->ledger, (struct sql_blocklist_live){ .key = row.key }, &there);

        if (s == OK) {
            made->there++;
            continue;
        }
        if (s != NOT_FOUND)
            return s;
        row.batch = (struct opt_id){ true, made->batch };
        TRY(row_insert(c->ledger, &table_blocklist, &row));
        made->added++;
    }
    return OK;
}

status act_import(struct ctx *c, const struct strs *keys, const struct entry_wish *wish, struct import_made *made)
{
    *made = (struct import_made){ .batch = id_timed(c->now) };
    TRY(begin(c, "blocklist.import", made->batch));
    TRY(import_in_act(c, keys, wish, made));
    return act_commit(c->ledger);
}

/* -- deciding ----------------------------------------------------------------------------------------------------------------------- */

static status own_entry(struct ctx *c, struct id id, struct blocklist_row *row)
{
    *row = (struct blocklist_row){ .id = id };
    return row_get(c->ledger, &table_blocklist, row);
}

/* The approval on the row; tells whether it is in force now. */
static bool approved(struct ctx *c, struct blocklist_row *row)
{
    const char *after = blocklist_state_after(row);
    struct opt_id who = { true, c->actor.user };
    struct opt_i64 when = { true, c->now };

    if (row->first_by.has) {
        row->second_by = who;
        row->second_at = when;
    } else {
        row->first_by = who;
        row->first_at = when;
    }
    row->state = str_c(after);
    return str_is(row->state, "active");
}

status act_approve(struct ctx *c, struct id entry)
{
    struct blocklist_row row;

    TRY(own_entry(c, entry, &row));
    TRY(begin(c, "blocklist.approve", entry));
    TRY(own_entry(c, entry, &row));
    switch (blocklist_review_bar(&row, c->actor.user)) {
    case LIST_FINE: break;
    case LIST_OVER: return fail(CONFLICT, "the entry was decided meanwhile");
    default: return fail(DENIED, "the same person may not approve it");
    }
    (void)approved(c, &row);
    TRY(row_update(c->ledger, &table_blocklist, &row));
    TRY(note(c, entry, "approve", STR("")));
    return commit(c);
}

status act_approve_many(struct ctx *c, const struct blocklist_rows *rows, struct approved *sum)
{
    *sum = (struct approved){ 0 };
    TRY(begin(c, "blocklist.approve-many", rows->n && rows->at[0].batch.has ? rows->at[0].batch.v : id_zero()));
    for (size_t i = 0; i < rows->n; i++) {
        struct blocklist_row row = { 0 };

        TRY(own_entry(c, rows->at[i].id, &row));
        if (blocklist_review_bar(&row, c->actor.user) != LIST_FINE) {
            sum->barred++;
            continue;
        }
        if (approved(c, &row))
            sum->done++;
        else
            sum->waiting++;
        TRY(row_update(c->ledger, &table_blocklist, &row));
        TRY(note(c, row.id, "approve", STR("")));
    }
    return commit(c);
}

/* Ends an entry that is in one of the states. */
struct ending { const char *act, *note, *state; bool proposed; };
static status end_entry(struct ctx *c, struct id entry, struct ending end, struct str words)
{
    struct blocklist_row row;

    TRY(own_entry(c, entry, &row));
    TRY(begin(c, end.act, entry));
    TRY(own_entry(c, entry, &row));
    if (!blocklist_live(row.state) || str_is(row.state, "proposed") != end.proposed)
        return fail(CONFLICT, "the entry was decided meanwhile");
    row.state = str_c(end.state);
    TRY(row_update(c->ledger, &table_blocklist, &row));
    TRY(note(c, entry, end.note, words));
    return OK;
}

status act_refuse(struct ctx *c, struct id entry, struct str words)
{
    TRY(end_entry(c, entry, (struct ending){ "blocklist.refuse", "refuse", "refused", true }, words));
    return act_commit(c->ledger);
}

/* Inside an open act. */
static status close_appeals(struct ctx *c, struct id entry, const char *state)
{
    struct blocklist_appeals_rows rows;

    TRY(sql_appeals_of_entry(c->ledger, (struct sql_appeals_of_entry){ .entry = entry }, &rows));
    for (size_t i = 0; i < rows.n; i++) {
        struct blocklist_appeals_row *a = &rows.at[i];

        if (a->altered || !str_is(a->state, "open"))
            continue;
        a->state = str_c(state);
        a->decided_by = (struct opt_id){ true, c->actor.user };
        a->decided_at = (struct opt_i64){ true, c->now };
        TRY(row_update(c->ledger, &table_blocklist_appeals, a));
    }
    return OK;
}

status act_remove(struct ctx *c, struct id entry, struct str words)
{
    TRY(end_entry(c, entry, (struct ending){ "blocklist.remove", "remove", "removed", false }, words));
    TRY(close_appeals(c, entry, "upheld"));
    return commit(c);
}

/* -- appeals ------------------------------------------------------------------------------------------------------------------------- */

status blocklist_covering(struct ledger *l, struct str key, struct blocklist_row *entry)
{
    do {
        status s = sql_blocklist_live(l, (struct sql_blocklist_live){ .key = key }, entry);

        if (s != NOT_FOUND && !(s == OK && str_is(entry->state, "proposed")))
            return s;
    } while (key_parent(&key));
    return NOT_FOUND;
}

static struct key ctx_appeal(struct id id)
{
    return vault_ctx("blocklist-appeal", PARTS(id_bytes(&id)));
}

static struct key ctx_appeal_of(const void *row)
{
    return ctx_appeal(((const struct blocklist_appeals_row *)row)->id);
}

const struct key_box appeal_boxes[] = {
    { &table_blocklist_appeals, "sealed", ctx_appeal_of },
    { 0 }
};

/* How many wait, of all and of this entry. */
static status places(struct ctx *c, struct id entry)
{
    struct blocklist_appeals_rows all, own;
    size_t open = 0;

    TRY(sql_appeals_open(c->ledger, &all));
    TRY(sql_appeals_of_entry(c->ledger, (struct sql_appeals_of_entry){ .entry = entry }, &own));
    for (size_t i = 0; i < own.n; i++)
        open += str_is(own.at[i].state, "open");
    return all.n < APPEALS_OPEN && open < APPEALS_OF_ENTRY ? OK : fail(TOO_LARGE, "so many appeals wait already");
}

static status appeal_in_act(struct ctx *c, struct blocklist_row *row, const struct appeal_words *a, i64 day)
{
    struct id id = id_random();
    struct str plain = arena_f(c->arena, "%.*s\n%.*s", (int)a->contact.n, a->contact.at, (int)a->words.n, a->words.at);
    struct blocklist_appeals_row appeal = { .id = id, .entry = row->id, .day = day, .state = STR("open"),
        .sealed = vault_box(c->arena, &house_now(c->ledger->house)->job, ctx_appeal(id), plain) };

    TRY(own_entry(c, row->id, row));
    if (!str_is(row->state, "active") && !str_is(row->state, "appealed"))
        return fail(CONFLICT, "the entry is not in force any more");
    TRY(row_insert(c->ledger, &table_blocklist_appeals, &appeal));
    if (str_is(row->state, "appealed"))
        return OK;
    row->state = STR("appealed");
    return row_update(c->ledger, &table_blocklist, row);
}

status act_appeal(struct ctx *c, const struct blocklist_row *entry, const struct appeal_words *a)
{
    struct blocklist_row row = { .id = entry->id };
    i64 day = clock_local_day(c->now);

    TRY(places(c, entry->id));
    TRY(act_begin(c->ledger, (struct act_info){ .act = "blocklist.appeal", .now = c->now, .anonymous = true, .object = entry->id }));
    TRY(appeal_in_act(c, &row, a, day));
    return act_commit(c->ledger);
}

status appeal_open_words(struct ledger *l, const struct blocklist_appeals_row *row, struct appeal_words *a)
{
    struct str plain;
    status s = BROKEN;

    for (size_t i = l->house->n; i-- > 0 && s != OK;)
        s = vault_unbox(l->arena, &l->house->gen[i].job, ctx_appeal(row->id), row->sealed, &plain);
    TRY(s);
    (void)str_cut(&plain, '\n', &a->contact);
    a->words = plain.at ? plain : STR("");
    return OK;
}

/* Upheld: the name goes off the list, whoever had put it there. Rejected by who did not. */
status act_appeals_decide(struct ctx *c, struct id entry, bool uphold, struct str words)
{
    struct blocklist_row row;

    TRY(own_entry(c, entry, &row));
    TRY(begin(c, uphold ? "blocklist.appeal-uphold" : "blocklist.appeal-reject", entry));
    TRY(own_entry(c, entry, &row));
    if (!str_is(row.state, "appealed"))
        return fail(CONFLICT, "the appeal was decided meanwhile");
    if (!uphold && blocklist_reject_bar(&row, c->actor.user) != LIST_FINE)
        return fail(DENIED, "who put a name on the list does not judge the appeal against it");
    row.state = uphold ? STR("removed") : STR("active");
    TRY(row_update(c->ledger, &table_blocklist, &row));
    TRY(note(c, entry, uphold ? "uphold" : "reject", words));
    TRY(close_appeals(c, entry, uphold ? "upheld" : "rejected"));
    return commit(c);
}

/* -- dates --------------------------------------------------------------------------------------------------------------------------------- */

static status expire_one(struct ledger *l, struct blocklist_row *row, i64 now)
{
    struct blocklist_words_row words = { .entry = row->id, .id = id_timed(now), .at = now, .act = STR("expire"), .words = STR("") };

    row->state = STR("expired");
    TRY(act_begin(l, (struct act_info){ .act = "blocklist.expire", .now = now, .object = row->id }));
    TRY(row_update(l, &table_blocklist, row));
    TRY(row_insert(l, &table_blocklist_words, &words));
    TRY(sql_zone_work_want(l->db));
    return act_commit(l);
}

status blocklist_expire(struct ledger *l, const struct app *app, i64 now)
{
    struct blocklist_rows rows;

    (void)app;
    TRY(sql_blocklist_due(l, (struct sql_blocklist_due){ .now = now }, &rows));
    for (size_t i = 0; i < rows.n; i++)
        if (!rows.at[i].altered)
            TRY(expire_one(l, &rows.at[i], now));
    return OK;
}

/* -- made-up entries of the demo ------------------------------------------------------------------------------------------------------------- */

static status demo_wrong(const struct block *b, const char *what)
{
    return fail(INVALID, "content/demo/blocklist.txt line %d: %s", b->line, what);
}

static void demo_decided(struct blocklist_row *row, const struct demo_listing *d)
{
    row->first_by = (struct opt_id){ true, d->reviewer };
    row->first_at = (struct opt_i64){ true, d->now };
    if (!row->two)
        return;
    row->second_by = (struct opt_id){ true, d->second };
    row->second_at = row->first_at;
}

/* A list that anybody may take, so that the demo's can be tried at once. */
static status demo_feed(struct ledger *l, const struct demo_listing *d)
{
    struct str list = block_get(d->block, "list");
    struct blocklist_feeds_row feed = { .list = list, .open = 1, .zone = arena_f(l->arena, "%.*s.rpz.lachan", (int)list.n, list.at),
                                        .walled = STR(""), .set_by = d->analyst, .set_at = d->now };

    return lists_def(list) ? row_insert(l, &table_blocklist_feeds, &feed) : demo_wrong(d->block, "no such list");
}

status blocklist_add_demo(struct ledger *l, const struct demo_listing *d)
{
    const struct list_class *class = lists_class(block_get(d->block, "class"));
    struct blocklist_words_row words = { .id = id_timed(d->now), .at = d->now, .by = { true, d->analyst }, .act = STR("propose"),
                                         .words = block_get(d->block, "words") };
    struct blocklist_row row = { .id = id_timed(d->now), .set_by = d->analyst, .set_at = d->now, .source = block_get(d->block, "source") };
    struct listed name;

    if (str_is(d->block->kind, "feed"))
        return demo_feed(l, d);
    if (class == NULL || name_read(l->arena, block_get(d->block, "name"), &name) != NAME_FINE)
        return demo_wrong(d->block, "no such class, or no name");
    row.key = name.key;
    row.class = class->code;
    row.basis = class->basis;
    row.two = class->two || lists_top(l->arena, row.key);
    row.state = block_get(d->block, "state");
    row.expires = (struct opt_i64){ true, clock_local_day(d->now) + (class->days + 1) * DAY_MS };
    if (str_is(row.state, "active"))
        demo_decided(&row, d);
    else if (!str_is(row.state, "proposed"))
        return demo_wrong(d->block, "state is active or proposed");
    words.entry = row.id;
    TRY(row_insert(l, &table_blocklist, &row));
    TRY(row_insert(l, &table_blocklist_words, &words));
    return sql_zone_work_want(l->db);
}
