/* V17: everything opens before, during and after the house's key was turned; and nothing that names a line of the key file is forgotten. */
#include "casework/casework.h"
#include "ledger/look.h"
#include "ledger/turn.h"
#include "matches/bank_store.h"
#include "matches/banks.h"
#include "people/keys.h"
#include "takedown/takedown.h"

#include "ledger.sql.h"
#include "outbox.sql.h"
#include "people.sql.h"
#include "speakup.sql.h"
#include "tables.sql.h"

#include <site.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <test.h>
#include <unistd.h>

static struct site site;

#define F(...) arena_f(&site.kept, __VA_ARGS__).at

static struct ledger *l(void) { return &site.in.ledger; }

/* -- nothing is forgotten ----------------------------------------------------------------------------------------------------------- */

/* Every column of bytes that is no id is in one of these lists or in the plan. Whoever adds one says here what it is. */
static const char *const not_under_the_house[] = {
    "instance.rep_salt", "organisations.rpk", "unit_keys.opk", "unit_keys.recovery", "users.xpk", "user_secrets.salt", "member_keys.sealed",
    "recovery_shares.sealed", "tokens.hash", "tokens.key", "invites.hash", "cases.salt", "reporters.rpk", "compartments.dpk", "grants.sealed",
    "records.body", "files.sha256", "files.fk", "sessions.sid", "sessions.sealed", "drafts.sealed", "log.entry", "log_head.edge",
    "log_rows.row_key", "log_rows.log", "papers.digest", "log_tiles.root", "form_texts.digest", "form_texts.body", "exports.reason", "exports.answer", "blocklist.key",
    "blocklist_readers.hash", "zone_versions.digest", "zone_versions.changes", "zone_names.key", "zone_changes.key", "recovery_trustees.mark",
    "recoveries.xpk", "recovery_typed.sealed", "partner_seen.hash", "bank_builds.digest_full", "bank_builds.digest_cpp512",
    "bank_builds.digest_exact", "bank_batches.digest", "bank_hashes.value", "exchange_records.value", "exchange_entries.value",
    "takedown_sends.digest", "takedown_links.hash", "pictures.sealed", "form_tables.digest", "form_tables.body", "key_lines.log_pk",
    "key_work.after",
    /* what stands under pgen and rgen moves with a person or a child, and is counted by these columns */
    "user_secrets.bundle", "user_secrets.rec_bundle", "reporters.lookup",
    /* hashes that only put rows together for the eye: those of before a line went find no later ones (docs/operations.md) */
    "platform_marks.hash", "platform_bundles.hash", NULL,
};
static const char *const moved_by_steps[] = {
    "outbox.sealed", "idem.id", "idem.sealed", "notices.sealed", "bank_hashes.mark", "exchange_records.mark", "seen_hashes.sealed",
    "takedown_names.digest", "log.mac", NULL,
};
static const char *const numbers_of_lines[] = { "user_secrets.pgen", "user_secrets.rgen", "reporters.pgen", "bank_hashes.gen", "key_lines.gen",
                                                "key_work.gen", "key_holders.gen", NULL };

static bool in_list(const char *const *list, const char *name)
{
    while (*list != NULL && strcmp(*list, name) != 0)
        list++;
    return *list != NULL;
}

static bool in_plan(const struct table *t, const char *column)
{
    for (const struct key_box *const *list = app_keys.boxes; *list != NULL; list++)
        for (const struct key_box *b = *list; b->table != NULL; b++)
            if (b->table == t && strcmp(b->column, column) == 0)
                return true;
    return false;
}

static bool is_known(const struct table *t, const struct sql_column *c)
{
    const char *name = F("%s.%s", t->name, c->name);

    if (strcmp(c->name, "kgen") == 0 || (t->logged && strcmp(c->name, "mac") == 0))
        return t->logged;
    if (strlen(c->name) >= 3 && strcmp(c->name + strlen(c->name) - 3, "gen") == 0)
        return in_list(numbers_of_lines, name);
    if (c->type != SQL_BYTEA)
        return true;
    return in_plan(t, c->name) + in_list(moved_by_steps, name) + in_list(not_under_the_house, name) == 1;
}

