/* Coming back with a code, and the conversation that child and staff share. */
#include "conversation.h"

#include "rules.h"

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
    TRY(vault_pwhash(m, str_c(found->code), (const uint8_t *)instance.rep_salt.at, pw_reporter));
    for (size_t i = l->house->n; i-- > 0;) {
        status s = reporter_try(c, &l->house->gen[i], m, found);

        if (s != NOT_FOUND)
            return s;
    }
    return NOT_FOUND;
}

/* -- opening compartments -------------------------------------------------------------------------------------------------- */

static status comps_list(struct ctx *c, struct id report, struct comps *comps)
{
    struct compartments_rows rows;

    TRY(sql_compartments_of(c->ledger, (struct sql_compartments_of){ .case_id = report }, &rows));
    comps->at = NEW_N(c->arena, struct comp_open, rows.n);
    comps->n = 0;
    for (size_t i = 0; i < rows.n; i++) {
        struct compartments_row *row = &rows.at[i];
        struct comp_open *comp = &comps->at[comps->n];

        if (row->altered || row->dpk.n != KEY_BYTES)
            continue;
        *comp = (struct comp_open){ .id = row->id, .letter = row->letter, .no = row->no };
        memcpy(comp->dpk.b, row->dpk.at, KEY_BYTES);
        comps->n++;
    }
    return OK;
}

struct comp_open *comp_newest(const struct comps *comps, const char *letter)
{
    struct comp_open *newest = NULL;

    for (size_t i = 0; i < comps->n; i++)
        if (str_is(comps->at[i].letter, letter))
            newest = &comps->at[i];
    return newest;
}

static struct comp_open *comp_by_id(const struct comps *comps, struct id id)
{
    for (size_t i = 0; i < comps->n; i++)
        if (id_eq(comps->at[i].id, id))
            return &comps->at[i];
    return NULL;
}

static status comp_unlock(struct ctx *c, struct comp_open *comp, const struct pair *pair, struct key ctx, struct str sealed)
{
    struct key *ck = SECRET(c->ledger->secrets, struct key);

    TRY(vault_unwrap(pair, ctx, sealed, ck));
    comp->keys = SECRET(c->ledger->secrets, struct comp_keys);
    vault_comp_keys(comp->keys, ck);
    return OK;
}

status comps_of_reporter(struct ctx *c, struct id report, const struct pair *reporter, struct comps *comps)
{
    struct grants_rows grants;

    TRY(comps_list(c, report, comps));
    TRY(sql_grants_of_reporter(c->ledger, (struct sql_grants_of_reporter){ .case_id = report }, &grants));
    for (size_t i = 0; i < grants.n; i++) {
        struct comp_open *comp = grants.at[i].altered ? NULL : comp_by_id(comps, grants.at[i].comp);

        if (comp != NULL)
            TRY(comp_unlock(c, comp, reporter, ctx_comp_key(comp->id, id_zero(), 0), grants.at[i].sealed));
    }
    return OK;
}

static status comps_of_unit(struct ctx *c, struct id report, struct id unit, struct comps *comps)
{
    struct grants_rows grants;
    struct pair *pair = NULL;
    i64 epoch = 0;

    TRY(sql_grants_of_unit(c->ledger, (struct sql_grants_of_unit){ .case_id = report, .unit = unit }, &grants));
    for (size_t i = 0; i < grants.n; i++) {
        struct grants_row *g = &grants.at[i];
        struct comp_open *comp = g->altered ? NULL : comp_by_id(comps, g->comp);

        if (comp == NULL || (g->expires.has && g->expires.v <= c->now))
            continue;
        if (pair == NULL || epoch != g->epoch) {
            status s = people_open_unit(c, unit, g->epoch, &pair);

            if (s == NOT_FOUND) {       /* an epoch that this person does not hold: other grants may still open */
                pair = NULL;
                continue;
            }
            TRY(s);
        }
        epoch = g->epoch;
        TRY(comp_unlock(c, comp, pair, ctx_comp_key(comp->id, unit, g->epoch), g->sealed));
    }
    return OK;
}

