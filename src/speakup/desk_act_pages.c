/* The acts that ask first: each has a page of its own that says what changes, takes the reason, and does it. */
#include "desk_words.h"

#include "presence.h"

#include "speakup_pages.h"
#include "texts.h"

/* One such page: everything that differs between them. */
struct asking {
    enum desk_act act;
    const char *path;               /* below /desk/:id/ */
    const char *list;               /* of content/process/lists.txt; NULL: nothing to choose, or a colleague */
    int title, say, go, flash, choice_label, words_label;
    bool colleague;                 /* the choice is a person */
    bool may_be_silent;             /* words are not asked for */
};

static const struct asking hand_over = {
    ACT_HAND_OVER, "hand-over", NULL, T_DESK_HAND_OVER_TITLE, T_DESK_HAND_OVER_SAY, T_DESK_HAND_OVER_GO, T_DESK_FLASH_HANDED,
    T_DESK_HAND_OVER_TO, T_DESK_ACT_WHY, .colleague = true,
};
static const struct asking prank = {
    ACT_PRANK, "prank", "prank", T_DESK_PRANK_TITLE, T_DESK_PRANK_SAY, T_DESK_PRANK_GO, T_DESK_FLASH_PRANK, T_DESK_ACT_REASON,
    T_DESK_ACT_WHY,
};
static const struct asking unprank = {
    ACT_UNPRANK, "unprank", NULL, T_DESK_UNPRANK_TITLE, T_DESK_UNPRANK_SAY, T_DESK_UNPRANK_GO, T_DESK_FLASH_UNPRANK, 0,
    T_DESK_ACT_WHY,
};
static const struct asking closing = {
    ACT_CLOSE, "close", "close", T_DESK_CLOSE_TITLE, T_DESK_CLOSE_SAY, T_DESK_CLOSE_GO, T_DESK_FLASH_CLOSED, T_DESK_ACT_REASON,
    T_DESK_ACT_MORE, .may_be_silent = true,
};
static const struct asking reopening = {
    ACT_REOPEN, "reopen", NULL, T_DESK_REOPEN_TITLE, T_DESK_REOPEN_SAY, T_DESK_REOPEN_GO, T_DESK_FLASH_REOPENED, 0, T_DESK_ACT_WHY,
};
static const struct asking unmerging = {
    ACT_UNMERGE, "unmerge", NULL, T_DESK_UNMERGE_TITLE, T_DESK_UNMERGE_SAY, T_DESK_UNMERGE_GO, T_DESK_FLASH_UNMERGED, 0,
    T_DESK_ACT_WHY,
};

static status back_to(struct ctx *c, struct id report, int flash)
{
    char id[ID_TEXT + 1];

    id_text(report, id);
    session_put(c, "flash", text_of(c, flash), 5);
    return see_other_f(c, "/desk/%s", id);
}

/* Somebody was faster: say so, and show the report as it is now. */
static status told(struct ctx *c, struct id report, status s, int flash)
{
    if (s == CONFLICT)
        act_abort(c->ledger);
    else
        TRY(s);
    return back_to(c, report, s == CONFLICT ? T_DESK_FLASH_CHANGED : flash);
}

/* -- asking ------------------------------------------------------------------------------------------------------------------------ */

static status colleague_choices(struct ctx *c, const struct cases_row *row, struct choices *choices)
{
    struct users_rows people;

    TRY(desk_colleagues(c, row, &people));
    choices->at = NEW_N(c->arena, struct choice, people.n + 1);
    for (size_t i = 0; i < people.n; i++) {
        char id[ID_TEXT + 1];
        struct str code;

        id_text(people.at[i].id, id);
        code = arena_copy(c->arena, str_c(id));
        choices->at[choices->n++] = (struct choice){ code, people.at[i].name, str_eq(code, form_text(c, "reason")) };
    }
    return OK;
}

static status fill_choices(struct ctx *c, const struct asking *a, const struct cases_row *row, struct desk_act_view *v)
{
    if (a->list != NULL)
        v->choices = list_choices(c, a->list, form_text(c, "reason"));
    return a->colleague ? colleague_choices(c, row, &v->choices) : OK;
}

static status ask(struct ctx *c, const struct asking *a)
{
    struct desk_act_view v = {
        .title = a->title, .say = a->say, .go = a->go, .choice_label = a->choice_label, .words_label = a->words_label,
        .words = form_text(c, "words"), .words_error = form_error(c, "words"), .choice_error = form_error(c, "reason"),
    };
    struct desk_case d;
    char id[ID_TEXT + 1];

    TRY(path_id(c, "id", &v.id));
    TRY(desk_case_open(c, v.id, &d));
    v.fits = desk_allows(a->act, &d.standing);
    id_text(v.id, id);
    v.ref = d.row.ref;
    v.action = url_lang(c->arena, url_f(c->arena, "/desk/%s/%s", id, a->path), c->page.lang_query);
    TRY(fill_choices(c, a, &d.row, &v));
    TRY(people_nav(c, &v.nav, STAFF_NONE));
    return page(c, tpl_speakup_desk_act, &v);
}

