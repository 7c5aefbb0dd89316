#include "json_form.h"

#include "../base/memory.h"

#include <jansson.h>
#include <stdio.h>

void json_form_start(void)
{
    json_set_alloc_funcs(memory_new, memory_free);
}

static void give(struct part_sink sink, struct str name, struct str value)
{
    struct part p = { .name = name, .type = STR("") };

    sink.begin(sink.to, &p);
    sink.data(sink.to, value, 0);
    sink.end(sink.to, true);
}

/* The form says which field it is. */
static void give_wrong(struct part_sink sink, struct str name)
{
    struct part p = { .name = name, .type = STR(""), .wrong = true };

    sink.begin(sink.to, &p);
    sink.end(sink.to, true);
}

static void give_one(struct part_sink sink, struct str name, const json_t *value)
{
    char number[64];

    switch (json_typeof(value)) {
    case JSON_NULL:    return;
    case JSON_STRING:  give(sink, name, str_of(json_string_value(value), json_string_length(value))); return;
    case JSON_TRUE:    give(sink, name, STR("true")); return;
    case JSON_FALSE:   give(sink, name, STR("false")); return;
    case JSON_INTEGER: snprintf(number, sizeof number, "%lld", (long long)json_integer_value(value)); break;
    case JSON_REAL:    snprintf(number, sizeof number, "%.17g", json_real_value(value)); break;
    default:           give_wrong(sink, name); return;
    }
    give(sink, name, str_c(number));
}

static void give_member(struct part_sink sink, struct str name, const json_t *value)
{
    if (!json_is_array(value)) {
        give_one(sink, name, value);
        return;
    }
    for (size_t i = 0; i < json_array_size(value); i++)
        give_one(sink, name, json_array_get(value, i));
}

status json_form_parse(struct str text, struct part_sink sink, void **tree)
{
    json_error_t error;
    json_t *root = json_loadb(text.at, text.n, JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL, &error);
    const char *name;
    json_t *value;

    *tree = root;
    if (root == NULL)
        return fail(INVALID, "JSON: line %d, column %d", error.line, error.column);
    if (!json_is_object(root))
        return fail(INVALID, "JSON: not an object");
    json_object_foreach(root, name, value)
        give_member(sink, str_c(name), value);
    return OK;
}

void json_form_free(void *tree)
{
    json_decref(tree);
}
