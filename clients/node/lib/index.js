'use strict';

// The text and the binary form of a reddict, both ways, as doc/storage-format.md
// of redbear has them, and of arrays of reddict. Knows no driver.

// What JSON has no numbers for
const specials = { NaN: '"NaN"', Infinity: '"Infinity"', '-Infinity': '"-Infinity"' };
const loneSurrogate = /\p{Surrogate}/u;

function kind(value) {
    if (value === null) return 'null';
    if (Array.isArray(value)) return 'an array';
    const type = typeof value;
    return type === 'undefined' ? type : type === 'object' ? 'an object' : `a ${type}`;
}

// An object made by {} or Object.create(null), of whichever realm: tests under
// Jest have an Object of their own.
function isPlain(value) {
    if (value === null || typeof value !== 'object' || Array.isArray(value)) return false;
    const prototype = Object.getPrototypeOf(value);
    return prototype === null || (Object.getPrototypeOf(prototype) === null && Object.hasOwn(prototype, 'isPrototypeOf'));
}

function entries(map) {
    if (isPlain(map)) return Object.entries(map);
    if (Object.prototype.toString.call(map) === '[object Map]') return map;
    const name = map !== null && typeof map === 'object' && !Array.isArray(map) && map.constructor?.name;
    throw new TypeError(`a reddict is a Map or a plain object of numbers, not ${name ? `a ${name}` : kind(map)}`);
}

function checkedKey(key) {
    if (typeof key !== 'string') throw new TypeError(`a key of a reddict is a string, not ${kind(key)}: ${String(key)}`);
    if (key.includes('\0')) throw new TypeError(`PostgreSQL's text has no zero byte: key ${JSON.stringify(key)}`);
    if (loneSurrogate.test(key)) throw new TypeError(`half a surrogate pair is no character: key ${JSON.stringify(key)}`);
    return key;
}

function checkedNumber(value, key) {
    if (typeof value === 'number') return value;
    if (typeof value !== 'bigint') {
        const what = typeof value === 'string' ? `a string: ${JSON.stringify(value)}` : kind(value);
        throw new TypeError(`the value of key ${JSON.stringify(key)} is no number but ${what}`);
    }
    const number = Number(value);
    if (!Number.isFinite(number) || BigInt(number) !== value) {
        throw new RangeError(`the value of key ${JSON.stringify(key)} is no number that a float8 has: ${value}n`);
    }
    return number;
}

function numberText(number) {
    if (Number.isFinite(number)) return Object.is(number, -0) ? '-0' : String(number);
    return specials[number];
}

// The same as JSON.stringify, of all that it does not have, or would not refuse
function text(map) {
    const members = [];
    for (const [key, value] of entries(map)) {
        members.push(`${JSON.stringify(checkedKey(key))}:${numberText(checkedNumber(value, key))}`);
    }
    return `{${members.join(',')}}`;
}

function isOrdinary(value) {
    return Number.isFinite(value) && !(value === 0 && 1 / value < 0);
}

// What JSON.stringify makes of a zero byte and of half a surrogate pair
const escaped = /\\u(?:0000|d[89a-f])/;

// A Map or plain object, as text that PostgreSQL reads as reddict. Strings are
// taken to be that already. Ordinary numbers under ordinary keys are left to
// JSON.stringify, which is three times as fast.
function toSql(map) {
    if (typeof map === 'string') return map;
    if (!isPlain(map)) return text(map);
    for (const key of Object.keys(map)) {
        if (!isOrdinary(map[key])) return text(map);
    }
    const json = JSON.stringify(map);
    return escaped.test(json) ? text(map) : json;
}

// The text of a reddict, as an object. JSON.parse makes "__proto__" a key as
// any other, which then may be assigned to.
function fromSql(text) {
    const map = JSON.parse(text);
    // Where there is no such string, no value is one: in a key the quotation
    // mark would be escaped.
    if (/:\s*"/.test(text)) {
        for (const key of Object.keys(map)) map[key] = Number(map[key]);
    }
    return map;
}

// A field of COPY in text format, which takes a backslash for an escape
function toCopy(map) {
    return toSql(map).replaceAll('\\', '\\\\');
}

const version = 1;
const headLength = 5;

