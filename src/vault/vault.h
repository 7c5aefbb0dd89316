/* Keys, sealing and hashing: bytes in, bytes out. Knows no database and no person. The formulas are those of SECURITY.md
   ("Bytes"); their output is frozen by vault/test/vectors_test.c. libsodium 1.0.18 only.

   Secrets (struct key values that open something) live in the worker's `struct secrets`, never in an arena: every
   function here that makes one takes the place where to put it. */
#pragma once

#include "../base/id.h"
#include "../base/memory.h"
#include "../base/status.h"

enum {
    KEY_BYTES = 32,
    WRAP_BYTES = 113,           /* 0x01, ephemeral key 32, tag 16, ctx 32, key 32 */
    CODE_CHARS = 16,
    SALT_BYTES = 16,
    FILE_CHUNK = 64 * 1024
};

struct key {
    uint8_t b[KEY_BYTES];
};

/* A pair for crypto_box: whoever has `open` can write, only the holder of `secret` can read. */
struct pair {
    struct key open, secret;
};

void vault_start(void);         /* sodium_init; ends the process if it fails */

/* -- secrets of one worker: one sodium_malloc block of 64 KiB, zeroed when a request ends; more of
   them where a request needs that, freed with it -------------------------------------------------------- */
struct secrets;
struct secrets *secrets_make(void);
void secrets_wipe(struct secrets *s);
bool secrets_are_zero(const struct secrets *s);         /* V16 */
void secrets_free(struct secrets *s);
/* never NULL: more than 64 KiB at once, or 16 MiB in one request, is a programming mistake */
void *secrets_alloc(struct secrets *s, size_t n);
/* All that was given out since the mark is wiped, and its place given out again. */
size_t secrets_mark(const struct secrets *s);
void secrets_back(struct secrets *s, size_t mark);
#define SECRET(secrets, type) ((type *)secrets_alloc((secrets), sizeof(type)))

/* -- hashing ------------------------------------------------------------------------------------------- */
/* A list of parts: PARTS(a, b) of struct str values. */
struct parts {
    const struct str *at;
    size_t n;
};
#define PARTS(...) ((struct parts){ (const struct str[]){ __VA_ARGS__ }, \
                                    sizeof((const struct str[]){ __VA_ARGS__ }) / sizeof(struct str) })
#define NO_PARTS ((struct parts){ 0 })

struct le64 {                   /* an integer as a part: i64 little endian */
    uint8_t b[8];
};
struct le64 vault_le64(i64 value);
static inline struct str key_str(const struct key *k) { return str_of(k->b, KEY_BYTES); }
static inline struct str le64_str(const struct le64 *v) { return str_of(v->b, 8); }

/* H(k, d, parts): BLAKE2b of lp(d) and each lp(part), keyed by k, or not where k is NULL. */
void vault_hash(struct key *hash, const struct key *k, const char *d, struct parts parts);
/* ctx(d, parts) = H(none, "lachan1/" d, parts): what a sealed thing is and where it belongs. */
struct key vault_ctx(const char *d, struct parts parts);
/* crypto_kdf_derive_from_key */
void vault_kdf(struct key *out, const struct key *k, uint64_t n, const char context[8]);
bool vault_same(const void *a, const void *b, size_t n);                                   /* constant time */
void vault_sha256(uint8_t hash[32], struct parts raw);  /* of the parts one after the other, no lp */

/* The same of what comes piece by piece. */
struct vault_sha256_run { uint64_t state[14]; };
void vault_sha256_begin(struct vault_sha256_run *run);
void vault_sha256_add(struct vault_sha256_run *run, const void *bytes, size_t n);
void vault_sha256_end(struct vault_sha256_run *run, uint8_t hash[32]);

/* HMAC-SHA256 of what comes piece by piece. */
struct vault_hmac_run { uint64_t state[28]; };
void vault_hmac_begin(struct vault_hmac_run *run, struct str key);
void vault_hmac_add(struct vault_hmac_run *run, struct str bytes);
void vault_hmac_end(struct vault_hmac_run *run, uint8_t mac[32]);

/* -- the house's mark on a row of a logged table ------------------------------------------------------- */
struct house_keys;
/* rh: SHA-256 of lp(table) and lp(each column in table order, without kgen and mac); `at` NULL is SQL's
   NULL. */
void vault_row_hash(uint8_t rh[32], struct str table, struct parts columns);
/* H(k_mac, "row", rh) */
void vault_row_mac(struct key *mac, const struct house_keys *h, const uint8_t rh[32]);

/* -- the house's keys ---------------------------------------------------------------------------------- */
enum { HOUSE_GENERATIONS = 8 };
struct house_keys {             /* of one line "kgen hex" of the key file */
    i64 kgen;
    struct key pep, mac, job;
    uint8_t log_pk[32], log_sk[64];     /* Ed25519 */
};
/* Lives in sodium_malloc for the process. Lines are only added while it runs (house_refresh), each before `n` counts it, so that any
   thread may read without a lock. */
