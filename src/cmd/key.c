/* lachan key: lines of the key file. rotate makes a new one current in two steps, so that several servers share it: it comes into the
   file first, and becomes the last one when every running process knows it. retire takes one out that nothing names any more. */
#include "cmd.h"

#include "../ledger/look.h"
#include "../ledger/turn.h"

#include "ledger.sql.h"
#include "tables.sql.h"

#include <fcntl.h>
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <time.h>
#include <unistd.h>

enum { WAIT_USUAL = 20, HOLDER_MS = 20000, SETTLE_MS = 120000 };

static const struct option options[] = {
    OPTION_DATA, OPTION_DB, OPTION_KEY, OPTION_JSON,
    { "wait", "SECONDS", "rotate: how long to wait for running servers (default: 20)" }, OPTION_HELP, OPTION_END,
};

struct key_verb {
    struct verb v;
    struct instance in;
    const char *path;
    struct ledger *l;
    i64 now;
};

/* -- who is running ---------------------------------------------------------------------------------------------------------------- */

static status holders(struct key_verb *k, struct key_holders_since_rows *rows)
{
    return sql_key_holders_since(k->l->db, (struct sql_key_holders_since){ .since = clock_now_ms() - HOLDER_MS }, rows);
}

static bool has_line(struct key_verb *k, struct str lines, i64 gen)
{
    struct str wanted = arena_f(k->l->arena, " %lld ", (long long)gen);

    return str_find(lines, wanted) < lines.n;
}

/* How many do not know the line; each is named where `say`. */
static status without(struct key_verb *k, i64 gen, bool say, size_t *n)
{
    struct key_holders_since_rows rows;

    *n = 0;
    TRY(holders(k, &rows));
    for (size_t i = 0; i < rows.n; i++) {
        if (has_line(k, rows.at[i].lines, gen))
            continue;
        ++*n;
        if (say)
            fprintf(stderr, "  %.*s does not have it\n", (int)rows.at[i].name.n, rows.at[i].name.at);
    }
    return OK;
}

static status wait_for_all(struct key_verb *k, i64 gen, i64 seconds)
{
    i64 until = clock_mono_ms() + seconds * SECOND_MS;
    size_t n;

    for (;;) {
        TRY(without(k, gen, false, &n));
        if (n == 0)
            return OK;
        if (clock_mono_ms() >= until)
            break;
        nanosleep(&(struct timespec){ .tv_nsec = 200000000 }, NULL);
        instance_step(&k->in);
    }
    fprintf(stderr, "Line %lld stands in %s and is not current yet: not every running server has it.\n", (long long)gen, k->path);
    TRY(without(k, gen, true, &n));
    fprintf(stderr, "Bring the file to them (or end them), then run \"lachan key rotate\" again: it goes on with this line.\n");
    return fail(BUSY, "%zu running server(s) do not have line %lld", n, (long long)gen);
}

/* -- rotate -------------------------------------------------------------------------------------------------------------------------- */

/* A line that came into the file and never became current: of a rotation that was broken off. 0: there is none. */
static i64 pending(const struct house *h)
{
    i64 gen = 0;

    for (size_t i = 0; i < h->n; i++)
        if (h->gen[i].kgen > house_now(h)->kgen && h->gen[i].kgen > gen)
            gen = h->gen[i].kgen;
    return gen;
}

static status next_number(struct key_verb *k, i64 *gen)
{
    struct key_lines_rows rows;

    *gen = 0;
    TRY(sql_key_lines_all(k->l, &rows));
    for (size_t i = 0; i < rows.n; i++)
        if (rows.at[i].gen > *gen)
            *gen = rows.at[i].gen;
    for (size_t i = 0; i < k->in.house->n; i++)
        if (k->in.house->gen[i].kgen > *gen)
            *gen = k->in.house->gen[i].kgen;
    ++*gen;
    return OK;
}

static status add_line(struct key_verb *k, i64 *gen)
{
    bool changed;

    *gen = pending(k->in.house);
    if (*gen != 0)
        return OK;
    if (k->in.house->n == HOUSE_GENERATIONS)
        return fail(TOO_LARGE, "the key file has %d lines already: \"lachan key retire\" one first", HOUSE_GENERATIONS);
    TRY(next_number(k, gen));
    TRY(house_line_new(k->path, *gen));
    return house_refresh(k->in.house, k->path, &changed);
}

/* The entry stands before the line is the last: heads are signed with it only once the log has said whose it is. */
static status make_current(struct key_verb *k, i64 gen)
{
    bool changed;

    TRY(key_line_log(k->l, house_at(k->in.house, gen), k->now));
    TRY(house_line_last(k->path, gen));
    TRY(house_refresh(k->in.house, k->path, &changed));
    return key_turn_again(k->l, &app_keys);
}

