'use strict';

// A database with redbear for a file of tests, on the server that PGHOST and
// PGPORT name. It is there before the tests, and gone after them.

const { after, before } = require('node:test');
const { Client } = require('pg');

const name = `redbear_node_${process.pid}`;

async function asAdmin(...statements) {
    const client = new Client({ database: 'postgres' });
    await client.connect();
    for (const statement of statements) await client.query(statement);
    await client.end();
}

before(async () => {
    await asAdmin(`CREATE DATABASE ${name} TEMPLATE template0 ENCODING 'UTF8'`);
    process.env.PGDATABASE = name;
    const client = new Client();
    await client.connect();
    // Anything may be where the search path does not lead.
    await client.query('CREATE SCHEMA elsewhere; CREATE EXTENSION redbear SCHEMA elsewhere');
    await client.query(`ALTER DATABASE ${name} SET search_path = public, elsewhere`);
    await client.end();
});

after(() => asAdmin(`DROP DATABASE ${name} WITH (FORCE)`));

// What a driver has to bring through unharmed: numbers, and keys that are hard
// on objects, on JSON, on COPY and on array literals.
const specimen = JSON.parse('{"__proto__": 1, "constructor": 2, "toString": 3, "type": 4, "10": 5, "9": 6, "": 7}');
Object.assign(specimen, {
    nan: NaN, inf: Infinity, '-inf': -Infinity, '-0': -0, 'third': 1 / 3, 'min': 5e-324, 'max': Number.MAX_VALUE,
    '2^53': 2 ** 53, '1e21': 1e21,
    'é': 8, '日本': 9, '😀': 10, ' : "x"': 11, 'a\\b': 12, '\t\n\r\u0001': 13, '{a,"b"}': 14, 'NULL': 15, "'": 16,
    ': ': 17, '\\N': 18, '\\.': 19, '?': 20, '%s': 21, '$1': 22, ':a': 23,
});

// What is no map of numbers, and what the error says of it
const refused = [
    [null, /Map or a plain object of numbers, not null/],
    [undefined, /not undefined/],
    [3, /not a number/],
    [[1, 2], /not an array/],
    [new Date(), /not a Date/],
    [new (class Counters { clicks = 1; })(), /not a Counters/],
    [new Set(['a']), /not a Set/],
    [{ a: 1, b: '3' }, /value of key "b" is no number but a string: "3"/],
    [{ a: null }, /value of key "a" is no number but null/],
    [{ a: undefined }, /value of key "a" is no number but undefined/],
    [{ a: true }, /value of key "a" is no number but a boolean/],
    [{ a: { b: 1 } }, /value of key "a" is no number but an object/],
    [{ a: [1] }, /value of key "a" is no number but an array/],
    [{ a: 2n ** 53n + 1n }, /value of key "a" is no number that a float8 has: 9007199254740993n/],
    [{ a: 10n ** 400n }, /value of key "a" is no number that a float8 has/],
    [{ 'a\0b': 1 }, /zero byte: key "a\\u0000b"/],
    [{ 'a\ud800': 1 }, /half a surrogate pair is no character: key "a\\ud800"/],
    [new Map([[1, 1]]), /key of a reddict is a string, not a number: 1/],
    [new Map([['a', 'x']]), /value of key "a" is no number but a string: "x"/],
];

module.exports = { specimen, refused };
