import { type Day, secondsOf, writeDay } from '../../../recovery/retention/calendar.ts';
import type { Parameters } from '../retention.ts';

/** Backups are made at two, and the script looks at them at three. */
export const madeAt = 2 * 3600;
export const looksAt = 3 * 3600;

/** The variable that moves a script's clock. */
export function clockEnv(clock: Parameters['clock'], today: Day): Readonly<Record<string, string>> {
  if (clock === 'files') return {};
  const { variable, as } = clock;
  return { [variable]: as === 'day' ? writeDay(today) : String(secondsOf(today) + looksAt) };
}
