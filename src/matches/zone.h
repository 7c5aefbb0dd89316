/* Lists as they go out. A list has versions, counted from 1 (the zone's serial): the same number always means the same names, on
   every server. What is sent is compared with the digest of its version, which is a row of the log. */
#pragma once

#include "blocklist.h"

enum {
    ZONE_CHANGES_MAX = 50000,       /* of one version: the first of a large list is told in several */
    ZONE_KEPT = 200,                /* versions whose changes are kept for IXFR; else the whole zone goes */
    ZONE_CHARS = 50                 /* of a zone's name */
};

/* How a list goes out; the default where nobody has set it: by token, "LIST.rpz.lachan", no such name. */
status zone_feed(struct ledger *l, struct str list, struct blocklist_feeds_row *feed);
status zone_feed_save(struct ctx *c, const struct blocklist_feeds_row *feed);

/* Timed: makes new versions where entries changed. */
status zones_publish(struct ledger *l, const struct app *app, i64 now);
/* The same, whether or not something changed; for tests and the command line. */
status zones_publish_all(struct ledger *l, i64 now);

/* The newest version. NOT_FOUND: nothing was published yet. */
status zone_version(struct ledger *l, struct str list, struct zone_versions_row *v);

struct zone_name { struct str key, class; };
typedef status zone_each(void *to, const struct zone_name *name);
/* All names in the order of their keys. BROKEN where they are not those of the version: nothing of what was given may be used. */
status zone_names(struct ledger *l, const struct zone_versions_row *v, zone_each *each, void *to);

struct zone_change { bool gone; struct str key; };
typedef status zone_each_change(void *to, const struct zone_change *change);
/* What one version changed, what is gone first. BROKEN as above. */
status zone_changes(struct ledger *l, const struct zone_versions_row *v, zone_each_change *each, void *to);

/* -- pure ---------------------------------------------------------------------------------------------------------------------- */
bool zone_name_right(struct str name);          /* of a zone or a key: letters, digits, '-', '_', dots inside; ZONE_CHARS at most */
bool walled_right(struct str host);             /* '' or a host name */
/* "192.0.2.7:53" or "[2001:db8::1]:5353": numbers only, so that nothing is looked up. */
bool address_right(struct str address);
