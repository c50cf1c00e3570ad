// The same from a module that is imported, where other packages have other
// declarations.

import { Sequelize } from 'sequelize';
import * as sequelize from 'sequelize';
import createKnex from 'knex';
import { DataSource, EntitySchema, type ValueTransformer } from 'typeorm';
import { drizzle } from 'drizzle-orm/node-postgres';
import { eq, gt } from 'drizzle-orm';
import { integer, pgTable } from 'drizzle-orm/pg-core';
import { toSql, type Reddict } from 'pg-redbear';
import { register } from 'pg-redbear/pg';
import { afterCreate, rd as knexOperations } from 'pg-redbear/knex';
import { reddict, rd } from 'pg-redbear/drizzle';
import { reddict as transformer, allowReddict } from 'pg-redbear/typeorm';
import { register as registerSequelize } from 'pg-redbear/sequelize';

const t = pgTable('t', { id: integer('id').primaryKey(), m: reddict('m').notNull(), n: reddict() });

export async function useDrizzle() {
    const db = drizzle('postgres://');
    await db.insert(t).values({ id: 1, m: { clicks: 3 } });
    // @ts-expect-error: no map of numbers
    await db.insert(t).values({ id: 1, m: { clicks: 'x' } });
    await db.update(t).set({ m: rd.add(t.m, { clicks: 1 }) }).where(rd.has(t.m, 'clicks'));
    const [row] = await db.select({ m: t.m, n: t.n, sum: rd.sum(t.m), clicks: rd.get(t.m, 'clicks') }).from(t)
        .where(gt(rd.get(t.m, 'clicks'), 3));
    const maps: [Reddict, Reddict | null, Reddict, number | null] = [row.m, row.n, row.sum, row.clicks];
    await db.select().from(t).where(eq(t.m, { clicks: 1 }));
    return maps;
}

export async function useKnex() {
    const knex = createKnex.default({ client: 'pg', pool: { afterCreate } });
    const k = knexOperations(knex);
    await knex('t').insert({ m: k.map({ clicks: 3 }) });
    return knex('t').where(k.has('m', 'clicks')).select({ sum: k.sum(k.add('m', knex.ref('m'))) });
}

export async function useTypeOrm() {
    const column: ValueTransformer = transformer;
    const entities = [new EntitySchema({ name: 'page', columns: { m: { type: 'reddict' as any, transformer: column } } })];
    return allowReddict(new DataSource({ type: 'postgres', entities })).initialize();
}

export function useSequelize() {
    const REDDICT = registerSequelize(sequelize);
    return new Sequelize('postgres://').define('page', { m: { type: REDDICT, allowNull: false } });
}

export { register, toSql };
