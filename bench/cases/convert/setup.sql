-- jsonb to reddict and back, 100,000 maps of 10 keys; and what taking jsonb apart and putting it together takes
\ir ../../data/ten_keys.sql
CREATE TABLE convert_reddict AS SELECT id, m FROM ten_reddict ORDER BY id LIMIT (100000 * :size)::int;
CREATE TABLE convert_jsonb AS SELECT id, m FROM ten_jsonb ORDER BY id LIMIT (100000 * :size)::int;
