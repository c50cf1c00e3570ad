/** What comes out of the database: a plain object, each of whose own keys has a number. */
export type Reddict = Record<string, number>;

/** What goes into it. A `bigint` has to be one that a double holds. */
export type ReddictInput = Readonly<Record<string, number | bigint>> | ReadonlyMap<string, number | bigint>;

export type ReddictArray = (Reddict | null | ReddictArray)[];
export type ReddictInputArray = readonly (ReddictInput | null | ReddictInputArray)[];

/**
 * Text that PostgreSQL reads as reddict. A string is taken to be that already.
 * @throws {TypeError} for what is no map of numbers, naming the key
 * @throws {RangeError} for a `bigint` that would be rounded
 */
export function toSql(map: ReddictInput | string): string;

/** The text of a reddict, as an object. */
export function fromSql(text: string): Reddict;

/** A field of `COPY` in text format. Throws as `toSql` does. */
export function toCopy(map: ReddictInput | string): string;

/** The binary form. Throws as `toSql` does. */
export function toBinary(map: ReddictInput): Buffer;

/**
 * The binary form, as an object.
 * @throws {RangeError} for anything else
 */
export function fromBinary(bytes: Uint8Array): Reddict;

/** Text that PostgreSQL reads as `reddict[]`. Throws as `toSql` does. */
export function toSqlArray(array: ReddictInputArray | string): string;

/** The text of a `reddict[]`, as an array. */
export function fromSqlArray(text: string): ReddictArray;

/** The binary form of a `reddict[]`, as an array. */
export function fromBinaryArray(bytes: Buffer): ReddictArray;

/** The numbers that a database has given to reddict and reddict[]. */
export interface Oids {
    oid: number;
    array: number;
}

/** A query for these numbers. */
export const oidQuery: string;

/**
 * What the rows of that query say.
 * @throws {Error} if the database has no reddict
 */
export function oidsOf(rows: readonly { oid: unknown; array: unknown }[]): Oids;
