/* What the pages of a transfer say beside the choice of a receiver: the units of the two communes, and what is still open. */
#include "referral_pages.h"

#include "clocks.h"
#include "communes.h"
#include "views.h"

#include "texts.h"

enum { WORKS_SHOWN = 60 };

/* -- by place -------------------------------------------------------------------------------------------------------------------- */

static struct url unit_url(struct ctx *c, struct id case_id, struct id unit)
{
    char from[ID_TEXT + 1], to[ID_TEXT + 1];

    id_text(case_id, from);
    id_text(unit, to);
    return url_lang(c->arena, url_f(c->arena, "/cases/%s/transfer/%s", from, to), c->page.lang_query);
}

static void place_of_commune(struct ctx *c, const struct sending *s, struct id case_id, struct refer_place *place, struct str commune)
{
    struct receiver r;
    struct id unit;

    place->look = PLACE_UNKNOWN;
    if (commune.n == 0)
        return;
    place->commune = network_area_name(c, commune);
    place->look = PLACE_NO_UNIT;
    if (commune_unit(c, commune, &unit) != OK) {
        fail_clear();
        return;
    }
    if (id_eq(unit, s->from_unit)) {
        place->look = PLACE_OWN;
    } else if (receiver_get(c, s, unit, &r) == OK) {
        place->look = PLACE_UNIT;
        place->unit = arena_f(c->arena, "%.*s · %.*s", (int)r.org.n, r.org.at, (int)r.name.n, r.name.at);
        place->against = r.against;
        place->go = unit_url(c, case_id, unit);
    } else {
        fail_clear();
    }
}

static struct str act_called(struct ctx *c, const struct casefile *f)
{
    const struct process_act *act = f->process ? process_act(f->process, query_text(c, "act")) : NULL;

    if (act == NULL || !str_is(act->page, "transfer"))
        return STR_NULL;
    return c->lang == LANG_EN && act->name_en.n ? act->name_en : act->name;
}

status transfer_places(struct ctx *c, const struct sending *s, struct id case_id, struct refer_choose_view *v)
{
    struct case_communes is;
    struct casefile f;

    if (!casefile_there(c, case_id))
        return OK;                      /* a report that is no case yet has no two communes */
    TRY(casefile_open(c, case_id, &f));
    TRY(case_communes_read(c, &f.comps, &is));
    v->act = act_called(c, &f);
    v->communes = url_lang(c->arena, url_id(c->arena, "/cases/", case_id, "/communes"), c->page.lang_query);
    v->places = (struct refer_places){ .at = NEW_N(c->arena, struct refer_place, 2), .n = 2 };
    v->places.at[0].title = T_REFERRAL_PLACE_EVENT;
    v->places.at[1].title = T_REFERRAL_PLACE_HOME;
    place_of_commune(c, s, case_id, &v->places.at[0], is.event);
    place_of_commune(c, s, case_id, &v->places.at[1], is.home);
    return OK;
}

/* -- what is still open ------------------------------------------------------------------------------------------------------------ */

static void add(struct open_works *works, int key, struct str what, struct str until)
{
    if (works->n < WORKS_SHOWN && what.n)
        works->at[works->n++] = (struct open_work){ key, what, until };
}

static struct str moment(struct ctx *c, i64 at)
{
    char day[CLOCK_TEXT], time[CLOCK_TEXT];

    clock_day_vi(at, day);
    clock_time(at, time);
    return arena_f(c->arena, "%s, %s", time, day);
}

static struct str named(const struct ctx *c, struct str name, struct str name_en)
{
    return c->lang == LANG_EN && name_en.n ? name_en : name;
}

static status add_clocks(struct ctx *c, const struct casefile *f, struct open_works *works)
{
    struct clocks_rows rows;

    TRY(sql_clocks_open(c->ledger, (struct sql_clocks_open){ .case_id = f->row.id }, &rows));
    for (size_t i = 0; i < rows.n; i++) {
        const struct process_clock *k = f->process ? process_clock(f->process, rows.at[i].code) : NULL;

        if (!rows.at[i].altered)
            add(works, T_REFERRAL_OPEN_CLOCK, k ? named(c, k->name, k->name_en) : rows.at[i].code, moment(c, rows.at[i].due));
    }
    return OK;
}

static status add_tasks(struct ctx *c, const struct casefile *f, struct open_works *works)
{
    struct tasks_rows rows;

    TRY(sql_tasks_open(c->ledger, (struct sql_tasks_open){ .case_id = f->row.id }, &rows));
    for (size_t i = 0; i < rows.n; i++)
        if (!rows.at[i].altered)
            add(works, T_REFERRAL_OPEN_TASK, list_name(c, "task", rows.at[i].kind), moment(c, rows.at[i].due));
    return OK;
}

static status add_referrals(struct ctx *c, const struct casefile *f, struct open_works *works)
{
    struct referrals_rows rows;

    TRY(sql_referrals_of_case(c->ledger, (struct sql_referrals_of_case){ .case_id = f->row.id }, &rows));
    for (size_t i = 0; i < rows.n; i++) {
        const struct referrals_row *r = &rows.at[i];

        if (!r->altered && str_is(r->kind, "referral") && (str_is(r->state, "sent") || str_is(r->state, "accepted")))
            add(works, T_REFERRAL_OPEN_REFERRAL, unit_label(c, r->to_unit), r->expires.has ? referral_until(c, r->expires.v) : STR_NULL);
    }
    return OK;
}

/* Emergency, crime, content: where each stands that has not come to its end. */
static status add_tracks(struct ctx *c, const struct casefile *f, struct open_works *works)
{
    const struct process *p = f->process;

    for (size_t t = 1; p != NULL && t < p->n_tracks; t++) {
        const struct process_state *s;

        TRY(case_track_state(c, f, t, &s));
        if (!s->end)
            add(works, T_REFERRAL_OPEN_TRACK,
                arena_f(c->arena, "%.*s: %.*s", (int)named(c, p->tracks[t].name, p->tracks[t].name_en).n,
                        named(c, p->tracks[t].name, p->tracks[t].name_en).at, (int)named(c, s->name, s->name_en).n,
                        named(c, s->name, s->name_en).at), STR_NULL);
    }
    return OK;
}

status transfer_open_works(struct ctx *c, struct id case_id, struct open_works *works)
{
    struct casefile f;

    *works = (struct open_works){ .at = NEW_N(c->arena, struct open_work, WORKS_SHOWN) };
    if (!casefile_there(c, case_id))
        return OK;
    TRY(casefile_open(c, case_id, &f));
    if (f.state != NULL && !f.state->end)
        add(works, T_REFERRAL_OPEN_STEP, named(c, f.state->name, f.state->name_en), STR_NULL);
    TRY(add_tracks(c, &f, works));
    TRY(add_clocks(c, &f, works));
    TRY(add_tasks(c, &f, works));
    return add_referrals(c, &f, works);
}
