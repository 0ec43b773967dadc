import { segmentName } from '../../../recovery/backup/wal.ts';
import { type Day, secondsOf, writeDay } from '../../../recovery/retention/calendar.ts';
import { baseFor, daysMade, keptOn, limitOf } from '../../../recovery/retention/policy.ts';
import type { PlacedFile } from '../../structure/config/script/place-files.ts';
import type { Parameters } from '../retention.ts';
import { looksAt, madeAt } from './clock.ts';

/** What must become of a file or folder: `goes`, or why it stays. */
export type Fate =
  | { readonly stays: true; readonly why: string }
  | { readonly stays: false; readonly why: string };

/** Backups of a policy as they lie there before a script runs, and what it must do with each. */
export interface Laid {
  readonly files: Readonly<Record<string, PlacedFile>>;
  readonly fate: ReadonlyMap<string, Fate>;
}

type Rule = Parameters['rules'][number];

/** The fate of each is reckoned from the policy alone. */
export function layOut(given: Parameters, today: Day): Laid {
  const files: Record<string, PlacedFile> = {};
  const fate = new Map<string, Fate>();
  const place = (path: string, content: string, made: Day) => {
    files[path] = { content, ...timeOf(given, made, today) };
  };
  for (const rule of given.rules) {
    const { amount, unit } = rule.keep;
    for (const made of daysMade(today, rule.rhythm, rule.keep, rule.on)) {
      const path = named(rule.path, made);
      if (rule.files === undefined) place(path, 'backup', made);
      for (const [name, content] of Object.entries(rule.files ?? {})) {
        place(`${path}/${name}`, content.replaceAll('{segment}', segmentOf(made)), made);
      }
      const stays = keptOn(today, made, rule.keep);
      fate.set(path, { stays, why: `${stays ? 'within' : 'beyond'} ${amount} ${unit}` });
    }
  }
  layWal(given, today, place, fate);
  for (const path of given.others) {
    place(path, 'not a backup of this script', limitOf(today, { amount: 800, unit: 'days' }));
    fate.set(path, { stays: true, why: 'no backup of this script' });
  }
  return { files, fate };
}

function layWal(
  { wal, rules }: Parameters,
  today: Day,
  place: (path: string, content: string, made: Day) => void,
  fate: Map<string, Fate>,
): void {
  const rule = wal === undefined ? undefined : rules[wal.base];
  if (wal === undefined || rule === undefined) return;
  const bases = daysMade(today, rule.rhythm, rule.keep, rule.on).filter((made) =>
    keptOn(today, made, rule.keep),
  );
  const base = baseFor(limitOf(today, wal.keep), bases);
  const first = (base ?? limitOf(today, wal.keep)) - 10;
  for (let day = first; day < today; day++) {
    const path = `${wal.folder}/${segmentOf(day)}`;
    place(path, 'wal', day);
    const stays = base === undefined || day >= base;
    const why =
      base === undefined ? 'no base backup is older' : `${stays ? 'since' : 'before'} ${writeDay(base)}`;
    fate.set(path, { stays, why });
  }
}

function segmentOf(day: Day): string {
  return segmentName({ timeline: 1, number: day });
}

function named(path: Rule['path'], made: Day): string {
  const day = writeDay(made);
  return path.replaceAll('{day}', day).replaceAll('{stamp}', `${day.replaceAll('-', '')}_020000`);
}

/** By the clock that the script has. */
function timeOf({ clock, times }: Parameters, made: Day, today: Day): Pick<PlacedFile, 'age' | 'at'> {
  if (times === 'copied') return {};
  if (clock === 'files') return { age: `${(today - made) * 86_400 + looksAt - madeAt} seconds` };
  return { at: `@${secondsOf(made) + madeAt}` };
}
