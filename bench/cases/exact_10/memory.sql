-- What EXPLAIN says of the queries that are timed. Fails unless the plan has one
-- HashAggregate that did not spill.
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

SELECT 'redbear', pg_temp.memory('SELECT id % 100000, rd_exact_sum_agg(m) FROM ten_reddict GROUP BY 1');
SELECT 'redbear_packed', pg_temp.memory('SELECT id % 100000, rd_exact_sum_agg(m) FROM ten_packed GROUP BY 1');
SELECT 'numeric', pg_temp.memory('SELECT id % 100000, sum(clicks), sum(views), sum(revenue), sum(sessions), sum(bounces),
	sum(signups), sum(orders), sum(refunds), sum(latency), sum(errors) FROM ten_numeric GROUP BY 1');
