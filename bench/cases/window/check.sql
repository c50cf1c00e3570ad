-- These numbers are integers or multiples of 0.25, so any sum of them is exact.
SELECT bool_and(exact = plain) FROM (
	SELECT rd_exact_sum_agg(m) OVER w AS exact, sum(m) OVER w AS plain FROM moving_reddict
	WINDOW w AS (ORDER BY id ROWS BETWEEN :variant - 1 PRECEDING AND CURRENT ROW)) AS t;
SELECT bool_and(exact -> 'revenue' = revenue) FROM (
	SELECT rd_exact_sum_agg(m) OVER w AS exact, sum(revenue) OVER w AS revenue FROM moving_reddict JOIN moving_numeric USING (id)
	WINDOW w AS (ORDER BY id ROWS BETWEEN :variant - 1 PRECEDING AND CURRENT ROW)) AS t;
