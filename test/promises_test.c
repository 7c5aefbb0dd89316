/* Invariants of SECURITY.md that need a whole instance, seen past our own code: V2, V7, V15, V16, V18. V1, V3 to V5, V13 and
   V20 have theirs in vault/ and ledger/; V6, V8 and V13 over the socket in journeys/promises.mjs. */
#include "cells.h"
#include "test.h"
#include "thief.h"

#include "speakup/conversation.h"

#include "people.sql.h"
#include "tables.sql.h"

#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

static struct site site;

#define PART(name, more) "--" BOUNDARY "\r\nContent-Disposition: form-data; name=\"" name "\"" more "\r\n\r\n"
#define FILE_PART(name, file) PART(name, "; filename=\"" file "\"\r\nContent-Type: text/plain")
#define TOLD \
    PART("story", "") "hoa-cuc-vang ke chuyen\r\n" PART("where", "") "lop-hoa-cuc-vang\r\n" PART("url", "") "hoa-cuc-vang.vi.du\r\n" \
    PART("danger", "") "soon\r\n" PART("province", "") "01\r\n" PART("exclude", "") "truong-hoa-cuc-vang\r\n" \
    PART("token", "") "mot-lan-thoi-%08d\r\n" FILE_PART("files", "hoa-cuc-vang.txt") "tep hoa-cuc-vang\r\n" \
    FILE_PART("files_private", "hoa-cuc-vang-rieng.txt") "rieng hoa-cuc-vang\r\n--" BOUNDARY "--\r\n"
#define CANARY "hoa-cuc-vang"
#define MORE \
    PART("text", "") "them " CANARY "\r\n" FILE_PART("files", "a.txt") "mot\r\n" FILE_PART("files_private", "b.txt") "hai\r\n" \
    PART("csrf", "") "%.*s\r\n--" BOUNDARY "--\r\n"

#define TEXT(format, s) (arena_f(&site.kept, format, (int)(s).n, (s).at).at)

/* Fields of a new report: a token of its own. */
static const char *told_anew(void)
{
    static int n;

    return arena_f(&site.kept, TOLD, ++n).at;
}

/* One report with everything in it: words, files of both kinds, answers, a note, a draft, open sessions. */
static struct str tell_all(void)
{
    struct visitor child = { 0 }, back = { 0 };
    struct str code = tell(&site, told_anew(), &child);
    const char *path = path_of(&site, report_of(&site, code), "").at;

    CHECK(leads_to(post(&site, "/talk", TEXT("code=%.*s", code), &back), "/talk"));
    (void)get(&site, "/talk", &back);
    CHECK(leads_to(post(&site, "/talk/messages", "text=them+" CANARY "&commune=99901", &back), "/talk"));
    (void)post(&site, arena_f(&site.kept, "%s/claim", path).at, "", as(&site, "hanh.mau"));
    (void)post(&site, arena_f(&site.kept, "%s/reply", path).at, "text=tra-loi+" CANARY, as(&site, "hanh.mau"));
    (void)post(&site, arena_f(&site.kept, "%s/note", path).at, "text=ghi+" CANARY, as(&site, "hanh.mau"));
    (void)get(&site, "/account", as(&site, "minh.mau"));
    (void)post(&site, arena_f(&site.kept, "%s/reply", path).at, "text=qua-muon+" CANARY, as(&site, "minh.mau"));
    return code;
}

/* -- V2 ----------------------------------------------------------------------------------------------------- */

struct robbery { struct thief *thief; size_t values, totp, dormant, others; bool seen_clear; };

static void rob_cell(void *to, const struct cell_seen *cell)
{
    struct robbery *r = to;
    enum loot loot;

    if (cell->number)
        return;
    r->values++;
    if (thief_reads(r->thief, cell->value)) {
        printf("# in clear: %s.%s\n", cell->table, cell->column);
        r->seen_clear = true;
    }
    loot = thief_opens(r->thief, cell->value);
    if (loot == LOOT_NONE)
        return;
    if (loot == LOOT_BOX && strcmp(cell->table, "user_secrets") == 0 && strcmp(cell->column, "totp") == 0)
        r->totp++;
    else if (loot == LOOT_DORMANT && strcmp(cell->table, "dormant_grants") == 0)
        r->dormant++;           /* the house's outer box; the inside is still wrapped to the unit, or it were LOOT_SEAL */
    else
        printf("# opened (%d): %s.%s\n", loot, cell->table, cell->column), r->others++;
}

