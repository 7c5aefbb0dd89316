/* /admin/keys: key health, the recovery key and its trustees, and opening a unit whose keys nobody holds. */
#include "rescue.h"

#include "admin_pages.h"

#include "people.sql.h"
#include "people_pages.h"
#include "texts.h"

static struct str moment_words(struct ctx *c, i64 ms)
{
    char day[CLOCK_TEXT], time[CLOCK_TEXT];

    clock_day_vi(ms, day);
    clock_time(ms, time);
    return arena_f(c->arena, "%s, %s", time, day);
}

static struct str unit_name(struct ctx *c, struct id id)
{
    struct units_row u = { .id = id };

    return row_get(c->ledger, &table_units, &u) == OK ? u.name : STR("");
}

static struct str name_of(struct ctx *c, struct id user)
{
    return user_name(c, (struct opt_id){ true, user });
}

/* -- key health -------------------------------------------------------------------------------------------------------------- */

static int share_text(enum share_state s)
{
    return s == SHARE_UNPRINTED ? T_RESCUE_SHARE_UNPRINTED : s == SHARE_UNTRIED ? T_RESCUE_SHARE_UNTRIED : T_RESCUE_SHARE_FINE;
}

static status trustee_line(struct ctx *c, const struct recovery_trustees_row *t, struct keys_view *v)
{
    struct trustee_line *line = &v->trustees.at[v->trustees.n++];
    enum share_state s = share_state(t, c->now);
    bool can;

    *line = (struct trustee_line){ .name = name_of(c, t->trustee), .state = share_text(s), .due = s != SHARE_FINE,
                                   .me = id_eq(t->trustee, c->actor.user),
                                   .printed_on = t->printed_at.has ? day_words(c, t->printed_at.v) : STR(""),
                                   .tried_on = t->tried_at.has ? day_words(c, t->tried_at.v) : STR("") };
    v->unprinted += s == SHARE_UNPRINTED;
    v->my_print |= line->me && s == SHARE_UNPRINTED;
    v->my_drill |= line->me && s == SHARE_UNTRIED;
    TRY(rescue_can_keep(c->ledger, c->actor.org, t->trustee, c->now, &can));
    if (!can) {
        line->state = T_RESCUE_SHARE_GONE;
        line->due = v->few = true;
    }
    return OK;
}

static status fill_key(struct ctx *c, struct keys_view *v)
{
    struct rescue_key key;
    status s = rescue_key(c->ledger, c->actor.org, &key);

    if (s == NOT_FOUND)
        return OK;
    TRY(s);
    v->has_key = true;
    v->single = key.row.needed == 1;
    v->made_on = day_words(c, key.row.made_at.v);
    v->trustees.at = NEW_N(c->arena, struct trustee_line, key.trustees.n + 1);
    v->few = key.trustees.n < 3 && !v->single;
    for (size_t i = 0; i < key.trustees.n; i++)
        TRY(trustee_line(c, &key.trustees.at[i], v));
    return OK;
}

static status fill_proposed(struct ctx *c, struct keys_view *v)
{
    struct proposals_rows rows;

    TRY(sql_proposals_about(c->ledger, (struct sql_proposals_about){ .object = c->actor.org }, &rows));
    for (size_t i = 0; i < rows.n; i++)
        v->proposed |= !rows.at[i].altered && str_is(rows.at[i].kind, "recovery") && str_is(rows.at[i].outcome, "waiting");
    return OK;
}

static status fill_waiting(struct ctx *c, struct key_unit *u, bool asks)
{
    struct admissions_rows rows;

    TRY(sql_admissions_of_unit(c->ledger, (struct sql_admissions_of_unit){ .unit = u->id }, &rows));
    u->waiting.at = NEW_N(c->arena, struct waiting_line, rows.n + 1);
    for (size_t i = 0; i < rows.n; i++) {
        struct waiting_line *w = &u->waiting.at[u->waiting.n++];
        struct users_row user = { .id = rows.at[i].user };

        TRY(row_get(c->ledger, &table_users, &user));
        *w = (struct waiting_line){ .unit = u->id, .user = user.id, .name = user.name, .check = person_check(c->arena, user.xpk) };
        TRY(person_joined(c->ledger, user.id, c->now, &w->joined));
        w->can = w->joined && asks;
    }
    return OK;
}

