/* What staff do with a report: open, claim, release, reply, note. */
#include "desk.h"

#include "rules.h"

/* -- access ------------------------------------------------------------------------------------------------------------- */

/* The report with the keys of this person's units; NOT_FOUND for all others, like for an id that does not exist. */
status desk_open(struct ctx *c, struct id report, struct cases_row *row, struct comps *comps)
{
    *row = (struct cases_row){ .id = report };
    TRY(row_get(c->ledger, &table_cases, row));
    return comps_of_actor(c, report, comps);
}

static struct act_info desk_act(const struct ctx *c, const char *act, struct id report)
{
    struct act_info info = { .act = act, .now = c->now, .actor = c->actor.user, .object = report };

    if (c->actor.n_units)
        info.unit = c->actor.units[0];
    return info;
}

status desk_log_read(struct ctx *c, struct id report)
{
    return act_note(c->ledger, desk_act(c, "report.read", report));
}

/* -- answers ----------------------------------------------------------------------------------------------------------------- */

static struct str json_str(struct ctx *c, const json_t *o, const char *name)
{
    const json_t *v = json_object_get(o, name);

    return json_is_string(v) ? arena_copy(c->arena, str_of(json_string_value(v), json_string_length(v))) : STR("");
}

static struct strs json_strs(struct ctx *c, const json_t *o, const char *name)
{
    const json_t *list = json_object_get(o, name);
    struct strs strs = { .at = NEW_N(c->arena, struct str, json_array_size(list) + 1), .n = json_array_size(list) };

    for (size_t i = 0; i < strs.n; i++) {
        const json_t *v = json_array_get(list, i);

        strs.at[i] = arena_copy(c->arena, str_of(json_string_value(v), json_string_length(v)));
    }
    return strs;
}

/* What a later record says stands over what an earlier one said; what it leaves out stays. */
static void take_str(struct ctx *c, const json_t *o, const char *name, struct str *value)
{
    struct str later = json_str(c, o, name);

    if (later.n || value->at == NULL)
        *value = later;
}

static void answers_of(struct ctx *c, struct str json, struct answers *a)
{
    json_t *o = json_loadb(json.at, json.n, 0, NULL);

    take_str(c, o, "who", &a->who);
    take_str(c, o, "danger", &a->danger);
    take_str(c, o, "harm", &a->harm);
    take_str(c, o, "where", &a->where);
    take_str(c, o, "age", &a->age);
    take_str(c, o, "province", &a->province);
    take_str(c, o, "commune", &a->commune);
    if (json_object_get(o, "urls") != NULL)
        a->urls = json_strs(c, o, "urls");
    if (json_object_get(o, "exclude") != NULL)
        a->exclude = json_strs(c, o, "exclude");
    json_decref(o);
}

status desk_answers(struct ctx *c, const struct comps *comps, struct answers *answers)
{
    *answers = (struct answers){ 0 };
    for (size_t i = 0; i < comps->n; i++) {
        struct strs texts;

        if (comps->at[i].keys == NULL || !str_is(comps->at[i].letter, "N"))
            continue;
        TRY(records_of_kind(c, &comps->at[i], (struct kind_wanted){ RECORD_ANSWERS, 200 }, &texts));
        for (size_t k = 0; k < texts.n; k++)
            answers_of(c, texts.at[k], answers);
    }
    return OK;
}

/* -- claim and release ---------------------------------------------------------------------------------------------------------- */

/* The ladder stops: the due goes, and the box is made anew, so that the old hash in the log tells nothing of it. A release
   starts it again from now. */
static status ladder_set(struct ctx *c, struct cases_row *row, bool running)
{
    struct dormant_grants_rows rows;
    i64 step = patience_minutes(row->urgency) * MINUTE_MS;

    TRY(sql_dormant_of(c->ledger, (struct sql_dormant_of){ .case_id = row->id }, &rows));
    for (size_t i = 0; i < rows.n; i++) {
        struct dormant_grants_row *d = &rows.at[i];
        i64 due = c->now + d->rank * step;

        if (d->altered)
            continue;
        TRY(dormant_rebox(c->ledger, d));
        d->due = running ? (struct opt_i64){ true, due - due % (10 * MINUTE_MS) } : (struct opt_i64){ 0 };
        TRY(row_update(c->ledger, &table_dormant_grants, d));
    }
    return OK;
}

