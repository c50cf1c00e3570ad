-- Reads what script/bench measured, prints a Markdown table for each case.

CREATE TEMP TABLE cases (ordinal serial, name text, title text);
CREATE TEMP TABLE raw (ordinal serial, name text, variant text, contender text, run int, ms float8);
CREATE TEMP TABLE bytes (ordinal serial, name text, variant text, contender text, per_row float8, per_value float8);
CREATE TEMP TABLE memory (name text, variant text, contender text, kb float8);
CREATE TEMP TABLE rules (ordinal serial, name text, line text);
\copy cases (name, title) FROM 'cases.tsv'
\copy raw (name, variant, contender, run, ms) FROM 'raw.csv' (FORMAT csv, HEADER, FORCE_NOT_NULL (variant))
\copy bytes (name, variant, contender, per_row, per_value) FROM 'bytes.csv' (FORMAT csv, HEADER, FORCE_NOT_NULL (variant))
\copy memory FROM 'memory.csv' (FORMAT csv, HEADER, FORCE_NOT_NULL (variant))
\copy rules (name, line) FROM 'targets.tsv'

-- "net = with - without" makes a contender of a difference, round by round.
WITH difference AS (
	SELECT name, word FROM rules, regexp_split_to_array(trim(line), '\s+') AS word WHERE word[2] = '='
)
INSERT INTO raw (name, variant, contender, run, ms)
SELECT name, variant, word[1], run, a.ms - b.ms
FROM difference
	JOIN raw a USING (name)
	JOIN raw b USING (name, variant, run)
WHERE a.contender = word[3] AND b.contender = word[5];

-- A row of the tables: a contender of a variant of a case. What the others are
-- compared with is the contender "redbear", or the first.
CREATE TEMP TABLE contenders AS
WITH times AS (
	SELECT name, variant, contender, min(ordinal) AS ordinal,
		percentile_cont(0.5) WITHIN GROUP (ORDER BY ms) AS ms, min(ms) AS min_ms, max(ms) AS max_ms
	FROM raw
	GROUP BY name, variant, contender
)
SELECT name, variant, contender, ms, min_ms, max_ms, per_row, per_value, kb, bytes.ordinal AS bytes_ordinal, times.ordinal,
	ms / first_value(ms) OVER (PARTITION BY name, variant ORDER BY contender <> 'redbear', times.ordinal) AS ratio,
	first_value(contender) OVER (PARTITION BY name, variant ORDER BY contender <> 'redbear', times.ordinal) AS reference,
	min(coalesce(times.ordinal, 1000000000)) OVER (PARTITION BY name, variant) AS variant_ordinal
FROM times FULL JOIN bytes USING (name, variant, contender) FULL JOIN memory USING (name, variant, contender);

-- For the plots.
\copy (SELECT name, variant, contender, ms, per_row FROM contenders ORDER BY variant_ordinal) TO 'medians.csv' (FORMAT csv)

-- "[bytes|memory] a[@variant] <= factor b[@variant]"; without @, in each variant that
-- has both. The row of the one that is not the reference shows it.
CREATE TEMP TABLE targets AS
WITH words AS (
	SELECT ordinal, name, substring(line, '^\s*(bytes|memory)\s') AS measure,
		regexp_split_to_array(regexp_replace(trim(line), '^(bytes|memory)\s+', ''), '\s+') AS word
	FROM rules
), sides AS (
	SELECT ordinal, name, measure, word[2] AS relation, word[3]::float8 AS factor,
		split_part(word[1], '@', 1) AS a, split_part(word[1], '@', 2) AS a_variant,
		split_part(word[4], '@', 1) AS b, split_part(word[4], '@', 2) AS b_variant
	FROM words
	WHERE word[2] IN ('<=', '>=')
), measured AS (
	SELECT s.*, left_side.reference = a AND a <> b AS on_right,
		left_side.variant AS left_variant, right_side.variant AS right_variant,
		CASE measure
			WHEN 'bytes' THEN left_side.per_row / right_side.per_row
			WHEN 'memory' THEN left_side.kb / right_side.kb
			ELSE left_side.ms / right_side.ms
		END AS ratio
	FROM sides s
		JOIN contenders left_side
			ON (left_side.name, left_side.contender) = (s.name, a) AND a_variant IN ('', left_side.variant)
		JOIN contenders right_side
			ON (right_side.name, right_side.contender) = (s.name, b)
			AND right_side.variant = CASE b_variant WHEN '' THEN left_side.variant ELSE b_variant END
)
SELECT ordinal, name,
	CASE WHEN on_right THEN right_variant ELSE left_variant END AS variant,
	CASE WHEN on_right THEN b ELSE a END AS contender,
	-- Where noise makes a difference negative, nothing was measured.
	ratio > 0 AND CASE relation WHEN '<=' THEN ratio <= factor ELSE ratio >= factor END AS met,
	format('%s%s %s %s × %s%s: %s', measure || ' of ', a,
		CASE relation WHEN '<=' THEN '≤' ELSE '≥' END, factor, b, ' ' || nullif(right_variant, left_variant),
		round(ratio::numeric, CASE WHEN ratio < 10 THEN 2 ELSE 1 END)) AS text
