/* /admin/partners: an administrator makes tokens for the programs of the own organisation, and says where notices go. */
#include "../people/admin_pages.h"
#include "../people/tokens.h"
#include "views.h"
#include "webhook.h"

#include "partners.sql.h"
#include "partners_pages.h"
#include "texts.h"

enum { NAME_CHARS = 80, TOKENS_MAX = 100, SHOWN_MINUTES = 5 };

static const char page_path[] = "/admin/partners";

/* -- the page ------------------------------------------------------------------------------------------------------------- */

static struct str scopes_shown(struct ctx *c, struct str scopes)
{
    struct str words = STR(""), word;

    while (str_cut(&scopes, ' ', &word))
        words = joined_words(c, words, text_of(c, people_scope_text(word)));
    return words;
}

static status used_on(struct ctx *c, struct id token, struct str *day)
{
    struct token_day_row row;
    status s = sql_token_day(c->ledger->db, (struct sql_token_day){ .token = token }, &row);

    *day = s == OK ? day_words(c, row.day) : STR("");
    return s == NOT_FOUND ? OK : s;
}

static status fill_tokens(struct ctx *c, struct partners_view *v)
{
    struct tokens_rows rows;

    TRY(sql_partner_tokens_of(c->ledger, (struct sql_partner_tokens_of){ .org = c->actor.org }, &rows));
    v->tokens.at = NEW_N(c->arena, struct token_line, rows.n + 1);
    for (size_t i = 0; i < rows.n; i++) {
        const struct tokens_row *t = &rows.at[i];
        struct token_line *line = &v->tokens.at[v->tokens.n];

        if (t->altered)
            continue;
        *line = (struct token_line){ .id = t->id, .name = t->name, .scopes = scopes_shown(c, t->scope), .set_by = user_name(c, t->set_by),
                                     .set_on = day_words(c, t->set_at), .sandbox = t->sandbox, .waits = !t->confirmed_by.has,
                                     .signs = t->secret.n > 0 };
        TRY(used_on(c, t->id, &line->used_on));
        v->tokens.n++;
    }
    return OK;
}

static status fill_addresses(struct ctx *c, struct partners_view *v)
{
    struct str typed = form_text(c, "environment");

    v->addresses.at = NEW_N(c->arena, struct webhook_line, 2);
    for (size_t i = 0; i < 2; i++) {
        struct webhook_line *line = &v->addresses.at[i];
        struct partner_webhooks_row row;
        status s = webhook_address(c->ledger, c->actor.org, i == 1, &row);

        if (s != OK && s != NOT_FOUND)
            return s;
        *line = (struct webhook_line){ .sandbox = i == 1, .set = s == OK, .code = i == 1 ? STR("sandbox") : STR("production"),
                                       .url = s == OK ? row.url : STR(""), .since = s == OK ? day_words(c, row.set_at) : STR(""),
                                       .error = STR("") };
        if (form_failed(c) && form_error(c, "url").n > 0 && str_eq(typed, line->code)) {
            line->url = form_text(c, "url");
            line->error = form_error(c, "url");
        }
    }
    v->addresses.n = 2;
    return OK;
}

static bool chosen(const struct ctx *c, const char *word)
{
    struct strs all = form_all(c, "scope");

    for (size_t i = 0; i < all.n; i++)
        if (str_is(all.at[i], word))
            return true;
    return false;
}

/* All but the witness's, which comes with a key of its own and from the operator. */
static void fill_scopes(struct ctx *c, struct partners_view *v)
{
    v->scopes.at = NEW_N(c->arena, struct scope_words, TOKEN_SCOPES);
    for (size_t i = 0; i < TOKEN_SCOPES; i++)
        if (token_scopes[i].right != MAY_WITNESS)
            v->scopes.at[v->scopes.n++] = (struct scope_words){ str_c(token_scopes[i].word), people_scope_text(str_c(token_scopes[i].word)),
                                                                chosen(c, token_scopes[i].word) };
}

