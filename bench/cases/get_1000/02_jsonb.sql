-- needs jsonb_:variant
SELECT sum((m ->> 'metric_0500')::float8) FROM jsonb_:variant;
