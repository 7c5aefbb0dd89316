/* Views of the directory's public pages. All strings are borrowed for the request. */
#pragma once

#include "../web/html.h"

enum { HELP_PAGE_MAX = 20 };        /* services on a page */

/* One service as a card. */
struct help_service {
    struct str name;
    struct str does;                /* one line: what they do */
    struct str place;               /* address in words; "" if none is public */
    bool hours_known, open, always; /* always: day and night */
    struct str until;               /* open: "21:00"; "" if always */
    struct str opens;               /* shut: "8:00 ngày mai"; "" if not known */
    struct str number;              /* as people write it; "" if there is none */
    struct url call;                /* url_tel of it */
    struct url connect;             /* "Nhờ nối giúp": where to ask to be put through; "" if not offered */
};

/* /help: open ones first; 111 stands above all and is not among the rows. */
struct help_view {
    struct choices provinces, needs;                        /* `on` is the one searched for */
    struct { struct help_service *at; size_t n; } services; /* HELP_PAGE_MAX at most */
    bool searched;                  /* a province or need was given */
    i64 open_now;                   /* how many of all that were found are open */
    i64 found;
    struct str where;               /* name of the province, "" is the whole country */
    struct url before, after;       /* other pages of the list, "" at its ends */
};

#include "admin_views.h"
