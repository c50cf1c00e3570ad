import type { PostgresType, Sql } from 'postgres';
import type { Oids, ReddictInput, ReddictInputArray } from './index.js';

/**
 * Makes maps parameters and results of an instance: objects and Map in, objects out, also in arrays.
 * Asks the database once what numbers its types have.
 * @throws {Error} if the database has no reddict
 */
export function register(sql: Sql<any>): Promise<Oids>;

/** The same without asking: a value for the option `types`. */
export function types(oids: Oids): {
    reddict: PostgresType<ReddictInput | string>;
    reddictArray: PostgresType<ReddictInputArray | string>;
};
