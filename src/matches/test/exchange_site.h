/* What the tests of the exchange share. */
#pragma once

#include "matches/exchange_fetch.h"

#include <site.h>

extern struct site site;
extern struct id bank, other, partner_org;          /* bank is shared, the other one not */
extern struct str token, second_token, sandbox_token;   /* of police, hotline, and police in the sandbox */
extern const char known[65];                        /* a PDQ hash of bank */

void start(void);
struct ledger *l(void);
struct id org_of(const char *code);
struct id new_bank(const char *code, bool sandbox);
void share(struct id id, const char *state);
void put(struct id to, enum hash_kind kind, const char *text, enum hash_status how, bool video);
const char *numbered(unsigned n);                   /* hash number n: its digits are the number */
void put_many(struct id to, unsigned from, unsigned n, enum hash_status how);
void publish(void);
struct str new_token(struct id org, const char *scope, bool sandbox);

struct answer ask(struct str as_token, const char *code, const char *path);
struct answer fetch(const char *query);             /* FetchHashes, with the token of police */
struct str field(struct answer a, const char *name);    /* of a JSON object's end, without quotes */
i64 count_of(struct answer a, const char *word);
