SELECT loop_jsonb_set(j) FROM plpgsql_data;
