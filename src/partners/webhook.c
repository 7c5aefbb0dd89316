/* Notices to partners: Standard Webhooks 1.0. Written in the transaction of what they tell of, boxed under the house's key, and
   sent by a job that tries again under the same id, for some three days. */
#include "webhook.h"

#include "../base/log.h"
#include "sign.h"

#include "outbox.sql.h"
#include "partners.sql.h"

enum { SECRET_BYTES = 32, SLOW_MS = 2 * SECOND_MS, LEASE_MS = 2 * MINUTE_MS, ANSWER_MAX = 64 << 10, FAILED_MAX = 20 };

/* -- rules ---------------------------------------------------------------------------------------------------------------------- */

i64 webhook_pause(int tries)
{
    static const i64 minutes[WEBHOOK_TRIES] = { 0, 1, 5, 30, 2 * 60, 5 * 60, 10 * 60, 14 * 60, 20 * 60, 24 * 60 };

    return tries > 0 && tries < WEBHOOK_TRIES ? minutes[tries] * MINUTE_MS : 0;
}

enum webhook_state webhook_after(int code, int tries)
{
    if (code >= 200 && code < 300)
        return WEBHOOK_TAKEN;
    return code == 410 || tries >= WEBHOOK_TRIES ? WEBHOOK_GIVEN_UP : WEBHOOK_WAITS;
}

static const char *const states[] = { [WEBHOOK_WAITS] = "waiting", [WEBHOOK_TAKEN] = "taken", [WEBHOOK_GIVEN_UP] = "given-up" };

struct reach webhook_reach(const struct app *app)
{
    return (struct reach){ .loopback = app->demo, .inside = app->webhook_private };
}

/* -- addresses ------------------------------------------------------------------------------------------------------------------- */

static struct key ctx_secret(struct id org, bool sandbox)
{
    return vault_ctx("webhook-secret", PARTS(id_bytes(&org), sandbox ? STR("sandbox") : STR("production")));
}

static struct key ctx_secret_of(const void *row)
{
    const struct partner_webhooks_row *w = row;

    return ctx_secret(w->org, w->sandbox);
}

const struct key_box webhook_boxes[] = {
    { &table_partner_webhooks, "secret", ctx_secret_of },
    { 0 }
};

static status unbox(struct ledger *l, struct key ctx, struct str boxed, struct str *plain)
{
    status s = BROKEN;

    for (size_t i = l->house->n; i-- > 0 && s != OK;)
        s = vault_unbox(l->arena, &l->house->gen[i].job, ctx, boxed, plain);
    return s;
}

status webhook_address(struct ledger *l, struct id org, bool sandbox, struct partner_webhooks_row *row)
{
    *row = (struct partner_webhooks_row){ .org = org, .sandbox = sandbox };
    return row_get(l, &table_partner_webhooks, row);
}

bool webhook_has(struct ledger *l, struct id org, bool sandbox)
{
    struct partner_webhooks_row row;

    return webhook_address(l, org, sandbox, &row) == OK;
}

status webhook_address_set(struct ledger *l, const struct webhook_wish *wish, struct str *secret)
{
    struct partner_webhooks_row row;
    uint8_t bytes[SECRET_BYTES];
    status s = webhook_address(l, wish->org, wish->sandbox, &row);

    *secret = STR("");
    if (s != OK && s != NOT_FOUND)
        return s;
    if (s == NOT_FOUND || wish->renew || !str_eq(row.url, wish->url)) {
        random_bytes(bytes, sizeof bytes);
        row.secret = vault_box(l->arena, &house_now(l->house)->job, ctx_secret(wish->org, wish->sandbox), str_of(bytes, sizeof bytes));
        *secret = sign_secret_text(l->arena, str_of(bytes, sizeof bytes));
    }
    row.url = wish->url;
    row.set_by = wish->by;
    row.set_at = wish->now;
    return s == OK ? row_update(l, &table_partner_webhooks, &row) : row_insert(l, &table_partner_webhooks, &row);
}

status webhook_address_drop(struct ledger *l, struct id org, bool sandbox)
{
    struct partner_webhooks_row row;

    TRY(webhook_address(l, org, sandbox, &row));
    return row_delete(l, &table_partner_webhooks, &row);
}

/* -- into the outbox --------------------------------------------------------------------------------------------------------------- */

static struct key ctx_message(struct id id)
{
    return vault_ctx("outbox", PARTS(STR("webhook"), id_bytes(&id)));
}

