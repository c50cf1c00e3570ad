import type { Knex } from 'knex';
import type { ReddictInput } from './index.js';
import type { Operations } from './operations.js';

/** For `pool: { afterCreate }` in Knex's configuration: results of type reddict are objects. */
export function afterCreate(connection: any, done: (error: Error | null, connection: any) => void): void;

type Sql = Knex.Raw<any> | Knex.Ref<any, any> | Knex.QueryBuilder<any, any>;

interface Results {
    number: Knex.Raw<any>;
    numbers: Knex.Raw<any>;
    boolean: Knex.Raw<any>;
    map: Knex.Raw<any>;
}

/** The operations, on a column by its name or on SQL; and a map as a value. */
export function rd(knex: Knex<any, any>): Operations<string | Sql, Sql, Results> & {
    map(map: ReddictInput | string): Knex.Raw<any>;
};
