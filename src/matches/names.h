/* Names of a blocklist: what an analyst types, made canonical, and whether it may stand on a list at all. Pure but for the list of
   public suffixes, which names_load opens once at start (Debian's package publicsuffix, by libpsl). */
#pragma once

#include "../base/memory.h"
#include "../base/status.h"

enum {
    HOST_CHARS = 200,           /* with "*." before it and a zone of 50 behind it a name stays below DNS's 255 octets */
    ADDRESS_CHARS = 2000
};

/* What is wrong with what was typed. */
enum name_fault {
    NAME_FINE,
    NAME_EMPTY,
    NAME_BROKEN,                /* no host name: wrong characters, one label alone, a label over 63 */
    NAME_NUMBER,                /* an IP address: a list of names cannot hold it */
    NAME_SUFFIX,                /* a public suffix ("com.vn"): everybody below it would be cut off */
    NAME_LONG
};

struct listed {
    struct str key;             /* as in the table blocklist (migrations/0014) */
    bool address;               /* one address, not a whole name: no resolver can block it */
};

/* "https://Bad.Example/a" or "*.bad.example" or "hxxp://bad[.]example": canonical by detect's rules for addresses (Safe Browsing
   v4), letters beyond ASCII as IDNA 2008 writes them. */
enum name_fault name_read(struct arena *a, struct str typed, struct listed *name);

/* "bad.example" of "example.bad.", "bad.example/a/b" of "example.bad./a/b". At most room - 1 characters; 0 where the key is none. */
size_t name_of_key(struct str key, char *name, size_t room);
struct str name_text(struct arena *a, struct str key);
bool key_is_address(struct str key);
/* The next parent: "example.bad.sub." to "example.bad."; of an address its host. False at the top. */
bool key_parent(struct str *key);
/* The host part: up to and with the last dot before a path. */
struct str key_host(struct str key);

/* The name that somebody registered: "example.bad." of "example.bad.sub."; public suffixes of hosters count, so a blog of its own
   is one. STR_NULL where the host is a suffix itself. */
struct str key_registered(struct arena *a, struct str key);

status names_load(void);
