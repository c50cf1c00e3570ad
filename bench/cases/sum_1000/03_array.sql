-- needs array_1000_integers_:variant
SELECT position, sum(value)
FROM array_1000_integers_:variant, unnest(m) WITH ORDINALITY AS u (value, position)
GROUP BY position;
