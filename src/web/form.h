/* The values of a form, whatever they came in: urlencoded, multipart, or JSON on the API. */
#pragma once

#include "web.h"

enum {
    FORM_FIELD_DEFAULT = 20000,         /* code points of a text field that declares no maximum */
    FORM_FILES_MAX = 10,                /* files that are kept; more are noted as too large */
    FORM_FILES_NOTED = 100,
    FORM_FILE_BYTES = 25 * 1024 * 1024,
    FORM_TEXT_BYTES = 4 * 1024 * 1024,  /* all texts of one form together */
    FORM_VALUES_MAX = 4096              /* values of all fields together */
};

/* Reads the request's body into c->form. Strict forms: INVALID with form_error set, or with a message
   where the body is no form at all; TOO_LARGE, BUSY where the body could not be kept whole. Open forms
   take what is there. */
status form_parse(struct ctx *c);
void form_free(struct form_values *f);          /* what is not the arena's; NULL is fine */
struct str form_csrf(const struct ctx *c);
/* ,"errors":[{"field":..,"detail":..}] where there are any. */
void form_errors_json(const struct ctx *c, struct out *o);
