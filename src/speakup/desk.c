/* A report opened by staff: its keys, its answers, its files. What is done with it: desk_acts.c. */
#include "desk.h"

#include "presence.h"

/* -- access ------------------------------------------------------------------------------------------------------------- */

/* The report with the keys of this person's units; NOT_FOUND for all others, like for an id that does not exist. */
status desk_open(struct ctx *c, struct id report, struct cases_row *row, struct comps *comps)
{
    *row = (struct cases_row){ .id = report };
    TRY(row_get(c->ledger, &table_cases, row));
    return comps_of_actor(c, report, comps);
}

struct act_info desk_act(const struct ctx *c, const char *act, struct id report)
{
    struct act_info info = { .act = act, .now = c->now, .actor = c->actor.user, .object = report };

    if (c->actor.n_units)
        info.unit = c->actor.units[0];
    return info;
}

status desk_log_read(struct ctx *c, struct id report)
{
    TRY(act_begin(c->ledger, desk_act(c, "report.read", report)));
    TRY(presence_put(c, report, false));
    return act_commit(c->ledger);
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

bool holds_talk(const struct comps *comps)
{
    struct comp_open *talk = comp_newest(comps, "C");

    return talk != NULL && talk->keys != NULL;
}
