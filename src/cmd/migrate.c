/* lachan migrate: brings the schema up to this program. `serve` does the same at start. */
#include "cmd.h"

#include <stdio.h>
#include <unistd.h>

static const struct option options[] = { OPTION_DATA, OPTION_DB, OPTION_HELP, OPTION_END };

/* Opening would make an empty database in any folder, and the next "serve" would find an instance without a key. */
static status database_there(struct verb *v)
{
    const char *path = arena_f(&v->arena, "%s/lachan.db", v->dir).at;

    if (config_get(&v->config, "db", NULL) != NULL || access(path, F_OK) == 0)
        return OK;
    return fail(NOT_FOUND, "%s: %m; \"lachan init --data %s\" makes a new instance there, where that is meant", path, v->dir);
}

int cmd_migrate(int argc, char **argv)
{
    struct verb v = { .name = "migrate", .usage = "--data DIR [--db URL]", .options = options };
    struct db *db;
    int code;

    if (!verb_begin(&v, argc, argv, &code))
        return code;
    if (database_there(&v) != OK)
        return verb_failed(&v, "no database is here");
    if (app_open_db(v.dir, config_get(&v.config, "db", NULL), &db) != OK)
        return verb_failed(&v, "the database cannot be opened");
    if (app_migrate(db) != OK)
        code = verb_failed(&v, "the schema cannot be brought up");
    else
        puts("the schema is up to date");
    db_close(db);
    return code;
}
