#include "case_rows.h"

static const char *const roads[] = { "received", "assessing", "planning", "approving", "carrying", "reviewing" };
enum { ROADS = COUNT_OF(roads) };

static uint64_t spread(uint64_t n)
{
    n = (n + 0x9e3779b97f4a7c15u) * 0xbf58476d1ce4e5b9u;
    n = (n ^ n >> 27) * 0x94d049bb133111ebu;
    return n ^ n >> 31;
}

static size_t pick(i64 n, uint64_t salt, size_t of)
{
    return (size_t)(spread((uint64_t)n * 64 + salt) >> 11) % of;
}

static struct id id_nth(i64 n, uint8_t kind)
{
    struct id id = { { 0xca, 0x5e, kind, [6] = 0x40, [8] = 0x80, [12] = (uint8_t)(n >> 24), [13] = (uint8_t)(n >> 16), [14] = (uint8_t)(n >> 8),
                       [15] = (uint8_t)n } };

    return id;
}

static void make_clocks(struct case_made *m, i64 n, i64 now)
{
    static const struct { const char *code; i64 term; } terms[CASE_ROWS_CLOCKS] = {
        { "emergency", 12 * (i64)HOUR_MS }, { "plan", 7 * DAY_MS }, { "approval", 3 * DAY_MS },
    };

    for (size_t i = 0; i < CASE_ROWS_CLOCKS; i++) {
        i64 took = (i64)pick(n, 20 + i, 130) * terms[i].term / 100;

        m->clocks[i].code = terms[i].code;
        m->clocks[i].started = m->opened + (i64)i * DAY_MS;
        m->clocks[i].due = m->clocks[i].started + terms[i].term;
        m->clocks[i].ended = m->clocks[i].started + took < now && pick(n, 30 + i, 20) ? m->clocks[i].started + took : 0;
    }
}

struct case_made case_rows_nth(const struct case_rows *r, i64 n)
{
    static const char *const ages[] = { "under9", "9-11", "12-15", "12-15", "12-15", "16-17", "16-17", "skip", "adult" };
    static const char *const harms[] = { "bullying", "threat", "images,threat", "contact", "scam", "self_harm", "" };
    static const char *const risks[] = { "high", "medium", "medium", "low", "" }, *const told[] = { "none", "claimed", "answered", "closed" };
    struct provinces places = network_provinces();
    struct case_made m = { .id = id_nth(n, 0), .unit = pick(n, 1, 3) ? 0 : pick(n, 2, r->n_units), .step = 1 + (i64)pick(n, 3, ROADS) };
    size_t place = pick(n, 4, places.n + 1) * pick(n, 5, places.n + 1) / (places.n + 1);

    m.province = place == places.n ? STR("") : places.at[place].code;
    m.age = str_c(ages[pick(n, 6, COUNT_OF(ages))]);
    m.harm = str_c(harms[pick(n, 7, COUNT_OF(harms))]);
    m.risk = str_c(risks[pick(n, 8, COUNT_OF(risks))]);
    m.told = str_c(told[pick(n, 9, COUNT_OF(told))]);
    m.opened = r->now - (i64)pick(n, 10, (size_t)r->days) * DAY_MS - (i64)pick(n, 11, 24) * HOUR_MS - 1;
    m.day = clock_local_day(m.opened - (i64)pick(n, 12, 4) * DAY_MS);
    if (pick(n, 13, 4) == 0)
        m.closed = m.opened + (i64)pick(n, 14, 1 + (size_t)((r->now - m.opened) / HOUR_MS)) * HOUR_MS;
    m.state = str_c(m.closed ? "closed" : roads[m.step - 1]);
    make_clocks(&m, n, r->now);
    return m;
}

/* -- rows ------------------------------------------------------------------------------------------------------------------------------ */
static status write_case(struct ledger *l, const struct case_rows *r, const struct case_made *m, i64 n)
{
    struct cases_row row = {
        .id = m->id, .ref = arena_f(l->arena, "ND-%08lld", (long long)n), .salt = STR("0123456789abcdef"), .state = m->told, .risk = m->risk,
        .danger = STR(""), .harm = m->harm, .age_band = m->age, .province = m->province, .day = m->day, .owner_unit = r->units[m->unit],
        .due = clock_hour_floor(m->opened), .messages = 1,
    };
    struct casefiles_row file = {
        .case_id = m->id, .year = 2001, .no = n + 1, .unit = r->units[m->unit], .worker = r->worker, .process = process_for_new(r->now)->code,
        .version = process_for_new(r->now)->version, .state = m->state, .risk = m->risk, .level = 2, .open = m->closed == 0, .opened = m->opened,
        .closed = { m->closed != 0, m->closed }, .due = m->opened + 30 * DAY_MS,
    };

    TRY(row_insert(l, &table_cases, &row));
    return row_insert(l, &table_casefiles, &file);
}

static status write_clocks(struct ledger *l, const struct case_rows *r, const struct case_made *m, i64 n)
{
    for (size_t i = 0; i < CASE_ROWS_CLOCKS; i++) {
        struct clocks_row row = {
            .id = id_nth(n, (uint8_t)(1 + i)), .case_id = m->id, .code = str_c(m->clocks[i].code), .unit = r->units[m->unit],
            .started = m->clocks[i].started, .due = m->clocks[i].due, .soon = m->clocks[i].due - HOUR_MS,
            .state = m->clocks[i].ended == 0 ? STR("running") : m->clocks[i].ended > m->clocks[i].due ? STR("late") : STR("met"),
            .ended = { m->clocks[i].ended != 0, m->clocks[i].ended }, .next = 9007199254740991,
        };

        TRY(row_insert(l, &table_clocks, &row));
    }
    return OK;
}

static status write_states(struct ledger *l, const struct case_made *m, i64 n)
{
    for (i64 i = 0; i < m->step + (m->closed != 0); i++) {
        bool last = i + 1 == m->step + (m->closed != 0);
        struct case_states_row row = {
            .id = id_nth(n, (uint8_t)(16 + i)), .case_id = m->id, .track = STR(""), .state = i == m->step ? STR("closed") : str_c(roads[i]),
            .since = m->opened + i, .until = { !last, m->opened + i + 1 },
        };

        TRY(row_insert(l, &table_case_states, &row));
    }
    return OK;
}

status case_rows_write(struct ledger *l, const struct case_rows *r, i64 first, i64 count)
{
    TRY(act_begin(l, (struct act_info){ .act = "test.cases", .now = r->now }));
    for (i64 n = first; n < first + count; n++) {
        struct case_made m = case_rows_nth(r, n);

        TRY(write_case(l, r, &m, n));
        TRY(write_clocks(l, r, &m, n));
        TRY(write_states(l, &m, n));
    }
    return act_commit(l);
}
