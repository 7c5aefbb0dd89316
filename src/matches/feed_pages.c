/* Who takes the lists: /blocklist/feeds for who runs the system, and the lists themselves at /blocklist/LIST.EXT. */
#include "formats.h"
#include "matches.h"
#include "pages.h"
#include "transfer.h"

#include "matches.sql.h"
#include "matches_pages.h"
#include "texts.h"

enum { TOKEN_BYTES = 32, TAKERS_MAX = 500, HOLDER_CHARS = 100 };

/* -- the page -------------------------------------------------------------------------------------------------------------------- */

static status fill_feeds(struct ctx *c, struct feeds_view *v)
{
    struct list_defs lists = lists_all();

    v->feeds.at = NEW_N(c->arena, struct feed_row, lists.n);
    v->lists.at = NEW_N(c->arena, struct choice, lists.n);
    for (size_t i = 0; i < lists.n; i++) {
        const struct list_def *list = &lists.at[i];
        struct blocklist_feeds_row feed;
        struct zone_versions_row version = { 0 };
        status s = zone_version(c->ledger, list->code, &version);

        if (s != OK && s != NOT_FOUND)
            return s;
        TRY(zone_feed(c->ledger, list->code, &feed));
        v->feeds.at[v->feeds.n++] = (struct feed_row){ .code = list->code, .name = blocklist_name(c, list), .zone = feed.zone,
            .walled = feed.walled, .open = feed.open, .serial = version.serial, .names = version.names,
            .published = s == OK ? day_words(c, version.at) : STR("") };
        v->lists.at[v->lists.n++] = (struct choice){ list->code, blocklist_name(c, list), str_eq(form_text(c, "list"), list->code) };
    }
    return OK;
}

static struct str list_title(struct ctx *c, struct str code)
{
    const struct list_def *list = lists_def(code);

    return list ? blocklist_name(c, list) : code;
}

static status fill_takers(struct ctx *c, struct feeds_view *v)
{
    struct blocklist_readers_rows readers;
    struct blocklist_peers_rows peers;

    TRY(sql_readers_all(c->ledger, &readers));
    TRY(sql_peers_all(c->ledger, &peers));
    v->readers.at = NEW_N(c->arena, struct taker_row, readers.n + 1);
    for (size_t i = 0; i < readers.n; i++)
        if (!readers.at[i].altered)
            v->readers.at[v->readers.n++] = (struct taker_row){ .id = readers.at[i].id, .holder = readers.at[i].holder,
                .list = list_title(c, readers.at[i].list), .since = day_words(c, readers.at[i].set_at) };
    v->peers.at = NEW_N(c->arena, struct taker_row, peers.n + 1);
    for (size_t i = 0; i < peers.n; i++)
        if (!peers.at[i].altered)
            v->peers.at[v->peers.n++] = (struct taker_row){ .id = peers.at[i].id, .holder = peers.at[i].holder,
                .list = list_title(c, peers.at[i].list), .since = day_words(c, peers.at[i].set_at), .key_name = peers.at[i].key_name,
                .notify = peers.at[i].notify };
    return OK;
}

static status feeds_show(struct ctx *c)
{
    static const char *const fields[] = { "zone", "walled", "holder", "key", "notify", NULL };
    struct feeds_view v = { .faults = faults_of(c, fields), .holder = typed_of(c, "holder", STR("")), .zone = typed_of(c, "zone", STR("")),
                            .walled = typed_of(c, "walled", STR("")), .key = typed_of(c, "key", STR("")),
                            .notify = typed_of(c, "notify", STR("")), .token = session_take(c, "list-token"),
                            .key_name = session_take(c, "list-key"), .secret = session_take(c, "list-secret") };

    if (form_failed(c) && str_is(form_text(c, "do"), "feed"))
        v.feed_of = form_text(c, "list");
    TRY(fill_feeds(c, &v));
    TRY(fill_takers(c, &v));
    TRY(people_nav(c, &v.nav, STAFF_LISTS));
    return page(c, tpl_matches_feeds, &v);
}

/* -- what is set ------------------------------------------------------------------------------------------------------------------- */

