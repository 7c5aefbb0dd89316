/* What partners say of a record, as it goes out beside it: each partner's latest word, under the name that the exchange has for it. */
#include "exchange.h"
#include "hash_feeds.h"

#include "matches.sql.h"

enum { WORDS_BYTES = 64 << 10 };

static void put_tags(struct out *o, struct str words)
{
    bool first = true;
    struct str tag;

    while (str_cut(&words, ',', &tag)) {
        tag = str_trim(tag);
        if (tag.n == 0)
            continue;
        out_c(o, first ? "" : ",");
        out_json(o, tag);
        first = false;
    }
}

static void put_word(struct out *o, const struct bank_opinions_row *row)
{
    char source[ID_TEXT + 1];

    id_text(row->by, source);
    out_f(o, "%s{\"source\":\"%.*s\",\"feedbackValue\":\"%s\",\"tags\":[", o->n > 1 ? "," : "", MEMBER_CHARS, source,
          feedback_stopncii(row->value));
    put_tags(o, row->words);
    out_c(o, "]}");
}

status exchange_words(struct ledger *l, struct id bank, struct id hash, struct str *words)
{
    struct out o = { .max = WORDS_BYTES };
    struct bank_opinions_rows rows;

    *words = STR("[]");
    TRY(sql_partner_words(l, (struct sql_partner_words){ .bank = bank, .hash = hash }, &rows));
    if (rows.n == 0)
        return OK;
    out_char(&o, '[');
    for (size_t i = 0; i < rows.n; i++)
        if (!rows.at[i].altered)
            put_word(&o, &rows.at[i]);
    out_char(&o, ']');
    *words = o.over ? STR("[]") : arena_copy(l->arena, out_done(&o));
    out_free(&o);
    return OK;
}
