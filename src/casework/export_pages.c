/* /cases/export: who asked for a table of cases, who agreed, and the file. */
#include "export.h"
#include "papers.h"
#include "views.h"

#include "pages.h"

#include "casework_pages.h"
#include "texts.h"

#include <stdlib.h>

enum { PAGE_ROWS = 50, WORDS_CHARS = 2000 };

/* -- words ------------------------------------------------------------------------------------------------------------------------------ */

static const struct { const char *code; int name; enum export_look look; } states[] = {
    { "asked", T_EXPORT_STATE_ASKED, EXPORT_WAITS }, { "agreed", T_EXPORT_STATE_AGREED, EXPORT_READY },
    { "refused", T_EXPORT_STATE_REFUSED, EXPORT_OVER }, { "withdrawn", T_EXPORT_STATE_WITHDRAWN, EXPORT_OVER },
    { "fetched", T_EXPORT_STATE_FETCHED, EXPORT_OVER }, { "over", T_EXPORT_STATE_OVER, EXPORT_OVER },
};

static const struct { const char *code; int name; } scopes[] = {
    { "all", T_EXPORT_SCOPE_ALL }, { "open", T_EXPORT_SCOPE_OPEN }, { "closed", T_EXPORT_SCOPE_CLOSED },
}, formats[] = { { "xlsx", T_EXPORT_FORMAT_XLSX }, { "csv", T_EXPORT_FORMAT_CSV } };

static struct str moment(struct ctx *c, i64 ms)
{
    char day[CLOCK_TEXT], time[CLOCK_TEXT];

    clock_day_vi(ms, day);
    clock_time(ms, time);
    return arena_f(c->arena, "%s, %s", time, day);
}

static struct str day(struct ctx *c, i64 ms)
{
    char text[CLOCK_TEXT];

    clock_day_vi(ms, text);
    return arena_copy(c->arena, str_c(text));
}

static struct str unit_name(struct ctx *c, struct id unit)
{
    struct units_row row = { .id = unit };

    return row_get(c->ledger, &table_units, &row) == OK ? row.name : STR_NULL;
}

static struct url export_url(struct ctx *c, struct id id, const char *tail)
{
    return url_lang(c->arena, url_id(c->arena, "/cases/export/", id, tail), c->page.lang_query);
}

static struct export_line line_of(struct ctx *c, const struct exports_row *row)
{
    struct str state = export_state(row, c->now);
    bool own = id_eq(row->asked_by, c->actor.user);
    size_t i = 0;

    while (i < COUNT_OF(states) - 1 && !str_is(state, states[i].code))
        i++;
    return (struct export_line){
        .open = export_url(c, row->id, ""), .ref = export_ref(c, row->id), .unit = unit_name(c, row->unit),
        .by = desk_user_name(c, (struct opt_id){ true, row->asked_by }), .when = moment(c, row->asked), .state = states[i].name,
        .format = str_is(row->format, "csv") ? T_EXPORT_FORMAT_CSV : T_EXPORT_FORMAT_XLSX, .look = states[i].look, .names = row->names,
        .mine = own ? states[i].look == EXPORT_READY : states[i].look == EXPORT_WAITS,
    };
}

/* -- the list ----------------------------------------------------------------------------------------------------------------------------- */

static int newest_first(const void *a, const void *b)
{
    const struct exports_row *x = a, *y = b;

    if (x->asked != y->asked)
        return x->asked > y->asked ? -1 : 1;
    return memcmp(y->id.b, x->id.b, sizeof x->id.b);
}

static struct url list_url(struct ctx *c, const struct exports_row *last)
{
    struct url u = url_lang(c->arena, url_path("/cases/export"), c->page.lang_query);
    char id[ID_TEXT + 1];

    if (last == NULL)
        return u;
    id_text(last->id, id);
    u = url_query(c->arena, u, "before", desk_number(c, last->asked));
    return url_query(c->arena, u, "after", arena_copy(c->arena, str_c(id)));
}

struct gathered { struct exports_row *at; size_t n; };

