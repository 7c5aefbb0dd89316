/* /admin/confirm: what others have set, for coordinators and supervisors. Each page says what a confirmation would open. */
#include "admin.h"

#include "../people/rescue.h"

#include "views.h"

#include "network_pages.h"
#include "people.sql.h"
#include "texts.h"

static int bar_text(enum confirm_bar bar)
{
    static const int texts[] = {
        [CONFIRM_OWN] = T_ADMIN_BAR_OWN, [CONFIRM_ABOUT] = T_ADMIN_BAR_ABOUT, [CONFIRM_SAME_UNIT] = T_ADMIN_BAR_SAME_UNIT,
        [CONFIRM_LATER] = T_ADMIN_BAR_LATER, [CONFIRM_UNREADY] = T_ADMIN_BAR_UNREADY,
    };

    return texts[bar];
}

static struct str org_name(struct ctx *c, struct id id)
{
    struct organisations_row o = { .id = id };

    return row_get(c->ledger, &table_organisations, &o) == OK ? o.name : STR("");
}

static status line_of(struct ctx *c, const struct proposals_row *p, struct confirm_line *line)
{
    struct proposal_line shown = proposal_line(c, p);
    struct proposal_seen seen;

    TRY(proposal_look(c, p->id, &seen));
    *line = (struct confirm_line){ .id = p->id, .kind = shown.kind, .about = shown.about, .org = org_name(c, p->org),
                                   .set_by = shown.set_by, .set_on = shown.set_on, .can = seen.bar == CONFIRM_FINE,
                                   .bar = bar_text(seen.bar) };
    return OK;
}

status confirm_list(struct ctx *c)
{
    struct confirm_view v = { .rows = { .n = 0 } };
    struct proposals_rows rows;

    TRY(sql_proposals_waiting(c->ledger, &rows));
    v.rows.at = NEW_N(c->arena, struct confirm_line, rows.n + 1);
    for (size_t i = 0; i < rows.n; i++) {
        status s = rows.at[i].altered ? NOT_FOUND : line_of(c, &rows.at[i], &v.rows.at[v.rows.n]);

        if (s == OK)
            v.rows.n++;
        else if (s == BUSY)
            return s;       /* one whose row was altered does not hide the others: it is alarmed, and cannot be confirmed */
    }
    TRY(people_nav(c, &v.nav, STAFF_ADMIN));
    return page(c, tpl_network_confirm, &v);
}

/* -- one proposal --------------------------------------------------------------------------------------------------------------- */

static void fact(struct proposal_view *v, int name, struct str value)
{
    if (value.n)
        v->facts.at[v->facts.n++] = (struct fact){ name, value };
}

static status unit_facts(struct ctx *c, struct proposal_view *v, struct id id)
{
    struct units_row unit = { .id = id };
    struct admissions_rows waiting;

    TRY(row_get(c->ledger, &table_units, &unit));
    fact(v, T_ADMIN_FACT_UNIT, unit.name);
    fact(v, T_ADMIN_FACT_UNIT_KIND, text_of(c, people_kind_text(unit.kind)));
    TRY(sql_admissions_of_unit(c->ledger, (struct sql_admissions_of_unit){ .unit = id }, &waiting));
    for (size_t i = 0; i < waiting.n && i < 4; i++)
        fact(v, T_ADMIN_FACT_WAITING, user_name(c, (struct opt_id){ true, waiting.at[i].user }));
    return OK;
}

int route_kind_text(struct str kind)
{
    return str_is(kind, "police") ? T_ADMIN_ROUTE_POLICE : str_is(kind, "national") ? T_ADMIN_ROUTE_NATIONAL : T_ADMIN_ROUTE_REPORT;
}

static status route_facts(struct ctx *c, struct proposal_view *v, const struct proposals_row *p)
{
    struct routes_row route = { .id = p->object };

    TRY(row_get(c->ledger, &table_routes, &route));
    fact(v, T_ADMIN_FACT_ROUTE, text_of(c, route_kind_text(route.kind)));
    fact(v, T_ADMIN_FACT_PLACE, network_area_name(c, route.area));
    fact(v, T_ADMIN_FACT_RANK, arena_f(c->arena, "%lld", (long long)route.rank));
    return unit_facts(c, v, route.unit);
}

