/* What people do with a track as a whole: judged, set aside, confirmed as gone, proposed to the blocklist. */
#include "track.h"

#include "../matches/matches.h"

static status fits(bool fits_now)
{
    return fits_now ? OK : fail(DENIED, "it was decided meanwhile");
}

static status triage_body(struct ctx *c, struct track *t, const void *what)
{
    const struct triage *to = what;
    const struct take_class *class = take_class(to->class);

    TRY(fits((str_is(t->row.state, "reported") || str_is(t->row.state, "triaged")) && class != NULL && track_sum(t, c->now).open == 0));
    t->row.state = STR("triaged");
    t->row.class = to->class;
    t->row.basis = to->basis.n ? to->basis : class->basis;
    t->class = class;
    return track_tell(c, t, (struct track_note){ "triaged", { 0 }, to->words });
}

status take_triage(struct ctx *c, struct id id, const struct triage *triage)
{
    return track_act(c, id, "takedown.triage", triage_body, triage);
}

/* Before anybody was asked: nothing that we asked of others is forgotten in silence. */
static status drop_body(struct ctx *c, struct track *t, const void *what)
{
    const struct str *words = what;
    struct notice_sum sum = track_sum(t, c->now);

    TRY(fits(!track_over(t->row.state) && sum.open + sum.appealed == 0));
    t->row.state = STR("dropped");
    t->row.asked_by = (struct opt_id){ 0 };
    TRY(track_tell(c, t, (struct track_note){ "dropped", { 0 }, *words }));
    return track_tell_cases(c, t, "takedown_dropped", STR(""));
}

status take_drop(struct ctx *c, struct id id, struct str words)
{
    return track_act(c, id, "takedown.drop", drop_body, &words);
}

/* A person says that it is gone, whatever a program found. */
static status confirm_body(struct ctx *c, struct track *t, const void *what)
{
    const struct str *words = what;
    struct notice_sum sum = track_sum(t, c->now);

    TRY(fits(!track_over(t->row.state) && sum.open + sum.appealed == 0 && sum.removed + sum.cannot > 0));
    t->row.state = STR("confirmed");
    TRY(track_tell(c, t, (struct track_note){ "confirmed", { 0 }, *words }));
    return track_tell_cases(c, t, "takedown_confirmed", STR(""));
}

status take_confirm(struct ctx *c, struct id id, struct str words)
{
    return track_act(c, id, "takedown.confirm", confirm_body, &words);
}

/* -- the blocklist ----------------------------------------------------------------------------------------------------------------------- */

static status told_body(struct ctx *c, struct track *t, const void *what)
{
    (void)what;
    return track_tell(c, t, (struct track_note){ "blocklist", { 0 }, STR("") });
}

status take_block(struct ctx *c, const struct track *t, const struct block_wish *w, struct id *entry, bool *there)
{
    const struct list_class *list = t->class ? lists_class(t->class->list) : NULL;
    struct entry_wish wish;
    struct entry_made made;
    struct listed name;
    struct str what;

    if (list == NULL || w->item >= t->n_items || strcmp(t->items[w->item].kind, "url") != 0)
        return NOT_FOUND;
    what = w->host ? item_host(t->items[w->item].text) : t->items[w->item].text;
    if (name_read(c->arena, what, &name) != NAME_FINE)
        return NOT_FOUND;       /* a number, or a name that many others hang on */
    wish = (struct entry_wish){ .class = list->code, .source = t->ref, .basis = t->row.basis, .words = STR(""), .days = list->days };
    TRY(act_propose(c, name.key, &wish, &made));
    *entry = made.id;
    *there = made.there;
    return made.there ? OK : track_act(c, t->row.id, "takedown.blocklist", told_body, NULL);
}
