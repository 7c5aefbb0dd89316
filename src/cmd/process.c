/* lachan process: what an official has written in content/process/, checked as a start would and shown in full. */
#include "cmd.h"

#include "../casework/clock_rules.h"

#include <stdio.h>

static const struct option options[] = { OPTION_DATA, OPTION_JSON, OPTION_HELP, OPTION_END };

/* -- words ------------------------------------------------------------------------------------------------------------------------ */

static void put(struct str s)
{
    fwrite(s.at ? s.at : "", 1, s.n, stdout);
}

static void put_who(unsigned who)
{
    static const struct { unsigned bit; const char *word; } words[] = { { WHO_WRITE, "write" }, { WHO_SUPERVISE, "supervise" },
                                                                         { WHO_CHAIR, "chair" } };
    const char *before = "";

    for (size_t i = 0; i < COUNT_OF(words); i++)
        if (who & words[i].bit) {
            printf("%s%s", before, words[i].word);
            before = " ";
        }
}

static void put_states(const struct process *p, uint64_t states)
{
    const char *before = "";

    for (size_t i = 0; i < p->n_states; i++)
        if (states >> i & 1) {
            fputs(before, stdout);
            put(p->states[i].code);
            before = " ";
        }
}

static const char *unit_word(enum clock_unit unit)
{
    static const char *const words[] = { [CLOCK_HOURS] = "hours", [CLOCK_DAYS] = "days", [CLOCK_WORKDAYS] = "workdays" };

    return words[unit];
}

static void put_ladder(const struct process_clock *k)
{
    static const char *const words[] = { [RUNG_OWNER] = "owner", [RUNG_SUPERVISOR] = "supervisor", [RUNG_CHAIR] = "chair",
                                         [RUNG_NEXT] = "next" };

    for (size_t i = 0; i < k->n_rungs; i++) {
        printf("%s%s", i ? " " : "", words[k->rungs[i].who]);
        if (k->rungs[i].after_ms)
            printf("+%lld", (long long)(k->rungs[i].after_ms / HOUR_MS));
    }
}

static bool in_force(const struct process *p)
{
    return process_for_new(clock_now_ms()) == p;
}

static size_t to_check(const struct process *p)
{
    size_t n = 0;

    for (size_t i = 0; i < p->n_clocks; i++)
        n += !str_is(p->clocks[i].certainty, "read");
    return n;
}

/* -- check ------------------------------------------------------------------------------------------------------------------------- */

static void say_process(const struct process *p, struct str name, bool json)
{
    char from[CLOCK_TEXT] = "";

    if (p->from)
        clock_day_iso(p->from, from);
    if (json) {
        struct out o = { .max = 1 << 16 };

        out_c(&o, "{\"process\":");
        out_json(&o, name);
        out_f(&o, ",\"from\":\"%s\",\"new_cases\":%s,\"states\":%zu,\"acts\":%zu,\"clocks\":%zu,\"to_check\":%zu}\n", from,
              p->from && in_force(p) ? "true" : "false", p->n_states, p->n_acts, p->n_clocks, to_check(p));
        put(out_done(&o));
        out_free(&o);
        return;
    }
    put(name);
    printf(": %zu states, %zu acts, %zu clocks", p->n_states, p->n_acts, p->n_clocks);
    if (p->from)
        printf(", in force from %s%s", from, in_force(p) ? ", new cases follow it" : "");
    putchar('\n');
    if (to_check(p))
        fprintf(stderr, "  warning: %zu of its terms were not read in the original (certainty: to check)\n", to_check(p));
}

/* A term that reaches into a year without lines counts Saturdays and Sundays alone. */
static void say_holidays(void)
{
    const struct holidays *h = holidays_here();
    struct clock_local today = clock_local(clock_now_ms());

    if (h->n == 0 || today.year < h->first_year || today.year > h->last_year)
        fprintf(stderr, "  warning: content/process/holidays-vn.txt has no line for %d: working days are counted without holidays\n",
                today.year);
    else if (today.month >= 11 && h->last_year == today.year)
        fprintf(stderr, "  warning: content/process/holidays-vn.txt ends with %d: the next year's holidays are missing\n", today.year);
}

/* One file that need not be in content/ yet. */
static int check_file(struct verb *v, const char *path)
{
    struct process *p = NEW(&v->arena, struct process);
    struct str text;

    if (file_read(&v->arena, path, 4 << 20, &text) != OK || process_read(&v->arena, path, text, p) != OK ||
        process_check_names(path, p) != OK) {
        fprintf(stderr, "lachan process: %s\n", fail_message());
        return EXIT_FAILED;
    }
    say_process(p, str_c(path), config_set(&v->config, "json"));
    return EXIT_FINE;
}

