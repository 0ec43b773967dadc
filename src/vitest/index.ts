export { type PolicySuiteOptions, policySuite } from './policy-suite.ts';
