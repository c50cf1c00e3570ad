\set operand chain_ :variant
WITH answer AS (
	SELECT rd_values(((((m + 4) + m) - 4) - m) * m) AS y, rd_values(m) AS x FROM :operand
)
SELECT bool_and(b = ((((a + 4) + a) - 4) - a) * a) FROM answer, unnest(answer.x, answer.y) AS u (a, b);
