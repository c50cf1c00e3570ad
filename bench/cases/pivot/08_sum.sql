-- needs pivot_maps_:variant
SELECT g, sum(m) FROM pivot_maps_:variant GROUP BY g;
