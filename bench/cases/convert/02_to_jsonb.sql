SELECT count(m::jsonb) FROM convert_reddict;
