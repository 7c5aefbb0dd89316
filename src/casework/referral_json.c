/* What is shared, as JSON: the record in T, and the draft before it. */
#include "referral.h"

#include <jansson.h>

enum { JSON_MAX = 8 << 20 };

/* -- writing ------------------------------------------------------------------------------------------------------------------- */

static void put(struct out *o, const char *name, struct str value)
{
    out_f(o, ",\"%s\":", name);
    out_json(o, value);
}

static void put_items(struct out *o, const struct shared *s, bool all)
{
    bool first = true;

    out_c(o, ",\"items\":[");
    for (size_t i = 0; i < s->n_items; i++) {
        const struct shared_item *item = &s->items[i];

        if (!all && !item->on)
            continue;
        out_f(o, "%s{\"on\":%s", first ? "" : ",", item->on ? "true" : "false");
        put(o, "kind", item->kind);
        put(o, "ref", item->ref);
        put(o, "label", item->label);
        put(o, "text", item->text);
        put(o, "code", item->code);
        out_char(o, '}');
        first = false;
    }
    out_char(o, ']');
}

static void put_files(struct out *o, const struct shared *s)
{
    bool first = true;

    out_c(o, ",\"files\":[");
    for (size_t i = 0; i < s->n_files; i++) {
        char id[ID_TEXT + 1];

        if (!s->files[i].on)
            continue;
        id_text(s->files[i].file, id);
        out_f(o, "%s\"%s\"", first ? "" : ",", id);
        first = false;
    }
    out_char(o, ']');
}

/* Kinds that the case has and that stay at home: the receiver is told that they exist, not what they say. */
static void put_withheld(struct out *o, const struct shared *s)
{
    bool first = true;

    out_c(o, ",\"withheld\":[");
    for (size_t i = 0; i < s->n_items; i++)
        if (!s->items[i].on && shared_find((struct shared *)s, s->items[i].kind, STR_NULL) == &s->items[i]) {
            out_c(o, first ? "" : ",");
            out_json(o, s->items[i].kind);
            first = false;
        }
    out_char(o, ']');
}

static void put_left_out(struct out *o, const struct shared *s)
{
    out_c(o, ",\"exclude\":[");
    for (size_t i = 0; i < s->left_out.n; i++) {
        out_c(o, i ? "," : "");
        out_json(o, s->left_out.at[i]);
    }
    out_char(o, ']');
}

struct str shared_json(struct ctx *c, const struct shared *s, bool all)
{
    struct out o = { .max = JSON_MAX };
    char id[ID_TEXT + 1];
    struct str text;

    id_text(s->to_unit, id);
    out_f(&o, "{\"v\":1,\"transfer\":%s,\"expires\":%lld,\"sealed\":%zu,\"to\":\"%s\"", s->transfer ? "true" : "false",
          (long long)s->expires, s->sealed_files, id);
    put(&o, "from_name", s->from_name);
    put(&o, "to_name", s->to_name);
    put(&o, "by", s->by);
    put(&o, "purpose", s->purpose);
    put(&o, "consent", s->consent);
    put(&o, "consent_words", s->consent_words);
    put(&o, "need", s->need);
    if (all)
        put(&o, "against", s->against_words);
    put_items(&o, s, all);
    put_files(&o, s);
    put_withheld(&o, s);
    put_left_out(&o, s);
    out_char(&o, '}');
    text = arena_copy(c->arena, out_done(&o));
    out_wipe(&o);
    out_free(&o);
    return text;
}

/* -- reading ------------------------------------------------------------------------------------------------------------------- */

static struct str get(struct ctx *c, const json_t *o, const char *name)
{
    const json_t *v = json_object_get(o, name);

    return json_is_string(v) ? arena_copy(c->arena, str_of(json_string_value(v), json_string_length(v))) : STR("");
}

static void get_items(struct ctx *c, const json_t *list, struct shared *s)
{
    for (size_t i = 0; i < json_array_size(list) && s->n_items < SHARED_ITEMS; i++) {
        const json_t *o = json_array_get(list, i);

        s->items[s->n_items++] = (struct shared_item){
            .kind = get(c, o, "kind"), .ref = get(c, o, "ref"), .label = get(c, o, "label"), .text = get(c, o, "text"),
            .code = get(c, o, "code"), .on = json_is_true(json_object_get(o, "on")) };
    }
}

