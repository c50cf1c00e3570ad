SELECT sum((m ->> 'metric_0050')::float8) FROM wide_jsonb_:variant;
