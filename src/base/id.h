/* Ids: 16 bytes. An anonymous act makes UUIDv4 only, because UUIDv7 tells the millisecond (vault.md V15). */
#pragma once

#include "str.h"

struct id {
    uint8_t b[16];
};

enum { ID_TEXT = 26 };      /* characters of an id in an address: Crockford's base32, lower case */

struct id id_random(void);          /* UUIDv4, RFC 9562 */
struct id id_timed(i64 now_ms);     /* UUIDv7, RFC 9562: for what staff and jobs make */
bool id_is_zero(struct id id);
static inline struct id id_zero(void) { return (struct id){ { 0 } }; }    /* nobody, nothing */
bool id_eq(struct id a, struct id b);
struct str id_bytes(const struct id *id);           /* borrows */
bool id_of_bytes(struct str bytes, struct id *id);  /* false unless 16 bytes */
void id_text(struct id id, char text[ID_TEXT + 1]);
bool id_of_text(struct str text, struct id *id);    /* lower or upper case; false unless well formed */

void random_bytes(void *at, size_t n);              /* from the kernel, by libsodium */
uint32_t random_below(uint32_t limit);
