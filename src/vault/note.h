/* Inside vault/: signature lines of signed notes (https://c2sp.org/signed-note): an em dash, a blank, a name, a blank, and base64 of
   the key's id with the signature behind it. */
#pragma once

#include "vault.h"

enum { NOTE_KEY_ID = 4, NOTE_ED25519 = 1, NOTE_COSIGNATURE = 4 };       /* bytes of an id; algorithms */

void note_key_id(struct str name, const uint8_t pk[32], uint8_t algorithm, uint8_t id[NOTE_KEY_ID]);
struct str note_line(struct arena *a, struct str name, struct str bytes);
/* The n bytes of a line of this name and this key; false: the line is another's. */
bool note_line_read(struct str line, struct str name, const uint8_t id[NOTE_KEY_ID], void *bytes, size_t n);
