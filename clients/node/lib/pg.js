'use strict';

// node-postgres: results that are maps come as objects.

const { fromSql, fromBinary, fromSqlArray, fromBinaryArray, oidQuery, oidsOf } = require('./index.js');

// Under its option "binary", pg 8 decodes what it receives as UTF-8 before any
// parser sees it. Bytes that are none become U+FFFD. (Up to 8.11 the parser gets
// a string.)
function ifWhole(parse) {
    return (bytes) => {
        if (bytes.includes('\ufffd')) throw new Error("pg damages binary results: leave its option binary off (pg's issue 3495)");
        return parse(Buffer.from(bytes));
    };
}

function setParsers(target, { oid, array }) {
    target.setTypeParser(oid, 'text', fromSql);
    target.setTypeParser(oid, 'binary', ifWhole(fromBinary));
    target.setTypeParser(array, 'text', fromSqlArray);
    target.setTypeParser(array, 'binary', ifWhole(fromBinaryArray));
}

// Of a client, or of all clients of a pool: those that it has and those to come
async function register(clientOrPool) {
    const { rows } = await clientOrPool.query(oidQuery);
    const oids = oidsOf(rows);
    if (typeof clientOrPool.setTypeParser === 'function') {
        setParsers(clientOrPool, oids);
    } else {
        clientOrPool.on('acquire', (client) => setParsers(client, oids));
    }
    return oids;
}

module.exports = { register, setParsers };
