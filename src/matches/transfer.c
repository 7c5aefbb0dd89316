#include "transfer.h"

#include "../base/log.h"

#include "matches.sql.h"

#include <sodium.h>

enum { FILL_BYTES = 60000, SECRET_BYTES = 32 };

/* -- peers ------------------------------------------------------------------------------------------------------------------------ */

static struct key ctx_peer(struct id id)
{
    return vault_ctx("blocklist-peer", PARTS(id_bytes(&id)));
}

static struct key ctx_peer_of(const void *row)
{
    return ctx_peer(((const struct blocklist_peers_row *)row)->id);
}

const struct key_box peer_boxes[] = {
    { &table_blocklist_peers, "secret", ctx_peer_of },
    { 0 }
};

status act_peer_add(struct ctx *c, const struct peer_wish *wish, struct peer_made *made)
{
    uint8_t secret[SECRET_BYTES];
    struct blocklist_peers_row row = { .id = id_timed(c->now), .list = wish->list, .holder = wish->holder, .key_name = wish->key_name,
                                       .notify = wish->notify, .set_by = c->actor.user, .set_at = c->now };

    random_bytes(secret, sizeof secret);
    row.secret = vault_box(c->arena, &house_now(c->ledger->house)->job, ctx_peer(row.id), str_of(secret, sizeof secret));
    *made = (struct peer_made){ .id = row.id, .secret = vault_base64(c->arena, str_of(secret, sizeof secret)) };
    sodium_memzero(secret, sizeof secret);
    TRY(act_begin(c->ledger, (struct act_info){ .act = "blocklist.peer", .now = c->now, .actor = c->actor.user, .object = row.id }));
    TRY(row_insert(c->ledger, &table_blocklist_peers, &row));
    return act_commit(c->ledger);
}

status act_peer_end(struct ctx *c, struct id id)
{
    struct blocklist_peers_row row = { .id = id };

    TRY(row_get(c->ledger, &table_blocklist_peers, &row));
    if (row.until.has)
        return fail(CONFLICT, "the key was ended already");
    row.until = (struct opt_i64){ true, c->now };
    TRY(act_begin(c->ledger, (struct act_info){ .act = "blocklist.peer-end", .now = c->now, .actor = c->actor.user, .object = id }));
    TRY(row_update(c->ledger, &table_blocklist_peers, &row));
    return act_commit(c->ledger);
}

status peer_key(struct ledger *l, const struct blocklist_peers_row *row, struct dns_key *key)
{
    status s = BROKEN;

    for (size_t i = l->house->n; i-- > 0 && s != OK;)
        s = vault_unbox_secret(&l->house->gen[i].job, ctx_peer(row->id), row->secret, key->secret, SECRET_BYTES);
    key->n = SECRET_BYTES;
    return s == OK && dns_name_of(row->key_name, &key->name) ? OK : fail(BROKEN, "the key of a peer cannot be opened");
}

/* -- one answer ----------------------------------------------------------------------------------------------------------------------- */

struct answer {
    struct ledger *l;
    const struct dns_caller *caller;
    struct dns_message query;
    struct dns_key key;
    struct dns_chain chain;
    bool keyed, begun;
    struct zone_versions_row version;
    struct dns_name target;         /* of every CNAME: the walled page, or the root for "no such name" */
    struct dns_out out;
};

static void begin(struct answer *a, uint8_t rcode)
{
    bool named = a->query.name.n > 0;

    dns_begin(&a->out, &(struct dns_head){ .id = a->query.id, .type = a->query.type, .opcode = a->query.opcode, .rcode = rcode,
                                           .answer = true, .name = named ? &a->query.name : NULL });
}

static status send(struct answer *a, uint16_t error)
{
    if (a->keyed)
        dns_sign(&a->out, &(struct dns_sign){ .key = &a->key, .chain = &a->chain, .now_s = a->caller->now_ms / 1000, .first = !a->begun,
                                              .error = error, .their_time = a->query.tsig.time });
    a->begun = true;
    if (a->out.over)
        return fail(BROKEN, "a message over its bounds");
    return a->caller->send(a->caller->to, a->out.at, a->out.n) ? OK : fail(BUSY, "the other side is gone");
}

static status refuse(struct answer *a, uint8_t rcode)
{
    begin(a, rcode);
    return send(a, 0);
}

/* -- whose, and by which key ------------------------------------------------------------------------------------------------------------ */

