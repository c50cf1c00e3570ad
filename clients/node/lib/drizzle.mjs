// The declarations are those of drizzle.d.ts, copied when the package is packed,
// since TypeScript tells the two copies apart by the name of the file.

import * as drizzle from 'drizzle-orm';
import * as pgCore from 'drizzle-orm/pg-core';
import { make } from './make-drizzle.js';

export const { reddict, rd } = make(drizzle, pgCore);
