SELECT count(top) FROM ten_jsonb, LATERAL (SELECT jsonb_object_agg(key, value) AS top FROM (SELECT * FROM jsonb_each(m) ORDER BY value DESC LIMIT 3) AS s OFFSET 0) AS t;
