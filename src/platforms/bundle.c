/* Which reports seem to be of one thing: the same incident of a platform, the same account, the same file. What is compared are hashes
   keyed by the house, so the database alone tells nobody which account it was. A report joins the bundle of the first that it shares
   something with; it stays a report of its own, and its page names all others that it shares something with, whatever their bundle. */
#include "reports.h"

#include <stdlib.h>

static const char *const codes[MARKS] = { [MARK_INCIDENT] = "incident", [MARK_ACCOUNT] = "account", [MARK_FILE] = "file" };

const char *mark_code(enum mark kind)
{
    return codes[kind];
}

/* Under each of the house's keys: a report after a change of keys still finds one from before. */
status mark_add(struct ledger *l, struct id report, const struct mark_new *m)
{
    struct str where = m->sandbox ? STR("sandbox") : STR("production");

    for (size_t i = 0; m->value.n && i < l->house->n; i++) {
        struct key hash;

        vault_hash(&hash, &l->house->gen[i].job, "platform-mark", PARTS(str_c(codes[m->kind]), where, id_bytes(&m->org), m->value));
        TRY(sql_platform_mark_add(l->db, (struct sql_platform_mark_add){ .report = report, .hash = arena_copy(l->arena, key_str(&hash)),
                                                                         .kind = str_c(codes[m->kind]) }));
    }
    return OK;
}

static int rank_of(struct str kind)
{
    for (int i = 0; i < MARKS; i++)
        if (str_is(kind, codes[i]))
            return i;
    return MARKS;
}

/* Two reports that end at the same moment: the later one waits at the first mark that both claim, and then finds the earlier one's
   bundle. Marks come in the order of their hashes, so neither waits for the other in a ring. */
status bundle_join(struct ledger *l, struct id report, struct id *bundle)
{
    struct platform_marks_of_rows marks;
    int best = MARKS;

    *bundle = report;
    TRY(sql_platform_marks_of(l->db, (struct sql_platform_marks_of){ .report = report }, &marks));
    for (size_t i = 0; i < marks.n; i++)
        TRY(sql_platform_bundle_claim(l->db, (struct sql_platform_bundle_claim){ .hash = marks.at[i].hash, .bundle = report }));
    for (size_t i = 0; i < marks.n; i++) {
        struct platform_bundle_of_row found;

        TRY(sql_platform_bundle_of(l->db, (struct sql_platform_bundle_of){ .hash = marks.at[i].hash }, &found));
        if (id_eq(found.bundle, report) || rank_of(marks.at[i].kind) >= best)
            continue;
        best = rank_of(marks.at[i].kind);
        *bundle = found.bundle;
    }
    if (id_eq(*bundle, report))
        return OK;
    return sql_platform_bundle_join(l->db, (struct sql_platform_bundle_join){ .from_bundle = report, .to_bundle = *bundle }, &(i64){ 0 });
}
