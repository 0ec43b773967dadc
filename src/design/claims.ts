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
  const tables = access.map((rules) => rules.table);
  return access.flatMap((rules) =>
    commands.map((command) => ({
      id: `${frame.prefix}.rls.${idPart(rules.table, tables)}.${command}`,
      says: rules[command].says,
      source: sourceOf(frame.file, rules[command].lines ?? rules.lines),
      controls: frame.controls,
      family: 'access' as const,
      check: { kind: `access.${command}`, table: rules.table },
    })),
  );
}

/** Two claims for each audited table, alone and with others at the same time, and one that the trail is append-only. */
export function auditClaims(
  audit: AuditRules,
  frame: ClaimFrame,
  appendOnlyLines: Source['lines'],
): readonly Claim[] {
  const names = audit.tables.map(({ table }) => table);
  const tables = audit.tables.flatMap((table) => {
    const id = `${frame.prefix}.audit.${idPart(table.table, names)}`;
    const common = {
      source: sourceOf(frame.file, table.lines),
      controls: frame.controls,
      family: 'audit' as const,
    };
    return [
      { ...common, id, says: table.says, check: { kind: 'audit.recorded', table: table.table } },
      {
        ...common,
        id: `${id}.concurrent`,
        says: `${table.says} Also when sessions change it side by side.`,
        check: { kind: 'audit.concurrent', table: table.table },
      },
    ];
  });
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

/** The table's bare name, or with its schema where two tables share it, in the letters that an id may have. */
function idPart(table: string, tables: readonly string[]): string {
  const bare = (name: string) => nameParts(name).at(-1) ?? name;
  const shared = tables.filter((other) => bare(other) === bare(table)).length > 1;
  const name = shared ? nameParts(table).join('.') : bare(table);
  return name
    .toLowerCase()
    .replace(/[^a-z0-9_.-]+/g, '-')
    .replace(/^[^a-z0-9]+|[^a-z0-9]+$/g, '');
}

/** A quoted identity to its parts, unquoted. */
function nameParts(table: string): string[] {
  return [...table.matchAll(/"((?:[^"]|"")*)"|[^."]+/g)].map(
    (part) => part[1]?.replaceAll('""', '"') ?? part[0],
  );
}

function sourceOf(file: string, lines: Source['lines'] | readonly [number, number] | undefined): Source {
  return lines === undefined ? { file } : { file, lines: [lines[0], lines[1]] };
}
