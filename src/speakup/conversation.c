/* Coming back with a code, and the conversation that child and staff share. */
#include "conversation.h"

#include "pictures.h"
#include "rules.h"

#include "../base/log.h"

enum { WRITE_TRIES = 5 };

/* -- the code ----------------------------------------------------------------------------------------------------------- */

static status reporter_try(struct ctx *c, const struct house_keys *h, const struct key *m, struct report_made *found)
{
    struct reporters_row row;
    struct key lookup;

    vault_reporter(h, m, &lookup, found->reporter);
    TRY(sql_reporter_of_lookup(c->ledger, (struct sql_reporter_of_lookup){ .lookup = key_str(&lookup) }, &row));
    if (!str_eq(row.rpk, key_str(&found->reporter->open)))
        return fail(BROKEN, "a reporter's key is not the one of the code");
    found->report = row.report;
    return OK;
}

status report_of_code(struct ctx *c, struct str typed, struct report_made *found)
{
    struct ledger *l = c->ledger;
    struct instance_row instance;
    struct key *m;

    TRY(code_read(typed, found->code));         /* before any work (V18) */
    TRY(sql_the_instance(l, &instance));
    m = SECRET(l->secrets, struct key);
    found->reporter = SECRET(l->secrets, struct pair);
    found->m = m;
    TRY(vault_pwhash(m, str_c(found->code), (const uint8_t *)instance.rep_salt.at, pw_reporter));
    for (size_t i = l->house->n; i-- > 0;) {
        status s = reporter_try(c, &l->house->gen[i], m, found);

        found->line = l->house->gen[i].kgen;
        if (s != NOT_FOUND)
            return s;
    }
    return NOT_FOUND;
}

/* -- writing ------------------------------------------------------------------------------------------------------------------- */

/* The author is the report itself: where two were merged, staff see which code wrote, and a separation finds whose it is. */
static status child_record(struct ctx *c, const struct child_message *m, enum record_kind kind, struct str text)
{
    const struct comp_open *talk = comp_newest(m->comps, "C");
    struct record r = { .kind = kind, .author = m->report, .time = clock_hour_floor(c->now), .text = text };

    return record_write(c, talk, &r);
}

/* -- a place for police alone, made late --------------------------------------------------------------------------------- */

static void comps_add(struct ctx *c, struct comps *comps, struct comp_open comp)
{
    struct comp_open *more = NEW_N(c->arena, struct comp_open, comps->n + 1);

    memcpy(more, comps->at, comps->n * sizeof *more);
    more[comps->n++] = comp;
    comps->at = more;
}

status police_comp(struct ctx *c, struct id report, struct comps *comps, struct police_new **made)
{
    struct police_new *p = *made = NEW(c->arena, struct police_new);
    struct comp_keys *keys = SECRET(c->ledger->secrets, struct comp_keys);
    struct key *ck = SECRET(c->ledger->secrets, struct key);
    struct unit_key unit;

    TRY(police_unit(c, report, comps, false, &unit));
    vault_key_new(ck);
    vault_comp_keys(keys, ck);
    p->comp = (struct compartments_row){ .id = id_random(), .case_id = report, .letter = STR("P"), .no = 1,
                                         .dpk = arena_copy(c->arena, key_str(&keys->drop.open)) };
    p->grant = (struct grants_row){ .id = id_random(), .comp = p->comp.id, .unit = { true, unit.unit }, .epoch = unit.epoch,
                                    .why = STR("route") };
    p->grant.sealed = vault_wrap(c->arena, &unit.opk, ctx_comp_key(p->comp.id, unit.unit, unit.epoch), ck);
    comps_add(c, comps, (struct comp_open){ .id = p->comp.id, .letter = STR("P"), .no = 1, .dpk = keys->drop.open });
    return OK;
}

static status police_write(struct ctx *c, struct police_new *p)
{
    TRY(row_insert(c->ledger, &table_compartments, &p->comp));
    return row_insert(c->ledger, &table_grants, &p->grant);
}

/* Each file to its compartment by the drop key: its writer can never read it again. */
static status child_files(struct ctx *c, struct comps *comps, const struct files_new *files)
{
    for (size_t i = 0; i < files->n; i++) {
        const struct file_new *file = &files->at[i];
        struct comp_open *comp = comp_newest(comps, file->private ? "P" : "E");
        struct record r = { .kind = RECORD_FILE, .time = clock_hour_floor(c->now), .text = file_json(c->arena, file) };

        if (comp == NULL)
            return fail(BROKEN, "a report without its compartment for files");
        TRY(row_insert(c->ledger, &table_files, file_row(c->arena, comp->id, &comp->dpk, file)));
        TRY(record_write(c, &(struct comp_open){ .id = comp->id, .dpk = comp->dpk }, &r));
    }
    return OK;
}

