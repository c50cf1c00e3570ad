SET redbear.pack = on;
SELECT group_:variant, sum(m)
FROM grouped_packed
GROUP BY group_:variant
OFFSET 1000000;
