/* Order of the checks: the text itself, then the schema (which holds the order of elements, lengths, lists of words, addresses without
   blanks), then what a schema cannot say: nothing lies in the future. */
#include "told.h"

#include "../base/clock.h"
#include "../base/xml.h"

#include "ispws_xsd.h"

#include <libxml/parser.h>
#include <libxml/xmlschemas.h>
enum { LINES_FIRST = 64 };

/* -- kinds ----------------------------------------------------------------------------------------------------------------------- */

static const struct { const char *code, *words; } incidents[INCIDENTS] = {
    [INCIDENT_MATERIAL] = { "material", "Child Pornography (possession, manufacture, and distribution)" },
    [INCIDENT_TRAFFICKING] = { "trafficking", "Child Sex Trafficking" },
    [INCIDENT_TOURISM] = { "tourism", "Child Sex Tourism" },
    [INCIDENT_MOLESTATION] = { "molestation", "Child Sexual Molestation" },
    [INCIDENT_DOMAIN] = { "domain", "Misleading Domain Name" },
    [INCIDENT_WORDS] = { "words", "Misleading Words or Digital Images on the Internet" },
    [INCIDENT_ENTICEMENT] = { "enticement", "Online Enticement of Children for Sexual Acts" },
    [INCIDENT_UNSOLICITED] = { "unsolicited", "Unsolicited Obscene Material Sent to a Child" },
};

const char *incident_code(enum incident kind)
{
    return incidents[kind].code;
}

const char *incident_words(enum incident kind)
{
    return incidents[kind].words;
}

bool incident_of_code(struct str code, enum incident *kind)
{
    for (int i = 0; i < INCIDENTS; i++)
        if (str_is(code, incidents[i].code)) {
            *kind = (enum incident)i;
            return true;
        }
    return false;
}

bool incident_of_words(struct str words, enum incident *kind)
{
    for (int i = 0; i < INCIDENTS; i++)
        if (str_is(words, incidents[i].words)) {
            *kind = (enum incident)i;
            return true;
        }
    return false;
}

/* -- times ------------------------------------------------------------------------------------------------------------------------- */

static bool digits(struct str *s, size_t n, int *value)
{
    *value = 0;
    for (size_t i = 0; i < n; i++) {
        if (i >= s->n || s->at[i] < '0' || s->at[i] > '9')
            return false;
        *value = *value * 10 + (s->at[i] - '0');
    }
    *s = str_from(*s, n);
    return true;
}

static bool mark(struct str *s, char c)
{
    if (s->n == 0 || s->at[0] != c)
        return false;
    *s = str_from(*s, 1);
    return true;
}

static i64 fraction_ms(struct str *s)
{
    i64 ms = 0, unit = 100;

    if (!mark(s, '.'))
        return 0;
    for (; s->n && s->at[0] >= '0' && s->at[0] <= '9'; *s = str_from(*s, 1), unit /= 10)
        ms += (s->at[0] - '0') * unit;
    return ms;
}

/* Days since 1970-01-01 of the proleptic Gregorian calendar. */
static i64 days_of(int year, int month, int day)
{
    i64 y = year - (month <= 2), era = (y >= 0 ? y : y - 399) / 400, of_era = y - era * 400;
    i64 of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;

    return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
}

static bool zone_ms(struct str *s, i64 *ms)
{
    int sign = 0, hours, minutes;

    *ms = 0;
    if (s->n == 0 || mark(s, 'Z'))
        return s->n == 0;
    sign = mark(s, '+') ? 1 : mark(s, '-') ? -1 : 0;
    if (sign == 0 || !digits(s, 2, &hours) || !mark(s, ':') || !digits(s, 2, &minutes) || s->n || hours > 14 || minutes > 59)
        return false;
    *ms = sign * (hours * (i64)HOUR_MS + minutes * (i64)MINUTE_MS);
    return true;
}

