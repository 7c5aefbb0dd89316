/* lachan banks: banks of hashes from the shell. What comes into force still needs a reviewer's word on the page. */
#include "cmd.h"

#include "../matches/bank_batches.h"
#include "../matches/bank_files.h"

#include <stdio.h>

enum { FILE_MAX = 1 << 30, FILE_ARENA = 64 << 20 };

static const struct option options[] = {
    OPTION_DATA, OPTION_DB, OPTION_KEY, { "bank", "CODE", "import: into which bank" },
    { "yes", NULL, "import: take the file in; without it the file is only checked" }, OPTION_JSON, OPTION_HELP, OPTION_END,
};

/* -- list ---------------------------------------------------------------------------------------------------------------------------- */

struct line { struct banks_row *bank; i64 records, waits, built; bool alarm; };

static status read_line(struct instance *in, struct banks_row *bank, struct line *line)
{
    struct bank_versions_row version = { 0 };
    struct bank_builds_row build = { 0 };
    struct bank_hold_count_row waits;
    struct bank_alarms_all_rows alarms;
    status s = version_newest(&in->ledger, bank->no, &version);

    if (s == OK || s == NOT_FOUND)
        s = sql_bank_build_newest(&in->ledger, (struct sql_bank_build_newest){ .bank = bank->no }, &build);
    if (s != OK && s != NOT_FOUND)
        return s;
    TRY(sql_bank_hold_count(in->ledger.db, (struct sql_bank_hold_count){ .bank = bank->no, .hold = HOLD_WAITS }, &waits));
    TRY(sql_bank_alarms_all(in->ledger.db, &alarms));
    *line = (struct line){ bank, version.records, waits.n, build.n_full + build.n_cpp512 + build.n_exact, false };
    for (size_t i = 0; i < alarms.n; i++)
        line->alarm |= alarms.at[i].bank == bank->no;
    return OK;
}

static void print_json(struct out *o, const struct line *l)
{
    out_c(o, "{\"code\":");
    out_json(o, l->bank->code);
    out_c(o, ",\"name\":");
    out_json(o, l->bank->name);
    out_c(o, ",\"class\":");
    out_json(o, l->bank->class);
    out_f(o, ",\"state\":\"%.*s\",\"negative\":%s,\"sandbox\":%s,\"radius\":%lld,\"records\":%lld,\"waiting\":%lld,\"in_file\":%lld,\"alarm\":%s}\n",
          (int)l->bank->state.n, l->bank->state.at, l->bank->negative ? "true" : "false", l->bank->sandbox ? "true" : "false",
          (long long)l->bank->radius, (long long)l->records, (long long)l->waits, (long long)l->built, l->alarm ? "true" : "false");
}

static void print_line(struct out *o, const struct line *l)
{
    out_f(o, "%-24.*s %-10.*s %-8.*s%s%s %10lld records %8lld waiting %10lld in the file%s\n", (int)l->bank->code.n, l->bank->code.at,
          (int)l->bank->class.n, l->bank->class.at, (int)l->bank->state.n, l->bank->state.at, l->bank->negative ? " negative" : "",
          l->bank->sandbox ? " sandbox" : "", (long long)l->records, (long long)l->waits, (long long)l->built, l->alarm ? "  ALARM" : "");
}

static status list(struct verb *v, struct instance *in)
{
    struct out o = { .max = 1 << 20 };

    for (int sandbox = 0; sandbox < 2; sandbox++) {
        struct banks_rows rows;

        TRY(sql_banks_of(&in->ledger, (struct sql_banks_of){ .sandbox = sandbox }, &rows));
        for (size_t i = 0; i < rows.n; i++) {
            struct line line;

            if (rows.at[i].altered)
                continue;
            TRY(read_line(in, &rows.at[i], &line));
            (config_set(&v->config, "json") ? print_json : print_line)(&o, &line);
        }
    }
    printf("%.*s", (int)o.n, out_done(&o).at);
    out_free(&o);
    return OK;
}

/* -- check --------------------------------------------------------------------------------------------------------------------------- */

/* The rows against the sum of their newest version, and the files against what the log says was built. */
static bool check_bank(struct verb *v, struct instance *in, const struct banks_row *bank)
{
    struct bank_builds_row build;
    struct bank_files files;
    i64 records = 0;
    status s = bank_rows_check(&in->ledger, bank, &records);

    if (s == OK)
        s = sql_bank_build_newest(&in->ledger, (struct sql_bank_build_newest){ .bank = bank->no }, &build);
    if (s == OK)
        s = bank_files_open(in->ledger.arena, v->dir, bank, &build, &files);
    else if (s == NOT_FOUND)
        s = OK;
    if (s == OK)
        printf("%.*s: %lld records are as they were written, and its files prove themselves\n", (int)bank->code.n, bank->code.at, (long long)records);
    else
        printf("%.*s: %s\n", (int)bank->code.n, bank->code.at, fail_message());
    return s == OK;
}

static status check(struct verb *v, struct instance *in)
{
    const char *code = v->config.n_args > 1 ? v->config.args[1] : NULL;
    size_t wrong = 0, n = 0;

    for (int sandbox = 0; sandbox < 2; sandbox++) {
        struct banks_rows rows;

        TRY(sql_banks_of(&in->ledger, (struct sql_banks_of){ .sandbox = sandbox }, &rows));
        for (size_t i = 0; i < rows.n; i++) {
            if (code != NULL && !str_is(rows.at[i].code, code))
                continue;
            n++;
            wrong += rows.at[i].altered || !check_bank(v, in, &rows.at[i]);
        }
    }
    if (code != NULL && n == 0)
        return fail(NOT_FOUND, "no bank has the code \"%s\": see \"lachan banks list\"", code);
    return wrong == 0 ? OK : fail(BROKEN, "%zu of %zu banks", wrong, n);
}

