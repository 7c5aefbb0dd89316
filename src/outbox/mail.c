/* The letters of the outbox on their way to the operator's mail server. */
#include "mail.h"

#include "../base/log.h"

#include "outbox.sql.h"

#include <curl/curl.h>
#include <time.h>

enum {
    CONNECT_S = 10, SEND_S = 30,                    /* deadlines of one letter */
    LEASE_MS = 2 * MINUTE_MS,
    TRIES_MAX = 7,                                  /* 1, 2, 4 .. 32 minutes apart: an hour, then it says nothing new any more */
    KNOWN_TRIES_MAX = 20,                           /* 1, 2 .. 256 minutes, and so on: some two days and a half */
    PAUSE_DOUBLES = 8,
    LETTER_MAX = 256 << 10
};

/* -- what may be written to ------------------------------------------------------------------------------------------------------- */

bool mail_address_ok(struct str address)
{
    size_t at = str_find_char(address, '@');

    if (address.n > 254 || at == 0 || at + 1 >= address.n || str_find_char(str_from(address, at + 1), '@') < address.n - at - 1)
        return false;
    for (size_t i = 0; i < address.n; i++)
        if (address.at[i] <= ' ' || address.at[i] > '~' || strchr("<>(),;:\\\"[]", address.at[i]) != NULL)
            return false;
    return true;
}

status mail_settings_check(const char *smtp_url, const char *smtp_from)
{
    if (smtp_url == NULL && smtp_from == NULL)
        return OK;
    if (smtp_url == NULL || smtp_from == NULL)
        return fail(INVALID, "smtp-url and smtp-from go together");
    if (!str_starts(str_c(smtp_url), STR("smtp://")) && !str_starts(str_c(smtp_url), STR("smtps://")))
        return fail(INVALID, "smtp-url begins with smtp:// or smtps://");
    return mail_address_ok(str_c(smtp_from)) ? OK : fail(INVALID, "smtp-from is not a mail address");
}

/* -- the outbox -------------------------------------------------------------------------------------------------------------------- */

static struct key ctx_letter(struct id id)
{
    return vault_ctx("outbox", PARTS(STR("mail"), id_bytes(&id)));
}

static status queue(struct ledger *l, const struct mail *mail, struct id id, i64 now)
{
    struct str plain = arena_f(l->arena, "%.*s\n%.*s\n%.*s", (int)mail->to.n, mail->to.at, (int)mail->subject.n, mail->subject.at,
                               (int)mail->body.n, mail->body.at);

    return sql_outbox_add(l->db, (struct sql_outbox_add){
        .id = id, .kind = STR("mail"), .due = now,
        .sealed = vault_box(l->arena, &house_now(l->house)->job, ctx_letter(id), plain) });
}

status mail_queue(struct ledger *l, const struct mail *mail, i64 now)
{
    return queue(l, mail, id_random(), now);
}

status mail_queue_known(struct ledger *l, const struct mail *mail, i64 now, struct id *id)
{
    *id = id_random();
    TRY(sql_mail_sent_add(l->db, (struct sql_mail_sent_add){ .id = *id, .now = now }));
    return queue(l, mail, *id, now);
}

status mail_look(struct ledger *l, struct id id, struct mail_outcome *outcome)
{
    struct mail_outcome_row row;

    TRY(sql_mail_outcome(l->db, (struct sql_mail_outcome){ .id = id }, &row));
    *outcome = (struct mail_outcome){ str_is(row.state, "taken") ? MAIL_TAKEN : str_is(row.state, "waits") ? MAIL_WAITS : MAIL_GIVEN_UP,
                                      row.made, row.last.has ? row.last.v : 0, row.tries };
    return OK;
}

static status letter_open(struct ledger *l, const struct outbox_due_row *row, struct mail *mail)
{
    struct str plain;
    status s = BROKEN;

    for (size_t i = l->house->n; i-- > 0 && s != OK;)
        s = vault_unbox(l->arena, &l->house->gen[i].job, ctx_letter(row->id), row->sealed, &plain);
    TRY(s);
    (void)str_cut(&plain, '\n', &mail->to);
    (void)str_cut(&plain, '\n', &mail->subject);
    mail->body = plain.at ? plain : STR("");
    return mail_address_ok(mail->to) ? OK : fail(BROKEN, "a letter without an address");
}

/* -- one letter on its way ----------------------------------------------------------------------------------------------------------- */

/* RFC 5322 wants its own words for the date, whatever the language here. */
static void date_of(i64 now, char text[40])
{
    time_t seconds = (time_t)(now / 1000);
    struct tm t;

    gmtime_r(&seconds, &t);
    strftime(text, 40, "%a, %d %b %Y %H:%M:%S +0000", &t);
}

struct letter { struct id id; const struct mail *mail; };

static struct str letter_text(struct ledger *l, const char *from, const struct letter *letter, i64 now)
{
    const struct mail *mail = letter->mail;
    struct str subject = vault_base64(l->arena, mail->subject), body = vault_base64(l->arena, mail->body);
    struct out o = { .max = LETTER_MAX };
    char date[40], id[ID_TEXT + 1];
    struct str text;

