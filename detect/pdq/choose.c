#include "pdq.h"

#ifdef __x86_64__
static const struct pdq_kernel *const kernels[] = { &pdq_kernel_avx512, &pdq_kernel_avx2 };
#else
static const struct pdq_kernel *const kernels[] = {};
#endif

const struct pdq_kernel *pdq_kernel(void)
{
	for (size_t i = 0; i < sizeof kernels / sizeof *kernels; i++)
		if (kernels[i]->supported())
			return kernels[i];
	return &pdq_kernel_portable;
}
