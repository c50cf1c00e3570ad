'use strict';

// Postgres.js: parameters that are maps go as they are, results come as objects.

const { toSql, fromSql, toSqlArray, fromSqlArray, oidQuery, oidsOf } = require('./index.js');

// For the option "types", where the numbers are known
function types({ oid, array }) {
    return {
        reddict: { to: oid, from: [oid], serialize: toSql, parse: fromSql },
        reddictArray: { to: array, from: [array], serialize: toSqlArray, parse: fromSqlArray },
    };
}

// Of an instance. Its options are what its connections look into for each
// value, so this holds for those that are open too.
async function register(sql) {
    const oids = oidsOf(await sql.unsafe(oidQuery));
    for (const { to, serialize, parse } of Object.values(types(oids))) {
        sql.options.serializers[to] = serialize;
        sql.options.parsers[to] = parse;
    }
    return oids;
}

module.exports = { register, types };