static status feed_set(struct ctx *c)
{
    struct blocklist_feeds_row feed = { .list = form_text(c, "list"), .open = str_is(form_text(c, "open"), "yes"),
                                        .zone = trimmed(c, "zone"), .walled = trimmed(c, "walled") };

    if (feed.zone.n > 0 && feed.zone.at[feed.zone.n - 1] == '.')
        feed.zone.n--;
    if (!zone_name_right(feed.zone))
        refuse(c, "zone", T_MATCHES_WRONG_ZONE);
    if (!walled_right(feed.walled))
        refuse(c, "walled", T_MATCHES_WRONG_WALLED);
    TRY(refused(c));
    if (feed.walled.n == 0)
        feed.walled = STR("");
    TRY(zone_feed_save(c, &feed));
    return done(c, T_MATCHES_FLASH_FEED, "/blocklist/feeds");
}

static void token_hash(struct str token, struct key *hash)
{
    vault_hash(hash, NULL, "list-token", PARTS(token));
}

static status reader_add(struct ctx *c)
{
    uint8_t bytes[TOKEN_BYTES];
    struct blocklist_readers_row row = { .id = id_timed(c->now), .list = form_text(c, "list"), .holder = trimmed(c, "holder"),
                                         .set_by = c->actor.user, .set_at = c->now };
    struct out token = { .max = 100 };
    struct key hash;

    if (row.holder.n == 0)
        refuse(c, "holder", T_MATCHES_WRONG_HOLDER);
    TRY(refused(c));
    random_bytes(bytes, sizeof bytes);
    out_hex(&token, bytes, sizeof bytes);
    token_hash(out_done(&token), &hash);
    row.hash = str_of(hash.b, sizeof hash.b);
    session_put(c, "list-token", arena_copy(c->arena, out_done(&token)), 5);
    out_free(&token);
    TRY(act_begin(c->ledger, (struct act_info){ .act = "blocklist.reader", .now = c->now, .actor = c->actor.user, .object = row.id }));
    TRY(row_insert(c->ledger, &table_blocklist_readers, &row));
    TRY(act_commit(c->ledger));
    return done(c, T_MATCHES_FLASH_READER, "/blocklist/feeds");
}

static status reader_end(struct ctx *c, struct id id)
{
    struct blocklist_readers_row row = { .id = id };

    TRY(row_get(c->ledger, &table_blocklist_readers, &row));
    row.until = (struct opt_i64){ true, c->now };
    TRY(act_begin(c->ledger, (struct act_info){ .act = "blocklist.reader-end", .now = c->now, .actor = c->actor.user, .object = id }));
    TRY(row_update(c->ledger, &table_blocklist_readers, &row));
    return act_commit(c->ledger);
}

/* Names of keys are unique for good: one that was ended never comes back under the same name. */
static status peer_add(struct ctx *c)
{
    struct peer_wish wish = { .list = form_text(c, "list"), .holder = trimmed(c, "holder"), .key_name = trimmed(c, "key"),
                              .notify = trimmed(c, "notify") };
    struct blocklist_peers_row there;
    struct peer_made made;

    if (wish.holder.n == 0)
        refuse(c, "holder", T_MATCHES_WRONG_HOLDER);
    if (!zone_name_right(wish.key_name))
        refuse(c, "key", T_MATCHES_WRONG_KEY);
    else if (sql_peer_of_name(c->ledger, (struct sql_peer_of_name){ .name = wish.key_name }, &there) != NOT_FOUND)
        refuse(c, "key", T_MATCHES_WRONG_KEY_TAKEN);
    if (wish.notify.n > 0 && !address_right(wish.notify))
        refuse(c, "notify", T_MATCHES_WRONG_NOTIFY);
    TRY(refused(c));
    wish.notify = wish.notify.n ? wish.notify : STR("");
    TRY(act_peer_add(c, &wish, &made));
    session_put(c, "list-key", wish.key_name, 5);
    session_put(c, "list-secret", made.secret, 5);
    return done(c, T_MATCHES_FLASH_PEER, "/blocklist/feeds");
}

static status taker_end(struct ctx *c, bool reader)
{
    struct id id;
    status s = id_of_text(form_text(c, "id"), &id) ? OK : NOT_FOUND;

    if (s == OK)
        s = reader ? reader_end(c, id) : act_peer_end(c, id);
    if (s == CONFLICT || s == NOT_FOUND) {
        act_abort(c->ledger);
        return done(c, T_MATCHES_FLASH_CHANGED, "/blocklist/feeds");
    }
    TRY(s);
    return done(c, T_MATCHES_FLASH_ENDED, "/blocklist/feeds");
}

