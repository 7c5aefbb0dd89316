/* Sessions, and who may do what in them, on a database of its own. */
#include "../handle.h"
#include "../request_file.h"

#include <test.h>

#include "ledger.sql.h"
#include "tables.sql.h"
#include "web.sql.h"

#include <unistd.h>

enum { MINUTES = MINUTE_MS };
static const i64 noon = 1764000000000 / HOUR_MS * HOUR_MS;      /* a full hour */
static const struct id somebody = { { 7 } };
static char folder[] = "lachan-session-XXXXXX", file[64];
static struct db *db;
static struct worker *worker;
static struct conn *conn;       /* of the test itself */
static struct arena rows;       /* what it reads */

/* -- pages ---------------------------------------------------------------------------------------------- */

static struct pair *some_pair(struct ctx *c)
{
    struct pair *p = SECRET(c->ledger->secrets, struct pair);

    memset(p, 0x5a, sizeof *p);
    return p;
}

static status begin_child(struct ctx *c)
{
    session_begin(c, SESSION_CHILD, somebody, some_pair(c));
    return see_other(c, "/me");
}

static status begin_staff(struct ctx *c)
{
    session_begin(c, SESSION_STAFF, somebody, some_pair(c));
    return see_other(c, "/me");
}

static status notice(struct ctx *c)
{
    session_put(c, "notice", STR("tệp thứ 3 nặng quá"), 0);
    session_put(c, "code", STR("0123456789ABCDEF"), 10);
    return see_other(c, "/me");
}

static status one_notice(struct ctx *c)
{
    session_put(c, "notice", STR("mot"), 0);
    return see_other(c, "/me");
}

static status only_notice(struct ctx *c)
{
    session_begin(c, SESSION_NOTICE, id_zero(), NULL);
    session_put(c, "notice", STR("het"), 0);
    return see_other(c, "/me");
}

static status me(struct ctx *c)
{
    const struct pair *p = session_pair(c);

    out_f(c->out, "kind=%d pair=%d who=%d csrf=%zu", (int)session_kind(c), p != NULL && p->secret.b[31] == 0x5a,
          session_who(c).b[0], c->page.csrf.n);
    out_c(c->out, " code=");
    out_str(c->out, session_peek(c, "code"));
    out_c(c->out, " notice=");
    out_str(c->out, session_take(c, "notice"));
    return answer_text(c, 200, "text/plain");
}

static status csrf(struct ctx *c)
{
    out_str(c->out, c->page.csrf);
    return answer_text(c, 200, "text/plain");
}

static status done(struct ctx *c)
{
    out_c(c->out, "done");
    return answer_text(c, 200, "text/plain");
}

static status end(struct ctx *c)
{
    session_end(c);
    return see_other(c, "/");
}

static status leave(struct ctx *c)
{
    answer_forget(c);
    return see_other(c, "/");
}

static status forget_transaction(struct ctx *c)
{
    TRY(tx_begin(c->ledger->db));
    return see_other(c, "/");
}

static status token(struct ctx *c)
{
    session_begin(c, SESSION_CHILD, somebody, some_pair(c));
    out_str(c->out, session_token(c));
    return answer_text(c, 200, "text/plain");
}

static status actor(struct ctx *c, struct id user, struct actor *a)
{
    (void)c;
    if (!id_eq(user, somebody))
        return DENIED;
    *a = (struct actor){ .user = user, .rights = 1 << 3 };
    return OK;
}

static status missing(struct ctx *c)
{
    struct id id;

    TRY(path_id(c, "id", &id));
    return NOT_FOUND;
}

static status rename_form(struct ctx *c)
{
    out_c(c->out, "name=");
    out_str(c->out, form_text(c, "name"));
    out_f(c->out, " error=%d failed=%d", form_error(c, "name").n > 0, form_failed(c));
    return page_done(c, "");
}

static status rename_to(struct ctx *c)
{
    if (str_is(form_text(c, "name"), "admin"))
        return form_refuse(c, "name", STR("not this one"));
    return see_other(c, "/rename");
}

