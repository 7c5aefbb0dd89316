/* lachan partner: how much the programs of an organisation may ask for. */
#include "cmd.h"

#include "../partners/quotas.h"

#include "people.sql.h"

#include <stdio.h>

static const struct option options[] = {
    OPTION_DATA, OPTION_DB, OPTION_KEY,
    { "org", "CODE", "code of the organisation" },
    { "scope", "NAME", "call, report, match, hashes.read, hashes.write or notices" },
    { "sandbox", NULL, "of the sandbox, not of production" },
    { "per-second", "N", "calls that are filled up each second" },
    { "burst", "N", "how many may come at once" },
    { "per-day", "N", "calls of one local day" },
    OPTION_HELP, OPTION_END,
};

enum { MOST = 1000000000 };

static status organisation(struct verb *v, struct instance *in, struct organisations_row *org)
{
    const char *code = config_get(&v->config, "org", "");
    status s = sql_organisation_of_code(&in->ledger, (struct sql_organisation_of_code){ .code = str_c(code) }, org);

    return s == NOT_FOUND ? fail(NOT_FOUND, "no organisation has the code \"%s\": --org CODE", code) : s;
}

static void line(const char *environment, int scope, const struct quota *q)
{
    printf("%-11s %-13s %10lld a second %10lld at once %12lld a day\n", environment, quota_scopes[scope], (long long)q->per_second,
           (long long)q->burst, (long long)q->per_day);
}

static status show(struct verb *v, struct instance *in)
{
    struct organisations_row org;

    TRY(organisation(v, in, &org));
    for (int sandbox = 0; sandbox < 2; sandbox++)
        for (int i = 0; i < QUOTA_SCOPES; i++) {
            struct quota q;

            TRY(quota_of(&in->ledger, org.id, sandbox, i, &q));
            line(sandbox ? "sandbox" : "production", i, &q);
        }
    return OK;
}

/* What is not said stays as it is. */
static status set(struct verb *v, struct instance *in)
{
    int scope = quota_scope_of(str_c(config_get(&v->config, "scope", "")));
    bool sandbox = config_set(&v->config, "sandbox");
    struct organisations_row org;
    i64 now = clock_now_ms();
    struct quota q;

    if (scope < 0)
        return fail(INVALID, "--scope is call, report, match, hashes.read, hashes.write or notices");
    TRY(organisation(v, in, &org));
    TRY(quota_of(&in->ledger, org.id, sandbox, scope, &q));
    TRY(config_number(&v->config, "per-second", q.per_second, 1, MOST, &q.per_second));
    TRY(config_number(&v->config, "burst", q.burst, 1, MOST, &q.burst));
    TRY(config_number(&v->config, "per-day", q.per_day, 1, MOST, &q.per_day));
    TRY(act_begin(&in->ledger, (struct act_info){ .act = "partner.quota", .now = now, .object = org.id }));
    TRY(quota_set(&in->ledger, org.id, sandbox, scope, &q, now));
    TRY(act_commit(&in->ledger));
    line(sandbox ? "sandbox" : "production", scope, &q);
    return OK;
}

int cmd_partner(int argc, char **argv)
{
    struct verb v = { .name = "partner", .usage = "quotas --org CODE | quota --org CODE --scope NAME --per-second N ...  --data DIR",
                      .options = options };
    struct instance in;
    int code;
    status s;

    if (!verb_begin(&v, argc, argv, &code))
        return code;
    if (v.config.n_args != 1 || (strcmp(v.config.args[0], "quotas") != 0 && strcmp(v.config.args[0], "quota") != 0)) {
        fprintf(stderr, "usage: lachan partner %s\n", v.usage);
        return EXIT_USAGE;
    }
    if (instance_open(&v, &in) != OK)
        return verb_failed(&v, "the instance cannot be opened");
    s = strcmp(v.config.args[0], "quotas") == 0 ? show(&v, &in) : set(&v, &in);
    if (s != OK)
        code = verb_failed(&v, "not done");
    instance_close(&in);
    return code;
}
