/* From entries to the versions of a list. */
#include "zone.h"

#include "matches.sql.h"

#include <arpa/inet.h>
#include <sodium.h>
#include <stdlib.h>

/* -- settings ----------------------------------------------------------------------------------------------------------------- */

status zone_feed(struct ledger *l, struct str list, struct blocklist_feeds_row *feed)
{
    status s;

    *feed = (struct blocklist_feeds_row){ .list = list };
    s = row_get(l, &table_blocklist_feeds, feed);
    if (s == NOT_FOUND)
        *feed = (struct blocklist_feeds_row){ .list = list, .walled = STR(""),
                                              .zone = arena_f(l->arena, "%.*s.rpz.lachan", (int)list.n, list.at) };
    return s == NOT_FOUND ? OK : s;
}

status zone_feed_save(struct ctx *c, const struct blocklist_feeds_row *wish)
{
    struct blocklist_feeds_row there = { .list = wish->list }, row = *wish;
    status s = row_get(c->ledger, &table_blocklist_feeds, &there);

    if (s != OK && s != NOT_FOUND)
        return s;
    row.set_by = c->actor.user;
    row.set_at = c->now;
    row.kgen = there.kgen;
    row.mac = there.mac;
    TRY(act_begin(c->ledger, (struct act_info){ .act = "blocklist.feed", .now = c->now, .actor = c->actor.user }));
    TRY(s == OK ? row_update(c->ledger, &table_blocklist_feeds, &row) : row_insert(c->ledger, &table_blocklist_feeds, &row));
    TRY(sql_zone_work_want(c->ledger->db));
    return act_commit(c->ledger);
}

bool zone_name_right(struct str name)
{
    struct str rest = name, label;

    if (name.n == 0 || name.n > ZONE_CHARS)
        return false;
    while (str_cut(&rest, '.', &label)) {
        if (label.n == 0 || label.n > 63)
            return false;
        for (size_t i = 0; i < label.n; i++)
            if (!((label.at[i] >= 'a' && label.at[i] <= 'z') || (label.at[i] >= '0' && label.at[i] <= '9') || strchr("-_", label.at[i])))
                return false;
    }
    return true;
}

bool walled_right(struct str host)
{
    return host.n == 0 || (zone_name_right(host) && str_find_char(host, '.') < host.n);
}

bool address_right(struct str address)
{
    char host[64], bytes[16];
    struct str name;
    i64 port;
    size_t colon = address.n;

    while (colon > 0 && address.at[colon - 1] != ':')
        colon--;
    if (colon < 2 || colon > sizeof host || !str_i64(str_from(address, colon), &port) || port < 1 || port > 65535)
        return false;
    name = str_upto(address, colon - 1);
    if (name.n > 2 && name.at[0] == '[' && name.at[name.n - 1] == ']') {
        memcpy(host, name.at + 1, name.n - 2);
        host[name.n - 2] = '\0';
        return inet_pton(AF_INET6, host, bytes) == 1;
    }
    memcpy(host, name.at, name.n);
    host[name.n] = '\0';
    return inet_pton(AF_INET, host, bytes) == 1;
}

/* -- what a list should hold ------------------------------------------------------------------------------------------------------ */

/* Keys with a 0 byte behind each, and their classes: a million names are some 40 MB, for as long as the job runs. */
struct wanted_name { uint32_t at; uint16_t n, class; };
struct wanted {
    const struct list_def *list;
    struct out text;
    struct wanted_name *at;
    size_t n, room;
    i64 now;
};
enum { WANTED_TEXT = 1 << 30 };

static struct str wanted_key(const struct wanted *w, size_t i)
{
    return str_of(w->text.at + w->at[i].at, w->at[i].n);
}

static void want(struct wanted *w, const struct blocklist_row *e)
{
    const struct list_class *class = lists_class(e->class);

    if (!blocklist_in_zone(e, w->now) || class == NULL || !lists_takes(w->list, e->class) || e->key.n > ADDRESS_CHARS)
        return;
    if (w->n == w->room) {
        size_t room = w->room * 2 + 1024;

        w->at = memory_grow(w->at, w->room * sizeof *w->at, room * sizeof *w->at);
        w->room = room;
    }
    w->at[w->n++] = (struct wanted_name){ (uint32_t)w->text.n, (uint16_t)e->key.n, (uint16_t)(class - lists_classes().at) };
    out_str(&w->text, e->key);
}

