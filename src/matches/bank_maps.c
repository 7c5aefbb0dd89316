#include "bank_maps.h"

#include "../base/clock.h"
#include "../base/log.h"
#include "../web/metrics.h"

#include <pthread.h>
#include <stdio.h>

enum { LOOK_MS = 500, PAGE = 5000, DELTA_MAX = 1 << 18, LOOK_ARENA = 64 << 20, SET_ARENA = 16 << 20 };

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;        /* of these, and of all counts of holders */
static struct bank_set *present;
static const struct db *of_db;
static _Atomic i64 looked;
static pthread_mutex_t looking = PTHREAD_MUTEX_INITIALIZER;     /* one looks; the others go on with the present set, if there is one */

/* -- holders ------------------------------------------------------------------------------------------------------------------- */

static void map_drop(struct bank_map *map)
{
    if (map == NULL || --map->refs > 0)
        return;
    bank_files_close(&map->files);
    memory_free(map);
}

static void set_free(struct bank_set *set)
{
    for (size_t i = 0; i < set->n; i++)
        map_drop(set->at[i].map);
    memory_free(set->delta);
    arena_free(&set->arena);
    memory_free(set);
}

void set_drop(struct bank_set *set)
{
    if (set == NULL)
        return;
    pthread_mutex_lock(&lock);
    if (--set->refs == 0)
        set_free(set);
    pthread_mutex_unlock(&lock);
}

static struct bank_set *hold_present(const struct db *db)
{
    struct bank_set *set;

    pthread_mutex_lock(&lock);
    set = of_db == db ? present : NULL;
    if (set != NULL)
        set->refs++;
    pthread_mutex_unlock(&lock);
    return set;
}

static void publish(struct bank_set *set, const struct db *db)
{
    struct bank_set *old;

    pthread_mutex_lock(&lock);
    old = present;
    present = set;
    of_db = db;
    pthread_mutex_unlock(&lock);
    set_drop(old);
}

void sets_forget(void)
{
    publish(NULL, NULL);
    looked = 0;
}

void sets_due(void)
{
    looked = 0;
}

/* -- alarms -------------------------------------------------------------------------------------------------------------------------- */

static status alarm_put(struct ledger *l, i64 bank, bool rows, const char *why)
{
    return sql_bank_alarm_note(l->db, (struct sql_bank_alarm_note){ .bank = bank, .at = clock_now_ms(), .rows_wrong = rows, .why = str_c(why) });
}

static void alarm_of(struct ledger *l, i64 bank, bool rows, const char *why)
{
    char text[500];

    snprintf(text, sizeof text, "%s", why);         /* `why` is fail_message(), which the next failure overwrites */
    log_error("bank", "ALARM bank=%lld %s", (long long)bank, text);
    if (!tx_open(l->db) && alarm_put(l, bank, rows, text) != OK)
        log_warn("bank", "the alarm could not be kept: %s", fail_message());
}

void bank_alarm(struct ctx *c, i64 bank, bool rows, const char *why)
{
    alarm_of(c->ledger, bank, rows, why);
}

/* -- news ------------------------------------------------------------------------------------------------------------------------------ */

struct look {
    struct ledger l;
    const char *data_dir;
    struct bank_set *old, *set;
};

static const struct set_bank *bank_before(const struct look *k, i64 no)
{
    for (size_t i = 0; k->old != NULL && i < k->old->n; i++)
        if (k->old->at[i].bank.no == no)
            return &k->old->at[i];
    return NULL;
}

static void delta_push(struct bank_set *set, const struct delta_entry *e)
{
    if (set->n_delta == set->room) {
        size_t room = set->room * 2 + 256;

        set->delta = memory_grow(set->delta, set->room * sizeof *e, room * sizeof *e);
        set->room = room;
    }
    set->delta[set->n_delta++] = *e;
}

