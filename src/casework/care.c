/* Counsellor's care: /care, the line that suggests a break, and who is over the time for looking at evidence. */
#include "care.h"

#include "casefile.h"
#include "evidence.h"
#include "pages.h"

#include "../base/content.h"

#include "casework_pages.h"
#include "texts.h"

/* -- figures -------------------------------------------------------------------------------------------------------------------------- */

static struct care figures = { 25, 30, 50, 10 };

static status read_figure(const struct block *b, const char *key, i64 *value)
{
    struct str text = block_get(b, key);

    if (text.n == 0)
        return OK;
    if (!str_i64(text, value) || *value < 1 || *value > 100000)
        return fail(INVALID, "content/process/care.txt line %d: %s is not a number from 1", b->line, key);
    return OK;
}

static status read_block(const struct block *b, struct care *care)
{
    if (!str_is(b->kind, "care"))
        return fail(INVALID, "content/process/care.txt line %d: [care] expected", b->line);
    TRY(read_figure(b, "caseload", &care->caseload));
    TRY(read_figure(b, "minutes", &care->minutes));
    TRY(read_figure(b, "pause", &care->pause));
    return read_figure(b, "gap", &care->gap);
}

status care_load(void)
{
    struct arena a = arena_make(64 << 10);
    struct care care = figures;
    struct blocks blocks;
    struct str text;
    status s = content_read(&a, "process/care.txt", &text);

    if (s == OK)
        s = blocks_read(&a, "process/care.txt", text, &blocks);
    for (size_t i = 0; s == OK && i < blocks.n; i++)
        s = read_block(&blocks.at[i], &care);
    if (s == OK)
        figures = care;
    arena_free(&a);
    return s;
}

const struct care *care_now(void)
{
    return &figures;
}

/* -- a stretch of work ------------------------------------------------------------------------------------------------------------------ */

bool stretch_step(struct stretch *s, const struct care *care, i64 now)
{
    i64 since;

    if (s->seen == 0 || now < s->seen || now - s->seen > care->gap * MINUTE_MS)
        *s = (struct stretch){ .began = now };
    s->seen = now;
    since = s->told > s->began ? s->told : s->began;
    if (now - since < care->pause * MINUTE_MS)
        return false;
    s->told = now;
    return true;
}

static status comfort_row(struct ctx *c, struct comfort_of_row *row)
{
    status s = sql_comfort_of(c->ledger->db, (struct sql_comfort_of){ .user = c->actor.user }, row);

    if (s == NOT_FOUND)
        *row = (struct comfort_of_row){ 0 };
    return s == NOT_FOUND ? OK : s;
}

static status comfort_put(struct ctx *c, const struct comfort_of_row *row)
{
    status s;

    TRY(tx_begin(c->ledger->db));
    s = sql_comfort_set(c->ledger->db, (struct sql_comfort_set){
        .user = c->actor.user, .grey = row->grey, .began = row->began, .seen = row->seen, .told = row->told });
    if (s == OK)
        return tx_commit(c->ledger->db);
    tx_rollback(c->ledger->db);
    return s;
}

/* Written once a minute at most: a page must not cost a write. */
static status note_of(struct ctx *c, bool *due)
{
    struct comfort_of_row row;
    struct stretch s;

    *due = false;
    TRY(comfort_row(c, &row));
    s = (struct stretch){ row.began, row.seen, row.told };
    *due = stretch_step(&s, &figures, c->now);
    if (!*due && s.began == row.began && s.seen - row.seen < MINUTE_MS)
        return OK;
    row.began = s.began;
    row.seen = s.seen;
    row.told = s.told;
    return comfort_put(c, &row);
}

struct str care_note(struct ctx *c)
{
    bool due;

    if (note_of(c, &due) != OK) {
        fail_clear();           /* the page is worth more than the line above it */
        return STR_NULL;
    }
    return due ? text_of(c, T_DAY_CARE_NOTE) : STR_NULL;
}

bool care_grey(struct ctx *c)
{
    struct comfort_of_row row;

    return comfort_row(c, &row) == OK && row.grey;
}

status care_over(struct ctx *c, struct id user, bool *over)
{
    struct viewing_of_row row;
    status s = sql_viewing_of(c->ledger->db, (struct sql_viewing_of){ .user = user, .day = clock_local_day(c->now) }, &row);

    *over = false;
    if (s == NOT_FOUND)
        return OK;
    TRY(s);
    *over = viewing_sum(&row, c->now) > figures.minutes * MINUTE_MS;
    return OK;
}

/* -- the page ------------------------------------------------------------------------------------------------------------------------------- */

static status care_show(struct ctx *c)
{
    struct care_view v = { .budget = figures.minutes, .pause = figures.pause, .grey = care_grey(c) };
    i64 ms;

    TRY(viewing_ms(c, &ms));
    v.minutes = (ms + MINUTE_MS / 2) / MINUTE_MS;
    v.over = ms > figures.minutes * MINUTE_MS;
    TRY(people_nav(c, &v.nav, STAFF_ACCOUNT));
    return page(c, tpl_casework_care, &v);
}

static status care_save(struct ctx *c)
{
    struct comfort_of_row row;

    TRY(comfort_row(c, &row));
    row.grey = str_is(form_text(c, "grey"), "1");
    TRY(comfort_put(c, &row));
    session_put(c, "flash", text_of(c, T_DAY_CARE_FLASH), 5);
    return see_other(c, "/care");
}

const struct route care_routes[] = {
    ROUTE(GET,  "/care", MAY_READ_CASES, NO_FORM, care_show),
    ROUTE(POST, "/care", MAY_READ_CASES, FORM(FIELD("grey", 5), FIELD("token", 100)), care_save),
    ROUTES_END
};
