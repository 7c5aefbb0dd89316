/* Roads into an account, and the account itself. */
#include "sign_in.h"

#include "admin_pages.h"

#include "../base/text.h"
#include "../web/html_qr.h"
#include "views.h"

#include "people_pages.h"
#include "texts.h"

#include <stdio.h>

/* Rows of an account that exists take longer than none (D15 measured it): all that is denied leaves at the same age. */
enum { DENIED_US = 4000 };

/* -- signing in and out ------------------------------------------------------------------------------------------------------ */

static status fail_again(struct ctx *c, const char *path)
{
    session_put(c, "failed", STR("1"), 5);
    return see_other(c, path);
}

/* A form before sign-in that was refused is answered by 303 like any other: a browser keeps the body of a POST that was
   answered by a page, and there stands a password. What the page says then waits in the session (web.h). */
static status say_again(struct ctx *c, const char *path)
{
    answer_no_sooner(c, DENIED_US);
    session_put(c, "user", text_upto(form_text(c, "user"), 200), 5);
    return fail_again(c, path);
}

static status sign_in_show(struct ctx *c)
{
    struct sign_in_view v = { .failed = session_take(c, "failed").n > 0, .user = session_take(c, "user"),
                              .notice = session_take(c, "flash") };

    return page(c, tpl_people_sign_in, &v);
}

static status enter(struct ctx *c, struct id user, const struct key *xsk)
{
    struct pair *pair = SECRET(c->ledger->secrets, struct pair);

    pair->secret = *xsk;
    vault_pair_of_secret(pair);
    session_begin(c, SESSION_STAFF, user, pair);
    return OK;
}

/* Where a role's work lies. */
static const char *home_of(const struct ctx *c)
{
    return may(c, MAY_READ_REPORTS) ? "/desk" : may(c, MAY_SET_PEOPLE) || may(c, MAY_CONFIRM) ? "/admin" :
           may(c, MAY_READ_LOG) ? "/log" : may(c, MAY_READ_CASES) ? "/cases" : may(c, MAY_READ_NUMBERS) ? "/numbers" :
           may(c, MAY_READ_TRAFFIC) ? "/partner" : "/account";
}

static status sign_in_do(struct ctx *c)
{
    struct sign_in in = { .login = form_text(c, "user"), .password = form_text(c, "password"), .digits = form_text(c, "totp") };
    struct key *xsk;
    struct id user;
    status s = sign_in(c, &in, &user, &xsk);

    if (s == DENIED) {
        sign_in_count_failure(c, in.login);
        return say_again(c, "/sign-in");
    }
    TRY(s);
    TRY(enter(c, user, xsk));
    TRY(people_actor(c, user, &c->actor));
    return see_other(c, home_of(c));
}

static status sign_out(struct ctx *c)
{
    answer_forget(c);
    return see_other(c, "/sign-in");
}

/* -- a new second factor, and the printed code ----------------------------------------------------------------------------------- */

static void keep_totp(struct ctx *c, const uint8_t totp[TOTP_SECRET_BYTES])
{
    struct out hex = { .max = 64 };

    out_hex(&hex, totp, TOTP_SECRET_BYTES);
    session_put(c, "totp", arena_copy(c->arena, out_done(&hex)), 0);
    out_wipe(&hex);
    out_free(&hex);
}

static bool kept_totp(struct ctx *c, uint8_t totp[TOTP_SECRET_BYTES])
{
    return str_from_hex(session_peek(c, "totp"), totp, TOTP_SECRET_BYTES);
}

static struct str in_groups(struct ctx *c, struct str text, char between)
{
    char *at = arena_alloc(c->arena, 2 * text.n + 1);
    size_t n = 0;

    for (size_t i = 0; i < text.n; i++) {
        if (i && i % 4 == 0)
            at[n++] = between;
        at[n++] = text.at[i];
    }
    return str_of(at, n);
}

/* The address of an authenticator app (otpauth, key URI format). */
static struct str otpauth(struct ctx *c, const char *secret)
{
    return arena_f(c->arena, "otpauth://totp/La%%20Chan:%.*s?secret=%s&issuer=La%%20Chan", (int)c->actor.login.n,
                   c->actor.login.at, secret);
}

