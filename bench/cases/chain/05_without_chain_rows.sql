WITH operand AS MATERIALIZED (
	SELECT a.m || '{}'::reddict AS a, b.m || '{}'::reddict AS b, c.m || '{}'::reddict AS c, d.m || '{}'::reddict AS d
	FROM chain_:variant a, chain_rows_:variant b, chain_rows_:variant c, chain_rows_:variant d
	WHERE b.id = 1 AND c.id = 2 AND d.id = 3
)
SELECT count(d) FROM operand, generate_series(1, (100000 * :size)::int);
