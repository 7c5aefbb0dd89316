/* Pictures of children in the bank of hashes "child": in by an officer's confirmation alone, out when the child takes them back. No list
   of what is harmless ever hides a match of it (content/banks/classes.txt). */
#include "pictures.h"

#include "../matches/banks.h"

#include "texts.h"

/* It is made when the first picture is confirmed. */
static status the_bank(struct ctx *c, struct id *id)
{
    struct bank_new fresh = {
        .code = STR("child"), .name = text_in(LANG_VI, T_SPEAKUP_BANK_NAME), .source = STR("lachan"), .class = STR("intimate"),
        .basis = text_in(LANG_VI, T_SPEAKUP_BANK_BASIS), .radius = RADIUS_USUAL, .by = c->actor.user, .now = c->now,
    };
    struct bank bank;
    status s = bank_of_code(c->ledger, fresh.code, &bank);

    *id = bank.id;
    return s == NOT_FOUND ? banks_open(c->ledger, &fresh, id) : s;
}

/* A picture without detail has a hash that fits half the world: then its file's hashes alone go in. */
static bool goes_in(enum hash_kind kind, const struct picture_hashes *h)
{
    return kind != HASH_PDQ || (h->picture && h->quality >= PDQ_QUALITY_MIN);
}

static status one_in(struct ctx *c, const struct pictures_row *row, struct id bank, struct hash_new *hash)
{
    struct picture_hashes_row link = { .picture = row->id, .hash = hash_id(hash->kind, hash->family, hash->value) };

    TRY(banks_add(c->ledger, bank, hash, c->now));
    return row_insert(c->ledger, &table_picture_hashes, &link);
}

status picture_into_bank(struct ctx *c, const struct pictures_row *row, const struct picture_hashes *h)
{
    const struct { enum hash_kind kind; struct str hex; } all[] = {
        { HASH_PDQ, h->pdq }, { HASH_MD5, h->md5 }, { HASH_SHA256, h->sha256 },
    };
    struct id bank;

    TRY(the_bank(c, &bank));
    for (size_t i = 0; i < COUNT_OF(all); i++) {
        struct hash_new hash = { .kind = all[i].kind, .quality = QUALITY_UNKNOWN, .status = HASH_ACTIVE, .hold = HOLD_NONE,
                                 .family = all[i].kind == HASH_PDQ ? FAMILY_FULL : FAMILY_NONE, .source_id = STR(""),
                                 .video = !h->picture, .proposer = c->actor.user };

        if (!goes_in(hash.kind, h))
            continue;
        hash.quality = hash.kind == HASH_PDQ ? h->quality : QUALITY_UNKNOWN;
        TRY(hash_value_read(c->arena, hash.kind, all[i].hex, &hash.value));
        TRY(one_in(c, row, bank, &hash));
    }
    return OK;
}

static status one_out(struct ctx *c, struct id bank, const struct picture_hashes_row *link)
{
    struct hash_record old;
    struct hash_new hash;

    TRY(banks_record(c->ledger, bank, link->hash, &old));
    hash = (struct hash_new){ .kind = old.kind, .family = old.family, .value = old.value, .quality = old.quality,
                              .status = HASH_WITHDRAWN, .hold = old.hold, .video = old.video, .source_id = old.source_id };
    return banks_add(c->ledger, bank, &hash, c->now);
}

status picture_out_of_bank(struct ctx *c, const struct pictures_row *row)
{
    struct picture_hashes_rows links;
    struct bank bank;
    status s = bank_of_code(c->ledger, STR("child"), &bank);

    if (s != OK)
        return s == NOT_FOUND ? OK : s;
    TRY(sql_picture_hashes_of(c->ledger, (struct sql_picture_hashes_of){ .picture = row->id }, &links));
    for (size_t i = 0; i < links.n; i++) {
        struct pictures_with_row others;

        TRY(sql_pictures_with(c->ledger->db, (struct sql_pictures_with){ .hash = links.at[i].hash, .picture = row->id }, &others));
        if (others.n == 0)
            TRY(one_out(c, bank.id, &links.at[i]));
    }
    return OK;
}
