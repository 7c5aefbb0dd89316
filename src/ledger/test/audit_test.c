/* audit verify: what was deleted, rolled back or put in is named. Tampering goes past the ledger, with the
   database's own statements, as somebody would do it who has no key. */
#include "world.h"
#include "test.h"

#include <unistd.h>

static const struct table *list[64];
static size_t n_tables;

static struct world *audited_world(void)
{
    struct world *w = world_new();

    n_tables = logged_tables(list, COUNT_OF(list));
    return w;
}

static bool clean(struct world *w)
{
    struct audit audit;
    bool ok = audit_verify(&w->ledger, tables, &audit) == OK && audit.bad.n == 0;

    if (!ok)
        printf("# %.*s\n", (int)audit.bad.n, audit.bad.at);
    return ok;
}

/* The audit fails and names this row, for this reason. */
static bool names(struct world *w, const struct table *t, const void *row, const char *why)
{
    struct str name = row_name(test_arena(), t, row);
    struct str want = arena_f(test_arena(), "row %.*s: %s", (int)name.n, name.at, why);
    struct audit audit;
    bool ok = audit_verify(&w->ledger, tables, &audit) == BROKEN && str_eq(audit.bad, want);

    if (!ok)
        printf("# \"%.*s\" and not \"%.*s\"\n", (int)audit.bad.n, audit.bad.at, (int)want.n, want.at);
    return ok;
}

static bool says(struct world *w, const char *want)
{
    struct audit audit;
    bool ok = audit_verify(&w->ledger, tables, &audit) == BROKEN && str_is(audit.bad, want);

    if (!ok)
        printf("# \"%.*s\" and not \"%s\"\n", (int)audit.bad.n, audit.bad.at, want);
    return ok;
}

static bool raw(struct world *w, const struct stmt *s, const void *in)
{
    i64 changed = 0;

    return db_exec(w->ledger.db, s, in, &changed) == OK && changed == 1;
}

static void *read_row(struct world *w, const struct table *t, int v)
{
    void *row = row_make(t, v);

    CHECK(row_get(&w->ledger, t, row) == OK);
    return row;
}

TEST(V5_every_deleted_row_is_named)
{
    struct world *w = audited_world();

    for (size_t i = 0; i < n_tables; i++) {
        int v = (int)i + 1;         /* the last table of each variant is one that no other row refers to */
        void *row;

        REQUIRE(insert_tables(w, i + 1, v) == OK);
        row = read_row(w, list[i], v);
        REQUIRE(raw(w, list[i]->remove, row));
        CHECK(names(w, list[i], row, "gone, but its newest entry did not delete it"));
        REQUIRE(raw(w, list[i]->insert, row));
    }
    CHECK(clean(w));
    CHECK(log_number(&w->ledger, NOON) == OK);
    CHECK(clean(w));
    world_free(w);
}

/* A column outside the key whose value may be any. */
/* False where the key is all of it: such a row is there or not. */
static bool change_some_column(const struct table *t, void *row)
{
    for (size_t i = t->n_columns - 2; i-- > 0;) {
        const struct sql_column *c = &t->columns[i];
        void *at = (char *)row + c->offset;
        bool key = false;

        for (size_t k = 0; k < t->n_key; k++)
            key |= t->key[k] == i;
        if (key || c->type == SQL_ID)
            continue;
        if (c->type == SQL_BIGINT && c->nullable)
            ((struct opt_i64 *)at)->v += 1000;
        else if (c->type == SQL_BIGINT)
            *(i64 *)at += 1000;
        else
            *(struct str *)at = STR("changed");
        return true;
    }
    return false;
}

/* Writes `row` over one whose mac is `there`. */
static bool put_over(struct world *w, const struct table *t, const void *row, struct str there)
{
    char *in = arena_alloc(test_arena(), t->row_size + sizeof there);

    memcpy(in, row, t->row_size);
    memcpy(in + t->row_size, &there, sizeof there);
    return raw(w, t->update, in);
}

