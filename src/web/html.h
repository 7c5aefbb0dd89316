/* What compiled templates write with. Escaping is by type: struct str is escaped, only struct html goes raw. */
#pragma once

#include "../base/clock.h"
#include "../base/id.h"

struct html { struct str raw; };        /* made by html_* functions alone */
struct url { struct str raw; };         /* made by url_* functions alone: safe in href, src and action */

/* What every template sees as $: the same for all pages of one request. */
struct html_page {
    int lang;                           /* enum lang */
    struct str lang_code;               /* "vi" */
    struct url other_lang;              /* the same page in the other language */
    struct str other_lang_code, other_lang_name;
    struct str lang_query;              /* "" or "?lang=en": carried in links (only when the reader chose it) */
    struct str token;                   /* fresh 128 bits, hex: idempotency of this form */
    struct str csrf;                    /* "" without a session */
    bool demo;                          /* "DỮ LIỆU GIẢ" on staff pages */
    struct str title;                   /* operator's neutral title of child pages */
    struct str theme;                   /* "", "light" or "dark" */
    struct str actor_name, actor_role, actor_org;
    struct str path;                    /* of this request, for aria-current */
    i64 now;
};
