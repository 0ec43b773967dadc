import type { Fault } from '../fault.ts';
import { primarySetting } from './primary-setting.ts';

/** Settings of the running primary that break something only together. */
export function settingsTogether(
  what: Pick<Fault, 'kind' | 'object' | 'says'>,
  settings: Readonly<Record<string, string>>,
): Fault {
  const parts = Object.entries(settings).map(([name, value]) => primarySetting(name, value, what.says));
  return {
    ...what,
    name: `${what.kind} primary`,
    statement: parts.map(({ statement }) => statement).join('; '),
    scope: 'cluster',
    inject: async (target) => {
      for (const part of parts) await part.inject(target);
    },
    heal: async (target) => {
      for (const part of parts) await part.heal(target);
    },
  };
}
