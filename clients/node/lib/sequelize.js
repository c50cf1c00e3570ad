'use strict';

// Sequelize 6

const { toSql, fromSql } = require('./index.js');

// Adds DataTypes.REDDICT, and gives it. Before any instance of Sequelize is
// made: each reads the list of types when it is.
function register(Sequelize) {
    const { DataTypes, Utils, ValidationError } = Sequelize;
    if (DataTypes.REDDICT) return DataTypes.REDDICT;

    // What is in DataTypes can be called without new, and so can't be extended.
    class REDDICT extends DataTypes.ABSTRACT.prototype.constructor {
        toSql() {
            return 'reddict';
        }
        validate(value) {
            try {
                toSql(value);
            } catch (error) {
                throw new ValidationError(error.message);
            }
            return true;
        }
        _stringify(value) {
            return toSql(value);
        }
        static parse(value) {
            return fromSql(value);
        }
    }
    REDDICT.prototype.key = REDDICT.key = 'REDDICT';
    REDDICT.types = { postgres: ['reddict'] };
    DataTypes.postgres.REDDICT = REDDICT;
    DataTypes.REDDICT = Utils.classToInvokable(REDDICT);
    return DataTypes.REDDICT;
}

module.exports = { register };
