/* NCMEC hash sharing v2: <queryResult> of /v2/entries (detection.md 5.2). Read as a stream, without network, entities or DOCTYPE. */
#include "bank_file.h"

#include "../base/xml.h"

#include <libxml/xmlreader.h>

enum { DEPTH_MAX = 12, PRINTS_MAX = 64, TEXT_MAX = HASH_VALUE_MAX * 2 };

struct print { enum hash_kind kind; struct str text; i64 line; };
struct entry { struct str member, id; struct print prints[PRINTS_MAX]; size_t n; bool video, deleted, open; };

struct reading {
    struct arena *a;
    struct arena_mark mark;
    struct file_check *check;
    xmlTextReaderPtr xml;
    struct entry entry;
    bool stop;
};

static i64 line_of(const struct reading *r)
{
    return xmlTextReaderGetParserLineNumber(r->xml);
}

static struct str name_of(const struct reading *r)
{
    return str_c((const char *)xmlTextReaderConstLocalName(r->xml));
}

/* The text inside the element that the reader stands at. */
static struct str inner(struct reading *r)
{
    xmlChar *text = xmlTextReaderReadString(r->xml);
    struct str copy = text ? arena_copy(r->a, str_trim(str_upto(str_c((const char *)text), TEXT_MAX))) : STR("");

    xmlFree(text);
    return copy;
}

static struct str source_id(const struct reading *r)
{
    return arena_f(r->a, "%.*s/%.*s", (int)r->entry.member.n, r->entry.member.at, (int)r->entry.id.n, r->entry.id.at);
}

static void end_print(struct reading *r, const struct print *p, struct str id)
{
    struct hash_new h = { .kind = p->kind, .quality = QUALITY_UNKNOWN, .status = HASH_ACTIVE, .video = r->entry.video, .source_id = id };
    size_t before = r->check->n;

    if (file_value(r->check, r->a, p->line, p->text, &h))
        (void)file_record(r->check, r->a, &h);
    else if (r->check->n > before)
        r->check->at[before].text = STR("");     /* it lies in memory that goes with the entry */
}

static void end_entry(struct reading *r)
{
    struct entry *e = &r->entry;
    struct str id = source_id(r);

    if (e->id.n == 0 || id.n > SOURCE_ID_CHARS)
        file_fault(r->check, line_of(r), STR(""), FILE_SOURCE_ID);
    else if (e->deleted)
        (void)file_record(r->check, r->a, &(struct hash_new){ .quality = QUALITY_UNKNOWN, .status = HASH_DELETED, .source_id = id });
    else
        for (size_t i = 0; i < e->n; i++)
            end_print(r, &e->prints[i], id);
    *e = (struct entry){ 0 };
    arena_back(r->a, r->mark);
}

static enum hash_kind print_kind(struct str name)
{
    static const struct { const char *name; enum hash_kind kind; } names[] = {
        { "md5", HASH_MD5 }, { "sha1", HASH_SHA1 }, { "pdna", HASH_PDNA }, { "pdq", HASH_PDQ }, { "tmk_pdqf", HASH_TMK },
    };

    for (size_t i = 0; i < COUNT_OF(names); i++)
        if (str_eq_nocase(name, str_c(names[i].name)))
            return names[i].kind;
    return 0;
}

static void begin_element(struct reading *r)
{
    struct str name = name_of(r);
    struct entry *e = &r->entry;
    enum hash_kind kind;

    if (str_is(name, "image") || str_is(name, "video") || str_is(name, "deletedImage") || str_is(name, "deletedVideo")) {
        *e = (struct entry){ .open = true, .video = str_ends(name, STR("ideo")), .deleted = str_starts(name, STR("deleted")) };
        return;
    }
    if (!e->open)
        return;
    if (str_is(name, "member") && e->member.n == 0) {
        xmlChar *id = xmlTextReaderGetAttribute(r->xml, (const xmlChar *)"id");

        e->member = id ? arena_copy(r->a, str_c((const char *)id)) : STR("");
        xmlFree(id);
    } else if (str_is(name, "id") && e->id.n == 0) {
        e->id = inner(r);
    } else if ((kind = print_kind(name)) != 0 && e->n < PRINTS_MAX) {
        e->prints[e->n++] = (struct print){ kind, inner(r), line_of(r) };
    }
}

static void node(struct reading *r)
{
    int type = xmlTextReaderNodeType(r->xml);
    struct str name = name_of(r);

    if (type == XML_READER_TYPE_DOCUMENT_TYPE || type == XML_READER_TYPE_ENTITY_REFERENCE) {
        file_fault(r->check, line_of(r), STR(""), FILE_DOCTYPE);
        r->stop = true;
    } else if (xmlTextReaderDepth(r->xml) > DEPTH_MAX) {
        file_fault(r->check, line_of(r), STR(""), FILE_XML);
        r->stop = true;
    } else if (type == XML_READER_TYPE_ELEMENT) {
        begin_element(r);
    } else if (type == XML_READER_TYPE_END_ELEMENT && r->entry.open
               && (str_is(name, "image") || str_is(name, "video") || str_is(name, "deletedImage") || str_is(name, "deletedVideo"))) {
        end_entry(r);
    }
}

static void end_reader(void *xml)
{
    xmlFreeTextReader(xml);
}

/* libxml2 prints to stderr unless somebody listens; the fault says the line. */
static void quiet(void *user, const char *message, xmlParserSeverities severity, xmlTextReaderLocatorPtr locator)
{
    (void)user;
    (void)message;
    (void)severity;
    (void)locator;
}

void ncmec_check(struct arena *a, struct str text, struct file_check *check)
{
    struct reading r = { .a = a, .check = check };
    int more = 1;

    xml_start();
    if (text.n > INT32_MAX || str_find(str_upto(text, 4096), STR("<!DOCTYPE")) < str_upto(text, 4096).n) {
        file_fault(check, 1, STR(""), FILE_DOCTYPE);
        return;
    }
    r.xml = xmlReaderForMemory(text.at, (int)text.n, NULL, NULL, XML_PARSE_NONET | XML_PARSE_NOCDATA | XML_PARSE_COMPACT);
    if (r.xml == NULL) {
        file_fault(check, 1, STR(""), FILE_XML);
        return;
    }
    arena_at_end(a, end_reader, r.xml);
    xmlTextReaderSetErrorHandler(r.xml, quiet, NULL);
    r.mark = arena_mark(a);
    while (!r.stop && (more = xmlTextReaderRead(r.xml)) == 1)
        node(&r);
    if (more < 0)
        file_fault(check, line_of(&r), STR(""), FILE_XML);
}