/* Minutes that the report waited, known to ten minutes from the ladder's clock, which goes with this claim. */
static status count_wait(struct ctx *c, const struct cases_row *row)
{
    struct dormant_grants_rows rows;
    i64 began;

    TRY(sql_dormant_of(c->ledger, (struct sql_dormant_of){ .case_id = row->id }, &rows));
    for (size_t i = 0; i < rows.n; i++) {
        if (rows.at[i].altered || !rows.at[i].due.has)
            continue;
        began = rows.at[i].due.v - rows.at[i].rank * patience_minutes(row->urgency) * MINUTE_MS;
        network_wait_add(row->owner_unit, c->now, (c->now - began) / MINUTE_MS);
        break;
    }
    return OK;
}

static bool mine(const struct ctx *c, const struct cases_row *row)
{
    return row->assignee.has && id_eq(row->assignee.v, c->actor.user);
}

bool holds_talk(const struct comps *comps)
{
    struct comp_open *talk = comp_newest(comps, "C");

    return talk != NULL && talk->keys != NULL;
}

status desk_claim(struct ctx *c, struct id report)
{
    struct cases_row row;
    struct comps comps;

    TRY(desk_open(c, report, &row, &comps));
    if (!holds_talk(&comps))
        return NOT_FOUND;       /* a unit that holds evidence alone answers nobody, so it cannot stop the ladder */
    TRY(act_begin(c->ledger, desk_act(c, "report.claim", report)));
    TRY(row_get(c->ledger, &table_cases, &row));
    if (row.assignee.has)
        return mine(c, &row) ? (act_abort(c->ledger), OK) : fail(CONFLICT, "somebody else has claimed it");
    TRY(count_wait(c, &row));
    TRY(ladder_set(c, &row, false));
    row.assignee = (struct opt_id){ true, c->actor.user };
    row.state = row.waiting ? STR("claimed") : STR("answered");
    TRY(row_update(c->ledger, &table_cases, &row));
    return act_commit(c->ledger);
}

status desk_release(struct ctx *c, struct id report)
{
    struct cases_row row;
    struct comps comps;

    TRY(desk_open(c, report, &row, &comps));
    TRY(act_begin(c->ledger, desk_act(c, "report.release", report)));
    TRY(row_get(c->ledger, &table_cases, &row));
    if (!mine(c, &row))
        return fail(CONFLICT, "only who claimed it can give it back");
    TRY(ladder_set(c, &row, true));
    row.assignee = (struct opt_id){ 0 };
    row.state = STR("new");
    row.due = clock_hour_floor(c->now + patience_minutes(row.urgency) * MINUTE_MS);
    TRY(row_update(c->ledger, &table_cases, &row));
    return act_commit(c->ledger);
}

/* -- reply and note --------------------------------------------------------------------------------------------------------------- */

static status staff_record(struct ctx *c, const struct comp_open *comp, enum record_kind kind, struct str text)
{
    struct record r = { .kind = kind, .author = c->actor.user, .time = c->now, .text = text };

    if (comp == NULL || comp->keys == NULL)
        return NOT_FOUND;
    return record_write(c, comp, &r);
}

status desk_reply(struct ctx *c, struct id report, struct str text)
{
    struct cases_row row;
    struct comps comps;

    TRY(desk_open(c, report, &row, &comps));
    TRY(act_begin(c->ledger, desk_act(c, "report.reply", report)));
    TRY(row_get(c->ledger, &table_cases, &row));
    if (!mine(c, &row))
        return fail(CONFLICT, "claim it before you answer");
    TRY(staff_record(c, comp_newest(&comps, "C"), RECORD_MESSAGE_STAFF, text));
    row.state = STR("answered");
    row.waiting = 0;
    row.messages++;
    TRY(row_update(c->ledger, &table_cases, &row));
    return act_commit(c->ledger);
}

status desk_note(struct ctx *c, struct id report, struct str text)
{
    struct cases_row row;
    struct comps comps;

    TRY(desk_open(c, report, &row, &comps));
    TRY(act_begin(c->ledger, desk_act(c, "report.note", report)));
    TRY(staff_record(c, comp_newest(&comps, "N"), RECORD_NOTE, text));
    return act_commit(c->ledger);
}
