SELECT sum(((((m + 4) + m2) - 4) - m) * m2) AS answer FROM ten_pairs \gset
SELECT sum(((((m + 4) + m2) - 4) - m) * m2) = :'answer' FROM ten_pairs_packed;
SET redbear.one_pass = off;
SELECT sum(((((m + 4) + m2) - 4) - m) * m2) = :'answer' FROM ten_pairs_packed;
SELECT :'answer'::reddict -> 'views' = sum(b.views * b.views)
FROM ten_columns a JOIN ten_columns b ON b.id = (SELECT max(id) FROM ten_columns) + 1 - a.id;
