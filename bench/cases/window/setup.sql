-- Moving key-wise sums: frames of so many rows, over 50,000 rows of 10 keys
\ir ../../data/ten_keys.sql
\ir ../../data/ten_numeric.sql
CREATE TABLE moving_reddict AS SELECT id, m FROM ten_reddict WHERE id <= 50000 * :size ORDER BY id;
CREATE TABLE moving_numeric AS SELECT * FROM ten_numeric WHERE id <= 50000 * :size ORDER BY id;
CREATE TABLE moving_columns AS SELECT * FROM ten_columns WHERE id <= 50000 * :size ORDER BY id;