static status phone_show(struct ctx *c)
{
    uint8_t *totp = secrets_alloc(c->ledger->secrets, TOTP_SECRET_BYTES);
    char secret[33];
    struct new_phone_view v = { .action = url_lang(c->arena, url_path("/account/phone"), c->page.lang_query),
                                .failed = session_take(c, "failed").n > 0, .user = c->actor.login, .recovering = session_peek(c, "recovering").n > 0 };

    if (!kept_totp(c, totp))
        return see_other(c, "/account");
    totp_secret_text(totp, secret);
    v.secret = in_groups(c, arena_copy(c->arena, str_c(secret)), ' ');
    v.qr = html_qr(c->arena, otpauth(c, secret));
    return page(c, tpl_people_new_phone, &v);
}

static status phone_check(struct ctx *c)
{
    uint8_t *totp = secrets_alloc(c->ledger->secrets, TOTP_SECRET_BYTES);
    struct str invite = session_peek(c, "invite");

    if (!kept_totp(c, totp))
        return see_other(c, "/account");
    if (totp_match(totp, form_text(c, "totp"), c->now) == 0)
        return fail_again(c, "/account/phone");
    if (invite.n)
        TRY(invite_close(c));
    session_take(c, "totp");
    session_take(c, "invite");
    return see_other(c, "/account/sheet");
}

static status sheet_show(struct ctx *c)
{
    char day[CLOCK_TEXT];
    struct recovery_sheet_view v = {
        .action = url_lang(c->arena, url_path("/account/sheet"), c->page.lang_query),
        .failed = session_take(c, "failed").n > 0,
        .groups = in_groups(c, session_peek(c, "recovery"), '-'), .user = c->actor.login, .org_name = c->actor.org_name,
        .recovering = session_peek(c, "recovering").n > 0,
    };

    if (v.groups.n == 0)
        return see_other(c, "/account");
    clock_day_vi(c->now, day);
    v.day = arena_copy(c->arena, str_c(day));
    return page(c, tpl_people_recovery_sheet, &v);
}

/* 26 characters in groups of four: the last group has two. */
static status sheet_check(struct ctx *c)
{
    struct str code = session_peek(c, "recovery");
    char last[3];

    if (code.n != RECOVERY_CHARS)
        return see_other(c, "/account");
    if (!code_digits(form_text(c, "last"), last, 2) || memcmp(last, code.at + RECOVERY_CHARS - 2, 2) != 0)
        return fail_again(c, "/account/sheet");
    session_take(c, "recovery");
    session_take(c, "recovering");
    return see_other(c, home_of(c));
}

/* -- the first visit, by a one-time link -------------------------------------------------------------------------------------------- */

static status link_gone(struct ctx *c)
{
    struct staff_error_view v = { 0 };
    status s = page(c, tpl_people_link_gone, &v);

    c->response->code = 404;
    return s;
}

static int password_text(enum password_fault fault)
{
    static const int texts[] = {
        [PASSWORD_SHORT] = T_PEOPLE_PASSWORD_SHORT, [PASSWORD_LONG] = T_PEOPLE_PASSWORD_LONG,
        [PASSWORD_WEAK] = T_PEOPLE_PASSWORD_WEAK, [PASSWORD_LIKE_NAME] = T_PEOPLE_PASSWORD_LIKE_NAME,
    };

    return texts[fault];
}

/* Why a password cannot be taken, in the reader's language; "" if it can. */
static struct str password_fault_text(struct ctx *c, struct str password, struct str login, struct str name)
{
    enum password_fault fault = password_check(c->arena, password, login, name);

    return fault == PASSWORD_FINE ? STR("") : text_of(c, password_text(fault));
}

struct welcome { struct str token; struct users_row user; };

static status welcome_again(struct ctx *c, const struct welcome *w)
{
    return see_other_f(c, "/welcome/%.*s", (int)w->token.n, w->token.at);
}

