/* /blocklist: what waits, what is in force, one entry with its history. */
#include "matches.h"

#include "pages.h"

#include "matches.sql.h"
#include "matches_pages.h"
#include "texts.h"

enum { PAGE_ROWS = 50 };

/* -- words ---------------------------------------------------------------------------------------------------------------------- */

static const struct { const char *code; int text; enum list_look look; } states[] = {
    { "proposed", T_MATCHES_STATE_PROPOSED, LIST_WAITS }, { "active", T_MATCHES_STATE_ACTIVE, LIST_BLOCKED },
    { "appealed", T_MATCHES_STATE_APPEALED, LIST_COMPLAINT }, { "expired", T_MATCHES_STATE_EXPIRED, LIST_ENDED },
    { "removed", T_MATCHES_STATE_REMOVED, LIST_ENDED }, { "refused", T_MATCHES_STATE_REFUSED, LIST_ENDED },
};

static size_t state_index(struct str state)
{
    for (size_t i = 0; i < COUNT_OF(states); i++)
        if (str_is(state, states[i].code))
            return i;
    return COUNT_OF(states) - 1;
}

int list_state_text(struct str state)
{
    return states[state_index(state)].text;
}

static enum list_look list_look(struct str state)
{
    return states[state_index(state)].look;
}

struct str class_name(const struct ctx *c, struct str code)
{
    const struct list_class *class = lists_class(code);

    return class == NULL ? code : c->lang == LANG_EN && class->name_en.n ? class->name_en : class->name;
}

struct str blocklist_name(const struct ctx *c, const struct list_def *list)
{
    return c->lang == LANG_EN && list->name_en.n ? list->name_en : list->name;
}

int name_fault_text(enum name_fault fault)
{
    static const int texts[] = {
        [NAME_EMPTY] = T_MATCHES_FAULT_EMPTY, [NAME_BROKEN] = T_MATCHES_FAULT_BROKEN, [NAME_NUMBER] = T_MATCHES_FAULT_NUMBER,
        [NAME_SUFFIX] = T_MATCHES_FAULT_SUFFIX, [NAME_LONG] = T_MATCHES_FAULT_LONG,
    };

    return texts[fault];
}

/* -- the list ---------------------------------------------------------------------------------------------------------------------- */

static struct list_line line_of(struct ctx *c, const struct blocklist_row *e)
{
    return (struct list_line){ .id = e->id, .name = name_text(c->arena, e->key), .class = class_name(c, e->class),
        .by = user_name(c, (struct opt_id){ true, e->set_by }), .on = day_words(c, e->set_at), .until = last_day_words(c, e->expires),
        .state = list_state_text(e->state), .look = list_look(e->state), .two = e->two, .half = e->two && e->first_by.has,
        .tick = may(c, MAY_REVIEW_LISTS) && blocklist_review_bar(e, c->actor.user) == LIST_FINE };
}

static void add_lines(struct ctx *c, struct blocklist_view *v, const struct blocklist_rows *rows)
{
    for (size_t i = 0; i < rows->n && v->rows.n < PAGE_ROWS; i++) {
        if (rows->at[i].altered)
            continue;
        v->rows.at[v->rows.n] = line_of(c, &rows->at[i]);
        v->ticks |= v->rows.at[v->rows.n++].tick;
    }
}

/* The first key that no longer begins with this one: "example.bad." to "example.bad/". */
static struct str behind(struct ctx *c, struct str key)
{
    return arena_f(c->arena, "%.*s/", (int)key.n - 1, key.at);
}

