/* Names of question types, in all the ways in which forms have written them. */
#include "compile.h"

static const struct { const char *name; enum form_type type; const char *bind; } types[] = {
    { "text", FORM_TEXT, "string" }, { "string", FORM_TEXT, "string" }, { "phone number", FORM_TEXT, "string" },
    { "add text prompt", FORM_TEXT, "string" }, { "url", FORM_TEXT, "string" },
    { "integer", FORM_INTEGER, "int" }, { "int", FORM_INTEGER, "int" }, { "add integer prompt", FORM_INTEGER, "int" },
    { "number of days in last month", FORM_INTEGER, "int" }, { "percentage", FORM_INTEGER, "int" },
    { "decimal", FORM_DECIMAL, "decimal" }, { "add decimal prompt", FORM_DECIMAL, "decimal" },
    { "range", FORM_RANGE, "int" }, { "date", FORM_DATE, "date" }, { "add date prompt", FORM_DATE, "date" },
    { "time", FORM_TIME, "time" }, { "datetime", FORM_DATETIME, "dateTime" }, { "date time", FORM_DATETIME, "dateTime" },
    { "note", FORM_NOTE, "string" }, { "add note prompt", FORM_NOTE, "string" },
    { "calculate", FORM_CALCULATE, "string" }, { "calculation", FORM_CALCULATE, "string" }, { "add calculate prompt", FORM_CALCULATE, "string" },
    { "acknowledge", FORM_ACKNOWLEDGE, "string" }, { "trigger", FORM_ACKNOWLEDGE, "string" }, { "hidden", FORM_HIDDEN, "string" },
    { "start", FORM_START, "dateTime" }, { "start time", FORM_START, "dateTime" }, { "get start time", FORM_START, "dateTime" },
    { "end", FORM_END, "dateTime" }, { "end time", FORM_END, "dateTime" }, { "get end time", FORM_END, "dateTime" },
    { "today", FORM_TODAY, "date" }, { "get today", FORM_TODAY, "date" },
    { "deviceid", FORM_DEVICEID, "string" }, { "device id", FORM_DEVICEID, "string" }, { "get device id", FORM_DEVICEID, "string" },
    { "imei", FORM_DEVICEID, "string" }, { "uri:deviceid", FORM_DEVICEID, "string" },
    { "phonenumber", FORM_NOT_SHOWN, "string" }, { "get phone number", FORM_NOT_SHOWN, "string" },
    { "simserial", FORM_NOT_SHOWN, "string" }, { "sim id", FORM_NOT_SHOWN, "string" }, { "get sim id", FORM_NOT_SHOWN, "string" },
    { "subscriberid", FORM_NOT_SHOWN, "string" }, { "subscriber id", FORM_NOT_SHOWN, "string" }, { "username", FORM_NOT_SHOWN, "string" },
    { "email", FORM_NOT_SHOWN, "string" }, { "uri:phonenumber", FORM_NOT_SHOWN, "string" }, { "uri:username", FORM_NOT_SHOWN, "string" },
    { "uri:email", FORM_NOT_SHOWN, "string" }, { "uri:simserial", FORM_NOT_SHOWN, "string" }, { "uri:subscriberid", FORM_NOT_SHOWN, "string" },
    { "geopoint", FORM_NOT_SHOWN, "geopoint" }, { "location", FORM_NOT_SHOWN, "geopoint" }, { "gps", FORM_NOT_SHOWN, "geopoint" },
    { "geotrace", FORM_NOT_SHOWN, "geotrace" }, { "geoshape", FORM_NOT_SHOWN, "geoshape" }, { "start geopoint", FORM_NOT_SHOWN, "geopoint" },
    { "barcode", FORM_NOT_SHOWN, "barcode" }, { "image", FORM_NOT_SHOWN, "binary" }, { "photo", FORM_NOT_SHOWN, "binary" },
    { "picture", FORM_NOT_SHOWN, "binary" }, { "audio", FORM_NOT_SHOWN, "binary" }, { "video", FORM_NOT_SHOWN, "binary" },
    { "file", FORM_NOT_SHOWN, "binary" }, { "background audio", FORM_NOT_SHOWN, "binary" }, { "audit", FORM_NOT_SHOWN, "binary" },
    { "xml external", FORM_NOT_SHOWN, "" }, { "csv external", FORM_NOT_SHOWN, "" },
};

