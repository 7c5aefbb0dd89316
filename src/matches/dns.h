/* DNS messages on the wire, as far as a server of zone transfers needs them (RFC 1035, 1995, 1996, 5936) and their signatures (TSIG,
   RFC 8945, hmac-sha256). Pure: bytes in, bytes out; fuzz/dns_message.c. */
#pragma once

#include "../base/str.h"

enum { DNS_MESSAGE_MAX = 65535, DNS_NAME_MAX = 255, DNS_UDP_MAX = 512, DNS_MAC_BYTES = 32, DNS_KEYED_MAX = 400 };
enum { DNS_A = 1, DNS_NS = 2, DNS_CNAME = 5, DNS_SOA = 6, DNS_OPT = 41, DNS_TSIG = 250, DNS_IXFR = 251, DNS_AXFR = 252 };
enum { DNS_IN = 1, DNS_ANY = 255 };
enum { DNS_QUERY = 0, DNS_NOTIFY = 4 };
enum { DNS_NOERROR = 0, DNS_FORMERR = 1, DNS_SERVFAIL = 2, DNS_NOTIMP = 4, DNS_REFUSED = 5, DNS_NOTAUTH = 9 };
enum { DNS_BADSIG = 16, DNS_BADKEY = 17, DNS_BADTIME = 18 };
enum { DNS_FUDGE_S = 300 };

/* In wire form, lower case: labels with their lengths, the root's 0 at the end. */
struct dns_name { uint8_t n, at[DNS_NAME_MAX]; };
bool dns_name_of(struct str text, struct dns_name *name);       /* "bad.example", with or without the last dot */
bool dns_name_eq(const struct dns_name *a, const struct dns_name *b);
void dns_name_text(const struct dns_name *name, char text[DNS_NAME_MAX + 1]);  /* odd bytes as '?' */

struct dns_tsig {
    bool there;
    size_t at;                      /* where its record begins */
    struct dns_name key, algorithm;
    uint64_t time;                  /* s */
    uint16_t fudge, id, error;
    uint8_t mac[64];
    size_t mac_n;
};

struct dns_message {
    uint16_t id;
    bool answer, authoritative, cut;
    uint8_t opcode, rcode;
    struct dns_name name;           /* of the one question */
    uint16_t type, class;
    bool has_serial;                /* of an SOA in the authority section: IXFR */
    uint32_t serial;
    bool edns;
    struct dns_tsig tsig;
};

enum dns_read { DNS_READ, DNS_UNREADABLE /* its header could be read: FORMERR */, DNS_NOTHING /* not even that: no answer */ };
enum dns_read dns_read(const uint8_t *at, size_t n, struct dns_message *m);

/* -- keys -------------------------------------------------------------------------------------------------------------------------- */
struct dns_key { struct dns_name name; uint8_t secret[64]; size_t n; };

/* What signing goes on from: the mac of the request, then of the message before. */
struct dns_chain { uint8_t mac[DNS_MAC_BYTES]; size_t n; };

/* 0, or the error of TSIG: DNS_BADKEY (another algorithm), DNS_BADSIG, DNS_BADTIME. `prior`: NULL for a request. */
int dns_verify(const uint8_t *at, size_t n, const struct dns_message *m, const struct dns_key *key, const struct dns_chain *prior,
               i64 now_s);

/* -- writing --------------------------------------------------------------------------------------------------------------------------- */
struct dns_out {
    uint8_t at[DNS_MESSAGE_MAX];
    size_t n;
    bool over;                      /* did not fit: send nothing of it */
};
/* Header and question; the question's name then stands at byte 12, which records of dns_below point at. */
struct dns_head { uint16_t id, type; uint8_t opcode, rcode; bool answer; const struct dns_name *name; };
void dns_begin(struct dns_out *o, const struct dns_head *head);
void dns_soa(struct dns_out *o, uint32_t serial);               /* of the zone that the question names */
void dns_ns(struct dns_out *o);
/* CNAME of a name below the zone (and of "*." before it), to `target`. */
void dns_cname(struct dns_out *o, const char *name, bool wildcard, const struct dns_name *target);
void dns_set_cut(struct dns_out *o);                            /* TC: come again over TCP */
/* Adds the signature and moves the chain on. first: the first message of an answer, or a request. error: of BADTIME. */
struct dns_sign { const struct dns_key *key; struct dns_chain *chain; i64 now_s; bool first; uint16_t error; uint64_t their_time; };
void dns_sign(struct dns_out *o, const struct dns_sign *s);
/* A refusal that cannot be signed, because the key or the signature was wrong: TSIG with an empty mac. */
void dns_unsigned(struct dns_out *o, const struct dns_tsig *theirs, uint16_t error, i64 now_s);