static void get_withheld(struct ctx *c, const json_t *list, struct shared *s)
{
    for (size_t i = 0; i < json_array_size(list) && s->n_items < SHARED_ITEMS; i++) {
        const json_t *v = json_array_get(list, i);
        struct str kind = json_is_string(v) ? arena_copy(c->arena, str_c(json_string_value(v))) : STR("");

        if (shared_find(s, kind, STR_NULL) == NULL)
            s->items[s->n_items++] = (struct shared_item){ .kind = kind, .ref = STR("withheld"), .label = STR(""),
                                                           .text = STR(""), .code = STR("") };
    }
}

static void get_left_out(struct ctx *c, const json_t *list, struct shared *s)
{
    s->left_out.at = NEW_N(c->arena, struct str, json_array_size(list) + 1);
    for (size_t i = 0; i < json_array_size(list); i++)
        if (json_is_string(json_array_get(list, i)))
            s->left_out.at[s->left_out.n++] = arena_copy(c->arena, str_c(json_string_value(json_array_get(list, i))));
}

static void get_files(const json_t *list, struct shared *s)
{
    for (size_t i = 0; i < json_array_size(list) && s->n_files < SHARED_FILES; i++) {
        const char *text = json_string_value(json_array_get(list, i));

        if (text != NULL && id_of_text(str_c(text), &s->files[s->n_files].file))
            s->files[s->n_files++].on = true;
    }
}

status shared_of_json(struct ctx *c, struct str json, struct shared *s)
{
    json_t *o = json_loadb(json.at, json.n, 0, NULL);
    struct str to;

    *s = (struct shared){ 0 };
    if (!json_is_object(o)) {
        json_decref(o);
        return fail(BROKEN, "what was shared is no JSON object");
    }
    to = get(c, o, "to");
    if (!id_of_text(to, &s->to_unit))
        s->to_unit = id_zero();
    s->transfer = json_is_true(json_object_get(o, "transfer"));
    s->expires = json_integer_value(json_object_get(o, "expires"));
    s->sealed_files = (size_t)json_integer_value(json_object_get(o, "sealed"));
    s->from_name = get(c, o, "from_name");
    s->to_name = get(c, o, "to_name");
    s->by = get(c, o, "by");
    s->purpose = get(c, o, "purpose");
    s->consent = get(c, o, "consent");
    s->consent_words = get(c, o, "consent_words");
    s->need = get(c, o, "need");
    s->against_words = get(c, o, "against");
    get_items(c, json_object_get(o, "items"), s);
    get_withheld(c, json_object_get(o, "withheld"), s);
    get_files(json_object_get(o, "files"), s);
    get_left_out(c, json_object_get(o, "exclude"), s);
    json_decref(o);
    return OK;
}

/* ref NULL: the first of its kind. */
struct shared_item *shared_find(struct shared *s, struct str kind, struct str ref)
{
    for (size_t i = 0; i < s->n_items; i++)
        if (str_eq(s->items[i].kind, kind) && (ref.at == NULL || str_eq(s->items[i].ref, ref)))
            return &s->items[i];
    return NULL;
}

/* -- the draft: its writer's alone, as web/draft.c seals it --------------------------------------------------------------------------- */

static struct str draft_form(struct ctx *c, struct id case_id)
{
    char id[ID_TEXT + 1];

    id_text(case_id, id);
    return arena_f(c->arena, "refer/%s", id);
}

status shared_draft_put(struct ctx *c, struct id case_id, const struct shared *s)
{
    return draft_keep(c, draft_form(c, case_id), shared_json(c, s, true));
}

status shared_draft_get(struct ctx *c, struct id case_id, struct id to_unit, bool transfer, struct shared *s)
{
    struct str text;

    TRY(draft_read(c, draft_form(c, case_id), &text));
    if (text.n == 0)
        return NOT_FOUND;
    TRY(shared_of_json(c, text, s));
    return id_eq(s->to_unit, to_unit) && s->transfer == transfer ? OK : NOT_FOUND;
}

status shared_draft_end(struct ctx *c, struct id case_id)
{
    return draft_end(c, draft_form(c, case_id));
}
