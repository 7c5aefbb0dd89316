#include "look.h"

#include "ledger.sql.h"

/* All five statements give rows of one shape. */
typedef struct log_by_at_row candidate;
struct candidates { candidate *at; size_t n; };

_Static_assert(sizeof(struct log_by_act_row) == sizeof(candidate) && sizeof(struct log_by_actor_row) == sizeof(candidate) &&
               sizeof(struct log_by_object_row) == sizeof(candidate) && sizeof(struct log_by_org_row) == sizeof(candidate),
               "the lists of the log have one shape");

/* The organisation whose list is read where nothing else narrows it more. */
static struct opt_id narrow_org(const struct log_filter *f)
{
    return f->reader_org.has ? f->reader_org : f->org;
}

#define TAKE(call, rows) \
    do { \
        TRY(call); \
        found->at = (candidate *)(void *)(rows).at; \
        found->n = (rows).n; \
        return OK; \
    } while (0)

/* The next 500 by the narrowest list that the filter has: an object has tens of entries, a person thousands. */
static status read_some(struct ledger *l, const struct log_filter *f, struct log_place p, struct candidates *found)
{
    struct opt_id org = narrow_org(f);
    struct log_by_object_rows objects;
    struct log_by_actor_rows actors;
    struct log_by_org_rows orgs;
    struct log_by_act_rows acts;
    struct log_by_at_rows all;

    if (f->object.has)
        TAKE(sql_log_by_object(l->db, (struct sql_log_by_object){ f->object.v, p.at, p.id, f->since }, &objects), objects);
    if (f->actor.has)
        TAKE(sql_log_by_actor(l->db, (struct sql_log_by_actor){ f->actor.v, p.at, p.id, f->since }, &actors), actors);
    if (org.has)
        TAKE(sql_log_by_org(l->db, (struct sql_log_by_org){ org.v, p.at, p.id, f->since }, &orgs), orgs);
    if (f->act.n)
        TAKE(sql_log_by_act(l->db, (struct sql_log_by_act){ f->act, p.at, p.id, f->since }, &acts), acts);
    TAKE(sql_log_by_at(l->db, (struct sql_log_by_at){ p.at, p.id, f->since }, &all), all);
}

static status concerns(struct ledger *l, struct opt_id org, const candidate *c, bool *yes)
{
    struct log_concerns_row row = { .n = 1 };

    if (org.has)
        TRY(sql_log_concerns(l->db, (struct sql_log_concerns){ .org = org.v, .at = c->at, .log = c->id }, &row));
    *yes = row.n > 0;
    return OK;
}

/* What the list itself did not narrow. */
static status fits(struct ledger *l, const struct log_filter *f, const candidate *c, bool *yes)
{
    *yes = (!c->anonymous || c->seq.has) &&
        (f->act.n == 0 || str_eq(f->act, c->act)) &&
        (!f->actor.has || (c->actor.has && id_eq(c->actor.v, f->actor.v))) &&
        (!f->object.has || id_eq(c->object, f->object.v));
    if (*yes)
        TRY(concerns(l, f->reader_org, c, yes));
    return *yes ? concerns(l, f->org, c, yes) : OK;
}

/* The entry behind a line; one whose mark is wrong is shown as altered, and nothing of what it says. */
static status read_line(struct ledger *l, struct id id, struct log_line *line, struct str *bytes)
{
    struct log_entry_of_row row;
    struct entry_row skip;

    TRY(sql_log_entry_of(l->db, (struct sql_log_entry_of){ .id = id }, &row));
    *line = (struct log_line){ .id = id, .seq = row.seq.has ? row.seq.v : -1, .anonymous = row.anonymous == 1 };
    *bytes = row.entry;
    if (!entry_mac_ok(l->house, row.entry, row.mac) || !entry_is_of(row.entry, id)) {
        line->altered = true;
        line->entry.time = row.at;
        return OK;
    }
    TRY(entry_read(row.entry, &line->entry));
    for (struct entry e = line->entry; entry_next_row(&e, &skip) == OK;)
        line->rows++;
    return OK;
}

static status add_line(struct ledger *l, const candidate *c, struct log_lines *lines)
{
    struct str bytes;

    if (lines->n == LOG_PAGE) {
        lines->more = true;
        return OK;
    }
    lines->next = (struct log_place){ c->at, c->id };
    return read_line(l, c->id, &lines->at[lines->n++], &bytes);
}

/* One list of 500, until the page is full. */
static status look_through(struct ledger *l, const struct log_filter *f, const struct candidates *some, struct log_lines *lines)
{
    for (size_t i = 0; i < some->n && !lines->more; i++) {
        bool yes;

        TRY(fits(l, f, &some->at[i], &yes));
        if (yes)
            TRY(add_line(l, &some->at[i], lines));
    }
    return OK;
}

status log_look(struct ledger *l, const struct log_filter *f, struct log_place after, struct log_lines *lines)
{
    struct log_place p = after;
    struct candidates some;
    size_t looked = 0;

    *lines = (struct log_lines){ .at = NEW_N(l->arena, struct log_line, LOG_PAGE) };
    if (p.at == 0)
        p.at = f->until ? f->until : INT64_MAX;
    do {
        TRY(read_some(l, f, p, &some));
        TRY(look_through(l, f, &some, lines));
        if (some.n == 0 || lines->more)
            return OK;
        p = (struct log_place){ some.at[some.n - 1].at, some.at[some.n - 1].id };
        looked += some.n;
    } while (some.n == 500 && looked < LOG_LOOKED);
    if (some.n == 500) {
        lines->wide = lines->more = true;
        lines->next = p;
    }
    return OK;
}

status log_look_one(struct ledger *l, struct opt_id reader_org, struct id id, struct log_line *line, struct str *bytes)
{
    bool yes;

    TRY(read_line(l, id, line, bytes));
    if (line->anonymous && line->seq < 0)
        return NOT_FOUND;
    TRY(concerns(l, reader_org, &(candidate){ .id = id, .at = line->entry.time }, &yes));
    return yes ? OK : NOT_FOUND;
}
