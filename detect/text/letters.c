#include "letters.h"

struct range {
	uint32_t first, last;
};

/* Characters without width that are used to break words apart, and marks that only decorate. */
static const struct range hidden[] = {
	{ 0x00ad, 0x00ad }, { 0x0300, 0x036f }, { 0x061c, 0x061c }, { 0x115f, 0x1160 }, { 0x17b4, 0x17b5 },
	{ 0x180b, 0x180f }, { 0x1ab0, 0x1aff }, { 0x1dc0, 0x1dff }, { 0x200b, 0x200f }, { 0x202a, 0x202e },
	{ 0x2060, 0x206f }, { 0x20d0, 0x20ff }, { 0xfe00, 0xfe0f }, { 0xfe20, 0xfe2f }, { 0xfeff, 0xfeff },
	{ 0xe0000, 0xe0fff },
};

static const struct range spaces[] = {
	{ 0x0000, 0x0020 }, { 0x007f, 0x00a0 }, { 0x1680, 0x1680 }, { 0x2000, 0x200a }, { 0x2028, 0x2029 },
	{ 0x202f, 0x202f }, { 0x205f, 0x205f }, { 0x3000, 0x3000 }, { 0x3164, 0x3164 },
};

static const struct range symbols[] = {
	{ 0x00a1, 0x00bf }, { 0x2010, 0x2bff }, { 0x3001, 0x303f }, { 0xe000, 0xf8ff }, { 0xfff0, 0xffff },
	{ 0x1f000, 0x1ffff },
};

/* Whole blocks of look-alike letters that count upwards from a, twenty-six at a time. */
static const struct range alphabets[] = {
	{ 0x24b6, 0x24e9 }, { 0x1d400, 0x1d6a3 }, { 0x1f130, 0x1f149 }, { 0x1f150, 0x1f169 }, { 0x1f170, 0x1f189 },
};

/* Single look-alikes of Latin letters, mostly Cyrillic and Greek. */
static const struct alike {
	uint16_t point;
	char base;
} alikes[] = {
	{ 0x0131, 'i' }, { 0x017f, 's' }, { 0x0251, 'a' }, { 0x0261, 'g' }, { 0x0269, 'i' }, { 0x026f, 'm' },
	{ 0x0391, 'a' }, { 0x0392, 'b' }, { 0x0395, 'e' }, { 0x0397, 'h' }, { 0x0399, 'i' }, { 0x039a, 'k' },
	{ 0x039c, 'm' }, { 0x039d, 'n' }, { 0x039f, 'o' }, { 0x03a1, 'p' }, { 0x03a4, 't' }, { 0x03a5, 'y' },
	{ 0x03a7, 'x' }, { 0x03b1, 'a' }, { 0x03b5, 'e' }, { 0x03b9, 'i' }, { 0x03ba, 'k' }, { 0x03bd, 'v' },
	{ 0x03bf, 'o' }, { 0x03c1, 'p' }, { 0x03c4, 't' }, { 0x03c5, 'u' }, { 0x03c7, 'x' }, { 0x0405, 's' },
	{ 0x0406, 'i' }, { 0x0408, 'j' }, { 0x0410, 'a' }, { 0x0412, 'b' }, { 0x0415, 'e' }, { 0x041a, 'k' },
	{ 0x041c, 'm' }, { 0x041d, 'h' }, { 0x041e, 'o' }, { 0x0420, 'p' }, { 0x0421, 'c' }, { 0x0422, 't' },
	{ 0x0423, 'y' }, { 0x0425, 'x' }, { 0x0430, 'a' }, { 0x0435, 'e' }, { 0x043a, 'k' }, { 0x043e, 'o' },
	{ 0x0440, 'p' }, { 0x0441, 'c' }, { 0x0443, 'y' }, { 0x0445, 'x' }, { 0x0455, 's' }, { 0x0456, 'i' },
	{ 0x0458, 'j' }, { 0x04bb, 'h' }, { 0x0501, 'd' }, { 0x051b, 'q' }, { 0x051d, 'w' }, { 0x2070, '0' },
};

/* U+1EA1 to U+1EF9, the odd (lower-case) ones: base letter, mark, tone as three characters each. */
static const char composed[] =
	"a05a03a11a12a13a14a15a21a22a23a24a25e05e03e04e11e12e13e14e15i03i05o05o03o11o12o13o14o15o31o32o33o34o35"
	"u05u03u31u32u33u34u35y02y05y03y04";

/* U+00C0 to U+00FF read as lower case, from U+00E0: base, mark, tone; '-' where there is no Latin letter. */
static const char latin1[] =
	"a02a01a10a04a00a00a00c00e02e01e10e00i02i01i00i00d40n00o02o01o10o04o00-00o00u02u01u00u00y01-00y00";

static int inside(const struct range *ranges, size_t n, uint32_t point)
{
	for (size_t i = 0; i < n; i++)
		if (point >= ranges[i].first && point <= ranges[i].last)
			return 1;
	return 0;
}

#define INSIDE(ranges, point) inside(ranges, sizeof(ranges) / sizeof *(ranges), point)

static struct letter plain(unsigned code, enum letter_kind kind)
{
	return (struct letter){ .code = (uint16_t)code, .kind = (uint8_t)kind };
}