static status gather(struct ctx *c, struct gathered *all, bool *later)
{
    struct id after = id_zero();
    i64 before = 0;

    *later = str_i64(query_text(c, "before"), &before) && id_of_text(query_text(c, "after"), &after);
    all->at = NEW_N(c->arena, struct exports_row, (PAGE_ROWS + 1) * ACTOR_UNITS);
    for (size_t u = 0; u < c->actor.n_units; u++) {
        struct exports_rows rows;

        TRY(sql_exports_of_unit(c->ledger, (struct sql_exports_of_unit){
            .unit = c->actor.units[u], .before = *later ? before : INT64_MAX, .id = after }, &rows));
        for (size_t i = 0; i < rows.n; i++)
            if (!rows.at[i].altered)
                all->at[all->n++] = rows.at[i];
    }
    if (all->n)
        qsort(all->at, all->n, sizeof *all->at, newest_first);
    return OK;
}

static status list_show(struct ctx *c)
{
    struct exports_view v = { .can_ask = c->actor.n_units > 0, .start = { STR_NULL }, .next = { STR_NULL } };
    struct gathered all = { 0 };
    bool later;

    TRY(people_nav(c, &v.nav, STAFF_CASES));
    TRY(gather(c, &all, &later));
    v.lines.at = NEW_N(c->arena, struct export_line, PAGE_ROWS);
    for (; v.lines.n < all.n && v.lines.n < PAGE_ROWS; v.lines.n++)
        v.lines.at[v.lines.n] = line_of(c, &all.at[v.lines.n]);
    if (all.n > PAGE_ROWS)
        v.next = list_url(c, &all.at[PAGE_ROWS - 1]);
    if (later)
        v.start = list_url(c, NULL);
    return page(c, tpl_casework_exports, &v);
}

/* -- asking ------------------------------------------------------------------------------------------------------------------------------- */

static bool among(struct strs list, struct str code)
{
    for (size_t i = 0; i < list.n; i++)
        if (str_eq(list.at[i], code))
            return true;
    return false;
}

/* The columns, by whether they say who a child is; at first those that say most without a name. */
static struct choices field_choices(struct ctx *c, bool identity)
{
    static const char *const first[] = { "ref", "opened", "state", "risk", "harm", "age", "province" };
    struct choices list = { .at = NEW_N(c->arena, struct choice, export_fields_count()) };
    struct strs chosen = form_all(c, "field");

    for (size_t i = 0; i < export_fields_count(); i++) {
        const struct export_field *f = export_field_at(i);
        bool on = among(chosen, str_c(f->code));

        if (f->identity != identity)
            continue;
        for (size_t k = 0; k < COUNT_OF(first) && !form_failed(c); k++)
            on |= strcmp(first[k], f->code) == 0;
        list.at[list.n++] = (struct choice){ str_c(f->code), text_of(c, f->name), on };
    }
    return list;
}

/* Each form: its coded answers are columns. */
static struct choices form_choices(struct ctx *c)
{
    struct choices list = { .at = NEW_N(c->arena, struct choice, forms_count() + 1) };
    struct strs chosen = form_all(c, "field");

    for (; list.n < forms_count(); list.n++) {
        struct str code = export_form_code(c, forms_at(list.n));

        list.at[list.n] = (struct choice){ code, paper_form_title(c, forms_at(list.n)), among(chosen, code) };
    }
    return list;
}

static struct choices unit_choices(struct ctx *c)
{
    struct choices list = { .at = NEW_N(c->arena, struct choice, ACTOR_UNITS) };

    for (size_t i = 0; i < c->actor.n_units; i++) {
        char id[ID_TEXT + 1];

        id_text(c->actor.units[i], id);
        list.at[list.n++] = (struct choice){ arena_copy(c->arena, str_c(id)), unit_name(c, c->actor.units[i]),
                                             str_is(form_text(c, "unit"), id) };
    }
    return list;
}

static struct choices scope_choices(struct ctx *c)
{
    struct choices list = { .at = NEW_N(c->arena, struct choice, COUNT_OF(scopes)) };

