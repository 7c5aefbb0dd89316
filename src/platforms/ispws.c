/* /ispws: the protocol that programs of platforms speak already (docs/ispws.md). Answers are XML with status 200 whatever the code
   says, but for who is not known (401, empty), for too many requests, and for our own faults, which a client tries again. */
#include "platforms.h"

#include "reports.h"

#include "../base/xml.h"

#include "ispws_xsd.h"

#include "../web/body.h"

enum { HTTP_OK = 200, HTTP_SIGN_IN = 401, HTTP_MANY = 429, HTTP_FAULT = 500, HTTP_FORBIDDEN = 403, HTTP_LARGE = 413, NUMBER_CHARS = 20 };

/* -- answers ----------------------------------------------------------------------------------------------------------------------------- */

static void text_element(struct out *o, const char *name, struct str text)
{
    out_f(o, "<%s>", name);
    out_xml(o, text);
    out_f(o, "</%s>", name);
}

static void number_element(struct out *o, const char *name, i64 n)
{
    out_f(o, "<%s>%lld</%s>", name, (long long)n, name);
}

static void file_element(struct out *o, struct id file)
{
    out_c(o, "<fileId>");
    out_hex(o, file.b, sizeof file.b);
    out_c(o, "</fileId>");
}

static struct str words_of(struct ctx *c, const struct outcome *o)
{
    struct str words = code_words(o->code);

    return o->words.n ? arena_f(c->arena, "%.*s: %.*s", (int)words.n, words.at, (int)o->words.n, o->words.at) : words;
}

static status send(struct ctx *c, int http)
{
    answer_header(c, "Request-ID", arena_copy(c->arena, str_c(c->request_id)));
    return answer_text(c, http, "text/xml; charset=utf-8");
}

static void begin(struct ctx *c, const struct outcome *o)
{
    out_reset(c->out);
    out_c(c->out, "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n");
    if (o->code != ISPWS_OK)
        partner_error(c, code_error(o->code));
}

static status answer(struct ctx *c, int http, const struct outcome *o)
{
    begin(c, o);
    out_c(c->out, "<reportResponse>");
    number_element(c->out, "responseCode", o->code);
    text_element(c->out, "responseDescription", words_of(c, o));
    if (o->report && o->code != ISPWS_NO_REPORT)
        number_element(c->out, "reportId", o->report);
    if (o->code == ISPWS_OK && o->md5[0]) {
        file_element(c->out, o->file);
        text_element(c->out, "hash", str_c(o->md5));
    }
    out_c(c->out, "</reportResponse>\n");
    return send(c, http);
}

static status answer_done(struct ctx *c, const struct outcome *o)
{
    begin(c, o);
    out_c(c->out, "<reportDoneResponse>");
    number_element(c->out, "responseCode", o->code);
    number_element(c->out, "reportId", o->report);
    out_c(c->out, "<files>");
    for (size_t i = 0; i < o->n_files; i++)
        file_element(c->out, o->files[i]);
    out_c(c->out, "</files></reportDoneResponse>\n");
    return send(c, HTTP_OK);
}

static status answer_code(struct ctx *c, enum ispws_code code, const char *words)
{
    return answer(c, HTTP_OK, &(struct outcome){ .code = code, .words = str_c(words) });
}

/* INVALID is told by its code; what is nobody's mistake goes on to `refuses`. */
static status told_or_failed(struct ctx *c, status s, const struct outcome *o)
{
    return s == OK || s == INVALID ? answer(c, HTTP_OK, o) : s;
}

/* A code for what the engine refuses before a page sees it, or for what a page could not do. */
static enum ispws_code code_of_http(struct ctx *c, int http)
{
    bool upload = str_is(c->path, "/ispws/upload");