static void delta_row(struct bank_set *set, const struct bank_hashes_row *r)
{
    struct delta_entry e = { .bank = r->bank, .seq = r->seq, .id = r->id, .kind = (uint8_t)r->kind, .family = (uint8_t)r->family };

    if (r->kind == HASH_PDQ)
        memcpy(e.words, r->value.at, sizeof e.words);
    delta_push(set, &e);
}

static void delta_kept(struct look *k, const struct set_bank *b)
{
    for (size_t i = 0; i < k->old->n_delta; i++)
        if (k->old->delta[i].bank == b->bank.no && k->old->delta[i].seq > b->built)
            delta_push(k->set, &k->old->delta[i]);
}

static status delta_page(struct look *k, struct set_bank *b, size_t *n)
{
    struct arena_mark mark = arena_mark(k->l.arena);
    struct bank_hashes_rows rows;

    TRY(sql_bank_hashes_since(k->l.db, (struct sql_bank_hashes_since){ .bank = b->bank.no, .after = b->covered, .upto = INT64_MAX,
                                                                        .most = PAGE }, &rows));
    for (size_t i = 0; i < rows.n; i++) {
        b->covered = rows.at[i].seq;
        if (record_check(k->l.house, &rows.at[i]) != OK)
            alarm_of(&k->l, b->bank.no, true, fail_message());
        else if (record_in_force(&rows.at[i]))
            delta_row(k->set, &rows.at[i]);
    }
    *n = rows.n;
    arena_back(k->l.arena, mark);
    return OK;
}

/* What was read before, and what came since. A delta that is too long waits for the file that is being built of it. */
static status cover(struct look *k, struct set_bank *b, const struct set_bank *before)
{
    size_t n = PAGE;

    b->covered = b->built;
    if (before != NULL && !k->old->inside && before->covered > b->built) {
        delta_kept(k, b);
        b->covered = before->covered;
    }
    while (n == PAGE && k->set->n_delta < DELTA_MAX)
        TRY(delta_page(k, b, &n));
    if (n == PAGE)
        log_warn("bank", "bank=%lld has more new records than are searched one by one; they match once its file is built", (long long)b->bank.no);
    return OK;
}

static void map_open(struct look *k, const struct banks_row *row, const struct bank_builds_row *build, struct set_bank *b)
{
    struct bank_files files;

    if (bank_files_open(k->l.arena, k->data_dir, row, build, &files) != OK) {
        b->stopped = true;
        alarm_of(&k->l, row->no, false, fail_message());
        return;
    }
    b->map = memory_new(sizeof *b->map);
    *b->map = (struct bank_map){ .refs = 1, .bank = row->no, .build = build->build, .files = files };
}

static status take_map(struct look *k, const struct banks_row *row, const struct set_bank *before, struct set_bank *b)
{
    struct bank_builds_row build;
    status s = sql_bank_build_newest(&k->l, (struct sql_bank_build_newest){ .bank = row->no }, &build);

    if (s == NOT_FOUND)
        return OK;
    TRY(s);
    b->built = build.seq;
    if (before == NULL || before->map == NULL || before->map->build != build.build) {
        map_open(k, row, &build, b);
        return OK;
    }
    pthread_mutex_lock(&lock);
    b->map = before->map;
    b->map->refs++;
    pthread_mutex_unlock(&lock);
    return OK;
}

static struct bank meta_copy(struct arena *a, const struct banks_row *row)
{
    struct bank b = bank_of_row(row);

    b.code = arena_copy(a, b.code);
    b.name = arena_copy(a, b.name);
    b.source = arena_copy(a, b.source);
    b.class = arena_copy(a, b.class);
    b.basis = arena_copy(a, b.basis);
    b.state = arena_copy(a, b.state);
    return b;
}

static status add_bank(struct look *k, const struct banks_row *row)
{
    struct set_bank *b = &k->set->at[k->set->n];
    const struct set_bank *before = bank_before(k, row->no);

    *b = (struct set_bank){ .bank = meta_copy(&k->set->arena, row), .class = bank_class(row->class) };
    k->set->n++;
    TRY(take_map(k, row, before, b));
    return cover(k, b, before);
}

