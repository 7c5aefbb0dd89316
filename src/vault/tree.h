/* What merkle.c and proof.c share. */
#pragma once

#include "merkle.h"

struct digest merkle_node(struct digest left, struct digest right);
