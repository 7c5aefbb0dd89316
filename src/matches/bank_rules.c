/* What becomes of a record: by its source's word, and by people's. */
#include "bank_store.h"

bool record_in_force(const struct bank_hashes_row *r)
{
    if (r->hold != HOLD_NONE || (r->status != HASH_ACTIVE && r->status != HASH_RECEIVED))
        return false;
    return r->kind != HASH_PDQ || r->quality == QUALITY_UNKNOWN || r->quality >= PDQ_QUALITY_MIN;
}

static bool ended(i64 code)
{
    return code == HASH_WITHDRAWN || code == HASH_DELETED;
}

/* Nobody has to look twice at what was approved; what was withdrawn and comes back is new, and what people denied or put on hold
   stays there whatever its source says. */
static i64 hold_after(const struct bank_hashes_row *r, const struct hash_new *h)
{
    if (r->hold == HOLD_DENIED || r->hold == HOLD_FLOOD)
        return r->hold;
    if (ended(r->status) && !ended(h->status))
        return h->hold;
    return r->hold == HOLD_WAITS ? h->hold : HOLD_NONE;
}

/* What somebody has yet to look at changes nothing of a record in force: else one person alone could take a whole bank out of use, by
   bringing it once more with a quality below what is searched for. */
static bool waits_behind(const struct bank_hashes_row *r, const struct hash_new *h)
{
    return h->hold != HOLD_NONE && !ended(h->status) && record_in_force(r);
}

bool record_merge(struct bank_hashes_row *r, const struct hash_new *h, struct opt_id batch)
{
    struct bank_hashes_row was = *r;

    if (waits_behind(r, h))
        return false;
    r->hold = hold_after(&was, h);
    r->status = was.status == HASH_ACTIVE && h->status == HASH_RECEIVED ? HASH_ACTIVE : h->status;
    if (h->quality != QUALITY_UNKNOWN)
        r->quality = h->quality;
    r->video = was.video || h->video;
    if (h->source_id.n > 0)
        r->source_id = h->source_id;
    if (r->hold == HOLD_WAITS && was.hold != HOLD_WAITS)
        r->batch = batch;
    return r->hold != was.hold || r->status != was.status || r->quality != was.quality || r->video != was.video
        || !str_eq(r->source_id, was.source_id);
}

/* One denial refuses what still waits; of what is in force it takes two. Confirmations undo a denial only when they outnumber it. */
bool record_judge(struct bank_hashes_row *r, i64 confirms, i64 denies, i64 need)
{
    struct bank_hashes_row was = *r;

    r->confirms = confirms;
    r->denies = denies;
    if (was.hold == HOLD_WAITS && denies > 0)
        r->hold = HOLD_DENIED;
    else if (denies >= DENIED_BY && denies >= confirms)
        r->hold = HOLD_DENIED;
    else if (confirms >= need && confirms > denies)
        r->hold = HOLD_NONE;
    if (r->hold == HOLD_NONE && was.hold == HOLD_WAITS && r->status == HASH_RECEIVED)
        r->status = HASH_ACTIVE;
    return r->hold != was.hold || r->status != was.status || r->confirms != was.confirms || r->denies != was.denies;
}

bool bank_code_right(struct str code)
{
    for (size_t i = 0; i < code.n; i++)
        if (!((code.at[i] >= 'a' && code.at[i] <= 'z') || (i > 0 && ((code.at[i] >= '0' && code.at[i] <= '9') || code.at[i] == '-'))))
            return false;
    return code.n >= 2 && code.n <= 40;
}

/* Names that the program gives by itself: to the bank of children's own pictures, and to what partners bring. */
bool bank_code_kept(struct str code)
{
    return str_is(code, "child") || str_ends(code, STR("-given")) || str_ends(code, STR("-sandbox"));
}
