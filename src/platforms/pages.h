/* Inside platforms/: pages of the route table in report_pages.c, and what they share. */
#pragma once

#include "../people/admin_pages.h"
#include "desk.h"

page_function platform_list_show, platform_report_show;

extern const char *const platform_ages[];       /* bands of age that a case can have; NULL ends */
/* Names of the content that a track can be opened for: what the report itself names. */
void platform_items(struct ctx *c, const struct open_report *r, struct platform_items *items);
