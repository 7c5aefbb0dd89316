/* Inside partners/: what a partner does about an error. */
#pragma once

#include "partners.h"

/* Text key for a code of partner_error, or for the name of a problem; one that says where to read for any other. */
int error_remedy(struct str code);
