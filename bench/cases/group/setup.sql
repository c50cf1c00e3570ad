-- Key-wise sum of 500,000 rows of 10 keys, GROUP BY so many groups
\ir ../../data/ten_keys.sql

SELECT setseed(0.5) \g /dev/null
CREATE TABLE grouped_columns AS
SELECT floor(random() * 100)::int AS group_100, floor(random() * 250000 * :size)::int AS group_250000, c.*
FROM ten_columns c;

CREATE TABLE grouped_reddict AS
SELECT group_100, group_250000, id, m
FROM grouped_columns JOIN ten_reddict USING (id)
ORDER BY id;

CREATE TABLE grouped_packed AS
SELECT group_100, group_250000, id, m
FROM grouped_columns JOIN ten_packed USING (id)
ORDER BY id;
