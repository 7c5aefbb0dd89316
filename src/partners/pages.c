/* /partner: what the own programs sent, what was wrong with it, how much is left, and what became of our notices. */
#include "../people/admin_pages.h"
#include "error_words.h"
#include "quotas.h"
#include "views.h"
#include "webhook.h"

#include "partners.sql.h"
#include "partners_pages.h"
#include "texts.h"

enum { HOURS_SHOWN = 24, DAYS_SHOWN = 30 };

/* -- numbers in words ---------------------------------------------------------------------------------------------------------- */

/* 1234567 as people here write it: 1.234.567; in English 1,234,567. */
static struct str number_words(struct ctx *c, i64 n)
{
    char digits[32], text[48];
    int len = snprintf(digits, sizeof digits, "%lld", (long long)n), at = 0;

    for (int i = 0; i < len; i++) {
        if (i > 0 && (len - i) % 3 == 0)
            text[at++] = c->lang == LANG_EN ? ',' : '.';
        text[at++] = digits[i];
    }
    return arena_copy(c->arena, str_of(text, (size_t)at));
}

static struct str size_words(struct ctx *c, i64 bytes)
{
    static const char *const units[] = { "B", "kB", "MB", "GB", "TB" };
    size_t i = 0;

    for (; bytes >= 10000 && i + 1 < COUNT_OF(units); i++)
        bytes /= 1000;
    return arena_f(c->arena, "%lld %s", (long long)bytes, units[i]);
}

static struct str moment_words(struct ctx *c, i64 at)
{
    char day[CLOCK_TEXT], time[CLOCK_TEXT];

    clock_day_vi(at, day);
    clock_time(at, time);
    return arena_f(c->arena, "%s %s", day, time);
}

static i64 share(i64 part, i64 whole)
{
    return whole <= 0 ? 0 : part >= whole ? 100 : part * 100 / whole;
}

/* -- traffic ---------------------------------------------------------------------------------------------------------------------- */

struct amount { i64 at, calls, refused; };
struct amounts { struct amount *at; size_t n; };

static void add_amount(struct amounts *to, i64 at, const struct traffic_hours_row *row)
{
    if (to->n == 0 || to->at[to->n - 1].at != at)
        to->at[to->n++] = (struct amount){ .at = at };
    to->at[to->n - 1].calls += row->calls;
    to->at[to->n - 1].refused += row->refused;
}

static void amounts_shown(struct ctx *c, const struct amounts *from, bool hours, struct amount_lines *to)
{
    i64 most = 1;

    to->at = NEW_N(c->arena, struct amount_line, from->n + 1);
    for (size_t i = 0; i < from->n; i++)
        most = from->at[i].calls > most ? from->at[i].calls : most;
    for (size_t i = 0; i < from->n; i++) {
        const struct amount *a = &from->at[i];

        to->at[to->n++] = (struct amount_line){ .name = hours ? moment_words(c, a->at) : day_words(c, a->at), .calls = number_words(c, a->calls),
                                                .refused = a->refused ? number_words(c, a->refused) : STR(""), .bar = share(a->calls, most) };
    }
}

static status fill_traffic(struct ctx *c, struct partner_view *v)
{
    i64 since = clock_local_day(c->now) - (DAYS_SHOWN - 1) * DAY_MS, total = 0, refused = 0;
    struct traffic_hours_rows rows;
    struct amounts hours, days;

    TRY(sql_traffic_hours(c->ledger->db, (struct sql_traffic_hours){ .org = c->actor.org, .sandbox = v->sandbox, .since = since }, &rows));
    hours = (struct amounts){ .at = NEW_N(c->arena, struct amount, rows.n + 1) };
    days = (struct amounts){ .at = NEW_N(c->arena, struct amount, rows.n + 1) };
    for (size_t i = 0; i < rows.n; i++) {
        if (rows.at[i].hour > c->now - HOURS_SHOWN * (i64)HOUR_MS)
            add_amount(&hours, rows.at[i].hour, &rows.at[i]);
        add_amount(&days, clock_local_day(rows.at[i].hour), &rows.at[i]);
        total += rows.at[i].calls;
        refused += rows.at[i].refused;
    }
    amounts_shown(c, &hours, true, &v->hours);
    amounts_shown(c, &days, false, &v->days);
    v->total = number_words(c, total);
    v->refused = number_words(c, refused);
    return OK;
}

static status fill_kinds(struct ctx *c, struct partner_view *v)
{
    i64 since = clock_local_day(c->now) - (DAYS_SHOWN - 1) * DAY_MS;
    struct traffic_kinds_rows rows;

    TRY(sql_traffic_kinds(c->ledger->db, (struct sql_traffic_kinds){ .org = c->actor.org, .sandbox = v->sandbox, .since = since }, &rows));
    v->kinds.at = NEW_N(c->arena, struct kind_line, rows.n + 1);
    for (size_t i = 0; i < rows.n; i++)
        v->kinds.at[v->kinds.n++] = (struct kind_line){ rows.at[i].kind, number_words(c, rows.at[i].calls), number_words(c, rows.at[i].refused),
            size_words(c, rows.at[i].bytes), arena_f(c->arena, "%lld ms", (long long)(rows.at[i].us / rows.at[i].calls / 1000)) };
    return OK;
}

