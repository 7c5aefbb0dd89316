/* Who may enter: before any look-up. */
#pragma once

#include "handle.h"

enum problem access_check(struct ctx *c);       /* PROBLEMS: may enter. Fills c->actor. */
enum problem access_check_form(struct ctx *c);  /* CSRF and Sec-Fetch-Site, once the form is read */
