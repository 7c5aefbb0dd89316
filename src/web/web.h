/* From a request to an answer. web_handle takes and returns plain structs, so tests, fuzzers and `lachan
   request` run one page without a socket. Features see struct ctx, ROUTE, form values, sessions, and the
   answers at the end. */
#pragma once

#include "../ledger/ledger.h"
#include "html.h"

enum method { GET, HEAD, POST, PUT, METHOD_OTHER, METHOD_UNKNOWN };     /* OTHER: known to HTTP and not used here (405) */
enum lang { LANG_VI, LANG_EN, LANGS };

/* -- who ------------------------------------------------------------------------------------------------ */
enum { ACTOR_UNITS = 16 };
struct actor {                  /* filled by the function of people/ that app.c hands over; zero: nobody is signed in */
    struct id user, org;
    struct id units[ACTOR_UNITS];
    size_t n_units;
    uint64_t rights;            /* bits of enum right (rights.h) */
    struct str login, name, org_name, role_name;
    const struct key *secret;   /* xsk_u, in the secrets block; NULL when nobody is signed in */
    struct key xpk;
    const struct tokens_row *token;     /* a program by its token: the row; NULL: a person, or nobody */
};

/* -- a request, as the server (or a test) makes it ------------------------------------------------------ */
/* How far a page has come that answers a long body in pieces. */
struct place_in_body { i64 at, line; };

struct header { struct str name, value; };

struct request {
    enum method method;
    struct str target;                  /* raw path and query, undecoded */
    const struct header *headers;
    size_t n_headers;
    struct body *body;                  /* NULL: none. In memory, or in a sealed spool (body.h) */
    bool http_1_0;                      /* the one version that may come without Host */
    bool manage;                        /* came in on the management address */
    i64 now;                            /* ms; 0: the clock is read */
    struct place_in_body from;          /* of an answer in pieces: where the piece before it ended; zero at first */
};

/* A later piece of an answer: the same call as the piece before, so it is counted, bounded and checked for replay once. */
static inline bool request_goes_on(const struct request *r) { return r->from.at > 0 || r->from.line > 0; }

enum { RESPONSE_HEADERS = 24 };
struct response {
    int code;
    struct header headers[RESPONSE_HEADERS];
    size_t n_headers;
    struct str body;                    /* in the worker's memory: copy or send it before web_release */
    bool lasting;                       /* the body is part of the program: nobody need copy it */
    bool close;                         /* the connection is not to be used again */
    bool more;                          /* once this piece was sent, the page runs again from `next`: see answer_more */
    struct place_in_body next;
};

/* -- routes: rows; permission and form are columns ------------------------------------------------------ */
struct ctx;
typedef status page_function(struct ctx *c);
/* How a protocol of others words a refusal: fills c->out and ends with one of the answers below. name: of the problem
   (docs/errors.md), code: its status. Headers such as Retry-After are set already. */
typedef status problem_function(struct ctx *c, int code, const char *name);

/* Which queue a request waits in: the lanes bound the memory and time that Argon2 takes (SECURITY.md). LANE_PARTNER: programs
   that ask thousands of times a second; they never hold more than a quarter of the workers, so that no child waits behind them. */
enum lane { LANE_NONE, LANE_REPORT, LANE_RETURN, LANE_STAFF, LANE_PARTNER, LANES };

struct field {                  /* a form field, declared and parsed before a page sees it */
    const char *name;
    size_t max;                 /* code points of text, 0: a default of 20,000; bytes of a file, 0: 25 MB */
    bool repeat, file;
    bool starts;                /* stands for all fields whose name starts so: form_each gives them with their names */
};
struct form {
    const struct field *fields;
    size_t n;
    bool open;                  /* public form of a child: nothing is refused, text is cleaned; else strict, errors by field */
    bool no_csrf;               /* no session exists yet: only Sec-Fetch-Site is checked */
};
#define FIELD(field_name, field_max, ...) { .name = field_name, .max = field_max, __VA_ARGS__ }
#define FORM(...) (&(const struct form){ .fields = (const struct field[]){ __VA_ARGS__ }, \
        .n = sizeof((const struct field[]){ __VA_ARGS__ }) / sizeof(struct field) })
/* A child's form: refuses nothing. FORM_FIRST is for the one that makes the session. */
#define FORM_OPEN(...) (&(const struct form){ .fields = (const struct field[]){ __VA_ARGS__ }, .open = true, \
        .n = sizeof((const struct field[]){ __VA_ARGS__ }) / sizeof(struct field) })
