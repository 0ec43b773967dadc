export { defectSuite } from './defect-suite.ts';
export { type PolicySuiteOptions, policySuite } from './policy-suite.ts';
