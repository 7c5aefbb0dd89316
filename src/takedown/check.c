/* Looking again whether an address still answers: never by ourselves, but by a program that the operator named (setting fetch-helper). It
   is started without a shell, without our environment and descriptors, gets the address as one line on stdin and nothing else, and has
   CHECK_MS for one line of answer. What it says is shown to a person, who decides. */
#include "track.h"

#include "../base/log.h"
#include "../base/text.h"
#include "../outbox/jobs.h"

#include "outbox.sql.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum { CHECK_MS = 20000, CHECK_LEASE_MS = 2 * MINUTE_MS, ANSWER_BYTES = 200, STEP_MS = 50 };

bool check_there(const struct app *app)
{
    return app->fetch_helper != NULL;
}

status takedown_check_settings(const char *program)
{
    struct stat st;

    if (program == NULL)
        return OK;
    if (program[0] != '/')
        return fail(INVALID, "fetch-helper is the whole path of a program");
    if (stat(program, &st) != 0 || !S_ISREG(st.st_mode) || access(program, X_OK) != 0)
        return fail(INVALID, "fetch-helper: %s is no program that may be run", program);
    return OK;
}

/* -- the queue: in the outbox, so that a killed process asks again ---------------------------------------------------------------------- */

static struct key ctx_check(struct id id)
{
    return vault_ctx("outbox", PARTS(STR("takedown-check"), id_bytes(&id)));
}

struct check { struct id track; size_t item; };

static status queue_body(struct ctx *c, struct track *t, const void *what)
{
    const size_t *item = what;
    struct id id = id_random();
    char track[ID_TEXT + 1];
    struct str plain;

    if (*item >= t->n_items || strcmp(t->items[*item].kind, "url") != 0)
        return DENIED;
    id_text(t->row.id, track);
    plain = arena_f(c->arena, "%s %zu", track, *item);
    TRY(sql_outbox_add(c->ledger->db, (struct sql_outbox_add){ .id = id, .kind = STR("takedown-check"), .due = c->now,
        .sealed = vault_box(c->arena, &house_now(c->ledger->house)->job, ctx_check(id), plain) }));
    return track_tell(c, t, (struct track_note){ "check", { 0 }, STR("") });
}

status check_queue(struct ctx *c, struct id track, size_t item)
{
    return track_act(c, track, "takedown.check", queue_body, &item);
}

static status check_open(struct ledger *l, const struct outbox_due_row *row, struct check *check)
{
    struct str plain, id;
    i64 item;
    status s = BROKEN;

    for (size_t i = l->house->n; i-- > 0 && s != OK;)
        s = vault_unbox(l->arena, &l->house->gen[i].job, ctx_check(row->id), row->sealed, &plain);
    TRY(s);
    if (!str_cut(&plain, ' ', &id) || !id_of_text(id, &check->track) || !str_i64(plain, &item) || item < 0 || item >= TAKEDOWN_ITEMS)
        return BROKEN;
    check->item = (size_t)item;
    return OK;
}

/* -- the program ------------------------------------------------------------------------------------------------------------------------------ */

struct helper { pid_t pid; int in, out; };

static bool plan(posix_spawn_file_actions_t *files, int in, int out)
{
    return posix_spawn_file_actions_adddup2(files, in, 0) == 0 && posix_spawn_file_actions_adddup2(files, out, 1) == 0 &&
           posix_spawn_file_actions_addopen(files, 2, "/dev/null", O_WRONLY, 0) == 0;
}

static bool start(const char *program, int in, int out, pid_t *pid)
{
    char *const argv[] = { (char *)program, NULL };
    char *const env[] = { "PATH=/usr/bin:/bin", "LANG=C.UTF-8", NULL };
    posix_spawn_file_actions_t files;
    posix_spawnattr_t attr;
    sigset_t none;
    bool good;

    if (posix_spawn_file_actions_init(&files) != 0 || posix_spawnattr_init(&attr) != 0)
        return false;
    sigemptyset(&none);
    good = plan(&files, in, out) && posix_spawnattr_setsigmask(&attr, &none) == 0 && posix_spawnattr_setpgroup(&attr, 0) == 0 &&
           posix_spawnattr_setflags(&attr, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETPGROUP) == 0 &&
           posix_spawn(pid, program, &files, &attr, argv, env) == 0;
    posix_spawn_file_actions_destroy(&files);
    posix_spawnattr_destroy(&attr);
    return good;
}

static status helper_start(const char *program, struct helper *h)
{
    int in[2], out[2];
    bool good;

    if (pipe2(in, O_CLOEXEC) != 0)
        return fail(BROKEN, "no pipe: errno %d", errno);
    if (pipe2(out, O_CLOEXEC) != 0) {
        close(in[0]);
        close(in[1]);
        return fail(BROKEN, "no pipe: errno %d", errno);
    }
    good = start(program, in[0], out[1], &h->pid);
    close(in[0]);
    close(out[1]);
    h->in = in[1];
    h->out = out[0];
    if (!good) {
        close(h->in);
        close(h->out);
    }
    return good ? OK : fail(BROKEN, "the program could not be started");
}