TEST(V5_every_row_rolled_back_to_an_older_state_is_named)
{
    struct world *w = audited_world();

    REQUIRE(insert_tables(w, n_tables, 1) == OK);
    for (size_t i = 0; i < n_tables; i++) {
        void *old = read_row(w, list[i], 1), *new = read_row(w, list[i], 1);

        if (!change_some_column(list[i], new))
            continue;
        REQUIRE(act_begin(&w->ledger, staff_act("test.change", NOON)) == OK);
        REQUIRE(row_update(&w->ledger, list[i], new) == OK);
        REQUIRE(act_commit(&w->ledger) == OK);
        REQUIRE(put_over(w, list[i], old, *row_mac(list[i], new)));
        CHECK(row_get(&w->ledger, list[i], row_make(list[i], 1)) == OK);
        CHECK(names(w, list[i], old, "not what its newest entry says"));
        REQUIRE(put_over(w, list[i], new, *row_mac(list[i], old)));
    }
    CHECK(clean(w));
    world_free(w);
}

TEST(V5_every_deleted_row_that_is_put_back_is_named)
{
    struct world *w = audited_world();

    for (size_t i = 0; i < n_tables; i++) {
        int v = (int)i + 1;
        void *row;

        REQUIRE(insert_tables(w, i + 1, v) == OK);
        row = read_row(w, list[i], v);
        REQUIRE(act_begin(&w->ledger, staff_act("test.delete", NOON)) == OK);
        REQUIRE(row_delete(&w->ledger, list[i], row) == OK);
        REQUIRE(act_commit(&w->ledger) == OK);
        CHECK(clean(w));
        REQUIRE(raw(w, list[i]->insert, row));
        CHECK(names(w, list[i], row, "put back after its newest entry deleted it"));
        REQUIRE(raw(w, list[i]->remove, row));
    }
    world_free(w);
}

TEST(V5_every_invented_or_altered_row_is_named)
{
    struct world *w = audited_world();

    REQUIRE(insert_tables(w, n_tables, 1) == OK);
    for (size_t i = 0; i < n_tables; i++) {
        void *row = read_row(w, list[i], 1), *bad = read_row(w, list[i], 1);

        if (!change_some_column(list[i], bad))
            continue;
        REQUIRE(put_over(w, list[i], bad, *row_mac(list[i], row)));
        CHECK(names(w, list[i], row, "altered (its mark is wrong)"));
        REQUIRE(put_over(w, list[i], row, *row_mac(list[i], bad)));
    }
    for (size_t i = 0; i < 2; i++) {
        const struct table *t = i ? &table_routes : &table_organisations;
        char *row = read_row(w, t, 1), *invented = row_make(t, 60);

        if (i)
            ((struct routes_row *)(void *)invented)->unit = row_id(1);
        *row_kgen(t, invented) = 1;
        *row_mac(t, invented) = *row_mac(t, row);
        REQUIRE(raw(w, t->insert, invented));
        CHECK(names(w, t, invented, "altered (its mark is wrong)"));
        REQUIRE(raw(w, t->remove, invented));
    }
    CHECK(clean(w));
    world_free(w);
}

/* Acts of a child and of staff on one row within an hour: their numbers do not follow the order of the
   acts. */
TEST(V5_a_roll_back_within_the_hour_is_named_though_numbers_are_out_of_order)
{
    struct world *w = audited_world();
    struct cases_row *row, *states[12];

    REQUIRE(insert_tables(w, n_tables, 1) == OK);
    row = read_row(w, &table_cases, 1);
    for (int i = 0; i < 12; i++) {
        struct act_info info = i % 3 ? anonymous_act("talk.message", NOON + i)
                                     : staff_act("case.answer", NOON + i);

        states[i] = arena_alloc(test_arena(), sizeof *row);
        *states[i] = *row;
        REQUIRE(act_begin(&w->ledger, info) == OK);
        row->messages++;
        REQUIRE(row_update(&w->ledger, &table_cases, row) == OK);
        REQUIRE(act_commit(&w->ledger) == OK);
        CHECK(log_number(&w->ledger, NOON + i) == OK);
    }
    for (i64 hour = 0; hour < 2; hour++) {
        CHECK(log_number(&w->ledger, NOON + hour * HOUR_MS) == OK);
        CHECK(clean(w));
        for (int i = 0; i < 12; i++) {
            REQUIRE(put_over(w, &table_cases, states[i], row->mac));
            CHECK(names(w, &table_cases, row, "not what its newest entry says"));
            REQUIRE(put_over(w, &table_cases, row, states[i]->mac));
        }
    }
    world_free(w);
}

/* -- the log itself ------------------------------------------------------------------------------------ */

static struct world *numbered_world(void)
{
    struct world *w = audited_world();

    for (int v = 1; v <= 5; v++)
        CHECK(insert_tables(w, 3, v) == OK);
    CHECK(log_number(&w->ledger, NOON) == OK);
    CHECK(insert_tables(w, 3, 6) == OK);
    CHECK(clean(w));
    return w;
}

