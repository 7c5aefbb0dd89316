#include "exchange_api.h"

#include "../base/text.h"
#include "../web/body.h"
#include "bank_classes.h"

#include "matches.sql.h"
#include "texts.h"

status exchange_body(struct ctx *c, struct str *text)
{
    struct body *body = c->request->body;
    struct out o = { .max = GIVEN_BYTES };
    struct str piece;
    i64 at = 0;

    *text = STR("");
    if (body == NULL)
        return OK;
    if (body_size(body) > GIVEN_BYTES || body_cut(body) == TOO_LARGE)
        return fail(TOO_LARGE, "a body of more than %d bytes", GIVEN_BYTES);
    TRY(body_cut(body));
    do {
        status s = body_piece(body, at, &piece);

        if (s != OK) {
            out_free(&o);
            return s;
        }
        out_str(&o, piece);
        at += (i64)piece.n;
    } while (piece.n > 0);
    *text = arena_copy(c->arena, out_done(&o));
    out_free(&o);
    return OK;
}

bool exchange_number(struct ctx *c, const char *name, i64 least, i64 most, i64 *n)
{
    struct str typed = query_text(c, name);
    i64 value;

    if (typed.n == 0)
        return true;
    if (!str_i64(typed, &value) || value < least || value > most)
        return false;
    *n = value;
    return true;
}

status exchange_say(struct ctx *c, const struct partner *p, const struct exchange_records_row *r, const struct exchange_said *said)
{
    return banks_opinion(c->ledger, &(struct hash_opinion){ .bank = r->bank, .hash = r->hash, .by = p->member,
        .deny = feedback_says(said->value) == SAYS_NO, .value = said->value, .words = said->words, .now = c->now });
}

/* A partner brings hashes of many kinds; a reviewer says of which class they are when one is moved to a bank of ours. */
status exchange_own_bank(struct ctx *c, const struct partner *p, struct id *id)
{
    struct bank_classes classes = bank_classes();
    struct bank_new new = { .radius = RADIUS_USUAL, .sandbox = p->sandbox, .org = p->org, .by = p->id, .now = c->now };
    struct bank bank;
    status s = bank_of_org(c->ledger, p->org, p->sandbox, &bank);

    *id = bank.id;
    if (s != NOT_FOUND)
        return s;
    if (classes.n == 0)
        return fail(BROKEN, "content/banks/classes.txt has no class");
    new.code = arena_f(c->arena, "%.*s-%s", (int)p->code.n, p->code.at, p->sandbox ? "sandbox" : "given");
    new.name = arena_f(c->arena, "%.*s: %.*s", (int)p->name.n, p->name.at, (int)text_of(c, T_MATCHES_EXCHANGE_GIVEN).n,
                       text_of(c, T_MATCHES_EXCHANGE_GIVEN).at);
    new.source = p->name;
    new.class = classes.at[0].code;
    new.basis = c->lang == LANG_VI ? classes.at[0].basis : classes.at[0].basis_en;
    return banks_open(c->ledger, &new, id);
}
