/* Tokens of programs: what another organisation's program proves itself with, instead of a session. A token has one or more scopes
   and lives in one environment. Pages: src/partners/. */
#pragma once

#include "people.h"

#include "tables.sql.h"

/* Words and their rights, in the order in which pages list them. */
struct token_scope { const char *word; int right; };
extern const struct token_scope token_scopes[];
enum { TOKEN_SCOPES = 6 };
/* Words with blanks between them, each known and none twice; "witness" stands alone. */
bool token_scope_known(struct str scopes);
bool token_scope_has(struct str scopes, const char *word);
uint64_t token_rights(struct str scopes);

struct token_new {
    struct id org;
    struct str scope, key, name;    /* scope: token_scope_known. key: public key of a witness, else "" */
    bool sandbox, signs;            /* signs: every message must carry a signature */
    struct opt_id set_by;           /* without: the house */
    bool waits;                     /* opens nothing until somebody has confirmed it */
    i64 now;
};
struct token_made { struct id id; struct str text, secret; };   /* to be shown once: 43 characters; "whsec_" and base64, or "" */

/* Inside an open act. */
status token_make(struct ledger *l, const struct token_new *new, struct token_made *made);
/* Inside an open act: at once no request with it is answered any more. NOT_FOUND: there is none. */
status token_end(struct ledger *l, struct id id);
/* The secret of messages, opened, in the arena; "" where the token asks for none. */
status token_secret(struct ledger *l, const struct tokens_row *token, struct str *secret);
