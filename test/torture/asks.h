/* The requests that are tortured. */
#pragma once

#include "../site.h"

struct ask {
    const char *name, *method, *path;       /* {report} {case} {paper} {entry} stand for what asks_prepare made; {n}: another number each time */
    const char *who;                        /* login; NULL: a fresh child; "child": one with an open conversation; "program": a token */
    const char *type, *body;                /* NULL: none. A urlencoded one gets the form token of the page in `from` */
    const char *from;
    bool sign_in;                           /* body is that of a sign-in, with the digits of the moment */
    bool varies;                            /* the page has another length each time */
    bool draws;                             /* sets a document: fontconfig, pango and cairo do not bear to be refused memory (torture.c) */
    bool small;                             /* in the short form too */
};

/* The child with the open conversation. */
extern struct visitor ask_child;

/* Makes what the paths name; ends the program where it cannot. */
void asks_prepare(struct site *site);
/* All of them, ended by a NULL name: those written here, and every GET of the route table without parameters. */
const struct ask *asks_all(struct site *site);
/* What leads up to it (its form's page, a sign-in's digits), and then itself. */
void ask_before(struct site *site, const struct ask *q);
struct answer ask_now(struct site *site, const struct ask *q);
