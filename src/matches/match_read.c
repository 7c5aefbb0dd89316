/* Reading a question: JSON to hashes, addresses, a text. Strict: a misspelt name of a field would be answered with "no match". */
#include "match.h"

#include "../base/text.h"

#include "texts.h"

#include <jansson.h>

struct reading {
    struct arena *arena;
    struct match_ask *ask;
    struct match_fault *fault;
    size_t n;                   /* values so far */
    uint32_t thing;
    bool same;                  /* all values are of one picture */
};

static status refuse(struct reading *r, const char *field, int text)
{
    *r->fault = (struct match_fault){ .field = field, .text = text };
    return fail(INVALID, "%s", field);
}

static status refuse_at(struct reading *r, const char *field, size_t index, int text)
{
    *r->fault = (struct match_fault){ .field = field, .index = index, .has_index = true, .text = text };
    return fail(INVALID, "%s[%zu]", field, index);
}

static struct str text_at(const json_t *value)
{
    return str_of(json_string_value(value), json_string_length(value));
}

static uint32_t next_thing(struct reading *r)
{
    return r->same ? 0 : r->thing++;
}

/* -- PDQ ------------------------------------------------------------------------------------------------------------------- */

static bool family_read(const json_t *value, enum hash_family *family)
{
    *family = FAMILY_FULL;
    if (value == NULL)
        return true;
    if (!json_is_string(value))
        return false;
    if (str_is(text_at(value), "cpp512"))
        *family = FAMILY_CPP512;
    return *family == FAMILY_CPP512 || str_is(text_at(value), "full");
}

static bool quality_read(const json_t *value, int *quality)
{
    *quality = QUALITY_UNKNOWN;
    if (value == NULL)
        return true;
    if (!json_is_integer(value) || json_integer_value(value) < 0 || json_integer_value(value) > 100)
        return false;
    *quality = (int)json_integer_value(value);
    return true;
}

/* "HEX", or {"hash":"HEX","quality":87,"family":"full"}. */
static status read_pdq(struct reading *r, const json_t *value, size_t i)
{
    const json_t *hash = json_is_object(value) ? json_object_get(value, "hash") : value;
    uint8_t *bits = arena_alloc(r->arena, PDQ_BYTES);
    struct query_pdq q = { .bits = bits, .thing = next_thing(r), .family = FAMILY_FULL, .quality = QUALITY_UNKNOWN };

    if (!json_is_string(hash) || !str_from_hex(text_at(hash), bits, PDQ_BYTES))
        return refuse_at(r, "pdq", i, T_MATCHES_MATCH_BAD_PDQ);
    if (json_is_object(value) && !family_read(json_object_get(value, "family"), &q.family))
        return refuse_at(r, "pdq", i, T_MATCHES_MATCH_BAD_FAMILY);
    if (json_is_object(value) && !quality_read(json_object_get(value, "quality"), &q.quality))
        return refuse_at(r, "pdq", i, T_MATCHES_MATCH_BAD_QUALITY);
    r->ask->pdq[r->ask->n_pdq++] = q;
    return OK;
}

/* -- exact values ------------------------------------------------------------------------------------------------------------ */

static const struct list { const char *name; enum hash_kind kind; int bad; } lists[] = {
    { "pdq", HASH_PDQ, 0 },
    { "md5", HASH_MD5, T_MATCHES_MATCH_BAD_MD5 },
    { "sha1", HASH_SHA1, T_MATCHES_MATCH_BAD_SHA1 },
    { "sha256", HASH_SHA256, T_MATCHES_MATCH_BAD_SHA256 },
    { "urls", HASH_URL, T_MATCHES_MATCH_BAD_URL },
};

static status read_exact(struct reading *r, const struct list *list, const json_t *value, size_t i)
{
    struct query_exact q = { .kind = list->kind, .thing = next_thing(r) };

    if (!json_is_string(value) || hash_value_read(r->arena, list->kind, text_at(value), &q.value) != OK)
        return refuse_at(r, list->name, i, list->bad);
    r->ask->exact[r->ask->n_exact++] = q;
    return OK;
}

static status read_one(struct reading *r, const struct list *list, const json_t *value, size_t i)
{
    if (++r->n > MATCH_VALUES)
        return refuse_at(r, list->name, i, T_MATCHES_MATCH_TOO_MANY);
    return list->kind == HASH_PDQ ? read_pdq(r, value, i) : read_exact(r, list, value, i);
}

static status read_list(struct reading *r, const struct list *list, const json_t *value)
{
    r->ask->first[list->kind] = r->ask->n_exact;
    if (value == NULL)
        return OK;
    if (!json_is_array(value))
        return read_one(r, list, value, 0);
    for (size_t i = 0; i < json_array_size(value); i++)
        TRY(read_one(r, list, json_array_get(value, i), i));
    return OK;
}

