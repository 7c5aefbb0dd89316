/* A round of a feed: page by page, each taken over together with the place where the next one is. */
#include "exchange_fetch.h"

#include "../base/log.h"
#include "../outbox/jobs.h"

#include "matches.sql.h"

#include <unistd.h>

enum {
    LEASE_MS = 45 * SECOND_MS,          /* longer than one answer may take */
    TRIES = 4,                          /* of one page; then the feed waits for its next turn */
    BUDGET_MS = 30 * SECOND_MS,         /* of a feed in one turn of the job: others wait behind it */
    LATE_S = 5,                         /* an NCMEC round ends so long ago: what came just now may not be in place yet */
    FAULT_CHARS = 300
};

/* -- settings ----------------------------------------------------------------------------------------------------------------------- */

static struct key ctx_feed(struct id id)
{
    return vault_ctx("exchange-source", PARTS(id_bytes(&id)));
}

static struct key ctx_feed_of(const void *row)
{
    return ctx_feed(((const struct exchange_sources_row *)row)->id);
}

const struct key_box feed_boxes[] = {
    { &table_exchange_sources, "sealed", ctx_feed_of },
    { 0 }
};

struct reach feed_reach(const struct app *app)
{
    return (struct reach){ .loopback = app->demo, .inside = app->webhook_private };
}

status feed_of_source(struct ledger *l, const struct app *app, const struct exchange_sources_row *row, struct feed *f)
{
    struct str plain;
    status s = BROKEN;

    for (size_t i = l->house->n; i-- > 0 && s != OK;)
        s = vault_unbox(l->arena, &l->house->gen[i].job, ctx_feed(row->id), row->sealed, &plain);
    TRY(s);
    *f = (struct feed){ .id = row->id, .bank = row->bank, .code = row->code, .kind = row->kind, .base = row->base,
                        .minutes = row->minutes, .reach = feed_reach(app) };
    (void)str_cut(&plain, '\n', &f->user);
    f->secret = plain.at ? plain : STR("");
    return feed_base_right(l->arena, f->base, f->reach) ? OK : fail(INVALID, "the address begins with https:// (in the demo also http:// of this machine)");
}

status act_feed_add(struct ctx *c, const struct feed_new *new)
{
    struct id id = id_timed(c->now);
    struct str plain = arena_f(c->arena, "%.*s\n%.*s", (int)new->user.n, new->user.at, (int)new->secret.n, new->secret.at);
    struct exchange_sources_row row = { .id = id, .code = new->code, .kind = new->kind, .base = new->base, .bank = new->bank,
        .minutes = new->minutes, .active = 1, .set_by = c->actor.user, .set_at = c->now,
        .sealed = vault_box(c->arena, &house_now(c->ledger->house)->job, ctx_feed(id), plain) };

    TRY(act_begin(c->ledger, (struct act_info){ .act = "exchange.feed", .now = c->now, .actor = c->actor.user, .object = id }));
    TRY(row_insert(c->ledger, &table_exchange_sources, &row));
    TRY(sql_exchange_read_add(c->ledger->db, (struct sql_exchange_read_add){ .source = id }));
    return act_commit(c->ledger);
}

status act_feed_switch(struct ctx *c, struct id source, bool on)
{
    struct exchange_sources_row row = { .id = source };

    TRY(row_get(c->ledger, &table_exchange_sources, &row));
    row.active = on;
    row.set_by = c->actor.user;
    row.set_at = c->now;
    TRY(act_begin(c->ledger, (struct act_info){ .act = on ? "exchange.feed-on" : "exchange.feed-off", .now = c->now, .actor = c->actor.user,
                                                .object = source }));
    TRY(row_update(c->ledger, &table_exchange_sources, &row));
    return act_commit(c->ledger);
}

/* -- one page ------------------------------------------------------------------------------------------------------------------------- */

/* A round of one process: what it holds, and until when. */
struct round {
    struct ledger *l;
    const struct feed *f;
    i64 lease;
    struct feed_place at;
    struct fetched *sum;
};

