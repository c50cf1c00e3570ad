/* redbear--1.0.sql */

-- complain if script is sourced in psql, rather than via CREATE EXTENSION
\echo Use "CREATE EXTENSION redbear" to load this file. \quit

-- COST is in units of cpu_operator_cost, measured with maps of ten keys.
-- Only reddict_recv and reddict_send are not immutable: they depend on the
-- client's encoding.

-- type

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

CREATE TYPE reddict (
	INPUT = reddict_in,
	OUTPUT = reddict_out,
	RECEIVE = reddict_recv,
	SEND = reddict_send,
	ALIGNMENT = int4,
	STORAGE = extended
);
COMMENT ON TYPE reddict IS 'map of text keys to double precision values';

-- constructors and casts

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
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100;
COMMENT ON FUNCTION rd_to_json(reddict) IS 'convert reddict to JSON object';

CREATE FUNCTION rd_to_jsonb(reddict) RETURNS jsonb
	AS 'MODULE_PATHNAME', 'reddict_to_jsonb'
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100;
COMMENT ON FUNCTION rd_to_jsonb(reddict) IS 'convert reddict to JSON object';

CREATE CAST (json AS reddict) WITH FUNCTION reddict(json) AS ASSIGNMENT;
COMMENT ON CAST (json AS reddict) IS 'convert JSON object of numbers to reddict';

CREATE CAST (jsonb AS reddict) WITH FUNCTION reddict(jsonb) AS ASSIGNMENT;
COMMENT ON CAST (jsonb AS reddict) IS 'convert JSON object of numbers to reddict';

CREATE CAST (reddict AS json) WITH FUNCTION rd_to_json(reddict) AS ASSIGNMENT;
COMMENT ON CAST (reddict AS json) IS 'convert reddict to json';

CREATE CAST (reddict AS jsonb) WITH FUNCTION rd_to_jsonb(reddict) AS ASSIGNMENT;
COMMENT ON CAST (reddict AS jsonb) IS 'convert reddict to jsonb';


-- access

CREATE FUNCTION rd_fetchval(m reddict, key text) RETURNS float8
	AS 'MODULE_PATHNAME', 'rd_fetchval'
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION rd_fetchval(reddict, text) IS 'implementation of -> operator';

CREATE OPERATOR -> (
	LEFTARG = reddict, RIGHTARG = text, FUNCTION = rd_fetchval
);
COMMENT ON OPERATOR -> (reddict, text) IS 'value of a key; NULL if the key is absent';

CREATE FUNCTION rd_length(reddict) RETURNS int4
	AS 'MODULE_PATHNAME', 'rd_length'
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION rd_length(reddict) IS 'number of keys';

CREATE FUNCTION rd_keys(reddict) RETURNS text[]
	AS 'MODULE_PATHNAME', 'rd_keys'
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 30;
COMMENT ON FUNCTION rd_keys(reddict) IS 'keys, in byte order';

CREATE FUNCTION rd_values(reddict) RETURNS float8[]
	AS 'MODULE_PATHNAME', 'rd_values'
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 20;
COMMENT ON FUNCTION rd_values(reddict) IS 'values, in the order of the keys';

CREATE FUNCTION rd_each(m reddict, OUT key text, OUT value float8) RETURNS SETOF record
	AS 'MODULE_PATHNAME', 'rd_each'
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 30 ROWS 10;
COMMENT ON FUNCTION rd_each(reddict) IS 'a row for each key, in byte order';


-- algebra

CREATE FUNCTION reddict_pl(reddict, reddict) RETURNS reddict
	AS 'MODULE_PATHNAME', 'reddict_pl'
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION reddict_pl(reddict, reddict) IS 'implementation of + operator';

CREATE OPERATOR + (
	LEFTARG = reddict, RIGHTARG = reddict, FUNCTION = reddict_pl,
	COMMUTATOR = +
);
COMMENT ON OPERATOR + (reddict, reddict) IS 'sum, key by key; a key that one side lacks counts as 0';

CREATE FUNCTION reddict_mi(reddict, reddict) RETURNS reddict
	AS 'MODULE_PATHNAME', 'reddict_mi'
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION reddict_mi(reddict, reddict) IS 'implementation of - operator';