    for (; list.n < COUNT_OF(scopes); list.n++)
        list.at[list.n] = (struct choice){ str_c(scopes[list.n].code), text_of(c, scopes[list.n].name),
                                           str_is(form_text(c, "scope"), scopes[list.n].code) };
    return list;
}

static struct choices format_choices(struct ctx *c)
{
    struct choices list = { .at = NEW_N(c->arena, struct choice, COUNT_OF(formats)) };

    for (; list.n < COUNT_OF(formats); list.n++)
        list.at[list.n] = (struct choice){ str_c(formats[list.n].code), text_of(c, formats[list.n].name),
                                           str_is(form_text(c, "format"), formats[list.n].code) };
    return list;
}

static status new_show(struct ctx *c)
{
    struct export_new_view v = {
        .units = unit_choices(c), .formats = format_choices(c), .scopes = scope_choices(c), .facts = field_choices(c, false),
        .identity = field_choices(c, true), .forms = form_choices(c), .since = form_text(c, "since"), .until = form_text(c, "until"), .words = form_text(c, "words"),
        .fields_error = form_error(c, "field"), .since_error = form_error(c, "since"), .until_error = form_error(c, "until"),
        .words_error = form_error(c, "words"), .units_error = form_error(c, "unit"), .errors = form_failed(c),
        .justified = str_is(form_text(c, "justified"), "1"),
    };

    for (size_t i = 0; i < v.identity.n; i++)
        v.names |= v.identity.at[i].on;
    TRY(people_nav(c, &v.nav, STAFF_CASES));
    return page(c, tpl_casework_export_new, &v);
}

/* "ref,opened", in the order of the list; what is no column is left out. */
static struct str chosen_fields(struct ctx *c)
{
    struct strs chosen = form_all(c, "field");
    struct choices forms = form_choices(c);
    struct out o = { .max = 8192 };
    struct str all;

    for (size_t i = 0; i < export_fields_count(); i++)
        if (among(chosen, str_c(export_field_at(i)->code))) {
            out_c(&o, o.n ? "," : "");
            out_c(&o, export_field_at(i)->code);
        }
    for (size_t i = 0; i < forms.n; i++)
        if (forms.at[i].on) {
            out_c(&o, o.n ? "," : "");
            out_str(&o, forms.at[i].code);
        }
    all = arena_copy(c->arena, out_done(&o));
    out_free(&o);
    return all;
}

static void read_days(struct ctx *c, struct export_ask *ask)
{
    if (!clock_of_iso(form_text(c, "since"), &ask->since))
        (void)!form_refuse(c, "since", text_of(c, T_EXPORT_ERROR_DAY));
    if (!clock_of_iso(form_text(c, "until"), &ask->until))
        (void)!form_refuse(c, "until", text_of(c, T_EXPORT_ERROR_DAY));
    else if (!form_failed(c) && ask->until < ask->since)
        (void)!form_refuse(c, "until", text_of(c, T_EXPORT_ERROR_ORDER));
    ask->until = clock_local_day(ask->until + 26 * (i64)HOUR_MS);      /* the last day counts as a whole */
}

static struct str known(const struct ctx *c, const char *field, const struct choices *list)
{
    for (size_t i = 0; i < list->n; i++)
        if (str_eq(form_text(c, field), list->at[i].code))
            return list->at[i].code;
    return list->at[0].code;
}

static void read_ask(struct ctx *c, struct export_ask *ask)
{
    struct choices list = scope_choices(c), kinds = format_choices(c);

    *ask = (struct export_ask){ .format = known(c, "format", &kinds), .scope = known(c, "scope", &list), .fields = chosen_fields(c),
                                .reason = str_trim(form_text(c, "words")) };
    read_days(c, ask);
    if (!id_of_text(form_text(c, "unit"), &ask->unit))
        (void)!form_refuse(c, "unit", text_of(c, T_EXPORT_ERROR_UNIT));
    if (ask->fields.n == 0)
        (void)!form_refuse(c, "field", text_of(c, T_EXPORT_ERROR_FIELDS));
    if (export_names(ask->fields) && !str_is(form_text(c, "justified"), "1"))
        (void)!form_refuse(c, "field", text_of(c, T_EXPORT_ERROR_NAMES));
    if (ask->reason.n == 0)
        (void)!form_refuse(c, "words", text_of(c, T_EXPORT_ERROR_WORDS));
}