static const struct form open_form = { .open = true }, first_form = { .open = true, .no_csrf = true };
static const struct route pages[] = {
    ROUTE(POST, "/child", PUBLIC, &first_form, begin_child),
    ROUTE(POST, "/staff", PUBLIC, &first_form, begin_staff),
    ROUTE(POST, "/notice", PUBLIC, &first_form, notice),
    ROUTE(POST, "/one-notice", PUBLIC, &first_form, one_notice),
    ROUTE(POST, "/only-notice", PUBLIC, &first_form, only_notice),
    ROUTE(GET, "/me", CHILD, NO_FORM, me),
    ROUTE(GET, "/csrf", CHILD, NO_FORM, csrf),
    ROUTE(POST, "/write", CHILD, &open_form, done),
    ROUTE(POST, "/bare", STAFF, NO_FORM, done),
    ROUTE(POST, "/first", PUBLIC, &first_form, done),
    ROUTE(POST, "/api/v1/write", PUBLIC, &open_form, done, .api = true),
    ROUTE(POST, "/api/v1/token", PUBLIC, &open_form, token, .api = true),
    ROUTE(GET, "/api/v1/me", CHILD, NO_FORM, me, .api = true),
    ROUTE(GET, "/desk", STAFF, NO_FORM, done),
    ROUTE(GET, "/rename", STAFF, NO_FORM, rename_form),
    ROUTE(POST, "/rename", STAFF, FORM(FIELD("name", 10)), rename_to),
    ROUTE(GET, "/cases/:id", STAFF, NO_FORM, missing),
    ROUTE(GET, "/right-4", FIRST_RIGHT + 4, NO_FORM, done),
    ROUTE(GET, "/right-3", FIRST_RIGHT + 3, NO_FORM, done),
    ROUTE(POST, "/end", CHILD, &open_form, end),
    ROUTE(GET, "/exit", PUBLIC, NO_FORM, leave),
    ROUTE(POST, "/open-transaction", PUBLIC, &first_form, forget_transaction),
    ROUTES_END
};
static const struct route *const modules[] = { pages, NULL };
static struct app app = { .modules = modules, .actor_of_user = actor };

/* -- asking --------------------------------------------------------------------------------------------- */

struct answer { int code; char body[256], cookie[1024]; bool cookie_gone, clear; };

static void keep(char *to, size_t max, struct str s)
{
    s = str_upto(s, max - 1);
    memcpy(to, s.at, s.n);
    to[s.n] = '\0';
}

static void read_header(struct answer *a, struct header h)
{
    struct str value = h.value;

    a->clear |= str_is(h.name, "Clear-Site-Data") && str_is(value, "\"*\"");
    if (!str_is(h.name, "Set-Cookie"))
        return;
    CHECK(str_find(value, STR("; Path=/; Secure; HttpOnly; SameSite=Strict")) < value.n);
    CHECK(str_find(value, STR("Domain")) == value.n);
    a->cookie_gone = str_find(value, STR("Max-Age=0")) < value.n;
    value = str_from(value, strlen("__Host-s="));
    keep(a->cookie, sizeof a->cookie, str_upto(value, str_find_char(value, ';')));
}

struct asking { const char *line, *cookie, *bearer, *site, *body; i64 now; };

static struct answer ask(struct asking q)
{
    struct arena arena = arena_make(1 << 20);
    struct out raw = { .max = 1 << 16 };
    struct answer a = { 0 };
    struct response response;
    struct request r;

    out_f(&raw, "%s HTTP/1.1\n", q.line);
    if (q.cookie != NULL)
        out_f(&raw, "Cookie: __Host-s=%s\n", q.cookie);
    if (q.bearer != NULL)
        out_f(&raw, "Authorization: Bearer %s\n", q.bearer);
    if (q.site != NULL)
        out_f(&raw, "Sec-Fetch-Site: %s\n", q.site);
    out_f(&raw, "Content-Type: application/x-www-form-urlencoded\n\n%s", q.body ? q.body : "");
    CHECK(request_file_read(&arena, out_done(&raw), NULL, &r) == OK);
    r.now = q.now ? q.now : noon;
    web_handle(worker, &r, &response);
    CHECK(worker_is_clean(worker));
    a.code = response.code;
    keep(a.body, sizeof a.body, response.body);
    for (size_t i = 0; i < response.n_headers; i++)
        read_header(&a, response.headers[i]);
    web_release(worker);
    request_file_free(&r);
    out_free(&raw);
    arena_free(&arena);
    return a;
}

