SELECT sum((m * 2 + m2 - 4) / 3) AS answer FROM ten_pairs \gset
SELECT sum((m * 2 + m2 - 4) / 3) = :'answer' FROM ten_pairs_packed;
SET redbear.one_pass = off;
SELECT sum((m * 2 + m2 - 4) / 3) = :'answer' FROM ten_pairs_packed;
SELECT (:'answer'::reddict -> 'views')::numeric(30, 3) = sum((a.views * 2 + b.views - 4) / 3)::numeric(30, 3)
FROM ten_columns a JOIN ten_columns b ON b.id = (SELECT max(id) FROM ten_columns) + 1 - a.id;