static int by_key(const void *a, const void *b, void *text)
{
    const struct wanted_name *x = a, *y = b;

    return str_compare(str_of((char *)text + x->at, x->n), str_of((char *)text + y->at, y->n));
}

/* A name covers all that lies below it; a single address covers nothing but itself. */
static bool covers(struct str parent, struct str key)
{
    return parent.at[parent.n - 1] == '.' && str_starts(key, parent);
}

static void drop_covered(struct wanted *w)
{
    struct str last = STR_NULL;
    size_t kept = 0;

    qsort_r(w->at, w->n, sizeof *w->at, by_key, w->text.at);
    for (size_t i = 0; i < w->n; i++) {
        struct str key = wanted_key(w, i);

        if (last.at != NULL && covers(last, key))
            continue;
        if (key.at[key.n - 1] == '.')
            last = key;
        w->at[kept++] = w->at[i];
    }
    w->n = kept;
}

/* Every entry is read and checked once, whatever the number of lists. */
static status gather(struct ledger *l, struct wanted *all, size_t n)
{
    struct arena_mark mark = arena_mark(l->arena);
    struct sql_blocklist_in_force after = { 0 };
    struct blocklist_rows rows;

    do {
        TRY(sql_blocklist_in_force(l, after, &rows));
        for (size_t i = 0; i < rows.n * n; i++)
            want(&all[i % n], &rows.at[i / n]);
        if (rows.n)
            after.after = rows.at[rows.n - 1].id;
        arena_back(l->arena, mark);
    } while (rows.n > 0);
    for (size_t i = 0; i < n; i++) {
        if (all[i].text.over)
            return fail(TOO_LARGE, "a list of more names than this program holds");
        drop_covered(&all[i]);
    }
    return OK;
}

static void wanted_free(struct wanted *w)
{
    out_free(&w->text);
    memory_free(w->at);
}

/* -- what differs from the version before -------------------------------------------------------------------------------------------- */

enum op { GONE, NEW_NAME, OTHER_CLASS };
struct diff {
    const struct wanted *wanted;
    size_t next;                /* of the wanted names */
    crypto_generichash_state digest;
    struct out text;            /* op, u16 class, u16 length, key: of each change */
    size_t n, names;
};
struct change { uint8_t op; uint16_t class, n; };

static void digest_name(crypto_generichash_state *d, struct str key, struct str class)
{
    crypto_generichash_update(d, (const uint8_t *)key.at, key.n);
    crypto_generichash_update(d, (const uint8_t *)"\n", 1);
    crypto_generichash_update(d, (const uint8_t *)class.at, class.n);
    crypto_generichash_update(d, (const uint8_t *)"\n", 1);
}

static void changed(struct diff *d, enum op op, struct str key, uint16_t class)
{
    struct change c = { (uint8_t)op, class, (uint16_t)key.n };

    out_bytes(&d->text, &c, sizeof c);
    out_str(&d->text, key);
    d->n++;
}

static struct str class_code(uint16_t class)
{
    return lists_classes().at[class].code;
}

static void keep(struct diff *d, struct str key, struct str class)
{
    digest_name(&d->digest, key, class);
    d->names++;
}

/* Wanted names before `until` are new. Those over the limit wait for the next version. */
static void take_new(struct diff *d, struct str until)
{
    for (; d->next < d->wanted->n; d->next++) {
        struct str key = wanted_key(d->wanted, d->next);
        uint16_t class = d->wanted->at[d->next].class;

        if (until.at != NULL && str_compare(key, until) >= 0)
            return;
        if (d->n == ZONE_CHANGES_MAX)
            continue;
        changed(d, NEW_NAME, key, class);
        keep(d, key, class_code(class));
    }
}

static status present(void *to, const void *at)
{
    const struct zone_names_of_row *row = at;
    struct diff *d = to;
    uint16_t class;

    take_new(d, row->key);
    if (d->next == d->wanted->n || !str_eq(wanted_key(d->wanted, d->next), row->key)) {
        if (d->n < ZONE_CHANGES_MAX)
            changed(d, GONE, row->key, 0);
        else
            keep(d, row->key, row->class);
        return OK;
    }
    class = d->wanted->at[d->next++].class;
    if (str_eq(class_code(class), row->class) || d->n == ZONE_CHANGES_MAX) {
        keep(d, row->key, row->class);
        return OK;
    }
    changed(d, OTHER_CLASS, row->key, class);
    keep(d, row->key, class_code(class));
    return OK;
}

