/* Every kind of request while memory fails: the nth allocation of it, for n = 1, 2, ... until it needs no more. Our own allocator ends
   the process (base/memory.h); libraries get NULL and have to say so. What must hold, whichever it is:
   - an answer is that of a request that found memory, with everything written that it says, or a 5xx with nothing written;
   - a page that answers 200 is whole;
   - a process that ended did so at once and by itself, and its database opens again without half an act;
   - the next request is served as if nothing had been.

   torture [--all] [NAME]     --all: every n and every request; else steps of n, of the requests that are marked */
#include "asks.h"
#include "failing.h"

#include "casework/process.h"
#include "web/handle.h"

#include "ledger.sql.h"
#include "tables.sql.h"

#include <fcntl.h>
#include <signal.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

enum { TABLES = 256, SECONDS = 60, SAY_MAX = 4, WRONG_MAX = 40 };

/* What happened to a request: how it was answered, and how many rows each logged table gained. */
struct outcome {
    int code;
    char where[200];                        /* Location, its ids as stars */
    size_t body;                            /* length of a page */
    long rows[TABLES];
};

/* Who is signed in, and the time. */
struct standing { struct staff staff[SITE_PEOPLE]; struct visitor child; i64 now; };

/* Shared between the process that counts and the ones that may die. */
struct board {
    long n, tries, absorbed, refused, ended, after, wrong, allocations;   /* after: written, though the answer was an error */
    bool armed, done, known, has_usual;
    long before[TABLES];
    struct outcome usual;                   /* of the same request with all the memory it wants */
    struct standing standing;
};

static struct site site;
static struct board *board;
static bool every, arms;
static const char *log_path;
static char why[200];                    /* what our code said of the last request */

/* -- looking ------------------------------------------------------------------------------------------------ */

static status count_row(void *to, const void *row)
{
    (void)row;
    ++*(long *)to;
    return OK;
}

static void must(bool right, const char *doing)
{
    if (right)
        return;
    fprintf(stderr, "torture: %s: %s\n", doing, fail_message());
    exit(3);
}

static void count_rows(long rows[TABLES])
{
    memset(rows, 0, TABLES * sizeof *rows);
    must(sql_log_unnumbered(site.in.conn, count_row, &rows[TABLES - 1]) == OK, "log");
    for (size_t i = 0; tables[i] != NULL; i++) {
        must(i < TABLES - 1, "more tables than this program can count");
        if (tables[i]->logged)
            must(db_each(site.in.conn, tables[i]->all, NULL, count_row, &rows[i]) == OK, tables[i]->name);
        arena_reset(&site.in.arena, true);
    }
}

static bool same_rows(const long *a, const long *b)
{
    return memcmp(a, b, TABLES * sizeof *a) == 0;
}

/* Ids and numbers in an address differ from time to time. */
static void keep_where(char *to, size_t max, struct str where)
{
    size_t n = 0;

    for (size_t i = 0; i < where.n && n + 1 < max; ) {
        size_t run = 0;

        while (i + run < where.n && (strchr("abcdefghijklmnopqrstuvwxyz0123456789", where.at[i + run]) != NULL))
            run++;
        if (run >= 20) {
            to[n++] = '*';
            i += run;
        } else {
            to[n++] = where.at[i++];
        }
    }
    to[n] = '\0';
}

static struct outcome outcome_of(struct answer a)
{
    struct outcome o = { .code = a.code, .body = a.body.n };

    keep_where(o.where, sizeof o.where, a.location);
    return o;
}

static void gained(struct outcome *o, const long before[TABLES])
{
    count_rows(o->rows);
    for (size_t i = 0; i < TABLES; i++)
        o->rows[i] -= before[i];
}

/* -- one try ------------------------------------------------------------------------------------------------ */

void __real_web_handle(struct worker *w, const struct request *r, struct response *response);
void __wrap_web_handle(struct worker *w, const struct request *r, struct response *response);
void __wrap_web_handle(struct worker *w, const struct request *r, struct response *response)
{
    if (arms)
        failing_on();
    __real_web_handle(w, r, response);
    failing_off();
}

/* Cookies change with requests, and the next process goes on with them. */
static void remember(void)
{
    memcpy(board->standing.staff, site.staff, sizeof site.staff);
    board->standing.child = ask_child;
    board->standing.now = site.now;
}

static void recall(void)
{
    memcpy(site.staff, board->standing.staff, sizeof site.staff);
    ask_child = board->standing.child;
    site.now = board->standing.now;
}

static struct outcome try(const struct ask *q, long nth, enum failing_kind kind)
{
    struct outcome o;

    ask_before(&site, q);
    remember();
    count_rows(board->before);
    failing_set(nth, kind);
    board->armed = arms = true;
    o = outcome_of(ask_now(&site, q));
    board->armed = arms = false;
    snprintf(why, sizeof why, "%s", fail_message());
    remember();
    gained(&o, board->before);
    return o;
}

