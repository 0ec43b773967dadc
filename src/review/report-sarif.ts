import { physicalLocation, sarifOf } from '../findings/sarif.ts';
import type { Finding, Review, Severity } from './model.ts';
import { rules } from './rules.ts';

const levels: Readonly<Record<Severity, string>> = { error: 'error', warning: 'warning', note: 'note' };
const ids = Object.keys(rules) as readonly Finding['rule'][];

/** SARIF 2.1.0, with the document's lines, for code hosts that show findings beside the text. */
export function renderSarif(review: Review): string {
  return sarifOf({
    version: review.tool.version,
    rules: ids.map((id) => ({ id, says: rules[id] })),
    results: review.findings.map((finding) => result(finding, review.document.name)),
  });
}

function result(finding: Finding, document: string) {
  const { rule, severity, line, endLine, says, fix } = finding;
  return {
    ruleId: rule,
    ruleIndex: ids.indexOf(rule),
    level: levels[severity],
    message: { text: fix === undefined ? says : `${says}. Fix: ${fix}` },
    locations: [{ physicalLocation: physicalLocation(document, line, endLine) }],
  };
}