static int check_all(struct verb *v)
{
    const struct process *p;

    for (size_t i = 0; (p = process_at(i)) != NULL; i++)
        say_process(p, arena_f(&v->arena, "%.*s/%lld", (int)p->code.n, p->code.at, (long long)p->version),
                    config_set(&v->config, "json"));
    say_holidays();
    return EXIT_FINE;
}

/* -- show -------------------------------------------------------------------------------------------------------------------------- */

static void show_states(const struct process *p)
{
    for (size_t i = 0; i < p->n_states; i++) {
        const struct process_state *s = &p->states[i];

        printf("state\t");
        put(s->code);
        putchar('\t');
        put(s->name);
        printf("\ttrack %.*s\tstep %lld%s%s", s->track ? (int)p->tracks[s->track].code.n : 1,
               s->track ? p->tracks[s->track].code.at : "-", (long long)s->step, s->end ? "\tend" : "", s->urgent ? "\turgent" : "");
        if (s->form.n)
            printf("\tform %.*s", (int)s->form.n, s->form.at);
        putchar('\n');
    }
}

static void show_acts(const struct process *p)
{
    for (size_t i = 0; i < p->n_acts; i++) {
        const struct process_act *a = &p->acts[i];

        printf("act\t");
        put(a->code);
        putchar('\t');
        put(a->name);
        putchar('\t');
        put_states(p, a->from);
        printf("\t-> %.*s\t", (int)a->to.n, a->to.at);
        put_who(a->who);
        printf("%s%s%s", a->reason ? "\treason" : "", a->risk ? "\trisk" : "", a->second ? "\tsecond" : "");
        if (a->form.n)
            printf("\tform %.*s", (int)a->form.n, a->form.at);
        putchar('\n');
    }
}

static void show_clocks(const struct process *p)
{
    for (size_t i = 0; i < p->n_clocks; i++) {
        const struct process_clock *k = &p->clocks[i];

        printf("clock\t");
        put(k->code);
        putchar('\t');
        put(k->name);
        printf("\t%lld %s\t", (long long)k->term.n, unit_word(k->term.unit));
        put_ladder(k);
        printf("\t%.*s\t%.*s\n", (int)k->source.n, k->source.at, (int)k->certainty.n, k->certainty.at);
    }
}

static const struct process *process_named(struct str name)
{
    const struct process *p;

    if (name.n == 0)
        return process_for_new(clock_now_ms());
    for (size_t i = 0; (p = process_at(i)) != NULL; i++) {
        struct str rest = name, code;
        i64 version;

        if (str_cut(&rest, '/', &code) && str_eq(code, p->code) && str_i64(rest, &version) && version == p->version)
            return p;
    }
    return NULL;
}

static int show(struct verb *v, const char *name)
{
    const struct process *p = process_named(str_c(name));

    if (p == NULL) {
        fprintf(stderr, "lachan process: content/process/index.txt names no %s\n", name);
        return EXIT_FAILED;
    }
    say_process(p, arena_f(&v->arena, "%.*s/%lld", (int)p->code.n, p->code.at, (long long)p->version), config_set(&v->config, "json"));
    if (config_set(&v->config, "json"))
        return EXIT_FINE;
    show_states(p);
    show_acts(p);
    show_clocks(p);
    return EXIT_FINE;
}

int cmd_process(int argc, char **argv)
{
    struct verb v = { .name = "process", .usage = "check [FILE] [--data DIR] | show [PROCESS/VERSION] [--data DIR]", .options = options };
    struct config *c = &v.config;
    int code;

    if (!verb_begin(&v, argc, argv, &code))
        return code;
    if (c->n_args < 1 || c->n_args > 2 || (strcmp(c->args[0], "check") != 0 && strcmp(c->args[0], "show") != 0)) {
        fprintf(stderr, "usage: lachan process %s\n", v.usage);
        return EXIT_USAGE;
    }
    if (process_load() != OK || holidays_load() != OK) {
        fprintf(stderr, "lachan process: %s\n", fail_message());
        return EXIT_FAILED;
    }
    if (strcmp(c->args[0], "show") == 0)
        return show(&v, c->n_args == 2 ? c->args[1] : "");
    return c->n_args == 2 ? check_file(&v, c->args[1]) : check_all(&v);
}
