#include "site.h"

#include "casework/papers.h"
#include "speakup/speakup.h"
#include "web/request_file.h"

#include "people.sql.h"

#include <ftw.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum { KEPT = 512 << 20 };

/* fontconfig, which documents are set with, keeps what it read of the machine until the process ends. */
const char *__lsan_default_suppressions(void);
const char *__lsan_default_suppressions(void)
{
    return "leak:libfontconfig.so\n";
}

static void must(status s, const char *doing)
{
    if (s == OK)
        return;
    printf("Bail out! %s: %s\n", doing, fail_message());
    exit(EXIT_FAILED);
}

/* -- the instance ---------------------------------------------------------------------------------------- */

static const struct option options[] = { OPTION_DATA, OPTION_DB, OPTION_KEY, OPTION_HELP, OPTION_END };

/* No reports but those that the tests tell, no partners and nothing to remove: files of the instance's own stand over the shipped ones. */
static void no_reports(struct site *site)
{
    static const char *const below[] = { "/content", "/content/demo" };
    static const char *const empty[] = { "reports.txt", "more.txt", "partners.txt", "takedown.txt" };

    for (size_t i = 0; i < COUNT_OF(below); i++)
        mkdir(arena_f(&site->kept, "%s%s", site->folder, below[i]).at, 0700);
    for (size_t i = 0; i < COUNT_OF(empty); i++) {
        struct str path = arena_f(&site->kept, "%s/content/demo/%s", site->folder, empty[i]);
        FILE *f = fopen(path.at, "we");

        if (f == NULL || fputs("# none\n", f) < 0 || fclose(f) != 0)
            must(fail(BROKEN, "%s", path.at), "content");
    }
}

static void copy_text(char *to, size_t max, json_t *account, const char *name)
{
    snprintf(to, max, "%s", json_string_value(json_object_get(account, name)));
}

static void read_secret(struct staff *s, const char *base32)
{
    char again[33];

    /* five bits a character, the highest first */
    memset(s->totp, 0, sizeof s->totp);
    for (size_t i = 0; base32[i] && i < 32; i++) {
        unsigned five = (unsigned)(base32[i] >= 'A' ? base32[i] - 'A' : base32[i] - '2' + 26);

        for (size_t bit = 0; bit < 5; bit++)
            if (five >> (4 - bit) & 1)
                s->totp[(5 * i + bit) / 8] |= (uint8_t)(0x80 >> (5 * i + bit) % 8);
    }
    totp_secret_text(s->totp, again);
    if (strcmp(again, base32) != 0)
        must(fail(BROKEN, "%s", base32), "second factor");
}

static void read_staff(struct site *site)
{
    json_t *all = json_load_file(arena_f(&site->kept, "%s/demo-accounts.json", site->folder).at, 0, NULL);

    for (size_t i = 0; i < json_array_size(all) && i < SITE_PEOPLE; i++) {
        json_t *account = json_array_get(all, i);
        struct staff *s = &site->staff[site->n_staff++];

        copy_text(s->login, sizeof s->login, account, "user");
        copy_text(s->password, sizeof s->password, account, "password");
        read_secret(s, json_string_value(json_object_get(account, "totp_secret")));
    }
    json_decref(all);
}

void site_open(struct site *site)
{
    const char *postgres = getenv("LACHAN_TEST_POSTGRES");
    char *argv[] = { "test", "--data", site->folder, postgres ? "--db" : NULL, (char *)postgres, NULL };
    bool fresh;
    int code;

    *site = (struct site){ .verb = { .name = "test", .usage = "", .options = options }, .folder = "/tmp/lachan-site-XXXXXX" };
    if (mkdtemp(site->folder) == NULL)
        must(fail(BROKEN, "no temporary folder"), "site");
    site->kept = arena_make(KEPT);
    no_reports(site);
    if (!verb_begin(&site->verb, postgres ? 5 : 3, argv, &code))
        exit(EXIT_USAGE);
    must(instance_create(&site->verb, &fresh), "create");
    must(instance_open(&site->verb, &site->in), "open");
    must(demo_fill(&site->in, site->folder, "http://127.0.0.1"), "fill");
    must(web_start(&site->in.app), "routes");
    must(worker_make(&site->in.app, false, &site->worker), "worker");
    read_staff(site);
    site->now = clock_now_ms();
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
    (void)st;
    (void)type;
    (void)ftw;
    return remove(path);
}