/* For the job: whose it is in the first 17 bytes, then the body as it goes out, the same at each try. */
static struct str message_text(struct ledger *l, const struct webhook_new *w, i64 now)
{
    struct out o = { .max = 1 << 20 };
    struct str text;
    char at[CLOCK_TEXT];

    clock_utc_iso(now, at);
    out_bytes(&o, w->org.b, sizeof w->org.b);
    out_char(&o, w->sandbox ? 's' : 'p');
    out_c(&o, "{\"type\":");
    out_json(&o, w->type);
    out_f(&o, ",\"timestamp\":\"%s\",\"data\":", at);
    out_str(&o, w->data);
    out_c(&o, "}");
    text = arena_copy(l->arena, out_done(&o));
    out_free(&o);
    return text;
}

status webhook_queue(struct ledger *l, const struct webhook_new *w, i64 now, struct id *id)
{
    struct partner_webhooks_row row;

    TRY(webhook_address(l, w->org, w->sandbox, &row));
    *id = id_timed(now);
    TRY(sql_webhook_add(l->db, (struct sql_webhook_add){ .id = *id, .org = w->org, .sandbox = w->sandbox, .type = w->type,
                                                         .object = w->object, .made = now }));
    return sql_outbox_add(l->db, (struct sql_outbox_add){ .id = *id, .kind = STR("webhook"), .due = now,
        .sealed = vault_box(l->arena, &house_now(l->house)->job, ctx_message(*id), message_text(l, w, now)) });
}

status webhook_look(struct ledger *l, struct id id, struct webhook_sent *sent)
{
    struct webhook_of_row row;

    TRY(sql_webhook_of(l->db, (struct sql_webhook_of){ .id = id }, &row));
    *sent = (struct webhook_sent){ .made = row.made, .last = row.last, .next = row.next, .tries = (int)row.tries, .code = (int)row.code,
        .state = str_is(row.state, "taken") ? WEBHOOK_TAKEN : str_is(row.state, "given-up") ? WEBHOOK_GIVEN_UP : WEBHOOK_WAITS };
    return OK;
}

/* -- on its way ---------------------------------------------------------------------------------------------------------------------- */

struct message { struct id id, org; bool sandbox; struct str body, url, secret; };

/* BROKEN: nobody can send it. NOT_FOUND: the partner took its address back. */
static status message_open(struct ledger *l, const struct outbox_due_row *row, struct message *m)
{
    struct partner_webhooks_row address;
    struct str plain;

    TRY(unbox(l, ctx_message(row->id), row->sealed, &plain));
    if (plain.n < 18)
        return fail(BROKEN, "a notice without a partner");
    m->id = row->id;
    memcpy(m->org.b, plain.at, sizeof m->org.b);
    m->sandbox = plain.at[16] == 's';
    m->body = str_from(plain, 17);
    TRY(webhook_address(l, m->org, m->sandbox, &address));
    m->url = arena_copy(l->arena, address.url);
    return unbox(l, ctx_secret(m->org, m->sandbox), address.secret, &m->secret);
}

/* What the receiver says is nobody's business here; and it may not say much. */
static size_t swallow(char *bytes, size_t size, size_t n, void *to)
{
    size_t *sum = to;

    (void)bytes;
    *sum += size * n;
    return *sum > ANSWER_MAX ? 0 : size * n;
}

static struct curl_slist *headers_of(struct ledger *l, const struct message *m, i64 now)
{
    struct curl_slist *list = NULL;
    char id[ID_TEXT + 1];
    struct str wire, signature;

    id_text(m->id, id);
    wire = arena_f(l->arena, "msg_%s", id);
    signature = sign_header(l->arena, m->secret, wire, now / SECOND_MS, m->body);
    list = curl_slist_append(list, "Content-Type: application/json");
    list = curl_slist_append(list, "Expect:");
    list = curl_slist_append(list, "User-Agent: la-chan");
    list = curl_slist_append(list, arena_f(l->arena, "webhook-id: %.*s", (int)wire.n, wire.at).at);
    list = curl_slist_append(list, arena_f(l->arena, "webhook-timestamp: %lld", (long long)(now / SECOND_MS)).at);
    return curl_slist_append(list, arena_f(l->arena, "webhook-signature: %.*s", (int)signature.n, signature.at).at);
}

