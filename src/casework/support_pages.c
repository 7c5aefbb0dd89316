/* /cases/ID/support: what was planned for the child, by whom and by when, and what came of it. */
#include "day.h"

#include "pages.h"
#include "referral.h"

#include "casework_pages.h"
#include "network.sql.h"
#include "texts.h"

/* -- what is there --------------------------------------------------------------------------------------------------------------------- */

static struct str words_of(struct ctx *c, const struct said_list *said, struct opt_id record, const char *name)
{
    const struct said *s = said_find(said, record);

    return s ? named_get(c, s->json, name) : STR("");
}

static struct support_view view_of(struct ctx *c, const struct supports_row *row, const struct said_list *said)
{
    bool follow = str_is(row->kind, "follow");

    return (struct support_view){
        .id = row->id, .follow = follow, .type = list_name(c, follow ? "follow" : "service", row->type),
        .look = str_is(row->state, "given") ? SUPPORT_GIVEN : str_is(row->state, "planned") ? SUPPORT_PLANNED : SUPPORT_NOT_GIVEN,
        .clock = desk_clock_due(c, row->due), .due = case_day_text(c, row->due), .provider = words_of(c, said, row->words, "provider"),
        .aim = words_of(c, said, row->words, "aim"), .outcome = words_of(c, said, row->outcome, "outcome"),
        .set_by = desk_user_name(c, (struct opt_id){ true, row->set_by }), .since = case_day_text(c, row->since),
        .ended = row->ended.has ? case_day_text(c, row->ended.v) : STR_NULL, .ended_by = desk_user_name(c, row->ended_by),
        .referral = row->referral.has ? url_lang(c->arena, url_id(c->arena, "/referrals/", row->referral.v, ""), c->page.lang_query)
                                      : (struct url){ STR_NULL },
    };
}

static status fill_supports(struct ctx *c, const struct casefile *f, struct case_support_view *v)
{
    struct supports_rows rows;
    struct said_list said;

    TRY(case_said(c, &f->comps, (struct said_wanted){ "N", RECORD_SUPPORT }, &said));
    TRY(sql_supports_of_case(c->ledger, (struct sql_supports_of_case){ .case_id = f->row.id }, &rows));
    v->services.at = NEW_N(c->arena, struct support_view, rows.n + 1);
    v->follows.at = NEW_N(c->arena, struct support_view, rows.n + 1);
    for (size_t i = 0; i < rows.n; i++) {
        struct support_list *list = str_is(rows.at[i].kind, "follow") ? &v->follows : &v->services;

        if (!rows.at[i].altered)
            list->at[list->n++] = view_of(c, &rows.at[i], &said);
    }
    return OK;
}

/* -- choices ------------------------------------------------------------------------------------------------------------------------------- */

static struct str id_word(struct ctx *c, struct id id)
{
    char text[ID_TEXT + 1];

    id_text(id, text);
    return arena_copy(c->arena, str_c(text));
}

static struct str service_name(const struct ctx *c, const struct services_row *s)
{
    return c->lang == LANG_EN && s->name_en.n ? s->name_en : s->name;
}

/* Services of the directory that help where the child is. */
static status providers_of(struct ctx *c, struct str province, struct choices *list)
{
    struct services_rows rows;
    struct str chosen = form_text(c, "service");

    TRY(sql_services_near(c->ledger, (struct sql_services_near){ .province = province, .need = STR(""), .after_rank = -1,
                                                                 .after_id = id_zero() }, &rows));
    list->at = NEW_N(c->arena, struct choice, rows.n + 1);
    for (size_t i = 0; i < rows.n; i++) {
        struct str id = id_word(c, rows.at[i].id);

        if (!rows.at[i].altered)
            list->at[list->n++] = (struct choice){ id, service_name(c, &rows.at[i]), str_eq(id, chosen) };
    }
    return OK;
}

static bool linkable(const struct referrals_row *r, struct id case_id)
{
    return !r->altered && id_eq(r->case_id, case_id) && str_is(r->kind, "referral") && referral_waits(r->state);
}

