/* "There is a picture of me": a browser makes its hashes, and only they are sent. /speak/more is a short report of its own, without a
   cookie before it is sent; /talk/more adds to a conversation, shows what became of each, and takes back. */
#include "child.h"
#include "pictures.h"

#include "../web/assets_pages.h"
#include "../web/gzip.h"

#include "assets.h"
#include "speakup_pages.h"
#include "texts.h"

#include <string.h>

/* -- the program that hashes ---------------------------------------------------------------------------------------------------------- */

static size_t gzipped_bytes(struct ctx *c, const struct asset *a)
{
    struct out o = { .max = 1 << 20 };
    size_t n;

    out_bytes(&o, a->bytes, a->n);
    gzip_in_place(c->arena, &o, 0, 1);
    n = o.n;
    out_free(&o);
    return n;
}

/* Its weight as it goes over the line, which the page names before anything is loaded: measured once. */
static i64 wasm_kb(struct ctx *c)
{
    static _Atomic i64 kb;

    for (const struct asset *a = assets; kb == 0 && a->name != NULL; a++)
        if (strcmp(a->name, "more.wasm") == 0)
            kb = (i64)(gzipped_bytes(c, a) + 1023) / 1024;
    return kb;
}

static status more_page(struct ctx *c, struct more_view *v)
{
    v->wasm = asset_url("more.wasm");
    v->kb = wasm_kb(c);
    if (v->talk)
        TRY(page(c, tpl_speakup_more, v));
    else
        TRY(page_public(c, tpl_speakup_more, v));
    return page_scripted(c, tpl_speakup_more);
}

static status speak_more(struct ctx *c)
{
    struct more_view v = { .exclude = child_exclude_choices(c) };

    return more_page(c, &v);
}

/* -- in the conversation ----------------------------------------------------------------------------------------------------------------- */

static int state_text(struct str state)
{
    static const struct { const char *code; int text; } all[] = {
        { "new", T_SPEAKUP_MORE_STATE_NEW }, { "confirmed", T_SPEAKUP_MORE_STATE_CONFIRMED },
        { "refused", T_SPEAKUP_MORE_STATE_REFUSED },
    };

    for (size_t i = 0; i < COUNT_OF(all); i++)
        if (str_is(state, all[i].code))
            return all[i].text;
    return T_SPEAKUP_MORE_STATE_WITHDRAWN;
}

static struct more_picture more_picture(struct ctx *c, const struct pictures_row *row)
{
    char day[CLOCK_TEXT];
    bool film = !str_is(row->kind, "picture");

    clock_day_vi(row->day, day);
    return (struct more_picture){ .id = row->id, .no = row->no, .state = state_text(row->state), .day = arena_copy(c->arena, str_c(day)),
                                  .kind = film ? T_SPEAKUP_MORE_KIND_FILE : T_SPEAKUP_MORE_KIND_PICTURE,
                                  .can_take_back = !str_is(row->state, "withdrawn") };
}

static status fill_pictures(struct ctx *c, struct id report, struct more_view *v)
{
    struct pictures_rows rows;

    TRY(sql_pictures_of(c->ledger, (struct sql_pictures_of){ .case_id = report }, &rows));
    v->pictures.at = NEW_N(c->arena, struct more_picture, rows.n + 1);
    for (size_t i = 0; i < rows.n; i++)
        if (!rows.at[i].altered)
            v->pictures.at[v->pictures.n++] = more_picture(c, &rows.at[i]);
    return OK;
}

/* Of a report that goes on in another one, what was asked for under both numbers. */
status child_progress(struct ctx *c, struct id report, struct takedown_progress *sum)
{
    struct cases_row shown;
    struct takedown_progress p;
    struct id both[2] = { report };

    *sum = (struct takedown_progress){ 0 };
    TRY(row_in_queue(c, report, &shown));
    both[1] = shown.id;
    for (int i = 0; i < (id_eq(shown.id, report) ? 1 : 2); i++) {
        TRY(takedown_progress(c->ledger, both[i], c->now, &p));
        sum->tracks += p.tracks;
        sum->waiting += p.waiting;
        sum->asked += p.asked;
        sum->removed += p.removed;
        sum->refused += p.refused;
        sum->late += p.late;
    }
    return OK;
}

/* The session of a child whose code still opens something; NOT_FOUND leads back to where a code is typed. */
static status child_comps(struct ctx *c, struct comps *comps)
{
    if (session_kind(c) != SESSION_CHILD || session_pair(c) == NULL)
        return NOT_FOUND;
    return comps_of_reporter(c, session_who(c), session_pair(c), comps);
}

static status talk_more(struct ctx *c)
{
    struct more_view v = { .talk = true };
    struct takedown_progress p;
    struct comps comps;
    status s = child_comps(c, &comps);

    if (s == NOT_FOUND)
        return talk_entry(c);
    TRY(s);
    TRY(fill_pictures(c, session_who(c), &v));
    TRY(child_progress(c, session_who(c), &p));
    v.asked = p.asked;
    v.removed = p.removed;
    v.refused = p.refused;
    v.late = p.late;
    v.waiting = p.waiting > 0;
    return more_page(c, &v);
}

static status talk_more_post(struct ctx *c)
{
    struct comps comps;
    struct id picture;
    status s = child_comps(c, &comps);

    if (s == NOT_FOUND || !id_of_text(form_text(c, "off"), &picture))
        return see_other(c, s == NOT_FOUND ? "/talk" : "/talk/more");
    TRY(s);
    s = picture_take_back(c, session_who(c), &comps, picture);
    if (s == NOT_FOUND || s == CONFLICT) {          /* of another report, or taken back in another tab */
        act_abort(c->ledger);
        return see_other(c, "/talk/more");
    }
    TRY(s);
    return see_other(c, "/talk/more");
}

#define OFF_FORM FORM_OPEN({ .name = "off", .max = 40 }, { .name = "token", .max = 100 })

const struct route more_routes[] = {
    ROUTE(GET,  "/speak/more", PUBLIC, NO_FORM,  speak_more),
    ROUTE(GET,  "/talk/more",  CHILD,  NO_FORM,  talk_more),
    ROUTE(POST, "/talk/more",  CHILD,  OFF_FORM, talk_more_post),
    ROUTES_END
};
