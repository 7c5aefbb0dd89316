/* The table of applied migrations. */
#pragma once

#include "db.h"

extern const struct stmt *const migrate_sql[];
extern const struct stmt migrate_newest;        /* one row of one i64: the number of the newest migration, 0 if none */
