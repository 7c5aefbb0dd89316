/* The child's pages. No POST is ever answered with a page: always 303 to a GET (a browser keeps the body of a POST
   that was answered with a page in plain text in its profile). Only where no cookie came back is the code page the answer itself. */
#include "child.h"

#include "pictures.h"
#include "rules.h"

#include "../web/views.h"

#include "speakup_pages.h"
#include "web_pages.h"

enum { CODE_MINUTES = 10, SHOWN_MESSAGES = 60, PLACE_MESSAGES = 4 };

/* -- pages that say the same to everybody --------------------------------------------------------------------------------- */

static status landing_show(struct ctx *c)
{
    struct landing_view v = { .can_learn = true };

    return page_public(c, tpl_speakup_landing, &v);
}

static status learn_show(struct ctx *c)
{
    struct learn_view v = { .can_speak = true };

    return page_public(c, tpl_speakup_learn, &v);
}

/* The quick exit without JavaScript: clears what can be cleared and leaves to a neutral site at once. */
static status exit_leave(struct ctx *c)
{
    struct exit_view v = { .site = url_web(c->arena, str_c(c->app->exit_url)) };

    answer_forget(c);
    answer_header(c, "Refresh", arena_f(c->arena, "0; url=%s", c->app->exit_url));
    return page(c, tpl_speakup_exit, &v);
}

/* The browser's own blank, so that no mark of ours stands in a tab. */
static status favicon_none(struct ctx *c)
{
    return answer_empty(c, 204);
}

/* -- /speak ------------------------------------------------------------------------------------------------------------------ */

static status speak_show(struct ctx *c)
{
    struct speak_view v = { .wait = child_waiting(c, id_zero()), .provinces = network_province_choices(c, STR("")),
                            .exclude = child_exclude_choices(c) };

    return page_public(c, tpl_speakup_speak, &v);
}

/* Notices wait in the session as words: "too_large 3". */
struct told_so { size_t pieces; bool held; };

/* Hashes that could not be read: no page of ours sends such. */
static i64 odd_hashes(struct ctx *c)
{
    i64 odd;

    pictures_of_form(c, &odd);
    return odd;
}

static void put_notices(struct ctx *c, const struct refused *refused, struct told_so so)
{
    struct out o = { .max = 4096 };

    for (size_t i = 0; i < refused->n && i < 12; i++)
        out_f(&o, "%s %d\n", refused->no_room ? "no_room" : "too_large", refused->at[i]);
    if (refused->no_police)
        out_c(&o, "no_police 0\n");
    if (so.held)
        out_c(&o, "code 0\n");
    else if (so.pieces)
        out_f(&o, "cut %zu\n", so.pieces + 1);
    if (odd_hashes(c))
        out_f(&o, "hash %lld\n", (long long)odd_hashes(c));
    if (o.n)
        session_put(c, "notices", arena_copy(c->arena, out_done(&o)), 0);
    out_free(&o);
}

static int notice_text(struct str word)
{
    static const struct { const char *word; int text; } all[] = {
        { "too_large", T_SPEAKUP_NOTICE_TOO_LARGE }, { "cut", T_SPEAKUP_NOTICE_CUT }, { "sent", T_SPEAKUP_NOTICE_SENT },
        { "code", T_SPEAKUP_NOTICE_CODE }, { "no_police", T_SPEAKUP_NOTICE_NO_POLICE }, { "no_room", T_SPEAKUP_NOTICE_NO_ROOM },
        { "hash", T_SPEAKUP_NOTICE_HASH }, { "picture_off", T_SPEAKUP_NOTICE_PICTURE_OFF },
    };

    for (size_t i = 0; i < COUNT_OF(all); i++)
        if (str_is(word, all[i].word))
            return all[i].text;
    return T_SPEAKUP_NOTICE_SENT;
}

static struct notices take_notices(struct ctx *c)
{
    struct str text = session_take(c, "notices"), line, word;
    struct notices list = { .at = NEW_N(c->arena, struct notice, 16) };

    while (text.n && list.n < 16 && str_cut(&text, '\n', &line)) {
        if (line.n == 0 || !str_cut(&line, ' ', &word))
            continue;
        list.at[list.n] = (struct notice){ .text = notice_text(word) };
        (void)str_i64(line, &list.at[list.n].number);
        list.n++;
    }
    return list;
}

/* -- the code -------------------------------------------------------------------------------------------------------------------- */

/* When a browser last came for its code without a cookie: then, and only then, a retry without a cookie is answered with
   the code page itself. A second tap on "send" has no cookie either, but nobody came without one in between. */
