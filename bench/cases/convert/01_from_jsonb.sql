SELECT count(m::reddict) FROM convert_jsonb;
