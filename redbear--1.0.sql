/* redbear--1.0.sql */

-- complain if script is sourced in psql, rather than via CREATE EXTENSION
\echo Use "CREATE EXTENSION redbear" to load this file. \quit

-- The chapters are those of doc/reference.md, in its order.
--
-- COST is in units of cpu_operator_cost, measured with maps of ten keys.
-- All is immutable but receive and send, which depend on the client's encoding,
-- and what serves ANALYZE and the planner, which look at catalogues.


--
-- reddict type
--

CREATE TYPE reddict;

CREATE FUNCTION reddict_in(cstring) RETURNS reddict
	AS 'MODULE_PATHNAME', 'reddict_in'
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100;
COMMENT ON FUNCTION reddict_in(cstring) IS 'I/O';

CREATE FUNCTION reddict_out(reddict) RETURNS cstring
	AS 'MODULE_PATHNAME', 'reddict_out'
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100;
COMMENT ON FUNCTION reddict_out(reddict) IS 'I/O';

CREATE FUNCTION reddict_recv(internal) RETURNS reddict
	AS 'MODULE_PATHNAME', 'reddict_recv'
	LANGUAGE C STABLE STRICT PARALLEL SAFE COST 100;
COMMENT ON FUNCTION reddict_recv(internal) IS 'I/O';

CREATE FUNCTION reddict_send(reddict) RETURNS bytea
	AS 'MODULE_PATHNAME', 'reddict_send'
	LANGUAGE C STABLE STRICT PARALLEL SAFE COST 30;
COMMENT ON FUNCTION reddict_send(reddict) IS 'I/O';

CREATE FUNCTION reddict_typanalyze(internal) RETURNS bool
	AS 'MODULE_PATHNAME', 'reddict_typanalyze'
	LANGUAGE C STABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION reddict_typanalyze(internal) IS 'statistics of keys, for ANALYZE';

CREATE FUNCTION reddict_support(internal) RETURNS internal
	AS 'MODULE_PATHNAME', 'reddict_support'
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION reddict_support(internal) IS 'planner support for constants that are packed';

CREATE FUNCTION reddict_inplace_support(internal) RETURNS internal
	AS 'MODULE_PATHNAME', 'reddict_inplace_support'
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION reddict_inplace_support(internal) IS 'planner support for changing a variable''s map in place';

CREATE FUNCTION reddict_step_support(internal) RETURNS internal
	AS 'MODULE_PATHNAME', 'reddict_step_support'
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION reddict_step_support(internal) IS 'planner support for evaluating expressions in one pass';

CREATE FUNCTION reddict_subscript_handler(internal) RETURNS internal
	AS 'MODULE_PATHNAME', 'reddict_subscript_handler'
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1
	SUPPORT reddict_inplace_support;
COMMENT ON FUNCTION reddict_subscript_handler(internal) IS 'subscripting support for reddict';

CREATE TYPE reddict (
	INPUT = reddict_in,
	OUTPUT = reddict_out,
	RECEIVE = reddict_recv,
	SEND = reddict_send,
	SUBSCRIPT = reddict_subscript_handler,
	ANALYZE = reddict_typanalyze,
	ALIGNMENT = int4,
	STORAGE = extended
);
COMMENT ON TYPE reddict IS 'map of text keys to double precision values';


--
-- Constructors, casts, rows and JSON
--

CREATE FUNCTION reddict(json) RETURNS reddict
	AS 'MODULE_PATHNAME', 'reddict_from_json'
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100;
COMMENT ON FUNCTION reddict(json) IS 'convert JSON object of numbers to reddict';

CREATE FUNCTION reddict(jsonb) RETURNS reddict
	AS 'MODULE_PATHNAME', 'reddict_from_jsonb'
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100;
COMMENT ON FUNCTION reddict(jsonb) IS 'convert JSON object of numbers to reddict';

CREATE FUNCTION reddict(keys text[], vals float8[]) RETURNS reddict
	AS 'MODULE_PATHNAME', 'reddict_from_arrays'
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 50;
COMMENT ON FUNCTION reddict(text[], float8[]) IS 'map of keys to the values at the same positions; of a repeated key the last wins';

CREATE FUNCTION reddict(key text, val float8) RETURNS reddict
	AS 'MODULE_PATHNAME', 'reddict_from_pair'
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 20;
COMMENT ON FUNCTION reddict(text, float8) IS 'map of one key';

CREATE FUNCTION rd_to_json(reddict) RETURNS json
	AS 'MODULE_PATHNAME', 'reddict_to_json'
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100 SUPPORT reddict_support;
COMMENT ON FUNCTION rd_to_json(reddict) IS 'convert reddict to JSON object';

CREATE FUNCTION rd_to_jsonb(reddict) RETURNS jsonb
	AS 'MODULE_PATHNAME', 'reddict_to_jsonb'
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100 SUPPORT reddict_support;
COMMENT ON FUNCTION rd_to_jsonb(reddict) IS 'convert reddict to JSON object';

CREATE CAST (json AS reddict) WITH FUNCTION reddict(json) AS ASSIGNMENT;
COMMENT ON CAST (json AS reddict) IS 'convert JSON object of numbers to reddict';

CREATE CAST (jsonb AS reddict) WITH FUNCTION reddict(jsonb) AS ASSIGNMENT;
COMMENT ON CAST (jsonb AS reddict) IS 'convert JSON object of numbers to reddict';

CREATE CAST (reddict AS json) WITH FUNCTION rd_to_json(reddict) AS ASSIGNMENT;
COMMENT ON CAST (reddict AS json) IS 'convert reddict to json';

CREATE CAST (reddict AS jsonb) WITH FUNCTION rd_to_jsonb(reddict) AS ASSIGNMENT;
COMMENT ON CAST (reddict AS jsonb) IS 'convert reddict to jsonb';

-- What the columns of a row are called, and what the input functions of their
-- types make of a number, may change between statements: not immutable.

CREATE FUNCTION rd_from_record(record) RETURNS reddict
	AS 'MODULE_PATHNAME', 'rd_from_record'
	LANGUAGE C STABLE STRICT PARALLEL SAFE COST 20;
COMMENT ON FUNCTION rd_from_record(record) IS 'map of the names of a row''s columns, all numeric, to their values; NULLs are left out';

-- not STRICT: the base may be NULL
CREATE FUNCTION rd_populate(base anyelement, m reddict) RETURNS anyelement
	AS 'MODULE_PATHNAME', 'rd_populate'
	LANGUAGE C STABLE PARALLEL SAFE COST 50 SUPPORT reddict_support;
COMMENT ON FUNCTION rd_populate(anyelement, reddict) IS 'row with the values of the keys in the columns of their names';

CREATE FUNCTION rd_from_json(j json, on_other text DEFAULT 'error', separator text DEFAULT '.') RETURNS reddict
	AS 'MODULE_PATHNAME', 'rd_from_json'
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100;
COMMENT ON FUNCTION rd_from_json(json, text, text) IS 'convert JSON object to reddict; of members that are no numbers: error, skip, flatten, arrays, strings, booleans, nulls';

CREATE FUNCTION rd_from_jsonb(j jsonb, on_other text DEFAULT 'error', separator text DEFAULT '.') RETURNS reddict
	AS 'MODULE_PATHNAME', 'rd_from_jsonb'
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100;
COMMENT ON FUNCTION rd_from_jsonb(jsonb, text, text) IS 'convert JSON object to reddict; of members that are no numbers: error, skip, flatten, arrays, strings, booleans, nulls';

CREATE FUNCTION rd_check_column(tab regclass, col name, on_other text DEFAULT 'error', separator text DEFAULT '.',
		OUT finding text, OUT key text, OUT n int8, OUT example text)
	RETURNS SETOF record
	AS 'MODULE_PATHNAME', 'rd_check_column'
	LANGUAGE C VOLATILE STRICT PARALLEL UNSAFE COST 100 ROWS 10;
COMMENT ON FUNCTION rd_check_column(regclass, name, text, text) IS 'what a sample of a column of json or jsonb would be as maps: rows that convert, members that are no numbers, numbers that change, bytes';

CREATE FUNCTION rd_to_nested(m reddict, separator text DEFAULT '.') RETURNS jsonb
	AS 'MODULE_PATHNAME', 'rd_to_nested'
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100 SUPPORT reddict_support;
COMMENT ON FUNCTION rd_to_nested(reddict, text) IS 'convert reddict to nested JSON objects: keys are taken apart at the separator';


--
-- Access
--

CREATE FUNCTION rd_fetchval(m reddict, key text) RETURNS float8
	AS 'MODULE_PATHNAME', 'rd_fetchval'
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10 SUPPORT reddict_support;
COMMENT ON FUNCTION rd_fetchval(reddict, text) IS 'implementation of -> operator';

CREATE OPERATOR -> (
	LEFTARG = reddict, RIGHTARG = text, FUNCTION = rd_fetchval
);
COMMENT ON OPERATOR -> (reddict, text) IS 'value of a key; NULL if the key is absent';

CREATE FUNCTION rd_length(reddict) RETURNS int4
	AS 'MODULE_PATHNAME', 'rd_length'
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1 SUPPORT reddict_support;
COMMENT ON FUNCTION rd_length(reddict) IS 'number of keys';

CREATE FUNCTION rd_keys(reddict) RETURNS text[]
	AS 'MODULE_PATHNAME', 'rd_keys'
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 30 SUPPORT reddict_support;
COMMENT ON FUNCTION rd_keys(reddict) IS 'keys, in byte order';

CREATE FUNCTION rd_values(reddict) RETURNS float8[]
	AS 'MODULE_PATHNAME', 'rd_values'
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 20 SUPPORT reddict_support;
COMMENT ON FUNCTION rd_values(reddict) IS 'values, in the order of the keys';

CREATE FUNCTION rd_each_support(internal) RETURNS internal
	AS 'MODULE_PATHNAME', 'rd_each_support'
	LANGUAGE C STABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION rd_each_support(internal) IS 'planner support of rd_each(reddict)';

CREATE FUNCTION rd_each(m reddict, OUT key text, OUT value float8) RETURNS SETOF record
	AS 'MODULE_PATHNAME', 'rd_each'
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 30 ROWS 10 SUPPORT rd_each_support;
COMMENT ON FUNCTION rd_each(reddict) IS 'a row for each key, in byte order';

CREATE FUNCTION rd_get(m reddict, key text, otherwise float8) RETURNS float8
	AS 'MODULE_PATHNAME', 'rd_get'
	LANGUAGE C IMMUTABLE PARALLEL SAFE COST 10 SUPPORT reddict_support;
COMMENT ON FUNCTION rd_get(reddict, text, float8) IS 'value of a key; the third argument if the key is absent';

CREATE FUNCTION rd_fetchtext(m reddict, key text) RETURNS text
	AS 'MODULE_PATHNAME', 'rd_fetchtext'
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10 SUPPORT reddict_support;
COMMENT ON FUNCTION rd_fetchtext(reddict, text) IS 'implementation of ->> operator';

CREATE OPERATOR ->> (
	LEFTARG = reddict, RIGHTARG = text, FUNCTION = rd_fetchtext
);
COMMENT ON OPERATOR ->> (reddict, text) IS 'value of a key as text; NULL if the key is absent';

CREATE FUNCTION rd_get_many(m reddict, keys text[]) RETURNS float8[]
	AS 'MODULE_PATHNAME', 'rd_get_many'
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10 SUPPORT reddict_support;
COMMENT ON FUNCTION rd_get_many(reddict, text[]) IS 'implementation of -> operator';

CREATE OPERATOR -> (
	LEFTARG = reddict, RIGHTARG = text[], FUNCTION = rd_get_many
);
COMMENT ON OPERATOR -> (reddict, text[]) IS 'values of keys; NULL where a key is absent';

CREATE FUNCTION rd_keysel(internal, oid, internal, int4) RETURNS float8
	AS 'MODULE_PATHNAME', 'rd_keysel'
	LANGUAGE C STABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION rd_keysel(internal, oid, internal, int4) IS 'restriction selectivity of ?, ?|, ?&, @> and <@';

CREATE FUNCTION rd_exists(m reddict, key text) RETURNS bool
	AS 'MODULE_PATHNAME', 'rd_exists'
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10 SUPPORT reddict_support;
COMMENT ON FUNCTION rd_exists(reddict, text) IS 'implementation of ? operator';

CREATE OPERATOR ? (
	LEFTARG = reddict, RIGHTARG = text, FUNCTION = rd_exists,
	RESTRICT = rd_keysel, JOIN = contjoinsel
);
COMMENT ON OPERATOR ? (reddict, text) IS 'is the key there?';

CREATE FUNCTION rd_exists_any(m reddict, keys text[]) RETURNS bool
	AS 'MODULE_PATHNAME', 'rd_exists_any'
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10 SUPPORT reddict_support;
COMMENT ON FUNCTION rd_exists_any(reddict, text[]) IS 'implementation of ?| operator';

CREATE OPERATOR ?| (
	LEFTARG = reddict, RIGHTARG = text[], FUNCTION = rd_exists_any,
	RESTRICT = rd_keysel, JOIN = contjoinsel
);
COMMENT ON OPERATOR ?| (reddict, text[]) IS 'is any of the keys there?';

CREATE FUNCTION rd_exists_all(m reddict, keys text[]) RETURNS bool
	AS 'MODULE_PATHNAME', 'rd_exists_all'
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10 SUPPORT reddict_support;
COMMENT ON FUNCTION rd_exists_all(reddict, text[]) IS 'implementation of ?& operator';

CREATE OPERATOR ?& (
	LEFTARG = reddict, RIGHTARG = text[], FUNCTION = rd_exists_all,
	RESTRICT = rd_keysel, JOIN = contjoinsel
);
COMMENT ON OPERATOR ?& (reddict, text[]) IS 'are all of the keys there?';

CREATE FUNCTION rd_contains(reddict, reddict) RETURNS bool
	AS 'MODULE_PATHNAME', 'rd_contains'
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10 SUPPORT reddict_support;
COMMENT ON FUNCTION rd_contains(reddict, reddict) IS 'implementation of @> operator';

CREATE OPERATOR @> (
	LEFTARG = reddict, RIGHTARG = reddict, FUNCTION = rd_contains,
	COMMUTATOR = <@,
	RESTRICT = rd_keysel, JOIN = contjoinsel
);
COMMENT ON OPERATOR @> (reddict, reddict) IS 'has the left all pairs of the right?';

CREATE FUNCTION rd_contained(reddict, reddict) RETURNS bool
	AS 'MODULE_PATHNAME', 'rd_contained'
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10 SUPPORT reddict_support;
COMMENT ON FUNCTION rd_contained(reddict, reddict) IS 'implementation of <@ operator';

CREATE OPERATOR <@ (
	LEFTARG = reddict, RIGHTARG = reddict, FUNCTION = rd_contained,
	COMMUTATOR = @>,
	RESTRICT = rd_keysel, JOIN = contjoinsel
);
COMMENT ON OPERATOR <@ (reddict, reddict) IS 'has the right all pairs of the left?';


--
-- Arithmetic
--

CREATE FUNCTION reddict_pl(reddict, reddict) RETURNS reddict
	AS 'MODULE_PATHNAME', 'reddict_pl'
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10
	SUPPORT reddict_step_support;
COMMENT ON FUNCTION reddict_pl(reddict, reddict) IS 'implementation of + operator';

CREATE OPERATOR + (
	LEFTARG = reddict, RIGHTARG = reddict, FUNCTION = reddict_pl,
	COMMUTATOR = +
);
COMMENT ON OPERATOR + (reddict, reddict) IS 'sum, key by key; a key that one side lacks counts as 0';

CREATE FUNCTION reddict_mi(reddict, reddict) RETURNS reddict
	AS 'MODULE_PATHNAME', 'reddict_mi'
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10
	SUPPORT reddict_step_support;