status case_open_referrals(struct ctx *c, struct id case_id, struct choices *list)
{
    struct referrals_rows rows;
    struct strs chosen = form_all(c, "referral");

    TRY(sql_referrals_of_case(c->ledger, (struct sql_referrals_of_case){ .case_id = case_id }, &rows));
    list->at = NEW_N(c->arena, struct choice, rows.n + 1);
    for (size_t i = 0; i < rows.n; i++) {
        struct choice choice;

        if (!linkable(&rows.at[i], case_id))
            continue;
        choice = (struct choice){ .code = id_word(c, rows.at[i].id), .name = unit_label(c, rows.at[i].to_unit) };
        for (size_t k = 0; k < chosen.n; k++)
            choice.on |= str_eq(chosen.at[k], choice.code);
        list->at[list->n++] = choice;
    }
    return OK;
}

/* -- the page -------------------------------------------------------------------------------------------------------------------------------- */

static bool follow_was_sent(const struct ctx *c)
{
    return form_failed(c) && str_is(form_text(c, "kind"), "follow");
}

/* Each of the two forms keeps its own words and errors. */
static void fill_forms(struct ctx *c, struct case_support_view *v)
{
    if (follow_was_sent(c)) {
        v->follow_aim = form_text(c, "aim");
        v->follow_due = form_text(c, "due");
        v->follow_type_error = form_error(c, "type");
        v->follow_due_error = form_error(c, "due");
        v->follow_types = list_choices(c, "follow", form_text(c, "type"));
        v->types = list_choices(c, "service", STR(""));
        return;
    }
    v->provider = form_text(c, "provider");
    v->aim = form_text(c, "aim");
    v->due = form_text(c, "due");
    v->type_error = form_error(c, "type");
    v->provider_error = form_error(c, "provider");
    v->due_error = form_error(c, "due");
    v->types = list_choices(c, "service", form_text(c, "type"));
    v->follow_types = list_choices(c, "follow", STR(""));
}

static status support_show(struct ctx *c)
{
    struct case_support_view v = { 0 };
    struct casefile f;

    TRY(case_page_open(c, TAB_SUPPORT, &f, &v.head));
    TRY(fill_supports(c, &f, &v));
    TRY(providers_of(c, f.row.province, &v.providers));
    TRY(case_open_referrals(c, f.row.id, &v.referrals));
    fill_forms(c, &v);
    TRY(people_nav(c, &v.nav, STAFF_CASES));
    return page(c, tpl_casework_support, &v);
}

/* The name as the directory has it now goes into the words: an old plan says who it was then. */
static status provider_of(struct ctx *c, struct support_new *new)
{
    struct services_row row;
    struct str typed = str_trim(form_text(c, "provider"));

    new->provider = typed;
    new->service.has = id_of_text(form_text(c, "service"), &new->service.v);
    if (!new->service.has)
        return OK;
    row = (struct services_row){ .id = new->service.v };
    if (row_get(c->ledger, &table_services, &row) != OK) {
        new->service.has = false;
        return OK;
    }
    new->provider = typed.n ? arena_f(c->arena, "%.*s, %.*s", (int)row.name.n, row.name.at, (int)typed.n, typed.at) : row.name;
    return OK;
}

static status support_add(struct ctx *c)
{
    bool follow = str_is(form_text(c, "kind"), "follow");
    struct support_new new = { .kind = follow ? STR("follow") : STR("service"), .type = form_text(c, "type"), .aim = str_trim(form_text(c, "aim")),
                               .provider = STR("") };
    struct id id;

    TRY(path_id(c, "id", &id));
    if (!follow)
        TRY(provider_of(c, &new));
    new.referral.has = !follow && id_of_text(form_text(c, "referral"), &new.referral.v);
    if (!list_has(follow ? "follow" : "service", new.type))
        (void)!form_refuse(c, "type", text_of(c, T_CASES_ASK_CHOICE_NONE));
    if (!clock_of_iso(form_text(c, "due"), &new.due))
        (void)!form_refuse(c, "due", text_of(c, T_DAY_SUPPORT_DUE_BAD));
    if (!follow && new.provider.n == 0 && !new.referral.has)
        (void)!form_refuse(c, "provider", text_of(c, T_DAY_SUPPORT_PROVIDER_NONE));
    if (form_failed(c))
        return fail(INVALID, "a service or follow-up without what it needs");
    if (form_text(c, "due").n == 10)
        new.due += 17 * (i64)HOUR_MS;          /* a day ends with the working day, as of tasks */
    TRY(case_add_support(c, id, &new));
    return case_back(c, id, "/support", follow ? T_DAY_FLASH_FOLLOW : T_DAY_FLASH_SERVICE);
}