CREATE OPERATOR - (
	LEFTARG = reddict, RIGHTARG = reddict, FUNCTION = reddict_mi
);
COMMENT ON OPERATOR - (reddict, reddict) IS 'difference, key by key; a key that one side lacks counts as 0';

CREATE FUNCTION reddict_mul(reddict, reddict) RETURNS reddict
	AS 'MODULE_PATHNAME', 'reddict_mul'
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION reddict_mul(reddict, reddict) IS 'implementation of * operator';

CREATE OPERATOR * (
	LEFTARG = reddict, RIGHTARG = reddict, FUNCTION = reddict_mul,
	COMMUTATOR = *
);
COMMENT ON OPERATOR * (reddict, reddict) IS 'product of the values of each key that both sides have';

CREATE FUNCTION reddict_div(reddict, reddict) RETURNS reddict
	AS 'MODULE_PATHNAME', 'reddict_div'
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION reddict_div(reddict, reddict) IS 'implementation of / operator';

CREATE OPERATOR / (
	LEFTARG = reddict, RIGHTARG = reddict, FUNCTION = reddict_div
);
COMMENT ON OPERATOR / (reddict, reddict) IS 'quotient of the values of each key that both sides have';

CREATE FUNCTION reddict_pl_float8(reddict, float8) RETURNS reddict
	AS 'MODULE_PATHNAME', 'reddict_pl_float8'
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION reddict_pl_float8(reddict, float8) IS 'implementation of + operator';

CREATE OPERATOR + (
	LEFTARG = reddict, RIGHTARG = float8, FUNCTION = reddict_pl_float8,
	COMMUTATOR = +
);
COMMENT ON OPERATOR + (reddict, float8) IS 'add number to each value';

CREATE FUNCTION float8_pl_reddict(float8, reddict) RETURNS reddict
	AS 'MODULE_PATHNAME', 'float8_pl_reddict'
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION float8_pl_reddict(float8, reddict) IS 'implementation of + operator';

CREATE OPERATOR + (
	LEFTARG = float8, RIGHTARG = reddict, FUNCTION = float8_pl_reddict,
	COMMUTATOR = +
);
COMMENT ON OPERATOR + (float8, reddict) IS 'add each value to number';

CREATE FUNCTION reddict_mi_float8(reddict, float8) RETURNS reddict
	AS 'MODULE_PATHNAME', 'reddict_mi_float8'
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION reddict_mi_float8(reddict, float8) IS 'implementation of - operator';

CREATE OPERATOR - (
	LEFTARG = reddict, RIGHTARG = float8, FUNCTION = reddict_mi_float8
);
COMMENT ON OPERATOR - (reddict, float8) IS 'subtract number from each value';

CREATE FUNCTION float8_mi_reddict(float8, reddict) RETURNS reddict
	AS 'MODULE_PATHNAME', 'float8_mi_reddict'
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION float8_mi_reddict(float8, reddict) IS 'implementation of - operator';

CREATE OPERATOR - (
	LEFTARG = float8, RIGHTARG = reddict, FUNCTION = float8_mi_reddict
);
COMMENT ON OPERATOR - (float8, reddict) IS 'subtract each value from number';

CREATE FUNCTION reddict_mul_float8(reddict, float8) RETURNS reddict
	AS 'MODULE_PATHNAME', 'reddict_mul_float8'
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION reddict_mul_float8(reddict, float8) IS 'implementation of * operator';

CREATE OPERATOR * (
	LEFTARG = reddict, RIGHTARG = float8, FUNCTION = reddict_mul_float8,
	COMMUTATOR = *
);
COMMENT ON OPERATOR * (reddict, float8) IS 'multiply each value by number';

CREATE FUNCTION float8_mul_reddict(float8, reddict) RETURNS reddict
	AS 'MODULE_PATHNAME', 'float8_mul_reddict'
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION float8_mul_reddict(float8, reddict) IS 'implementation of * operator';

CREATE OPERATOR * (
	LEFTARG = float8, RIGHTARG = reddict, FUNCTION = float8_mul_reddict,
	COMMUTATOR = *
);
COMMENT ON OPERATOR * (float8, reddict) IS 'multiply number by each value';

