/* The sweep of clocks over many that run: bench/clocks --data DIR COUNT. Needs some cases (bench/fill_cases). Prints the
   milliseconds of a sweep that finds nothing late, and of one that finds as many as it takes at once. */
#include "../src/casework/clocks.h"
#include "../src/cmd/cmd.h"

#include <stdio.h>

enum { ACT_ROWS = 500, SWEEPS = 21, BATCH = 200 };

static const struct option options[] = { OPTION_DATA, OPTION_DB, OPTION_KEY, OPTION_HELP, OPTION_END };

struct owner { struct id case_id, unit; };

static status owners(struct instance *in, struct arena *a, struct owner **list, size_t *n)
{
    struct units_rows units;

    TRY(sql_units_confirmed(&in->ledger, &units));
    *list = NEW_N(a, struct owner, 51 * units.n + 1);
    for (size_t u = 0; u < units.n; u++) {
        struct casefiles_rows rows;

        TRY(sql_casefiles_of_unit(&in->ledger, (struct sql_casefiles_of_unit){
            .unit = units.at[u].id, .open = 1, .before = INT64_MAX, .level = 5, .state = STR(""), .risk = STR(""), .province = STR("") }, &rows));
        for (size_t i = 0; i < rows.n; i++)
            if (process_of(rows.at[i].process, rows.at[i].version) == process_for_new(clock_now_ms()))
                (*list)[(*n)++] = (struct owner){ rows.at[i].case_id, rows.at[i].unit };
    }
    return *n ? OK : fail(NOT_FOUND, "there is no case");
}

static status add_clock(struct instance *in, const struct owner *o, i64 n, i64 now)
{
    const struct process *p = process_for_new(now);
    const struct process_clock *k = &p->clocks[(size_t)n % p->n_clocks];
    struct clocks_row row = { .id = id_random(), .case_id = o->case_id, .code = k->code, .unit = o->unit, .started = now - HOUR_MS,
                              .state = STR("running"), .due = now + DAY_MS + n * 1000, .soon = now + DAY_MS };

    row.next = clock_next(k, row.due, 0);
    return row_insert(&in->ledger, &table_clocks, &row);
}

static status fill(struct instance *in, const struct owner *list, size_t n, i64 count, i64 now)
{
    for (i64 i = 0; i < count;) {
        TRY(act_begin(&in->ledger, (struct act_info){ .act = "clock.late", .now = now }));
        for (int k = 0; k < ACT_ROWS && i < count; k++, i++)
            TRY(add_clock(in, &list[(size_t)i % n], i, now));
        TRY(act_commit(&in->ledger));
        instance_step(in);
    }
    return OK;
}

static status one_sweep(struct instance *in, i64 now, i64 *us)
{
    i64 began = clock_mono_us();

    TRY(clocks_sweep(&in->ledger, &in->app, now));
    *us = clock_mono_us() - began;
    instance_step(in);
    return OK;
}

static status measure(struct instance *in, i64 now)
{
    i64 best = INT64_MAX, us;

    for (int i = 0; i < SWEEPS; i++) {
        TRY(one_sweep(in, now, &us));
        best = us < best ? us : best;
    }
    printf("%.3f", (double)best / 1000);
    TRY(one_sweep(in, now + DAY_MS + BATCH * SECOND_MS, &us));
    printf(" %.3f\n", (double)us / 1000);
    return OK;
}

int main(int argc, char **argv)
{
    struct verb v = { .name = "clocks", .usage = "COUNT --data DIR", .options = options };
    struct owner *list;
    struct instance in;
    size_t n = 0;
    i64 count, now = clock_now_ms();
    int code;

    if (!verb_begin(&v, argc, argv, &code))
        return code;
    if (v.config.n_args != 1 || !str_i64(str_c(v.config.args[0]), &count))
        return EXIT_USAGE;
    if (instance_open(&v, &in) != OK)
        return verb_failed(&v, "the instance cannot be opened");
    if (owners(&in, &v.arena, &list, &n) != OK || fill(&in, list, n, count, now) != OK || measure(&in, now) != OK)
        code = verb_failed(&v, "not measured");
    instance_close(&in);
    return code;
}
