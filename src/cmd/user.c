/* lachan user: who has an account; a link for somebody who has not taken it yet, or who lost two of three where no page can help. */
#include "cmd.h"

#include "../people/anew.h"

#include "people.sql.h"

#include <stdio.h>

static const struct option options[] = {
    OPTION_DATA, OPTION_DB, OPTION_KEY,
    { "lost-too", NULL, "whoever could give the link at /admin/people has lost the account as well (the log and every page say what you did)" },
    OPTION_JSON, OPTION_HELP, OPTION_END,
};

/* -- list -------------------------------------------------------------------------------------------------------------------------- */

/* "org_admin coordinator(waits)": roles of today and to come; "waits": for a second person. */
static status roles_text(struct instance *in, struct id user, struct str *text)
{
    struct roles_rows rows;

    *text = STR("");
    TRY(sql_roles_open(&in->ledger, (struct sql_roles_open){ .user = user, .now = clock_now_ms() }, &rows));
    for (size_t i = 0; i < rows.n; i++) {
        const struct roles_row *r = &rows.at[i];
        const char *state = r->altered ? "(altered)" : role_decides(r->role) && !r->confirmed_by.has ? "(waits)" : "";

        *text = arena_f(&in->arena, "%.*s%s%.*s%s", (int)text->n, text->at, i ? " " : "", (int)r->role.n, r->role.at, state);
    }
    return OK;
}

static void print_user(const struct users_row *u, struct str org, struct str roles, bool json)
{
    struct str state = u->altered ? STR("altered") : u->state;
    struct out o = { .max = 8192 };

    if (json) {
        out_c(&o, "{\"user\":");
        out_json(&o, u->login);
        out_c(&o, ",\"name\":");
        out_json(&o, u->name);
        out_c(&o, ",\"state\":");
        out_json(&o, state);
        out_c(&o, ",\"organisation\":");
        out_json(&o, org);
        out_c(&o, ",\"roles\":");
        out_json(&o, roles);
        out_c(&o, "}\n");
    } else {
        out_f(&o, "%-20.*s %-10.*s %-12.*s %.*s  %.*s\n", (int)u->login.n, u->login.at, (int)state.n, state.at, (int)org.n, org.at,
              (int)u->name.n, u->name.at, (int)roles.n, roles.at);
    }
    fwrite(o.at, 1, o.n, stdout);
    out_free(&o);
}

static status list_users(struct verb *v, struct instance *in)
{
    struct users_rows rows;

    TRY(sql_users_all(&in->ledger, &rows));
    for (size_t i = 0; i < rows.n; i++) {
        struct organisations_row org = { .id = rows.at[i].org };
        struct str roles;
        status s = rows.at[i].altered ? NOT_FOUND : row_get(&in->ledger, &table_organisations, &org);

        if (s == BUSY)
            return s;
        fail_clear();
        TRY(roles_text(in, rows.at[i].id, &roles));
        print_user(&rows.at[i], s == OK ? org.code : STR("?"), roles, config_set(&v->config, "json"));
    }
    return OK;
}

/* -- invite ------------------------------------------------------------------------------------------------------------------------ */

static struct str logins(struct instance *in, const struct users_rows *who)
{
    struct str text = STR("");

    for (size_t i = 0; i < who->n; i++)
        text = arena_f(&in->arena, "%.*s%s%.*s", (int)text.n, text.at, i ? ", " : "", (int)who->at[i].login.n, who->at[i].login.at);
    return text;
}

/* Why not, and what helps. */
static status refused(struct instance *in, const char *login, const struct console_link *w)
{
    struct str who = logins(in, &w->who);
    int n = (int)who.n;

    if (w->bar == CONSOLE_HELPED)
        return fail(DENIED, "%s is helped without you: %.*s can begin the account anew at /admin/people (\"Two lost\"). One of three lost: /recovery. "
                            "Have those lost their accounts as well, say --lost-too", login, n, who.at);
    if (w->bar == CONSOLE_SEEN)
        return fail(DENIED, "%.*s worked here within the last day, so the account is not lost: ask there for the link of %s", n, who.at, login);
    if (w->bar == CONSOLE_LATER)
        return fail(DENIED, "the organisation's administrator comes first, and then gives %s the link: %.*s (\"lachan user invite\", or a "
                            "coordinator's confirmation where the role waits: \"lachan user list\")", login, n, who.at);
    return DENIED;
}

static void say_what_was_done(const char *login, const struct console_link *w)
{
    fprintf(stderr, "The link works once, within 72 hours: give it to %s in person, and to nobody else.\n", login);
    if (!w->anew)
        return;
    fprintf(stderr, "What %s had (password, phone, printed code) opens nothing any more. Units are left: a member admits the person again, for "
                    "a unit without members the trustees open it (/admin/keys).\n", login);
    if (w->waits)
        fprintf(stderr, "Roles that decide wait for a coordinator or supervisor of another unit (/admin/confirm).\n");
    if (w->holds)
        fprintf(stderr, "Nobody else in this house could confirm the roles, so they hold without a second person.\n");
    fprintf(stderr, "The log says that you did it, and for a week so does every page of the organisation, of administrators, coordinators, "
                    "supervisors and auditors.\n");
}

static status invite_user(struct verb *v, struct instance *in, const char *login)
{
    struct console_link w = { .lost_too = config_set(&v->config, "lost-too") };
    struct users_row user;
    struct ctx c;
    status s = sql_user_of_login(&in->ledger, (struct sql_user_of_login){ .login = str_c(login) }, &user);

    if (s == NOT_FOUND)
        return fail(NOT_FOUND, "nobody has the login %s", login);
    TRY(s);
    instance_ctx(in, &c, clock_now_ms());
    s = console_invite(&c, &user, &w);
    act_abort(&in->ledger);
    if (s == DENIED)
        return refused(in, login, &w);
    TRY(s);
    printf("/welcome/%.*s\n", (int)w.link.n, w.link.at);
    say_what_was_done(login, &w);
    return OK;
}

int cmd_user(int argc, char **argv)
{
    struct verb v = { .name = "user", .usage = "list | invite LOGIN [--lost-too]  --data DIR", .options = options };
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
    s = c->n_args == 1 ? list_users(&v, &in) : invite_user(&v, &in, c->args[1]);
    if (s != OK)
        code = verb_failed(&v, "not done");
    instance_close(&in);
    return code;
}
