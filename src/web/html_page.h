/* The one page that is written in C: it must come out when templates, texts or the database do not. */
#pragma once

#include "html.h"

void html_plain_page(const struct html_page *p, struct str title, struct str text, struct out *o);
extern const char *const html_plain_style;      /* hash of its <style>, for the CSP */
