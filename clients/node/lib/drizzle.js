'use strict';

const { make } = require('./make-drizzle.js');

const { reddict, rd } = make(require('drizzle-orm'), require('drizzle-orm/pg-core'));

module.exports = { reddict, rd };
