/* POST /platform-reports/:id: what the reader makes of a report. Each form of the page says with `do` what it is. */
#include "platforms.h"

#include "pages.h"

#include "texts.h"

enum { OF_CHARS = 20, ITEM_CHARS = 2100 };

static status back(struct ctx *c, status s, int flash, struct id id)
{
    if (s == CONFLICT || s == DENIED) {
        act_abort(c->ledger);
        flash = s == CONFLICT ? T_PLATFORMS_FLASH_CHANGED : T_PLATFORMS_FLASH_OTHER_PERSON;
        s = OK;
    }
    TRY(s);
    return done_at(c, flash, "/platform-reports/", id);
}

static bool known_age(struct str age)
{
    for (size_t i = 0; platform_ages[i] != NULL; i++)
        if (str_is(age, platform_ages[i]))
            return true;
    return false;
}

static status make_case(struct ctx *c, struct id id)
{
    struct str province = form_text(c, "province"), age = form_text(c, "age");
    struct case_wish wish = { .age = known_age(age) ? age : STR(""), .province = STR("") };
    char text[ID_TEXT + 1];
    status s;

    if (!may(c, MAY_WRITE_CASES))
        return DENIED;
    if (network_province_name(province, false).n)
        wish.province = province;
    s = report_make_case(c, id, &wish);
    if (s != OK)
        return back(c, s, 0, id);
    id_text(id, text);
    session_put(c, "flash", text_of(c, T_PLATFORMS_FLASH_CASE), 5);
    return see_other_f(c, "/cases/%s", text);
}

/* The number of a report as people write it: "NT-1234567890" or without the letters. */
static status report_named(struct ctx *c, struct id own, struct opt_id *of)
{
    struct str typed = trimmed(c, "of");
    struct platform_reports_row row;
    i64 no;
    status s = NOT_FOUND;

    if (str_eq_nocase(str_upto(typed, 3), STR("NT-")))
        typed = str_from(typed, 3);
    if (str_i64(typed, &no))
        s = sql_platform_report_of_no(c->ledger, (struct sql_platform_report_of_no){ .no = no }, &row);
    if (s != OK && s != NOT_FOUND)
        return s;
    if (s == NOT_FOUND || id_eq(row.id, own) || !str_is(row.state, "finished") || row.sandbox) {
        refuse(c, "of", T_PLATFORMS_WRONG_OF);
        return OK;
    }
    *of = (struct opt_id){ true, row.id };
    return OK;
}

static status ask(struct ctx *c, struct id id)
{
    struct ask_new new = { .decision = form_text(c, "decision"), .reason = trimmed(c, "words") };

    if (!str_is(new.decision, "duplicate") && !str_is(new.decision, "unfounded"))
        refuse(c, "decision", T_PLATFORMS_WRONG_DECISION);
    if (str_is(new.decision, "duplicate"))
        TRY(report_named(c, id, &new.of_report));
    if (new.reason.n == 0)
        refuse(c, "words", T_PLATFORMS_WRONG_WORDS);
    TRY(refused(c));
    return back(c, report_ask(c, id, &new), T_PLATFORMS_FLASH_ASKED, id);
}

static status with_reason(struct ctx *c, struct id id, status (*act)(struct ctx *, struct id, struct str), int flash)
{
    struct str reason = trimmed(c, "back_words");

    if (reason.n == 0)
        return form_refuse(c, "back_words", text_of(c, T_PLATFORMS_WRONG_WORDS));
    return back(c, act(c, id, reason), flash, id);
}

static status answer(struct ctx *c, struct id id)
{
    struct str code = form_text(c, "answer");

    for (const char *const *known = report_answers; *known != NULL; known++)
        if (str_is(code, *known))
            return back(c, report_answer(c, id, code), T_PLATFORMS_FLASH_ANSWERED, id);
    return back(c, CONFLICT, 0, id);
}

/* Only what the report itself names. */
static status chosen_items(struct ctx *c, struct id id, struct takedown_items *items)
{
    struct open_report *r = NEW(c->arena, struct open_report);
    struct strs chosen = form_all(c, "item");
    struct takedown_item *at = NEW_N(c->arena, struct takedown_item, ITEMS_MAX);
    struct platform_items known;

    TRY(report_open_for(c, id, false, r));
    platform_items(c, r, &known);
    *items = (struct takedown_items){ at, 0 };
    for (size_t i = 0; i < known.n; i++)
        for (size_t k = 0; k < chosen.n && items->n < ITEMS_MAX; k++)
            if (str_eq(chosen.at[k], known.at[i].value)) {
                at[items->n++] = (struct takedown_item){ known.at[i].kind.at, known.at[i].text };
                break;
            }
    return OK;
}

static status open_track(struct ctx *c, struct id id)
{
    struct track_wish wish = { .class = form_text(c, "class"), .words = trimmed(c, "track_words") };
    struct takedown_opened opened;
    status s;

    if (!may(c, MAY_ASK_REMOVAL) && !may(c, MAY_WRITE_CASES))
        return DENIED;
    TRY(chosen_items(c, id, &wish.items));
    if (wish.items.n == 0)
        refuse(c, "item", T_PLATFORMS_WRONG_ITEMS);
    if (wish.class.n == 0)
        refuse(c, "class", T_PLATFORMS_WRONG_CLASS);
    TRY(refused(c));
    s = report_open_track(c, id, &wish, &opened);
    if (s == INVALID) {
        act_abort(c->ledger);
        return form_refuse(c, "class", text_of(c, T_PLATFORMS_WRONG_CLASS));
    }
    return back(c, s, opened.there ? T_PLATFORMS_FLASH_TRACK_THERE : T_PLATFORMS_FLASH_TRACK, id);
}

static status act(struct ctx *c)
{
    struct open_report *r = NEW(c->arena, struct open_report);
    struct str what = form_text(c, "do");
    struct id id;

    TRY(path_id(c, "id", &id));
    TRY(report_open_for(c, id, false, r));      /* whatever is asked for: a foreign report is not there */
    if (str_is(what, "case"))
        return make_case(c, id);
    if (str_is(what, "ask"))
        return ask(c, id);
    if (str_is(what, "agree"))
        return back(c, report_agree(c, id), T_PLATFORMS_FLASH_DECIDED, id);
    if (str_is(what, "disagree"))
        return with_reason(c, id, report_disagree, T_PLATFORMS_FLASH_REFUSED);
    if (str_is(what, "reopen"))
        return with_reason(c, id, report_reopen, T_PLATFORMS_FLASH_REOPENED);
    if (str_is(what, "answer"))
        return answer(c, id);
    return str_is(what, "track") ? open_track(c, id) : back(c, CONFLICT, 0, id);
}

#define ACT_FORM FORM(FIELD("do", 20), FIELD("age", 10), FIELD("province", 10), FIELD("decision", 20), FIELD("of", OF_CHARS), \
                      FIELD("words", REASON_CHARS), FIELD("back_words", REASON_CHARS), FIELD("track_words", REASON_CHARS), \
                      FIELD("class", 40), FIELD("item", ITEM_CHARS, .repeat = true), FIELD("answer", 20))

const struct route platform_report_routes[] = {
    ROUTE(GET,  "/platform-reports",     MAY_READ_PLATFORMS, NO_FORM,  platform_list_show),
    ROUTE(GET,  "/platform-reports/:id", MAY_READ_PLATFORMS, NO_FORM,  platform_report_show),
    ROUTE(POST, "/platform-reports/:id", MAY_READ_PLATFORMS, ACT_FORM, act),
    ROUTES_END
};
