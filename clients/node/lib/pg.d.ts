import type { Oids } from './index.js';

/** A Client of pg, or one that a pool lends. */
interface ClientLike {
    query(text: string): Promise<{ rows: any[] }>;
    setTypeParser(oid: number, format: 'text' | 'binary', parse: (value: any) => any): void;
}

/** A Pool of pg. */
interface PoolLike {
    query(text: string): Promise<{ rows: any[] }>;
    on(event: 'acquire', listener: (client: any) => void): unknown;
}

/**
 * Makes results of type reddict and reddict[] objects: those of a client, or of all clients of a pool.
 * Asks the database once what numbers its types have.
 * @throws {Error} if the database has no reddict
 */
export function register(clientOrPool: ClientLike | PoolLike): Promise<Oids>;

/** The same without asking: for a client, or for `pg.types`, which all clients share. */
export function setParsers(
    target: { setTypeParser(oid: any, format: any, parse: (value: any) => any): void },
    oids: Oids,
): void;
