-- needs ten_hstore
SELECT sum((m -> 'clicks')::float8) FROM ten_hstore;