COMMENT ON FUNCTION reddict_mi(reddict, reddict) IS 'implementation of - operator';

CREATE OPERATOR - (
	LEFTARG = reddict, RIGHTARG = reddict, FUNCTION = reddict_mi
);
COMMENT ON OPERATOR - (reddict, reddict) IS 'difference, key by key; a key that one side lacks counts as 0';

CREATE FUNCTION reddict_mul(reddict, reddict) RETURNS reddict
	AS 'MODULE_PATHNAME', 'reddict_mul'
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10
	SUPPORT reddict_step_support;
COMMENT ON FUNCTION reddict_mul(reddict, reddict) IS 'implementation of * operator';

CREATE OPERATOR * (
	LEFTARG = reddict, RIGHTARG = reddict, FUNCTION = reddict_mul,
	COMMUTATOR = *
);
COMMENT ON OPERATOR * (reddict, reddict) IS 'product of the values of each key that both sides have';

CREATE FUNCTION reddict_div(reddict, reddict) RETURNS reddict
	AS 'MODULE_PATHNAME', 'reddict_div'
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10
	SUPPORT reddict_step_support;
COMMENT ON FUNCTION reddict_div(reddict, reddict) IS 'implementation of / operator';

CREATE OPERATOR / (
	LEFTARG = reddict, RIGHTARG = reddict, FUNCTION = reddict_div
);
COMMENT ON OPERATOR / (reddict, reddict) IS 'quotient of the values of each key that both sides have';

CREATE FUNCTION reddict_pl_float8(reddict, float8) RETURNS reddict
	AS 'MODULE_PATHNAME', 'reddict_pl_float8'
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10
	SUPPORT reddict_step_support;
COMMENT ON FUNCTION reddict_pl_float8(reddict, float8) IS 'implementation of + operator';

CREATE OPERATOR + (
	LEFTARG = reddict, RIGHTARG = float8, FUNCTION = reddict_pl_float8,
	COMMUTATOR = +
);
COMMENT ON OPERATOR + (reddict, float8) IS 'add number to each value';

CREATE FUNCTION float8_pl_reddict(float8, reddict) RETURNS reddict
	AS 'MODULE_PATHNAME', 'float8_pl_reddict'
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10
	SUPPORT reddict_step_support;
COMMENT ON FUNCTION float8_pl_reddict(float8, reddict) IS 'implementation of + operator';

CREATE OPERATOR + (
	LEFTARG = float8, RIGHTARG = reddict, FUNCTION = float8_pl_reddict,
	COMMUTATOR = +
);
COMMENT ON OPERATOR + (float8, reddict) IS 'add each value to number';

CREATE FUNCTION reddict_mi_float8(reddict, float8) RETURNS reddict
	AS 'MODULE_PATHNAME', 'reddict_mi_float8'
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10
	SUPPORT reddict_step_support;
COMMENT ON FUNCTION reddict_mi_float8(reddict, float8) IS 'implementation of - operator';

CREATE OPERATOR - (
	LEFTARG = reddict, RIGHTARG = float8, FUNCTION = reddict_mi_float8
);
COMMENT ON OPERATOR - (reddict, float8) IS 'subtract number from each value';

CREATE FUNCTION float8_mi_reddict(float8, reddict) RETURNS reddict
	AS 'MODULE_PATHNAME', 'float8_mi_reddict'
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10
	SUPPORT reddict_step_support;
COMMENT ON FUNCTION float8_mi_reddict(float8, reddict) IS 'implementation of - operator';

CREATE OPERATOR - (
	LEFTARG = float8, RIGHTARG = reddict, FUNCTION = float8_mi_reddict
);
COMMENT ON OPERATOR - (float8, reddict) IS 'subtract each value from number';

CREATE FUNCTION reddict_mul_float8(reddict, float8) RETURNS reddict
	AS 'MODULE_PATHNAME', 'reddict_mul_float8'
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10
	SUPPORT reddict_step_support;
COMMENT ON FUNCTION reddict_mul_float8(reddict, float8) IS 'implementation of * operator';

CREATE OPERATOR * (
	LEFTARG = reddict, RIGHTARG = float8, FUNCTION = reddict_mul_float8,
	COMMUTATOR = *
);
COMMENT ON OPERATOR * (reddict, float8) IS 'multiply each value by number';

CREATE FUNCTION float8_mul_reddict(float8, reddict) RETURNS reddict
	AS 'MODULE_PATHNAME', 'float8_mul_reddict'
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10
	SUPPORT reddict_step_support;
COMMENT ON FUNCTION float8_mul_reddict(float8, reddict) IS 'implementation of * operator';

CREATE OPERATOR * (
	LEFTARG = float8, RIGHTARG = reddict, FUNCTION = float8_mul_reddict,
	COMMUTATOR = *
);
COMMENT ON OPERATOR * (float8, reddict) IS 'multiply number by each value';

CREATE FUNCTION reddict_div_float8(reddict, float8) RETURNS reddict
	AS 'MODULE_PATHNAME', 'reddict_div_float8'
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10
	SUPPORT reddict_step_support;
COMMENT ON FUNCTION reddict_div_float8(reddict, float8) IS 'implementation of / operator';

CREATE OPERATOR / (
	LEFTARG = reddict, RIGHTARG = float8, FUNCTION = reddict_div_float8
);
COMMENT ON OPERATOR / (reddict, float8) IS 'divide each value by number';

CREATE FUNCTION float8_div_reddict(float8, reddict) RETURNS reddict
	AS 'MODULE_PATHNAME', 'float8_div_reddict'
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10
	SUPPORT reddict_step_support;
COMMENT ON FUNCTION float8_div_reddict(float8, reddict) IS 'implementation of / operator';

CREATE OPERATOR / (
	LEFTARG = float8, RIGHTARG = reddict, FUNCTION = float8_div_reddict
);
COMMENT ON OPERATOR / (float8, reddict) IS 'divide number by each value';

CREATE FUNCTION reddict_um(reddict) RETURNS reddict
	AS 'MODULE_PATHNAME', 'reddict_um'
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10
	SUPPORT reddict_step_support;
COMMENT ON FUNCTION reddict_um(reddict) IS 'implementation of - operator';

CREATE OPERATOR - (
	RIGHTARG = reddict, FUNCTION = reddict_um
);
COMMENT ON OPERATOR - (NONE, reddict) IS 'negate each value';

CREATE FUNCTION reddict_concat(reddict, reddict) RETURNS reddict
	AS 'MODULE_PATHNAME', 'reddict_concat'
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10
	SUPPORT reddict_step_support;
COMMENT ON FUNCTION reddict_concat(reddict, reddict) IS 'implementation of || operator';

CREATE OPERATOR || (
	LEFTARG = reddict, RIGHTARG = reddict, FUNCTION = reddict_concat
);
COMMENT ON OPERATOR || (reddict, reddict) IS 'keys of either side; the right side''s value where both have the key';

CREATE FUNCTION rd_add(a reddict, b reddict, fill float8 DEFAULT 0, keys text DEFAULT 'left') RETURNS reddict
	AS 'MODULE_PATHNAME', 'rd_add'
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10
	SUPPORT reddict_step_support;
COMMENT ON FUNCTION rd_add(reddict, reddict, float8, text) IS 'sum, key by key, for the keys of the left, right, both or either side; fill stands in for an absent value';

CREATE FUNCTION rd_subtract(a reddict, b reddict, fill float8 DEFAULT 0, keys text DEFAULT 'left') RETURNS reddict
	AS 'MODULE_PATHNAME', 'rd_subtract'
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10
	SUPPORT reddict_step_support;
COMMENT ON FUNCTION rd_subtract(reddict, reddict, float8, text) IS 'difference, key by key, for the keys of the left, right, both or either side; fill stands in for an absent value';

CREATE FUNCTION rd_multiply(a reddict, b reddict, fill float8 DEFAULT 1, keys text DEFAULT 'left') RETURNS reddict
	AS 'MODULE_PATHNAME', 'rd_multiply'
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10
	SUPPORT reddict_step_support;
COMMENT ON FUNCTION rd_multiply(reddict, reddict, float8, text) IS 'product, key by key, for the keys of the left, right, both or either side; fill stands in for an absent value';

CREATE FUNCTION rd_divide(a reddict, b reddict, fill float8 DEFAULT 1, keys text DEFAULT 'left', on_zero text DEFAULT 'error') RETURNS reddict
	AS 'MODULE_PATHNAME', 'rd_divide'
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10
	SUPPORT reddict_step_support;
COMMENT ON FUNCTION rd_divide(reddict, reddict, float8, text, text) IS 'quotient, key by key, for the keys of the left, right, both or either side; fill stands in for an absent value; on_zero is error, skip or a number';


--
-- Functions of keys and pairs
--

CREATE FUNCTION rd_slice(m reddict, keys text[]) RETURNS reddict
	AS 'MODULE_PATHNAME', 'rd_slice'
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION rd_slice(reddict, text[]) IS 'the pairs of these keys';

CREATE FUNCTION rd_delete(m reddict, key text) RETURNS reddict
	AS 'MODULE_PATHNAME', 'rd_delete'
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION rd_delete(reddict, text) IS 'all pairs but that of the key';

CREATE FUNCTION rd_delete(m reddict, keys text[]) RETURNS reddict
	AS 'MODULE_PATHNAME', 'rd_delete_keys'
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION rd_delete(reddict, text[]) IS 'implementation of - operator';

CREATE OPERATOR - (
	LEFTARG = reddict, RIGHTARG = text[], FUNCTION = rd_delete
);
COMMENT ON OPERATOR - (reddict, text[]) IS 'all pairs but those of the keys';

CREATE FUNCTION rd_prefix(m reddict, prefix text) RETURNS reddict
	AS 'MODULE_PATHNAME', 'rd_prefix'
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION rd_prefix(reddict, text) IS 'the pairs whose keys begin with the prefix';

CREATE FUNCTION rd_like(m reddict, pattern text) RETURNS reddict
	AS 'MODULE_PATHNAME', 'rd_like'
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 20;
COMMENT ON FUNCTION rd_like(reddict, text) IS 'the pairs whose keys match a LIKE pattern';

CREATE FUNCTION rd_not_like(m reddict, pattern text) RETURNS reddict
	AS 'MODULE_PATHNAME', 'rd_not_like'
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 20;
COMMENT ON FUNCTION rd_not_like(reddict, text) IS 'the pairs whose keys do not match a LIKE pattern';

CREATE FUNCTION rd_regexp(m reddict, pattern text, flags text DEFAULT '') RETURNS reddict
	AS 'MODULE_PATHNAME', 'rd_regexp'
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 20;
COMMENT ON FUNCTION rd_regexp(reddict, text, text) IS 'the pairs whose keys match a regular expression';

CREATE FUNCTION rd_not_regexp(m reddict, pattern text, flags text DEFAULT '') RETURNS reddict
	AS 'MODULE_PATHNAME', 'rd_not_regexp'
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 20;
COMMENT ON FUNCTION rd_not_regexp(reddict, text, text) IS 'the pairs whose keys do not match a regular expression';

CREATE FUNCTION rd_between(m reddict, lo float8, hi float8) RETURNS reddict
	AS 'MODULE_PATHNAME', 'rd_between'
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION rd_between(reddict, float8, float8) IS 'the pairs whose values are between the bounds, inclusively';

CREATE FUNCTION rd_compact(reddict) RETURNS reddict
	AS 'MODULE_PATHNAME', 'rd_compact'
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION rd_compact(reddict) IS 'the pairs whose values are not 0';

CREATE FUNCTION rd_above(m reddict, limits reddict) RETURNS reddict
	AS 'MODULE_PATHNAME', 'rd_above'
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION rd_above(reddict, reddict) IS 'the pairs whose values are greater than those of the same keys in limits';

CREATE FUNCTION rd_below(m reddict, limits reddict) RETURNS reddict
	AS 'MODULE_PATHNAME', 'rd_below'
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION rd_below(reddict, reddict) IS 'the pairs whose values are less than those of the same keys in limits';

CREATE FUNCTION rd_rename(m reddict, "from" text[], "to" text[]) RETURNS reddict
	AS 'MODULE_PATHNAME', 'rd_rename'
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION rd_rename(reddict, text[], text[]) IS 'keys renamed; the values of keys that meet are added';

CREATE FUNCTION rd_group_keys(m reddict, separator text DEFAULT '.', depth int4 DEFAULT 1) RETURNS reddict
	AS 'MODULE_PATHNAME', 'rd_group_keys'
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION rd_group_keys(reddict, text, int4) IS 'keys cut off after so many segments; the values of keys that meet are added';

CREATE FUNCTION rd_reindex(m reddict, keys text[], fill float8 DEFAULT 0) RETURNS reddict
	AS 'MODULE_PATHNAME', 'rd_reindex'
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION rd_reindex(reddict, text[], float8) IS 'exactly these keys; absent ones get the fill value';

CREATE FUNCTION rd_top(m reddict, n int4) RETURNS reddict
	AS 'MODULE_PATHNAME', 'rd_top'
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION rd_top(reddict, int4) IS 'the n pairs with the largest values';

CREATE FUNCTION rd_bottom(m reddict, n int4) RETURNS reddict
	AS 'MODULE_PATHNAME', 'rd_bottom'
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION rd_bottom(reddict, int4) IS 'the n pairs with the smallest values';

CREATE FUNCTION rd_top_keys(m reddict, n int4) RETURNS text[]
	AS 'MODULE_PATHNAME', 'rd_top_keys'
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10 SUPPORT reddict_support;
COMMENT ON FUNCTION rd_top_keys(reddict, int4) IS 'the keys of the n largest values, largest first';


--
-- Functions of values
--

CREATE FUNCTION rd_reset(m reddict, v float8) RETURNS reddict
	AS 'MODULE_PATHNAME', 'rd_reset'
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10
	SUPPORT reddict_step_support;
COMMENT ON FUNCTION rd_reset(reddict, float8) IS 'the same keys, each with the given value';

CREATE FUNCTION rd_greatest(reddict, reddict) RETURNS reddict
	AS 'MODULE_PATHNAME', 'rd_greatest'
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10
	SUPPORT reddict_step_support;
COMMENT ON FUNCTION rd_greatest(reddict, reddict) IS 'greatest value of each key; of the side that has it';

CREATE FUNCTION rd_least(reddict, reddict) RETURNS reddict
	AS 'MODULE_PATHNAME', 'rd_least'
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10
	SUPPORT reddict_step_support;
COMMENT ON FUNCTION rd_least(reddict, reddict) IS 'least value of each key; of the side that has it';

CREATE FUNCTION rd_abs(reddict) RETURNS reddict
	AS 'MODULE_PATHNAME', 'rd_abs'
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10
	SUPPORT reddict_step_support;
COMMENT ON FUNCTION rd_abs(reddict) IS 'absolute value of each value';

CREATE FUNCTION rd_round(reddict) RETURNS reddict
	AS 'MODULE_PATHNAME', 'rd_round'
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10
	SUPPORT reddict_step_support;
COMMENT ON FUNCTION rd_round(reddict) IS 'each value rounded to the nearest integer';

CREATE FUNCTION rd_floor(reddict) RETURNS reddict
	AS 'MODULE_PATHNAME', 'rd_floor'
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10
	SUPPORT reddict_step_support;
COMMENT ON FUNCTION rd_floor(reddict) IS 'nearest integer that is not greater, of each value';

CREATE FUNCTION rd_ceil(reddict) RETURNS reddict
	AS 'MODULE_PATHNAME', 'rd_ceil'
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10
	SUPPORT reddict_step_support;
COMMENT ON FUNCTION rd_ceil(reddict) IS 'nearest integer that is not less, of each value';

CREATE FUNCTION rd_sqrt(reddict) RETURNS reddict
	AS 'MODULE_PATHNAME', 'rd_sqrt'
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10
	SUPPORT reddict_step_support;
