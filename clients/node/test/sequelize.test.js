'use strict';

const assert = require('node:assert/strict');
const { after, before, describe, it } = require('node:test');
const Sequelize = require('sequelize');
const { specimen } = require('./database.js');
const { toSql, fromSql } = require('../lib/index.js');
const { register } = require('../lib/sequelize.js');

const { col, DataTypes, fn, literal, Op, QueryTypes, where } = Sequelize;

describe('sequelize', () => {
    let sequelize;
    let Page;
    before(async () => {
        assert.equal(register(Sequelize), register(Sequelize));
        const { PGHOST: host, PGPORT: port, PGUSER: username, PGDATABASE: database } = process.env;
        sequelize = new Sequelize.Sequelize({ dialect: 'postgres', host, port, username, database, logging: false, typeValidation: true });
        Page = sequelize.define('page', {
            id: { type: DataTypes.INTEGER, primaryKey: true },
            m: { type: DataTypes.REDDICT, allowNull: false, defaultValue: {} },
            n: { type: DataTypes.REDDICT },
            list: { type: DataTypes.ARRAY(DataTypes.REDDICT) },
        }, { timestamps: false });
        await sequelize.sync();
        await Page.create({ id: 1, m: { clicks: 3, views: 120 }, list: [{ a: 1 }, specimen] });
        await Page.bulkCreate([{ id: 2, m: new Map([['views', NaN]]), n: {} }, { id: 3, m: specimen }, { id: 4 }]);
    });
    after(() => sequelize.close());

    const ids = async (condition) => (await Page.findAll({ where: condition, order: ['id'] })).map(({ id }) => id);

    it('writes and reads maps', async () => {
        const found = await Page.findAll({ order: ['id'], raw: true });
        assert.deepEqual(found.map(({ m }) => m), [{ clicks: 3, views: 120 }, { views: NaN }, specimen, {}]);
        assert.deepEqual(found.map(({ n }) => n), [null, {}, null, null]);
        assert.deepEqual(found[0].list, [{ a: 1 }, specimen]);
    });
    it('saves what has changed', async () => {
        const page = await Page.findByPk(1);
        page.m = { ...page.m, clicks: 4 };
        await page.save();
        await page.reload();
        assert.deepEqual(page.m, { clicks: 4, views: 120 });
        await Page.update({ m: { clicks: 3, views: 120 } }, { where: { id: 1 } });
    });
    it('finds rows', async () => {
        assert.deepEqual(await ids(fn('rd_exists', col('m'), 'views')), [1, 2]);
        assert.deepEqual(await ids({ [Op.and]: [fn('rd_exists', col('m'), '?'), { id: 3 }] }), [3]);
        assert.deepEqual(await ids(where(fn('rd_get', col('m'), 'views', -1), Op.gt, 100)), [1, 2]);
        const rows = await sequelize.query('SELECT id FROM pages WHERE m ? $key AND m ?& $keys', {
            bind: { key: 'views', keys: ['clicks', 'views'] }, type: QueryTypes.SELECT });
        assert.deepEqual(rows, [{ id: 1 }]);
    });
    it('computes', async () => {
        const row = await Page.findOne({ attributes: [[fn('sum', col('m')), 'sum']], where: { id: [1, 4] }, raw: true });
        assert.deepEqual(row, { sum: { clicks: 3, views: 120 } });
    });
    it('counts', async () => {
        await Page.update({ m: literal(`m + ${sequelize.escape(toSql({ clicks: 2 }))}`) }, { where: { id: 4 } });
        assert.deepEqual((await Page.findByPk(4)).m, { clicks: 2 });
    });
    it('refuses what is no map of numbers', async () => {
        await assert.rejects(Page.create({ id: 9, m: { a: 'x' } }), /value of key "a"/);
        const lax = new Sequelize.Sequelize({ dialect: 'postgres', ...sequelize.config, username: process.env.PGUSER, logging: false });
        const Lax = lax.define('page', { id: { type: DataTypes.INTEGER, primaryKey: true }, m: DataTypes.REDDICT }, { timestamps: false });
        await assert.rejects(async () => Lax.create({ id: 9, m: { a: 'x' } }), /value of key "a"/);
        await lax.close();
    });
});