static void say_rows(const struct outcome *o)
{
    for (size_t i = 0; i < TABLES; i++)
        if (o->rows[i] != board->usual.rows[i])
            printf(" %s %ld for %ld", i == TABLES - 1 ? "entries" : tables[i]->name, o->rows[i], board->usual.rows[i]);
    printf("\n");
}

static void wrong(const struct ask *q, const char *what, const struct outcome *o)
{
    if (board->wrong++ >= SAY_MAX)
        return;
    printf("# %s, allocation %ld: %s: %d %s, %zu bytes, for %d %s, %zu bytes (%s); rows:", q->name, board->n, what, o->code, o->where, o->body,
           board->usual.code, board->usual.where, board->usual.body, why);
    say_rows(o);
    fflush(stdout);
}

static bool same_answer(const struct outcome *o)
{
    return o->code == board->usual.code && strcmp(o->where, board->usual.where) == 0;
}

/* A child's form is never answered by a page: its refusal is an address. */
static bool refuses(const struct outcome *o)
{
    return o->code >= 500 || strcmp(o->where, "/problems/broken") == 0 || strcmp(o->where, "/problems/busy") == 0;
}

static void judge(const struct ask *q, const struct outcome *o)
{
    /* the log may have more of a request that failed: that it was begun, and that it was refused */
    bool none = memcmp(o->rows, (long[TABLES]){ 0 }, (TABLES - 1) * sizeof *o->rows) == 0, full = same_rows(o->rows, board->usual.rows);

    if (!none && !full) {
        wrong(q, "half an act", o);
    } else if (same_answer(o)) {
        board->absorbed++;
        if (!full)
            wrong(q, "said done, and is not", o);
        else if (o->code == 200 && board->known && o->body != board->usual.body)
            wrong(q, "a page that is not whole", o);
    } else if (refuses(o)) {
        board->refused++;
        board->after += full && !none;
    } else {
        wrong(q, "neither the answer nor a refusal", o);
    }
}

/* Without a fault: what the request is like, twice, because a first one fills caches and some pages never have the same length. */
static void see_usual(const struct ask *q)
{
    struct outcome first = try(q, 0, FAIL_ONE), again = try(q, 0, FAIL_ONE);

    if (board->has_usual && (!same_answer(&again) || !same_rows(again.rows, board->usual.rows)))
        wrong(q, "not served as before once memory came back", &again);
    board->usual = again;
    board->known = again.body == first.body && !q->varies;
    board->allocations = failing_count();
    if (!board->has_usual && refuses(&again))
        wrong(q, "fails without a fault", &again);
    board->has_usual = true;
}

static long next_of(long n)
{
    return every || n < 8 ? n + 1 : n + 1 + n / 6;
}

/* In a process of its own, which may end anywhere in here. */
static int suffer(const struct ask *q, enum failing_kind kind)
{
    struct verb verb = site.verb;
    struct outcome o;

    must(instance_open(&verb, &site.in) == OK, "the database does not open again");
    must(web_start(&site.in.app) == OK && worker_make(&site.in.app, false, &site.worker) == OK, "a worker");
    recall();
    see_usual(q);
    while (!board->done && board->wrong < WRONG_MAX) {
        alarm(SECONDS);
        o = try(q, board->n, kind);
        board->tries++;
        board->done = !failing_happened();
        if (!board->done)
            judge(q, &o);
        board->n = next_of(board->n);
    }
    board->tries--;
    worker_free(site.worker);
    instance_close(&site.in);
    return 0;
}

/* -- the one who watches ------------------------------------------------------------------------------------ */

/* The last words of a process: those of base/memory, or of a library that ends the process itself (GLib below pango). */
static bool ended_by_itself(const struct ask *q, int how)
{
    static const char *const words[] = { "error memory out_of_memory", "failed to allocate" };
    char text[4096] = "";
    int fd = open(log_path, O_RDONLY | O_CLOEXEC);
    ssize_t n = fd < 0 ? 0 : read(fd, text, sizeof text - 1);

    if (n == (ssize_t)sizeof text - 1 && lseek(fd, -(off_t)sizeof text, SEEK_END) >= 0)
        n = read(fd, text, sizeof text - 1);
    if (fd >= 0)
        close(fd);
    text[n > 0 ? n : 0] = '\0';
    for (size_t i = 0; i < COUNT_OF(words); i++)
        if (strstr(text, words[i]) != NULL && WIFSIGNALED(how) && (WTERMSIG(how) == SIGABRT || WTERMSIG(how) == SIGTRAP))
            return true;
    /* Libraries of text and drawing go on with the NULL, or stop at an assertion. That is an end as well: nothing of the request was
       answered, and the next process finds the database as it was. */
    if (q->draws && WIFSIGNALED(how) && (WTERMSIG(how) == SIGABRT || WTERMSIG(how) == SIGSEGV))
        return true;
    printf("# %s\n", strlen(text) > 600 ? text + strlen(text) - 600 : text);
    return false;
}