static status fill_quotas(struct ctx *c, struct partner_view *v)
{
    static const int texts[QUOTA_SCOPES] = { T_PARTNERS_SCOPE_CALL, T_ADMIN_SCOPE_REPORT, T_ADMIN_SCOPE_MATCH, T_ADMIN_SCOPE_HASHES_READ,
                                             T_ADMIN_SCOPE_HASHES_WRITE, T_ADMIN_SCOPE_NOTICES };

    v->quotas.at = NEW_N(c->arena, struct quota_line, QUOTA_SCOPES);
    for (int i = 0; i < QUOTA_SCOPES; i++) {
        struct quota q;
        i64 used;

        TRY(quota_of(c->ledger, c->actor.org, v->sandbox, i, &q));
        TRY(quota_used(c->ledger, c->actor.org, v->sandbox, i, c->now, &used));
        v->quotas.at[v->quotas.n++] = (struct quota_line){ .scope = texts[i], .used = number_words(c, used), .per_day = number_words(c, q.per_day),
            .per_second = number_words(c, q.per_second), .burst = number_words(c, q.burst), .bar = share(used, q.per_day),
            .near = used * 5 >= q.per_day * 4 };
    }
    return OK;
}

/* -- what went wrong, and what we sent ------------------------------------------------------------------------------------------------- */

static status fill_errors(struct ctx *c, struct partner_view *v)
{
    struct partner_errors_of_rows rows;

    TRY(sql_partner_errors_of(c->ledger->db, (struct sql_partner_errors_of){ .org = c->actor.org, .sandbox = v->sandbox }, &rows));
    v->errors.at = NEW_N(c->arena, struct trouble_line, rows.n + 1);
    for (size_t i = 0; i < rows.n; i++)
        v->errors.at[v->errors.n++] = (struct trouble_line){ .at = moment_words(c, rows.at[i].at), .kind = rows.at[i].kind,
            .code = rows.at[i].code, .status = rows.at[i].status, .remedy = error_remedy(rows.at[i].code) };
    return OK;
}

static int sending_text(struct str state)
{
    return str_is(state, "taken") ? T_PARTNERS_SENT_TAKEN : str_is(state, "given-up") ? T_PARTNERS_SENT_GIVEN_UP : T_PARTNERS_SENT_WAITING;
}

static status fill_sendings(struct ctx *c, struct partner_view *v)
{
    struct partner_webhooks_row address;
    struct webhooks_of_org_rows rows;
    status s = webhook_address(c->ledger, c->actor.org, v->sandbox, &address);

    if (s != OK && s != NOT_FOUND)
        return s;
    v->webhook = s == OK ? address.url : STR("");
    TRY(sql_webhooks_of_org(c->ledger->db, (struct sql_webhooks_of_org){ .org = c->actor.org, .sandbox = v->sandbox }, &rows));
    v->sendings.at = NEW_N(c->arena, struct sending_line, rows.n + 1);
    for (size_t i = 0; i < rows.n; i++)
        v->sendings.at[v->sendings.n++] = (struct sending_line){ .type = rows.at[i].type, .made = moment_words(c, rows.at[i].made),
            .next = rows.at[i].next && rows.at[i].tries ? moment_words(c, rows.at[i].next) : STR(""), .tries = rows.at[i].tries,
            .code = rows.at[i].code, .state = sending_text(rows.at[i].state), .bad = !str_is(rows.at[i].state, "taken") && rows.at[i].tries > 0 };
    return OK;
}

/* -- the page -------------------------------------------------------------------------------------------------------------------------------- */

static struct url tab(struct ctx *c, bool sandbox)
{
    return url_lang(c->arena, url_path(sandbox ? "/partner?env=sandbox" : "/partner"), c->page.lang_query);
}

static status partner_show(struct ctx *c)
{
    struct partner_view v = { .sandbox = str_is(query_text(c, "env"), "sandbox"), .sets = may(c, MAY_SET_PEOPLE),
                              .production_tab = tab(c, false), .sandbox_tab = tab(c, true),
                              .base = web_origin(c) };

    v.action = v.sandbox ? v.sandbox_tab : v.production_tab;
    TRY(fill_traffic(c, &v));
    TRY(fill_kinds(c, &v));
    TRY(fill_quotas(c, &v));
    TRY(fill_errors(c, &v));
    TRY(fill_sendings(c, &v));
    TRY(people_nav(c, &v.nav, STAFF_PARTNER));
    return page(c, tpl_partners_partner, &v);
}

/* A notice that says nothing, on the way of all others. */
static status partner_test(struct ctx *c)
{
    struct webhook_new w = { .org = c->actor.org, .sandbox = str_is(query_text(c, "env"), "sandbox"), .type = STR("partner.test"),
                             .data = STR("{\"text\":\"Lá Chắn\"}"), .object = c->actor.org };
    const char *back = w.sandbox ? "/partner?env=sandbox" : "/partner";
    struct id id;
    status s;

    TRY(act_begin(c->ledger, (struct act_info){ .act = "webhook.test", .now = c->now, .actor = c->actor.user, .object = c->actor.org }));
    s = webhook_queue(c->ledger, &w, c->now, &id);
    if (s == NOT_FOUND) {
        act_abort(c->ledger);
        return done(c, T_PARTNERS_FLASH_NO_ADDRESS, back);
    }
    TRY(s);
    TRY(act_commit(c->ledger));
    return done(c, T_PARTNERS_FLASH_TEST, back);
}

const struct route partner_routes[] = {
    ROUTE(GET,  "/partner", MAY_READ_TRAFFIC, NO_FORM, partner_show),
    ROUTE(POST, "/partner", MAY_READ_TRAFFIC, FORM({ .name = "token", .max = 100 }), partner_test),
    ROUTES_END
};
