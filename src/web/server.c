#include "server.h"

#include "body.h"
#include "framing.h"
#include "listen.h"
#include "metrics.h"
#include "queue.h"
#include "watch.h"

#include "../base/room.h"

#include <microhttpd.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

/* Limits. The connections outnumber what one attacker's machine opens easily; deadlines do the rest
   (watch.h). */
enum {
    MEMORY_PER_CONNECTION = 16 * 1024,
    WORKERS_DEFAULT = 16, WORKERS_MAX = 256,
    HEADER_MS = 10 * SECOND_MS, BODY_MS = 30 * SECOND_MS, ANSWER_MS = 30 * SECOND_MS, BYTES_A_SECOND = 8 * 1024,
    STOP_MS = 10 * SECOND_MS, PIECE_BLOCK = 32 * 1024
};
static const int queue_places[LANES] =
    { [LANE_NONE] = 2048, [LANE_REPORT] = 2048, [LANE_RETURN] = 512, [LANE_STAFF] = 1024,
      [LANE_PARTNER] = 2048 };

struct listener {               /* one address */
    struct server *server;
    struct MHD_Daemon *daemon;
    struct watch *watch;
    struct worker *refuser;     /* for answers that the reading thread gives by itself */
    bool manage;
    char shown[LISTEN_TEXT];
};

struct server {
    struct server_config config;
    struct queue *queue;
    struct listener listeners[2];
    size_t n_listeners;
    pthread_t *threads;
    int n_threads;
    char *cert, *key;
    atomic_int open;            /* requests that have begun and not ended */
};

enum stage { HEADERS_READ, BODY_COMES, WAITING, ANSWERED, SENT };

/* A piece of an answer that comes in several. */
struct piece { char *at; size_t n, sent; bool more, cut; };

struct exchange {               /* one request on one connection */
    struct listener *listener;
    struct MHD_Connection *connection;
    struct watched *watched;
    enum stage stage;
    struct request request;
    struct header headers[FRAMING_HEADERS + 1];     /* one more shows that there are too many */
    enum lane lane;
    struct MHD_Response *answer;
    int code;
    struct piece piece;
    char target[];                                  /* at most FRAMING_TARGET + 1 bytes */
};

/* -- answers -------------------------------------------------------------------------------------------- */

static void piece_set(struct piece *p, const struct response *r)
{
    memory_free(p->at);
    *p = (struct piece){ .at = memory_new(r->body.n), .n = r->body.n, .more = r->more };
    if (r->body.n)
        memcpy(p->at, r->body.at, r->body.n);
}

static void add_headers(struct MHD_Response *m, const struct response *r)
{
    for (size_t i = 0; i < r->n_headers; i++)
        MHD_add_response_header(m, r->headers[i].name.at, r->headers[i].value.at);
    if (r->close)
        MHD_add_response_header(m, MHD_HTTP_HEADER_CONNECTION, "close");
}

/* A copy for the library to send while the worker goes on, unless it lies where it stays. */
static struct MHD_Response *response_copy(const struct response *r)
{
    struct MHD_Response *m;
    char *copy;

    if (r->lasting) {
        m = MHD_create_response_from_buffer(r->body.n, (void *)(uintptr_t)r->body.at, MHD_RESPMEM_PERSISTENT);
    } else {
        copy = memory_new(r->body.n);
        if (r->body.n)
            memcpy(copy, r->body.at, r->body.n);
        m = MHD_create_response_from_buffer_with_free_callback(r->body.n, copy, memory_free);
    }
    add_headers(m, r);
    return m;
}

/* The library asks for more of an answer in pieces. At the end of a piece the connection sleeps and the request goes back to the
   workers; what they find stands in x->piece when it wakes. */
static ssize_t read_pieces(void *cls, uint64_t at, char *to, size_t max)
{
    struct exchange *x = cls;
    struct piece *p = &x->piece;
    size_t n = p->n - p->sent < max ? p->n - p->sent : max;

    (void)at;
    if (n > 0) {
        memcpy(to, p->at + p->sent, n);
        p->sent += n;
        watch_for(x->listener->watch, x->watched, ANSWER_MS);
        return (ssize_t)n;
    }
    if (!p->more)
        return p->cut ? MHD_CONTENT_READER_END_WITH_ERROR : MHD_CONTENT_READER_END_OF_STREAM;
    watch_for(x->listener->watch, x->watched, WATCH_FOREVER);
    MHD_suspend_connection(x->connection);
    if (queue_put(x->listener->server->queue, x->lane, x))
        return 0;
    metrics_count(METRIC_QUEUE_FULL);
    p->more = false;
    p->cut = true;              /* the answer breaks off without its end, which the client sees */
    MHD_resume_connection(x->connection);
    return 0;
}