CREATE FUNCTION reddict_div_float8(reddict, float8) RETURNS reddict
	AS 'MODULE_PATHNAME', 'reddict_div_float8'
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION reddict_div_float8(reddict, float8) IS 'implementation of / operator';

CREATE OPERATOR / (
	LEFTARG = reddict, RIGHTARG = float8, FUNCTION = reddict_div_float8
);
COMMENT ON OPERATOR / (reddict, float8) IS 'divide each value by number';

CREATE FUNCTION float8_div_reddict(float8, reddict) RETURNS reddict
	AS 'MODULE_PATHNAME', 'float8_div_reddict'
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION float8_div_reddict(float8, reddict) IS 'implementation of / operator';

CREATE OPERATOR / (
	LEFTARG = float8, RIGHTARG = reddict, FUNCTION = float8_div_reddict
);
COMMENT ON OPERATOR / (float8, reddict) IS 'divide number by each value';

CREATE FUNCTION reddict_um(reddict) RETURNS reddict
	AS 'MODULE_PATHNAME', 'reddict_um'
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION reddict_um(reddict) IS 'implementation of - operator';

CREATE OPERATOR - (
	RIGHTARG = reddict, FUNCTION = reddict_um
);
COMMENT ON OPERATOR - (NONE, reddict) IS 'negate each value';

CREATE FUNCTION reddict_concat(reddict, reddict) RETURNS reddict
	AS 'MODULE_PATHNAME', 'reddict_concat'
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION reddict_concat(reddict, reddict) IS 'implementation of || operator';

CREATE OPERATOR || (
	LEFTARG = reddict, RIGHTARG = reddict, FUNCTION = reddict_concat
);
COMMENT ON OPERATOR || (reddict, reddict) IS 'keys of either side; the right side''s value where both have the key';

CREATE FUNCTION rd_add(a reddict, b reddict, fill float8 DEFAULT 0, keys text DEFAULT 'left') RETURNS reddict
	AS 'MODULE_PATHNAME', 'rd_add'
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION rd_add(reddict, reddict, float8, text) IS 'sum, key by key, for the keys of the left, right, both or either side; fill stands in for an absent value';

CREATE FUNCTION rd_subtract(a reddict, b reddict, fill float8 DEFAULT 0, keys text DEFAULT 'left') RETURNS reddict
	AS 'MODULE_PATHNAME', 'rd_subtract'
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION rd_subtract(reddict, reddict, float8, text) IS 'difference, key by key, for the keys of the left, right, both or either side; fill stands in for an absent value';

CREATE FUNCTION rd_multiply(a reddict, b reddict, fill float8 DEFAULT 1, keys text DEFAULT 'left') RETURNS reddict
	AS 'MODULE_PATHNAME', 'rd_multiply'
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION rd_multiply(reddict, reddict, float8, text) IS 'product, key by key, for the keys of the left, right, both or either side; fill stands in for an absent value';

CREATE FUNCTION rd_divide(a reddict, b reddict, fill float8 DEFAULT 1, keys text DEFAULT 'left') RETURNS reddict
	AS 'MODULE_PATHNAME', 'rd_divide'
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION rd_divide(reddict, reddict, float8, text) IS 'quotient, key by key, for the keys of the left, right, both or either side; fill stands in for an absent value';

CREATE FUNCTION rd_reset(m reddict, v float8) RETURNS reddict
	AS 'MODULE_PATHNAME', 'rd_reset'
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION rd_reset(reddict, float8) IS 'the same keys, each with the given value';


-- one map to one number

CREATE FUNCTION rd_sum(reddict) RETURNS float8
	AS 'MODULE_PATHNAME', 'rd_sum'
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION rd_sum(reddict) IS 'sum of the values; 0 for an empty map';

CREATE FUNCTION rd_product(reddict) RETURNS float8
	AS 'MODULE_PATHNAME', 'rd_product'
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION rd_product(reddict) IS 'product of the values; 1 for an empty map';


-- comparison

CREATE FUNCTION reddict_eq(reddict, reddict) RETURNS bool
	AS 'MODULE_PATHNAME', 'reddict_eq'
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 20;
COMMENT ON FUNCTION reddict_eq(reddict, reddict) IS 'implementation of = operator';

