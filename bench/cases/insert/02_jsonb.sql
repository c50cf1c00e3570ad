-- transactions 4 2000 simple
\set a random(0, 1000)
\set b random(0, 100000)
\set c random(0, 10000)
\set d random(0, 5000)
\set e random(0, 100)
\set f random(0, 10)
\set g random(0, 50)
\set h random(0, 100)
\set i random(0, 500)
\set j random(0, 3)
INSERT INTO inserted_jsonb VALUES
	('{"clicks": :a, "views": :b, "revenue": :c, "sessions": :d, "bounces": :e, "signups": :f, "orders": :g, "refunds": :h, "latency": :i, "errors": :j}'),
	('{"clicks": :b, "views": :c, "revenue": :d, "sessions": :e, "bounces": :f, "signups": :g, "orders": :h, "refunds": :i, "latency": :j, "errors": :a}'),
	('{"clicks": :c, "views": :d, "revenue": :e, "sessions": :f, "bounces": :g, "signups": :h, "orders": :i, "refunds": :j, "latency": :a, "errors": :b}'),
	('{"clicks": :d, "views": :e, "revenue": :f, "sessions": :g, "bounces": :h, "signups": :i, "orders": :j, "refunds": :a, "latency": :b, "errors": :c}'),
	('{"clicks": :e, "views": :f, "revenue": :g, "sessions": :h, "bounces": :i, "signups": :j, "orders": :a, "refunds": :b, "latency": :c, "errors": :d}'),
	('{"clicks": :f, "views": :g, "revenue": :h, "sessions": :i, "bounces": :j, "signups": :a, "orders": :b, "refunds": :c, "latency": :d, "errors": :e}'),
	('{"clicks": :g, "views": :h, "revenue": :i, "sessions": :j, "bounces": :a, "signups": :b, "orders": :c, "refunds": :d, "latency": :e, "errors": :f}'),
	('{"clicks": :h, "views": :i, "revenue": :j, "sessions": :a, "bounces": :b, "signups": :c, "orders": :d, "refunds": :e, "latency": :f, "errors": :g}'),
	('{"clicks": :i, "views": :j, "revenue": :a, "sessions": :b, "bounces": :c, "signups": :d, "orders": :e, "refunds": :f, "latency": :g, "errors": :h}'),
	('{"clicks": :j, "views": :a, "revenue": :b, "sessions": :c, "bounces": :d, "signups": :e, "orders": :f, "refunds": :g, "latency": :h, "errors": :i}');