static status partners_show(struct ctx *c)
{
    static const char *const fields[] = { "name", "scope", "url", NULL };
    struct partners_view v = { .faults = faults_of(c, fields), .token = session_take(c, "partner-token"),
                               .secret = session_take(c, "partner-secret"), .webhook_secret = session_take(c, "webhook-secret"),
                               .token_waits = str_is(session_take(c, "partner-waits"), "yes"), .name = typed_of(c, "name", STR("")),
                               .scopes_error = form_error(c, "scope"), .sandbox = !str_is(form_text(c, "environment"), "production"),
                               .signs = str_is(form_text(c, "signed"), "yes") };

    fill_scopes(c, &v);
    TRY(fill_tokens(c, &v));
    TRY(fill_addresses(c, &v));
    TRY(people_nav(c, &v.nav, STAFF_ADMIN));
    return page(c, tpl_partners_partners, &v);
}

/* -- tokens ------------------------------------------------------------------------------------------------------------------- */

static struct str chosen_scopes(struct ctx *c)
{
    struct out o = { .max = 200 };
    struct str scopes;

    for (size_t i = 0; i < TOKEN_SCOPES; i++)
        if (token_scopes[i].right != MAY_WITNESS && chosen(c, token_scopes[i].word)) {
            out_c(&o, o.n ? " " : "");
            out_c(&o, token_scopes[i].word);
        }
    scopes = arena_copy(c->arena, out_done(&o));
    out_free(&o);
    return scopes;
}

static status count_tokens(struct ctx *c, size_t *n)
{
    struct tokens_rows rows;

    TRY(sql_partner_tokens_of(c->ledger, (struct sql_partner_tokens_of){ .org = c->actor.org }, &rows));
    *n = rows.n;
    return OK;
}

static status make_token(struct ctx *c, const struct token_new *new, struct token_made *made)
{
    struct proposals_row p = { .kind = STR("token"), .org = c->actor.org };

    TRY(act_begin(c->ledger, (struct act_info){ .act = "token.new", .now = c->now, .actor = c->actor.user, .object = c->actor.org }));
    TRY(token_make(c->ledger, new, made));
    p.object = made->id;
    if (new->waits)
        TRY(propose(c->ledger, p, c->actor.user, c->now));
    return act_commit(c->ledger);
}

/* Production opens real data to a program: it waits for a second person, as everything does that opens something. */
static status token_add(struct ctx *c)
{
    struct token_new new = { .org = c->actor.org, .scope = chosen_scopes(c), .key = STR(""), .name = trimmed(c, "name"),
                             .sandbox = !str_is(form_text(c, "environment"), "production"), .signs = str_is(form_text(c, "signed"), "yes"),
                             .set_by = { true, c->actor.user }, .now = c->now };
    struct token_made made;
    size_t n;

    TRY(count_tokens(c, &n));
    if (new.name.n == 0)
        refuse(c, "name", T_PARTNERS_WRONG_NAME);
    else if (n >= TOKENS_MAX)
        refuse(c, "name", T_PARTNERS_WRONG_MANY);
    if (new.scope.n == 0)
        refuse(c, "scope", T_PARTNERS_WRONG_SCOPES);
    TRY(refused(c));
    new.waits = !new.sandbox;
    TRY(make_token(c, &new, &made));
    session_put(c, "partner-token", made.text, SHOWN_MINUTES);
    session_put(c, "partner-secret", made.secret, SHOWN_MINUTES);
    session_put(c, "partner-waits", new.waits ? STR("yes") : STR("no"), SHOWN_MINUTES);
    return done(c, new.waits ? T_PARTNERS_FLASH_WAITS : T_PARTNERS_FLASH_MADE, page_path);
}

static status end_in_act(struct ctx *c, struct id id)
{
    struct tokens_row row = { .id = id };

    TRY(row_get(c->ledger, &table_tokens, &row));
    if (!id_eq(row.org, c->actor.org))
        return fail(NOT_FOUND, "another organisation's token");
    TRY(act_begin(c->ledger, (struct act_info){ .act = "token.end", .now = c->now, .actor = c->actor.user, .object = id }));
    TRY(proposals_withdraw(c->ledger, (struct proposal_of){ .object = id }, c->actor.user, c->now));
    TRY(token_end(c->ledger, id));
    return act_commit(c->ledger);
}

