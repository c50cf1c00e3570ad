import type { Column, SQL } from 'drizzle-orm';
import type { customType } from 'drizzle-orm/pg-core';
import type { Reddict } from './index.js';
import type { Operations } from './operations.js';

/** A column: `m: reddict('m')`. A `Map` has to be given as `Object.fromEntries(map)` to please the type. */
export const reddict: ReturnType<typeof customType<{ data: Reddict; driverData: string }>>;

type Sql = Column | SQL | SQL.Aliased;

interface Results {
    number: SQL<number | null>;
    numbers: SQL<(number | null)[]>;
    boolean: SQL<boolean>;
    map: SQL<Reddict>;
}

/** The operations, on a column or other SQL. */
export const rd: Operations<Sql, Sql, Results>;
