#include "asks.h"

#include "people/rights.h"
#include "people/tokens.h"
#include "speakup/speakup.h"
#include "web/route.h"

#include <stdio.h>
#include <stdlib.h>

enum { ASKS = 300, NAMES = 8 };

#define FIELDS "application/x-www-form-urlencoded"
#define PARTS_TYPE "multipart/form-data; boundary=" BOUNDARY
#define JSON "application/json"
#define PART(name, more) "--" BOUNDARY "\r\nContent-Disposition: form-data; name=\"" name "\"" more "\r\n\r\n"
#define FILE_PART(name, file) PART(name, "; filename=\"" file "\"\r\nContent-Type: text/plain")
#define END "\r\n--" BOUNDARY "--\r\n"
#define CSRF PART("csrf", "") "{csrf}\r\n"

static const struct ask written[] = {
    /* -- a child -- */
    { "child_door", "GET", "/", .small = true },
    { "child_form", "GET", "/speak", .small = true },
    { "child_sends", "POST", "/speak/send", .type = FIELDS, .small = true,
      .body = "story=chuyen+{n}&danger=soon&harm=threat&harm=bullying&age=12-15&province=01&exclude=school&where=o+dau&token=mot-lan-thoi-{n}" },
    { "child_sends_files", "POST", "/speak/send", .type = PARTS_TYPE, .small = true,
      .body = PART("story", "") "chuyen {n}\r\n" PART("danger", "") "soon\r\n" FILE_PART("files", "a.txt") "mot {n}\r\n"
              FILE_PART("files_private", "b.txt") "hai {n}" END },
    { "child_comes_back", "POST", "/talk", .type = FIELDS, .body = "code={code}", .small = true },
    { "child_reads", "GET", "/talk", "child", .small = true },
    { "child_says_more", "POST", "/talk/messages", "child", FIELDS, "text=them+{n}", "/talk", .small = true },
    { "child_says_files", "POST", "/talk/messages", "child", PARTS_TYPE, CSRF PART("text", "") "them {n}\r\n" FILE_PART("files", "c.txt") "ba {n}" END,
      "/talk" },
    { "child_new_code", "POST", "/talk", "child", FIELDS, "do=nothing", "/talk" },
    { "api_speak", "POST", "/api/v1/speak", .type = JSON, .body = "{\"story\":\"chuyen {n}\",\"danger\":\"soon\"}", .small = true },
    { "api_talk", "POST", "/api/v1/talk", .type = JSON, .body = "{\"code\":\"{code}\"}" },
    { "appeal", "POST", "/blocked/appeal", .type = FIELDS, .body = "name=ten-{n}.vi.du&words=xin+xem+lai" },

    /* -- staff -- */
    { "sign_in", "POST", "/sign-in", "hai.mau", .type = FIELDS, .sign_in = true, .small = true },
    { "desk", "GET", "/desk", "hanh.mau", .small = true },
    { "report", "GET", "/desk/{report}", "hanh.mau", .small = true },
    { "reply", "POST", "/desk/{report}/reply", "hanh.mau", FIELDS, "text=tra+loi+{n}", "/desk/{report}", .small = true },
    { "note", "POST", "/desk/{report}/note", "hanh.mau", FIELDS, "text=ghi+{n}", "/desk/{report}" },
    { "upload", "POST", "/desk/{report}/files", "hanh.mau", PARTS_TYPE, CSRF PART("note", "") "a\r\n" FILE_PART("files", "d.txt") "bon {n}" END,
      "/desk/{report}/files", .small = true },
    { "files", "GET", "/desk/{report}/files", "hanh.mau" },

    /* -- cases -- */
    { "case", "GET", "/cases/{report}", "hanh.mau", .small = true },
    { "case_new", "POST", "/cases/new", "hanh.mau", FIELDS, "harm=bullying&age=9-11&danger=now&province=01&words=goi+{n}", "/cases/new", .small = true },
    { "case_task", "POST", "/cases/{report}/tasks", "hanh.mau", FIELDS, "kind=other&words=viec+{n}&due=2031-02-03", "/cases/{report}" },
    { "case_support", "POST", "/cases/{report}/support", "hanh.mau", FIELDS, "kind=service&type=legal&provider=a{n}&due=2031-02-03",
      "/cases/{report}/support", .small = true },
    { "case_meeting", "POST", "/cases/{report}/meetings", "hanh.mau", FIELDS, "at=2031-02-03T10:00&place=a{n}", "/cases/{report}/meetings" },
    { "case_people", "POST", "/cases/{report}/people", "hanh.mau", FIELDS, "name=ten+{n}&relation=mother", "/cases/{report}" },
    { "paper", "GET", "/cases/{report}/papers/{paper}", "hanh.mau", .small = true },
    { "paper_begin", "POST", "/cases/{report}/papers", "hanh.mau", FIELDS, "form=phieu-thu", "/cases/{report}/papers" },
    { "case_print", "POST", "/cases/{report}/print", "hanh.mau", FIELDS, "what=all&words=nop-{n}", "/cases/{report}/print", .draws = true, .varies = true },
    { "export_ask", "POST", "/cases/export/new", "hanh.mau", FIELDS,
      "unit={unit}&format=csv&scope=all&since=2020-01-01&until=2040-01-01&words=a{n}&field=ref", "/cases/export/new" },

    /* -- administration, lists -- */
    { "unit_new", "POST", "/admin/units", "nga.mau", FIELDS, "name=Ca+{n}&kind=hotline", "/admin/units", .small = true },
    { "log", "GET", "/log", "khoa.mau", .varies = true, .small = true },
    { "blocklist_new", "POST", "/blocklist/new", "hanh.mau", FIELDS, "name=ten-{n}.vi.du&class=scam&basis=thu&source=thu", "/blocklist/new" },

    /* -- programs -- */
    { "api_match", "POST", "/api/v1/match", "program", JSON, "{\"md5\":[\"ffffffffffffffffffffffffffffffff\"],\"urls\":[\"http://a.example/{n}\"]}", .small = true },
    { "api_match_stream", "POST", "/api/v1/match/stream", "program", "application/x-ndjson", "{\"md5\":[\"ffffffffffffffffffffffffffffffff\"]}\n{\"urls\":[\"http://a.example/\"]}\n" },
    { "ispws_submit", "POST", "/ispws/submit", "program", "text/xml; charset=utf-8", .varies = true, .small = true,
      .body = "<report><incidentSummary><incidentType>Misleading Domain Name</incidentType><incidentDateTime>2026-10-15T08:00:00Z</incidentDateTime>"
              "</incidentSummary><reporter><reportingPerson><email>trust@platform.example</email></reportingPerson></reporter></report>" },
    { "api_reports", "POST", "/api/v1/reports", "program", JSON,
      "{\"incident\":{\"number\":\"INC-{n}\",\"kind\":\"enticement\",\"at\":\"2026-10-15T08:00:00Z\"},\"reporter\":{\"person\":{\"email\":\"trust@platform.example\"}}}" },
    { "api_echo", "POST", "/api/v1/partner/echo", "program", JSON, "{\"a\":[1,2,3]}" },
};

