/* From a request to an answer. web_handle takes and returns plain structs, so tests, fuzzers and `lachan request` run one
   page without a socket. Features see struct ctx, ROUTE, form values, and the answers at the end. */
#pragma once

#include "../ledger/ledger.h"
#include "html.h"

enum method { GET, HEAD, POST, METHOD_OTHER };
enum lang { LANG_VI, LANG_EN, LANGS };

/* -- who ------------------------------------------------------------------------------------------------------------------ */
enum { ACTOR_UNITS = 16 };
struct actor {                  /* filled by the function of people/ that app.c hands over; zero: nobody is signed in */
    struct id user, org;
    struct id units[ACTOR_UNITS];
    size_t n_units;
    uint64_t rights;            /* bits of enum right (rights.h) */
    struct str login, name, org_name, role_name;
    struct key *secret;         /* xsk_u, in the secrets block; NULL when nobody is signed in */
    struct key xpk;
};

/* -- a request, as the server (or a test) makes it --------------------------------------------------------------------------- */
struct header { struct str name, value; };

/* Body comes in pieces: the server calls body_part while the socket is read; see body.h for who consumes it. */
struct request {
    enum method method;
    struct str target;                  /* raw path and query, undecoded */
    struct header *headers;
    size_t n_headers;
    struct str body;                    /* whole body where it was small (<= 256 KiB) and not a file upload, else empty */
    int body_fd;                        /* -1, or an unlinked file that holds the SEALED spool of a larger body (body.h) */
    struct key *body_key;               /* key of that spool */
    i64 body_size;
};

struct response {
    int code;
    struct header headers[24];
    size_t n_headers;
    struct str body;                    /* in the worker's output buffer: copy or send before the next request */
    int file_fd;                        /* -1, or a file to send instead of body */
    bool gzip_ok;                       /* holds nothing private: the server may compress it */
};

/* -- routes: rows; permission and form are columns ----------------------------------------------------------------------------- */
struct ctx;
typedef status page_function(struct ctx *c);

enum lane { LANE_NONE, LANE_REPORT, LANE_RETURN, LANE_STAFF };     /* which queue of Argon2 work a request waits in */

struct field {                  /* a form field, declared and parsed before a page sees it */
    const char *name;
    size_t max;                 /* code points of text, 0: a default of 20,000 */
    bool repeat, file;
};
struct form {
    const struct field *fields;
    size_t n;
    bool open;                  /* public form of a child: nothing is refused, text is cleaned; else strict, errors by field */
    bool no_csrf;               /* no session exists yet: only Sec-Fetch-Site is checked */
};
#define FORM(...) (&(const struct form){ .fields = (const struct field[]){ __VA_ARGS__ }, \
        .n = sizeof((const struct field[]){ __VA_ARGS__ }) / sizeof(struct field) })
#define NO_FORM NULL

/* Who may enter: PUBLIC, or a right; a row without it does not compile (ROUTE has no default). */
enum access { PUBLIC = 1, CHILD, STAFF, MANAGE, FIRST_RIGHT };

struct route {
    enum method method;
    const char *path;           /* "/cases/:id/notes" */
    enum access access;         /* PUBLIC; CHILD (page itself handles a missing session); STAFF; MANAGE (management address
                                   only); or FIRST_RIGHT + a right's number */
    const struct form *form;
    page_function *page;
    enum lane lane;
    bool api;                   /* errors are RFC 9457 problems, no cookies, no CSRF */
};
#define ROUTE(method, path, who, form, page, ...) { method, path, who, form, page, __VA_ARGS__ }

/* -- the context of one request -------------------------------------------------------------------------------------------------- */
struct session;
struct ctx {
    struct arena *arena;
    struct ledger *ledger;      /* data; ledger->db is the connection, ledger->secrets the key block */
    const struct app *app;      /* what the process knows: instance settings, texts, routes */
    const struct request *request;
    const struct route *route;
    i64 now;                    /* ms, read once */
    enum lang lang;
    struct actor actor;
    struct session *session;    /* NULL: none */
    struct html_page page;      /* what templates see as $ */
    struct form_values *form;
    struct response *response;
    struct out *out;
    char request_id[9];
};

/* The last word on a record is SQL's and the keys'; may() is about roles only. */
bool may(const struct ctx *c, int right);

/* -- what a request brought -------------------------------------------------------------------------------------------------------- */
struct str path_text(const struct ctx *c, const char *name);           /* decoded; "" if the route has no such part */
status path_id(const struct ctx *c, const char *name, struct id *id);  /* NOT_FOUND unless it is an id */
struct str query_text(const struct ctx *c, const char *name);          /* cleaned; "" if absent */
struct str form_text(const struct ctx *c, const char *name);           /* first value, cleaned, "" if absent */
struct strs { struct str *at; size_t n; };
struct strs form_all(const struct ctx *c, const char *name);           /* of a repeatable field */
struct str header_value(const struct request *r, const char *name);    /* STR_NULL if absent */

/* A file that the request brought. Its bytes are never in a plaintext file: form_file_read opens the sealed spool. */
struct form_file { struct str field, name, type; i64 size; bool too_large; i64 at; };
struct form_files { struct form_file *at; size_t n; };
struct form_files form_files(const struct ctx *c, const char *field);
status form_file_read(struct ctx *c, const struct form_file *file, file_sink *sink, void *to);

/* -- answers ---------------------------------------------------------------------------------------------------------------------------- */
/* page(c, tpl_case_show, &view): the template's view type is checked by the compiler. */
#define page(c, template, view) (template(&(c)->page, (view), (c)->out), page_done((c), template##_style))
status page_done(struct ctx *c, const char *style_hash);
status see_other(struct ctx *c, const char *path);                     /* 303; lang is carried on */
[[gnu::format(printf, 2, 3)]] status see_other_f(struct ctx *c, const char *format, ...);
status answer_json(struct ctx *c, int code);                           /* c->out holds the JSON */
status answer_text(struct ctx *c, int code, const char *type);
status answer_empty(struct ctx *c, int code);
void answer_header(struct ctx *c, const char *name, struct str value);

/* Marks a field as refused: the form is shown again with what was typed. Returns INVALID. */
status form_refuse(struct ctx *c, const char *field, const char *text_key);

/* Text of a key in the request's language (lang/, *.po); never NULL. */
struct str text_of(const struct ctx *c, int key);

/* -- the engine ---------------------------------------------------------------------------------------------------------------------------- */
struct worker;
/* Runs one request to its answer. Never fails: what goes wrong becomes a page or a problem, and one line in the log. */
void web_handle(struct worker *w, const struct request *request, struct response *response);
