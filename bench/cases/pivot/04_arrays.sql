SELECT g, reddict(array_agg(key), array_agg(v)) FROM pivot_:variant GROUP BY g;
