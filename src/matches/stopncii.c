/* StopNCII v1: records as JSON. */
#include "hash_feeds.h"

#include "../base/text.h"

#include <jansson.h>

enum { TAGS_MOST = 20, TAG_CHARS = 60, SOURCE_CHARS = 200 };

/* -- words ------------------------------------------------------------------------------------------------------------------------- */

static const struct { const char *value; enum feedback_says says; } values[] = {
    { "None", SAYS_NOTHING }, { "Unknown", SAYS_NOTHING }, { "QualityUnknown", SAYS_NOTHING }, { "PendingReview", SAYS_NOTHING },
    { "Blocked", SAYS_YES }, { "NotBlocked", SAYS_NO }, { "Withdrawn", SAYS_NOTHING }, { "Deleted", SAYS_NOTHING },
};

/* What stands behind the last dot, without the underscore that keeps a name apart from a word of Python. */
static struct str bare(struct str text)
{
    for (size_t i = text.n; i > 0; i--)
        if (text.at[i - 1] == '.') {
            text = str_from(text, i);
            break;
        }
    return text.n > 1 && text.at[text.n - 1] == '_' ? str_upto(text, text.n - 1) : text;
}

const char *feedback_read(struct str text)
{
    struct str name = bare(text);

    for (size_t i = 0; i < COUNT_OF(values); i++)
        if (str_is(name, values[i].value))
            return values[i].value;
    return NULL;
}

const char *feedback_stopncii(struct str value)
{
    const char *known = feedback_read(value);

    if (known != NULL)
        return known;
    return str_is(value, "affirmative") ? "Blocked" : str_is(value, "negative") ? "NotBlocked" : "Unknown";
}

enum feedback_says feedback_says(struct str value)
{
    const char *word = feedback_stopncii(value);

    for (size_t i = 0; i < COUNT_OF(values); i++)
        if (strcmp(word, values[i].value) == 0)
            return values[i].says;
    return SAYS_NOTHING;
}

/* -- kinds ---------------------------------------------------------------------------------------------------------------------------- */

static const struct { const char *type; enum hash_kind kind; bool video; } types[] = {
    { "ImagePDQ", HASH_PDQ, false }, { "VideoMD5", HASH_MD5, true }, { "VideoTMK", HASH_TMK, true }, { "URL", HASH_URL, false },
};

const char *stopncii_type(enum hash_kind kind, bool video)
{
    for (size_t i = 0; i < COUNT_OF(types); i++)
        if (types[i].kind == kind && (types[i].video == video || kind == HASH_URL))
            return types[i].type;
    return NULL;
}

static bool kind_of_type(struct str type, struct fed_hash *h)
{
    struct str name = bare(type);

    for (size_t i = 0; i < COUNT_OF(types); i++)
        if (str_is(name, types[i].type)) {
            h->kind = types[i].kind;
            h->video = types[i].video;
            return true;
        }
    return false;
}

const char *stopncii_status(enum hash_status how)
{
    switch (how) {
    case HASH_ACTIVE: return "Active";
    case HASH_RECEIVED: return "Received";
    case HASH_DELETED: return "Deleted";
    default: return "Withdrawn";
    }
}

/* What we do not know is not in force for sure, and not withdrawn either. */
static enum hash_status status_of(struct str text)
{
    struct str name = bare(text);

    if (str_is(name, "Active"))
        return HASH_ACTIVE;
    if (str_is(name, "Withdrawn"))
        return HASH_WITHDRAWN;
    return str_is(name, "Deleted") ? HASH_DELETED : HASH_RECEIVED;
}

/* -- reading ----------------------------------------------------------------------------------------------------------------------------- */

static struct str text_at(const json_t *object, const char *name)
{
    const json_t *value = json_object_get(object, name);

    return json_is_string(value) ? str_of(json_string_value(value), json_string_length(value)) : STR("");
}

static struct str short_text(struct arena *a, struct str text, size_t chars)
{
    return arena_copy(a, text_upto(text_clean(a, text), chars));
}

/* Tags with commas between; a comma inside one becomes a blank. */
static struct str tags_of(struct arena *a, const json_t *list)
{
    struct out o = { .max = (TAG_CHARS * 4 + 2) * TAGS_MOST };
    struct str tags;