static const struct { const char *start; enum form_type type; bool file; } selects[] = {
    { "select one from file ", FORM_SELECT_ONE, true }, { "select multiple from file ", FORM_SELECT_MULTIPLE, true },
    { "select one external ", FORM_SELECT_ONE, true }, { "osm ", FORM_NOT_SHOWN, true },
    { "select one from ", FORM_SELECT_ONE, false }, { "select one ", FORM_SELECT_ONE, false }, { "select1 ", FORM_SELECT_ONE, false },
    { "add select one prompt using ", FORM_SELECT_ONE, false }, { "add select multiple prompt using ", FORM_SELECT_MULTIPLE, false },
    { "select all that apply from ", FORM_SELECT_MULTIPLE, false }, { "select all that apply ", FORM_SELECT_MULTIPLE, false },
    { "select multiple from ", FORM_SELECT_MULTIPLE, false }, { "select multiple ", FORM_SELECT_MULTIPLE, false },
    { "rank ", FORM_RANK, false },
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

struct type_read type_read(struct arena *a, struct str written)
{
    struct str w = one_blank(a, written), p = plain(a, w);

    if (str_starts(p, STR("begin loop over ")))
        return (struct type_read){ TYPE_LOOP, FORM_GROUP, .list = str_from(w, 16) };
    if (str_is(p, "begin group") || str_is(p, "begin lgroup"))
        return (struct type_read){ TYPE_BEGIN, FORM_GROUP };
    if (str_is(p, "begin repeat"))
        return (struct type_read){ TYPE_BEGIN, FORM_REPEAT };
    if (str_is(p, "end group") || str_is(p, "end lgroup") || str_is(p, "end loop"))
        return (struct type_read){ TYPE_END, FORM_GROUP };
    if (str_is(p, "end repeat"))
        return (struct type_read){ TYPE_END, FORM_REPEAT };
    for (size_t i = 0; i < COUNT_OF(types); i++)
        if (str_is(p, types[i].name))
            return (struct type_read){ TYPE_QUESTION, types[i].type };
    for (size_t i = 0; i < COUNT_OF(selects); i++)
        if (str_starts(p, str_c(selects[i].start)))
            return read_select(w, p, i);
    return (struct type_read){ TYPE_UNKNOWN, FORM_TEXT };
}

static bool whole_steps(const struct form_item *item)
{
    return str_find_char(form_parameter(item, "start"), '.') == form_parameter(item, "start").n &&
           str_find_char(form_parameter(item, "end"), '.') == form_parameter(item, "end").n &&
           str_find_char(form_parameter(item, "step"), '.') == form_parameter(item, "step").n;
}

const char *form_bind_type(const struct form_item *item)
{
    enum { WORDS = 128 };
    char word[WORDS];
    struct str w = str_upto(item->type_name, WORDS - 1);

    if (item->type == FORM_RANGE)
        return whole_steps(item) ? "int" : "decimal";
    if (item->type == FORM_RANK)
        return "odk:rank";
    for (size_t i = 0; i < w.n; i++)
        word[i] = w.at[i] == '_' || w.at[i] == '-' ? ' ' : w.at[i] >= 'A' && w.at[i] <= 'Z' ? (char)(w.at[i] + 32) : w.at[i];
    for (size_t i = 0; i < COUNT_OF(types); i++)
        if (str_is(str_of(word, w.n), types[i].name))
            return types[i].bind;
    return "string";
}
