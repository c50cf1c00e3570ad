-- Planning 200 and 800 nested calls, ten times each
CREATE TABLE planned (x float8);
CREATE FUNCTION plan_nested(call text, depth int) RETURNS int LANGUAGE plpgsql AS $$
DECLARE
	expression text := 'x';
BEGIN
	FOR i IN 1..depth LOOP
		expression := replace(call, '?', expression);
	END LOOP;
	FOR i IN 1..10 LOOP
		EXECUTE 'EXPLAIN SELECT ' || expression || ' FROM planned';
	END LOOP;
	RETURN depth;
END $$;