static void rob_file(void *to, const struct file_seen *file)
{
    struct robbery *r = to;

    if (strstr(file->path, "/files/") == NULL)
        return;
    r->values++;
    if (thief_reads(r->thief, file->bytes) || thief_reads(r->thief, str_c(file->name)))
        r->seen_clear = true;
    r->others += thief_opens_file(r->thief, file->bytes);
}

static void take_key(void *to, const struct cell_seen *cell)
{
    if (!cell->number && cell->value.n == KEY_BYTES)
        thief_add(to, cell->value.at);
}

static void count_sealed(void *to, const struct cell_seen *cell)
{
    static const char *const sealed[] = { "records", "grants", "files", "user_secrets", "member_keys", "sessions", "idem",
                                          "dormant_grants", "drafts" };
    unsigned *found = to;

    for (size_t i = 0; i < COUNT_OF(sealed); i++)
        if (strcmp(sealed[i], cell->table) == 0)
            *found |= 1u << i;
}

static void know_secrets(struct thief *thief, struct str code)
{
    thief_knows(thief, STR(CANARY));
    thief_knows(thief, code);
    for (size_t i = 0; i < site.n_staff; i++) {
        thief_knows(thief, str_c(site.staff[i].password));
        thief_knows(thief, str_of(site.staff[i].totp, TOTP_SECRET_BYTES));
    }
}

/* The thief must succeed where it can: what is planted under a key of the house opens. */
static void check_thief_is_able(struct thief *thief)
{
    struct arena a = arena_make(1 << 20);
    struct pair pair = { .secret = house_now(site.in.house)->mac };
    struct key ctx = vault_ctx("planted", NO_PARTS), other;
    struct id file = id_random();

    vault_pair_of_secret(&pair);
    vault_key_new(&other);
    CHECK(thief_opens(thief, vault_box(&a, &house_now(site.in.house)->pep, ctx, STR("x " CANARY))) == LOOT_BOX);
    CHECK(thief_opens(thief, vault_box(&a, &other, ctx, STR("x " CANARY))) == LOOT_NONE);
    CHECK(thief_opens(thief, vault_wrap(&a, &pair.open, ctx, &other)) == LOOT_SEAL);
    vault_pair_of_seed(&pair, &house_now(site.in.house)->job);
    CHECK(thief_opens(thief, vault_wrap(&a, &pair.open, ctx, &other)) == LOOT_SEAL);
    vault_pair_new(&pair);
    CHECK(thief_opens(thief, vault_wrap(&a, &pair.open, ctx, &other)) == LOOT_NONE);
    CHECK(thief_can_open_files(file));
    arena_free(&a);
}

TEST(V2_the_key_of_the_house_with_the_whole_database_opens_no_record_file_or_name)
{
    struct str code = tell_all();
    struct thief *thief = thief_of_house(site.folder);
    struct robbery r = { .thief = thief };
    unsigned sealed = 0;

    know_secrets(thief, code);
    CHECK(cells_each(&site, take_key, thief) > 20);
    check_thief_is_able(thief);
    cells_each(&site, count_sealed, &sealed);
    CHECK(sealed == 0x1ff);         /* nothing is held because nothing was there */
    cells_each(&site, rob_cell, &r);
    CHECK(r.totp == site.n_staff && r.dormant > 0);     /* as the promise table says */
    CHECK(files_each(&site, rob_file, &r) > 2 && r.values > 500);
    CHECK(r.others == 0 && !r.seen_clear);
    thief_free(thief);
}

/* -- V7 ----------------------------------------------------------------------------------------------------- */

struct opened { struct thief *thief; size_t grants, records, others; };

static void open_cell(void *to, const struct cell_seen *cell)
{
    struct opened *o = to;

    if (cell->number || thief_opens(o->thief, cell->value) == LOOT_NONE)
        return;
    if (strcmp(cell->table, "grants") == 0 && strcmp(cell->column, "sealed") == 0)
        o->grants++;
    else if (strcmp(cell->table, "records") == 0)
        o->records++;
    else
        printf("# opened: %s.%s\n", cell->table, cell->column), o->others++;
}

struct letters { struct comps comps; struct id report; size_t in_talk, elsewhere; };

/* Every record of the database under every key that C gives. */
static status open_record(void *to, const void *row)
{
    const struct records_row *r = row;
    struct letters *all = to;

    for (size_t i = 0; i < all->comps.n; i++) {
        struct comp_open *comp = &all->comps.at[i];
        struct record record;

        if (comp->keys == NULL || vault_record_open(&site.kept, comp->keys, r->comp, r->id, r->body, &record) != OK)
            continue;
        if (str_is(comp->letter, "C") && id_eq(comp->id, r->comp))
            all->in_talk++;
        else
            all->elsewhere++;
    }
    return OK;
}

