/* lachan doctor: what is wrong with this machine or this instance, and the next command. 0 fine, 1 warnings, 2 broken. */
#include "cmd.h"

#include "../matches/bank_files.h"
#include "../network/network.h"
#include "../paper/doc.h"

#include "casework.sql.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

static const struct option options[] = { OPTION_DATA, OPTION_DB, OPTION_KEY, OPTION_HELP, OPTION_END };

enum verdict { FINE, WARN, BAD };

static enum verdict say(enum verdict verdict, const char *what, const char *remedy)
{
    static const char *const marks[] = { "ok  ", "warn", "BAD " };

    printf("%s  %s%s%s\n", marks[verdict], what, verdict == FINE ? "" : ": ", verdict == FINE ? "" : remedy);
    return verdict;
}

static enum verdict check_key(struct verb *v)
{
    const char *path = config_get(&v->config, "key-file", arena_f(&v->arena, "%s/keys/inst.key", v->dir).at);
    struct stat key, dir;

    if (stat(path, &key) != 0)
        return say(BAD, "the house's key", errno == ENOENT ?
                   arena_f(&v->arena, "%s is missing: --key-file names another place; without it codes and passwords are lost, so restore it from where it was printed", path).at :
                   arena_f(&v->arena, "%s: %s: run this as the user of the server", path, strerrordesc_np(errno)).at);
    if (key.st_mode & 077)
        return say(BAD, "the house's key", "others can read it: chmod 0400 it");
    if (stat(v->dir, &dir) == 0 && dir.st_dev == key.st_dev)
        return say(WARN, "the house's key", "it lies on the disk of the data: a thief of the disk has both; move it and use --key-file");
    return say(FINE, "the house's key", "");
}

static enum verdict check_limits(void)
{
    struct rlimit files, memory;

    getrlimit(RLIMIT_NOFILE, &files);
    getrlimit(RLIMIT_MEMLOCK, &memory);
    if (files.rlim_max < 16384)
        return say(WARN, "open files", "fewer than 16,384: slow connections can use them up; raise LimitNOFILE");
    if (memory.rlim_cur < 8 << 20)
        return say(WARN, "locked memory", "less than 8 MB: keys could be swapped out; raise LimitMEMLOCK");
    return say(FINE, "open files and locked memory", "");
}

static enum verdict check_swap(void)
{
    char line[256];
    FILE *f = fopen("/proc/swaps", "re");
    int lines = 0;

    while (f != NULL && fgets(line, sizeof line, f) != NULL)
        lines++;
    if (f != NULL)
        fclose(f);
    return lines > 1 ? say(WARN, "swap", "there is swap: unless it is encrypted, words could reach the disk") : say(FINE, "swap", "");
}

static enum verdict check_space(const struct verb *v)
{
    struct statvfs fs;

    if (statvfs(v->dir, &fs) != 0)
        return say(BAD, "free space", "the data folder cannot be read");
    if ((uint64_t)fs.f_bavail * fs.f_frsize < (uint64_t)2 << 30)
        return say(WARN, "free space", "less than 2 GB are free: evidence needs room");
    return say(FINE, "free space", "");
}

/* A sweep that stands still, or has not gone for a day, tells nobody of late cases. */
static enum verdict check_sweep(struct instance *in)
{
    struct sweep_last_row last;
    status s = sql_sweep_last(in->conn, &last);

    if (s == NOT_FOUND)
        return say(FINE, "the sweep of terms", "");
    if (s != OK)
        return say(BAD, "the sweep of terms", fail_message());
    if (last.held.has)
        return say(WARN, "the sweep of terms", "it stands still, for the machine's time jumped: put the time right, or answer /clocks");
    if (clock_now_ms() - last.at > DAY_MS)
        return say(WARN, "the sweep of terms", "it has not gone for a day: is \"lachan serve\" running?");
    return say(FINE, "the sweep of terms", "");
}

