'use strict';

// What can be done with a map in a query. Query builders differ in how they
// write a parameter, so an operation is SQL in which words stand for what
// differs: m the map, the others parameters of a type. The functions rd_exists
// and its kin use the same indexes as the operators, and have no "?", which
// query builders take for a parameter. What an operation gives comes second.

const { toSql } = require('./index.js');

const operations = {
    get: ['m -> key', 'number'],
    getOr: ['rd_get(m, key, number)', 'number'],
    getMany: ['m -> keys', 'numbers'],
    has: ['rd_exists(m, key)', 'boolean'],
    hasAny: ['rd_exists_any(m, keys)', 'boolean'],
    hasAll: ['rd_exists_all(m, keys)', 'boolean'],
    contains: ['m @> map', 'boolean'],
    containedBy: ['m <@ map', 'boolean'],
    equals: ['m = map', 'boolean'],
    add: ['m + operand', 'map'],
    subtract: ['m - operand', 'map'],
    multiply: ['m * operand', 'map'],
    divide: ['m / operand', 'map'],
    merge: ['m || map', 'map'],
    slice: ['rd_slice(m, keys)', 'map'],
    remove: ['rd_delete(m, keys)', 'map'],
    sum: ['sum(m)', 'map'],
    avg: ['avg(m)', 'map'],
    min: ['min(m)', 'map'],
    max: ['max(m)', 'map'],
};

function list(keys) {
    if (!Array.isArray(keys)) throw new TypeError(`keys are an array, not ${JSON.stringify(keys)}`);
    return keys;
}

// What an operand may be instead of a parameter: SQL of the query builder
const parameters = {
    key: (key) => [String(key), 'text'],
    keys: (keys) => [list(keys), 'text[]'],
    number: (number) => [number, 'float8'],
    map: (map) => [toSql(map), 'reddict'],
    operand: (operand) => parameters[typeof operand === 'number' ? 'number' : 'map'](operand),
};

// For a query builder: of each operation a function of a map and of what it
// takes. render gets texts and, between them, the map and parameters, as
// { value, type } or, if isSql says so, SQL; and what the operation gives.
function bind(isSql, render) {
    return Object.fromEntries(Object.entries(operations).map(([name, [pattern, gives]]) => [name, (m, ...args) => {
        const parts = pattern.split(/\b(m|keys?|number|map|operand)\b/);
        const holes = parts.map((part, n) => {
            if (n % 2 === 0) return part;
            if (part === 'm') return { m };
            const arg = args.shift();
            if (isSql(arg)) return { m: arg };
            const [value, type] = parameters[part](arg);
            return { value, type };
        });
        return render(['(', ...holes, ')'], gives);
    }]));
}

module.exports = { bind };