// A Map or plain object, in the form that COPY in binary format, and binary
// parameters, have
function toBinary(map) {
    const pairs = [];
    let length = headLength;
    for (const [key, value] of entries(map)) {
        const bytes = Buffer.from(checkedKey(key));
        pairs.push([bytes, checkedNumber(value, key)]);
        length += 4 + bytes.length + 8;
    }
    const buffer = Buffer.allocUnsafe(length);
    buffer.writeInt8(version, 0);
    buffer.writeInt32BE(pairs.length, 1);
    let at = headLength;
    for (const [bytes, number] of pairs) {
        at = buffer.writeInt32BE(bytes.length, at);
        at += bytes.copy(buffer, at);
        at = buffer.writeDoubleBE(number, at);
    }
    return buffer;
}

// An object, of the binary form
function fromBinary(bytes) {
    const buffer = Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const damaged = () => new RangeError(`no binary form of a reddict: ${buffer.length} bytes`);
    if (buffer.length < headLength) throw damaged();
    if (buffer[0] !== version) throw new RangeError(`unknown version of the binary form of a reddict: ${buffer[0]}`);
    const map = {};
    let at = headLength;
    for (let left = buffer.readInt32BE(1); left > 0; left--) {
        if (at + 4 > buffer.length) throw damaged();
        const length = buffer.readInt32BE(at);
        const value = at + 4 + length;
        if (length < 0 || value + 8 > buffer.length) throw damaged();
        const key = buffer.toString('utf8', at + 4, value);
        const number = buffer.readDoubleBE(value);
        if (key === '__proto__') {
            // Assigned, it would be the prototype.
            Object.defineProperty(map, key, { value: number, writable: true, enumerable: true, configurable: true });
        } else {
            map[key] = number;
        }
        at = value + 8;
    }
    if (at !== buffer.length) throw damaged();
    return map;
}

// --- arrays --------------------------------------------------------------------

// Arrays of maps and null, and of such arrays, as the text of a reddict[]
function toSqlArray(array) {
    if (typeof array === 'string') return array;
    if (!Array.isArray(array)) throw new TypeError(`a reddict[] is an array, not ${kind(array)}`);
    const items = array.map((item) => {
        if (item === null || item === undefined) return 'NULL';
        return Array.isArray(item) ? toSqlArray(item) : `"${toSql(item).replace(/[\\"]/g, '\\$&')}"`;
    });
    return `{${items.join(',')}}`;
}

// Each element but NULL has quotation marks around it, because braces are in it.
const arrayToken = /"((?:[^"\\]|\\.)*)"|NULL|[{}]/gs;

// The text of a reddict[], as an array of objects and null
function fromSqlArray(text) {
    const open = [[]];
    for (const [token, quoted] of text.matchAll(arrayToken)) {
        const items = open[open.length - 1];
        if (token === '{') {
            const inner = [];
            items.push(inner);
            open.push(inner);
        } else if (token === '}') {
            open.pop();
        } else {
            items.push(token === 'NULL' ? null : fromSql(quoted.replace(/\\(.)/gs, '$1')));
        }
    }
    return open[0][0];
}

// The binary form of a reddict[], likewise
function fromBinaryArray(buffer) {
    const dimensions = [];
    let at = 12;
    for (let n = buffer.readInt32BE(0); n > 0; n--) {
        dimensions.push(buffer.readInt32BE(at));
        at += 8; // where its subscripts begin comes second
    }
    const element = () => {
        const length = buffer.readInt32BE(at);
        at += 4;
        if (length < 0) return null;
        at += length;
        return fromBinary(buffer.subarray(at - length, at));
    };
    const level = (depth) =>
        Array.from({ length: dimensions[depth] }, () => (depth + 1 < dimensions.length ? level(depth + 1) : element()));
    return dimensions.length === 0 ? [] : level(0);
}

// --- the catalog ---------------------------------------------------------------

// The numbers that the type has in a database, in whichever schema it is
const oidQuery = `SELECT t.oid::int8 AS oid, t.typarray::int8 AS array
    FROM pg_catalog.pg_type AS t
        JOIN pg_catalog.pg_depend AS d ON d.classid = 'pg_catalog.pg_type'::pg_catalog.regclass AND d.objid = t.oid
            AND d.refclassid = 'pg_catalog.pg_extension'::pg_catalog.regclass AND d.deptype = 'e'
        JOIN pg_catalog.pg_extension AS e ON e.oid = d.refobjid
    WHERE e.extname = 'redbear' AND t.typname = 'reddict'`;

function oidsOf(rows) {
    if (rows.length !== 1) throw new Error('this database has no type reddict: CREATE EXTENSION redbear');
    return { oid: Number(rows[0].oid), array: Number(rows[0].array) };
}

module.exports = {
    toSql, fromSql, toCopy, toBinary, fromBinary, toSqlArray, fromSqlArray, fromBinaryArray, oidQuery, oidsOf,
};