static const char *path_of(struct round *r)
{
    struct arena *a = r->l->arena;
    struct out o = { .max = 100 };
    const char *path;

    if (!str_is(r->f->kind, "ncmec"))
        return r->at.next.n ? arena_f(a, "/FetchHashes?startTimestamp=%lld&pageSize=%d&nextPageToken=%.*s", (long long)r->at.since,
                                      STOPNCII_USUAL, (int)r->at.next.n, r->at.next.at).at
                            : arena_f(a, "/FetchHashes?startTimestamp=%lld&pageSize=%d", (long long)r->at.since, STOPNCII_USUAL).at;
    if (r->at.next.n > 0)
        return arena_copy(a, r->at.next).at;
    out_c(&o, "/v2/entries?from=");
    utc_write(&o, r->at.since);
    out_c(&o, "&to=");
    utc_write(&o, r->at.until);
    path = arena_copy(a, out_done(&o)).at;
    out_free(&o);
    return path;
}

/* The lease goes on only where it is still ours. */
static status renew(struct round *r)
{
    i64 lease = clock_now_ms() + LEASE_MS, changed;

    TRY(sql_exchange_read_hold(r->l->db, (struct sql_exchange_read_hold){ .source = r->f->id, .lease = lease, .lease_was = r->lease }, &changed));
    if (changed == 0)
        return fail(BUSY, "another process reads this feed now");
    r->lease = lease;
    return OK;
}

/* 1, 2, 4 s apart, or as long as the other side asks for. */
static status ask(struct round *r, struct str *answer)
{
    const char *path = path_of(r);
    status s = BUSY;

    for (int i = 0; i < TRIES && s == BUSY; i++) {
        i64 wait, pause = (i64)SECOND_MS << i;

        TRY(renew(r));
        fail_clear();
        s = feed_get(r->l->arena, r->f, path, answer, &wait);
        if (wait > pause)
            pause = wait;
        if (s != BUSY || i == TRIES - 1 || pause > LEASE_MS / 2)
            break;
        usleep((useconds_t)pause * 1000);
    }
    return s;
}

/* Records and place in one transaction. */
static status keep(struct round *r, struct feed_page *p)
{
    i64 moved;
    struct banks_added sum;

    TRY(act_begin(r->l, (struct act_info){ .act = "exchange.fetch", .now = clock_now_ms(), .object = r->f->id }));
    TRY(feed_page_take(r->l, p));
    TRY(sql_exchange_read_move(r->l->db, (struct sql_exchange_read_move){ .source = r->f->id, .lease_was = r->lease, .lease = r->lease,
        .since = p->after.since, .until = p->end ? 0 : p->after.until, .next = p->after.next, .records = (i64)p->n,
        .skipped = (i64)p->skipped }, &moved));
    if (moved == 0)
        return fail(BUSY, "another process reads this feed now");
    if (p->n > 0)
        TRY(banks_add_many(r->l, r->f->bank, p->at, p->n, clock_now_ms(), &sum));
    return act_commit(r->l);
}

/* A page token is no good for ever: the round begins anew, and every record that comes again replaces itself. */
static status begin_anew(struct round *r, bool *again)
{
    i64 moved;

    *again = r->at.next.n > 0;
    if (!*again)
        return INVALID;
    log_warn("exchange", "feed %.*s refuses its own next page: the round begins anew", (int)r->f->code.n, r->f->code.at);
    r->at.next = STR("");
    return sql_exchange_read_move(r->l->db, (struct sql_exchange_read_move){ .source = r->f->id, .lease_was = r->lease, .lease = r->lease,
        .since = r->at.since, .until = r->at.until, .next = STR(""), .records = 0, .skipped = 0 }, &moved);
}

static status one_page(struct round *r, bool *again)
{
    struct feed_page p = { .f = r->f, .after = r->at };
    struct str answer;
    status s = ask(r, &answer);

    *again = false;
    if (s == INVALID)
        return begin_anew(r, again);
    TRY(s);
    TRY(feed_page_read(r->l->arena, &p, answer));
    s = keep(r, &p);
    if (s == CONFLICT) {
        act_again(r->l);
        s = keep(r, &p);
    }
    TRY(s);
    r->at = p.after;
    r->sum->pages++;
    r->sum->records += (i64)p.n;
    r->sum->skipped += (i64)p.skipped;
    r->sum->end = p.end;
    return OK;
}

/* -- a round ---------------------------------------------------------------------------------------------------------------------------- */

