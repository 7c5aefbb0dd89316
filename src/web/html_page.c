#include "html_page.h"

/* Its hash stands below it; a test keeps the two together. */
#define STYLE "body{font:1.125rem/1.6 system-ui,sans-serif;max-width:34rem;margin:12vh auto;padding:0 1rem;" \
    "color:#1f2a28;background:#fbfaf6}a{color:#0b5f56}@media(prefers-color-scheme:dark){body{color:#e8ece9;" \
    "background:#15201e}a{color:#7fd1c4}}"
const char *const html_plain_style = "5Fy7o5+F1A7o+8PE+C0vUcsrCkGyd7zg5pcXpaBxxcA=";

void html_plain_page(const struct html_page *p, struct str title, struct str text, struct out *o)
{
    out_c(o, "<!doctype html><html lang=\"");
    out_html(o, p->lang_code);
    out_c(o, "\"><head><meta charset=\"utf-8\">");
    out_c(o, "<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\"><title>");
    out_html(o, p->title.n ? p->title : title);
    out_c(o, "</title><style>" STYLE "</style></head><body><main><h1>");
    out_html(o, title);
    out_c(o, "</h1><p>");
    out_html(o, text);
    out_c(o, "</p></main></body></html>\n");
}