COMMENT ON FUNCTION rd_sqrt(reddict) IS 'square root of each value';

CREATE FUNCTION rd_ln(reddict) RETURNS reddict
	AS 'MODULE_PATHNAME', 'rd_ln'
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10
	SUPPORT reddict_step_support;
COMMENT ON FUNCTION rd_ln(reddict) IS 'natural logarithm of each value';

CREATE FUNCTION rd_exp(reddict) RETURNS reddict
	AS 'MODULE_PATHNAME', 'rd_exp'
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10
	SUPPORT reddict_step_support;
COMMENT ON FUNCTION rd_exp(reddict) IS 'e raised to each value';

CREATE FUNCTION rd_sign(reddict) RETURNS reddict
	AS 'MODULE_PATHNAME', 'rd_sign'
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10
	SUPPORT reddict_step_support;
COMMENT ON FUNCTION rd_sign(reddict) IS 'sign of each value: -1, 0 or 1';

CREATE FUNCTION rd_trunc(reddict) RETURNS reddict
	AS 'MODULE_PATHNAME', 'rd_trunc'
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10
	SUPPORT reddict_step_support;
COMMENT ON FUNCTION rd_trunc(reddict) IS 'each value without its fraction';

CREATE FUNCTION rd_cbrt(reddict) RETURNS reddict
	AS 'MODULE_PATHNAME', 'rd_cbrt'
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10
	SUPPORT reddict_step_support;
COMMENT ON FUNCTION rd_cbrt(reddict) IS 'cube root of each value';

CREATE FUNCTION rd_log(reddict) RETURNS reddict
	AS 'MODULE_PATHNAME', 'rd_log'
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10
	SUPPORT reddict_step_support;
COMMENT ON FUNCTION rd_log(reddict) IS 'base 10 logarithm of each value';

CREATE FUNCTION rd_cumsum(reddict) RETURNS reddict
	AS 'MODULE_PATHNAME', 'rd_cumsum'
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION rd_cumsum(reddict) IS 'running sum of the values, in the order of the keys';

CREATE FUNCTION rd_increase(now reddict, before reddict) RETURNS reddict
	AS 'MODULE_PATHNAME', 'rd_increase'
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION rd_increase(reddict, reddict) IS 'increases of counters, which begin again at 0 where they went down';

CREATE FUNCTION rd_round(m reddict, digits int4) RETURNS reddict
	AS 'MODULE_PATHNAME', 'rd_round_digits'
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10
	SUPPORT reddict_step_support;
COMMENT ON FUNCTION rd_round(reddict, int4) IS 'each value rounded to decimal places';

CREATE FUNCTION rd_power(m reddict, p float8) RETURNS reddict
	AS 'MODULE_PATHNAME', 'rd_power'
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10
	SUPPORT reddict_step_support;
COMMENT ON FUNCTION rd_power(reddict, float8) IS 'implementation of ^ operator';

CREATE OPERATOR ^ (
	LEFTARG = reddict, RIGHTARG = float8, FUNCTION = rd_power
);
COMMENT ON OPERATOR ^ (reddict, float8) IS 'each value raised to a power';

CREATE FUNCTION rd_mod(m reddict, s float8) RETURNS reddict
	AS 'MODULE_PATHNAME', 'rd_mod'
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10
	SUPPORT reddict_step_support;
COMMENT ON FUNCTION rd_mod(reddict, float8) IS 'implementation of % operator';

CREATE OPERATOR % (
	LEFTARG = reddict, RIGHTARG = float8, FUNCTION = rd_mod
);
COMMENT ON OPERATOR % (reddict, float8) IS 'remainder of each value divided by a number';

CREATE FUNCTION rd_clamp(m reddict, lo float8, hi float8) RETURNS reddict
	AS 'MODULE_PATHNAME', 'rd_clamp'
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10
	SUPPORT reddict_step_support;
COMMENT ON FUNCTION rd_clamp(reddict, float8, float8) IS 'each value, or the bound that it is beyond';

CREATE FUNCTION rd_normalize(reddict) RETURNS reddict
	AS 'MODULE_PATHNAME', 'rd_normalize'
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION rd_normalize(reddict) IS 'each value divided by the sum of all';


--
-- Expressions in one pass: what the planner makes of several of the functions
-- above.  Nobody else calls these, since there are no values of the type but
-- those that the planner makes.
--

CREATE TYPE rd_program;

CREATE FUNCTION rd_program_in(cstring) RETURNS rd_program
	AS 'MODULE_PATHNAME', 'rd_program_in'
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION rd_program_in(cstring) IS 'I/O: there is no input';

CREATE FUNCTION rd_program_out(rd_program) RETURNS cstring
	AS 'MODULE_PATHNAME', 'rd_program_out'
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION rd_program_out(rd_program) IS 'I/O: an expression, for EXPLAIN';

CREATE TYPE rd_program (
	INPUT = rd_program_in,
	OUTPUT = rd_program_out,
	INTERNALLENGTH = VARIABLE,
	ALIGNMENT = double,
	STORAGE = plain
);
COMMENT ON TYPE rd_program IS 'expression over maps, in plans';

CREATE FUNCTION rd_evaluate(rd_program, VARIADIC "any") RETURNS reddict
	AS 'MODULE_PATHNAME', 'rd_evaluate'
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 20 SUPPORT reddict_step_support;
COMMENT ON FUNCTION rd_evaluate(rd_program, "any") IS 'map that an expression gives; in plans only';

CREATE FUNCTION rd_evaluate_number(rd_program, VARIADIC "any") RETURNS float8
	AS 'MODULE_PATHNAME', 'rd_evaluate_number'
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 20 SUPPORT reddict_support;
COMMENT ON FUNCTION rd_evaluate_number(rd_program, "any") IS 'number that an expression gives; in plans only';

CREATE FUNCTION rd_evaluate_text(rd_program, VARIADIC "any") RETURNS text
	AS 'MODULE_PATHNAME', 'rd_evaluate_text'
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 20 SUPPORT reddict_support;
COMMENT ON FUNCTION rd_evaluate_text(rd_program, "any") IS 'text that an expression gives; in plans only';


--
-- Functions from maps to numbers
--

CREATE FUNCTION rd_sum(reddict) RETURNS float8
	AS 'MODULE_PATHNAME', 'rd_sum'
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10 SUPPORT reddict_support;
COMMENT ON FUNCTION rd_sum(reddict) IS 'sum of the values; 0 for an empty map';

CREATE FUNCTION rd_product(reddict) RETURNS float8
	AS 'MODULE_PATHNAME', 'rd_product'
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10 SUPPORT reddict_support;
COMMENT ON FUNCTION rd_product(reddict) IS 'product of the values; 1 for an empty map';

CREATE FUNCTION rd_min(reddict) RETURNS float8
	AS 'MODULE_PATHNAME', 'rd_min'
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10 SUPPORT reddict_support;
COMMENT ON FUNCTION rd_min(reddict) IS 'least value; NULL for an empty map';

CREATE FUNCTION rd_max(reddict) RETURNS float8
	AS 'MODULE_PATHNAME', 'rd_max'
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10 SUPPORT reddict_support;
COMMENT ON FUNCTION rd_max(reddict) IS 'greatest value; NULL for an empty map';

CREATE FUNCTION rd_avg(reddict) RETURNS float8
	AS 'MODULE_PATHNAME', 'rd_avg'
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10 SUPPORT reddict_support;
COMMENT ON FUNCTION rd_avg(reddict) IS 'average of the values; NULL for an empty map';

CREATE FUNCTION rd_stddev_pop(reddict) RETURNS float8
	AS 'MODULE_PATHNAME', 'rd_stddev_pop'
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10 SUPPORT reddict_support;
COMMENT ON FUNCTION rd_stddev_pop(reddict) IS 'population standard deviation of the values';

CREATE FUNCTION rd_stddev_samp(reddict) RETURNS float8
	AS 'MODULE_PATHNAME', 'rd_stddev_samp'
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10 SUPPORT reddict_support;
COMMENT ON FUNCTION rd_stddev_samp(reddict) IS 'sample standard deviation of the values';

CREATE FUNCTION rd_median(reddict) RETURNS float8
	AS 'MODULE_PATHNAME', 'rd_median'
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10 SUPPORT reddict_support;
COMMENT ON FUNCTION rd_median(reddict) IS 'median of the values; NULL for an empty map';

CREATE FUNCTION rd_percentile(m reddict, fraction float8) RETURNS float8
	AS 'MODULE_PATHNAME', 'rd_percentile'
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10 SUPPORT reddict_support;
COMMENT ON FUNCTION rd_percentile(reddict, float8) IS 'value below which a fraction of the values are; NULL for an empty map';

CREATE FUNCTION rd_norm(reddict) RETURNS float8
	AS 'MODULE_PATHNAME', 'rd_norm'
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10 SUPPORT reddict_support;
COMMENT ON FUNCTION rd_norm(reddict) IS 'Euclidean norm of the values';

CREATE FUNCTION rd_argmin(reddict) RETURNS text
	AS 'MODULE_PATHNAME', 'rd_argmin'
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10 SUPPORT reddict_support;
COMMENT ON FUNCTION rd_argmin(reddict) IS 'key of the least value, the first of several';

CREATE FUNCTION rd_argmax(reddict) RETURNS text
	AS 'MODULE_PATHNAME', 'rd_argmax'
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10 SUPPORT reddict_support;
COMMENT ON FUNCTION rd_argmax(reddict) IS 'key of the greatest value, the first of several';

CREATE FUNCTION rd_dot(reddict, reddict) RETURNS float8
	AS 'MODULE_PATHNAME', 'rd_dot'
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10 SUPPORT reddict_support;
COMMENT ON FUNCTION rd_dot(reddict, reddict) IS 'sum of the products of the values of each key';

CREATE FUNCTION rd_cosine(reddict, reddict) RETURNS float8
	AS 'MODULE_PATHNAME', 'rd_cosine'
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10 SUPPORT reddict_support;
COMMENT ON FUNCTION rd_cosine(reddict, reddict) IS 'cosine of the angle between two maps';

CREATE FUNCTION rd_distance(reddict, reddict) RETURNS float8
	AS 'MODULE_PATHNAME', 'rd_distance'
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10 SUPPORT reddict_support;
COMMENT ON FUNCTION rd_distance(reddict, reddict) IS 'Euclidean distance of two maps';


--
-- Comparison
--

CREATE FUNCTION reddict_eq(reddict, reddict) RETURNS bool
	AS 'MODULE_PATHNAME', 'reddict_eq'
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 20 SUPPORT reddict_support;
COMMENT ON FUNCTION reddict_eq(reddict, reddict) IS 'implementation of = operator';

CREATE FUNCTION reddict_ne(reddict, reddict) RETURNS bool
	AS 'MODULE_PATHNAME', 'reddict_ne'
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 20 SUPPORT reddict_support;
COMMENT ON FUNCTION reddict_ne(reddict, reddict) IS 'implementation of <> operator';

CREATE FUNCTION reddict_lt(reddict, reddict) RETURNS bool
	AS 'MODULE_PATHNAME', 'reddict_lt'
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 20 SUPPORT reddict_support;
COMMENT ON FUNCTION reddict_lt(reddict, reddict) IS 'implementation of < operator';

CREATE FUNCTION reddict_le(reddict, reddict) RETURNS bool
	AS 'MODULE_PATHNAME', 'reddict_le'
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 20 SUPPORT reddict_support;
COMMENT ON FUNCTION reddict_le(reddict, reddict) IS 'implementation of <= operator';

CREATE FUNCTION reddict_gt(reddict, reddict) RETURNS bool
	AS 'MODULE_PATHNAME', 'reddict_gt'
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 20 SUPPORT reddict_support;
COMMENT ON FUNCTION reddict_gt(reddict, reddict) IS 'implementation of > operator';

CREATE FUNCTION reddict_ge(reddict, reddict) RETURNS bool
	AS 'MODULE_PATHNAME', 'reddict_ge'
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 20 SUPPORT reddict_support;
COMMENT ON FUNCTION reddict_ge(reddict, reddict) IS 'implementation of >= operator';

CREATE OPERATOR = (
	LEFTARG = reddict, RIGHTARG = reddict, FUNCTION = reddict_eq,
	COMMUTATOR = =, NEGATOR = <>,
	RESTRICT = eqsel, JOIN = eqjoinsel,
	HASHES, MERGES
);
COMMENT ON OPERATOR = (reddict, reddict) IS 'equal: the same keys with equal values';

CREATE OPERATOR <> (
	LEFTARG = reddict, RIGHTARG = reddict, FUNCTION = reddict_ne,
	COMMUTATOR = <>, NEGATOR = =,
	RESTRICT = neqsel, JOIN = neqjoinsel
);
COMMENT ON OPERATOR <> (reddict, reddict) IS 'not equal';

CREATE OPERATOR < (
	LEFTARG = reddict, RIGHTARG = reddict, FUNCTION = reddict_lt,
	COMMUTATOR = >, NEGATOR = >=,
	RESTRICT = scalarltsel, JOIN = scalarltjoinsel
);
COMMENT ON OPERATOR < (reddict, reddict) IS 'less than';

CREATE OPERATOR <= (
	LEFTARG = reddict, RIGHTARG = reddict, FUNCTION = reddict_le,
	COMMUTATOR = >=, NEGATOR = >,
	RESTRICT = scalarlesel, JOIN = scalarlejoinsel
);
COMMENT ON OPERATOR <= (reddict, reddict) IS 'less than or equal';

CREATE OPERATOR > (
	LEFTARG = reddict, RIGHTARG = reddict, FUNCTION = reddict_gt,
	COMMUTATOR = <, NEGATOR = <=,
	RESTRICT = scalargtsel, JOIN = scalargtjoinsel
);
COMMENT ON OPERATOR > (reddict, reddict) IS 'greater than';

CREATE OPERATOR >= (
	LEFTARG = reddict, RIGHTARG = reddict, FUNCTION = reddict_ge,
	COMMUTATOR = <=, NEGATOR = <,
	RESTRICT = scalargesel, JOIN = scalargejoinsel
);
COMMENT ON OPERATOR >= (reddict, reddict) IS 'greater than or equal';

CREATE FUNCTION reddict_cmp(reddict, reddict) RETURNS int4
	AS 'MODULE_PATHNAME', 'reddict_cmp'
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10 SUPPORT reddict_support;
COMMENT ON FUNCTION reddict_cmp(reddict, reddict) IS 'less-equal-greater: by number of keys, then keys, then values';

CREATE FUNCTION reddict_hash(reddict) RETURNS int4
	AS 'MODULE_PATHNAME', 'reddict_hash'
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 20 SUPPORT reddict_support;
COMMENT ON FUNCTION reddict_hash(reddict) IS 'hash';

CREATE FUNCTION reddict_hash_extended(m reddict, seed int8) RETURNS int8
	AS 'MODULE_PATHNAME', 'reddict_hash_extended'
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 20 SUPPORT reddict_support;
COMMENT ON FUNCTION reddict_hash_extended(reddict, int8) IS 'hash';

CREATE OPERATOR FAMILY reddict_ops USING btree;
COMMENT ON OPERATOR FAMILY reddict_ops USING btree IS 'order of reddict';
CREATE OPERATOR CLASS reddict_ops
	DEFAULT FOR TYPE reddict USING btree FAMILY reddict_ops AS
	OPERATOR 1 <,
	OPERATOR 2 <=,
	OPERATOR 3 =,
	OPERATOR 4 >=,
	OPERATOR 5 >,
	FUNCTION 1 reddict_cmp(reddict, reddict);
COMMENT ON OPERATOR CLASS reddict_ops USING btree IS 'order of reddict';

CREATE OPERATOR FAMILY reddict_ops USING hash;
COMMENT ON OPERATOR FAMILY reddict_ops USING hash IS 'equality of reddict';
CREATE OPERATOR CLASS reddict_ops
	DEFAULT FOR TYPE reddict USING hash FAMILY reddict_ops AS
	OPERATOR 1 =,
	FUNCTION 1 reddict_hash(reddict),
	FUNCTION 2 reddict_hash_extended(reddict, int8);
