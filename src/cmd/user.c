/* lachan user: who has an account, and a new one-time link for somebody who lost two of three. */
#include "cmd.h"

#include "people.sql.h"

#include <stdio.h>

enum { INVITE_HOURS = 72 };

static const struct option options[] = { OPTION_DATA, OPTION_DB, OPTION_KEY, OPTION_JSON, OPTION_HELP, OPTION_END };

static void print_user(const struct users_row *u, bool json)
{
    struct out o = { .max = 4096 };

    if (json) {
        out_c(&o, "{\"user\":");
        out_json(&o, u->login);
        out_c(&o, ",\"name\":");
        out_json(&o, u->name);
        out_c(&o, ",\"state\":");
        out_json(&o, u->altered ? STR("altered") : u->state);
        out_c(&o, "}\n");
    } else {
        out_f(&o, "%-20.*s %-10.*s %.*s\n", (int)u->login.n, u->login.at, (int)u->state.n, u->state.at, (int)u->name.n, u->name.at);
    }
    fwrite(o.at, 1, o.n, stdout);
    out_free(&o);
}

static status list_users(struct verb *v, struct instance *in)
{
    struct users_rows rows;

    TRY(sql_users_all(&in->ledger, &rows));
    for (size_t i = 0; i < rows.n; i++)
        print_user(&rows.at[i], config_set(&v->config, "json"));
    return OK;
}

static status invite_user(struct instance *in, const char *login)
{
    i64 now = clock_now_ms();
    struct users_row user;
    struct str token;
    status s = sql_user_of_login(&in->ledger, (struct sql_user_of_login){ .login = str_c(login) }, &user);

    if (s == NOT_FOUND)
        return fail(NOT_FOUND, "nobody has the login %s", login);
    TRY(s);
    if (!str_is(user.state, "invited"))
        return fail(CONFLICT, "%s has an account already: password, second factor and printed code open it, two of three", login);
    TRY(act_begin(&in->ledger, (struct act_info){ .act = "person.invite", .now = now, .object = user.id }));
    TRY(people_invite(&in->ledger, user.id, now + INVITE_HOURS * (i64)HOUR_MS, &token));
    TRY(act_commit(&in->ledger));
    printf("/welcome/%.*s\n", (int)token.n, token.at);
    return OK;
}

int cmd_user(int argc, char **argv)
{
    struct verb v = { .name = "user", .usage = "list | invite LOGIN  --data DIR", .options = options };
    struct config *c = &v.config;
    struct instance in;
    int code;
    status s;

    if (!verb_begin(&v, argc, argv, &code))
        return code;
    if (!(c->n_args == 1 && strcmp(c->args[0], "list") == 0) && !(c->n_args == 2 && strcmp(c->args[0], "invite") == 0)) {
        fprintf(stderr, "usage: lachan user %s\n", v.usage);
        return EXIT_USAGE;
    }
    if (instance_open(&v, &in) != OK)
        return verb_failed(&v, "the instance cannot be opened");
    s = c->n_args == 1 ? list_users(&v, &in) : invite_user(&in, c->args[1]);
    if (s != OK)
        code = verb_failed(&v, "not done");
    instance_close(&in);
    return code;
}