static status person_facts(struct ctx *c, struct proposal_view *v, const struct proposals_row *p)
{
    struct users_row user = { .id = p->object };
    struct roles_row role = { .org = p->org, .user = p->object, .role = p->role, .since = p->since.v };

    TRY(row_get(c->ledger, &table_users, &user));
    fact(v, T_ADMIN_FACT_PERSON, arena_f(c->arena, "%.*s (%.*s)", (int)user.name.n, user.name.at, (int)user.login.n, user.login.at));
    v->check = person_check(c->arena, user.xpk);
    if (str_is(p->kind, "member"))
        return unit_facts(c, v, p->target.v);
    TRY(row_get(c->ledger, &table_roles, &role));
    fact(v, T_ADMIN_FACT_ROLE, people_role_title(c, role.role));
    fact(v, T_ADMIN_FACT_FROM, day_words(c, role.since));
    fact(v, T_ADMIN_FACT_TO, last_day_words(c, role.until));
    return OK;
}

static status org_facts(struct ctx *c, struct proposal_view *v, const struct proposals_row *p)
{
    struct organisations_row org = { .id = p->object };

    TRY(row_get(c->ledger, &table_organisations, &org));
    fact(v, T_ADMIN_FACT_ORG, org.name);
    fact(v, T_ADMIN_FACT_CODE, org.code);
    fact(v, T_ADMIN_FACT_ORG_KIND, text_of(c, people_kind_text(org.kind)));
    if (p->target.has) {
        fact(v, T_ADMIN_FACT_INTO, org_name(c, p->target.v));
        fact(v, T_ADMIN_FACT_FROM, day_words(c, p->since.v));
    }
    return OK;
}

/* Who would keep a share, with the number that shows whose key it is wrapped to. */
static status trustee_facts(struct ctx *c, struct proposal_view *v, const struct proposals_row *p)
{
    struct rescue_key key;
    struct str seen;

    TRY(rescue_proposed(c->ledger, p, &key, &seen));
    for (size_t i = 0; i < key.trustees.n; i++) {
        struct users_row user = { .id = key.trustees.at[i].trustee };

        TRY(row_get(c->ledger, &table_users, &user));
        fact(v, T_ADMIN_FACT_TRUSTEE, joined_words(c, user.name, person_check(c->arena, user.xpk)));
    }
    return OK;
}

/* Which program it is for, and what it could do from then on. */
static status token_facts(struct ctx *c, struct proposal_view *v, const struct proposals_row *p)
{
    struct tokens_row token = { .id = p->object };
    struct str words = STR(""), word, scopes;

    TRY(row_get(c->ledger, &table_tokens, &token));
    fact(v, T_ADMIN_FACT_TOKEN, token.name);
    for (scopes = token.scope; str_cut(&scopes, ' ', &word);)
        words = joined_words(c, words, text_of(c, people_scope_text(word)));
    fact(v, T_ADMIN_FACT_SCOPES, words);
    fact(v, T_ADMIN_FACT_SIGNED, text_of(c, token.secret.n ? T_ADMIN_FACT_SIGNED_YES : T_ADMIN_FACT_SIGNED_NO));
    return OK;
}

static int allows_text(struct str kind)
{
    static const struct { const char *kind; int text; } all[] = {
        { "organisation", T_ADMIN_ALLOWS_ORGANISATION }, { "unit", T_ADMIN_ALLOWS_UNIT }, { "route", T_ADMIN_ALLOWS_ROUTE },
        { "role", T_ADMIN_ALLOWS_ROLE }, { "member", T_ADMIN_ALLOWS_MEMBER }, { "merger", T_ADMIN_ALLOWS_MERGER },
        { "recovery", T_ADMIN_ALLOWS_RECOVERY }, { "token", T_ADMIN_ALLOWS_TOKEN },
    };

    for (size_t i = 0; i < COUNT_OF(all); i++)
        if (str_is(kind, all[i].kind))
            return all[i].text;
    return T_ADMIN_PROPOSAL_OTHER;
}