static struct answer begin(const char *path)
{
    char line[64];
    struct answer a;

    snprintf(line, sizeof line, "POST %s", path);
    a = ask((struct asking){ .line = line });
    CHECK(a.code == 303 && (strlen(a.cookie) == 43 || strstr(path, "notice") != NULL));
    return a;
}

static bool is(const char *text, const char *want)
{
    if (strcmp(text, want) != 0)
        printf("# \"%s\"\n", text);
    return strcmp(text, want) == 0;
}

static const char nobody[] = "kind=0 pair=0 who=0 csrf=0 code= notice=";
static const char child[] = "kind=1 pair=1 who=7 csrf=64 code= notice=";
static const char staff[] = "kind=2 pair=1 who=7 csrf=64 code= notice=";

/* -- life ----------------------------------------------------------------------------------------------- */

TEST(a_session_carries_its_keys_from_one_request_to_the_next)
{
    CHECK(is(ask((struct asking){ .line = "GET /me", .cookie = begin("/child").cookie }).body, child));
    CHECK(is(ask((struct asking){ .line = "GET /me", .cookie = begin("/staff").cookie }).body, staff));
    CHECK(is(ask((struct asking){ .line = "GET /me" }).body, nobody));
}

TEST(a_cookie_that_is_wrong_is_nobody)
{
    struct answer a = begin("/child");
    char wrong[1024];

    snprintf(wrong, sizeof wrong, "%s", a.cookie);
    wrong[5] = wrong[5] == 'A' ? 'B' : 'A';
    CHECK(is(ask((struct asking){ .line = "GET /me", .cookie = wrong }).body, nobody));
    wrong[42] = '\0';
    CHECK(is(ask((struct asking){ .line = "GET /me", .cookie = wrong }).body, nobody));
    CHECK(is(ask((struct asking){ .line = "GET /me", .cookie = "" }).body, nobody));
}

TEST(a_session_ends_with_its_idle_time_its_whole_time_and_a_clock_set_back)
{
    static const struct { const char *begin; i64 after; bool alive; } cases[] = {
        { "/child", 29 * MINUTES, true }, { "/child", 30 * MINUTES, false }, { "/child", -1, false },
        { "/staff", 29 * MINUTES, true }, { "/staff", 30 * MINUTES, false },
    };

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct answer a = begin(cases[i].begin);
        struct answer later = ask((struct asking){ .line = "GET /me", .cookie = a.cookie, .now = noon + cases[i].after });

        CHECK((later.body[5] != '0') == cases[i].alive);
    }
}

/* Minutes that a session lives when its person does something every 20 minutes. */
static i64 whole_life(const char *begin_at)
{
    struct answer a = begin(begin_at);
    i64 t = 0;

    while (t < DAY_MS && ask((struct asking){ .line = "GET /me", .cookie = a.cookie, .now = noon + t }).body[5] != '0')
        t += 20 * MINUTES;
    return t / MINUTES;
}

TEST(doing_something_keeps_a_session_until_its_whole_time_is_over)
{
    CHECK(whole_life("/child") == 4 * 60);
    CHECK(whole_life("/staff") == 12 * 60);
}

/* The row of a cookie's session; false if there is none. */
static bool row_of(const char *cookie, struct session_by_sid_row *row)
{
    uint8_t t[32];
    struct key sid;

    CHECK(vault_base64url_read(str_c(cookie), t, sizeof t));
    vault_hash(&sid, NULL, "sid", PARTS(str_of(t, sizeof t)));
    return sql_session_by_sid(conn, (struct sql_session_by_sid){ key_str(&sid) }, row) == OK;
}