/* -- how it ended ---------------------------------------------------------------------------------------------------------------------------- */

static status row_of_path(struct ctx *c, struct id case_id, struct supports_row *row)
{
    *row = (struct supports_row){ 0 };
    TRY(path_id(c, "support", &row->id));
    TRY(row_get(c->ledger, &table_supports, row));
    return id_eq(row->case_id, case_id) ? OK : NOT_FOUND;
}

static struct choices state_choices(struct ctx *c)
{
    struct str chosen = form_text(c, "state");
    struct choices list = { .at = NEW_N(c->arena, struct choice, 2), .n = 2 };

    list.at[0] = (struct choice){ STR("given"), text_of(c, T_DAY_SUPPORT_GIVEN), str_is(chosen, "given") };
    list.at[1] = (struct choice){ STR("not_given"), text_of(c, T_DAY_SUPPORT_NOT_GIVEN), str_is(chosen, "not_given") };
    return list;
}

static status support_end_show(struct ctx *c)
{
    struct case_ask_view v = { .field = "state" };
    struct supports_row row;
    struct casefile f;
    char id[ID_TEXT + 1];

    TRY(case_page_open(c, TAB_SUPPORT, &f, &v.head));
    TRY(row_of_path(c, f.row.id, &row));
    id_text(row.id, id);
    v.action = url_lang(c->arena, url_id(c->arena, "/cases/", f.row.id, arena_f(c->arena, "/support/%s", id).at), c->page.lang_query);
    v.title = text_of(c, T_DAY_SUPPORT_END);
    v.say = list_name(c, str_is(row.kind, "follow") ? "follow" : "service", row.type);
    v.choose = text_of(c, T_DAY_SUPPORT_STATE);
    v.choices = state_choices(c);
    return case_ask_page(c, &v);
}

static status support_end(struct ctx *c)
{
    struct str state = form_text(c, "state"), words = str_trim(form_text(c, "words"));
    struct supports_row row;
    struct id id;

    TRY(path_id(c, "id", &id));
    TRY(row_of_path(c, id, &row));
    if (!str_is(state, "given") && !str_is(state, "not_given"))
        (void)!form_refuse(c, "state", text_of(c, T_CASES_ASK_CHOICE_NONE));
    if (str_is(state, "not_given") && words.n == 0)
        (void)!form_refuse(c, "words", text_of(c, T_DAY_SUPPORT_WHY_NOT));
    if (form_failed(c))
        return fail(INVALID, "an outcome without its state or reason");
    TRY(case_end_support(c, id, row.id, state, words));
    return case_back(c, id, "/support", T_DAY_FLASH_OUTCOME);
}

#define SUPPORT_FORM FORM(FIELD("kind", 10), FIELD("type", 50), FIELD("service", ID_TEXT), FIELD("provider", 300), FIELD("referral", ID_TEXT), \
    FIELD("due", 20), FIELD("aim", 4000), FIELD("token", 100))
#define OUTCOME_FORM FORM(FIELD("state", 20), FIELD("words", 10000), FIELD("token", 100))

const struct route support_routes[] = {
    ROUTE(GET,  "/cases/:id/support",          MAY_READ_CASES,  NO_FORM,      support_show),
    ROUTE(POST, "/cases/:id/support",          MAY_WRITE_CASES, SUPPORT_FORM, support_add, .once = true),
    ROUTE(GET,  "/cases/:id/support/:support", MAY_WRITE_CASES, NO_FORM,      support_end_show),
    ROUTE(POST, "/cases/:id/support/:support", MAY_WRITE_CASES, OUTCOME_FORM, support_end),
    ROUTES_END
};
