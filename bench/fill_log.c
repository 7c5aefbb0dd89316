/* Fills the log of an instance with made-up entries, as acts write them, for the pages that list it:
   bench/fill_log --data DIR COUNT. Entries alone, without rows; by the demo's people, over two years. */
#include "../src/cmd/cmd.h"
#include "../src/ledger/entry.h"

#include "ledger.sql.h"
#include "people.sql.h"

#include <stdio.h>

enum { ENTRIES_A_COMMIT = 5000, OBJECTS = 10000 };

static const struct option options[] = { OPTION_DATA, OPTION_DB, OPTION_KEY, OPTION_HELP, OPTION_END };

static struct opt_id some(struct id id)
{
    return (struct opt_id){ !id_is_zero(id), id };
}

/* The n-th of made-up reports: always the same id. */
static struct id object_of(i64 n)
{
    struct id id = { { 0xbe, [6] = 0x40, [8] = 0x80, [14] = (uint8_t)(n >> 8), [15] = (uint8_t)n } };

    return id;
}

static status add_entry(struct ledger *l, const struct entry *e)
{
    struct out o = { .max = ENTRY_MAX };
    struct entry_mac mac;
    status s;

    entry_write_head(&o, e);
    mac = entry_mac(house_now(l->house), out_done(&o));
    s = sql_log_add(l->db, (struct sql_log_add){
        .id = e->id, .object = e->object, .entry = out_done(&o), .mac = str_of(mac.b, sizeof mac.b), .at = e->time,
        .actor = some(e->actor), .unit = some(e->unit), .act = e->act });
    out_free(&o);
    TRY(s);
    return sql_log_add_orgs(l->db, (struct sql_log_add_orgs){
        .log = e->id, .at = e->time, .actor = e->actor, .unit = e->unit, .object = e->object });
}

/* Most acts are reads; one in a thousand is a refusal. */
static struct str act_of(i64 n)
{
    static const char *const acts[] = { "report.read", "report.read", "report.read", "report.reply", "report.note", "report.claim",
                                        "person.sign-in" };

    return n % 1000 == 7 ? STR("refused") : str_c(acts[n % 7]);
}

static status add_some(struct instance *in, const struct users_rows *users, i64 first, i64 count, i64 all)
{
    i64 now = clock_now_ms(), step = 700 * DAY_MS / all;

    TRY(tx_begin(in->conn));
    for (i64 n = first; n < first + count; n++) {
        i64 time = now - (all - n) * step - DAY_MS;

        TRY(add_entry(&in->ledger, &(struct entry){
            .id = id_timed(time), .time = time, .actor = users->at[(size_t)n % users->n].id, .object = object_of(n % OBJECTS),
            .act = act_of(n) }));
    }
    return tx_commit(in->conn);
}

static status fill(struct instance *in, i64 count)
{
    struct arena kept = arena_make(1 << 20);
    struct users_rows users;

    conn_use(in->conn, &kept);
    TRY(sql_users_all(&in->ledger, &users));
    conn_use(in->conn, &in->arena);
    for (i64 done = 0; done < count; done += ENTRIES_A_COMMIT) {
        TRY(add_some(in, &users, done, count - done < ENTRIES_A_COMMIT ? count - done : ENTRIES_A_COMMIT, count));
        instance_step(in);
    }
    arena_free(&kept);
    return log_number(&in->ledger, clock_now_ms());
}

int main(int argc, char **argv)
{
    struct verb v = { .name = "fill_log", .usage = "COUNT --data DIR", .options = options };
    struct instance in;
    char text[ID_TEXT + 1];
    i64 count;
    int code;

    if (!verb_begin(&v, argc, argv, &code))
        return code;
    if (v.config.n_args != 1 || !str_i64(str_c(v.config.args[0]), &count) || count < 1)
        return EXIT_USAGE;
    if (instance_open(&v, &in) != OK)
        return verb_failed(&v, "the instance cannot be opened");
    if (fill(&in, count) != OK)
        code = verb_failed(&v, "not filled");
    id_text(object_of(1), text);
    printf("%s\n", text);
    instance_close(&in);
    return code;
}
