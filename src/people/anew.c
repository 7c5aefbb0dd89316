/* An account begun anew: who may help, who is left to confirm, and the console's road for whom nobody can help. */
#include "anew.h"

#include "admin.h"

#include "../ledger/look.h"

#include "people.sql.h"

enum { NOTICE_DAYS = 7 };

static bool has_right(uint64_t rights, int right)
{
    return rights >> (right - FIRST_RIGHT) & 1;
}

/* -- who can do what ---------------------------------------------------------------------------------------------------------------- */

/* An account that opens today, with a role that holds and rows that are what the log says. */
static status can(struct ctx *c, const struct users_row *u, int right, bool *yes)
{
    struct ctx nobody = { .arena = c->arena, .ledger = c->ledger, .app = c->app, .now = c->now };
    struct actor actor = { .n_units = 0 };
    status s = people_actor(&nobody, u->id, &actor);

    *yes = false;
    if (s == OK && has_right(actor.rights, right)) {
        s = people_rows_agree(c->ledger, u->id, c->now);
        *yes = s == OK;
    }
    if (s != DENIED && s != BROKEN && s != NOT_FOUND)
        return s;
    fail_clear();
    return OK;
}

/* A confirmed role of today with that right. Whoever has not taken the account yet takes it with the next link. */
static status holds(struct ctx *c, struct id user, int right, bool *yes)
{
    struct roles_rows rows;

    *yes = false;
    TRY(sql_roles_of_user(c->ledger, (struct sql_roles_of_user){ .user = user, .now = c->now }, &rows));
    for (size_t i = 0; i < rows.n; i++)
        *yes |= !rows.at[i].altered && rows.at[i].confirmed_by.has && has_right(rights_of_role(rows.at[i].role), right);
    return OK;
}

static status will_confirm(struct ctx *c, const struct users_row *u, bool *yes)
{
    return str_is(u->state, "active") ? can(c, u, MAY_CONFIRM, yes) : holds(c, u->id, MAY_CONFIRM, yes);
}

static status shares_unit(struct ctx *c, struct id user, struct id other, bool *yes)
{
    struct units_shared_row row;

    TRY(sql_units_shared(c->ledger->db, (struct sql_units_shared){ .user = user, .other = other, .now = c->now }, &row));
    *yes = row.n > 0;
    return OK;
}

/* -- who is left to confirm ------------------------------------------------------------------------------------------------------------- */

struct left { struct id user, by; bool apart; };        /* apart: of another unit than both */

static status one_left(struct ctx *c, const struct left *l, const struct users_row *u, bool *yes)
{
    bool with_user = false, with_by = false;

    *yes = false;
    if (u->altered || id_eq(u->id, l->user) || id_eq(u->id, l->by))
        return OK;
    if (l->apart) {
        TRY(shares_unit(c, l->user, u->id, &with_user));
        TRY(shares_unit(c, l->by, u->id, &with_by));
    }
    return with_user || with_by ? OK : will_confirm(c, u, yes);
}

static status somebody_left(struct ctx *c, struct left l, bool *yes)
{
    *yes = false;
    for (size_t r = 0; role_names[r] != NULL && !*yes; r++) {
        struct sql_people_of_role_all wish = { .role = str_c(role_names[r]), .now = c->now };
        struct users_rows rows;

        if (!has_right(rights_of_role(wish.role), MAY_CONFIRM))
            continue;
        TRY(sql_people_of_role_all(c->ledger, wish, &rows));
        for (size_t i = 0; i < rows.n && !*yes; i++)
            TRY(one_left(c, &l, &rows.at[i], yes));
    }
    return OK;
}

static status decides(struct ctx *c, struct id user, bool *yes)
{
    struct roles_rows rows;

    *yes = false;
    TRY(sql_roles_open(c->ledger, (struct sql_roles_open){ .user = user, .now = c->now }, &rows));
    for (size_t i = 0; i < rows.n; i++)
        *yes |= !rows.at[i].altered && role_decides(rows.at[i].role) && rows.at[i].confirmed_by.has;
    return OK;
}

