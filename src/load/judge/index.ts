export { type DescribedFigure, describeFigures } from './describe.ts';
export { judge } from './judge.ts';
export { defaultLimits } from './limits.ts';
export type * from './model.ts';
