-- ten_columns as numeric, all with two decimals
SELECT to_regclass('ten_numeric') IS NULL AS absent \gset
\if :absent
CREATE TABLE ten_numeric AS
SELECT id, clicks::numeric(14, 2), views::numeric(14, 2), revenue::numeric(14, 2), sessions::numeric(14, 2), bounces::numeric(14, 2),
	signups::numeric(14, 2), orders::numeric(14, 2), refunds::numeric(14, 2), latency::numeric(14, 2), errors::numeric(14, 2)
FROM ten_columns;
\endif
