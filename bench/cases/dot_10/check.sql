\set weights '{"clicks": 0.5, "views": 0.25, "revenue": 2, "sessions": 1, "bounces": -1, "signups": 10, "orders": 20, "refunds": -5, "latency": -0.5, "errors": -3}'
SELECT sum(clicks * 0.5 + views * 0.25 + revenue * 2 + sessions - bounces + signups * 10 + orders * 20 - refunds * 5 - latency * 0.5 - errors * 3) AS answer FROM ten_columns \gset
SELECT sum(rd_dot(m, :'weights')) = :answer FROM ten_reddict;
SELECT bool_and(rd_is_packed(m)) AND sum(rd_dot(m, :'weights')) = :answer FROM ten_packed;
SELECT abs(sum(rd_distance(m, :'weights')) / sum(rd_norm(m - :'weights'::reddict)) - 1) < 1e-12 FROM ten_packed;
SELECT abs(sum(rd_cosine(m, :'weights')) / sum(rd_dot(m, :'weights') / rd_norm(m) / rd_norm(:'weights')) - 1) < 1e-12 FROM ten_packed;
