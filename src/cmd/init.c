/* lachan init: keys, database, and the one-time links of the first administrator and the first coordinator. */
#include "cmd.h"

#include "people.sql.h"
#include "tables.sql.h"

#include <stdio.h>

enum { LINK_MINUTES = 15 };

static const struct option options[] = {
    OPTION_DATA, OPTION_DB, OPTION_KEY, OPTION_JSON,
    { "organisation", "NAME", "name of the first organisation" }, OPTION_HELP, OPTION_END,
};

struct first_person { const char *role, *login, *name; struct str token; };

static status add_person(struct instance *in, struct id org, struct first_person *p, i64 now)
{
    struct id user;

    TRY(people_add_user(&in->ledger, (struct user_new){ org, str_c(p->login), str_c(p->name) }, now, &user));
    TRY(people_add_role(&in->ledger, user, str_c(p->role), now));
    return people_invite(&in->ledger, user, now + LINK_MINUTES * (i64)MINUTE_MS, &p->token);
}

static status add_first(struct instance *in, const char *name, struct first_person *people, size_t n)
{
    i64 now = clock_now_ms();
    struct id org;

    TRY(act_begin(&in->ledger, (struct act_info){ .act = "instance.first-people", .now = now }));
    TRY(people_add_organisation(&in->ledger, (struct organisation_new){ STR("first"), str_c(name), STR("ministry") }, now, &org));
    for (size_t i = 0; i < n; i++)
        TRY(add_person(in, org, &people[i], now));
    return act_commit(&in->ledger);
}

static void print_links(const struct first_person *people, size_t n, bool json)
{
    for (size_t i = 0; i < n; i++) {
        if (json)
            printf("{\"role\":\"%s\",\"user\":\"%s\",\"path\":\"/welcome/%.*s\"}\n", people[i].role, people[i].login,
                   (int)people[i].token.n, people[i].token.at);
        else
            printf("%-14s %-14s /welcome/%.*s\n", people[i].role, people[i].login, (int)people[i].token.n,
                   people[i].token.at);
    }
    if (!json)
        fprintf(stderr, "Each link works once, within %d minutes: start \"lachan serve\" and open it there.\n", LINK_MINUTES);
}

static int make_links(struct verb *v, struct instance *in)
{
    struct first_person people[] = {
        { .role = "system_admin", .login = "quan-tri", .name = "Quản trị hệ thống" },
        { .role = "org_admin", .login = "to-chuc", .name = "Quản trị tổ chức" },
        { .role = "coordinator", .login = "dieu-phoi", .name = "Điều phối viên" },
    };
    struct organisations_row org;
    status s = sql_organisation_of_code(&in->ledger, (struct sql_organisation_of_code){ .code = STR("first") }, &org);

    if (s == OK) {
        fprintf(stderr, "%s is an instance already: its people exist. \"lachan user invite\" makes a new link.\n", v->dir);
        return EXIT_FINE;
    }
    if (s != NOT_FOUND ||
        add_first(in, config_get(&v->config, "organisation", "Tổ chức đầu tiên"), people, COUNT_OF(people)) != OK)
        return verb_failed(v, "the first people cannot be made");
    print_links(people, COUNT_OF(people), config_set(&v->config, "json"));
    return EXIT_FINE;
}

int cmd_init(int argc, char **argv)
{
    struct verb v = { .name = "init", .usage = "--data DIR [--db URL] [--key-file FILE]", .options = options };
    struct instance in;
    bool fresh;
    int code;

    if (!verb_begin(&v, argc, argv, &code))
        return code;
    if (instance_create(&v, &fresh) != OK)
        return verb_failed(&v, "the instance cannot be made");
    if (instance_open(&v, &in) != OK)
        return verb_failed(&v, "the instance cannot be opened");
    code = make_links(&v, &in);
    instance_close(&in);
    return code;
}