static status find_list(struct answer *a, struct blocklist_feeds_row *feed)
{
    struct list_defs lists = lists_all();

    for (size_t i = 0; i < lists.n; i++) {
        struct dns_name zone;

        TRY(zone_feed(a->l, lists.at[i].code, feed));
        if (dns_name_of(feed->zone, &zone) && dns_name_eq(&zone, &a->query.name))
            return OK;
    }
    return NOT_FOUND;
}

/* 0, or the error of TSIG. A key of another list is no key. */
static status check_key(struct answer *a, struct str list, const uint8_t *query, size_t n, int *error)
{
    struct blocklist_peers_row peer;
    char name[DNS_NAME_MAX + 1];
    status s;

    *error = DNS_BADKEY;
    dns_name_text(&a->query.tsig.key, name);
    s = sql_peer_of_name(a->l, (struct sql_peer_of_name){ .name = str_c(name) }, &peer);
    if (s == NOT_FOUND || (s == OK && (peer.until.has || !str_eq(peer.list, list))))
        return OK;
    TRY(s);
    TRY(peer_key(a->l, &peer, &a->key));
    *error = dns_verify(query, n, &a->query, &a->key, NULL, a->caller->now_ms / 1000);
    memcpy(a->chain.mac, a->query.tsig.mac, DNS_MAC_BYTES);
    a->chain.n = DNS_MAC_BYTES;
    a->keyed = *error == 0 || *error == DNS_BADTIME;
    return OK;
}

static status wrong_key(struct answer *a, int error)
{
    begin(a, DNS_NOTAUTH);
    if (!a->keyed)
        dns_unsigned(&a->out, &a->query.tsig, (uint16_t)error, a->caller->now_ms / 1000);
    return send(a, (uint16_t)error);
}

/* -- zones ------------------------------------------------------------------------------------------------------------------------------- */

static status fill(struct answer *a)
{
    if (a->out.n < FILL_BYTES)
        return OK;
    TRY(send(a, 0));
    begin(a, DNS_NOERROR);
    return OK;
}

/* An address cannot be blocked by its name: it is in other forms of the list alone. */
static status put_name(struct answer *a, struct str key)
{
    char name[HOST_CHARS + ADDRESS_CHARS + 2];

    if (key_is_address(key) || name_of_key(key, name, sizeof name) == 0)
        return OK;
    dns_cname(&a->out, name, false, &a->target);
    dns_cname(&a->out, name, true, &a->target);
    return fill(a);
}

static status each_name(void *to, const struct zone_name *name)
{
    return put_name(to, name->key);
}

static uint32_t serial_of(i64 serial)
{
    return (uint32_t)serial;
}

/* The closing SOA is what makes a transfer whole: where the names are not those of the version it does not come. */
static status send_zone(struct answer *a)
{
    begin(a, DNS_NOERROR);
    dns_soa(&a->out, serial_of(a->version.serial));
    dns_ns(&a->out);
    TRY(zone_names(a->l, &a->version, each_name, a));
    dns_soa(&a->out, serial_of(a->version.serial));
    return send(a, 0);
}

struct half { struct answer *a; bool gone; };

static status each_change(void *to, const struct zone_change *change)
{
    const struct half *h = to;

    return h->gone == change->gone ? put_name(h->a, change->key) : OK;
}

static status send_step(struct answer *a, const struct zone_versions_row *v)
{
    struct half gone = { a, true }, come = { a, false };

    dns_soa(&a->out, serial_of(v->serial - 1));
    TRY(zone_changes(a->l, v, each_change, &gone));
    dns_soa(&a->out, serial_of(v->serial));
    TRY(zone_changes(a->l, v, each_change, &come));
    return fill(a);
}

/* Every step from theirs to ours is kept, and none of them can only be told whole. */
static status steps(struct answer *a, struct zone_versions_rows *rows, bool *there)
{
    i64 from = (i64)a->query.serial;

    *there = false;
    TRY(sql_zone_versions_since(a->l, (struct sql_zone_versions_since){ .list = a->version.list, .serial = from }, rows));
    if (rows->n == 0 || rows->at[rows->n - 1].serial != a->version.serial)
        return OK;
    for (size_t i = 0; i < rows->n; i++)
        if (rows->at[i].altered || rows->at[i].whole || rows->at[i].serial != from + 1 + (i64)i)
            return OK;
    *there = true;
    return OK;
}

