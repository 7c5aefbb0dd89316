#include "rules.h"

i64 case_level(i64 urgency, struct str risk, bool urgent)
{
    static const char *const risks[] = { "low", "medium", "high" };

    if (urgent)
        return 4;
    for (size_t i = 0; i < COUNT_OF(risks); i++)
        if (str_is(risk, risks[i]))
            return (i64)i + 1;
    return urgency;
}

struct str case_ref(struct arena *a, i64 year, i64 no)
{
    return arena_f(a, "TH-%lld-%04lld", (long long)year, (long long)no);
}

/* Digits at the start of *rest, after blanks and hyphens. */
static bool next_number(struct str *rest, i64 *value)
{
    struct str digits;
    size_t n = 0;

    while (rest->n && (rest->at[0] == ' ' || rest->at[0] == '-'))
        *rest = str_from(*rest, 1);
    while (n < rest->n && rest->at[n] >= '0' && rest->at[n] <= '9')
        n++;
    digits = str_of(rest->at, n);
    *rest = str_from(*rest, n);
    return n > 0 && n < 10 && str_i64(digits, value);
}

bool case_ref_read(struct str typed, i64 *year, i64 *no)
{
    struct str rest = str_trim(typed);

    if (rest.n > 2 && (rest.at[0] | 32) == 't' && (rest.at[1] | 32) == 'h')
        rest = str_from(rest, 2);
    return next_number(&rest, year) && next_number(&rest, no) && rest.n == 0 && *year > 1900 && *no > 0;
}

bool name_matches(struct str key, struct str wanted)
{
    return wanted.n > 0 && str_find(key, wanted) < key.n;
}
