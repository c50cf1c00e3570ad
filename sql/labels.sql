--
-- What the catalogues say of the extension's objects.  But for the counts and
-- the listing at the end, no rows: right.
--

\pset format unaligned
\pset tuples_only on

CREATE TEMP VIEW member AS
	SELECT classid, objid, objsubid, pg_describe_object(classid, objid, objsubid) AS name
	FROM pg_depend
	WHERE deptype = 'e' AND refclassid = 'pg_extension'::regclass
	  AND refobjid = (SELECT oid FROM pg_extension WHERE extname = 'redbear')
	  -- array types and row types are members of their own from PostgreSQL 17 on
	  AND NOT (classid = 'pg_type'::regclass AND objid IN (SELECT typarray FROM pg_type UNION SELECT oid FROM pg_type WHERE typtype = 'c'));
CREATE TEMP VIEW func AS
	SELECT name, p.* FROM member JOIN pg_proc AS p ON p.oid = objid WHERE classid = 'pg_proc'::regclass;
CREATE TEMP VIEW oper AS
	SELECT name, o.* FROM member JOIN pg_operator AS o ON o.oid = objid WHERE classid = 'pg_operator'::regclass;
CREATE TEMP VIEW aggr AS
	SELECT name, prosrc, proparallel, a.* FROM func JOIN pg_aggregate AS a ON aggfnoid = func.oid;

-- there is something to look at
SELECT count(*) > 80 FROM member;
SELECT count(*) > 50, count(*) FILTER (WHERE prokind = 'a') >= 4, count(*) FILTER (WHERE prokind = 'p') FROM func;
SELECT count(*) >= 21 FROM oper;

-- functions

-- one that is not parallel safe keeps a whole plan from running in parallel
-- (but for what writes to the registry, here or on other nodes, and rd_check(),
-- which uses a subtransaction)
SELECT name, proparallel FROM func
WHERE proparallel <> CASE WHEN proname ~ '^(rd_share|rd_sync|guard|run)_' OR proname IN ('rd_check', 'rd_check_column') OR prokind = 'p' THEN 'u' ELSE 's' END;
-- the binary form has keys in the client's encoding, which is a setting; rows
-- have names and types that ALTER TABLE changes; the planner's servants look at
-- catalogues, or at the registry, which others write
SELECT name, provolatile FROM func
WHERE provolatile <> CASE WHEN proname IN ('reddict_recv', 'reddict_send', 'redstats_recv', 'redstats_send', 'redsum_recv', 'redsum_send', 'redhist_recv', 'redhist_send',
	'rd_from_record', 'rd_populate', 'reddict_typanalyze', 'rd_keysel', 'rd_each_support', 'rd_pack', 'rd_is_packable', 'rd_packed_size', 'rd_check', 'rd_shared_indexes', 'rd_check_registry') THEN 's'
	WHEN proname ~ '^(rd_share|rd_sync|guard|run)_' OR proname = 'rd_check_column' OR prokind = 'p' THEN 'v' ELSE 'i' END;
SELECT name FROM func WHERE prosecdef OR proleakproof;
-- strict, but for aggregates, of which core looks at the transition function,
-- transition functions that have to see NULL, and functions that take a NULL:
-- rd_get's default, rd_populate's base
SELECT name, proisstrict FROM func
WHERE prokind = 'f' AND proisstrict = (proname ~ '_(trans|combine)(_inv)?$' OR proname IN ('rd_get', 'rd_populate', 'guard_key_indexes'));
-- every call costs something, and a set has rows
SELECT name, procost, prorows FROM func
WHERE prokind = 'f' AND (procost <= 0 OR (procost > 100 AND proname !~ '^(rd_(shared?|sync|check)|run)_') OR (prorows > 0) <> proretset);
-- in C, from this library (but what is not called), and nothing is found through the search path
SELECT name FROM func WHERE prokind = 'f' AND proname NOT IN ('may_register', 'run_on_other_nodes', 'rd_share_keys_everywhere', 'rd_sync_keys')
	AND (prolang <> (SELECT oid FROM pg_language WHERE lanname = 'c') OR probin NOT LIKE '%redbear' OR proconfig IS NOT NULL);
