-- complain if script is sourced in psql, rather than via CREATE EXTENSION
\echo Use "CREATE EXTENSION reddict_plperlu" to load this file. \quit

CREATE FUNCTION reddict_to_plperlu(val internal) RETURNS internal
	AS 'MODULE_PATHNAME', 'reddict_to_plperl'
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION reddict_to_plperlu(internal) IS 'implementation of the transform';

CREATE FUNCTION plperlu_to_reddict(val internal) RETURNS reddict
	AS 'MODULE_PATHNAME', 'plperl_to_reddict'
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION plperlu_to_reddict(internal) IS 'implementation of the transform';

CREATE TRANSFORM FOR reddict LANGUAGE plperlu (
	FROM SQL WITH FUNCTION reddict_to_plperlu(internal),
	TO SQL WITH FUNCTION plperlu_to_reddict(internal)
);
COMMENT ON TRANSFORM FOR reddict LANGUAGE plperlu IS 'a map is a hash of numbers, and a hash of numbers a map';
