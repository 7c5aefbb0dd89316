/* What the fixtures of upgrades are made and read with (README.md):

     upgrade cut N FROM TO      a made-up instance as it stood under schema N: keys, files, log and rows of the tables there were
     upgrade open DIR [URL]     opens every record that the instance's people and one child hold keys for; one line of JSON

   A row that is written anew keeps its sealed columns as they were; its mark and the log are made by the program of today, as the
   program of that day made its own. */
#include "casework/casework.h"
#include "cmd/cmd.h"
#include "people/account.h"

#include "casework.sql.h"
#include "tables.sql.h"

#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { ROWS_OF_ENTRY = 60, CASES = 4096, COMPS = 16384 };

static int stopped(const char *doing)
{
    fprintf(stderr, "upgrade: %s: %s\n", doing, fail_message());
    return EXIT_FAILED;
}

static const struct option options[] = { OPTION_DATA, OPTION_DB, OPTION_KEY, OPTION_HELP, OPTION_END };

static status open_at(struct verb *v, struct instance *in, char *dir, char *address)
{
    char *argv[] = { "upgrade", "--data", dir, address ? "--db" : NULL, address, NULL };
    int code;

    *v = (struct verb){ .name = "upgrade", .usage = "", .options = options, .older = true };
    if (!verb_begin(v, address ? 5 : 3, argv, &code))
        return fail(INVALID, "%s", dir);
    return instance_open(v, in);
}

/* -- cut ---------------------------------------------------------------------------------------------------------------------------- */

struct cutting {
    struct instance from, to;
    const struct table *table;
    size_t rows;                        /* since the last entry */
    i64 now;
};

static bool there_under(const char *table, size_t n)
{
    char words[96];

    snprintf(words, sizeof words, "CREATE TABLE %s (", table);
    for (size_t i = 0; i < n; i++)
        if (strstr(migrations[i].sql, words) != NULL)
            return true;
    return false;
}

static struct act_info next_act(struct cutting *cut)
{
    return (struct act_info){ .act = "fixture.row", .now = ++cut->now };
}

static status copy_row(void *to, const void *row)
{
    struct cutting *cut = to;
    const struct table *t = cut->table;
    void *copy = arena_alloc(&cut->to.arena, t->row_size + 64);

    memcpy(copy, row, t->row_size);
    TRY(row_insert(&cut->to.ledger, t, copy));
    return ++cut->rows % ROWS_OF_ENTRY ? OK : act_next(&cut->to.ledger, next_act(cut));
}

/* One transaction: a row may name one that comes later. */
static status copy_rows(struct cutting *cut, size_t n)
{
    TRY(act_begin(&cut->to.ledger, next_act(cut)));
    TRY(db_script(cut->to.conn, "PRAGMA defer_foreign_keys = ON"));
    for (const struct table *const *t = tables; *t != NULL; t++) {
        cut->table = *t;
        if ((*t)->logged && there_under((*t)->name, n))
            TRY(db_each(cut->from.conn, (*t)->all, NULL, copy_row, cut));
    }
    return act_commit(&cut->to.ledger);
}

/* Some entries have their number, and one of an anonymous act waits for its hour. */
static status make_log(struct cutting *cut)
{
    TRY(log_number(&cut->to.ledger, cut->now));
    return act_note(&cut->to.ledger, (struct act_info){ .act = "fixture.waits", .now = cut->now, .anonymous = true });
}

static status copy_key(const char *from, const char *to)
{
    struct arena a = arena_make(1 << 16);
    struct str text;
    status s;

    if (mkdir(to, 0700) != 0 || mkdir(arena_f(&a, "%s/keys", to).at, 0700) != 0)
        return fail(CONFLICT, "%s: %s", to, strerror(errno));
    s = file_read(&a, arena_f(&a, "%s/keys/inst.key", from).at, 1 << 12, &text);
    if (s == OK)
        s = file_replace(arena_f(&a, "%s/keys/inst.key", to).at, text);
    arena_free(&a);
    return s;
}

static status migrate_to(const char *dir, size_t n)
{
    struct db *db;
    status s;

    TRY(app_open_db(dir, NULL, &db));
    s = db_migrate(db, migrations, n);
    db_close(db);
    return s;
}

static int cut(char **argv)
{
    static struct cutting cut;
    static struct verb from, to;
    size_t n = (size_t)atoi(argv[2]);

    if (n < 5 || n > migrations_n) {
        fprintf(stderr, "upgrade: schemas 5 to %zu have a log as it is today\n", migrations_n);
        return EXIT_USAGE;
    }
    cut.now = clock_now_ms();
    if (copy_key(argv[3], argv[4]) != OK || migrate_to(argv[4], n) != OK || open_at(&from, &cut.from, argv[3], NULL) != OK ||
        open_at(&to, &cut.to, argv[4], NULL) != OK || copy_rows(&cut, n) != OK || make_log(&cut) != OK)
        return stopped(argv[4]);
    instance_close(&cut.from);
    instance_close(&cut.to);
    return EXIT_FINE;
}