-- but for what asks another extension, which has its own search path
SELECT name, proconfig FROM func WHERE prolang = (SELECT oid FROM pg_language WHERE lanname = 'plpgsql') ORDER BY name COLLATE "C";
-- arguments that have defaults have names
SELECT name FROM func WHERE pronargdefaults > 0 AND proargnames IS NULL;
-- all in one schema, but the registry's trigger, the right to register, and what asks other nodes
SELECT name FROM func WHERE pronamespace <> (SELECT extnamespace FROM pg_extension WHERE extname = 'redbear') ORDER BY name COLLATE "C";
-- granted to all, as by default, but that right
SELECT name FROM func WHERE proacl IS NOT NULL;
-- the registry, which is all that is in its schema: everybody may read it, and
-- the owner of the database write to it, whoever he is
SELECT nspname, count(*), string_agg(relname, ', ') FROM pg_class JOIN pg_namespace AS s ON s.oid = relnamespace
WHERE relkind <> 'i' AND s.oid IN (SELECT objid FROM member WHERE classid = 'pg_namespace'::regclass) GROUP BY 1;
SELECT grantee::regrole, privilege_type, is_grantable FROM pg_class AS c, aclexplode(relacl)
WHERE c.oid IN (SELECT objid FROM member WHERE classid = 'pg_class'::regclass) AND grantee <> relowner ORDER BY 1;
SELECT grantee::regrole, privilege_type, is_grantable FROM pg_namespace AS s, aclexplode(nspacl)
WHERE s.oid IN (SELECT objid FROM member WHERE classid = 'pg_namespace'::regclass) AND grantee <> nspowner;

-- comments: every object has one
SELECT name FROM member AS m
WHERE coalesce((SELECT description FROM pg_description AS d
				WHERE (d.classoid, d.objoid, d.objsubid) = (m.classid, m.objid, m.objsubid)), '') = '';
-- that of an operator's function says so, as core's do
SELECT f.name, obj_description(f.oid, 'pg_proc') FROM oper AS o JOIN func AS f ON f.oid = o.oprcode
WHERE NOT coalesce(obj_description(f.oid, 'pg_proc') = 'implementation of ' || oprname || ' operator', false);

-- type

SELECT typname, typlen, typbyval, typalign, typstorage, typcategory, typdelim, typisdefined, typcollation,
	typinput, typoutput, typreceive, typsend
FROM pg_type WHERE oid IN (SELECT objid FROM member WHERE classid = 'pg_type'::regclass) ORDER BY typname COLLATE "C";

-- operators

-- x + y and y + x, where there are both: each says so of the other
SELECT a.name, b.name FROM oper AS a JOIN oper AS b
	ON b.oprname = a.oprname AND b.oprleft = a.oprright AND b.oprright = a.oprleft
WHERE a.oprname IN ('+', '*', '=', '<>') AND a.oprcom IS DISTINCT FROM b.oid;
-- that of @> is <@
SELECT oprcom::regoperator FROM oper WHERE oprname IN ('@>', '<@') ORDER BY oprname COLLATE "C";
-- x - y, x / y and x || y have none
SELECT name FROM oper WHERE oprname IN ('-', '/', '||', '->') AND oprcom <> 0;
-- comparisons: commutator, negator, selectivity
SELECT a.name, a.oprcom::regoperator, a.oprnegate::regoperator, a.oprrest, a.oprjoin
FROM oper AS a JOIN (VALUES
	('=', '=', '<>', 'eqsel', 'eqjoinsel'),
	('<>', '<>', '=', 'neqsel', 'neqjoinsel'),
	('<', '>', '>=', 'scalarltsel', 'scalarltjoinsel'),
	('<=', '>=', '>', 'scalarlesel', 'scalarlejoinsel'),
	('>', '<', '<=', 'scalargtsel', 'scalargtjoinsel'),
	('>=', '<=', '<', 'scalargesel', 'scalargejoinsel')
) AS v(name, commutator, negator, restriction, joining) ON a.oprname = v.name
WHERE (SELECT oprname FROM pg_operator WHERE oid = a.oprcom) IS DISTINCT FROM commutator
   OR (SELECT oprname FROM pg_operator WHERE oid = a.oprnegate) IS DISTINCT FROM negator
   OR a.oprrest::regproc::text <> restriction OR a.oprjoin::regproc::text <> joining;
SELECT name, oprcanhash, oprcanmerge FROM oper WHERE (oprcanhash, oprcanmerge) <> (oprname = '=', oprname = '=');
-- whatever gives boolean has selectivity
SELECT name FROM oper WHERE oprresult = 'boolean'::regtype AND (oprrest = 0 OR (oprright = oprleft AND oprjoin = 0));
-- and is known to the optimiser: an operator's function is strict
SELECT o.name FROM oper AS o JOIN pg_proc AS p ON p.oid = o.oprcode WHERE NOT proisstrict;