    if (http == HTTP_FORBIDDEN)
        return ISPWS_NOT_ALLOWED;
    if (http == HTTP_LARGE)
        return upload ? ISPWS_BAD_FILE : ISPWS_INVALID;
    if (http >= HTTP_FAULT || http == HTTP_MANY)
        return ISPWS_SERVER;
    return upload && form_error(c, "file").n ? ISPWS_BAD_FILE : ISPWS_INVALID;
}

static struct str refused_words(struct ctx *c, int http, const char *name)
{
    if (http == HTTP_LARGE)
        return STR("too large");
    if (http >= HTTP_FAULT || http == HTTP_MANY)
        return STR("");
    return form_error(c, "file").n ? arena_f(c->arena, "a file has at most %d MB", PLATFORM_FILE_MAX >> 20)
                                   : str_c(strcmp(name, "invalid") == 0 ? "the form cannot be read" : name);
}

static status refuses(struct ctx *c, int http, const char *name)
{
    struct outcome o = { .code = code_of_http(c, http), .words = refused_words(c, http, name) };

    if (http == HTTP_SIGN_IN) {
        answer_header(c, "Request-ID", arena_copy(c->arena, str_c(c->request_id)));
        return answer_empty(c, http);
    }
    return answer(c, http >= HTTP_FAULT || http == HTTP_MANY ? http : HTTP_OK, &o);
}

/* -- what is asked ------------------------------------------------------------------------------------------------------------------------ */

static bool is_xml(struct ctx *c)
{
    struct str type = header_value(c->request, "content-type"), media = str_trim(str_upto(type, str_find_char(type, ';'))), rest;
    size_t at = str_find(type, STR("charset="));

    if (!str_eq_nocase(media, STR("text/xml")) && !str_eq_nocase(media, STR("application/xml")))
        return false;
    rest = str_trim(str_from(type, at + 8));
    if (rest.n && rest.at[0] == '"')
        rest = str_upto(str_from(rest, 1), rest.n - 2);
    return at == type.n || str_eq_nocase(rest, STR("utf-8"));
}

/* INVALID: *o says why. */
static status take_document(struct ctx *c, struct str *document, struct outcome *o)
{
    *o = (struct outcome){ .code = ISPWS_INVALID };
    if (!is_xml(c)) {
        o->words = STR("send it as text/xml; charset=utf-8");
        return INVALID;
    }
    return body_whole(c->request->body, TOLD_BYTES_MAX, c->arena, document);
}

static bool number_of(struct ctx *c, i64 *no)
{
    return str_i64(form_text(c, "id"), no) && *no > 0;
}

/* -- pages ---------------------------------------------------------------------------------------------------------------------------------- */

static status show_status(struct ctx *c)
{
    struct partner p;
    struct outcome o = { .code = ISPWS_OK };

    TRY(partner_of(c, &p));
    begin(c, &o);
    out_c(c->out, "<reportResponse>");
    number_element(c->out, "responseCode", o.code);
    /* The address is not told, because nobody keeps it. */
    text_element(c->out, "responseDescription", arena_f(c->arena, "Remote User : %.*s, Remote Ip : -%s", (int)p.code.n, p.code.at,
                                                        p.sandbox ? " (sandbox)" : ""));
    out_c(c->out, "</reportResponse>\n");
    return send(c, HTTP_OK);
}

static status show_schema(struct ctx *c)
{
    struct partner p;

    TRY(partner_of(c, &p));
    out_str(c->out, str_of(ispws_xsd, ispws_xsd_n));
    return send(c, HTTP_OK);
}

static status submit(struct ctx *c)
{
    struct partner p;
    struct told told;
    struct told_fault fault = { 0 };
    struct submission s = { .via = "ispws", .incident = str_upto(header_value(c->request, "incident-id"), INCIDENT_CHARS), .key = STR(""),
                            .told = &told };
    struct outcome o;
    status done;

    TRY(partner_of(c, &p));
    done = take_document(c, &s.document, &o);
    if (done != OK)
        return told_or_failed(c, done, &o);
    if (told_read(c->arena, s.document, c->now, &told, &fault) != OK)
        return answer(c, HTTP_OK, &(struct outcome){ .code = fault.code, .words = fault.words });
    if (s.incident.at == NULL)
        s.incident = STR("");
    return told_or_failed(c, report_open(c, &p, &s, &o), &o);
}

