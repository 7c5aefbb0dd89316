/* Exactly one verdict for each event. An event is acknowledged only after its verdict is stored, so none is lost; its number in the
   stream is the verdict's Nats-Msg-Id, by which the server drops a second one within the window of the verdicts' stream. What comes
   again after more than that window is looked for among the verdicts first. Who took longer over a batch than an event waits for its
   acknowledgement lets it go unpublished: somebody else has it by now. */
#include "matcher.h"

#include "match.h"

#include "../base/log.h"

#include <nats/nats.h>

#include <stdatomic.h>
#include <stdio.h>

enum {
    BATCH = 128, FETCH_MS = 500, PUBLISH_MS = 10 * 1000, NAME_ROOM = 200, ID_MAX = 256, LOOK_MS = 5000,
    PENDING_MAX = 4096
};
#define NS_SECOND ((i64)1000000000)

struct matcher {
    struct matcher_config config;
    char verdicts[NAME_ROOM], subject[NAME_ROOM];
    i64 window_ns;              /* within which the server drops a second verdict of the same id */
    natsOptions *options;
    natsConnection *connection;
    jsCtx *js;
    natsSubscription *events;
    atomic_int failed;          /* publishes of the present batch that were not stored */
};

static status nats_status(natsStatus s, const char *doing)
{
    if (s == NATS_OK)
        return OK;
    return fail(s == NATS_NOT_FOUND ? NOT_FOUND : BUSY, "NATS: %s: %s", doing, natsStatus_GetText(s));
}

#define NATS(call, doing) TRY(nats_status(call, doing))

/* -- opening ---------------------------------------------------------------------------------------------------------------------- */

static void on_ack(jsCtx *js, natsMsg *msg, jsPubAck *ack, jsPubAckErr *error, void *closure)
{
    struct matcher *m = closure;

    (void)js, (void)ack;
    if (error != NULL) {
        m->failed++;
        log_warn("matcher", "a verdict was not stored: %s", error->ErrText ? error->ErrText : natsStatus_GetText(error->Err));
    }
    natsMsg_Destroy(msg);
}

static bool starts(const char *text, const char *start)
{
    return strncmp(text, start, strlen(start)) == 0;
}

static status connect_to(struct matcher *m)
{
    const struct matcher_config *config = &m->config;

    NATS(natsOptions_Create(&m->options), "options");
    NATS(natsOptions_SetURL(m->options, config->url), "the address");
    NATS(natsOptions_SetName(m->options, "lachan matcher"), "name");
    NATS(natsOptions_SetMaxReconnect(m->options, -1), "reconnect");
    if (starts(config->url, "tls://"))
        NATS(natsOptions_SetSecure(m->options, true), "TLS");
    if (config->ca != NULL)
        NATS(natsOptions_LoadCATrustedCertificates(m->options, config->ca), config->ca);
    if (config->creds != NULL)
        NATS(natsOptions_SetUserCredentialsFromFiles(m->options, config->creds, NULL), config->creds);
    return nats_status(natsConnection_Connect(&m->connection, m->options), "connect");
}

static status open_js(struct matcher *m)
{
    jsOptions options;

    NATS(jsOptions_Init(&options), "options");
    options.PublishAsync.AckHandler = on_ack;
    options.PublishAsync.AckHandlerClosure = m;
    options.PublishAsync.StallWait = PUBLISH_MS;
    return nats_status(natsConnection_JetStream(&m->js, m->connection, &options), "JetStream");
}

static status make_verdicts(struct matcher *m)
{
    const char *subjects[] = { m->subject };
    jsStreamConfig stream;
    jsErrCode code = 0;
    natsStatus s;

    NATS(jsStreamConfig_Init(&stream), "options");
    stream.Name = m->verdicts;
    stream.Description = "One verdict for each event";
    stream.Subjects = subjects;
    stream.SubjectsLen = 1;
    stream.Storage = js_FileStorage;
    stream.Duplicates = MATCHER_WINDOW_SECONDS * NS_SECOND;
    s = js_AddStream(NULL, m->js, &stream, NULL, &code);
    m->window_ns = stream.Duplicates;
    return nats_status(s, m->verdicts);
}

/* The server forgets ids after the stream's window: it must be much longer than a batch may take. */
static status check_verdicts(struct matcher *m)
{
    jsStreamInfo *info = NULL;
    natsStatus s = js_GetStreamInfo(&info, m->js, m->verdicts, NULL, NULL);

    if (s == NATS_NOT_FOUND)
        return make_verdicts(m);
    NATS(s, m->verdicts);
    m->window_ns = info->Config->Duplicates;
    jsStreamInfo_Destroy(info);
    if (m->window_ns < 10 * m->config.ack_seconds * NS_SECOND)
        return fail(INVALID, "the stream %s forgets ids after %lld s: its duplicate window must be %lld s or more", m->verdicts,
                    (long long)(m->window_ns / NS_SECOND), (long long)(10 * m->config.ack_seconds));
    return OK;
}

