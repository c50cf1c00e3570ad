SELECT loop_add(m || '{}', m || '{}') FROM plpgsql_data;
