/*
 * Maps as dicts in PL/Python
 */
#include "postgres.h"

#include "plpython.h"
#include "plpy_typeio.h"
#include "plpy_util.h"

#include "../arrays.h"

PG_MODULE_MAGIC;

extern PGDLLEXPORT void _PG_init(void);

/* PL/Python is no library to link with. */
typedef char *(*AsString) (PyObject *);
typedef PyObject *(*FromStringAndSize) (const char *, Py_ssize_t);
static AsString as_string;
static FromStringAndSize from_string_and_size;

void
_PG_init(void)
{
	as_string = (AsString)
		load_external_function("$libdir/" PLPYTHON_LIBNAME, "PLyObject_AsString", true, NULL);
	from_string_and_size = (FromStringAndSize)
		load_external_function("$libdir/" PLPYTHON_LIBNAME, "PLyUnicode_FromStringAndSize", true, NULL);
	load_redbear();
}

/*
 * reddict_to_plpython3(reddict) -> dict of float
 */
PG_FUNCTION_INFO_V1(reddict_to_plpython3);
Datum
reddict_to_plpython3(PG_FUNCTION_ARGS)
{
	Datum	   *keys;
	Datum	   *values;
	int			n = map_to_arrays(PG_GETARG_DATUM(0), &keys, &values);
	PyObject   *dict = PyDict_New();

	for (int i = 0; dict && i < n; i++)
	{
		text	   *name = DatumGetTextPP(keys[i]);
		PyObject   *key = from_string_and_size(VARDATA_ANY(name), VARSIZE_ANY_EXHDR(name));
		PyObject   *value = PyFloat_FromDouble(DatumGetFloat8(values[i]));

		if (!key || !value || PyDict_SetItem(dict, key, value) < 0)
			Py_CLEAR(dict);
		Py_XDECREF(key);
		Py_XDECREF(value);
	}
	if (!dict)
	{
		PyErr_Clear();
		ereport(ERROR,
				errcode(ERRCODE_OUT_OF_MEMORY),
				errmsg("out of memory"));
	}
	return PointerGetDatum(dict);
}

/* The number that is the value of a key: anything that float() takes but text, and no bool. */
static float8
number(PyObject *value, const char *key)
{
	float8		result = -1;

	if (!PyBool_Check(value))
	{
		result = PyFloat_AsDouble(value);
		if (result != -1 || !PyErr_Occurred())
			return result;
		if (PyErr_ExceptionMatches(PyExc_OverflowError))
		{
			PyErr_Clear();
			ereport(ERROR,
					errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
					errmsg("Python number is out of range for type double precision"),
					errdetail("It is the value of key \"%s\".", key));
		}
		PyErr_Clear();
	}
	ereport(ERROR,
			errcode(ERRCODE_DATATYPE_MISMATCH),
			errmsg("Python object of type \"%s\" is no number", Py_TYPE(value)->tp_name),
			errdetail("It is the value of key \"%s\".", key));
}

/*
 * plpython3_to_reddict(mapping) -> reddict
 *
 * Keys are str. Of two objects that become one key, the last wins.
 */
PG_FUNCTION_INFO_V1(plpython3_to_reddict);
Datum
plpython3_to_reddict(PG_FUNCTION_ARGS)
{
	PyObject   *mapping = (PyObject *) PG_GETARG_POINTER(0);
	PyObject   *items = NULL;
	volatile Datum result = (Datum) 0;

	/* Sequences pass for mappings, and the other way round, but have no items. */
	if (PyMapping_Check(mapping))
		items = PyMapping_Items(mapping);
	if (!items)
	{
		PyErr_Clear();
		ereport(ERROR,
				errcode(ERRCODE_WRONG_OBJECT_TYPE),
				errmsg("Python object of type \"%s\" is no mapping", Py_TYPE(mapping)->tp_name));
	}

	PG_TRY();
	{
		Py_ssize_t	n = PyList_Size(items);
		Datum	   *keys = palloc(n * sizeof(Datum));
		Datum	   *values = palloc(n * sizeof(Datum));

		for (Py_ssize_t i = 0; i < n; i++)
		{
			PyObject   *item = PyList_GetItem(items, i);
			PyObject   *key;
			char	   *name;

			CHECK_FOR_INTERRUPTS();
			/* a class of somebody's own may give whatever it likes */
			if (!PyTuple_Check(item) || PyTuple_Size(item) != 2)
				ereport(ERROR,
						errcode(ERRCODE_DATATYPE_MISMATCH),
						errmsg("Python object of type \"%s\" has items that are no pairs",
							   Py_TYPE(mapping)->tp_name));
			key = PyTuple_GetItem(item, 0);
			if (!PyUnicode_Check(key))
				ereport(ERROR,
						errcode(ERRCODE_DATATYPE_MISMATCH),
						errmsg("Python object of type \"%s\" is no key of a reddict",
							   Py_TYPE(key)->tp_name),
						errhint("Keys are str."));
			/* It would end there, as a C string. */
			if (PyUnicode_FindChar(key, 0, 0, PyUnicode_GetLength(key), 1) >= 0)
				ereport(ERROR,
						errcode(ERRCODE_UNTRANSLATABLE_CHARACTER),
						errmsg("key of a reddict cannot contain a zero byte"));
			name = as_string(key);
			keys[i] = CStringGetTextDatum(name);
			values[i] = Float8GetDatum(number(PyTuple_GetItem(item, 1), name));
		}
		result = map_from_arrays(fcinfo->flinfo, keys, values, n);
	}
	PG_FINALLY();
	{
		Py_DECREF(items);
	}
	PG_END_TRY();
	return result;
}