TEST(V5_tampering_with_entries_is_named)
{
    static const struct { const char *change, *says; } rows[] = {
        { "DELETE FROM log WHERE seq = 2", "entry 2: missing" },
        { "DELETE FROM log WHERE seq = 5", "entry 5: missing" },
        { "UPDATE log SET entry = (SELECT entry FROM log WHERE seq = 1) WHERE seq = 3",
          "entry 3: altered (its mark is wrong)" },
        { "UPDATE log SET mac = (SELECT mac FROM log WHERE seq = 1) WHERE seq = 3",
          "entry 3: altered (its mark is wrong)" },
        { "UPDATE log SET seq = NULL WHERE seq = 5", "entry 5: missing" },
        { "UPDATE log SET seq = 6 WHERE seq IS NULL", "entry 6: numbered, but behind the signed head" },
        { "UPDATE log SET entry = mac WHERE seq IS NULL", "waiting entry 1: altered (its mark is wrong)" },
        { "UPDATE log SET entry = (SELECT entry FROM log WHERE seq = 1), "
          "mac = (SELECT mac FROM log WHERE seq = 1) WHERE seq = 3",
          "entry 3: stands under another id" },
        { "UPDATE log SET act = 'case.other' WHERE seq = 3", "entry 3: listed under what it does not say" },
        { "UPDATE log SET at = at - 1 WHERE seq = 3", "entry 3: listed under what it does not say" },
        { "UPDATE log SET actor = NULL WHERE seq = 3", "entry 3: listed under what it does not say" },
        { "UPDATE log SET unit = id WHERE seq = 3", "entry 3: listed under what it does not say" },
        { "UPDATE log SET object = id WHERE seq = 3", "entry 3: listed under what it does not say" },
        { "UPDATE log SET anonymous = 1 WHERE seq = 3", "entry 3: listed under what it does not say" },
        { "UPDATE log SET act = 'case.other' WHERE seq IS NULL", "waiting entry 1: listed under what it does not say" },
        { "UPDATE log_head SET signed = 'nothing'",
          "head: the head of the log (size 6) is not signed by this house" },
        { "DELETE FROM log_head", "entry 0: numbered, but behind the signed head" },
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct world *w = numbered_world();

        REQUIRE(db_script(w->ledger.db, rows[i].change) == OK);
        CHECK(says(w, rows[i].says));
        world_free(w);
    }
}

/* A second copy of an entry would take back what the first says (entry.h), and so hide a row that was rolled back. */
TEST(V5_a_copied_entry_gets_no_number_and_is_named)
{
    struct world *w = numbered_world();
    struct audit audit;

    REQUIRE(log_number(&w->ledger, NOON) == OK);
    REQUIRE(db_script(w->ledger.db, "INSERT INTO log (id, seq, anonymous, object, entry, mac) "
                      "SELECT object, NULL, anonymous, object, entry, mac FROM log WHERE seq = 1") == OK);
    CHECK(says(w, "waiting entry 1: stands under another id"));
    CHECK(log_number(&w->ledger, NOON) == OK);
    CHECK(audit_verify(&w->ledger, tables, &audit) == BROKEN && audit.entries == 7);
    world_free(w);
}

TEST(V5_a_waiting_entry_that_was_deleted_leaves_rows_without_one)
{
    struct world *w = numbered_world();

    REQUIRE(db_script(w->ledger.db, "DELETE FROM log WHERE seq IS NULL") == OK);
    CHECK(names(w, list[0], row_make(list[0], 6), "no entry names it"));
    world_free(w);
}

TEST(V5_a_short_cut_that_leads_elsewhere_is_named)
{
    struct world *w = numbered_world();
    void *row = read_row(w, list[0], 2);

    change_some_column(list[0], row);
    REQUIRE(act_begin(&w->ledger, staff_act("test.change", NOON)) == OK);
    REQUIRE(row_update(&w->ledger, list[0], row) == OK);
    REQUIRE(act_commit(&w->ledger) == OK);
    CHECK(clean(w));
    REQUIRE(db_script(w->ledger.db, "UPDATE log_rows SET log = (SELECT id FROM log WHERE seq = 2) "
                      "WHERE tbl = 'organisations' "
                      "AND row_key = (SELECT id FROM organisations WHERE name = 't2')") == OK);
    CHECK(names(w, list[0], row, "the entry listed as its newest is missing or not the newest"));
    REQUIRE(db_script(w->ledger.db, "DELETE FROM log_rows WHERE tbl = 'organisations' "
                      "AND row_key = (SELECT id FROM organisations WHERE name = 't2')") == OK);
    CHECK(names(w, list[0], row, "not listed with its newest entry"));
    world_free(w);
}

