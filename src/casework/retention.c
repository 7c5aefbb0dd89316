/* How long closed cases are kept: the terms as data, the rules, and the job that gives them out. */
#include "retention.h"

#include "../base/content.h"
#include "../base/log.h"
#include "upload.h"

#include <stdio.h>

#define FILE_NAME "content/process/retention.txt"

enum { NIGHT_HOUR = 3 };

/* -- the file --------------------------------------------------------------------------------------------------------------------- */

static struct keeping keeping;
static struct arena kept_texts;

static bool yes(const struct block *b, const char *key)
{
    return str_is(block_get(b, key), "yes");
}

static status read_class(const struct block *b, struct keeping *k)
{
    struct keep_class *class = &k->classes[k->n_classes];

    if (k->n_classes == KEEP_CLASSES)
        return fail(INVALID, FILE_NAME " line %d: at most %d classes", b->line, KEEP_CLASSES);
    *class = (struct keep_class){ block_get(b, "code"), block_get(b, "name"), block_get(b, "name_en"), block_get(b, "source"), 0,
                                  str_is(block_get(b, "usual"), "case"), str_is(block_get(b, "usual"), "report"),
                                  str_is(block_get(b, "certainty"), "read") };
    if (class->code.n == 0 || class->name.n == 0)
        return fail(INVALID, FILE_NAME " line %d: a class needs code and name", b->line);
    if (!str_i64(block_get(b, "years"), &class->years) || class->years < 1 || class->years > 100)
        return fail(INVALID, FILE_NAME " line %d: years is a number from 1 to 100", b->line);
    k->n_classes++;
    return OK;
}

static status read_word(const struct block *b, struct keep_word *list, size_t *n)
{
    if (*n == KEEP_WORDS)
        return fail(INVALID, FILE_NAME " line %d: at most %d of [%.*s]", b->line, KEEP_WORDS, (int)b->kind.n, b->kind.at);
    list[*n] = (struct keep_word){ block_get(b, "code"), block_get(b, "name"), block_get(b, "name_en"), yes(b, "early") };
    if (list[*n].code.n == 0 || list[*n].name.n == 0)
        return fail(INVALID, FILE_NAME " line %d: a reason needs code and name", b->line);
    ++*n;
    return OK;
}

static status read_block(const struct block *b, struct keeping *k)
{
    if (str_is(b->kind, "class"))
        return read_class(b, k);
    if (str_is(b->kind, "why"))
        return read_word(b, k->whys, &k->n_whys);
    if (str_is(b->kind, "hold"))
        return read_word(b, k->holds, &k->n_holds);
    return fail(INVALID, FILE_NAME " line %d: [class], [why] or [hold] expected", b->line);
}

static status check(const struct keeping *k)
{
    size_t cases = 0, reports = 0;

    for (size_t i = 0; i < k->n_classes; i++) {
        cases += k->classes[i].usual_case;
        reports += k->classes[i].usual_report;
        for (size_t j = 0; j < i; j++)
            if (str_eq(k->classes[i].code, k->classes[j].code))
                return fail(INVALID, FILE_NAME ": class %.*s stands twice", (int)k->classes[i].code.n, k->classes[i].code.at);
    }
    if (cases != 1 || reports != 1)
        return fail(INVALID, FILE_NAME ": one class says \"usual: case\", and one \"usual: report\"");
    if (k->n_whys == 0 || k->n_holds == 0)
        return fail(INVALID, FILE_NAME ": at least one [why] and one [hold]");
    return OK;
}

status retention_load(void)
{
    struct arena a = arena_make(256 << 10);
    struct keeping read = { 0 };
    struct blocks blocks;
    struct str text;
    status s = content_read(&a, "process/retention.txt", &text);

    if (s == OK)
        s = blocks_read(&a, FILE_NAME, text, &blocks);
    for (size_t i = 0; s == OK && i < blocks.n; i++)
        s = read_block(&blocks.at[i], &read);
    if (s == OK)
        s = check(&read);
    if (s != OK) {
        arena_free(&a);
        return s;
    }
    if (keeping.n_classes)          /* read a second time */
        arena_free(&kept_texts);
    kept_texts = a;
    keeping = read;
    return OK;
}

const struct keeping *retention_now(void)
{
    return &keeping;
}

const struct keep_class *keep_class(struct str code)
{
    for (size_t i = 0; i < keeping.n_classes; i++)
        if (str_eq(keeping.classes[i].code, code))
            return &keeping.classes[i];
    return NULL;
}

static const struct keep_word *word_of(const struct keep_word *list, size_t n, struct str code)
{
    for (size_t i = 0; i < n; i++)
        if (str_eq(list[i].code, code))
            return &list[i];
    return NULL;
}

const struct keep_word *keep_why(struct str code)
{
    return word_of(keeping.whys, keeping.n_whys, code);
}

const struct keep_word *keep_hold(struct str code)
{
    return word_of(keeping.holds, keeping.n_holds, code);
}

