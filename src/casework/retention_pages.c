/* /retention: closed cases of one's units by the end of their time, and for each one class, hold and erasure by two. */
#include "retention.h"
#include "grants.h"
#include "pages.h"

#include "casework_pages.h"
#include "texts.h"

#include <stdlib.h>

enum { PAGE_ROWS = 50, YEARS_OPEN = 2, WORDS_CHARS = 2000 };

static struct str in_language(const struct ctx *c, struct str name, struct str name_en)
{
    return c->lang == LANG_EN && name_en.n ? name_en : name;
}

static struct str class_name(const struct ctx *c, struct str code)
{
    const struct keep_class *k = keep_class(code);

    return k ? in_language(c, k->name, k->name_en) : code;
}

static struct str word_name(const struct ctx *c, const struct keep_word *w, struct str code)
{
    return w ? in_language(c, w->name, w->name_en) : code;
}

/* TH-2026-0001 of a case, PA-7K3M9 of a report. */
static struct str ref_of(struct ctx *c, struct id id)
{
    struct casefiles_row file = { .case_id = id };
    struct cases_row row = { .id = id };

    if (row_get(c->ledger, &table_casefiles, &file) == OK)
        return case_ref(c->arena, file.year, file.no);
    fail_clear();
    return row_get(c->ledger, &table_cases, &row) == OK ? row.ref : STR("?");
}

/* -- the list ---------------------------------------------------------------------------------------------------------------------- */

static status line_of(struct ctx *c, const struct retentions_row *row, struct kept_line *line)
{
    struct legal_holds_rows holds;
    bool asked = str_is(row->state, "asked");

    TRY(sql_holds_of_case(c->ledger, (struct sql_holds_of_case){ .case_id = row->case_id }, &holds));
    *line = (struct kept_line){
        .id = row->case_id, .ref = ref_of(c, row->case_id), .class = class_name(c, row->class), .closed = case_day_text(c, row->since),
        .due = case_day_text(c, row->due), .over = row->due <= c->now, .held = holds.n > 0, .asked = asked,
        .own = asked && row->asked_by.has && id_eq(row->asked_by.v, c->actor.user),
        .asked_by = asked ? desk_user_name(c, row->asked_by) : STR_NULL };
    return OK;
}

static int nearest_first(const void *a, const void *b)
{
    const struct retention_places_row *x = a, *y = b;

    return x->due != y->due ? (x->due < y->due ? -1 : 1) : memcmp(x->case_id.b, y->case_id.b, sizeof x->case_id.b);
}

static struct url next_url(struct ctx *c, const struct retention_places_row *last)
{
    char id[ID_TEXT + 1];
    struct url u = url_query(c->arena, url_lang(c->arena, url_path("/retention"), c->page.lang_query), "d", desk_number(c, last->due));

    id_text(last->case_id, id);
    return url_query(c->arena, u, "after", arena_copy(c->arena, str_c(id)));
}

/* An altered row is passed over, and keeps its place all the same: the page goes on behind it. */
static status add_row(struct ctx *c, struct id case_id, struct kept_lines *list)
{
    struct retentions_row row = { .case_id = case_id };
    status s = row_get(c->ledger, &table_retentions, &row);

    if (s == BROKEN || s == NOT_FOUND) {
        fail_clear();
        return OK;
    }
    TRY(s);
    return line_of(c, &row, &list->at[list->n++]);
}