static status open_file_key(void *to, const void *row)
{
    const struct files_row *f = row;
    struct letters *all = to;
    struct key fk;

    for (size_t i = 0; i < all->comps.n; i++)
        if (all->comps.at[i].keys != NULL && vault_unwrap(&all->comps.at[i].keys->drop,
            vault_ctx("file-key", PARTS(id_bytes(&f->comp), id_bytes(&f->id))), f->fk, &fk) == OK)
            all->elsewhere++;
    return OK;
}

static void check_letters(const struct letters *all)
{
    size_t open = 0, closed = 0;

    for (size_t i = 0; i < all->comps.n; i++) {
        open += all->comps.at[i].keys != NULL;
        closed += all->comps.at[i].keys == NULL;
        CHECK((all->comps.at[i].keys != NULL) == str_is(all->comps.at[i].letter, "C"));
    }
    CHECK(open == 1 && closed == 4);        /* N I E P */
}

/* With rsk, with what it opens, and with what that opens. */
TEST(V7_the_reporters_key_opens_C_and_nothing_else)
{
    struct str code = tell_all();
    struct report_made *found;
    struct thief *thief = thief_with_nothing();
    struct opened o = { .thief = thief };
    struct letters all = { 0 };
    struct ctx c;

    tell_all();                             /* the next child's report stays shut, too */
    instance_ctx(&site.in, &c, site.now);
    found = SECRET(site.in.secrets, struct report_made);
    REQUIRE(report_of_code(&c, code, found) == OK);
    thief_add(thief, found->reporter->secret.b);
    cells_each(&site, open_cell, &o);
    CHECK(o.grants == 1 && o.records == 0 && o.others == 0);
    REQUIRE(comps_of_reporter(&c, found->report, found->reporter, &all.comps) == OK);
    check_letters(&all);
    for (size_t i = 0; i < all.comps.n; i++)
        if (all.comps.at[i].keys != NULL) {
            thief_add(thief, all.comps.at[i].keys->ck.b);
            thief_add(thief, all.comps.at[i].keys->row.b);
            thief_add(thief, all.comps.at[i].keys->drop.secret.b);
        }
    CHECK(db_each(site.in.conn, table_records.all, NULL, open_record, &all) == OK);
    CHECK(db_each(site.in.conn, table_files.all, NULL, open_file_key, &all) == OK);
    CHECK(all.in_talk >= 4 && all.elsewhere == 0);
    o = (struct opened){ .thief = thief };
    thief_knows(thief, STR(CANARY));
    cells_each(&site, open_cell, &o);       /* nothing of it opens any other seal either: no file key, no grant */
    CHECK(o.grants == 1 && o.records > 0 && o.records <= all.in_talk && o.others == 0);
    thief_free(thief);
    instance_step(&site.in);
}

/* -- V15 ---------------------------------------------------------------------------------------------------- */

/* The hour of the acts, the acts themselves in it, and the real seconds in which the test did them. */
struct moments { i64 hour, first, last, real_first, real_last; size_t fine, seen; };

static bool in_hour(const struct moments *m, i64 ms)
{
    return ms > m->hour && ms < m->hour + HOUR_MS;
}

/* Where chance would soon hit an hour (random bytes of some hundred kilobytes), only the acts themselves count. */
static bool in_acts(const struct moments *m, i64 ms)
{
    return ms >= m->first - 1000 && ms <= m->last + 1000;
}

/* As milliseconds, microseconds or seconds. `step`: what may be told. */
static bool is_fine(const struct moments *m, i64 v, i64 step)
{
    return (in_hour(m, v) && v % step != 0) || in_acts(m, v / 1000) ||
           (v < ((i64)1 << 40) && in_hour(m, v * 1000) && v * 1000 % step != 0);
}

static i64 eight(const uint8_t *at, bool little)
{
    uint64_t v = 0;

    for (int i = 0; i < 8; i++)
        v = v << 8 | at[little ? 7 - i : i];
    return (i64)(v & INT64_MAX);
}

/* The first 48 bits of a UUIDv7 anywhere. */
static bool is_timed_id(const struct moments *m, const uint8_t *at)
{
    return in_acts(m, eight(at, false) >> 16);
}

