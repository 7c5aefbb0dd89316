/* Views of the pages that belong to no feature. */
#pragma once

#include "html.h"

/* What a child sees when something does not work: always 111, never a number or a reason. */
struct child_problem_view {
    int title, text;        /* T_WEB_PROBLEM_..._TITLE and _TEXT of texts.h */
    bool home;              /* offer the first page; not for "busy", where the browser's Back keeps the answers */
};
