/*
 * Maps as hashes in PL/Perl
 */
#include "postgres.h"

#include "../arrays.h"

/* Perl's headers define macros that the server's do not expect: last. */
#include "plperl.h"
#if PG_VERSION_NUM < 160000
#include "plperl_helpers.h"
#endif

PG_MODULE_MAGIC;

extern PGDLLEXPORT void _PG_init(void);

void
_PG_init(void)
{
	load_redbear();
}

/*
 * reddict_to_plperl(reddict) -> reference to a hash of numbers
 */
PG_FUNCTION_INFO_V1(reddict_to_plperl);
Datum
reddict_to_plperl(PG_FUNCTION_ARGS)
{
	dTHX;
	Datum	   *keys;
	Datum	   *values;
	int			n = map_to_arrays(PG_GETARG_DATUM(0), &keys, &values);
	HV		   *hash = newHV();

	for (int i = 0; i < n; i++)
	{
		SV		   *key = cstr2sv(TextDatumGetCString(keys[i]));

		(void) hv_store_ent(hash, key, newSVnv(DatumGetFloat8(values[i])), 0);
		SvREFCNT_dec(key);
	}
	return PointerGetDatum(newRV_noinc((SV *) hash));
}

/* The number that is the value of a key: also a text that Perl takes for one. */
static float8
number(pTHX_ SV *value, const char *key)
{
	/* that of a tied variable is not there before */
	SvGETMAGIC(value);
	if (!SvOK(value))
		ereport(ERROR,
				errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
				errmsg("undefined Perl value is no number"),
				errdetail("It is the value of key \"%s\".", key));
	if (SvROK(value) || !looks_like_number(value))
		ereport(ERROR,
				errcode(ERRCODE_DATATYPE_MISMATCH),
				errmsg("Perl value \"%s\" is no number", sv2cstr(value)),
				errdetail("It is the value of key \"%s\".", key));
	return SvNV_nomg(value);
}

/*
 * plperl_to_reddict(hash, or a reference to one) -> reddict
 */
PG_FUNCTION_INFO_V1(plperl_to_reddict);
Datum
plperl_to_reddict(PG_FUNCTION_ARGS)
{
	dTHX;
	SV		   *in = (SV *) PG_GETARG_POINTER(0);
	SV		   *behind = in;
	HE		   *entry;
	Size		room = 8;
	Size		n = 0;
	Datum	   *keys = palloc(room * sizeof(Datum));
	Datum	   *values = palloc(room * sizeof(Datum));

	/* of a reference that leads to itself there is no end: what follows it half as fast is met */
	for (bool follow = false; SvROK(in); follow = !follow)
	{
		in = SvRV(in);
		if (in == behind)
			break;
		if (follow)
			behind = SvRV(behind);
	}
	if (SvTYPE(in) != SVt_PVHV)
		ereport(ERROR,
				errcode(ERRCODE_WRONG_OBJECT_TYPE),
				errmsg("Perl value is no hash, and cannot be transformed to reddict"));

	/* A tied hash does not know how many it has. */
	hv_iterinit((HV *) in);
	while ((entry = hv_iternext((HV *) in)))
	{
		SV		   *name = HeSVKEY_force(entry);
		STRLEN		length;
		char	   *bytes = SvPV(name, length);
		char	   *key;

		CHECK_FOR_INTERRUPTS();
		/* It would end there, as a C string. */
		if (memchr(bytes, 0, length))
			ereport(ERROR,
					errcode(ERRCODE_UNTRANSLATABLE_CHARACTER),
					errmsg("key of a reddict cannot contain a zero byte"));
		key = sv2cstr(name);
		if (n == room)
		{
			room *= 2;
			keys = repalloc(keys, room * sizeof(Datum));
			values = repalloc(values, room * sizeof(Datum));
		}
		keys[n] = CStringGetTextDatum(key);
		values[n++] = Float8GetDatum(number(aTHX_ hv_iterval((HV *) in, entry), key));
	}
	return map_from_arrays(fcinfo->flinfo, keys, values, n);
}