bool told_time(struct str text, i64 *ms)
{
    struct str s = str_trim(text);
    int year, month, day, hour, minute, second;
    i64 part, zone;

    if (!digits(&s, 4, &year) || !mark(&s, '-') || !digits(&s, 2, &month) || !mark(&s, '-') || !digits(&s, 2, &day) ||
        !mark(&s, 'T') || !digits(&s, 2, &hour) || !mark(&s, ':') || !digits(&s, 2, &minute) || !mark(&s, ':') ||
        !digits(&s, 2, &second))
        return false;
    part = fraction_ms(&s);
    if (!zone_ms(&s, &zone) || month < 1 || month > 12 || day < 1 || day > 31 || hour > 24 || minute > 59 || second > 60)
        return false;
    *ms = days_of(year, month, day) * DAY_MS + hour * (i64)HOUR_MS + minute * (i64)MINUTE_MS + second * (i64)SECOND_MS + part - zone;
    return true;
}

/* -- the schema ---------------------------------------------------------------------------------------------------------------------- */

static xmlSchemaPtr schema;     /* read only once it is there: every thread validates by it */

status told_load(void)
{
    xmlSchemaParserCtxtPtr parser;

    xml_start();
    if (schema != NULL)
        return OK;
    parser = xmlSchemaNewMemParserCtxt(ispws_xsd, (int)ispws_xsd_n);
    schema = parser ? xmlSchemaParse(parser) : NULL;
    xmlSchemaFreeParserCtxt(parser);
    return schema != NULL ? OK : fail(BROKEN, "ispws.xsd cannot be read");
}

/* -- a document while it is read -------------------------------------------------------------------------------------------------- */

struct reading {
    struct arena *a;
    i64 now;
    struct told_fault *fault;
    bool wrong;
    struct told_lines *lines;
    size_t room;
    int entries[SECTIONS];
};

static status wrong(struct reading *r, enum ispws_code code, struct str words)
{
    if (!r->wrong)
        *r->fault = (struct told_fault){ code, words };
    r->wrong = true;
    return INVALID;
}

static void free_doc(void *doc)
{
    xmlFreeDoc(doc);
}

static struct str first_line(struct arena *a, const char *message)
{
    struct str s = str_c(message ? message : "");

    return arena_copy(a, str_trim(str_upto(s, str_find_char(s, '\n'))));
}

static void on_invalid(void *to, xmlErrorPtr e)
{
    struct reading *r = to;

    (void)wrong(r, ISPWS_NOT_VALID, arena_f(r->a, "line %d: %.*s", e->line, (int)first_line(r->a, e->message).n,
                                            first_line(r->a, e->message).at));
}

static status parse(struct reading *r, struct str document, const char *root, xmlDocPtr *doc)
{
    static const struct xml_limits limits = { TOLD_BYTES_MAX, TOLD_ELEMENTS_MAX, TOLD_DEPTH_MAX, TOLD_TAG_MAX };
    struct str body;
    xmlNodePtr top;

    if (xml_safe(document, &limits, &body) != OK)
        return wrong(r, ISPWS_MALFORMED, arena_copy(r->a, str_c(fail_message())));
    *doc = xmlReadMemory(body.at, (int)body.n, NULL, "UTF-8",
                         XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING | XML_PARSE_NOCDATA);
    if (*doc == NULL) {
        const xmlError *e = xmlGetLastError();

        return wrong(r, ISPWS_MALFORMED, arena_f(r->a, "line %d: %.*s", e ? e->line : 0, (int)first_line(r->a, e ? e->message : "").n,
                                                 first_line(r->a, e ? e->message : "no XML").at));
    }
    arena_at_end(r->a, free_doc, *doc);
    top = xmlDocGetRootElement(*doc);
    if ((*doc)->intSubset != NULL || (*doc)->extSubset != NULL)
        return wrong(r, ISPWS_MALFORMED, STR("a DOCTYPE is refused"));
    if (top == NULL || strcmp((const char *)top->name, root) != 0)
        return wrong(r, ISPWS_NOT_VALID, arena_f(r->a, "the document must be one <%s>", root));
    return OK;
}

static status validate(struct reading *r, xmlDocPtr doc)
{
    xmlSchemaValidCtxtPtr valid = xmlSchemaNewValidCtxt(schema);
    int code;

    xmlSchemaSetValidStructuredErrors(valid, on_invalid, r);
    code = xmlSchemaValidateDoc(valid, doc);
    xmlSchemaFreeValidCtxt(valid);
    if (code != 0)
        return wrong(r, ISPWS_NOT_VALID, STR("the document does not fit the schema"));
    return OK;
}

/* -- lines ---------------------------------------------------------------------------------------------------------------------------- */