static status feeds_do(struct ctx *c)
{
    struct str what = form_text(c, "do");

    if (str_is(what, "end-reader") || str_is(what, "end-peer"))
        return taker_end(c, str_is(what, "end-reader"));
    if (lists_def(form_text(c, "list")) == NULL)
        return done(c, T_MATCHES_FLASH_CHANGED, "/blocklist/feeds");
    if (str_is(what, "feed"))
        return feed_set(c);
    return str_is(what, "reader") ? reader_add(c) : peer_add(c);
}

/* -- the lists themselves -------------------------------------------------------------------------------------------------------------- */

/* The list is open, or the caller has a token of it that was not ended. */
static status may_take(struct ctx *c, const struct blocklist_feeds_row *feed)
{
    struct str bearer = header_value(c->request, "authorization");
    struct blocklist_readers_row reader;
    struct key hash;

    if (feed->open)
        return OK;
    if (!str_starts(bearer, STR("Bearer ")))
        return DENIED;
    token_hash(str_trim(str_from(bearer, 7)), &hash);
    if (sql_reader_of_hash(c->ledger, (struct sql_reader_of_hash){ .hash = str_of(hash.b, sizeof hash.b) }, &reader) != OK)
        return DENIED;
    return reader.until.has || !str_eq(reader.list, feed->list) ? DENIED : OK;
}

static bool etag_known(struct ctx *c, struct str etag)
{
    struct str rest = header_value(c->request, "if-none-match"), one;

    while (rest.at != NULL && str_cut(&rest, ',', &one)) {
        one = str_trim(one);
        if (str_is(one, "*") || str_eq(one, etag) || (str_starts(one, STR("W/")) && str_eq(str_from(one, 2), etag)))
            return true;
    }
    return false;
}

/* All that the bytes depend on: the names, their number, the zone's settings and the form. */
static struct str etag_of(struct ctx *c, const struct list_writing *w)
{
    struct key hash;

    vault_hash(&hash, NULL, "list-etag", PARTS(w->version->digest, w->version->walled, w->feed->zone,
                                               str_c(w->format->ext)));
    return arena_f(c->arena, "\"%lld-%02x%02x%02x%02x%02x%02x%02x%02x\"", (long long)w->version->serial, hash.b[0], hash.b[1], hash.b[2],
                   hash.b[3], hash.b[4], hash.b[5], hash.b[6], hash.b[7]);
}

static status answer_list(struct ctx *c, struct list_writing *w)
{
    struct str etag = etag_of(c, w);

    answer_header(c, "ETag", etag);
    answer_header(c, "Cache-Control", w->feed->open ? STR("public, no-cache") : STR("private, no-cache"));
    if (etag_known(c, etag))
        return answer_empty(c, 304);
    w->o = c->out;
    TRY(list_write(c->ledger, w));
    return answer_text(c, 200, w->format->type);
}

static status feed_read(struct ctx *c)
{
    struct str file = path_text(c, "file"), code;
    struct list_writing w = { 0 };
    struct blocklist_feeds_row feed;
    struct zone_versions_row version;

    (void)str_cut(&file, '.', &code);
    w.format = list_format(file);
    if (lists_def(code) == NULL || w.format == NULL)
        return fail(NOT_FOUND, "no such list");
    TRY(tx_begin_read(c->ledger->db));
    TRY(zone_feed(c->ledger, code, &feed));
    if (may_take(c, &feed) != OK) {
        answer_header(c, "WWW-Authenticate", STR("Bearer"));
        return answer_empty(c, 401);
    }
    TRY(zone_version(c->ledger, code, &version));
    w.version = &version;
    w.feed = &feed;
    return answer_list(c, &w);
}

static status feed_show(struct ctx *c)
{
    status s = feed_read(c);

    tx_rollback(c->ledger->db);
    return s;
}

#define FEED_FORM FORM({ .name = "do", .max = 20 }, { .name = "list", .max = 20 }, { .name = "open", .max = 5 }, { .name = "zone", .max = 100 }, \
    { .name = "walled", .max = 200 }, { .name = "holder", .max = HOLDER_CHARS }, { .name = "key", .max = 100 }, \
    { .name = "notify", .max = 80 }, { .name = "id", .max = 30 }, { .name = "token", .max = 100 })

const struct route feed_routes[] = {
    ROUTE(GET,  "/blocklist/feeds", MAY_RUN_SYSTEM, NO_FORM,   feeds_show),
    ROUTE(POST, "/blocklist/feeds", MAY_RUN_SYSTEM, FEED_FORM, feeds_do),
    ROUTE(GET,  "/blocklist/:file", PUBLIC,         NO_FORM,   feed_show, .api = true),
    ROUTES_END
};
