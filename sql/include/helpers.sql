\set ECHO none
-- Functions that several tests use. How a test includes them, from any directory:
--
--     \getenv abs_srcdir PG_ABS_SRCDIR
--     \set helpers :abs_srcdir '/sql/include/helpers.sql'
--     \i :helpers

-- A statement's result, or its error as one line: SQLSTATE: message / detail.
CREATE FUNCTION pg_temp.outcome(statement text) RETURNS text
LANGUAGE plpgsql AS $$
DECLARE
	result text;
	message text;
	detail text;
BEGIN
	EXECUTE statement INTO result;
	RETURN result;
EXCEPTION WHEN OTHERS THEN
	GET STACKED DIAGNOSTICS message = MESSAGE_TEXT, detail = PG_EXCEPTION_DETAIL;
	-- what core's JSON parser says in detail differs between versions
	RETURN concat_ws(' / ', SQLSTATE || ': ' || message, CASE WHEN message NOT LIKE '%type json%' THEN nullif(detail, '') END);
END $$;

-- The same with hint and context: SQLSTATE: message / detail / hint / what the context names.
CREATE FUNCTION pg_temp.full_outcome(statement text) RETURNS text
LANGUAGE plpgsql AS $$
DECLARE
	result text;
	message text;
	detail text;
	hint text;
	context text;
BEGIN
	EXECUTE statement INTO result;
	RETURN result;
EXCEPTION WHEN OTHERS THEN
	GET STACKED DIAGNOSTICS message = MESSAGE_TEXT, detail = PG_EXCEPTION_DETAIL, hint = PG_EXCEPTION_HINT,
		context = PG_EXCEPTION_CONTEXT;
	-- what core's JSON parser says in detail differs between versions
	IF message LIKE 'invalid input syntax for type json%' THEN
		RETURN SQLSTATE || ': ' || message;
	END IF;
	RETURN concat_ws(' / ', SQLSTATE || ': ' || message, nullif(detail, ''), nullif(hint, ''),
		substring(context FROM '^(?:value of key|column) "[^"]*"'));
END $$;

-- The bits of a value; NaNs are taken as one.
CREATE FUNCTION pg_temp.bits(value float8) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$ SELECT CASE WHEN value = 'NaN' THEN 'NaN' ELSE float8send(value)::text END $$;

-- Is there a line like this in the query's plan?
CREATE FUNCTION pg_temp.plan_has(line text, query text) RETURNS boolean
LANGUAGE plpgsql AS $$
DECLARE
	plan_line text;
BEGIN
	FOR plan_line IN EXECUTE 'EXPLAIN (COSTS OFF) ' || query LOOP
		IF plan_line LIKE '%' || line || '%' THEN
			RETURN true;
		END IF;
	END LOOP;
	RETURN false;
END $$;

-- A query's plan.  PostgreSQL 18 also says which nodes are disabled.
CREATE FUNCTION pg_temp.plan(query text) RETURNS SETOF text
LANGUAGE plpgsql AS $$
DECLARE
	plan_line text;
BEGIN
	FOR plan_line IN EXECUTE 'EXPLAIN (COSTS OFF) ' || query LOOP
		IF plan_line NOT LIKE '%Disabled: true' THEN
			RETURN NEXT plan_line;
		END IF;
	END LOOP;
END $$;

-- A number below 10007 that looks random and is the same each time.
CREATE FUNCTION pg_temp.noise(variadic seeds int[]) RETURNS int
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS
$$ SELECT (seeds[1] * 7919 + seeds[2] * 104729 + coalesce(seeds[3], 0) * 611953) % 10007 $$;
\set ECHO all
