/* /takedown: what waits, whose time runs, and what is late. */
#include "pages.h"

#include "takedown_pages.h"
#include "texts.h"

enum { PAGE_ROWS = 50 };

static status line_of(struct ctx *c, const struct takedowns_row *row, struct take_line *line)
{
    const struct state_word *word = track_word(row->state);
    struct notice_sum sum;
    struct track t;

    TRY(track_load(c, row->id, &t));
    sum = track_sum(&t, c->now);
    *line = (struct take_line){ .id = row->id, .ref = t.ref, .class = takedown_class_name(c, row->class), .on = day_words(c, row->set_at),
        .state = word->text, .look = word->look, .runs = row->due.has, .more = (i64)t.n_items - 1,
        .asked = sum.open + sum.removed + sum.cannot + sum.appealed, .removed = sum.removed };
    t.n_items = t.n_items < 1 ? t.n_items : 1;
    line->what = t.n_items ? track_what(c->arena, &t, true) : t.ref;        /* a child took its names back */
    if (row->due.has)
        line->clock = track_clock(c, row->due.v);
    return OK;
}

static status add_lines(struct ctx *c, struct take_list_view *v, const struct takedowns_rows *rows)
{
    for (size_t i = 0; i < rows->n && v->rows.n < PAGE_ROWS; i++)
        if (!rows->at[i].altered)
            TRY(line_of(c, &rows->at[i], &v->rows.at[v->rows.n++]));
    return OK;
}

static struct id last_id(void)
{
    struct id id;

    memset(&id, 0xff, sizeof id);
    return id;
}

static status load_rows(struct ctx *c, struct str state, struct id before, struct takedowns_rows *rows)
{
    if (str_is(state, "late"))
        return sql_takedowns_past(c->ledger, (struct sql_takedowns_past){ .now = c->now }, rows);
    if (str_is(state, "running"))
        return sql_takedowns_due(c->ledger, (struct sql_takedowns_due){ .after = 0, .behind = id_zero() }, rows);
    if (state.n > 0)
        return sql_takedowns_of_state(c->ledger, (struct sql_takedowns_of_state){ .state = state, .before = before }, rows);
    return sql_takedowns_newest(c->ledger, (struct sql_takedowns_newest){ .before = before }, rows);
}

static struct url list_url(struct ctx *c, struct str state, struct str before)
{
    struct url to = url_query(c->arena, url_path("/takedown"), "state", state);

    return url_lang(c->arena, url_query(c->arena, to, "before", before), c->page.lang_query);
}

static status load_page(struct ctx *c, struct str state, struct take_list_view *v)
{
    struct id before = last_id();
    struct takedowns_rows rows;
    struct str from = query_text(c, "before");
    char text[ID_TEXT + 1];

    if (from.n > 0 && !id_of_text(from, &before))
        return fail(NOT_FOUND, "no such place in the list");
    TRY(load_rows(c, state, before, &rows));
    TRY(add_lines(c, v, &rows));
    if (rows.n > PAGE_ROWS && !str_is(state, "late") && !str_is(state, "running")) {
        id_text(rows.at[PAGE_ROWS - 1].id, text);
        v->next = list_url(c, state, arena_copy(c->arena, str_c(text)));
    }
    if (from.n > 0)
        v->start = list_url(c, state, STR(""));
    return OK;
}

/* By an address or hash, and by the number that letters carry. */
static status search(struct ctx *c, struct take_list_view *v)
{
    struct item_read item;
    struct takedowns_rows rows;
    enum item_fault fault = item_read(c->arena, v->q, &item);

    if (str_eq_nocase(str_upto(v->q, 3), STR("GB-"))) {
        TRY(track_of_ref(c, v->q, &rows));
        return add_lines(c, v, &rows);
    }
    if (fault != ITEM_FINE) {
        v->q_error = text_of(c, T_TAKEDOWN_WRONG_Q);
        return OK;
    }
    TRY(track_of_item(c, &item, &rows));
    return add_lines(c, v, &rows);
}

status take_list_show(struct ctx *c)
{
    struct str state = query_text(c, "state");
    const struct take_rules *rules = take_rules();
    struct take_list_view v = { .states = track_choices(c, state), .q = str_trim(query_text(c, "q")), .hours = rules->hours_ms / HOUR_MS,
                                .source = c->lang == LANG_EN && rules->source_en.n ? rules->source_en : rules->source,
                                .to_check = rules->to_check };
    struct takedowns_sum_row sum;

    v.rows.at = NEW_N(c->arena, struct take_line, PAGE_ROWS);
    if (v.q.n > 0)
        TRY(search(c, &v));
    else
        TRY(load_page(c, state, &v));
    TRY(sql_takedowns_sum(c->ledger->db, (struct sql_takedowns_sum){ .now = c->now }, &sum));
    v.reported = sum.reported + sum.triaged;
    v.second = sum.asked;
    v.running = sum.running;
    v.late = sum.late;
    v.appealed = sum.appealed;
    v.removed = sum.removed;
    v.late_url = list_url(c, STR("late"), STR(""));
    v.appealed_url = list_url(c, STR("appealed"), STR(""));
    v.second_url = list_url(c, STR("asked"), STR(""));
    TRY(people_nav(c, &v.nav, STAFF_TAKEDOWN));
    return page(c, tpl_takedown_list, &v);
}

/* -- routes ------------------------------------------------------------------------------------------------------------------------------ */

#define TOKEN { .name = "token", .max = 100 }
#define DO_FORM FORM({ .name = "do", .max = 20 }, { .name = "notice", .max = 30 }, { .name = "recipient", .max = 30, .repeat = true }, \
    { .name = "item", .max = 4 }, { .name = "class", .max = 20 }, { .name = "basis", .max = 300 }, \
    { .name = "reason", .max = TAKEDOWN_WORDS_CHARS }, { .name = "answer", .max = 20 }, TOKEN)
#define NEW_FORM FORM({ .name = "items", .max = 20000 }, { .name = "class", .max = 20 }, { .name = "words", .max = TAKEDOWN_WORDS_CHARS }, TOKEN)
#define TO_FORM FORM({ .name = "do", .max = 20 }, { .name = "id", .max = 30 }, { .name = "name", .max = 200 }, { .name = "kind", .max = 20 }, \
    { .name = "mail", .max = 254 }, { .name = "hosts", .max = 2000 }, { .name = "lang", .max = 5 }, { .name = "org", .max = 30 }, TOKEN)

const struct route takedown_routes[] = {
    ROUTE(GET,  "/takedown",            MAY_ASK_REMOVAL, NO_FORM,  take_list_show),
    ROUTE(GET,  "/takedown/new",        MAY_ASK_REMOVAL, NO_FORM,  take_new_show),
    ROUTE(POST, "/takedown/new",        MAY_ASK_REMOVAL, NEW_FORM, take_new_do),
    ROUTE(GET,  "/takedown/recipients", MAY_ASK_REMOVAL, NO_FORM,  take_to_show),
    ROUTE(POST, "/takedown/recipients", MAY_ASK_REMOVAL, TO_FORM,  take_to_do),
    ROUTE(GET,  "/takedown/:id",        MAY_ASK_REMOVAL, NO_FORM,  take_track_show),
    ROUTE(POST, "/takedown/:id",        MAY_ASK_REMOVAL, DO_FORM,  take_track_do),
    ROUTES_END
};
