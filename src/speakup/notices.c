/* "There is something new on the desk", by mail, for who asked for it: no name, no number, no time of a child. A person is looked
   at once in each quarter of an hour, so the letter tells no more than that quarter; what was told already is kept with the
   address, boxed under the house's key for jobs, so that the row says nothing to who reads the database. */
#include "desk_words.h"

#include "../ledger/turn.h"
#include "../outbox/mail.h"

#include "speakup_pages.h"
#include "texts.h"

enum { SLOT_MS = 15 * MINUTE_MS, TOLD_MAX = 1000 };

/* A report with so many unanswered messages. */
struct told_row { struct id id; i64 waiting; };
struct subscriber {
    struct str address;                 /* "": the person wants none any more */
    enum lang lang;
    struct told_row *told;              /* what waited when it was looked last */
    size_t n_told;
};

static struct key ctx_notice(struct id user)
{
    return vault_ctx("notice", PARTS(id_bytes(&user)));
}

/* Lines: language and address, then a report's id and its count each. */
static struct str notice_text(struct ledger *l, const struct subscriber *n)
{
    struct out o = { .max = 64 << 10 };
    struct str text;

    out_f(&o, "%s %.*s\n", n->lang == LANG_EN ? "en" : "vi", (int)n->address.n, n->address.at);
    for (size_t i = 0; i < n->n_told; i++) {
        char id[ID_TEXT + 1];

        id_text(n->told[i].id, id);
        out_f(&o, "%s %lld\n", id, (long long)n->told[i].waiting);
    }
    text = arena_copy(l->arena, out_done(&o));
    out_wipe(&o);
    out_free(&o);
    return text;
}

static void read_told(struct arena *a, struct str text, struct subscriber *n)
{
    struct str line, id;

    n->told = NEW_N(a, struct told_row, TOLD_MAX);
    for (n->n_told = 0; n->n_told < TOLD_MAX && str_cut(&text, '\n', &line);) {
        struct told_row *row = &n->told[n->n_told];

        n->n_told += str_cut(&line, ' ', &id) && id_of_text(id, &row->id) && str_i64(line, &row->waiting);
    }
}

static status notice_open(struct ledger *l, struct id user, struct str sealed, struct subscriber *n)
{
    struct str plain, line, lang;
    status s = BROKEN;

    *n = (struct subscriber){ 0 };
    for (size_t i = l->house->n; i-- > 0 && s != OK;)
        s = vault_unbox(l->arena, &l->house->gen[i].job, ctx_notice(user), sealed, &plain);
    TRY(s);
    if (!str_cut(&plain, '\n', &line) || !str_cut(&line, ' ', &lang))
        return fail(BROKEN, "a notice without an address");
    n->lang = str_is(lang, "en") ? LANG_EN : LANG_VI;
    n->address = line;
    read_told(l->arena, plain, n);
    return OK;
}

static status notice_put(struct ledger *l, struct id user, const struct subscriber *n, i64 slot)
{
    struct str sealed = vault_box(l->arena, &house_now(l->house)->job, ctx_notice(user), notice_text(l, n));

    return sql_notice_put(l->db, (struct sql_notice_put){ .user = user, .slot = slot, .sealed = sealed });
}

/* -- what waits for a person ------------------------------------------------------------------------------------------------------- */

static void add_row(struct subscriber *n, struct id id, i64 waiting)
{
    if (n->n_told < TOLD_MAX)
        n->told[n->n_told++] = (struct told_row){ id, waiting };
}

/* Their own that wait for an answer, and the most pressing of what nobody has. */
static status waiting_now(struct ledger *l, struct id user, i64 now, struct subscriber *n)
{
    struct members_rows units;
    struct waiting_mine_rows mine;

    n->told = NEW_N(l->arena, struct told_row, TOLD_MAX);
    n->n_told = 0;
    TRY(sql_waiting_mine(l->db, (struct sql_waiting_mine){ .user = user }, &mine));
    for (size_t i = 0; i < mine.n; i++)
        add_row(n, mine.at[i].id, mine.at[i].waiting);
    TRY(sql_members_of_user(l, (struct sql_members_of_user){ .user = user, .now = now }, &units));
    for (size_t u = 0; u < units.n; u++) {
        struct waiting_unclaimed_rows rows;

        if (units.at[u].altered)
            continue;
        TRY(sql_waiting_unclaimed(l->db, (struct sql_waiting_unclaimed){ .unit = units.at[u].unit }, &rows));
        for (size_t i = 0; i < rows.n; i++)
            add_row(n, rows.at[i].id, rows.at[i].waiting);
    }
    return OK;
}

static bool is_new(const struct subscriber *before, const struct told_row *row)
{
    for (size_t i = 0; i < before->n_told; i++)
        if (id_eq(before->told[i].id, row->id))
            return row->waiting > before->told[i].waiting;
    return row->waiting > 0;
}

static bool any_new(const struct subscriber *before, const struct subscriber *after)
{
    for (size_t i = 0; i < after->n_told; i++)
        if (is_new(before, &after->told[i]))
            return true;
    return false;
}

/* -- the job --------------------------------------------------------------------------------------------------------------------------- */

static status still_active(struct ledger *l, struct id user, bool *active)
{
    struct users_row row = { .id = user };
    status s = row_get(l, &table_users, &row);

    *active = s == OK && str_is(row.state, "active");
    return s == OK || s == NOT_FOUND ? OK : s;
}