#define FORM_FIRST(...) (&(const struct form){ .fields = (const struct field[]){ __VA_ARGS__ }, .open = true, \
        .no_csrf = true, .n = sizeof((const struct field[]){ __VA_ARGS__ }) / sizeof(struct field) })
/* A program's form: strict, and without the token of a session. */
#define FORM_API(...) (&(const struct form){ .fields = (const struct field[]){ __VA_ARGS__ }, .no_csrf = true, \
        .n = sizeof((const struct field[]){ __VA_ARGS__ }) / sizeof(struct field) })
#define NO_FORM NULL

/* Who may enter. Zero is nobody: a row without this column ends the program at start. */
enum access { PUBLIC = 1, CHILD, STAFF, MANAGE, FIRST_RIGHT };

struct route {
    enum method method;         /* GET (HEAD comes with it), POST, or PUT on an api row that reads its body itself */
    const char *path;           /* "/cases/:id/notes" */
    int access;                 /* PUBLIC; CHILD (the page handles a missing session); STAFF; MANAGE (management address
                                   only); or FIRST_RIGHT + a right's number */
    const struct form *form;
    page_function *page;
    enum lane lane;
    bool api;                   /* errors are RFC 9457 problems; no cookies, no CSRF; a bearer token may be the session */
    bool health;                /* also on the management address */
    bool once;                  /* creates something: the same form sent twice (its field `token`) does it once */
    bool quiet;                 /* asked for by a script on its own: does not keep a session from ending */
    bool raw;                   /* the page reads the body itself (body.h), whatever its type */
    int no_sooner_us;           /* its answer is at least this old: time must not tell how far it came */
    problem_function *refuses;  /* NULL: refusals are pages, or RFC 9457 problems where .api is set */
};
#define ROUTE(m, p, who, f, function, ...) \
    { .method = m, .path = p, .access = who, .form = f, .page = function, __VA_ARGS__ }
#define ROUTES_END { 0 }

/* -- what the process knows: filled once by app.c ------------------------------------------------------- */
struct session;
/* Fills *actor for the user of a session: rights, units, names, all read anew. NOT_FOUND or DENIED: the
   person left. */
typedef status actor_function(struct ctx *c, struct id user, struct actor *actor);
/* What a program proves itself with (access.c reads the three ways of sending it). code: of its organisation, STR_NULL where it
   said none. */
struct credential { struct str token, code; };
/* The same for a program's token. NOT_FOUND: no such token. */
typedef status token_function(struct ctx *c, const struct credential *credential, struct actor *actor);

/* Numbers beside the items of the staff menu: a feature counts, people/ shows (people_nav). */
/* waiting: of `mine`, those that wait for an answer. */
struct staff_counts {
    i64 mine, waiting, unclaimed, referrals, sent;      /* sent: reports from platforms that nobody decided on */
    bool pressing, clocks_held, clocks_late, platforms, sent_urgent;
};
typedef status counts_function(struct ctx *c, struct staff_counts *counts);

struct job;
struct app {
    const struct route *const *modules;     /* route lists, each ended by ROUTES_END; the list ended by NULL */
    struct db *db;                          /* NULL only in tests of pages that need no data */
    const struct house *house;
    actor_function *actor_of_user;
    token_function *actor_of_token;
    void (*program_called)(struct ctx *c);  /* after each answer to a program with a token; NULL: nobody counts them */
    const char *data_dir;                   /* folder of the instance: files/ lies in it */
    i64 reserve;                            /* bytes of its disk kept for words (base/room.h); 0: none */
    const char *exit_url;                   /* where the quick exit leads: a neutral site of the operator's choice */
    const char *spool_dir;                  /* where large bodies wait, encrypted; NULL: larger ones are refused */
    struct str child_title;                 /* neutral title of child pages */
    const struct job *jobs;                 /* timed work (outbox/jobs.h) */
    const char *head_file;                  /* where this process keeps the last signed head of the log, beside the key */
    const char *public_url;                 /* "https://HOST" by which others reach this instance; NULL: as each reader does */
    const char *smtp_url, *smtp_from;       /* the operator's mail server; NULL: no mail is sent */
    const char *fetch_helper;               /* program that tells whether an address still answers; NULL: nobody is asked */
    const char *duty_hours;                 /* when somebody reads reports: opening hours as in network.h */
    bool demo;
    bool webhook_private;                   /* notices may go to addresses of private networks, too */
    bool secure;                            /* TLS here or at the proxy in front: HSTS */
    const char *(*right_name)(int right);   /* for `lachan routes` */
    counts_function *staff_counts;          /* NULL: none are shown */
    struct str (*staff_note)(struct ctx *c);        /* a quiet line above the page, or STR_NULL; NULL: none */
    page_function *staff_not_found;         /* what signed-in staff see for 403 and 404 alike; NULL: a plain page */
};

