/* Names of question types, in all the ways in which forms have written them. */
#include "compile.h"

static const struct { const char *name; enum xform_type type; const char *bind; } types[] = {
    { "text", XFORM_TEXT, "string" }, { "string", XFORM_TEXT, "string" }, { "phone number", XFORM_TEXT, "string" },
    { "add text prompt", XFORM_TEXT, "string" }, { "url", XFORM_TEXT, "string" },
    { "integer", XFORM_INTEGER, "int" }, { "int", XFORM_INTEGER, "int" }, { "add integer prompt", XFORM_INTEGER, "int" },
    { "number of days in last month", XFORM_INTEGER, "int" }, { "percentage", XFORM_INTEGER, "int" },
    { "decimal", XFORM_DECIMAL, "decimal" }, { "add decimal prompt", XFORM_DECIMAL, "decimal" },
    { "range", XFORM_RANGE, "int" }, { "date", XFORM_DATE, "date" }, { "add date prompt", XFORM_DATE, "date" },
    { "time", XFORM_TIME, "time" }, { "datetime", XFORM_DATETIME, "dateTime" }, { "date time", XFORM_DATETIME, "dateTime" },
    { "note", XFORM_NOTE, "string" }, { "add note prompt", XFORM_NOTE, "string" },
    { "calculate", XFORM_CALCULATE, "string" }, { "calculation", XFORM_CALCULATE, "string" }, { "add calculate prompt", XFORM_CALCULATE, "string" },
    { "acknowledge", XFORM_ACKNOWLEDGE, "string" }, { "trigger", XFORM_ACKNOWLEDGE, "string" }, { "hidden", XFORM_HIDDEN, "string" },
    { "start", XFORM_START, "dateTime" }, { "start time", XFORM_START, "dateTime" }, { "get start time", XFORM_START, "dateTime" },
    { "end", XFORM_END, "dateTime" }, { "end time", XFORM_END, "dateTime" }, { "get end time", XFORM_END, "dateTime" },
    { "today", XFORM_TODAY, "date" }, { "get today", XFORM_TODAY, "date" },
    { "deviceid", XFORM_DEVICEID, "string" }, { "device id", XFORM_DEVICEID, "string" }, { "get device id", XFORM_DEVICEID, "string" },
    { "imei", XFORM_DEVICEID, "string" }, { "uri:deviceid", XFORM_DEVICEID, "string" },
    { "phonenumber", XFORM_NOT_SHOWN, "string" }, { "get phone number", XFORM_NOT_SHOWN, "string" },
    { "simserial", XFORM_NOT_SHOWN, "string" }, { "sim id", XFORM_NOT_SHOWN, "string" }, { "get sim id", XFORM_NOT_SHOWN, "string" },
    { "subscriberid", XFORM_NOT_SHOWN, "string" }, { "subscriber id", XFORM_NOT_SHOWN, "string" }, { "username", XFORM_NOT_SHOWN, "string" },
    { "email", XFORM_NOT_SHOWN, "string" }, { "uri:phonenumber", XFORM_NOT_SHOWN, "string" }, { "uri:username", XFORM_NOT_SHOWN, "string" },
    { "uri:email", XFORM_NOT_SHOWN, "string" }, { "uri:simserial", XFORM_NOT_SHOWN, "string" }, { "uri:subscriberid", XFORM_NOT_SHOWN, "string" },
    { "geopoint", XFORM_NOT_SHOWN, "geopoint" }, { "location", XFORM_NOT_SHOWN, "geopoint" }, { "gps", XFORM_NOT_SHOWN, "geopoint" },
    { "geotrace", XFORM_NOT_SHOWN, "geotrace" }, { "geoshape", XFORM_NOT_SHOWN, "geoshape" }, { "start geopoint", XFORM_NOT_SHOWN, "geopoint" },
    { "barcode", XFORM_NOT_SHOWN, "barcode" }, { "image", XFORM_NOT_SHOWN, "binary" }, { "photo", XFORM_NOT_SHOWN, "binary" },
    { "picture", XFORM_NOT_SHOWN, "binary" }, { "audio", XFORM_NOT_SHOWN, "binary" }, { "video", XFORM_NOT_SHOWN, "binary" },
    { "file", XFORM_NOT_SHOWN, "binary" }, { "background audio", XFORM_NOT_SHOWN, "binary" }, { "audit", XFORM_NOT_SHOWN, "binary" },
    { "xml external", XFORM_NOT_SHOWN, "" }, { "csv external", XFORM_NOT_SHOWN, "" },
};

static const struct { const char *start; enum xform_type type; bool file; } selects[] = {
    { "select one from file ", XFORM_SELECT_ONE, true }, { "select multiple from file ", XFORM_SELECT_MULTIPLE, true },
    { "select one external ", XFORM_SELECT_ONE, true }, { "osm ", XFORM_NOT_SHOWN, true },
    { "select one from ", XFORM_SELECT_ONE, false }, { "select one ", XFORM_SELECT_ONE, false }, { "select1 ", XFORM_SELECT_ONE, false },
    { "add select one prompt using ", XFORM_SELECT_ONE, false }, { "add select multiple prompt using ", XFORM_SELECT_MULTIPLE, false },
    { "select all that apply from ", XFORM_SELECT_MULTIPLE, false }, { "select all that apply ", XFORM_SELECT_MULTIPLE, false },
    { "select multiple from ", XFORM_SELECT_MULTIPLE, false }, { "select multiple ", XFORM_SELECT_MULTIPLE, false },
    { "rank ", XFORM_RANK, false },
};

