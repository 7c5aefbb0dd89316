/* /cases/ID/communes: where it happened and where the child lives. */
#include "communes.h"

#include "pages.h"

#include "casework_pages.h"
#include "texts.h"

#include <jansson.h>

enum { EVENTS_READ = 5000, TRIES = 25, WORDS_CHARS = 2000 };

static struct str json_text_of(struct ctx *c, const json_t *o, const char *key)
{
    const char *text = json_string_value(json_object_get(o, key));

    return text ? arena_copy(c->arena, str_c(text)) : STR("");
}

/* -- in N -------------------------------------------------------------------------------------------------------------------------- */

static void take_event(struct ctx *c, struct str json, struct case_communes *is)
{
    json_t *o = json_loadb(json.at, json.n, 0, NULL);

    if (str_is(json_text_of(c, o, "what"), "communes"))
        *is = (struct case_communes){ json_text_of(c, o, "from"), json_text_of(c, o, "to") };
    json_decref(o);
}

static void take_answer(struct ctx *c, struct str json, struct case_communes *is)
{
    json_t *o = json_loadb(json.at, json.n, 0, NULL);
    struct str commune = json_text_of(c, o, "commune");

    if (commune.n)
        is->event = commune;
    json_decref(o);
}

static status take_kind(struct ctx *c, const struct comps *comps, enum record_kind kind, struct case_communes *is)
{
    struct strs texts;

    for (size_t i = 0; i < comps->n; i++) {
        const struct comp_open *comp = &comps->at[i];

        if (!str_is(comp->letter, "N") || comp->keys == NULL)
            continue;
        TRY(records_of_kind(c, comp, (struct kind_wanted){ kind, EVENTS_READ }, &texts));
        for (size_t k = 0; k < texts.n; k++)
            (kind == RECORD_EVENT ? take_event : take_answer)(c, texts.at[k], is);
    }
    return OK;
}

status case_communes_read(struct ctx *c, const struct comps *comps, struct case_communes *is)
{
    *is = (struct case_communes){ STR(""), STR("") };
    TRY(take_kind(c, comps, RECORD_ANSWERS, is));
    return take_kind(c, comps, RECORD_EVENT, is);
}

static status set_once(struct ctx *c, struct id id, const struct case_communes *to, struct str words)
{
    struct casefile f;

    TRY(act_begin(c->ledger, case_act_info(c, "case.communes", id)));
    TRY(casefile_open(c, id, &f));
    TRY(event_write(c, &f.comps, &(struct event){ .what = "communes", .from = to->event, .to = to->home, .words = words }));
    return act_commit(c->ledger);
}

status case_communes_set(struct ctx *c, struct id id, const struct case_communes *to, struct str words)
{
    status s = CONFLICT;

    for (int tries = 0; s == CONFLICT && tries < TRIES; tries++) {
        act_again(c->ledger);
        s = set_once(c, id, to, words);
    }
    return s;
}

/* -- the unit of a commune ------------------------------------------------------------------------------------------------------------ */

status commune_unit(struct ctx *c, struct str commune, struct id *unit)
{
    struct route_query q = { .kind = "report", .commune = commune, .province = network_commune_province(commune), .now = c->now };
    struct ladder ladder;

    if (q.province.n == 0)
        return NOT_FOUND;
    TRY(network_ladder(c->ledger, &q, &ladder));
    for (size_t i = 0; i < ladder.n; i++) {
        struct units_row row = { .id = ladder.at[i].unit };

        TRY(row_get(c->ledger, &table_units, &row));
        if (!str_is(row.kind, "commune"))
            continue;
        *unit = row.id;
        return OK;
    }
    return NOT_FOUND;
}

/* -- the page ---------------------------------------------------------------------------------------------------------------------- */

static struct choices commune_choices(struct ctx *c, struct str province, struct str chosen)
{
    struct communes all = network_communes(province);
    struct choices choices = { .at = NEW_N(c->arena, struct choice, all.n + 1) };

    for (size_t i = 0; i < all.n; i++)
        choices.at[choices.n++] = (struct choice){ all.at[i].code, all.at[i].name, str_eq(all.at[i].code, chosen) };
    return choices;
}

/* The province asked for by the first form, else that of the commune, else the case's. */
static struct str province_shown(struct ctx *c, const char *field, struct str commune, struct str of_case)
{
    struct str asked = form_failed(c) ? form_text(c, field) : query_text(c, field);

    if (asked.n)
        return asked;
    return commune.n ? network_commune_province(commune) : of_case;
}

static void fill_place(struct ctx *c, struct case_commune_view *p, struct str now, struct str of_case)
{
    struct str chosen = form_failed(c) ? form_text(c, p->name) : now;

    p->province = province_shown(c, p->province_name, now, of_case);
    p->provinces = network_province_choices(c, p->province);
    p->communes = commune_choices(c, p->province, chosen);
    p->error = form_error(c, p->name);
    p->now = now.n ? network_area_name(c, now) : STR_NULL;
}

static status communes_show(struct ctx *c)
{
    struct case_communes_view v = {
        .event = { .name = "event", .province_name = "event_province" }, .home = { .name = "home", .province_name = "home_province" },
        .words = form_text(c, "words"),
    };
    struct case_communes is;
    struct casefile f;

    TRY(case_page_open(c, TAB_PEOPLE, &f, &v.head));
    TRY(case_communes_read(c, &f.comps, &is));
    fill_place(c, &v.event, is.event, f.row.province);
    fill_place(c, &v.home, is.home, f.row.province);
    TRY(people_nav(c, &v.nav, STAFF_CASES));
    return page(c, tpl_casework_communes, &v);
}

static status communes_do(struct ctx *c)
{
    struct case_communes to = { form_text(c, "event"), form_text(c, "home") };
    struct id id;

    TRY(path_id(c, "id", &id));
    if (to.event.n && network_commune_province(to.event).n == 0)
        return form_refuse(c, "event", text_of(c, T_CASES_COMMUNES_MISSING));
    if (to.home.n && network_commune_province(to.home).n == 0)
        return form_refuse(c, "home", text_of(c, T_CASES_COMMUNES_MISSING));
    TRY(case_communes_set(c, id, &to, form_text(c, "words")));
    return case_back(c, id, "/communes", T_CASES_FLASH_COMMUNES);
}

#define COMMUNES_FORM FORM({ .name = "event", .max = 10 }, { .name = "home", .max = 10 }, { .name = "event_province", .max = 10 }, \
    { .name = "home_province", .max = 10 }, { .name = "words", .max = WORDS_CHARS }, { .name = "token", .max = 100 })

const struct route communes_routes[] = {
    ROUTE(GET,  "/cases/:id/communes", MAY_READ_CASES,  NO_FORM,       communes_show),
    ROUTE(POST, "/cases/:id/communes", MAY_WRITE_CASES, COMMUNES_FORM, communes_do),
    ROUTES_END
};
