#include "rules.h"

#include <math.h>
#include <stddef.h>

static const char *const codes[] = { "confirmed", "rejected", "doubtful" };

enum verdict verdict_of(struct str code)
{
    for (int i = 0; i < VERDICTS; i++)
        if (str_is(code, codes[i]))
            return (enum verdict)i;
    return VERDICTS;
}

const char *verdict_code(enum verdict v)
{
    return codes[v];
}

static bool two_differ(const struct review_standing *s)
{
    return s->n >= 2;
}

enum review_bar review_bar(const struct review_standing *s)
{
    if (str_is(s->state, "confirmed") || str_is(s->state, "rejected"))
        return REVIEW_ENDED;
    if (s->mine)
        return REVIEW_MINE;
    return two_differ(s) && !s->reviewer ? REVIEW_DIFFER : REVIEW_FINE;
}

const char *review_next(const struct review_standing *s, enum verdict v)
{
    if (v == VERDICT_DOUBTFUL)
        return "doubtful";
    if (s->n == 0)
        return s->blind ? "second" : codes[v];
    if (s->n == 1 && s->first != v && s->first != VERDICT_DOUBTFUL)
        return "doubtful";
    return codes[v];
}

bool review_needs_words(const struct review_standing *s)
{
    return two_differ(s);
}

/* -- agreement ---------------------------------------------------------------------------------------------------------------------- */

struct shares { double all, first[VERDICTS], second[VERDICTS], mean[VERDICTS]; };

static struct shares shares_of(int64_t table[VERDICTS][VERDICTS], int64_t n)
{
    struct shares s = { 0 };

    for (int a = 0; a < VERDICTS; a++)
        for (int b = 0; b < VERDICTS; b++) {
            double share = (double)table[a][b] / (double)n;

            s.first[a] += share;
            s.second[b] += share;
            s.mean[a] += share / 2;
            s.mean[b] += share / 2;
            s.all += a == b ? share : 0;
        }
    return s;
}

/* What a pair (a, b) adds to the agreement by chance: the mean over all pairs is that of the measure. */
static double chance_kappa(const struct shares *s, int a, int b)
{
    return (s->second[a] + s->first[b]) / 2;
}

static double chance_ac1(const struct shares *s, int a, int b)
{
    return (1 - s->mean[a] + 1 - s->mean[b]) / 2 / (VERDICTS - 1);
}

typedef double chance(const struct shares *s, int a, int b);

static double chance_mean(int64_t table[VERDICTS][VERDICTS], const struct shares *s, int64_t n, chance *of)
{
    double sum = 0;

    for (int a = 0; a < VERDICTS; a++)
        for (int b = 0; b < VERDICTS; b++)
            sum += (double)table[a][b] * of(s, a, b);
    return sum / (double)n;
}

static double variance(int64_t table[VERDICTS][VERDICTS], const struct shares *s, int64_t n, chance *of, double by_chance, double value)
{
    double sum = 0;

    for (int a = 0; a < VERDICTS; a++)
        for (int b = 0; b < VERDICTS; b++) {
            double one = ((a == b) - by_chance) / (1 - by_chance);
            double off = one - 2 * (1 - value) * (of(s, a, b) - by_chance) / (1 - by_chance) - value;

            sum += (double)table[a][b] * off * off;
        }
    return sum / (double)n / (double)(n - 1);
}

static struct measure measure(int64_t table[VERDICTS][VERDICTS], const struct shares *s, int64_t n, chance *of)
{
    double by_chance = chance_mean(table, s, n, of), wide;
    struct measure m = { .known = n >= 2 && by_chance < 1 - 1e-12 };

    if (!m.known)
        return m;
    m.value = (s->all - by_chance) / (1 - by_chance);
    wide = 1.96 * sqrt(variance(table, s, n, of, by_chance, m.value));
    m.low = fmax(-1, m.value - wide);
    m.high = fmin(1, m.value + wide);
    return m;
}

struct agreement review_agreement(int64_t table[VERDICTS][VERDICTS])
{
    struct agreement a = { 0 };
    struct shares s;

    for (int i = 0; i < VERDICTS; i++)
        for (int k = 0; k < VERDICTS; k++) {
            a.pairs += table[i][k];
            a.same += i == k ? table[i][k] : 0;
        }
    if (a.pairs == 0)
        return a;
    s = shares_of(table, a.pairs);
    a.kappa = measure(table, &s, a.pairs, chance_kappa);
    a.ac1 = measure(table, &s, a.pairs, chance_ac1);
    return a;
}
