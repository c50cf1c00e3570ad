-- d is computed, so that it is in memory, not in a TOAST table.
WITH operand AS MATERIALIZED (SELECT m || '{}'::reddict AS d FROM chain_:variant)
SELECT count(((((d + 4) + d) - 4) - d) * d) FROM operand, generate_series(1, (100000 * :size)::int);