    date_of(now, date);
    id_text(letter->id, id);     /* a letter that was taken and then tried again, because we were killed between, is known by it */
    out_f(&o, "Date: %s\r\nFrom: <%s>\r\nTo: <%.*s>\r\nSubject: =?UTF-8?B?%.*s?=\r\nMessage-ID: <%s@lachan.invalid>\r\n", date, from,
          (int)mail->to.n, mail->to.at, (int)subject.n, subject.at, id);
    out_c(&o, "Auto-Submitted: auto-generated\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=UTF-8\r\n"
              "Content-Transfer-Encoding: base64\r\n\r\n");
    for (size_t i = 0; i < body.n; i += 76)
        out_f(&o, "%.*s\r\n", (int)str_upto(str_from(body, i), 76).n, body.at + i);
    text = arena_copy(l->arena, out_done(&o));
    out_free(&o);
    return text;
}

static size_t give(char *to, size_t size, size_t n, void *from)
{
    struct str *rest = from;
    size_t take = rest->n < size * n ? rest->n : size * n;

    memcpy(to, rest->at, take);
    *rest = str_from(*rest, take);
    return take;
}

static bool is_loopback(const char *url)
{
    struct str rest = str_c(strstr(url, "://") + 3);

    return str_starts(rest, STR("127.")) || str_starts(rest, STR("localhost")) || str_starts(rest, STR("[::1]"));
}

/* Beyond this machine only over TLS: the letter says little, but the password of the server goes with it. */
static void settings_of(CURL *curl, const struct app *app, struct curl_slist *to, struct str *text)
{
    curl_easy_setopt(curl, CURLOPT_URL, app->smtp_url);
    curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "smtp,smtps");
    curl_easy_setopt(curl, CURLOPT_USE_SSL, (long)(is_loopback(app->smtp_url) ? CURLUSESSL_TRY : CURLUSESSL_ALL));
    curl_easy_setopt(curl, CURLOPT_MAIL_FROM, app->smtp_from);
    curl_easy_setopt(curl, CURLOPT_MAIL_RCPT, to);
    curl_easy_setopt(curl, CURLOPT_READFUNCTION, give);
    curl_easy_setopt(curl, CURLOPT_READDATA, text);
    curl_easy_setopt(curl, CURLOPT_UPLOAD, 1L);
    curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT, (long)CONNECT_S);
    curl_easy_setopt(curl, CURLOPT_TIMEOUT, (long)SEND_S);
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
}

static status deliver(struct ledger *l, const struct app *app, const struct letter *letter, i64 now)
{
    struct str text = letter_text(l, app->smtp_from, letter, now);
    struct curl_slist *to = curl_slist_append(NULL, arena_copy(l->arena, letter->mail->to).at);
    CURL *curl = curl_easy_init();
    CURLcode code = CURLE_OUT_OF_MEMORY;

    if (curl != NULL && to != NULL) {
        settings_of(curl, app, to, &text);
        code = curl_easy_perform(curl);
    }
    curl_easy_cleanup(curl);
    curl_slist_free_all(to);
    return code == CURLE_OK ? OK : fail(BUSY, "%s", curl_easy_strerror(code));
}

/* -- the job ------------------------------------------------------------------------------------------------------------------------------ */

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

/* What became of it, for a letter whose sender wants to know. */
static status remember(struct ledger *l, const struct outbox_due_row *row, i64 now, const char *state, bool *known)
{
    i64 changed = 0;

    TRY(sql_mail_sent_set(l->db, (struct sql_mail_sent_set){ .id = row->id, .now = now, .tries = row->tries + 1, .state = str_c(state) },
                          &changed));
    *known = changed == 1;
    return OK;
}

static status settle_in_tx(struct ledger *l, const struct outbox_due_row *row, i64 now, status sent)
{
    i64 tries = row->tries + 1, pause = (i64)MINUTE_MS << (row->tries < PAUSE_DOUBLES ? row->tries : PAUSE_DOUBLES);
    bool known, over;

    TRY(remember(l, row, now, sent == OK ? "taken" : "waits", &known));
    over = sent == BROKEN || tries >= (known ? KNOWN_TRIES_MAX : TRIES_MAX);
    if (sent != OK)
        log_warn("mail", "a letter was not sent: try=%lld why=%s%s", (long long)tries, fail_message(), over ? "; given up" : "");
    if (sent != OK && over && known)
        TRY(remember(l, row, now, "given_up", &known));
    if (sent == OK || over)
        return sql_outbox_remove(l->db, (struct sql_outbox_remove){ .id = row->id });
    return sql_outbox_later(l->db, (struct sql_outbox_later){ .id = row->id, .due = now + pause });
}

/* Gone when it was sent, or when nobody can send it. The address is in no log. */
static status settle(struct ledger *l, const struct outbox_due_row *row, i64 now, status sent)
{
    TRY(tx_begin(l->db));
    return in_tx(l->db, settle_in_tx(l, row, now, sent));
}

status mail_send_due(struct ledger *l, const struct app *app, i64 now)
{
    struct outbox_due_rows rows;

    if (app->smtp_url == NULL)
        return OK;
    TRY(sql_outbox_due(l->db, (struct sql_outbox_due){ .kind = STR("mail"), .now = now }, &rows));
    for (size_t i = 0; i < rows.n; i++) {
        struct mail mail;
        bool mine = false;
        status sent;

        TRY(take(l, &rows.at[i], now, &mine));
        if (!mine)
            continue;
        sent = letter_open(l, &rows.at[i], &mail);
        if (sent == OK)
            sent = deliver(l, app, &(struct letter){ rows.at[i].id, &mail }, now);
        TRY(settle(l, &rows.at[i], now, sent));
    }
    return OK;
}
