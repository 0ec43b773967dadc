import type { Evidence } from '../../evidence/model.ts';
import { viewRun } from '../../evidence/view.ts';
import type { Reporter } from '../reporter.ts';
import { renderPage } from './page.tsx';

export const html: Reporter = {
  name: 'html',
  file: 'report.html',
  mediaType: 'text/html; charset=utf-8',
  says: 'one page that needs no network: verdicts, evidence, access matrix, settings; fit to print',
  render: (evidence: Evidence) => renderPage(viewRun(evidence)),
};