static status unit_line(struct ctx *c, const struct units_row *unit, struct keys_view *v)
{
    struct key_unit *u = &v->units.at[v->units.n++];
    struct holders_of_unit_row holders;
    struct unit_keys_rows keys;

    *u = (struct key_unit){ .id = unit->id, .name = unit->name };
    TRY(sql_holders_of_unit(c->ledger->db, (struct sql_holders_of_unit){ .unit = unit->id, .epoch = unit->epoch, .now = c->now }, &holders));
    u->holders = holders.n;
    TRY(rescue_lost(c->ledger, unit, c->now, &u->lost, &u->covered));
    TRY(sql_unit_keys_of(c->ledger, (struct sql_unit_keys_of){ .unit = unit->id }, &keys));
    for (size_t i = 0; i < keys.n; i++)
        v->open += keys.at[i].recovery.at == NULL && v->has_key;
    v->lost += u->lost;
    for (size_t i = 0; i < v->rescues.n; i++)
        u->asked |= v->rescues.at[i].open && str_eq(v->rescues.at[i].unit, u->name);
    return u->lost ? fill_waiting(c, u, v->asks) : OK;
}

static status fill_units(struct ctx *c, struct keys_view *v)
{
    struct units_rows rows;

    TRY(sql_units_of_org(c->ledger, (struct sql_units_of_org){ .org = c->actor.org }, &rows));
    v->units.at = NEW_N(c->arena, struct key_unit, rows.n + 1);
    for (size_t i = 0; i < rows.n; i++)
        if (!rows.at[i].altered && rows.at[i].epoch > 0)
            TRY(unit_line(c, &rows.at[i], v));
    return OK;
}

static int state_words(enum rescue_state s)
{
    static const int texts[] = { [RESCUE_TOLD] = T_RESCUE_STATE_TOLD, [RESCUE_OPEN] = T_RESCUE_STATE_OPEN, [RESCUE_OVER] = T_RESCUE_STATE_OVER,
                                 [RESCUE_DONE] = T_RESCUE_STATE_DONE, [RESCUE_REFUSED] = T_RESCUE_STATE_REFUSED };

    return texts[s];
}

static status fill_rescues(struct ctx *c, struct keys_view *v)
{
    struct recoveries_rows rows;

    TRY(sql_recoveries_of_org(c->ledger, (struct sql_recoveries_of_org){ .org = c->actor.org }, &rows));
    v->rescues.at = NEW_N(c->arena, struct rescue_line, rows.n + 1);
    for (size_t i = 0; i < rows.n; i++) {
        const struct recoveries_row *r = &rows.at[i];
        enum rescue_state s = rescue_state(r, c->now);

        if (r->altered)
            continue;
        v->rescues.at[v->rescues.n++] = (struct rescue_line){
            .id = r->id, .unit = unit_name(c, r->unit), .person = name_of(c, r->user), .asked_by = name_of(c, r->asked_by),
            .asked_at = moment_words(c, r->asked_at), .opens_at = moment_words(c, r->asked_at + RESCUE_DELAY_MS),
            .state = state_words(s), .open = s == RESCUE_TOLD || s == RESCUE_OPEN };
    }
    return OK;
}

static status keys_show(struct ctx *c)
{
    struct keys_view v = { .org_name = c->actor.org_name, .sets = may(c, MAY_SET_PEOPLE), .made_on = STR("") };
    struct recovery_trustees_row mine;

    TRY(fill_key(c, &v));
    TRY(fill_proposed(c, &v));
    TRY(fill_rescues(c, &v));
    v.asks = v.has_key && (v.sets || rescue_mine(c, &mine) == OK);
    TRY(fill_units(c, &v));
    TRY(people_nav(c, &v.nav, STAFF_ADMIN));
    return page(c, tpl_people_keys, &v);
}

/* -- trustees --------------------------------------------------------------------------------------------------------------------- */

static status person_choices(struct ctx *c, struct str chosen, struct choices *list)
{
    struct users_rows rows;
    char id[ID_TEXT + 1];

    TRY(sql_users_of_org(c->ledger, (struct sql_users_of_org){ .org = c->actor.org }, &rows));
    list->at = NEW_N(c->arena, struct choice, rows.n + 1);
    for (size_t i = 0; i < rows.n; i++) {
        if (rows.at[i].altered || !str_is(rows.at[i].state, "active"))
            continue;
        id_text(rows.at[i].id, id);
        list->at[list->n] = (struct choice){ .code = arena_copy(c->arena, str_c(id)), .name = arena_f(c->arena, "%.*s (%.*s)",
            (int)rows.at[i].name.n, rows.at[i].name.at, (int)rows.at[i].login.n, rows.at[i].login.at) };
        list->at[list->n].on = str_eq(list->at[list->n].code, chosen);
        list->n++;
    }
    return OK;
}