TEST(a_childs_row_tells_the_hour_only_and_nobodys_name)
{
    struct session_by_sid_row row;
    struct answer a = begin("/child");

    REQUIRE(row_of(a.cookie, &row));
    CHECK(!row.who.has && row.until == noon + HOUR_MS);
    a = begin("/staff");
    REQUIRE(row_of(a.cookie, &row));
    CHECK(row.who.has && row.until == noon + 30 * MINUTES);
}

TEST(a_new_session_takes_the_place_of_the_old_one)
{
    struct session_by_sid_row row;
    struct answer first = begin("/child"), second = ask((struct asking){ .line = "POST /staff", .cookie = first.cookie });

    CHECK(strcmp(first.cookie, second.cookie) != 0);
    CHECK(!row_of(first.cookie, &row) && row_of(second.cookie, &row));
}

TEST(signing_out_deletes_the_row_and_the_cookie)
{
    struct session_by_sid_row row;
    struct answer a = begin("/child");
    struct answer token = ask((struct asking){ .line = "GET /csrf", .cookie = a.cookie });
    char body[300];
    struct answer out;

    snprintf(body, sizeof body, "csrf=%s", token.body);
    out = ask((struct asking){ .line = "POST /end", .cookie = a.cookie, .body = body });
    CHECK(out.code == 303 && out.cookie_gone && !row_of(a.cookie, &row));
    a = begin("/child");
    out = ask((struct asking){ .line = "GET /exit", .cookie = a.cookie });
    CHECK(out.cookie_gone && out.clear && !row_of(a.cookie, &row));
    CHECK(ask((struct asking){ .line = "GET /exit" }).clear);
}

/* A notice's cookie begins with its token, like any other. */
static bool notice_has_row(const char *cookie)
{
    struct session_by_sid_row row;
    uint8_t t[33];
    struct key sid;

    CHECK(vault_base64url_read(str_of(cookie, 44), t, sizeof t));
    vault_hash(&sid, NULL, "sid", PARTS(str_of(t, 32)));
    return sql_session_by_sid(conn, (struct sql_session_by_sid){ key_str(&sid) }, &row) == OK;
}

TEST(a_notice_waits_without_an_account_or_a_row_is_shown_once_and_a_code_ten_minutes)
{
    struct answer a = begin("/notice"), b;

    CHECK(!notice_has_row(a.cookie));
    a = ask((struct asking){ .line = "GET /me", .cookie = a.cookie });
    CHECK(is(a.body, "kind=0 pair=0 who=0 csrf=64 code=0123456789ABCDEF notice=tệp thứ 3 nặng quá"));
    CHECK(a.cookie[0] && !a.cookie_gone);
    b = ask((struct asking){ .line = "GET /me", .cookie = a.cookie, .now = noon + 9 * MINUTES });
    CHECK(is(b.body, "kind=0 pair=0 who=0 csrf=64 code=0123456789ABCDEF notice="));
    b = ask((struct asking){ .line = "GET /me", .cookie = a.cookie, .now = noon + 10 * MINUTES });
    CHECK(is(b.body, "kind=0 pair=0 who=0 csrf=64 code= notice="));
    CHECK(is(ask((struct asking){ .line = "GET /me", .cookie = a.cookie, .now = noon + 30 * MINUTES }).body, nobody));
}

TEST(a_notices_cookie_goes_with_its_last_word)
{
    struct answer a = begin("/one-notice");

    a = ask((struct asking){ .line = "GET /me", .cookie = a.cookie });
    CHECK(is(a.body, "kind=0 pair=0 who=0 csrf=64 code= notice=mot") && a.cookie_gone);
}

TEST(a_notices_cookie_that_was_changed_or_made_is_nobody)
{
    struct answer a = begin("/notice");
    size_t n = strlen(a.cookie);

    for (size_t i = 0; i < n; i += 7) {
        char wrong[1024];

        snprintf(wrong, sizeof wrong, "%s", a.cookie);
        wrong[i] = wrong[i] == 'A' ? 'B' : 'A';
        CHECK(is(ask((struct asking){ .line = "GET /me", .cookie = wrong }).body, nobody));
        wrong[i] = '\0';
        CHECK(is(ask((struct asking){ .line = "GET /me", .cookie = wrong }).body, nobody));
    }
    CHECK(ask((struct asking){ .line = "GET /api/v1/me", .bearer = a.cookie }).code == 401);
}