static int rotate(struct key_verb *k)
{
    i64 seconds, gen, was = house_now(k->in.house)->kgen;

    if (config_number(&k->v.config, "wait", WAIT_USUAL, 0, 86400, &seconds) != OK) {
        fprintf(stderr, "lachan key: %s\n", fail_message());
        return EXIT_USAGE;
    }
    if (add_line(k, &gen) != OK || wait_for_all(k, gen, seconds) != OK || make_current(k, gen) != OK)
        return verb_failed(&k->v, "the key is not rotated; the old line goes on");
    if (config_set(&k->v.config, "json"))
        printf("{\"current\":%lld,\"before\":%lld}\n", (long long)gen, (long long)was);
    else
        printf("line %lld is current; line %lld stays until nothing names it (lachan key status)\n", (long long)gen, (long long)was);
    fprintf(stderr, "Print %s anew and keep it apart: without it no password, code or backup of from now on opens.\n"
                    "Keep the old print as long as backups from before are kept. Several servers: bring the file to each.\n", k->path);
    return EXIT_FINE;
}

/* -- status ---------------------------------------------------------------------------------------------------------------------------- */

static void say_line(struct key_verb *k, const struct key_turn *sum, size_t i, struct out *o)
{
    const struct house *h = k->in.house;
    bool first = true;

    out_f(o, "line %lld%s:", (long long)h->gen[i].kgen, &h->gen[i] == house_now(h) ? " (current)" : "");
    for (int what = 0; what < KEY_WHATS; what++)
        if (sum->n[what][i] > 0) {
            out_f(o, "%s %s %lld", first ? "" : ",", key_what_words[what], (long long)sum->n[what][i]);
            first = false;
        }
    out_c(o, first ? " nothing names it\n" : "\n");
}

static i64 others(const struct key_turn *sum)
{
    i64 n = 0;

    for (int what = 0; what < KEY_WHATS; what++)
        n += sum->other[what];
    return n;
}

static void json_line(struct key_verb *k, const struct key_turn *sum, size_t i, struct out *o)
{
    const struct house *h = k->in.house;

    out_f(o, "%s{\"line\":%lld,\"current\":%s", i ? "," : "", (long long)h->gen[i].kgen, &h->gen[i] == house_now(h) ? "true" : "false");
    for (int what = 0; what < KEY_WHATS; what++) {
        out_c(o, ",\"");
        for (const char *p = key_what_words[what]; *p; p++)
            out_char(o, *p == ' ' ? '_' : *p);
        out_f(o, "\":%lld", (long long)sum->n[what][i]);
    }
    out_char(o, '}');
}

static status say_status(struct key_verb *k, struct out *o)
{
    bool json = config_set(&k->v.config, "json");
    struct key_holders_since_rows rows;
    struct key_turn sum;

    TRY(key_count(k->l, &app_keys, k->now, &sum));
    out_c(o, json ? "{\"lines\":[" : "");
    for (size_t i = 0; i < k->in.house->n; i++)
        (json ? json_line : say_line)(k, &sum, i, o);
    TRY(holders(k, &rows));
    if (json)
        out_f(o, "],\"unknown\":%lld,\"servers\":%zu}\n", (long long)others(&sum), rows.n);
    else if (others(&sum) > 0)
        out_f(o, "%lld are altered or name a line that is not in the file: see \"lachan audit verify\"\n", (long long)others(&sum));
    for (size_t i = 0; i < rows.n && !json; i++)
        out_f(o, "running: %.*s writes with line %lld and knows%.*s\n", (int)rows.at[i].name.n, rows.at[i].name.at, (long long)rows.at[i].gen,
              (int)rows.at[i].lines.n - 1, rows.at[i].lines.at);
    if (!json && pending(k->in.house))
        out_f(o, "line %lld is in the file and not current: \"lachan key rotate\" goes on with it\n", (long long)pending(k->in.house));
    return OK;
}

static int show(struct key_verb *k)
{
    struct out o = { .max = 1 << 20 };
    int code = say_status(k, &o) == OK ? EXIT_FINE : verb_failed(&k->v, "the lines cannot be counted");

    if (code == EXIT_FINE)
        fwrite(o.at, 1, o.n, stdout);
    out_free(&o);
    return code;
}

/* -- retire ------------------------------------------------------------------------------------------------------------------------------ */

static size_t place_of(const struct house *h, i64 gen)
{
    size_t i = 0;

    while (i < h->n && h->gen[i].kgen != gen)
        i++;
    return i;
}

static status nobody_writes_with(struct key_verb *k, i64 gen)
{
    struct key_holders_since_rows rows;

    TRY(holders(k, &rows));
    for (size_t i = 0; i < rows.n; i++)
        if (rows.at[i].gen == gen)
            return fail(CONFLICT, "%.*s still writes with line %lld: bring it the new key file", (int)rows.at[i].name.n, rows.at[i].name.at,
                        (long long)gen);
    return OK;
}