/* A report that waits again is nobody's until it is taken: its ladder starts anew. */
static status wait_again(struct ctx *c, struct cases_row *row)
{
    struct str state = state_after_child(row->state, row->assignee.has);
    bool ladder = str_is(state, "new") && !str_is(row->state, "new");

    row->state = state;
    return ladder ? ladder_set(c->ledger, row, (struct ladder_clock){ true, c->now }) : OK;
}

/* More hashes of pictures, and a line in the conversation that says how many were kept. */
static status child_pictures(struct ctx *c, const struct child_message *m)
{
    i64 kept;

    TRY(pictures_add(c, m->report, m->comps, m->pictures, &kept));
    return kept ? child_record(c, m, RECORD_MESSAGE_SYSTEM, arena_f(c->arena, "pictures %lld", (long long)kept)) : OK;
}

/* What everybody may see of a new message: the report waits again. */
static status case_touch(struct ctx *c, struct cases_row *row, i64 messages, i64 files)
{
    TRY(wait_again(c, row));
    if (row->waiting == 0)
        row->due = clock_hour_floor(c->now + patience_minutes(row->urgency) * MINUTE_MS);
    row->waiting += messages;
    row->messages += messages;
    row->files += files;
    return row_update(c->ledger, &table_cases, row);
}

status row_in_queue(struct ctx *c, struct id report, struct cases_row *row)
{
    struct merges_row merged = { .report = report };
    status s = row_get(c->ledger, &table_merges, &merged);

    if (s != OK && s != NOT_FOUND)
        return s;
    row->id = s == OK ? merged.main : report;
    return row_get(c->ledger, &table_cases, row);
}

/* Staff merge and separate reports while children write. The row is read first: what they change after this look changes the
   row too, and our update of it then fails. */
static status still_newest(struct ctx *c, struct id in_queue, const struct comp_open *talk)
{
    struct talk_newest_row newest;

    TRY(sql_talk_newest(c->ledger->db, (struct sql_talk_newest){ .case_id = in_queue }, &newest));
    return id_eq(newest.id, talk->id) ? OK : fail(CONFLICT, "the conversation goes on in another compartment");
}

static status child_rows(struct ctx *c, const struct child_message *m)
{
    struct comp_open *talk = comp_newest(m->comps, "C");
    struct cases_row row;

    if (talk == NULL || talk->keys == NULL)
        return NOT_FOUND;
    TRY(row_in_queue(c, m->report, &row));
    TRY(still_newest(c, row.id, talk));
    for (size_t i = 0; i < m->texts.n; i++)
        TRY(child_record(c, m, RECORD_MESSAGE_CHILD, m->texts.at[i]));
    if (m->files->n)
        TRY(child_record(c, m, RECORD_MESSAGE_SYSTEM, arena_f(c->arena, "files %zu", m->files->n)));
    TRY(child_pictures(c, m));
    if (m->police != NULL)
        TRY(police_write(c, m->police));
    TRY(child_files(c, m->comps, m->files));
    return case_touch(c, &row, (i64)(m->texts.n + (m->files->n > 0) + (m->pictures.n > 0)), (i64)m->files->n);
}

/* A token that was used already: the same form sent twice says one thing once. With other words it is another message: a
   browser that goes back shows the old token with the old words, and whoever changes those wants to be heard. */
static void token_id(const struct house_keys *line, const struct child_message *m, struct key *id)
{
    vault_hash(id, &line->job, "idem-talk", PARTS(m->token, id_bytes(&m->report), key_str(&m->fingerprint)));
}

/* CONFLICT: it was used, before the house's key was turned. */
static status token_used_before(struct ctx *c, const struct child_message *m)
{
    const struct house *h = c->ledger->house;

    for (size_t i = 0; i < h->n; i++) {
        struct idem_get_row row;
        struct key id;
        status s;

        if (&h->gen[i] == house_now(h))
            continue;
        token_id(&h->gen[i], m, &id);
        s = sql_idem_get(c->ledger->db, (struct sql_idem_get){ .id = key_str(&id), .now = c->now }, &row);
        if (s != NOT_FOUND)
            return s == OK ? CONFLICT : s;
    }
    return OK;
}

static status token_once(struct ctx *c, const struct child_message *m)
{
    struct key id;

    if (text_length(m->token) < 16)
        return OK;
    TRY(token_used_before(c, m));
    token_id(house_now(c->ledger->house), m, &id);
    return sql_idem_put(c->ledger->db, (struct sql_idem_put){
        .id = key_str(&id), .sealed = STR(""), .until = clock_hour_ceil(c->now) + DAY_MS });
}

