/* What a recorded decision says of a receiver: no database, no web. */
#include "consent.h"

static bool has_word(struct str words, struct str word)
{
    struct str one;

    while (words.n && str_cut(&words, ' ', &one))
        if (one.n && str_eq(one, word))
            return true;
    return false;
}

static bool names(struct str from, struct receiver_names to)
{
    return has_word(from, to.unit_kind) || has_word(from, to.org_kind) || has_word(from, to.org_code);
}

enum consent_says consent_on(const struct consent *share, struct receiver_names to)
{
    if (share == NULL)
        return CONSENT_SILENT;
    if (!str_is(share->answer, "yes"))
        return CONSENT_NO;
    return names(share->from, to) && share->items.n == 0 ? CONSENT_NO : CONSENT_YES;
}

bool consent_withholds(const struct consent *share, struct receiver_names to, struct str kind)
{
    return share != NULL && str_is(share->answer, "yes") && names(share->from, to) && has_word(share->items, kind);
}
