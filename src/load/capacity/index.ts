export { type Capacity, capacityOf } from './capacity.ts';
export { type HeldBack, isGood, tolerances } from './check.ts';
export { type K6DriveOptions, k6Drive } from './k6-drive.ts';
export {
  type Drive,
  type Driven,
  type Grid,
  type MeasureOptions,
  measureCapacity,
  type Trial,
} from './measure.ts';
export { type Component, components, type Estimate, type Point, type Usl } from './model.ts';
export {
  type Assumptions,
  type Need,
  type Projection,
  project,
  type Rates,
  usualAssumptions,
} from './project.ts';
export { sayCapacity, sayProjection } from './say.ts';
