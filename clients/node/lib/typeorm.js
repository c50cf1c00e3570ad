'use strict';

// TypeORM

const { toSql, fromSql } = require('./index.js');

// The first versions 0.3 transform conditions such as Raw, too.
const isCondition = (value) => value['@instanceof'] === Symbol.for('FindOperator');

// For a column: @Column({ type: 'reddict', transformer: reddict })
const reddict = {
    to: (value) => (value === null || value === undefined || isCondition(value) ? value : toSql(value)),
    from: (value) => (typeof value === 'string' ? fromSql(value) : value),
};

// TypeORM refuses types that are not on a list of its own. Before initialize().
function allowReddict(dataSource) {
    const types = dataSource.driver.supportedDataTypes;
    if (!types.includes('reddict')) types.push('reddict');
    return dataSource;
}

module.exports = { reddict, allowReddict };