/* Nobody's id: the operator, at the console of the server. */
static status setter_fact(struct ctx *c, struct proposal_view *v, struct id set_by)
{
    struct users_row setter = { .id = set_by };
    struct str name = user_name(c, (struct opt_id){ true, set_by });

    if (!id_is_zero(set_by))
        TRY(row_get(c->ledger, &table_users, &setter));
    fact(v, T_ADMIN_FACT_SET_BY, id_is_zero(set_by) ? name : joined_words(c, name, org_name(c, setter.org)));
    return OK;
}

static status fill_facts(struct ctx *c, struct proposal_view *v, const struct proposals_row *p)
{
    v->facts.at = NEW_N(c->arena, struct fact, 24);
    if (str_is(p->kind, "unit"))
        TRY(unit_facts(c, v, p->object));
    else if (str_is(p->kind, "route"))
        TRY(route_facts(c, v, p));
    else if (str_is(p->kind, "role") || str_is(p->kind, "member"))
        TRY(person_facts(c, v, p));
    else if (str_is(p->kind, "recovery"))
        TRY(trustee_facts(c, v, p));
    else if (str_is(p->kind, "token"))
        TRY(token_facts(c, v, p));
    else
        TRY(org_facts(c, v, p));
    fact(v, T_ADMIN_FACT_OF, org_name(c, p->org));
    TRY(setter_fact(c, v, p->set_by));
    fact(v, T_ADMIN_FACT_SET_ON, day_words(c, p->set_at));
    return OK;
}

status confirm_show(struct ctx *c)
{
    static const char *const fields[] = { "reason", NULL };
    struct proposal_view v = { .check = STR(""), .faults = faults_of(c, fields), .reason = typed_of(c, "reason", STR("")) };
    struct proposal_seen seen;
    struct proposal_line line;
    status s;

    TRY(path_id(c, "proposal", &v.id));
    s = proposal_look(c, v.id, &seen);
    if (s == CONFLICT)
        return done(c, T_ADMIN_FLASH_TOO_LATE, "/admin/confirm");
    TRY(s);
    line = proposal_line(c, &seen.row);
    v.kind = line.kind;
    v.about = line.about;
    v.seen = seen.seen;
    v.bar = bar_text(seen.bar);
    v.can = seen.bar == CONFIRM_FINE;
    v.can_refuse = v.can || seen.bar == CONFIRM_UNREADY;
    v.allows = allows_text(seen.row.kind);
    TRY(fill_facts(c, &v, &seen.row));
    TRY(people_nav(c, &v.nav, STAFF_ADMIN));
    return page(c, tpl_network_proposal, &v);
}

status confirm_do(struct ctx *c)
{
    struct decision d = { .confirm = str_is(form_text(c, "do"), "confirm"), .seen = form_text(c, "seen"), .reason = trimmed(c, "reason") };
    struct proposal_seen seen;
    status s;

    TRY(path_id(c, "proposal", &d.proposal));
    s = proposal_look(c, d.proposal, &seen);
    if (s == CONFLICT)
        return done(c, T_ADMIN_FLASH_TOO_LATE, "/admin/confirm");
    TRY(s);
    if (!d.confirm && d.reason.n == 0)
        refuse(c, "reason", T_ADMIN_WRONG_REASON);
    TRY(refused(c));
    s = proposal_decide(c, &d);
    if (s == CONFLICT) {
        act_abort(c->ledger);
        return done_at(c, T_ADMIN_FLASH_CHANGED, "/admin/confirm/", d.proposal);
    }
    TRY(s);
    return done(c, d.confirm ? T_ADMIN_FLASH_CONFIRMED : T_ADMIN_FLASH_REFUSED, "/admin/confirm");
}
