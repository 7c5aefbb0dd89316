#include "kernel.h"

#ifdef __x86_64__
static const struct bank_kernel *const kernels[] = { &bank_kernel_avx512, &bank_kernel_popcnt };
#else
static const struct bank_kernel *const kernels[] = {};
#endif

const struct bank_kernel *bank_kernel(void)
{
	for (size_t i = 0; i < sizeof kernels / sizeof *kernels; i++)
		if (kernels[i]->supported())
			return kernels[i];
	return &bank_kernel_portable;
}
