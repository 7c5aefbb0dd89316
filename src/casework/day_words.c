/* Records of the day: flat objects of named texts. */
#include "day.h"

#include <jansson.h>

enum { SAID_FIRST = 16, RECORDS_STEP = 100 };       /* what records_of gives at once: fewer are the last ones */

static status said_add(struct ctx *c, struct said_list *list, size_t *max, struct said said)
{
    if (list->n == *max) {
        struct said *more = NEW_N(c->arena, struct said, *max * 2 + SAID_FIRST);

        if (list->n)
            memcpy(more, list->at, list->n * sizeof *more);
        list->at = more;
        *max = *max * 2 + SAID_FIRST;
    }
    list->at[list->n++] = said;
    return OK;
}

static status said_of_comp(struct ctx *c, const struct comp_open *comp, enum record_kind kind, struct said_list *list, size_t *max)
{
    struct records_rows rows;
    i64 after = 0;

    do {
        TRY(sql_records_of(c->ledger, (struct sql_records_of){ .comp = comp->id, .after = after }, &rows));
        for (size_t i = 0; i < rows.n; i++) {
            struct records_row *row = &rows.at[i];
            struct record r;

            after = row->no;
            if (!row->altered && vault_record_open(c->arena, comp->keys, comp->id, row->id, row->body, &r) == OK && r.kind == kind)
                TRY(said_add(c, list, max, (struct said){ row->id, r.author, r.time, r.text }));
        }
    } while (rows.n == RECORDS_STEP);
    return OK;
}

status case_said(struct ctx *c, const struct comps *comps, struct said_wanted want, struct said_list *list)
{
    size_t max = 0;

    *list = (struct said_list){ 0 };
    for (size_t i = 0; i < comps->n; i++)
        if (comps->at[i].keys != NULL && str_is(comps->at[i].letter, want.letter))
            TRY(said_of_comp(c, &comps->at[i], want.kind, list, &max));
    return OK;
}

const struct said *said_find(const struct said_list *list, struct opt_id record)
{
    for (size_t i = 0; record.has && i < list->n; i++)
        if (id_eq(list->at[i].id, record.v))
            return &list->at[i];
    return NULL;
}

struct str named_json(struct ctx *c, const struct named *pairs, size_t n)
{
    struct out o = { .max = 1 << 20 };
    struct str text;

    for (size_t i = 0; i < n; i++) {
        out_f(&o, "%c\"%s\":", i ? ',' : '{', pairs[i].name);
        out_json(&o, pairs[i].text);
    }
    out_char(&o, '}');
    text = arena_copy(c->arena, out_done(&o));
    out_wipe(&o);
    out_free(&o);
    return text;
}

struct str named_get(struct ctx *c, struct str json, const char *name)
{
    json_t *o = json_loadb(json.at, json.n, 0, NULL);
    const json_t *v = json_object_get(o, name);
    struct str text = json_is_string(v) ? arena_copy(c->arena, str_of(json_string_value(v), json_string_length(v))) : STR("");

    json_decref(o);
    return text;
}