static struct MHD_Response *response_pieces(struct exchange *x, const struct response *r)
{
    struct MHD_Response *m = MHD_create_response_from_callback(MHD_SIZE_UNKNOWN, PIECE_BLOCK, read_pieces, x, NULL);

    piece_set(&x->piece, r);
    add_headers(m, r);
    return m;
}

static enum MHD_Result send_answer(struct exchange *x)
{
    enum MHD_Result sent;

    x->stage = SENT;
    watch_for(x->listener->watch, x->watched, ANSWER_MS);
    sent = MHD_queue_response(x->connection, (unsigned)x->code, x->answer);
    MHD_destroy_response(x->answer);
    x->answer = NULL;
    return sent;
}

/* The answer that this thread gives by itself. */
static void make_refusal(struct exchange *x, enum problem p)
{
    struct response r = { 0 };

    web_refuse(x->listener->refuser, &x->request, p, &r);
    r.close |= x->stage == HEADERS_READ;        /* a body that nobody read would be taken for the next request */
    x->answer = response_copy(&r);
    x->code = r.code;
    web_release(x->listener->refuser);
}

/* -- a request comes in: the library calls these on its one thread -------------------------------------- */

/* The first call for a request, with its raw target; what it returns comes back as *con_cls. */
static void *on_target(void *cls, const char *target, struct MHD_Connection *connection)
{
    size_t n = strnlen(target, FRAMING_TARGET + 1);
    struct exchange *x = memory_new(sizeof *x + n);

    x->listener = cls;
    x->listener->server->open++;
    x->connection = connection;
    x->watched = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT)->socket_context;
    memcpy(x->target, target, n);
    x->request = (struct request){ .target = str_of(x->target, n), .headers = x->headers,
                                   .manage = x->listener->manage };
    return x;
}

static enum MHD_Result take_header(void *cls, enum MHD_ValueKind kind, const char *key, size_t key_n, const char *value,
                                   size_t value_n)
{
    struct exchange *x = cls;

    (void)kind;
    if (x->request.n_headers == COUNT_OF(x->headers))
        return MHD_NO;
    x->headers[x->request.n_headers++] = (struct header){ str_of(key, key_n), str_of(value ? value : "", value_n) };
    return MHD_YES;
}

/* A file lies in the spool first and then in its place. */
static bool has_room(const struct app *app, const struct request *r)
{
    i64 said = 0;

    (void)str_i64(header_value(r, "content-length"), &said);
    return room_for_file(app->data_dir, app->reserve, 2 * said);
}

static enum MHD_Result begin(struct exchange *x, const char *method, const char *version)
{
    const struct app *app = x->listener->server->config.app;
    struct intake intake;
    enum problem p;

    x->request.method = framing_method(str_c(method));
    x->request.http_1_0 = strcmp(version, "HTTP/1.0") == 0;
    MHD_get_connection_values_n(x->connection, MHD_HEADER_KIND, take_header, x);
    p = framing_check(&x->request);
    if (p != PROBLEMS) {
        metrics_count(METRIC_REFUSED);
        make_refusal(x, p);
        return send_answer(x);
    }
    intake = web_intake(app, &x->request);
    x->lane = intake.lane;
    x->request.body = body_make(intake.spool ? app->spool_dir : NULL);
    if (intake.spool && app->spool_dir != NULL && !has_room(app, &x->request))
        body_without_room(x->request.body);
    x->stage = BODY_COMES;
    watch_for(x->listener->watch, x->watched, x->listener->server->config.body_ms);
    return MHD_YES;
}

static enum MHD_Result take_part(struct exchange *x, const char *bytes, size_t *n)
{
    body_add(x->request.body, bytes, *n);
    watch_longer(x->listener->watch, x->watched, (i64)*n * SECOND_MS / BYTES_A_SECOND);
    *n = 0;
    return body_came(x->request.body) > FRAMING_READ_MAX ? MHD_NO : MHD_YES;
}

/* The body is here: to the workers. Suspended before it is queued, because a worker may be quicker than
   the next line. */
static enum MHD_Result hand_over(struct exchange *x)
{
    struct server *s = x->listener->server;

    body_end(x->request.body);
    x->stage = WAITING;
    watch_for(x->listener->watch, x->watched, WATCH_FOREVER);
    MHD_suspend_connection(x->connection);
    if (queue_put(s->queue, x->lane, x))
        return MHD_YES;
    metrics_count(METRIC_QUEUE_FULL);
    make_refusal(x, PROBLEM_BUSY);
    x->stage = ANSWERED;
    MHD_resume_connection(x->connection);
    return MHD_YES;
}

