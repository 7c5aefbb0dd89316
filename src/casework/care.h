/* What keeps staff well: how long they look at what wears out, and when a break is due. The figures are data
   (content/process/care.txt). */
#pragma once

#include "../web/web.h"

struct care { i64 caseload, minutes, pause, gap; };     /* minutes, but caseload */
const struct care *care_now(void);

/* A stretch of work without a break. Pure: the next page of a person at `now`; true where a break is to be suggested. */
struct stretch { i64 began, seen, told; };
bool stretch_step(struct stretch *s, const struct care *care, i64 now);

/* Pictures of evidence are shown to this person in grey. */
bool care_grey(struct ctx *c);
/* The person has looked at evidence today for longer than is good. */
status care_over(struct ctx *c, struct id user, bool *over);