/* Looks, and writes the letter, in one transaction with what is told from then on. */
static status look(struct ledger *l, const struct due_notices_row *row, i64 now)
{
    struct subscriber before, after;
    bool active;

    TRY(still_active(l, row->user, &active));
    if (!active || notice_open(l, row->user, row->sealed, &before) != OK)
        return sql_notice_end(l->db, (struct sql_notice_end){ .user = row->user });
    after = (struct subscriber){ .address = before.address, .lang = before.lang };
    TRY(waiting_now(l, row->user, now, &after));
    if (any_new(&before, &after))
        TRY(mail_queue(l, &(struct mail){ before.address, text_in((int)before.lang, T_DESK_MAIL_SUBJECT),
                                          text_in((int)before.lang, T_DESK_MAIL_BODY) }, now));
    return notice_put(l, row->user, &after, now / SLOT_MS);
}

status desk_notices(struct ledger *l, const struct app *app, i64 now)
{
    struct due_notices_rows rows;

    if (app->smtp_url == NULL)
        return OK;
    TRY(sql_due_notices(l->db, (struct sql_due_notices){ .slot = now / SLOT_MS }, &rows));
    for (size_t i = 0; i < rows.n; i++) {
        status s;

        TRY(tx_begin(l->db));
        s = look(l, &rows.at[i], now);
        if (s == OK)
            TRY(tx_commit(l->db));
        else
            tx_rollback(l->db);     /* the others are looked at all the same; this one again in a minute */
    }
    return OK;
}

/* -- /account/notices ------------------------------------------------------------------------------------------------------------------- */

static status present(struct ctx *c, struct subscriber *n)
{
    struct notice_of_row row;
    status s = sql_notice_of(c->ledger->db, (struct sql_notice_of){ .user = c->actor.user }, &row);

    *n = (struct subscriber){ .address = STR("") };
    if (s == NOT_FOUND || (s == OK && notice_open(c->ledger, c->actor.user, row.sealed, n) != OK))
        return OK;
    return s;
}

static status notices_show(struct ctx *c)
{
    struct desk_notices_view v = { .possible = c->app->smtp_url != NULL, .address_error = form_error(c, "address") };
    struct subscriber n;

    TRY(present(c, &n));
    v.address = form_failed(c) ? form_text(c, "address") : n.address;
    v.on = n.address.n > 0;
    TRY(people_nav(c, &v.nav, STAFF_ACCOUNT));
    return page(c, tpl_speakup_desk_notices, &v);
}

/* What waits already is known to the person: the first letter tells of what comes after. */
static status save(struct ctx *c, struct str address)
{
    struct subscriber n = { .address = address, .lang = c->lang };

    TRY(tx_begin(c->ledger->db));
    if (address.n == 0) {
        TRY(sql_notice_end(c->ledger->db, (struct sql_notice_end){ .user = c->actor.user }));
    } else {
        TRY(waiting_now(c->ledger, c->actor.user, c->now, &n));
        TRY(notice_put(c->ledger, c->actor.user, &n, c->now / SLOT_MS));
    }
    return tx_commit(c->ledger->db);
}

static status notices_save(struct ctx *c)
{
    struct str address = str_trim(form_text(c, "address"));
    bool off = str_is(form_text(c, "do"), "off");

    if (!off && !mail_address_ok(address))
        return form_refuse(c, "address", text_of(c, T_DESK_NOTICES_ADDRESS_BAD));
    TRY(save(c, off ? STR("") : address));
    session_put(c, "flash", text_of(c, off ? T_DESK_FLASH_NOTICES_OFF : T_DESK_FLASH_NOTICES_ON), 5);
    return see_other(c, "/account/notices");
}

/* -- /desk/keys ------------------------------------------------------------------------------------------------------------------------- */

static status keys_show(struct ctx *c)
{
    struct desk_keys_view v = { .off = c->page.keys_off };

    TRY(people_nav(c, &v.nav, STAFF_ACCOUNT));
    return page(c, tpl_speakup_desk_keys, &v);
}

#define NOTICES_FORM FORM({ .name = "address", .max = 254 }, { .name = "do", .max = 10 }, { .name = "token", .max = 100 })

const struct route desk_setting_routes[] = {
    ROUTE(GET,  "/account/notices", MAY_READ_REPORTS, NO_FORM,      notices_show),
    ROUTE(POST, "/account/notices", MAY_READ_REPORTS, NOTICES_FORM, notices_save),
    ROUTE(GET,  "/desk/keys",       MAY_READ_REPORTS, NO_FORM,      keys_show),
    ROUTES_END
};

/* -- the house's key was turned ------------------------------------------------------------------------------------------------------ */

static status turn_notice(struct key_turn *t, const struct notices_after_row *row)
{
    struct str fresh;

    TRY(key_box_turn(t, ctx_notice(row->user), row->sealed, &fresh));
    return fresh.n == 0 ? OK : sql_notice_seal(t->l->db, (struct sql_notice_seal){ .user = row->user, .sealed = fresh, .was = row->sealed },
                                               &(i64){ 0 });
}

static status notices_page(struct key_turn *t)
{
    struct notices_after_rows rows;
    struct id after = id_zero();

    (void)id_of_bytes(t->after, &after);
    TRY(sql_notices_after(t->l->db, (struct sql_notices_after){ .after = after }, &rows));
    for (size_t i = 0; i < rows.n; i++)
        TRY(turn_notice(t, &rows.at[i]));
    t->end = rows.n == 0;
    if (!t->end)
        t->after = arena_copy(t->l->arena, id_bytes(&rows.at[rows.n - 1].user));
    return OK;
}

const struct key_step notice_steps[] = {
    { "notices", notices_page },
    { 0 }
};