TEST(every_column_that_may_name_a_line_is_counted)
{
    size_t n = 0;

    site_open(&site);
    for (const struct table *const *t = tables; *t != NULL; t++)
        for (size_t i = 0; i < (*t)->n_columns; i++, n++)
            if (!is_known(*t, &(*t)->columns[i]))
                CHECK_STR(str_c((*t)->columns[i].name), str_c(F("of %s: say in test/rotation_test.c what it holds", (*t)->name)));
    CHECK(n > 500);
}

/* -- helpers --------------------------------------------------------------------------------------------------------------------------- */

static const char *key_path(void) { return F("%s/keys/inst.key", site.folder); }

static i64 named(enum key_what what, i64 gen)
{
    struct key_turn sum;
    i64 n = -1;

    if (key_count(l(), &app_keys, site.now, &sum) == OK)
        for (size_t i = 0; i < site.in.house->n; i++)
            if (site.in.house->gen[i].kgen == gen)
                n = sum.n[what][i];
    instance_step(&site.in);
    return n;
}

static i64 unknown(void)
{
    struct key_turn sum;
    i64 n = 0;

    if (key_count(l(), &app_keys, site.now, &sum) != OK)
        return -1;
    for (int what = 0; what < KEY_WHATS; what++)
        n += sum.other[what];
    instance_step(&site.in);
    return n;
}

static bool log_is_right(void)
{
    struct audit found;
    bool right = log_number(l(), site.now) == OK && audit_verify(l(), tables, &found) == OK;

    if (!right)
        printf("# %.*s %s\n", (int)found.bad.n, found.bad.at ? found.bad.at : "", fail_message());
    instance_step(&site.in);
    return right;
}

static int key_verb(const char *what, const char *line)
{
    const char *postgres = getenv("LACHAN_TEST_POSTGRES");
    char *argv[] = { "key", (char *)what, "--data", site.folder, "--wait", "0", (char *)(line ? line : "--json"), (char *)(postgres ? "--db" : NULL),
                     (char *)postgres, NULL };

    int result = -1;
    pid_t pid;

    fflush(stdout);
    pid = fork();               /* another process, as it would be: it knows nothing of what this one has in memory */
    if (pid == 0) {
        dup2(STDERR_FILENO, STDOUT_FILENO);     /* what it says is no line of this test's */
        _exit(cmd_key(postgres ? 9 : 7, argv));
    }
    waitpid(pid, &result, 0);
    return WIFEXITED(result) ? WEXITSTATUS(result) : -1;
}

static void refresh(void)
{
    bool changed;

    CHECK(house_refresh(site.in.house, key_path(), &changed) == OK);
}

static struct id wait_for_mail(const char *plain)
{
    struct id id = id_random();
    struct str sealed = vault_box(l()->arena, &house_now(l()->house)->job, vault_ctx("outbox", PARTS(STR("mail"), id_bytes(&id))), str_c(plain));

    CHECK(tx_begin(l()->db) == OK);
    CHECK(sql_outbox_add(l()->db, (struct sql_outbox_add){ .id = id, .kind = STR("mail"), .due = site.now + DAY_MS, .sealed = sealed }) == OK);
    CHECK(tx_commit(l()->db) == OK);
    instance_step(&site.in);
    return id;
}

static struct id open_track(void)
{
    struct takedown_item item = { "url", STR("https://example.test/rotation") };
    struct takedown_new n = { .items = { &item, 1 }, .class = STR("image"), .source = "report", .now = site.now, .words = STR("chữ") };
    struct takedown_opened opened = { 0 };

    CHECK(act_begin(l(), (struct act_info){ .act = "takedown.new", .now = site.now }) == OK);
    CHECK(takedown_open(l(), &n, &opened) == OK);
    CHECK(act_commit(l()) == OK);
    instance_step(&site.in);
    return opened.id;
}

static struct id bank;

static void open_bank(void)
{
    struct bank_new b = { .code = STR("rotation"), .name = STR("r"), .source = STR("s"), .class = STR("abuse"), .basis = STR("b"), .radius = 31,
                          .by = id_random(), .now = site.now };
    struct hash_new h = { .kind = HASH_MD5, .value = STR("0123456789abcdef"), .quality = QUALITY_UNKNOWN, .status = HASH_ACTIVE };

    CHECK(act_begin(l(), (struct act_info){ .act = "bank.new", .now = site.now }) == OK);
    CHECK(banks_open(l(), &b, &bank) == OK);
    CHECK(banks_add(l(), bank, &h, site.now) == OK);
    h.value = STR("fedcba9876543210");
    CHECK(banks_add(l(), bank, &h, site.now) == OK);
    CHECK(act_commit(l()) == OK);
    instance_step(&site.in);
}

