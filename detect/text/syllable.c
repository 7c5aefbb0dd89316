#include "syllable.h"

#include <string.h>

static const char *const onsets[] = { "ngh", "ch", "gh", "gi", "kh", "ng", "nh", "ph", "qu", "th", "tr", "b", "c", "d",
	"g", "h", "k", "l", "m", "n", "p", "q", "r", "s", "t", "v", "x", "" };
static const char *const vowels[] = { "uye", "uya", "ieu", "yeu", "oai", "oay", "oeo", "uay", "uoi", "uou", "uyu", "ai",
	"ao", "au", "ay", "eo", "eu", "ia", "ie", "iu", "oa", "oe", "oi", "oo", "ua", "ue", "ui", "uo", "uu", "uy", "ye", "a",
	"e", "i", "o", "u", "y" };
static const char *const codas[] = { "ch", "ng", "nh", "c", "m", "n", "p", "t", "" };

#define COUNT(a) (sizeof(a) / sizeof *(a))

static size_t starts(const char *letters, size_t n, const char *part)
{
	size_t len = strlen(part);
	return len <= n && !memcmp(letters, part, len) ? len : (size_t)-1;
}

/* Marks in ends[] every length that a syllable starting at letters can have. */
static void ends_of(const char *letters, size_t n, unsigned char ends[9])
{
	for (size_t o = 0; o < COUNT(onsets); o++) {
		size_t a = starts(letters, n, onsets[o]);
		for (size_t v = 0; a <= n && v < COUNT(vowels); v++) {
			size_t b = starts(letters + a, n - a, vowels[v]);
			for (size_t c = 0; b <= n && c < COUNT(codas); c++) {
				size_t d = starts(letters + a + b, n - a - b, codas[c]);
				if (d <= n && a + b + d <= 8)
					ends[a + b + d] = 1;
			}
		}
	}
}

size_t syllables_cut(const char *letters, size_t n, unsigned char lengths[SYLLABLES_MAX])
{
	/* best[i]: fewest syllables that cover letters[i..n); 0 is "none" except at the end. */
	unsigned char best[8 * SYLLABLES_MAX + 1] = { 0 }, step[8 * SYLLABLES_MAX + 1] = { 0 };
	if (n == 0 || n > 3 * SYLLABLES_MAX)
		return 0;
	for (size_t i = n; i-- > 0;) {
		unsigned char ends[9] = { 0 };
		ends_of(letters + i, n - i, ends);
		for (size_t len = 8; len > 0; len--) {
			if (!ends[len] || (i + len < n && !best[i + len]))
				continue;
			unsigned char cost = (unsigned char)(best[i + len] + 1);
			if (!best[i] || cost < best[i]) {
				best[i] = cost;
				step[i] = (unsigned char)len;
			}
		}
	}
	size_t count = 0;
	for (size_t i = 0; best[0] && best[0] <= SYLLABLES_MAX && i < n; i += step[i])
		lengths[count++] = step[i];
	return count;
}