/* A name is found with what stood there before, with the parents that cover it, and with how much lies below. */
static status search(struct ctx *c, struct blocklist_view *v)
{
    struct listed name;
    enum name_fault fault = name_read(c->arena, v->q, &name);
    struct blocklist_below_row below = { 0 };
    struct str key;

    if (fault != NAME_FINE && fault != NAME_SUFFIX) {
        v->q_error = text_of(c, name_fault_text(fault));
        return OK;
    }
    v->searched = name_text(c->arena, name.key);
    key = name.key;
    do {
        struct blocklist_rows rows;

        TRY(sql_blocklist_of_key(c->ledger, (struct sql_blocklist_of_key){ .key = key }, &rows));
        add_lines(c, v, &rows);
    } while (key_parent(&key));
    if (!name.address)
        TRY(sql_blocklist_below(c->ledger->db, (struct sql_blocklist_below){ .key = name.key, .last = behind(c, name.key) }, &below));
    v->below = below.n;
    return OK;
}

static struct id last_id(void)
{
    struct id id;

    memset(&id, 0xff, sizeof id);
    return id;
}

static status load_page(struct ctx *c, struct str state, struct blocklist_view *v)
{
    struct id before = last_id();
    struct blocklist_rows rows;
    char text[ID_TEXT + 1];
    struct str from = query_text(c, "before");

    if (from.n > 0 && !id_of_text(from, &before))
        return fail(NOT_FOUND, "no such place in the list");
    if (state.n > 0)
        TRY(sql_blocklist_of_state(c->ledger, (struct sql_blocklist_of_state){ .state = state, .before = before }, &rows));
    else
        TRY(sql_blocklist_newest(c->ledger, (struct sql_blocklist_newest){ .before = before }, &rows));
    add_lines(c, v, &rows);
    if (rows.n > PAGE_ROWS) {
        id_text(rows.at[PAGE_ROWS - 1].id, text);
        v->next = url_query(c->arena, url_query(c->arena, url_path("/blocklist"), "state", state), "before", arena_copy(c->arena, str_c(text)));
        v->next = url_lang(c->arena, v->next, c->page.lang_query);
    }
    if (from.n > 0)
        v->start = url_lang(c->arena, url_query(c->arena, url_path("/blocklist"), "state", state), c->page.lang_query);
    return OK;
}

/* What one import brought, to be approved at once. */
static status load_batch(struct ctx *c, struct str text, struct blocklist_view *v)
{
    struct sql_blocklist_of_batch in = { .after = id_zero() };
    struct blocklist_rows rows;

    if (!id_of_text(text, &in.batch))
        return fail(NOT_FOUND, "no such import");
    TRY(sql_blocklist_of_batch(c->ledger, in, &rows));
    add_lines(c, v, &rows);
    v->of_batch = true;
    v->batch = in.batch;
    for (size_t i = 0; i < rows.n; i++)
        v->batch_open += may(c, MAY_REVIEW_LISTS) && !rows.at[i].altered && blocklist_review_bar(&rows.at[i], c->actor.user) == LIST_FINE;
    v->start = url_lang(c->arena, url_path("/blocklist"), c->page.lang_query);
    return OK;
}

static struct choices state_choices(struct ctx *c, struct str chosen)
{
    struct choices list = { .at = NEW_N(c->arena, struct choice, COUNT_OF(states)), .n = COUNT_OF(states) };

    for (size_t i = 0; i < list.n; i++)
        list.at[i] = (struct choice){ str_c(states[i].code), text_of(c, states[i].text), str_is(chosen, states[i].code) };
    return list;
}

status blocklist_show(struct ctx *c)
{
    struct str state = query_text(c, "state"), batch = query_text(c, "batch");
    struct blocklist_view v = { .reviews = may(c, MAY_REVIEW_LISTS), .runs = may(c, MAY_RUN_SYSTEM), .q = str_trim(query_text(c, "q")),
                                .states = state_choices(c, state) };
    struct blocklist_waiting_row waiting;

    v.rows.at = NEW_N(c->arena, struct list_line, PAGE_ROWS);
    if (v.q.n > 0)
        TRY(search(c, &v));
    else if (batch.n > 0)
        TRY(load_batch(c, batch, &v));
    else
        TRY(load_page(c, state, &v));
    TRY(sql_blocklist_waiting(c->ledger->db, &waiting));
    v.proposed = waiting.proposed;
    v.appealed = waiting.appealed;
    TRY(people_nav(c, &v.nav, STAFF_LISTS));
    return page(c, tpl_matches_blocklist, &v);
}

