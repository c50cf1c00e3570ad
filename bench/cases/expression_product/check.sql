SELECT sum(m * m2) AS answer FROM ten_pairs \gset
SELECT sum(m * m2) = :'answer' FROM ten_pairs_packed;
SELECT :'answer'::reddict -> 'views' = sum(a.views * b.views)
FROM ten_columns a JOIN ten_columns b ON b.id = (SELECT max(id) FROM ten_columns) + 1 - a.id;
SELECT sum(rd_sum(m * m2)) = rd_sum(:'answer'::reddict) FROM ten_pairs_packed;
