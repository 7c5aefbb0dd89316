/* Without an account: where somebody lands who asked for a blocked name, and where its owner objects. The page may be a child's; it
   tells nothing of what was asked for, and no record of the visit is made. */
#include "matches.h"

#include "../base/text.h"
#include "views.h"

#include "matches_pages.h"
#include "texts.h"

static status blocked_show(struct ctx *c)
{
    return page_public(c, tpl_matches_blocked, &(struct blocked_view){ true });
}

/* The name on the list that covers what was typed. */
static status find(struct ctx *c, struct str typed, struct blocklist_row *entry)
{
    struct listed name;
    enum name_fault fault = name_read(c->arena, typed, &name);

    return fault == NAME_FINE ? blocklist_covering(c->ledger, name.key, entry) : NOT_FOUND;
}

static status appeal_show(struct ctx *c)
{
    struct appeal_view v = { .address = str_trim(query_text(c, "address")), .empty = query_text(c, "empty").n > 0,
                             .full = query_text(c, "full").n > 0 };
    struct blocklist_row entry;
    status s;

    if (v.address.n > 0) {
        s = find(c, v.address, &entry);
        if (s != OK && s != NOT_FOUND)
            return s;
        v.unknown = s == NOT_FOUND;
        v.found = s == OK ? name_text(c->arena, entry.key) : STR("");
    }
    return page(c, tpl_matches_appeal, &v);
}

/* Back to the question, with what was asked for. */
static status back(struct ctx *c, struct str address, const char *why)
{
    struct url to = url_query(c->arena, url_path("/blocked/appeal"), "address", address);

    if (why != NULL)
        to = url_query(c->arena, to, why, STR("1"));
    return see_other(c, arena_copy(c->arena, to.raw).at);
}

static status appeal_send(struct ctx *c)
{
    struct str address = str_trim(text_upto(form_text(c, "address"), 300));
    struct appeal_words words = { .words = str_trim(form_text(c, "words")), .contact = str_trim(form_text(c, "contact")) };
    struct blocklist_row entry;
    status s;

    if (address.n == 0)
        return see_other(c, "/blocked/appeal");
    s = find(c, address, &entry);
    if (s == NOT_FOUND)
        return back(c, address, NULL);
    TRY(s);
    if (words.words.n == 0)
        return back(c, address, "empty");
    s = act_appeal(c, &entry, &words);
    if (s == TOO_LARGE || s == CONFLICT) {
        act_abort(c->ledger);
        return back(c, address, s == TOO_LARGE ? "full" : NULL);
    }
    TRY(s);
    return see_other(c, "/blocked/appeal/sent");
}

static status sent_show(struct ctx *c)
{
    return page_public(c, tpl_matches_sent, &(struct blocked_view){ true });
}

#define APPEAL_FORM FORM_FIRST({ .name = "address", .max = ADDRESS_CHARS }, { .name = "words", .max = WORDS_CHARS }, \
    { .name = "contact", .max = 200 }, { .name = "token", .max = 100 })

const struct route blocked_routes[] = {
    ROUTE(GET,  "/blocked",             PUBLIC, NO_FORM,     blocked_show),
    ROUTE(GET,  "/blocked/appeal",      PUBLIC, NO_FORM,     appeal_show),
    ROUTE(POST, "/blocked/appeal",      PUBLIC, APPEAL_FORM, appeal_send),
    ROUTE(GET,  "/blocked/appeal/sent", PUBLIC, NO_FORM,     sent_show),
    ROUTES_END
};
