import type { ReddictInput } from './index.js';

/** A map or a number that is added, subtracted and so on. */
type Operand = ReddictInput | string | number;

/**
 * The operations of a query builder. M is what may stand for a map, S what SQL is there; Result says of what type
 * what it gives is. Whatever is no SQL becomes a parameter with a cast.
 */
export interface Operations<M, S, Result extends { number: unknown; numbers: unknown; boolean: unknown; map: unknown }> {
    /** `m -> key`, NULL where the key is absent */
    get(m: M, key: string | S): Result['number'];
    /** `rd_get(m, key, otherwise)` */
    getOr(m: M, key: string | S, otherwise: number | S): Result['number'];
    /** `m -> keys`, with NULL where a key is absent */
    getMany(m: M, keys: readonly string[] | S): Result['numbers'];
    /** `m ? key` */
    has(m: M, key: string | S): Result['boolean'];
    /** `m ?| keys` */
    hasAny(m: M, keys: readonly string[] | S): Result['boolean'];
    /** `m ?& keys` */
    hasAll(m: M, keys: readonly string[] | S): Result['boolean'];
    /** `m @> map`: has it all pairs of the other? */
    contains(m: M, map: ReddictInput | string | S): Result['boolean'];
    /** `m <@ map` */
    containedBy(m: M, map: ReddictInput | string | S): Result['boolean'];
    /** `m = map` */
    equals(m: M, map: ReddictInput | string | S): Result['boolean'];
    /** `m + operand` */
    add(m: M, operand: Operand | S): Result['map'];
    /** `m - operand` */
    subtract(m: M, operand: Operand | S): Result['map'];
    /** `m * operand` */
    multiply(m: M, operand: Operand | S): Result['map'];
    /** `m / operand` */
    divide(m: M, operand: Operand | S): Result['map'];
    /** `m || map`: the other wins where both have a key */
    merge(m: M, map: ReddictInput | string | S): Result['map'];
    /** `rd_slice(m, keys)`: the pairs of these keys */
    slice(m: M, keys: readonly string[] | S): Result['map'];
    /** `rd_delete(m, keys)`: the other pairs */
    remove(m: M, keys: readonly string[] | S): Result['map'];
    /** `sum(m)` of rows */
    sum(m: M): Result['map'];
    /** `avg(m)` of rows */
    avg(m: M): Result['map'];
    /** `min(m)` of rows */
    min(m: M): Result['map'];
    /** `max(m)` of rows */
    max(m: M): Result['map'];
}
