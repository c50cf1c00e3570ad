-- Each transaction adds the same map to one row: nothing is lost, in no type, and
-- what is to be narrow is.  All contenders draw the same rows: the same seed.
SELECT sum(m) = '{"clicks": 1, "views": 20, "revenue": 30.25, "sessions": 4, "bounces": 5, "signups": 6, "orders": 7, "refunds": 8, "latency": 9.5, "errors": 10}'::reddict * (4 * (5000 * :size)::int * :rounds) AND bool_and(rd_is_packed(m) AND rd_encoding(m) <> 'packed, 8 bytes each')
FROM upsert_narrow_narrow;
SELECT bool_and((n.m = p.m AND n.m = j.m::reddict AND rd_encoding(p.m) = 'packed, 8 bytes each') IS TRUE)
FROM upsert_narrow_narrow AS n FULL JOIN upsert_narrow_plain AS p USING (id) FULL JOIN upsert_narrow_jsonb AS j USING (id);
