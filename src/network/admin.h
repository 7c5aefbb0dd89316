/* Inside network/: signed-in pages, for the route table in directory.c. */
#pragma once

#include "../people/admin_pages.h"
#include "network.h"

page_function confirm_list, confirm_show, confirm_do, admin_routes_show, admin_routes_add, admin_routes_end, admin_services_show,
    admin_service_new, admin_service_add, admin_service_show, admin_service_change, admin_service_end;

int route_kind_text(struct str kind);
