/*
 * clones.h
 *	  Loops that are compiled for wider vectors, too.
 *
 * The loader takes what the machine has: over 1,000 doubles AVX2 halves the
 * time of an addition, and AVX-512 halves it again.  Not so before gcc 12,
 * which does not know levels of x86-64 here, nor in the JIT's bitcode, which
 * has no loader to choose, nor under sanitizers, whose runtimes are not up yet
 * when it chooses.
 *
 * KERNEL_FUSED_CLONES are for loops with fused multiply-add.  It is defined
 * where there may be such instructions; kernel_fuses() says whether there are.
 */
#ifndef REDBEAR_CLONES_H
#define REDBEAR_CLONES_H

#include <stdbool.h>

#ifdef KERNEL_CLONES
/* t/005_kernels.pl and t/008_narrow.pl compile and test them one at a time. */
#elif defined(__x86_64__) && defined(__GLIBC__) && __GNUC__ >= 12 && \
	!defined(__clang__) && !defined(__SANITIZE_ADDRESS__) && \
	!defined(__SANITIZE_THREAD__)
#define KERNEL_CLONES __attribute__((target_clones("arch=x86-64-v4", "avx2", "default")))
#define KERNEL_FUSED_CLONES __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define KERNEL_CLONES
#endif

#if !defined(KERNEL_FUSED_CLONES) && (defined(__FMA__) || defined(__aarch64__))
#define KERNEL_FUSED_CLONES
#endif

static inline bool
kernel_fuses(void)
{
#if !defined(KERNEL_FUSED_CLONES)
	return false;
#elif defined(__FMA__) || defined(__aarch64__)
	return true;
#else
	return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
#endif
}

#endif							/* REDBEAR_CLONES_H */
