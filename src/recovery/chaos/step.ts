import { ConfigError } from '../../design/config-error.ts';

/** What chaos may do. Each leaves a cluster that can go on, so that there is no end to a sequence of them. */
export const actionNames = [
  'kill-and-fail-over',
  'freeze-and-fail-over',
  'crash-and-restart',
  'freeze-and-thaw',
  'restart-replica',
  'restart-pooler',
  'close-archive',
  'cut-replica',
] as const;
export type ActionName = (typeof actionNames)[number];

/** One disturbance of a sequence. Times are milliseconds. */
export interface Step {
  /** From the end of the step before, when writes were good again. */
  readonly after: number;
  readonly action: ActionName;
  /** How long what is frozen, closed, down or cut stays so; 0 where the action ends by itself. */
  readonly lasts: number;
  /** Which replica, counted from 0 around those that there are; 0 where the action needs none. */
  readonly which: number;
}

/** The longest that a step may wait or last: what is longer is a typing mistake, and nobody would wait for it. */
const mostMs = 600_000;

const form = /^([a-z-]+)@(\d{1,9})(?:\+(\d{1,9}))?(?:#(\d{1,3}))?$/;

/** `restart-replica@1200+800#1`: after 1200 ms, for 800 ms, the second replica. `parseSteps` reads it. */
export function sayStep({ action, after, lasts, which }: Step): string {
  return `${action}@${after}${lasts === 0 ? '' : `+${lasts}`}${which === 0 ? '' : `#${which}`}`;
}

/** Steps by commas. */
export const saySteps = (steps: readonly Step[]): string => steps.map(sayStep).join(',');

/**
 * Steps as `saySteps` writes them, by commas, spaces or lines.
 *
 * @throws {ConfigError} for what is no step, and for no steps at all
 */
export function parseSteps(text: string, where = 'steps'): readonly Step[] {
  const parts = text.split(/[\s,]+/).filter((part) => part !== '');
  if (parts.length === 0)
    throw new ConfigError(where, 'no steps', 'write them by commas: kill-and-fail-over@500');
  return parts.map((part) => parseStep(part, where));
}

function parseStep(part: string, where: string): Step {
  const [, name = '', after = '', lasts = '0', which = '0'] = form.exec(part) ?? [];
  const action = actionNames.find((each) => each === name);
  if (action === undefined) {
    throw new ConfigError(
      where,
      `'${part}' is no step`,
      `write action@after, action@after+lasts or action@after+lasts#replica, in ms, with one of ${actionNames.join(', ')}`,
    );
  }
  const step: Step = { after: Number(after), action, lasts: Number(lasts), which: Number(which) };
  if (step.after > mostMs || step.lasts > mostMs)
    throw new ConfigError(where, `'${part}' takes too long`, `use at most ${mostMs} ms`);
  return step;
}
