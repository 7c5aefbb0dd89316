/* Prints the PDQ cosine matrix as exact hexadecimal floats, so that every build (also one without libm)
 * has the same bits. D[i][j] = (float)(s * cos((pi/2/64) * (i+1) * (2j+1))), s = (float)sqrt(2/64). */
#include <math.h>
#include <stdio.h>

int main(void)
{
	const double half_pi = 1.57079632679489661923;
	const float scale = (float)sqrt(2.0 / 64);
	puts("/* Made by make_dct.c: column k of the 16x64 cosine matrix is row k here. */");
	puts("static const float pdq_cosines[64][16] = {");
	for (int j = 0; j < 64; j++) {
		printf("\t{");
		for (int i = 0; i < 16; i++)
			printf(" %af,", (double)(float)(scale * cos((half_pi / 64.0) * (i + 1) * (2 * j + 1))));
		puts(" },");
	}
	puts("};");
	return ferror(stdout) != 0;
}