static enum MHD_Result on_request(void *cls, struct MHD_Connection *connection, const char *url, const char *method,
                                  const char *version, const char *upload, size_t *upload_n, void **con_cls)
{
    struct exchange *x = *con_cls;

    (void)cls, (void)connection, (void)url;
    switch (x->stage) {
    case HEADERS_READ: return begin(x, method, version);
    case BODY_COMES:   return *upload_n ? take_part(x, upload, upload_n) : hand_over(x);
    case ANSWERED:     return send_answer(x);
    case WAITING:
    case SENT:         break;
    }
    return MHD_YES;
}

static void on_completed(void *cls, struct MHD_Connection *connection, void **con_cls,
                         enum MHD_RequestTerminationCode why)
{
    struct exchange *x = *con_cls;

    (void)cls, (void)connection, (void)why;
    if (x == NULL)
        return;
    x->listener->server->open--;
    if (x->answer != NULL)
        MHD_destroy_response(x->answer);
    watch_for(x->listener->watch, x->watched, x->listener->server->config.header_ms);
    body_free(x->request.body);
    memory_free(x->piece.at);
    memory_free(x);
    *con_cls = NULL;
}

static void on_connection(void *cls, struct MHD_Connection *connection, void **socket_context,
                          enum MHD_ConnectionNotificationCode why)
{
    struct listener *l = cls;

    if (why == MHD_CONNECTION_NOTIFY_STARTED)
        *socket_context = watch_add(
            l->watch, MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD)->connect_fd,
            l->server->config.header_ms);
    else
        watch_remove(l->watch, *socket_context);
}

/* Paths stay as they came: what is decoded twice, or before it is cut into parts, can be read in two ways. */
static size_t keep_escapes(void *cls, struct MHD_Connection *connection, char *text)
{
    (void)cls, (void)connection;
    return strlen(text);
}

/* -- workers -------------------------------------------------------------------------------------------- */

struct work { struct server *server; struct worker *worker; };

/* The first piece, or the whole, becomes the answer; a later one, also a refusal, goes on with it. */
static void keep_answer(struct exchange *x, const struct response *r)
{
    x->request.from = r->next;
    if (x->stage == SENT) {
        piece_set(&x->piece, r);
        return;
    }
    x->answer = r->more ? response_pieces(x, r) : response_copy(r);
    x->code = r->code;
    x->stage = ANSWERED;
}

static void serve(struct worker *w, struct exchange *x)
{
    struct response r = { 0 };

    web_handle(w, &x->request, &r);
    keep_answer(x, &r);
    web_release(w);
    if (!r.more) {
        body_free(x->request.body);
        x->request.body = NULL;
    }
    MHD_resume_connection(x->connection);       /* from here on x is the other thread's */
}

static void *work(void *arg)
{
    struct work *job = arg;
    struct exchange *x = queue_take(job->server->queue);

    while (x != NULL) {
        enum lane lane = x->lane;

        serve(job->worker, x);
        x = queue_next(job->server->queue, lane);
    }
    worker_free(job->worker);
    free(job);
    return NULL;
}

static status start_worker(struct server *s)
{
    struct work *job = memory_new(sizeof *job);

    job->server = s;
    if (worker_make(s->config.app, false, &job->worker) != OK) {
        free(job);
        return BROKEN;
    }
    if (pthread_create(&s->threads[s->n_threads], NULL, work, job) != 0) {
        worker_free(job->worker);
        free(job);
        return fail(BROKEN, "no thread for a worker");
    }
    s->n_threads++;
    return OK;
}

/* -- start and stop ------------------------------------------------------------------------------------- */

static struct MHD_Daemon *start_daemon(struct listener *l, int fd, bool secure)
{
    struct server *s = l->server;
    struct MHD_OptionItem tls[] = {
        { MHD_OPTION_HTTPS_MEM_CERT, 0, s->cert }, { MHD_OPTION_HTTPS_MEM_KEY, 0, s->key },
        { MHD_OPTION_HTTPS_PRIORITIES, 0, (char *)(intptr_t)"NORMAL:-VERS-ALL:+VERS-TLS1.3:+VERS-TLS1.2" },
        { MHD_OPTION_END, 0, NULL } };

    return MHD_start_daemon(
        MHD_USE_EPOLL_INTERNAL_THREAD | MHD_ALLOW_SUSPEND_RESUME | MHD_USE_ITC | (secure ? MHD_USE_TLS : 0u),
        0, NULL, NULL, on_request, l,
        MHD_OPTION_LISTEN_SOCKET, fd,
        MHD_OPTION_CONNECTION_LIMIT, listen_connections(),
        MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)MEMORY_PER_CONNECTION,
        MHD_OPTION_URI_LOG_CALLBACK, on_target, l,
        MHD_OPTION_UNESCAPE_CALLBACK, keep_escapes, NULL,
        MHD_OPTION_NOTIFY_CONNECTION, on_connection, l,
        MHD_OPTION_NOTIFY_COMPLETED, on_completed, l,
        MHD_OPTION_ARRAY, secure ? tls : &tls[COUNT_OF(tls) - 1],
        MHD_OPTION_END);
}