static status welcome_show(struct ctx *c)
{
    struct welcome w = { .token = path_text(c, "token") };
    struct new_password_view v = { .password_error = session_take(c, "password_error"), .again_error = session_take(c, "again_error"),
                                   .weak_words = (i64)password_list_size() };
    struct organisations_row org;
    status s = invite_open(c, w.token, &w.user);

    if (s == NOT_FOUND)
        return link_gone(c);
    TRY(s);
    org = (struct organisations_row){ .id = w.user.org };
    TRY(row_get(c->ledger, &table_organisations, &org));
    v.user = w.user.login;
    v.name = w.user.name;
    v.org_name = org.name;
    v.action = url_lang(c->arena, url_f(c->arena, "/welcome/%.*s", (int)w.token.n, w.token.at), c->page.lang_query);
    return page(c, tpl_people_new_password, &v);
}

static status welcome_enter(struct ctx *c, const struct welcome *w)
{
    struct recovered *done = SECRET(c->ledger->secrets, struct recovered);
    uint8_t *totp = secrets_alloc(c->ledger->secrets, TOTP_SECRET_BYTES);

    TRY(invite_accept(c, w->token, form_text(c, "password"), done));
    invite_totp(c, w->token, totp);
    TRY(enter(c, done->user, done->xsk));
    keep_totp(c, totp);
    session_put(c, "invite", w->token, 0);
    session_put(c, "recovery", str_c(done->recovery), 0);
    return see_other(c, "/account/phone");
}

static status welcome_do(struct ctx *c)
{
    struct welcome w = { .token = path_text(c, "token") };
    struct str password = form_text(c, "password"), error;
    bool same = str_eq(password, form_text(c, "again"));
    status s = invite_open(c, w.token, &w.user);

    if (s == NOT_FOUND)
        return welcome_again(c, &w);        /* whose page says that the link is gone */
    TRY(s);
    error = password_fault_text(c, password, w.user.login, w.user.name);
    if (error.n == 0 && same)
        return welcome_enter(c, &w);
    session_put(c, "password_error", error, 5);
    session_put(c, "again_error", same ? STR("") : text_of(c, T_PEOPLE_PASSWORD_AGAIN), 5);
    return welcome_again(c, &w);
}

/* -- recovery ------------------------------------------------------------------------------------------------------------------------- */

static status recovery_show(struct ctx *c)
{
    struct recovery_view v = { .failed = session_take(c, "failed").n > 0, .user = session_take(c, "user"),
                               .password_error = session_take(c, "password_error") };

    return page(c, tpl_people_recovery, &v);
}

/* Why the new password cannot be taken, or "". */
static struct str new_password_fault(struct ctx *c, const struct sign_in *in)
{
    struct str error = password_fault_text(c, in->new_password, in->login, in->login);

    if (error.n || str_eq(in->new_password, form_text(c, "again")))
        return error;
    return text_of(c, T_PEOPLE_PASSWORD_AGAIN);
}

static status recovery_enter(struct ctx *c, const struct recovered *done, const uint8_t *totp)
{
    TRY(enter(c, done->user, done->xsk));
    TRY(people_actor(c, done->user, &c->actor));
    session_put(c, "recovery", str_c(done->recovery), 0);
    session_put(c, "recovering", STR("1"), 0);
    if (totp == NULL)
        return see_other(c, "/account/sheet");
    keep_totp(c, totp);
    return see_other(c, "/account/phone");
}

/* The password is known: the phone was lost and gets a new factor. Otherwise the password was lost, and a new one is given. */
static status recovery_do(struct ctx *c)
{
    struct sign_in in = { .login = form_text(c, "user"), .password = form_text(c, "password"), .digits = form_text(c, "totp"),
                          .recovery = form_text(c, "recovery"), .new_password = form_text(c, "new_password") };
    struct recovered *done = SECRET(c->ledger->secrets, struct recovered);
    uint8_t *totp = in.password.n ? secrets_alloc(c->ledger->secrets, TOTP_SECRET_BYTES) : NULL;
    struct str error = totp ? STR("") : new_password_fault(c, &in);
    status s;

    if (error.n) {
        session_put(c, "password_error", error, 5);
        session_put(c, "user", text_upto(in.login, 200), 5);
        return see_other(c, "/recovery");
    }
    if (totp != NULL) {
        random_bytes(totp, TOTP_SECRET_BYTES);
        in.new_password = in.password;      /* sealed anew, so that both bundles stand under one house key */
    }
    s = recover(c, &in, totp, done);
    if (s == DENIED) {
        sign_in_count_failure(c, in.login);
        return say_again(c, "/recovery");
    }
    TRY(s);
    return recovery_enter(c, done, totp);
}

