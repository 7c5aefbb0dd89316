/* lachan serve: one process in the foreground, and the timed work beside it. */
#include "ship.h"

#include "../base/log.h"
#include "../base/room.h"
#include "../outbox/jobs.h"
#include "../web/server.h"

#include "people.sql.h"
#include "tables.sql.h"

#include <stdio.h>
#include <sys/prctl.h>
#include <sys/resource.h>

static const struct option options[] = {
    OPTION_DATA, { "listen", "ADDR:PORT", "where to answer (default: 127.0.0.1:8080)" }, OPTION_DB, OPTION_KEY,
    { "manage", "ADDR:PORT", "where /metrics answers (default: nowhere)" },
    { "tls-cert", "FILE", "certificate (PEM)" }, { "tls-key", "FILE", "its key (PEM)" },
    { "behind-proxy", NULL, "a proxy in front speaks TLS" }, { "workers", "N", "threads that make pages" },
    { "zone", "NAME", "time zone of the instance (default: Asia/Ho_Chi_Minh)" },
    { "title", "TEXT", "neutral title of the child's pages (default: Ghi chú)" },
    { "exit-url", "URL", "where the quick exit leads" },
    { "smtp-url", "URL", "mail server for notices: smtps://user:password@host (default: no mail)" },
    { "smtp-from", "ADDRESS", "sender of notices" },
    { "public-url", "URL", "address in links that others get: https://HOST (default: as the reader came)" },
    { "fetch-helper", "PROGRAM", "asks whether an address still answers: gets it on stdin (default: nobody asks)" },
    { "webhook-private", NULL, "notices to platforms may go to addresses of private networks" },
    { "reserve", "MB", "room on the disk of DIR that is kept for words, so that reports go on when it is full (default: 256)" },
    { "ship", "REPO", "sends what commits to this folder, or s3:https://HOST/BUCKET/FOLDER, within a second (SQLite)" }, OPTION_S3,
    { "backup-key", "BASE64", "public key that what is sent is sealed to (\"lachan backup key\")" },
    { "duty-hours", "HOURS", "when reports are read: always, or mo-fr 07:30-17:00; sa 08:00-11:30" }, OPTION_HELP, OPTION_END,
};

void serve_harden(void)
{
    struct rlimit none = { 0 };

    prctl(PR_SET_DUMPABLE, 0);
    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);     /* whatever it runs becomes nothing more than it is */
    setrlimit(RLIMIT_CORE, &none);
}

static status server_config(struct verb *v, struct instance *in, struct server_config *config)
{
    i64 workers;

    TRY(config_number(&v->config, "workers", 0, 1, 256, &workers));
    *config = (struct server_config){
        .app = &in->app, .address = config_get(&v->config, "listen", "127.0.0.1:8080"),
        .manage = config_get(&v->config, "manage", NULL), .tls_cert = config_get(&v->config, "tls-cert", NULL),
        .tls_key = config_get(&v->config, "tls-key", NULL), .workers = (int)workers,
    };
    if ((config->tls_cert == NULL) != (config->tls_key == NULL))
        return fail(INVALID, "--tls-cert and --tls-key go together");
    return OK;
}

/* The reserve is taken before the first report, and by `serve` alone: other verbs write little. */
static status keep_room(struct verb *v, struct app *app)
{
    i64 megabytes;

    TRY(config_number(&v->config, "reserve", v->config.options == options ? RESERVE_MB : 0, 0, 1 << 20, &megabytes));
    app->reserve = megabytes << 20;
    room_tend(app->data_dir, app->reserve);
    if (!room_for_file(app->data_dir, app->reserve, 0))
        log_warn("room", "less is free than the reserve of %lld MB needs: files are refused. Make room, or set reserve", (long long)megabytes);
    return OK;
}

static status serve_until_stopped(const struct server_config *config)
{
    struct server *server;
    struct jobs *jobs = NULL, *slow = NULL;

    TRY(server_start(config, &server));
    if (jobs_start(config->app, false, &jobs) != OK || jobs_start(config->app, true, &slow) != OK) {
        if (jobs != NULL)       /* its thread has a connection of what the caller closes now */
            jobs_stop(jobs);
        server_stop(server);
        return BROKEN;
    }
    printf("ready %s://%s\n", config->tls_cert ? "https" : "http", server_address(server));
    fflush(stdout);
    server_wait(server);
    jobs_stop(slow);
    jobs_stop(jobs);
    server_stop(server);
    return OK;
}

/* The log must extend the head that was kept beside the key: else the database is not the one that was there. */
static status check_log(struct instance *in)
{
    TRY(log_check_head(&in->ledger, in->app.head_file));
    instance_step(in);
    return OK;
}

/* The last to stop, so that it sends all that was answered. */
static status serve_shipped(struct verb *v, struct instance *in, const struct server_config *config)
{
    struct ship *ship;
    status s;

    if (config_get(&v->config, "ship", NULL) == NULL)
        return serve_until_stopped(config);
    TRY(ship_start(v, in, &ship));
    instance_step(in);
    s = serve_until_stopped(config);
    ship_stop(ship);
    return s;
}

/* With another key nothing can be read, and what is written is foreign to the right one for ever. */
static status check_key(struct verb *v, struct instance *in)
{
    struct instance_row row;
    status s = sql_the_instance(&in->ledger, &row);

    instance_step(in);
    return s == NOT_FOUND ? OK : s != BROKEN ? s : fail(BROKEN, "%s is not the key of this database, or the row that names the house was altered: \"lachan audit verify\"",
                                  instance_key_path(v));
}

int serve_instance(struct verb *v, struct instance *in)
{
    struct key_watch *watch = NULL;
    struct server_config config;
    int code;

    serve_harden();
    if (server_config(v, in, &config) != OK || keep_room(v, &in->app) != OK)
        return verb_failed(v, "the settings cannot be used") + 1;
    if (check_key(v, in) != OK)
        return verb_failed(v, "the instance cannot be used");
    if (check_log(in) != OK)
        return verb_failed(v, "the log does not extend the head that was kept beside the key");
    if (key_watch_start(v, in, &watch) != OK)
        return verb_failed(v, "the key file cannot be watched");
    code = serve_shipped(v, in, &config) != OK ? verb_failed(v, "the server cannot run") : db_broken(in->db) ? EXIT_FAILED : EXIT_FINE;
    key_watch_stop(watch);
    return code;
}

int cmd_serve(int argc, char **argv)
{
    struct verb v = { .name = "serve", .usage = "--data DIR --listen ADDR:PORT [--db URL] ...", .options = options, .older = true };
    struct instance in;
    int code;

    if (!verb_begin(&v, argc, argv, &code))
        return code;
    if (instance_open(&v, &in) != OK)
        return verb_failed(&v, "the instance cannot be opened");
    if (config_get(&v.config, "ship", NULL) != NULL)
        wal_expect(in.db);
    if (instance_lock(&v, &in) != OK || app_migrate(in.db) != OK)
        code = verb_failed(&v, "the instance cannot be used");
    else
        code = serve_instance(&v, &in);
    instance_close(&in);
    return code;
}
