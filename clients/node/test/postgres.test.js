'use strict';

const assert = require('node:assert/strict');
const { after, before, describe, it } = require('node:test');
const { pipeline } = require('node:stream/promises');
const postgres = require('postgres');
const { specimen, refused } = require('./database.js');
const { toCopy } = require('../lib/index.js');
const { register, types } = require('../lib/postgres.js');

// The library takes the directory of a socket, too, but with the port in it.
const server = () => ({
    ...(process.env.PGHOST?.startsWith('/') && { path: `${process.env.PGHOST}/.s.PGSQL.${process.env.PGPORT ?? 5432}` }),
    database: process.env.PGDATABASE,
});

describe('postgres', () => {
    let sql;
    let oids;
    before(async () => {
        sql = postgres(server());
        await sql`CREATE TABLE t (id int PRIMARY KEY, m reddict)`;
    });
    after(() => sql.end());

    it('gives text before register, objects after', async () => {
        assert.deepEqual([...await sql`SELECT '{"a": 1}'::reddict AS before`], [{ before: '{"a": 1}' }]);
        oids = await register(sql);
        const [row] = await sql`SELECT '{"a": 1}'::reddict AS m, NULL::reddict AS n`;
        assert.deepEqual({ ...row }, { m: { a: 1 }, n: null });
    });
    it('takes objects, Map and text', async () => {
        const rows = [{ id: 1, m: specimen }, { id: 2, m: new Map(Object.entries(specimen)) }, { id: 3, m: '{"a": 1}' },
            { id: 4, m: null }];
        await sql`INSERT INTO t ${sql(rows)}`;
        await sql`INSERT INTO t VALUES (5, ${specimen})`;
        await sql`UPDATE t SET m = m || ${{ b: 2n }} WHERE id = 3`;
        const found = await sql`SELECT m FROM t WHERE id < 10 ORDER BY id`;
        assert.deepEqual(found.map(({ m }) => m), [specimen, specimen, { a: 1, b: 2 }, null, specimen]);
    });
    it('takes and gives arrays', async () => {
        const maps = [specimen, null, { type: 1 }];
        const [row] = await sql`SELECT ${maps}::reddict[] AS a, ${[]}::reddict[] AS none, ARRAY[ARRAY[${{ a: 1 }}::reddict]] AS nested`;
        assert.deepEqual({ ...row }, { a: maps, none: [], nested: [[{ a: 1 }]] });
    });
    it('gives single numbers, lists and sums as numbers', async () => {
        const [row] = await sql`SELECT m -> ${'a'} AS one, m -> ${['b', 'a']}::text[] AS list, sum(m) AS sum, m ? ${'a'} AS has
            FROM (VALUES (${{ a: NaN, b: 2 ** 53 }}::reddict)) AS v(m) GROUP BY m`;
        assert.deepEqual({ ...row }, { one: NaN, list: [2 ** 53, NaN], sum: { a: NaN, b: 2 ** 53 }, has: true });
    });
    it('loads by COPY', async () => {
        const maps = [specimen, { a: 1 }, {}];
        const copy = await sql`COPY t (id, m) FROM STDIN`.writable();
        await pipeline(maps.map((map, n) => `${20 + n}\t${toCopy(map)}\n`), copy);
        const found = await sql`SELECT m FROM t WHERE id >= 20 ORDER BY id`;
        assert.deepEqual(found.map(({ m }) => m), maps);
    });
    it('refuses what is no map of numbers, and goes on', async () => {
        for (const [value, message] of refused) {
            // null is NULL; undefined is refused by the library itself; an array is an array's literal there
            if (value === null || value === undefined || Array.isArray(value) || value instanceof Date) continue;
            await assert.rejects(sql`INSERT INTO t VALUES (30, ${value})`, message);
        }
        assert.deepEqual([...await sql`SELECT count(*)::int FROM t WHERE id = 30`], [{ count: 0 }]);
    });
    it('takes types as an option, for connections without asking', async () => {
        const other = postgres({ ...server(), types: types(oids), fetch_types: false, prepare: false });
        const [row] = await other`SELECT ${other.typed.reddict(specimen)} AS m, ${[specimen]}::reddict[] AS a,
            ${other.types.reddictArray([specimen, null])} AS b`;
        assert.deepEqual({ ...row }, { m: specimen, a: [specimen], b: [specimen, null] });
        await other.end();
    });
    it('says so where the type is not', async () => {
        const other = postgres({ ...server(), database: 'template1' });
        await assert.rejects(register(other), /no type reddict: CREATE EXTENSION redbear/);
        await other.end();
    });
});