static struct ask all[ASKS];
static struct { const char *name; struct str value; } names[NAMES];
static size_t n_names;
struct visitor ask_child;
static const char *program;             /* "Authorization: ..." */

static void must(bool right, const char *doing)
{
    if (right)
        return;
    printf("Bail out! %s: %s\n", doing, fail_message());
    exit(1);
}

/* -- what the paths name --------------------------------------------------------------------------------- */

static void name(const char *text, struct str value)
{
    must(value.n > 0 && n_names < NAMES, text);
    names[n_names].name = text;
    names[n_names++].value = value;
}

/* "{name}" at the beginning of `at`: its value and length; a NULL value where there is none. */
static struct str named(struct site *site, const char *at, size_t *length)
{
    uint32_t n;
    size_t end = strcspn(at, "}") - 1;
    struct str text = str_of(at + 1, end);

    *length = end + 2;
    random_bytes((uint8_t *)&n, sizeof n);      /* a counter would begin anew in each process */
    if (str_is(text, "n"))
        return arena_f(&site->kept, "%08x", n);
    for (size_t i = 0; i < n_names; i++)
        if (str_is(text, names[i].name))
            return names[i].value;
    return STR_NULL;
}

static const char *filled(struct site *site, const char *text, const char *csrf)
{
    struct out o = { .max = 1 << 20 };
    const char *done;

    for (size_t length; *text; text += length) {
        struct str value = STR_NULL;

        length = 1;
        if (strncmp(text, "{csrf}", 6) == 0) {
            value = str_c(csrf);
            length = 6;
        } else if (*text == '{' && strchr(text, '}') != NULL) {
            value = named(site, text, &length);
        }
        if (value.at == NULL)
            length = 1;
        out_str(&o, value.at == NULL ? str_of(text, 1) : value);
    }
    done = arena_copy(&site->kept, out_done(&o)).at;
    out_free(&o);
    return done;
}

/* The hotline calls by a program of its own, which may do everything that programs may. */
static void make_program(struct site *site)
{
    struct token_new new = { .scope = STR("report match"), .key = STR(""), .name = STR("thu"), .now = site->now };
    struct organisation_new o = { .code = STR("platform"), .name = STR("Nền tảng thử"), .kind = STR("platform") };
    struct ledger *l = &site->in.ledger;
    struct token_made made;
    struct str both;

    must(act_begin(l, (struct act_info){ .act = "test", .now = site->now }) == OK, "organisation");
    must(people_add_organisation(l, o, site->now, &new.org) == OK && token_make(l, &new, &made) == OK, "token");
    must(act_commit(l) == OK, "token");
    both = vault_base64(&site->kept, arena_f(&site->kept, "platform:%.*s", (int)made.text.n, made.text.at));
    program = arena_f(&site->kept, "Authorization: Basic %.*s\n", (int)both.n, both.at).at;
    instance_step(&site->in);
}