static _Atomic i64 cookieless_ms = -DAY_MS;

static status code_page(struct ctx *c, const char *code, bool no_session)
{
    struct code_view v = { .no_session = no_session, .wrong = session_take(c, "wrong").n > 0,
                           .wait = child_waiting(c, id_zero()), .notices = take_notices(c) };

    for (int i = 0; i < 4; i++)
        v.group[i] = arena_copy(c->arena, str_of(code + 4 * i, 4));
    return page(c, tpl_speakup_code, &v);
}

static status code_begin(struct ctx *c, const struct report_made *made)
{
    session_begin(c, SESSION_CHILD, made->report, made->reporter);
    session_put(c, "code", str_c(made->code), CODE_MINUTES);
    return OK;
}

static status speak_send(struct ctx *c)
{
    struct report_made *made = SECRET(c->ledger->secrets, struct report_made);
    enum who who = who_of(form_text(c, "who"));
    bool had_cookie = c->session != NULL;
    struct refused refused;

    TRY(child_submit(c, false, made, &refused));
    if (made->again && !had_cookie && clock_mono_ms() - cookieless_ms < CODE_MINUTES * MINUTE_MS)
        return code_page(c, made->code, true);
    TRY(code_begin(c, made));
    if (who >= WHO_PARENT)
        session_put(c, "adult", STR("1"), 0);
    put_notices(c, &refused, (struct told_so){ .pieces = form_text_rest(c, "story").n });
    if (!made->again) {         /* the session with the code in it is of the same act: both are there, or neither */
        TRY(session_store(c));
        TRY(act_commit(c->ledger));
    }
    return see_other(c, "/speak/code");
}

static status done_page(struct ctx *c)
{
    struct done_view v = { .wait = child_waiting(c, id_zero()) };

    answer_forget(c);
    return page(c, tpl_speakup_done, &v);
}

static status no_cookie_page(struct ctx *c)
{
    struct child_problem_view v = { .title = T_WEB_PROBLEM_NO_COOKIE_TITLE, .text = T_WEB_PROBLEM_NO_COOKIE_TEXT };

    cookieless_ms = clock_mono_ms();
    return page(c, tpl_web_child_problem, &v);
}

static status speak_code_show(struct ctx *c)
{
    struct str code = session_peek(c, "code");

    c->page.adult = session_peek(c, "adult").n > 0;
    if (session_peek(c, "done").n)
        return done_page(c);
    if (c->session == NULL)
        return no_cookie_page(c);
    if (session_kind(c) != SESSION_CHILD || code.n != CODE_CHARS)
        return see_other(c, "/talk");
    return code_page(c, code.at, false);
}

/* The last group as typed, with the forgiveness of codes. */
static bool same_group(struct str typed, const char *group)
{
    char digits[5];

    return code_digits(typed, digits, 4) && memcmp(digits, group, 4) == 0;
}

/* The last group typed back: the code is written down, so this device may forget it and everything else. */
static status speak_code_check(struct ctx *c)
{
    struct str code = session_peek(c, "code");

    if (session_kind(c) != SESSION_CHILD || code.n != CODE_CHARS)
        return see_other(c, "/talk");
    if (!same_group(form_text(c, "last"), code.at + 12)) {
        session_put(c, "wrong", STR("1"), 0);
        return see_other(c, "/speak/code");
    }
    session_begin(c, SESSION_NOTICE, id_zero(), NULL);
    session_put(c, "done", STR("1"), CODE_MINUTES);
    return see_other(c, "/speak/code");
}

/* -- /talk ---------------------------------------------------------------------------------------------------------------------- */

static int talk_error(struct str word)
{
    if (str_is(word, "wrong"))
        return T_SPEAKUP_TALK_WRONG;
    return str_is(word, "unknown") ? T_SPEAKUP_TALK_UNKNOWN : 0;
}

status talk_entry(struct ctx *c)
{
    struct talk_view v = { .typed = session_take(c, "typed"), .error = talk_error(session_take(c, "error")) };

    return page(c, tpl_speakup_talk, &v);
}

/* "Hôm nay", "Hôm qua", "21/11/2026". */
static struct str day_words(struct ctx *c, i64 day)
{
    char text[CLOCK_TEXT];

    if (day == clock_local_day(c->now))
        return text_of(c, T_SPEAKUP_THREAD_TODAY);
    if (day == clock_local_day(c->now - DAY_MS))
        return text_of(c, T_SPEAKUP_THREAD_YESTERDAY);
    clock_day_vi(day, text);
    return arena_copy(c->arena, str_c(text));
}

static struct str staff_name(struct ctx *c, struct id user)
{
    struct users_row row = { .id = user };

