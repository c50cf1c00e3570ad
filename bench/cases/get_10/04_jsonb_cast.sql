SELECT sum((m -> 'clicks')::float8) FROM ten_jsonb;