COMMENT ON OPERATOR CLASS reddict_ops USING hash IS 'equality of reddict';


--
-- Indexing
--

CREATE FUNCTION reddict_gin_extract_value(reddict, internal, internal) RETURNS internal
	AS 'MODULE_PATHNAME', 'reddict_gin_extract_value'
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 30;
COMMENT ON FUNCTION reddict_gin_extract_value(reddict, internal, internal) IS 'GIN support';

CREATE FUNCTION reddict_gin_extract_query(reddict, internal, int2, internal, internal, internal, internal) RETURNS internal
	AS 'MODULE_PATHNAME', 'reddict_gin_extract_query'
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION reddict_gin_extract_query(reddict, internal, int2, internal, internal, internal, internal) IS 'GIN support';

CREATE FUNCTION reddict_gin_triconsistent(internal, int2, reddict, int4, internal, internal, internal) RETURNS "char"
	AS 'MODULE_PATHNAME', 'reddict_gin_triconsistent'
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION reddict_gin_triconsistent(internal, int2, reddict, int4, internal, internal, internal) IS 'GIN support';

-- The numbers of the operators are jsonb_ops'.
CREATE OPERATOR FAMILY reddict_ops USING gin;
COMMENT ON OPERATOR FAMILY reddict_ops USING gin IS 'keys of reddict';
CREATE OPERATOR CLASS reddict_ops
	DEFAULT FOR TYPE reddict USING gin FAMILY reddict_ops AS
	OPERATOR 9 ? (reddict, text),
	OPERATOR 10 ?| (reddict, text[]),
	OPERATOR 11 ?& (reddict, text[]),
	FUNCTION 1 bttext_pattern_cmp(text, text),
	FUNCTION 2 reddict_gin_extract_value(reddict, internal, internal),
	FUNCTION 3 reddict_gin_extract_query(reddict, internal, int2, internal, internal, internal, internal),
	FUNCTION 6 reddict_gin_triconsistent(internal, int2, reddict, int4, internal, internal, internal),
	STORAGE text;
COMMENT ON OPERATOR CLASS reddict_ops USING gin IS 'keys of reddict';

CREATE FUNCTION reddict_gin_extract_value_pairs(reddict, internal, internal) RETURNS internal
	AS 'MODULE_PATHNAME', 'reddict_gin_extract_value_pairs'
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 30;
COMMENT ON FUNCTION reddict_gin_extract_value_pairs(reddict, internal, internal) IS 'GIN support';

CREATE FUNCTION reddict_gin_extract_query_pairs(reddict, internal, int2, internal, internal, internal, internal) RETURNS internal
	AS 'MODULE_PATHNAME', 'reddict_gin_extract_query_pairs'
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION reddict_gin_extract_query_pairs(reddict, internal, int2, internal, internal, internal, internal) IS 'GIN support';

CREATE OPERATOR FAMILY reddict_pair_ops USING gin;
COMMENT ON OPERATOR FAMILY reddict_pair_ops USING gin IS 'pairs of reddict';
CREATE OPERATOR CLASS reddict_pair_ops
	FOR TYPE reddict USING gin FAMILY reddict_pair_ops AS
	OPERATOR 7 @> (reddict, reddict),
	FUNCTION 1 btint4cmp(int4, int4),
	FUNCTION 2 reddict_gin_extract_value_pairs(reddict, internal, internal),
	FUNCTION 3 reddict_gin_extract_query_pairs(reddict, internal, int2, internal, internal, internal, internal),
	FUNCTION 6 reddict_gin_triconsistent(internal, int2, reddict, int4, internal, internal, internal),
	STORAGE int4;
COMMENT ON OPERATOR CLASS reddict_pair_ops USING gin IS 'pairs of reddict';


--
-- Aggregates
--

CREATE FUNCTION reddict_sum_trans(state reddict, m reddict) RETURNS reddict
	AS 'MODULE_PATHNAME', 'reddict_sum_trans'
	LANGUAGE C IMMUTABLE PARALLEL SAFE COST 10;
COMMENT ON FUNCTION reddict_sum_trans(reddict, reddict) IS 'transition and combine function of sum(reddict)';

CREATE FUNCTION reddict_min_trans(state reddict, m reddict) RETURNS reddict
	AS 'MODULE_PATHNAME', 'reddict_min_trans'
	LANGUAGE C IMMUTABLE PARALLEL SAFE COST 10;
COMMENT ON FUNCTION reddict_min_trans(reddict, reddict) IS 'transition and combine function of min(reddict)';

CREATE FUNCTION reddict_max_trans(state reddict, m reddict) RETURNS reddict
	AS 'MODULE_PATHNAME', 'reddict_max_trans'
	LANGUAGE C IMMUTABLE PARALLEL SAFE COST 10;
COMMENT ON FUNCTION reddict_max_trans(reddict, reddict) IS 'transition and combine function of max(reddict)';

CREATE FUNCTION reddict_concat_trans(state reddict, m reddict) RETURNS reddict
	AS 'MODULE_PATHNAME', 'reddict_concat_trans'
	LANGUAGE C IMMUTABLE PARALLEL SAFE COST 10;
COMMENT ON FUNCTION reddict_concat_trans(reddict, reddict) IS 'transition and combine function of rd_concat_agg(reddict)';

CREATE FUNCTION reddict_agg_trans(state reddict, key text, val float8) RETURNS reddict
	AS 'MODULE_PATHNAME', 'reddict_agg_trans'
	LANGUAGE C IMMUTABLE PARALLEL SAFE COST 10;
COMMENT ON FUNCTION reddict_agg_trans(reddict, text, float8) IS 'transition function of reddict_agg(text, float8)';

-- A state takes 16 bytes and 10 to 30 bytes a key.
CREATE FUNCTION reddict_final(state reddict) RETURNS reddict
	AS 'MODULE_PATHNAME', 'reddict_final'
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION reddict_final(reddict) IS 'final function of aggregates whose state is a map';

