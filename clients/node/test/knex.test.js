'use strict';

const assert = require('node:assert/strict');
const { after, before, describe, it } = require('node:test');
const createKnex = require('knex');
const { specimen } = require('./database.js');
const { toSql } = require('../lib/index.js');
const { afterCreate, rd: operations } = require('../lib/knex.js');

describe('knex', () => {
    let knex;
    let rd;
    before(async () => {
        const { PGHOST: host, PGPORT: port, PGUSER: user, PGDATABASE: database } = process.env;
        knex = createKnex({ client: 'pg', connection: { host, port, user, database }, pool: { min: 0, max: 2, afterCreate } });
        rd = operations(knex);
        await knex.schema.createTable('t', (table) => {
            table.integer('id').primary();
            table.specificType('m', 'reddict').notNullable().defaultTo('{}');
        });
        await knex('t').insert([{ id: 1, m: toSql({ clicks: 3, views: 120 }) }, { id: 2, m: rd.map(new Map([['views', NaN]])) },
            { id: 3, m: rd.map(specimen) }]);
        await knex('t').insert({ id: 4 });
    });
    after(() => knex.destroy());

    const ids = async (condition) => (await knex('t').where(condition).orderBy('id')).map(({ id }) => id);

    it('writes and reads maps', async () => {
        assert.deepEqual((await knex('t').select('m').orderBy('id')).map(({ m }) => m),
            [{ clicks: 3, views: 120 }, { views: NaN }, specimen, {}]);
    });
    it('finds rows', async () => {
        assert.deepEqual(await ids(rd.has('m', 'views')), [1, 2]);
        assert.deepEqual(await ids(rd.has(knex.ref('t.m'), '?')), [3]);
        assert.deepEqual(await ids(rd.hasAny('m', ['clicks', '%s'])), [1, 3]);
        assert.deepEqual(await ids(rd.hasAll('t.m', ['clicks', 'views'])), [1]);
        assert.deepEqual(await ids(rd.contains('m', { views: NaN })), [2]);
        assert.deepEqual(await ids(rd.containedBy('m', {})), [4]);
        assert.deepEqual(await ids(rd.equals('m', specimen)), [3]);
        assert.deepEqual(await ids(knex.raw('? > ?', [rd.get('m', 'views'), 100])), [1, 2]);
        assert.deepEqual(await ids(knex.raw(String.raw`m \? ?`, ['clicks'])), [1]);
    });
    it('computes', async () => {
        const [row] = await knex('t').where('id', 1).select({
            get: rd.get('m', 'clicks'), none: rd.get('m', 'x'), getOr: rd.getOr('m', 'x', 5), getMany: rd.getMany('m', ['x', 'views']),
            add: rd.add('m', { clicks: 1, x: 2 }), plus: rd.add('m', 0.5), self: rd.add('m', knex.ref('m')),
            subtract: rd.subtract('m', { views: 20 }), multiply: rd.multiply('m', { clicks: 2 }), divide: rd.divide('m', 2),
            merge: rd.merge('m', { clicks: 0 }), slice: rd.slice('m', ['clicks', 'x']), remove: rd.remove('m', ['views']),
        });
        assert.deepEqual(row, {
            get: 3, none: null, getOr: 5, getMany: [null, 120],
            add: { clicks: 4, views: 120, x: 2 }, plus: { clicks: 3.5, views: 120.5 }, self: { clicks: 6, views: 240 },
            subtract: { clicks: 3, views: 100 }, multiply: { clicks: 6 }, divide: { clicks: 1.5, views: 60 },
            merge: { clicks: 0, views: 120 }, slice: { clicks: 3 }, remove: { clicks: 3 },
        });
        const [sums] = await knex('t').whereIn('id', [1, 4])
            .select({ sum: rd.sum('m'), avg: rd.avg('m'), min: rd.min('m'), max: rd.max('m') });
        const all = { clicks: 3, views: 120 };
        assert.deepEqual(sums, { sum: all, avg: all, min: all, max: all });
    });
    it('counts', async () => {
        for (let n = 0; n < 2; n++) {
            await knex('t').insert({ id: 5, m: rd.map({ clicks: 1 }) })
                .onConflict('id').merge({ m: rd.add('t.m', knex.ref('excluded.m')) });
        }
        assert.deepEqual((await knex('t').where('id', 5).first()).m, { clicks: 2 });
    });
    it('refuses what is no map of numbers, or no list', () => {
        assert.throws(() => rd.map({ a: 'x' }), /value of key "a"/);
        assert.throws(() => rd.add('m', { a: null }), /value of key "a"/);
        assert.throws(() => rd.hasAny('m', 'a'), /keys are an array, not "a"/);
    });
});