/* -- the account ------------------------------------------------------------------------------------------------------------------------ */

static struct str unit_names(struct ctx *c)
{
    struct str names = STR_NULL;

    for (size_t i = 0; i < c->actor.n_units; i++) {
        struct units_row u = { .id = c->actor.units[i] };

        if (row_get(c->ledger, &table_units, &u) == OK)
            names = arena_f(c->arena, "%.*s%s%.*s", (int)names.n, names.at ? names.at : "", names.n ? ", " : "", (int)u.name.n, u.name.at);
    }
    return names;
}

static status account_roles(struct ctx *c, struct account_view *v)
{
    struct roles_rows rows;

    TRY(sql_roles_of_user(c->ledger, (struct sql_roles_of_user){ .user = c->actor.user, .now = c->now }, &rows));
    v->roles.at = NEW_N(c->arena, struct account_role, rows.n + 1);
    for (size_t i = 0; i < rows.n; i++) {
        char since[CLOCK_TEXT];

        clock_day_vi(rows.at[i].since, since);
        v->roles.at[v->roles.n++] = (struct account_role){
            .role = people_role_title(c, rows.at[i].role), .org = c->actor.org_name, .unit = unit_names(c),
            .since = arena_copy(c->arena, str_c(since)) };
    }
    return OK;
}

struct str people_role_title(const struct ctx *c, struct str role)
{
    static const int texts[] = {
        T_PEOPLE_ROLE_COUNSELLOR, T_PEOPLE_ROLE_CASEWORKER, T_PEOPLE_ROLE_SUPERVISOR, T_PEOPLE_ROLE_CHAIR, T_PEOPLE_ROLE_FOCAL_POINT,
        T_PEOPLE_ROLE_COORDINATOR, T_PEOPLE_ROLE_ORG_ADMIN, T_PEOPLE_ROLE_AUDITOR, T_PEOPLE_ROLE_SYSTEM_ADMIN,
        T_PEOPLE_ROLE_ANALYST, T_PEOPLE_ROLE_REVIEWER, T_PEOPLE_ROLE_PARTNER,
    };
    int i = role_index(role);

    return i < 0 ? role : text_of(c, texts[i]);
}

status people_not_found(struct ctx *c)
{
    struct staff_error_view v = { .nav = people_menu(c, STAFF_NONE), .signed_in = !id_is_zero(c->actor.user) };

    /* nothing on it may differ from one address to another: a foreign record and a missing one are the same bytes */
    c->page.path = STR("/account");
    c->page.token = STR("");
    c->page.other_lang = url_query(c->arena, url_path("/account"), "lang", c->page.other_lang_code);
    return page(c, tpl_people_not_found, &v);
}

static status account_show(struct ctx *c)
{
    char until[CLOCK_TEXT];
    struct account_view v = { .login = c->actor.login, .name = c->actor.name };

    TRY(people_nav(c, &v.nav, STAFF_ACCOUNT));
    v.waiting = may(c, MAY_READ_REPORTS) && c->actor.n_units == 0;
    v.check = person_check(c->arena, key_str(&c->actor.xpk));
    TRY(count_admissions(c, &v.to_admit));
    clock_time(c->now + 30 * MINUTE_MS, until);
    v.session_until = arena_copy(c->arena, str_c(until));
    TRY(account_roles(c, &v));
    v.code_old = recovery_code_is_old(c);
    return page(c, tpl_people_account, &v);
}

/* Only paths of our own: what comes back in a form is not trusted to lead anywhere else. */
static bool own_path(struct str path)
{
    for (size_t i = 0; i < path.n; i++)
        if (path.at[i] == '\\' || (unsigned char)path.at[i] <= ' ')     /* browsers drop a tab and then read "//" */
            return false;
    return path.n > 0 && path.at[0] == '/' && !str_starts(path, STR("//"));
}