static status take_round(struct round *r, i64 now)
{
    struct exchange_reads_row row;
    i64 taken;

    TRY(sql_exchange_read_add(r->l->db, (struct sql_exchange_read_add){ .source = r->f->id }));
    r->lease = now + LEASE_MS;
    TRY(sql_exchange_read_take(r->l->db, (struct sql_exchange_read_take){ .source = r->f->id, .now = now, .lease = r->lease }, &taken));
    if (taken == 0)
        return fail(BUSY, "another process reads this feed now: it ends, or its lease does after %d seconds", LEASE_MS / SECOND_MS);
    TRY(sql_exchange_read_of(r->l->db, (struct sql_exchange_read_of){ .source = r->f->id }, &row));
    r->at = (struct feed_place){ .since = row.since, .until = row.until, .next = row.next };
    if (str_is(r->f->kind, "ncmec")) {
        if (row.until == 0)
            r->at.until = now / 1000 - LATE_S;
    } else if (row.since == 0) {
        r->at.since = 10;
    }
    return OK;
}

/* The place outlives the memory of the page. */
static void keep_place(struct round *r, char room[PLACE_CHARS])
{
    size_t n = r->at.next.n < PLACE_CHARS ? r->at.next.n : 0;

    memcpy(room, r->at.next.at ? r->at.next.at : "", n);
    r->at.next = str_of(room, n);
}

static status pages(struct round *r, i64 budget_ms)
{
    i64 began = clock_mono_ms();
    char room[PLACE_CHARS];
    bool again = false;

    if (str_is(r->f->kind, "ncmec") && r->at.until <= r->at.since)
        r->sum->end = true;             /* asked again so soon that there is nothing to ask for */
    keep_place(r, room);
    while (!r->sum->end && (again || r->sum->pages == 0 || clock_mono_ms() - began < budget_ms)) {
        struct arena_mark mark = arena_mark(r->l->arena);
        status s = one_page(r, &again);

        act_abort(r->l);
        tx_rollback(r->l->db);
        keep_place(r, room);
        arena_back(r->l->arena, mark);
        TRY(s);
    }
    return OK;
}

static i64 due_after(const struct round *r, status s, i64 minutes, i64 tries, i64 now)
{
    if (s != OK)
        return now + (minutes < (1 << (tries < 6 ? tries : 6)) ? minutes : 1 << (tries < 6 ? tries : 6)) * MINUTE_MS;
    return r->sum->end ? now + minutes * MINUTE_MS : now;
}

static status end_round(struct round *r, status s, i64 minutes)
{
    struct exchange_reads_row row;
    i64 now = clock_now_ms(), changed, tries;
    struct str fault = s == OK ? STR("") : arena_copy(r->l->arena, str_upto(str_c(fail_message()), FAULT_CHARS));

    TRY(sql_exchange_read_of(r->l->db, (struct sql_exchange_read_of){ .source = r->f->id }, &row));
    tries = s == OK ? 0 : row.tries + 1;
    TRY(sql_exchange_read_end(r->l->db, (struct sql_exchange_read_end){ .source = r->f->id, .lease = r->lease, .tries = tries,
        .due = due_after(r, s, minutes, tries, now), .ok_at = s == OK && r->sum->end ? now : 0, .fault = fault }, &changed));
    return s;
}

status feed_fetch(struct ledger *l, const struct feed *f, i64 now, i64 budget_ms, struct fetched *sum)
{
    struct round r = { .l = l, .f = f, .sum = sum };
    status s;

    *sum = (struct fetched){ 0 };
    TRY(take_round(&r, now));
    s = pages(&r, budget_ms);
    return end_round(&r, s, f->minutes);
}

/* -- the timed work ------------------------------------------------------------------------------------------------------------------------ */

static status fetch_due(struct ledger *l, const struct app *app, const struct exchange_sources_row *row, i64 now)
{
    struct exchange_reads_row read;
    struct fetched sum;
    struct feed f;
    status s = sql_exchange_read_of(l->db, (struct sql_exchange_read_of){ .source = row->id }, &read);

    if (s != OK && s != NOT_FOUND)
        return s;
    if (s == OK && (read.due > now || read.lease >= now))
        return OK;
    s = feed_of_source(l, app, row, &f);
    if (s == OK)
        s = feed_fetch(l, &f, now, BUDGET_MS, &sum);
    if (s != OK)
        log_warn("exchange", "feed %.*s: %s", (int)row->code.n, row->code.at, fail_message());
    return s == BROKEN ? s : OK;
}

status feeds_fetch(struct ledger *l, const struct app *app, i64 now)
{
    struct exchange_sources_rows rows;

    TRY(sql_sources_all(l, &rows));
    for (size_t i = 0; i < rows.n; i++)
        if (!rows.at[i].altered && rows.at[i].active)
            TRY(fetch_due(l, app, &rows.at[i], now));
    return OK;
}
