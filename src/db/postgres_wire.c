/* libpq's blocking calls can hang for as long as a stopped server keeps its socket open, and tcp_user_timeout does not
   help. So each query is sent without blocking and waited for with poll; what does not answer in time is cut off. */
#include "postgres.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>

enum { IDLE_IN_TX_MS = 60 * SECOND_MS };

/* -- connecting --------------------------------------------------------------------------------- */

void wire_close(struct wire *w)
{
    wire_release_all(w);
    if (w->pg != NULL)
        PQfinish(w->pg);
    w->pg = NULL;
    memset(w->prepared, 0, sizeof w->prepared);
}

static status cut_off(struct wire *w, const char *why)
{
    struct str reason = str_trim(str_c(w->pg ? PQerrorMessage(w->pg) : ""));
    status s = fail(BUSY, "%s: %.*s", why, (int)reason.n, reason.at);

    wire_close(w);
    return s;
}

/* The server ends a statement a little before we would cut the connection. A cluster's synchronous_commit is its
   operator's choice, except "off", under which an acknowledged report can be lost. */
static status set_session(struct wire *w)
{
    int ms = w->db->config.statement_ms;
    struct out o = { .max = 1024 };
    status s;

    out_f(&o, "SET statement_timeout = %d; ", ms - ms / 10);
    out_f(&o, "SET idle_in_transaction_session_timeout = %d; ", IDLE_IN_TX_MS);
    out_c(&o, "SET client_min_messages = warning; ");
    out_f(&o, "SET default_transaction_read_only = %s; ", w->db->config.read_only ? "on" : "off");
    out_c(&o, "SELECT set_config('synchronous_commit', 'on', false)"
              " WHERE current_setting('synchronous_commit') = 'off'");
    out_char(&o, '\0');
    s = wire_exec(w, o.at, ms);
    out_free(&o);
    return s;
}

static void on_notice(void *to, const char *message)
{
    (void)to;
    log_warn("db_notice", "%s", message);
}

/* What stands before "dbname" gives way to the address, what stands behind it does not. */
static status wire_connect(struct wire *w)
{
    static const char *const names[] = { "connect_timeout", "tcp_user_timeout", "application_name", "dbname",
                                         "client_encoding", NULL };
    const char *const values[] = { "3", "3000", "lachan", w->db->address, "UTF8", NULL };
    const char *encoding;

    w->pg = PQconnectdbParams(names, values, 1);
    if (w->pg == NULL || PQstatus(w->pg) != CONNECTION_OK)
        return cut_off(w, "connect");
    encoding = PQparameterStatus(w->pg, "server_encoding");
    if (encoding == NULL || strcmp(encoding, "UTF8") != 0) {
        wire_close(w);
        return fail(BROKEN, "the database's encoding is not UTF8");
    }
    PQsetNoticeProcessor(w->pg, on_notice, NULL);
    if (PQsetnonblocking(w->pg, 1) != 0)
        return cut_off(w, "connect");
    return set_session(w);
}

/* Has the server closed an idle connection? Reads what lies there; costs one system call. */
static bool alive(struct wire *w)
{
    struct pollfd fd = { .fd = PQsocket(w->pg), .events = POLLIN };

    while (poll(&fd, 1, 0) > 0)
        if (!PQconsumeInput(w->pg) || PQstatus(w->pg) != CONNECTION_OK)
            return false;
    return PQstatus(w->pg) == CONNECTION_OK;
}

status wire_ready(struct wire *w)
{
    if (w->pg != NULL && alive(w))
        return OK;
    if (w->pg != NULL)
        log_warn("db_reconnect", "the server closed a connection");
    wire_close(w);
    return wire_connect(w);
}

/* -- waiting ------------------------------------------------------------------------------------ */

