/*
 * kernels.h
 *	  Loops over arrays of doubles: the only place where values meet arithmetic.
 *
 * A kernel knows nothing of PostgreSQL: it gets lengths and pointers, and says
 * what went wrong and where.  Callers turn that into errors.
 */
#ifndef REDBEAR_KERNELS_H
#define REDBEAR_KERNELS_H

#include <stdbool.h>
#include <stddef.h>

#pragma GCC visibility push(hidden)

/*
 * A value with a 1-byte varlena header is used where it lies, so doubles may
 * start at any address.
 */
typedef double unaligned_double __attribute__((aligned(1)));

typedef enum KernelOp
{
	KERNEL_ADD,
	KERNEL_SUBTRACT,
	KERNEL_MULTIPLY,
	KERNEL_DIVIDE,
	KERNEL_LEAST,				/* as float8smaller: NaN is the largest */
	KERNEL_GREATEST,			/* as float8larger */
	KERNEL_RIGHT				/* the right operand */
} KernelOp;

#define KERNEL_OPS (KERNEL_RIGHT + 1)

/* What the two operands are; a scalar is an array of one. */
typedef enum KernelShape
{
	KERNEL_MAP_MAP,
	KERNEL_MAP_SCALAR,
	KERNEL_SCALAR_MAP
} KernelShape;

#define KERNEL_SHAPES (KERNEL_SCALAR_MAP + 1)

typedef enum KernelError
{
	KERNEL_OK,
	KERNEL_OVERFLOW,
	KERNEL_UNDERFLOW,
	KERNEL_ZERO_DIVIDE
} KernelError;

/* The first element that core's float8 operator would refuse, if any */
typedef struct KernelFault
{
	KernelError error;
	int			position;
} KernelFault;

/*
 * Statistics of some numbers, as core's float8_accum() keeps them: how many,
 * their sum (Sx), the sum of the squares of their distances from the mean
 * (Sxx); and besides the least and the greatest.  One array of each.
 */
typedef struct KernelStats
{
	unaligned_double *count;
	unaligned_double *sum;
	unaligned_double *sxx;
	unaligned_double *least;
	unaligned_double *greatest;
} KernelStats;

#define KERNEL_STATS_PLANES 5

/* What can be had from statistics */
typedef enum KernelStatistic
{
	STATISTIC_COUNT,
	STATISTIC_SUM,
	STATISTIC_LEAST,
	STATISTIC_GREATEST,
	STATISTIC_AVG,
	STATISTIC_VAR_POP,
	STATISTIC_VAR_SAMP,
	STATISTIC_STDDEV_POP,
	STATISTIC_STDDEV_SAMP
} KernelStatistic;

extern KernelStats reddict_kernel_stats(unaligned_double *values, int stride,
										int position);
extern void reddict_kernel_stats_init(int n, KernelStats stats);
extern KernelFault reddict_kernel_accumulate(int n, KernelStats stats,
											 const unaligned_double *values);
extern KernelFault reddict_kernel_combine(int n, KernelStats stats,
										  KernelStats other);
extern bool reddict_kernel_statistic(KernelStatistic what, KernelStats stats,
									 int position, double *result);
extern bool reddict_kernel_dot(int n, const unaligned_double *a,
							   const unaligned_double *b, double *result);
extern double reddict_kernel_norm(int n, const unaligned_double *values,
								  double *scale);
extern KernelFault reddict_kernel(KernelOp op, KernelShape shape, int n,
								  const unaligned_double *a,
								  const unaligned_double *b,
								  unaligned_double *out);
extern bool reddict_kernel_suspects(KernelOp op, KernelShape shape, int n,
									const unaligned_double *a,
									const unaligned_double *b,
									unaligned_double *out, bool checked);
extern bool reddict_kernel_pair_suspects(KernelOp first, KernelShape first_shape,
										 KernelOp second, KernelShape second_shape,
										 int n, const unaligned_double *a,
										 const unaligned_double *b,
										 const unaligned_double *c,
										 unaligned_double *out, bool checked);
extern KernelFault reddict_kernel_update(KernelOp op, KernelShape shape, int n,
										 unaligned_double *map,
										 const unaligned_double *other);
extern KernelFault reddict_kernel_fold(KernelOp op, int n,
									   const unaligned_double *values,
									   double *acc);

#pragma GCC visibility pop

#endif							/* REDBEAR_KERNELS_H */
