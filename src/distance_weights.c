/*
 * distance_weights.c - weights from distances (or travel times), one array at a time.
 */
#include "spatial.h"

#include <math.h>

#include "catalog/pg_type.h"
#include "utils/builtins.h"

/* The distances of an argument, checked, as an array to be overwritten. */
static ArrayType *
distances_arg(FunctionCallInfo fcinfo, int64 *n)
{
	ArrayType  *array = PG_GETARG_ARRAYTYPE_P_COPY(0);
	double	   *d = (double *) ARR_DATA_PTR(array);

	*n = tmap_array_length(array, "distances");
	for (int64 i = 0; i < *n; i++)
		if (!(d[i] >= 0 && isfinite(d[i])))
			ereport(ERROR,
					(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					 errmsg("distance out of range"),
					 errdetail("It is %g.", d[i]),
					 errhint("Distances are finite numbers from 0 up.")));
	return array;
}

PG_FUNCTION_INFO_V1(tmap_inverse_distance_weights);
/* inverse_distance_weights(distances, power): 1 / distance^power. */
Datum
tmap_inverse_distance_weights(PG_FUNCTION_ARGS)
{
	int64		n;
	ArrayType  *array = distances_arg(fcinfo, &n);
	double	   *d = (double *) ARR_DATA_PTR(array);
	double		power = PG_GETARG_FLOAT8(1);

	if (!(power > 0 && isfinite(power)))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("power out of range"),
				 errhint("Give a number above 0; 1 and 2 are usual.")));
	for (int64 i = 0; i < n; i++)
	{
		double		w = power == 1 ? 1.0 / d[i] : pow(d[i], -power);

		if (isinf(w))
			ereport(ERROR,
					(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					 errmsg("distance too small for an inverse"),
					 errdetail("It is %g.", d[i]),
					 errhint("Two areas at one place: give them a least distance, or take a kernel.")));
		d[i] = w;
	}
	PG_RETURN_ARRAYTYPE_P(array);
}

/* A kernel's weight at distance u of its bandwidth. */
static double
kernel_at(const char *kernel, double u)
{
	if (kernel[0] == 'g')
		return 0.39894228040143267794 * exp(-u * u / 2.0);	/* 1 / sqrt(2 pi) */
	if (u > 1.0)
		return 0.0;
	return kernel[0] == 'u' ? 0.5 : kernel[0] == 't' ? 1.0 - u : kernel[0] == 'e' ? 0.75 * (1.0 - u * u) : 0.9375 * (1.0 - u * u) * (1.0 - u * u);
}

PG_FUNCTION_INFO_V1(tmap_kernel_weights);
/* kernel_weights(distances, bandwidth, kernel). */
Datum
tmap_kernel_weights(PG_FUNCTION_ARGS)
{
	static const char *const kernels[] = {"gaussian", "uniform", "triangular", "epanechnikov", "quartic"};
	int64		n;
	ArrayType  *array = distances_arg(fcinfo, &n);
	double	   *d = (double *) ARR_DATA_PTR(array);
	double		bandwidth = PG_GETARG_FLOAT8(1);
	char	   *kernel = text_to_cstring(PG_GETARG_TEXT_PP(2));
	int			known = 0;

	while (known < lengthof(kernels) && strcmp(kernel, kernels[known]) != 0)
		known++;
	if (known == lengthof(kernels))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("no such kernel"),
				 errhint("Give gaussian, uniform, triangular, epanechnikov or quartic.")));
	if (!(bandwidth > 0 && isfinite(bandwidth)))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("bandwidth out of range"),
				 errhint("Give a distance above 0.")));
	for (int64 i = 0; i < n; i++)
		d[i] = kernel_at(kernel, d[i] / bandwidth);
	PG_RETURN_ARRAYTYPE_P(array);
}