/* Every record's mark, and their sum against the newest version. */
static bool bank_is_right(void)
{
    struct banks_row row = { .id = bank };
    i64 records = 0;
    bool right = row_get(l(), &table_banks, &row) == OK && bank_rows_check(l(), &row, &records) == OK && records == 2;

    if (!right)
        printf("# %s\n", fail_message());
    instance_step(&site.in);
    return right;
}

static struct visitor child, other, third;
static struct str code_one, code_two, code_three;

static bool comes_back(struct str code, struct visitor *who, const char *words)
{
    *who = (struct visitor){ 0 };
    if (!leads_to(post(&site, "/talk", F("code=%.*s", (int)code.n, code.at), who), "/talk"))
        return false;
    return says(get(&site, "/talk", who), words);
}

static bool signs_in(const char *login)
{
    site.now += MINUTE_MS;
    site_staff(&site, login)->browser = (struct visitor){ 0 };
    return says(get(&site, "/account", as(&site, login)), login);
}

/* -- the turn ---------------------------------------------------------------------------------------------------------------------------- */

static struct id track;

TEST(before_the_turn_one_line_is_named)
{
    code_one = tell(&site, "story=Chuyện+một&where=Zalo", &child);
    code_two = tell(&site, "story=Chuyện+hai", &other);
    track = open_track();
    open_bank();
    wait_for_mail("thư");
    CHECK(log_is_right());
    CHECK_INT(site.in.house->n, 1);
    CHECK(named(KEY_ROWS, 1) > 100 && named(KEY_ENTRIES, 1) > 50 && named(KEY_BOXES, 1) > 15 && named(KEY_PEOPLE, 1) > 10);
    CHECK(named(KEY_HASHES, 1) > 0 && named(KEY_NAMES, 1) > 0);
    CHECK_INT(named(KEY_REPORTERS, 1), 2);
    CHECK_INT(unknown(), 0);
}

TEST(a_line_comes_into_the_file_before_it_is_current_and_a_second_rotation_goes_on_with_it)
{
    CHECK(house_line_new(key_path(), 2) == OK);
    refresh();
    CHECK_INT(site.in.house->n, 2);
    CHECK_INT(house_now(site.in.house)->kgen, 1);
    CHECK_INT(key_verb("rotate", NULL), 0);
    refresh();
    CHECK_INT(site.in.house->n, 2);
    CHECK_INT(house_now(site.in.house)->kgen, 2);
}

TEST(the_log_has_an_entry_whose_note_is_signed_by_the_old_key_and_names_the_new)
{
    struct key_lines_row row = { .gen = 2 };
    struct instance_row instance;
    uint8_t next[32];

    CHECK(sql_log_origin(l(), &instance) == OK);
    CHECK(row_get(l(), &table_key_lines, &row) == OK);
    CHECK(row_agrees_with_log(l(), &table_key_lines, &row) == OK);
    CHECK(key_note_read(row.note, instance.origin, house_at(l()->house, 1)->log_pk, next) == OK);
    CHECK(memcmp(next, house_at(l()->house, 2)->log_pk, 32) == 0);
    CHECK(key_note_read(row.note, instance.origin, house_at(l()->house, 2)->log_pk, next) == NOT_FOUND);
    CHECK(key_note_read(row.note, STR("example.test/other"), house_at(l()->house, 1)->log_pk, next) == NOT_FOUND);
    instance_step(&site.in);
}

/* The note is in the log before a head is signed with the new line. */
TEST(who_knows_the_old_key_is_led_to_the_old_and_the_new_and_nobody_back)
{
    const uint8_t *first = house_at(l()->house, 1)->log_pk, *second = house_at(l()->house, 2)->log_pk;
    struct log_growth g;
    struct instance_row instance;

    CHECK(sql_log_origin(l(), &instance) == OK);
    CHECK(log_growth(l(), 0, &g) == OK);
    memcpy(g.log_pk, first, sizeof g.log_pk);
    CHECK(log_growth_leads(&g, instance.origin, first) && !log_growth_leads(&g, instance.origin, second));
    memcpy(g.log_pk, second, sizeof g.log_pk);
    CHECK(log_growth_leads(&g, instance.origin, first) && log_growth_leads(&g, instance.origin, second));
    CHECK(!log_growth_leads(&g, STR("example.test/other"), first));
    instance_step(&site.in);
}