static status new_do(struct ctx *c)
{
    struct export_ask ask;
    i64 n = 0, most;
    struct id id;

    read_ask(c, &ask);
    if (form_failed(c))
        return fail(INVALID, "a request for an export without what it asks for");
    most = export_most(ask.fields);
    TRY(export_count(c, &ask, &n));
    if (n > most)
        return form_refuse(c, "since", text_fill(c->arena, (int)c->lang, T_EXPORT_ERROR_MANY, desk_number(c, n), desk_number(c, most)));
    if (n == 0)
        return form_refuse(c, "since", text_of(c, T_EXPORT_ERROR_NONE));
    TRY(export_new(c, &ask, &id));
    session_put(c, "flash", text_of(c, T_EXPORT_FLASH_ASKED), 5);
    return see_other(c, "/cases/export");
}

/* -- one request -------------------------------------------------------------------------------------------------------------------------- */

static struct str field_names(struct ctx *c, struct str fields)
{
    struct out o = { .max = 16384 };
    struct str all;

    for (size_t i = 0; i < export_fields_count(); i++)
        if (export_has(fields, str_c(export_field_at(i)->code))) {
            out_c(&o, o.n ? ", " : "");
            out_str(&o, text_of(c, export_field_at(i)->name));
        }
    for (size_t i = 0; i < forms_count(); i++)
        if (export_has(fields, export_form_code(c, forms_at(i)))) {
            out_c(&o, o.n ? ", " : "");
            out_str(&o, paper_form_title(c, forms_at(i)));
        }
    all = arena_copy(c->arena, out_done(&o));
    out_free(&o);
    return all;
}

static int scope_text(struct str scope)
{
    size_t i = 0;

    while (i < COUNT_OF(scopes) - 1 && !str_is(scope, scopes[i].code))
        i++;
    return scopes[i].name;
}

static void fill_rights(struct ctx *c, const struct exports_row *row, struct export_view *v)
{
    bool own = id_eq(row->asked_by, c->actor.user);
    struct str state = export_state(row, c->now);

    v->can_decide = !own && may(c, MAY_SUPERVISE) && str_is(state, "asked");
    v->can_fetch = own && str_is(state, "agreed");
    v->can_withdraw = own && (str_is(state, "asked") || str_is(state, "agreed"));
    v->own_waits = own && str_is(state, "asked");
    v->fetched = row->fetched.has;
    v->cases = row->cases.has ? row->cases.v : 0;
    if (v->can_fetch)
        v->fetch_until = moment(c, row->decided.v + EXPORT_FETCH_MS);
}

static status one_show(struct ctx *c)
{
    struct export_view v = { .words = form_text(c, "words"), .words_error = form_error(c, "words") };
    struct export_one e;
    const struct exports_row *row = &e.row;

    TRY(path_id(c, "id", &v.id));
    TRY(export_open(c, v.id, &e));
    v.line = line_of(c, row);
    v.since = day(c, row->since);
    v.until = day(c, row->until - 1);
    v.reason = e.reason;
    v.answer = e.answer;
    v.fields = field_names(c, row->fields);
    v.scope = scope_text(row->scope);
    if (row->decided.has) {
        v.decided_by = desk_user_name(c, row->decided_by);
        v.decided = moment(c, row->decided.v);
    }
    TRY(export_count(c, &(struct export_ask){ .unit = row->unit, .scope = row->scope, .since = row->since, .until = row->until },
                     &v.now_cases));
    fill_rights(c, row, &v);
    TRY(act_note(c->ledger, (struct act_info){ .act = "export.read", .now = c->now, .actor = c->actor.user, .unit = row->unit,
                                               .object = v.id }));
    TRY(people_nav(c, &v.nav, STAFF_CASES));
    return page(c, tpl_casework_export, &v);
}

