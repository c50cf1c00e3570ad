-- 500,000 rows of ten numbers, in ten columns, and as maps of several types.
-- The numbers are integers or multiples of 0.25, so sums of them are exact in
-- any order. ten_packed is ten_reddict with its keys shared.

SELECT to_regclass('ten_columns') IS NULL AS absent,
	EXISTS (SELECT FROM pg_extension WHERE extname = 'hstore') AS hstore,
	EXISTS (SELECT FROM pg_proc WHERE proname = 'sum' AND format_type(proargtypes[0], NULL) = 'vector') AS vector \gset
\if :absent

SELECT setseed(0.1) \g /dev/null
CREATE TABLE ten_columns AS
SELECT id::bigint,
	floor(random() * 1000) AS clicks,
	floor(random() * 100000) AS views,
	floor(random() * 40000) / 4 AS revenue,
	floor(random() * 5000) AS sessions,
	floor(random() * 100) AS bounces,
	floor(random() * 10) AS signups,
	floor(random() * 50) AS orders,
	floor(random() * 400) / 4 AS refunds,
	floor(random() * 2000) / 4 AS latency,
	floor(random() * 3) AS errors
FROM generate_series(1, (500000 * :size)::int) AS id;

CREATE TABLE ten_reddict AS
SELECT id, reddict(
		ARRAY['clicks', 'views', 'revenue', 'sessions', 'bounces', 'signups', 'orders', 'refunds', 'latency', 'errors'],
		ARRAY[clicks, views, revenue, sessions, bounces, signups, orders, refunds, latency, errors]) AS m
FROM ten_columns;

SELECT rd_share_keys_of(m) FROM ten_reddict LIMIT 1 \g /dev/null
CREATE TABLE ten_packed AS
SELECT id, rd_pack(m) AS m
FROM ten_reddict;

CREATE TABLE ten_jsonb AS
SELECT id, to_jsonb(c) - 'id' AS m
FROM ten_columns c;

\if :hstore
CREATE TABLE ten_hstore AS
SELECT id, delete(hstore(c), 'id') AS m
FROM ten_columns c;
\endif

\if :vector
CREATE TABLE ten_vector AS
SELECT id, ARRAY[clicks, views, revenue, sessions, bounces, signups, orders, refunds, latency, errors]::vector AS m
FROM ten_columns;
\endif

\endif
