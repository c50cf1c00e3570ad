-- Loops of 1,000 steps in PL/pgSQL over a variable of 1,000 keys: set one key, or add a map
CREATE TABLE plpgsql_data AS
	SELECT reddict(array_agg('metric_' || lpad(i::text, 4, '0')), array_agg(i)) AS m,
		jsonb_object_agg('metric_' || lpad(i::text, 4, '0'), i) AS j
	FROM generate_series(1, 1000) AS i;

CREATE FUNCTION loop_subscript(m reddict) RETURNS float8 LANGUAGE plpgsql AS $$
BEGIN
	FOR i IN 1 .. 1000 LOOP
		m['metric_0500'] := i;
	END LOOP;
	RETURN m['metric_0500'];
END $$;

CREATE FUNCTION loop_add(m reddict, x reddict) RETURNS float8 LANGUAGE plpgsql AS $$
BEGIN
	FOR i IN 1 .. 1000 LOOP
		m := m + x;
	END LOOP;
	RETURN m['metric_0500'];
END $$;

CREATE FUNCTION loop_jsonb_subscript(j jsonb) RETURNS float8 LANGUAGE plpgsql AS $$
BEGIN
	FOR i IN 1 .. 1000 LOOP
		j['metric_0500'] := to_jsonb(i);
	END LOOP;
	RETURN j['metric_0500'];
END $$;

CREATE FUNCTION loop_jsonb_set(j jsonb) RETURNS float8 LANGUAGE plpgsql AS $$
BEGIN
	FOR i IN 1 .. 1000 LOOP
		j := jsonb_set(j, '{metric_0500}', to_jsonb(i));
	END LOOP;
	RETURN j ->> 'metric_0500';
END $$;