/* Types that bring a rule with them. */
static const struct { const char *name, *constraint; } ruled[] = {
    { "phone number", "regex(., '^\\d*$')" }, { "percentage", "0 <= . and . <= 100" },
};

static const char *const others[] = { " or other", " or specify other" };

/* One blank between words, no others around. */
static struct str one_blank(struct arena *a, struct str s)
{
    char *at = arena_alloc(a, s.n + 1);
    size_t n = 0;

    s = str_trim(s);
    for (size_t i = 0; i < s.n; i++) {
        bool blank = s.at[i] == ' ' || s.at[i] == '\t' || s.at[i] == '\n';

        if (!blank || (n > 0 && at[n - 1] != ' '))
            at[n++] = blank ? ' ' : s.at[i];
    }
    return str_of(at, n);
}

/* For comparison: lower case, and _ and - as blanks. As long as `s`. */
static struct str plain(struct arena *a, struct str s)
{
    char *at = arena_alloc(a, s.n + 1);

    for (size_t i = 0; i < s.n; i++)
        at[i] = s.at[i] == '_' || s.at[i] == '-' ? ' ' : s.at[i] >= 'A' && s.at[i] <= 'Z' ? (char)(s.at[i] + 32) : s.at[i];
    return str_of(at, s.n);
}

static struct type_read read_select(struct str written, struct str p, size_t i)
{
    struct type_read t = { TYPE_QUESTION, selects[i].type, .file = selects[i].file };
    size_t start = strlen(selects[i].start), n = p.n;

    for (size_t k = 0; k < COUNT_OF(others); k++)
        if (str_ends(str_upto(p, n), str_c(others[k]))) {
            n -= strlen(others[k]);
            t.other = true;
        }
    t.list = str_trim(str_from(str_upto(written, n), start));
    return t;
}

static const char *rule_of(struct str p)
{
    for (size_t i = 0; i < COUNT_OF(ruled); i++)
        if (str_is(p, ruled[i].name))
            return ruled[i].constraint;
    return NULL;
}

struct type_read type_read(struct arena *a, struct str written)
{
    struct str w = one_blank(a, written), p = plain(a, w);

    if (str_starts(p, STR("begin loop over ")))
        return (struct type_read){ TYPE_LOOP, XFORM_GROUP, .list = str_from(w, 16) };
    if (str_is(p, "begin group") || str_is(p, "begin lgroup"))
        return (struct type_read){ TYPE_BEGIN, XFORM_GROUP };
    if (str_is(p, "begin repeat"))
        return (struct type_read){ TYPE_BEGIN, XFORM_REPEAT };
    if (str_is(p, "end group") || str_is(p, "end lgroup") || str_is(p, "end loop"))
        return (struct type_read){ TYPE_END, XFORM_GROUP };
    if (str_is(p, "end repeat"))
        return (struct type_read){ TYPE_END, XFORM_REPEAT };
    for (size_t i = 0; i < COUNT_OF(types); i++)
        if (str_is(p, types[i].name))
            return (struct type_read){ TYPE_QUESTION, types[i].type, .constraint = rule_of(p) };
    for (size_t i = 0; i < COUNT_OF(selects); i++)
        if (str_starts(p, str_c(selects[i].start)))
            return read_select(w, p, i);
    return (struct type_read){ TYPE_UNKNOWN, XFORM_TEXT };
}

static bool whole_steps(const struct xform_item *item)
{
    return str_find_char(xform_parameter(item, "start"), '.') == xform_parameter(item, "start").n &&
           str_find_char(xform_parameter(item, "end"), '.') == xform_parameter(item, "end").n &&
           str_find_char(xform_parameter(item, "step"), '.') == xform_parameter(item, "step").n;
}

const char *xform_bind_type(const struct xform_item *item)
{
    enum { WORDS = 128 };
    char word[WORDS];
    struct str w = str_upto(item->type_name, WORDS - 1);

    if (item->type == XFORM_RANGE)
        return whole_steps(item) ? "int" : "decimal";
    if (item->type == XFORM_RANK)
        return "odk:rank";
    for (size_t i = 0; i < w.n; i++)
        word[i] = w.at[i] == '_' || w.at[i] == '-' ? ' ' : w.at[i] >= 'A' && w.at[i] <= 'Z' ? (char)(w.at[i] + 32) : w.at[i];
    for (size_t i = 0; i < COUNT_OF(types); i++)
        if (str_is(str_of(word, w.n), types[i].name))
            return types[i].bind;
    return str_starts(str_of(word, w.n), STR("osm ")) ? "binary" : "string";
}