    return row_get(c->ledger, &table_users, &row) == OK ? row.name : STR("");
}

static void thread_add(struct ctx *c, struct thread_view *v, const struct message *m, i64 *day)
{
    i64 files = m->from == FROM_SYSTEM ? system_files(m->text) : 0;
    struct str says = m->from == FROM_SYSTEM && !files ? system_says(c, m->text) : STR_NULL;
    struct thread_message *last = v->messages.n ? &v->messages.at[v->messages.n - 1] : NULL;
    struct thread_message *t = &v->messages.at[v->messages.n];

    if (files && last != NULL && last->mine) {
        last->files += files;
        return;
    }
    *t = (struct thread_message){ .mine = m->from == FROM_CHILD || files || says.n, .files = files, .text = files ? STR("") : says.n ? says : m->text,
                                  .day = m->day != *day ? day_words(c, m->day) : STR("") };
    if (m->from == FROM_STAFF)
        t->from = staff_name(c, m->author);
    t->altered = m->from == FROM_SYSTEM && !files && !says.n;
    *day = m->day;
    v->messages.n++;
}

/* Of ?before=: an older part of a long conversation; 0: the newest. */
static i64 query_place(struct ctx *c)
{
    i64 place = 0;

    return str_i64(query_text(c, "before"), &place) && place > 0 ? place : 0;
}

static void thread_fill(struct ctx *c, const struct messages *part, struct thread_view *v)
{
    i64 day = 0;

    v->messages.at = NEW_N(c->arena, struct thread_message, part->n + 1);
    for (size_t i = 0; i < part->n; i++)
        thread_add(c, v, &part->at[i], &day);
    if (part->older)
        v->older = url_lang(c->arena, url_f(c->arena, "/talk?before=%lld", (long long)part->older), c->page.lang_query);
}

static struct choices commune_choices(struct ctx *c, struct str province)
{
    struct communes all = network_communes(province);
    struct choices list = { .at = NEW_N(c->arena, struct choice, all.n + 1), .n = all.n };

    for (size_t i = 0; i < all.n; i++)
        list.at[i] = (struct choice){ .code = all.at[i].code, .name = all.at[i].name };
    return list;
}

static status thread_page(struct ctx *c)
{
    struct messages_part part = { .letter = "C", .before = query_place(c), .most = SHOWN_MESSAGES, .bytes = PART_BYTES };
    struct child_thread thread;
    struct takedown_progress progress;
    struct thread_view v = { 0 };

    TRY(child_thread(c, session_who(c), session_pair(c), part, &thread));
    c->page.adult = session_peek(c, "adult").n > 0;
    thread_fill(c, &thread.messages, &v);
    TRY(child_progress(c, session_who(c), &progress));
    v.asked = progress.asked;
    v.removed = progress.removed;
    v.wait = child_waiting(c, session_who(c));
    v.notices = take_notices(c);
    TRY(draft_read(c, STR("talk"), &v.draft));
    v.closed = str_is(thread.shown.state, "closed");
    v.waiting = thread.shown.waiting > 0;
    /* asked while the conversation is short, so that the page stays small; no address of its own in the history */
    if (thread.row.province.n && thread.row.messages <= PLACE_MESSAGES && part.before == 0)
        v.communes = commune_choices(c, thread.row.province);
    return page(c, tpl_speakup_thread, &v);
}

/* A session whose code was renewed in another tab opens nothing any more: back to where a code is typed. */
static status talk_show(struct ctx *c)
{
    struct comps comps;

    if (session_kind(c) != SESSION_CHILD || session_pair(c) == NULL)
        return talk_entry(c);
    if (comps_of_reporter(c, session_who(c), session_pair(c), &comps) == OK)
        return thread_page(c);
    session_end(c);
    return talk_entry(c);
}

static status talk_end(struct ctx *c)
{
    TRY(draft_end(c, STR("talk")));
    session_begin(c, SESSION_NOTICE, id_zero(), NULL);
    session_put(c, "done", STR("1"), CODE_MINUTES);
    return see_other(c, "/speak/code");
}

/* Words that were held back are sealed anew for the new code: the old one reads nothing any more. */
enum { RENEW_TRIES = 3 };

static status talk_new_code(struct ctx *c)
{
    struct report_made *made = SECRET(c->ledger->secrets, struct report_made);
    struct id report = session_who(c);
    struct comps comps;
    struct str held;
    status s = CONFLICT;

    TRY(draft_read(c, STR("talk"), &held));
    for (int tries = 0; s == CONFLICT && tries < RENEW_TRIES; tries++) {
        act_again(c->ledger);
        TRY(comps_of_reporter(c, report, session_pair(c), &comps));
        s = code_renew(c, report, &comps, made);
    }
    TRY(s);
    TRY(code_begin(c, made));
    if (held.n)
        TRY(draft_keep(c, STR("talk"), held));
    return see_other(c, "/speak/code");
}

