import type { Component } from '../usage/model.ts';
import type { ComponentNeeds, MeasuredRun, Needs, Rates } from './model.ts';
import { interval95, mean } from './statistics.ts';
import { usageFigures } from './usage-figures.ts';

const counted: readonly Component[] = ['server', 'replicas', 'pooler', 'generator'];

/**
 * Cores that the target takes if each statement takes the processor time that it took here: busy cores ÷ rate, by component, times the
 * target. It says nothing of locks, of one thread that must do it all, or of caches that a busier machine shares.
 */
export function needs(runs: readonly MeasuredRun[], target: Rates): Needs | undefined {
  const rate = target.read + target.write;
  const each = runs.flatMap((run) => {
    const statements = mean(run.measured.seconds.map(({ read, write }) => read + write));
    const { cores } = usageFigures([run]);
    return statements === 0 || cores.server === undefined ? [] : [{ statements, cores }];
  });
  if (each.length === 0 || rate === 0) return undefined;
  const by = counted.flatMap((component): readonly ComponentNeeds[] => {
    const seen = each.flatMap(({ statements, cores }) => {
      const used = cores[component];
      return used === undefined ? [] : [used / statements];
    });
    if (seen.length === 0) return [];
    return [{ component, microseconds: mean(seen) * 1_000_000, cores: mean(seen) * rate }];
  });
  const totals = each.map(({ statements, cores }) => {
    const used = counted.reduce((sum, component) => sum + (cores[component] ?? 0), 0);
    return (used / statements) * rate;
  });
  return { cores: mean(totals), interval: interval95(totals), by };
}
