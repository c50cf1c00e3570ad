SELECT sum(clicks) AS answer FROM ten_columns \gset
SELECT to_regclass('ten_hstore') IS NOT NULL AS hstore \gset
SELECT sum(m -> 'clicks') = :answer AND count(m) = (SELECT count(*) FROM ten_columns) FROM ten_reddict;
SELECT sum((m ->> 'clicks')::float8) = :answer AND sum((m -> 'clicks')::float8) = :answer FROM ten_jsonb;
\if :hstore
SELECT sum((m -> 'clicks')::float8) = :answer FROM ten_hstore;
\endif
SELECT bool_and(rd_is_packed(m)) AND sum(m -> 'clicks') = :answer FROM ten_packed;
