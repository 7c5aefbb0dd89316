/* A list in the forms that people's programs read. */
#pragma once

#include "zone.h"

struct list_format {
    const char *ext, *type;     /* "rpz", "text/plain; charset=utf-8" */
    void (*head)(struct out *o, const struct zone_versions_row *v, const struct blocklist_feeds_row *feed);
    void (*name)(struct out *o, const char *name, struct str class, const char *walled);    /* a name and all below it */
    void (*address)(struct out *o, const char *name, struct str class);                     /* NULL: this form cannot hold one */
    void (*tail)(struct out *o);                                                            /* NULL: none */
    bool commas;                /* rows are parted by commas, not by lines alone */
};
extern const struct list_format list_formats[];         /* rpz hosts dnsmasq adblock json csv txt; ext NULL ends */
const struct list_format *list_format(struct str ext);  /* NULL: none */

/* The whole list. `flush` (may be NULL) takes what was written so far each time `o` holds 64 KiB. BROKEN: nothing of what was
   written may be used. The caller has begun a transaction for reading. */
struct list_writing {
    const struct list_format *format;
    const struct zone_versions_row *version;
    const struct blocklist_feeds_row *feed;
    struct out *o;
    file_sink *flush;
    void *to;
};
status list_write(struct ledger *l, const struct list_writing *w);
