/* The scalar reference implementation of PDQ, for tests and benchmarks. */
#ifndef PDQ_ORACLE_H
#define PDQ_ORACLE_H

#include "pdq.h"

/* a holds rows x columns of luma and is overwritten; b is room of the same size. */
void oracle_signal(float *a, float *b, int rows, int columns, struct pdq_signal *out);
void oracle_bits(const struct pdq_signal *signal, uint8_t bits[32]);

#endif
