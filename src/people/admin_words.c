/* What the pages of administration share: typed fields, days, names. */
#include "admin_pages.h"

#include "people.sql.h"
#include "texts.h"

#include <stdio.h>

/* -- fields --------------------------------------------------------------------------------------------------------------- */

struct typed typed_of(const struct ctx *c, const char *field, struct str before)
{
    struct str error = form_error(c, field);

    return (struct typed){ form_failed(c) ? form_text(c, field) : before, error };
}

struct form_faults faults_of(const struct ctx *c, const char *const *fields)
{
    struct form_faults f = { .at = NEW_N(c->arena, struct form_fault, 20) };

    for (; *fields != NULL && f.n < 20; fields++)
        if (form_error(c, *fields).n)
            f.at[f.n++] = (struct form_fault){ url_f(c->arena, "#%s", *fields), form_error(c, *fields) };
    return f;
}

void refuse(struct ctx *c, const char *field, int text)
{
    (void)!form_refuse(c, field, text_of(c, text));
}

status refused(struct ctx *c)
{
    return form_failed(c) ? INVALID : OK;
}

struct str trimmed(const struct ctx *c, const char *field)
{
    return str_trim(form_text(c, field));
}

struct opt_i64 day_field(struct ctx *c, const char *field)
{
    struct str text = trimmed(c, field);
    struct opt_i64 day = { 0 };

    if (text.n == 0)
        return day;
    day.has = day_read(text, &day.v);
    if (!day.has)
        refuse(c, field, T_ADMIN_WRONG_DAY);
    return day;
}

struct opt_i64 last_day_field(struct ctx *c, const char *field)
{
    struct opt_i64 day = day_field(c, field);

    if (day.has)
        day.v = clock_local_day(day.v + DAY_MS + DAY_MS / 2);
    return day;
}

/* -- words ----------------------------------------------------------------------------------------------------------------- */

struct str day_words(struct ctx *c, i64 ms)
{
    char text[CLOCK_TEXT];

    clock_day_vi(ms, text);
    return arena_copy(c->arena, str_c(text));
}

struct str last_day_words(struct ctx *c, struct opt_i64 until)
{
    return until.has ? day_words(c, until.v - 1) : STR("");
}

struct str iso_day(struct ctx *c, i64 ms)
{
    char text[CLOCK_TEXT];

    clock_day_iso(ms, text);
    return arena_copy(c->arena, str_c(text));
}

int people_kind_text(struct str kind)
{
    static const struct { const char *code; int text; } kinds[] = {
        { "hotline", T_ADMIN_KIND_HOTLINE }, { "police", T_ADMIN_KIND_POLICE }, { "commune", T_ADMIN_KIND_COMMUNE },
        { "school", T_ADMIN_KIND_SCHOOL }, { "health", T_ADMIN_KIND_HEALTH }, { "ngo", T_ADMIN_KIND_NGO },
        { "platform", T_ADMIN_KIND_PLATFORM }, { "ministry", T_ADMIN_KIND_MINISTRY }, { "national", T_ADMIN_KIND_NATIONAL },
    };

    for (size_t i = 0; i < COUNT_OF(kinds); i++)
        if (str_is(kind, kinds[i].code))
            return kinds[i].text;
    return T_ADMIN_KIND_OTHER;
}

int people_scope_text(struct str word)
{
    static const struct { const char *word; int text; } scopes[] = {
        { "report", T_ADMIN_SCOPE_REPORT }, { "match", T_ADMIN_SCOPE_MATCH }, { "hashes.read", T_ADMIN_SCOPE_HASHES_READ },
        { "hashes.write", T_ADMIN_SCOPE_HASHES_WRITE }, { "notices", T_ADMIN_SCOPE_NOTICES },
    };

    for (size_t i = 0; i < COUNT_OF(scopes); i++)
        if (str_is(word, scopes[i].word))
            return scopes[i].text;
    return T_ADMIN_SCOPE_WITNESS;
}

struct choices kind_choices(struct ctx *c, const char *const *kinds, struct str chosen)
{
    struct choices list = { .at = NEW_N(c->arena, struct choice, 12) };