TEST(during_the_turn_old_and_new_stand_beside_each_other)
{
    CHECK(log_is_right());
    code_three = tell(&site, "story=Chuyện+ba", &third);
    CHECK(comes_back(code_three, &third, "Chuyện ba"));
    CHECK(signs_in("nga.mau"));
    CHECK(named(KEY_ROWS, 1) > 100 && named(KEY_ROWS, 2) > 0);
    CHECK(log_is_right());
}

/* A session of before the turn goes on, whatever moves meanwhile. */
static bool goes_on(void)
{
    return says(get(&site, "/talk", &third), "Chuyện ba") && says(get(&site, "/account", &site_staff(&site, "nga.mau")->browser), "nga.mau");
}

static void one_page_of(size_t step)
{
    struct key_turn t = { .l = l(), .now = site.now, .move = true, .after = STR("") };

    CHECK(key_page(&t, &app_keys, step) == OK);
    instance_step(&site.in);
}

TEST(after_each_step_the_log_is_right_and_everything_opens)
{
    for (size_t i = 0; i < key_steps(&app_keys); i++) {
        one_page_of(i);
        if (i % 8 == 0)
            CHECK(log_is_right() && goes_on());
    }
    CHECK(log_is_right() && goes_on());
}

static struct users_row user_of(const char *login)
{
    struct users_row user = { 0 };

    CHECK(sql_user_of_login(l(), (struct sql_user_of_login){ .login = str_c(login) }, &user) == OK);
    return user;
}

TEST(a_row_that_was_read_before_it_moved_can_be_changed_after)
{
    struct users_row user = user_of("nga.mau");
    struct key mark;
    uint8_t rh[32];

    CHECK_INT(user.kgen, 2);
    vault_row_hash(rh, STR("users"), PARTS(id_bytes(&user.id), id_bytes(&user.org), user.login, user.name, user.xpk, user.state));
    vault_row_mac(&mark, house_at(l()->house, 1), rh);
    user.kgen = 1;                      /* as a page had read it */
    user.mac = key_str(&mark);
    CHECK(act_begin(l(), (struct act_info){ .act = "test.change", .now = site.now }) == OK);
    CHECK(row_update(l(), &table_users, &user) == OK);
    CHECK(act_commit(l()) == OK);
    user.kgen = 1;
    mark.b[0] ^= 1;
    user.mac = key_str(&mark);
    CHECK(act_begin(l(), (struct act_info){ .act = "test.change", .now = site.now }) == OK);
    CHECK(row_update(l(), &table_users, &user) == CONFLICT);
    act_abort(l());
    instance_step(&site.in);
    CHECK(log_is_right());
}

/* What was passed on the way to one line is not done for another, also where the line changes while a step runs. */
TEST(a_place_on_the_way_to_another_line_is_no_place)
{
    struct key_work_of_row work;
    bool left = true;

    site.in.house->now = 0;
    while (left)
        CHECK(key_turn_on(l(), &app_keys, site.now, 0, &left) == OK);
    CHECK(sql_key_work_of(l()->db, (struct sql_key_work_of){ .step = STR("users") }, &work) == OK);
    CHECK(work.gen == 1 && work.done == 1);
    site.in.house->now = 1;
    CHECK_INT(named(KEY_ROWS, 2), 0);
    CHECK(log_is_right() && goes_on());
}

TEST(all_that_moves_by_itself_is_under_the_new_line_then)
{
    bool left = true;

    while (left)
        CHECK(key_turn_on(l(), &app_keys, site.now, clock_mono_ms() + 20, &left) == OK);
    instance_step(&site.in);
    CHECK_INT(named(KEY_ROWS, 1), 0);
    CHECK_INT(named(KEY_ENTRIES, 1), 0);
    CHECK_INT(named(KEY_BOXES, 1), 0);
    CHECK_INT(named(KEY_HASHES, 1), 0);
    CHECK_INT(named(KEY_NAMES, 1), 0);
    CHECK_INT(unknown(), 0);
    CHECK(bank_is_right());
    CHECK(named(KEY_BOXES, 2) > 15 && named(KEY_HASHES, 2) > 0 && named(KEY_NAMES, 2) > 0);
    CHECK(log_is_right() && goes_on());
}

TEST(the_same_content_is_found_again_and_makes_no_second_track)
{
    CHECK(id_eq(open_track(), track));
}

