/* Fills an instance with made-up cases of the demo's hotline, each with its keys, its child's name and a task. The counsellor who
   signs in carries the first CASELOAD of them, made-up colleagues as many each: bench/fill_cases --data DIR COUNT. */
#include "../src/casework/casefile.h"
#include "../src/cmd/cmd.h"

#include <stdio.h>

enum { CASELOAD = 300 };

static const struct option options[] = { OPTION_DATA, OPTION_DB, OPTION_KEY, OPTION_HELP, OPTION_END };

static status actor_of_login(struct instance *in, const char *login, struct actor *actor)
{
    struct members_rows members;
    struct users_row user;

    TRY(sql_user_of_login(&in->ledger, (struct sql_user_of_login){ .login = str_c(login) }, &user));
    TRY(sql_members_of_user(&in->ledger, (struct sql_members_of_user){ .user = user.id, .now = clock_now_ms() }, &members));
    if (members.n == 0)
        return fail(NOT_FOUND, "%s is in no unit", login);
    *actor = (struct actor){ .user = user.id, .org = user.org, .n_units = 1 };
    actor->units[0] = members.at[0].unit;
    return OK;
}

static status add_case(struct instance *in, const struct actor *actor, i64 n)
{
    static const char *const harms[] = { "bullying", "threat", "images,threat", "contact", "scam" };
    struct provinces places = network_provinces();
    struct case_new told = { .harm = str_c(harms[n % 5]), .age = STR("12-15"), .danger = STR("unsure"),
                             .province = places.at[(size_t)n % places.n].code, .words = STR("Dữ liệu giả để đo.") };
    struct ctx c;
    struct id id;

    instance_ctx(in, &c, clock_now_ms() - n * MINUTE_MS);
    c.actor = *actor;
    told.name = arena_f(c.arena, "Trẻ Mẫu Số %lld", (long long)n);
    return case_create(&c, &told, &id);
}

/* A person who never signs in, so without keys. */
static status add_colleague(struct instance *in, struct actor *actor, i64 n)
{
    struct users_row row = { .org = actor->org, .name = STR("Đồng nghiệp giả"), .state = STR("active") };

    row.id = id_timed(clock_now_ms());
    row.login = arena_f(&in->arena, "dong-nghiep-%lld.mau", (long long)n);
    TRY(act_begin(&in->ledger, (struct act_info){ .act = "bench.fill", .now = clock_now_ms() }));
    TRY(row_insert(&in->ledger, &table_users, &row));
    TRY(act_commit(&in->ledger));
    actor->user = row.id;
    return OK;
}

static status fill(struct instance *in, i64 count)
{
    struct actor actor;

    TRY(actor_of_login(in, "hanh.mau", &actor));
    for (i64 n = 0; n < count; n++) {
        if (n && n % CASELOAD == 0)
            TRY(add_colleague(in, &actor, n / CASELOAD));
        TRY(add_case(in, &actor, n));
        instance_step(in);
    }
    return OK;
}

int main(int argc, char **argv)
{
    struct verb v = { .name = "fill_cases", .usage = "COUNT --data DIR", .options = options };
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
