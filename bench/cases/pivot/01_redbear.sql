SELECT g, reddict_agg(key, v) FROM pivot_:variant GROUP BY g;
