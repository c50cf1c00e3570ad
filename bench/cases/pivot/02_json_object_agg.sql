SELECT g, json_object_agg(key, v) FROM pivot_:variant GROUP BY g;