static bool digits_fine(const struct moments *m, struct str s)
{
    for (size_t i = 0; i < s.n; i++) {
        i64 v = 0;
        size_t n = 0;

        while (i + n < s.n && n < 19 && s.at[i + n] >= '0' && s.at[i + n] <= '9') {
            v = 10 * v + (s.at[i + n++] - '0');
            if (n >= 10 && is_fine(m, v, HOUR_MS))
                return true;
        }
    }
    return false;
}

/* "10:37", in either zone. */
static bool clock_fine(const struct moments *m, struct str s)
{
    char local[CLOCK_TEXT], utc[CLOCK_TEXT];

    clock_time(m->first, local);
    snprintf(utc, sizeof utc, "%02d:%02d", (int)(m->first / HOUR_MS % 24), (int)(m->first / MINUTE_MS % 60));
    return str_find(s, str_c(local)) < s.n || str_find(s, str_c(utc)) < s.n;
}

static bool bytes_fine(const struct moments *m, struct str s)
{
    const uint8_t *at = (const uint8_t *)s.at;

    for (size_t i = 0; i + 8 <= s.n; i++)
        if (is_fine(m, eight(at + i, false), HOUR_MS) || is_fine(m, eight(at + i, true), HOUR_MS) || is_timed_id(m, at + i))
            return true;
    return digits_fine(m, s);
}

static void time_cell(void *to, const struct cell_seen *cell)
{
    bool ladder = strcmp(cell->table, "dormant_grants") == 0 && strcmp(cell->column, "due") == 0;
    struct moments *m = to;
    bool fine = cell->number ? is_fine(m, cell->i, ladder ? 10 * MINUTE_MS : HOUR_MS)
                             : bytes_fine(m, cell->value) || clock_fine(m, cell->value);

    m->seen++;
    m->fine += fine;
    if (fine)
        printf("# fine time: %s.%s\n", cell->table, cell->column);
}

/* File systems keep times of their own; those that we can set say the day. */
static void time_file(void *to, const struct file_seen *file)
{
    struct moments *m = to;
    bool in_files = strstr(file->path, "/files") != NULL;
    struct id id;
    bool fine = (in_files && file->changed >= m->real_first && file->changed <= m->real_last) ||
                (in_files && file->bytes.n && bytes_fine(m, file->bytes)) || digits_fine(m, str_c(file->name)) ||
                (id_of_text(str_c(file->name), &id) && is_timed_id(m, id.b));

    m->seen++;
    m->fine += fine;
    if (fine)
        printf("# fine time: %s\n", file->path);
}

static void step(struct moments *m)
{
    site.now += 1237;
    m->last = site.now;
}

static void api(const char *path, const char *body, const char *token)
{
    struct asking q = { .method = "POST", .path = path, .type = "application/json", .body = body };

    if (token != NULL)
        q.header = arena_f(&site.kept, "Authorization: Bearer %s\n", token).at;
    CHECK(site_ask(&site, q, NULL).code < 300);
}

/* All that somebody without an account can do. */
static struct str anonymous_acts(struct moments *m)
{
    struct visitor child = { 0 }, again = { 0 }, lost = { 0 };
    const char *told = told_anew();
    struct str code = tell(&site, told, &child);

    step(m);
    CHECK(leads_to(post(&site, "/speak/send", told, &again), "/speak/code"));
    step(m);
    (void)post(&site, "/speak/code", "last=0000", &child);
    step(m);
    (void)post(&site, "/speak/code", TEXT("last=%.*s", str_from(code, 12)), &child);
    step(m);
    (void)get(&site, "/speak/code", &child);
    step(m);
    (void)post(&site, "/talk", "code=AAAA-BBBB-CCCC-DDDD", &lost);
    step(m);
    (void)post(&site, "/talk", TEXT("code=%.*s", code), &again);
    step(m);
    CHECK(says(get(&site, "/talk", &again), CANARY));
    step(m);
    CHECK(leads_to(post(&site, "/talk/messages", TEXT(MORE, str_c(again.csrf)), &again), "/talk"));
    step(m);
    CHECK(leads_to(post(&site, "/talk/messages", "text=va+nua&commune=99901", &again), "/talk"));
    step(m);
    api("/api/v1/speak", "{\"story\":\"" CANARY " qua api\"}", NULL);
    step(m);
    api("/api/v1/talk", TEXT("{\"code\":\"%.*s\"}", code), NULL);
    step(m);
    (void)post(&site, "/talk", "do=new-code", &again);
    code = between(get(&site, "/speak/code", &again), "<output id=access-code>", "</output>");
    step(m);
    (void)post(&site, "/sign-in", "user=khong-ai&password=khong-co&totp=000000", &lost);
    return code;
}

