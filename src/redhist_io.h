/*
 * redhist_io.h
 *	  The text of a redhist.
 *
 * The text is a JSON object, whose members are data points of exponential
 * histograms as OTLP writes them in JSON (ExponentialHistogramDataPoint of
 * opentelemetry/proto/metrics/v1/metrics.proto, by the JSON Protobuf encoding of
 * https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding: names in
 * lowerCamelCase, 64-bit integers as numbers or as strings, unknown names to be
 * ignored):
 *
 *		{"count": 4, "sum": 10, "scale": 6, "zeroCount": 1,
 *		 "positive": {"offset": -1, "bucketCounts": [1, 0, 2]},
 *		 "negative": ..., "min": 0, "max": 1.02, "zeroThreshold": 0.001}
 *
 * and members of redbear's own: "maxBuckets" and "maxScale", where a limit is
 * not the default one, and how many NaN, Infinity and -Infinity came besides:
 * "nanCount", "infinityCount", "minusInfinityCount".
 */
#ifndef REDBEAR_REDHIST_IO_H
#define REDBEAR_REDHIST_IO_H

/* The members of a point, and of its buckets */
typedef enum PointMember
{
	MEMBER_UNKNOWN,
	MEMBER_COUNT,
	MEMBER_SUM,
	MEMBER_SCALE,
	MEMBER_ZERO_COUNT,
	MEMBER_POSITIVE,
	MEMBER_NEGATIVE,
	MEMBER_MIN,
	MEMBER_MAX,
	MEMBER_ZERO_THRESHOLD,
	MEMBER_MAX_BUCKETS,
	MEMBER_MAX_SCALE,
	MEMBER_NAN_COUNT,
	MEMBER_INFINITY_COUNT,
	MEMBER_MINUS_INFINITY_COUNT,
	MEMBER_OFFSET,
	MEMBER_BUCKET_COUNTS
} PointMember;

static const char *const point_member_names[] = {
	[MEMBER_UNKNOWN] = NULL,
	[MEMBER_COUNT] = "count",
	[MEMBER_SUM] = "sum",
	[MEMBER_SCALE] = "scale",
	[MEMBER_ZERO_COUNT] = "zeroCount",
	[MEMBER_POSITIVE] = "positive",
	[MEMBER_NEGATIVE] = "negative",
	[MEMBER_MIN] = "min",
	[MEMBER_MAX] = "max",
	[MEMBER_ZERO_THRESHOLD] = "zeroThreshold",
	[MEMBER_MAX_BUCKETS] = "maxBuckets",
	[MEMBER_MAX_SCALE] = "maxScale",
	[MEMBER_NAN_COUNT] = "nanCount",
	[MEMBER_INFINITY_COUNT] = "infinityCount",
	[MEMBER_MINUS_INFINITY_COUNT] = "minusInfinityCount",
	[MEMBER_OFFSET] = "offset",
	[MEMBER_BUCKET_COUNTS] = "bucketCounts"
};

#endif							/* REDBEAR_REDHIST_IO_H */
