SELECT position, sum(value)
FROM scale_array_:variant, unnest(m) WITH ORDINALITY AS u (value, position)
GROUP BY position;