struct house {
    _Atomic size_t n, now;      /* now: which one is current: the last of the file */
    struct house_keys gen[HOUSE_GENERATIONS];
};
/* INVALID names the line; refuses a file that others can read */
status house_load(const char *path, struct house **house);
/* Takes over what was added to the file, and which line is the last now. A line that left the file stays known until the process ends. */
status house_refresh(struct house *h, const char *path, bool *changed);
/* What the file was when it was last looked at: a refresh is only worth its work where this is another. */
struct house_file { i64 inode, size, changed_ns; };
struct house_file house_file_now(const char *path);
status house_create(const char *path);                           /* 0400; CONFLICT if it exists */
/* Changes of the file, each whole or not at all, with the owner that it had. `house_line_new` draws a line and puts it in front: known to
   whoever loads the file, and not current. `house_line_last` makes it current; `house_line_drop` takes it out, never the last one. */
status house_line_new(const char *path, i64 kgen);
status house_line_last(const char *path, i64 kgen);
status house_line_drop(const char *path, i64 kgen);
struct house *house_of_seed(i64 kgen, const struct key *k_inst); /* for tests */
void house_add_seed(struct house *h, i64 kgen, const struct key *k_inst, bool current);         /* the same: a further line */
const struct house_keys *house_now(const struct house *h);
const struct house_keys *house_at(const struct house *h, i64 kgen);      /* NULL if the line is gone */
void house_free(struct house *h);

/* -- sealing ------------------------------------------------------------------------------------------- */
void vault_pair_new(struct pair *pair);
void vault_pair_of_seed(struct pair *pair, const struct key *seed);
/* makes `open` from `secret`: for a key out of a bundle or a wrap */
void vault_pair_of_secret(struct pair *pair);
void vault_key_new(struct key *k);

/* wrap(pk, ctx, key): 113 bytes in the arena. unwrap: BROKEN if it was made for another key or another ctx. */
struct str vault_wrap(struct arena *a, const struct key *pk, struct key ctx, const struct key *k);
status vault_unwrap(const struct pair *pair, struct key ctx, struct str wrapped, struct key *k);

/* box(k, ctx, m). unbox gives the text in the arena (which is wiped after a request that opened anything). */
struct str vault_box(struct arena *a, const struct key *k, struct key ctx, struct str m);
status vault_unbox(struct arena *a, const struct key *k, struct key ctx, struct str boxed, struct str *m);
/* Unboxes a secret of exactly n bytes to `at` (in the secrets block), never through the arena. */
status vault_unbox_secret(const struct key *k, struct key ctx, struct str boxed, void *at, size_t n);

/* -- compartments and records -------------------------------------------------------------------------- */
struct comp_keys {              /* from CK */
    struct key ck, row;
    struct pair drop;
};
void vault_comp_keys(struct comp_keys *keys, const struct key *ck);
/* For reading alone: the drop pair (29 us) is made only when a record needs it; keys->drop is zero. */
void vault_comp_keys_read(struct comp_keys *keys, const struct key *ck);

enum record_kind {              /* first byte of a record's body; frozen: never renumber */
    RECORD_MESSAGE_CHILD = 1, RECORD_MESSAGE_STAFF, RECORD_MESSAGE_SYSTEM,      /* in C */
    RECORD_ANSWERS, RECORD_NOTE, RECORD_REASON, RECORD_EXCLUDE,                 /* in N; answers are JSON */
    RECORD_IDENTITY,                                                             /* in I */
    RECORD_FILE, /* beside a file: name, type, size, hashes (JSON) */
    RECORD_EVENT,       /* in N: what was done with the case, with its reason (JSON) */
    RECORD_PERSON,      /* in I: somebody of the case (JSON); the latest of an id stands */
    RECORD_SHARED,      /* in T: the fields that a referral shares (JSON) */
    RECORD_TASK,        /* in N: words of a task or flag */
    RECORD_PAPER,       /* in N, and in I what says who and where: answers of a filled-in form (casework/papers.h) */
    RECORD_SUPPORT,     /* in N: a service or follow-up, and what came of it (JSON) */
    RECORD_MEETING,     /* in N: a case conference, and its minutes (JSON) */
    RECORD_CONSENT,     /* in N: who agreed to what, and what is withheld (JSON); the latest of a purpose stands */
    RECORD_KIN,         /* in I: a case of the same family (JSON); the latest of a case stands */
    RECORD_PICTURE,     /* in a row of pictures, sealed to N: hashes that a child's browser made (speakup/pictures.h) */
    RECORD_PLATFORM = 32        /* in P: what a platform sent, word for word (JSON); numbers between are kept for others */
};
struct record {
    enum record_kind kind;
    struct id author;           /* zero: anonymous */
    i64 time;                   /* anonymous: full hour */
    struct str text;            /* UTF-8 or JSON */
};
/* Sealed with the compartment's row key (the writer holds CK). */
struct str vault_record_seal(struct arena *a, const struct comp_keys *keys, struct id comp, struct id record,
                             const struct record *r);
/* Sealed by whoever has only dpk: 0x02 and crypto_box_seal. */
struct str vault_record_drop(struct arena *a, const struct key *dpk, struct id comp, struct id record,
                             const struct record *r);
