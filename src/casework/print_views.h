/* /cases/ID/print. Included by views.h behind struct case_head. */
#pragma once

struct case_print_view {
    struct staff_nav nav;
    struct case_head head;
    struct choices papers;          /* finished ones */
    bool identity_open, identity, asks_sure;
    struct str words, words_error, what_error, sure_error;
};
