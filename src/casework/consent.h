/* Inside casework/: who agreed to what. Records in N; the newest of a purpose stands. Sending reads them. */
#pragma once

#include "day.h"
#include "referral_rules.h"

/* from: kinds of organisations, items: kinds of what a case can give, both with blanks between; "" items with a from: nothing
   at all goes there. why: of what is withheld. basis: the law that decides, where who is "law". */
struct consent { struct str purpose, who, answer, from, items, why, basis; struct id author; i64 time; };
struct consents { struct consent *at; size_t n; };
status case_consents(struct ctx *c, const struct comps *comps, struct consents *list);
status case_put_consent(struct ctx *c, struct id id, const struct consent *consent);
const struct consent *consent_of(const struct consents *list, const char *purpose);        /* NULL: none is recorded */

/* A list of who agrees (consent, consent_by): a carer who may be who does harm is not asked, so nobody is offered to say they agreed. */
struct choices consent_choices(struct ctx *c, const char *list, struct str chosen, bool carer_unsafe);
bool consent_is_carers(struct str code);        /* of either list: nobody may write it down where the carer is not asked */

/* Pure: what the record on sharing says of a receiver. */
enum consent_says { CONSENT_SILENT, CONSENT_YES, CONSENT_NO };
struct receiver_names { struct str unit_kind, org_kind, org_code; };
enum consent_says consent_on(const struct consent *share, struct receiver_names to);
/* This kind of thing is withheld from this receiver. */
bool consent_withholds(const struct consent *share, struct receiver_names to, struct str kind);
