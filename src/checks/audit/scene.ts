import type { Actor } from '../../design/design.ts';
import type { AuditedTable, AuditRules } from '../../design/rules.ts';
import { reproduceAs } from '../access/reproduce.ts';
import { literal, settingsOf, type Target } from '../access/target.ts';
import type { CheckContext } from '../check.ts';
import type { ExpectedRecord } from './records.ts';

/** One operation that was done, and what was wrong with the records it left. */
export interface AuditTrial {
  readonly action: ExpectedRecord['action'];
  readonly relation: string;
  readonly way: string;
  readonly actor?: Actor;
  readonly asRequest: boolean;
  readonly statement: string;
  readonly expected: string;
  readonly wrong: readonly string[];
  /** What happened where nothing had to: a form that the table does not allow, a limit that is only said. */
  readonly actual?: string;
  readonly reproduce: string;
}

export interface Scene {
  readonly context: CheckContext;
  readonly target: Target;
  readonly audit: AuditRules;
  readonly audited: AuditedTable;
  readonly mark: string;
}

export async function applySettings(
  { context }: Scene,
  settings: Readonly<Record<string, string>>,
): Promise<void> {
  for (const [name, value] of Object.entries(settings)) {
    await context.session.query('SELECT set_config($1, $2, true)', [name, value]);
  }
}

/** Settings that any actor sets. */
export function settingNames(context: CheckContext): readonly string[] {
  return [...new Set(context.actors.flatMap((actor) => Object.keys(settingsOf(context, actor))))];
}

export function trial(
  scene: Scene,
  parts: Omit<AuditTrial, 'reproduce' | 'asRequest'> & {
    asRequest?: boolean;
    settings: Readonly<Record<string, string>>;
  },
): AuditTrial {
  const { settings, asRequest = false, ...rest } = parts;
  const sets = Object.entries(settings).map(
    ([n, v]) => `SELECT set_config(${literal(n)}, ${literal(v)}, true);`,
  );
  const look = `SELECT * FROM ${scene.audit.trail.table} AS record WHERE xmin = pg_current_xact_id()::xid`;
  const reproduce =
    asRequest && parts.actor !== undefined
      ? reproduceAs(scene.context, parts.actor, parts.statement, parts.expected)
      : [
          'BEGIN;',
          ...sets,
          `${parts.statement};`,
          `${look}; -- expected: ${parts.expected}`,
          'ROLLBACK;',
        ].join('\n');
  return { ...rest, asRequest, reproduce };
}
