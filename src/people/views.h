/* What the pages of people/ show, and what every page of a signed-in person carries. Filled by pages.c, read by the
   templates. Texts named by an int are keys (enum text_key) shown in the reader's language; a struct str is shown as it is,
   and STR_NULL leaves its place out. */
#pragma once

#include "../web/web.h"

/* Item of the menu that the page belongs to. */
enum staff_item {
    STAFF_NONE, STAFF_TASKS, STAFF_QUEUE, STAFF_CASES, STAFF_REFERRALS, STAFF_DIRECTORY, STAFF_ADMIN, STAFF_LOG, STAFF_NUMBERS,
    STAFF_ACCOUNT, STAFF_LISTS, STAFF_PARTNER, STAFF_TAKEDOWN, STAFF_BANKS, STAFF_REVIEW, STAFF_PLATFORMS
};

/* Menu, and the notice of what was just done. First member `nav` of every view of a signed-in page. */
struct staff_nav {
    enum staff_item active;
    bool desk;                      /* the role may see the desk */
    bool cases, admin, log, numbers;        /* and cases with referrals; organisations and people; the log; numbers alone */
    bool banks;                     /* and banks of hashes */
    struct url lists;               /* the blocklist, or who takes it; "": not for this person */
    bool partner;                   /* what the own programs send */
    bool review;                    /* decides about what was matched */
    bool platforms;                 /* reports from platforms come to one of the reader's units */
    i64 sent;                       /* of them, those that wait */
    bool sent_urgent;
    bool takedown;                  /* asks platforms and hosts for removal */
    struct url queue;               /* /desk?show=unclaimed, with the language */
    i64 mine, unclaimed;            /* counts behind the two items */
    i64 waiting;                    /* of `mine`, those that wait for an answer */
    i64 referrals;                  /* sent to one's units and not answered yet */
    bool pressing;                  /* one of `mine` is overdue or waits for an answer: the count is red */
    struct str flash;               /* past tense: "Đã gửi cho trẻ." */
    struct str note;                /* a quiet line: a break is due; else STR_NULL */
    bool clocks_held;               /* for who runs the system and for supervisors: the sweep of terms stands still; clocks_answer: */
    bool clocks_late;               /* for who has no desk: a unit of theirs hears of a late case of another organisation */
    bool clocks_answer;             /* the reader may answer it */
    int keys;                       /* what the recovery key asks of the reader (text), and where a unit is lost; 0: nothing */
    bool keys_urgent;
    struct str anew;                /* accounts that the operator gave anew at the console this week; else STR_NULL */
    struct str alarm;               /* for administrators and auditors: what the last check found altered; else STR_NULL */
};

/* The menu without counts and notice: the same bytes whatever the address (pages for 403 and 404). */
struct staff_nav people_menu(struct ctx *c, enum staff_item active);
/* The menu of every other page; takes the notice out of the session. */
status people_nav(struct ctx *c, struct staff_nav *nav, enum staff_item active);

/* A page that says one thing. 403 and 404 look alike, so that a foreign record cannot be told from a missing one. */
struct staff_error_view {
    struct staff_nav nav;
    bool signed_in;                 /* else no menu, and the way leads to sign-in */
};

/* -- before an account is open -------------------------------------------------------------------------------------------- */

struct sign_in_view {
    bool failed;                    /* one sentence for a wrong name, password or number */
    struct str user;                /* as typed */
    struct str notice;              /* e.g. "Đã đăng xuất." */
};

/* Phone lost: recovery code and password. Password lost: recovery code, digits and a new password twice. */
struct recovery_view {
    bool failed;
    struct str user;
    struct str password_error;      /* of the new password */
};

/* A password is chosen at the first visit, by the one-time link. */
struct new_password_view {
    struct url action;              /* where the form goes: the address holds the one-time secret */
    struct str user, name, org_name;
    struct str password_error, again_error;
    i64 weak_words;                 /* entries of content/passwords-weak.txt: the page says how small the list is */
};

/* The phone is bound: a QR picture, and one number typed back. At the first visit, and after a phone was lost. */
struct new_phone_view {
    struct url action;
    bool recovering;                /* not step 2 of 3 */
    struct html qr;                 /* <svg> of the otpauth:// address; light ground, 4 modules of quiet zone */
    struct str secret;              /* the same in base32, in groups of four, to be typed */
    struct str user;
    bool failed;
};

/* The recovery code, shown this once. */
struct recovery_sheet_view {
    struct url action;              /* takes `last`, the last group typed back */
    bool recovering;                /* not step 3 of 3 */
    struct str groups;              /* "7K3M-9QXR-..." */
    struct str user, org_name, day; /* day: 24/11/2026 */
    bool failed;
};

/* -- the own account ------------------------------------------------------------------------------------------------------ */

struct account_role { struct str role, org, unit, since; };     /* unit: STR_NULL for a member of none */
struct account_roles { struct account_role *at; size_t n; };

struct account_view {
    struct staff_nav nav;
    struct str login, name;
    struct account_roles roles;
    struct str session_until;       /* 14:20 */
    bool waiting;                   /* no member of the unit has admitted this person yet: no keys */
    struct str check;               /* characters of the own public key, to be read to who admits or confirms */
    i64 to_admit;                   /* people who wait for the reader's units */
    bool code_old;                  /* the recovery code is under a key that is to go */
};

#include "log_views.h"         /* of pages/log*.html; stands here because its views begin with the menu */
#include "admin_views.h"
#include "rescue_views.h"
