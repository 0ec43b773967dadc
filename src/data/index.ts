export { type FillOptions, type FillProgress, fill } from './fill.ts';
export { BrokenForeignKey, verifyForeignKeys } from './foreign-keys.ts';
export { ids } from './ids.ts';