static status token_revoke(struct ctx *c)
{
    struct id id;
    status s = id_of_text(form_text(c, "id"), &id) ? end_in_act(c, id) : NOT_FOUND;

    if (s == CONFLICT) {
        act_abort(c->ledger);
        return done(c, T_PARTNERS_FLASH_CHANGED, page_path);
    }
    TRY(s);
    return done(c, T_PARTNERS_FLASH_ENDED, page_path);
}

/* -- where notices go --------------------------------------------------------------------------------------------------------------- */

static int fault_text(enum reach_fault fault)
{
    static const int texts[] = {
        [REACH_FORM] = T_PARTNERS_WRONG_URL, [REACH_PLAIN] = T_PARTNERS_WRONG_PLAIN, [REACH_USER] = T_PARTNERS_WRONG_USER,
        [REACH_PORT] = T_PARTNERS_WRONG_PORT, [REACH_INSIDE] = T_PARTNERS_WRONG_INSIDE,
    };

    return texts[fault];
}

static status address_set(struct ctx *c)
{
    struct webhook_wish wish = { .org = c->actor.org, .by = c->actor.user, .sandbox = str_is(form_text(c, "environment"), "sandbox"),
                                 .renew = str_is(form_text(c, "renew"), "yes"), .url = trimmed(c, "url"), .now = c->now };
    enum reach_fault fault = reach_url(c->arena, wish.url, webhook_reach(c->app));
    struct str secret;

    if (fault != REACH_FINE)
        refuse(c, "url", fault_text(fault));
    TRY(refused(c));
    TRY(act_begin(c->ledger, (struct act_info){ .act = "webhook.set", .now = c->now, .actor = c->actor.user, .object = c->actor.org }));
    TRY(webhook_address_set(c->ledger, &wish, &secret));
    TRY(act_commit(c->ledger));
    session_put(c, "webhook-secret", secret, SHOWN_MINUTES);
    return done(c, T_PARTNERS_FLASH_ADDRESS, page_path);
}

static status address_end(struct ctx *c)
{
    status s;

    TRY(act_begin(c->ledger, (struct act_info){ .act = "webhook.end", .now = c->now, .actor = c->actor.user, .object = c->actor.org }));
    s = webhook_address_drop(c->ledger, c->actor.org, str_is(form_text(c, "environment"), "sandbox"));
    if (s == NOT_FOUND || s == CONFLICT) {
        act_abort(c->ledger);
        return done(c, T_PARTNERS_FLASH_CHANGED, page_path);
    }
    TRY(s);
    TRY(act_commit(c->ledger));
    return done(c, T_PARTNERS_FLASH_ADDRESS_ENDED, page_path);
}

static status partners_do(struct ctx *c)
{
    struct str what = form_text(c, "do");

    if (str_is(what, "end"))
        return token_revoke(c);
    if (str_is(what, "address"))
        return address_set(c);
    return str_is(what, "address-end") ? address_end(c) : token_add(c);
}

#define PARTNERS_FORM FORM({ .name = "do", .max = 20 }, { .name = "name", .max = NAME_CHARS }, { .name = "scope", .max = 20, .repeat = true }, \
    { .name = "environment", .max = 20 }, { .name = "signed", .max = 5 }, { .name = "id", .max = 30 }, { .name = "url", .max = 500 }, \
    { .name = "renew", .max = 5 }, { .name = "token", .max = 100 })

const struct route partner_admin_routes[] = {
    ROUTE(GET,  "/admin/partners", MAY_SET_PEOPLE, NO_FORM,       partners_show),
    ROUTE(POST, "/admin/partners", MAY_SET_PEOPLE, PARTNERS_FORM, partners_do),
    ROUTES_END
};
