/* banks --data DIR COUNT: a bank of made-up hashes on its whole way: checked, taken in, approved, built, asked. One line of figures for each
   step: "import ROWS MS", "approve ...", "build ...", "ask QUERIES MS". The list itself goes to DIR/bench.list, for peers. */
#include "../src/cmd/cmd.h"
#include "../src/matches/bank_batches.h"
#include "../src/matches/bank_maps.h"

#include <stdio.h>

enum { ASKED = 2000 };

static const struct option options[] = { OPTION_DATA, OPTION_DB, OPTION_KEY, OPTION_HELP, OPTION_END };

static uint64_t next(uint64_t *x)
{
    *x ^= *x >> 12, *x ^= *x << 25, *x ^= *x >> 27;
    return *x * 0x2545f4914f6cdd1du;
}

static void bits_of(i64 n, uint64_t bits[4])
{
    uint64_t x = 0x9e3779b97f4a7c15u * (uint64_t)(n + 1);

    for (int i = 0; i < 4; i++)
        bits[i] = next(&x);
}

static void write_list(struct out *o, i64 count)
{
    for (i64 i = 0; i < count; i++) {
        uint64_t bits[4];

        bits_of(i, bits);
        out_c(o, "pdq ");
        out_hex(o, bits, sizeof bits);
        out_char(o, '\n');
    }
}

static void took(const char *what, i64 n, i64 began)
{
    printf("%s %lld %lld\n", what, (long long)n, (long long)(clock_mono_ms() - began));
    fflush(stdout);
}

static status open_bank(struct instance *in, struct id *id)
{
    struct bank_new b = { .code = STR("bench"), .name = STR("bench"), .source = STR("bench"), .class = STR("abuse"), .basis = STR("bench"),
                          .radius = RADIUS_USUAL, .now = clock_now_ms() };

    TRY(act_begin(&in->ledger, (struct act_info){ .act = "bench.bank", .now = b.now }));
    TRY(banks_open(&in->ledger, &b, id));
    return act_commit(&in->ledger);
}

static status bring(struct verb *v, struct instance *in, struct id bank, i64 count, struct id *batch)
{
    struct out text = { .max = (size_t)1 << 31 }, kept = { .max = (size_t)1 << 31 };
    struct file_check check = { .list = &kept };
    i64 began;
    status s;

    write_list(&text, count);
    TRY(file_replace(arena_f(&v->arena, "%s/bench.list", v->dir).at, out_done(&text)));
    began = clock_mono_ms();
    bank_file_check(&in->arena, out_done(&text), &check);
    took("check", check.records, began);
    s = batch_make(&in->ledger, v->dir, &(struct batch_new){ .bank = bank, .name = STR("bench"), .list = out_done(&kept), .check = &check,
                                                             .take = true, .now = clock_now_ms() }, batch);
    out_free(&text);
    out_free(&kept);
    instance_step(in);
    return s;
}

static status run(struct verb *v, struct instance *in, struct id batch, const char *what, i64 count)
{
    i64 began = clock_mono_ms();

    TRY(batch_run(&in->ledger, &(struct batch_run){ .data_dir = v->dir, .batch = batch, .now = clock_now_ms() }));
    took(what, count, began);
    instance_step(in);
    return OK;
}

/* Each query is a hash of the bank with 20 bits turned. */
static status ask(struct instance *in, i64 count)
{
    struct ctx c;
    struct bank_hits hits;
    i64 began = 0, found = 0;

    for (i64 i = -1; i < ASKED; i++) {
        uint64_t bits[4];
        struct query_pdq one = { .bits = (const uint8_t *)bits, .family = FAMILY_FULL, .quality = 90 };

        if (i == 0)
            began = clock_mono_ms();        /* behind the first one, which opens the file */
        instance_ctx(in, &c, clock_now_ms());
        bits_of((i + 1) * 7919 % count, bits);
        bits[0] ^= 0xfffff;
        TRY(banks_find(&c, &(struct bank_query){ .pdq = &one, .n_pdq = 1 }, &hits));
        found += i >= 0 && hits.live > 0;
        instance_step(in);
    }
    took("ask", ASKED, began);
    return found == ASKED ? OK : fail(BROKEN, "%lld of %d hashes were found", (long long)found, ASKED);
}

static status all(struct verb *v, struct instance *in, i64 count)
{
    struct id bank, batch;
    i64 began;

    TRY(open_bank(in, &bank));
    TRY(bring(v, in, bank, count, &batch));
    TRY(run(v, in, batch, "import", count));
    TRY(batch_decide(&in->ledger, v->dir, &(struct batch_act){ batch, { { 1 } }, BATCH_APPROVE, clock_now_ms() }));
    TRY(run(v, in, batch, "approve", count));
    began = clock_mono_ms();
    TRY(banks_build(&in->ledger, &in->app, clock_now_ms()));
    took("build", count, began);
    instance_step(in);
    return ask(in, count);
}

int main(int argc, char **argv)
{
    struct verb v = { .name = "banks", .usage = "COUNT --data DIR", .options = options };
    struct instance in;
    i64 count;
    int code;

    if (!verb_begin(&v, argc, argv, &code))
        return code;
    if (v.config.n_args != 1 || !str_i64(str_c(v.config.args[0]), &count) || count < 1)
        return EXIT_USAGE;
    if (instance_open(&v, &in) != OK)
        return verb_failed(&v, "the instance cannot be opened");
    if (app_load_content() != OK || all(&v, &in, count) != OK)
        code = verb_failed(&v, "not measured");
    instance_close(&in);
    return code;
}
