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
INSERT INTO inserted_columns VALUES
	(:a, :b, :c, :d, :e, :f, :g, :h, :i, :j),
	(:b, :c, :d, :e, :f, :g, :h, :i, :j, :a),
	(:c, :d, :e, :f, :g, :h, :i, :j, :a, :b),
	(:d, :e, :f, :g, :h, :i, :j, :a, :b, :c),
	(:e, :f, :g, :h, :i, :j, :a, :b, :c, :d),
	(:f, :g, :h, :i, :j, :a, :b, :c, :d, :e),
	(:g, :h, :i, :j, :a, :b, :c, :d, :e, :f),
	(:h, :i, :j, :a, :b, :c, :d, :e, :f, :g),
	(:i, :j, :a, :b, :c, :d, :e, :f, :g, :h),
	(:j, :a, :b, :c, :d, :e, :f, :g, :h, :i);
