'use strict';

const assert = require('node:assert/strict');
const { describe, it } = require('node:test');
const vm = require('node:vm');
const { Client } = require('pg');
const { specimen, refused } = require('./database.js');
const {
    toSql, fromSql, toCopy, toBinary, fromBinary, toSqlArray, fromSqlArray, fromBinaryArray,
} = require('../lib/index.js');

describe('text', () => {
    it('is JSON', () => {
        assert.equal(toSql({ views: 10.5, clicks: 3 }), '{"views":10.5,"clicks":3}');
        assert.equal(toSql({}), '{}');
    });
    it('has the special numbers as PostgreSQL writes them', () => {
        assert.equal(toSql({ a: NaN, b: Infinity, c: -Infinity, d: -0 }),
            '{"a":"NaN","b":"Infinity","c":"-Infinity","d":-0}');
        assert.deepEqual(fromSql('{"a": "NaN", "b": "Infinity", "c": "-Infinity", "d": -0, "e": 1e+16}'),
            { a: NaN, b: Infinity, c: -Infinity, d: -0, e: 1e16 });
    });
    it('is made of objects, of those without a prototype, of those of another realm, and of Map', () => {
        const bare = Object.create(null);
        bare.a = 1;
        for (const map of [{ a: 1 }, bare, vm.runInNewContext('({ a: 1 })'), new Map([['a', 1]]),
            vm.runInNewContext('new Map([["a", 1]])'), { a: 1n }, '{"a":1}']) {
            assert.equal(toSql(map), '{"a":1}');
        }
        assert.equal(toSql({ a: 2n ** 60n }), '{"a":1152921504606847000}');
    });
    it('is what JSON.stringify makes of ordinary numbers', () => {
        for (const map of [{ '\\ud800': 1, '\\u0000': 2 }, { toJSON: 1 }, { ['__proto__']: 1 }, { '2': 1e21, '1': 1e-7 }]) {
            assert.equal(toSql(map), JSON.stringify(map));
            assert.equal(toSql({ ...map, nan: NaN }), JSON.stringify({ ...map, nan: 'NaN' }));
        }
    });
    it('goes there and back', () => {
        assert.deepEqual(fromSql(toSql(specimen)), specimen);
        assert.deepEqual(fromSql(toSql(new Map(Object.entries(specimen)))), specimen);
        assert.deepEqual(fromSql(toSql({ ['__proto__']: NaN })), { ['__proto__']: NaN });
    });
    it('gives ordinary objects, whose prototype no key changes', () => {
        const map = fromSql('{"__proto__": "NaN"}');
        assert.equal(Object.getPrototypeOf(map), Object.prototype);
        assert.deepEqual(Object.keys(map), ['__proto__']);
        assert.equal({}.polluted, undefined);
    });
    it('is escaped for COPY', () => {
        assert.equal(toCopy({ 'a\\"\n': 1 }), String.raw`{"a\\\\\\"\\n":1}`);
    });
});

describe('binary', () => {
    it('is as documented', () => {
        assert.equal(toBinary({ a: -2, b: 1.5 }).toString('hex'),
            '01000000020000000161c00000000000000000000001623ff8000000000000');
        assert.equal(toBinary({}).toString('hex'), '0100000000');
    });
    it('goes there and back', () => {
        assert.deepEqual(fromBinary(toBinary(specimen)), specimen);
        assert.deepEqual(fromBinary(new Uint8Array(toBinary(new Map(Object.entries(specimen))))), specimen);
    });
    it('gives ordinary objects, whose prototype no key changes', () => {
        const map = fromBinary(toBinary({ ['__proto__']: 1 }));
        assert.equal(Object.getPrototypeOf(map), Object.prototype);
        assert.deepEqual(Object.entries(map), [['__proto__', 1]]);
    });
    it('is refused if damaged', () => {
        const good = toBinary({ abc: 1, d: 2 });
        for (let length = 0; length < good.length; length++) {
            assert.throws(() => fromBinary(good.subarray(0, length)), RangeError);
        }
        assert.throws(() => fromBinary(Buffer.concat([good, Buffer.from([0])])), /no binary form of a reddict: 34 bytes/);
        assert.throws(() => fromBinary(Buffer.from('0200000000', 'hex')), /unknown version.*: 2/);
        assert.throws(() => fromBinary(Buffer.from('0100000001ffffffff0000000000000000', 'hex')), RangeError);
    });
});

describe('what is no map of numbers', () => {
    for (const [value, message] of refused) {
        it(`is refused: ${message}`, () => {
            for (const convert of [toSql, toCopy, toBinary, (map) => toSqlArray([{}, map === null || map === undefined || Array.isArray(map) ? 3 : map])]) {
                assert.throws(() => convert(value), { name: /^(TypeError|RangeError)$/ });
            }
            assert.throws(() => toSql(value), message);
            assert.throws(() => toBinary(value), message);
        });
    }
});

describe('arrays', () => {
    it('are written', () => {
        assert.equal(toSqlArray([{ 'a"\\': 1 }, null, {}]), String.raw`{"{\"a\\\"\\\\\":1}",NULL,"{}"}`);
        assert.equal(toSqlArray([[{}], [null]]), '{{"{}"},{NULL}}');
        assert.equal(toSqlArray([]), '{}');
        assert.throws(() => toSqlArray({}), /a reddict\[\] is an array, not an object/);
    });
    it('are read', () => {
        assert.deepEqual(fromSqlArray('{}'), []);
        assert.deepEqual(fromSqlArray('[2:3]={"{}",NULL}'), [{}, null]);
        assert.deepEqual(fromSqlArray('{{"{}"},{NULL}}'), [[{}], [null]]);
        assert.deepEqual(fromSqlArray(toSqlArray([specimen, null, specimen])), [specimen, null, specimen]);
    });
});

describe('the server', () => {
    it('reads and writes the same', async () => {
        const client = new Client();
        await client.connect();
        const { rows: [row] } = await client.query({
            text: `SELECT $1::reddict AS text, $1::reddict::text AS as_text, $2::reddict = $1::reddict AS equal,
                reddict_send($1::reddict) AS binary, array_send($3::reddict[]) AS binary_array,
                array_send('{}'::reddict[]) AS no_array, array_send(ARRAY[[$1::reddict], [NULL::reddict]]) AS nested`,
            values: [toSql(specimen), toBinary(specimen), toSqlArray([specimen, null])],
        });
        await client.end();
        assert.deepEqual(fromSql(row.text), specimen);
        assert.equal(row.text, row.as_text);
        assert.equal(row.equal, true);
        assert.deepEqual(fromBinary(row.binary), specimen);
        assert.deepEqual(fromBinaryArray(row.binary_array), [specimen, null]);
        assert.deepEqual(fromBinaryArray(row.no_array), []);
        assert.deepEqual(fromBinaryArray(row.nested), [[specimen], [null]]);
    });
});

describe('the package', () => {
    it('has what its exports say, by require and by import', async () => {
        const { exports } = require('../package.json');
        for (const path of Object.keys(exports).filter((name) => !name.endsWith('.json'))) {
            const name = path.replace('.', 'pg-redbear');
            const required = require(name);
            const imported = await import(name);
            assert.deepEqual(Object.keys(imported).filter((key) => key !== 'default' && !(key in required)), []);
            assert.ok(Object.keys(imported).length >= 2, name);
        }
    });
    it('has no dependencies', () => {
        assert.deepEqual(Object.keys(require('../package.json').dependencies ?? {}), []);
    });
});
