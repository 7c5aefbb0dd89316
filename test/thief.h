/* Somebody with keys who tries them on everything, in every form that the vault has, without knowing what belongs where:
   no context is needed to see whether a box gives readable text, or whether a seal opens. */
#pragma once

#include "vault/vault.h"

struct thief;
enum loot { LOOT_NONE, LOOT_BOX, LOOT_DORMANT, LOOT_SEAL };   /* DORMANT: a box whose text has the shape of a wrapped grant */

struct thief *thief_with_nothing(void);
/* K_inst of folder/keys/inst.key, and all that is derived from it. */
struct thief *thief_of_house(const char *folder);
void thief_free(struct thief *t);
void thief_add(struct thief *t, const void *key);              /* 32 bytes: as a key, as a secret key, as a seed of one */
void thief_knows(struct thief *t, struct str words);           /* text by which an opened box is known; borrowed */

bool thief_reads(const struct thief *t, struct str bytes);     /* a known text stands there in clear */
enum loot thief_opens(const struct thief *t, struct str value);
bool thief_opens_file(const struct thief *t, struct str bytes);
/* The trial itself is right: a file opens with its own key, and with no other. */
bool thief_can_open_files(struct id file);
