/* /api/v1/reports: our own JSON for the same thing, for who begins today (docs/ispws.md, "JSON"; docs/openapi.json). */
#include "platforms.h"

#include "json.h"
#include "reports.h"

#include "../base/xml.h"
#include "../web/body.h"

enum { JSON_BYTES_MAX = 512 << 10, HTTP_OK = 200, HTTP_MADE = 201, NAME_CHARS = 500, URL_CHARS = 2083 };

/* -- answers ------------------------------------------------------------------------------------------------------------------------------ */

static int http_of_code(enum ispws_code code)
{
    switch (code) {
    case ISPWS_NO_REPORT:
    case ISPWS_NO_FILE:
        return 404;
    case ISPWS_RETRACTED:
    case ISPWS_FINISHED:
        return 409;
    default:
        return 422;
    }
}

static const char *problem_of_code(enum ispws_code code)
{
    int http = http_of_code(code);

    return http == 404 ? "not-found" : http == 409 ? "conflict" : "invalid";
}

/* RFC 9457, with the code of /ispws beside it: one list of codes for both roads. */
static status refuse(struct ctx *c, enum ispws_code code, struct str words)
{
    partner_error(c, code_error(code));
    out_reset(c->out);
    out_f(c->out, "{\"type\":\"/problems/%s\",\"title\":", problem_of_code(code));
    out_json(c->out, code_words(code));
    out_f(c->out, ",\"status\":%d,\"code\":%d,\"detail\":", http_of_code(code), (int)code);
    out_json(c->out, words.n ? words : code_words(code));
    out_c(c->out, "}\n");
    return answer_text(c, http_of_code(code), "application/problem+json");
}

/* INVALID is told by its code; what is nobody's mistake goes on as a status. */
static status refused(struct ctx *c, status s, const struct outcome *o)
{
    return s == INVALID ? refuse(c, o->code, o->words) : s;
}

static bool number_of(struct ctx *c, i64 *no)
{
    return str_i64(path_text(c, "no"), no) && *no > 0;
}

/* -- pages -------------------------------------------------------------------------------------------------------------------------------- */

static status make(struct ctx *c)
{
    struct partner p;
    struct json_report made;
    struct told told;
    struct told_fault fault = { 0 };
    struct outcome o;
    struct str json;
    struct submission s = { .via = "json", .key = form_token(c), .told = &told };
    status done;

    TRY(partner_of(c, &p));
    TRY(body_whole(c->request->body, JSON_BYTES_MAX, c->arena, &json));
    if (json_to_report(c->arena, json, &made, &fault) != OK || told_read(c->arena, made.document, c->now, &told, &fault) != OK)
        return refuse(c, fault.code, fault.words);
    s.document = made.document;
    s.incident = made.incident;
    done = report_open(c, &p, &s, &o);
    if (done != OK)
        return refused(c, done, &o);
    out_f(c->out, "{\"report\":%lld,\"state\":\"open\"}\n", (long long)o.report);
    return answer_json(c, o.again ? HTTP_OK : HTTP_MADE);
}

static void element(struct out *o, const char *name, struct str text)
{
    if (text.n == 0)
        return;
    out_f(o, "<%s>", name);
    out_xml(o, text);
    out_f(o, "</%s>", name);
}

/* What the form says about the file, as the document that /ispws/fileinfo takes. */
static struct str details(struct ctx *c, i64 no, struct id file)
{
    struct out o = { .max = 1 << 16 };
    struct str text;
    char hex[33];

    detect_bytes_to_hex(file.b, sizeof file.b, hex);
    out_f(&o, "<fileDetails><reportId>%lld</reportId><fileId>%s</fileId>", (long long)no, hex);
    element(&o, "originalFileName", form_text(c, "name"));
    element(&o, "locationOfFile", form_text(c, "url"));
    element(&o, "fileViewedByEsp", form_text(c, "viewed"));
    element(&o, "publiclyAvailable", form_text(c, "public"));
    element(&o, "industryClassification", form_text(c, "class"));
    element(&o, "additionalInfo", form_text(c, "text"));
    out_c(&o, "</fileDetails>");
    text = arena_copy(c->arena, out_done(&o));
    out_wipe(&o);
    out_free(&o);
    return text;
}

static bool any_details(struct ctx *c)
{
    static const char *const names[] = { "name", "url", "viewed", "public", "class", "text" };

    for (size_t i = 0; i < COUNT_OF(names); i++)
        if (form_text(c, names[i]).n)
            return true;
    return false;
}

