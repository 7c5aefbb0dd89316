#include "rights.h"

#define BIT(right) ((uint64_t)1 << ((right) - FIRST_RIGHT))

const char *const role_names[] = {
    "counsellor", "caseworker", "supervisor", "focal_point", "coordinator", "org_admin", "auditor", "system_admin", NULL,
};

#define CASEWORK (BIT(MAY_READ_REPORTS) | BIT(MAY_WRITE_REPORTS) | BIT(MAY_READ_CASES) | BIT(MAY_WRITE_CASES))

static const uint64_t role_rights[] = {
    CASEWORK,                                                                   /* counsellor */
    CASEWORK,                                                                   /* caseworker */
    CASEWORK | BIT(MAY_SUPERVISE) | BIT(MAY_READ_NUMBERS) | BIT(MAY_CONFIRM),   /* supervisor */
    CASEWORK,                                                                   /* focal_point */
    BIT(MAY_READ_NUMBERS) | BIT(MAY_CONFIRM),                                   /* coordinator */
    BIT(MAY_SET_PEOPLE) | BIT(MAY_READ_NUMBERS),                                /* org_admin */
    BIT(MAY_READ_LOG),                                                          /* auditor */
    BIT(MAY_RUN_SYSTEM),                                                        /* system_admin */
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

const char *right_name(int right)
{
    static const char *const names[] = {
        "may_read_reports", "may_write_reports", "may_read_cases", "may_write_cases", "may_supervise", "may_read_numbers",
        "may_set_people", "may_confirm", "may_read_log", "may_run_system",
    };

    return right >= FIRST_RIGHT && right <= MAY_RUN_SYSTEM ? names[right - FIRST_RIGHT] : "?";
}
