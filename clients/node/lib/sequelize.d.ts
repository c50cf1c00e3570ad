import type { AbstractDataTypeConstructor } from 'sequelize';

/**
 * Adds the type to Sequelize's `DataTypes`, as `REDDICT`, and gives it. Call it with the module, before any instance is
 * made.
 */
export function register(Sequelize: typeof import('sequelize')): AbstractDataTypeConstructor;
