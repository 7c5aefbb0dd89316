/* Fills an instance with made-up entries of the blocklist that are in force, and publishes them: fill_lists --data DIR COUNT, or
   fill_lists --data DIR --more COUNT for further ones beside them. Written through the ledger like all others. */
#include "../src/cmd/cmd.h"
#include "../src/matches/zone.h"

#include "matches.sql.h"

#include <stdio.h>

enum { ROWS_AN_ACT = 5000 };

static const struct option options[] = { OPTION_DATA, OPTION_DB, OPTION_KEY, { "more", NULL, "names that no earlier run has made" }, OPTION_HELP,
                                         OPTION_END };

static status add_row(struct instance *in, i64 now, bool more, i64 n)
{
    struct id who = id_random();
    struct blocklist_row row = { .id = id_timed(now), .class = STR("scam"), .source = STR("bench"), .basis = STR("bench"), .state = STR("active"),
                                 .set_by = who, .set_at = now, .first_by = { true, id_random() }, .first_at = { true, now },
                                 .expires = { true, now + 90 * DAY_MS } };

    row.key = arena_f(&in->arena, "example.%s-%07lld.", more ? "them" : "ten", (long long)n);
    return row_insert(&in->ledger, &table_blocklist, &row);
}

/* Open to everybody, so that no key has to be made for the benchmark. */
static status open_list(struct instance *in)
{
    struct blocklist_feeds_row feed = { .list = STR("core"), .open = 1, .zone = STR("core.rpz.lachan"), .walled = STR(""), .set_by = id_random(),
                                        .set_at = clock_now_ms() }, there = feed;
    status s = row_get(&in->ledger, &table_blocklist_feeds, &there);

    if (s != NOT_FOUND)
        return s;
    TRY(act_begin(&in->ledger, (struct act_info){ .act = "bench.fill", .now = feed.set_at }));
    TRY(row_insert(&in->ledger, &table_blocklist_feeds, &feed));
    return act_commit(&in->ledger);
}

static status fill(struct instance *in, bool more, i64 count)
{
    TRY(open_list(in));
    for (i64 done = 0; done < count; done += ROWS_AN_ACT) {
        i64 now = clock_now_ms();

        TRY(act_begin(&in->ledger, (struct act_info){ .act = "bench.fill", .now = now }));
        for (i64 i = done; i < count && i < done + ROWS_AN_ACT; i++)
            TRY(add_row(in, now, more, i));
        TRY(act_commit(&in->ledger));
        instance_step(in);
    }
    return zones_publish_all(&in->ledger, clock_now_ms());
}

int main(int argc, char **argv)
{
    struct verb v = { .name = "fill_lists", .usage = "COUNT --data DIR", .options = options };
    struct instance in;
    i64 count, began;
    int code;

    if (!verb_begin(&v, argc, argv, &code))
        return code;
    if (v.config.n_args != 1 || !str_i64(str_c(v.config.args[0]), &count))
        return EXIT_USAGE;
    if (instance_open(&v, &in) != OK)
        return verb_failed(&v, "the instance cannot be opened");
    began = clock_mono_ms();
    if (fill(&in, config_set(&v.config, "more"), count) != OK)
        code = verb_failed(&v, "not filled");
    fprintf(stderr, "%lld entries in %lld ms\n", (long long)count, (long long)(clock_mono_ms() - began));
    instance_close(&in);
    return code;
}