TEST(a_session_takes_the_place_of_a_notice_and_a_notice_that_of_a_session)
{
    struct session_by_sid_row row;
    struct answer a = begin("/notice"), b = ask((struct asking){ .line = "POST /child", .cookie = a.cookie });

    CHECK(is(ask((struct asking){ .line = "GET /me", .cookie = b.cookie }).body, child));
    a = ask((struct asking){ .line = "POST /only-notice", .cookie = b.cookie });
    CHECK(!row_of(b.cookie, &row));
    CHECK(is(ask((struct asking){ .line = "GET /me", .cookie = a.cookie }).body, "kind=0 pair=0 who=0 csrf=64 code= notice=het"));
}

TEST(an_api_token_is_a_session_for_the_api_and_no_cookie)
{
    struct answer a = ask((struct asking){ .line = "POST /api/v1/token" });

    CHECK(strlen(a.body) == 43 && a.cookie[0] == '\0');
    CHECK(is(ask((struct asking){ .line = "GET /api/v1/me", .bearer = a.body }).body, child));
    CHECK(ask((struct asking){ .line = "GET /api/v1/me", .cookie = a.body }).code == 401);
    CHECK(is(ask((struct asking){ .line = "GET /me", .bearer = a.body }).body, nobody));
}

TEST(sessions_past_their_time_are_swept)
{
    struct session_by_sid_row row;
    struct answer old = begin("/child");

    CHECK(session_sweep(conn, noon + HOUR_MS) == OK);
    CHECK(row_of(old.cookie, &row));
    CHECK(session_sweep(conn, noon + HOUR_MS + 1) == OK);
    CHECK(!row_of(old.cookie, &row));
    old = begin("/staff");
    CHECK(tx_begin(conn) == OK && session_end_all(conn, somebody) == OK && tx_commit(conn) == OK);
    CHECK(!row_of(old.cookie, &row));
}

TEST(a_page_that_leaves_a_transaction_open_is_broken_and_keeps_nothing)
{
    CHECK(is(ask((struct asking){ .line = "POST /open-transaction" }).body, ""));
    CHECK(begin("/child").code == 303);
}

/* -- who may -------------------------------------------------------------------------------------------- */

TEST(roles_open_their_pages_and_no_others)
{
    struct answer child_in = begin("/child"), staff_in = begin("/staff");
    struct { const char *line, *cookie; int code; } cases[] = {
        { "GET /desk", NULL, 303 }, { "GET /desk", child_in.cookie, 303 }, { "GET /desk", staff_in.cookie, 200 },
        { "GET /right-3", NULL, 303 }, { "GET /right-4", staff_in.cookie, 403 }, { "GET /right-3", staff_in.cookie, 200 },
    };

    for (size_t i = 0; i < COUNT_OF(cases); i++)
        CHECK(ask((struct asking){ .line = cases[i].line, .cookie = cases[i].cookie }).code == cases[i].code);
}

TEST(a_form_needs_its_token_and_its_own_site)
{
    static const char *const sites[] = { NULL, "same-origin", "none", "same-site", "cross-site", "nonsense" };
    static const bool site_fine[] = { true, true, true, false, false, false };
    struct answer a = begin("/staff");
    struct answer token = ask((struct asking){ .line = "GET /csrf", .cookie = a.cookie });
    char right[300], wrong[300];

    snprintf(right, sizeof right, "csrf=%s", token.body);
    snprintf(wrong, sizeof wrong, "csrf=%s", token.body);
    wrong[9] ^= 1;
    for (size_t i = 0; i < COUNT_OF(sites); i++) {
        const struct { const char *line, *cookie, *body; bool fine; } cases[] = {
            { "POST /write", a.cookie, right, site_fine[i] }, { "POST /bare", a.cookie, right, site_fine[i] },
            { "POST /write", a.cookie, wrong, false }, { "POST /write", a.cookie, "", false },
            { "POST /bare", a.cookie, "", false },
            { "POST /write", NULL, "", site_fine[i] },          /* nobody's session can be used */
            { "POST /first", a.cookie, "", site_fine[i] },      /* makes a session, uses none */
            { "POST /api/v1/write", NULL, "", true },           /* no cookie is looked at */
        };

        for (size_t k = 0; k < COUNT_OF(cases); k++) {
            struct answer got = ask((struct asking){ .line = cases[k].line, .cookie = cases[k].cookie, .site = sites[i],
                                                     .body = cases[k].body });

            CHECK((got.code == 200 && is(got.body, "done")) == cases[k].fine);
        }
    }
}

