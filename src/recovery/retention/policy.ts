import { type Day, dayOfMonth, monthsBefore, weekday } from './calendar.ts';

/** How long something is kept. What is exactly so old is kept still. */
export interface Keep {
  readonly amount: number;
  readonly unit: 'days' | 'weeks' | 'months';
}

export type Rhythm = 'daily' | 'weekly' | 'monthly';

/** What a policy lets go, by the day on which it was made. */
export function keptOn(today: Day, made: Day, keep: Keep): boolean {
  return made >= limitOf(today, keep);
}

/** The oldest day whose backups are kept. */
export function limitOf(today: Day, { amount, unit }: Keep): Day {
  switch (unit) {
    case 'days':
      return today - amount;
    case 'weeks':
      return today - 7 * amount;
    case 'months':
      return monthsBefore(today, amount);
  }
}

/**
 * Days on which backups were made before today, so far back that some are beyond the limit: weekly ones on the weekday, from Monday as 1, and
 * monthly ones on the first. A limit in days or weeks has a backup on both sides of it, whatever the rhythm, since that is where mistakes
 * are; what is a month before the 31st is not the same to everybody, and firsts of months are.
 */
export function daysMade(today: Day, rhythm: Rhythm, keep: Keep, on = 7): readonly Day[] {
  const limit = limitOf(today, keep);
  const beyond = { daily: 5, weekly: 28, monthly: 93 }[rhythm];
  const days: Day[] = [];
  for (let day = limit - beyond; day < today; day++) {
    const due =
      rhythm === 'daily' ||
      (rhythm === 'weekly' && weekday(day) === on) ||
      (rhythm === 'monthly' && dayOfMonth(day) === 1);
    if (due || (keep.unit !== 'months' && (day === limit || day === limit - 1))) days.push(day);
  }
  return days;
}

/** The base backup from which every moment since `reach` can be recovered: the newest that is not younger. */
export function baseFor(reach: Day, bases: readonly Day[]): Day | undefined {
  return bases
    .filter((day) => day <= reach)
    .toSorted((one, other) => one - other)
    .at(-1);
}
