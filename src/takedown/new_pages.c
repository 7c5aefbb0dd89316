/* A new track: by an analyst, and proposed by who works on a case. */
#include "pages.h"

#include "../casework/casefile.h"

#include "takedown_pages.h"
#include "texts.h"

/* -- what is typed ------------------------------------------------------------------------------------------------------------------- */

struct takedown_items items_field(struct ctx *c)
{
    struct takedown_item *at = NEW_N(c->arena, struct takedown_item, TAKEDOWN_ITEMS);
    struct str text = form_text(c, "items"), line;
    struct takedown_items items = { .at = at };

    while (str_cut(&text, '\n', &line)) {
        struct item_read item;
        enum item_fault fault = item_read(c->arena, line, &item);

        if (fault == ITEM_EMPTY)
            continue;
        if (fault != ITEM_FINE || items.n == TAKEDOWN_ITEMS) {
            refuse(c, "items", fault == ITEM_FINE ? T_TAKEDOWN_WRONG_MANY : item_fault_text(fault));
            return items;
        }
        at[items.n++] = (struct takedown_item){ item.kind, item.text };
    }
    if (items.n == 0)
        refuse(c, "items", T_TAKEDOWN_WRONG_ITEMS);
    return items;
}

void new_view_fill(struct ctx *c, struct take_new_view *v)
{
    static const char *const fields[] = { "items", "class", "words", NULL };

    v->faults = faults_of(c, fields);
    v->items = typed_of(c, "items", query_text(c, "items"));
    v->words = typed_of(c, "words", STR(""));
    v->class = typed_of(c, "class", query_text(c, "class"));
    v->classes = takedown_class_choices(c, v->class.text);
    v->most = TAKEDOWN_ITEMS;
}

static status read_new(struct ctx *c, struct takedown_new *n)
{
    *n = (struct takedown_new){ .items = items_field(c), .class = trimmed(c, "class"), .words = trimmed(c, "words"), .by = c->actor.user,
                                .now = c->now };
    if (take_class(n->class) == NULL)
        refuse(c, "class", T_TAKEDOWN_WRONG_CLASS);
    return refused(c);
}

/* -- by hand -------------------------------------------------------------------------------------------------------------------------- */

status take_new_show(struct ctx *c)
{
    struct take_new_view v = { .action = url_lang(c->arena, url_path("/takedown/new"), c->page.lang_query),
                               .back = url_lang(c->arena, url_path("/takedown"), c->page.lang_query), .case_ref = STR_NULL };

    new_view_fill(c, &v);
    TRY(people_nav(c, &v.nav, STAFF_TAKEDOWN));
    return page(c, tpl_takedown_new, &v);
}

enum { OPEN_TRIES = 8 };

static status open_once(struct ctx *c, const struct takedown_new *n, struct takedown_opened *opened)
{
    TRY(act_begin(c->ledger, (struct act_info){ .act = "takedown.open", .now = c->now, .actor = c->actor.user,
                                                .object = n->case_id.has ? n->case_id.v : id_zero() }));
    TRY(takedown_open(c->ledger, n, opened));
    return act_commit(c->ledger);
}

static status open_track(struct ctx *c, const struct takedown_new *n, struct takedown_opened *opened)
{
    status s = CONFLICT;

    for (int tries = 0; s == CONFLICT && tries < OPEN_TRIES; tries++) {
        act_again(c->ledger);
        s = open_once(c, n, opened);
    }
    return s;
}

status take_new_do(struct ctx *c)
{
    struct takedown_opened opened;
    struct takedown_new n;

    TRY(read_new(c, &n));
    n.source = "hand";
    n.triaged = true;
    TRY(open_track(c, &n, &opened));
    return done_at(c, opened.there ? T_TAKEDOWN_FLASH_THERE : T_TAKEDOWN_FLASH_OPENED, "/takedown/", opened.id);
}

/* -- from a case ------------------------------------------------------------------------------------------------------------------------ */

static status own_line(struct ctx *c, const struct takedowns_row *row, struct take_own_line *line)
{
    const struct state_word *word = track_word(row->state);
    struct notice_sum sum;
    struct track t;

    TRY(track_load(c, row->id, &t));
    sum = track_sum(&t, c->now);
    *line = (struct take_own_line){ t.ref, track_what(c->arena, &t, true), word->text, word->look,
                                    sum.open + sum.removed + sum.cannot + sum.appealed, sum.removed, sum.cannot + sum.appealed, sum.late };
    return OK;
}

static status own_lines(struct ctx *c, struct id case_id, struct take_new_view *v)
{
    struct takedowns_rows rows;

    TRY(sql_takedown_tracks_of_case(c->ledger, (struct sql_takedown_tracks_of_case){ .case_id = case_id }, &rows));
    v->tracks.at = NEW_N(c->arena, struct take_own_line, rows.n + 1);
    for (size_t i = 0; i < rows.n; i++)
        if (!rows.at[i].altered)
            TRY(own_line(c, &rows.at[i], &v->tracks.at[v->tracks.n++]));
    return OK;
}

static status case_show(struct ctx *c)
{
    struct take_new_view v = { 0 };
    struct casefile f;
    struct id id;

    TRY(path_id(c, "id", &id));
    TRY(casefile_open(c, id, &f));
    TRY(act_note(c->ledger, case_act_info(c, "case.read", id)));
    v.case_ref = f.ref;
    v.action = url_lang(c->arena, url_id(c->arena, "/cases/", id, "/takedown"), c->page.lang_query);
    v.back = url_lang(c->arena, url_id(c->arena, "/cases/", id, ""), c->page.lang_query);
    new_view_fill(c, &v);
    TRY(own_lines(c, id, &v));
    TRY(people_nav(c, &v.nav, STAFF_CASES));
    return page(c, tpl_takedown_case, &v);
}

static status case_do(struct ctx *c)
{
    struct takedown_opened opened;
    struct takedown_new n;
    struct casefile f;
    struct id id;
    char text[ID_TEXT + 1];

    TRY(path_id(c, "id", &id));
    TRY(casefile_open(c, id, &f));
    TRY(read_new(c, &n));
    n.source = "case";
    n.case_id = (struct opt_id){ true, id };
    TRY(open_track(c, &n, &opened));
    id_text(id, text);
    return done(c, opened.there ? T_TAKEDOWN_FLASH_CASE_THERE : T_TAKEDOWN_FLASH_PROPOSED, arena_f(c->arena, "/cases/%s/takedown", text).at);
}

#define CASE_FORM FORM({ .name = "items", .max = 20000 }, { .name = "class", .max = 20 }, { .name = "words", .max = TAKEDOWN_WORDS_CHARS }, \
    { .name = "token", .max = 100 })

const struct route takedown_case_routes[] = {
    ROUTE(GET,  "/cases/:id/takedown", MAY_WRITE_CASES, NO_FORM,   case_show),
    ROUTE(POST, "/cases/:id/takedown", MAY_WRITE_CASES, CASE_FORM, case_do, .once = true),
    ROUTES_END
};
