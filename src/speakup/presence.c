/* Who else has a report open: by loading its page, and with script every 15 seconds. Not logged, of staff alone, and never a
   word of what the child does. */
#include "desk_words.h"

#include "presence.h"

#include "texts.h"

enum {
    PAGE_MS = 5 * MINUTE_MS,            /* a page without script says nothing more */
    POLL_MS = 45 * SECOND_MS            /* three polls */
};

status presence_put(struct ctx *c, struct id report, bool poll)
{
    i64 until = c->now + (poll ? POLL_MS : PAGE_MS);

    return sql_presence_put(c->ledger->db, (struct sql_presence_put){
        .report = report, .user = c->actor.user, .now = c->now, .until = until });
}

/* "Minh, Lan cũng đang mở lời kể này." */
status presence_words(struct ctx *c, struct id report, struct str *words)
{
    struct presence_of_rows rows;
    struct str names = STR_NULL;

    *words = STR_NULL;
    TRY(sql_presence_of(c->ledger->db, (struct sql_presence_of){ .report = report, .user = c->actor.user, .now = c->now }, &rows));
    for (size_t i = 0; i < rows.n; i++) {
        struct str name = desk_user_name(c, (struct opt_id){ true, rows.at[i].user });

        if (name.n)
            names = arena_f(c->arena, "%.*s%s%.*s", (int)names.n, names.n ? names.at : "", names.n ? ", " : "", (int)name.n, name.at);
    }
    if (names.n)
        *words = text_fill(c->arena, (int)c->lang, T_DESK_PRESENCE_OPEN, names, STR(""));
    return OK;
}

status presence_sweep(struct conn *db, i64 now)
{
    return sql_presence_end(db, (struct sql_presence_end){ .now = now }, &(i64){ 0 });
}

/* -- what the script of the desk asks for ------------------------------------------------------------------------------------------- */

/* What waits for the reader: counts alone. */
static status news_json(struct ctx *c, struct str open_by)
{
    struct staff_counts counts = { 0 };

    TRY(desk_counts(c, &counts));
    out_f(c->out, "{\"waiting\":%lld,\"open_by\":", (long long)(counts.waiting + counts.unclaimed));
    out_json(c->out, open_by.n ? open_by : STR(""));
    out_c(c->out, "}\n");
    return answer_json(c, 200);
}

status news_show(struct ctx *c)
{
    return news_json(c, STR(""));
}

/* Nothing of the report is read, so nothing is logged; who cannot open it learns nothing of who has. */
status presence_show(struct ctx *c)
{
    struct cases_row row;
    struct comps comps;
    struct str open_by;
    struct id report;

    TRY(path_id(c, "id", &report));
    TRY(desk_open(c, report, &row, &comps));
    TRY(tx_begin(c->ledger->db));
    TRY(presence_put(c, report, true));
    TRY(tx_commit(c->ledger->db));
    TRY(presence_words(c, report, &open_by));
    return news_json(c, open_by);
}
