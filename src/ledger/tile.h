/* The tree in subtrees of 256 entries, so that the proof of one entry reads some thousands of hashes and not every entry. */
#pragma once

#include "ledger.h"

enum { TILE_ENTRIES = 256 };

/* Stores the roots of the subtrees that are full now; inside the transaction that gave the numbers. */
status tiles_complete(struct ledger *l, i64 size);