TEST(a_form_of_staff_that_fails_is_shown_again_with_what_was_typed)
{
    struct answer a = begin("/staff"), token = ask((struct asking){ .line = "GET /csrf", .cookie = a.cookie }), got;
    char body[400];

    snprintf(body, sizeof body, "name=Lan&csrf=%s", token.body);
    got = ask((struct asking){ .line = "POST /rename", .cookie = a.cookie, .body = body });
    CHECK(got.code == 303);
    snprintf(body, sizeof body, "name=0123456789A&csrf=%s", token.body);
    got = ask((struct asking){ .line = "POST /rename", .cookie = a.cookie, .body = body });
    CHECK(got.code == 422 && is(got.body, "name=0123456789 error=1 failed=1"));
    snprintf(body, sizeof body, "name=admin&csrf=%s", token.body);
    got = ask((struct asking){ .line = "POST /rename", .cookie = a.cookie, .body = body });
    CHECK(got.code == 422 && is(got.body, "name=admin error=1 failed=1"));
}

/* Entries of the log that are not numbered yet: all, in this program. */
static i64 entries(void)
{
    struct ledger l = { .db = conn, .house = app.house, .arena = &rows };
    struct audit audit = { 0 };

    CHECK(audit_verify(&l, (const struct table *const[]){ NULL }, &audit) == OK);
    return audit.waiting;
}

TEST(each_refused_look_up_of_staff_stands_in_the_log_and_a_hundred_end_the_session)
{
    struct answer a = begin("/staff");
    i64 before = entries();
    int alive = 0;

    while (alive < 200 && ask((struct asking){ .line = "GET /cases/00000000000000000000000001", .cookie = a.cookie }).code == 404)
        alive++;
    CHECK(alive == 100);
    CHECK(entries() == before + 100);
}

/* -- the database of this program ----------------------------------------------------------------------- */

static bool open_database(void)
{
    const char *server = getenv("LACHAN_TEST_POSTGRES");

    if (mkdtemp(folder) == NULL)
        return false;
    snprintf(file, sizeof file, "%s/a.db", folder);
    if (db_open(&(struct db_config){ .address = server ? server : file }, &db) != OK)
        return false;
    db_register(db, tables_sql);
    db_register(db, ledger_sql);
    db_register(db, web_sql);
    app.house = house_of_seed(1, &(struct key){ { 1 } });
    app.db = db;
    if (db_migrate(db, migrations, migrations_n) != OK || conn_open(db, &conn) != OK)
        return false;
    rows = arena_make(1 << 20);
    conn_use(conn, &rows);
    return worker_make(&app, false, &worker) == OK;
}

static void close_database(void)
{
    static const char *const ends[] = { "", "-wal", "-shm" };
    char path[80];

    worker_free(worker);
    conn_close(conn);
    arena_free(&rows);
    db_close(db);
    for (size_t i = 0; i < COUNT_OF(ends); i++) {
        snprintf(path, sizeof path, "%s%s", file, ends[i]);
        unlink(path);
    }
    rmdir(folder);
}

int main(int argc, char **argv)
{
    int failed;

    vault_start();
    if (!open_database()) {
        printf("Bail out! %s\n", fail_message());
        return 1;
    }
    failed = test_run_all(argc > 1 ? argv[1] : NULL);
    close_database();
    return failed;
}