TEST(a_child_moves_when_it_comes_back_and_its_code_stays)
{
    i64 before = named(KEY_REPORTERS, 1);

    CHECK(comes_back(code_one, &child, "Chuyện một"));
    CHECK_INT(named(KEY_REPORTERS, 1), before - 1);
    CHECK(leads_to(post(&site, "/talk/messages", "text=Con+viết+thêm", &child), "/talk"));
    CHECK(comes_back(code_one, &child, "Con viết thêm"));
    CHECK_INT(named(KEY_REPORTERS, 1), before - 1);
    CHECK(log_is_right());
}

TEST(a_line_that_is_still_named_does_not_go)
{
    CHECK_INT(key_verb("retire", "2"), 1);
    CHECK_INT(key_verb("retire", "9"), 1);
    CHECK_INT(key_verb("retire", "1"), 1);
    refresh();
    CHECK(named(KEY_PEOPLE, 1) > 0 && named(KEY_REPORTERS, 1) == 1);
}

TEST(a_person_moves_when_they_sign_in_and_their_recovery_code_when_they_make_a_new_one)
{
    i64 people = named(KEY_PEOPLE, 1), codes = named(KEY_RECOVERY, 1);

    CHECK(signs_in("minh.mau"));
    CHECK_INT(named(KEY_PEOPLE, 1), people - 1);
    CHECK_INT(named(KEY_RECOVERY, 1), codes);
    CHECK(says(get(&site, "/account", as(&site, "minh.mau")), "/account/recovery-code"));
    CHECK(leads_to(post(&site, "/account/recovery-code", "", as(&site, "minh.mau")), "/account/sheet"));
    CHECK_INT(named(KEY_RECOVERY, 1), codes - 1);
    CHECK(signs_in("minh.mau"));
    CHECK(log_is_right());
}

/* Those who never come: their accounts and reports end. Here their rows only say so, for the test has not their passwords. */
static void end_the_rest(void)
{
    struct user_secrets_rows people;
    void *rows;
    size_t n;

    CHECK(act_begin(l(), (struct act_info){ .act = "test.end", .now = site.now }) == OK);
    CHECK(db_rows(l()->db, table_user_secrets.all, NULL, &rows, &n) == OK);
    people = (struct user_secrets_rows){ rows, n };
    for (size_t i = 0; i < people.n; i++) {
        people.at[i].pgen = people.at[i].rgen = 2;
        CHECK(row_update(l(), &table_user_secrets, &people.at[i]) == OK);
    }
    CHECK(act_commit(l()) == OK);
    instance_step(&site.in);
}

static void let_it_be_long_ago(void)
{
    struct key_lines_row row = { .gen = 2 };

    CHECK(row_get(l(), &table_key_lines, &row) == OK);
    row.since -= DAY_MS;
    CHECK(act_begin(l(), (struct act_info){ .act = "test.since", .now = site.now }) == OK);
    CHECK(row_update(l(), &table_key_lines, &row) == OK);
    CHECK(act_commit(l()) == OK);
    instance_step(&site.in);
}

TEST(a_line_that_nothing_names_goes_and_everything_opens_without_it)
{
    CHECK(comes_back(code_two, &other, "Chuyện hai"));
    end_the_rest();
    CHECK_INT(key_verb("retire", "1"), 1);      /* what was begun under the old line may still be written */
    let_it_be_long_ago();
    CHECK_INT(key_verb("retire", "1"), 0);
    house_free(site.in.house);
    CHECK(house_load(key_path(), &site.in.house) == OK);
    site.in.ledger.house = site.in.app.house = site.in.house;
    worker_free(site.worker);
    CHECK(worker_make(&site.in.app, false, &site.worker) == OK);
    CHECK_INT(site.in.house->n, 1);
    CHECK_INT(house_now(site.in.house)->kgen, 2);
    CHECK(log_is_right());
    CHECK(log_check_head(l(), site.in.app.head_file) == OK);
    CHECK_INT(unknown(), 0);
    CHECK(bank_is_right());
    CHECK(id_eq(open_track(), track));
    CHECK(comes_back(code_one, &child, "Con viết thêm") && comes_back(code_two, &other, "Chuyện hai") &&
          comes_back(code_three, &third, "Chuyện ba"));
    CHECK(signs_in("nga.mau") && signs_in("minh.mau"));
    site_close(&site);
}

TEST_MAIN