static pid_t start(const struct ask *q, enum failing_kind kind)
{
    pid_t child;
    int fd;

    fflush(NULL);
    child = fork();
    if (child != 0)
        return child;
    fd = open(log_path, O_CREAT | O_TRUNC | O_WRONLY | O_CLOEXEC, 0600);
    if (fd >= 0)
        dup2(fd, STDERR_FILENO);
    exit(suffer(q, kind));
}

static void torture(const struct ask *q, enum failing_kind kind)
{
    bool again = true;

    *board = (struct board){ .n = 1, .standing = board->standing };
    while (again && board->wrong < WRONG_MAX) {
        struct outcome nothing = { 0 };
        int how = 0;

        waitpid(start(q, kind), &how, 0);
        again = WIFSIGNALED(how) && board->armed;
        if (WIFEXITED(how) && WEXITSTATUS(how) == 0)
            break;
        if (!again || !ended_by_itself(q, how)) {
            wrong(q, WIFSIGNALED(how) ? strsignal(WTERMSIG(how)) : "the process gave up", &nothing);
            if (!again)
                (void)ended_by_itself(q, 0);
        }
        board->ended++;
        board->tries++;
        board->armed = false;
        board->n = next_of(board->n);
    }
}

/* Every row against the log, and SQLite's own check. */
static int verify(void)
{
    struct verb verb = site.verb;
    struct audit audit = { 0 };
    sqlite3_stmt *at = NULL;
    sqlite3 *db = NULL;
    bool right;

    must(instance_open(&verb, &site.in) == OK, "the database does not open again");
    right = audit_verify(&site.in.ledger, tables, &audit) == OK;
    if (!right)
        printf("# %.*s\n", (int)audit.bad.n, audit.bad.at);
    instance_close(&site.in);
    if (getenv("LACHAN_TEST_POSTGRES") != NULL)
        return !right;
    right = right && sqlite3_open(arena_f(&site.kept, "%s/lachan.db", site.folder).at, &db) == SQLITE_OK &&
            sqlite3_prepare_v2(db, "PRAGMA integrity_check", -1, &at, NULL) == SQLITE_OK && sqlite3_step(at) == SQLITE_ROW &&
            strcmp((const char *)sqlite3_column_text(at, 0), "ok") == 0;
    sqlite3_finalize(at);
    sqlite3_close(db);
    return !right;
}

static bool verified(void)
{
    pid_t child;
    int how = 1;

    fflush(NULL);
    child = fork();
    if (child == 0)
        exit(verify());
    waitpid(child, &how, 0);
    return how == 0;
}

static int result(int number, const struct ask *q, bool right, const char *kind)
{
    printf("%s %d - %s %s (%d %s), %s: %ld allocations, %ld tried: %ld borne, %ld refused (%ld of them written), %ld ended the process\n",
           right ? "ok" : "not ok", number, q->method, q->name, board->usual.code, board->usual.where, kind, board->allocations, board->tries, board->absorbed, board->refused, board->after,
           board->ended);
    fflush(stdout);
    return right ? 0 : 1;
}

int main(int argc, char **argv)
{
    const char *only = argc > 1 && strcmp(argv[argc - 1], "--all") != 0 ? argv[argc - 1] : NULL;
    const struct ask *list;
    int number = 0, bad = 0;
    bool whole;

    every = argc > 1 && strcmp(argv[1], "--all") == 0;
    board = mmap(NULL, sizeof *board, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    site_open(&site);
    must(board != MAP_FAILED && process_pin(1) == OK, "start");
    asks_prepare(&site);
    list = asks_all(&site);
    log_path = arena_f(&site.kept, "%s/stderr.txt", site.folder).at;
    worker_free(site.worker);
    site.worker = NULL;
    instance_close(&site.in);
    remember();
    for (const struct ask *q = list; q->name != NULL; q++)
        for (enum failing_kind kind = FAIL_ONE; kind <= FAIL_REST; kind++) {
            if (only != NULL ? strstr(q->name, only) == NULL : !every && (!q->small || kind == FAIL_REST))
                continue;
            torture(q, kind);
            bad += result(++number, q, board->wrong == 0, kind == FAIL_ONE ? "one fails" : "all fail from there");
        }
    whole = verified();
    number++;
    printf("%s %d - every row is what the log says, and the database is whole\n1..%d\n", whole ? "ok" : "not ok", number, number);
    bad += !whole;
    must(instance_open(&site.verb, &site.in) == OK, "the end");
    must(worker_make(&site.in.app, false, &site.worker) == OK, "the end");
    site_close(&site);
    return bad != 0;
}