/* A code that was mistyped is shown again, once, to be corrected; one that nobody has is told in the same place. */
static status talk_again(struct ctx *c, struct str typed, const char *error)
{
    session_begin(c, SESSION_NOTICE, id_zero(), NULL);
    session_put(c, "typed", text_upto(typed, 60), 5);
    session_put(c, "error", str_c(error), 5);
    return see_other(c, "/talk");
}

/* Words that were held back are sealed anew for the new pair. */
static status talk_turn(struct ctx *c, struct report_made *found)
{
    struct str held;

    session_begin(c, SESSION_CHILD, found->report, found->reporter);
    TRY(draft_read(c, STR("talk"), &held));
    if (!code_turn(c, found))
        return OK;
    session_begin(c, SESSION_CHILD, found->report, found->reporter);
    return held.n ? draft_keep(c, STR("talk"), held) : OK;
}

static status talk_open(struct ctx *c)
{
    struct report_made *found = SECRET(c->ledger->secrets, struct report_made);
    struct str typed = form_text(c, "code");
    status s = report_of_code(c, typed, found);

    if (s == INVALID || s == NOT_FOUND)
        return talk_again(c, typed, s == INVALID ? "wrong" : "unknown");
    TRY(s);
    TRY(talk_turn(c, found));
    return see_other(c, "/talk");
}

static status talk_post(struct ctx *c)
{
    struct str act = form_text(c, "do");

    if (act.n == 0 || session_kind(c) != SESSION_CHILD)
        return talk_open(c);
    if (!form_csrf_right(c))
        return see_other(c, "/talk");
    return str_is(act, "new-code") ? talk_new_code(c) : talk_end(c);
}

static status talk_message(struct ctx *c)
{
    struct refused refused;
    struct str held;

    if (session_kind(c) != SESSION_CHILD)
        return see_other(c, "/talk");
    TRY(child_send(c, session_who(c), session_pair(c), &refused, &held));
    if (held.n)
        TRY(draft_keep(c, STR("talk"), held));
    else
        TRY(draft_end(c, STR("talk")));
    put_notices(c, &refused, (struct told_so){ .pieces = form_text_rest(c, "text").n, .held = held.n > 0 });
    return see_other(c, "/talk");
}

/* A code that exists opens a session, which is a write; one that does not, nothing. */
enum { TALK_US = 25000 };

#define CODE_FORM FORM_OPEN({ .name = "last", .max = 20 }, { .name = "token", .max = 100 })
#define TALK_FORM FORM_FIRST({ .name = "code", .max = 100 }, { .name = "do", .max = 20 }, { .name = "token", .max = 100 })
#define MESSAGE_FORM FORM_OPEN({ .name = "text", .max = STORY_CHARS }, { .name = "commune", .max = 20 }, \
    { .name = "files", .file = true, .repeat = true }, { .name = "files_private", .file = true, .repeat = true },  \
    { .name = "hash", .max = PICTURE_CHARS, .repeat = true }, { .name = "token", .max = 100 })

const struct route speakup_routes[] = {
    ROUTE(GET,  "/",              PUBLIC, NO_FORM,      landing_show),
    ROUTE(GET,  "/learn",         PUBLIC, NO_FORM,      learn_show),
    ROUTE(GET,  "/exit",          CHILD,  NO_FORM,      exit_leave),
    ROUTE(GET,  "/favicon.ico",   PUBLIC, NO_FORM,      favicon_none),
    ROUTE(GET,  "/speak",         PUBLIC, NO_FORM,      speak_show),
    ROUTE(POST, "/speak/send",    CHILD,  &speak_form,  speak_send,      .lane = LANE_REPORT),
    ROUTE(GET,  "/speak/code",    CHILD,  NO_FORM,      speak_code_show),
    ROUTE(POST, "/speak/code",    CHILD,  CODE_FORM,    speak_code_check),
    ROUTE(GET,  "/talk",          CHILD,  NO_FORM,      talk_show),
    ROUTE(POST, "/talk",          CHILD,  TALK_FORM,    talk_post,       .lane = LANE_RETURN, .no_sooner_us = TALK_US),
    ROUTE(POST, "/talk/messages", CHILD,  MESSAGE_FORM, talk_message),
    ROUTES_END
};