/* Opens either form. BROKEN where it was altered, moved or belongs to another compartment or record. */
status vault_record_open(struct arena *a, const struct comp_keys *keys, struct id comp, struct id record,
                         struct str body, struct record *r);

/* -- files --------------------------------------------------------------------------------------------- */
#define FILE_PLAIN_MAX ((i64)1 << 40)
/* Size of a file of n bytes as it is sealed: rounded up to the largest power of two of at most n/16. */
i64 vault_file_padded(i64 n);
/* a stream being sealed: secretstream in 64 KiB chunks, AD ctx("file", file), padded by <= 1/16 */
struct file_seal;
typedef status file_sink(void *to, const void *bytes, size_t n);
struct file_seal *file_seal_start(struct id file, file_sink *sink, void *to);  /* draws FK; sodium_malloc'd */
status file_seal_add(struct file_seal *f, const void *bytes, size_t n);
/* Ends the stream. sha256: of the ciphertext; plain_sha256 and plain_size: of what was added; fk: the key
   to wrap. */
struct file_sealed { i64 size, plain_size; uint8_t sha256[32], plain_sha256[32]; };
status file_seal_finish(struct file_seal *f, struct file_sealed *sealed, struct key *fk);
void file_seal_free(struct file_seal *f);       /* wipes; also for a stream that was broken off */
/* Opens a whole ciphertext chunk by chunk from fd; gives exactly plain_size bytes to the sink. BROKEN if
   altered or cut: each chunk is checked before the sink sees it, but a cut shows only at the end, so take
   back what the sink got. */
status file_open(int fd, struct id file, const struct key *fk, i64 plain_size, file_sink *sink, void *to);

/* -- people's secrets ---------------------------------------------------------------------------------- */
struct pw_cost { i64 ops, mem_bytes; };
extern const struct pw_cost pw_user, pw_reporter;      /* t=3 64 MiB; t=1 4 MiB */
/* m = Argon2id(NFKC(password)). BUSY where the memory could not be had. Never call inside a transaction
   (V18). */
status vault_pwhash(struct key *m, struct str password, const uint8_t salt[SALT_BYTES], struct pw_cost cost);
/* kek = H(k_pep, "user-kek"|"user-rec", user, m) */
void vault_user_kek(struct key *kek, const struct house_keys *h, struct id user, const struct key *m);
void vault_user_rec(struct key *kek, const struct house_keys *h, struct id user, struct str recovery_code);
/* lookup and rpk, rsk of a code: m from vault_pwhash(code, rep_salt, pw_reporter) */
void vault_reporter(const struct house_keys *h, const struct key *m, struct key *lookup, struct pair *pair);

/* -- codes --------------------------------------------------------------------------------------------- */
/* 15 random characters of Crockford's alphabet and one check character over GF(32). */
void code_new(char code[CODE_CHARS + 1]);
/* Reads what a person typed: case, blanks, hyphens and look-alikes forgiven. INVALID if the shape or the
   check is wrong. */
status code_read(struct str typed, char code[CODE_CHARS + 1]);
/* Digits of a code's alphabet as a person types them, exactly n: for one group typed back. */
bool code_digits(struct str typed, char *digits, size_t n);    /* digits: n + 1 places */
void code_format(const char code[CODE_CHARS + 1], char shown[20]);     /* XXXX-XXXX-XXXX-XXXX */
char code_check(const char digits[CODE_CHARS - 1]);
/* Recovery code of a member of staff: 26 characters, 130 bits, in groups; read with the same forgiveness. */
enum { RECOVERY_CHARS = 26 };
void recovery_new(char code[RECOVERY_CHARS + 1]);
status recovery_read(struct str typed, char code[RECOVERY_CHARS + 1]);

/* -- TOTP (RFC 6238: SHA-1, 6 digits, 30 s) ------------------------------------------------------------ */
enum { TOTP_SECRET_BYTES = 20 };
uint32_t totp_at(const uint8_t secret[TOTP_SECRET_BYTES], i64 step);
/* The step (unix time / 30) that the six digits fit, one step of tolerance to each side, constant time; 0
   if none. */
i64 totp_match(const uint8_t secret[TOTP_SECRET_BYTES], struct str digits, i64 now_ms);
/* The same for the twelve digits of two steps, one behind the other: gives the second. */
i64 totp_match_two(const uint8_t secret[TOTP_SECRET_BYTES], struct str digits, i64 now_ms);
/* base32, RFC 4648, upper case */
void totp_secret_text(const uint8_t secret[TOTP_SECRET_BYTES], char text[33]);

/* -- base64 for cookies and checkpoints ---------------------------------------------------------------- */
struct str vault_base64url(struct arena *a, struct str bytes);          /* no padding */
bool vault_base64url_read(struct str text, void *bytes, size_t n);
struct str vault_base64(struct arena *a, struct str bytes);             /* with padding, for checkpoints */
bool vault_base64_read(struct str text, void *bytes, size_t n);         /* exactly n bytes, with padding */
