#include "bank_batches.h"

#include "../base/clock.h"
#include "../base/content.h"
#include "../base/log.h"

#include <errno.h>
#include <sodium.h>
#include <sys/stat.h>
#include <unistd.h>

enum { LIST_MAX = 1 << 30 };

static struct str list_path(struct arena *a, const char *data_dir, struct id batch)
{
    char text[ID_TEXT + 1];

    id_text(batch, text);
    return arena_f(a, "%s/" BANK_IMPORT_DIR "/%s.list", data_dir, text);
}

static status folders(struct arena *a, const char *data_dir)
{
    static const char *const names[] = { "banks", BANK_IMPORT_DIR };

    for (size_t i = 0; i < COUNT_OF(names); i++)
        if (mkdir(arena_f(a, "%s/%s", data_dir, names[i]).at, 0700) != 0 && errno != EEXIST)
            return fail(BROKEN, "%s/%s: %m", data_dir, names[i]);
    return OK;
}

static void digest_of(struct str text, uint8_t digest[32])
{
    crypto_generichash(digest, 32, (const uint8_t *)text.at, text.n, NULL, 0);
}

/* -- brought --------------------------------------------------------------------------------------------------------------------- */

static struct bank_batches_row row_of(const struct batch_new *b, i64 bank, const uint8_t digest[32])
{
    return (struct bank_batches_row){ .id = id_timed(b->now), .bank = bank, .name = b->name.n ? b->name : STR("-"),
        .format = str_c(bank_format_code(b->check->format)), .records = b->check->records, .digest = str_of(digest, 32),
        .state = b->take ? STR("importing") : STR("checked"), .set_by = b->by, .set_at = b->now };
}

static status make_row(struct ledger *l, const struct batch_new *b, const struct banks_row *bank, struct bank_batches_row *row)
{
    TRY(act_begin(l, (struct act_info){ .act = "bank.bring", .now = b->now, .actor = b->by, .object = bank->id }));
    TRY(row_insert(l, &table_bank_batches, row));
    return act_commit(l);
}

static status make_with(struct ledger *l, const char *data_dir, const struct batch_new *b, struct out *sorted, struct id *id)
{
    struct banks_row bank = { .id = b->bank };
    struct bank_batches_row row;
    uint8_t digest[32];

    TRY(row_get(l, &table_banks, &bank));
    TRY(list_sort(l->arena, b->list, sorted));
    digest_of(out_done(sorted), digest);
    row = row_of(b, bank.no, digest);
    TRY(folders(l->arena, data_dir));
    TRY(file_replace(list_path(l->arena, data_dir, row.id).at, out_done(sorted)));      /* first the file: a row without one could never end */
    *id = row.id;
    return make_row(l, b, &bank, &row);
}

status batch_make(struct ledger *l, const char *data_dir, const struct batch_new *b, struct id *id)
{
    struct out sorted = { .max = LIST_MAX };
    status s = make_with(l, data_dir, b, &sorted, id);

    out_free(&sorted);
    return s;
}

/* -- decided ------------------------------------------------------------------------------------------------------------------------- */

enum batch_bar batch_bar(const struct bank_batches_row *b, struct id who)
{
    if (!str_is(b->state, "waiting"))
        return BATCH_OVER;
    if (id_eq(b->set_by, who))
        return BATCH_OWN;
    return b->first_by.has && id_eq(b->first_by.v, who) ? BATCH_SEEN : BATCH_FINE;
}

static status two_needed(struct ledger *l, const struct bank_batches_row *b, bool *two)
{
    struct banks_row bank;
    const struct bank_class *class;

    TRY(sql_bank_by_no(l, (struct sql_bank_by_no){ .no = b->bank }, &bank));
    class = bank_class(bank.class);
    *two = class == NULL || class->two;
    return OK;
}

static status approve(struct ledger *l, const struct batch_act *a, struct bank_batches_row *b)
{
    struct opt_id who = { true, a->by };
    struct opt_i64 when = { true, a->now };
    bool two;

    TRY(two_needed(l, b, &two));
    if (b->first_by.has) {
        b->second_by = who;
        b->second_at = when;
    } else {
        b->first_by = who;
        b->first_at = when;
    }
    if (!two || b->second_by.has) {
        b->state = STR("approving");
        b->done = 0;
    }
    return OK;
}