TEST(the_hourly_audit_of_some_tables_passes_over_the_others)
{
    struct world *w = audited_world();
    const struct table *const some[] = { &table_organisations, &table_log, NULL };
    struct audit audit;
    void *row;

    REQUIRE(insert_tables(w, 4, 1) == OK);
    row = read_row(w, list[3], 1);
    REQUIRE(raw(w, list[3]->remove, row));
    CHECK(audit_verify(&w->ledger, some, &audit) == OK);
    CHECK(audit.rows == 1 && audit.waiting == 2);
    CHECK(!clean(w));
    world_free(w);
}

/* -- export -------------------------------------------------------------------------------------------- */

static status collect(void *to, const void *bytes, size_t n)
{
    out_bytes(to, bytes, n);
    return OK;
}

static status verify_text(struct str text, const uint8_t *log_pk, struct audit *audit)
{
    FILE *file = tmpfile();
    struct arena a = arena_make((size_t)64 << 20);
    status s;

    if (fwrite(text.at, 1, text.n, file) != text.n || fflush(file) != 0)
        abort();
    lseek(fileno(file), 0, SEEK_SET);
    s = audit_verify_export(&a, fileno(file), log_pk, audit);
    audit->bad = arena_copy(test_arena(), audit->bad);
    audit->head = STR("");
    arena_free(&a);
    fclose(file);
    return s;
}

TEST(an_export_is_verified_without_any_secret)
{
    struct world *w = numbered_world();
    const uint8_t *pk = house_now(w->ledger.house)->log_pk;
    struct out o = { .max = 1 << 20 };
    struct audit audit;
    uint8_t other[32] = { 1 };

    REQUIRE(audit_export(&w->ledger, collect, &o) == OK);
    CHECK(verify_text(out_done(&o), pk, &audit) == OK);
    CHECK(audit.entries == 6 && audit.waiting == 1 && audit.bad.n == 0);
    CHECK(verify_text(out_done(&o), NULL, &audit) == OK && memcmp(audit.log_pk, pk, 32) == 0);
    CHECK(verify_text(out_done(&o), other, &audit) == BROKEN);
    out_free(&o);
    world_free(w);
}

TEST(an_export_that_was_changed_or_cut_is_refused)
{
    struct world *w = numbered_world();
    struct out o = { .max = 1 << 20 };
    struct audit audit;
    size_t waiting;

    REQUIRE(audit_export(&w->ledger, collect, &o) == OK);
    waiting = str_find(out_done(&o), STR("\nwaiting "));
    for (size_t i = 0; i < o.n; i += i < 400 ? 3 : 97) {
        struct str bad = altered(out_done(&o), i);

        /* Entries without a number are held by their mac, which an export does not have. */
        CHECK(verify_text(bad, house_now(w->ledger.house)->log_pk, &audit) == BROKEN || i > waiting);
        CHECK(str_find(audit.bad, STR("entry 6")) == audit.bad.n);
        CHECK(verify_text(str_upto(out_done(&o), i), NULL, &audit) == BROKEN);
        CHECK(audit.bad.n > 0 || i > waiting);
        CHECK(str_find(audit.bad, STR("entry 6")) == audit.bad.n);         /* they are numbered 0 to 5 */
    }
    out_free(&o);
    world_free(w);
}

TEST(an_export_without_one_entry_is_refused)
{
    struct world *w = numbered_world();
    struct out o = { .max = 1 << 20 }, less = { .max = 1 << 20 };
    struct audit audit;
    size_t at;
    struct str rest, line;

    REQUIRE(audit_export(&w->ledger, collect, &o) == OK);
    at = str_find(out_done(&o), STR("\nentry ")) + 1;
    rest = str_from(out_done(&o), at);
    REQUIRE(str_cut(&rest, '\n', &line));
    out_bytes(&less, o.at, at);
    out_str(&less, rest);
    CHECK(verify_text(out_done(&less), NULL, &audit) == BROKEN);
    CHECK_STR(audit.bad, STR("head: it is of 6 entries, and the file has 5"));
    out_free(&less);
    out_free(&o);
    world_free(w);
}

TEST_MAIN