/* One bank's newest file is what was built, and finds what was planted in it. */
static bool bank_right(struct verb *v, struct instance *in, const struct banks_row *bank)
{
    struct bank_builds_row build;
    struct bank_files files;
    status s = sql_bank_build_newest(&in->ledger, (struct sql_bank_build_newest){ .bank = bank->no }, &build);

    if (s == OK)
        s = bank_files_open(in->ledger.arena, v->dir, bank, &build, &files);
    if (s == OK)
        bank_files_close(&files);
    return s == OK || s == NOT_FOUND;
}

static enum verdict check_banks(struct verb *v, struct instance *in)
{
    struct bank_alarms_all_rows alarms;

    for (int sandbox = 0; sandbox < 2; sandbox++) {
        struct banks_rows rows;

        if (sql_banks_of(&in->ledger, (struct sql_banks_of){ .sandbox = sandbox }, &rows) != OK)
            return say(BAD, "banks of hashes", fail_message());
        for (size_t i = 0; i < rows.n; i++)
            if (rows.at[i].altered || (str_is(rows.at[i].state, "active") && !bank_right(v, in, &rows.at[i])))
                return say(BAD, "banks of hashes", arena_f(&v->arena, "%s: \"lachan banks check\" tells more; a running \"lachan serve\" makes files anew", fail_message()).at);
    }
    if (sql_bank_alarms_all(in->conn, &alarms) == OK && alarms.n > 0)
        return say(WARN, "banks of hashes", "an alarm stands on /banks: run \"lachan banks check\"");
    return say(FINE, "banks of hashes", "");
}

/* What leaves the house: letters that no font has print as boxes, and a table for Excel is built in memory. */
static enum verdict check_print(void)
{
    if (!doc_fonts_there())
        return say(WARN, "fonts for documents", "Vietnamese letters or boxes are missing: apt install fonts-liberation2 fonts-noto-core");
    if (access("/dev/shm", W_OK | X_OK) != 0)
        return say(WARN, "memory for tables", "/dev/shm is not there or not writable: exports as .xlsx are refused");
    return say(FINE, "fonts for documents, memory for tables", "");
}

/* Where a report that names no place would go: with no unit to seal it to, a child who writes gets "our machine is broken". */
static enum verdict check_reports(struct instance *in)
{
    const struct route_query anywhere = { .kind = "report", .commune = STR(""), .province = STR(""), .now = clock_now_ms() };
    struct ladder ladder;

    if (network_ladder(&in->ledger, &anywhere, &ladder) == OK)
        return say(FINE, "a unit receives reports", "");
    return say(BAD, "reports", "no unit can receive one, so children are turned away: a national unit with a member and a route (docs/administrator.md)");
}

static enum verdict check_instance(struct verb *v)
{
    struct instance in;
    enum verdict verdict = FINE;

    if (instance_open(v, &in) != OK) {
        printf("BAD   the instance: %s\n", fail_message());
        return BAD;
    }
    if (db_prepare_all(in.conn) != OK) {
        printf("BAD   the schema: %s: run \"lachan migrate\"\n", fail_message());
        verdict = BAD;
    } else if (log_check_head(&in.ledger, in.app.head_file) != OK) {
        printf("BAD   the log: %s\n", fail_message());
        verdict = BAD;
    }
    if (verdict == FINE)
        verdict = check_sweep(&in);
    if (verdict != BAD) {
        enum verdict banks = check_banks(v, &in);

        verdict = banks > verdict ? banks : verdict;
    }
    if (verdict != BAD && check_reports(&in) == BAD)
        verdict = BAD;
    instance_close(&in);
    return verdict == WARN ? WARN : verdict == FINE ? say(FINE, "database, schema and log", "") : verdict;
}

int cmd_doctor(int argc, char **argv)
{
    struct verb v = { .name = "doctor", .usage = "--data DIR [--db URL]", .options = options };
    enum verdict worst = FINE;
    int code;

    if (!verb_begin(&v, argc, argv, &code))
        return code;
    enum verdict verdicts[] = { check_key(&v), check_limits(), check_swap(), check_space(&v), check_print(), check_instance(&v) };
    for (size_t i = 0; i < COUNT_OF(verdicts); i++)
        if (verdicts[i] > worst)
            worst = verdicts[i];
    return (int)worst;
}
