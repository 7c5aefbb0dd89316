/* What a role allows. A right opens doors (routes); which record stands behind a door is decided by keys and SQL. */
#pragma once

#include "../web/web.h"

/* Numbers are values of `enum access`, so that a route's column takes them. */
enum right {
    MAY_READ_REPORTS = FIRST_RIGHT,     /* the queue and the reports of one's units */
    MAY_WRITE_REPORTS,                  /* claim, reply, note */
    MAY_READ_CASES,                     /* cases of one's units, and what others referred to them */
    MAY_WRITE_CASES,                    /* work on them: open, assess, plan, refer, close */
    MAY_SUPERVISE,                      /* approve, reopen, hand over others' work, refer to whom a child left out */
    MAY_READ_NUMBERS,                   /* counts, never children */
    MAY_SET_PEOPLE,                     /* organisations, units, people */
    MAY_CONFIRM,                        /* what another administrator has set */
    MAY_READ_LOG,                       /* acts, never content */
    MAY_RUN_SYSTEM,                     /* health, settings */
    MAY_APPROVE_PLANS,                  /* sign plans as the chair of a commune does; acts of a process say `who: chair` */
    MAY_WITNESS,                        /* heads and hashes of the log: no role's, a token's alone */
    MAY_LIST_NAMES,                     /* read the blocklist, propose entries */
    MAY_REVIEW_LISTS,                   /* approve, refuse and remove them; decide appeals */
    MAY_READ_TRAFFIC,                   /* of the own organisation's programs: role `partner` */
    MAY_CALL,                           /* whatever the scope of a partner's token: who am I, does my signature fit */
    MAY_SEND_REPORTS,                   /* up to MAY_ANSWER_NOTICES scopes of tokens (tokens.c), no role's: report */
    MAY_MATCH,                          /* match */
    MAY_TAKE_HASHES,                    /* hashes.read */
    MAY_GIVE_HASHES,                    /* hashes.write */
    MAY_ANSWER_NOTICES,                 /* notices */
    MAY_ASK_REMOVAL,                    /* tracks of content: judge them, ask platforms and hosts for removal */
    MAY_JUDGE_MATCHES,                  /* what was matched: see hashes and reasons, give a verdict */
    MAY_READ_PLATFORMS,                 /* reports from platforms, as far as the keys of one's units open them; decide on them */
    RIGHTS_END
};

/* Rights of a role's name as bits (1 << (right - FIRST_RIGHT)); 0 for a name that is none. */
uint64_t rights_of_role(struct str role);

/* Roles in the order in which pages list them; NULL ends. Codes: contract.md. */
extern const char *const role_names[];

/* Index of a role in role_names, or -1. */
int role_index(struct str role);

/* "may_read_reports": for `lachan routes`. */
const char *right_name(int right);

/* True for a role that decides about others: it does nothing until a second person has confirmed it (SECURITY.md, "Joins"). */
bool role_decides(struct str role);