    for (; *kinds != NULL && list.n < 12; kinds++)
        list.at[list.n++] = (struct choice){ .code = str_c(*kinds), .name = text_of(c, people_kind_text(str_c(*kinds))),
                                             .on = str_is(chosen, *kinds) };
    return list;
}

struct str joined_words(struct ctx *c, struct str list, struct str more)
{
    return list.n && more.n ? arena_f(c->arena, "%.*s · %.*s", (int)list.n, list.at, (int)more.n, more.at) : list.n ? list : more;
}

struct str user_name(struct ctx *c, struct opt_id user)
{
    struct users_row row = { .id = user.v };

    if (user.has && id_is_zero(user.v))
        return text_of(c, T_ADMIN_OPERATOR);
    return user.has && row_get(c->ledger, &table_users, &row) == OK ? row.name : STR("");
}

status former_names(struct ctx *c, struct id subject, struct former_names *names)
{
    struct names_rows rows;

    TRY(sql_names_of(c->ledger, (struct sql_names_of){ .subject = subject }, &rows));
    names->at = NEW_N(c->arena, struct former_name, rows.n + 1);
    for (size_t i = rows.n; i-- > 0;) {
        const struct names_row *r = &rows.at[i];
        struct former_name *n = &names->at[names->n];
        struct name_at org = { .name = STR("") };

        if (r->altered)
            continue;
        if (r->org.has)
            TRY(people_name_at(c->ledger, r->org.v, r->since, &org));
        *n = (struct former_name){ .name = r->name, .from = r->since ? day_words(c, r->since) : STR(""), .org = org.name,
                                   .to = last_day_words(c, r->until), .now = r->since <= c->now && !(r->until.has && r->until.v <= c->now) };
        names->n++;
    }
    return OK;
}

status role_titles(struct ctx *c, struct id user, struct str *titles)
{
    struct roles_rows rows;

    *titles = STR("");
    TRY(sql_roles_of_user(c->ledger, (struct sql_roles_of_user){ .user = user, .now = c->now }, &rows));
    for (size_t i = 0; i < rows.n; i++) {
        struct str title = people_role_title(c, rows.at[i].role);

        if (rows.at[i].altered || (role_decides(rows.at[i].role) && !rows.at[i].confirmed_by.has))
            continue;
        *titles = arena_f(c->arena, "%.*s%s%.*s", (int)titles->n, titles->at, titles->n ? ", " : "", (int)title.n, title.at);
    }
    return OK;
}

status proposal_state(struct ctx *c, struct id object, int *state, struct str *reason)
{
    struct proposals_rows rows;

    *state = T_ADMIN_STATE_WAITING;
    *reason = STR("");
    TRY(sql_proposals_about(c->ledger, (struct sql_proposals_about){ .object = object }, &rows));
    for (size_t i = 0; i < rows.n; i++) {
        if (rows.at[i].altered || (!str_is(rows.at[i].kind, "unit") && !str_is(rows.at[i].kind, "organisation")))
            continue;
        if (str_is(rows.at[i].outcome, "refused"))
            *state = T_ADMIN_STATE_REFUSED;
        if (str_is(rows.at[i].outcome, "withdrawn"))
            *state = T_ADMIN_STATE_WITHDRAWN;
        *reason = rows.at[i].reason.n ? rows.at[i].reason : STR("");
        return OK;
    }
    return OK;
}

/* -- answers ------------------------------------------------------------------------------------------------------------------ */

status done(struct ctx *c, int flash, const char *path)
{
    session_put(c, "flash", text_of(c, flash), 5);
    return see_other(c, path);
}

status done_at(struct ctx *c, int flash, const char *before, struct id id)
{
    char text[ID_TEXT + 1];

    id_text(id, text);
    session_put(c, "flash", text_of(c, flash), 5);
    return see_other_f(c, "%s%s", before, text);
}

struct str link_address(struct ctx *c, struct str token)
{
    struct str origin = web_origin(c);

    if (token.n == 0)
        return STR("");
    return arena_f(c->arena, "%.*s/welcome/%.*s", (int)origin.n, origin.n ? origin.at : "", (int)token.n, token.at);
}