/* -- the context of one request ------------------------------------------------------------------------- */
enum { PATH_PARTS = 4 };
struct ctx {
    struct arena *arena;
    struct ledger *ledger;      /* data; ledger->db is the connection, ledger->secrets the key block */
    const struct app *app;
    const struct request *request;
    const struct route *route;
    struct str path, query;     /* of the target, raw */
    struct str parts[PATH_PARTS];   /* what stood for the :names of the route, raw, in order */
    i64 now;                    /* ms, read once */
    i64 began_us;               /* monotonic: a refusal is held until all refusals are as old */
    enum lang lang;
    struct actor actor;
    struct session *session;    /* NULL: none */
    struct html_page page;      /* what templates see as $ */
    struct form_values *form;
    struct response *response;
    struct out *out;
    int ends_as;                /* a problem that ends the request (end_as), plus one; 0: that of the status */
    void *called;               /* what the counting of programs keeps for the end of the request */
    int retry_after;            /* seconds, for the answers that say when to come again; 0: a minute */
    const char *error_code;     /* of a protocol of others, for the partner's page; NULL: the problem's name */
    char request_id[9];
};

/* The last word on a record is SQL's and the keys'; may() is about roles only. */
bool may(const struct ctx *c, int right);

/* -- what a request brought ----------------------------------------------------------------------------- */
struct str path_text(const struct ctx *c, const char *name);           /* decoded, cleaned; "" if the route has no such part */
status path_id(const struct ctx *c, const char *name, struct id *id);  /* NOT_FOUND unless it is an id */
struct str query_text(const struct ctx *c, const char *name);          /* first value, decoded, cleaned; "" if absent */
struct str header_value(const struct request *r, const char *name);    /* STR_NULL if absent */

/* "https://HOST" before the path of a link that leaves this page: the operator's setting, else the host that the request names;
   empty in a job where nothing is set. */
struct str web_origin(struct ctx *c);
bool web_origin_ok(struct str url);         /* scheme and host, nothing after them */

struct strs { struct str *at; size_t n; };
struct str form_text(const struct ctx *c, const char *name);           /* first value, cleaned, at most max; "" if absent */
struct strs form_all(const struct ctx *c, const char *name);           /* of a repeatable field */
/* Of a field that stands for many: what was sent, in that order. name: what stands behind the common start. */
struct form_pair { struct str name, text; };
struct form_pairs { struct form_pair *at; size_t n; };
struct form_pairs form_each(const struct ctx *c, const char *start);
/* What did not fit into form_text of an open form: the text beyond `max`, and further values of a field
   that does not repeat, in pieces of at most `max`. Nothing that a child typed is lost. */
struct strs form_text_rest(const struct ctx *c, const char *name);

/* A file that the request brought. Its bytes are never in a plaintext file: form_file_read opens the
   sealed spool. */
struct form_file { struct str field, name, type; i64 size; bool too_large; i64 at; };
struct form_files { struct form_file *at; size_t n; };
struct form_files form_files(const struct ctx *c, const char *field);  /* too_large: over 25 MB, or an eleventh; not kept */
status form_file_read(struct ctx *c, const struct form_file *file, file_sink *sink, void *to);
status form_cut(const struct ctx *c);       /* why the form did not come whole (body_cut); OK: it did */
i64 form_bytes(const struct ctx *c);        /* of all that came and was kept */

/* Marks a field as refused and gives INVALID: return it, and the GET page of the same path is shown again
   (422), where form_text gives what was typed and form_error the reason. `text` is in the reader's
   language. */
status form_refuse(struct ctx *c, const char *field, struct str text);
struct str form_error(const struct ctx *c, const char *field);         /* "" if it is right */
bool form_failed(const struct ctx *c);
/* For a form that checks by itself (no_csrf): the token fits the session. */
bool form_csrf_right(const struct ctx *c);
/* Idempotency: the form's `token`, or the header Idempotency-Key on the API. "" where it is shorter than
   16 characters. */
struct str form_token(const struct ctx *c);
/* Hash of all declared fields; files count by name and length. */
void form_hash(const struct ctx *c, struct key *hash);

/* -- sessions (session.c; SECURITY.md "SESSION") -------------------------------------------------------- */
/* SESSION_NOTICE: nobody in particular. It has no row: what it says is sealed in the cookie, and gone once it was read. */
enum session_kind { SESSION_NOTICE, SESSION_CHILD, SESSION_STAFF };
/* Begins one, in place of the present one; the cookie goes out with the answer. `who`: user, or case of
   the reporter. `pair`: of the user or the reporter; NULL for SESSION_NOTICE. The row is written when the
   page has ended. */
