-- One step after the other.
SET redbear.one_pass = off;
WITH operand AS MATERIALIZED (SELECT m || '{}'::reddict AS d FROM chain_:variant)
SELECT count(((((d + 4) + d) - 4) - d) * d) FROM operand, generate_series(1, (100000 * :size)::int);
