/* /banks/sharing: which banks go out, for reviewers. /banks/feeds: feeds of others that are read, for who runs the system. */
#include "exchange_fetch.h"
#include "exchange_share.h"
#include "matches.h"
#include "pages.h"

#include "matches.sql.h"
#include "matches_pages.h"
#include "texts.h"

enum { FEED_CHARS = 40, BASE_CHARS = 300, KEY_CHARS = 500, MINUTES_LEAST = 5, MINUTES_MOST = 7 * 24 * 60, MINUTES_USUAL = 60 };

/* -- what goes out ---------------------------------------------------------------------------------------------------------------- */

static const struct exchange_shares_row *share_of(const struct exchange_shares_rows *rows, struct id bank)
{
    for (size_t i = 0; i < rows->n; i++)
        if (id_eq(rows->at[i].bank, bank))
            return &rows->at[i];
    return NULL;
}

static struct str when_by(struct ctx *c, i64 at, struct opt_id who)
{
    struct str day = day_words(c, at), name = user_name(c, who);

    return name.n ? arena_f(c->arena, "%.*s · %.*s", (int)day.n, day.at, (int)name.n, name.at) : day;
}

static void fill_share(struct ctx *c, struct share_row *v, const struct exchange_shares_row *row)
{
    if (row == NULL || row->altered) {
        v->may_propose = !v->negative && row == NULL;
        return;
    }
    if (str_is(row->state, "shared")) {
        v->look = LIST_BLOCKED;
        v->since = when_by(c, row->confirmed_at.v, row->confirmed_by);
        v->may_end = true;
    } else if (str_is(row->state, "proposed")) {
        v->look = LIST_WAITS;
        v->since = when_by(c, row->proposed_at, (struct opt_id){ true, row->proposed_by });
        v->may_confirm = share_confirm_bar(row, c->actor.user) == SHARE_FINE;
        v->own = !v->may_confirm;
        v->may_end = true;
    } else {
        v->look = LIST_ENDED;
        v->since = when_by(c, row->ended_at.v, row->ended_by);
        v->may_propose = !v->negative;
    }
}

static int share_state(const struct share_row *v, const struct exchange_shares_row *row)
{
    if (v->negative)
        return T_MATCHES_SHARING_NEVER;
    if (row == NULL)
        return T_MATCHES_SHARING_NONE;
    return str_is(row->state, "shared") ? T_MATCHES_SHARING_SHARED
         : str_is(row->state, "proposed") ? T_MATCHES_SHARING_PROPOSED : T_MATCHES_SHARING_ENDED;
}

static status fill_banks(struct ctx *c, struct sharing_view *v, bool sandbox, const struct exchange_shares_rows *shares)
{
    struct banks all;

    TRY(banks_all(c->ledger, sandbox, &all));
    for (size_t i = 0; i < all.n && v->rows.n < SHARES_SHOWN; i++) {
        const struct exchange_shares_row *row = share_of(shares, all.at[i].id);
        struct share_row *to = &v->rows.at[v->rows.n++];

        *to = (struct share_row){ .id = all.at[i].id, .name = all.at[i].name, .code = all.at[i].code, .source = all.at[i].source,
                                  .sandbox = sandbox, .negative = all.at[i].negative, .look = LIST_ENDED, .since = STR("") };
        to->state = share_state(to, row);
        fill_share(c, to, row);
    }
    return OK;
}

static status sharing_show(struct ctx *c)
{
    struct sharing_view v = { .rows.at = NEW_N(c->arena, struct share_row, SHARES_SHOWN) };
    struct exchange_shares_rows shares;

    TRY(sql_shares_all(c->ledger, &shares));
    TRY(fill_banks(c, &v, false, &shares));
    TRY(fill_banks(c, &v, true, &shares));
    TRY(people_nav(c, &v.nav, STAFF_BANKS));
    return page(c, tpl_matches_sharing, &v);
}

static status share_act(struct ctx *c, struct str what, struct id bank, int *flash)
{
    if (str_is(what, "propose")) {
        *flash = T_MATCHES_SHARING_FLASH_PROPOSED;
        return act_share_propose(c, bank);
    }
    if (str_is(what, "confirm")) {
        *flash = T_MATCHES_SHARING_FLASH_SHARED;
        return act_share_confirm(c, bank);
    }
    *flash = T_MATCHES_SHARING_FLASH_ENDED;
    return str_is(what, "end") ? act_share_end(c, bank) : CONFLICT;
}