-- operator classes

SELECT o.opcname, amname, opcdefault, opckeytype, amvalidate(o.oid) FROM pg_opclass AS o JOIN pg_am AS a ON a.oid = opcmethod
WHERE o.oid IN (SELECT objid FROM member WHERE classid = 'pg_opclass'::regclass)
  AND NOT coalesce(amvalidate(o.oid), false);
-- equal values may have different bytes (-0, NaN): none says equalimage, which
-- is btree's support function 4
SELECT amproc FROM pg_amproc AS p JOIN pg_opfamily AS f ON f.oid = amprocfamily JOIN pg_am AS a ON a.oid = opfmethod
WHERE f.oid IN (SELECT objid FROM member WHERE classid = 'pg_opfamily'::regclass) AND amname = 'btree' AND amprocnum = 4;

-- casts: by functions, or through the text, which is JSON

SELECT name FROM member JOIN pg_cast AS c ON c.oid = objid
WHERE classid = 'pg_cast'::regclass AND (castcontext <> 'a' OR castmethod <> CASE WHEN name ~ 'from jsonb? to red(stats|sum|hist)|red(stats|sum|hist) to jsonb' THEN 'i' ELSE 'f' END);

-- aggregates; but that of increases, where the order of the rows matters, they
-- can be combined

SELECT name FROM aggr
WHERE (aggcombinefn = 0) <> (name ~ 'rd_increase_agg')
   OR proparallel <> 's'
   OR (aggtranstype = 'internal'::regtype) <> (name ~ 'rd_(increase|percentiles?|median)_agg')
   OR aggtransspace <= 0
   -- exact sums alone can take a row out again; in windows they are what they are elsewhere
   OR (aggmtransfn, aggmtranstype, aggmtransspace, aggmfinalfn, aggminvtransfn <> 0, aggmfinalmodify)
	IS DISTINCT FROM CASE aggtranstype WHEN 'redsum'::regtype THEN (aggtransfn, aggtranstype, aggtransspace, aggfinalfn, true, aggfinalmodify)
	ELSE (0::regproc, 0::oid, 0, 0::regproc, false, 'r'::"char") END
   OR aggsortop <> 0
   -- what is no value is sent to another process as bytes
   OR (aggserialfn <> 0, aggdeserialfn <> 0) IS DISTINCT FROM (aggtranstype = 'internal'::regtype AND aggcombinefn <> 0, aggserialfn <> 0);
-- a final function changes nothing, so states may be shared
SELECT name, aggfinalmodify FROM aggr WHERE aggfinalmodify <> 'r';
-- the functions behind an aggregate are as safe in parallel as it is
SELECT a.name, p.proname FROM aggr AS a JOIN pg_proc AS p ON p.oid IN (aggtransfn, aggcombinefn, aggserialfn, aggdeserialfn, aggfinalfn, aggminvtransfn)
WHERE p.proparallel <> 's';
-- what combines values knows of NULL ones: it is a transition function too
SELECT a.name, p.proname FROM aggr AS a JOIN pg_proc AS p ON p.oid = aggcombinefn
WHERE NOT proisstrict AND aggtranstype <> 'internal'::regtype AND NOT EXISTS (SELECT FROM aggr AS b WHERE b.aggtransfn = p.oid);

-- what core checks of functions and operators itself (opr_sanity)

-- operators with the same function, functions with the same C function: only
-- transition functions that combine, too
SELECT a.name, b.name FROM oper AS a JOIN oper AS b ON a.oprcode = b.oprcode AND a.oid < b.oid;
SELECT a.name, b.name FROM func AS a JOIN func AS b ON a.prosrc = b.prosrc AND a.prokind = 'f' AND b.prokind = 'f' AND a.oid < b.oid;
-- a function's arguments are its operator's
SELECT o.name, f.name FROM oper AS o JOIN pg_proc AS p ON p.oid = oprcode JOIN func AS f ON f.oid = p.oid
WHERE p.prorettype <> oprresult OR p.proargtypes[p.pronargs - 1] <> oprright OR (oprleft <> 0 AND p.proargtypes[0] <> oprleft);

-- all there is

SELECT name FROM member ORDER BY name COLLATE "C";
SELECT pg_get_function_identity_arguments(oid), pg_get_function_result(oid), pg_get_function_arguments(oid)
FROM func WHERE pronargdefaults > 0 OR proretset ORDER BY name COLLATE "C";