static struct letter ascii(uint32_t point)
{
	if (point >= 'A' && point <= 'Z')
		return plain(point + 32, KIND_LETTER);
	if (point >= 'a' && point <= 'z')
		return plain(point, KIND_LETTER);
	if (point >= '0' && point <= '9')
		return plain(point, KIND_DIGIT);
	return point <= 0x20 || point == 0x7f ? plain(' ', KIND_SPACE) : plain(point, KIND_SYMBOL);
}

static struct letter triple(const char *at)
{
	if (*at == '-')
		return plain('-', KIND_SYMBOL);
	return (struct letter){ (uint16_t)at[0], (uint8_t)(at[1] - '0'), (uint8_t)(at[2] - '0'), KIND_LETTER };
}

static struct letter extended(uint32_t point)
{
	switch (point | 1) {
	case 0x103: return (struct letter){ 'a', MARK_BREVE, TONE_NONE, KIND_LETTER };
	case 0x111: return (struct letter){ 'd', MARK_STROKE, TONE_NONE, KIND_LETTER };
	case 0x129: return (struct letter){ 'i', MARK_NONE, TONE_TILDE, KIND_LETTER };
	case 0x169: return (struct letter){ 'u', MARK_NONE, TONE_TILDE, KIND_LETTER };
	case 0x1a1: return (struct letter){ 'o', MARK_HORN, TONE_NONE, KIND_LETTER };
	default: break;
	}
	if (point == 0x1af || point == 0x1b0)
		return (struct letter){ 'u', MARK_HORN, TONE_NONE, KIND_LETTER };
	return plain(0, KIND_SPACE);
}

static struct letter combining(uint32_t point)
{
	struct letter l = plain(0, KIND_COMBINING);
	switch (point) {
	case 0x300: l.tone = TONE_GRAVE; break;
	case 0x301: l.tone = TONE_ACUTE; break;
	case 0x303: l.tone = TONE_TILDE; break;
	case 0x309: l.tone = TONE_HOOK; break;
	case 0x323: l.tone = TONE_DOT; break;
	case 0x302: l.mark = MARK_CIRCUMFLEX; break;
	case 0x306: l.mark = MARK_BREVE; break;
	case 0x31b: l.mark = MARK_HORN; break;
	default: l.kind = KIND_HIDDEN;
	}
	return l;
}

static char lookalike(uint32_t point)
{
	if (INSIDE(alphabets, point)) {
		for (size_t i = 0; i < sizeof alphabets / sizeof *alphabets; i++)
			if (point <= alphabets[i].last)
				return (char)('a' + (point - alphabets[i].first) % 26);
	}
	if (point >= 0x1d7ce && point <= 0x1d7ff)
		return (char)('0' + (point - 0x1d7ce) % 10);
	for (size_t i = 0; i < sizeof alikes / sizeof *alikes; i++)
		if (alikes[i].point == point)
			return alikes[i].base;
	return 0;
}

static struct letter punctuation(uint32_t point)
{
	switch (point) {
	case 0x2018: case 0x2019: case 0x02bc: return plain('\'', KIND_SYMBOL);
	case 0x201c: case 0x201d: return plain('"', KIND_SYMBOL);
	case 0x2010: case 0x2011: case 0x2012: case 0x2013: case 0x2014: return plain('-', KIND_SYMBOL);
	case 0x2026: case 0x2022: case 0x00b7: return plain('.', KIND_SYMBOL);
	default: return plain(0x8000u | ((point ^ point >> 15) & 0x7fffu), KIND_SYMBOL);
	}
}

static struct letter rare(uint32_t point)
{
	char base = lookalike(point);
	if (base)
		return ascii((unsigned char)base);
	if (INSIDE(hidden, point))
		return plain(0, KIND_HIDDEN);
	if (INSIDE(spaces, point))
		return plain(' ', KIND_SPACE);
	if (INSIDE(symbols, point))
		return punctuation(point);
	return plain(0x8000u | ((point ^ point >> 15) & 0x7fffu), KIND_LETTER);
}

struct letter letters_fold(uint32_t point)
{
	if (point < 0x80)
		return ascii(point);
	if (point >= 0x1ea0 && point <= 0x1ef9)
		return triple(composed + 3 * ((point - 0x1ea0) / 2));
	if (point >= 0xc0 && point <= 0xff)
		return triple(latin1 + 3 * (point & 31));
	if (point >= 0x300 && point <= 0x36f)
		return combining(point);
	if (point >= 0xff01 && point <= 0xff5e)
		return ascii(point - 0xfee0);
	if (point >= 0x100 && point <= 0x1b0) {
		struct letter l = extended(point);
		if (l.code)
			return l;
	}
	return rare(point);
}

static int follows(const char *at, size_t n)
{
	for (size_t i = 1; i < n; i++)
		if (((unsigned char)at[i] & 0xc0) != 0x80)
			return 0;
	return 1;
}

size_t letters_decode(const char *at, size_t n, uint32_t *point)
{
	static const uint32_t least[5] = { 0, 0, 0x80, 0x800, 0x10000 };
	unsigned char lead = (unsigned char)*at;
	*point = lead;
	if (lead < 0x80)
		return 1;
	size_t need = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
	uint32_t value = lead & (0xffu >> (need + 1));
	*point = 0xfffd;
	if (lead < 0xc2 || lead > 0xf4 || need > n || !follows(at, need))
		return 1;
	for (size_t i = 1; i < need; i++)
		value = value << 6 | ((unsigned char)at[i] & 0x3f);
	if (value < least[need] || value > 0x10ffff || (value >= 0xd800 && value <= 0xdfff))
		return 1;
	*point = value;
	return need;
}