static status single_trustee(struct ctx *c, bool *single)
{
    struct people_active_row n;

    TRY(sql_people_active(c->ledger->db, (struct sql_people_active){ .org = c->actor.org }, &n));
    *single = n.n < RESCUE_FEW;
    return OK;
}

static status trustees_show(struct ctx *c)
{
    static const char *const fields[] = { "one", "two", "three", NULL };
    struct keys_trustees_view v = { .faults = faults_of(c, fields), .one = typed_of(c, "one", STR("")), .two = typed_of(c, "two", STR("")),
                                    .three = typed_of(c, "three", STR("")) };
    struct rescue_key key;

    TRY(single_trustee(c, &v.single));
    v.has_key = rescue_key(c->ledger, c->actor.org, &key) == OK;
    TRY(person_choices(c, v.one.text, &v.first));
    TRY(person_choices(c, v.two.text, &v.second));
    TRY(person_choices(c, v.three.text, &v.third));
    TRY(people_nav(c, &v.nav, STAFF_ADMIN));
    return page(c, tpl_people_keys_trustees, &v);
}

static status trustee_field(struct ctx *c, const char *field, struct id *ids, size_t *n)
{
    struct id id;
    bool can = false;

    if (id_of_text(trimmed(c, field), &id))
        TRY(rescue_can_keep(c->ledger, c->actor.org, id, c->now, &can));
    if (!can)
        refuse(c, field, T_RESCUE_WRONG_PERSON);
    for (size_t i = 0; i < *n && can; i++)
        if (id_eq(ids[i], id)) {
            refuse(c, field, T_RESCUE_WRONG_TWICE);
            return OK;
        }
    if (can)
        ids[(*n)++] = id;
    return OK;
}

static status trustees_do(struct ctx *c)
{
    static const char *const fields[] = { "one", "two", "three" };
    struct id ids[SHARES_MAX];
    bool single;
    size_t n = 0;

    TRY(single_trustee(c, &single));
    for (size_t i = 0; i < (single ? 1 : COUNT_OF(fields)); i++)
        TRY(trustee_field(c, fields[i], ids, &n));
    TRY(refused(c));
    TRY(act_name_trustees(c, ids, n));
    return done(c, T_RESCUE_FLASH_PROPOSED, "/admin/keys");
}

/* -- a share on paper --------------------------------------------------------------------------------------------------------------- */

/* Who keeps no share is led back: for them there is nothing to see here. */
static status keeps(struct ctx *c, struct recovery_trustees_row *mine, bool *yes)
{
    status s = rescue_mine(c, mine);

    *yes = s == OK;
    return s == NOT_FOUND ? OK : s;
}

static status share_show(struct ctx *c)
{
    static const char *const fields[] = { "last", NULL };
    struct keys_share_view v = { .faults = faults_of(c, fields), .last = { STR(""), form_error(c, "last") }, .org_name = c->actor.org_name,
                                 .name = c->actor.name, .day = day_words(c, c->now), .number = STR("") };
    char lines[SHARE_LINES][SHARE_LINE_SHOWN + 1] = { "" };
    struct str *const to[SHARE_LINES] = { &v.line1, &v.line2, &v.line3, &v.line4 };
    struct recovery_trustees_row mine;
    struct rescue_key key;
    struct share *share;
    bool yes;
    status s;

    TRY(keeps(c, &mine, &yes));
    if (!yes || mine.printed_at.has)
        return see_other(c, "/admin/keys");
    TRY(rescue_key(c->ledger, c->actor.org, &key));
    s = act_share_show(c, &share);
    if (s != BROKEN)
        TRY(s);
    v.gone = s == BROKEN;               /* wrapped to a key that the account had before */
    v.single = key.row.needed == 1;
    v.number = arena_f(c->arena, "%lld/%lld", (long long)mine.place, (long long)mine.no);
    if (!v.gone)
        share_lines(share, lines);
    for (int i = 0; i < SHARE_LINES; i++)
        *to[i] = arena_copy(c->arena, str_c(lines[i]));
    TRY(people_nav(c, &v.nav, STAFF_ADMIN));
    return page(c, tpl_people_keys_share, &v);
}

static status share_do(struct ctx *c)
{
    struct recovery_trustees_row mine;
    status s;

    TRY(rescue_mine(c, &mine));
    s = act_share_printed(c, form_text(c, "last"));
    if (s == NOT_FOUND)
        return done(c, T_RESCUE_FLASH_PRINTED, "/admin/keys");
    if (s == INVALID)
        refuse(c, "last", T_RESCUE_WRONG_LAST);
    TRY(refused(c));
    TRY(s);
    return done(c, T_RESCUE_FLASH_PRINTED, "/admin/keys");
}

