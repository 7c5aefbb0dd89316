/* NCMEC hash sharing v2: entries as XML. Read without a document type, without entities of its own, and without the network. */
#include "hash_feeds.h"

#include "../base/text.h"

#include <libxml/xmlreader.h>

enum { ENTRIES_MOST = 20000, PRINTS_MOST = 16, NAME_CHARS = 200, DEPTH_MOST = 12 };

/* -- names --------------------------------------------------------------------------------------------------------------------------------- */

/* type: of an address; tag: of a fingerprint; kind 0: the protocol has it, we hold none. */
static const struct { const char *type, *tag; enum hash_kind kind; } kinds[] = {
    { "MD5", "md5", HASH_MD5 }, { "SHA1", "sha1", HASH_SHA1 }, { "PDNA", "pdna", HASH_PDNA }, { "PDQ", "pdq", HASH_PDQ },
    { "TMK_PDQF", "tmk-pdqf", HASH_TMK }, { "NETCLEAN", "netclean", 0 }, { "VIDENTIFIER", "videntifier", 0 },
    { "SSVH_PDNA", "ssvh-pdna", 0 }, { "SSVH_SAFER_HASH", "ssvh-safer-hash", 0 },
};

enum hash_kind ncmec_kind(struct str type, bool *known)
{
    *known = false;
    for (size_t i = 0; i < COUNT_OF(kinds); i++)
        if (str_is(type, kinds[i].type)) {
            *known = true;
            return kinds[i].kind;
        }
    return 0;
}

static enum hash_kind kind_of_tag(struct str tag)
{
    for (size_t i = 0; i < COUNT_OF(kinds); i++)
        if (str_is(tag, kinds[i].tag))
            return kinds[i].kind;
    return 0;
}

const char *ncmec_type(enum hash_kind kind)
{
    for (size_t i = 0; i < COUNT_OF(kinds); i++)
        if (kinds[i].kind == kind)
            return kinds[i].type;
    return "";
}

const char *ncmec_tag(enum hash_kind kind)
{
    for (size_t i = 0; i < COUNT_OF(kinds); i++)
        if (kinds[i].kind == kind)
            return kinds[i].tag;
    return "";
}

const struct ncmec_reason ncmec_reasons[] = {
    { "6e0b8f5c-31d4-4a9e-8f0b-5a6f2c9d7e01", "Does not show what it is listed for" },
    { "6e0b8f5c-31d4-4a9e-8f0b-5a6f2c9d7e02", "Shows adults only" },
    { "6e0b8f5c-31d4-4a9e-8f0b-5a6f2c9d7e03", "The hash matches other, harmless content" },
    { "6e0b8f5c-31d4-4a9e-8f0b-5a6f2c9d7e04", "Cannot be assessed" },
    { NULL, NULL },
};

/* -- reading: one pass, text by the path of elements that leads to it -------------------------------------------------------------------------- */

struct pass {
    struct arena *a;
    xmlTextReaderPtr reader;
    const char *root;                   /* name of the one element around all: an empty one of another name is no empty page */
    struct str path[DEPTH_MOST];        /* names of the open elements, without their prefixes */
    int depth;
    struct ncmec_page *page;
    struct ncmec_entry *entry;          /* the open one, or NULL */
    struct str member, id;
    struct ncmec_opinion *opinion;
    int sides, reasons;
};

static struct str of_xml(struct arena *a, const xmlChar *text)
{
    return text ? arena_copy(a, str_c((const char *)text)) : STR("");
}

static bool inside(const struct pass *p, const char *name)
{
    for (int i = 0; i < p->depth; i++)
        if (str_is(p->path[i], name))
            return true;
    return false;
}

static bool entry_tag(struct str tag, bool *video, bool *deleted)
{
    *deleted = str_starts(tag, STR("deleted"));
    *video = str_is(tag, "video") || str_is(tag, "deletedVideo");
    return *video || str_is(tag, "image") || str_is(tag, "deletedImage");
}

static status open_entry(struct pass *p, bool video, bool deleted)
{
    if (p->page->n == ENTRIES_MOST)
        return fail(INVALID, "more than %d entries on one page", ENTRIES_MOST);
    p->entry = &p->page->at[p->page->n];
    *p->entry = (struct ncmec_entry){ .video = video, .deleted = deleted, .class = STR("") };
    p->member = p->id = STR_NULL;
    return OK;
}

static status close_entry(struct pass *p)
{
    if (p->id.n == 0 || p->member.n == 0 || p->id.n > NAME_CHARS || p->member.n > 20)
        return fail(INVALID, "an entry without its id and member");
    p->entry->name = arena_f(p->a, "%.*s-%.*s", (int)p->member.n, p->member.at, (int)p->id.n, p->id.at);
    p->page->n++;
    p->entry = NULL;
    return OK;
}

static void fingerprint(struct pass *p, struct str tag, struct str text)
{
    struct ncmec_print print = { .kind = kind_of_tag(tag) };

    if (print.kind == 0 || text.n == 0 || p->entry->n_prints == PRINTS_MOST || hash_value_read(p->a, print.kind, text, &print.value) != OK) {
        fail_clear();
        p->page->skipped++;
        return;
    }
    if (p->entry->prints == NULL)
        p->entry->prints = NEW_N(p->a, struct ncmec_print, PRINTS_MOST);
    p->entry->prints[p->entry->n_prints++] = print;
}

