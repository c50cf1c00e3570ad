// What TypeScript makes of the package: tsc checks this, nothing runs it.

import { Client, Pool, types as pgTypes } from 'pg';
import postgres from 'postgres';
import { toSql, fromSql, toBinary, toSqlArray, type Reddict } from 'pg-redbear';
import { register, setParsers } from 'pg-redbear/pg';
import { register as registerPostgres, types } from 'pg-redbear/postgres';

const text: string = toSql({ clicks: 3, views: 2n });
const same: string = toSql(new Map([['clicks', 3]]));
const map: Reddict = fromSql(text);
const number: number = map['clicks'];
const bytes: Buffer = toBinary(map);
const array: string = toSqlArray([map, null, [map]]);
// @ts-expect-error: no map of numbers
toSql({ clicks: '3' });
// @ts-expect-error: no map
toSql([1, 2]);

async function usePg(client: Client, pool: Pool) {
    const oids = await register(client);
    await pool.connect().then((borrowed) => register(borrowed));
    await register(pool);
    setParsers(client, oids);
    setParsers(pgTypes, oids);
}

async function usePostgres(sql: postgres.Sql) {
    const oids = await registerPostgres(sql);
    const typed = postgres({ types: types(oids) });
    await typed`SELECT ${typed.types.reddict(map)}`;
    await typed`SELECT ${typed.typed.reddictArray([map, null])}`;
}

export { number, same, bytes, array, usePg, usePostgres };
