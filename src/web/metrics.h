/* Counters of this process for Prometheus. What anonymous people do is counted at once and shown on the
   full hour only, so that nobody can read from a graph when a child wrote (SECURITY.md V15). */
#pragma once

#include "../ledger/ledger.h"

#include "../base/clock.h"

enum metric {
    METRIC_REFUSED, METRIC_QUEUE_FULL, METRIC_STAFF_PAGES, METRIC_API_CALLS, METRIC_PUBLIC_PAGES, METRIC_PUBLIC_WRITES,
    METRIC_CLIENT_ERRORS, METRIC_SERVER_ERRORS, METRICS
};

void metrics_count(enum metric m);

/* What only the server knows, now. Shown in steps of 16, so that no single child is ever seen in a graph. The waiting
   ones stand in the order of enum lane. */
enum gauge {
    GAUGE_CONNECTIONS, GAUGE_SHUT, GAUGE_WAITING, GAUGE_WAITING_REPORT, GAUGE_WAITING_RETURN, GAUGE_WAITING_STAFF,
    GAUGE_WAITING_PARTNER, GAUGE_RUNNING, GAUGES
};
void metrics_source(void (*read)(void *from, i64 gauges[GAUGES]), void *from);   /* NULL: none */

void metrics_gauges(i64 gauges[GAUGES]);        /* exact, for this program itself */

void metrics_write(struct out *o, i64 now);
/* What the checks of log and rows found last, in whichever process they ran: lachan_audit_alarm 1 calls a person. */
void metrics_audit(struct out *o, const struct audit_last *last);
/* The banks of hashes as this process has them open: lachan_banks_stopped over 0 calls a person, because nobody may then say
   "not known". */
void metrics_banks(i64 banks, i64 records, i64 stopped);
/* Of a process that ships its database: seconds since nothing could be sent, and how many more lines ended. */
void metrics_shipped(i64 behind_s, i64 lines);
void metrics_shipped_files(i64 behind_s);       /* the same of evidence: the larger of the two is shown */
void metrics_ship_others(bool alive);           /* another server ships into the same repository */
