/* Inside matches/: the forms in which services exchange hashes, read and written (docs/hash-exchange.md). Pure: no database, no web.
   What comes from outside is bounded by its caller; a record that cannot be used is counted, a page that cannot is INVALID. */
#pragma once

#include "exchange.h"

enum { MEMBER_CHARS = 10 };         /* of the name that a partner has for the others: the beginning of its member id */

/* -- words that partners have for a record --------------------------------------------------------------------------------------- */
/* StopNCII's value of what was said, also where it was said in NCMEC's words. */
const char *feedback_stopncii(struct str value);
/* "Blocked", or as Python writes an enumeration: "StopNCIICSPFeedbackValue.None_". NULL: none of theirs. */
const char *feedback_read(struct str text);
enum feedback_says { SAYS_NOTHING, SAYS_YES, SAYS_NO };
enum feedback_says feedback_says(struct str value);

/* -- StopNCII v1 -------------------------------------------------------------------------------------------------------------------- */
struct fed_hash {
    enum hash_kind kind;
    bool video;
    struct str value;           /* bytes */
    enum hash_status status;
    struct str source_id, feedback, words;      /* feedback: of who submits it, or of the first who said something; words: tags */
};
struct fed_page {
    struct fed_hash *at;
    size_t n, skipped;
    bool more;
    struct str next;            /* token of the next page, "" */
    i64 since;                  /* where the next round begins */
};
/* An answer of FetchHashes. */
status stopncii_read(struct arena *a, struct str json, struct fed_page *page);
/* What SubmitHashes and SubmitFeedback bring. INVALID: *why says which record and what is right. Of feedback, `kind` is 0 and `value`
   the text of the hash, because it does not say of what kind that is. TOO_LARGE: more than GIVEN_MOST. */
status stopncii_given(struct arena *a, struct str json, bool feedback, struct fed_page *given, struct str *why);
/* NULL: StopNCII knows no such kind. */
const char *stopncii_type(enum hash_kind kind, bool video);
const char *stopncii_status(enum hash_status how);
void stopncii_write(struct out *o, const struct exchange_records_row *r);
/* "pdq HEX": a line of a local file as tx reads it; nothing for what it has no name for, or what is not in force. `to`: struct out. */
bool exchange_line(void *to, const struct exchange_records_row *r);
/* Hexadecimal, base64 or the address, without an arena. */
void hash_value_write(struct out *o, enum hash_kind kind, struct str value);

/* -- NCMEC hash sharing v2 ----------------------------------------------------------------------------------------------------------- */
#define NCMEC_NAMESPACE "https://hashsharing.ncmec.org/hashsharing/v2"

struct ncmec_print { enum hash_kind kind; struct str value; };
struct ncmec_entry {
    struct str name;            /* MEMBER-ID */
    bool deleted, video;
    struct str class;
    struct ncmec_print *prints;
    size_t n_prints;
};
struct ncmec_page {
    struct ncmec_entry *at;
    size_t n, skipped;          /* skipped: fingerprints that we keep nothing of */
    struct str next;            /* as it stands behind the base address; "" */
};
status ncmec_read(struct arena *a, struct str xml, struct ncmec_page *page);

/* A feedbackSubmission. INVALID: neither of the two, or none or an unknown reason. */
struct ncmec_opinion { bool negative; struct str reasons; };         /* their names, with ", " between */
status ncmec_feedback_read(struct arena *a, struct str xml, struct ncmec_opinion *opinion);
struct ncmec_reason { const char *guid, *name; };
extern const struct ncmec_reason ncmec_reasons[];       /* guid NULL ends */

/* "MD5" -> HASH_MD5; 0 where we hold no such hashes; *known: the protocol has that name. */
enum hash_kind ncmec_kind(struct str type, bool *known);
const char *ncmec_type(enum hash_kind kind);     /* "MD5"; "" */
const char *ncmec_tag(enum hash_kind kind);      /* "md5"; "" */
/* One entry, or its deletion. `member` and `class` are texts as they stand. */
struct ncmec_writing { i64 member; struct str member_name, class; };
void ncmec_write(struct out *o, const struct exchange_records_row *r, const struct ncmec_writing *w);

/* "2017-10-20T00:00:00Z", also with fractions of a second, which are cut off. Before 1970 is 1970. */
bool utc_read(struct str text, i64 *seconds);
void utc_write(struct out *o, i64 seconds);
/* A number for a member, as the protocol wants it: the same for the same member, never that of the house (1). */
i64 ncmec_member(struct id member);
enum { NCMEC_HOUSE = 1 };