static void make_paper(struct site *site, struct str id)
{
    const char *page = arena_f(&site->kept, "/cases/%.*s/papers", (int)id.n, id.at).at;
    struct answer a;

    site_form(site, "phieu-thu", STR_NULL);
    (void)get(site, page, as(site, "hanh.mau"));
    a = post(site, page, "form=phieu-thu", as(site, "hanh.mau"));
    must(a.code == 303 && a.location.n > strlen(page) + ID_TEXT, "paper");
    name("paper", arena_copy(&site->kept, str_upto(str_from(a.location, strlen(page) + 1), ID_TEXT)));
}

void asks_prepare(struct site *site)
{
    struct visitor *hanh = as(site, "hanh.mau");
    struct str code = tell(site, "story=mot&danger=soon&harm=threat&age=12-15&province=01", &ask_child);
    struct id report = report_of(site, code);
    struct str id = str_from(path_of(site, report, ""), 6);

    name("code", code);
    name("report", id);
    must(get(site, path_of(site, report, "").at, hanh).code == 200, "report");
    must(post(site, path_of(site, report, "/case").at, "", hanh).code == 303, "case");
    name("unit", between(get(site, "/cases/export/new", hanh), "name=unit><option value=\"", "\""));
    make_paper(site, id);
    make_program(site);
    for (size_t i = 0; i < site->n_staff; i++)
        (void)as(site, site->staff[i].login);
    must(post(site, "/talk", arena_f(&site->kept, "code=%.*s", (int)code.n, code.at).at, &ask_child).code == 303, "talk");
    (void)get(site, "/talk", &ask_child);
}

/* -- the list ----------------------------------------------------------------------------------------------- */

static const char *const people[][2] = {
    { "counsellor", "hanh.mau" }, { "supervisor", "minh.mau" }, { "org_admin", "nga.mau" }, { "system_admin", "phong.mau" }, { "analyst", "hai.mau" },
    { "reviewer", "loan.mau" }, { "auditor", "khoa.mau" }, { "chair", "hung.mau" }, { "coordinator", "vy.mau" }, { "caseworker", "lan.mau" },
};

static bool may_enter(const char *role, int access)
{
    return access == STAFF || (rights_of_role(str_c(role)) >> (access - FIRST_RIGHT) & 1) != 0;
}

/* Who may see the page; false: nobody of the demo. */
static bool reader_of(const struct route *r, const char **who)
{
    *who = r->access <= CHILD ? NULL : r->api ? "program" : "";
    for (size_t i = 0; *who != NULL && !**who && i < COUNT_OF(people); i++)
        if (may_enter(people[i][0], r->access))
            *who = people[i][1];
    return *who == NULL || **who;
}

/* Pages that are here already, those of the management address, and the ones that keep a connection open. */
static bool is_listed(size_t n, const struct route *r, const char *who)
{
    if (r->method != GET || strchr(r->path, ':') != NULL || r->access == MANAGE)
        return true;
    for (size_t i = 0; i < n; i++)
        if (strcmp(all[i].path, r->path) == 0 && strcmp(all[i].method, "GET") == 0 && (all[i].who == NULL) == (who == NULL))
            return true;
    return false;
}

const struct ask *asks_all(struct site *site)
{
    size_t n = COUNT_OF(written);

    memcpy(all, written, sizeof written);
    for (const struct route *const *list = site->in.app.modules; *list != NULL; list++)
        for (const struct route *r = *list; r->path != NULL && n + 1 < ASKS; r++) {
            const char *who;

            if (reader_of(r, &who) && !is_listed(n, r, who))
                all[n++] = (struct ask){ r->path, "GET", r->path, who };
        }
    return all;
}

/* -- asking ------------------------------------------------------------------------------------------------ */

static bool is(const struct ask *q, const char *who)
{
    return q->who != NULL && strcmp(q->who, who) == 0;
}

static struct visitor *visitor_of(struct site *site, const struct ask *q)
{
    if (q->who == NULL || q->sign_in || is(q, "program"))
        return NULL;
    return is(q, "child") ? &ask_child : as(site, q->who);
}

void ask_before(struct site *site, const struct ask *q)
{
    if (q->sign_in)
        site->now += 31 * SECOND_MS;        /* digits count once */
    if (q->from != NULL)
        (void)get(site, filled(site, q->from, ""), visitor_of(site, q));
}

struct answer ask_now(struct site *site, const struct ask *q)
{
    struct visitor *who = visitor_of(site, q);
    const char *csrf = who == NULL ? "" : who->csrf;
    struct asking asking = { .method = q->method, .path = filled(site, q->path, ""), .type = q->type, .header = is(q, "program") ? program : NULL };

    if (q->body != NULL)
        asking.body = filled(site, q->body, csrf);
    if (q->sign_in)
        asking.body = arena_f(&site->kept, "user=%s&password=%s&totp=%s", q->who, site_staff(site, q->who)->password, site_digits(site, q->who).at).at;
    else if (q->from != NULL && strcmp(q->type, FIELDS) == 0)
        asking.body = arena_f(&site->kept, "%s&csrf=%s", asking.body, csrf).at;
    return site_ask(site, asking, who);
}
