/* What the pages of partners show. */
#pragma once

#include "../people/views.h"

/* -- /admin/partners ---------------------------------------------------------------------------------------------------- */

struct scope_words { struct str word; int text; bool on; };
struct scopes_words { struct scope_words *at; size_t n; };

struct token_line {
    struct id id;
    struct str name, scopes, set_by, set_on, used_on;       /* used_on: "" never yet */
    bool sandbox, waits, refused, signs;
};
struct token_lines { struct token_line *at; size_t n; };

struct webhook_line {           /* the address of one environment */
    bool sandbox, set;
    struct str code;            /* "production" */
    struct str url, error;      /* as it is, or as it was typed and why it was refused */
    struct str since;
};
struct webhook_lines { struct webhook_line *at; size_t n; };

struct partners_view {
    struct staff_nav nav;
    struct form_faults faults;
    struct token_lines tokens;
    struct webhook_lines addresses;
    struct str token, secret, webhook_secret;       /* shown once */
    bool token_waits;
    struct typed name;
    struct str scopes_error;
    struct scopes_words scopes;
    bool sandbox, signs;
};

/* -- /partner ------------------------------------------------------------------------------------------------------------------ */

struct amount_line { struct str name, calls, refused; i64 bar; };       /* bar: 0 to 100 */
struct amount_lines { struct amount_line *at; size_t n; };
struct kind_line { struct str kind, calls, refused, size, time; };
struct kind_lines { struct kind_line *at; size_t n; };
struct quota_line { int scope; struct str used, per_day, per_second, burst; i64 bar; bool near; };
struct quota_lines { struct quota_line *at; size_t n; };
struct trouble_line { struct str at, kind, code; i64 status; int remedy; };
struct trouble_lines { struct trouble_line *at; size_t n; };
struct sending_line { struct str type, made, next; i64 tries, code; int state; bool bad; };
struct sending_lines { struct sending_line *at; size_t n; };

struct partner_view {
    struct staff_nav nav;
    bool sandbox, sets;             /* sets: the reader may make tokens */
    struct url production_tab, sandbox_tab, action;
    struct str total, refused;      /* of the last 30 days */
    struct amount_lines hours, days;
    struct kind_lines kinds;
    struct quota_lines quotas;
    struct trouble_lines errors;
    struct sending_lines sendings;
    struct str webhook;             /* the address; "" none */
    struct str base;                /* "https://host" as the reader's browser reaches us */
};
