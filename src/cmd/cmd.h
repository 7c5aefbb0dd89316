/* Subcommands: one file each, one row each in main.c. */
#pragma once

#include "../app.h"
#include "../base/config.h"
#include "../base/content.h"
#include "../base/thread.h"

enum { EXIT_FINE = 0, EXIT_FAILED = 1, EXIT_USAGE = 2 };

struct command {
    const char *name;
    int (*run)(int argc, char **argv);
    const char *help;
};

/* -- options that several verbs share ---------------------------------------------------------------------------------- */
#define OPTION_DATA     { "data", "DIR", "folder of this instance (default: lachan-data)" }
#define OPTION_DB       { "db", "URL", "postgres://... instead of DIR/lachan.db" }
#define OPTION_KEY      { "key-file", "FILE", "key of the house (default: DIR/keys/inst.key)" }
#define OPTION_S3       { "s3-key", "FILE", "\"ACCESS SECRET [REGION]\" of a store s3:https://HOST/BUCKET/FOLDER" }
#define OPTION_JSON     { "json", NULL, "machine-readable result" }
#define OPTION_HELP     { "help", NULL, "this text" }
#define OPTION_END      { 0 }

/* A thousand reports of the longest that a form takes, and the log of the database beside them (drill D5). */
enum { RESERVE_MB = 256 };

/* A verb that has read its command line. */
struct verb {
    const char *name, *usage;       /* usage: what follows the name, for help; arguments first, where it takes any */
    const struct option *options;
    struct arena arena;
    struct config config;
    const char *dir;
    bool older;                     /* what it opens may have an older schema: it brings it up itself */
};
/* Reads flags and DIR/lachan.conf. False: help was shown or the usage was wrong; *code is then what to exit with. */
bool verb_begin(struct verb *v, int argc, char **argv, int *code);
const char *verb_zone(const struct verb *v);    /* in which times are read and shown */
/* Prints the failure for a person and gives EXIT_FAILED. */
int verb_failed(const struct verb *v, const char *doing);

/* -- an opened instance ------------------------------------------------------------------------------------------------------ */
struct instance {
    struct db *db;
    struct conn *conn;
    struct house *house;
    struct secrets *secrets;
    struct arena arena;             /* of the ledger: reset it between steps */
    struct ledger ledger;
    struct app app;
    int lock_fd;
};
/* Opens what `init` has made. NOT_FOUND says what to do where nothing was made yet, CONFLICT where the schema is not this program's. */
status instance_open(struct verb *v, struct instance *in);
void instance_close(struct instance *in);
const char *instance_key_path(struct verb *v);
/* A thread that takes over what comes into the key file while the process runs, and says in the database which lines it has. */
struct key_watch;
status key_watch_start(struct verb *v, struct instance *in, struct key_watch **watch);
void key_watch_stop(struct key_watch *watch);   /* NULL is fine */
/* Frees what a step used: arena, secrets, failure message. */
void instance_step(struct instance *in);
/* Takes DIR/lock for the life of the process: BUSY where another `serve` runs on the same SQLite file. */
status instance_lock(struct verb *v, struct instance *in);

/* Makes folders, key and database where they are missing, and the first row; *fresh says whether anything was. */
status instance_create(struct verb *v, bool *fresh);

/* A context without a request, for work that pages do: the demo and the tests. */
void instance_ctx(struct instance *in, struct ctx *c, i64 now);

int cmd_init(int argc, char **argv);
int cmd_demo(int argc, char **argv);
int cmd_serve(int argc, char **argv);
int cmd_request(int argc, char **argv);
int cmd_routes(int argc, char **argv);
int cmd_audit(int argc, char **argv);
int cmd_doctor(int argc, char **argv);
int cmd_form(int argc, char **argv);
int cmd_form_render(int argc, char **argv);
int cmd_migrate(int argc, char **argv);
int cmd_process(int argc, char **argv);
int cmd_user(int argc, char **argv);
int cmd_backup(int argc, char **argv);
int cmd_restore(int argc, char **argv);
int cmd_token(int argc, char **argv);
int cmd_partner(int argc, char **argv);
int cmd_witness(int argc, char **argv);     /* "audit witness" */
int cmd_rpz(int argc, char **argv);
int cmd_exchange(int argc, char **argv);
int cmd_banks(int argc, char **argv);
int cmd_key(int argc, char **argv);
int cmd_matcher(int argc, char **argv);

/* Keys pass through the process: nothing may read its memory, and it leaves no core. */
void serve_harden(void);
/* What `demo` does once it has its data; prints "ready http://ADDR:PORT". */
int serve_instance(struct verb *v, struct instance *in);
/* Inside an open demo: a program's token, its line of the file, and the file. */
struct block;
status demo_token(struct instance *in, const struct block *b, struct id org, struct out *tokens);
status demo_tokens_write(struct out *tokens, const char *path);
void demo_tokens_print(const char *path);

/* The made-up organisations, people, services and reports; writes DIR/demo-accounts.json. */
status demo_fill(struct instance *in, const char *dir, const char *base_url);
