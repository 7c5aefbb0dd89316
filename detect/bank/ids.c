#include <stdio.h>

#include "bank.h"

static uint64_t read_number(const struct detect_bank *b, uint32_t section, uint64_t index)
{
	const uint8_t *p = (const uint8_t *)bank_section(b, section) + index * b->header->id_width;
	uint64_t wide = 0;
	memcpy(&wide, p, b->header->id_width);
	return wide;
}

/* Stands for the id of a damaged bank that was opened without a full check. */
static const struct id_text bad_id = { "?", 1 };

static struct id_text base_id(const struct detect_bank *b, uint32_t entry, char room[24])
{
	uint64_t number = read_number(b, SECTION_IDS, entry);
	if (b->header->id_kind == ID_NUMBERS)
		return (struct id_text){ room, (size_t)snprintf(room, 24, "%llu", (unsigned long long)number) };
	uint64_t begin = entry ? read_number(b, SECTION_IDS, entry - 1) : 0;
	const uint64_t size = b->header->sections[SECTION_TEXT].size;
	if (begin > number || number > size)
		return bad_id;
	const struct id_text id = { (const char *)bank_section(b, SECTION_TEXT) + begin, number - begin };
	return id_valid(id) ? id : bad_id;
}

bool bank_ids_good(const struct detect_bank *b)
{
	char room[24];
	for (uint32_t entry = 0; entry < b->count && b->header->id_kind == ID_TEXTS; entry++)
		if (base_id(b, entry, room).at == bad_id.at)
			return false;
	return true;
}

struct id_text bank_id(const struct detect_bank *b, uint32_t entry, char room[24])
{
	if (entry < b->count)
		return base_id(b, entry, room);
	const struct added *a = &b->added[entry - b->count];
	return (struct id_text){ b->added_ids + a->id_at, a->id_size };
}

size_t detect_bank_id(const struct detect_bank *bank, uint32_t entry, char id[256])
{
	char room[24];
	struct id_text text = bank_id(bank, entry, room);
	memcpy(id, text.at, text.n);
	id[text.n] = '\0';
	return text.n;
}

bool id_number(struct id_text id, uint64_t *out)
{
	uint64_t number = 0;
	if (id.n == 0 || id.n > 20 || (id.n > 1 && id.at[0] == '0'))
		return false;
	for (size_t i = 0; i < id.n; i++) {
		unsigned digit = (unsigned)(id.at[i] - '0');
		if (digit > 9 || __builtin_mul_overflow(number, 10, &number) ||
			__builtin_add_overflow(number, digit, &number))
			return false;
	}
	*out = number;
	return true;
}

bool id_valid(struct id_text id)
{
	if (id.n == 0 || id.n > BANK_ID_MAX)
		return false;
	for (size_t i = 0; i < id.n; i++)
		if ((unsigned char)id.at[i] <= ' ' || id.at[i] == 0x7f)
			return false;
	return true;
}

int id_compare(struct id_text a, struct id_text b)
{
	uint64_t x, y;
	const bool a_number = id_number(a, &x), b_number = id_number(b, &y);
	if (a_number && b_number)
		return (x > y) - (x < y);
	if (a_number != b_number)
		return a_number ? -1 : 1;
	int order = memcmp(a.at, b.at, a.n < b.n ? a.n : b.n);
	return order ? order : (a.n > b.n) - (a.n < b.n);
}

int detect_bank_compare_ids(const struct detect_bank *bank, uint32_t entry, uint32_t other)
{
	if (bank->header->id_kind == ID_NUMBERS && entry < bank->count && other < bank->count) {
		uint64_t x = read_number(bank, SECTION_IDS, entry), y = read_number(bank, SECTION_IDS, other);
		return (x > y) - (x < y);
	}
	char room[24], other_room[24];
	return id_compare(bank_id(bank, entry, room), bank_id(bank, other, other_room));
}