CREATE FUNCTION reddict_ne(reddict, reddict) RETURNS bool
	AS 'MODULE_PATHNAME', 'reddict_ne'
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 20;
COMMENT ON FUNCTION reddict_ne(reddict, reddict) IS 'implementation of <> operator';

CREATE FUNCTION reddict_lt(reddict, reddict) RETURNS bool
	AS 'MODULE_PATHNAME', 'reddict_lt'
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 20;
COMMENT ON FUNCTION reddict_lt(reddict, reddict) IS 'implementation of < operator';

CREATE FUNCTION reddict_le(reddict, reddict) RETURNS bool
	AS 'MODULE_PATHNAME', 'reddict_le'
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 20;
COMMENT ON FUNCTION reddict_le(reddict, reddict) IS 'implementation of <= operator';

CREATE FUNCTION reddict_gt(reddict, reddict) RETURNS bool
	AS 'MODULE_PATHNAME', 'reddict_gt'
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 20;
COMMENT ON FUNCTION reddict_gt(reddict, reddict) IS 'implementation of > operator';

CREATE FUNCTION reddict_ge(reddict, reddict) RETURNS bool
	AS 'MODULE_PATHNAME', 'reddict_ge'
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 20;
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
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION reddict_cmp(reddict, reddict) IS 'less-equal-greater: by number of keys, then keys, then values';

CREATE FUNCTION reddict_hash(reddict) RETURNS int4
	AS 'MODULE_PATHNAME', 'reddict_hash'
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 20;
COMMENT ON FUNCTION reddict_hash(reddict) IS 'hash';

CREATE FUNCTION reddict_hash_extended(m reddict, seed int8) RETURNS int8
	AS 'MODULE_PATHNAME', 'reddict_hash_extended'
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 20;
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


-- aggregates

CREATE FUNCTION reddict_sum_trans(state reddict, m reddict) RETURNS reddict
	AS 'MODULE_PATHNAME', 'reddict_sum_trans'
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION reddict_sum_trans(reddict, reddict) IS 'transition and combine function of sum(reddict)';

CREATE FUNCTION reddict_min_trans(state reddict, m reddict) RETURNS reddict
	AS 'MODULE_PATHNAME', 'reddict_min_trans'
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION reddict_min_trans(reddict, reddict) IS 'transition and combine function of min(reddict)';

CREATE FUNCTION reddict_max_trans(state reddict, m reddict) RETURNS reddict
	AS 'MODULE_PATHNAME', 'reddict_max_trans'
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION reddict_max_trans(reddict, reddict) IS 'transition and combine function of max(reddict)';

CREATE FUNCTION reddict_agg_trans(state reddict, key text, val float8) RETURNS reddict
	AS 'MODULE_PATHNAME', 'reddict_agg_trans'
	LANGUAGE C IMMUTABLE PARALLEL SAFE COST 10;
COMMENT ON FUNCTION reddict_agg_trans(reddict, text, float8) IS 'transition function of reddict_agg(text, float8)';

-- A state takes 16 bytes and 10 to 30 bytes a key.
CREATE AGGREGATE sum(reddict) (
	STYPE = reddict,
	SSPACE = 256,
	SFUNC = reddict_sum_trans,
	COMBINEFUNC = reddict_sum_trans,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE sum(reddict) IS 'sum, key by key, over the rows that have the key';

CREATE AGGREGATE min(reddict) (
	STYPE = reddict,
	SSPACE = 256,
	SFUNC = reddict_min_trans,
	COMBINEFUNC = reddict_min_trans,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE min(reddict) IS 'minimum, key by key, over the rows that have the key';

CREATE AGGREGATE max(reddict) (
	STYPE = reddict,
	SSPACE = 256,
	SFUNC = reddict_max_trans,
	COMBINEFUNC = reddict_max_trans,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE max(reddict) IS 'maximum, key by key, over the rows that have the key';

CREATE AGGREGATE reddict_agg(key text, val float8) (
	STYPE = reddict,
	SSPACE = 256,
	SFUNC = reddict_agg_trans,
	COMBINEFUNC = reddict_sum_trans,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE reddict_agg(text, float8) IS 'map of the rows'' keys to their values; the values of a repeated key are added';
