-- needs ten_hstore
SELECT key, sum(value::float8) FROM ten_hstore, each(m) GROUP BY key;