/* Sends what is left to send and reads, until a result is there. False: deadline passed, or connection lost. */
static bool wait_for_result(PGconn *pg, i64 deadline)
{
    for (;;) {
        int unsent = PQflush(pg);
        struct pollfd fd = { .fd = PQsocket(pg), .events = (short)(unsent ? POLLIN | POLLOUT : POLLIN) };
        i64 left = deadline - clock_mono_ms();
        int n;

        if (unsent < 0)
            return false;
        if (!unsent && !PQisBusy(pg))
            return true;
        n = left > 0 ? poll(&fd, 1, (int)left) : 0;
        if (n == 0 || (n < 0 && errno != EINTR))
            return false;
        if (n > 0 && fd.revents & (POLLIN | POLLHUP | POLLERR) && !PQconsumeInput(pg))
            return false;
    }
}

static bool is_error(const PGresult *r)
{
    ExecStatusType s = PQresultStatus(r);

    return s != PGRES_COMMAND_OK && s != PGRES_TUPLES_OK && s != PGRES_EMPTY_QUERY;
}

static bool collect(struct wire *w, i64 deadline, PGresult **kept)
{
    PGresult *r;

    while (wait_for_result(w->pg, deadline)) {
        r = PQgetResult(w->pg);
        if (r == NULL)
            return true;
        if (*kept != NULL && is_error(*kept)) {
            PQclear(r);
        } else {
            PQclear(*kept);
            *kept = r;
        }
    }
    return false;
}

status wire_result(struct wire *w, int sent, i64 ms, PGresult **result)
{
    PGresult *r = NULL;

    if (!sent || !collect(w, clock_mono_ms() + ms, &r)) {
        PQclear(r);
        return cut_off(w, sent ? "no answer in time" : "send");
    }
    if (r == NULL || w->n_held == HELD_MAX) {
        PQclear(r);
        return cut_off(w, "no result");
    }
    w->held[w->n_held++] = *result = r;
    return OK;
}

void wire_release(struct wire *w)
{
    if (w->n_held > 0)
        PQclear(w->held[--w->n_held]);
}

void wire_release_all(struct wire *w)
{
    while (w->n_held > 0)
        wire_release(w);
}

status wire_exec(struct wire *w, const char *sql, i64 ms)
{
    PGresult *r;
    status s;

    TRY(wire_result(w, PQsendQuery(w->pg, sql), ms, &r));
    s = wire_status(w, r, "exec");
    wire_release(w);
    return s;
}

/* -- errors ------------------------------------------------------------------------------------- */

struct sqlstate {
    const char *start;          /* of the code */
    status status;
};

static status status_of_sqlstate(const char *code)
{
    static const struct sqlstate table[] = {
        { "23505", CONFLICT },      /* unique_violation */
        { "23503", CONFLICT },      /* foreign_key_violation */
        { "40", BUSY },             /* serialisation failure, deadlock */
        { "55P03", BUSY },          /* lock_not_available */
        { "57", BUSY },             /* query_canceled, shutdown, cannot_connect_now */
        { "08", BUSY },             /* connection */
        { "53100", FULL },          /* disk_full */
        { "53", BUSY },             /* out of connections, memory */
        { "58", BUSY },             /* the server's disk could not be read: that says nothing about a row */
        { "25006", BUSY },          /* read_only_sql_transaction: it is a standby now */
        { "25P03", BUSY },          /* idle_in_transaction_session_timeout */
        { "22021", INVALID },       /* character_not_in_repertoire */
        { "54", TOO_LARGE },        /* program_limit_exceeded */
    };

    for (size_t i = 0; i < COUNT_OF(table); i++)
        if (str_starts(str_c(code), str_c(table[i].start)))
            return table[i].status;
    return BROKEN;
}

status wire_status(struct wire *w, const PGresult *r, const char *what)
{
    const char *code = PQresultErrorField(r, PG_DIAG_SQLSTATE), *why = PQresultErrorField(r, PG_DIAG_MESSAGE_PRIMARY);
    status s;

    if (!is_error(r))
        return OK;
    s = fail(code ? status_of_sqlstate(code) : BUSY, "%s: %s (%s)", what, why ? why : PQresultErrorMessage(r),
             code ? code : "no code");
    if (PQstatus(w->pg) != CONNECTION_OK || (code != NULL && strcmp(code, "25006") == 0))
        wire_close(w);
    return s;
}
