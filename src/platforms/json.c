#include "json.h"

#include "../base/text.h"
#include "../base/xml.h"

#include <jansson.h>

enum { JSON_LIST = 1000, NUMBER_CHARS = 200 };

/* A document while it is written, and the path of the member in hand. */
struct writing {
    struct arena *a;
    struct out xml;
    struct told_fault *fault;
    bool wrong;
};

/* A member: what it is called, the element that it becomes, what it is. Members of an object become elements in the order of their
   rows, whatever the order in which they came. `inner`: a second element inside the first. */
enum kind { TEXT, INCIDENT, NUMBER, FLAG, MARKED /* said by its presence */, OBJECT, TEXTS, NUMBERS, OBJECTS, PASSED /* read elsewhere */ };
struct row { const char *name, *element; enum kind kind; const struct row *rows; bool needed; const char *inner; };

static void wrong(struct writing *w, const char *path, const char *why)
{
    if (!w->wrong)
        *w->fault = (struct told_fault){ ISPWS_NOT_VALID, arena_f(w->a, "%s %s", path, why) };
    w->wrong = true;
}

static void tag(struct writing *w, const char *name, bool end)
{
    if (name == NULL)
        return;
    out_c(&w->xml, end ? "</" : "<");
    out_c(&w->xml, name);
    out_char(&w->xml, '>');
}

static void text(struct writing *w, const char *element, struct str value)
{
    tag(w, element, false);
    out_xml(&w->xml, value);
    tag(w, element, true);
}

static struct str text_of_json(const json_t *v)
{
    return str_of(json_string_value(v), json_string_length(v));
}

static void write_object(struct writing *w, const struct row *rows, const json_t *o, const char *path);

static void write_one(struct writing *w, const struct row *r, const json_t *v, const char *path)
{
    enum incident kind;

    switch (r->kind) {
    case TEXT:
    case TEXTS:
        if (json_is_string(v))
            text(w, r->element, text_of_json(v));
        else
            wrong(w, path, "must be a text");
        break;
    case INCIDENT:
        if (json_is_string(v) && incident_of_code(text_of_json(v), &kind))
            text(w, r->element, str_c(incident_words(kind)));
        else
            wrong(w, path, "is none of the kinds of incidents");
        break;
    case NUMBER:
    case NUMBERS:
        if (json_is_integer(v))
            text(w, r->element, arena_f(w->a, "%lld", (long long)json_integer_value(v)));
        else
            wrong(w, path, "must be a whole number");
        break;
    case FLAG:
        if (json_is_boolean(v))
            text(w, r->element, json_is_true(v) ? STR("true") : STR("false"));
        else
            wrong(w, path, "must be true or false");
        break;
    case MARKED:
        if (!json_is_boolean(v))
            wrong(w, path, "must be true or false");
        else if (json_is_true(v))
            text(w, r->element, STR("true"));
        break;
    default:
        if (!json_is_object(v)) {
            wrong(w, path, "must be an object");
            break;
        }
        tag(w, r->element, false);
        tag(w, r->inner, false);
        write_object(w, r->rows, v, path);
        tag(w, r->inner, true);
        tag(w, r->element, true);
        break;
    }
}

static void write_list(struct writing *w, const struct row *r, const json_t *v, const char *path)
{
    if (!json_is_array(v) || json_array_size(v) > JSON_LIST) {
        wrong(w, path, "must be a list of at most 1000");
        return;
    }
    for (size_t i = 0; i < json_array_size(v); i++)
        write_one(w, r, json_array_get(v, i), arena_f(w->a, "%s[%zu]", path, i).at);
}

static void check_names(struct writing *w, const struct row *rows, const json_t *o, const char *path)
{
    for (void *at = json_object_iter((json_t *)(uintptr_t)o); at != NULL; at = json_object_iter_next((json_t *)(uintptr_t)o, at)) {
        const struct row *r = rows;

        while (r->name != NULL && strcmp(r->name, json_object_iter_key(at)) != 0)
            r++;
        if (r->name == NULL)
            wrong(w, arena_f(w->a, "%s%.100s", path, json_object_iter_key(at)).at, "is no member that is known");
    }
}

static void write_object(struct writing *w, const struct row *rows, const json_t *o, const char *path)
{
    const char *dot = path[0] ? arena_f(w->a, "%s.", path).at : "";

    check_names(w, rows, o, dot);
    for (const struct row *r = rows; r->name != NULL && !w->wrong; r++) {
        const json_t *v = json_object_get(o, r->name);
        const char *own = arena_f(w->a, "%s%s", dot, r->name).at;

        if ((v == NULL || json_is_null(v)) && r->needed)
            wrong(w, own, "is needed");
        if (v == NULL || json_is_null(v) || r->kind == PASSED)
            continue;
        if (r->kind == TEXTS || r->kind == NUMBERS || r->kind == OBJECTS)
            write_list(w, r, v, own);
        else
            write_one(w, r, v, own);
    }
}

/* -- the shape --------------------------------------------------------------------------------------------------------------------------- */

