import { readable } from '../evidence/canonical.ts';
import { toSummary } from '../evidence/to-summary.ts';
import type { Reporter } from './reporter.ts';

export const summary: Reporter = {
  name: 'summary',
  file: 'summary.json',
  mediaType: 'application/json',
  says: 'the outcome for machines; its schema is reports/schema/summary.schema.json',
  render: (evidence) => readable(toSummary(evidence)),
};
