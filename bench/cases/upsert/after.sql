-- Each transaction adds the same map to one row: nothing is lost, in no type.
-- The clients draw the same rows for all contenders: the same seed.
SELECT sum(m) = '{"clicks": 1, "views": 20, "revenue": 30.25, "sessions": 4, "bounces": 5, "signups": 6, "orders": 7, "refunds": 8, "latency": 9.5, "errors": 10}'::reddict
	* (4 * (10000 * :size)::int * :rounds)
FROM upsert_redbear;
SELECT bool_and((r.m = a.m::reddict AND r.m = b.m::reddict AND r.m = c.m::reddict AND r.m = d.m::reddict) IS TRUE)
FROM upsert_redbear r
	FULL JOIN upsert_jsonb_numeric a USING (id)
	FULL JOIN upsert_jsonb_keys b USING (id)
	FULL JOIN upsert_jsonb_each c USING (id)
	FULL JOIN upsert_jsonb_group d USING (id);
