/* /review: what waits, and one thing of it with its verdicts. */
#include "words.h"

#include "../casework/care.h"
#include "../casework/words.h"
#include "../takedown/takedown.h"

#include "review_pages.h"
#include "texts.h"

enum { PAGE_ROWS = 50, WORDS_CHARS = 1000 };

/* -- the list -------------------------------------------------------------------------------------------------------------------------------- */

static struct review_line line_of(struct ctx *c, const struct seen_item *item)
{
    return (struct review_line){ .id = item->id, .class = review_class(c, item->class), .when = review_when(c, item), .state = review_state(item->state),
                                 .source = review_source(item->source), .urgent = item->urgent };
}

/* Enough for a day: verdicts, or minutes of looking at evidence. */
static status fill_over(struct ctx *c, i64 *today, bool *over)
{
    TRY(verdicts_today(c, today));
    TRY(care_over(c, c->actor.user, over));
    *over = *over || *today >= review_figures()->day;
    return OK;
}

static struct choices state_choices(struct ctx *c, struct str chosen)
{
    static const char *const codes[] = { "new", "second", "doubtful", "confirmed", "rejected" };
    struct choices list = { .at = NEW_N(c->arena, struct choice, COUNT_OF(codes)), .n = COUNT_OF(codes) };

    for (size_t i = 0; i < COUNT_OF(codes); i++)
        list.at[i] = (struct choice){ str_c(codes[i]), text_of(c, review_state(str_c(codes[i]))), str_is(chosen, codes[i]) };
    return list;
}

static struct url list_url(struct ctx *c, struct str state, bool sandbox)
{
    struct url to = url_query(c->arena, url_path("/review"), "state", state);

    return url_lang(c->arena, url_query(c->arena, to, "sandbox", sandbox ? STR("1") : STR("")), c->page.lang_query);
}

static status fill_rows(struct ctx *c, struct seen_paging *p, struct review_view *v)
{
    struct seen_items items;
    struct verdicts_said list;

    TRY(seen_list(c->ledger, p, &items));
    v->rows.at = NEW_N(c->arena, struct review_line, items.n + 1);
    for (size_t i = 0; i < items.n && i < PAGE_ROWS; i++) {
        struct review_standing s;
        status said;

        said = verdicts_said(c, items.at[i].id, &list);
        if (said == BROKEN)             /* alarmed: what its own page refuses to show stands in the list, and stops nobody */
            list = (struct verdicts_said){ 0 };
        else
            TRY(said);
        s = review_standing(c, &items.at[i], &list);
        v->rows.at[v->rows.n] = line_of(c, &items.at[i]);
        v->rows.at[v->rows.n++].mine = review_bar(&s) != REVIEW_FINE && review_bar(&s) != REVIEW_ENDED;
    }
    if (items.n > PAGE_ROWS) {
        char id[ID_TEXT + 1];

        id_text(items.at[PAGE_ROWS - 1].id, id);
        v->next_page = url_query(c->arena, list_url(c, p->state, p->sandbox), "after", arena_copy(c->arena, str_c(id)));
    }
    return OK;
}

static status list_show(struct ctx *c)
{
    struct str state = query_text(c, "state"), after = query_text(c, "after");
    struct review_view v = { .sandbox = query_text(c, "sandbox").n > 0, .states = state_choices(c, state), .enough = review_figures()->day };
    struct seen_paging p = { .state = state, .sandbox = v.sandbox, .limit = PAGE_ROWS + 1 };

    for (size_t i = 0, known = 0; i < v.states.n; i++)
        if ((known += v.states.at[i].on) == 0 && i + 1 == v.states.n)
            p.state = STR("");
    if (after.n && !id_of_text(after, &p.after.v))
        return fail(NOT_FOUND, "no such place in the list");
    p.after.has = after.n > 0;
    TRY(fill_rows(c, &p, &v));
    TRY(seen_waiting(c->ledger, v.sandbox, &v.waiting));
    TRY(fill_over(c, &v.today, &v.over));
    v.start_page = p.after.has ? list_url(c, p.state, v.sandbox) : (struct url){ STR("") };
    v.other_side = list_url(c, STR(""), !v.sandbox);
    TRY(people_nav(c, &v.nav, STAFF_REVIEW));
    return page(c, tpl_review_review, &v);
}

static status next_show(struct ctx *c)
{
    bool sandbox = query_text(c, "sandbox").n > 0;
    struct id seen;
    char id[ID_TEXT + 1];
    status s = review_next_id(c, sandbox, &seen);

    if (s == NOT_FOUND) {
        session_put(c, "flash", text_of(c, T_REVIEW_FLASH_NONE), 5);
        return see_other(c, sandbox ? "/review?sandbox=1" : "/review");
    }
    TRY(s);
    id_text(seen, id);
    return see_other_f(c, "/review/%s", id);
}

/* -- one thing ---------------------------------------------------------------------------------------------------------------------------------- */

