/* /desk/:id/pictures: hashes of pictures that stayed with the child, and what an officer decides about each. */
#include "desk_words.h"

#include "pictures.h"

#include "../takedown/takedown.h"

#include "speakup_pages.h"
#include "texts.h"

enum { WORDS_CHARS = 1000 };

/* -- one line ------------------------------------------------------------------------------------------------------------------------ */

static int state_text(struct str state)
{
    static const struct { const char *code; int text; } all[] = {
        { "new", T_DESK_PICTURE_STATE_NEW }, { "confirmed", T_DESK_PICTURE_STATE_CONFIRMED },
        { "refused", T_DESK_PICTURE_STATE_REFUSED },
    };

    for (size_t i = 0; i < COUNT_OF(all); i++)
        if (str_is(state, all[i].code))
            return all[i].text;
    return T_DESK_PICTURE_STATE_WITHDRAWN;
}

static struct str day_of(struct ctx *c, i64 day)
{
    char text[CLOCK_TEXT];

    clock_day_vi(day, text);
    return arena_copy(c->arena, str_c(text));
}

static struct str decided_words(struct ctx *c, const struct pictures_row *row)
{
    struct str who = row->decided_by.has ? desk_user_name(c, row->decided_by) : STR_NULL;

    if (!row->decided.has)
        return STR_NULL;
    return text_fill(c->arena, (int)c->lang, T_DESK_PICTURE_DECIDED, who.at ? who : STR("?"), day_of(c, clock_local_day(row->decided.v)));
}

static struct picture_line line_of(struct ctx *c, const struct comps *comps, const struct pictures_row *row)
{
    struct picture_hashes h;
    struct picture_line l = { .id = row->id, .no = row->no, .state = state_text(row->state), .altered = row->altered, .pdq = STR_NULL };

    if (row->altered)
        return l;
    l.kind = str_is(row->kind, "picture") ? T_SPEAKUP_MORE_KIND_PICTURE : T_SPEAKUP_MORE_KIND_FILE;
    l.day = day_of(c, row->day);
    l.decided = decided_words(c, row);
    l.closed = row->sealed.n > 0 && picture_open(c, comps, row, &h) != OK;
    if (l.closed || row->sealed.n == 0)
        return l;
    l.waits = str_is(row->state, "new") && may(c, MAY_WRITE_CASES);
    l.pdq = h.picture ? h.pdq : STR_NULL;
    l.quality = h.quality;
    l.md5 = h.md5;
    l.sha256 = h.sha256;
    return l;
}

/* -- the list ------------------------------------------------------------------------------------------------------------------------- */

static status fill_progress(struct ctx *c, struct id report, struct desk_pictures_view *v)
{
    struct takedown_progress p;

    TRY(takedown_progress(c->ledger, report, c->now, &p));
    v->asked = p.asked;
    v->removed = p.removed;
    v->refused = p.refused;
    v->late = p.late;
    v->waiting = p.waiting;
    return OK;
}

static status pictures_show(struct ctx *c)
{
    struct desk_pictures_view v = { 0 };
    struct pictures_rows rows;
    struct desk_case d;

    TRY(path_id(c, "id", &v.id));
    TRY(desk_case_open(c, v.id, &d));
    TRY(sql_pictures_of(c->ledger, (struct sql_pictures_of){ .case_id = v.id }, &rows));
    v.ref = d.row.ref;
    v.rows.at = NEW_N(c->arena, struct picture_line, rows.n + 1);
    for (; v.rows.n < rows.n; v.rows.n++)
        v.rows.at[v.rows.n] = line_of(c, &d.comps, &rows.at[v.rows.n]);
    TRY(fill_progress(c, v.id, &v));
    TRY(desk_log_read(c, v.id));
    TRY(people_nav(c, &v.nav, STAFF_NONE));
    return page(c, tpl_speakup_desk_pictures, &v);
}

/* -- one of them ---------------------------------------------------------------------------------------------------------------------- */

static status asked_picture(struct ctx *c, struct id report, struct desk_case *d, struct pictures_row *row)
{
    TRY(path_id(c, "picture", &row->id));
    TRY(desk_case_open(c, report, d));
    TRY(row_get(c->ledger, &table_pictures, row));
    return id_eq(row->case_id, report) ? OK : fail(NOT_FOUND, "a picture of another report");
}

static status picture_show(struct ctx *c)
{
    struct desk_picture_view v = { .words = form_text(c, "words"), .words_error = form_error(c, "words"),
                                   .class_error = form_error(c, "class"), .refuse = str_is(form_text(c, "verdict"), "refuse") };
    struct pictures_row row = { 0 };
    struct desk_case d;

    TRY(path_id(c, "id", &v.id));
    TRY(asked_picture(c, v.id, &d, &row));
    v.ref = d.row.ref;
    v.line = line_of(c, &d.comps, &row);
    v.fits = v.line.waits;
    v.classes = takedown_class_choices(c, form_text(c, "class"));
    TRY(desk_log_read(c, v.id));
    TRY(people_nav(c, &v.nav, STAFF_NONE));
    return page(c, tpl_speakup_desk_picture, &v);
}

static bool class_known(struct ctx *c, struct str class)
{
    struct choices all = takedown_class_choices(c, class);

    for (size_t i = 0; i < all.n; i++)
        if (str_eq(all.at[i].code, class))
            return true;
    return false;
}

/* A foreign picture is not there, whatever the form holds; then all that is missing is said at once. */
static status check(struct ctx *c, const struct picture_verdict *v)
{
    status s = OK;

    if (v->confirm && !class_known(c, v->class))
        s = form_refuse(c, "class", text_of(c, T_DESK_PICTURE_NO_CLASS));
    if (str_trim(v->words).n == 0)
        s = form_refuse(c, "words", text_of(c, T_DESK_ACT_NO_WORDS));
    return s;
}

static status picture_post(struct ctx *c)
{
    struct picture_verdict v = { .confirm = !str_is(form_text(c, "verdict"), "refuse"), .class = form_text(c, "class"),
                                 .words = form_text(c, "words") };
    struct pictures_row row = { 0 };
    struct desk_case d;
    struct id report;
    char id[ID_TEXT + 1];
    status s;

    TRY(path_id(c, "id", &report));
    TRY(asked_picture(c, report, &d, &row));
    TRY(check(c, &v));
    v.picture = row.id;
    s = picture_decide(c, report, &v);
    if (s != CONFLICT)
        TRY(s);
    id_text(report, id);
    session_put(c, "flash", text_of(c, s == CONFLICT ? T_DESK_FLASH_CHANGED : v.confirm ? T_DESK_PICTURE_FLASH_IN : T_DESK_PICTURE_FLASH_OUT), 5);
    return see_other_f(c, "/desk/%s/pictures", id);
}

#define VERDICT_FORM FORM({ .name = "verdict", .max = 20 }, { .name = "class", .max = 40 }, { .name = "words", .max = WORDS_CHARS }, \
    { .name = "token", .max = 100 })

const struct route picture_routes[] = {
    ROUTE(GET,  "/desk/:id/pictures",          MAY_READ_REPORTS, NO_FORM,       pictures_show),
    ROUTE(GET,  "/desk/:id/pictures/:picture", MAY_WRITE_CASES,  NO_FORM,       picture_show),
    ROUTE(POST, "/desk/:id/pictures/:picture", MAY_WRITE_CASES,  VERDICT_FORM,  picture_post),
    ROUTES_END
};
