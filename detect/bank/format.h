/*
 * The bank file. It is mapped and used as it lies: little endian, every section on a 4096-byte boundary.
 *
 * Search is by an uneven pigeonhole. The 256 bits are cut into 11 slots of 23 or 24 bits. For radius r each
 * slot s gets a share t[s], with sum(t) = r + 1. If a stored hash lies within r of a query, some slot s has
 * fewer than t[s] differing bits; and, by the cycle lemma, for one such slot the next slot together with it
 * has fewer than t[s] + t[s+1] (Qin and Xiao, "Pigeonring", VLDB 2018). So each slot keeps its entries in
 * buckets by its first bits, and beside each entry a 32-bit sketch of the bits that follow. A query visits
 * the buckets whose address differs in fewer than t[s] bits, and compares sketches; the few entries that
 * pass are compared in full. Nothing within r can be missed, and almost nothing else is ever touched.
 */
#ifndef BANK_FORMAT_H
#define BANK_FORMAT_H

#include <stdint.h>

#define BANK_MAGIC "LCBANK\r\n"
#define BANK_LOG_MAGIC "LCBLOG\r\n"
#define BANK_BYTE_ORDER 0x01020304u

enum {
	BANK_VERSION = 1,
	BANK_PAGE = 4096,
	BANK_SLOTS = 11,
	BANK_PLANTED = BANK_SLOTS, /* hashes of our own at the end, one to prove each slot */
	BANK_ID_MAX = 255,         /* bytes of an id */
	BANK_BITS_MIN = 4,
	BANK_BITS_MAX = 22, /* bits of a bucket address */
	BANK_LOAD = 16,     /* entries to a bucket, about: one cache line of sketches */
};

#define BANK_COUNT_MAX (UINT32_MAX - 1024u)

enum bank_section_name {
	SECTION_HASHES, /* 32 bytes an entry, sorted, the planted ones last */
	SECTION_IDS,    /* an entry's number, or where its text ends in SECTION_TEXT: id_width bytes each */
	SECTION_TEXT,   /* the texts, one after the other; empty when all ids are numbers */
	SECTION_STARTS, /* from here three sections for each slot: where each bucket starts, and the end */
	SECTION_SKETCHES = SECTION_STARTS + BANK_SLOTS,  /* 4 bytes an entry, in bucket order */
	SECTION_MEMBERS = SECTION_SKETCHES + BANK_SLOTS, /* the entry's number, 4 bytes, in the same order */
	SECTIONS = SECTION_MEMBERS + BANK_SLOTS,
};

struct bank_section {
	uint64_t offset, size;
	uint64_t sum; /* of its pages, with the zeros that fill the last one */
};

enum bank_id_kind {
	ID_NUMBERS = 1, /* every id is a decimal number without leading zeros, below 2^(8 * id_width) */
	ID_TEXTS = 2,
};

struct bank_header {
	char magic[8];
	uint32_t byte_order, version;
	uint32_t family, id_kind, id_width, bucket_bits;
	uint64_t count;    /* entries without the planted ones */
	uint64_t replaces; /* sum of the bank that this one took the place of, or 0 */
	struct bank_section sections[SECTIONS];
	uint64_t sum; /* of everything before it */
};

/* Changes since the bank was built lie in BANK.log: this header, then records. */
struct bank_log_header {
	char magic[8];
	uint32_t byte_order, version;
	uint64_t bank; /* sum in the header of the bank that it changes */
	uint64_t sum;  /* of everything before it */
};

enum bank_change_kind { CHANGE_ADD = 1, CHANGE_REMOVE = 2 };

struct bank_log_record {
	uint64_t sum;  /* of everything after it */
	uint32_t size; /* of the record, its id and padding: a multiple of 8 */
	uint16_t kind, id_size;
	uint8_t bits[32];
	/* the id and zeros up to size follow */
};

/* Where the pages of a section of this size end, counted from its beginning. */
static inline uint64_t bank_pages(uint64_t size)
{
	return (size + BANK_PAGE - 1) & ~(uint64_t)(BANK_PAGE - 1);
}

/* A 64-bit sum that no change within one 8-byte word leaves the same; size is a multiple of 8 or the rest
 * counts as padded with zeros. */
uint64_t bank_sum(const void *data, uint64_t size);

#endif
