CREATE EXTENSION reddict_plpython3u CASCADE;

-- A dict comes in, in the order of the map, of floats.
CREATE FUNCTION show(m reddict) RETURNS text LANGUAGE plpython3u TRANSFORM FOR TYPE reddict AS $$
return repr(m)
$$;
SELECT show('{"b": 1, "a": -2.5, "é\"": 1e300}');
SELECT show('{}'), show(NULL);
SELECT show('{"nan": "NaN", "inf": "Infinity", "-inf": "-Infinity", "-0": -0, "": 5e-324}');
SELECT rd_share_keys(ARRAY['packed', 'too']) IS NOT NULL AS shared;
CREATE TEMP TABLE t AS SELECT reddict(ARRAY['packed', 'too'], ARRAY[i, 2 * i]) AS m FROM generate_series(1, 3) AS i;
SELECT show(m), rd_is_packed(m) FROM t;

-- And goes out as it came.
CREATE FUNCTION same(m reddict) RETURNS reddict LANGUAGE plpython3u TRANSFORM FOR TYPE reddict AS $$
return m
$$;
SELECT m, same(m) = m AS same FROM (VALUES ('{}'::reddict), ('{"a": 1}'), ('{"nan": "NaN", "é": "-Infinity", "": 1e-300}'),
	(NULL)) AS v(m);
SELECT sum(same(m)) FROM t;
SELECT same(reddict(array_agg('key ' || i), array_agg(i))) = reddict(array_agg('key ' || i), array_agg(i)) AS wide
FROM generate_series(1, 10000) AS i;

-- What is a number: all that float() takes, but text and bool.
CREATE FUNCTION give(expression text) RETURNS reddict LANGUAGE plpython3u TRANSFORM FOR TYPE reddict AS $$
import collections, decimal, fractions
return eval(expression)
$$;
SELECT give($$ {'z': 1, 'a': 2**53 + 1, 'd': decimal.Decimal('2.5'), 'f': fractions.Fraction(1, 4), 'n': float('nan')} $$);
SELECT give($$ collections.Counter('abca') $$);
SELECT give($$ collections.OrderedDict(b=1, a=-1) $$);
SELECT give($$ None $$);
SELECT give($$ {'a': '1'} $$);
SELECT give($$ {'a': 1, 'b': None} $$);
SELECT give($$ {'a': True} $$);
SELECT give($$ {'a': [1]} $$);
SELECT give($$ {'a': {'b': 1}} $$);
SELECT give($$ {'a': 1j} $$);
SELECT give($$ {'a': 10**400} $$);
SELECT give($$ {1: 1} $$);
SELECT give($$ {None: 1} $$);
SELECT give($$ {'a\0b': 1} $$);
SELECT give($$ [('a', 1)] $$);
SELECT give($$ 'text' $$);
SELECT give($$ 5 $$);
SELECT give($$ {'k' * 70000: 1} $$);
-- a mapping of somebody's own may have any items
SELECT give($$ collections.ChainMap({'a': 1}, {'a': 2, 'b': 3}) $$);
SELECT give($$ type('Mapping', (collections.UserDict,), {'items': lambda self: [('a', 1)]})() $$);
SELECT give($$ type('Mapping', (dict,), {'items': lambda self: [1]})() $$);
SELECT give($$ type('Mapping', (dict,), {'items': lambda self: [('a',)]})() $$);
SELECT give($$ type('Mapping', (dict,), {'items': lambda self: [('a', 1, 2)]})() $$);

-- Lists, composite values, results of queries, and parameters
CREATE FUNCTION add(maps reddict[]) RETURNS reddict LANGUAGE plpython3u TRANSFORM FOR TYPE reddict AS $$
import collections
total = collections.Counter()
for m in maps:
    total.update(m or {})
return total
$$;
SELECT add(ARRAY['{"a": 1}', NULL, '{"a": 2, "b": 3}']::reddict[]);
CREATE FUNCTION split(m reddict) RETURNS SETOF reddict LANGUAGE plpython3u TRANSFORM FOR TYPE reddict AS $$
return [{key: value} for key, value in m.items()]
$$;
SELECT split('{"a": 1, "b": 2}');
CREATE FUNCTION query() RETURNS text LANGUAGE plpython3u TRANSFORM FOR TYPE reddict AS $$
plan = plpy.prepare("SELECT $1 + 1 AS m", ["reddict"])
return repr(plpy.execute(plan, [{"a": 1}])[0]["m"])
$$;
SELECT query();

-- The example of README.md
CREATE FUNCTION scaled(m reddict, factor float8) RETURNS reddict
    LANGUAGE plpython3u TRANSFORM FOR TYPE reddict AS $$
return {key: value * factor for key, value in m.items() if value > 0}
$$;
SELECT scaled('{"a": 2, "b": -1}', 1.5);

-- Without the transform a map is text.
CREATE FUNCTION plain(m reddict) RETURNS text LANGUAGE plpython3u AS $$
return repr(m)
$$;
SELECT plain('{"a": 1}');

-- It needs redbear, and redbear does not need it.
DROP TABLE t;
\set VERBOSITY terse
DROP EXTENSION redbear;
DROP FUNCTION show, same, give, add, split, query, scaled, plain;
DROP EXTENSION reddict_plpython3u;