static status reason_add(struct pass *p, struct str guid)
{
    for (const struct ncmec_reason *r = ncmec_reasons; r->guid != NULL; r++)
        if (str_eq_nocase(guid, str_c(r->guid))) {
            p->opinion->reasons = p->reasons++ ? arena_f(p->a, "%.*s, %s", (int)p->opinion->reasons.n, p->opinion->reasons.at, r->name)
                                               : str_c(r->name);
            return OK;
        }
    return fail(INVALID, "no reason has the guid %.*s", (int)str_upto(guid, 60).n, guid.at);
}

/* Text of an element that holds nothing else. */
static status leaf(struct pass *p, struct str text)
{
    struct str tag = p->path[p->depth - 1], above = p->depth > 1 ? p->path[p->depth - 2] : STR("");
    bool video, deleted;

    if (p->opinion != NULL)
        return str_is(tag, "guid") ? reason_add(p, text) : OK;
    if (str_is(tag, "next") && str_is(above, "paging"))
        p->page->next = text;
    if (p->entry == NULL)
        return OK;
    if (str_is(above, "fingerprints"))
        fingerprint(p, tag, text);
    else if (entry_tag(above, &video, &deleted) && str_is(tag, "id"))
        p->id = text;
    else if (entry_tag(above, &video, &deleted) && str_is(tag, "classification"))
        p->entry->class = text_upto(text, 40);
    return OK;
}

static status element(struct pass *p)
{
    struct str tag = of_xml(p->a, xmlTextReaderConstLocalName(p->reader));
    bool video, deleted;

    if (p->depth == DEPTH_MOST)
        return fail(INVALID, "elements within elements, more than %d deep", DEPTH_MOST);
    if (p->depth == 0 && !str_is(tag, p->root))
        return fail(INVALID, "the root is not %s", p->root);
    if (p->opinion != NULL) {
        if (p->depth == 1 && (str_is(tag, "affirmative") || str_is(tag, "negative"))) {
            p->sides++;
            p->opinion->negative = str_is(tag, "negative");
        }
    } else if (p->entry == NULL && entry_tag(tag, &video, &deleted)) {
        TRY(open_entry(p, video, deleted));
    } else if (p->entry != NULL && str_is(tag, "member") && !inside(p, "feedback")) {
        xmlChar *id = xmlTextReaderGetAttribute(p->reader, (const xmlChar *)"id");

        p->member = of_xml(p->a, id);
        xmlFree(id);
    }
    p->path[p->depth++] = tag;
    return OK;
}

static status close_element(struct pass *p)
{
    bool video, deleted;

    p->depth--;
    return p->entry != NULL && entry_tag(p->path[p->depth], &video, &deleted) ? close_entry(p) : OK;
}

static status node(struct pass *p)
{
    switch (xmlTextReaderNodeType(p->reader)) {
    case XML_READER_TYPE_ELEMENT: {
        bool empty = xmlTextReaderIsEmptyElement(p->reader) == 1;

        TRY(element(p));
        if (!empty)
            return OK;
        if (str_is(p->depth > 1 ? p->path[p->depth - 2] : STR(""), "fingerprints"))
            TRY(leaf(p, STR("")));
        return close_element(p);
    }
    case XML_READER_TYPE_TEXT: case XML_READER_TYPE_CDATA:
        return p->depth > 0 ? leaf(p, str_trim(of_xml(p->a, xmlTextReaderConstValue(p->reader)))) : OK;
    case XML_READER_TYPE_END_ELEMENT: return close_element(p);
    case XML_READER_TYPE_DOCUMENT_TYPE: case XML_READER_TYPE_ENTITY_REFERENCE:
        return fail(INVALID, "a document type or entities of its own");
    default: return OK;
    }
}

static status walk(struct pass *p, struct str xml)
{
    int more = 1;

    p->reader = xmlReaderForMemory(xml.at ? xml.at : "", (int)xml.n, NULL, NULL, XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING);
    if (p->reader == NULL)
        return fail(INVALID, "no XML");
    while ((more = xmlTextReaderRead(p->reader)) == 1) {
        status s = node(p);

        if (s != OK) {
            xmlFreeTextReader(p->reader);
            return s;
        }
    }
    xmlFreeTextReader(p->reader);
    return more == 0 ? OK : fail(INVALID, "the XML is not well formed");
}

status ncmec_read(struct arena *a, struct str xml, struct ncmec_page *page)
{
    struct pass p = { .a = a, .page = page, .root = "queryResult" };

    *page = (struct ncmec_page){ .at = NEW_N(a, struct ncmec_entry, ENTRIES_MOST), .next = STR("") };
    return walk(&p, xml);
}

status ncmec_feedback_read(struct arena *a, struct str xml, struct ncmec_opinion *opinion)
{
    struct pass p = { .a = a, .opinion = opinion, .root = "feedbackSubmission" };

    *opinion = (struct ncmec_opinion){ .reasons = STR("") };
    TRY(walk(&p, xml));
    if (p.sides != 1)
        return fail(INVALID, "either affirmative or negative");
    if (opinion->negative != (p.reasons > 0))
        return fail(INVALID, opinion->negative ? "negative feedback gives at least one reason" : "affirmative feedback gives no reasons");
    return OK;
}
