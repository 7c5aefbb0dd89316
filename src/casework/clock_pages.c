/* Clocks on pages: those of a case with moment and article, what units hear of late ones, and the sweep of who runs the machine. */
#include "clocks.h"
#include "pages.h"

#include "casework_pages.h"
#include "texts.h"

/* -- the clocks of a case ------------------------------------------------------------------------------------------------------------ */

static struct str fill(struct ctx *c, int key, struct str first, struct str second)
{
    return text_fill(c->arena, (int)c->lang, key, first, second);
}

static struct str day_text(struct ctx *c, i64 ms)
{
    char text[CLOCK_TEXT];

    clock_day_vi(ms, text);
    return arena_copy(c->arena, str_c(text));
}

static struct str time_text(struct ctx *c, i64 ms)
{
    char text[CLOCK_TEXT];

    clock_time(ms, text);
    return arena_copy(c->arena, str_c(text));
}

/* A term of days is over at midnight: people say the day that it ends with. One of hours that happens to end then says so. */
struct str clock_due_text(struct ctx *c, const struct process_clock *k, i64 due)
{
    bool midnight = due == clock_local_day(due);
    i64 day = clock_local_day(midnight ? due - 1 : due);
    struct str time = midnight ? STR("24:00") : time_text(c, due);

    if (midnight && (k == NULL || k->term.unit != CLOCK_HOURS))
        return fill(c, T_CLOCKS_DUE_DAY, day_text(c, day), STR(""));
    if (day == clock_local_day(c->now))
        return fill(c, T_CLOCKS_DUE_TODAY, time, STR(""));
    return fill(c, T_CLOCKS_DUE, time, day_text(c, day));
}

struct str clock_term_text(struct ctx *c, struct clock_term term)
{
    static const int keys[] = { [CLOCK_HOURS] = T_CLOCKS_TERM_HOURS, [CLOCK_DAYS] = T_CLOCKS_TERM_DAYS,
                                [CLOCK_WORKDAYS] = T_CLOCKS_TERM_WORKDAYS };

    return fill(c, keys[term.unit], desk_number(c, term.n), STR(""));
}

static struct case_clock_view clock_view(struct ctx *c, const struct process *p, const struct clocks_row *row)
{
    const struct process_clock *k = p ? process_clock(p, row->code) : NULL;
    i64 until = row->ended.has ? row->ended.v : row->paused.has ? row->paused.v : c->now;
    struct case_clock_view v = {
        .name = row->code, .term = STR_NULL, .source = STR_NULL, .due = clock_due_text(c, k, row->due), .run = clock_run(row->state),
        .started = fill(c, T_CLOCKS_DUE, time_text(c, row->started), day_text(c, row->started)),
        .ended = row->ended.has ? fill(c, T_CLOCKS_DUE, time_text(c, row->ended.v), day_text(c, row->ended.v)) : STR_NULL,
        .clock = desk_clock_until(c, row->due, row->soon), .rough = row->rough,
        .whole = row->due > row->started ? (row->due - row->started) / MINUTE_MS : 1, .gone = (until - row->started) / MINUTE_MS };

    v.gone = v.gone < 0 ? 0 : v.gone > v.whole ? v.whole : v.gone;
    if (k == NULL)
        return v;
    v.name = c->lang == LANG_EN && k->name_en.n ? k->name_en : k->name;
    v.term = clock_term_text(c, k->term);
    v.source = k->source;
    v.to_check = !str_is(k->certainty, "read");
    return v;
}

status case_clock_list(struct ctx *c, const struct casefile *f, bool all, struct case_clocks *list)
{
    struct clocks_rows rows;

    if (all)
        TRY(sql_clocks_of_case(c->ledger, (struct sql_clocks_of_case){ .case_id = f->row.id }, &rows));
    else
        TRY(sql_clocks_open(c->ledger, (struct sql_clocks_open){ .case_id = f->row.id }, &rows));
    *list = (struct case_clocks){ .at = NEW_N(c->arena, struct case_clock_view, rows.n + 1) };
    for (size_t i = 0; i < rows.n; i++)
        if (!rows.at[i].altered)
            list->at[list->n++] = clock_view(c, f->process, &rows.at[i]);
    return OK;
}