/* A foreign report is not there, whatever the form holds. Then both fields are looked at, so that all that is missing is said
   at once. */
static status check(struct ctx *c, const struct asking *a, struct id *report)
{
    struct str reason = form_text(c, "reason");
    struct desk_case d;
    struct id person;
    status s = OK;

    TRY(path_id(c, "id", report));
    TRY(desk_case_open(c, *report, &d));
    if ((a->list != NULL && !list_has(a->list, reason)) || (a->colleague && !id_of_text(reason, &person)))
        s = form_refuse(c, "reason", text_of(c, a->colleague ? T_DESK_HAND_OVER_NOBODY : T_DESK_ACT_NO_REASON));
    if (!a->may_be_silent && str_trim(form_text(c, "words")).n == 0)
        s = form_refuse(c, "words", text_of(c, T_DESK_ACT_NO_WORDS));
    return s;
}

static struct decision decision_of(struct ctx *c)
{
    return (struct decision){ form_text(c, "reason"), form_text(c, "words") };
}

/* -- the pages -------------------------------------------------------------------------------------------------------------------- */

typedef status decide(struct ctx *c, struct id report, const struct decision *why);

static status do_decision(struct ctx *c, const struct asking *a, decide *act)
{
    struct decision why = decision_of(c);
    struct id report;

    TRY(check(c, a, &report));
    return told(c, report, act(c, report, &why), a->flash);
}

static status hand_over_show(struct ctx *c)
{
    return ask(c, &hand_over);
}

static status hand_over_do(struct ctx *c)
{
    struct hand_over to = { .words = form_text(c, "words") };
    struct id report;

    TRY(check(c, &hand_over, &report));
    (void)id_of_text(form_text(c, "reason"), &to.to);
    return told(c, report, desk_hand_over(c, report, &to), hand_over.flash);
}

static status prank_show(struct ctx *c)
{
    return ask(c, &prank);
}

static status prank_do(struct ctx *c)
{
    return do_decision(c, &prank, desk_prank);
}

static status unprank_show(struct ctx *c)
{
    return ask(c, &unprank);
}

static status unprank_do(struct ctx *c)
{
    return do_decision(c, &unprank, desk_unprank);
}

static status close_show(struct ctx *c)
{
    return ask(c, &closing);
}

static status close_do(struct ctx *c)
{
    return do_decision(c, &closing, desk_close);
}

static status reopen_show(struct ctx *c)
{
    return ask(c, &reopening);
}

static status reopen_do(struct ctx *c)
{
    return do_decision(c, &reopening, desk_reopen);
}

static status unmerge_show(struct ctx *c)
{
    return ask(c, &unmerging);
}

static status unmerge_decide(struct ctx *c, struct id report, const struct decision *why)
{
    return desk_unmerge(c, report, why->words);
}

static status unmerge_do(struct ctx *c)
{
    return do_decision(c, &unmerging, unmerge_decide);
}

/* -- merge: first which one, then both side by side ------------------------------------------------------------------------------ */

/* "pa 7k3m9" and "7K3M9" are PA-7K3M9. */
static struct str ref_typed(struct ctx *c, struct str typed)
{
    char ref[9] = "PA-";
    size_t n = 3;

    typed = str_trim(typed);
    if (str_eq_nocase(str_upto(typed, 2), STR("PA")) && typed.n > 5)
        typed = str_from(typed, 2);
    for (size_t i = 0; i < typed.n && n < 8; i++) {
        char at = typed.at[i];

        if (at != ' ' && at != '-')
            ref[n++] = at >= 'a' && at <= 'z' ? (char)(at - 'a' + 'A') : at;
    }
    return arena_copy(c->arena, str_of(ref, n));
}

/* What the reader cannot open is said as what is not there. */
static status find_other(struct ctx *c, const struct desk_case *d, struct str typed, struct desk_case *other, int *error)
{
    struct cases_row row;
    status s = sql_report_of_ref(c->ledger, (struct sql_report_of_ref){ .ref = ref_typed(c, typed) }, &row);

    *error = 0;
    if (s == OK)
        s = desk_case_open(c, row.id, other);
    if (s == NOT_FOUND)
        *error = T_DESK_MERGE_NONE;
    else if (s == OK && id_eq(d->row.id, other->row.id))
        *error = T_DESK_MERGE_SAME;
    else if (s == OK && (!desk_allows(ACT_BE_MERGED, &other->standing) || !id_eq(d->row.owner_unit, other->row.owner_unit)))
        *error = T_DESK_MERGE_UNFIT;
    return s == NOT_FOUND ? OK : s;
}

/* How the story begins: the child's first message in the oldest compartment that opens. */
static status first_words(struct ctx *c, const struct comps *comps, struct str *text)
{
    struct strs told_first = { 0 };

    *text = STR("");
    for (size_t i = 0; i < comps->n && told_first.n == 0; i++)
        if (comps->at[i].keys != NULL && str_is(comps->at[i].letter, "C"))
            TRY(records_of_kind(c, &comps->at[i], (struct kind_wanted){ RECORD_MESSAGE_CHILD, 1 }, &told_first));
    if (told_first.n)
        *text = text_upto(told_first.at[0], 600);
    return OK;
}

