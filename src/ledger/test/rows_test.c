/* Acts and rows: nothing without its entry, nothing altered is shown. */
#include "world.h"
#include "test.h"

#include "../../vault/test/vectors.h"

static const struct table *list[64];
static size_t n_tables;

static struct world *world(void)
{
    static struct world *w;

    if (w == NULL) {
        w = world_new();
        n_tables = logged_tables(list, COUNT_OF(list));
    }
    return w;
}

/* The bytes that a column's value has in memory, NULL and the flag of a nullable value aside. */
static struct str value_bytes(const struct sql_column *c, void *row)
{
    char *at = (char *)row + c->offset;

    switch (c->type) {
    case SQL_ID:     return str_of(c->nullable ? at + offsetof(struct opt_id, v) : at, sizeof(struct id));
    case SQL_BIGINT: return str_of(c->nullable ? at + offsetof(struct opt_i64, v) : at, sizeof(i64));
    default:         return *(struct str *)(void *)at;
    }
}

static bool all_zero(const void *bytes, size_t n)
{
    const char *at = bytes;

    for (size_t i = 0; i < n; i++)
        if (at[i])
            return false;
    return true;
}

TEST(V1_an_entry_and_its_mark_have_the_bytes_of_the_other_maker)
{
    struct id demo = id_no(7), unit = id_no(2);
    struct le64 two = vault_le64(2);
    struct entry e = { .id = id_no(6), .time = NOON, .actor = id_no(1), .unit = unit,
                       .act = STR("test.write"), .object = id_no(4) }, read;
    struct entry_row row = { .table = STR("demo"), .key = id_bytes(&demo) };
    struct out o = { .max = 4096 }, key = { .max = 100 };
    struct entry_mac mac;

    memcpy(row.is, of_hex(V_ROW_HASH).at, sizeof row.is);
    entry_write_head(&o, &e);
    entry_write_row(&o, &row);
    entry_write_part(&key, id_bytes(&unit));
    entry_write_part(&key, le64_str(&two));
    row = (struct entry_row){ .table = STR("other"), .key = out_done(&key) };
    memcpy(row.was, of_hex(V_ROW_HASH).at, sizeof row.was);
    entry_write_row(&o, &row);
    CHECK_STR(out_done(&o), of_hex(V_ENTRY));
    mac = entry_mac(house_now(world()->ledger.house), out_done(&o));
    CHECK(is_hex(mac.b, sizeof mac.b, V_ENTRY_MAC));
    CHECK(entry_mac_ok(world()->ledger.house, out_done(&o), str_of(mac.b, sizeof mac.b)));
    for (size_t i = 0; i < sizeof mac.b; i++)
        CHECK(!entry_mac_ok(world()->ledger.house, out_done(&o), altered(str_of(mac.b, sizeof mac.b), i)));
    for (size_t n = 0; n < o.n; n++)
        CHECK(entry_read(str_upto(out_done(&o), n), &read) == BROKEN || entry_next_row(&read, &row) != OK ||
              entry_next_row(&read, &row) != OK);
    out_free(&o);
    out_free(&key);
}

TEST(every_logged_table_takes_a_row_and_gives_it_back)
{
    struct world *w = world();

    CHECK(n_tables >= 20);
    REQUIRE(insert_tables(w, n_tables, 1) == OK);
    for (size_t i = 0; i < n_tables; i++) {
        void *row = row_make(list[i], 1);
        uint8_t want[32], is[32];

        row_hash(list[i], row, want);
        CHECK(row_get(&w->ledger, list[i], row) == OK);
        row_hash(list[i], row, is);
        CHECK(memcmp(want, is, sizeof is) == 0);
        CHECK(*row_kgen(list[i], row) == 1 && row_mac(list[i], row)->n == 32);
        CHECK(row_agrees_with_log(&w->ledger, list[i], row) == OK);
    }
}

TEST(V3_any_changed_byte_of_any_row_in_hand_is_found_and_its_content_wiped)
{
    struct world *w = world();

    for (size_t i = 0; i < n_tables; i++)
        for (size_t c = 0; c < list[i]->n_columns; c++) {
            void *row = row_make(list[i], 1);
            struct str bytes;

            REQUIRE(row_get(&w->ledger, list[i], row) == OK);
            bytes = value_bytes(&list[i]->columns[c], row);
            CHECK(bytes.n > 0);
            for (size_t b = 0; b < bytes.n; b++) {
                char *copy = arena_alloc(test_arena(), list[i]->row_size);

                memcpy(copy, row, list[i]->row_size);
                if (bytes.at >= (char *)row && bytes.at < (char *)row + list[i]->row_size)
                    copy[bytes.at + b - (char *)row] ^= 1;
                else
                    *(struct str *)(void *)(copy + list[i]->columns[c].offset) = altered(bytes, b);
                CHECK(row_check(&w->ledger, list[i], copy) == BROKEN);
                CHECK(all_zero(copy, list[i]->row_size));
            }
        }
}

