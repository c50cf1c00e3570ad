'use strict';

const assert = require('node:assert/strict');
const { after, before, describe, it } = require('node:test');
const { pipeline } = require('node:stream/promises');
const { Client, Pool } = require('pg');
const { from: copyFrom } = require('pg-copy-streams');
const { specimen } = require('./database.js');
const { toBinary, toCopy, toSql, toSqlArray } = require('../lib/index.js');
const { register, setParsers } = require('../lib/pg.js');

describe('pg', () => {
    let client;
    before(async () => {
        client = new Client();
        await client.connect();
        await client.query('CREATE TABLE t (id int PRIMARY KEY, m reddict)');
    });
    after(() => client.end());

    it('gives text before register, objects after', async () => {
        const ask = async () => (await client.query(`SELECT '{"a": 1}'::reddict AS m, NULL::reddict AS n`)).rows[0];
        assert.deepEqual(await ask(), { m: '{"a": 1}', n: null });
        await register(client);
        assert.deepEqual(await ask(), { m: { a: 1 }, n: null });
    });
    it('takes maps as text and in binary', async () => {
        await client.query('INSERT INTO t VALUES (1, $1), (2, $2), (3, NULL)', [toSql(specimen), toBinary(specimen)]);
        const { rows } = await client.query('SELECT m FROM t WHERE id < 4 ORDER BY id');
        assert.deepEqual(rows, [{ m: specimen }, { m: specimen }, { m: null }]);
    });
    it('reads the binary format as far as pg lets it through, and gives no wrong map', async () => {
        // pg 8 decodes what it receives as UTF-8, binary or not.
        const read = async (what, map) => (await client.query({
            text: `SELECT ${what} AS m`, values: [toSql(map)], binary: true })).rows[0].m;
        const ascii = { a: 2.5, b: 2.5 };
        assert.deepEqual(await read('$1::reddict', ascii), ascii);
        for (const map of [specimen, { a: Number.MAX_VALUE }, { a: Buffer.from('40f09f98000000f0', 'hex').readDoubleBE() }, { a: -1 }, { é: 1.5 }, { a: 0.1, b: 1 / 3 }]) {
            for (const [what, wanted] of [['$1::reddict', map], ['ARRAY[$1::reddict, NULL]', [map, null]]]) {
                const found = await read(what, map).catch((error) => error);
                if (found instanceof Error) assert.match(found.message, /pg damages binary results/);
                else assert.deepEqual(found, wanted);
            }
        }
    });
    it('takes and gives arrays', async () => {
        const query = `SELECT $1::reddict[] AS a, $2::reddict[] AS b, '{}'::reddict[] AS none`;
        const { rows: [row] } = await client.query(query, [toSqlArray([specimen, null]), [toSql(specimen), null]]);
        assert.deepEqual(row, { a: [specimen, null], b: [specimen, null], none: [] });
    });
    it('gives single numbers, lists and sums as numbers', async () => {
        const { rows: [row] } = await client.query({
            text: `SELECT m -> $2 AS one, m -> $3::text[] AS list, rd_get_many(m, $3) AS many, sum(m) AS sum
                FROM (VALUES ($1::reddict)) AS v(m) GROUP BY m`,
            values: [toSql({ a: NaN, b: 2 ** 53 }), 'a', ['b', 'x']],
        });
        assert.deepEqual(row, { one: NaN, list: [2 ** 53, null], many: [2 ** 53, null], sum: { a: NaN, b: 2 ** 53 } });
    });
    it('loads by unnest and by COPY', async () => {
        const maps = [specimen, { a: 1 }, {}];
        await client.query('INSERT INTO t SELECT * FROM unnest($1::int[], $2::reddict[])', [[10, 11, 12], maps.map(toSql)]);
        const copy = client.query(copyFrom('COPY t (id, m) FROM STDIN'));
        await pipeline(maps.map((map, n) => `${20 + n}\t${toCopy(map)}\n`), copy);
        const { rows } = await client.query('SELECT m FROM t WHERE id >= 10 ORDER BY id');
        assert.deepEqual(rows.map(({ m }) => m), [...maps, ...maps]);
    });
    it('registers a pool once, for the clients that it has and those to come', async () => {
        const pool = new Pool({ max: 3 });
        const idle = await Promise.all([pool.connect(), pool.connect()]);
        idle.forEach((connection) => connection.release());
        await register(pool);
        const all = await Promise.all([pool.connect(), pool.connect(), pool.connect()]);
        for (const connection of all) {
            const { rows } = await connection.query(`SELECT '{"a": 1}'::reddict AS m`);
            assert.deepEqual(rows, [{ m: { a: 1 } }]);
            connection.release();
        }
        assert.deepEqual((await pool.query(`SELECT '{"a": 1}'::reddict AS m`)).rows, [{ m: { a: 1 } }]);
        await pool.end();
    });
    it('sets parsers without asking', async () => {
        const oids = await register(client);
        const other = new Client();
        setParsers(other, oids);
        await other.connect();
        assert.deepEqual((await other.query(`SELECT '{"a": "NaN"}'::reddict AS m`)).rows, [{ m: { a: NaN } }]);
        await other.end();
    });
    it('finds the type whatever the search path is', async () => {
        const other = new Client({ options: '-c search_path=pg_catalog' });
        await other.connect();
        await register(other);
        assert.deepEqual((await other.query(`SELECT '{"a": 1}'::elsewhere.reddict AS m`)).rows, [{ m: { a: 1 } }]);
        await other.end();
    });
    it('says so where the type is not', async () => {
        const other = new Client({ database: 'template1' });
        await other.connect();
        await assert.rejects(register(other), /no type reddict: CREATE EXTENSION redbear/);
        await other.end();
        const pool = new Pool({ database: 'template1' });
        await assert.rejects(register(pool), /no type reddict: CREATE EXTENSION redbear/);
        await pool.end();
    });
});
