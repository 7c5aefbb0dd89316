#include "metrics.h"

#include <pthread.h>

enum { GAUGE_STEP = 16 };

static const struct { const char *name, *help; bool hourly; } metrics[METRICS] = {
    [METRIC_REFUSED] = { "refused_total", "Requests refused by their shape", false },
    [METRIC_QUEUE_FULL] = { "queue_full_total", "Requests that found no place in their lane", false },
    [METRIC_STAFF_PAGES] = { "staff_requests_total", "Requests of staff", false },
    [METRIC_API_CALLS] = { "api_requests_total", "Calls of the API, moved on the full hour", true },
    [METRIC_PUBLIC_PAGES] = { "public_pages_total", "Public pages read, moved on the full hour", true },
    [METRIC_PUBLIC_WRITES] = { "public_writes_total", "Forms of the public pages, moved on the full hour", true },
    [METRIC_CLIENT_ERRORS] = { "client_errors_total", "Answers 4xx, moved on the full hour", true },
    [METRIC_SERVER_ERRORS] = { "server_errors_total", "Answers 5xx", false },
};
static const struct { const char *name, *help; } gauges[GAUGES] = {
    [GAUGE_CONNECTIONS] = { "connections", "Open connections" },
    [GAUGE_SHUT] = { "connections_late", "Connections shut down at a deadline since start" },
    [GAUGE_WAITING] = { "waiting", "Requests waiting outside the lanes" },
    [GAUGE_WAITING_REPORT] = { "waiting_report", "New reports waiting" },
    [GAUGE_WAITING_RETURN] = { "waiting_return", "Returns with a code waiting" },
    [GAUGE_WAITING_STAFF] = { "waiting_staff", "Sign-ins waiting" },
    [GAUGE_WAITING_PARTNER] = { "waiting_partner", "Requests of partners' programs waiting" },
    [GAUGE_RUNNING] = { "running", "Requests on a worker" },
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static i64 counted[METRICS];        /* until now */
static i64 shown[METRICS];          /* until the last full hour */
static i64 hour;
static struct { bool open; i64 banks, records, stopped; } banks;       /* of matches/ */
static struct { bool open, others; i64 behind, files_behind, lines; } shipped;         /* of cmd/ship*.c */
static void (*source)(void *from, i64 values[GAUGES]);
static void *source_from;

/* At the first look in a new hour, what was counted before it becomes visible. */
static void turn_hour(i64 now)
{
    if (clock_hour_floor(now) == hour)
        return;
    hour = clock_hour_floor(now);
    memcpy(shown, counted, sizeof shown);
}

void metrics_count(enum metric m)
{
    pthread_mutex_lock(&lock);
    turn_hour(clock_now_ms());
    counted[m]++;
    pthread_mutex_unlock(&lock);
}

void metrics_source(void (*read)(void *from, i64 values[GAUGES]), void *from)
{
    pthread_mutex_lock(&lock);
    source = read;
    source_from = from;
    pthread_mutex_unlock(&lock);
}

static void line(struct out *o, const char *name, const char *help, const char *type, i64 value)
{
    out_f(o, "# HELP lachan_%s %s\n# TYPE lachan_%s %s\nlachan_%s %lld\n", name, help, name, type, name,
          (long long)value);
}

void metrics_gauges(i64 values[GAUGES])
{
    memset(values, 0, GAUGES * sizeof values[0]);
    pthread_mutex_lock(&lock);
    if (source != NULL)
        source(source_from, values);
    pthread_mutex_unlock(&lock);
}

static void shipped_write(struct out *o)
{
    pthread_mutex_lock(&lock);
    if (shipped.open) {
        line(o, "ship_behind_seconds", "For how long nothing could be sent to where the database is shipped; 0: it goes well", "gauge",
             shipped.files_behind > shipped.behind ? shipped.files_behind : shipped.behind);
        line(o, "ship_lines_ended_total", "Lines of segments that ended, so that a new base had to be made", "counter", shipped.lines);
        line(o, "ship_others", "1 where another server ships into the same repository: a copy of this house", "gauge", shipped.others);
    }
    pthread_mutex_unlock(&lock);
}

static void banks_write(struct out *o)
{
    pthread_mutex_lock(&lock);
    if (banks.open) {
        line(o, "banks", "Banks of hashes that this process has open", "gauge", banks.banks);
        line(o, "banks_records", "Hashes and addresses in force in them", "gauge", banks.records);
        line(o, "banks_stopped", "Banks whose file is not what was built: they cannot be asked", "gauge", banks.stopped);
    }
    pthread_mutex_unlock(&lock);
}

void metrics_write(struct out *o, i64 now)
{
    i64 values[GAUGES];

    metrics_gauges(values);
    pthread_mutex_lock(&lock);
    turn_hour(now);
    for (size_t i = 0; i < METRICS; i++)
        line(o, metrics[i].name, metrics[i].help, "counter", metrics[i].hourly ? shown[i] : counted[i]);
    pthread_mutex_unlock(&lock);
    for (size_t i = 0; i < GAUGES; i++)
        line(o, gauges[i].name, gauges[i].help, "gauge", values[i] - values[i] % GAUGE_STEP);
    banks_write(o);
    shipped_write(o);
}

void metrics_shipped(i64 behind_s, i64 lines)
{
    pthread_mutex_lock(&lock);
    shipped.open = true;
    shipped.behind = behind_s;
    shipped.lines += lines;
    pthread_mutex_unlock(&lock);
}

void metrics_shipped_files(i64 behind_s)
{
    pthread_mutex_lock(&lock);
    shipped.files_behind = behind_s;
    pthread_mutex_unlock(&lock);
}

void metrics_ship_others(bool alive)
{
    pthread_mutex_lock(&lock);
    shipped.others = alive;
    pthread_mutex_unlock(&lock);
}

void metrics_banks(i64 n, i64 records, i64 stopped)
{
    pthread_mutex_lock(&lock);
    banks.open = true;
    banks.banks = n;
    banks.records = records;
    banks.stopped = stopped;
    pthread_mutex_unlock(&lock);
}

void metrics_audit(struct out *o, const struct audit_last *last)
{
    line(o, "audit_alarm", "1 where the last check of the log or of the rows found something altered", "gauge", last->bad.n > 0);
    line(o, "audit_time_seconds", "When the whole log and every row were checked last; 0: not yet", "gauge", last->at / SECOND_MS);
    line(o, "audit_entries", "Entries that the last check read", "gauge", last->entries);
    line(o, "audit_rows", "Rows that the last check compared", "gauge", last->rows);
}
