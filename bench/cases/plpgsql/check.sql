SELECT (loop_subscript(m), loop_add(m * 2, m / 500), loop_jsonb_subscript(j), loop_jsonb_set(j)) = (1000, 2000, 1000, 1000) FROM plpgsql_data;
