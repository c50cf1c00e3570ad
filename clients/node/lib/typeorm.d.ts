import type { DataSource } from 'typeorm';
import type { Reddict, ReddictInput } from './index.js';

/** For a column: `@Column({ type: 'reddict' as any, transformer: reddict })`. Throws as `toSql` does. */
export const reddict: {
    to(map: ReddictInput | string | null | undefined): string | null | undefined;
    from(value: any): Reddict;
};

/** Puts reddict on TypeORM's list of types. Call it before `initialize()`. Gives the data source. */
export function allowReddict<T extends DataSource>(dataSource: T): T;