static struct str name_of(const void *name)
{
    return str_c((const char *)name);
}

static struct str content_of(struct reading *r, const xmlNode *node)
{
    xmlChar *text = xmlNodeGetContent(node);
    struct str kept = arena_copy(r->a, str_trim(str_c((const char *)text)));

    xmlFree(text);
    return kept;
}

static bool is_time(struct str name)
{
    return str_is(name, "incidentDateTime") || str_is(name, "dateTime") || str_is(name, "uploadedToEspTimestamp");
}

static status check_time(struct reading *r, struct str name, struct str text)
{
    i64 at;

    if (!is_time(name))
        return OK;
    if (!told_time(text, &at))
        return wrong(r, ISPWS_NOT_VALID, arena_f(r->a, "%.*s is no time that can be read", (int)name.n, name.at));
    if (at > r->now + CLOCKS_APART_MS)
        return wrong(r, ISPWS_NOT_VALID, arena_f(r->a, "%.*s lies in the future", (int)name.n, name.at));
    return OK;
}

static void add_line(struct reading *r, enum section section, struct str block, struct str name, struct str text)
{
    if (r->lines->n == r->room) {
        struct told_line *more = NEW_N(r->a, struct told_line, 2 * r->room);

        memcpy(more, r->lines->at, r->lines->n * sizeof *more);
        r->lines->at = more;
        r->room *= 2;
    }
    r->lines->at[r->lines->n++] = (struct told_line){ section, r->entries[section], arena_copy(r->a, block), arena_copy(r->a, name),
                                                      text };
}

static void add_attributes(struct reading *r, enum section section, struct str block, const xmlNode *node)
{
    for (const xmlAttr *a = node->properties; a != NULL; a = a->next) {
        xmlChar *value = a->ns ? NULL : xmlNodeListGetString(node->doc, a->children, 1);

        if (value != NULL)
            add_line(r, section, block, name_of(a->name), arena_copy(r->a, str_trim(str_c((const char *)value))));
        xmlFree(value);
    }
}

static bool has_elements(const xmlNode *node)
{
    for (const xmlNode *n = node->children; n != NULL; n = n->next)
        if (n->type == XML_ELEMENT_NODE)
            return true;
    return false;
}

/* A document is at most TOLD_DEPTH_MAX deep, so this is, too. */
static status add_lines(struct reading *r, enum section section, struct str block, const xmlNode *node)
{
    for (const xmlNode *n = node->children; n != NULL; n = n->next) {
        if (n->type != XML_ELEMENT_NODE)
            continue;
        if (has_elements(n)) {
            add_attributes(r, section, name_of(n->name), n);
            TRY(add_lines(r, section, name_of(n->name), n));
            continue;
        }
        TRY(check_time(r, name_of(n->name), content_of(r, n)));
        add_line(r, section, block, name_of(n->name), content_of(r, n));
        add_attributes(r, section, block, n);
    }
    return OK;
}

static bool section_of(struct str name, enum section *section)
{
    static const struct { const char *name; enum section section; } names[] = {
        { "incidentSummary", SECTION_INCIDENT }, { "internetDetails", SECTION_WHERE }, { "lawEnforcement", SECTION_LAW },
        { "reporter", SECTION_REPORTER }, { "personOrUserReported", SECTION_ACCOUNT }, { "intendedRecipient", SECTION_RECIPIENT },
        { "victim", SECTION_VICTIM },
    };

    for (size_t i = 0; i < COUNT_OF(names); i++)
        if (str_is(name, names[i].name)) {
            *section = names[i].section;
            return true;
        }
    return false;
}

static status read_report(struct reading *r, const xmlNode *root)
{
    for (const xmlNode *n = root->children; n != NULL; n = n->next) {
        enum section section = SECTION_MORE;

        if (n->type != XML_ELEMENT_NODE)
            continue;
        if (!section_of(name_of(n->name), &section) || !has_elements(n)) {
            add_line(r, SECTION_MORE, STR(""), name_of(n->name), content_of(r, n));
            add_attributes(r, SECTION_MORE, STR(""), n);
            continue;
        }
        r->entries[section]++;
        add_attributes(r, section, STR(""), n);
        TRY(add_lines(r, section, STR(""), n));
    }
    return OK;
}