/* Writes a row past the ledger, as somebody would who has the database and not the key. */
static bool write_past(struct world *w, const struct table *t, const void *row, struct str mac_there)
{
    char *in = arena_alloc(test_arena(), t->row_size + sizeof mac_there);
    i64 changed = 0;

    memcpy(in, row, t->row_size);
    memcpy(in + t->row_size, &mac_there, sizeof mac_there);
    return db_exec(w->ledger.db, t->update, in, &changed) == OK && changed == 1;
}

/* Another value that the column takes. */
static void change_value(const struct sql_column *c, void *row)
{
    void *at = (char *)row + c->offset;

    if (c->type == SQL_TEXT || c->type == SQL_BYTEA)
        *(struct str *)at = altered(*(struct str *)at, 0);
    else
        ((char *)(uintptr_t)value_bytes(c, row).at)[0] ^= 1;
}

static bool is_key(const struct table *t, size_t column)
{
    for (size_t k = 0; k < t->n_key; k++)
        if (t->key[k] == column)
            return true;
    return false;
}

TEST(V3_a_column_changed_in_the_database_makes_the_read_fail)
{
    struct world *w = world();
    int changed = 0;

    for (size_t i = 0; i < n_tables; i++)
        for (size_t c = 0; c < list[i]->n_columns; c++) {
            char *row = row_make(list[i], 1), *bad = row_make(list[i], 1), *read = row_make(list[i], 1);

            REQUIRE(row_get(&w->ledger, list[i], row) == OK);
            memcpy(bad, row, list[i]->row_size);
            change_value(&list[i]->columns[c], bad);
            if (is_key(list[i], c) || !write_past(w, list[i], bad, *row_mac(list[i], row)))
                continue;       /* a foreign key stands in the way; the bytes themselves were tried above */
            changed++;
            CHECK(row_get(&w->ledger, list[i], read) == BROKEN);
            CHECK(all_zero(read, list[i]->row_size));
            CHECK(write_past(w, list[i], row, *row_mac(list[i], bad)));
            CHECK(row_get(&w->ledger, list[i], row_make(list[i], 1)) == OK);
        }
    CHECK(changed > 60);
}

TEST(V3_a_row_put_in_the_place_of_another_is_found)
{
    struct world *w = world();

    REQUIRE(insert_tables(w, n_tables, 2) == OK);
    for (size_t i = 0; i < n_tables; i++) {
        char *one = row_make(list[i], 1), *two = row_make(list[i], 2), *moved = row_make(list[i], 1);

        REQUIRE(row_get(&w->ledger, list[i], one) == OK && row_get(&w->ledger, list[i], two) == OK);
        memcpy(moved, two, list[i]->row_size);
        for (size_t k = 0; k < list[i]->n_key; k++) {
            const struct sql_column *c = &list[i]->columns[list[i]->key[k]];
            size_t n = c->type == SQL_ID ? sizeof(struct id)
                     : c->type == SQL_BIGINT ? sizeof(i64) : sizeof(struct str);

            memcpy(moved + c->offset, one + c->offset, n);
        }
        CHECK(row_check(&w->ledger, list[i], moved) == BROKEN);
    }
}

TEST(one_bad_row_does_not_hide_a_list)
{
    struct world *w = world();
    struct cases_row *row = row_make(&table_cases, 1);

    REQUIRE(row_get(&w->ledger, &table_cases, row) == OK);
    CHECK(row_check_or_wipe(&w->ledger, &table_cases, row) && !row->altered);
    row->urgency++;
    CHECK(!row_check_or_wipe(&w->ledger, &table_cases, row));
    CHECK(row->altered && id_eq(row->id, row_id(1)));
    CHECK(row->urgency == 0 && row->state.n == 0 && row->day == 0 && row->mac.n == 0);
}

TEST(a_row_marked_by_a_generation_that_is_gone_is_not_shown)
{
    struct world *w = world();
    struct key k = key_no(2);
    struct house *other = house_of_seed(2, &k);
    struct ledger l = w->ledger;
    struct cases_row *row = row_make(&table_cases, 1);

    l.house = other;
    CHECK(row_get(&l, &table_cases, row) == BROKEN);
    house_free(other);
}

static i64 count_entries(struct world *w)
{
    struct id after = { 0 };
    struct log_waiting_rows rows;
    i64 n = 0;

    for (int anonymous = 0; anonymous < 2; anonymous++) {
        CHECK(sql_log_waiting(w->ledger.db, (struct sql_log_waiting){ anonymous, after }, &rows) == OK);
        n += (i64)rows.n;
    }
    return n;
}

