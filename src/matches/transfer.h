/* The answers of `lachan rpz serve`: SOA, AXFR and IXFR of lists, signed by TSIG; everything else is refused. */
#pragma once

#include "dns.h"
#include "zone.h"

/* Resolvers that may take a list: who and by which key. */
struct peer_wish { struct str list, holder, key_name, notify; };
struct peer_made { struct id id; struct str secret; };          /* secret: base64, shown once */
status act_peer_add(struct ctx *c, const struct peer_wish *wish, struct peer_made *made);
status act_peer_end(struct ctx *c, struct id id);
/* The key of a peer that is in force. BROKEN where the row was altered. */
status peer_key(struct ledger *l, const struct blocklist_peers_row *row, struct dns_key *key);

/* Sends one message; false where the other side is gone. */
typedef bool dns_send(void *to, const uint8_t *at, size_t n);
struct dns_caller { bool tcp; i64 now_ms; dns_send *send; void *to; };

/* Answers one query by any number of messages. A failure that the caller must hear of is a message as well; NOT_FOUND: nothing was
   to be answered; BUSY: the other side is gone. Memory: the arena of l, to be reset by the caller. */
status transfer_answer(struct ledger *l, const uint8_t *query, size_t n, const struct dns_caller *caller);

/* A NOTIFY for a peer (RFC 1996), signed (key NULL: not). `chain` then verifies the answer. */
void notify_write(struct dns_out *o, struct str zone, uint16_t id, i64 serial, const struct dns_key *key, struct dns_chain *chain,
                  i64 now_ms);
