-- complain if script is sourced in psql, rather than via CREATE EXTENSION
\echo Use "CREATE EXTENSION reddict_plpython3u" to load this file. \quit

CREATE FUNCTION reddict_to_plpython3(val internal) RETURNS internal
	AS 'MODULE_PATHNAME'
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION reddict_to_plpython3(internal) IS 'implementation of the transform';

CREATE FUNCTION plpython3_to_reddict(val internal) RETURNS reddict
	AS 'MODULE_PATHNAME'
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION plpython3_to_reddict(internal) IS 'implementation of the transform';

CREATE TRANSFORM FOR reddict LANGUAGE plpython3u (
	FROM SQL WITH FUNCTION reddict_to_plpython3(internal),
	TO SQL WITH FUNCTION plpython3_to_reddict(internal)
);
COMMENT ON TRANSFORM FOR reddict LANGUAGE plpython3u IS 'a map is a dict of floats, and a mapping of str to numbers a map';
