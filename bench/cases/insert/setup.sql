-- Four clients INSERT 10 rows of 10 keys at a time; ms by which one such transaction follows another
CREATE TABLE inserted_reddict (m reddict);
CREATE TABLE inserted_jsonb (m jsonb);
CREATE TABLE inserted_columns (clicks float8, views float8, revenue float8, sessions float8, bounces float8,
	signups float8, orders float8, refunds float8, latency float8, errors float8);