static status start_listener(struct server *s, const char *address, bool manage)
{
    struct listener *l = &s->listeners[s->n_listeners];
    int fd;

    *l = (struct listener){ .server = s, .manage = manage };
    TRY(listen_open(address, &fd, l->shown));
    TRY(worker_make(s->config.app, true, &l->refuser));
    l->watch = watch_start();
    s->n_listeners++;
    l->daemon = start_daemon(l, fd, s->cert != NULL && !manage);
    if (l->daemon == NULL) {
        close(fd);
        return fail(BROKEN, "the HTTP library did not start on %s", address);
    }
    return OK;
}

static void stop_listener(struct listener *l)
{
    if (l->daemon != NULL)
        MHD_stop_daemon(l->daemon);
    watch_stop(l->watch);
    worker_free(l->refuser);
}

static status start_all(struct server *s)
{
    int n = s->config.workers ? s->config.workers : WORKERS_DEFAULT;

    if (n < 1 || n > WORKERS_MAX)
        return fail(INVALID, "workers: 1 to %d", WORKERS_MAX);
    TRY(web_start(s->config.app));
    if (s->config.tls_cert != NULL) {
        TRY(listen_pem(s->config.tls_cert, &s->cert));
        TRY(listen_pem(s->config.tls_key, &s->key));
    }
    s->queue = queue_make(n, s->config.places ? s->config.places : queue_places);
    s->threads = memory_new((size_t)n * sizeof *s->threads);
    for (int i = 0; i < n; i++)
        TRY(start_worker(s));
    TRY(start_listener(s, s->config.address, false));
    return s->config.manage ? start_listener(s, s->config.manage, true) : OK;
}

static void gauges_read(void *from, i64 gauges[GAUGES])
{
    struct server *s = from;
    struct queue_state q = queue_look(s->queue);

    for (size_t i = 0; i < s->n_listeners; i++) {
        i64 shut;

        gauges[GAUGE_CONNECTIONS] += watch_count(s->listeners[i].watch, &shut);
        gauges[GAUGE_SHUT] += shut;
    }
    for (int lane = 0; lane < LANES; lane++) {
        gauges[GAUGE_WAITING + lane] = q.waiting[lane];
        gauges[GAUGE_RUNNING] += q.running[lane];
    }
}

static sigset_t stop_signals(void)
{
    sigset_t set;

    sigemptyset(&set);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGINT);
    return set;
}

status server_start(const struct server_config *config, struct server **server)
{
    struct server *s = memory_new(sizeof *s);
    sigset_t stop = stop_signals();
    status started;

    signal(SIGPIPE, SIG_IGN);
    pthread_sigmask(SIG_BLOCK, &stop, NULL);
    s->config = *config;
    s->config.header_ms = config->header_ms ? config->header_ms : HEADER_MS;
    s->config.body_ms = config->body_ms ? config->body_ms : BODY_MS;
    started = start_all(s);
    if (started != OK) {
        server_stop(s);
        return started;
    }
    metrics_source(gauges_read, s);
    *server = s;
    return OK;
}

const char *server_address(const struct server *s)
{
    return s->listeners[0].shown;
}

const char *server_manage_address(const struct server *s)
{
    return s->n_listeners > 1 ? s->listeners[1].shown : "";
}

void server_wait(struct server *s)
{
    sigset_t stop = stop_signals();
    int which;

    (void)s;
    while (sigwait(&stop, &which) != 0)
        ;
}

/* No new connections; the workers empty the queue, which resumes every suspended connection (the library
   aborts if it is stopped with one); then what was answered gets its time to leave. */
void server_stop(struct server *s)
{
    i64 until = clock_mono_ms() + STOP_MS;

    metrics_source(NULL, NULL);
    for (size_t i = 0; i < s->n_listeners; i++)
        if (s->listeners[i].daemon != NULL)
            close(MHD_quiesce_daemon(s->listeners[i].daemon));
    if (s->queue != NULL)
        queue_close(s->queue);
    for (int i = 0; i < s->n_threads; i++)
        pthread_join(s->threads[i], NULL);
    while (s->open > 0 && clock_mono_ms() < until)
        nanosleep(&(struct timespec){ .tv_nsec = 10 * 1000 * 1000 }, NULL);
    for (size_t i = 0; i < s->n_listeners; i++)
        stop_listener(&s->listeners[i]);
    if (s->queue != NULL)
        queue_free(s->queue);
    free(s->threads);
    memory_free(s->cert);
    memory_free(s->key);
    free(s);
}
