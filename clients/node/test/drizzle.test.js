'use strict';

const assert = require('node:assert/strict');
const { after, before, describe, it } = require('node:test');
const { and, eq, gt, sql: drizzleSql } = require('drizzle-orm');
const nodePostgres = require('drizzle-orm/node-postgres');
const postgresJs = require('drizzle-orm/postgres-js');
const { integer, pgTable, getTableConfig } = require('drizzle-orm/pg-core');
const { Pool } = require('pg');
const postgres = require('postgres');
const { specimen } = require('./database.js');
const { reddict, rd } = require('../lib/drizzle.js');
const registerPg = require('../lib/pg.js').register;
const registerPostgres = require('../lib/postgres.js').register;

const t = pgTable('t', { id: integer('id').primaryKey(), m: reddict('m').notNull().default({}), n: reddict() });

const pool = () => new Pool();
const instance = () => postgres({ path: `${process.env.PGHOST}/.s.PGSQL.${process.env.PGPORT ?? 5432}`, onnotice() {} });
const drivers = {
    'node-postgres': [pool, nodePostgres.drizzle],
    'node-postgres, registered': [async () => { const p = pool(); await registerPg(p); return p; }, nodePostgres.drizzle],
    'postgres-js': [instance, postgresJs.drizzle],
    'postgres-js, registered': [async () => { const s = instance(); await registerPostgres(s); return s; }, postgresJs.drizzle],
};

it('drizzle: the column has its type for migrations', () => {
    assert.equal(getTableConfig(t).columns[1].getSQLType(), 'reddict');
});

for (const [name, [connect, drizzle]] of Object.entries(drivers)) {
    describe(`drizzle with ${name}`, () => {
        let client;
        let db;
        before(async () => {
            client = await connect();
            db = drizzle(client);
            await db.execute(drizzleSql`DROP TABLE IF EXISTS t`);
            await db.execute(drizzleSql`CREATE TABLE t (id int PRIMARY KEY, m reddict NOT NULL DEFAULT '{}', n reddict)`);
            await db.insert(t).values([{ id: 1, m: { clicks: 3, views: 120 } }, { id: 2, m: new Map([['views', NaN]]) },
                { id: 3, m: specimen, n: {} }, { id: 4 }]);
        });
        after(() => client.end());

        const ids = async (condition) => (await db.select({ id: t.id }).from(t).where(condition).orderBy(t.id)).map(({ id }) => id);

        it('writes and reads maps', async () => {
            const rows = await db.select().from(t).orderBy(t.id);
            assert.deepEqual(rows.map(({ m }) => m), [{ clicks: 3, views: 120 }, { views: NaN }, specimen, {}]);
            assert.deepEqual(rows.map(({ n }) => n), [null, null, {}, null]);
        });
        it('finds rows', async () => {
            assert.deepEqual(await ids(rd.has(t.m, 'views')), [1, 2]);
            assert.deepEqual(await ids(rd.has(t.m, '?')), [3]);
            assert.deepEqual(await ids(rd.hasAny(t.m, ['clicks', '%s'])), [1, 3]);
            assert.deepEqual(await ids(rd.hasAll(t.m, ['clicks', 'views'])), [1]);
            assert.deepEqual(await ids(rd.contains(t.m, { views: NaN })), [2]);
            assert.deepEqual(await ids(rd.containedBy(t.m, {})), [4]);
            assert.deepEqual(await ids(rd.equals(t.m, specimen)), [3]);
            assert.deepEqual(await ids(eq(t.m, specimen)), [3]);
            assert.deepEqual(await ids(and(gt(rd.get(t.m, 'views'), 100), eq(t.id, 1))), [1]);
        });
        it('computes', async () => {
            const [row] = await db.select({
                get: rd.get(t.m, 'clicks'), none: rd.get(t.m, 'x'), getOr: rd.getOr(t.m, 'x', NaN), getMany: rd.getMany(t.m, ['views']),
                add: rd.add(t.m, { clicks: 1, x: 2 }), plus: rd.add(t.m, 0.5), self: rd.add(t.m, t.m),
                subtract: rd.subtract(t.m, { views: 20 }), multiply: rd.multiply(t.m, { clicks: 2 }), divide: rd.divide(t.m, 2),
                merge: rd.merge(t.m, { clicks: 0 }), slice: rd.slice(t.m, ['clicks', 'x']), remove: rd.remove(t.m, ['views']),
                chained: rd.get(rd.add(t.m, { clicks: 1 }), 'clicks').as('chained'),
            }).from(t).where(eq(t.id, 1));
            assert.deepEqual(row, {
                get: 3, none: null, getOr: NaN, getMany: [120],
                add: { clicks: 4, views: 120, x: 2 }, plus: { clicks: 3.5, views: 120.5 }, self: { clicks: 6, views: 240 },
                subtract: { clicks: 3, views: 100 }, multiply: { clicks: 6 }, divide: { clicks: 1.5, views: 60 },
                merge: { clicks: 0, views: 120 }, slice: { clicks: 3 }, remove: { clicks: 3 }, chained: 4,
            });
            const [sums] = await db.select({ sum: rd.sum(t.m), avg: rd.avg(t.m), min: rd.min(t.m), max: rd.max(t.m), no: rd.sum(t.n) })
                .from(t).where(eq(t.id, 1));
            const all = { clicks: 3, views: 120 };
            assert.deepEqual(sums, { sum: all, avg: all, min: all, max: all, no: null });
        });
        it('counts', async () => {
            for (let n = 0; n < 2; n++) {
                await db.insert(t).values({ id: 5, m: { clicks: 1 } })
                    .onConflictDoUpdate({ target: t.id, set: { m: rd.add(t.m, drizzleSql`excluded.m`) } });
            }
            await db.update(t).set({ m: rd.add(t.m, { views: 2 }) }).where(eq(t.id, 5));
            assert.deepEqual((await db.select().from(t).where(eq(t.id, 5)))[0].m, { clicks: 2, views: 2 });
        });
        it('refuses what is no map of numbers', async () => {
            await assert.rejects(async () => db.insert(t).values({ id: 9, m: { a: 'x' } }), /value of key "a"/);
            assert.throws(() => rd.add(t.m, { a: null }), /value of key "a"/);
        });
    });
}
