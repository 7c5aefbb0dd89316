/* lachan matcher: takes a platform's events from NATS JetStream and answers each with one verdict. Start as many as there is work for,
   on as many machines as share the database and the banks. */
#include "cmd.h"

#include "../base/log.h"
#include "../matches/matcher.h"

#include <signal.h>
#include <stdio.h>
#include <time.h>

static const struct option options[] = {
    OPTION_DATA, OPTION_DB, OPTION_KEY,
    { "nats", "URL", "nats://HOST:PORT, or tls:// (default: nats://127.0.0.1:4222)" },
    { "nats-creds", "FILE", "credentials for that server" },
    { "nats-ca", "FILE", "certificates that TLS trusts (default: the system's)" },
    { "stream", "NAME", "stream of events" },
    { "subject", "NAME", "only its events of this subject (default: all)" },
    { "verdicts", "NAME", "stream of verdicts, made where it is missing (default: NAME-verdicts)" },
    { "durable", "NAME", "consumer that all matchers of these events share (default: lachan)" },
    { "partner", "ID", "the token whose events these are (\"lachan token list\")" },
    { "ack-seconds", "N", "after how long an event that a matcher did not finish goes to another (default: 30)" },
    { "until-idle", "SECONDS", "end when no event came for so long (default: never)" },
    OPTION_HELP, OPTION_END,
};

static volatile sig_atomic_t stopping;

static void stop(int signal)
{
    (void)signal;
    stopping = 1;
}

static status read_config(struct verb *v, struct matcher_config *config)
{
    i64 ack, idle;

    TRY(config_number(&v->config, "ack-seconds", MATCHER_ACK_SECONDS, 1, 3600, &ack));
    TRY(config_number(&v->config, "until-idle", 0, 0, 86400, &idle));
    *config = (struct matcher_config){
        .url = config_get(&v->config, "nats", "nats://127.0.0.1:4222"), .creds = config_get(&v->config, "nats-creds", NULL),
        .ca = config_get(&v->config, "nats-ca", NULL), .stream = config_get(&v->config, "stream", NULL),
        .subject = config_get(&v->config, "subject", NULL), .verdicts = config_get(&v->config, "verdicts", NULL),
        .durable = config_get(&v->config, "durable", "lachan"), .ack_seconds = ack, .until_idle = idle,
    };
    if (config->stream == NULL)
        return fail(INVALID, "--stream names the stream of events");
    if (!id_of_text(str_c(config_get(&v->config, "partner", "")), &config->partner))
        return fail(INVALID, "--partner is the id of a token: \"lachan token list\" shows it");
    return OK;
}

/* A batch that failed for a while (the server of NATS is away, a disk is full) is tried again; its events are not lost. */
static status run(struct matcher *m, struct instance *in, const struct matcher_config *config)
{
    i64 last = clock_mono_ms();

    while (!stopping) {
        struct ctx c;
        size_t n;
        status s;

        instance_ctx(in, &c, clock_now_ms());
        s = matcher_step(m, &c, &n);
        if (s == DENIED || s == BROKEN)
            return s;
        if (s != OK) {
            log_warn("matcher", "a batch waits: %s", fail_message());
            nanosleep(&(struct timespec){ .tv_sec = 1 }, NULL);
        }
        instance_step(in);
        if (n > 0)
            last = clock_mono_ms();
        else if (config->until_idle > 0 && clock_mono_ms() - last > config->until_idle * SECOND_MS)
            return OK;
    }
    return OK;
}

static int matcher_run(struct verb *v, struct instance *in)
{
    struct matcher_config config;
    struct key_watch *watch = NULL;
    struct matcher *m;
    int code = EXIT_FINE;

    if (read_config(v, &config) != OK) {
        fprintf(stderr, "lachan matcher: %s\n", fail_message());
        return EXIT_USAGE;
    }
    serve_harden();
    signal(SIGTERM, stop);
    signal(SIGINT, stop);
    signal(SIGPIPE, SIG_IGN);
    if (matcher_open(&config, &m) != OK)
        return verb_failed(v, "the matcher cannot start");
    if (key_watch_start(v, in, &watch) != OK) {
        matcher_close(m);
        return verb_failed(v, "the key file cannot be watched");
    }
    printf("ready %s\n", config.stream);
    fflush(stdout);
    if (run(m, in, &config) != OK)
        code = verb_failed(v, "the matcher ends; events that have no verdict yet wait in their stream");
    key_watch_stop(watch);
    matcher_close(m);
    return code;
}

int cmd_matcher(int argc, char **argv)
{
    struct verb v = { .name = "matcher", .usage = "--data DIR --nats URL --stream NAME --partner ID", .options = options };
    struct instance in;
    int code;

    if (!verb_begin(&v, argc, argv, &code))
        return code;
    if (instance_open(&v, &in) != OK)
        return verb_failed(&v, "the instance cannot be opened");
    code = matcher_run(&v, &in);
    instance_close(&in);
    return code;
}