static status theme_set(struct ctx *c)
{
    struct str theme = form_text(c, "theme"), back = form_text(c, "back");

    theme = str_is(theme, "dark") ? STR("dark") : STR("light");
    answer_header(c, "Set-Cookie", arena_f(c->arena, "theme=%.*s; Path=/; Max-Age=31536000; SameSite=Strict; HttpOnly",
                                           (int)theme.n, theme.at));
    return see_other(c, own_path(back) ? arena_copy(c->arena, back).at : "/account");
}

/* Shortcuts on or off in this browser, like its theme. */
static status keys_set(struct ctx *c)
{
    struct str back = form_text(c, "back");
    bool off = str_is(form_text(c, "keys"), "off");

    answer_header(c, "Set-Cookie", arena_f(c->arena, "keys=%s; Path=/; Max-Age=%d; SameSite=Strict; HttpOnly", off ? "off" : "on",
                                           off ? 31536000 : 0));
    return see_other(c, own_path(back) ? arena_copy(c->arena, back).at : "/account");
}

#define SIGN_IN_FORM FORM_FIRST({ .name = "user", .max = 200 }, { .name = "password", .max = 1024 }, { .name = "totp", .max = 20 })
#define SECRET_FORM FORM_FIRST({ .name = "password", .max = 1024 }, { .name = "again", .max = 1024 }, { .name = "token", .max = 100 })
#define RECOVERY_FORM FORM_FIRST({ .name = "user", .max = 200 }, { .name = "recovery", .max = 100 }, \
    { .name = "password", .max = 1024 }, { .name = "totp", .max = 20 }, { .name = "new_password", .max = 1024 }, \
    { .name = "again", .max = 1024 }, { .name = "token", .max = 100 })
#define TOTP_FORM FORM({ .name = "totp", .max = 20 }, { .name = "token", .max = 100 })
#define LAST_FORM FORM({ .name = "last", .max = 20 }, { .name = "token", .max = 100 })
#define EMPTY_FORM FORM({ .name = "token", .max = 100 })
#define THEME_FORM FORM({ .name = "theme", .max = 10 }, { .name = "back", .max = 300 }, { .name = "token", .max = 100 })
#define KEYS_FORM FORM({ .name = "keys", .max = 10 }, { .name = "back", .max = 300 }, { .name = "token", .max = 100 })

const struct route people_routes[] = {
    ROUTE(GET,  "/sign-in",         PUBLIC, NO_FORM,       sign_in_show),
    ROUTE(POST, "/sign-in",         PUBLIC, SIGN_IN_FORM,  sign_in_do,    .lane = LANE_STAFF),
    ROUTE(POST, "/sign-out",        STAFF,  EMPTY_FORM,    sign_out),
    ROUTE(GET,  "/welcome/:token",  PUBLIC, NO_FORM,       welcome_show),
    ROUTE(POST, "/welcome/:token",  PUBLIC, SECRET_FORM,   welcome_do,    .lane = LANE_STAFF),
    ROUTE(GET,  "/recovery",        PUBLIC, NO_FORM,       recovery_show),
    ROUTE(POST, "/recovery",        PUBLIC, RECOVERY_FORM, recovery_do,   .lane = LANE_STAFF),
    ROUTE(GET,  "/account",         STAFF,  NO_FORM,       account_show),
    ROUTE(GET,  "/account/phone",   STAFF,  NO_FORM,       phone_show),
    ROUTE(POST, "/account/phone",   STAFF,  TOTP_FORM,     phone_check),
    ROUTE(GET,  "/account/sheet",   STAFF,  NO_FORM,       sheet_show),
    ROUTE(POST, "/account/sheet",   STAFF,  LAST_FORM,     sheet_check),
    ROUTE(POST, "/account/theme",   STAFF,  THEME_FORM,    theme_set),
    ROUTE(POST, "/account/keys",    STAFF,  KEYS_FORM,     keys_set),
    ROUTES_END
};
