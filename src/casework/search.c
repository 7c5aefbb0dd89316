/* Search by name: the identity compartment of every case of one's units is opened anew each time, looked through and forgotten.
   No index exists that could be stolen (SECURITY.md). */
#include "casefile.h"

#include "../base/text.h"

#include <pthread.h>

enum { SEARCHERS = 64, HITS_MAX = 100, SEARCH_MS_MAX = 60 * SECOND_MS };

/* Who searches now, in this process: a search opens thousands of cases, and nobody needs two at once. */
static struct { struct id user; i64 until; } searching[SEARCHERS];
static pthread_mutex_t searching_lock = PTHREAD_MUTEX_INITIALIZER;

static bool search_enter(struct id user, size_t *place)
{
    i64 now = clock_mono_ms();
    bool there = false;

    pthread_mutex_lock(&searching_lock);
    *place = SEARCHERS;
    for (size_t i = 0; i < SEARCHERS; i++) {
        bool busy = searching[i].until > now;

        there |= busy && id_eq(searching[i].user, user);
        if (!busy)
            *place = i;
    }
    if (!there && *place < SEARCHERS) {
        searching[*place].user = user;
        searching[*place].until = now + SEARCH_MS_MAX;
    }
    pthread_mutex_unlock(&searching_lock);
    return !there && *place < SEARCHERS;
}

static void search_leave(size_t place)
{
    pthread_mutex_lock(&searching_lock);
    searching[place].until = 0;
    pthread_mutex_unlock(&searching_lock);
}

/* The unit's key of one epoch, opened once for many cases of that epoch. */
struct opener { struct id unit; i64 epoch; struct pair *pair; };

static status opener_turn(struct ctx *c, struct opener *o, i64 epoch)
{
    struct pair *pair;
    status s;

    if (o->pair != NULL && o->epoch == epoch)
        return OK;
    s = people_open_unit(c, o->unit, epoch, &pair);
    if (s == OK)
        *o = (struct opener){ o->unit, epoch, pair };
    return s;
}

struct wanted { struct str key; struct hits *hits; };

static void hit_add(struct ctx *c, struct hits *hits, struct id comp)
{
    struct compartments_row row = { .id = comp };

    if (hits->n == HITS_MAX || row_get(c->ledger, &table_compartments, &row) != OK)
        return;
    for (size_t i = 0; i < hits->n; i++)
        if (id_eq(hits->at[i], row.case_id))
            return;
    hits->at[hits->n++] = row.case_id;
}

static status look_into(struct ctx *c, const struct comp_open *comp, struct str key, bool *found)
{
    struct comps one = { (struct comp_open *)comp, 1 };
    struct persons persons;

    TRY(case_persons(c, &one, &persons));
    for (size_t i = 0; i < persons.n; i++)
        *found |= !persons.at[i].gone && name_matches(text_search_key(c->arena, persons.at[i].name), key);
    return OK;
}

/* One grant of an identity compartment. */
static status search_one(struct ctx *c, const struct grants_row *g, const struct opener *o, const struct wanted *w)
{
    struct arena_mark mark = arena_mark(c->arena);
    size_t secrets = secrets_mark(c->ledger->secrets);
    struct key *ck = SECRET(c->ledger->secrets, struct key);
    struct comp_open comp = { .id = g->comp, .letter = STR("I"), .keys = SECRET(c->ledger->secrets, struct comp_keys) };
    struct id of = g->comp;
    bool found = false;
    status s = OK;

    if (vault_unwrap(o->pair, ctx_comp_key(g->comp, o->unit, g->epoch), g->sealed, ck) == OK) {
        vault_comp_keys_read(comp.keys, ck);
        s = look_into(c, &comp, w->key, &found);
    }
    secrets_back(c->ledger->secrets, secrets);
    arena_back(c->arena, mark);
    w->hits->searched++;
    if (found)
        hit_add(c, w->hits, of);
    return s;
}

/* Where the page before ended. */
struct place { struct id comp, grant; };

/* Grants of one page, in the order of their compartments. */
static status search_page(struct ctx *c, struct opener *o, struct place *after, const struct wanted *w, bool *more)
{
    struct grants_rows rows;

    TRY(sql_identity_grants(c->ledger, (struct sql_identity_grants){ .unit = o->unit, .after = after->comp,
                                                                       .after_grant = after->grant }, &rows));
    for (size_t i = 0; i < rows.n; i++) {
        struct grants_row *g = &rows.at[i];

        if (!g->altered && !(g->expires.has && g->expires.v <= c->now) && opener_turn(c, o, g->epoch) == OK)
            TRY(search_one(c, g, o, w));
        *after = (struct place){ g->comp, g->id };
    }
    *more = rows.n > 0;
    return OK;
}

static status search_units(struct ctx *c, const struct wanted *w)
{
    for (size_t u = 0; u < c->actor.n_units; u++) {
        struct opener o = { .unit = c->actor.units[u] };
        struct place after = { id_zero(), id_zero() };
        bool more = true;

        while (more && w->hits->n < HITS_MAX)
            TRY(search_page(c, &o, &after, w, &more));
    }
    return OK;
}

/* One state of the database for the whole search: a transaction for each of some 20,000 reads costs more than they do. */
static status search_all(struct ctx *c, const struct wanted *w)
{
    status s;

    TRY(tx_begin_read(c->ledger->db));
    s = search_units(c, w);
    tx_rollback(c->ledger->db);
    TRY(s);
    return act_note(c->ledger, case_act_info(c, "case.search", c->actor.user));
}

status case_search(struct ctx *c, struct str typed, struct hits *hits)
{
    struct wanted w = { text_search_key(c->arena, str_trim(typed)), hits };
    size_t place;
    status s;

    *hits = (struct hits){ .at = NEW_N(c->arena, struct id, HITS_MAX) };
    if (w.key.n == 0)
        return OK;
    if (!search_enter(c->actor.user, &place))
        return BUSY;
    s = search_all(c, &w);
    search_leave(place);
    return s;
}
