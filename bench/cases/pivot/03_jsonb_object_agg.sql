SELECT g, jsonb_object_agg(key, v) FROM pivot_:variant GROUP BY g;