/* Moves what can be moved without a person, and counts what is left. */
static status nothing_names(struct key_verb *k, i64 gen)
{
    size_t at = place_of(k->in.house, gen);
    struct out o = { .max = 4096 };
    struct key_turn sum;
    bool left;
    status s;

    TRY(key_turn_again(k->l, &app_keys));
    TRY(key_turn_on(k->l, &app_keys, k->now, 0, &left));
    TRY(key_count(k->l, &app_keys, k->now, &sum));
    for (int what = 0; what < KEY_WHATS; what++)
        if (sum.n[what][at] > 0)
            out_f(&o, "%s%s %lld", o.n ? ", " : "", key_what_words[what], (long long)sum.n[what][at]);
    s = o.n == 0 ? OK : fail(CONFLICT, "line %lld is still named: %.*s", (long long)gen, (int)o.n, o.at);
    out_free(&o);
    return s;
}

/* A request that began under the old line may write a row of it when it ends: a minute is its deadline. */
static status settled(struct key_verb *k)
{
    i64 since;

    TRY(key_since(k->l, &since));
    return clock_now_ms() - since >= SETTLE_MS ? OK : fail(BUSY, "the new line is current since less than two minutes: wait for what was begun before");
}

/* The head of the log, in the database and beside the key, must be one that a line which stays has signed. */
static status head_signed_anew(struct key_verb *k, i64 gen)
{
    struct log_growth head;

    TRY(key_line_end(k->l, gen, k->now));
    TRY(log_number(k->l, k->now));
    TRY(log_growth(k->l, 0, &head));
    if (vault_same(head.log_pk, house_at(k->in.house, gen)->log_pk, sizeof head.log_pk))
        return fail(CONFLICT, "the head of the log is still signed by line %lld: a server signs with it", (long long)gen);
    TRY(log_check_head(k->l, k->in.app.head_file));
    return log_keep_head(k->l, k->in.app.head_file);
}

static status take_out(struct key_verb *k, i64 gen)
{
    if (house_at(k->in.house, gen) == NULL)
        return fail(NOT_FOUND, "the key file has no line %lld", (long long)gen);
    if (house_now(k->in.house)->kgen == gen)
        return fail(CONFLICT, "line %lld is the current one", (long long)gen);
    if (gen == pending(k->in.house))
        return fail(CONFLICT, "line %lld is about to become current: \"lachan key rotate\" goes on with it", (long long)gen);
    TRY(nobody_writes_with(k, gen));
    TRY(nothing_names(k, gen));
    TRY(settled(k));
    TRY(head_signed_anew(k, gen));
    return house_line_drop(k->path, gen);
}

static int retire(struct key_verb *k, const char *typed)
{
    i64 gen;

    if (!str_i64(str_c(typed), &gen)) {
        fprintf(stderr, "lachan key: retire takes the number of a line: \"lachan key status\" shows them\n");
        return EXIT_USAGE;
    }
    if (take_out(k, gen) != OK)
        return verb_failed(&k->v, "the line stays");
    printf("line %lld is out of the key file; running servers forget it when they start anew\n", (long long)gen);
    fprintf(stderr, "Keep its print as long as backups of its time are kept: they open with it alone.\n");
    return EXIT_FINE;
}

/* -- the verb ------------------------------------------------------------------------------------------------------------------------------ */

/* Two at once would each write a file from the one that both read, and a line would be lost. The folder is locked, for the file is replaced. */
static status alone(struct key_verb *k, int *fd)
{
    char *path = realpath(k->path, NULL);

    *fd = path != NULL ? open(dirname(path), O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;
    free(path);
    if (*fd < 0)
        return fail(INVALID, "the folder of %s cannot be opened: %m", k->path);
    return flock(*fd, LOCK_EX | LOCK_NB) == 0 ? OK : fail(BUSY, "another \"lachan key\" works on %s: wait for it, then look at \"lachan key status\"", k->path);
}

static int run(struct key_verb *k, const char *what)
{
    bool changed;
    int fd;

    if (strcmp(what, "status") == 0)
        return show(k);
    if (alone(k, &fd) != OK || house_refresh(k->in.house, k->path, &changed) != OK)
        return verb_failed(&k->v, "nothing was done");      /* the lock ends with the process */
    if (strcmp(what, "rotate") == 0)
        return rotate(k);
    return retire(k, k->v.config.args[1]);
}

static bool usage_right(const struct config *c)
{
    if (c->n_args == 1)
        return strcmp(c->args[0], "rotate") == 0 || strcmp(c->args[0], "status") == 0;
    return c->n_args == 2 && strcmp(c->args[0], "retire") == 0;
}

int cmd_key(int argc, char **argv)
{
    struct key_verb k = { .v = { .name = "key", .options = options, .usage = "status | rotate | retire LINE --data DIR [--json]" } };
    int code;

    if (!verb_begin(&k.v, argc, argv, &code))
        return code;
    if (!usage_right(&k.v.config)) {
        fprintf(stderr, "usage: lachan %s %s\n", k.v.name, k.v.usage);
        return EXIT_USAGE;
    }
    serve_harden();
    if (instance_open(&k.v, &k.in) != OK)
        return verb_failed(&k.v, "the instance cannot be opened");
    k.path = instance_key_path(&k.v);
    k.l = &k.in.ledger;
    k.now = clock_now_ms();
    code = run(&k, k.v.config.args[0]);
    instance_close(&k.in);
    return code;
}
