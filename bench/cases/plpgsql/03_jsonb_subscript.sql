SELECT loop_jsonb_subscript(j) FROM plpgsql_data;
