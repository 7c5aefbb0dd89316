/* Style, script and mark of the staff's pages. */
#pragma once

#include "web.h"

/* Address of an asset by its plain name, e.g. "staff.css". */
struct url asset_url(const char *name);

/* Before the first request. */
void assets_start(void);

extern const struct route asset_routes[];
