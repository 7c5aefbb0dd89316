/* lachan migrate: brings the schema up to this program. `serve` does the same at start. */
#include "cmd.h"

#include <stdio.h>

static const struct option options[] = { OPTION_DATA, OPTION_DB, OPTION_HELP, OPTION_END };

int cmd_migrate(int argc, char **argv)
{
    struct verb v = { .name = "migrate", .usage = "--data DIR [--db URL]", .options = options };
    struct db *db;
    int code;

    if (!verb_begin(&v, argc, argv, &code))
        return code;
    if (app_open_db(v.dir, config_get(&v.config, "db", NULL), &db) != OK)
        return verb_failed(&v, "the database cannot be opened");
    if (app_migrate(db) != OK)
        code = verb_failed(&v, "the schema cannot be brought up");
    else
        puts("the schema is up to date");
    db_close(db);
    return code;
}
