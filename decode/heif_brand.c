/* Telling HEIF and AVIF by their first bytes, for the program that opens them and for the others. */
#include "picture.h"

#include <string.h>

static bool is_av1_brand(const uint8_t *brand)
{
	return memcmp(brand, "avif", 4) == 0 || memcmp(brand, "avis", 4) == 0;
}

static bool is_heif_brand(const uint8_t *brand)
{
	static const char brands[][5] = { "heic", "heix", "heim", "heis", "hevc", "hevx", "mif1", "msf1",
		"mif2" };
	for (size_t i = 0; i < sizeof brands / sizeof brands[0]; i++)
		if (memcmp(brand, brands[i], 4) == 0)
			return true;
	return is_av1_brand(brand);
}

/* The brands follow "ftyp": the major one, a version, and the compatible ones. */
static bool has_brand(struct bytes file, bool (*wanted)(const uint8_t *))
{
	if (!bytes_have(file, 4, "ftyp", 4) || file.n < 16)
		return false;
	size_t box = (size_t)file.at[2] << 8 | file.at[3];
	size_t end = box < file.n ? box : file.n;
	if (wanted(file.at + 8))
		return true;
	for (size_t i = 16; i + 4 <= end; i += 4)
		if (wanted(file.at + i))
			return true;
	return false;
}

bool heif_is_av1(struct bytes file)
{
	return has_brand(file, is_av1_brand);
}

/* MP4 films list their own brands only, except for sequences, which have a first picture all the same. */
bool heif_claims(struct bytes file)
{
	return has_brand(file, is_heif_brand);
}