static status send_changes(struct answer *a)
{
    struct zone_versions_rows rows;
    bool there;

    TRY(steps(a, &rows, &there));
    if (!there)
        return send_zone(a);
    begin(a, DNS_NOERROR);
    dns_soa(&a->out, serial_of(a->version.serial));
    for (size_t i = 0; i < rows.n; i++)
        TRY(send_step(a, &rows.at[i]));
    dns_soa(&a->out, serial_of(a->version.serial));
    return send(a, 0);
}

static status send_soa(struct answer *a, bool cut)
{
    begin(a, DNS_NOERROR);
    dns_soa(&a->out, serial_of(a->version.serial));
    if (cut)
        dns_set_cut(&a->out);
    return send(a, 0);
}

static bool newer(uint32_t ours, uint32_t theirs)
{
    return ours != theirs && (uint32_t)(ours - theirs) < 0x80000000u;   /* RFC 1982 */
}

static status serve(struct answer *a)
{
    if (a->query.type == DNS_SOA)
        return send_soa(a, false);
    if (a->query.type == DNS_IXFR && !a->query.has_serial)
        return refuse(a, DNS_FORMERR);
    if (a->query.type == DNS_IXFR && (!a->caller->tcp || !newer(serial_of(a->version.serial), a->query.serial)))
        return send_soa(a, false);
    if (!a->caller->tcp)
        return refuse(a, DNS_REFUSED);
    return a->query.type == DNS_AXFR ? send_zone(a) : send_changes(a);
}

/* -- a query --------------------------------------------------------------------------------------------------------------------------------- */

static bool ours(const struct dns_message *q)
{
    return q->class == DNS_IN && (q->type == DNS_SOA || q->type == DNS_AXFR || q->type == DNS_IXFR);
}

static status answer_list(struct answer *a, const uint8_t *query, size_t n)
{
    struct blocklist_feeds_row feed;
    int error = 0;
    status s = find_list(a, &feed);

    if (s == NOT_FOUND)
        return refuse(a, DNS_REFUSED);
    TRY(s);
    if (a->query.tsig.there)
        TRY(check_key(a, feed.list, query, n, &error));
    if (error != 0)
        return wrong_key(a, error);
    if (!a->keyed && !feed.open)
        return refuse(a, DNS_REFUSED);
    s = zone_version(a->l, feed.list, &a->version);
    if (s == NOT_FOUND)
        return refuse(a, DNS_SERVFAIL);
    TRY(s);
    return dns_name_of(a->version.walled, &a->target) ? serve(a) : fail(BROKEN, "the walled page has a wrong name");
}

/* Trouble of ours: the other side hears SERVFAIL, unless part of an answer is gone already. */
static status answer_or_fail(struct answer *a, const uint8_t *query, size_t n)
{
    status s = tx_begin_read(a->l->db);

    if (s == OK)
        s = answer_list(a, query, n);
    tx_rollback(a->l->db);
    if (s == OK || s == BUSY)
        return s;
    log_error("rpz", "no answer: %s", fail_message());
    return a->begun ? BUSY : refuse(a, DNS_SERVFAIL);
}

status transfer_answer(struct ledger *l, const uint8_t *query, size_t n, const struct dns_caller *caller)
{
    struct answer *a = NEW(l->arena, struct answer);
    enum dns_read how = dns_read(query, n, &a->query);

    a->l = l;
    a->caller = caller;
    if (how == DNS_NOTHING || a->query.answer)
        return NOT_FOUND;
    if (how == DNS_UNREADABLE) {
        a->query.name.n = 0;
        return refuse(a, DNS_FORMERR);
    }
    if (a->query.opcode != DNS_QUERY)
        return refuse(a, DNS_NOTIMP);
    return ours(&a->query) ? answer_or_fail(a, query, n) : refuse(a, DNS_REFUSED);
}

/* -- NOTIFY -------------------------------------------------------------------------------------------------------------------------------------- */

void notify_write(struct dns_out *o, struct str zone, uint16_t id, i64 serial, const struct dns_key *key, struct dns_chain *chain,
                  i64 now_ms)
{
    struct dns_name name;

    if (!dns_name_of(zone, &name)) {
        o->over = true;
        return;
    }
    dns_begin(o, &(struct dns_head){ .id = id, .type = DNS_SOA, .opcode = DNS_NOTIFY, .name = &name });
    dns_soa(o, serial_of(serial));
    chain->n = 0;
    if (key != NULL)
        dns_sign(o, &(struct dns_sign){ .key = key, .chain = chain, .now_s = now_ms / 1000, .first = true });
}
