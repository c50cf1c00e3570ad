-- In parentheses the query is not run once before it is measured.
SELECT cold_forget('cold_columns');
(SELECT sum(a), sum(b), sum(c), sum(d), sum(e), sum(f), sum(g), sum(h), sum(i), sum(j) FROM cold_columns);
