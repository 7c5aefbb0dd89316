/* What follows from a verdict: a request to remove, and a word on the hashes of the bank that were hit. */
#include "words.h"

#include "../takedown/takedown.h"

#include "texts.h"

static status back_to(struct ctx *c, struct id seen, int flash)
{
    char id[ID_TEXT + 1];

    id_text(seen, id);
    session_put(c, "flash", text_of(c, flash), 5);
    return see_other_f(c, "/review/%s", id);
}

static struct act_info act_of(struct ctx *c, const char *name, struct id seen)
{
    return (struct act_info){ .act = name, .now = c->now, .actor = c->actor.user, .object = seen };
}

/* -- removal --------------------------------------------------------------------------------------------------------------------------------- */

static size_t items_of(struct ctx *c, const struct seen_hashes *all, struct takedown_item items[TAKEDOWN_ITEMS])
{
    size_t n = 0;

    for (size_t i = 0; i < all->n && n < TAKEDOWN_ITEMS; i++) {
        enum hash_kind kind = all->at[i].kind;

        if (kind == HASH_PDQ || kind == HASH_MD5 || kind == HASH_SHA256 || kind == HASH_URL)
            items[n++] = (struct takedown_item){ hash_kind_code(kind), hash_value_text(c->arena, kind, all->at[i].value) };
    }
    return n;
}

static bool class_known(struct ctx *c, struct str class)
{
    struct choices all = takedown_class_choices(c, class);

    for (size_t i = 0; i < all.n; i++)
        if (str_eq(all.at[i].code, class))
            return true;
    return false;
}

static status ask(struct ctx *c, const struct seen_detail *d, const struct takedown_new *t)
{
    struct takedown_opened opened;

    TRY(act_begin(c->ledger, act_of(c, "review.removal", d->item.id)));
    TRY(takedown_open(c->ledger, t, &opened));
    return act_commit(c->ledger);
}

status review_removal(struct ctx *c)
{
    struct takedown_item items[TAKEDOWN_ITEMS];
    struct takedown_new t = { .source = "match", .class = form_text(c, "class"), .basis = STR(""), .words = STR(""), .triaged = true,
                              .by = c->actor.user, .now = c->now };
    struct seen_detail d;
    struct id seen;

    TRY(path_id(c, "id", &seen));
    TRY(seen_get(c->ledger, seen, &d));
    if (!str_is(d.item.state, "confirmed") || d.item.sandbox)
        return back_to(c, seen, T_REVIEW_FLASH_CHANGED);
    if (!class_known(c, t.class))
        return form_refuse(c, "class", text_of(c, T_REVIEW_NO_CLASS));
    t.items.at = items;
    t.items.n = items_of(c, &d.hashes, items);
    t.found = (struct opt_id){ true, seen };
    if (t.items.n == 0)
        return back_to(c, seen, T_REVIEW_FLASH_NOTHING);
    TRY(ask(c, &d, &t));
    return back_to(c, seen, T_REVIEW_FLASH_ASKED);
}

/* -- the hashes that were hit -------------------------------------------------------------------------------------------------------------- */

/* A reviewer stands by what the verdict says of each hash: it is what the bank says, or it is not. */
static status opine(struct ctx *c, const struct seen_detail *d, size_t *n)
{
    TRY(act_begin(c->ledger, act_of(c, "review.opinion", d->item.id)));
    for (size_t i = 0; i < d->hits.n; i++) {
        const struct bank_hit *h = &d->hits.at[i];
        struct hash_opinion o = { .bank = h->bank, .hash = h->hash, .by = c->actor.user, .staff = true,
                                  .deny = str_is(d->item.state, "rejected"), .value = STR("review"), .words = STR(""), .now = c->now };
        status s;

        if (h->negative)
            continue;
        s = banks_opinion(c->ledger, &o);
        if (s == DENIED || s == NOT_FOUND)      /* their own record; or it left the bank */
            continue;
        TRY(s);
        ++*n;
    }
    return *n ? act_commit(c->ledger) : OK;
}

status review_opinion(struct ctx *c)
{
    struct seen_detail d;
    struct id seen;
    size_t n = 0;

    TRY(path_id(c, "id", &seen));
    TRY(seen_get(c->ledger, seen, &d));
    if (!str_is(d.item.state, "confirmed") && !str_is(d.item.state, "rejected"))
        return back_to(c, seen, T_REVIEW_FLASH_CHANGED);
    TRY(opine(c, &d, &n));
    if (n == 0)
        act_abort(c->ledger);
    return back_to(c, seen, n ? T_REVIEW_FLASH_OPINED : T_REVIEW_FLASH_NO_OPINION);
}