static const struct keep_class *usual(bool has_file)
{
    for (size_t i = 0; i < keeping.n_classes; i++)
        if (has_file ? keeping.classes[i].usual_case : keeping.classes[i].usual_report)
            return &keeping.classes[i];
    return NULL;
}

/* -- rules -------------------------------------------------------------------------------------------------------------------------- */

i64 keep_until(i64 since, i64 years)
{
    struct clock_local day = clock_local(since);
    char text[CLOCK_TEXT];
    i64 until = since;

    if (day.month == 2 && day.day == 29)
        day.day = 28;
    snprintf(text, sizeof text, "%04lld-%02d-%02d", (long long)day.year + years, day.month, day.day);
    return clock_of_iso(str_c(text), &until) ? until : since + years * 366 * DAY_MS;
}

enum keep_block keep_block(const struct keep_facts *f, const struct keep_word *why, i64 now)
{
    if (f->open)
        return KEEP_OPEN;
    if (f->unread)
        return KEEP_UNREAD;
    if (f->held)
        return KEEP_HELD;
    if (f->shared)
        return KEEP_SHARED;
    if (f->merged)
        return KEEP_MERGED;
    if (f->jumped)
        return KEEP_JUMPED;
    return !why->early && f->due > now ? KEEP_NOT_DUE : KEEP_FREE;
}

/* -- the job ------------------------------------------------------------------------------------------------------------------------ */

static status give_term(struct ledger *l, const struct kept_new_row *found, i64 now)
{
    const struct keep_class *class = usual(found->closed.has);
    struct retentions_row row = { .case_id = found->id, .unit = found->unit, .class = class->code, .state = STR("kept"),
                                  .since = found->closed.has ? found->closed.v : found->day };

    row.due = keep_until(row.since, class->years);
    TRY(act_begin(l, (struct act_info){ .act = "retention.begin", .now = now, .object = row.case_id }));
    TRY(row_insert(l, &table_retentions, &row));
    return act_commit(l);
}

static status take_term(struct ledger *l, struct id case_id, i64 now)
{
    struct retentions_row row = { .case_id = case_id };

    TRY(act_begin(l, (struct act_info){ .act = "retention.end", .now = now, .object = case_id }));
    TRY(row_get(l, &table_retentions, &row));
    TRY(row_delete(l, &table_retentions, &row));
    return act_commit(l);
}

/* One that fails is looked at again the next time; the others go on. */
static status terms(struct ledger *l, i64 now)
{
    struct kept_new_rows new;
    struct kept_again_rows again;

    TRY(sql_kept_new(l->db, &new));
    for (size_t i = 0; i < new.n; i++)
        if (give_term(l, &new.at[i], now) != OK)
            act_abort(l);
    TRY(sql_kept_again(l->db, &again));
    for (size_t i = 0; i < again.n; i++)
        if (take_term(l, again.at[i].case_id, now) != OK)
            act_abort(l);
    return OK;
}

/* -- what erased cases leave on the disk ---------------------------------------------------------------------------------------------- */

/* What was erased is forgotten by the database first: a crash between the two does it again. That writes the database anew, so once
   for a file: one that cannot be taken from the disk is tried each minute. */
static status end_files(struct ledger *l, const char *data_dir, i64 now)
{
    struct files_to_end_all_rows rows;
    size_t ended = 0;

    TRY(sql_files_to_end_all(l->db, &rows));
    if (rows.n && !rows.at[0].forgotten)        /* those come first */
        TRY(db_forget(l->db, false));
    for (size_t i = 0; i < rows.n; i++)
        if (upload_remove(l->arena, data_dir, rows.at[i].id, now)) {
            TRY(sql_file_ended(l->db, (struct sql_file_ended){ .id = rows.at[i].id }));
            ended++;
        } else if (!rows.at[i].forgotten) {
            TRY(sql_file_stuck(l->db, (struct sql_file_stuck){ .id = rows.at[i].id }));
        }
    if (ended < rows.n)
        log_error("retention", "files=%zu of erased cases cannot be taken from the disk: tried again", rows.n - ended);
    return OK;
}

/* A large database is written anew at night, when something was erased since the night before. */
status retention_night(struct ledger *l, const struct app *app, i64 now)
{
    struct erased_since_row since;

    (void)app;
    if (clock_local(now).hour != NIGHT_HOUR)
        return OK;
    TRY(sql_erased_since(l->db, (struct sql_erased_since){ .at = now - DAY_MS - HOUR_MS }, &since));
    return since.n ? db_forget(l->db, true) : OK;
}

static status jumped(struct ledger *l, bool *jumped)
{
    struct sweep_last_row last = { 0 };
    status s = sql_sweep_last(l->db, &last);

    *jumped = s == OK && last.held.has;
    return s == NOT_FOUND ? OK : s;
}

status retention_files(struct ledger *l, const struct app *app, i64 now)
{
    return end_files(l, app->data_dir, now);
}

status retention_terms(struct ledger *l, const struct app *app, i64 now)
{
    bool wrong;

    (void)app;
    TRY(jumped(l, &wrong));
    return wrong ? OK : terms(l, now);      /* a wrong year would give wrong terms */
}