/* -- many at once ---------------------------------------------------------------------------------------------------------------------- */

static status ticked(struct ctx *c, struct blocklist_rows *rows)
{
    struct strs ids = form_all(c, "entry");

    *rows = (struct blocklist_rows){ .at = NEW_N(c->arena, struct blocklist_row, ids.n + 1) };
    for (size_t i = 0; i < ids.n && i < IMPORT_LINES; i++)
        if (id_of_text(ids.at[i], &rows->at[rows->n].id))
            TRY(row_get(c->ledger, &table_blocklist, &rows->at[rows->n++]));
    return OK;
}

static void say_sum(struct ctx *c, const struct approved *sum)
{
    struct str n = arena_f(c->arena, "%lld", (long long)sum->done), more = arena_f(c->arena, "%lld", (long long)sum->waiting);

    session_put(c, "flash", text_fill(c->arena, (int)c->lang, T_MATCHES_FLASH_MANY, n, more), 5);
}

status blocklist_review(struct ctx *c)
{
    struct str batch = form_text(c, "batch");
    struct sql_blocklist_of_batch in = { .after = id_zero() };
    struct blocklist_rows rows = { 0 };
    struct approved sum;
    status s;

    if (batch.n == 0)
        TRY(ticked(c, &rows));
    else if (id_of_text(batch, &in.batch))
        TRY(sql_blocklist_of_batch(c->ledger, in, &rows));
    if (rows.n == 0)
        return done(c, T_MATCHES_FLASH_NONE, "/blocklist?state=proposed");
    s = act_approve_many(c, &rows, &sum);
    if (s == CONFLICT) {
        act_abort(c->ledger);
        return done(c, T_MATCHES_FLASH_CHANGED, "/blocklist?state=proposed");
    }
    TRY(s);
    say_sum(c, &sum);
    return see_other(c, "/blocklist?state=proposed");
}

/* -- routes -------------------------------------------------------------------------------------------------------------------------------- */

#define TOKEN { .name = "token", .max = 100 }
#define SHARED { .name = "class", .max = 20 }, { .name = "source", .max = 300 }, { .name = "basis", .max = 300 }, \
    { .name = "days", .max = 4 }, TOKEN
#define NEW_FORM FORM({ .name = "name", .max = ADDRESS_CHARS }, { .name = "words", .max = WORDS_CHARS }, SHARED)
#define IMPORT_FORM FORM({ .name = "names", .max = 200000 }, SHARED)
#define REVIEW_FORM FORM({ .name = "entry", .max = 30, .repeat = true }, { .name = "batch", .max = 30 }, TOKEN)
#define DECIDE_FORM FORM({ .name = "do", .max = 10 }, { .name = "words", .max = WORDS_CHARS }, TOKEN)

const struct route blocklist_routes[] = {
    ROUTE(GET,  "/blocklist",                MAY_LIST_NAMES,   NO_FORM,     blocklist_show),
    ROUTE(POST, "/blocklist/review",         MAY_REVIEW_LISTS, REVIEW_FORM, blocklist_review),
    ROUTE(GET,  "/blocklist/new",            MAY_LIST_NAMES,   NO_FORM,     blocklist_new_show),
    ROUTE(POST, "/blocklist/new",            MAY_LIST_NAMES,   NEW_FORM,    blocklist_new_add),
    ROUTE(GET,  "/blocklist/import",         MAY_LIST_NAMES,   NO_FORM,     blocklist_import_show),
    ROUTE(POST, "/blocklist/import",         MAY_LIST_NAMES,   IMPORT_FORM, blocklist_import_add),
    ROUTE(GET,  "/blocklist/entries/:entry", MAY_LIST_NAMES,   NO_FORM,     blocklist_entry_show),
    ROUTE(POST, "/blocklist/entries/:entry", MAY_REVIEW_LISTS, DECIDE_FORM, blocklist_entry_do),
    ROUTES_END
};
