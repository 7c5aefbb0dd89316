/* /cases/ID/consent: who agreed to what, and what is withheld from whom. */
#include "consent.h"

#include "pages.h"

#include "casework_pages.h"
#include "texts.h"

static const char *const from_codes[] = { "hotline", "police", "commune", "school", "health", "social", "union", "ngo", "enterprise" };
static const struct { const char *code; int text; } item_codes[] = {
    { "story", T_DAY_CONSENT_ITEM_STORY }, { "person", T_DAY_CONSENT_ITEM_PERSON }, { "identity", T_DAY_CONSENT_ITEM_IDENTITY },
    { "note", T_DAY_CONSENT_ITEM_NOTE }, { "file", T_DAY_CONSENT_ITEM_FILE },
};

/* -- words ----------------------------------------------------------------------------------------------------------------------------- */

static struct str item_word(const struct ctx *c, struct str code)
{
    for (size_t i = 0; i < COUNT_OF(item_codes); i++)
        if (str_is(code, item_codes[i].code))
            return text_of(c, item_codes[i].text);
    return code;
}

static struct str from_word(const struct ctx *c, struct str code)
{
    return text_of(c, desk_word(DESK_EXCLUDE, code));
}

/* "công an, nhà trường" of "police school". */
static struct str words_of(struct ctx *c, struct str codes, struct str (*word)(const struct ctx *, struct str))
{
    struct out o = { .max = 4096 };
    struct str code, text;

    while (codes.n && str_cut(&codes, ' ', &code)) {
        if (code.n == 0)
            continue;
        out_c(&o, o.n ? ", " : "");
        out_str(&o, word(c, code));
    }
    text = o.n ? arena_copy(c->arena, out_done(&o)) : STR("");
    out_free(&o);
    return text;
}

static struct consent_view view_of(struct ctx *c, const struct consent *k)
{
    struct str items = words_of(c, k->items, item_word);

    return (struct consent_view){
        .purpose = list_name(c, "consent_for", k->purpose), .who = list_name(c, "consent_by", k->who), .yes = str_is(k->answer, "yes"),
        .from = words_of(c, k->from, from_word), .items = items.n ? items : text_of(c, T_DAY_CONSENT_EVERYTHING), .why = k->why,
        .basis = k->basis, .by = desk_user_name(c, (struct opt_id){ true, k->author }), .day = case_day_text(c, k->time),
    };
}

/* -- choices --------------------------------------------------------------------------------------------------------------------------- */

static bool chosen(struct strs list, const char *code)
{
    for (size_t i = 0; i < list.n; i++)
        if (str_is(list.at[i], code))
            return true;
    return false;
}

static struct choices from_choices(struct ctx *c)
{
    struct choices list = { .at = NEW_N(c->arena, struct choice, COUNT_OF(from_codes)), .n = COUNT_OF(from_codes) };
    struct strs on = form_all(c, "from");

    for (size_t i = 0; i < list.n; i++)
        list.at[i] = (struct choice){ str_c(from_codes[i]), from_word(c, str_c(from_codes[i])), chosen(on, from_codes[i]) };
    return list;
}

static struct choices item_choices(struct ctx *c)
{
    struct choices list = { .at = NEW_N(c->arena, struct choice, COUNT_OF(item_codes)), .n = COUNT_OF(item_codes) };
    struct strs on = form_all(c, "item");

    for (size_t i = 0; i < list.n; i++)
        list.at[i] = (struct choice){ str_c(item_codes[i].code), text_of(c, item_codes[i].text), chosen(on, item_codes[i].code) };
    return list;
}

static struct choices answer_choices(struct ctx *c)
{
    struct choices list = { .at = NEW_N(c->arena, struct choice, 2), .n = 2 };
    struct str answer = form_text(c, "answer");

    list.at[0] = (struct choice){ STR("yes"), text_of(c, T_DAY_CONSENT_YES), str_is(answer, "yes") };
    list.at[1] = (struct choice){ STR("no"), text_of(c, T_DAY_CONSENT_NO), str_is(answer, "no") };
    return list;
}

/* -- the page -------------------------------------------------------------------------------------------------------------------------- */

