SELECT rd_unpack(m)::text AS weights FROM reddict_1000_doubles_external ORDER BY id LIMIT 1 \gset
SELECT sum(rd_dot(m, :'weights')) AS answer FROM reddict_1000_doubles_external \gset
SELECT bool_and(rd_is_packed(m)) AND sum(rd_dot(m, :'weights')) = :answer FROM packed_1000_doubles_external;
SELECT abs(sum(a.x * b.x) / :answer - 1) < 1e-12 FROM array_1000_doubles_external AS t, unnest(m) WITH ORDINALITY AS a(x, i),
	(SELECT u.* FROM (SELECT m FROM array_1000_doubles_external ORDER BY id LIMIT 1) AS f, unnest(m) WITH ORDINALITY AS u(x, i)) AS b WHERE a.i = b.i;
SELECT bool_and(rd_is_packed(m)) AND bool_and(pg_column_size(m) BETWEEN 2000 AND 5000) FROM dot_narrow;
SELECT abs(sum(rd_distance(m, :'weights')) / sum(rd_norm(m - :'weights'::reddict)) - 1) < 1e-12 FROM dot_narrow;
SELECT abs(sum(rd_cosine(m, :'weights')) / sum(rd_dot(m, :'weights') / rd_norm(m) / rd_norm(:'weights')) - 1) < 1e-12 FROM dot_narrow;
