import { columnSwapped } from './column-swapped.ts';
import { comparisonChanged } from './comparison-changed.ts';
import { conditionRemoved } from './condition-removed.ts';
import { constantChanged } from './constant-changed.ts';
import { listShortened } from './list-shortened.ts';
import { negated } from './negated.ts';
import { conjunctRemoved, disjunctRemoved } from './operand-removed.ts';
import type { Operator } from './operator.ts';

/** Every way to change an expression. A new one is a file and a line here. */
export const operators: readonly Operator[] = [
  conjunctRemoved,
  disjunctRemoved,
  conditionRemoved,
  negated,
  comparisonChanged,
  listShortened,
  columnSwapped,
  constantChanged,
];
