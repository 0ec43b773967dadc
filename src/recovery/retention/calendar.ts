/** A day in UTC, counted from 1970-01-01. */
export type Day = number;

const dayMs = 86_400_000;

export const dayOf = (instant: Date): Day => Math.floor(instant.getTime() / dayMs);

/** Reads `2028-02-29`. Throws for what is no day. */
export function readDay(text: string): Day {
  const instant = new Date(`${text}T00:00:00Z`);
  // February 30 would be read as March 1.
  if (Number.isNaN(instant.getTime()) || writeDay(dayOf(instant)) !== text)
    throw new Error(`${text} is no day`);
  return dayOf(instant);
}

export const writeDay = (day: Day): string => new Date(day * dayMs).toISOString().slice(0, 10);

export const secondsOf = (day: Day): number => (day * dayMs) / 1000;

/** Monday is 1, Sunday 7. 1970-01-01 was a Thursday. */
export const weekday = (day: Day): number => ((((day + 3) % 7) + 7) % 7) + 1;

export const dayOfMonth = (day: Day): number => new Date(day * dayMs).getUTCDate();

/** So many months before; the last day of the month where it has no such day: February 28 is a month before March 31. */
export function monthsBefore(day: Day, months: number): Day {
  const instant = new Date(day * dayMs);
  const [year, month] = [instant.getUTCFullYear(), instant.getUTCMonth() - months];
  const last = new Date(Date.UTC(year, month + 1, 0)).getUTCDate();
  return dayOf(new Date(Date.UTC(year, month, Math.min(instant.getUTCDate(), last))));
}
