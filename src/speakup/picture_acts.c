/* What an officer decides about a picture that stayed with the child. Nobody here sees it: the conversation is what they decide by. */
#include "desk.h"
#include "pictures.h"

#include "../takedown/takedown.h"

status picture_open(struct ctx *c, const struct comps *comps, const struct pictures_row *row, struct picture_hashes *h)
{
    const struct comp_open *comp = comps_find(comps, row->comp);
    struct record r;

    if (comp == NULL || comp->keys == NULL || row->sealed.n == 0)
        return NOT_FOUND;
    TRY(vault_record_open(c->arena, comp->keys, comp->id, row->id, row->sealed, &r));
    return picture_read(r.text, h) ? OK : fail(BROKEN, "the hashes of a picture cannot be read");
}

/* The very hashes that went into the bank stand in the request, so that a platform can look for both. */
static status ask_removal(struct ctx *c, struct id report, const struct picture_hashes *h, const struct picture_verdict *v)
{
    struct takedown_item items[3] = { { "sha256", h->sha256 }, { "md5", h->md5 }, { "pdq", h->pdq } };
    struct takedown_new t = {
        .items = { items, h->picture ? 3 : 2 }, .case_id = { true, report }, .source = "picture", .found = { true, v->picture },
        .class = v->class, .basis = STR(""), .words = v->words, .triaged = true, .by = c->actor.user, .now = c->now,
    };
    struct takedown_opened opened;

    return takedown_open(c->ledger, &t, &opened);
}

static status why_written(struct ctx *c, struct desk_case *d, struct pictures_row *row, const struct picture_verdict *v)
{
    struct comp_open *notes = comp_newest(&d->comps, "N");
    struct record r = { .kind = RECORD_REASON, .author = c->actor.user, .time = c->now, .text = v->words };

    TRY(record_write_id(c, notes, &r, &row->words.v));
    row->words.has = true;
    return desk_tell(c, d, &(struct event){ .what = v->confirm ? "picture_confirmed" : "picture_refused", .from = STR(""), .to = STR(""),
                                            .words = arena_f(c->arena, "%lld: %.*s", (long long)row->no, (int)v->words.n, v->words.at) });
}

static status decide_body(struct ctx *c, struct desk_case *d, const void *what)
{
    const struct picture_verdict *v = what;
    struct pictures_row row = { .id = v->picture };
    struct picture_hashes h;

    TRY(row_get(c->ledger, &table_pictures, &row));
    if (!id_eq(row.case_id, d->row.id))
        return NOT_FOUND;
    if (!str_is(row.state, "new"))
        return CONFLICT;
    TRY(picture_open(c, &d->comps, &row, &h));
    TRY(why_written(c, d, &row, v));
    row.state = v->confirm ? STR("confirmed") : STR("refused");
    row.decided = (struct opt_i64){ true, c->now };
    row.decided_by = (struct opt_id){ true, c->actor.user };
    TRY(row_update(c->ledger, &table_pictures, &row));
    if (!v->confirm)
        return OK;
    TRY(picture_into_bank(c, &row, &h));
    return ask_removal(c, d->row.id, &h, v);
}

status picture_decide(struct ctx *c, struct id report, const struct picture_verdict *v)
{
    return desk_do(c, report, v->confirm ? "picture.confirm" : "picture.refuse", decide_body, v);
}