static void timed_work(i64 now)
{
    CHECK(ladder_run(&site.in.ledger, &site.in.app, now) == OK);
    instance_step(&site.in);
    CHECK(log_number(&site.in.ledger, now) == OK);
    instance_step(&site.in);
}

/* Gives what the program said on stderr in the meantime. */
static off_t silent_acts(struct moments *m)
{
    int kept = dup(2), log = open("/tmp", O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
    off_t said;

    fflush(stderr);
    dup2(log, 2);
    (void)anonymous_acts(m);
    fflush(stderr);
    said = lseek(log, 0, SEEK_END);
    dup2(kept, 2);
    close(kept);
    close(log);
    return said;
}

static void check_scanner(const struct moments *m)
{
    struct le64 le = vault_le64(m->first), hour = vault_le64(m->hour);
    struct id timed = id_timed(m->first), random = id_random();

    CHECK(bytes_fine(m, le64_str(&le)) && !bytes_fine(m, le64_str(&hour)));
    CHECK(bytes_fine(m, id_bytes(&timed)) && !bytes_fine(m, id_bytes(&random)));
    CHECK(is_fine(m, m->first, HOUR_MS) && is_fine(m, m->first / 1000, HOUR_MS) && is_fine(m, m->first * 1000, HOUR_MS));
    CHECK(is_fine(m, m->hour + MINUTE_MS, HOUR_MS) && !is_fine(m, m->hour, HOUR_MS));
    CHECK(digits_fine(m, arena_f(&site.kept, "x%lldx", (long long)m->first)));
    CHECK(digits_fine(m, arena_f(&site.kept, "%lld", (long long)m->first / 1000)));
}

TEST(V15_no_value_in_any_table_file_name_or_log_tells_an_anonymous_act_finer_than_allowed)
{
    struct moments m = { .hour = clock_local_day(site.now) + DAY_MS + 10 * (i64)HOUR_MS };

    site.now = m.first = m.last = m.hour + 37 * MINUTE_MS + 23457;
    check_scanner(&m);
    sleep(2);
    m.real_first = clock_now_ms() - 1000;
    CHECK(silent_acts(&m) == 0);            /* not one line of the log */
    m.real_last = clock_now_ms();
    cells_each(&site, time_cell, &m);
    files_each(&site, time_file, &m);
    CHECK(m.fine == 0 && m.seen > 500);
    timed_work(m.hour + HOUR_MS + 5003);
    timed_work(m.hour + 26 * (i64)HOUR_MS + 5003);
    cells_each(&site, time_cell, &m);
    CHECK(m.fine == 0);
    site.now = m.hour + 27 * (i64)HOUR_MS;
}

/* Inside the seals, too: whoever may read a record learns the hour. */
TEST(V15_a_childs_record_says_the_full_hour_to_those_who_may_open_it)
{
    struct report_made *found;
    struct str code;
    struct comps comps;
    struct messages messages;
    struct ctx c;

    site.now += 41 * MINUTE_MS + 777;
    code = tell_all();
    instance_ctx(&site.in, &c, site.now);
    found = SECRET(site.in.secrets, struct report_made);
    REQUIRE(report_of_code(&c, code, found) == OK && comps_of_reporter(&c, found->report, found->reporter, &comps) == OK);
    REQUIRE(messages_read(&c, &comps, (struct messages_part){ "C", 0, PART_MESSAGES, PART_BYTES }, &messages) == OK);
    CHECK(messages.n >= 3);
    for (size_t i = 0; i < messages.n; i++)
        if (messages.at[i].from != FROM_STAFF)
            CHECK(messages.at[i].time % HOUR_MS == 0 && messages.at[i].day == clock_local_day(site.now));
    instance_step(&site.in);
}

/* -- V16 ---------------------------------------------------------------------------------------------------- */

TEST(V16_the_block_of_secrets_is_zero_after_each_request)
{
    struct visitor child = { 0 };
    struct str code = tell(&site, told_anew(), &child);
    const char *paths[] = { "/speak/code", "/talk", "/desk", "/account", path_of(&site, report_of(&site, code), "").at };

    CHECK(worker_is_clean(site.worker));
    for (size_t i = 0; i < COUNT_OF(paths); i++) {
        (void)get(&site, paths[i], i < 2 ? &child : as(&site, "hanh.mau"));
        CHECK(worker_is_clean(site.worker));
    }
}

int main(int argc, char **argv)
{
    int bad;

    site_open(&site);
    bad = test_run_all(argc > 1 ? argv[1] : NULL);
    site_close(&site);
    return bad;
}