status anew_barred(struct ctx *c, struct id user, struct id by, bool *barred)
{
    bool needs, left;

    *barred = false;
    TRY(decides(c, user, &needs));
    if (!needs)
        return OK;
    TRY(somebody_left(c, (struct left){ user, by, true }, &left));
    *barred = !left;
    return OK;
}

status confirms_last(struct ctx *c, struct id user, bool *last)
{
    bool left;

    TRY(holds(c, user, MAY_CONFIRM, last));
    if (!*last)
        return OK;
    TRY(somebody_left(c, (struct left){ user, id_zero(), false }, &left));
    *last = !left;
    return OK;
}

/* -- roles of who takes an account over --------------------------------------------------------------------------------------------------- */

/* Inside an act: what is proposed still waits, and from now on, so that whoever was confirmed meanwhile can decide it. */
static status ask_again(struct ctx *c, const struct roles_row *r, struct id set_by)
{
    TRY(proposals_withdraw(c->ledger, (struct proposal_of){ .object = r->user, .role = r->role }, c->actor.user, c->now));
    return propose(c->ledger, (struct proposals_row){ .kind = STR("role"), .object = r->user, .org = r->org, .role = r->role,
                                                      .since = { true, r->since } }, set_by, c->now);
}

/* Who takes an account over is not the one whom somebody confirmed. */
static status role_waits(struct ctx *c, struct roles_row *r)
{
    r->confirmed_by = (struct opt_id){ 0 };
    r->set_by = (struct opt_id){ true, c->actor.user };
    TRY(row_update(c->ledger, &table_roles, r));
    return ask_again(c, r, c->actor.user);
}

/* Nobody is left who could: the house confirms, as it did when it was made. */
static status role_holds(struct ctx *c, struct roles_row *r)
{
    r->confirmed_by = (struct opt_id){ true, r->org };
    return row_update(c->ledger, &table_roles, r);
}

enum again { ROLES_WAIT, ROLES_HOLD, ROLES_STAY };      /* those that were confirmed */

static status roles_again(struct ctx *c, struct id user, enum again confirmed, bool *waits)
{
    bool house = id_is_zero(c->actor.user);
    struct roles_rows rows;

    TRY(sql_roles_open(c->ledger, (struct sql_roles_open){ .user = user, .now = c->now }, &rows));
    for (size_t i = 0; i < rows.n; i++) {
        struct roles_row *r = &rows.at[i];

        if (r->altered || !role_decides(r->role))
            continue;
        *waits |= !r->confirmed_by.has || confirmed == ROLES_WAIT;
        if (!r->confirmed_by.has && house)
            TRY(ask_again(c, r, r->set_by.v));
        else if (r->confirmed_by.has && confirmed == ROLES_WAIT)
            TRY(role_waits(c, r));
        else if (r->confirmed_by.has && confirmed == ROLES_HOLD)
            TRY(role_holds(c, r));
    }
    return OK;
}

/* -- by a colleague's page ------------------------------------------------------------------------------------------------------------------- */

struct reset { struct id user; struct str *link; };

static status reset_once(struct ctx *c, void *what)
{
    const struct reset *r = what;
    bool barred, waits = false;

    TRY(act_begin(c->ledger, (struct act_info){ .act = "person.reset", .now = c->now, .actor = c->actor.user, .object = r->user }));
    TRY(anew_barred(c, r->user, c->actor.user, &barred));
    if (barred)
        return fail(INVALID, "nobody could confirm this person's roles again: \"lachan user invite\"");
    TRY(account_shut(c, r->user));
    TRY(roles_again(c, r->user, ROLES_WAIT, &waits));
    TRY(link_again(c, r->user, r->link));
    return act_commit(c->ledger);
}

