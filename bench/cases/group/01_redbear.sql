-- OFFSET: all groups are computed, none is sent.
SELECT group_:variant, sum(m)
FROM grouped_reddict
GROUP BY group_:variant
OFFSET 1000000;
