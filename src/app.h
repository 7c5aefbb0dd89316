/* The one visible list of modules: their routes, statements and timed work. */
#pragma once

#include "people/people.h"

/* What `serve`, `request` and the tests hand to the engine; db and house are the caller's. */
struct app_settings {
    const char *data_dir;
    struct str child_title;     /* neutral title of child pages: the operator's choice */
    const char *exit_url, *duty_hours, *head_file, *public_url, *smtp_url, *smtp_from, *fetch_helper;
    bool demo, secure, webhook_private;
    i64 reserve;                /* bytes of the disk kept for words; 0: none */
};
void app_make(struct app *app, const struct app_settings *settings, struct db *db, const struct house *house);

/* Statements of all modules, ended by NULL: for db_register and for tests that prepare each one. */
extern const struct stmt *const *const app_statements[];

/* Brings the schema up to this program. CONFLICT: the database is newer. */
status app_migrate(struct db *db);
/* CONFLICT: the schema is newer, or older and that is not meant. A program that does not know all of it must not write. */
status app_check_schema(struct db *db, bool older);
int app_schema(void);       /* number of the last migration that this program knows */

/* All that the house's key is used for (ledger/turn.h). */
struct key_plan;
extern const struct key_plan app_keys;

/* Content that is read once: places, weak passwords. */
status app_load_content(void);

/* Opens the database and registers all statements. */
status app_open_db(const char *data_dir, const char *address, struct db **db);
