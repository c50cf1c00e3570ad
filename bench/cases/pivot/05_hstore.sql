-- needs pivot_hstore
SELECT g, hstore(array_agg(key), array_agg(v::text)) FROM pivot_:variant GROUP BY g;