/* Words that cannot be right are refused before the file is kept. */
static status add_file(struct ctx *c)
{
    struct form_files files = form_files(c, "file");
    struct partner p;
    struct told_file about;
    struct told_fault fault = { 0 };
    struct outcome o, described;
    status done;
    i64 no;

    TRY(partner_of(c, &p));
    if (!number_of(c, &no))
        return refuse(c, ISPWS_NO_REPORT, STR(""));
    if (files.n != 1)
        return refuse(c, ISPWS_BAD_FILE, STR("send one file in the field file"));
    if (any_details(c) && told_read_file(c->arena, details(c, no, id_zero()), c->now, &about, &fault) != OK)
        return refuse(c, fault.code, fault.words);
    done = report_add_file(c, &p, no, &files.at[0], &o);
    if (done == OK && any_details(c)) {
        struct str document = details(c, no, o.file);

        TRY(told_read_file(c->arena, document, c->now, &about, &fault));
        done = report_describe(c, &p, &about, document, &described);
        if (done != OK)
            return refused(c, done, &described);
    }
    if (done != OK)
        return refused(c, done, &o);
    out_f(c->out, "{\"report\":%lld,\"file\":\"", (long long)no);
    out_hex(c->out, o.file.b, sizeof o.file.b);
    out_f(c->out, "\",\"md5\":\"%s\"}\n", o.md5);
    return answer_json(c, HTTP_MADE);
}

static status finish(struct ctx *c)
{
    struct partner p;
    struct outcome o;
    status done;
    i64 no;

    TRY(partner_of(c, &p));
    if (!number_of(c, &no))
        return refuse(c, ISPWS_NO_REPORT, STR(""));
    done = report_finish(c, &p, no, &o);
    if (done != OK)
        return refused(c, done, &o);
    out_f(c->out, "{\"report\":%lld,\"state\":\"finished\",\"files\":[", (long long)no);
    for (size_t i = 0; i < o.n_files; i++) {
        out_c(c->out, i ? ",\"" : "\"");
        out_hex(c->out, o.files[i].b, sizeof o.files[i].b);
        out_char(c->out, '"');
    }
    out_c(c->out, "]}\n");
    return answer_json(c, HTTP_OK);
}

static status retract(struct ctx *c)
{
    struct partner p;
    struct outcome o;
    status done;
    i64 no;

    TRY(partner_of(c, &p));
    if (!number_of(c, &no))
        return refuse(c, ISPWS_NO_REPORT, STR(""));
    done = report_retract(c, &p, no, &o);
    if (done != OK)
        return refused(c, done, &o);
    out_f(c->out, "{\"report\":%lld,\"state\":\"retracted\"}\n", (long long)no);
    return answer_json(c, HTTP_OK);
}

static void time_member(struct out *o, const char *name, struct opt_i64 at)
{
    char text[CLOCK_TEXT];

    if (!at.has)
        return;
    clock_utc_iso(at.v, text);
    out_f(o, ",\"%s\":\"%s\"", name, text);
}

/* Where it stands, and what the platform was told: never what people made of it. */
static status show(struct ctx *c)
{
    struct platform_reports_row row;
    struct partner p;
    status s = NOT_FOUND;
    i64 no;

    TRY(partner_of(c, &p));
    if (number_of(c, &no))
        s = report_of_no(c, &p, no, &row);
    if (s == NOT_FOUND)
        return refuse(c, ISPWS_NO_REPORT, STR(""));
    TRY(s);
    out_f(c->out, "{\"report\":%lld,\"state\":", (long long)no);
    out_json(c->out, row.state);
    out_f(c->out, ",\"files\":%lld", (long long)row.files);
    time_member(c->out, "opened", (struct opt_i64){ true, row.opened });
    time_member(c->out, "finished", row.finished);
    if (row.answer.n) {
        out_c(c->out, ",\"answer\":");
        out_json(c->out, row.answer);
        time_member(c->out, "answered", row.answered);
    }
    out_c(c->out, "}\n");
    return answer_json(c, HTTP_OK);
}

#define FILE_FORM FORM_API(FIELD("file", PLATFORM_FILE_MAX, .file = true, .repeat = true), FIELD("name", NAME_CHARS), FIELD("url", URL_CHARS), \
                           FIELD("viewed", 5), FIELD("public", 5), FIELD("class", 2), FIELD("text", 0))

const struct route report_api_routes[] = {
    ROUTE(POST, "/api/v1/reports",             MAY_SEND_REPORTS, NO_FORM,   make,     .api = true, .raw = true),
    ROUTE(GET,  "/api/v1/reports/:no",         MAY_SEND_REPORTS, NO_FORM,   show,     .api = true),
    ROUTE(POST, "/api/v1/reports/:no/files",   MAY_SEND_REPORTS, FILE_FORM, add_file, .api = true),
    ROUTE(POST, "/api/v1/reports/:no/finish",  MAY_SEND_REPORTS, NO_FORM,   finish,   .api = true),
    ROUTE(POST, "/api/v1/reports/:no/retract", MAY_SEND_REPORTS, NO_FORM,   retract,  .api = true),
    ROUTES_END
};