static status sharing_do(struct ctx *c)
{
    struct id bank;
    int flash = 0;
    status s;

    if (!id_of_text(form_text(c, "bank"), &bank))
        return done(c, T_MATCHES_FLASH_CHANGED, "/banks/sharing");
    s = share_act(c, form_text(c, "do"), bank, &flash);
    if (s == CONFLICT || s == NOT_FOUND || s == DENIED) {
        act_abort(c->ledger);
        return done(c, s == DENIED ? T_MATCHES_SHARING_FLASH_DENIED : T_MATCHES_FLASH_CHANGED, "/banks/sharing");
    }
    TRY(s);
    return done(c, flash, "/banks/sharing");
}

/* -- what is read ------------------------------------------------------------------------------------------------------------------- */

static struct str moment(struct ctx *c, i64 ms)
{
    char day[CLOCK_TEXT], time[CLOCK_TEXT];

    if (ms == 0)
        return STR("");
    clock_day_vi(ms, day);
    clock_time(ms, time);
    return arena_f(c->arena, "%s, %s", time, day);
}

static struct str bank_title(const struct banks *all, struct id id)
{
    for (size_t i = 0; i < all->n; i++)
        if (id_eq(all->at[i].id, id))
            return all->at[i].name;
    return STR("–");
}

static status fill_source(struct ctx *c, const struct banks *banks, const struct exchange_sources_row *row, struct source_row *to)
{
    struct exchange_reads_row read = { 0 };
    status s = sql_exchange_read_of(c->ledger->db, (struct sql_exchange_read_of){ .source = row->id }, &read);

    if (s != OK && s != NOT_FOUND)
        return s;
    *to = (struct source_row){ .id = row->id, .code = row->code, .base = row->base, .bank = bank_title(banks, row->bank),
        .kind = str_is(row->kind, "ncmec") ? T_MATCHES_HASHFEEDS_NCMEC : T_MATCHES_HASHFEEDS_STOPNCII, .on = row->active != 0,
        .minutes = row->minutes, .last = moment(c, read.ok_at), .records = read.records, .skipped = read.skipped,
        .reading = read.lease >= c->now, .fault = read.fault.at ? read.fault : STR("") };
    return OK;
}

static status fill_sources(struct ctx *c, struct sources_view *v)
{
    struct exchange_sources_rows rows;
    struct banks banks;

    TRY(sql_sources_all(c->ledger, &rows));
    TRY(banks_all(c->ledger, false, &banks));
    v->rows.at = NEW_N(c->arena, struct source_row, rows.n + 1);
    for (size_t i = 0; i < rows.n; i++)
        if (!rows.at[i].altered)
            TRY(fill_source(c, &banks, &rows.at[i], &v->rows.at[v->rows.n++]));
    v->banks.at = NEW_N(c->arena, struct choice, banks.n + 1);
    for (size_t i = 0; i < banks.n; i++)
        if (id_is_zero(banks.at[i].org))
            v->banks.at[v->banks.n++] = (struct choice){ banks.at[i].code, banks.at[i].name, str_eq(banks.at[i].code, form_text(c, "bank")) };
    return OK;
}

static status sources_show(struct ctx *c)
{
    static const char *const fields[] = { "code", "base", "bank", "user", "secret", "minutes", NULL };
    struct sources_view v = { .faults = faults_of(c, fields), .code = typed_of(c, "code", STR("")), .base = typed_of(c, "base", STR("")),
        .user = typed_of(c, "user", STR("")), .secret = typed_of(c, "secret", STR("")), .bank_error = form_error(c, "bank"),
        .minutes = typed_of(c, "minutes", arena_f(c->arena, "%d", MINUTES_USUAL)), .ncmec = str_is(form_text(c, "kind"), "ncmec") };

    v.secret.text = STR("");
    TRY(fill_sources(c, &v));
    TRY(people_nav(c, &v.nav, STAFF_LISTS));
    return page(c, tpl_matches_hashfeeds, &v);
}

static bool code_right(struct str code)
{
    for (size_t i = 0; i < code.n; i++)
        if (!((code.at[i] >= 'a' && code.at[i] <= 'z') || (code.at[i] >= '0' && code.at[i] <= '9') || (code.at[i] == '-' && i > 0)))
            return false;
    return code.n > 0 && code.n <= FEED_CHARS;
}

/* The two keys go into headers: nothing that could end a line, and no colon in the name of basic authentication. */
static bool key_right(struct str key, bool name)
{
    for (size_t i = 0; i < key.n; i++)
        if (key.at[i] <= ' ' || key.at[i] > '~' || (name && key.at[i] == ':'))
            return false;
    return key.n > 0;
}

