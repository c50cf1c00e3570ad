SET max_parallel_workers_per_gather = 1;
SELECT count(m) FROM parallel_reddict;
