/* Banks: lists of hashes and addresses of known material, each with its source, class and legal basis. What other modules may call.
   A record of a bank is never rewritten unseen: each act on one gives it the next number (`seq`), in the order of commits, so that
   whoever pages by it loses and repeats nothing. */
#pragma once

#include "../web/web.h"

enum hash_kind { HASH_PDQ = 1, HASH_MD5, HASH_SHA1, HASH_SHA256, HASH_URL, HASH_PDNA, HASH_TMK, HASH_KINDS };
enum hash_family { FAMILY_NONE, FAMILY_FULL, FAMILY_CPP512 };       /* of PDQ (detect.h); else none */
enum hash_status { HASH_ACTIVE = 1, HASH_RECEIVED, HASH_WITHDRAWN, HASH_DELETED };
/* Why a record matches nothing for now. */
enum hash_hold { HOLD_NONE, HOLD_WAITS /* for a reviewer */, HOLD_FLOOD /* too many matches in a day */, HOLD_DENIED /* two reviewers */ };

enum { PDQ_BYTES = 32, PDQ_QUALITY_MIN = 50, QUALITY_UNKNOWN = -1, RADIUS_MAX = 64, RADIUS_USUAL = 31, HASH_VALUE_MAX = 300000,
       SOURCE_ID_CHARS = 200 };

const char *hash_kind_code(enum hash_kind kind);                /* "pdq" "md5" "sha1" "sha256" "url" "pdna" "tmk" */
enum hash_kind hash_kind_of(struct str code);                   /* 0: none */
/* Bytes of a value as it is exchanged: hexadecimal of the right length for its kind (base64 for pdna and tmk), or an address, which
   becomes canonical. INVALID, with nothing in fail_message but the shape that is right. */
status hash_value_read(struct arena *a, enum hash_kind kind, struct str text, struct str *value);
struct str hash_value_text(struct arena *a, enum hash_kind kind, struct str value);
/* The id of a value: the same in every bank, so a record is found by (bank, id). */
struct id hash_id(enum hash_kind kind, enum hash_family family, struct str value);

/* -- asking ------------------------------------------------------------------------------------------------------------------------ */
/* `thing`: values of the same number are of one picture (its turns, its file hashes): a negative bank that knows one of them
   suppresses the hits of all. pdq: 32 bytes of detect_pdq.bits. */
struct query_pdq { const uint8_t *bits; enum hash_family family; int quality; uint32_t thing; };
struct query_exact { enum hash_kind kind; struct str value; uint32_t thing; };     /* bytes; of HASH_URL any form of the address */
struct bank_query {
    const struct query_pdq *pdq;
    size_t n_pdq;
    const struct query_exact *exact;
    size_t n_exact;
    bool sandbox;               /* banks of the sandbox, and no others */
};

struct bank_hit {
    struct id bank, hash;
    struct str bank_name, class, basis, id;     /* id: the source's own, "" if it has none */
    enum hash_kind kind;
    uint32_t thing, query;      /* which of q->pdq or q->exact */
    int distance;
    bool negative, confirmed, quarantined;
    bool suppressed;            /* a negative bank knows it, and its class may be suppressed */
};
/* In the order of things, then distance. `live`: those that count: not negative, quarantined or suppressed. `flat`: hashes that were
   not looked for, because their quality is under PDQ_QUALITY_MIN. `more`: hits beyond HITS_MAX, farther than those here. `stopped`: banks
   that could not be asked, because their file is not what was built: where it is not 0, nobody may say "not known". */
enum { HITS_MAX = 256 };
struct bank_hits { struct bank_hit *at; size_t n, live, flat, more, stopped; };
/* Never fetches anything. Reads the mapped files, and the rows of the hits. */
status banks_find(struct ctx *c, const struct bank_query *q, struct bank_hits *out);
static inline bool bank_hit_live(const struct bank_hit *h) { return !(h->negative || h->quarantined || h->suppressed); }

