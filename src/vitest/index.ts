import './matchers/index.ts';
import './matchers/types.ts';

export { defectSuite } from './defect-suite.ts';
export type { DeniedBy, ToBeAuditedOptions, ToSeeOptions } from './matchers/index.ts';
export type { Only } from './only.ts';
export { type ActorView, openDesign, type TestDatabase } from './open-design.ts';
export type { SuiteOptions } from './options.ts';
export { type PolicySuiteOptions, policySuite } from './policy-suite.ts';
export { type Statement, StatementError, type StatementResult } from './statement.ts';
export type { ClaimMeta } from './task-meta.ts';
