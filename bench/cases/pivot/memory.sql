\ir ../../data/memory.sql

\set pivot pivot_ :variant
CREATE FUNCTION pg_temp.states(aggregate text, pivot regclass) RETURNS float8 LANGUAGE sql
	RETURN pg_temp.memory(format('SELECT g, %s FROM %s GROUP BY g', aggregate, pivot)) - pg_temp.memory(format('SELECT g, count(v) FROM %s GROUP BY g', pivot));

-- of the states alone, without the table of groups; and what they may take
SELECT 'redbear', pg_temp.states('reddict_agg(key, v)', :'pivot');
SELECT 'json_object_agg', pg_temp.states('json_object_agg(key, v)', :'pivot');
SELECT 'allowed', (1.5 * sum(pg_column_size(m)) + 100 * count(*)) / 1024 FROM (SELECT reddict_agg(key, v) AS m FROM :pivot GROUP BY g) AS s;