FROM measured
WHERE ratio IS NOT NULL;

-- Where a case has no variants, no bytes or no memory, NULL leaves the column out.
WITH shape AS (
	SELECT name, bool_or(variant <> '') AS variants, bool_or(per_row IS NOT NULL) AS bytes,
		bool_or(kb IS NOT NULL) AS memory,
		min(reference) AS reference
	FROM contenders
	GROUP BY name
), table_rows AS (
	SELECT name, variant_ordinal, c.ordinal, bytes_ordinal, ARRAY[
		CASE WHEN s.variants THEN variant END,
		contender,
		coalesce(to_char(ms, 'FM9999990.000'), ''),
		coalesce(to_char(min_ms, digits) || ' – ' || to_char(max_ms, digits), ''),
		coalesce(to_char(ratio, 'FM999990.00'), ''),
		CASE WHEN s.bytes THEN coalesce(to_char(per_row, 'FM9999990.0'), '') END,
		CASE WHEN s.bytes THEN coalesce(to_char(per_value, 'FM9999990.0'), '') END,
		CASE WHEN s.memory THEN coalesce(to_char(kb, 'FM999999990'), '') END,
		coalesce((SELECT string_agg(text || CASE WHEN met THEN ', met' ELSE ', **missed**' END, '<br>' ORDER BY t.ordinal)
			FROM targets t WHERE (t.name, t.variant, t.contender) = (c.name, c.variant, c.contender)), '')
	] AS cells
	FROM contenders c JOIN shape s USING (name),
		LATERAL (SELECT CASE WHEN max_ms < 10 THEN 'FM0.000' ELSE 'FM9999990.0' END AS digits) AS format
), heads AS (
	SELECT name, ARRAY[
		CASE WHEN variants THEN 'variant' END, 'contender', 'median ms', 'min – max', '÷ ' || reference,
		CASE WHEN bytes THEN 'table bytes/row' END, CASE WHEN bytes THEN 'value bytes' END,
		CASE WHEN memory THEN 'memory kB' END, 'target: measured'
	] AS cells
	FROM shape
), lines AS (
	SELECT name, 0 AS part, 0 AS a, 0 AS b, 0 AS c,
		format(E'\n## %s\n\n%s\n', name, title) AS line FROM cases
	UNION ALL
	SELECT name, 1, 0, 0, 0, '| ' || array_to_string(cells, ' | ') || ' |' FROM heads
	UNION ALL
	SELECT name, 2, 0, 0, 0, '|' || repeat(' --- |', cardinality(array_remove(cells, NULL))) FROM heads
	UNION ALL
	SELECT name, 3, variant_ordinal, coalesce(ordinal, 1000000000), bytes_ordinal,
		'| ' || array_to_string(cells, ' | ') || ' |' FROM table_rows
)
SELECT line FROM lines JOIN cases USING (name)
ORDER BY cases.ordinal, part, a, b, c;

SELECT format(E'\n%s of %s targets met.', count(*) FILTER (WHERE met), count(*)) FROM targets;