static status add_banks(struct look *k, bool sandbox)
{
    struct banks_rows rows;
    struct set_bank *all;

    TRY(sql_banks_of(&k->l, (struct sql_banks_of){ .sandbox = sandbox }, &rows));
    all = NEW_N(&k->set->arena, struct set_bank, k->set->n + rows.n + 1);
    if (k->set->n > 0)
        memcpy(all, k->set->at, k->set->n * sizeof *all);
    k->set->at = all;
    for (size_t i = 0; i < rows.n; i++)
        if (!rows.at[i].altered && str_is(rows.at[i].state, "active"))
            TRY(add_bank(k, &rows.at[i]));
    return OK;
}

static void count_for_metrics(const struct bank_set *set)
{
    i64 records = 0, stopped = 0;

    for (size_t i = 0; i < set->n; i++) {
        const struct bank_map *map = set->at[i].map;

        stopped += set->at[i].stopped;
        if (map != NULL && map->files.full)
            records += (i64)detect_bank_count(map->files.full);
        if (map != NULL && map->files.cpp512)
            records += (i64)detect_bank_count(map->files.cpp512);
        if (map != NULL && map->files.exact)
            records += (i64)exact_count(map->files.exact);
    }
    metrics_banks((i64)set->n, records + (i64)set->n_delta, stopped);
}

static status make_set(struct look *k)
{
    struct bank_work_read_row work = { 0 };
    status s = sql_bank_work_read(k->l.db, &work);

    if ((s != OK && s != NOT_FOUND) || (s == OK && k->old != NULL && work.turn == k->old->turn))
        return s;
    k->set = memory_new(sizeof *k->set);
    *k->set = (struct bank_set){ .refs = 1, .turn = tx_open(k->l.db) ? -1 : work.turn, .inside = tx_open(k->l.db), .arena = arena_make(SET_ARENA) };
    TRY(add_banks(k, false));
    TRY(add_banks(k, true));
    count_for_metrics(k->set);
    return OK;
}

/* With memory of its own: a request that is near its limit must not jump out of here. */
static status look_for_news(struct ctx *c, struct bank_set *old)
{
    struct arena own = arena_make(LOOK_ARENA);
    struct look k = { .l = *c->ledger, .data_dir = c->app->data_dir, .old = old };
    status s;

    k.l.arena = &own;
    conn_use(c->ledger->db, &own);
    s = make_set(&k);
    conn_use(c->ledger->db, c->ledger->arena);
    arena_free(&own);
    looked = clock_mono_ms();
    if (s == OK && k.set != NULL)
        publish(k.set, c->app->db);
    else if (k.set != NULL)
        set_drop(k.set);
    return s;
}

/* The first ones have nothing to go on with: they wait for whoever looks. */
static status look_if_due(struct ctx *c, struct bank_set *have)
{
    struct bank_set *now;
    status s = OK;

    if (have != NULL && pthread_mutex_trylock(&looking) != 0)
        return OK;
    if (have == NULL)
        pthread_mutex_lock(&looking);
    now = hold_present(c->app->db);
    if (now == NULL || clock_mono_ms() - looked >= LOOK_MS)
        s = look_for_news(c, now);
    set_drop(now);
    pthread_mutex_unlock(&looking);
    return s;
}

status set_take(struct ctx *c, struct bank_set **set)
{
    struct bank_set *have = hold_present(c->app->db);
    status s = OK;

    if (have == NULL || (clock_mono_ms() - looked >= LOOK_MS && !tx_open(c->ledger->db)))
        s = look_if_due(c, have);
    if (have != NULL && s != OK) {
        log_warn("bank", "news of the banks could not be read: %s", fail_message());
        s = OK;
    }
    set_drop(have);
    TRY(s);
    *set = hold_present(c->app->db);
    return *set != NULL ? OK : fail(BROKEN, "no bank is open");
}
