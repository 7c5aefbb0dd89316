/* Inside partners/: how much a partner may ask for, and what it asked for. */
#pragma once

#include "partners.h"

#include "tables.sql.h"

/* -- rules: pure ------------------------------------------------------------------------------------------------------------ */
struct quota { i64 per_second, burst, per_day; };

/* A bucket of calls that fills up by itself; in thousandths of a call. Zero: a full one. */
struct bucket { i64 milli, at; };
/* Takes one call; false where there is none, *wait_ms then says when there will be. */
bool bucket_take(struct bucket *b, const struct quota *q, i64 now, i64 *wait_ms);

enum { QUOTA_SCOPES = 6 };
extern const char *const quota_scopes[QUOTA_SCOPES];    /* "call", then those of tokens */
/* Index of the scope that a route asks for by its right, or -1: one that no quota bounds. */
int quota_scope_of_right(int right);
int quota_scope_of(struct str name);                    /* or -1 */

/* -- data --------------------------------------------------------------------------------------------------------------------- */
/* The partner's own, or the shipped one. */
status quota_of(struct ledger *l, struct id org, bool sandbox, int scope, struct quota *q);
status quota_set(struct ledger *l, struct id org, bool sandbox, int scope, const struct quota *q, i64 now);  /* inside an open act */

/* -- counting in memory (traffic.c) ---------------------------------------------------------------------------------------------- */
/* One call by the partner's scope. *wait_s > 0: there is none left now, come again then. */
status quota_take(struct ctx *c, int scope, int *wait_s);
/* Calls of today, with those that are only counted in this process yet. */
status quota_used(struct ledger *l, struct id org, bool sandbox, int scope, i64 now, i64 *calls);
/* What was answered, for the partner's page. */
struct call { struct id org, token; bool sandbox; const char *kind; int status; const char *code; i64 bytes, us, now; };
void traffic_count(const struct call *call);
void traffic_forget(void);      /* for tests: as after a start */

enum { ERRORS_KEPT = 200, TRAFFIC_DAYS = 90 };