status comps_of_actor(struct ctx *c, struct id report, struct comps *comps)
{
    TRY(comps_list(c, report, comps));
    for (size_t i = 0; i < c->actor.n_units; i++) {
        status s = comps_of_unit(c, report, c->actor.units[i], comps);

        if (s != OK && s != NOT_FOUND)
            return s;
    }
    for (size_t i = 0; i < comps->n; i++)
        if (comps->at[i].keys != NULL)
            return OK;
    return NOT_FOUND;
}

/* -- reading ------------------------------------------------------------------------------------------------------------------- */

static bool is_message(enum record_kind kind)
{
    return kind == RECORD_MESSAGE_CHILD || kind == RECORD_MESSAGE_STAFF || kind == RECORD_MESSAGE_SYSTEM ||
           kind == RECORD_NOTE;
}

static enum sender sender_of(enum record_kind kind)
{
    if (kind == RECORD_MESSAGE_CHILD)
        return FROM_CHILD;
    return kind == RECORD_MESSAGE_SYSTEM ? FROM_SYSTEM : FROM_STAFF;
}

/* A record as a message. One that was altered is shown as such, never its content. */
static bool message_of(struct ctx *c, const struct comp_open *comp, struct records_row *row, struct message *m)
{
    struct record r;

    if (row->altered || vault_record_open(c->arena, comp->keys, comp->id, row->id, row->body, &r) != OK) {
        *m = (struct message){ .from = FROM_SYSTEM, .no = row->no, .text = STR("altered") };
        return true;
    }
    if (!is_message(r.kind))
        return false;
    *m = (struct message){ .from = sender_of(r.kind), .note = r.kind == RECORD_NOTE, .author = r.author, .day = row->day,
                           .time = r.time, .no = row->no, .text = r.text };
    return true;
}

/* The records behind number `after`, as many as one statement gives. */
static status messages_behind(struct ctx *c, const struct comp_open *comp, i64 *after, struct messages *all)
{
    struct records_rows rows;
    struct message *more;

    TRY(sql_records_of(c->ledger, (struct sql_records_of){ .comp = comp->id, .after = *after }, &rows));
    if (rows.n == 0)
        return NOT_FOUND;
    more = NEW_N(c->arena, struct message, all->n + rows.n);
    if (all->n)
        memcpy(more, all->at, all->n * sizeof *more);
    all->at = more;
    for (size_t i = 0; i < rows.n; i++)
        all->n += message_of(c, comp, &rows.at[i], &all->at[all->n]);
    *after = rows.at[rows.n - 1].no;
    return OK;
}

static status messages_of(struct ctx *c, const struct comp_open *comp, struct messages *all)
{
    i64 after = 0;
    status s;

    while ((s = messages_behind(c, comp, &after, all)) == OK)
        ;
    return s == NOT_FOUND ? OK : s;
}

status messages_read(struct ctx *c, const struct comps *comps, const char *letter, struct messages *messages)
{
    *messages = (struct messages){ 0 };
    for (size_t i = 0; i < comps->n; i++)
        if (comps->at[i].keys != NULL && str_is(comps->at[i].letter, letter))
            TRY(messages_of(c, &comps->at[i], messages));
    return OK;
}

/* -- writing ------------------------------------------------------------------------------------------------------------------- */

status record_write(struct ctx *c, const struct comp_open *comp, const struct record *r)
{
    struct records_row row = { .id = id_random(), .comp = comp->id, .day = clock_local_day(c->now) };
    struct records_last_row last;

    TRY(sql_records_last(c->ledger->db, (struct sql_records_last){ .comp = comp->id }, &last));
    row.no = last.no + 1;
    row.body = comp->keys ? vault_record_seal(c->arena, comp->keys, comp->id, row.id, r)
                          : vault_record_drop(c->arena, &comp->dpk, comp->id, row.id, r);
    return row_insert(c->ledger, &table_records, &row);
}

