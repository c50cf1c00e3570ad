-- The plan has its worker, and the answer is the serial one: the sums are exact.
SELECT sum(m) * 10 AS answer, count(m) * 10 AS rows FROM ten_reddict \gset
SELECT count(*) = :rows AND sum(m) = :'answer' FROM parallel_reddict;
SET max_parallel_workers_per_gather = 1;
SELECT count(*) = :rows AND sum(m) = :'answer' FROM parallel_reddict;

CREATE FUNCTION pg_temp.plan(query text) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
	plan json;
BEGIN
	EXECUTE 'EXPLAIN (ANALYZE, FORMAT json) ' || query INTO plan;
	RETURN plan;
END $$;
SELECT jsonb_path_query(pg_temp.plan('SELECT sum(m) FROM parallel_reddict'), '$.**."Workers Launched"') = '1';