static status fill_rows(struct ctx *c, struct kept_list_view *v)
{
    struct sql_retention_places query = { .due = INT64_MIN };
    struct retention_places_row *all = NEW_N(c->arena, struct retention_places_row, (PAGE_ROWS + 1) * ACTOR_UNITS);
    size_t n = 0;

    if (!str_i64(query_text(c, "d"), &query.due) || !id_of_text(query_text(c, "after"), &query.id))
        query = (struct sql_retention_places){ .due = INT64_MIN };
    for (size_t u = 0; u < c->actor.n_units; u++) {
        struct retention_places_rows places;

        query.unit = c->actor.units[u];
        TRY(sql_retention_places(c->ledger->db, query, &places));
        if (places.n)
            memcpy(all + n, places.at, places.n * sizeof *all);
        n += places.n;
    }
    if (n)
        qsort(all, n, sizeof *all, nearest_first);
    v->rows.at = NEW_N(c->arena, struct kept_line, PAGE_ROWS);
    for (size_t i = 0; i < n && i < PAGE_ROWS; i++)
        TRY(add_row(c, all[i].case_id, &v->rows));
    v->next = n > PAGE_ROWS ? next_url(c, &all[PAGE_ROWS - 1]) : (struct url){ STR_NULL };
    return OK;
}

static status add_stones(struct ctx *c, struct id unit, struct kept_stones *list)
{
    struct tombstones_rows rows;

    TRY(sql_tombstones_of_unit(c->ledger, (struct sql_tombstones_of_unit){ .unit = unit }, &rows));
    for (size_t i = 0; i < rows.n && list->n < PAGE_ROWS; i++) {
        const struct tombstones_row *t = &rows.at[i];

        if (!t->altered)
            list->at[list->n++] = (struct kept_stone){
                class_name(c, t->class), word_name(c, keep_why(t->why), t->why), case_day_text(c, t->day),
                desk_user_name(c, (struct opt_id){ true, t->asked_by }), desk_user_name(c, (struct opt_id){ true, t->erased_by }),
                t->records, t->files };
    }
    return OK;
}

static status fill_counts(struct ctx *c, struct kept_list_view *v)
{
    struct sweep_last_row last = { 0 };
    status s = sql_sweep_last(c->ledger->db, &last);

    if (s != NOT_FOUND)
        TRY(s);
    v->jumped = s == OK && last.held.has;
    v->stones.at = NEW_N(c->arena, struct kept_stone, PAGE_ROWS);
    for (size_t u = 0; u < c->actor.n_units; u++) {
        struct retentions_over_count_row over;
        struct kept_open_count_row open;

        TRY(sql_retentions_over_count(c->ledger->db, (struct sql_retentions_over_count){ c->actor.units[u], c->now }, &over));
        TRY(sql_kept_open_count(c->ledger->db, (struct sql_kept_open_count){ c->actor.units[u], c->now - YEARS_OPEN * 365 * DAY_MS }, &open));
        v->over += over.n;
        v->waiting += open.n;
        TRY(add_stones(c, c->actor.units[u], &v->stones));
    }
    return OK;
}

static status list_show(struct ctx *c)
{
    struct kept_list_view v = { 0 };

    TRY(fill_rows(c, &v));
    TRY(fill_counts(c, &v));
    TRY(people_nav(c, &v.nav, STAFF_CASES));
    return page(c, tpl_casework_retention, &v);
}

/* -- one case ----------------------------------------------------------------------------------------------------------------------- */

static int block_text(enum keep_block block)
{
    static const int keys[] = {
        [KEEP_OPEN] = T_RETENTION_BLOCK_OPEN, [KEEP_UNREAD] = T_RETENTION_BLOCK_UNREAD, [KEEP_HELD] = T_RETENTION_BLOCK_HELD,
        [KEEP_SHARED] = T_RETENTION_BLOCK_SHARED, [KEEP_MERGED] = T_RETENTION_BLOCK_MERGED, [KEEP_JUMPED] = T_RETENTION_BLOCK_JUMPED,
        [KEEP_NOT_DUE] = T_RETENTION_BLOCK_NOT_DUE };

    return block == KEEP_FREE ? 0 : keys[block];
}

static struct choices class_choices(struct ctx *c, struct str chosen)
{
    const struct keeping *k = retention_now();
    struct choices list = { .at = NEW_N(c->arena, struct choice, KEEP_CLASSES) };