static status compare(struct ledger *l, const struct wanted *w, struct diff *d)
{
    *d = (struct diff){ .wanted = w, .text = { .max = (size_t)1 << 28 } };
    crypto_generichash_init(&d->digest, NULL, 0, 32);
    TRY(sql_zone_names_of(l->db, (struct sql_zone_names_of){ .list = w->list->code }, present, d));
    take_new(d, STR_NULL);
    return d->text.over ? fail(TOO_LARGE, "too many changes") : OK;
}

/* -- writing a version ------------------------------------------------------------------------------------------------------------------ */

/* Next change of the packed list; false at its end. */
static bool next_change(struct str *rest, struct change *c, struct str *key)
{
    if (rest->n < sizeof *c)
        return false;
    memcpy(c, rest->at, sizeof *c);
    *key = str_upto(str_from(*rest, sizeof *c), c->n);
    *rest = str_from(*rest, sizeof *c + c->n);
    return true;
}

static void digest_change(crypto_generichash_state *d, i64 op, struct str key)
{
    uint8_t byte = (uint8_t)op;

    crypto_generichash_update(d, &byte, 1);
    crypto_generichash_update(d, (const uint8_t *)key.at, key.n);
    crypto_generichash_update(d, (const uint8_t *)"\n", 1);
}

/* What is gone first, then new, then of another class: the order in which the table gives them back. */
static void digest_changes(const struct diff *d, uint8_t hash[32])
{
    crypto_generichash_state state;

    crypto_generichash_init(&state, NULL, 0, 32);
    for (int op = GONE; op <= OTHER_CLASS; op++) {
        struct str rest = out_done(&d->text), key;
        struct change c;

        while (next_change(&rest, &c, &key))
            if (c.op == op)
                digest_change(&state, op, key);
    }
    crypto_generichash_final(&state, hash, 32);
}

static status write_changes(struct ledger *l, const struct diff *d, struct str list, i64 serial)
{
    struct str rest = out_done(&d->text), key;
    struct change c;

    while (next_change(&rest, &c, &key)) {
        if (c.op == GONE)
            TRY(sql_zone_name_drop(l->db, (struct sql_zone_name_drop){ .list = list, .key = key }));
        else
            TRY(sql_zone_name_put(l->db, (struct sql_zone_name_put){ .list = list, .key = key, .class = class_code(c.class) }));
        TRY(sql_zone_change_add(l->db, (struct sql_zone_change_add){ .list = list, .serial = serial, .op = c.op, .key = key }));
    }
    return OK;
}

/* Old versions go with their changes; a resolver that was away for so long takes the whole zone. */
static status forget_old(struct ledger *l, struct str list, i64 serial)
{
    struct zone_versions_row old;
    status s = sql_zone_oldest(l, (struct sql_zone_oldest){ .list = list }, &old);

    if (s != OK || old.serial > serial - ZONE_KEPT)
        return s == NOT_FOUND ? OK : s;
    TRY(sql_zone_changes_forget(l->db, (struct sql_zone_changes_forget){ .list = list, .serial = old.serial }));
    return row_delete(l, &table_zone_versions, &old);
}

static status write_version(struct ledger *l, struct diff *d, struct zone_versions_row *v)
{
    uint8_t digest[32], changes[32];

    crypto_generichash_final(&d->digest, digest, sizeof digest);
    digest_changes(d, changes);
    v->names = (i64)d->names;
    v->digest = str_of(digest, sizeof digest);
    v->changes = str_of(changes, sizeof changes);
    TRY(act_begin(l, (struct act_info){ .act = "blocklist.publish", .now = v->at }));
    TRY(row_insert(l, &table_zone_versions, v));
    TRY(write_changes(l, d, v->list, v->serial));
    TRY(forget_old(l, v->list, v->serial));
    return act_commit(l);
}