void session_begin(struct ctx *c, enum session_kind kind, struct id who, const struct pair *pair);
void session_end(struct ctx *c);
/* Writes what the page changed, and the cookie. web_handle calls it after the page, in a transaction of its own; a page
   that calls it while its act is open has both in one, and waits for the disk once. */
status session_store(struct ctx *c);
enum session_kind session_kind(const struct ctx *c);                   /* SESSION_NOTICE also where there is none */
struct id session_who(const struct ctx *c);                            /* zero where there is none */
const struct pair *session_pair(const struct ctx *c);                  /* NULL where there is none */
i64 session_proof(const struct ctx *c);                                /* ms of the last proof of who it is; 0 */
void session_prove(struct ctx *c);
/* Small texts that wait sealed in the session: a notice, a mistyped code, the new code until it is confirmed.
   `minutes` bounds their life; 0: the session's. Makes a SESSION_NOTICE if there is none. */
void session_put(struct ctx *c, const char *name, struct str text, int minutes);
struct str session_peek(const struct ctx *c, const char *name);        /* "" if there is none */
struct str session_take(struct ctx *c, const char *name);              /* and forgets it: shown once */
/* For the API: the session's token instead of a cookie. Only after session_begin in this request. */
struct str session_token(const struct ctx *c);
status session_end_all(struct conn *db, struct id user);               /* in the caller's transaction */
status session_sweep(struct conn *db, i64 now);                        /* a job: rows past their time */

/* Words that could not be taken yet, however long: one text for each form, kept until they are sent. Sealed for whoever
   typed them; nobody signed in, nothing kept. keep and end are transactions of their own (end: or part of the open one). */
status draft_keep(struct ctx *c, struct str form, struct str text);
status draft_read(struct ctx *c, struct str form, struct str *text);   /* "" if there is none */
status draft_end(struct ctx *c, struct str form);
/* Those whose form begins with a prefix (which LIKE reads as it is), the last by name first, at most DRAFTS_MAX. */
enum { DRAFTS_MAX = 16 };
struct kept_draft { struct str form, text; };
struct drafts { struct kept_draft *at; size_t n; };
status drafts_read(struct ctx *c, struct str prefix, struct drafts *list);

/* -- answers -------------------------------------------------------------------------------------------- */
/* page(c, tpl_case_show, &view): the template's view type is checked by the compiler. */
#define page(c, template, view) (template(&(c)->page, (view), (c)->out), page_done((c), template##_style))
status page_done(struct ctx *c, const char *style_hash);
/* The same for a page that holds nothing private and nothing of this person: it may be compressed. */
#define page_public(c, template, view) (template(&(c)->page, (view), (c)->out), page_done_public((c), template##_style))
status page_done_public(struct ctx *c, const char *style_hash);
/* After one of the two: the page also has a script of its own, which may run WebAssembly that it asks us for. No other script runs,
   and no other site is asked. */
#define page_scripted(c, template) page_script_allow((c), template##_style, template##_script)
status page_script_allow(struct ctx *c, const char *style_hash, const char *script_hash);
status see_other(struct ctx *c, const char *path);                     /* 303; lang is carried on */
[[gnu::format(printf, 2, 3)]] status see_other_f(struct ctx *c, const char *format, ...);
status answer_json(struct ctx *c, int code);                           /* c->out holds the JSON */
status answer_text(struct ctx *c, int code, const char *type);         /* c->out holds it */
status answer_download(struct ctx *c, struct str name, const char *type);      /* c->out holds the bytes */
status answer_empty(struct ctx *c, int code);
/* For a page that reads a long body (`raw`): the answer goes on. When the client has taken this piece, the whole request runs
   again, from who is asking to the page, with `next` in c->request->from. So no worker waits for a slow client, memory holds one
   piece, and a token that was ended is ended in the middle, too. Call it before the answer_ function. */
void answer_more(struct ctx *c, struct place_in_body next);
/* Waits until the request is this old: answers that must not tell by their time how far they came. */
void answer_no_sooner(const struct ctx *c, i64 us);
void answer_header(struct ctx *c, const char *name, struct str value); /* replaces one of the same name; value is borrowed */
/* Ends the request with this problem of docs/errors.md, where no status would say it: return it. */
status end_as(struct ctx *c, const char *problem);
void answer_forget(struct ctx *c);                                     /* ends the session, and asks the browser to clear itself */

/* Text of a key (texts.h) in the request's language; never NULL. */
static inline struct str text_of(const struct ctx *c, int key) { return text_in((int)c->lang, key); }
