/* Inside platforms/: pages of the route table in report_pages.c, and what they share. */
#pragma once

#include "../people/admin_pages.h"
#include "desk.h"

page_function platform_list_show;
