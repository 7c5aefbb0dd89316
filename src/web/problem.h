/* Errors as pages, as redirects and as RFC 9457 problems; the list is docs/errors.md. */
#pragma once

#include "handle.h"

/* Fills c->response (and c->out) with the answer for a problem. For a form of the public pages it is a
   redirect to /problems/NAME, because a browser keeps the body of a POST that was answered with a page. */
void problem_answer(struct ctx *c, enum problem p);
enum problem problem_of_status(status s);
enum problem problem_now(const struct ctx *c, status s);        /* the same, unless end_as was more exact */
bool problem_by_name(struct str name, enum problem *p);
int problem_code(enum problem p);
const char *problem_name(enum problem p);
/* The page of a problem with its code: for a child in a child's words, for staff as people/ shows it. */
status problem_page(struct ctx *c, enum problem p);