static status upload(struct ctx *c)
{
    struct form_files files = form_files(c, "file");
    struct partner p;
    struct outcome o;
    i64 no;

    TRY(partner_of(c, &p));
    if (!number_of(c, &no))
        return answer_code(c, ISPWS_INVALID, "the field id is the number of a report");
    if (files.n != 1)
        return answer_code(c, ISPWS_BAD_FILE, "send one file in the field file");
    return told_or_failed(c, report_add_file(c, &p, no, &files.at[0], &o), &o);
}

static status fileinfo(struct ctx *c)
{
    struct partner p;
    struct told_file about;
    struct told_fault fault = { 0 };
    struct str document;
    struct outcome o;
    status done;

    TRY(partner_of(c, &p));
    done = take_document(c, &document, &o);
    if (done != OK)
        return told_or_failed(c, done, &o);
    if (told_read_file(c->arena, document, c->now, &about, &fault) != OK)
        return answer(c, HTTP_OK, &(struct outcome){ .code = fault.code, .words = fault.words });
    return told_or_failed(c, report_describe(c, &p, &about, document, &o), &o);
}

static status finish(struct ctx *c)
{
    struct partner p;
    struct outcome o;
    status done;
    i64 no;

    TRY(partner_of(c, &p));
    if (!number_of(c, &no))
        return answer_code(c, ISPWS_INVALID, "the field id is the number of a report");
    done = report_finish(c, &p, no, &o);
    return done == OK ? answer_done(c, &o) : told_or_failed(c, done, &o);
}

static status retract(struct ctx *c)
{
    struct partner p;
    struct outcome o;
    i64 no;

    TRY(partner_of(c, &p));
    if (!number_of(c, &no))
        return answer_code(c, ISPWS_INVALID, "the field id is the number of a report");
    return told_or_failed(c, report_retract(c, &p, no, &o), &o);
}

static status no_such(struct ctx *c)
{
    return answer_code(c, ISPWS_NO_RESOURCE, "");
}

#define ID_FORM FORM_API(FIELD("id", NUMBER_CHARS))
#define UPLOAD_FORM FORM_API(FIELD("id", NUMBER_CHARS), FIELD("file", PLATFORM_FILE_MAX, .file = true, .repeat = true))
#define PROTOCOL .api = true, .refuses = refuses

const struct route ispws_routes[] = {
    ROUTE(GET,  "/ispws/status",   MAY_SEND_REPORTS, NO_FORM,     show_status, PROTOCOL),
    ROUTE(GET,  "/ispws/xsd",      MAY_SEND_REPORTS, NO_FORM,     show_schema, PROTOCOL),
    ROUTE(POST, "/ispws/submit",   MAY_SEND_REPORTS, NO_FORM,     submit,      PROTOCOL, .raw = true),
    ROUTE(POST, "/ispws/upload",   MAY_SEND_REPORTS, UPLOAD_FORM, upload,      PROTOCOL),
    ROUTE(POST, "/ispws/fileinfo", MAY_SEND_REPORTS, NO_FORM,     fileinfo,    PROTOCOL, .raw = true),
    ROUTE(POST, "/ispws/finish",   MAY_SEND_REPORTS, ID_FORM,     finish,      PROTOCOL),
    ROUTE(POST, "/ispws/retract",  MAY_SEND_REPORTS, ID_FORM,     retract,     PROTOCOL),
    ROUTE(GET,  "/ispws/:what",    MAY_SEND_REPORTS, NO_FORM,     no_such,     PROTOCOL),
    ROUTE(POST, "/ispws/:what",    MAY_SEND_REPORTS, NO_FORM,     no_such,     PROTOCOL, .raw = true),
    ROUTES_END
};
