import type { Design } from './design.ts';

/**
 * Declares a design. It only gives the type: `validateDesign` checks the content when the design is loaded,
 * so that a mistake is reported with the file it is in.
 */
export function defineDesign(design: Design): Design {
  return design;
}
