/* Fills a bank of an instance with made-up PDQ hashes and builds its file: fill_match --data DIR COUNT. Written through the ledger
   like all others; with --file-only the file alone is made, in less than a minute for ten million, which is enough to be searched. With
   --token it prints a token for the match API, with a quota that bounds nothing, and writes nothing else. */
#include "../src/cmd/cmd.h"
#include "../src/matches/bank_files.h"
#include "../src/partners/quotas.h"
#include "../src/people/tokens.h"

#include "people.sql.h"

#include <stdio.h>
#include <sys/stat.h>

static const struct option options[] = { OPTION_DATA, OPTION_DB, OPTION_KEY, { "token", NULL, "a token instead" },
                                         { "file-only", NULL, "no rows" }, OPTION_HELP, OPTION_END };

static status open_bank(struct instance *in, i64 now, struct id *id)
{
    struct bank_new b = { .code = STR("bench"), .name = STR("bench"), .source = STR("bench"), .class = STR("threat"), .basis = STR("bench"),
                          .radius = RADIUS_USUAL, .flood = 1000000000, .now = now };

    TRY(act_begin(&in->ledger, (struct act_info){ .act = "bench.fill", .now = now }));
    TRY(banks_open(&in->ledger, &b, id));
    return act_commit(&in->ledger);
}

static status write_file(struct instance *in, const char *path, i64 count)
{
    struct detect_builder *builder = NULL;
    struct detect_pdq pdq = { .family = DETECT_FULL };
    enum detect_status s = detect_builder_open(DETECT_FULL, &builder, NULL);

    (void)in;
    for (i64 i = 0; i < count && s == DETECT_OK; i++) {
        random_bytes(pdq.bits, sizeof pdq.bits);
        s = detect_builder_add(builder, &pdq, "0", 1, NULL);
    }
    if (s == DETECT_OK)
        s = detect_builder_write(builder, path, 2, NULL, NULL, NULL);
    detect_builder_close(builder);
    return s == DETECT_OK ? OK : fail(BROKEN, "%s", path);
}

/* One record in the table, so that there is a version; the file says that it holds all. */
static status file_only(struct instance *in, i64 count)
{
    uint8_t bits[PDQ_BYTES], digest[32];
    struct hash_new h = { .kind = HASH_PDQ, .quality = 90, .status = HASH_ACTIVE, .source_id = STR("1") };
    i64 now = clock_now_ms();
    struct bank_versions_row version;
    struct bank_builds_row build;
    struct str path;
    struct bank b;
    struct id id;

    random_bytes(bits, sizeof bits);
    h.value = str_of(bits, sizeof bits);
    TRY(open_bank(in, now, &id));
    TRY(bank_of_code(&in->ledger, STR("bench"), &b));
    TRY(act_begin(&in->ledger, (struct act_info){ .act = "bench.fill", .now = now }));
    TRY(banks_add(&in->ledger, id, &h, now));
    TRY(act_commit(&in->ledger));
    TRY(version_newest(&in->ledger, b.no, &version));
    (void)mkdir(arena_f(&in->arena, "%s/banks", in->app.data_dir).at, 0700);
    path = bank_path(&in->arena, in->app.data_dir, STR("bench"), 1, "bank");
    TRY(write_file(in, path.at, count));
    TRY(file_digest(path.at, digest));
    build = (struct bank_builds_row){ .bank = b.no, .build = 1, .version = version.version, .seq = version.last_seq, .at = now,
                                      .digest_full = str_of(digest, sizeof digest), .n_full = count };
    TRY(act_begin(&in->ledger, (struct act_info){ .act = "bench.fill", .now = now }));
    TRY(row_insert(&in->ledger, &table_bank_builds, &build));
    TRY(banks_turn(&in->ledger, now));
    return act_commit(&in->ledger);
}

static status fill(struct instance *in, i64 count)
{
    struct banks_added sum;
    struct id bank;

    TRY(open_bank(in, clock_now_ms(), &bank));
    for (i64 done = 0; done < count; done += BANK_BATCH) {
        i64 n = count - done < BANK_BATCH ? count - done : BANK_BATCH, now = clock_now_ms();
        struct hash_new *at = NEW_N(&in->arena, struct hash_new, n);
        uint8_t *bits = arena_alloc(&in->arena, (size_t)n * PDQ_BYTES);

        random_bytes(bits, (size_t)n * PDQ_BYTES);
        for (i64 i = 0; i < n; i++)
            at[i] = (struct hash_new){ .kind = HASH_PDQ, .value = str_of(bits + i * PDQ_BYTES, PDQ_BYTES), .quality = 90, .status = HASH_ACTIVE,
                                       .source_id = arena_f(&in->arena, "%lld", (long long)(done + i)) };
        TRY(act_begin(&in->ledger, (struct act_info){ .act = "bench.fill", .now = now }));
        TRY(banks_add_many(&in->ledger, bank, at, (size_t)n, now, &sum));
        TRY(act_commit(&in->ledger));
        instance_step(in);
    }
    return banks_build(&in->ledger, &in->app, clock_now_ms() + DAY_MS);
}

static status give_token(struct instance *in)
{
    struct token_new new = { .scope = STR("match"), .key = STR(""), .name = STR("bench"), .now = clock_now_ms() };
    const struct quota quota = { 1000000, 1000000, 1000000000 };
    struct organisations_row org;
    struct token_made made;

    TRY(sql_organisation_of_code(&in->ledger, (struct sql_organisation_of_code){ .code = STR("platform") }, &org));
    new.org = org.id;
    TRY(act_begin(&in->ledger, (struct act_info){ .act = "bench.fill", .now = new.now }));
    TRY(token_make(&in->ledger, &new, &made));
    TRY(quota_set(&in->ledger, org.id, false, quota_scope_of(STR("match")), &quota, new.now));
    printf("%.*s\n", (int)made.text.n, made.text.at);
    return act_commit(&in->ledger);
}

int main(int argc, char **argv)
{
    struct verb v = { .name = "fill_match", .usage = "COUNT --data DIR | --token", .options = options };
    struct instance in;
    i64 count = 0, began;
    status s;
    int code;

    if (!verb_begin(&v, argc, argv, &code))
        return code;
    if (!config_set(&v.config, "token") && (v.config.n_args != 1 || !str_i64(str_c(v.config.args[0]), &count)))
        return EXIT_USAGE;
    if (instance_open(&v, &in) != OK)
        return verb_failed(&v, "the instance cannot be opened");
    began = clock_mono_ms();
    s = config_set(&v.config, "token") ? give_token(&in) : config_set(&v.config, "file-only") ? file_only(&in, count) : fill(&in, count);
    if (s != OK)
        code = verb_failed(&v, "not filled");
    fprintf(stderr, "%lld hashes in %lld ms\n", (long long)count, (long long)(clock_mono_ms() - began));
    instance_close(&in);
    return code;
}