    for (size_t i = 0; i < k->n_classes; i++)
        list.at[list.n++] = (struct choice){ k->classes[i].code, class_name(c, k->classes[i].code), str_eq(k->classes[i].code, chosen) };
    return list;
}

static struct choices word_choices(struct ctx *c, const struct keep_word *words, size_t n, struct str chosen)
{
    struct choices list = { .at = NEW_N(c->arena, struct choice, KEEP_WORDS) };

    for (size_t i = 0; i < n; i++)
        list.at[list.n++] = (struct choice){ words[i].code, in_language(c, words[i].name, words[i].name_en), str_eq(words[i].code, chosen) };
    return list;
}

/* The reasons for which it may be asked today. */
static struct choices why_choices(struct ctx *c, const struct kept *k)
{
    const struct keeping *all = retention_now();
    struct choices list = { .at = NEW_N(c->arena, struct choice, KEEP_WORDS) };

    for (size_t i = 0; i < all->n_whys; i++)
        if (keep_block(&k->facts, &all->whys[i], c->now) == KEEP_FREE)
            list.at[list.n++] = (struct choice){ all->whys[i].code, in_language(c, all->whys[i].name, all->whys[i].name_en),
                                                 str_eq(all->whys[i].code, form_text(c, "why")) };
    return list;
}

static void fill_texts(struct ctx *c, const struct kept *k, struct kept_view *v)
{
    const struct keep_class *class = keep_class(k->keep.class);

    v->id = k->row.id;
    v->file = !id_is_zero(k->file.case_id);
    v->ref = ref_of(c, k->row.id);
    v->class = class_name(c, k->keep.class);
    v->source = class ? class->source : STR_NULL;
    v->checked = class && class->checked;
    v->closed = case_day_text(c, k->keep.since);
    v->due = case_day_text(c, k->keep.due);
    v->over = k->keep.due <= c->now;
    v->case_page = url_lang(c->arena, url_id(c->arena, v->file ? "/cases/" : "/desk/", k->row.id, ""), c->page.lang_query);
}

static void fill_state(struct ctx *c, const struct kept *k, struct kept_view *v)
{
    const struct keep_word *why = k->keep.why.n ? keep_why(k->keep.why) : NULL;
    static const struct keep_word early = { .early = true };

    v->held = k->facts.held;
    if (v->held) {
        v->hold = word_name(c, keep_hold(k->hold.why), k->hold.why);
        v->hold_since = case_day_text(c, k->hold.since);
        v->release_asked = k->hold.off_asked_by.has;
        v->release_own = v->release_asked && id_eq(k->hold.off_asked_by.v, c->actor.user);
    }
    v->is_asked = str_is(k->keep.state, "asked") && k->keep.asked_by.has;
    if (v->is_asked) {
        v->asked_by = desk_user_name(c, k->keep.asked_by);
        v->asked = case_day_text(c, k->keep.asked.v);
        v->why = word_name(c, why, k->keep.why);
        v->own = id_eq(k->keep.asked_by.v, c->actor.user);
    }
    v->lead = may(c, MAY_SUPERVISE);
    v->block = block_text(keep_block(&k->facts, why ? why : &early, c->now));
}

static status one_show(struct ctx *c)
{
    const struct keeping *all = retention_now();
    struct kept_view v = { .words = form_text(c, "words"), .words_error = form_error(c, "words"), .hold_error = form_error(c, "hold"),
                           .class_error = form_error(c, "class"), .why_error = form_error(c, "why") };
    struct kept k;
    struct id id;

    TRY(path_id(c, "id", &id));
    TRY(kept_open(c, id, &k));
    fill_texts(c, &k, &v);
    fill_state(c, &k, &v);
    v.classes = class_choices(c, form_failed(c) && form_text(c, "class").n ? form_text(c, "class") : k.keep.class);
    v.holds = word_choices(c, all->holds, all->n_holds, form_text(c, "hold"));
    v.whys = why_choices(c, &k);
    TRY(people_nav(c, &v.nav, STAFF_CASES));
    return page(c, tpl_casework_kept, &v);
}