/* The address fits into the pipe's buffer, so this never waits. */
static void helper_tell(struct helper *h, struct arena *a, struct str url)
{
    struct str line = arena_f(a, "%.*s\n", (int)url.n, url.at);
    struct sigaction ignore = { .sa_handler = SIG_IGN }, before;
    ssize_t sent;

    sigaction(SIGPIPE, &ignore, &before);
    sent = write(h->in, line.at, line.n);
    (void)sent;                 /* a program that does not want it says so by its answer */
    sigaction(SIGPIPE, &before, NULL);
    close(h->in);
}

/* Up to a line, or the end, or the deadline. */
static size_t helper_hear(const struct helper *h, char *answer, i64 until)
{
    size_t n = 0;

    while (n < ANSWER_BYTES && clock_mono_ms() < until) {
        struct pollfd p = { .fd = h->out, .events = POLLIN };
        ssize_t got = 0;

        if (poll(&p, 1, STEP_MS) <= 0)
            continue;
        got = read(h->out, answer + n, ANSWER_BYTES - n);
        if (got <= 0)
            return n;
        n += (size_t)got;
    }
    return n;
}

static bool helper_end(const struct helper *h, i64 until)
{
    int how = 0;
    pid_t got;

    while ((got = waitpid(h->pid, &how, WNOHANG)) == 0 && clock_mono_ms() < until)
        poll(NULL, 0, STEP_MS);
    if (got == 0) {
        kill(-h->pid, SIGKILL);
        (void)waitpid(h->pid, &how, 0);
        return false;
    }
    return got == h->pid && WIFEXITED(how) && WEXITSTATUS(how) == 0;
}

static status ask(struct arena *a, const char *program, struct str url, struct str *said)
{
    i64 until = clock_mono_ms() + CHECK_MS;
    char answer[ANSWER_BYTES];
    struct str text, line;
    struct helper h;
    bool good;

    TRY(helper_start(program, &h));
    helper_tell(&h, a, url);
    text = str_of(answer, helper_hear(&h, answer, until));
    good = helper_end(&h, until);
    close(h.out);
    (void)str_cut(&text, '\n', &line);
    line = text_upto(str_trim(text_clean(a, line)), 100);
    *said = good && line.n ? line : STR("?");
    return OK;
}

/* -- the job ------------------------------------------------------------------------------------------------------------------------------------ */

static status in_tx(struct conn *db, status s)
{
    if (s == OK)
        return tx_commit(db);
    tx_rollback(db);
    return s;
}

struct checked { struct id job; struct str words; };

/* What was found and the end of the question are one transaction: it is asked again until it is kept. */
static status checked_body(struct ctx *c, struct track *t, const void *what)
{
    const struct checked *done = what;

    TRY(sql_outbox_remove(c->ledger->db, (struct sql_outbox_remove){ .id = done->job }));
    return track_tell(c, t, (struct track_note){ "checked", { 0 }, done->words });
}

static status check_one(struct ctx *c, const struct outbox_due_row *row)
{
    struct check check;
    struct track t;
    struct str said;

    TRY(check_open(c->ledger, row, &check));
    TRY(track_load(c, check.track, &t));
    if (check.item >= t.n_items)
        return BROKEN;
    TRY(ask(c->arena, c->app->fetch_helper, t.items[check.item].text, &said));
    said = arena_f(c->arena, "%.*s: %.*s", (int)t.items[check.item].text.n, t.items[check.item].text.at, (int)said.n, said.at);
    return track_act(c, check.track, "takedown.checked", checked_body, &(struct checked){ row->id, said });
}

status takedown_checks(struct ledger *l, const struct app *app, i64 now)
{
    struct ctx c = { .arena = l->arena, .ledger = l, .app = app, .now = now };
    struct outbox_due_rows rows;

    if (app->fetch_helper == NULL)
        return OK;
    TRY(sql_outbox_due(l->db, (struct sql_outbox_due){ .kind = STR("takedown-check"), .now = now }, &rows));
    for (size_t i = 0; i < rows.n; i++) {
        i64 changed = 0;
        status s;

        TRY(tx_begin(l->db));
        TRY(in_tx(l->db, sql_outbox_take(l->db, (struct sql_outbox_take){ .id = rows.at[i].id, .now = now, .until = now + CHECK_LEASE_MS },
                                         &changed)));
        s = changed == 1 ? check_one(&c, &rows.at[i]) : OK;
        act_abort(l);
        if (s == OK)
            continue;
        log_warn("takedown", "an address was not looked at: %s", fail_message());
        TRY(tx_begin(l->db));
        TRY(in_tx(l->db, sql_outbox_remove(l->db, (struct sql_outbox_remove){ .id = rows.at[i].id })));
    }
    return OK;
}
