/* What every target has. */
#pragma once

#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

/* A rule that must hold for every input. */
#define HOLDS(condition) do { if (!(condition)) abort(); } while (0)