/* Somebody was faster, or something stops it now: the page says what. */
static status back(struct ctx *c, struct id id, status s, int flash)
{
    char text[ID_TEXT + 1];

    if (s != OK && s != CONFLICT && s != DENIED)
        return s;
    if (s != OK)
        fail_clear();
    session_put(c, "flash", text_of(c, s == OK ? flash : s == DENIED ? T_RETENTION_FLASH_OTHER : T_RETENTION_FLASH_MOVED), 5);
    id_text(id, text);
    return see_other_f(c, "/retention/%s", text);
}

static status class_put(struct ctx *c, struct id id)
{
    struct str class = form_text(c, "class");

    if (keep_class(class) == NULL)
        return form_refuse(c, "class", text_of(c, T_RETENTION_CLASS_NONE));
    return back(c, id, kept_classify(c, id, class), T_RETENTION_FLASH_CLASS);
}

static status hold_put(struct ctx *c, struct id id)
{
    struct str hold = form_text(c, "hold"), words = str_trim(form_text(c, "words"));

    if (keep_hold(hold) == NULL)
        (void)!form_refuse(c, "hold", text_of(c, T_RETENTION_HOLD_NONE));
    if (words.n == 0)
        (void)!form_refuse(c, "words", text_of(c, T_RETENTION_WORDS_NONE));
    if (form_failed(c))
        return fail(INVALID, "a hold without its reason");
    return back(c, id, kept_hold(c, id, hold, words), T_RETENTION_FLASH_HOLD);
}

static status release_put(struct ctx *c, struct id id)
{
    return back(c, id, kept_release(c, id), T_RETENTION_FLASH_RELEASE);
}

static status ask_put(struct ctx *c, struct id id)
{
    struct str why = form_text(c, "why");

    if (keep_why(why) == NULL)
        return form_refuse(c, "why", text_of(c, T_RETENTION_WHY_NONE));
    return back(c, id, kept_ask(c, id, why), T_RETENTION_FLASH_ASKED);
}

static status withdraw_put(struct ctx *c, struct id id)
{
    return back(c, id, kept_withdraw(c, id), T_RETENTION_FLASH_WITHDRAWN);
}

static status erase_put(struct ctx *c, struct id id)
{
    status s = kept_erase(c, id);

    if (s != OK)
        return back(c, id, s, T_RETENTION_FLASH_ERASED);
    session_put(c, "flash", text_of(c, T_RETENTION_FLASH_ERASED), 5);
    return see_other(c, "/retention");
}

/* One address, so that a refused form is shown again on its page. */
static status kept_put(struct ctx *c)
{
    static const struct { const char *what; status (*put)(struct ctx *c, struct id id); } acts[] = {
        { "class", class_put }, { "hold", hold_put }, { "release", release_put }, { "ask", ask_put }, { "withdraw", withdraw_put },
        { "erase", erase_put } };
    struct kept k;
    struct id id;

    TRY(path_id(c, "id", &id));
    TRY(kept_open(c, id, &k));
    for (size_t i = 0; i < COUNT_OF(acts); i++)
        if (str_is(form_text(c, "do"), acts[i].what))
            return acts[i].put(c, id);
    return back(c, id, CONFLICT, 0);
}

#define KEPT_FORM FORM(FIELD("do", 20), FIELD("class", 40), FIELD("hold", 40), FIELD("words", WORDS_CHARS), FIELD("why", 40), FIELD("token", 100))

const struct route retention_routes[] = {
    ROUTE(GET,  "/retention", MAY_WRITE_CASES, NO_FORM, list_show),
    ROUTE(GET,  "/retention/:id", MAY_WRITE_CASES, NO_FORM, one_show),
    ROUTE(POST, "/retention/:id", MAY_WRITE_CASES, KEPT_FORM, kept_put),
    ROUTES_END
};