void site_close(struct site *site)
{
    worker_free(site->worker);
    instance_close(&site->in);
    arena_free(&site->verb.arena);
    arena_free(&site->kept);
    nftw(site->folder, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

/* -- asking ----------------------------------------------------------------------------------------------- */

static void keep(char *to, size_t max, struct str s)
{
    s = str_upto(s, max - 1);
    memcpy(to, s.at, s.n);
    to[s.n] = '\0';
}

struct str between(struct answer a, const char *before, const char *after)
{
    size_t at = str_find(a.body, str_c(before));
    struct str rest = str_from(a.body, at + strlen(before));

    return at == a.body.n ? STR("") : str_upto(rest, str_find(rest, str_c(after)));
}

static void take_cookie(struct visitor *who, struct str value)
{
    struct str name = STR("__Host-s=");

    if (!str_starts(value, name))
        return;
    value = str_from(value, name.n);
    keep(who->cookie, sizeof who->cookie, str_upto(value, str_find_char(value, ';')));
}

static struct answer take(struct site *site, const struct response *r, struct visitor *who)
{
    struct answer a = { .code = r->code, .body = arena_copy(&site->kept, r->body), .location = STR(""), .head = *r };

    a.head.body = a.body;
    for (size_t i = 0; i < r->n_headers; i++) {
        a.head.headers[i] = (struct header){ arena_copy(&site->kept, r->headers[i].name),
                                             arena_copy(&site->kept, r->headers[i].value) };
        if (str_is(r->headers[i].name, "Set-Cookie"))
            take_cookie(who, a.head.headers[i].value);
    }
    a.location = header_of(a, "Location");
    if (between(a, "name=csrf value=\"", "\"").n)
        keep(who->csrf, sizeof who->csrf, between(a, "name=csrf value=\"", "\""));
    return a;
}

struct answer site_ask(struct site *site, struct asking q, struct visitor *who)
{
    struct worker *worker = q.worker ? q.worker : site->worker;
    struct out raw = { .max = 64 << 20 };
    struct arena arena = arena_make(64 << 20);
    struct visitor fresh = { 0 };
    struct response response;
    struct request r;
    struct answer a;

    who = who ? who : &fresh;
    out_f(&raw, "%s %s HTTP/1.1\nHost: test\n%s", q.method, q.path, q.header ? q.header : "");
    if (who->cookie[0])
        out_f(&raw, "Cookie: __Host-s=%s\n", who->cookie);
    if (q.type)
        out_f(&raw, "Content-Type: %s\n", q.type);
    out_c(&raw, "\n");
    out_bytes(&raw, q.body ? q.body : "", q.n ? q.n : q.body ? strlen(q.body) : 0);
    must(request_file_read(&arena, out_done(&raw), site->folder, &r), q.path);
    r.now = site->now;
    web_handle(worker, &r, &response);
    if (!worker_is_clean(worker))
        must(fail(BROKEN, "secrets are left behind"), q.path);
    a = take(site, &response, who);
    while (response.more) {             /* an answer in pieces: as the server does */
        struct str before = a.body;

        r.from = response.next;
        web_release(worker);
        if (q.between != NULL)
            q.between();
        web_handle(worker, &r, &response);
        a.body = arena_f(&site->kept, "%.*s%.*s", (int)before.n, before.at, (int)response.body.n, response.body.at);
        a.pieces++;
    }
    web_release(worker);
    request_file_free(&r);
    arena_free(&arena);
    out_free(&raw);
    return a;
}

struct answer get(struct site *site, const char *path, struct visitor *who)
{
    return site_ask(site, (struct asking){ .method = "GET", .path = path }, who);
}

struct answer post(struct site *site, const char *path, const char *fields, struct visitor *who)
{
    bool parts = strncmp(fields, "--", 2) == 0;
    struct asking q = { .method = "POST", .path = path, .body = fields,
                        .type = parts ? "multipart/form-data; boundary=" BOUNDARY : "application/x-www-form-urlencoded" };

    if (!parts && who != NULL && who->csrf[0])
        q.body = arena_f(&site->kept, "%s&csrf=%s", fields, who->csrf).at;
    return site_ask(site, q, who);
}

bool says(struct answer a, const char *text)
{
    return str_find(a.body, str_c(text)) < a.body.n;
}

bool leads_to(struct answer a, const char *path)
{
    return a.code == 303 && str_is(a.location, path);
}

struct str header_of(struct answer a, const char *name)
{
    for (size_t i = 0; i < a.head.n_headers; i++)
        if (str_eq_nocase(a.head.headers[i].name, str_c(name)))
            return a.head.headers[i].value;
    return STR("");
}

/* -- people ------------------------------------------------------------------------------------------------ */

struct staff *site_staff(struct site *site, const char *login)
{
    for (size_t i = 0; i < site->n_staff; i++)
        if (strcmp(site->staff[i].login, login) == 0)
            return &site->staff[i];
    must(fail(NOT_FOUND, "nobody has this login"), login);
    return NULL;
}

struct str site_digits(struct site *site, const char *login)
{
    return arena_f(&site->kept, "%06u", totp_at(site_staff(site, login)->totp, site->now / (30 * SECOND_MS)));
}

struct visitor *as(struct site *site, const char *login)
{
    struct staff *s = site_staff(site, login);
    struct answer a;

    if (s->browser.cookie[0] && site->now - s->seen < 10 * MINUTE_MS)
        return &s->browser;
    s->browser = (struct visitor){ 0 };
    s->seen = site->now;
    a = post(site, "/sign-in", arena_f(&site->kept, "user=%s&password=%s&totp=%s", login, s->password,
                                       site_digits(site, login).at).at, &s->browser);
    if (a.code != 303)
        must(fail(DENIED, "answered with %d", a.code), login);
    (void)get(site, "/account", &s->browser);
    return &s->browser;
}

/* -- children ---------------------------------------------------------------------------------------------- */

struct str tell(struct site *site, const char *fields, struct visitor *child)
{
    struct answer a = post(site, "/speak/send", fields, child);
    struct str shown;
    struct out code = { .max = 64 };

    if (!leads_to(a, "/speak/code"))
        must(fail(BROKEN, "answered with %d", a.code), "tell");
    a = get(site, "/speak/code", child);
    shown = between(a, "<output id=access-code>", "</output>");
    for (size_t i = 0, tag = 0; i < shown.n; i++) {
        tag = shown.at[i] == '<' ? 1 : tag;
        if (!tag && shown.at[i] != '-')
            out_char(&code, shown.at[i]);
        tag = shown.at[i] == '>' ? 0 : tag;
    }
    shown = arena_copy(&site->kept, out_done(&code));
    out_free(&code);
    return shown;
}

struct id report_of(struct site *site, struct str code)
{
    struct report_made *made = SECRET(site->in.secrets, struct report_made);
    struct id report;
    struct ctx c;

    instance_ctx(&site->in, &c, site->now);
    must(report_of_code(&c, code, made), "report of a code");
    report = made->report;
    instance_step(&site->in);
    return report;
}

struct str path_of(struct site *site, struct id report, const char *tail)
{
    char id[ID_TEXT + 1];

    id_text(report, id);
    return arena_f(&site->kept, "/desk/%s%s", id, tail);
}

/* -- forms ----------------------------------------------------------------------------------------------- */

struct str site_form_text(struct site *site, const char *name)
{
    struct str text = STR("");

    must(file_read(&site->kept, arena_f(&site->kept, "%s/../test/forms/%s.txt", content_shipped_dir(), name).at, 1 << 20, &text), name);
    return text;
}

void site_form(struct site *site, const char *name, struct str text)
{
    const char *folder = arena_f(&site->kept, "%s/content/forms", site->folder).at;
    FILE *f;

    if (text.at == NULL)
        text = site_form_text(site, name);
    mkdir(folder, 0700);
    f = fopen(arena_f(&site->kept, "%s/%s.txt", folder, name).at, "we");
    if (f == NULL || fwrite(text.at, 1, text.n, f) != text.n || fclose(f) != 0)
        must(fail(BROKEN, "cannot be written"), name);
    must(forms_load(), name);
    must(papers_load(), name);
    must(papers_meet(&site->in.ledger, &site->in.app, site->now), name);
    instance_step(&site->in);
}