/* -- writing, inside an open act ----------------------------------------------------------------------------------------------------- */
struct bank_new {
    struct str code;            /* letters, digits, hyphens: unique */
    struct str name, source, class, basis;      /* class: content/banks/classes.txt */
    i64 radius;
    i64 flood;                  /* matches of one hash in a day that put it into quarantine; 0: the usual number */
    bool negative, sandbox;
    bool proposed;              /* waits for a second person's approval (a page made it); else it is in force at once */
    struct id org;              /* a partner's own bank; zero: ours */
    struct id by;
    i64 now;
};
/* CONFLICT: the code is taken. INVALID says what is wrong. */
status banks_open(struct ledger *l, const struct bank_new *b, struct id *id);

struct hash_new {
    enum hash_kind kind;
    enum hash_family family;    /* of PDQ; FAMILY_NONE becomes FAMILY_FULL */
    struct str value;           /* bytes (hash_value_read) */
    i64 quality;                /* 0..100, or QUALITY_UNKNOWN */
    enum hash_status status;    /* as its source says */
    enum hash_hold hold;        /* HOLD_WAITS: nobody here has looked at it yet */
    bool video;
    struct str source_id;
    struct id proposer;         /* who may not confirm it alone: a person, or zero */
};
struct banks_added { i64 added, changed, same; };
/* All into one bank, in one version. A record replaces the earlier one of the same value: what a source withdraws stops matching; a hold
   that people set is only taken off by people. At most BANK_BATCH at once. */
enum { BANK_BATCH = 20000 };
status banks_add_many(struct ledger *l, struct id bank, const struct hash_new *at, size_t n, i64 now, struct banks_added *sum);
status banks_add(struct ledger *l, struct id bank, const struct hash_new *h, i64 now);

/* Every record that the source calls by this id gets the status (withdrawn, deleted): for sources that name no value when they withdraw.
   Many at once: one version. */
struct hash_ended { struct str source_id; enum hash_status status; };
status banks_end_many(struct ledger *l, struct id bank, const struct hash_ended *at, size_t n, i64 now, struct banks_added *sum);

/* One person's or partner's word on a record; a later one of the same replaces it. `staff`: a reviewer of ours, who decides: one (two
   where the class says so) brings a waiting record into force, two confirm it, two denials put it on hold. A partner's word is
   kept and shown. DENIED: their own record. */
struct hash_opinion {
    struct id bank, hash;
    struct id by;               /* person or token */
    bool staff, deny;
    struct str value;           /* as said: "Blocked", "affirmative" ... */
    struct str words;           /* tags or reason */
    i64 now;
};
status banks_opinion(struct ledger *l, const struct hash_opinion *o);

/* -- the exchange: every record by its number ------------------------------------------------------------------------------------------ */
struct hash_record {
    struct id bank, id;
    i64 seq, at;                /* at: ms of that act; never falls while seq rises */
    enum hash_kind kind;
    enum hash_family family;
    struct str value;
    i64 quality, confirms, denies, added;
    enum hash_status status;
    enum hash_hold hold;
    bool video;
    struct str source_id;
};
struct hash_records { struct hash_record *at; size_t n; };
/* after: the last seq that was taken. bank zero: all banks of the environment. `sandbox` where bank is zero. Each row's mark is checked:
   BROKEN where one was altered. to: not beyond this seq (0: no end). */
struct hash_paging { struct id bank; bool sandbox; i64 after, to; size_t limit; };
status banks_changed_since(struct ledger *l, const struct hash_paging *p, struct hash_records *out);
/* The first seq whose `at` is not before ms (the next one that will be given where there is none): "since Monday" as a cursor. */
status banks_seq_at(struct ledger *l, i64 ms, i64 *seq);
status banks_last_seq(struct ledger *l, i64 *seq);
/* One record; NOT_FOUND. */
status banks_record(struct ledger *l, struct id bank, struct id hash, struct hash_record *r);

struct bank {
    struct id id, org;
    i64 no, radius, flood;
    struct str code, name, source, class, basis, state;         /* state: proposed, active, off */
    bool negative, sandbox;
};
struct banks { struct bank *at; size_t n; };
status banks_all(struct ledger *l, bool sandbox, struct banks *out);
status bank_of_code(struct ledger *l, struct str code, struct bank *bank);      /* NOT_FOUND */
status bank_of_org(struct ledger *l, struct id org, bool sandbox, struct bank *bank);   /* a partner's own; NOT_FOUND */
