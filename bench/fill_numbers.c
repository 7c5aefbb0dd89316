/* Fills an instance with made-up cases as rows alone, with their clocks and states, over three years, and counts them once:
   bench/fill_numbers --data DIR COUNT. For the dashboard, which reads no word of any. */
#include "../src/cmd/cmd.h"
#include "../test/case_rows.h"

#include "casework.sql.h"
#include "people.sql.h"

#include <stdio.h>

enum { CASES_AN_ACT = 100, YEARS_DAYS = 1000 };

static const struct option options[] = { OPTION_DATA, OPTION_DB, OPTION_KEY, OPTION_HELP, OPTION_END };

static status units_of_login(struct instance *in, struct case_rows *rows)
{
    static const char *const logins[] = { "hanh.mau", "lan.mau" };

    for (size_t i = 0; i < COUNT_OF(logins); i++) {
        struct members_rows members;
        struct users_row user;

        TRY(sql_user_of_login(&in->ledger, (struct sql_user_of_login){ .login = str_c(logins[i]) }, &user));
        TRY(sql_members_of_user(&in->ledger, (struct sql_members_of_user){ .user = user.id, .now = rows->now }, &members));
        if (members.n == 0)
            return fail(NOT_FOUND, "%s is in no unit", logins[i]);
        rows->units[rows->n_units++] = members.at[0].unit;
        rows->worker = (struct opt_id){ true, user.id };
    }
    return OK;
}

/* Prints how long a count takes: all of it, and again with nothing to write. */
static status count(struct instance *in, i64 now)
{
    i64 began = clock_mono_ms(), once;

    TRY(stats_count(&in->ledger, &in->app, now));
    once = clock_mono_ms();
    instance_step(in);
    TRY(stats_count(&in->ledger, &in->app, now));
    printf("%lld %lld\n", (long long)(once - began), (long long)(clock_mono_ms() - once));
    return OK;
}

static status fill(struct instance *in, i64 wanted)
{
    struct case_rows rows = { .now = clock_now_ms(), .days = YEARS_DAYS };

    TRY(units_of_login(in, &rows));
    for (i64 done = 0; done < wanted; done += CASES_AN_ACT) {
        TRY(case_rows_write(&in->ledger, &rows, done, wanted - done < CASES_AN_ACT ? wanted - done : CASES_AN_ACT));
        instance_step(in);
    }
    return count(in, rows.now);
}

int main(int argc, char **argv)
{
    struct verb v = { .name = "fill_numbers", .usage = "COUNT --data DIR", .options = options };
    struct instance in;
    i64 wanted;
    int code;

    if (!verb_begin(&v, argc, argv, &code))
        return code;
    if (v.config.n_args != 1 || !str_i64(str_c(v.config.args[0]), &wanted))
        return EXIT_USAGE;
    if (instance_open(&v, &in) != OK)
        return verb_failed(&v, "the instance cannot be opened");
    if (fill(&in, wanted) != OK)
        code = verb_failed(&v, "not filled");
    instance_close(&in);
    return code;
}
