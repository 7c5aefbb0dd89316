#include "exchange_share.h"

#include "matches.sql.h"

enum share_bar share_propose_bar(const struct bank *bank, const struct exchange_shares_row *row)
{
    if (bank->negative)
        return SHARE_NEGATIVE;
    return row != NULL && !str_is(row->state, "ended") ? SHARE_OVER : SHARE_FINE;
}

enum share_bar share_confirm_bar(const struct exchange_shares_row *row, struct id who)
{
    if (!str_is(row->state, "proposed"))
        return SHARE_OVER;
    return id_eq(row->proposed_by, who) ? SHARE_OWN : SHARE_FINE;
}

static status begin(struct ctx *c, const char *act, struct id bank)
{
    return act_begin(c->ledger, (struct act_info){ .act = act, .now = c->now, .actor = c->actor.user, .object = bank });
}

static status bank_by_id(struct ctx *c, struct id id, struct bank *bank)
{
    for (int sandbox = 0; sandbox < 2; sandbox++) {
        struct banks all;

        TRY(banks_all(c->ledger, sandbox == 1, &all));
        for (size_t i = 0; i < all.n; i++)
            if (id_eq(all.at[i].id, id)) {
                *bank = all.at[i];
                return OK;
            }
    }
    return fail(NOT_FOUND, "no such bank");
}

status act_share_propose(struct ctx *c, struct id bank)
{
    struct exchange_shares_row row = { .bank = bank };
    struct bank b;
    status s;

    TRY(bank_by_id(c, bank, &b));
    TRY(begin(c, "exchange.share-propose", bank));
    s = row_get(c->ledger, &table_exchange_shares, &row);
    if (s != OK && s != NOT_FOUND)
        return s;
    switch (share_propose_bar(&b, s == OK ? &row : NULL)) {
    case SHARE_FINE: break;
    case SHARE_NEGATIVE: return fail(DENIED, "a negative bank is not shared");
    default: return fail(CONFLICT, "it was proposed or shared meanwhile");
    }
    row = (struct exchange_shares_row){ .bank = bank, .state = STR("proposed"), .proposed_by = c->actor.user, .proposed_at = c->now,
                                        .kgen = row.kgen, .mac = row.mac };
    TRY(s == OK ? row_update(c->ledger, &table_exchange_shares, &row) : row_insert(c->ledger, &table_exchange_shares, &row));
    return act_commit(c->ledger);
}

status act_share_confirm(struct ctx *c, struct id bank)
{
    struct exchange_shares_row row = { .bank = bank };

    TRY(begin(c, "exchange.share", bank));
    TRY(row_get(c->ledger, &table_exchange_shares, &row));
    switch (share_confirm_bar(&row, c->actor.user)) {
    case SHARE_FINE: break;
    case SHARE_OWN: return fail(DENIED, "who proposed it does not confirm it");
    default: return fail(CONFLICT, "it was decided meanwhile");
    }
    row.state = STR("shared");
    row.confirmed_by = (struct opt_id){ true, c->actor.user };
    row.confirmed_at = (struct opt_i64){ true, c->now };
    TRY(row_update(c->ledger, &table_exchange_shares, &row));
    return act_commit(c->ledger);
}

status act_share_end(struct ctx *c, struct id bank)
{
    struct exchange_shares_row row = { .bank = bank };

    TRY(begin(c, "exchange.share-end", bank));
    TRY(row_get(c->ledger, &table_exchange_shares, &row));
    if (str_is(row.state, "ended"))
        return fail(CONFLICT, "it was ended meanwhile");
    row.state = STR("ended");
    row.ended_by = (struct opt_id){ true, c->actor.user };
    row.ended_at = (struct opt_i64){ true, c->now };
    TRY(row_update(c->ledger, &table_exchange_shares, &row));
    return act_commit(c->ledger);
}