static const struct row tags[] = {
    { "sextortion", "sextortion", MARKED, NULL, false }, { "asking_for_pictures", "csamSolicitation", MARKED, NULL, false },
    { "between_minors", "minorToMinorInteraction", MARKED, NULL, false }, { "spam", "spam", MARKED, NULL, false }, { 0 }
};
static const struct row incident[] = {
    { "number", NULL, PASSED, NULL, false }, { "kind", "incidentType", INCIDENT, NULL, true }, { "platform", "platform", TEXT, NULL, false },
    { "urgent", "escalateToHighPriority", TEXT, NULL, false }, { "tags", "reportAnnotations", OBJECT, tags, false },
    { "at", "incidentDateTime", TEXT, NULL, true }, { "about_time", "incidentDateTimeDescription", TEXT, NULL, false }, { 0 }
};
static const struct row web[] = { { "urls", "url", TEXTS, NULL, false }, { "text", "additionalInfo", TEXT, NULL, false }, { 0 } };
static const struct row chat[] = {
    { "client", "chatClient", TEXT, NULL, false }, { "room", "chatRoomName", TEXT, NULL, false }, { "content", "content", TEXT, NULL, false },
    { "text", "additionalInfo", TEXT, NULL, false }, { 0 }
};
static const struct row person[] = {
    { "first_name", "firstName", TEXT, NULL, false }, { "last_name", "lastName", TEXT, NULL, false },
    { "phones", "phone", TEXTS, NULL, false }, { "emails", "email", TEXTS, NULL, false }, { "age", "age", NUMBER, NULL, false },
    { "born", "dateOfBirth", TEXT, NULL, false }, { 0 }
};
static const struct row reporter_person[] = {
    { "first_name", "firstName", TEXT, NULL, false }, { "last_name", "lastName", TEXT, NULL, false },
    { "phones", "phone", TEXTS, NULL, false }, { "email", "email", TEXT, NULL, true }, { 0 }
};
static const struct row reporter[] = { { "person", "reportingPerson", OBJECT, reporter_person, true }, { 0 } };
static const struct row access[] = {
    { "address", "ipAddress", TEXT, NULL, true }, { "event", "eventName", TEXT, NULL, false }, { "at", "dateTime", TEXT, NULL, false },
    { "proxy", "possibleProxy", FLAG, NULL, false }, { "port", "port", NUMBER, NULL, false }, { 0 }
};
#define ACCOUNT(person_element) \
    { "person", person_element, OBJECT, person, false }, { "id", "espIdentifier", TEXT, NULL, false }, \
    { "service", "espService", TEXT, NULL, false }, { "taken_over", "compromisedAccount", FLAG, NULL, false }, \
    { "screen_name", "screenName", TEXT, NULL, false }, { "display_names", "displayName", TEXTS, NULL, false }, \
    { "profile_urls", "profileUrl", TEXTS, NULL, false }, { "ips", "ipCaptureEvent", OBJECTS, access, false }
static const struct row account[] = {
    ACCOUNT("personOrUserReportedPerson"), { "earlier_reports", "priorCTReports", NUMBERS, NULL, false },
    { "group", "groupIdentifier", TEXT, NULL, false }, { "text", "additionalInfo", TEXT, NULL, false }, { 0 }
};
static const struct row recipient[] = { ACCOUNT("intendedRecipientPerson"), { "text", "additionalInfo", TEXT, NULL, false }, { 0 } };
static const struct row victim[] = {
    ACCOUNT("victimPerson"), { "school", "schoolName", TEXT, NULL, false }, { "text", "additionalInfo", TEXT, NULL, false }, { 0 }
};
static const struct row top[] = {
    { "incident", "incidentSummary", OBJECT, incident, true }, { "web", "internetDetails", OBJECT, web, false, "webPageIncident" },
    { "chat", "internetDetails", OBJECT, chat, false, "chatImIncident" }, { "reporter", "reporter", OBJECT, reporter, true },
    { "account", "personOrUserReported", OBJECT, account, false }, { "recipients", "intendedRecipient", OBJECTS, recipient, false },
    { "victims", "victim", OBJECTS, victim, false }, { "text", "additionalInfo", TEXT, NULL, false }, { 0 }
};

static bool read_number(struct writing *w, const json_t *root, struct str *number)
{
    const json_t *v = json_object_get(json_object_get(root, "incident"), "number");

    *number = STR("");
    if (v == NULL || json_is_null(v))
        return true;
    if (!json_is_string(v) || text_length(text_of_json(v)) > NUMBER_CHARS) {
        wrong(w, "incident.number", "must be a text of at most 200 characters");
        return false;
    }
    *number = arena_copy(w->a, text_of_json(v));
    return true;
}

static void free_json(void *root)
{
    json_decref(root);
}

status json_to_report(struct arena *a, struct str json, struct json_report *report, struct told_fault *fault)
{
    struct writing w = { .a = a, .xml = { .max = TOLD_BYTES_MAX }, .fault = fault };
    json_error_t error;
    json_t *root = json_loadb(json.at ? json.at : "", json.n, JSON_REJECT_DUPLICATES, &error);

    if (!json_is_object(root)) {
        *fault = (struct told_fault){ ISPWS_MALFORMED, root ? STR("the body must be an object")
                                                           : arena_f(a, "no JSON at line %d, column %d", error.line, error.column) };
        json_decref(root);
        return INVALID;
    }
    arena_at_end(a, free_json, root);
    tag(&w, "report", false);
    if (read_number(&w, root, &report->incident))
        write_object(&w, top, root, "");
    tag(&w, "report", true);
    if (w.xml.over)
        wrong(&w, "the body", "is too large");
    report->document = arena_copy(a, out_done(&w.xml));
    out_wipe(&w.xml);
    out_free(&w.xml);
    return w.wrong ? INVALID : OK;
}