/* -- open --------------------------------------------------------------------------------------------------------------------------- */

struct unlocking {
    struct instance in;
    struct id cases[CASES], comps[COMPS];
    size_t n_cases, n_comps, records, shut, people;
};

static status note_case(void *to, const void *row)
{
    struct unlocking *o = to;

    if (o->n_cases == CASES)
        return fail(TOO_LARGE, "more cases than this tool takes");
    o->cases[o->n_cases++] = ((const struct cases_row *)row)->id;
    return OK;
}

static bool is_new(struct unlocking *o, struct id comp)
{
    for (size_t i = 0; i < o->n_comps; i++)
        if (id_eq(o->comps[i], comp))
            return false;
    if (o->n_comps < COMPS)
        o->comps[o->n_comps++] = comp;
    return true;
}

static status open_records(struct unlocking *o, struct ctx *c, const struct comp_open *comp)
{
    struct records_rows rows = { 0 };
    i64 after = 0;

    do {
        TRY(sql_records_of(c->ledger, (struct sql_records_of){ .comp = comp->id, .after = after }, &rows));
        for (size_t i = 0; i < rows.n; i++) {
            struct record r;
            bool opens = !rows.at[i].altered && vault_record_open(c->arena, comp->keys, comp->id, rows.at[i].id, rows.at[i].body, &r) == OK;

            after = rows.at[i].no;
            o->records += opens;
            o->shut += !opens;
        }
    } while (rows.n > 0);
    return OK;
}

static status open_case(struct unlocking *o, struct ctx *c, struct id id)
{
    struct comps comps;
    status s = comps_of_actor(c, id, &comps);

    if (s == NOT_FOUND)
        return OK;
    TRY(s);
    for (size_t i = 0; i < comps.n; i++)
        if (comps.at[i].keys != NULL && is_new(o, comps.at[i].id))
            TRY(open_records(o, c, &comps.at[i]));
    return OK;
}

/* One person with the password alone: the second factor guards the door, not the keys. */
static status open_as(struct unlocking *o, struct str login, struct str password)
{
    struct key secret, *opened;
    struct account account;
    struct ctx c;
    i64 now = clock_now_ms();
    status s;

    TRY(account_of_login(&o->in.ledger, login, &account));
    TRY(account_password(&o->in.ledger, &account, password, &opened));
    secret = *opened;
    o->people++;
    for (size_t i = 0; i < o->n_cases; i++) {
        instance_ctx(&o->in, &c, now);
        s = people_actor(&c, account.user.id, &c.actor);
        c.actor.secret = &secret;
        if (s == OK)
            s = open_case(o, &c, o->cases[i]);
        if (s != OK)
            return s;
        secrets_wipe(o->in.secrets);
    }
    return OK;
}

static status open_all(struct unlocking *o, const char *dir)
{
    char path[4096];
    json_t *all, *one;
    status s = OK;
    size_t i;

    snprintf(path, sizeof path, "%s/demo-accounts.json", dir);
    all = json_load_file(path, 0, NULL);
    if (all == NULL)
        return fail(NOT_FOUND, "%s", path);
    TRY(db_each(o->in.conn, table_cases.all, NULL, note_case, o));
    json_array_foreach(all, i, one)
        if (s == OK)
            s = open_as(o, str_c(json_string_value(json_object_get(one, "user"))), str_c(json_string_value(json_object_get(one, "password"))));
    json_decref(all);
    return s;
}

static int unlock_instance(char **argv)
{
    static struct unlocking o;
    static struct verb v;

    if (open_at(&v, &o.in, argv[2], argv[3]) != OK || open_all(&o, argv[2]) != OK)
        return stopped(argv[2]);
    printf("{\"people\":%zu,\"cases\":%zu,\"compartments\":%zu,\"records\":%zu,\"shut\":%zu}\n", o.people, o.n_cases, o.n_comps, o.records, o.shut);
    instance_close(&o.in);
    return o.shut ? EXIT_FAILED : EXIT_FINE;
}

int main(int argc, char **argv)
{
    if (argc == 5 && strcmp(argv[1], "cut") == 0)
        return cut(argv);
    if (argc >= 3 && strcmp(argv[1], "open") == 0)
        return unlock_instance(argv);
    fprintf(stderr, "usage: upgrade cut N FROM TO | upgrade open DIR [URL]\n");
    return EXIT_USAGE;
}
