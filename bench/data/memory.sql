-- The memory of a query's aggregation in kB, as EXPLAIN says it.  Fails unless
-- the plan has one HashAggregate that did not spill.
CREATE FUNCTION pg_temp.memory(query text) RETURNS float8 LANGUAGE plpgsql AS $$
DECLARE
	plan json;
	kb float8;
BEGIN
	EXECUTE 'EXPLAIN (ANALYZE, FORMAT json) ' || query INTO plan;
	SELECT aggregate -> 'Peak Memory Usage' INTO STRICT kb
	FROM jsonb_path_query(plan::jsonb, '$.** ? (@."Strategy" == "Hashed" && @."HashAgg Batches" == 1)') AS aggregate;
	RETURN kb;
END $$;
