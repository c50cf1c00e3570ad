SELECT loop_subscript(m) FROM plpgsql_data;
