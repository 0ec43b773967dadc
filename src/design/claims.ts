import type { Source } from '../evidence/model.ts';
import type { Claim } from './design.ts';
import type { AccessRules, AuditRules } from './rules.ts';

/** What claims made from rules have in common. */
export interface ClaimFrame {
  /** First part of the ids: `saas`. */
  readonly prefix: string;
  /** The design's document. */
  readonly file: string;
  readonly controls: readonly string[];
}

const commands = ['select', 'insert', 'update', 'delete'] as const;

/** One claim for each table and command of the access rules: `saas.rls.projects.select`. */
export function accessClaims(access: readonly AccessRules[], frame: ClaimFrame): readonly Claim[] {
  return access.flatMap((rules) =>
    commands.map((command) => ({
      id: `${frame.prefix}.rls.${idPart(rules.table)}.${command}`,
      says: rules[command].says,
      source: sourceOf(frame.file, rules[command].lines ?? rules.lines),
      controls: frame.controls,
      family: 'access' as const,
      check: { kind: `access.${command}`, table: rules.table },
    })),
  );
}

/** One claim for each audited table, and one that the trail is append-only. */
export function auditClaims(
  audit: AuditRules,
  frame: ClaimFrame,
  appendOnlyLines: Source['lines'],
): readonly Claim[] {
  const tables = audit.tables.map((table) => ({
    id: `${frame.prefix}.audit.${idPart(table.table)}`,
    says: table.says,
    source: sourceOf(frame.file, table.lines),
    controls: frame.controls,
    family: 'audit' as const,
    check: { kind: 'audit.recorded', table: table.table },
  }));
  const appendOnly = {
    id: `${frame.prefix}.audit.append-only`,
    says: 'The audit log is immutable and append-only.',
    source: sourceOf(frame.file, appendOnlyLines),
    controls: frame.controls,
    family: 'audit' as const,
    check: { kind: 'audit.append-only' },
  };
  return [...tables, appendOnly];
}

function idPart(table: string): string {
  const name = table.slice(table.lastIndexOf('.') + 1);
  return name.toLowerCase().replace(/[^a-z0-9_-]+/g, '-');
}

function sourceOf(file: string, lines: Source['lines'] | readonly [number, number] | undefined): Source {
  return lines === undefined ? { file } : { file, lines: [lines[0], lines[1]] };
}
