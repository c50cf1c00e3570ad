SET max_parallel_workers_per_gather = 1;
SELECT sum(m) FROM parallel_reddict;