/* The status of the answer; 0 where there was none. */
static int deliver(struct ledger *l, const struct app *app, const struct message *m, i64 now)
{
    struct reach reach = webhook_reach(app);
    struct curl_slist *headers;
    CURL *curl = curl_easy_init();
    size_t sum = 0;
    long code = 0;

    if (curl == NULL || reach_url(l->arena, m->url, reach) != REACH_FINE) {
        curl_easy_cleanup(curl);
        return 0;
    }
    headers = headers_of(l, m, now);
    reach_guard(curl, &reach);
    curl_easy_setopt(curl, CURLOPT_URL, m->url.at);
    curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
    curl_easy_setopt(curl, CURLOPT_POSTFIELDS, m->body.at);
    curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE, (long)m->body.n);
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, swallow);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, &sum);
    if (curl_easy_perform(curl) == CURLE_OK)
        curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &code);
    curl_easy_cleanup(curl);
    curl_slist_free_all(headers);
    return (int)code;
}

/* -- the job ---------------------------------------------------------------------------------------------------------------------------- */

static status in_tx(struct conn *db, status s)
{
    if (s == OK)
        return tx_commit(db);
    tx_rollback(db);
    return s;
}

static status take(struct ledger *l, const struct outbox_due_row *row, i64 now, bool *mine)
{
    i64 changed = 0;

    TRY(tx_begin(l->db));
    TRY(in_tx(l->db, sql_outbox_take(l->db, (struct sql_outbox_take){ .id = row->id, .now = now, .until = now + LEASE_MS }, &changed)));
    *mine = changed == 1;
    return OK;
}

static status settle_rows(struct ledger *l, const struct outbox_due_row *row, enum webhook_state state, int code, i64 now)
{
    int tries = (int)row->tries + 1;
    i64 next = state == WEBHOOK_WAITS ? now + webhook_pause(tries) : 0;

    TRY(sql_webhook_set(l->db, (struct sql_webhook_set){ .id = row->id, .state = str_c(states[state]), .last = now, .next = next,
                                                         .tries = tries, .code = code }));
    if (state == WEBHOOK_WAITS)
        return sql_outbox_later(l->db, (struct sql_outbox_later){ .id = row->id, .due = next });
    return sql_outbox_remove(l->db, (struct sql_outbox_remove){ .id = row->id });
}

static status settle(struct ledger *l, const struct outbox_due_row *row, enum webhook_state state, int code, i64 now)
{
    if (state != WEBHOOK_TAKEN)
        log_warn("webhook", "a notice was not taken: try=%lld code=%d%s", (long long)row->tries + 1, code,
                 state == WEBHOOK_GIVEN_UP ? "; given up" : "");
    TRY(tx_begin(l->db));
    return in_tx(l->db, settle_rows(l, row, state, code, now));
}

/* One round over what is due. A partner that let us wait in it: its other notices step back, so that nobody else's wait. */
struct round { const struct app *app; i64 now, mono; struct id slow[FAILED_MAX]; size_t n_slow; };

static i64 now_in(const struct round *r)
{
    return r->now + clock_mono_ms() - r->mono;
}

static bool is_slow(const struct round *r, struct id org)
{
    for (size_t i = 0; i < r->n_slow; i++)
        if (id_eq(r->slow[i], org))
            return true;
    return false;
}

static status step_back(struct ledger *l, struct id id, i64 now)
{
    TRY(tx_begin(l->db));
    return in_tx(l->db, sql_outbox_wait(l->db, (struct sql_outbox_wait){ .id = id, .now = now, .due = now + MINUTE_MS }));
}

static status send_one(struct ledger *l, struct round *r, const struct outbox_due_row *row)
{
    i64 now = now_in(r);
    struct message m = { 0 };
    bool mine = false;
    status opened = message_open(l, row, &m);
    int code;

    if (opened == BUSY)
        return opened;
    if (opened == OK && is_slow(r, m.org))
        return step_back(l, row->id, now);
    TRY(take(l, row, now, &mine));
    if (!mine)
        return OK;
    if (opened != OK)
        return settle(l, row, WEBHOOK_GIVEN_UP, 0, now);
    code = deliver(l, r->app, &m, now);
    if (now_in(r) - now > SLOW_MS && r->n_slow < FAILED_MAX)
        r->slow[r->n_slow++] = m.org;
    return settle(l, row, webhook_after(code, (int)row->tries + 1), code, now_in(r));
}

status webhooks_send(struct ledger *l, const struct app *app, i64 now)
{
    struct round r = { .app = app, .now = now, .mono = clock_mono_ms() };
    struct outbox_due_rows rows;

    TRY(sql_outbox_due(l->db, (struct sql_outbox_due){ .kind = STR("webhook"), .now = now }, &rows));
    for (size_t i = 0; i < rows.n; i++)
        TRY(send_one(l, &r, &rows.at[i]));
    return OK;
}