    for (size_t i = 0; i < json_array_size(list) && i < TAGS_MOST; i++) {
        const json_t *one = json_array_get(list, i);
        struct str tag = json_is_string(one) ? short_text(a, str_of(json_string_value(one), json_string_length(one)), TAG_CHARS) : STR("");

        if (tag.n > 0 && o.n > 0)
            out_c(&o, ", ");
        for (size_t k = 0; k < tag.n; k++)
            out_char(&o, tag.at[k] == ',' || tag.at[k] == '\n' ? ' ' : tag.at[k]);
    }
    tags = arena_copy(a, out_done(&o));
    out_free(&o);
    return tags;
}

static void feedback_of(struct arena *a, const json_t *record, struct fed_hash *h)
{
    const json_t *first = json_array_get(json_object_get(record, "CSPFeedbacks"), 0);
    const char *value = feedback_read(text_at(first, "feedbackValue"));

    h->feedback = value ? str_c(value) : STR("");
    h->words = tags_of(a, json_object_get(first, "tags"));
}

/* The first of the case numbers: what the service calls this by. */
static struct str case_of(struct arena *a, const json_t *record)
{
    json_t *cases = json_object_get(record, "caseNumbers");
    void *first = json_is_object(cases) ? json_object_iter(cases) : NULL;

    return first ? short_text(a, str_c(json_object_iter_key(first)), SOURCE_CHARS) : STR("");
}

static bool read_record(struct arena *a, const json_t *record, struct fed_hash *h)
{
    *h = (struct fed_hash){ 0 };
    if (!json_is_object(record) || !kind_of_type(text_at(record, "signalType"), h))
        return false;
    if (hash_value_read(a, h->kind, text_at(record, "hashValue"), &h->value) != OK) {
        fail_clear();
        return false;
    }
    h->status = status_of(text_at(record, "hashStatus"));
    h->source_id = case_of(a, record);
    feedback_of(a, record, h);
    return true;
}

static void read_records(struct arena *a, const json_t *list, struct fed_page *page)
{
    size_t n = json_array_size(list);

    page->at = NEW_N(a, struct fed_hash, n + 1);
    for (size_t i = 0; i < n; i++)
        if (read_record(a, json_array_get(list, i), &page->at[page->n]))
            page->n++;
        else
            page->skipped++;
}

static status read_page(struct arena *a, const json_t *tree, struct fed_page *page)
{
    const json_t *list = json_object_get(tree, "hashRecords"), *since = json_object_get(tree, "nextSetTimestamp"),
                 *more = json_object_get(tree, "hasMoreRecords");

    if (!json_is_array(list) || !json_is_integer(since) || !json_is_boolean(more))
        return fail(INVALID, "the answer has no hashRecords, nextSetTimestamp and hasMoreRecords");
    page->more = json_is_true(more);
    page->since = json_integer_value(since);
    page->next = arena_copy(a, text_at(tree, "nextPageToken"));
    if (page->more && page->next.n == 0)
        return fail(INVALID, "the answer says that there is more, and not where");
    read_records(a, list, page);
    return OK;
}

static json_t *load(struct str json)
{
    return json_loadb(json.at ? json.at : "", json.n, JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL, NULL);
}

status stopncii_read(struct arena *a, struct str json, struct fed_page *page)
{
    json_t *tree = load(json);
    status s;

    *page = (struct fed_page){ 0 };
    s = tree ? read_page(a, tree, page) : fail(INVALID, "the answer is not JSON");
    json_decref(tree);
    return s;
}

/* -- what is submitted ----------------------------------------------------------------------------------------------------------------------- */

static bool read_feedback(struct arena *a, const json_t *record, struct fed_hash *h)
{
    const char *value = feedback_read(text_at(record, "feedbackValue"));

    *h = (struct fed_hash){ .value = arena_copy(a, text_at(record, "hashValue")), .feedback = str_c(value ? value : "") };
    h->words = tags_of(a, json_object_get(record, "tags"));
    return json_is_object(record) && value != NULL && h->value.n > 0;
}

