import type { Finding, StatementReport } from '../model.ts';

/** What the statements themselves say, as findings: one for each that did not simply pass. */
export function statementFindings(statements: readonly StatementReport[]): readonly Finding[] {
  return statements.flatMap((each) => {
    const made = finding(each);
    return made === undefined ? [] : [{ line: each.line, endLine: each.endLine, ...made }];
  });
}

type Said = Pick<Finding, 'rule' | 'severity' | 'says' | 'fix'>;

function finding(each: StatementReport): Said | undefined {
  const { asWritten, afterFixes, role, cause, because, fault, fixes } = each;
  const at = asWritten.status === 'failed' && asWritten.line !== undefined ? `, line ${asWritten.line}` : '';
  const written = asWritten.status === 'failed' ? `${asWritten.message} (${asWritten.sqlstate}${at})` : '';
  const fix = fixes.length === 0 ? {} : { fix: fixes.map(({ says }) => says).join('; then ') };
  const said = (rule: Finding['rule'], severity: Finding['severity'], says: string): Said => ({
    rule,
    severity,
    says,
    ...fix,
  });
  const still =
    fixes.length > 0 && afterFixes.status === 'failed'
      ? `; then ${afterFixes.message} (${afterFixes.sqlstate})`
      : '';
  if (asWritten.status === 'not run') {
    return said(role === 'psql' ? 'sql.psql' : 'sql.not-run', 'note', `not run: ${asWritten.why}`);
  }
  if (role === 'fragment') {
    return said('sql.fragment', 'note', `documentation in the shape of SQL, not a statement: ${written}`);
  }
  if (role === 'template' && afterFixes.status === 'passed') {
    return said('sql.template', 'note', 'has parameters: prepared, which works, and not executed');
  }
  switch (cause) {
    case 'first-order':
      return said('sql.fails', 'error', `${written}${still}`);
    case 'hidden':
      return said(
        'sql.fails-hidden',
        'error',
        `${fault?.message} (${fault?.sqlstate}), ${written === '' ? 'once what is before it loads' : `hidden behind line ${because}: ${written}`}${still}`,
      );
    case 'after repair':
      return said(
        'sql.fails-after-repair',
        'warning',
        `${fault?.message} (${fault?.sqlstate}), once others are repaired`,
      );
    case 'consequence':
      return said('sql.consequence', 'note', `${written}, a consequence of line ${because}`);
    case undefined:
      return undefined;
  }
}
