import { ConfigError } from '../design/config-error.ts';
import type { Targets } from '../design/design.ts';

/** Milliseconds; absent where the design promises nothing. */
export interface RecoveryTargets {
  readonly rpo?: number;
  readonly rto?: number;
}

const units: Readonly<Record<string, number>> = {
  us: 0.001,
  ms: 1,
  s: 1_000,
  min: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};

/**
 * The promises of a design about recovery, in milliseconds.
 *
 * @param where the design, for the message
 * @throws {ConfigError} for what is no duration with a unit, as postgresql.conf would hold it
 */
export function targetsOf({ rpo, rto }: Targets, where: string): RecoveryTargets {
  return {
    ...(rpo === undefined ? {} : { rpo: toMilliseconds(rpo, `${where}: targets.rpo`) }),
    ...(rto === undefined ? {} : { rto: toMilliseconds(rto, `${where}: targets.rto`) }),
  };
}

function toMilliseconds(text: string, where: string): number {
  const [, digits, unit = ''] = /^\s*(\d+(?:\.\d+)?)\s*([a-z]+)\s*$/.exec(text) ?? [];
  const factor = Object.hasOwn(units, unit) ? units[unit] : undefined;
  if (digits === undefined || factor === undefined) {
    throw new ConfigError(
      where,
      `'${text}' is no duration`,
      `write a number and one of ${Object.keys(units).join(', ')}: 5min`,
    );
  }
  return Number(digits) * factor;
}