static void fill_hashes(struct ctx *c, const struct seen_hashes *all, struct review_item_view *v)
{
    v->hashes.at = NEW_N(c->arena, struct review_hash, all->n + 1);
    for (size_t i = 0; i < all->n; i++) {
        const struct seen_hash *h = &all->at[i];

        v->hashes.at[v->hashes.n++] = (struct review_hash){ str_c(hash_kind_code(h->kind)), hash_value_text(c->arena, h->kind, h->value), h->quality,
                                                            h->kind == HASH_PDQ && h->quality != QUALITY_UNKNOWN };
    }
}

static void fill_hits(struct ctx *c, const struct bank_hits *all, struct review_item_view *v)
{
    v->hits.at = NEW_N(c->arena, struct review_hit, all->n + 1);
    for (size_t i = 0; i < all->n; i++) {
        const struct bank_hit *h = &all->at[i];

        v->hits.at[v->hits.n++] = (struct review_hit){ .bank = h->bank_name, .class = review_class(c, h->class), .basis = h->basis,
            .distance = h->distance, .exact = h->kind != HASH_PDQ, .negative = h->negative, .suppressed = h->suppressed,
            .held = h->quarantined, .confirmed = h->confirmed };
    }
}

static struct str person_name(struct ctx *c, struct id user)
{
    return desk_user_name(c, (struct opt_id){ true, user });
}

/* Who decides blind is shown that there is a verdict, and not which. */
static void fill_said(struct ctx *c, const struct verdicts_said *list, const struct review_standing *s, struct review_item_view *v)
{
    bool hide = s->blind && list->n == 1 && !s->mine && review_bar(s) == REVIEW_FINE;

    v->said.at = NEW_N(c->arena, struct review_said, list->n + 1);
    for (size_t i = 0; i < list->n; i++) {
        const struct verdict_said *one = &list->at[i];
        char day[CLOCK_TEXT];

        clock_day_vi(clock_local_day(one->at), day);
        v->said.at[v->said.n++] = (struct review_said){ .verdict = verdict_text(one->verdict), .who = person_name(c, one->by), .hidden = hide,
            .when = arena_copy(c->arena, str_c(day)), .reason = one->reason.n ? list_name(c, "verdict", one->reason) : STR(""), .words = one->words };
    }
}

static void fill_standing(struct ctx *c, const struct review_standing *s, struct review_item_view *v)
{
    static const int bars[] = { [REVIEW_FINE] = 0, [REVIEW_ENDED] = T_REVIEW_BAR_ENDED, [REVIEW_MINE] = T_REVIEW_BAR_MINE, [REVIEW_DIFFER] = T_REVIEW_BAR_DIFFER };

    v->bar = bars[review_bar(s)];
    v->may_decide = v->bar == 0;
    v->needs_words = review_needs_words(s);
    v->confirmed = str_is(s->state, "confirmed");
    v->may_ask = v->confirmed && may(c, MAY_ASK_REMOVAL);
    v->classes = takedown_class_choices(c, form_text(c, "class"));
    v->reasons = list_choices(c, "verdict", form_text(c, "reason"));
}

/* The report of a platform has a page of its own, for the police unit whose material it is. */
static struct url object_url(struct ctx *c, const struct seen_item *item)
{
    if (!str_is(item->kind, "report") || id_is_zero(item->object))
        return (struct url){ STR("") };
    return url_lang(c->arena, url_id(c->arena, "/platform-reports/", item->object, ""), c->page.lang_query);
}

static struct str words_until(struct ctx *c, const struct seen_item *item)
{
    char day[CLOCK_TEXT];

    clock_day_vi(clock_local_day(item->at + review_figures()->words_days * DAY_MS), day);
    return arena_copy(c->arena, str_c(day));
}

static status log_read(struct ctx *c, struct id seen)
{
    TRY(act_begin(c->ledger, (struct act_info){ .act = "review.read", .now = c->now, .actor = c->actor.user, .object = seen }));
    return act_commit(c->ledger);
}

static status fill_item(struct ctx *c, struct review_item_view *v)
{
    struct seen_detail d;
    struct verdicts_said list;
    struct review_standing s;
    i64 today;

    TRY(seen_get(c->ledger, v->id, &d));
    TRY(verdicts_said(c, v->id, &list));
    s = review_standing(c, &d.item, &list);
    v->line = line_of(c, &d.item);
    v->ref = d.item.ref;
    v->object = object_url(c, &d.item);
    fill_hashes(c, &d.hashes, v);
    fill_hits(c, &d.hits, v);
    TRY(message_read(c, d.item.context, &v->message));
    v->words_until = v->message.words ? words_until(c, &d.item) : STR("");
    fill_said(c, &list, &s, v);
    fill_standing(c, &s, v);
    v->may_opine = (v->confirmed || str_is(d.item.state, "rejected")) && d.hits.n > 0 && may(c, MAY_REVIEW_LISTS);
    return fill_over(c, &today, &v->over);
}