TEST(V13_an_act_that_is_broken_off_leaves_neither_row_nor_entry)
{
    struct world *w = world();
    struct organisations_row *row = row_make(&table_organisations, 30);
    i64 before = count_entries(w);

    REQUIRE(act_begin(&w->ledger, staff_act("test.abort", NOON)) == OK);
    CHECK(row_insert(&w->ledger, &table_organisations, row) == OK);
    act_abort(&w->ledger);
    act_abort(&w->ledger);
    CHECK(row_get(&w->ledger, &table_organisations, row) == NOT_FOUND);
    CHECK(count_entries(w) == before);
}

TEST(V13_an_act_that_fails_at_its_last_row_leaves_nothing)
{
    struct world *w = world();
    struct organisations_row *row = row_make(&table_organisations, 31);
    struct organisations_row *again = row_make(&table_organisations, 1);
    i64 before = count_entries(w);

    REQUIRE(act_begin(&w->ledger, staff_act("test.conflict", NOON)) == OK);
    CHECK(row_insert(&w->ledger, &table_organisations, row) == OK);
    CHECK(row_insert(&w->ledger, &table_organisations, again) == CONFLICT);
    CHECK(act_commit(&w->ledger) != OK);
    act_abort(&w->ledger);
    CHECK(row_get(&w->ledger, &table_organisations, row) == NOT_FOUND);
    CHECK(count_entries(w) == before);
}

TEST(V13_a_committed_act_has_its_entry_and_the_entry_names_its_rows)
{
    struct world *w = world();
    struct organisations_row *row = row_make(&table_organisations, 32);
    struct log_newest_of_row_row found;
    struct str key = id_bytes(&row->id);
    struct entry_row said;
    struct entry e;
    uint8_t rh[32];

    REQUIRE(act_begin(&w->ledger, staff_act("test.insert", NOON + 5)) == OK);
    CHECK(row_insert(&w->ledger, &table_organisations, row) == OK);
    REQUIRE(act_commit(&w->ledger) == OK);
    REQUIRE(sql_log_newest_of_row(w->ledger.db, (struct sql_log_newest_of_row){ STR("organisations"), key },
                                  &found) == OK);
    REQUIRE(entry_read(found.entry, &e) == OK);
    CHECK(e.time == NOON + 5 && id_eq(e.actor, id_no(90)));
    CHECK(id_eq(e.unit, id_no(91)) && id_eq(e.object, id_no(92)));
    CHECK_STR(e.act, STR("test.insert"));
    REQUIRE(entry_find_row(found.entry, STR("organisations"), key, &said) == OK);
    row_hash(&table_organisations, row, rh);
    CHECK(memcmp(said.is, rh, 32) == 0 && all_zero(said.was, 32));
    CHECK(entry_find_row(found.entry, STR("units"), key, &said) == NOT_FOUND);
}

TEST(V15_the_entry_of_an_anonymous_act_has_a_random_id_and_only_the_day)
{
    struct world *w = world();
    struct id after = { 0 };
    struct log_waiting_rows rows;
    struct entry e;

    REQUIRE(act_note(&w->ledger, anonymous_act("test.visit", NOON + 12345)) == OK);
    REQUIRE(sql_log_waiting(w->ledger.db, (struct sql_log_waiting){ 1, after }, &rows) == OK);
    REQUIRE(rows.n == 1);
    REQUIRE(entry_read(rows.at[0].entry, &e) == OK);
    CHECK(e.time == clock_local_day(NOON));
    CHECK(id_is_zero(e.actor) && id_eq(e.id, rows.at[0].id));
    CHECK(e.id.b[6] >> 4 == 4);
}

TEST(an_update_of_a_row_that_somebody_changed_meanwhile_is_a_conflict)
{
    struct world *w = world();
    struct cases_row *mine = row_make(&table_cases, 1), *theirs = row_make(&table_cases, 1);

    REQUIRE(row_get(&w->ledger, &table_cases, mine) == OK && row_get(&w->ledger, &table_cases, theirs) == OK);
    REQUIRE(act_begin(&w->ledger, staff_act("test.theirs", NOON)) == OK);
    theirs->state = STR("claimed");
    CHECK(row_update(&w->ledger, &table_cases, theirs) == OK);
    REQUIRE(act_commit(&w->ledger) == OK);

    REQUIRE(act_begin(&w->ledger, staff_act("test.mine", NOON)) == OK);
    mine->state = STR("closed");
    CHECK(row_update(&w->ledger, &table_cases, mine) == CONFLICT);
    act_abort(&w->ledger);
    REQUIRE(act_begin(&w->ledger, staff_act("test.mine", NOON)) == OK);
    CHECK(row_delete(&w->ledger, &table_cases, mine) == CONFLICT);
    act_abort(&w->ledger);
    REQUIRE(row_get(&w->ledger, &table_cases, mine) == OK);
    CHECK_STR(mine->state, STR("claimed"));
}