static status check_events(struct matcher *m)
{
    jsStreamInfo *info = NULL;
    natsStatus s = js_GetStreamInfo(&info, m->js, m->config.stream, NULL, NULL);

    if (s == NATS_NOT_FOUND)
        return fail(NOT_FOUND, "no stream is called %s: make it before its events come", m->config.stream);
    jsStreamInfo_Destroy(info);
    return nats_status(s, m->config.stream);
}

static status make_consumer(struct matcher *m)
{
    jsConsumerConfig consumer;
    jsConsumerInfo *info = NULL;
    natsStatus s = js_GetConsumerInfo(&info, m->js, m->config.stream, m->config.durable, NULL, NULL);

    jsConsumerInfo_Destroy(info);
    if (s != NATS_NOT_FOUND)
        return nats_status(s, m->config.durable);
    NATS(jsConsumerConfig_Init(&consumer), "options");
    consumer.Durable = m->config.durable;
    consumer.AckPolicy = js_AckExplicit;
    consumer.AckWait = m->config.ack_seconds * NS_SECOND;
    consumer.MaxDeliver = -1;
    consumer.MaxAckPending = PENDING_MAX;
    consumer.FilterSubject = m->config.subject;
    return nats_status(js_AddConsumer(NULL, m->js, m->config.stream, &consumer, NULL, NULL), m->config.durable);
}

static status subscribe(struct matcher *m)
{
    jsSubOptions options;

    NATS(jsSubOptions_Init(&options), "options");
    options.Stream = m->config.stream;
    options.Consumer = m->config.durable;
    options.ManualAck = true;
    return nats_status(js_PullSubscribe(&m->events, m->js, m->config.subject, m->config.durable, NULL, &options, NULL), "subscribe");
}

static status open_all(struct matcher *m)
{
    TRY(connect_to(m));
    TRY(open_js(m));
    TRY(check_events(m));
    TRY(check_verdicts(m));
    TRY(make_consumer(m));
    return subscribe(m);
}

status matcher_open(const struct matcher_config *config, struct matcher **m)
{
    struct matcher *new = memory_new(sizeof *new);
    int n, k;
    status s;

    new->config = *config;
    new->config.ack_seconds = config->ack_seconds ? config->ack_seconds : MATCHER_ACK_SECONDS;
    n = config->verdicts ? snprintf(new->verdicts, sizeof new->verdicts, "%s", config->verdicts)
                         : snprintf(new->verdicts, sizeof new->verdicts, "%s-verdicts", config->stream);
    k = snprintf(new->subject, sizeof new->subject, "lachan.verdicts.%s", config->stream);
    if (n < 0 || k < 0 || n >= NAME_ROOM || k >= NAME_ROOM)
        s = fail(INVALID, "the name of a stream is too long");
    else
        s = open_all(new);
    if (s != OK)
        matcher_close(new);
    else
        *m = new;
    return s;
}

void matcher_close(struct matcher *m)
{
    natsSubscription_Destroy(m->events);
    jsCtx_Destroy(m->js);
    natsConnection_Destroy(m->connection);
    natsOptions_Destroy(m->options);
    memory_free(m);
}

/* -- one event -------------------------------------------------------------------------------------------------------------------------- */

struct event { natsMsg *msg; uint64_t number; i64 at_ns; uint64_t deliveries; char id[ID_MAX]; };

static status read_event(const struct matcher *m, natsMsg *msg, struct event *e)
{
    jsMsgMetaData *about = NULL;

    NATS(natsMsg_GetMetaData(&about, msg), "event");
    *e = (struct event){ .msg = msg, .number = about->Sequence.Stream, .at_ns = about->Timestamp, .deliveries = about->NumDelivered };
    jsMsgMetaData_Destroy(about);
    snprintf(e->id, sizeof e->id, "%s-%llu", m->config.stream, (unsigned long long)e->number);
    return OK;
}

static bool is_picture(natsMsg *msg)
{
    const char *type = NULL;

    return natsMsgHeader_Get(msg, "Content-Type", &type) == NATS_OK && (starts(type, "image/") || starts(type, "application/octet-stream"));
}

/* A JSON string as JSON Lines and NDJSON have it, or the bytes of a picture. */
static status verdict(struct ctx *c, const struct partner *p, const struct event *e, struct out *o)
{
    struct str body = str_of(natsMsg_GetData(e->msg), (size_t)natsMsg_GetDataLength(e->msg));
    struct str lead = arena_f(c->arena, "\"event\":%llu,", (unsigned long long)e->number);

    out_reset(o);
    return is_picture(e->msg) ? match_line_picture(c, p, body, lead, o) : match_line(c, p, body, lead, o);
}

static status publish(struct matcher *m, const struct event *e, const struct out *o)
{
    jsPubOptions options;

    NATS(jsPubOptions_Init(&options), "options");
    options.MsgId = e->id;
    options.ExpectStream = m->verdicts;
    options.MaxWait = PUBLISH_MS;
    return nats_status(js_PublishAsync(m->js, m->subject, o->at, (int)o->n, &options), "publish");
}