/* -- the object ---------------------------------------------------------------------------------------------------------------- */

static status read_flag(struct reading *r, const json_t *root, const char *name, bool *flag)
{
    const json_t *value = json_object_get(root, name);

    *flag = json_is_true(value);
    return value == NULL || json_is_boolean(value) ? OK : refuse(r, name, T_MATCHES_MATCH_BAD_FLAG);
}

static status read_text(struct reading *r, const json_t *root, const char *name, size_t bytes, struct str *text)
{
    const json_t *value = json_object_get(root, name);

    *text = STR_NULL;
    if (value == NULL)
        return OK;
    if (!json_is_string(value))
        return refuse(r, name, T_MATCHES_MATCH_BAD_STRING);
    *text = text_at(value);
    return text->n <= bytes ? OK : refuse(r, name, T_MATCHES_MATCH_LONG);
}

static bool known(const char *name)
{
    static const char *const others[] = { "text", "ref", "same", "keep" };

    for (size_t i = 0; i < COUNT_OF(lists); i++)
        if (strcmp(name, lists[i].name) == 0)
            return true;
    for (size_t i = 0; i < COUNT_OF(others); i++)
        if (strcmp(name, others[i]) == 0)
            return true;
    return false;
}

static status check_names(struct reading *r, json_t *root)
{
    const char *name;
    json_t *value;

    json_object_foreach(root, name, value)
        if (!known(name))
            return refuse(r, arena_copy(r->arena, text_upto(str_c(name), 40)).at, T_MATCHES_MATCH_UNKNOWN);
    return OK;
}

static status read_members(struct reading *r, json_t *root)
{
    TRY(check_names(r, root));
    TRY(read_flag(r, root, "same", &r->same));
    TRY(read_flag(r, root, "keep", &r->ask->keep));
    TRY(read_text(r, root, "text", MATCH_TEXT_BYTES, &r->ask->text));
    TRY(read_text(r, root, "ref", MATCH_REF_CHARS, &r->ask->ref));
    for (size_t i = 0; i < COUNT_OF(lists); i++)
        TRY(read_list(r, &lists[i], json_object_get(root, lists[i].name)));
    return r->n > 0 || r->ask->text.at != NULL ? OK : refuse(r, "pdq", T_MATCHES_MATCH_NOTHING);
}

static void free_tree(void *tree)
{
    json_decref(tree);
}

static size_t values_in(const json_t *root)
{
    size_t n = 0;

    for (size_t i = 0; i < COUNT_OF(lists); i++) {
        const json_t *value = json_object_get(root, lists[i].name);

        n += json_is_array(value) ? json_array_size(value) : value != NULL;
    }
    return n < MATCH_VALUES ? n : MATCH_VALUES;
}

status match_read(struct arena *a, struct str json, struct match_ask *ask, struct match_fault *fault)
{
    struct reading r = { .arena = a, .ask = ask, .fault = fault };
    json_t *root = json_loadb(json.at, json.n, JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL, NULL);
    size_t n;

    *ask = (struct match_ask){ 0 };
    if (root != NULL)
        arena_at_end(a, free_tree, root);
    if (!json_is_object(root))
        return refuse(&r, "", T_MATCHES_MATCH_BAD_JSON);
    n = values_in(root);
    ask->pdq = NEW_N(a, struct query_pdq, n + 1);
    ask->exact = NEW_N(a, struct query_exact, n + 1);
    return read_members(&r, root);
}

void match_ask_picture(struct arena *a, const struct match_picture *picture, struct match_ask *ask)
{
    const struct query_exact exact[] = {
        { HASH_MD5, str_of(picture->md5, sizeof picture->md5), 0 },
        { HASH_SHA1, str_of(picture->sha1, sizeof picture->sha1), 0 },
        { HASH_SHA256, str_of(picture->sha256, sizeof picture->sha256), 0 },
    };

    *ask = (struct match_ask){ .picture = picture, .exact = NEW_N(a, struct query_exact, COUNT_OF(exact)), .n_exact = COUNT_OF(exact),
                               .pdq = NEW_N(a, struct query_pdq, MATCH_TURNS) };
    memcpy(ask->exact, exact, sizeof exact);
    for (size_t i = 0; picture->fault == PICTURE_FINE && i < MATCH_TURNS; i++)
        ask->pdq[ask->n_pdq++] = (struct query_pdq){ .bits = picture->turns[i], .family = FAMILY_FULL, .quality = picture->quality };
}

struct str match_fault_field(struct arena *a, const struct match_fault *fault)
{
    return fault->has_index ? arena_f(a, "%s[%zu]", fault->field, fault->index) : str_c(fault->field);
}