CREATE AGGREGATE sum(reddict) (
	STYPE = reddict,
	SSPACE = 256,
	SFUNC = reddict_sum_trans,
	FINALFUNC = reddict_final,
	COMBINEFUNC = reddict_sum_trans,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE sum(reddict) IS 'sum, key by key, over the rows that have the key';

CREATE AGGREGATE min(reddict) (
	STYPE = reddict,
	SSPACE = 256,
	SFUNC = reddict_min_trans,
	FINALFUNC = reddict_final,
	COMBINEFUNC = reddict_min_trans,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE min(reddict) IS 'minimum, key by key, over the rows that have the key';

CREATE AGGREGATE max(reddict) (
	STYPE = reddict,
	SSPACE = 256,
	SFUNC = reddict_max_trans,
	FINALFUNC = reddict_final,
	COMBINEFUNC = reddict_max_trans,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE max(reddict) IS 'maximum, key by key, over the rows that have the key';

CREATE AGGREGATE rd_concat_agg(reddict) (
	STYPE = reddict,
	SSPACE = 256,
	SFUNC = reddict_concat_trans,
	FINALFUNC = reddict_final,
	COMBINEFUNC = reddict_concat_trans,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE rd_concat_agg(reddict) IS 'keys of all rows; the last row that has a key wins';

CREATE AGGREGATE reddict_agg(key text, val float8) (
	STYPE = reddict,
	SSPACE = 256,
	SFUNC = reddict_agg_trans,
	FINALFUNC = reddict_final,
	COMBINEFUNC = reddict_sum_trans,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE reddict_agg(text, float8) IS 'map of the rows'' keys to their values; the values of a repeated key are added';

-- Exact percentiles: the state has all numbers, so it is no value.

CREATE FUNCTION reddict_percentile_trans(state internal, m reddict, fraction float8) RETURNS internal
	AS 'MODULE_PATHNAME', 'reddict_percentile_trans'
	LANGUAGE C IMMUTABLE PARALLEL SAFE COST 20;
COMMENT ON FUNCTION reddict_percentile_trans(internal, reddict, float8) IS 'transition function of rd_percentile_agg(reddict, float8)';

CREATE FUNCTION reddict_percentiles_trans(state internal, m reddict, fractions float8[]) RETURNS internal
	AS 'MODULE_PATHNAME', 'reddict_percentiles_trans'
	LANGUAGE C IMMUTABLE PARALLEL SAFE COST 20;
COMMENT ON FUNCTION reddict_percentiles_trans(internal, reddict, float8[]) IS 'transition function of rd_percentiles_agg(reddict, float8[])';

CREATE FUNCTION reddict_median_trans(state internal, m reddict) RETURNS internal
	AS 'MODULE_PATHNAME', 'reddict_median_trans'
	LANGUAGE C IMMUTABLE PARALLEL SAFE COST 20;
COMMENT ON FUNCTION reddict_median_trans(internal, reddict) IS 'transition function of rd_median_agg(reddict)';

CREATE FUNCTION reddict_percentile_combine(a internal, b internal) RETURNS internal
	AS 'MODULE_PATHNAME', 'reddict_percentile_combine'
	LANGUAGE C IMMUTABLE PARALLEL SAFE COST 20;
COMMENT ON FUNCTION reddict_percentile_combine(internal, internal) IS 'combine function of exact percentiles';

CREATE FUNCTION reddict_percentile_serial(state internal) RETURNS bytea
	AS 'MODULE_PATHNAME', 'reddict_percentile_serial'
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION reddict_percentile_serial(internal) IS 'serialization function of exact percentiles';

CREATE FUNCTION reddict_percentile_deserial(message bytea, internal) RETURNS internal
	AS 'MODULE_PATHNAME', 'reddict_percentile_deserial'
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION reddict_percentile_deserial(bytea, internal) IS 'deserialization function of exact percentiles';

CREATE FUNCTION reddict_percentile_final(state internal) RETURNS reddict
	AS 'MODULE_PATHNAME', 'reddict_percentile_final'
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100;
COMMENT ON FUNCTION reddict_percentile_final(internal) IS 'final function of rd_percentile_agg(reddict, float8) and rd_median_agg(reddict)';

CREATE FUNCTION reddict_percentiles_final(state internal) RETURNS reddict[]
	AS 'MODULE_PATHNAME', 'reddict_percentiles_final'
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100;
COMMENT ON FUNCTION reddict_percentiles_final(internal) IS 'final function of rd_percentiles_agg(reddict, float8[])';

CREATE AGGREGATE rd_percentile_agg(m reddict, fraction float8) (
	STYPE = internal,
	SSPACE = 8192,
	SFUNC = reddict_percentile_trans,
	FINALFUNC = reddict_percentile_final,
	COMBINEFUNC = reddict_percentile_combine,
	SERIALFUNC = reddict_percentile_serial,
	DESERIALFUNC = reddict_percentile_deserial,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE rd_percentile_agg(reddict, float8) IS 'value below which a fraction of the values are, key by key, over the rows that have the key';

CREATE AGGREGATE rd_percentiles_agg(m reddict, fractions float8[]) (
	STYPE = internal,
	SSPACE = 8192,
	SFUNC = reddict_percentiles_trans,
	FINALFUNC = reddict_percentiles_final,
	COMBINEFUNC = reddict_percentile_combine,
	SERIALFUNC = reddict_percentile_serial,
	DESERIALFUNC = reddict_percentile_deserial,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE rd_percentiles_agg(reddict, float8[]) IS 'values below which fractions of the values are, key by key, over the rows that have the key: a map for each fraction';

CREATE AGGREGATE rd_median_agg(m reddict) (
	STYPE = internal,
	SSPACE = 8192,
	SFUNC = reddict_median_trans,
	FINALFUNC = reddict_percentile_final,
	COMBINEFUNC = reddict_percentile_combine,
	SERIALFUNC = reddict_percentile_serial,
	DESERIALFUNC = reddict_percentile_deserial,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE rd_median_agg(reddict) IS 'median, key by key, over the rows that have the key';

-- The order of the rows matters to these, so their states can't be combined, and
-- need not be values: the last row and the sum so far.

CREATE FUNCTION rd_increase_trans(state internal, m reddict) RETURNS internal
	AS 'MODULE_PATHNAME', 'rd_increase_trans'
	LANGUAGE C IMMUTABLE PARALLEL SAFE COST 20;
COMMENT ON FUNCTION rd_increase_trans(internal, reddict) IS 'transition function of rd_increase_agg(reddict)';

CREATE FUNCTION rd_increase_count_trans(state internal, m reddict, count_first bool) RETURNS internal
	AS 'MODULE_PATHNAME', 'rd_increase_count_trans'
	LANGUAGE C IMMUTABLE PARALLEL SAFE COST 20;
COMMENT ON FUNCTION rd_increase_count_trans(internal, reddict, bool) IS 'transition function of rd_increase_agg(reddict, bool)';

CREATE FUNCTION rd_increase_final(state internal) RETURNS reddict
	AS 'MODULE_PATHNAME', 'rd_increase_final'
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION rd_increase_final(internal) IS 'final function of rd_increase_agg(reddict) and rd_increase_agg(reddict, bool)';

CREATE AGGREGATE rd_increase_agg(m reddict) (
	STYPE = internal,
	SSPACE = 512,
	SFUNC = rd_increase_trans,
	FINALFUNC = rd_increase_final,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE rd_increase_agg(reddict) IS 'increases of counters from row to row, added up, key by key; of the first row nothing counts';

CREATE AGGREGATE rd_increase_agg(m reddict, count_first bool) (
	STYPE = internal,
	SSPACE = 512,
	SFUNC = rd_increase_count_trans,
	FINALFUNC = rd_increase_final,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE rd_increase_agg(reddict, bool) IS 'increases of counters from row to row, added up, key by key; of the first row all counts if so chosen';


--
-- redstats type
--
-- All of it: input and output, casts, comparison, functions, aggregates.
--

CREATE TYPE redstats;

CREATE FUNCTION redstats_in(cstring) RETURNS redstats
	AS 'MODULE_PATHNAME', 'redstats_in'
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION redstats_in(cstring) IS 'I/O';

CREATE FUNCTION redstats_out(redstats) RETURNS cstring
	AS 'MODULE_PATHNAME', 'redstats_out'
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION redstats_out(redstats) IS 'I/O';

CREATE FUNCTION redstats_recv(internal) RETURNS redstats
	AS 'MODULE_PATHNAME', 'redstats_recv'
	LANGUAGE C STABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION redstats_recv(internal) IS 'I/O';

CREATE FUNCTION redstats_send(redstats) RETURNS bytea
	AS 'MODULE_PATHNAME', 'redstats_send'
	LANGUAGE C STABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION redstats_send(redstats) IS 'I/O';

CREATE TYPE redstats (
	INPUT = redstats_in,
	OUTPUT = redstats_out,
	RECEIVE = redstats_recv,
	SEND = redstats_send,
	ALIGNMENT = int4,
	STORAGE = extended
);
COMMENT ON TYPE redstats IS 'count, sum, sum of squared differences from the mean, minimum and maximum of each key';

CREATE FUNCTION rs_to_json(redstats) RETURNS json
	AS 'MODULE_PATHNAME', 'redstats_to_json'
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100 SUPPORT reddict_support;
COMMENT ON FUNCTION rs_to_json(redstats) IS 'convert redstats to JSON object of arrays';

CREATE CAST (redstats AS json) WITH FUNCTION rs_to_json(redstats) AS ASSIGNMENT;
COMMENT ON CAST (redstats AS json) IS 'convert redstats to json';

CREATE CAST (redstats AS jsonb) WITH INOUT AS ASSIGNMENT;
COMMENT ON CAST (redstats AS jsonb) IS 'convert redstats to jsonb';

CREATE CAST (json AS redstats) WITH INOUT AS ASSIGNMENT;
COMMENT ON CAST (json AS redstats) IS 'convert JSON object of arrays of five numbers to redstats';

CREATE CAST (jsonb AS redstats) WITH INOUT AS ASSIGNMENT;
COMMENT ON CAST (jsonb AS redstats) IS 'convert JSON object of arrays of five numbers to redstats';

CREATE FUNCTION redstats_eq(redstats, redstats) RETURNS bool
	AS 'MODULE_PATHNAME', 'redstats_eq'
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 20 SUPPORT reddict_support;
COMMENT ON FUNCTION redstats_eq(redstats, redstats) IS 'implementation of = operator';

CREATE FUNCTION redstats_ne(redstats, redstats) RETURNS bool
	AS 'MODULE_PATHNAME', 'redstats_ne'
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 20 SUPPORT reddict_support;
COMMENT ON FUNCTION redstats_ne(redstats, redstats) IS 'implementation of <> operator';

CREATE FUNCTION redstats_lt(redstats, redstats) RETURNS bool
	AS 'MODULE_PATHNAME', 'redstats_lt'
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 20 SUPPORT reddict_support;
COMMENT ON FUNCTION redstats_lt(redstats, redstats) IS 'implementation of < operator';

CREATE FUNCTION redstats_le(redstats, redstats) RETURNS bool
	AS 'MODULE_PATHNAME', 'redstats_le'
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 20 SUPPORT reddict_support;
COMMENT ON FUNCTION redstats_le(redstats, redstats) IS 'implementation of <= operator';

CREATE FUNCTION redstats_gt(redstats, redstats) RETURNS bool
	AS 'MODULE_PATHNAME', 'redstats_gt'
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 20 SUPPORT reddict_support;
COMMENT ON FUNCTION redstats_gt(redstats, redstats) IS 'implementation of > operator';

CREATE FUNCTION redstats_ge(redstats, redstats) RETURNS bool
	AS 'MODULE_PATHNAME', 'redstats_ge'
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 20 SUPPORT reddict_support;
COMMENT ON FUNCTION redstats_ge(redstats, redstats) IS 'implementation of >= operator';

CREATE OPERATOR = (
	LEFTARG = redstats, RIGHTARG = redstats, FUNCTION = redstats_eq,
	COMMUTATOR = =, NEGATOR = <>,
	RESTRICT = eqsel, JOIN = eqjoinsel,
	HASHES, MERGES
);
COMMENT ON OPERATOR = (redstats, redstats) IS 'equal: the same keys with equal statistics';

CREATE OPERATOR <> (
	LEFTARG = redstats, RIGHTARG = redstats, FUNCTION = redstats_ne,
	COMMUTATOR = <>, NEGATOR = =,
	RESTRICT = neqsel, JOIN = neqjoinsel
);
COMMENT ON OPERATOR <> (redstats, redstats) IS 'not equal';

CREATE OPERATOR < (
	LEFTARG = redstats, RIGHTARG = redstats, FUNCTION = redstats_lt,
	COMMUTATOR = >, NEGATOR = >=,
	RESTRICT = scalarltsel, JOIN = scalarltjoinsel
);
COMMENT ON OPERATOR < (redstats, redstats) IS 'less than';

CREATE OPERATOR <= (
	LEFTARG = redstats, RIGHTARG = redstats, FUNCTION = redstats_le,
	COMMUTATOR = >=, NEGATOR = >,
	RESTRICT = scalarlesel, JOIN = scalarlejoinsel
);
COMMENT ON OPERATOR <= (redstats, redstats) IS 'less than or equal';

CREATE OPERATOR > (
	LEFTARG = redstats, RIGHTARG = redstats, FUNCTION = redstats_gt,
	COMMUTATOR = <, NEGATOR = <=,
	RESTRICT = scalargtsel, JOIN = scalargtjoinsel
);
COMMENT ON OPERATOR > (redstats, redstats) IS 'greater than';

CREATE OPERATOR >= (
	LEFTARG = redstats, RIGHTARG = redstats, FUNCTION = redstats_ge,
	COMMUTATOR = <=, NEGATOR = <,
	RESTRICT = scalargesel, JOIN = scalargejoinsel
);
COMMENT ON OPERATOR >= (redstats, redstats) IS 'greater than or equal';

CREATE FUNCTION redstats_cmp(redstats, redstats) RETURNS int4
	AS 'MODULE_PATHNAME', 'redstats_cmp'
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10 SUPPORT reddict_support;
COMMENT ON FUNCTION redstats_cmp(redstats, redstats) IS 'less-equal-greater: by number of keys, then keys, then statistics';

CREATE FUNCTION redstats_hash(redstats) RETURNS int4
	AS 'MODULE_PATHNAME', 'redstats_hash'
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 20 SUPPORT reddict_support;
COMMENT ON FUNCTION redstats_hash(redstats) IS 'hash';

CREATE FUNCTION redstats_hash_extended(m redstats, seed int8) RETURNS int8
	AS 'MODULE_PATHNAME', 'redstats_hash_extended'
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 20 SUPPORT reddict_support;
COMMENT ON FUNCTION redstats_hash_extended(redstats, int8) IS 'hash';

CREATE OPERATOR FAMILY redstats_ops USING btree;
COMMENT ON OPERATOR FAMILY redstats_ops USING btree IS 'order of redstats';
CREATE OPERATOR CLASS redstats_ops
	DEFAULT FOR TYPE redstats USING btree FAMILY redstats_ops AS
	OPERATOR 1 <,
	OPERATOR 2 <=,
	OPERATOR 3 =,
	OPERATOR 4 >=,
	OPERATOR 5 >,
	FUNCTION 1 redstats_cmp(redstats, redstats);
COMMENT ON OPERATOR CLASS redstats_ops USING btree IS 'order of redstats';

CREATE OPERATOR FAMILY redstats_ops USING hash;
COMMENT ON OPERATOR FAMILY redstats_ops USING hash IS 'equality of redstats';
CREATE OPERATOR CLASS redstats_ops
	DEFAULT FOR TYPE redstats USING hash FAMILY redstats_ops AS
	OPERATOR 1 =,
	FUNCTION 1 redstats_hash(redstats),
	FUNCTION 2 redstats_hash_extended(redstats, int8);
COMMENT ON OPERATOR CLASS redstats_ops USING hash IS 'equality of redstats';

CREATE FUNCTION rs_from_reddict(reddict) RETURNS redstats
	AS 'MODULE_PATHNAME', 'rs_from_reddict'
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION rs_from_reddict(reddict) IS 'statistics of one map';

CREATE CAST (reddict AS redstats) WITH FUNCTION rs_from_reddict(reddict) AS ASSIGNMENT;
COMMENT ON CAST (reddict AS redstats) IS 'statistics of one map';

CREATE FUNCTION redstats_pl(redstats, redstats) RETURNS redstats
	AS 'MODULE_PATHNAME', 'redstats_pl'
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION redstats_pl(redstats, redstats) IS 'implementation of + operator';

CREATE OPERATOR + (
	LEFTARG = redstats, RIGHTARG = redstats, FUNCTION = redstats_pl,
	COMMUTATOR = +
);
COMMENT ON OPERATOR + (redstats, redstats) IS 'statistics of the numbers of both';

CREATE FUNCTION redstats_pl_reddict(redstats, reddict) RETURNS redstats
	AS 'MODULE_PATHNAME', 'redstats_pl_reddict'
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION redstats_pl_reddict(redstats, reddict) IS 'implementation of + operator';

CREATE OPERATOR + (
	LEFTARG = redstats, RIGHTARG = reddict, FUNCTION = redstats_pl_reddict,
	COMMUTATOR = +
);
COMMENT ON OPERATOR + (redstats, reddict) IS 'statistics with the numbers of one map more';

CREATE FUNCTION reddict_pl_redstats(reddict, redstats) RETURNS redstats
	AS 'MODULE_PATHNAME', 'reddict_pl_redstats'
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION reddict_pl_redstats(reddict, redstats) IS 'implementation of + operator';

CREATE OPERATOR + (
	LEFTARG = reddict, RIGHTARG = redstats, FUNCTION = reddict_pl_redstats,
	COMMUTATOR = +
);
COMMENT ON OPERATOR + (reddict, redstats) IS 'statistics with the numbers of one map more';

CREATE FUNCTION rs_each(s redstats, OUT key text, OUT count int8, OUT sum float8, OUT avg float8, OUT min float8, OUT max float8,
		OUT var_samp float8, OUT stddev_samp float8)
	RETURNS SETOF record
	AS 'MODULE_PATHNAME', 'rs_each'
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 30 ROWS 10 SUPPORT reddict_support;
COMMENT ON FUNCTION rs_each(redstats) IS 'a row for each key, in byte order';

CREATE FUNCTION rs_slice(s redstats, keys text[]) RETURNS redstats
	AS 'MODULE_PATHNAME', 'rs_slice'
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION rs_slice(redstats, text[]) IS 'the statistics of these keys';

CREATE FUNCTION rs_delete(s redstats, key text) RETURNS redstats
	AS 'MODULE_PATHNAME', 'rs_delete'
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION rs_delete(redstats, text) IS 'the statistics of all keys but this one';

CREATE FUNCTION rs_delete(s redstats, keys text[]) RETURNS redstats
	AS 'MODULE_PATHNAME', 'rs_delete_keys'
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION rs_delete(redstats, text[]) IS 'the statistics of all keys but these';

CREATE FUNCTION rs_count(redstats) RETURNS reddict
	AS 'MODULE_PATHNAME', 'rs_count'
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION rs_count(redstats) IS 'number of values of each key';

CREATE FUNCTION rs_sum(redstats) RETURNS reddict
	AS 'MODULE_PATHNAME', 'rs_sum'
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION rs_sum(redstats) IS 'sum of the values of each key';

CREATE FUNCTION rs_avg(redstats) RETURNS reddict
	AS 'MODULE_PATHNAME', 'rs_avg'
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION rs_avg(redstats) IS 'average of the values of each key';

CREATE FUNCTION rs_min(redstats) RETURNS reddict
	AS 'MODULE_PATHNAME', 'rs_min'
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION rs_min(redstats) IS 'minimum of the values of each key';

CREATE FUNCTION rs_max(redstats) RETURNS reddict
	AS 'MODULE_PATHNAME', 'rs_max'
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION rs_max(redstats) IS 'maximum of the values of each key';

CREATE FUNCTION rs_var_pop(redstats) RETURNS reddict
	AS 'MODULE_PATHNAME', 'rs_var_pop'
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION rs_var_pop(redstats) IS 'population variance of the values of each key';

CREATE FUNCTION rs_var_samp(redstats) RETURNS reddict
	AS 'MODULE_PATHNAME', 'rs_var_samp'
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION rs_var_samp(redstats) IS 'sample variance of the values of each key that has more than one';

CREATE FUNCTION rs_stddev_pop(redstats) RETURNS reddict
	AS 'MODULE_PATHNAME', 'rs_stddev_pop'
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION rs_stddev_pop(redstats) IS 'population standard deviation of the values of each key';

CREATE FUNCTION rs_stddev_samp(redstats) RETURNS reddict
	AS 'MODULE_PATHNAME', 'rs_stddev_samp'
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION rs_stddev_samp(redstats) IS 'sample standard deviation of the values of each key that has more than one';

CREATE FUNCTION rs_cv(redstats) RETURNS reddict
	AS 'MODULE_PATHNAME', 'rs_cv'
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION rs_cv(redstats) IS 'coefficient of variation of the values of each key: sample standard deviation / average';

CREATE FUNCTION redstats_trans(state redstats, m reddict) RETURNS redstats
	AS 'MODULE_PATHNAME', 'redstats_trans'
	LANGUAGE C IMMUTABLE PARALLEL SAFE COST 10;
COMMENT ON FUNCTION redstats_trans(redstats, reddict) IS 'transition function of redstats(reddict) and of avg(reddict) and its like';

CREATE FUNCTION redstats_combine(state redstats, s redstats) RETURNS redstats
	AS 'MODULE_PATHNAME', 'redstats_combine'
	LANGUAGE C IMMUTABLE PARALLEL SAFE COST 10;
COMMENT ON FUNCTION redstats_combine(redstats, redstats) IS 'combine function of redstats(reddict), transition and combine function of rs_merge(redstats)';

CREATE AGGREGATE redstats(reddict) (
	STYPE = redstats,
	SSPACE = 640,
	SFUNC = redstats_trans,
	COMBINEFUNC = redstats_combine,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE redstats(reddict) IS 'statistics of each key, over the rows that have the key';

CREATE AGGREGATE rs_merge(redstats) (
	STYPE = redstats,
	SSPACE = 640,
	SFUNC = redstats_combine,
	COMBINEFUNC = redstats_combine,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE rs_merge(redstats) IS 'statistics of each key, of those of several sets of rows';

CREATE AGGREGATE avg(reddict) (
	STYPE = redstats,
	SSPACE = 640,
	SFUNC = redstats_trans,
	FINALFUNC = rs_avg,
	COMBINEFUNC = redstats_combine,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE avg(reddict) IS 'average, key by key, over the rows that have the key';

CREATE AGGREGATE variance(reddict) (
	STYPE = redstats,
	SSPACE = 640,
	SFUNC = redstats_trans,
	FINALFUNC = rs_var_samp,
	COMBINEFUNC = redstats_combine,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE variance(reddict) IS 'sample variance, key by key, over the rows that have the key';

CREATE AGGREGATE var_pop(reddict) (
	STYPE = redstats,
	SSPACE = 640,
	SFUNC = redstats_trans,
	FINALFUNC = rs_var_pop,
	COMBINEFUNC = redstats_combine,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE var_pop(reddict) IS 'population variance, key by key, over the rows that have the key';

CREATE AGGREGATE var_samp(reddict) (
	STYPE = redstats,
	SSPACE = 640,
	SFUNC = redstats_trans,
	FINALFUNC = rs_var_samp,
	COMBINEFUNC = redstats_combine,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE var_samp(reddict) IS 'sample variance, key by key, over the rows that have the key';

CREATE AGGREGATE stddev(reddict) (
	STYPE = redstats,
	SSPACE = 640,
	SFUNC = redstats_trans,
	FINALFUNC = rs_stddev_samp,
	COMBINEFUNC = redstats_combine,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE stddev(reddict) IS 'sample standard deviation, key by key, over the rows that have the key';

CREATE AGGREGATE stddev_pop(reddict) (
	STYPE = redstats,
	SSPACE = 640,
	SFUNC = redstats_trans,
	FINALFUNC = rs_stddev_pop,
	COMBINEFUNC = redstats_combine,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE stddev_pop(reddict) IS 'population standard deviation, key by key, over the rows that have the key';

CREATE AGGREGATE stddev_samp(reddict) (
	STYPE = redstats,
	SSPACE = 640,
	SFUNC = redstats_trans,
	FINALFUNC = rs_stddev_samp,
	COMBINEFUNC = redstats_combine,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE stddev_samp(reddict) IS 'sample standard deviation, key by key, over the rows that have the key';


--
-- redsum type
--
-- All of it: input and output, casts, comparison, functions, operators,
-- aggregates. src/redsum.h says what it is.
--

CREATE TYPE redsum;

CREATE FUNCTION redsum_in(cstring) RETURNS redsum
	AS 'MODULE_PATHNAME', 'redsum_in'
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100;
COMMENT ON FUNCTION redsum_in(cstring) IS 'I/O';

CREATE FUNCTION redsum_out(redsum) RETURNS cstring
	AS 'MODULE_PATHNAME', 'redsum_out'
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100;
COMMENT ON FUNCTION redsum_out(redsum) IS 'I/O';

CREATE FUNCTION redsum_recv(internal) RETURNS redsum
	AS 'MODULE_PATHNAME', 'redsum_recv'
	LANGUAGE C STABLE STRICT PARALLEL SAFE COST 100;
COMMENT ON FUNCTION redsum_recv(internal) IS 'I/O';

CREATE FUNCTION redsum_send(redsum) RETURNS bytea
	AS 'MODULE_PATHNAME', 'redsum_send'
	LANGUAGE C STABLE STRICT PARALLEL SAFE COST 100;
COMMENT ON FUNCTION redsum_send(redsum) IS 'I/O';

CREATE TYPE redsum (
	INPUT = redsum_in,
	OUTPUT = redsum_out,
	RECEIVE = redsum_recv,
	SEND = redsum_send,
	ALIGNMENT = int4,
	STORAGE = extended
);
COMMENT ON TYPE redsum IS 'exact sum of the values of each key, and the number of rows that have it';

CREATE FUNCTION rx_to_json(redsum) RETURNS json
	AS 'MODULE_PATHNAME', 'redsum_to_json'
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100 SUPPORT reddict_support;
COMMENT ON FUNCTION rx_to_json(redsum) IS 'convert redsum to JSON object of arrays';

CREATE CAST (redsum AS json) WITH FUNCTION rx_to_json(redsum) AS ASSIGNMENT;
COMMENT ON CAST (redsum AS json) IS 'convert redsum to json';

CREATE CAST (redsum AS jsonb) WITH INOUT AS ASSIGNMENT;
COMMENT ON CAST (redsum AS jsonb) IS 'convert redsum to jsonb';

CREATE CAST (json AS redsum) WITH INOUT AS ASSIGNMENT;
COMMENT ON CAST (json AS redsum) IS 'convert JSON object of arrays of two or five numbers to redsum';

CREATE CAST (jsonb AS redsum) WITH INOUT AS ASSIGNMENT;
COMMENT ON CAST (jsonb AS redsum) IS 'convert JSON object of arrays of two or five numbers to redsum';

CREATE FUNCTION rx_of(m reddict) RETURNS redsum
	AS 'MODULE_PATHNAME', 'rx_of'
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 20;
COMMENT ON FUNCTION rx_of(reddict) IS 'exact sums of one map';

CREATE CAST (reddict AS redsum) WITH FUNCTION rx_of(reddict) AS ASSIGNMENT;
COMMENT ON CAST (reddict AS redsum) IS 'exact sums of one map';

CREATE FUNCTION redsum_eq(redsum, redsum) RETURNS bool
	AS 'MODULE_PATHNAME', 'redsum_eq'
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 20 SUPPORT reddict_support;
COMMENT ON FUNCTION redsum_eq(redsum, redsum) IS 'implementation of = operator';

CREATE FUNCTION redsum_ne(redsum, redsum) RETURNS bool
	AS 'MODULE_PATHNAME', 'redsum_ne'
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 20 SUPPORT reddict_support;
COMMENT ON FUNCTION redsum_ne(redsum, redsum) IS 'implementation of <> operator';

CREATE FUNCTION redsum_lt(redsum, redsum) RETURNS bool
	AS 'MODULE_PATHNAME', 'redsum_lt'
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 20 SUPPORT reddict_support;
COMMENT ON FUNCTION redsum_lt(redsum, redsum) IS 'implementation of < operator';

CREATE FUNCTION redsum_le(redsum, redsum) RETURNS bool
	AS 'MODULE_PATHNAME', 'redsum_le'
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 20 SUPPORT reddict_support;
COMMENT ON FUNCTION redsum_le(redsum, redsum) IS 'implementation of <= operator';

CREATE FUNCTION redsum_gt(redsum, redsum) RETURNS bool
	AS 'MODULE_PATHNAME', 'redsum_gt'
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 20 SUPPORT reddict_support;
COMMENT ON FUNCTION redsum_gt(redsum, redsum) IS 'implementation of > operator';

CREATE FUNCTION redsum_ge(redsum, redsum) RETURNS bool
	AS 'MODULE_PATHNAME', 'redsum_ge'
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 20 SUPPORT reddict_support;
COMMENT ON FUNCTION redsum_ge(redsum, redsum) IS 'implementation of >= operator';

CREATE OPERATOR = (
	LEFTARG = redsum, RIGHTARG = redsum, FUNCTION = redsum_eq,
	COMMUTATOR = =, NEGATOR = <>,
	RESTRICT = eqsel, JOIN = eqjoinsel,
	HASHES, MERGES
);
COMMENT ON OPERATOR = (redsum, redsum) IS 'equal: the same keys with equal counts and sums';

CREATE OPERATOR <> (
	LEFTARG = redsum, RIGHTARG = redsum, FUNCTION = redsum_ne,
	COMMUTATOR = <>, NEGATOR = =,
	RESTRICT = neqsel, JOIN = neqjoinsel
);
COMMENT ON OPERATOR <> (redsum, redsum) IS 'not equal';

CREATE OPERATOR < (
	LEFTARG = redsum, RIGHTARG = redsum, FUNCTION = redsum_lt,
	COMMUTATOR = >, NEGATOR = >=,
	RESTRICT = scalarltsel, JOIN = scalarltjoinsel
);
COMMENT ON OPERATOR < (redsum, redsum) IS 'less than';

CREATE OPERATOR <= (
	LEFTARG = redsum, RIGHTARG = redsum, FUNCTION = redsum_le,
	COMMUTATOR = >=, NEGATOR = >,
	RESTRICT = scalarlesel, JOIN = scalarlejoinsel
);
COMMENT ON OPERATOR <= (redsum, redsum) IS 'less than or equal';

CREATE OPERATOR > (
	LEFTARG = redsum, RIGHTARG = redsum, FUNCTION = redsum_gt,
	COMMUTATOR = <, NEGATOR = <=,
	RESTRICT = scalargtsel, JOIN = scalargtjoinsel
);
COMMENT ON OPERATOR > (redsum, redsum) IS 'greater than';

CREATE OPERATOR >= (
	LEFTARG = redsum, RIGHTARG = redsum, FUNCTION = redsum_ge,
	COMMUTATOR = <=, NEGATOR = <,
	RESTRICT = scalargesel, JOIN = scalargejoinsel
);
COMMENT ON OPERATOR >= (redsum, redsum) IS 'greater than or equal';

CREATE FUNCTION redsum_cmp(redsum, redsum) RETURNS int4
	AS 'MODULE_PATHNAME', 'redsum_cmp'
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10 SUPPORT reddict_support;
COMMENT ON FUNCTION redsum_cmp(redsum, redsum) IS 'less-equal-greater: by number of keys, then keys, then counts and sums';

CREATE FUNCTION redsum_hash(redsum) RETURNS int4
	AS 'MODULE_PATHNAME', 'redsum_hash'
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 20 SUPPORT reddict_support;
COMMENT ON FUNCTION redsum_hash(redsum) IS 'hash';

CREATE FUNCTION redsum_hash_extended(m redsum, seed int8) RETURNS int8
	AS 'MODULE_PATHNAME', 'redsum_hash_extended'
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 20 SUPPORT reddict_support;
COMMENT ON FUNCTION redsum_hash_extended(redsum, int8) IS 'hash';

CREATE OPERATOR FAMILY redsum_ops USING btree;
COMMENT ON OPERATOR FAMILY redsum_ops USING btree IS 'order of redsum';
CREATE OPERATOR CLASS redsum_ops
	DEFAULT FOR TYPE redsum USING btree FAMILY redsum_ops AS
	OPERATOR 1 <,
	OPERATOR 2 <=,
	OPERATOR 3 =,
	OPERATOR 4 >=,
	OPERATOR 5 >,
	FUNCTION 1 redsum_cmp(redsum, redsum);
COMMENT ON OPERATOR CLASS redsum_ops USING btree IS 'order of redsum';

CREATE OPERATOR FAMILY redsum_ops USING hash;
COMMENT ON OPERATOR FAMILY redsum_ops USING hash IS 'equality of redsum';
CREATE OPERATOR CLASS redsum_ops
	DEFAULT FOR TYPE redsum USING hash FAMILY redsum_ops AS
	OPERATOR 1 =,
	FUNCTION 1 redsum_hash(redsum),
	FUNCTION 2 redsum_hash_extended(redsum, int8);
COMMENT ON OPERATOR CLASS redsum_ops USING hash IS 'equality of redsum';

CREATE FUNCTION rx_sum(redsum) RETURNS reddict
	AS 'MODULE_PATHNAME', 'rx_sum'
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 20;
COMMENT ON FUNCTION rx_sum(redsum) IS 'sum of the values of each key, rounded once';

CREATE FUNCTION rx_avg(redsum) RETURNS reddict
	AS 'MODULE_PATHNAME', 'rx_avg'
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 50;
COMMENT ON FUNCTION rx_avg(redsum) IS 'average of the values of each key, rounded once';

CREATE FUNCTION rx_count(redsum) RETURNS reddict
	AS 'MODULE_PATHNAME', 'rx_count'
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 20;
COMMENT ON FUNCTION rx_count(redsum) IS 'number of rows that have each key';

CREATE FUNCTION rd_check(s redsum) RETURNS text
	AS 'MODULE_PATHNAME', 'redsum_check'
	LANGUAGE C STABLE STRICT PARALLEL UNSAFE COST 10;
COMMENT ON FUNCTION rd_check(redsum) IS 'what is wrong with stored sums; NULL if they are sound';

CREATE FUNCTION redsum_pl(redsum, redsum) RETURNS redsum
	AS 'MODULE_PATHNAME', 'redsum_pl'
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 50;
COMMENT ON FUNCTION redsum_pl(redsum, redsum) IS 'implementation of + operator';

CREATE OPERATOR + (
	LEFTARG = redsum, RIGHTARG = redsum, FUNCTION = redsum_pl, COMMUTATOR = +
);
COMMENT ON OPERATOR + (redsum, redsum) IS 'the exact sums of both';

CREATE FUNCTION redsum_pl_reddict(redsum, reddict) RETURNS redsum
	AS 'MODULE_PATHNAME', 'redsum_pl_reddict'
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 50;
COMMENT ON FUNCTION redsum_pl_reddict(redsum, reddict) IS 'implementation of + operator';

CREATE OPERATOR + (
	LEFTARG = redsum, RIGHTARG = reddict, FUNCTION = redsum_pl_reddict
);
COMMENT ON OPERATOR + (redsum, reddict) IS 'the exact sums with one more map';

CREATE FUNCTION redsum_mi(redsum, redsum) RETURNS redsum
	AS 'MODULE_PATHNAME', 'redsum_mi'
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 50;
COMMENT ON FUNCTION redsum_mi(redsum, redsum) IS 'implementation of - operator';

CREATE OPERATOR - (
	LEFTARG = redsum, RIGHTARG = redsum, FUNCTION = redsum_mi
);
COMMENT ON OPERATOR - (redsum, redsum) IS 'the exact sums without those of the right side, which they contain';

CREATE FUNCTION redsum_mi_reddict(redsum, reddict) RETURNS redsum
	AS 'MODULE_PATHNAME', 'redsum_mi_reddict'
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 50;
COMMENT ON FUNCTION redsum_mi_reddict(redsum, reddict) IS 'implementation of - operator';

CREATE OPERATOR - (
	LEFTARG = redsum, RIGHTARG = reddict, FUNCTION = redsum_mi_reddict
);
COMMENT ON OPERATOR - (redsum, reddict) IS 'the exact sums without a map that they contain';

CREATE FUNCTION redsum_trans(state redsum, m reddict) RETURNS redsum
	AS 'MODULE_PATHNAME', 'redsum_trans'
	LANGUAGE C IMMUTABLE PARALLEL SAFE COST 10;
COMMENT ON FUNCTION redsum_trans(redsum, reddict) IS 'transition function of redsum(reddict), rd_exact_sum_agg(reddict) and its like';

CREATE FUNCTION redsum_trans_inv(state redsum, m reddict) RETURNS redsum
	AS 'MODULE_PATHNAME', 'redsum_trans_inv'
	LANGUAGE C IMMUTABLE PARALLEL SAFE COST 10;
COMMENT ON FUNCTION redsum_trans_inv(redsum, reddict) IS 'inverse of redsum_trans(redsum, reddict), for frames that move';

CREATE FUNCTION redsum_combine(state redsum, s redsum) RETURNS redsum
	AS 'MODULE_PATHNAME', 'redsum_combine'
	LANGUAGE C IMMUTABLE PARALLEL SAFE COST 30;
COMMENT ON FUNCTION redsum_combine(redsum, redsum) IS 'combine function of redsum(reddict), transition and combine function of rx_merge(redsum)';

CREATE FUNCTION redsum_combine_inv(state redsum, s redsum) RETURNS redsum
	AS 'MODULE_PATHNAME', 'redsum_combine_inv'
	LANGUAGE C IMMUTABLE PARALLEL SAFE COST 30;
COMMENT ON FUNCTION redsum_combine_inv(redsum, redsum) IS 'inverse of redsum_combine(redsum, redsum), for frames that move';

CREATE FUNCTION redsum_final(state redsum) RETURNS redsum
	AS 'MODULE_PATHNAME', 'redsum_final'
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 30;
COMMENT ON FUNCTION redsum_final(redsum) IS 'final function of redsum(reddict) and rx_merge(redsum)';

-- Frames of windows move: a row that leaves is taken out again.
-- A state takes 60 bytes, 40 bytes a key and the keys.

CREATE AGGREGATE redsum(reddict) (
	STYPE = redsum,
	SSPACE = 512,
	SFUNC = redsum_trans,
	FINALFUNC = redsum_final,
	COMBINEFUNC = redsum_combine,
	MSTYPE = redsum,
	MSSPACE = 512,
	MSFUNC = redsum_trans,
	MINVFUNC = redsum_trans_inv,
	MFINALFUNC = redsum_final,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE redsum(reddict) IS 'exact sums, key by key';

CREATE AGGREGATE rx_merge(redsum) (
	STYPE = redsum,
	SSPACE = 512,
	SFUNC = redsum_combine,
	FINALFUNC = redsum_final,
	COMBINEFUNC = redsum_combine,
	MSTYPE = redsum,
	MSSPACE = 512,
	MSFUNC = redsum_combine,
	MINVFUNC = redsum_combine_inv,
	MFINALFUNC = redsum_final,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE rx_merge(redsum) IS 'exact sums, key by key, of those of several sets of rows';

CREATE AGGREGATE rd_exact_sum_agg(reddict) (
	STYPE = redsum,
	SSPACE = 512,
	SFUNC = redsum_trans,
	FINALFUNC = rx_sum,
	COMBINEFUNC = redsum_combine,
	MSTYPE = redsum,
	MSSPACE = 512,
	MSFUNC = redsum_trans,
	MINVFUNC = redsum_trans_inv,
	MFINALFUNC = rx_sum,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE rd_exact_sum_agg(reddict) IS 'exact sum, key by key, rounded once: in whatever order, the same';

CREATE AGGREGATE rd_exact_avg_agg(reddict) (
	STYPE = redsum,
	SSPACE = 512,
	SFUNC = redsum_trans,
	FINALFUNC = rx_avg,
	COMBINEFUNC = redsum_combine,
	MSTYPE = redsum,
	MSSPACE = 512,
	MSFUNC = redsum_trans,
	MINVFUNC = redsum_trans_inv,
	MFINALFUNC = rx_avg,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE rd_exact_avg_agg(reddict) IS 'exact average, key by key, over the rows that have the key, rounded once';

CREATE AGGREGATE rd_count_agg(reddict) (
	STYPE = redsum,
	SSPACE = 512,
	SFUNC = redsum_trans,
	FINALFUNC = rx_count,
	COMBINEFUNC = redsum_combine,
	MSTYPE = redsum,
	MSSPACE = 512,
	MSFUNC = redsum_trans,
	MINVFUNC = redsum_trans_inv,
	MFINALFUNC = rx_count,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE rd_count_agg(reddict) IS 'number of rows that have each key';


--
-- redhist type
--
-- All of it: input and output, casts, comparison, functions, operators,
-- aggregates. src/redhist.h says what it is.
--

CREATE TYPE redhist;

CREATE FUNCTION redhist_in(cstring) RETURNS redhist
	AS 'MODULE_PATHNAME', 'redhist_in'
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100;
COMMENT ON FUNCTION redhist_in(cstring) IS 'I/O';

CREATE FUNCTION redhist_out(redhist) RETURNS cstring
	AS 'MODULE_PATHNAME', 'redhist_out'
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100;
COMMENT ON FUNCTION redhist_out(redhist) IS 'I/O';

CREATE FUNCTION redhist_recv(internal) RETURNS redhist
	AS 'MODULE_PATHNAME', 'redhist_recv'
	LANGUAGE C STABLE STRICT PARALLEL SAFE COST 100;
COMMENT ON FUNCTION redhist_recv(internal) IS 'I/O';

CREATE FUNCTION redhist_send(redhist) RETURNS bytea
	AS 'MODULE_PATHNAME', 'redhist_send'
	LANGUAGE C STABLE STRICT PARALLEL SAFE COST 100;
COMMENT ON FUNCTION redhist_send(redhist) IS 'I/O';

CREATE TYPE redhist (
	INPUT = redhist_in,
	OUTPUT = redhist_out,
	RECEIVE = redhist_recv,
	SEND = redhist_send,
	ALIGNMENT = int4,
	STORAGE = extended
);
COMMENT ON TYPE redhist IS 'exponential histogram of the values of each key';

CREATE FUNCTION rh_to_json(redhist) RETURNS json
	AS 'MODULE_PATHNAME', 'redhist_to_json'
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100 SUPPORT reddict_support;
COMMENT ON FUNCTION rh_to_json(redhist) IS 'convert redhist to JSON object of histograms';

CREATE CAST (redhist AS json) WITH FUNCTION rh_to_json(redhist) AS ASSIGNMENT;
COMMENT ON CAST (redhist AS json) IS 'convert redhist to json';

CREATE CAST (redhist AS jsonb) WITH INOUT AS ASSIGNMENT;
COMMENT ON CAST (redhist AS jsonb) IS 'convert redhist to jsonb';

CREATE CAST (json AS redhist) WITH INOUT AS ASSIGNMENT;
COMMENT ON CAST (json AS redhist) IS 'convert JSON object of histograms to redhist';

CREATE CAST (jsonb AS redhist) WITH INOUT AS ASSIGNMENT;
COMMENT ON CAST (jsonb AS redhist) IS 'convert JSON object of histograms to redhist';

CREATE FUNCTION rh_of(m reddict) RETURNS redhist
	AS 'MODULE_PATHNAME', 'rh_of'
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 20;
COMMENT ON FUNCTION rh_of(reddict) IS 'histograms of one map';

CREATE CAST (reddict AS redhist) WITH FUNCTION rh_of(reddict) AS ASSIGNMENT;
COMMENT ON CAST (reddict AS redhist) IS 'histograms of one map';

CREATE FUNCTION redhist_eq(redhist, redhist) RETURNS bool
	AS 'MODULE_PATHNAME', 'redhist_eq'
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 20 SUPPORT reddict_support;
COMMENT ON FUNCTION redhist_eq(redhist, redhist) IS 'implementation of = operator';

CREATE FUNCTION redhist_ne(redhist, redhist) RETURNS bool
	AS 'MODULE_PATHNAME', 'redhist_ne'
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 20 SUPPORT reddict_support;
COMMENT ON FUNCTION redhist_ne(redhist, redhist) IS 'implementation of <> operator';

CREATE FUNCTION redhist_lt(redhist, redhist) RETURNS bool
	AS 'MODULE_PATHNAME', 'redhist_lt'
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 20 SUPPORT reddict_support;
COMMENT ON FUNCTION redhist_lt(redhist, redhist) IS 'implementation of < operator';

CREATE FUNCTION redhist_le(redhist, redhist) RETURNS bool
	AS 'MODULE_PATHNAME', 'redhist_le'
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 20 SUPPORT reddict_support;
COMMENT ON FUNCTION redhist_le(redhist, redhist) IS 'implementation of <= operator';

CREATE FUNCTION redhist_gt(redhist, redhist) RETURNS bool
	AS 'MODULE_PATHNAME', 'redhist_gt'
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 20 SUPPORT reddict_support;
COMMENT ON FUNCTION redhist_gt(redhist, redhist) IS 'implementation of > operator';

CREATE FUNCTION redhist_ge(redhist, redhist) RETURNS bool
	AS 'MODULE_PATHNAME', 'redhist_ge'
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 20 SUPPORT reddict_support;
COMMENT ON FUNCTION redhist_ge(redhist, redhist) IS 'implementation of >= operator';

CREATE OPERATOR = (
	LEFTARG = redhist, RIGHTARG = redhist, FUNCTION = redhist_eq,
	COMMUTATOR = =, NEGATOR = <>,
	RESTRICT = eqsel, JOIN = eqjoinsel,
	HASHES, MERGES
);
COMMENT ON OPERATOR = (redhist, redhist) IS 'equal: the same keys with equal histograms, but for their sums';

CREATE OPERATOR <> (
	LEFTARG = redhist, RIGHTARG = redhist, FUNCTION = redhist_ne,
	COMMUTATOR = <>, NEGATOR = =,
	RESTRICT = neqsel, JOIN = neqjoinsel
);
COMMENT ON OPERATOR <> (redhist, redhist) IS 'not equal';

CREATE OPERATOR < (
	LEFTARG = redhist, RIGHTARG = redhist, FUNCTION = redhist_lt,
	COMMUTATOR = >, NEGATOR = >=,
	RESTRICT = scalarltsel, JOIN = scalarltjoinsel
);
COMMENT ON OPERATOR < (redhist, redhist) IS 'less than';

CREATE OPERATOR <= (
	LEFTARG = redhist, RIGHTARG = redhist, FUNCTION = redhist_le,
	COMMUTATOR = >=, NEGATOR = >,
	RESTRICT = scalarlesel, JOIN = scalarlejoinsel
);
COMMENT ON OPERATOR <= (redhist, redhist) IS 'less than or equal';

CREATE OPERATOR > (
	LEFTARG = redhist, RIGHTARG = redhist, FUNCTION = redhist_gt,
	COMMUTATOR = <, NEGATOR = <=,
	RESTRICT = scalargtsel, JOIN = scalargtjoinsel
);
COMMENT ON OPERATOR > (redhist, redhist) IS 'greater than';

CREATE OPERATOR >= (
	LEFTARG = redhist, RIGHTARG = redhist, FUNCTION = redhist_ge,
	COMMUTATOR = <=, NEGATOR = <,
	RESTRICT = scalargesel, JOIN = scalargejoinsel
);
COMMENT ON OPERATOR >= (redhist, redhist) IS 'greater than or equal';

CREATE FUNCTION redhist_cmp(redhist, redhist) RETURNS int4
	AS 'MODULE_PATHNAME', 'redhist_cmp'
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10 SUPPORT reddict_support;
COMMENT ON FUNCTION redhist_cmp(redhist, redhist) IS 'less-equal-greater: by number of keys, then keys, then histograms, but for their sums';

CREATE FUNCTION redhist_hash(redhist) RETURNS int4
	AS 'MODULE_PATHNAME', 'redhist_hash'
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 20 SUPPORT reddict_support;
COMMENT ON FUNCTION redhist_hash(redhist) IS 'hash';

CREATE FUNCTION redhist_hash_extended(m redhist, seed int8) RETURNS int8
	AS 'MODULE_PATHNAME', 'redhist_hash_extended'
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 20 SUPPORT reddict_support;
COMMENT ON FUNCTION redhist_hash_extended(redhist, int8) IS 'hash';

CREATE OPERATOR FAMILY redhist_ops USING btree;
COMMENT ON OPERATOR FAMILY redhist_ops USING btree IS 'order of redhist';
CREATE OPERATOR CLASS redhist_ops
	DEFAULT FOR TYPE redhist USING btree FAMILY redhist_ops AS
	OPERATOR 1 <,
	OPERATOR 2 <=,
	OPERATOR 3 =,
	OPERATOR 4 >=,
	OPERATOR 5 >,
	FUNCTION 1 redhist_cmp(redhist, redhist);
COMMENT ON OPERATOR CLASS redhist_ops USING btree IS 'order of redhist';

CREATE OPERATOR FAMILY redhist_ops USING hash;
COMMENT ON OPERATOR FAMILY redhist_ops USING hash IS 'equality of redhist';
CREATE OPERATOR CLASS redhist_ops
	DEFAULT FOR TYPE redhist USING hash FAMILY redhist_ops AS
	OPERATOR 1 =,
	FUNCTION 1 redhist_hash(redhist),
	FUNCTION 2 redhist_hash_extended(redhist, int8);
COMMENT ON OPERATOR CLASS redhist_ops USING hash IS 'equality of redhist';

CREATE FUNCTION rh_percentile(h redhist, fraction float8) RETURNS reddict
	AS 'MODULE_PATHNAME', 'rh_percentile'
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 30;
COMMENT ON FUNCTION rh_percentile(redhist, float8) IS 'percentile of the values of each key, interpolated between buckets';

CREATE FUNCTION rh_percentiles(h redhist, fractions float8[]) RETURNS reddict[]
	AS 'MODULE_PATHNAME', 'rh_percentiles'
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 40;
COMMENT ON FUNCTION rh_percentiles(redhist, float8[]) IS 'percentiles of the values of each key: a map for each fraction';

CREATE FUNCTION rh_fraction_below(h redhist, m reddict) RETURNS reddict
	AS 'MODULE_PATHNAME', 'rh_fraction_below'
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 40;
COMMENT ON FUNCTION rh_fraction_below(redhist, reddict) IS 'fraction of the values of each key that are at or below that of the map';

CREATE FUNCTION rh_count(redhist) RETURNS reddict
	AS 'MODULE_PATHNAME', 'rh_count'
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 30;
COMMENT ON FUNCTION rh_count(redhist) IS 'number of values of each key, but for NaN and infinities';

CREATE FUNCTION rh_sum(redhist) RETURNS reddict
	AS 'MODULE_PATHNAME', 'rh_sum'
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 30;
COMMENT ON FUNCTION rh_sum(redhist) IS 'sum of the values of each key, but for NaN and infinities';

CREATE FUNCTION rh_avg(redhist) RETURNS reddict
	AS 'MODULE_PATHNAME', 'rh_avg'
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 30;
COMMENT ON FUNCTION rh_avg(redhist) IS 'average of the values of each key, but for NaN and infinities';

CREATE FUNCTION rh_min(redhist) RETURNS reddict
	AS 'MODULE_PATHNAME', 'rh_min'
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 30;
COMMENT ON FUNCTION rh_min(redhist) IS 'least value of each key, but for NaN and infinities';

CREATE FUNCTION rh_max(redhist) RETURNS reddict
	AS 'MODULE_PATHNAME', 'rh_max'
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 30;
COMMENT ON FUNCTION rh_max(redhist) IS 'greatest value of each key, but for NaN and infinities';

CREATE FUNCTION rh_buckets(h redhist, key text, OUT lower float8, OUT upper float8, OUT count int8)
	RETURNS SETOF record
	AS 'MODULE_PATHNAME', 'rh_buckets'
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 50 ROWS 300;
COMMENT ON FUNCTION rh_buckets(redhist, text) IS 'buckets of a key that have a count, in ascending order';

CREATE FUNCTION rh_slice(h redhist, keys text[]) RETURNS redhist
	AS 'MODULE_PATHNAME', 'rh_slice'
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 30;
COMMENT ON FUNCTION rh_slice(redhist, text[]) IS 'the histograms of these keys';

CREATE FUNCTION rh_delete(h redhist, key text) RETURNS redhist
	AS 'MODULE_PATHNAME', 'rh_delete'
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 30;
COMMENT ON FUNCTION rh_delete(redhist, text) IS 'the histograms of all keys but this one';

CREATE FUNCTION rh_delete(h redhist, keys text[]) RETURNS redhist
	AS 'MODULE_PATHNAME', 'rh_delete_keys'
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 30;
COMMENT ON FUNCTION rh_delete(redhist, text[]) IS 'the histograms of all keys but these';

CREATE FUNCTION rd_check(h redhist) RETURNS text
	AS 'MODULE_PATHNAME', 'redhist_check'
	LANGUAGE C STABLE STRICT PARALLEL UNSAFE COST 10;
COMMENT ON FUNCTION rd_check(redhist) IS 'what is wrong with stored histograms; NULL if they are sound';

CREATE FUNCTION redhist_pl(redhist, redhist) RETURNS redhist
	AS 'MODULE_PATHNAME', 'redhist_pl'
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 50;
COMMENT ON FUNCTION redhist_pl(redhist, redhist) IS 'implementation of + operator';

CREATE OPERATOR + (
	LEFTARG = redhist, RIGHTARG = redhist, FUNCTION = redhist_pl, COMMUTATOR = +
);
COMMENT ON OPERATOR + (redhist, redhist) IS 'the histograms of both';

CREATE FUNCTION redhist_pl_reddict(redhist, reddict) RETURNS redhist
	AS 'MODULE_PATHNAME', 'redhist_pl_reddict'
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 50;
COMMENT ON FUNCTION redhist_pl_reddict(redhist, reddict) IS 'implementation of + operator';

CREATE OPERATOR + (
	LEFTARG = redhist, RIGHTARG = reddict, FUNCTION = redhist_pl_reddict
);
COMMENT ON OPERATOR + (redhist, reddict) IS 'the histograms with one more map';

CREATE FUNCTION redhist_trans(state redhist, m reddict) RETURNS redhist
	AS 'MODULE_PATHNAME', 'redhist_trans'
	LANGUAGE C IMMUTABLE PARALLEL SAFE COST 10;
COMMENT ON FUNCTION redhist_trans(redhist, reddict) IS 'transition function of redhist(reddict)';

CREATE FUNCTION redhist_limited_trans(state redhist, m reddict, max_buckets int4, max_scale int4) RETURNS redhist
	AS 'MODULE_PATHNAME', 'redhist_limited_trans'
	LANGUAGE C IMMUTABLE PARALLEL SAFE COST 20;
COMMENT ON FUNCTION redhist_limited_trans(redhist, reddict, int4, int4) IS 'transition function of redhist(reddict, int4, int4)';

CREATE FUNCTION redhist_combine(state redhist, h redhist) RETURNS redhist
	AS 'MODULE_PATHNAME', 'redhist_combine'
	LANGUAGE C IMMUTABLE PARALLEL SAFE COST 30;
COMMENT ON FUNCTION redhist_combine(redhist, redhist) IS 'combine function of redhist(reddict), transition and combine function of rh_merge(redhist)';

CREATE FUNCTION redhist_final(state redhist) RETURNS redhist
	AS 'MODULE_PATHNAME', 'redhist_final'
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 30;
COMMENT ON FUNCTION redhist_final(redhist) IS 'final function of redhist(reddict) and rh_merge(redhist)';

-- A state takes 120 bytes and the keys, and of each key 104 bytes and its counts,
-- mostly of 1 or 2 bytes.

CREATE AGGREGATE redhist(reddict) (
	STYPE = redhist,
	SSPACE = 4096,
	SFUNC = redhist_trans,
	FINALFUNC = redhist_final,
	COMBINEFUNC = redhist_combine,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE redhist(reddict) IS 'exponential histograms, key by key';

CREATE AGGREGATE redhist(m reddict, max_buckets int4, max_scale int4) (
	STYPE = redhist,
	SSPACE = 4096,
	SFUNC = redhist_limited_trans,
	FINALFUNC = redhist_final,
	COMBINEFUNC = redhist_combine,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE redhist(reddict, int4, int4) IS 'exponential histograms, key by key, of at most so many buckets of a sign and so fine a scale';

CREATE AGGREGATE rh_merge(redhist) (
	STYPE = redhist,
	SSPACE = 4096,
	SFUNC = redhist_combine,
	FINALFUNC = redhist_final,
	COMBINEFUNC = redhist_combine,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE rh_merge(redhist) IS 'exponential histograms, key by key, of those of several sets of rows';


--
-- Shared keys
--
-- src/registry.h says what makes them safe. A registration is a few rows, each
-- with a piece of its keys as a JSON array; rows are only ever added. They are
-- in a schema of their own, out of reach of what works on all tables of a
-- schema; its name sorts first, so that most restores begin with it.
--

CREATE SCHEMA _redbear;
COMMENT ON SCHEMA _redbear IS 'the registry of redbear: nothing in it is to be used directly';

-- Never toasted: so it is told before anybody makes a TOAST table.
CREATE TABLE _redbear.key_indexes (
	hash int8,
	generation int4 DEFAULT 0,
	part int4,
	parts int4 NOT NULL,
	n int4 NOT NULL,
	PRIMARY KEY (hash, generation, part)
) WITH (user_catalog_table = true);
ALTER TABLE _redbear.key_indexes
	ADD keys text NOT NULL,
	ADD encoding text,
	ALTER keys SET STORAGE plain,
	ALTER encoding SET STORAGE plain,
	ADD registered_at timestamptz NOT NULL DEFAULT pg_catalog.now(),
	ADD registered_by name NOT NULL DEFAULT CURRENT_USER;
COMMENT ON TABLE _redbear.key_indexes IS 'registered key sets, that packed values refer to by their hash; see rd_shared_indexes()';
SELECT pg_catalog.pg_extension_config_dump('_redbear.key_indexes', '');

-- Rights. PostgreSQL keeps which ones an extension gave, and who gave them. Were
-- that a superuser who is dropped later, dumps would revoke rights of a role that
-- is a number; so the owner is the one superuser that can't be dropped.
DO LANGUAGE plpgsql $$
BEGIN
	EXECUTE pg_catalog.format('ALTER SCHEMA _redbear OWNER TO %I', pg_catalog.pg_get_userbyid(10));
	EXECUTE pg_catalog.format('ALTER TABLE _redbear.key_indexes OWNER TO %I', pg_catalog.pg_get_userbyid(10));
END $$;
-- The owner of a database dumps and restores it, whoever installed redbear.
GRANT USAGE ON SCHEMA _redbear TO PUBLIC;
GRANT SELECT ON _redbear.key_indexes TO PUBLIC;
GRANT INSERT ON _redbear.key_indexes TO pg_database_owner;

-- The right to register is not INSERT on the table: where an owner of the
-- database gives a right to what another role owns, a dump has SET SESSION
-- AUTHORIZATION pg_database_owner, and no such owner can restore it. So it is a
-- right to something that this role owns. It is looked at, and never called.
CREATE FUNCTION _redbear.may_register() RETURNS bool
	LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE COST 1
	RETURN true;
COMMENT ON FUNCTION _redbear.may_register() IS 'EXECUTE on this is the right to register key sets';
ALTER FUNCTION _redbear.may_register() OWNER TO pg_database_owner;
REVOKE EXECUTE ON FUNCTION _redbear.may_register() FROM PUBLIC;

CREATE FUNCTION _redbear.guard_key_indexes() RETURNS trigger
	AS 'MODULE_PATHNAME', 'rd_guard_registry'
	LANGUAGE C VOLATILE PARALLEL UNSAFE;
COMMENT ON FUNCTION _redbear.guard_key_indexes() IS 'keeps registered key sets as they are';

CREATE TRIGGER check_part BEFORE INSERT ON _redbear.key_indexes
	FOR EACH ROW EXECUTE FUNCTION _redbear.guard_key_indexes();
COMMENT ON TRIGGER check_part ON _redbear.key_indexes IS 'skips what is registered, and what is false';
CREATE TRIGGER refuse_change BEFORE UPDATE OR DELETE ON _redbear.key_indexes
	FOR EACH ROW EXECUTE FUNCTION _redbear.guard_key_indexes();
COMMENT ON TRIGGER refuse_change ON _redbear.key_indexes IS 'rows are only ever added';
CREATE TRIGGER refuse_truncate BEFORE TRUNCATE ON _redbear.key_indexes
	FOR EACH STATEMENT EXECUTE FUNCTION _redbear.guard_key_indexes();
COMMENT ON TRIGGER refuse_truncate ON _redbear.key_indexes IS 'rows are only ever added';
ALTER TABLE _redbear.key_indexes
	ENABLE ALWAYS TRIGGER check_part,
	ENABLE ALWAYS TRIGGER refuse_change,
	ENABLE ALWAYS TRIGGER refuse_truncate;

CREATE FUNCTION rd_shared_indexes(OUT hash int8, OUT keys text[], OUT registered_at timestamptz, OUT registered_by name)
	RETURNS SETOF record
	AS 'MODULE_PATHNAME', 'rd_shared_indexes'
	LANGUAGE C STABLE STRICT PARALLEL SAFE COST 1000 ROWS 100;
COMMENT ON FUNCTION rd_shared_indexes() IS 'registered key sets: hash, keys, when and by whom registered';

CREATE FUNCTION rd_check_registry(OUT hash int8, OUT problem text)
	RETURNS SETOF record
	AS 'MODULE_PATHNAME', 'rd_check_registry'
	LANGUAGE C STABLE STRICT PARALLEL SAFE COST 1000 ROWS 10;
COMMENT ON FUNCTION rd_check_registry() IS 'what is wrong with the registry: hashes without a whole and true registration';

CREATE FUNCTION rd_share_keys(keys text[]) RETURNS int8
	AS 'MODULE_PATHNAME', 'rd_share_keys'
	LANGUAGE C VOLATILE STRICT PARALLEL UNSAFE COST 1000;
COMMENT ON FUNCTION rd_share_keys(text[]) IS 'registers a key set, so that values with these keys are packed';

CREATE FUNCTION rd_share_keys_of(m reddict) RETURNS int8
	AS 'MODULE_PATHNAME', 'rd_share_keys_of'
	LANGUAGE C VOLATILE STRICT PARALLEL UNSAFE COST 1000;
COMMENT ON FUNCTION rd_share_keys_of(reddict) IS 'registers the key set of a map, so that values with these keys are packed';

-- Other nodes, as far as Citus is installed and knows them. It is asked by name,
-- in dynamic statements, since nothing here needs it.

CREATE FUNCTION _redbear.run_on_other_nodes(expression text, OUT node text, OUT result text)
	RETURNS SETOF record
	LANGUAGE plpgsql VOLATILE STRICT PARALLEL UNSAFE COST 100000 ROWS 10
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	local_group int;
	local_nodes int[];
	coordinator_is_known bool;
	answer record;
BEGIN
	-- what has this name has to be the extension's own
	IF NOT EXISTS (
		SELECT FROM pg_depend AS d JOIN pg_extension AS e ON e.oid = d.refobjid
		WHERE d.classid = 'pg_proc'::regclass AND d.objid = to_regprocedure('pg_catalog.run_command_on_all_nodes(text,bool,bool)')
			AND d.refclassid = 'pg_extension'::regclass AND d.deptype = 'e' AND e.extname = 'citus')
	THEN
		RETURN;
	END IF;
	EXECUTE 'SELECT groupid FROM pg_dist_local_group' INTO local_group;
	EXECUTE 'SELECT coalesce(array_agg(nodeid), ARRAY[0]) FROM pg_dist_node WHERE groupid = $1' INTO local_nodes USING local_group;
	EXECUTE 'SELECT EXISTS (SELECT FROM pg_dist_node WHERE groupid = 0)' INTO coordinator_is_known;
	IF local_group <> 0 AND NOT coordinator_is_known THEN
		RAISE object_not_in_prerequisite_state
			USING MESSAGE = 'Citus does not tell its workers where the coordinator is',
				HINT = 'Call this on the coordinator, or citus_set_coordinator_host() there before.';
	END IF;
	-- All nodes are asked, this one too, which does nothing: it is in the midst of
	-- a transaction that may have locked what the others will want.
	FOR answer IN EXECUTE
		'SELECT coalesce(n.nodename || '':'' || n.nodeport, ''?'') AS name, r.success, r.result
			FROM run_command_on_all_nodes($1, true, false) AS r LEFT JOIN pg_dist_node AS n USING (nodeid)
			WHERE r.nodeid <> ALL ($2) ORDER BY 1'
		USING format('SELECT CASE WHEN g.groupid <> %s THEN %s END'
			' FROM pg_catalog.pg_dist_local_group AS g, pg_catalog.set_config(''lock_timeout'', ''60s'', true)',
			local_group, expression), local_nodes
	LOOP
		IF NOT answer.success THEN
			RAISE external_routine_exception
				USING MESSAGE = format('node %s did not do what it was asked', answer.name),
					DETAIL = format('It says: %s', answer.result);
		END IF;
		node := answer.name;
		result := answer.result;
		RETURN NEXT;
	END LOOP;
END $$;
COMMENT ON FUNCTION _redbear.run_on_other_nodes(text) IS 'what an expression gives on each of the other nodes that Citus knows; no rows without it';

CREATE FUNCTION rd_share_keys_everywhere(keys text[]) RETURNS int8
	LANGUAGE plpgsql VOLATILE STRICT PARALLEL UNSAFE COST 100000
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	nodes int;
	hash int8;
BEGIN
	SELECT count(*) INTO nodes FROM _redbear.run_on_other_nodes(
		format('@extschema@.rd_share_keys(%L::pg_catalog.text[])', keys));
	-- This node is the last: its registry is locked until the transaction ends.
	hash := @extschema@.rd_share_keys(keys);
	IF nodes = 0 THEN
		RAISE NOTICE USING MESSAGE = 'keys are registered in this database alone',
			DETAIL = 'There is no Citus in it that knows of other nodes.';
	END IF;
	RETURN hash;
END $$;
COMMENT ON FUNCTION rd_share_keys_everywhere(text[]) IS 'registers a key set on all nodes of Citus';

CREATE FUNCTION rd_sync_keys(OUT node text, OUT registered int8)
	RETURNS SETOF record
	LANGUAGE plpgsql VOLATILE STRICT PARALLEL UNSAFE COST 100000 ROWS 10
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	batch constant int := 1000;
	-- how many of some key sets, of $1, a node does not have; it has them afterwards
	register constant text :=
		'(SELECT pg_catalog.count(@extschema@.rd_share_keys(s.keys)) FROM (SELECT ARRAY(SELECT pg_catalog.json_array_elements_text(k))'
		' AS keys FROM pg_catalog.json_array_elements(%L::pg_catalog.json) AS k) AS s'
		' WHERE NOT s.keys OPERATOR(pg_catalog.=) ANY (SELECT i.keys FROM @extschema@.rd_shared_indexes() AS i))';
	everything json;
	here json;
	counts jsonb := '{}';
	added int8;
	other record;
BEGIN
	SELECT json_agg(s.keys) INTO here FROM @extschema@.rd_shared_indexes() AS s;
	-- with what other nodes have: of each set once, by its text, which is the same everywhere
	SELECT json_agg(s.keys::json) INTO everything FROM (
		SELECT k::text AS keys FROM json_array_elements(here) AS k
		UNION SELECT k::text FROM _redbear.run_on_other_nodes(
			'(SELECT coalesce(pg_catalog.json_agg(keys), ''[]'') FROM @extschema@.rd_shared_indexes())') AS o, json_array_elements(o.result::json) AS k
	) AS s;
	FOR part IN 0 .. coalesce((json_array_length(everything) - 1) / batch, 0) LOOP
		FOR other IN SELECT o.node, o.result::int8 AS n FROM _redbear.run_on_other_nodes(format(register, (
			SELECT coalesce(json_agg(k), '[]') FROM json_array_elements(everything) WITH ORDINALITY AS e(k, i)
			WHERE (i - 1) / batch = part))) AS o
		LOOP
			counts := counts || jsonb_build_object(other.node, other.n + coalesce((counts ->> other.node)::int8, 0));
		END LOOP;
	END LOOP;
	-- This node is the last: its registry is locked until the transaction ends.
	EXECUTE format('SELECT ' || register, coalesce(everything, '[]')) INTO added;
	IF counts = '{}' THEN
		RAISE NOTICE USING MESSAGE = 'there are no other nodes to share keys with',
			DETAIL = 'There is no Citus in this database that knows of any.';
	END IF;
	RETURN QUERY SELECT 'this node', added UNION ALL (SELECT key, value::int8 FROM jsonb_each_text(counts) ORDER BY 1);
END $$;
COMMENT ON FUNCTION rd_sync_keys() IS 'registers the key sets of all nodes of Citus on all nodes; of each how many it did not have';

CREATE FUNCTION rd_share_column(tab regclass, col name, min_rows int4 DEFAULT 1000,
		OUT hash int8, OUT n int4, OUT "rows" int8, OUT saved int8, OUT action text)
	RETURNS SETOF record
	AS 'MODULE_PATHNAME', 'rd_share_column'
	LANGUAGE C VOLATILE STRICT PARALLEL UNSAFE COST 100000 ROWS 10;
COMMENT ON FUNCTION rd_share_column(regclass, name, int4) IS 'registers the key sets that many rows of a column have; estimates rows, and bytes that packing them saves';

CREATE PROCEDURE rd_pack_column(tab regclass, col name, batch int4 DEFAULT 10000)
	AS 'MODULE_PATHNAME', 'rd_pack_column'
	LANGUAGE C;
COMMENT ON PROCEDURE rd_pack_column(regclass, name, int4) IS 'packs the values of a column that can be, in batches, committing each';

CREATE FUNCTION rd_pack(m reddict) RETURNS reddict
	AS 'MODULE_PATHNAME', 'rd_pack'
	LANGUAGE C STABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION rd_pack(reddict) IS 'the same map, packed if its keys are registered, and narrow';

CREATE FUNCTION rd_unpack(m reddict) RETURNS reddict
	AS 'MODULE_PATHNAME', 'rd_unpack'
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION rd_unpack(reddict) IS 'the same map, with its keys';

CREATE FUNCTION rd_is_packed(m reddict) RETURNS bool
	AS 'MODULE_PATHNAME', 'rd_is_packed'
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION rd_is_packed(reddict) IS 'is the map packed, its keys in the registry?';

CREATE FUNCTION rd_is_packable(m reddict) RETURNS bool
	AS 'MODULE_PATHNAME', 'rd_is_packable'
	LANGUAGE C STABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION rd_is_packable(reddict) IS 'would rd_pack give the map another form?';

CREATE FUNCTION rd_packed_size(m reddict) RETURNS int4
	AS 'MODULE_PATHNAME', 'rd_packed_size'
	LANGUAGE C STABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION rd_packed_size(reddict) IS 'bytes that the map would take packed and narrow';

CREATE FUNCTION rd_encoding(m reddict) RETURNS text
	AS 'MODULE_PATHNAME', 'rd_encoding'
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION rd_encoding(reddict) IS 'how the map is kept: whether packed, and how many bytes its numbers take';

CREATE FUNCTION rd_index_hash(m reddict) RETURNS int8
	AS 'MODULE_PATHNAME', 'rd_index_hash'
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION rd_index_hash(reddict) IS 'hash of the keys of a map';

-- a subtransaction is what no parallel operation may start
CREATE FUNCTION rd_check(m reddict) RETURNS text
	AS 'MODULE_PATHNAME', 'reddict_check'
	LANGUAGE C STABLE STRICT PARALLEL UNSAFE COST 10;
COMMENT ON FUNCTION rd_check(reddict) IS 'what is wrong with a stored map; NULL if it is sound';

CREATE FUNCTION rd_check(s redstats) RETURNS text
	AS 'MODULE_PATHNAME', 'redstats_check'
	LANGUAGE C STABLE STRICT PARALLEL UNSAFE COST 10;
COMMENT ON FUNCTION rd_check(redstats) IS 'what is wrong with stored statistics; NULL if they are sound';