static status read_given(struct arena *a, const json_t *tree, bool feedback, struct fed_page *given, struct str *why)
{
    const json_t *list = json_object_get(tree, feedback ? "hashFeedbacks" : "hashRecords"), *count = json_object_get(tree, "count");
    size_t n = json_array_size(list);

    *why = arena_f(a, "the body is a JSON object with count and %s", feedback ? "hashFeedbacks" : "hashRecords");
    if (!json_is_array(list) || (count != NULL && !json_is_integer(count)))
        return INVALID;
    *why = arena_f(a, "count says another number than the %zu records that came", n);
    if (count != NULL && json_integer_value(count) != (json_int_t)n)
        return INVALID;
    *why = arena_f(a, "at most %d records at once: send them in several calls", GIVEN_MOST);
    if (n > GIVEN_MOST)
        return TOO_LARGE;
    given->at = NEW_N(a, struct fed_hash, n + 1);
    for (; given->n < n; given->n++) {
        const json_t *record = json_array_get(list, given->n);
        bool right = feedback ? read_feedback(a, record, &given->at[given->n]) : read_record(a, record, &given->at[given->n]);

        *why = arena_f(a, feedback ? "record %zu: feedbackValue and hashValue do not belong to this protocol"
                                   : "record %zu: hashValue does not fit signalType, or there is no such signalType", given->n + 1);
        if (!right)
            return INVALID;
    }
    *why = STR("");
    return OK;
}

status stopncii_given(struct arena *a, struct str json, bool feedback, struct fed_page *given, struct str *why)
{
    json_t *tree = load(json);
    status s = INVALID;

    *given = (struct fed_page){ 0 };
    *why = STR("the body is not JSON");
    if (tree != NULL)
        s = read_given(a, tree, feedback, given, why);
    json_decref(tree);
    return s;
}

/* -- writing -------------------------------------------------------------------------------------------------------------------------------- */

void hash_value_write(struct out *o, enum hash_kind kind, struct str value)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    const uint8_t *b = (const uint8_t *)value.at;

    if (kind == HASH_URL) {
        out_str(o, value);
        return;
    }
    if (kind != HASH_PDNA && kind != HASH_TMK) {
        out_hex(o, value.at, value.n);
        return;
    }
    for (size_t i = 0; i < value.n; i += 3) {
        unsigned long bits = (unsigned long)b[i] << 16 | (i + 1 < value.n ? (unsigned long)b[i + 1] << 8 : 0) | (i + 2 < value.n ? b[i + 2] : 0);

        out_char(o, digits[bits >> 18 & 63]);
        out_char(o, digits[bits >> 12 & 63]);
        out_char(o, i + 1 < value.n ? digits[bits >> 6 & 63] : '=');
        out_char(o, i + 2 < value.n ? digits[bits & 63] : '=');
    }
}

void stopncii_write(struct out *o, const struct exchange_records_row *r)
{
    const char *how = stopncii_status((enum hash_status)r->status);
    char id[ID_TEXT + 1];

    id_text(r->key, id);
    out_c(o, "{\"lastModtimestamp\":");
    out_i64(o, r->at);
    out_c(o, ",\"signalType\":\"");
    out_c(o, stopncii_type((enum hash_kind)r->kind, r->video != 0));
    out_c(o, "\",\"hashValue\":");
    if (r->kind == HASH_URL) {
        out_json(o, r->value);
    } else {
        out_char(o, '"');
        hash_value_write(o, (enum hash_kind)r->kind, r->value);
        out_char(o, '"');
    }
    out_c(o, ",\"hashStatus\":\"");
    out_c(o, how);
    out_c(o, "\",\"caseNumbers\":{\"");
    out_bytes(o, id, ID_TEXT);
    out_c(o, "\":\"");
    out_c(o, how);
    out_c(o, "\"},\"CSPFeedbacks\":");
    out_str(o, r->words);
    out_char(o, '}');
}

bool exchange_line(void *to, const struct exchange_records_row *r)
{
    struct out *o = to;
    const char *name = r->kind == HASH_PDQ && !r->video ? "pdq" : r->kind == HASH_MD5 && r->video ? "video_md5"
                     : r->kind == HASH_SHA256 && r->video ? "video_sha256" : r->kind == HASH_URL ? "url" : NULL;

    if (name == NULL || (r->status != HASH_ACTIVE && r->status != HASH_RECEIVED))
        return true;
    out_c(o, name);
    out_char(o, ' ');
    hash_value_write(o, (enum hash_kind)r->kind, r->value);
    out_char(o, '\n');
    return o->n < PAGE_BYTES;
}