/* -- what rules need of it -------------------------------------------------------------------------------------------------------- */

static struct str first_of(const struct told_lines *lines, enum section section, const char *name)
{
    for (size_t i = 0; i < lines->n; i++)
        if (lines->at[i].section == section && lines->at[i].block.n == 0 && str_is(lines->at[i].name, name))
            return lines->at[i].text;
    return STR("");
}

static bool is_place(const struct told_line *l)
{
    return (l->section == SECTION_WHERE && str_is(l->name, "url")) || str_is(l->name, "profileUrl");
}

static void take_urls(struct arena *a, struct told *t)
{
    t->urls = (struct texts){ .at = NEW_N(a, struct str, t->lines.n + 1) };
    for (size_t i = 0; i < t->lines.n; i++)
        if (is_place(&t->lines.at[i]))
            t->urls.at[t->urls.n++] = t->lines.at[i].text;
}

static void take_victims(struct told *t)
{
    t->youngest = -1;
    for (size_t i = 0; i < t->lines.n; i++) {
        const struct told_line *l = &t->lines.at[i];
        i64 age;

        if (l->section != SECTION_VICTIM)
            continue;
        t->victims = l->entry > t->victims ? l->entry : t->victims;
        if (str_is(l->name, "age") && str_i64(l->text, &age) && (t->youngest < 0 || age < t->youngest))
            t->youngest = age;
    }
}

static status take_facts(struct reading *r, struct told *t)
{
    if (!incident_of_words(first_of(&t->lines, SECTION_INCIDENT, "incidentType"), &t->incident) ||
        !told_time(first_of(&t->lines, SECTION_INCIDENT, "incidentDateTime"), &t->at))
        return wrong(r, ISPWS_NOT_VALID, STR("incidentType and incidentDateTime are needed"));
    t->urgency = first_of(&t->lines, SECTION_INCIDENT, "escalateToHighPriority");
    t->urgent = t->urgency.n > 0;
    t->platform = first_of(&t->lines, SECTION_INCIDENT, "platform");
    t->service = first_of(&t->lines, SECTION_ACCOUNT, "espService");
    t->account = first_of(&t->lines, SECTION_ACCOUNT, "espIdentifier");
    t->screen_name = first_of(&t->lines, SECTION_ACCOUNT, "screenName");
    take_urls(r->a, t);
    take_victims(t);
    return OK;
}

static struct reading reading_of(struct arena *a, i64 now, struct told_lines *lines, struct told_fault *fault)
{
    xml_start();
    lines->at = NEW_N(a, struct told_line, LINES_FIRST);
    return (struct reading){ .a = a, .now = now, .fault = fault, .lines = lines, .room = LINES_FIRST };
}

status told_read(struct arena *a, struct str document, i64 now, struct told *told, struct told_fault *fault)
{
    struct reading r;
    xmlDocPtr doc;

    *told = (struct told){ 0 };
    r = reading_of(a, now, &told->lines, fault);
    TRY(parse(&r, document, "report", &doc));
    TRY(validate(&r, doc));
    TRY(read_report(&r, xmlDocGetRootElement(doc)));
    return take_facts(&r, told);
}

status told_read_file(struct arena *a, struct str document, i64 now, struct told_file *file, struct told_fault *fault)
{
    struct reading r;
    xmlDocPtr doc;

    *file = (struct told_file){ 0 };
    r = reading_of(a, now, &file->lines, fault);
    TRY(parse(&r, document, "fileDetails", &doc));
    TRY(validate(&r, doc));
    r.entries[SECTION_FILE] = 1;
    TRY(add_lines(&r, SECTION_FILE, STR(""), xmlDocGetRootElement(doc)));
    file->name = first_of(&file->lines, SECTION_FILE, "originalFileName");
    file->location = first_of(&file->lines, SECTION_FILE, "locationOfFile");
    file->class = first_of(&file->lines, SECTION_FILE, "industryClassification");
    if (!str_i64(first_of(&file->lines, SECTION_FILE, "reportId"), &file->report) ||
        !str_from_hex(first_of(&file->lines, SECTION_FILE, "fileId"), file->file, sizeof file->file))
        return wrong(&r, ISPWS_NOT_VALID, STR("reportId and fileId are needed"));
    return OK;
}
