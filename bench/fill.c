/* Fills an instance with made-up rows of reports, for the pages that list them: bench/fill DIR COUNT. Rows alone, without
   words or keys, written through the ledger like all others; the reports belong to the demo's hotline. */
#include "../src/cmd/cmd.h"
#include "../src/speakup/rules.h"

#include "people.sql.h"
#include "tables.sql.h"

#include <stdio.h>

enum { ROWS_AN_ACT = 500 };

static const struct option options[] = { OPTION_DATA, OPTION_DB, OPTION_KEY, OPTION_HELP, OPTION_END };

static status unit_of_login(struct instance *in, const char *login, struct id *unit)
{
    struct members_rows members;
    struct users_row user;

    TRY(sql_user_of_login(&in->ledger, (struct sql_user_of_login){ .login = str_c(login) }, &user));
    TRY(sql_members_of_user(&in->ledger, (struct sql_members_of_user){ .user = user.id, .now = clock_now_ms() }, &members));
    if (members.n == 0)
        return fail(NOT_FOUND, "%s is in no unit", login);
    *unit = members.at[0].unit;
    return OK;
}

static status add_row(struct instance *in, struct id unit, i64 n)
{
    static const char *const harms[] = { "bullying", "threat", "images,threat", "contact", "scam" };
    struct provinces places = network_provinces();
    i64 now = clock_now_ms();
    struct cases_row row = {
        .id = id_random(), .salt = STR("0123456789abcdef"), .state = STR("new"), .urgency = n % 5, .risk = STR(""),
        .danger = STR(""), .harm = str_c(harms[n % 5]), .age_band = STR("12-15"), .province = places.at[(size_t)n % places.n].code,
        .day = clock_local_day(now - n % 30 * DAY_MS), .owner_unit = unit, .due = clock_hour_floor(now + n % 72 * HOUR_MS),
        .waiting = 1, .messages = 1,
    };
    char ref[24];

    snprintf(ref, sizeof ref, "PB-%08lld", (long long)n);
    row.ref = str_c(ref);
    return row_insert(&in->ledger, &table_cases, &row);
}

static status add_act(struct instance *in, struct id unit, i64 first, i64 count)
{
    TRY(act_begin(&in->ledger, (struct act_info){ .act = "bench.fill", .now = clock_now_ms() }));
    for (i64 i = 0; i < count; i++)
        TRY(add_row(in, unit, first + i));
    return act_commit(&in->ledger);
}

static status fill(struct instance *in, i64 count)
{
    struct id unit;

    TRY(unit_of_login(in, "hanh.mau", &unit));
    for (i64 done = 0; done < count; done += ROWS_AN_ACT) {
        TRY(add_act(in, unit, done, count - done < ROWS_AN_ACT ? count - done : ROWS_AN_ACT));
        instance_step(in);
    }
    return OK;
}

int main(int argc, char **argv)
{
    struct verb v = { .name = "fill", .usage = "COUNT --data DIR", .options = options };
    struct instance in;
    i64 count;
    int code;

    if (!verb_begin(&v, argc, argv, &code))
        return code;
    if (v.config.n_args != 1 || !str_i64(str_c(v.config.args[0]), &count))
        return EXIT_USAGE;
    if (instance_open(&v, &in) != OK)
        return verb_failed(&v, "the instance cannot be opened");
    if (fill(&in, count) != OK)
        code = verb_failed(&v, "not filled");
    instance_close(&in);
    return code;
}
