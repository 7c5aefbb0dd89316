/* What a platform tells, as a document of /ispws (ispws.xsd): read, checked, and cut into what is said of the incident, of people and
   of files. Pure: no database, no web; the time is a parameter. Our own JSON becomes the same document (json.c), so there is one set
   of rules. */
#pragma once

#include "../base/memory.h"
#include "../base/status.h"

/* -- codes of the answers --------------------------------------------------------------------------------------------------------- */
enum ispws_code {
    ISPWS_OK = 0,
    ISPWS_SERVER = 1000, ISPWS_SAVE = 1100, ISPWS_UPLOAD = 1110, ISPWS_NO_RESOURCE = 1210, ISPWS_UPDATE = 1300,
    ISPWS_SIGN_IN = 2000,
    ISPWS_NOT_ALLOWED = 3000, ISPWS_NO_SUBMISSIONS = 3100, ISPWS_NO_UPDATES = 3300,
    ISPWS_INVALID = 4000, ISPWS_NOT_VALID = 4100, ISPWS_MALFORMED = 4110, ISPWS_BAD_FILE = 4200,
    ISPWS_NO_REPORT = 5001, ISPWS_NO_FILE = 5002, ISPWS_RETRACTED = 5101, ISPWS_FINISHED = 5102
};

enum {
    TOLD_BYTES_MAX = 1 << 20, TOLD_ELEMENTS_MAX = 20000, TOLD_DEPTH_MAX = 16, TOLD_TAG_MAX = 4096,
    CLOCKS_APART_MS = 120000            /* how far a sender's clock may be ahead of ours */
};

/* Loads the schema, once at start. BROKEN: it is not one. */
status told_load(void);

/* Kinds of incidents, in the order of the documented list. */
enum incident {
    INCIDENT_MATERIAL, INCIDENT_TRAFFICKING, INCIDENT_TOURISM, INCIDENT_MOLESTATION, INCIDENT_DOMAIN, INCIDENT_WORDS,
    INCIDENT_ENTICEMENT, INCIDENT_UNSOLICITED, INCIDENTS
};
const char *incident_code(enum incident kind);                  /* "material": what rows hold */
const char *incident_words(enum incident kind);                 /* as the document says it */
bool incident_of_code(struct str code, enum incident *kind);
bool incident_of_words(struct str words, enum incident *kind);

/* One thing that is said: the text of an element that has no elements in it, or an attribute. */
enum section { SECTION_INCIDENT, SECTION_WHERE, SECTION_LAW, SECTION_REPORTER, SECTION_ACCOUNT, SECTION_RECIPIENT, SECTION_VICTIM,
               SECTION_MORE, SECTION_FILE, SECTIONS };
struct told_line {
    enum section section;
    int entry;                          /* which of the sections of this kind, from 1 */
    struct str block, name, text;       /* block: of the element around it inside the section, "" where it is the section itself */
};
struct told_lines { struct told_line *at; size_t n; };

struct texts { struct str *at; size_t n; };

struct told {
    enum incident incident;
    bool urgent;                        /* escalateToHighPriority */
    struct str urgency;                 /* its reason */
    i64 at;                             /* of the incident, ms */
    struct texts urls;                  /* where it can be seen */
    struct str service, account, screen_name, platform;     /* of the account reported; "" where not said */
    int victims;
    i64 youngest;                       /* age of the youngest victim in years; -1: not said */
    struct told_lines lines;            /* everything, in the document's order */
};
struct told_file {
    i64 report;
    uint8_t file[16];
    struct str name, location, class;   /* class: A1 A2 B1 B2 or "" */
    struct told_lines lines;
};

/* What is wrong with a document, for the answer. */
struct told_fault { enum ispws_code code; struct str words; };

/* INVALID with *fault set. `now`: nothing may have happened after it. All texts are the arena's. */
status told_read(struct arena *a, struct str document, i64 now, struct told *told, struct told_fault *fault);
status told_read_file(struct arena *a, struct str document, i64 now, struct told_file *file, struct told_fault *fault);

/* "2026-11-24T07:20:00.5+07:00", the zone Z where none is said; false where it is no such instant. */
bool told_time(struct str text, i64 *ms);