static status turn(struct ledger *l, const struct batch_act *a, struct bank_batches_row *b)
{
    bool fresh = str_is(b->state, "checked");

    if (a->word == BATCH_TAKE || a->word == BATCH_DROP) {
        if (!fresh || !id_eq(b->set_by, a->by))
            return fresh ? fail(DENIED, "another person brought this list") : fail(CONFLICT, "the list was taken in already");
        b->state = a->word == BATCH_TAKE ? STR("importing") : STR("refused");
        return OK;
    }
    switch (batch_bar(b, a->by)) {
    case BATCH_FINE: break;
    case BATCH_OVER: return fail(CONFLICT, "the list was decided meanwhile");
    default: return fail(DENIED, "the same person may not decide about it");
    }
    if (a->word == BATCH_APPROVE)
        return approve(l, a, b);
    b->first_by = b->first_by.has ? b->first_by : (struct opt_id){ true, a->by };
    b->state = STR("refusing");
    b->done = 0;
    return OK;
}

status batch_decide(struct ledger *l, const char *data_dir, const struct batch_act *a)
{
    static const char *const acts[] = { "bank.take", "bank.drop", "bank.approve-list", "bank.refuse-list" };
    struct bank_batches_row b = { .id = a->batch };

    TRY(act_begin(l, (struct act_info){ .act = acts[a->word], .now = a->now, .actor = a->by, .object = a->batch }));
    TRY(row_get(l, &table_bank_batches, &b));
    TRY(turn(l, a, &b));
    TRY(row_update(l, &table_bank_batches, &b));
    TRY(act_commit(l));
    if (a->word == BATCH_DROP)
        (void)unlink(list_path(l->arena, data_dir, a->batch).at);
    return OK;
}

/* -- gone through ------------------------------------------------------------------------------------------------------------------------ */

static bool ends(const struct hash_new *h)
{
    return h->kind == 0 || h->status == HASH_WITHDRAWN || h->status == HASH_DELETED;
}

/* Taken in: held until somebody looks. What withdraws waits for that, too: one person alone must not empty a bank. */
static status take_in(struct record_pen *pen, const struct bank_batches_row *b, struct hash_new *h)
{
    if (ends(h))
        return OK;
    h->hold = HOLD_WAITS;
    return record_put(pen, h, (struct opt_id){ true, b->id });
}

static status of_batch(struct record_pen *pen, const struct bank_batches_row *b, const struct hash_new *h, struct bank_hashes_row *row, bool *yes)
{
    enum hash_family family = h->kind == HASH_PDQ && h->family == FAMILY_NONE ? FAMILY_FULL : h->family;
    status s = record_row(pen->l, pen->bank, hash_id(h->kind, family, h->value), row);

    *yes = s == OK && row->hold == HOLD_WAITS && row->batch.has && id_eq(row->batch.v, b->id);
    return s == NOT_FOUND ? OK : s;
}

/* Approved or refused: those that this list brought and that nobody decided about by itself meanwhile. */
static status decided(struct record_pen *pen, const struct bank_batches_row *b, const struct hash_new *h, bool yes)
{
    struct bank_hashes_row was, next;
    bool ours;

    TRY(of_batch(pen, b, h, &was, &ours));
    if (!ours)
        return OK;
    next = was;
    next.hold = yes ? HOLD_NONE : HOLD_DENIED;
    return record_change(pen, &was, &next);
}

static status ended(struct record_pen *pen, const struct hash_new *h)
{
    if (h->kind == 0)
        return record_end_source(pen, &(struct hash_ended){ h->source_id, h->status });
    return record_put(pen, h, (struct opt_id){ 0 });
}

static status one(struct record_pen *pen, const struct bank_batches_row *b, struct hash_new *h)
{
    if (str_is(b->state, "importing"))
        return take_in(pen, b, h);
    if (str_is(b->state, "refusing"))
        return ends(h) ? OK : decided(pen, b, h, false);
    return ends(h) ? ended(pen, h) : decided(pen, b, h, true);
}

/* Where the next record stands in the list, and its number: steps follow each other without going through all lines again. */
struct place { struct str list, rest; i64 at; };

static void go_to(struct place *p, i64 n)
{
    struct str line;

    if (p->at > n)
        *p = (struct place){ p->list, p->list, 0 };
    while (p->at < n && str_cut(&p->rest, '\n', &line))
        p->at++;
}

static void finish(struct bank_batches_row *b, const struct record_pen *pen)
{
    if (str_is(b->state, "importing")) {
        b->added += pen->done.added;
        b->changed += pen->done.changed;
        b->same += pen->done.same;
    }
    if (b->done < b->records)
        return;
    b->state = str_is(b->state, "importing") ? STR("waiting") : str_is(b->state, "approving") ? STR("active") : STR("refused");
}

