-- The clients draw the same keys for all contenders: the same seed.
SELECT rd_sum(m) = 4 * (2500 * :size)::int * :rounds FROM counter_redbear_:variant;
SELECT a.m = b.m::reddict FROM counter_redbear_:variant AS a, counter_jsonb_:variant AS b;
SELECT a.m = b.m FROM counter_redbear_:variant AS a, (SELECT reddict_agg(key, value) AS m FROM counter_rows_:variant) AS b;
