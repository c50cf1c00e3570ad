'use strict';

// Drizzle, with any of its drivers for PostgreSQL. They don't share what others
// register for the type, so a map comes here as text, or as an object already.

const { toSql, fromSql } = require('./index.js');
const { bind } = require('./operations.js');

// Of Drizzle's two modules, which come in two copies: drizzle.js has that of
// require, drizzle.mjs that of import.
function make({ is, sql, SQL, Column }, { customType }) {
    const mapFromDriverValue = (value) => (typeof value === 'string' ? fromSql(value) : value);

    const reddict = customType({
        dataType: () => 'reddict',
        toDriver: toSql,
        fromDriver: mapFromDriverValue,
    });

    const decoders = { map: { mapFromDriverValue }, number: { mapFromDriverValue: Number } };

    // The operations, as SQL whose results have their type
    const rd = bind(
        (value) => is(value, SQL) || is(value, SQL.Aliased) || is(value, Column),
        (parts, gives) => {
            const chunks = parts.map((part) => {
                if (typeof part === 'string') return sql.raw(part);
                return 'm' in part ? sql`${part.m}` : sql`${sql.param(part.value)}::${sql.raw(part.type)}`;
            });
            const all = sql.join(chunks);
            return decoders[gives] ? all.mapWith(decoders[gives]) : all;
        },
    );

    return { reddict, rd };
}

module.exports = { make };