/* -- notices ------------------------------------------------------------------------------------------------------------------------------- */

static status notice_do(struct ctx *c)
{
    struct id id;

    TRY(path_id(c, "notice", &id));
    TRY(clock_notice_seen(c, id));
    session_put(c, "flash", text_of(c, T_CLOCKS_FLASH_SEEN), 5);
    return see_other(c, may(c, MAY_READ_CASES) ? "/cases" : "/clocks/notices");
}

static status notices_show(struct ctx *c)
{
    struct clock_notices_view v = { .notices = { 0 } };

    TRY(clock_notices_of_actor(c, &v.notices));
    TRY(people_nav(c, &v.nav, STAFF_NONE));
    v.nav.clocks_late = false;      /* no way here from here */
    return page(c, tpl_casework_clock_notices, &v);
}

/* -- the sweep --------------------------------------------------------------------------------------------------------------------------------- */

static status sweep_show(struct ctx *c)
{
    struct clock_sweep_view v = { .words = form_text(c, "words"), .words_error = form_error(c, "words") };
    struct sweep_last_row last = { 0 };
    status s = sql_sweep_last(c->ledger->db, &last);

    if (s != NOT_FOUND)
        TRY(s);
    v.never = s == NOT_FOUND;
    v.held = last.held.has;
    v.last = fill(c, T_CLOCKS_DUE, time_text(c, last.at), day_text(c, last.at));
    v.wrong = fill(c, T_CLOCKS_DUE, time_text(c, last.held.v), day_text(c, last.held.v));
    v.now = fill(c, T_CLOCKS_DUE, time_text(c, c->now), day_text(c, c->now));
    TRY(people_nav(c, &v.nav, STAFF_NONE));
    return page(c, tpl_casework_clock_sweep, &v);
}

/* A person says that the machine's present time is right; the next sweep goes on from there. */
static status sweep_do(struct ctx *c)
{
    i64 changed;

    if (str_trim(form_text(c, "words")).n == 0)
        return form_refuse(c, "words", text_of(c, T_CLOCKS_SWEEP_WORDS_NONE));
    TRY(act_begin(c->ledger, (struct act_info){ .act = "clock.allow", .now = c->now, .actor = c->actor.user }));
    TRY(sql_sweep_allow(c->ledger->db, (struct sql_sweep_allow){ .now = c->now }, &changed));
    TRY(act_commit(c->ledger));
    session_put(c, "flash", text_of(c, changed ? T_CLOCKS_FLASH_ALLOWED : T_CLOCKS_FLASH_NOT_HELD), 5);
    return see_other(c, "/clocks");
}

#define WORDS_FORM FORM({ .name = "words", .max = 2000 }, { .name = "token", .max = 100 })
#define SEEN_FORM FORM({ .name = "token", .max = 100 })
#define ADOPT_FORM FORM({ .name = "version", .max = 10 }, { .name = "was", .max = 50 }, { .name = "state", .max = 50 }, \
    { .name = "words", .max = 10000 }, { .name = "token", .max = 100 })

const struct route clock_routes[] = {
    ROUTE(GET,  "/clocks/notices",         STAFF,           NO_FORM,    notices_show),
    ROUTE(POST, "/clocks/notices/:notice", STAFF,           SEEN_FORM,  notice_do),
    ROUTE(GET,  "/clocks",                 MAY_RUN_SYSTEM,  NO_FORM,    sweep_show),
    ROUTE(POST, "/clocks",                 MAY_RUN_SYSTEM,  WORDS_FORM, sweep_do),
    ROUTE(GET,  "/cases/:id/process",      MAY_WRITE_CASES, NO_FORM,    case_process_show),
    ROUTE(POST, "/cases/:id/process",      MAY_WRITE_CASES, ADOPT_FORM, case_process_do),
    ROUTE(GET,  "/cases/:id/ask",          MAY_WRITE_CASES, NO_FORM,    case_ask_show),
    ROUTE(POST, "/cases/:id/ask",          MAY_WRITE_CASES, WORDS_FORM, case_ask_do),
    ROUTES_END
};
