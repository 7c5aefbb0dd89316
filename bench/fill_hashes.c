/* Fills a bank "bench" that is shared with partners: fill_hashes --data DIR COUNT [FROM], with hashes number FROM and on (0); --withdrawn
   takes them back. Prints a token that may read them and give others. Written through the banks like all others. */
#include "../src/cmd/cmd.h"
#include "../src/matches/exchange.h"
#include "../src/people/tokens.h"

#include "matches.sql.h"
#include "people.sql.h"

#include <stdio.h>

static const struct option options[] = { OPTION_DATA, OPTION_DB, OPTION_KEY, { "withdrawn", NULL, "take these back" },
    { "org", "CODE", "whose program the token is (default: police)" }, { "bank", "CODE", "of which bank (default: bench)" }, OPTION_HELP, OPTION_END };

/* Hash number n, far from all others: 256 bits of a generator that begins with it. */
static struct str hash_no(struct arena *a, uint64_t n)
{
    uint64_t *bits = arena_alloc(a, PDQ_BYTES);

    for (int i = 0; i < 4; i++) {
        uint64_t x = n * 4 + (uint64_t)i + 0x9e3779b97f4a7c15u;

        x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9u;
        x = (x ^ x >> 27) * 0x94d049bb133111ebu;
        bits[i] = x ^ x >> 31;
    }
    return str_of(bits, PDQ_BYTES);
}

static status begin(struct instance *in)
{
    return act_begin(&in->ledger, (struct act_info){ .act = "bench.fill", .now = clock_now_ms() });
}

static status bank_of_bench(struct instance *in, struct str code, struct id *id)
{
    struct bank_new new = { .code = code, .name = STR("bench"), .source = STR("bench"), .class = STR("abuse"), .basis = STR("bench"),
                            .radius = RADIUS_USUAL, .now = clock_now_ms() };
    struct exchange_shares_row share = { .state = STR("shared"), .proposed_by = id_random(), .proposed_at = new.now,
                                         .confirmed_by = { true, id_random() }, .confirmed_at = { true, new.now } };
    struct bank bank;
    status s = bank_of_code(&in->ledger, new.code, &bank);

    *id = bank.id;
    if (s != NOT_FOUND)
        return s;
    TRY(begin(in));
    TRY(banks_open(&in->ledger, &new, id));
    share.bank = *id;
    TRY(row_insert(&in->ledger, &table_exchange_shares, &share));
    return act_commit(&in->ledger);
}

static status some(struct instance *in, struct id bank, i64 from, i64 n, bool withdrawn)
{
    struct hash_new *all = NEW_N(&in->arena, struct hash_new, n);
    struct banks_added sum;

    for (i64 i = 0; i < n; i++)
        all[i] = (struct hash_new){ .kind = HASH_PDQ, .value = hash_no(&in->arena, (uint64_t)(from + i)), .quality = 90, .source_id = STR(""),
                                    .status = withdrawn ? HASH_WITHDRAWN : HASH_ACTIVE };
    TRY(begin(in));
    TRY(banks_add_many(&in->ledger, bank, all, (size_t)n, clock_now_ms(), &sum));
    return act_commit(&in->ledger);
}

static status token(struct instance *in, const char *code)
{
    struct token_new new = { .scope = STR("hashes.read hashes.write"), .name = STR("bench"), .now = clock_now_ms() };
    struct organisations_row org;
    struct token_made made;

    TRY(sql_organisation_of_code(&in->ledger, (struct sql_organisation_of_code){ .code = str_c(code) }, &org));
    new.org = org.id;
    TRY(begin(in));
    TRY(token_make(&in->ledger, &new, &made));
    TRY(act_commit(&in->ledger));
    printf("%.*s\n", (int)made.text.n, made.text.at);
    return OK;
}

static status fill(struct verb *v, struct instance *in, i64 count, i64 from)
{
    struct id bank;

    TRY(bank_of_bench(in, str_c(config_get(&v->config, "bank", "bench")), &bank));
    for (i64 done = 0; done < count; done += BANK_BATCH) {
        TRY(some(in, bank, from + done, count - done < BANK_BATCH ? count - done : BANK_BATCH, config_set(&v->config, "withdrawn")));
        instance_step(in);
    }
    TRY(token(in, config_get(&v->config, "org", "police")));
    instance_step(in);
    return exchange_publish_all(&in->ledger, clock_now_ms());
}

int main(int argc, char **argv)
{
    struct verb v = { .name = "fill_hashes", .usage = "COUNT [FROM] --data DIR", .options = options };
    struct instance in;
    i64 count, from = 0, began;
    int code;

    if (!verb_begin(&v, argc, argv, &code))
        return code;
    if (v.config.n_args < 1 || v.config.n_args > 2 || !str_i64(str_c(v.config.args[0]), &count) ||
        (v.config.n_args == 2 && !str_i64(str_c(v.config.args[1]), &from)))
        return EXIT_USAGE;
    if (instance_open(&v, &in) != OK)
        return verb_failed(&v, "the instance cannot be opened");
    began = clock_mono_ms();
    if (fill(&v, &in, count, from) != OK)
        code = verb_failed(&v, "not filled");
    fprintf(stderr, "%lld hashes in %lld ms\n", (long long)count, (long long)(clock_mono_ms() - began));
    instance_close(&in);
    return code;
}
