#include "admin.h"

#define BIT(right) ((uint64_t)1 << ((right) - FIRST_RIGHT))

const char *const role_names[] = {
    "counsellor", "caseworker", "supervisor", "chair", "focal_point", "coordinator", "org_admin", "auditor", "system_admin",
    "analyst", "reviewer", "partner", NULL,
};

#define CASEWORK (BIT(MAY_READ_REPORTS) | BIT(MAY_WRITE_REPORTS) | BIT(MAY_READ_CASES) | BIT(MAY_WRITE_CASES) | BIT(MAY_READ_PLATFORMS))

static const uint64_t role_rights[] = {
    CASEWORK,                                                                   /* counsellor */
    CASEWORK,                                                                   /* caseworker */
    CASEWORK | BIT(MAY_SUPERVISE) | BIT(MAY_READ_NUMBERS) | BIT(MAY_CONFIRM),   /* supervisor */
    BIT(MAY_READ_CASES) | BIT(MAY_WRITE_CASES) | BIT(MAY_APPROVE_PLANS) | BIT(MAY_READ_NUMBERS),    /* chair: no talk, no files */
    CASEWORK,                                                                   /* focal_point */
    BIT(MAY_READ_NUMBERS) | BIT(MAY_CONFIRM),                                   /* coordinator */
    BIT(MAY_SET_PEOPLE) | BIT(MAY_READ_NUMBERS) | BIT(MAY_READ_TRAFFIC),        /* org_admin */
    BIT(MAY_READ_LOG),                                                          /* auditor */
    BIT(MAY_RUN_SYSTEM),                                                        /* system_admin */
    BIT(MAY_LIST_NAMES) | BIT(MAY_JUDGE_MATCHES) | BIT(MAY_ASK_REMOVAL) | BIT(MAY_READ_PLATFORMS),        /* analyst */
    /* reviewer: decides what a country cannot reach */
    BIT(MAY_LIST_NAMES) | BIT(MAY_REVIEW_LISTS) | BIT(MAY_JUDGE_MATCHES) | BIT(MAY_ASK_REMOVAL) | BIT(MAY_READ_PLATFORMS),
    BIT(MAY_READ_TRAFFIC),                                                      /* partner: what its own programs send */
};

int role_index(struct str role)
{
    for (int i = 0; role_names[i] != NULL; i++)
        if (str_is(role, role_names[i]))
            return i;
    return -1;
}

uint64_t rights_of_role(struct str role)
{
    int i = role_index(role);

    return i < 0 ? 0 : role_rights[i];
}

bool role_decides(struct str role)
{
    static const char *const names[] = { "org_admin", "coordinator", "supervisor", "chair", "system_admin", "reviewer" };

    for (size_t i = 0; i < COUNT_OF(names); i++)
        if (str_is(role, names[i]))
            return true;
    return false;
}

const char *right_name(int right)
{
    static const char *const names[] = {
        "may_read_reports", "may_write_reports", "may_read_cases", "may_write_cases", "may_supervise", "may_read_numbers",
        "may_set_people", "may_confirm", "may_read_log", "may_run_system", "may_approve_plans",
        "may_witness", "may_list_names", "may_review_lists", "may_read_traffic", "may_call", "may_send_reports", "may_match",
        "may_take_hashes", "may_give_hashes", "may_answer_notices", "may_ask_removal", "may_judge_matches",
        "may_read_platforms",
    };

    _Static_assert(COUNT_OF(names) == RIGHTS_END - FIRST_RIGHT, "each right has its name");
    return right >= FIRST_RIGHT && right < RIGHTS_END ? names[right - FIRST_RIGHT] : "?";
}

/* -- two persons ------------------------------------------------------------------------------------------------------------- */

enum confirm_bar confirm_bar(const struct confirm_facts *f)
{
    if (f->own)
        return CONFIRM_OWN;
    if (f->about)
        return CONFIRM_ABOUT;
    if (f->same_unit)
        return CONFIRM_SAME_UNIT;
    if (f->confirmed_at == 0 || f->confirmed_at >= f->set_at)
        return CONFIRM_LATER;
    return f->ready ? CONFIRM_FINE : CONFIRM_UNREADY;
}

/* -- what is typed ------------------------------------------------------------------------------------------------------------ */

bool login_right(struct str login)
{
    if (login.n < 3 || login.n > 60)
        return false;
    for (size_t i = 0; i < login.n; i++) {
        char ch = login.at[i];
        bool letter = (ch >= 'a' && ch <= 'z') || (ch >= '0' && ch <= '9');

        if (!letter && (i == 0 || i + 1 == login.n || (ch != '.' && ch != '-' && ch != '_')))
            return false;
    }
    return true;
}

static i64 days_of(i64 year, i64 month, i64 day)
{
    i64 y = year - (month <= 2), era = y / 400, of_era = y - era * 400;
    i64 of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;

    return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
}

static bool three_numbers(struct str text, char by, i64 n[3])
{
    for (int i = 0; i < 3; i++) {
        struct str piece;

        if (!str_cut(&text, by, &piece) || piece.n == 0 || piece.n > 4 || !str_i64(piece, &n[i]) || n[i] < 1)
            return false;
    }
    return text.at == NULL;
}

bool day_read(struct str text, i64 *day)
{
    struct clock_local is;
    i64 n[3], utc;

    text = str_trim(text);
    if (three_numbers(text, '/', n)) {
        i64 year = n[2];

        n[2] = n[0];
        n[0] = year;
    } else if (!three_numbers(text, '-', n)) {
        return false;
    }
    if (n[0] < 1900 || n[0] > 2200 || n[1] > 12 || n[2] > 31)
        return false;
    utc = days_of(n[0], n[1], n[2]) * DAY_MS + DAY_MS / 2;
    *day = clock_local_day(utc - clock_offset(utc));
    is = clock_local(*day);
    return is.year == n[0] && is.month == n[1] && is.day == n[2];       /* 31/02 is none */
}
