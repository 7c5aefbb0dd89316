/* What a partner lets us keep of its programs' questions: its administrator's choice, each environment by itself. A query of a
   partner reads no case and is no act; what it leaves is a count, unless the partner wants more. */
#include "match.h"

#include "../people/admin_pages.h"
#include "views.h"

#include "matches_pages.h"
#include "tables.sql.h"
#include "texts.h"

static const char page_path[] = "/partner/matching";
static const char *const words[] = { [KEEP_NOTHING] = "nothing", [KEEP_HITS] = "hits", [KEEP_HASHES] = "hashes" };

static bool keep_read(struct str word, enum match_keep *keep)
{
    for (size_t i = 0; i < COUNT_OF(words); i++)
        if (str_is(word, words[i])) {
            *keep = (enum match_keep)i;
            return true;
        }
    return false;
}

static status setting(struct ledger *l, struct id org, bool sandbox, struct match_settings_row *row, enum match_keep *keep)
{
    status s;

    *row = (struct match_settings_row){ .org = org, .sandbox = sandbox };
    *keep = KEEP_NOTHING;
    s = row_get(l, &table_match_settings, row);
    if (s == OK && !keep_read(row->keep, keep))
        return fail(BROKEN, "match_settings: keep");
    return s == NOT_FOUND ? OK : s;
}

status match_keep_of(struct ctx *c, const struct partner *p, enum match_keep *keep)
{
    struct match_settings_row row;

    return setting(c->ledger, p->org, p->sandbox, &row, keep);
}

/* -- the page ------------------------------------------------------------------------------------------------------------------ */

static status keeping_show(struct ctx *c)
{
    struct keeping_view v = { .places = { .at = NEW_N(c->arena, struct keeping, 2), .n = 2 } };

    for (size_t i = 0; i < 2; i++) {
        struct match_settings_row row;
        enum match_keep keep;

        TRY(setting(c->ledger, c->actor.org, i == 1, &row, &keep));
        v.places.at[i] = (struct keeping){ .sandbox = i == 1, .code = i == 1 ? STR("sandbox") : STR("production"),
                                           .nothing = keep == KEEP_NOTHING, .hits = keep == KEEP_HITS, .hashes = keep == KEEP_HASHES,
                                           .since = row.set_at ? day_words(c, row.set_at) : STR("") };
    }
    TRY(people_nav(c, &v.nav, STAFF_PARTNER));
    return page(c, tpl_matches_keeping, &v);
}

static status keep_write(struct ctx *c, bool sandbox, enum match_keep keep)
{
    struct match_settings_row row;
    enum match_keep before;
    bool there;

    TRY(act_begin(c->ledger, (struct act_info){ .act = "match.keep", .now = c->now, .actor = c->actor.user, .object = c->actor.org }));
    TRY(setting(c->ledger, c->actor.org, sandbox, &row, &before));
    there = row.set_at != 0;
    row.keep = str_c(words[keep]);
    row.set_by = c->actor.user;
    row.set_at = c->now;
    TRY(there ? row_update(c->ledger, &table_match_settings, &row) : row_insert(c->ledger, &table_match_settings, &row));
    return act_commit(c->ledger);
}

static status keeping_set(struct ctx *c)
{
    struct str environment = form_text(c, "environment");
    enum match_keep keep;

    if (!keep_read(form_text(c, "keep"), &keep) || !(str_is(environment, "sandbox") || str_is(environment, "production")))
        return see_other(c, page_path);
    TRY(keep_write(c, str_is(environment, "sandbox"), keep));
    return done(c, T_MATCHES_KEEPING_DONE, page_path);
}

#define KEEPING_FORM FORM(FIELD("environment", 20), FIELD("keep", 20))

const struct route keeping_routes[] = {
    ROUTE(GET,  "/partner/matching", MAY_SET_PEOPLE, NO_FORM,      keeping_show),
    ROUTE(POST, "/partner/matching", MAY_SET_PEOPLE, KEEPING_FORM, keeping_set),
    ROUTES_END
};
