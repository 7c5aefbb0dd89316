/* Inside matches/: one question of a partner's program, and what is answered: the same for a request, a line of a stream and an
   event of NATS (docs/match-api.md). Nothing that is asked is ever fetched: an address is compared, a picture comes as bytes. */
#pragma once

#include "../partners/partners.h"
#include "seen.h"

enum {
    MATCH_VALUES = 256,         /* in one question */
    MATCH_JSON_BYTES = 128 * 1024, MATCH_TEXT_BYTES = 64 * 1024, MATCH_REF_CHARS = 200,
    MATCH_TURNS = 8,            /* of a picture: as it is, turned, mirrored */
    MATCH_PICTURE_BYTES = 25 * 1024 * 1024
};

/* What a picture came to. */
enum picture_fault { PICTURE_FINE, PICTURE_UNKNOWN, PICTURE_BROKEN, PICTURE_TOO_LARGE };
struct match_picture {
    enum picture_fault fault;   /* not FINE: only the hashes of the file were asked for */
    uint8_t turns[MATCH_TURNS][PDQ_BYTES];
    int quality;
    uint8_t md5[16], sha1[20], sha256[32];
};

struct match_ask {
    struct query_pdq *pdq;
    struct query_exact *exact;  /* of a kind side by side, in the order of enum hash_kind */
    size_t n_pdq, n_exact, first[HASH_KINDS];   /* first[kind]: where its values begin in `exact` */
    struct str text, ref;       /* at NULL: none */
    bool keep;                  /* the sender wants the text to be read by a person */
    const struct match_picture *picture;        /* NULL: none */
};

/* Why a question cannot be used. */
struct match_fault {
    const char *field;
    size_t index;
    bool has_index;
    int text;                   /* key of a sentence (texts.h) */
};

/* INVALID: *fault says where and why. The strings of *ask live as long as the arena's work. */
status match_read(struct arena *a, struct str json, struct match_ask *ask, struct match_fault *fault);
/* The same of a picture. */
void match_ask_picture(struct arena *a, const struct match_picture *picture, struct match_ask *ask);
struct str match_fault_field(struct arena *a, const struct match_fault *fault);     /* "pdq[3]" */

/* What a partner lets us keep of its questions: nothing but counts (until somebody says otherwise), what hit, or also the hashes of
   everything for some days, so that a hash that becomes known later still finds them. */
enum match_keep { KEEP_NOTHING, KEEP_HITS, KEEP_HASHES };
status match_keep_of(struct ctx *c, const struct partner *p, enum match_keep *keep);

/* Asks banks, blocklist and text model; keeps what the partner lets us keep; writes the members of the answer's object, without
   braces. *hit: there is something that counts. */
status match_answer(struct ctx *c, const struct partner *p, const struct match_ask *ask, struct out *o, bool *hit);

/* A line of a stream, or an event: an object and no line feed. OK also where it cannot be used: then the object says so ("error").
   `lead`: members that stand before all others, with their comma. */
status match_line(struct ctx *c, const struct partner *p, struct str line, struct str lead, struct out *o);
status match_line_picture(struct ctx *c, const struct partner *p, struct str bytes, struct str lead, struct out *o);

/* A picture by its bytes, in the decoder's sandbox, and its hashes. Decoders serve several pictures of one partner and none of
   another's: one that a picture took over tells nobody else lies. OK also where there is no picture: fault. BUSY: all are at work. */
struct body;
status match_picture_read(struct id partner, struct body *body, struct match_picture *picture);
status match_picture_of(struct id partner, struct str bytes, struct match_picture *picture);
int picture_fault_text(enum picture_fault fault);       /* key of a sentence */
const char *picture_fault_code(enum picture_fault fault);

extern const struct route match_routes[];