static status back_to(struct ctx *c, struct id id, int flash)
{
    char text[ID_TEXT + 1];

    id_text(id, text);
    session_put(c, "flash", text_of(c, flash), 5);
    return see_other_f(c, "/cases/export/%s", text);
}

static status decide(struct ctx *c, const char *state, struct str answer, int flash)
{
    struct id id;
    status s;

    TRY(path_id(c, "id", &id));
    s = export_decide(c, id, state, answer);
    if (s == CONFLICT) {
        act_abort(c->ledger);
        fail_clear();
        return back_to(c, id, T_EXPORT_FLASH_LATE);
    }
    TRY(s);
    return back_to(c, id, flash);
}

/* One form with two buttons: agree, or refuse and say why. */
static status decide_do(struct ctx *c)
{
    struct str words = str_trim(form_text(c, "words"));
    struct export_one e;
    struct id id;

    TRY(path_id(c, "id", &id));
    TRY(export_open(c, id, &e));
    if (str_is(form_text(c, "verdict"), "agree"))
        return decide(c, "agreed", words, T_EXPORT_FLASH_AGREED);
    if (words.n == 0)
        return form_refuse(c, "words", text_of(c, T_EXPORT_ERROR_ANSWER));
    return decide(c, "refused", words, T_EXPORT_FLASH_REFUSED);
}

static status withdraw_do(struct ctx *c)
{
    return decide(c, "withdrawn", STR(""), T_EXPORT_FLASH_WITHDRAWN);
}

static struct str file_name(struct ctx *c, const struct exports_row *row)
{
    char text[CLOCK_TEXT];
    struct str ref = export_ref(c, row->id);

    clock_day_iso(c->now, text);
    return arena_f(c->arena, "%.*s-%s.%.*s", (int)ref.n, ref.at, text, (int)row->format.n, row->format.at);
}

/* The answer to the POST itself: an address that gave the file again would do so without an act in the log. */
static status file_do(struct ctx *c)
{
    struct exports_row row;
    struct id id;
    status s;

    TRY(path_id(c, "id", &id));
    s = export_fetch(c, id, &row);
    if (s == CONFLICT || s == TOO_LARGE) {
        act_abort(c->ledger);
        fail_clear();
        out_wipe(c->out);
        return back_to(c, id, s == CONFLICT ? T_EXPORT_FLASH_LATE : T_EXPORT_FLASH_LARGE);
    }
    TRY(s);
    answer_header(c, "Cache-Control", STR("no-store"));
    return answer_download(c, file_name(c, &row), str_is(row.format, "csv")
        ? "text/csv; charset=utf-8" : "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet");
}

#define TOKEN { .name = "token", .max = 100 }
#define NEW_FORM FORM({ .name = "unit", .max = 40 }, { .name = "format", .max = 10 }, { .name = "scope", .max = 10 }, \
    { .name = "since", .max = 20 }, { .name = "until", .max = 20 }, { .name = "field", .max = 100, .repeat = true }, \
    { .name = "justified", .max = 5 }, { .name = "words", .max = WORDS_CHARS }, TOKEN)
#define DECIDE_FORM FORM({ .name = "verdict", .max = 10 }, { .name = "words", .max = WORDS_CHARS }, TOKEN)

const struct route export_routes[] = {
    ROUTE(GET,  "/cases/export",              MAY_READ_CASES,  NO_FORM,     list_show),
    ROUTE(GET,  "/cases/export/new",          MAY_WRITE_CASES, NO_FORM,     new_show),
    ROUTE(POST, "/cases/export/new",          MAY_WRITE_CASES, NEW_FORM,    new_do, .once = true),
    ROUTE(GET,  "/cases/export/:id",          MAY_READ_CASES,  NO_FORM,     one_show),
    ROUTE(POST, "/cases/export/:id",          MAY_SUPERVISE,   DECIDE_FORM, decide_do),
    ROUTE(POST, "/cases/export/:id/withdraw", MAY_WRITE_CASES, FORM(TOKEN), withdraw_do),
    ROUTE(POST, "/cases/export/:id/file",     MAY_WRITE_CASES, FORM(TOKEN), file_do),
    ROUTES_END
};
