/* What compiled templates write with. Escaping is by type: struct str is escaped, only struct html goes raw. */
#pragma once

#include "../base/clock.h"
#include "../base/id.h"
#include "../base/memory.h"

struct html { struct str raw; };        /* made by html_* functions alone */
struct url { struct str raw; };         /* made by url_* functions alone: safe in href, src and action */

/* One option of a select, or one tick card. */
struct choice {
    struct str code, name;
    bool on;                            /* chosen already */
};
struct choices { struct choice *at; size_t n; };

/* What every template sees as $: the same for all pages of one request. */
struct html_page {
    int lang;                           /* enum lang */
    struct str lang_code;               /* "vi" */
    struct url other_lang;              /* the same page in the other language */
    struct str other_lang_code, other_lang_name;
    struct str lang_query;              /* "" or "?lang=en": carried in links (only when the reader chose it). From a
                                           fixed list: the one text that an address in a template takes */
    struct str token;                   /* fresh 128 bits, hex: idempotency of this form */
    struct str csrf;                    /* "" without a session */
    bool demo;                          /* "DỮ LIỆU GIẢ" on staff pages */
    struct str title;                   /* operator's neutral title of child pages */
    struct str theme;                   /* "", "light" or "dark" */
    bool keys_off;                      /* the reader switched the shortcuts off */
    struct str actor_name, actor_role, actor_org;
    struct str path;                    /* of this request, for aria-current */
    struct url staff_css, staff_js, staff_icon;     /* of assets/, with the hash of their content in the name */
    i64 now;
    struct str now_text;                /* "14:20, 24/11/2026": on staff pages and on their prints */
    bool adult;                         /* child pages: a parent, teacher or other tells, so {{tv}} says "anh/chị" */
};

/* -- addresses ----------------------------------------------------------------------------------------
   What comes in is percent-encoded; the path is ours. All live as long as the arena. */
/* An address that is written in our code: "/help", "/speak#b1". */
struct url url_path(const char *path);
/* Fills a path with parts: "/cases/%s?after=%lld". Knows %s, %.*s, %d, %lld, %zu and %%. */
[[gnu::format(printf, 2, 3)]] struct url url_f(struct arena *a, const char *format, ...);
/* "/cases/" ID "/notes" */
struct url url_id(struct arena *a, const char *before, struct id id, const char *after);
/* Adds name=value with the right '?' or '&'; nothing where the value is empty. */
struct url url_query(struct arena *a, struct url to, const char *name, struct str value);
/* Carries the language that the reader chose: `lang_query` of the page. */
struct url url_lang(struct arena *a, struct url to, struct str lang_query);
/* tel: with the digits, '+' and '*' of a number as people write it. */
struct url url_tel(struct arena *a, struct str number);
/* An address of somebody else: http and https only, anything else is "#". */
struct url url_web(struct arena *a, struct str address);

/* -- texts: the keys are in texts.h, made from lang/ ------------------------------------------------- */
struct str text_in(int lang, int key);              /* Vietnamese where the language has none; never NULL */
int text_key_of(struct str id);                     /* of "speakup.done.title"; 0 where there is none */
size_t text_missing(int lang);                      /* how many texts a language lacks */
/* Text with its places {1} {2} filled, for titles and mail. */
struct str text_fill(struct arena *a, int lang, int key, struct str first, struct str second);

/* -- what compiled templates call -------------------------------------------------------------------- */
void html_put_str(struct out *o, struct str s);
void html_put_c(struct out *o, const char *c);
void html_put_int(struct out *o, i64 value);
void html_put_html(struct out *o, struct html html);
void html_put_url(struct out *o, struct url url);
void html_put_id(struct out *o, struct id id);

/* Escaped text; with `markup`, one that the language lacks stands in <span lang="vi">. */
void html_text(struct out *o, int lang, int key, bool markup);
struct str html_text_begin(struct out *o, int lang, int key, bool markup);
/* Writes up to the next place and tells its number; 0 at the end of the text. */
int html_text_next(struct out *o, struct str *rest);
void html_text_end(struct out *o, int lang, int key, bool markup);

/* {{if .x}}: a text is true when it has a character. */
static inline bool html_is_str(struct str s) { return s.n > 0; }
static inline bool html_is_c(const char *c) { return c != NULL && *c != 0; }
static inline bool html_is_url(struct url u) { return u.raw.n > 0; }
static inline bool html_is_html(struct html h) { return h.raw.n > 0; }
static inline bool html_is_true(bool b) { return b; }
static inline bool html_is_int(i64 value) { return value != 0; }
