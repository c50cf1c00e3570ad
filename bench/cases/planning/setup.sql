-- Planning 200 and 800 nested calls, without parsing and running them
CREATE TABLE planned (x float8);
-- the least of 20 planning times, in milliseconds
CREATE FUNCTION plan_nested(call text, depth int) RETURNS float8 LANGUAGE plpgsql AS $$
DECLARE
	expression text := 'x';
	plan json;
	times float8[];
BEGIN
	FOR i IN 1..depth LOOP
		expression := replace(call, '?', expression);
	END LOOP;
	FOR i IN 1..20 LOOP
		EXECUTE 'EXPLAIN (SUMMARY, FORMAT json) SELECT ' || expression || ' FROM planned' INTO plan;
		times[i] := (plan -> 0 ->> 'Planning Time')::float8;
	END LOOP;
	RETURN min(time) FROM unnest(times) AS time;
END $$;
