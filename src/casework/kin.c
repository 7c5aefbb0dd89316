/* Cases of one family, or of one event: a link that lies sealed in I of both, and is shown only to who may open both. */
#include "day.h"

#include "pages.h"

#include "casework_pages.h"
#include "texts.h"

struct link { struct id case_id; struct str kind, words; bool gone; };
struct links { struct link *at; size_t n; };

/* -- reading --------------------------------------------------------------------------------------------------------------------------- */

/* The newest word on each case stands. */
static status links_of(struct ctx *c, const struct comps *comps, struct links *list)
{
    struct said_list said;

    TRY(case_said(c, comps, (struct said_wanted){ "I", RECORD_KIN }, &said));
    *list = (struct links){ .at = NEW_N(c->arena, struct link, said.n + 1) };
    for (size_t i = 0; i < said.n; i++) {
        struct str json = said.at[i].json;
        struct link one = { .kind = named_get(c, json, "kind"), .words = named_get(c, json, "words"),
                            .gone = str_is(named_get(c, json, "gone"), "yes") };
        size_t k = 0;

        if (!id_of_text(named_get(c, json, "case"), &one.case_id))
            continue;
        while (k < list->n && !id_eq(list->at[k].case_id, one.case_id))
            k++;
        list->at[k] = one;
        list->n = k == list->n ? k + 1 : list->n;
    }
    return OK;
}

static bool identity_open(const struct casefile *f)
{
    const struct comp_open *identity = comp_newest(&f->comps, "I");

    return identity != NULL && identity->keys != NULL;
}

/* NOT_FOUND where the reader cannot open both parts of the other case: then there is nothing to be seen of it. */
static status other_open(struct ctx *c, struct id id, struct casefile *other)
{
    status s = casefile_open(c, id, other);

    if (s != OK) {
        fail_clear();
        return s == NOT_FOUND ? NOT_FOUND : s;
    }
    return identity_open(other) ? OK : NOT_FOUND;
}

static status fill_kin(struct ctx *c, const struct casefile *f, struct kin_list *list)
{
    struct links links;

    TRY(links_of(c, &f->comps, &links));
    list->at = NEW_N(c->arena, struct kin_view, links.n + 1);
    for (size_t i = 0; i < links.n; i++) {
        const struct link *k = &links.at[i];
        struct casefile other;
        status s = k->gone ? NOT_FOUND : other_open(c, k->case_id, &other);

        if (s == OK)
            list->at[list->n++] = (struct kin_view){ k->case_id, other.ref, list_name(c, "kin", k->kind), k->words };
        else if (s != NOT_FOUND)
            return s;
    }
    return OK;
}

/* -- writing --------------------------------------------------------------------------------------------------------------------------- */

static status write_link(struct ctx *c, const struct casefile *at, const struct link *link)
{
    char id[ID_TEXT + 1];
    struct record r = { .kind = RECORD_KIN, .author = c->actor.user, .time = c->now };

    id_text(link->case_id, id);
    r.text = named_json(c, (const struct named[]){ { "case", str_c(id) }, { "kind", link->kind }, { "words", link->words },
                                                   { "gone", link->gone ? STR("yes") : STR("no") } }, 4);
    TRY(record_write(c, comp_newest(&at->comps, "I"), &r));
    /* N is open to more people than I: it says that something changed, not what or with which case */
    return event_write(c, &at->comps, &(struct event){ .what = "kin", .from = STR(""), .to = STR(""), .words = STR("") });
}

static status link_body(struct ctx *c, struct casefile *f, const void *what)
{
    const struct link *link = what;
    struct link back = *link;
    struct casefile other;

    if (!identity_open(f))
        return NOT_FOUND;
    TRY(other_open(c, link->case_id, &other));
    back.case_id = f->row.id;
    TRY(write_link(c, f, link));
    TRY(act_next(c->ledger, case_act_info(c, "case.kin", other.row.id)));     /* the log of each case shows it */
    return write_link(c, &other, &back);
}

/* -- the page -------------------------------------------------------------------------------------------------------------------------- */

static status family_show(struct ctx *c)
{
    struct case_family_view v = { .kinds = list_choices(c, "kin", form_text(c, "kind")), .ref = form_text(c, "ref"),
                                  .words = form_text(c, "words"), .ref_error = form_error(c, "ref"), .kind_error = form_error(c, "kind") };
    struct casefile f;

    TRY(case_page_open(c, TAB_SUPPORT, &f, &v.head));
    v.head.sub = SUB_FAMILY;
    v.sealed = !identity_open(&f);
    if (!v.sealed)
        TRY(fill_kin(c, &f, &v.kin));
    TRY(people_nav(c, &v.nav, STAFF_CASES));
    return page(c, tpl_casework_family, &v);
}

/* The same words for a number that is not there and one that is not the reader's. */
static status find_other(struct ctx *c, struct id own, struct id *other)
{
    struct casefiles_row file;
    struct casefile f;
    i64 year, no;

    if (!case_ref_read(form_text(c, "ref"), &year, &no) ||
        sql_casefile_of_ref(c->ledger, (struct sql_casefile_of_ref){ .year = year, .no = no }, &file) != OK ||
        other_open(c, file.case_id, &f) != OK)
        return form_refuse(c, "ref", text_of(c, T_DAY_FAMILY_REF_BAD));
    *other = file.case_id;
    return id_eq(own, *other) ? form_refuse(c, "ref", text_of(c, T_DAY_FAMILY_REF_SELF)) : OK;
}

static status family_put(struct ctx *c)
{
    struct link link = { .kind = form_text(c, "kind"), .words = str_trim(form_text(c, "words")) };
    struct id id;

    TRY(path_id(c, "id", &id));
    link.gone = id_of_text(form_text(c, "gone"), &link.case_id);
    if (!link.gone && !list_has("kin", link.kind))
        (void)!form_refuse(c, "kind", text_of(c, T_CASES_ASK_CHOICE_NONE));
    if (!link.gone)
        (void)!find_other(c, id, &link.case_id);
    if (form_failed(c))
        return fail(INVALID, "a link without what it needs");
    TRY(case_act_do(c, id, "case.kin", link_body, &link));
    return case_back(c, id, "/family", link.gone ? T_DAY_FLASH_KIN_GONE : T_DAY_FLASH_KIN);
}

#define FAMILY_FORM FORM(FIELD("ref", 40), FIELD("kind", 20), FIELD("words", 2000), FIELD("gone", ID_TEXT), FIELD("token", 100))

const struct route family_routes[] = {
    ROUTE(GET,  "/cases/:id/family", MAY_READ_CASES,  NO_FORM,     family_show),
    ROUTE(POST, "/cases/:id/family", MAY_WRITE_CASES, FAMILY_FORM, family_put, .once = true),
    ROUTES_END
};
