/* From 256 coefficients to 256 bits: compare with the lower median, for each way of turning the picture. */
#include "pdq.h"

static uint32_t float_bits(float f)
{
	union {
		float f;
		uint32_t u;
	} both = { .f = f };
	return both.u;
}

static float bits_float(uint32_t u)
{
	union {
		uint32_t u;
		float f;
	} both = { .u = u };
	return both.f;
}

/* Maps floats to integers of the same order; and back. */
static uint32_t float_to_key(float f)
{
	uint32_t u = float_bits(f);
	return u & 0x80000000u ? ~u : u | 0x80000000u;
}

static float key_to_float(uint32_t key)
{
	return bits_float(key & 0x80000000u ? key & 0x7fffffffu : ~key);
}

/* The 128th smallest of 256 values, found bit by bit from the top: no sorting, no data-dependent branch. */
static float lower_median(const float values[256])
{
	uint32_t keys[256], median = 0;
	for (int i = 0; i < 256; i++)
		keys[i] = float_to_key(values[i]);
	for (uint32_t bit = 0x80000000u; bit; bit >>= 1) {
		int below = 0;
		for (int i = 0; i < 256; i++)
			below += keys[i] < (median | bit);
		median |= below < 128 ? bit : 0;
	}
	return key_to_float(median);
}

/* Turning a picture moves and negates its cosine coefficients: sign * (-1)^(by_row*row + by_column*column)
 * at the place in the turned matrix. The first coefficient kept is number 1, hence the leading signs. */
static const struct turn {
	bool transpose;
	int sign, by_row, by_column;
} turns[8] = {
	[PDQ_ORIGINAL] = { false, 1, 0, 0 },
	[PDQ_ROTATE_90] = { true, -1, 1, 0 },
	[PDQ_ROTATE_180] = { false, 1, 1, 1 },
	[PDQ_ROTATE_270] = { true, -1, 0, 1 },
	[PDQ_FLIP_X] = { false, -1, 1, 0 },
	[PDQ_FLIP_Y] = { false, -1, 0, 1 },
	[PDQ_FLIP_PLUS_1] = { true, 1, 0, 0 },
	[PDQ_FLIP_MINUS_1] = { true, 1, 1, 1 },
};

void pdq_bits(const struct pdq_signal *signal, enum pdq_turn turn, uint8_t bits[32])
{
	const struct turn t = turns[turn];
	float turned[256];
	for (int row = 0; row < 16; row++)
		for (int column = 0; column < 16; column++) {
			float value = t.transpose ? signal->dct[column][row] : signal->dct[row][column];
			bool odd = (t.by_row * row + t.by_column * column) & 1;
			turned[16 * row + column] = odd == (t.sign < 0) ? value : -value;
		}
	const float median = lower_median(turned);
	for (int i = 0; i < 32; i++)
		bits[i] = 0;
	for (int k = 0; k < 256; k++)
		bits[31 - k / 8] |= (uint8_t)((turned[k] > median) << (k % 8));
}