/* -- a share typed in ------------------------------------------------------------------------------------------------------------------ */

static const char *const line_fields[SHARE_LINES] = { "line1", "line2", "line3", "line4" };

static struct typed_share typed_lines(struct ctx *c)
{
    return (struct typed_share){ typed_of(c, "line1", STR("")), typed_of(c, "line2", STR("")), typed_of(c, "line3", STR("")),
                                 typed_of(c, "line4", STR("")) };
}

/* Names each line that is wrong. */
static status read_share(struct ctx *c, struct share **share)
{
    char (*digits)[SHARE_LINE_CHARS] = secrets_alloc(c->ledger->secrets, SHARE_LINES * sizeof *digits);

    *share = SECRET(c->ledger->secrets, struct share);
    for (int i = 0; i < SHARE_LINES; i++)
        if (share_line_read(form_text(c, line_fields[i]), i, digits[i]) != OK)
            refuse(c, line_fields[i], T_RESCUE_WRONG_LINE);
    TRY(refused(c));
    if (share_read(digits, *share) != OK)
        refuse(c, line_fields[0], T_RESCUE_WRONG_SHARE);
    return refused(c);
}

static status drill_show(struct ctx *c)
{
    static const char *const fields[] = { "line1", "line2", "line3", "line4", NULL };
    struct keys_drill_view v = { .faults = faults_of(c, fields), .share = typed_lines(c) };
    struct recovery_trustees_row mine;
    bool yes;

    TRY(keeps(c, &mine, &yes));
    if (!yes)
        return see_other(c, "/admin/keys");
    if (!mine.printed_at.has)
        return see_other(c, "/admin/keys/share");
    TRY(people_nav(c, &v.nav, STAFF_ADMIN));
    return page(c, tpl_people_keys_drill, &v);
}

static status drill_do(struct ctx *c)
{
    struct recovery_trustees_row mine;
    struct share *share;
    status s;

    TRY(rescue_mine(c, &mine));
    TRY(read_share(c, &share));
    s = act_share_tried(c, share);
    if (s == INVALID)
        refuse(c, line_fields[0], T_RESCUE_WRONG_SHARE);
    TRY(refused(c));
    TRY(s);
    return done(c, T_RESCUE_FLASH_TRIED, "/admin/keys");
}

/* -- opening a unit ----------------------------------------------------------------------------------------------------------------------- */

static status ask_do(struct ctx *c)
{
    struct id unit, user, id;
    status s;

    if (!id_of_text(form_text(c, "unit"), &unit) || !id_of_text(form_text(c, "person"), &user))
        return fail(NOT_FOUND, "no such unit or person");
    s = act_rescue_ask(c, unit, user, &id);
    if (s == CONFLICT) {
        act_abort(c->ledger);
        return done(c, T_RESCUE_FLASH_CHANGED, "/admin/keys");
    }
    TRY(s);
    return done_at(c, T_RESCUE_FLASH_ASKED, "/admin/keys/rescues/", id);
}

static status fill_typed(struct ctx *c, struct keys_rescue_view *v)
{
    struct recovery_typed_rows rows;

    TRY(sql_recovery_typed_of(c->ledger, (struct sql_recovery_typed_of){ .recovery = v->id }, &rows));
    for (size_t i = 0; i < rows.n; i++) {
        v->typed += i == 0 || !id_eq(rows.at[i].trustee, rows.at[i - 1].trustee);
        v->mine |= id_eq(rows.at[i].trustee, c->actor.user);
    }
    return OK;
}

static status fill_rescue(struct ctx *c, const struct recoveries_row *r, struct keys_rescue_view *v)
{
    enum rescue_state s = rescue_state(r, c->now);
    struct recovery_trustees_row mine;
    struct rescue_key key;

    v->state = (typeof(v->state))s;
    v->state_text = state_words(s);
    v->refusable = s == RESCUE_TOLD || s == RESCUE_OPEN;
    v->unit = unit_name(c, r->unit);
    v->person = name_of(c, r->user);
    v->check = person_check(c->arena, r->xpk);
    v->asked_by = name_of(c, r->asked_by);
    v->asked_at = moment_words(c, r->asked_at);
    v->opens_at = moment_words(c, r->asked_at + RESCUE_DELAY_MS);
    v->ends_at = moment_words(c, r->asked_at + RESCUE_OVER_MS);
    v->decided_by = user_name(c, r->decided_by);
    v->decided_at = r->decided_at.has ? moment_words(c, r->decided_at.v) : STR("");
    v->reason = r->reason.n ? r->reason : STR("");
    v->trustee = rescue_mine(c, &mine) == OK;
    v->single = rescue_key(c->ledger, c->actor.org, &key) == OK && key.row.needed == 1;
    return fill_typed(c, v);
}

