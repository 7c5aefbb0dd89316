/* What compartments hold: records are read in order and added, never changed. */
#include "casework.h"

#include "casework.sql.h"
#include "tables.sql.h"

/* -- reading ------------------------------------------------------------------------------------------------------------------- */

static bool is_message(enum record_kind kind)
{
    return kind == RECORD_MESSAGE_CHILD || kind == RECORD_MESSAGE_STAFF || kind == RECORD_MESSAGE_SYSTEM ||
           kind == RECORD_NOTE;
}

static enum sender sender_of(enum record_kind kind)
{
    if (kind == RECORD_MESSAGE_CHILD)
        return FROM_CHILD;
    return kind == RECORD_MESSAGE_SYSTEM ? FROM_SYSTEM : FROM_STAFF;
}

/* A record as a message. One that was altered is shown as such, never its content. */
static bool message_of(struct ctx *c, const struct comp_open *comp, struct records_row *row, struct message *m)
{
    struct record r;

    if (row->altered || vault_record_open(c->arena, comp->keys, comp->id, row->id, row->body, &r) != OK) {
        *m = (struct message){ .from = FROM_SYSTEM, .no = row->no, .text = STR("altered") };
        return true;
    }
    if (!is_message(r.kind))
        return false;
    *m = (struct message){ .from = sender_of(r.kind), .note = r.kind == RECORD_NOTE, .author = r.author, .day = row->day,
                           .time = r.time, .no = row->no, .text = r.text };
    return true;
}

/* Where a message stands among all of its letter: compartments in their order, records in theirs. */
static i64 place_of(const struct comp_open *comp, i64 no)
{
    return comp->no << 32 | no;
}

/* A part while it is read, the newest first. */
struct reading { struct messages_part part; struct messages *all; size_t bytes; };

static bool is_full(const struct reading *r)
{
    return r->all->n >= r->part.most || r->bytes >= r->part.bytes;
}

/* The records before number `*before`, as many as one statement gives, or fewer where the part is full then. */
static status messages_before(struct ctx *c, const struct comp_open *comp, i64 *before, struct reading *r)
{
    struct records_rows rows;

    TRY(sql_records_before(c->ledger, (struct sql_records_before){ .comp = comp->id, .before = *before }, &rows));
    if (rows.n == 0)
        return NOT_FOUND;
    for (size_t i = 0; i < rows.n; i++) {
        if (is_full(r)) {
            r->all->older = place_of(comp, rows.at[i].no + 1);
            return NOT_FOUND;
        }
        r->all->n += message_of(c, comp, &rows.at[i], &r->all->at[r->all->n]);
        r->bytes += rows.at[i].body.n;
        *before = rows.at[i].no;
    }
    return OK;
}

static status messages_of(struct ctx *c, const struct comp_open *comp, struct reading *r)
{
    i64 before = INT32_MAX;
    status s;

    if (r->part.before && r->part.before >> 32 < comp->no)
        return OK;
    if (r->part.before && r->part.before >> 32 == comp->no)
        before = r->part.before & INT32_MAX;
    while ((s = messages_before(c, comp, &before, r)) == OK)
        ;
    return s == NOT_FOUND ? OK : s;
}

static void turn_round(struct messages *all)
{
    for (size_t i = 0; i < all->n / 2; i++) {
        struct message m = all->at[i];

        all->at[i] = all->at[all->n - 1 - i];
        all->at[all->n - 1 - i] = m;
    }
}

status messages_read(struct ctx *c, const struct comps *comps, struct messages_part part, struct messages *messages)
{
    struct reading r = { .part = part, .all = messages };

    *messages = (struct messages){ .at = NEW_N(c->arena, struct message, part.most + 1) };
    for (size_t i = comps->n; i-- > 0 && messages->older == 0;)
        if (comps->at[i].keys != NULL && str_is(comps->at[i].letter, part.letter))
            TRY(messages_of(c, &comps->at[i], &r));
    turn_round(messages);
    return OK;
}

status records_of_kind(struct ctx *c, const struct comp_open *comp, struct kind_wanted want, struct strs *texts)
{
    struct records_rows rows = { 0 };
    i64 after = 0;

    *texts = (struct strs){ .at = NEW_N(c->arena, struct str, want.most + 1) };
    do {
        TRY(sql_records_of(c->ledger, (struct sql_records_of){ .comp = comp->id, .after = after }, &rows));
        for (size_t i = 0; i < rows.n && texts->n < want.most; i++) {
            struct record r;

            after = rows.at[i].no;
            if (!rows.at[i].altered && vault_record_open(c->arena, comp->keys, comp->id, rows.at[i].id, rows.at[i].body, &r) == OK &&
                r.kind == want.kind)
                texts->at[texts->n++] = r.text;
        }
    } while (rows.n && texts->n < want.most);
    return OK;
}

/* -- writing ---------------------------------------------------------------------------------------------------- */

status record_write_id(struct ctx *c, const struct comp_open *comp, const struct record *r, struct id *id)
{
    struct records_row row = { .id = id_random(), .comp = comp->id, .day = clock_local_day(c->now) };
    struct records_last_row last;

    TRY(sql_records_last(c->ledger->db, (struct sql_records_last){ .comp = comp->id }, &last));
    row.no = last.no + 1;
    row.body = comp->keys ? vault_record_seal(c->arena, comp->keys, comp->id, row.id, r)
                          : vault_record_drop(c->arena, &comp->dpk, comp->id, row.id, r);
    *id = row.id;
    return row_insert(c->ledger, &table_records, &row);
}

status record_write(struct ctx *c, const struct comp_open *comp, const struct record *r)
{
    struct id id;

    return record_write_id(c, comp, r, &id);
}

static void json_member(struct out *o, const char *before, struct str value)
{
    out_c(o, before);
    out_json(o, value);
}

status event_write(struct ctx *c, const struct comps *comps, const struct event *e)
{
    const struct comp_open *notes = comp_newest(comps, "N");
    struct record r = { .kind = RECORD_EVENT, .author = c->actor.user, .time = c->now };
    struct out o = { .max = 1 << 20 };

    if (notes == NULL)
        return fail(BROKEN, "a case without its compartment for notes");
    json_member(&o, "{\"what\":", str_c(e->what));
    json_member(&o, ",\"from\":", e->from);
    json_member(&o, ",\"to\":", e->to);
    json_member(&o, ",\"words\":", e->words);
    out_char(&o, '}');
    r.text = arena_copy(c->arena, out_done(&o));
    out_wipe(&o);
    out_free(&o);
    return record_write(c, notes, &r);
}
