'use strict';

// Knex, with pg

const { toSql } = require('./index.js');
const { bind } = require('./operations.js');
const { register } = require('./pg.js');

// For the configuration: pool: { afterCreate }
function afterCreate(connection, done) {
    register(connection).then(() => done(null, connection), (error) => done(error, connection));
}

// A map is a column's name, or SQL: knex.ref, knex.raw, a query.
function isSql(value) {
    return value !== null && typeof value === 'object' && typeof value.toSQL === 'function';
}

// The operations, as knex.raw; and map(), a map as a value
function rd(knex) {
    const render = (parts) => {
        const bindings = [];
        const sql = parts.map((part) => {
            if (typeof part === 'string') return part;
            bindings.push('m' in part ? part.m : part.value);
            if ('m' in part) return isSql(part.m) ? '?' : '??';
            return `?::${part.type}`;
        });
        return knex.raw(sql.join(''), bindings);
    };
    return { ...bind(isSql, render), map: (map) => knex.raw('?::reddict', [toSql(map)]) };
}

module.exports = { afterCreate, rd };