static status records(struct record_pen *pen, struct bank_batches_row *b, struct place *p)
{
    struct str line;

    go_to(p, b->done);
    for (int i = 0; i < BATCH_STEP && b->done < b->records; i++, b->done++, p->at++) {
        struct arena_mark mark = arena_mark(pen->l->arena);
        struct hash_new h;

        if (!str_cut(&p->rest, '\n', &line))
            return fail(BROKEN, "a kept list has fewer records than were counted");
        TRY(list_line_read(pen->l->arena, line, &h));
        TRY(one(pen, b, &h));
        arena_back(pen->l->arena, mark);
    }
    return OK;
}

static bool runs(const struct bank_batches_row *b)
{
    return str_is(b->state, "importing") || str_is(b->state, "approving") || str_is(b->state, "refusing");
}

static status step_in_act(struct ledger *l, struct place *p, i64 now, struct bank_batches_row *b)
{
    struct record_pen pen;

    TRY(record_begin(l, b->bank, now, &pen));
    TRY(row_get(l, &table_bank_batches, b));        /* behind the counter: another process may have gone on with it */
    if (!runs(b))
        return OK;
    TRY(records(&pen, b, p));
    finish(b, &pen);
    TRY(row_update(l, &table_bank_batches, b));
    return record_end(&pen);
}

static status step(struct ledger *l, struct place *p, i64 now, struct bank_batches_row *b)
{
    TRY(act_begin(l, (struct act_info){ .act = "bank.records", .now = now, .object = b->id }));
    TRY(step_in_act(l, p, now, b));
    return act_commit(l);
}

static status list_right(struct str list, struct str digest)
{
    uint8_t is[32];

    digest_of(list, is);
    return digest.n == 32 && memcmp(is, digest.at, 32) == 0 ? OK : fail(BROKEN, "a kept list is not the one that was checked");
}

static status run_with(struct ledger *l, const struct batch_run *run, struct str list)
{
    struct arena_mark mark = arena_mark(l->arena);
    struct place p = { list, list, 0 };
    struct bank_batches_row b = { .id = run->batch };

    TRY(row_get(l, &table_bank_batches, &b));
    TRY(list_right(list, b.digest));
    while (runs(&b) && (run->until == 0 || clock_mono_ms() < run->until)) {
        TRY(step(l, &p, run->now, &b));
        if (run->progress != NULL)
            run->progress(run->to, &b);
        arena_back(l->arena, mark);
        b = (struct bank_batches_row){ .id = run->batch };
        TRY(row_get(l, &table_bank_batches, &b));
    }
    if (str_is(b.state, "active") || str_is(b.state, "refused"))
        (void)unlink(list_path(l->arena, run->data_dir, run->batch).at);
    return OK;
}

status batch_run(struct ledger *l, const struct batch_run *run)
{
    struct arena file = arena_make((size_t)LIST_MAX + (1 << 20));
    struct str list;
    status s = file_read(&file, list_path(l->arena, run->data_dir, run->batch).at, LIST_MAX, &list);

    if (s == OK)
        s = run_with(l, run, list);
    arena_free(&file);
    return s;
}

/* -- timed ------------------------------------------------------------------------------------------------------------------------------ */

/* Bounded, so that its lease is short: after a kill another process goes on within seconds, and other work comes between. */
enum { RUN_MS = 5000 };

static status drive_state(struct ledger *l, const struct app *app, const char *state, i64 now)
{
    i64 until = clock_mono_ms() + RUN_MS;
    struct bank_batches_rows rows;

    TRY(sql_bank_batches_in(l, (struct sql_bank_batches_in){ .state = str_c(state) }, &rows));
    for (size_t i = 0; i < rows.n; i++) {
        if (rows.at[i].altered || batch_run(l, &(struct batch_run){ .data_dir = app->data_dir, .batch = rows.at[i].id, .now = now, .until = until }) == OK)
            continue;
        log_error("bank", "a list cannot be gone through: %s", fail_message());     /* and the others go on */
        act_abort(l);
    }
    return OK;
}

static status drop_old(struct ledger *l, const struct app *app, i64 now)
{
    struct bank_batches_rows rows;

    TRY(sql_bank_batches_in(l, (struct sql_bank_batches_in){ .state = STR("checked") }, &rows));
    for (size_t i = 0; i < rows.n; i++)
        if (!rows.at[i].altered && now - rows.at[i].set_at > CHECKED_KEPT_MS)
            TRY(batch_decide(l, app->data_dir, &(struct batch_act){ rows.at[i].id, rows.at[i].set_by, BATCH_DROP, now }));
    return OK;
}

status banks_import(struct ledger *l, const struct app *app, i64 now)
{
    TRY(drive_state(l, app, "importing", now));
    TRY(drive_state(l, app, "approving", now));
    TRY(drive_state(l, app, "refusing", now));
    return drop_old(l, app, now);
}
