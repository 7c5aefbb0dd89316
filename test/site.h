/* A whole instance for tests, without a socket: the demo's organisations, units, people and services, and no report.
   Every request goes through web_handle, as the server's do. */
#pragma once

#include "cmd/cmd.h"
#include "web/handle.h"

/* A browser: its one cookie, and the form token of the last page that it saw. Zero is a fresh one. */
struct visitor { char cookie[4096], csrf[65]; };

enum { SITE_PEOPLE = 16 };
struct staff { char login[32], password[64]; uint8_t totp[TOTP_SECRET_BYTES]; struct visitor browser; i64 seen; };

struct site {
    struct verb verb;
    struct instance in;
    struct worker *worker;
    struct arena kept;                      /* answers, until site_close */
    struct staff staff[SITE_PEOPLE];
    size_t n_staff;
    i64 now;                                /* time of the next request; the tests move it */
    char folder[32];
};

struct answer {
    int code;
    struct str body, location;
    struct response head;                   /* its headers are copies */
    int pieces;                             /* after the first */
};

void site_open(struct site *site);          /* ends the program where the instance cannot be made */
void site_close(struct site *site);

struct staff *site_staff(struct site *site, const char *login);
/* The browser of somebody of content/demo/organisations.txt, signed in; again where the tests moved the time on. */
struct visitor *as(struct site *site, const char *login);
/* Digits of the second factor for the site's time. */
struct str site_digits(struct site *site, const char *login);

/* who: NULL is a fresh browser. fields: urlencoded, or a multipart body whose boundary is BOUNDARY; the form token of
   the browser's last page goes with urlencoded ones. */
#define BOUNDARY "paperboat"
struct answer get(struct site *site, const char *path, struct visitor *who);
struct answer post(struct site *site, const char *path, const char *fields, struct visitor *who);
struct asking { const char *method, *path, *type, *body, *header; struct worker *worker; size_t n; void (*between)(void); };    /* n: of a body that holds NUL bytes; between: before each further piece of an answer */
struct answer site_ask(struct site *site, struct asking asking, struct visitor *who);

bool says(struct answer a, const char *text);           /* the body holds it */
bool leads_to(struct answer a, const char *path);       /* 303 to that path */
struct str header_of(struct answer a, const char *name);
struct str between(struct answer a, const char *before, const char *after);     /* "" where they are not there */

/* A child tells and sees the code page: the code's 16 characters. */
struct str tell(struct site *site, const char *fields, struct visitor *child);
struct id report_of(struct site *site, struct str code);
struct str path_of(struct site *site, struct id report, const char *tail);      /* "/desk/ID" and tail */

/* test/forms/NAME.txt becomes a form of the instance; `text` stands for it where it is not STR_NULL. */
struct str site_form_text(struct site *site, const char *name);
void site_form(struct site *site, const char *name, struct str text);