/* -- import --------------------------------------------------------------------------------------------------------------------------- */

static void say_check(const struct file_check *c)
{
    static const char *const words[] = {
        [FILE_EMPTY] = "there is nothing in it", [FILE_HEADER] = "the first line must name the columns kind and value",
        [FILE_SHAPE] = "a line is a kind, a blank, and the value", [FILE_KIND] = "no such kind: pdq, md5, sha1, sha256, url, pdna, tmk",
        [FILE_VALUE] = "the value has the wrong length or is not hexadecimal", [FILE_QUALITY] = "a quality is a number from 0 to 100",
        [FILE_STATUS] = "a status is active, received, withdrawn or deleted", [FILE_FAMILY] = "a family is full or cpp512",
        [FILE_SOURCE_ID] = "the source's id is missing or longer than 200 characters", [FILE_JSON] = "the JSON cannot be read",
        [FILE_XML] = "the XML cannot be read", [FILE_DOCTYPE] = "a DOCTYPE or entity is refused", [FILE_MANY] = "too many records",
    };

    for (size_t i = 0; i < c->n; i++)
        fprintf(stderr, "%s %lld: %s: %.*s\n", c->format == FORMAT_STOPNCII ? "record" : "line", (long long)c->at[i].line, words[c->at[i].kind],
                (int)c->at[i].text.n, c->at[i].text.n ? c->at[i].text.at : "");
    if (c->faults > (i64)c->n)
        fprintf(stderr, "and %lld more\n", (long long)c->faults - (long long)c->n);
    fprintf(stderr, "%lld records, %lld of them withdrawn or deleted, %lld mistakes (%s)\n", (long long)c->records, (long long)c->ended,
            (long long)c->faults, bank_format_code(c->format));
}

static void say_progress(void *to, const struct bank_batches_row *b)
{
    (void)to;
    fprintf(stderr, "\r%lld of %lld", (long long)b->done, (long long)b->records);
    if (b->done == b->records)
        fputc('\n', stderr);
}

static status take_in(struct verb *v, struct instance *in, const struct bank *bank, const struct file_check *check)
{
    struct batch_new new = { .bank = bank->id, .name = str_c(v->config.args[1]), .list = out_done(check->list), .check = check, .take = true,
                             .now = clock_now_ms() };
    struct id id;
    char text[ID_TEXT + 1];

    TRY(batch_make(&in->ledger, v->dir, &new, &id));
    TRY(batch_run(&in->ledger, &(struct batch_run){ .data_dir = v->dir, .batch = id, .now = new.now, .progress = say_progress }));
    id_text(id, text);
    printf("%s\n", text);
    fprintf(stderr, "Taken in and held: a reviewer approves the list on the bank's page before anything of it matches.\n");
    return OK;
}

static status import_file(struct verb *v, struct instance *in, struct arena *file)
{
    struct out kept = { .max = FILE_MAX };
    struct file_check check = { .list = &kept };
    struct bank bank = { 0 };
    struct str text;
    status s = bank_of_code(&in->ledger, str_c(config_get(&v->config, "bank", "")), &bank);

    if (s == NOT_FOUND)
        return fail(NOT_FOUND, "--bank names no bank: see \"lachan banks list\"");
    TRY(s);
    TRY(file_read(file, v->config.args[1], FILE_MAX, &text));
    bank_file_check(file, text, &check);
    say_check(&check);
    if (check.faults > 0)
        s = fail(INVALID, "nothing was taken in");
    else if (kept.over)
        s = fail(TOO_LARGE, "the file is larger than one import takes: cut it in two");
    else if (config_set(&v->config, "yes"))
        s = take_in(v, in, &bank, &check);
    else
        fprintf(stderr, "Nothing was taken in yet. Add --yes to take it in.\n");
    out_free(&kept);
    return s;
}

static status import(struct verb *v, struct instance *in)
{
    struct arena file = arena_make((size_t)FILE_MAX + FILE_ARENA);
    status s = import_file(v, in, &file);

    arena_free(&file);
    return s;
}

int cmd_banks(int argc, char **argv)
{
    struct verb v = { .name = "banks", .usage = "list | import --bank CODE FILE [--yes] | check [CODE]", .options = options };
    struct instance in;
    const char *what;
    status s;
    int code;

    if (!verb_begin(&v, argc, argv, &code))
        return code;
    what = v.config.n_args > 0 ? v.config.args[0] : "";
    if (!(strcmp(what, "list") == 0 && v.config.n_args == 1) && !(strcmp(what, "import") == 0 && v.config.n_args == 2)
        && !(strcmp(what, "check") == 0 && v.config.n_args <= 2)) {
        fprintf(stderr, "lachan banks: say list, import FILE or check; \"lachan banks --help\" tells more\n");
        return EXIT_USAGE;
    }
    if (instance_open(&v, &in) != OK)
        return verb_failed(&v, "the instance cannot be opened");
    s = *what == 'l' ? list(&v, &in) : *what == 'i' ? import(&v, &in) : check(&v, &in);
    code = s == OK ? EXIT_FINE : verb_failed(&v, *what == 'c' ? "not all banks are right" : "not done");
    instance_close(&in);
    return code;
}
