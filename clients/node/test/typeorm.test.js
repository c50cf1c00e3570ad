'use strict';

const assert = require('node:assert/strict');
const { after, before, describe, it } = require('node:test');
const { DataSource, EntitySchema, Raw } = require('typeorm');
const { specimen } = require('./database.js');
const { reddict, allowReddict } = require('../lib/typeorm.js');

const Page = new EntitySchema({
    name: 'page',
    columns: {
        id: { type: 'int', primary: true },
        m: { type: 'reddict', transformer: reddict, default: {} },
        n: { type: 'reddict', transformer: reddict, nullable: true },
    },
});

describe('typeorm', () => {
    let source;
    let pages;
    const connect = () => {
        const { PGHOST: host, PGPORT: port, PGUSER: username, PGDATABASE: database } = process.env;
        return new DataSource({ type: 'postgres', host, port, username, database, entities: [Page], synchronize: true,
            installExtensions: false });
    };
    before(async () => {
        source = await allowReddict(connect()).initialize();
        pages = source.getRepository(Page);
        await pages.insert([{ id: 1, m: { clicks: 3, views: 120 } }, { id: 2, m: new Map([['views', NaN]]), n: {} }, { id: 4 }]);
        await pages.save(pages.create({ id: 3, m: specimen }));
    });
    after(() => source.destroy());

    it('needs its type allowed', async () => {
        await assert.rejects(connect().initialize(), /Data type "reddict" in "page.m" is not supported/);
    });
    it('writes and reads maps', async () => {
        const found = await pages.find({ order: { id: 'ASC' } });
        assert.deepEqual(found.map(({ m }) => m), [{ clicks: 3, views: 120 }, { views: NaN }, specimen, {}]);
        assert.deepEqual(found.map(({ n }) => n), [null, {}, null, null]);
    });
    it('saves what has changed', async () => {
        const page = await pages.findOneBy({ id: 1 });
        page.m.clicks += 1;
        await pages.save(page);
        assert.deepEqual((await pages.findOneBy({ id: 1 })).m, { clicks: 4, views: 120 });
        await pages.update(1, { m: { clicks: 3, views: 120 } });
    });
    it('finds rows', async () => {
        const has = Raw((column) => `rd_exists(${column}, :key)`, { key: 'views' });
        assert.deepEqual((await pages.find({ where: { m: has }, order: { id: 'ASC' } })).map(({ id }) => id), [1, 2]);
        const found = await pages.createQueryBuilder('page').where('page.m ?| :keys', { keys: ['clicks', '?'] })
            .orderBy('page.id').getMany();
        assert.deepEqual(found.map(({ id }) => id), [1, 3]);
    });
    it('computes', async () => {
        const row = await pages.createQueryBuilder('page').select('sum(page.m)', 'sum').addSelect('page.m -> :key', 'clicks')
            .where('page.id = 1').groupBy('page.m').setParameter('key', 'clicks').getRawOne();
        assert.deepEqual({ sum: reddict.from(row.sum), clicks: row.clicks }, { sum: { clicks: 3, views: 120 }, clicks: 3 });
    });
    it('counts', async () => {
        await pages.createQueryBuilder().update().set({ m: () => 'm + :more::reddict' })
            .setParameter('more', reddict.to({ clicks: 2 })).where('id = 4').execute();
        assert.deepEqual((await pages.findOneBy({ id: 4 })).m, { clicks: 2 });
    });
    it('finds nothing to synchronize', async () => {
        const { upQueries } = await source.driver.createSchemaBuilder().log();
        assert.deepEqual(upQueries.map(({ query }) => query), []);
    });
    it('refuses what is no map of numbers', async () => {
        await assert.rejects(async () => pages.insert({ id: 9, m: { a: 'x' } }), /value of key "a"/);
    });
});
