/* Inside partners/: signatures of Standard Webhooks 1.0, ours on what we send and partners' on what they send. */
#pragma once

#include "partners.h"

enum { SIGN_WINDOW_S = 5 * 60, SIGN_ID_MAX = 128 };

/* "whsec_" and base64 of 24 to 64 bytes, or the bytes alone. NULL: it is neither. */
struct str sign_secret_read(struct arena *a, struct str typed);
struct str sign_secret_text(struct arena *a, struct str secret);        /* "whsec_..." */

/* What stands in the headers of a signed message. */
struct signed_head { struct str id, signatures; i64 seconds; };
/* Visible ASCII without a dot; a time of digits alone. False: not of this form. */
bool sign_head_read(struct str id, struct str timestamp, struct str signatures, struct signed_head *head);
bool sign_in_time(const struct signed_head *head, i64 now);
/* One of the signatures "v1,BASE64 v1,..." is this one; others are passed over. */
bool sign_fits(const struct signed_head *head, const uint8_t mac[32]);
/* HMAC-SHA256 of id.timestamp.body: begin, the body in pieces, vault_hmac_end. */
void sign_begin(struct vault_hmac_run *run, struct str secret, struct str id, i64 seconds);
struct str sign_header(struct arena *a, struct str secret, struct str id, i64 seconds, struct str body);   /* "v1,..." */

/* The message of a program whose token asks for a signature: right, in time, and not taken before. Else ends_as is set. */
status sign_check(struct ctx *c, struct str secret);
/* After the answer: an id whose message we could not take may come again. */
void sign_let_go(struct ctx *c);