/* One version; *more says that not all fitted into it. */
static status publish_step(struct ledger *l, const struct wanted *w, bool *more)
{
    struct zone_versions_row before, v = { .list = w->list->code, .serial = 1, .at = w->now };
    struct blocklist_feeds_row feed;
    struct diff d;
    status s;

    TRY(zone_feed(l, w->list->code, &feed));
    s = zone_version(l, w->list->code, &before);
    if (s != OK && s != NOT_FOUND)
        return s;
    v.walled = feed.walled;
    v.whole = s == NOT_FOUND || !str_eq(before.walled, feed.walled);
    v.serial = s == OK ? before.serial + 1 : 1;
    s = compare(l, w, &d);
    *more = d.n == ZONE_CHANGES_MAX;
    if (s == OK && (d.n > 0 || v.whole))
        s = write_version(l, &d, &v);
    out_free(&d.text);
    return s;
}

static status publish_list(struct ledger *l, const struct wanted *w)
{
    bool more = true;

    while (more)
        TRY(publish_step(l, w, &more));
    return OK;
}

status zones_publish_all(struct ledger *l, i64 now)
{
    struct list_defs lists = lists_all();
    struct wanted *all = memory_new(lists.n * sizeof *all);
    status s;

    for (size_t i = 0; i < lists.n; i++)
        all[i] = (struct wanted){ .list = &lists.at[i], .now = now, .text = { .max = WANTED_TEXT } };
    s = gather(l, all, lists.n);
    for (size_t i = 0; i < lists.n && s == OK; i++)
        s = publish_list(l, &all[i]);
    for (size_t i = 0; i < lists.n; i++)
        wanted_free(&all[i]);
    memory_free(all);
    return s;
}

status zones_publish(struct ledger *l, const struct app *app, i64 now)
{
    struct zone_work_read_row work;
    status s = sql_zone_work_read(l->db, &work);

    (void)app;
    if (s == NOT_FOUND) {       /* a new instance: its empty lists can be taken at once, and fill later */
        work = (struct zone_work_read_row){ .wanted = 1 };
        s = sql_zone_work_want(l->db);
    }
    if (s != OK || work.wanted == work.done)
        return s;
    TRY(zones_publish_all(l, now));
    return sql_zone_work_finish(l->db, (struct sql_zone_work_finish){ .wanted = work.wanted });
}

/* -- reading a version -------------------------------------------------------------------------------------------------------------------- */

status zone_version(struct ledger *l, struct str list, struct zone_versions_row *v)
{
    return sql_zone_newest(l, (struct sql_zone_newest){ .list = list }, v);
}

struct reading { zone_each *each; zone_each_change *change; void *to; crypto_generichash_state digest; };

static status read_name(void *to, const void *at)
{
    const struct zone_names_of_row *row = at;
    struct reading *r = to;

    digest_name(&r->digest, row->key, row->class);
    return r->each(r->to, &(struct zone_name){ row->key, row->class });
}

static status digest_is(struct reading *r, struct str digest, const char *what)
{
    uint8_t hash[32];

    crypto_generichash_final(&r->digest, hash, sizeof hash);
    return digest.n == 32 && memcmp(hash, digest.at, 32) == 0
        ? OK : fail(BROKEN, "the %s of a list are not those that were published: the table was altered", what);
}

status zone_names(struct ledger *l, const struct zone_versions_row *v, zone_each *each, void *to)
{
    struct reading r = { .each = each, .to = to };

    crypto_generichash_init(&r.digest, NULL, 0, 32);
    TRY(sql_zone_names_of(l->db, (struct sql_zone_names_of){ .list = v->list }, read_name, &r));
    return digest_is(&r, v->digest, "names");
}

static status read_change(void *to, const void *at)
{
    const struct zone_changes_of_row *row = at;
    struct reading *r = to;

    digest_change(&r->digest, row->op, row->key);
    return row->op == OTHER_CLASS ? OK : r->change(r->to, &(struct zone_change){ row->op == GONE, row->key });
}

status zone_changes(struct ledger *l, const struct zone_versions_row *v, zone_each_change *each, void *to)
{
    struct reading r = { .change = each, .to = to };

    crypto_generichash_init(&r.digest, NULL, 0, 32);
    TRY(sql_zone_changes_of(l->db, (struct sql_zone_changes_of){ .list = v->list, .serial = v->serial }, read_change, &r));
    return digest_is(&r, v->changes, "changes");
}