status act_reset(struct ctx *c, struct id user_id, struct str *link)
{
    struct reset r = { user_id, link };
    struct users_row user;

    TRY(own_person(c, user_id, &user));
    if (id_eq(user_id, c->actor.user))
        return fail(DENIED, "nobody gives themselves a new account");
    return act_until_done(c, reset_once, &r);
}

/* -- who could help by a page ------------------------------------------------------------------------------------------------------------- */

static void add(struct ctx *c, struct users_rows *list, const struct users_row *u, size_t max)
{
    if (list->at == NULL)
        list->at = NEW_N(c->arena, struct users_row, max);
    list->at[list->n++] = *u;
}

/* People of the organisation who set people: those who can give the link, and those who would have to be helped first. */
struct setters { struct users_rows can, cannot; bool self; };

static status sort_setter(struct ctx *c, struct id user, const struct users_row *u, size_t max, struct setters *found)
{
    bool able, barred = false;

    if (id_eq(u->id, user)) {
        found->self = true;
        return OK;
    }
    TRY(can(c, u, MAY_SET_PEOPLE, &able));
    if (able)
        TRY(anew_barred(c, user, u->id, &barred));
    if (!barred)
        add(c, able ? &found->can : &found->cannot, u, max);
    return OK;
}

static status setters(struct ctx *c, const struct users_row *user, struct setters *found)
{
    *found = (struct setters){ .self = false };
    for (size_t r = 0; role_names[r] != NULL; r++) {
        struct sql_people_of_role wish = { .org = user->org, .role = str_c(role_names[r]), .now = c->now };
        struct users_rows rows;

        if (!has_right(rights_of_role(wish.role), MAY_SET_PEOPLE))
            continue;
        TRY(sql_people_of_role(c->ledger, wish, &rows));
        for (size_t i = 0; i < rows.n; i++)
            if (!rows.at[i].altered)
                TRY(sort_setter(c, user->id, &rows.at[i], rows.n, found));
    }
    return OK;
}

/* Whoever has done anything within a day has not lost the account. */
static status seen_lately(struct ctx *c, const struct users_rows *said, struct users_rows *seen)
{
    for (size_t i = 0; i < said->n; i++) {
        struct log_filter filter = { .actor = { true, said->at[i].id }, .since = c->now - (i64)DAY_MS };
        struct log_lines lines;

        TRY(log_look(c->ledger, &filter, (struct log_place){ 0 }, &lines));
        if (lines.n > 0)
            add(c, seen, &said->at[i], said->n);
    }
    return OK;
}

static status shut(struct console_link *w, enum console_bar bar, struct users_rows who, const char *why)
{
    w->bar = bar;
    w->who = who;
    return fail(DENIED, "%s", why);
}

static status only_road(struct ctx *c, const struct users_row *user, struct console_link *w)
{
    struct users_rows seen = { .n = 0 };
    struct setters there;
    bool last;

    TRY(setters(c, user, &there));
    if (there.can.n > 0 && !w->lost_too)
        return shut(w, CONSOLE_HELPED, there.can, "somebody of the organisation can give the link");
    TRY(seen_lately(c, &there.can, &seen));
    if (seen.n > 0)
        return shut(w, CONSOLE_SEEN, seen, "who is said to have lost the account was in it within a day");
    TRY(anew_barred(c, user->id, id_zero(), &last));
    if (!there.self && !last && there.can.n + there.cannot.n > 0)
        return shut(w, CONSOLE_LATER, there.can.n ? there.can : there.cannot, "an administrator's account comes first");
    return OK;
}

/* -- the act ------------------------------------------------------------------------------------------------------------------------------- */

/* So that who is concerned is told: a row of its own, because links and roles come and go. */
static status tell(struct ctx *c, const struct users_row *user)
{
    struct proposals_row p = { .id = id_timed(c->now), .kind = STR("anew"), .object = user->id, .org = user->org, .set_at = c->now,
                               .outcome = STR("done"), .decided_at = { true, c->now } };

    return row_insert(c->ledger, &table_proposals, &p);
}