static status rescue_show(struct ctx *c)
{
    static const char *const fields[] = { "line1", "line2", "line3", "line4", "why", NULL };
    struct keys_rescue_view v = { .faults = faults_of(c, fields), .share = typed_lines(c), .why = typed_of(c, "why", STR("")) };
    struct recoveries_row r;

    TRY(path_id(c, "recovery", &v.id));
    r = (struct recoveries_row){ .id = v.id };
    TRY(row_get(c->ledger, &table_recoveries, &r));
    if (!id_eq(r.org, c->actor.org))
        return fail(NOT_FOUND, "another organisation's recovery");
    TRY(fill_rescue(c, &r, &v));
    TRY(people_nav(c, &v.nav, STAFF_ADMIN));
    return page(c, tpl_people_keys_rescue, &v);
}

static status told(struct ctx *c, status s, struct id id, int flash)
{
    if (s == CONFLICT) {
        act_abort(c->ledger);
        return done_at(c, T_RESCUE_FLASH_CHANGED, "/admin/keys/rescues/", id);
    }
    TRY(s);
    return done_at(c, flash, "/admin/keys/rescues/", id);
}

static status type_share(struct ctx *c, struct id id)
{
    struct share *share;
    bool opened;
    status s;

    TRY(read_share(c, &share));
    s = act_rescue_type(c, id, share, &opened);
    if (s == INVALID)
        refuse(c, line_fields[0], T_RESCUE_WRONG_SHARE);
    TRY(refused(c));
    return told(c, s, id, opened ? T_RESCUE_FLASH_OPENED : T_RESCUE_FLASH_TYPED);
}

static status rescue_do(struct ctx *c)
{
    struct str why = trimmed(c, "why");
    struct id id;

    TRY(path_id(c, "recovery", &id));
    if (str_is(form_text(c, "do"), "share"))
        return type_share(c, id);
    if (why.n == 0)
        refuse(c, "why", T_RESCUE_WRONG_WHY);
    TRY(refused(c));
    return told(c, act_rescue_refuse(c, id, why), id, T_RESCUE_FLASH_REFUSED);
}

#define TOKEN { .name = "token", .max = 100 }
#define LINE(field_name) { .name = field_name, .max = 60 }
#define TRUSTEES_FORM FORM(LINE("one"), LINE("two"), LINE("three"), TOKEN)
#define SHARE_FORM FORM(LINE("last"), TOKEN)
#define DRILL_FORM FORM(LINE("line1"), LINE("line2"), LINE("line3"), LINE("line4"), TOKEN)
#define ASK_FORM FORM(LINE("unit"), LINE("person"), TOKEN)
#define RESCUE_FORM FORM({ .name = "do", .max = 10 }, LINE("line1"), LINE("line2"), LINE("line3"), LINE("line4"), { .name = "why", .max = 500 }, TOKEN)

const struct route rescue_routes[] = {
    ROUTE(GET,  "/admin/keys",                   STAFF,          NO_FORM,       keys_show),
    ROUTE(GET,  "/admin/keys/trustees",          MAY_SET_PEOPLE, NO_FORM,       trustees_show),
    ROUTE(POST, "/admin/keys/trustees",          MAY_SET_PEOPLE, TRUSTEES_FORM, trustees_do),
    ROUTE(GET,  "/admin/keys/share",             STAFF,          NO_FORM,       share_show),
    ROUTE(POST, "/admin/keys/share",             STAFF,          SHARE_FORM,    share_do),
    ROUTE(GET,  "/admin/keys/drill",             STAFF,          NO_FORM,       drill_show),
    ROUTE(POST, "/admin/keys/drill",             STAFF,          DRILL_FORM,    drill_do),
    ROUTE(POST, "/admin/keys/rescues",           STAFF,          ASK_FORM,      ask_do),
    ROUTE(GET,  "/admin/keys/rescues/:recovery", STAFF,          NO_FORM,       rescue_show),
    ROUTE(POST, "/admin/keys/rescues/:recovery", STAFF,          RESCUE_FORM,   rescue_do),
    ROUTES_END
};
