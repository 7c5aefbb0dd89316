/* StopNCII v1: what /v1/FetchHashes answers (detection.md 5.1). Faults name the record, counted from 1. */
#include "bank_file.h"

#include <jansson.h>

static struct str text_at(const json_t *object, const char *name)
{
    const json_t *value = json_object_get(object, name);

    return json_is_string(value) ? str_of(json_string_value(value), json_string_length(value)) : STR("");
}

static void record(struct arena *a, i64 number, const json_t *object, struct file_check *check)
{
    struct hash_new h = { .quality = QUALITY_UNKNOWN, .status = HASH_ACTIVE };
    struct str type = text_at(object, "signalType"), word = text_at(object, "hashStatus"), value = text_at(object, "hashValue");
    bool video;

    if (!json_is_object(object) || value.n == 0) {
        file_fault(check, number, STR(""), FILE_SHAPE);
        return;
    }
    if (!file_kind(type, &h.kind, &video)) {
        file_fault(check, number, arena_copy(a, str_upto(type, 80)), FILE_KIND);
        return;
    }
    h.video = video;
    if (word.n > 0 && !file_status(word, &h.status)) {
        file_fault(check, number, arena_copy(a, str_upto(word, 80)), FILE_STATUS);
        return;
    }
    if (file_value(check, a, number, value, &h))
        (void)file_record(check, a, &h);
    else if (check->n > 0)      /* the tree goes before the fault is shown */
        check->at[check->n - 1].text = arena_copy(a, check->at[check->n - 1].text);
}

static void end_tree(void *tree)
{
    json_decref(tree);
}

void stopncii_check(struct arena *a, struct str text, struct file_check *check)
{
    json_error_t error;
    json_t *root = json_loadb(text.at, text.n, JSON_REJECT_DUPLICATES, &error), *all;

    if (root == NULL) {
        file_fault(check, error.line, arena_copy(a, str_c(error.text)), FILE_JSON);
        return;
    }
    arena_at_end(a, end_tree, root);
    all = json_is_array(root) ? root : json_object_get(root, "hashRecords");
    if (!json_is_array(all))
        file_fault(check, 1, STR(""), FILE_JSON);
    for (size_t i = 0; i < json_array_size(all); i++)
        record(a, (i64)i + 1, json_array_get(all, i), check);
}