static status item_show(struct ctx *c)
{
    struct review_item_view v = { .words = form_text(c, "words"), .words_error = form_error(c, "words"), .class_error = form_error(c, "class") };

    TRY(path_id(c, "id", &v.id));
    TRY(fill_item(c, &v));
    TRY(log_read(c, v.id));
    TRY(people_nav(c, &v.nav, STAFF_REVIEW));
    return page(c, tpl_review_item, &v);
}

/* -- a verdict ------------------------------------------------------------------------------------------------------------------------------------ */

static status back_to(struct ctx *c, struct id seen, int flash)
{
    char id[ID_TEXT + 1];

    id_text(seen, id);
    session_put(c, "flash", text_of(c, flash), 5);
    return see_other_f(c, "/review/%s", id);
}

/* On to the next thing, while it is not enough for the day; what was confirmed stays in sight, for there is more to do with it. */
static status after_verdict(struct ctx *c, const struct verdict_new *v, const char *state, bool sandbox)
{
    static const struct { const char *state; int flash; } all[] = {
        { "confirmed", T_REVIEW_FLASH_CONFIRMED }, { "rejected", T_REVIEW_FLASH_REJECTED }, { "second", T_REVIEW_FLASH_SECOND },
        { "doubtful", T_REVIEW_FLASH_DOUBTFUL },
    };
    int flash = T_REVIEW_FLASH_DOUBTFUL;
    i64 today;
    bool over;

    for (size_t i = 0; i < COUNT_OF(all); i++)
        if (strcmp(state, all[i].state) == 0)
            flash = all[i].flash;
    if (strcmp(state, "confirmed") == 0)
        return back_to(c, v->seen, flash);
    TRY(fill_over(c, &today, &over));
    session_put(c, "flash", text_of(c, flash), 5);
    if (over)
        return see_other(c, sandbox ? "/review?sandbox=1" : "/review");
    return see_other(c, sandbox ? "/review/next?sandbox=1" : "/review/next");
}

static status check(struct ctx *c, const struct verdict_new *v, const struct review_standing *s)
{
    if (v->verdict == VERDICTS)
        return form_refuse(c, "words", text_of(c, T_REVIEW_NO_VERDICT));
    if (review_needs_words(s) && v->words.n == 0)
        return form_refuse(c, "words", text_of(c, T_REVIEW_NO_WORDS));
    return OK;
}

static status item_post(struct ctx *c)
{
    struct str reason = form_text(c, "reason");
    struct verdict_new v = { .verdict = verdict_of(form_text(c, "verdict")), .words = str_trim(form_text(c, "words")) };
    struct seen_detail d;
    struct verdicts_said list;
    struct review_standing s;
    const char *state;
    status done;

    TRY(path_id(c, "id", &v.seen));
    TRY(seen_get(c->ledger, v.seen, &d));
    TRY(verdicts_said(c, v.seen, &list));
    s = review_standing(c, &d.item, &list);
    TRY(check(c, &v, &s));
    v.was = d.item.state;
    v.reason = list_has("verdict", reason) ? reason : STR("");
    done = verdict_give(c, &v, &state);
    if (done == CONFLICT) {
        act_abort(c->ledger);
        return back_to(c, v.seen, T_REVIEW_FLASH_CHANGED);
    }
    TRY(done);
    return after_verdict(c, &v, state, d.item.sandbox);
}

#define VERDICT_FORM FORM({ .name = "verdict", .max = 20 }, { .name = "reason", .max = 40 }, { .name = "words", .max = WORDS_CHARS }, \
    { .name = "token", .max = 100 })
#define CLASS_FORM FORM({ .name = "class", .max = 40 }, { .name = "token", .max = 100 })
#define OPINION_FORM FORM({ .name = "token", .max = 100 })

const struct route review_routes[] = {
    ROUTE(GET,  "/review",              MAY_JUDGE_MATCHES, NO_FORM,      list_show),
    ROUTE(GET,  "/review/next",         MAY_JUDGE_MATCHES, NO_FORM,      next_show),
    ROUTE(GET,  "/review/agreement",    MAY_JUDGE_MATCHES, NO_FORM,      review_agreement_show),
    ROUTE(GET,  "/review/:id",          MAY_JUDGE_MATCHES, NO_FORM,      item_show),
    ROUTE(POST, "/review/:id",          MAY_JUDGE_MATCHES, VERDICT_FORM, item_post),
    ROUTE(GET,  "/review/:id/removal",  MAY_ASK_REMOVAL,   NO_FORM,      item_show),        /* the same page, with what was wrong */
    ROUTE(POST, "/review/:id/removal",  MAY_ASK_REMOVAL,   CLASS_FORM,   review_removal),
    ROUTE(POST, "/review/:id/opinion",  MAY_REVIEW_LISTS,  OPINION_FORM, review_opinion),
    ROUTES_END
};
