/* /notice/TOKEN: the recipient of a letter answers, without an account. The link is the right to do so: it names one notice and nothing
   else, and nothing of a case or a child stands here. A GET changes nothing: guards of mail programs open every link. */
#include "pages.h"

#include "../base/text.h"

#include "takedown_pages.h"
#include "texts.h"

enum { ANSWER_MINUTES = 5 };

/* "2026-11-24T14:20", local. */
static struct str input_time(struct ctx *c, i64 ms)
{
    char day[CLOCK_TEXT], time[CLOCK_TEXT];

    clock_day_iso(ms, day);
    clock_time(ms, time);
    return arena_f(c->arena, "%sT%s", day, time);
}

static struct url page_url(struct ctx *c)
{
    struct str token = path_text(c, "token");

    return url_lang(c->arena, url_f(c->arena, "/notice/%.*s", (int)token.n, token.at), c->page.lang_query);
}

static status gone(struct ctx *c)
{
    struct notice_view v = { .withdrawn = true, .ref = STR_NULL };
    status s = page(c, tpl_takedown_notice_gone, &v);

    c->response->code = 404;
    return s;
}

static struct str basis_of(struct ctx *c, const struct track *t)
{
    bool own = t->class == NULL || !str_eq(t->row.basis, t->class->basis);

    return own || c->lang != LANG_EN || t->class->basis_en.n == 0 ? t->row.basis : t->class->basis_en;
}

static void fill_items(struct ctx *c, const struct track *t, struct notice_view *v)
{
    v->items.at = NEW_N(c->arena, struct notice_item, t->n_items + 1);
    for (size_t i = 0; i < t->n_items; i++)
        v->items.at[v->items.n++] = (struct notice_item){ t->items[i].kind, t->items[i].text };
}

static status fill_names(struct ctx *c, const struct takedown_notices_row *n, struct notice_view *v)
{
    struct takedown_recipients_row r = { .id = n->recipient };
    struct users_row u = { .id = n->set_by };
    struct organisations_row o;

    TRY(row_get(c->ledger, &table_takedown_recipients, &r));
    TRY(row_get(c->ledger, &table_users, &u));
    o = (struct organisations_row){ .id = u.org };
    TRY(row_get(c->ledger, &table_organisations, &o));
    v->name = r.name;
    v->from = o.name;
    return OK;
}

/* Who said that they cannot may still say that it is gone. */
static bool may_answer(const struct track *t, const struct takedown_notices_row *n)
{
    return !track_over(t->row.state) && (str_is(n->state, "sent") || str_is(n->state, "cannot"));
}

static status load(struct ctx *c, const struct takedown_notices_row *n, struct notice_view *v)
{
    struct track t;

    TRY(track_load(c, n->track, &t));
    TRY(fill_names(c, n, v));
    if (!str_is(n->state, "withdrawn") && !str_is(n->state, "notours"))         /* whom it does not concern is not told where it lies */
        fill_items(c, &t, v);
    v->ref = t.ref;
    v->class = takedown_class_name(c, t.row.class);
    v->basis = basis_of(c, &t);
    v->asked = moment_words(c, n->sent);
    v->due = moment_words(c, n->due);
    v->answered = moment_words(c, n->answered);
    v->open = may_answer(&t, n);
    v->late = str_is(n->state, "sent") && n->due.has && n->due.v <= c->now;
    v->withdrawn = str_is(n->state, "withdrawn");
    v->state = str_is(n->state, "sent") ? 0 : notice_word(n->state, false)->text;
    v->today = input_time(c, c->now);
    v->words_most = TAKEDOWN_WORDS_CHARS;
    return OK;
}

/* What was typed waits in the cookie, sealed: the answer to a POST is never a page. */
static status notice_show(struct ctx *c)
{
    struct takedown_notices_row n;
    struct str wrong = session_take(c, "notice_wrong");
    struct notice_view v = { .action = page_url(c), .thanks = query_text(c, "thanks").n > 0, .words = session_take(c, "notice_words"),
                             .at = session_take(c, "notice_at"), .no_words = str_is(wrong, "words"), .no_answer = str_is(wrong, "answer"),
                             .bad_time = str_is(wrong, "at") };
    status s = notice_of_token(c, path_text(c, "token"), &n);

    if (s == NOT_FOUND)
        return gone(c);
    TRY(s);
    TRY(load(c, &n, &v));
    return page(c, tpl_takedown_notice, &v);
}

/* -- answering ------------------------------------------------------------------------------------------------------------------------------ */

static status back(struct ctx *c, const char *thanks)
{
    struct str token = path_text(c, "token");

    return see_other_f(c, "/notice/%.*s%s", (int)token.n, token.at, thanks);
}

static status back_wrong(struct ctx *c, const char *field)
{
    session_put(c, "notice_wrong", str_c(field), ANSWER_MINUTES);
    session_put(c, "notice_words", text_upto(form_text(c, "words"), 800), ANSWER_MINUTES);
    session_put(c, "notice_at", text_upto(form_text(c, "at"), 20), ANSWER_MINUTES);
    return back(c, "");
}

/* What is wrong with it; NULL: it can be taken. When it was gone cannot lie ahead of us, nor before all of this. */
static const char *read_answer(struct ctx *c, struct reply *a)
{
    struct str code = form_text(c, "answer"), at = trimmed(c, "at");

    a->kind = ANSWERS;
    a->words = trimmed(c, "words");
    a->removed = c->now;
    for (size_t i = 0; i < ANSWERS; i++)
        if (str_is(code, answer_codes[i]))
            a->kind = (enum answer_kind)i;
    if (a->kind == ANSWERS)
        return "answer";
    if ((a->kind == ANSWER_APPEAL || a->kind == ANSWER_CANNOT) && a->words.n == 0)
        return "words";
    if (a->kind == ANSWER_REMOVED && at.n > 0 && (!clock_of_iso(at, &a->removed) || a->removed > c->now + 10 * MINUTE_MS ||
                                                  a->removed < c->now - 365 * DAY_MS))
        return "at";
    if (a->removed > c->now)
        a->removed = c->now;
    return NULL;
}

static status notice_do(struct ctx *c)
{
    struct takedown_notices_row n;
    struct reply a = { 0 };
    const char *wrong;
    status s = notice_of_token(c, path_text(c, "token"), &n);

    if (s == NOT_FOUND)
        return back(c, "");
    TRY(s);
    a.notice = n.id;
    wrong = read_answer(c, &a);
    if (wrong != NULL)
        return back_wrong(c, wrong);
    s = take_answer(c, n.track, &a);
    if (s == DENIED) {
        act_abort(c->ledger);   /* answered already: the page shows how it stands */
        fail_clear();
        return back(c, "");
    }
    TRY(s);
    return back(c, "?thanks=1");
}

#define ANSWER_FORM FORM_FIRST({ .name = "answer", .max = 20 }, { .name = "at", .max = 20 }, { .name = "words", .max = TAKEDOWN_WORDS_CHARS }, \
    { .name = "token", .max = 100 })

const struct route notice_routes[] = {
    ROUTE(GET,  "/notice/:token", PUBLIC, NO_FORM,     notice_show),
    ROUTE(POST, "/notice/:token", PUBLIC, ANSWER_FORM, notice_do),
    ROUTES_END
};