static status child_record(struct ctx *c, const struct comp_open *talk, enum record_kind kind, struct str text)
{
    struct record r = { .kind = kind, .time = clock_hour_floor(c->now), .text = text };

    return record_write(c, talk, &r);
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

/* What everybody may see of a new message: the report waits again. */
static status case_touch(struct ctx *c, struct id report, i64 messages, i64 files)
{
    struct cases_row row = { .id = report };

    TRY(row_get(c->ledger, &table_cases, &row));
    if (str_is(row.state, "answered"))
        row.state = STR("claimed");
    if (row.waiting == 0)
        row.due = clock_hour_floor(c->now + patience_minutes(row.urgency) * MINUTE_MS);
    row.waiting += messages;
    row.messages += messages;
    row.files += files;
    return row_update(c->ledger, &table_cases, &row);
}

static status child_rows(struct ctx *c, const struct child_message *m)
{
    struct comp_open *talk = comp_newest(m->comps, "C");

    if (talk == NULL || talk->keys == NULL)
        return NOT_FOUND;
    for (size_t i = 0; i < m->texts.n; i++)
        TRY(child_record(c, talk, RECORD_MESSAGE_CHILD, m->texts.at[i]));
    if (m->files->n)
        TRY(child_record(c, talk, RECORD_MESSAGE_SYSTEM, arena_f(c->arena, "files %zu", m->files->n)));
    TRY(child_files(c, m->comps, m->files));
    return case_touch(c, m->report, (i64)(m->texts.n + (m->files->n > 0)), (i64)m->files->n);
}

/* A token that was used already: the same form sent twice says one thing once. */
static status token_once(struct ctx *c, struct str token, struct id report)
{
    struct key id;

    if (text_length(token) < 16)
        return OK;
    vault_hash(&id, &house_now(c->ledger->house)->job, "idem-talk", PARTS(token, id_bytes(&report)));
    return sql_idem_put(c->ledger->db, (struct sql_idem_put){
        .id = key_str(&id), .sealed = STR(""), .until = clock_hour_ceil(c->now) + DAY_MS });
}

static status child_write_once(struct ctx *c, const struct child_message *m)
{
    status s;

    TRY(act_begin(c->ledger, (struct act_info){ .act = "talk.write", .now = c->now, .anonymous = true,
                                                .object = m->report }));
    s = token_once(c, m->token, m->report);
    if (s == CONFLICT) {
        act_abort(c->ledger);
        return OK;
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
        act_abort(c->ledger);
        s = child_write_once(c, m);
    }
    return s;
}

/* -- a new code ------------------------------------------------------------------------------------------------------------------ */

/* C for the new pair beside the old one's grant, which goes: the old code opens nothing any more. */
static status regrant(struct ctx *c, struct id report, const struct comps *comps, const struct pair *to)
{
    struct grants_rows grants;

    TRY(sql_grants_of_reporter(c->ledger, (struct sql_grants_of_reporter){ .case_id = report }, &grants));
    for (size_t i = 0; i < grants.n; i++) {
        struct grants_row fresh = { .id = id_random(), .comp = grants.at[i].comp, .why = STR("reporter") };
        struct comp_open *comp = comp_by_id(comps, fresh.comp);

        if (comp == NULL || comp->keys == NULL)
            return fail(BROKEN, "a grant of the reporter that does not open");
        fresh.sealed = vault_wrap(c->arena, &to->open, ctx_comp_key(comp->id, id_zero(), 0), &comp->keys->ck);
        TRY(row_delete(c->ledger, &table_grants, &grants.at[i]));
        TRY(row_insert(c->ledger, &table_grants, &fresh));
    }
    return OK;
}

static status replace_reporter(struct ctx *c, const struct report_made *made, const struct key *lookup)
{
    struct reporters_row old, fresh = { .report = made->report, .pgen = house_now(c->ledger->house)->kgen };

    TRY(sql_reporter_of_report(c->ledger, (struct sql_reporter_of_report){ .report = made->report }, &old));
    TRY(row_delete(c->ledger, &table_reporters, &old));
    fresh.lookup = key_str(lookup);
    fresh.rpk = key_str(&made->reporter->open);
    return row_insert(c->ledger, &table_reporters, &fresh);
}

status code_renew(struct ctx *c, struct id report, const struct comps *comps, struct report_made *made)
{
    struct key lookup;

    made->report = report;
    TRY(reporter_draw(c, made, &lookup));
    TRY(act_begin(c->ledger, (struct act_info){ .act = "talk.new-code", .now = c->now, .anonymous = true,
                                                .object = report }));
    TRY(replace_reporter(c, made, &lookup));
    TRY(regrant(c, report, comps, made->reporter));
    return act_commit(c->ledger);
}