static status child_write_once(struct ctx *c, const struct child_message *m)
{
    status s;

    TRY(act_begin(c->ledger, (struct act_info){ .act = "talk.write", .now = c->now, .anonymous = true,
                                                .object = m->report }));
    s = token_once(c, m);
    if (s == CONFLICT) {
        act_abort(c->ledger);
        return tx_wait_for_others(c->ledger->db);   /* "sent" only once it is */
    }
    TRY(s);
    TRY(child_rows(c, m));
    return act_commit(c->ledger);
}

/* Staff who answer at the same moment change the same rows (on PostgreSQL, side by side): that is no reason to refuse a
   child's words. */
status child_write(struct ctx *c, const struct child_message *m)
{
    status s = CONFLICT;

    for (int tries = 0; s == CONFLICT && tries < WRITE_TRIES; tries++) {
        act_again(c->ledger);
        s = child_write_once(c, m);
    }
    return s;
}

/* -- a new code ------------------------------------------------------------------------------------------------------------------ */

/* What the old code opened, for the new pair; the old one's grant goes and opens nothing any more. A code that was merged with
   this one keeps its own grants. */
static status regrant(struct ctx *c, const struct comps *comps, const struct pair *to)
{
    for (size_t i = 0; i < comps->n; i++) {
        const struct comp_open *comp = &comps->at[i];
        struct grants_row old = { .id = comp->by }, fresh = { .id = id_random(), .comp = comp->id, .why = STR("reporter") };

        if (comp->keys == NULL)
            continue;
        fresh.sealed = vault_wrap(c->arena, &to->open, ctx_comp_key(comp->id, id_zero(), 0), &comp->keys->ck);
        TRY(row_get(c->ledger, &table_grants, &old));
        TRY(row_delete(c->ledger, &table_grants, &old));
        TRY(row_insert(c->ledger, &table_grants, &fresh));
    }
    return OK;
}

static status replace_reporter(struct ctx *c, const struct report_made *made, const struct key *lookup)
{
    struct reporters_row old, fresh = { .report = made->report, .pgen = made->line };

    TRY(sql_reporter_of_report(c->ledger, (struct sql_reporter_of_report){ .report = made->report }, &old));
    TRY(row_delete(c->ledger, &table_reporters, &old));
    fresh.lookup = key_str(lookup);
    fresh.rpk = key_str(&made->reporter->open);
    return row_insert(c->ledger, &table_reporters, &fresh);
}

/* Staff may merge, separate or hand over the report after its compartments were opened: then what is newest is sealed to the old
   code, and the new one would never open it. They touch the reporter's row (reporter_hold), so one of the two waits. */
static status nothing_newer(struct ctx *c, struct id report, const struct comps *comps)
{
    const struct comp_open *talk = comp_newest(comps, "C");
    struct cases_row row;

    if (talk == NULL || talk->keys == NULL)
        return NOT_FOUND;
    TRY(row_in_queue(c, report, &row));
    return still_newest(c, row.id, talk);
}

static status replace_code(struct ctx *c, const char *act, const struct comps *comps, const struct report_made *made, const struct key *lookup)
{
    TRY(act_begin(c->ledger, (struct act_info){ .act = act, .now = c->now, .anonymous = true, .object = made->report }));
    TRY(replace_reporter(c, made, lookup));
    TRY(nothing_newer(c, made->report, comps));
    TRY(regrant(c, comps, made->reporter));
    return act_commit(c->ledger);
}

status code_renew(struct ctx *c, struct id report, const struct comps *comps, struct report_made *made)
{
    struct key lookup;

    made->report = report;
    TRY(reporter_draw(c, made, &lookup));
    return replace_code(c, "talk.new-code", comps, made, &lookup);
}

/* -- the same code under another line of the key file ------------------------------------------------------------------------------ */

static status code_turn_once(struct ctx *c, struct report_made *made)
{
    const struct house_keys *line = house_now(c->ledger->house);
    struct report_made turned = *made;
    struct comps comps;
    struct key lookup;

    TRY(comps_of_reporter(c, made->report, made->reporter, &comps));
    turned.reporter = SECRET(c->ledger->secrets, struct pair);
    turned.line = line->kgen;
    vault_reporter(line, made->m, &lookup, turned.reporter);
    TRY(replace_code(c, "talk.key", &comps, &turned, &lookup));
    made->reporter = turned.reporter;
    made->line = turned.line;
    return OK;
}

bool code_turn(struct ctx *c, struct report_made *made)
{
    status s = CONFLICT;

    if (made->line == house_now(c->ledger->house)->kgen)
        return false;
    for (int tries = 0; s == CONFLICT && tries < WRITE_TRIES; tries++) {
        act_again(c->ledger);
        s = code_turn_once(c, made);
    }
    act_abort(c->ledger);
    if (s != OK)                        /* the old line opens it as well: the next return tries again */
        log_warn("key", "a code stays under line %lld: %s", (long long)made->line, fail_message());
    fail_clear();
    return s == OK;
}