static status consent_show(struct ctx *c)
{
    struct case_consent_view v = {
        .purposes = list_choices(c, "consent_for", form_text(c, "purpose")), .answers = answer_choices(c), .from = from_choices(c),
        .items = item_choices(c), .basis = form_text(c, "basis"),
        .why = form_text(c, "why"), .purpose_error = form_error(c, "purpose"), .who_error = form_error(c, "who"),
        .answer_error = form_error(c, "answer"), .basis_error = form_error(c, "basis"), .why_error = form_error(c, "why"),
    };
    struct consents list;
    struct casefile f;

    TRY(case_page_open(c, TAB_SUPPORT, &f, &v.head));
    v.head.sub = SUB_CONSENT;
    v.whos = consent_choices(c, "consent_by", form_text(c, "who"), v.head.carer_unsafe);
    TRY(case_consents(c, &f.comps, &list));
    v.consents = (struct consent_list){ .at = NEW_N(c->arena, struct consent_view, list.n + 1), .n = list.n };
    for (size_t i = 0; i < list.n; i++)
        v.consents.at[i] = view_of(c, &list.at[i]);
    TRY(people_nav(c, &v.nav, STAFF_CASES));
    return page(c, tpl_casework_consent, &v);
}

/* Codes that are known, in the order of their list, with blanks between. */
static struct str known_from(struct ctx *c)
{
    struct strs on = form_all(c, "from");
    struct str text = STR("");

    for (size_t i = 0; i < COUNT_OF(from_codes); i++)
        if (chosen(on, from_codes[i]))
            text = text.n ? arena_f(c->arena, "%.*s %s", (int)text.n, text.at, from_codes[i]) : str_c(from_codes[i]);
    return text;
}

static struct str known_items(struct ctx *c)
{
    struct strs on = form_all(c, "item");
    struct str text = STR("");

    for (size_t i = 0; i < COUNT_OF(item_codes); i++)
        if (chosen(on, item_codes[i].code))
            text = text.n ? arena_f(c->arena, "%.*s %s", (int)text.n, text.at, item_codes[i].code) : str_c(item_codes[i].code);
    return text;
}

static status consent_check(struct ctx *c, const struct consent *k)
{
    if (!list_has("consent_for", k->purpose))
        (void)!form_refuse(c, "purpose", text_of(c, T_CASES_ASK_CHOICE_NONE));
    if (!list_has("consent_by", k->who))
        (void)!form_refuse(c, "who", text_of(c, T_CASES_ASK_CHOICE_NONE));
    if (!str_is(k->answer, "yes") && !str_is(k->answer, "no"))
        (void)!form_refuse(c, "answer", text_of(c, T_CASES_ASK_CHOICE_NONE));
    if (str_is(k->who, "law") && k->basis.n == 0)
        (void)!form_refuse(c, "basis", text_of(c, T_DAY_CONSENT_BASIS_NONE));
    if (k->from.n && k->why.n == 0)
        (void)!form_refuse(c, "why", text_of(c, T_DAY_CONSENT_WHY_NONE));
    return form_failed(c) ? fail(INVALID, "a decision without what it needs") : OK;
}

static status consent_put(struct ctx *c)
{
    struct consent k = { .purpose = form_text(c, "purpose"), .who = form_text(c, "who"), .answer = form_text(c, "answer"),
                         .why = str_trim(form_text(c, "why")), .basis = str_trim(form_text(c, "basis")), .from = STR(""), .items = STR("") };
    struct id id;

    TRY(path_id(c, "id", &id));
    if (str_is(k.purpose, "share")) {
        k.from = known_from(c);
        k.items = k.from.n ? known_items(c) : STR("");
    }
    TRY(consent_check(c, &k));
    TRY(case_put_consent(c, id, &k));
    return case_back(c, id, "/consent", T_DAY_FLASH_CONSENT);
}

#define CONSENT_FORM FORM(FIELD("purpose", 20), FIELD("who", 20), FIELD("answer", 10), FIELD("from", 20, .repeat = true), \
    FIELD("item", 20, .repeat = true), FIELD("why", 2000), FIELD("basis", 1000), FIELD("token", 100))

const struct route consent_routes[] = {
    ROUTE(GET,  "/cases/:id/consent", MAY_READ_CASES,  NO_FORM,      consent_show),
    ROUTE(POST, "/cases/:id/consent", MAY_WRITE_CASES, CONSENT_FORM, consent_put, .once = true),
    ROUTES_END
};