static status check_source(struct ctx *c, struct feed_new *new)
{
    struct exchange_sources_row there;
    struct bank bank;

    if (!code_right(new->code))
        refuse(c, "code", T_MATCHES_HASHFEEDS_WRONG_CODE);
    else if (sql_source_of_code(c->ledger, (struct sql_source_of_code){ .code = new->code }, &there) != NOT_FOUND)
        refuse(c, "code", T_MATCHES_HASHFEEDS_WRONG_TAKEN);
    if (!feed_base_right(c->arena, new->base, feed_reach(c->app)))
        refuse(c, "base", T_MATCHES_HASHFEEDS_WRONG_BASE);
    if (bank_of_code(c->ledger, form_text(c, "bank"), &bank) != OK || bank.sandbox || !id_is_zero(bank.org))
        refuse(c, "bank", T_MATCHES_HASHFEEDS_WRONG_BANK);
    new->bank = bank.id;
    if (!key_right(new->user, true))
        refuse(c, "user", T_MATCHES_HASHFEEDS_WRONG_KEY);
    if (!key_right(new->secret, false))
        refuse(c, "secret", T_MATCHES_HASHFEEDS_WRONG_KEY);
    if (!str_i64(form_text(c, "minutes"), &new->minutes) || new->minutes < MINUTES_LEAST || new->minutes > MINUTES_MOST)
        refuse(c, "minutes", T_MATCHES_HASHFEEDS_WRONG_MINUTES);
    fail_clear();
    return refused(c);
}

static status source_add(struct ctx *c)
{
    struct feed_new new = { .code = trimmed(c, "code"), .base = trimmed(c, "base"), .user = trimmed(c, "user"), .secret = trimmed(c, "secret"),
                            .kind = str_is(form_text(c, "kind"), "ncmec") ? STR("ncmec") : STR("stopncii") };

    while (new.base.n > 0 && new.base.at[new.base.n - 1] == '/')
        new.base.n--;
    TRY(check_source(c, &new));
    TRY(act_feed_add(c, &new));
    return done(c, T_MATCHES_HASHFEEDS_FLASH_ADDED, "/banks/feeds");
}

static status source_now(struct ctx *c, struct id source)
{
    i64 n;

    TRY(sql_exchange_read_now(c->ledger->db, (struct sql_exchange_read_now){ .source = source }, &n));
    return n > 0 ? OK : NOT_FOUND;
}

static status sources_do(struct ctx *c)
{
    struct str what = form_text(c, "do");
    int flash = T_MATCHES_HASHFEEDS_FLASH_NOW;
    struct id source;
    status s;

    if (str_is(what, "add"))
        return source_add(c);
    if (!id_of_text(form_text(c, "source"), &source))
        return done(c, T_MATCHES_FLASH_CHANGED, "/banks/feeds");
    if (!str_is(what, "now"))
        flash = str_is(what, "on") ? T_MATCHES_HASHFEEDS_FLASH_ON : T_MATCHES_HASHFEEDS_FLASH_OFF;
    s = str_is(what, "now") ? source_now(c, source) : act_feed_switch(c, source, str_is(what, "on"));
    if (s == CONFLICT || s == NOT_FOUND) {
        act_abort(c->ledger);
        return done(c, T_MATCHES_FLASH_CHANGED, "/banks/feeds");
    }
    TRY(s);
    return done(c, flash, "/banks/feeds");
}

#define SHARING_FORM FORM({ .name = "do", .max = 20 }, { .name = "bank", .max = 30 }, { .name = "token", .max = 100 })
#define SOURCES_FORM FORM({ .name = "do", .max = 20 }, { .name = "source", .max = 30 }, { .name = "code", .max = FEED_CHARS }, \
    { .name = "kind", .max = 20 }, { .name = "base", .max = BASE_CHARS }, { .name = "bank", .max = 100 }, { .name = "user", .max = KEY_CHARS }, \
    { .name = "secret", .max = KEY_CHARS }, { .name = "minutes", .max = 10 }, { .name = "token", .max = 100 })

const struct route exchange_routes[] = {
    ROUTE(GET,  "/banks/sharing", MAY_REVIEW_LISTS, NO_FORM,      sharing_show),
    ROUTE(POST, "/banks/sharing", MAY_REVIEW_LISTS, SHARING_FORM, sharing_do),
    ROUTE(GET,  "/banks/feeds",   MAY_RUN_SYSTEM,   NO_FORM,      sources_show),
    ROUTE(POST, "/banks/feeds",   MAY_RUN_SYSTEM,   SOURCES_FORM, sources_do),
    ROUTES_END
};