static status first_link(struct ctx *c, const struct users_row *user, struct console_link *w)
{
    TRY(act_begin(c->ledger, (struct act_info){ .act = "person.invite", .now = c->now, .object = user->id }));
    TRY(link_again(c, user->id, &w->link));
    TRY(roles_again(c, user->id, ROLES_STAY, &w->waits));
    return act_commit(c->ledger);
}

struct lost { const struct users_row *user; struct console_link *w; };

static status anew_once(struct ctx *c, void *what)
{
    const struct lost *l = what;
    struct console_link *w = l->w;
    bool alone, decided;

    TRY(act_begin(c->ledger, (struct act_info){ .act = "person.reset-console", .now = c->now, .object = l->user->id }));
    TRY(only_road(c, l->user, w));
    TRY(decides(c, l->user->id, &decided));
    TRY(anew_barred(c, l->user->id, id_zero(), &alone));
    TRY(account_shut(c, l->user->id));
    TRY(roles_again(c, l->user->id, alone ? ROLES_HOLD : ROLES_WAIT, &w->waits));
    TRY(link_again(c, l->user->id, &w->link));
    TRY(tell(c, l->user));
    w->anew = true;
    w->holds = alone && decided;
    return act_commit(c->ledger);
}

status console_invite(struct ctx *c, const struct users_row *user, struct console_link *w)
{
    struct lost lost = { user, w };
    struct actor before = c->actor;
    status s;

    if (user->altered)
        return fail(BROKEN, "the row of this person was altered: \"lachan audit verify\" says more");
    if (str_is(user->state, "left"))
        return fail(CONFLICT, "this person has left the organisation: the account stays shut");
    c->actor = (struct actor){ .org = user->org };
    s = str_is(user->state, "invited") ? first_link(c, user, w) : act_until_done(c, anew_once, &lost);
    c->actor = before;
    return s;
}

/* -- who is told -------------------------------------------------------------------------------------------------------------------------- */

static bool sees_all(const struct ctx *c)
{
    return may(c, MAY_SET_PEOPLE) || may(c, MAY_CONFIRM) || may(c, MAY_READ_LOG);
}

/* A row that was altered is alarmed elsewhere: it does not take the page away. */
static status line_of(struct ctx *c, const struct proposals_row *p, struct str *line)
{
    struct users_row user = { .id = p->object };
    struct organisations_row org = { .id = p->org };
    char day[CLOCK_TEXT];
    status s = row_get(c->ledger, &table_users, &user);

    if (s == OK)
        s = row_get(c->ledger, &table_organisations, &org);
    if (s == BUSY)
        return s;
    fail_clear();
    clock_day_vi(p->set_at, day);
    *line = s == OK ? arena_f(c->arena, "%.*s (%.*s) · %.*s · %s", (int)user.name.n, user.name.at, (int)user.login.n, user.login.at,
                              (int)org.name.n, org.name.at, day) : arena_copy(c->arena, str_c(day));
    return OK;
}

/* The newest says enough of one person. */
static bool told_before(const struct proposals_rows *rows, size_t i)
{
    for (size_t k = 0; k < i; k++)
        if (id_eq(rows->at[k].object, rows->at[i].object))
            return true;
    return false;
}

status console_notice(struct ctx *c, struct str *notice)
{
    struct proposals_rows rows;
    struct str line;

    *notice = STR_NULL;
    TRY(sql_proposals_anew(c->ledger, (struct sql_proposals_anew){ .org = c->actor.org, .everywhere = sees_all(c),
                                                                  .since = c->now - NOTICE_DAYS * (i64)DAY_MS }, &rows));
    for (size_t i = 0; i < rows.n; i++) {
        if (rows.at[i].altered || told_before(&rows, i))
            continue;
        TRY(line_of(c, &rows.at[i], &line));
        *notice = notice->n ? arena_f(c->arena, "%.*s; %.*s", (int)notice->n, notice->at, (int)line.n, line.at) : line;
    }
    return OK;
}