TEST(a_row_may_be_written_several_times_in_one_act)
{
    struct world *w = world();
    struct cases_row *row = row_make(&table_cases, 1);

    REQUIRE(row_get(&w->ledger, &table_cases, row) == OK);
    REQUIRE(act_begin(&w->ledger, staff_act("test.thrice", NOON)) == OK);
    for (int i = 0; i < 3; i++) {
        row->messages++;
        CHECK(row_update(&w->ledger, &table_cases, row) == OK);
    }
    REQUIRE(act_commit(&w->ledger) == OK);
    CHECK(row_get(&w->ledger, &table_cases, row) == OK && row->messages == 4);
    CHECK(row_agrees_with_log(&w->ledger, &table_cases, row) == OK);
}

/* What the newest entry of a row says it was done to. */
static struct id object_of(struct world *w, struct id row)
{
    struct log_newest_of_row_row found;
    struct entry e = { .object = id_zero() };

    CHECK(sql_log_newest_of_row(w->ledger.db, (struct sql_log_newest_of_row){ STR("organisations"), id_bytes(&row) }, &found) == OK);
    CHECK(entry_read(found.entry, &e) == OK);
    return e.object;
}

TEST(two_things_of_one_transaction_have_an_entry_each_and_stand_or_fall_together)
{
    struct world *w = world();
    struct organisations_row *one = row_make(&table_organisations, 40), *two = row_make(&table_organisations, 41);
    struct act_info first = staff_act("test.link", NOON), second = first;
    i64 before = count_entries(w);

    second.object = id_no(93);
    for (int again = 0; again < 2; again++) {
        REQUIRE(act_begin(&w->ledger, first) == OK);
        CHECK(row_insert(&w->ledger, &table_organisations, one) == OK);
        CHECK(act_next(&w->ledger, second) == OK);
        CHECK(row_insert(&w->ledger, &table_organisations, two) == OK);
        if (again) {
            REQUIRE(act_commit(&w->ledger) == OK);
            break;
        }
        act_abort(&w->ledger);
        CHECK(row_get(&w->ledger, &table_organisations, one) == NOT_FOUND);
        CHECK_INT(count_entries(w), before);
        one = row_make(&table_organisations, 40);
        two = row_make(&table_organisations, 41);
    }
    CHECK_INT(count_entries(w), before + 2);
    CHECK(id_eq(object_of(w, one->id), first.object) && id_eq(object_of(w, two->id), second.object));
    CHECK(row_agrees_with_log(&w->ledger, &table_organisations, one) == OK);
    CHECK(row_agrees_with_log(&w->ledger, &table_organisations, two) == OK);
}

TEST(V5_a_row_rolled_back_or_put_back_contradicts_its_newest_entry)
{
    struct world *w = world();
    struct files_row *old = row_make(&table_files, 1), *new = row_make(&table_files, 1);

    REQUIRE(row_get(&w->ledger, &table_files, old) == OK && row_get(&w->ledger, &table_files, new) == OK);
    REQUIRE(act_begin(&w->ledger, staff_act("test.update", NOON)) == OK);
    new->size = 99;
    CHECK(row_update(&w->ledger, &table_files, new) == OK);
    REQUIRE(act_commit(&w->ledger) == OK);
    CHECK(row_agrees_with_log(&w->ledger, &table_files, new) == OK);
    CHECK(row_agrees_with_log(&w->ledger, &table_files, old) == BROKEN);
    REQUIRE(write_past(w, &table_files, old, new->mac));
    CHECK(row_get(&w->ledger, &table_files, old) == OK);
    CHECK(row_agrees_with_log(&w->ledger, &table_files, old) == BROKEN);
    REQUIRE(write_past(w, &table_files, new, old->mac));

    REQUIRE(act_begin(&w->ledger, staff_act("test.delete", NOON)) == OK);
    CHECK(row_delete(&w->ledger, &table_files, new) == OK);
    REQUIRE(act_commit(&w->ledger) == OK);
    CHECK(row_get(&w->ledger, &table_files, new) == NOT_FOUND);
    REQUIRE(db_exec(w->ledger.db, table_files.insert, new, NULL) == OK);
    CHECK(row_get(&w->ledger, &table_files, new) == OK);
    CHECK(row_agrees_with_log(&w->ledger, &table_files, new) == BROKEN);
}

TEST_MAIN
