\set operand chain_ :variant
\set packed chain_packed_ :variant
\set rows chain_rows_ :variant
WITH answer AS (
	SELECT rd_values(((((m + 4) + m) - 4) - m) * m) AS y, rd_values(m) AS x FROM :operand
)
SELECT bool_and(b = ((((a + 4) + a) - 4) - a) * a) FROM answer, unnest(answer.x, answer.y) AS u (a, b);

SELECT bool_and(rd_is_packed(p.m || '{}') AND NOT rd_is_packed(o.m || '{}')
	AND ((((p.m + 4) + p.m) - 4) - p.m) * p.m = ((((o.m + 4) + o.m) - 4) - o.m) * o.m)
FROM :packed p, :operand o;

SELECT bool_and(y.value::float8 = ((((a.value + 4) + b.value) - 4) - c.value) * d.value)
	AND count(*) = :variant AND count(DISTINCT (b.value, c.value, d.value)) > 1
FROM (
	SELECT a.m AS a, b.m AS b, c.m AS c, d.m AS d, ((((a.m + 4) + b.m) - 4) - c.m) * d.m AS y
	FROM :operand a, :rows b, :rows c, :rows d
	WHERE b.id = 1 AND c.id = 2 AND d.id = 3
) AS s, jsonb_each(y::jsonb) AS y,
	LATERAL (SELECT (s.a::jsonb ->> y.key)::float8 AS value) AS a,
	LATERAL (SELECT (s.b::jsonb ->> y.key)::float8 AS value) AS b,
	LATERAL (SELECT (s.c::jsonb ->> y.key)::float8 AS value) AS c,
	LATERAL (SELECT (s.d::jsonb ->> y.key)::float8 AS value) AS d;