/* -- what comes again after the window ------------------------------------------------------------------------------------------------------ */

static bool last_one(natsMsg *msg)
{
    jsMsgMetaData *about = NULL;
    bool last = natsMsg_GetMetaData(&about, msg) != NATS_OK || about->NumPending == 0;

    jsMsgMetaData_Destroy(about);
    return last;
}

static status find_verdict(natsSubscription *sub, const struct event *e, bool *there)
{
    for (bool last = false; !last && !*there;) {
        natsMsg *msg = NULL;
        const char *id = NULL;
        natsStatus s = natsSubscription_NextMsg(&msg, sub, LOOK_MS);

        if (s == NATS_TIMEOUT)
            return OK;          /* no verdict at all since then */
        NATS(s, "look for a verdict");
        *there = natsMsgHeader_Get(msg, "Nats-Msg-Id", &id) == NATS_OK && strcmp(id, e->id) == 0;
        last = last_one(msg);
        natsMsg_Destroy(msg);
    }
    return OK;
}

/* The verdicts since the event came: rare, and then as long as it takes. */
static status has_verdict(struct matcher *m, const struct event *e, bool *there)
{
    natsSubscription *sub = NULL;
    jsSubOptions options;
    status s;

    *there = false;
    if (e->deliveries < 2 || clock_now_ms() * 1000000 - e->at_ns < m->window_ns / 2)
        return OK;
    NATS(jsSubOptions_Init(&options), "options");
    options.Stream = m->verdicts;
    options.Config.DeliverPolicy = js_DeliverByStartTime;
    options.Config.OptStartTime = e->at_ns;
    options.Config.AckPolicy = js_AckNone;
    options.Config.HeadersOnly = true;
    NATS(js_SubscribeSync(&sub, m->js, m->subject, NULL, &options, NULL), "look for a verdict");
    s = find_verdict(sub, e, there);
    natsSubscription_Destroy(sub);
    return s;
}

/* -- a batch ----------------------------------------------------------------------------------------------------------------------------------- */

static status do_event(struct matcher *m, struct ctx *c, const struct partner *p, natsMsg *msg, struct out *o)
{
    struct arena_mark mark = arena_mark(c->arena);
    struct event e;
    bool there;

    TRY(read_event(m, msg, &e));
    TRY(has_verdict(m, &e, &there));
    if (!there) {
        TRY(verdict(c, p, &e, o));
        TRY(publish(m, &e, o));
    }
    arena_back(c->arena, mark);
    return OK;
}

/* Stored, all of them? Then they are acknowledged; the last with an answer, so that what was sent before it has arrived. */
static status finish(struct matcher *m, const natsMsgList *list)
{
    jsPubOptions options;
    natsStatus s;

    NATS(jsPubOptions_Init(&options), "options");
    options.MaxWait = PUBLISH_MS;
    s = js_PublishAsyncComplete(m->js, &options);
    NATS(s, "waiting for the verdicts to be stored");
    if (m->failed > 0)
        return fail(BUSY, "%d verdicts were not stored", m->failed);
    for (int i = 0; i + 1 < list->Count; i++)
        NATS(natsMsg_Ack(list->Msgs[i], NULL), "acknowledge");
    return nats_status(natsMsg_AckSync(list->Msgs[list->Count - 1], NULL, NULL), "acknowledge");
}

static status do_batch(struct matcher *m, struct ctx *c, const struct partner *p, const natsMsgList *list)
{
    struct out o = { .max = 4 << 20 };
    i64 began = clock_mono_ms();
    status s = OK;

    m->failed = 0;
    for (int i = 0; i < list->Count && s == OK; i++) {
        if (clock_mono_ms() - began > m->config.ack_seconds * SECOND_MS / 2)
            s = fail(BUSY, "the batch took too long: somebody else gets what is left");
        else
            s = do_event(m, c, p, list->Msgs[i], &o);
    }
    out_wipe(&o);
    out_free(&o);
    if (s == OK)
        s = finish(m, list);
    else
        (void)js_PublishAsyncComplete(m->js, NULL);
    return s;
}

status matcher_step(struct matcher *m, struct ctx *c, size_t *n)
{
    natsMsgList list = { 0 };
    struct partner p;
    natsStatus got;
    status s;

    *n = 0;
    s = partner_by_id(c->ledger, m->config.partner, c->now, &p);        /* each batch anew: a token that was ended ends this, too */
    if (s != OK)
        return s == NOT_FOUND ? fail(DENIED, "the token is not valid any more") : s;
    got = natsSubscription_Fetch(&list, m->events, BATCH, FETCH_MS, NULL);
    if (got == NATS_TIMEOUT)
        return OK;
    NATS(got, "fetch");
    *n = (size_t)list.Count;
    s = list.Count > 0 ? do_batch(m, c, &p, &list) : OK;
    natsMsgList_Destroy(&list);
    return s;
}