static status excluded(struct ctx *c, const struct comps *comps, struct desk_words *words)
{
    struct answers told_by;

    TRY(desk_answers(c, comps, &told_by));
    *words = desk_excludes(c, told_by.exclude);
    return OK;
}

/* Both stories are read here, so both are logged as read. */
static status fill_both(struct ctx *c, const struct desk_case *d, const struct desk_case *other, struct desk_merge_view *v)
{
    v->found = true;
    v->mine = desk_row_of(c, &d->row, id_zero());
    v->other = desk_row_of(c, &other->row, id_zero());
    TRY(first_words(c, &d->comps, &v->first));
    TRY(first_words(c, &other->comps, &v->other_first));
    TRY(excluded(c, &d->comps, &v->exclude));
    TRY(excluded(c, &other->comps, &v->other_exclude));
    TRY(desk_log_read(c, d->row.id));
    return desk_log_read(c, other->row.id);
}

static struct str typed_ref(struct ctx *c)
{
    struct str typed = form_text(c, "ref");

    return typed.n ? typed : query_text(c, "ref");
}

static status merge_show(struct ctx *c)
{
    struct desk_merge_view v = { .typed = typed_ref(c), .words = form_text(c, "words"), .words_error = form_error(c, "words") };
    struct desk_case d, other;
    int error;

    TRY(path_id(c, "id", &v.id));
    TRY(desk_case_open(c, v.id, &d));
    v.fits = desk_allows(ACT_MERGE, &d.standing);
    v.ref = d.row.ref;
    if (v.fits && v.typed.n) {
        TRY(find_other(c, &d, v.typed, &other, &error));
        if (error)
            v.typed_error = text_of(c, error);
        else
            TRY(fill_both(c, &d, &other, &v));
    }
    TRY(people_nav(c, &v.nav, STAFF_NONE));
    return page(c, tpl_speakup_desk_merge, &v);
}

static status merge_do(struct ctx *c)
{
    struct merging m = { .words = form_text(c, "words") };
    struct desk_case d, other;
    struct id report;
    int error;

    TRY(path_id(c, "id", &report));
    TRY(desk_case_open(c, report, &d));
    TRY(find_other(c, &d, form_text(c, "ref"), &other, &error));
    if (error)
        return form_refuse(c, "ref", text_of(c, error));
    if (str_trim(m.words).n == 0)
        return form_refuse(c, "words", text_of(c, T_DESK_ACT_NO_WORDS));
    m.other = other.row.id;
    return told(c, report, desk_merge(c, report, &m), T_DESK_FLASH_MERGED);
}

#define DECISION FORM({ .name = "reason", .max = 40 }, { .name = "words", .max = 2000 }, { .name = "token", .max = 100 })
#define MERGE_FORM FORM({ .name = "ref", .max = 40 }, { .name = "words", .max = 2000 }, { .name = "token", .max = 100 })

const struct route desk_act_routes[] = {
    ROUTE(GET,  "/desk/:id/hand-over", MAY_WRITE_REPORTS, NO_FORM,    hand_over_show),
    ROUTE(POST, "/desk/:id/hand-over", MAY_WRITE_REPORTS, DECISION,   hand_over_do),
    ROUTE(GET,  "/desk/:id/merge",     MAY_WRITE_REPORTS, NO_FORM,    merge_show),
    ROUTE(POST, "/desk/:id/merge",     MAY_WRITE_REPORTS, MERGE_FORM, merge_do),
    ROUTE(GET,  "/desk/:id/unmerge",   MAY_WRITE_REPORTS, NO_FORM,    unmerge_show),
    ROUTE(POST, "/desk/:id/unmerge",   MAY_WRITE_REPORTS, DECISION,   unmerge_do),
    ROUTE(GET,  "/desk/:id/prank",     MAY_WRITE_REPORTS, NO_FORM,    prank_show),
    ROUTE(POST, "/desk/:id/prank",     MAY_WRITE_REPORTS, DECISION,   prank_do),
    ROUTE(GET,  "/desk/:id/unprank",   MAY_WRITE_REPORTS, NO_FORM,    unprank_show),
    ROUTE(POST, "/desk/:id/unprank",   MAY_WRITE_REPORTS, DECISION,   unprank_do),
    ROUTE(GET,  "/desk/:id/close",     MAY_WRITE_REPORTS, NO_FORM,    close_show),
    ROUTE(POST, "/desk/:id/close",     MAY_WRITE_REPORTS, DECISION,   close_do),
    ROUTE(GET,  "/desk/:id/reopen",    MAY_WRITE_REPORTS, NO_FORM,    reopen_show),
    ROUTE(POST, "/desk/:id/reopen",    MAY_WRITE_REPORTS, DECISION,   reopen_do),
    ROUTE(GET,  "/desk/:id/presence",  MAY_READ_REPORTS,  NO_FORM,    presence_show, .quiet = true),
    ROUTE(GET,  "/desk/news",          MAY_READ_REPORTS,  NO_FORM,    news_show,     .quiet = true),
    ROUTES_END
};
