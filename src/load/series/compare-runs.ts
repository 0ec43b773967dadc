import { type ClaimView, type Evidence, type RunView, type Standing, viewRun } from '../../evidence/index.ts';
import { judgeFigure, type SeriesLimits, usualLimits } from './judge-figure.ts';
import { differences, type Figure, type SeriesEntry } from './model.ts';

export interface VerdictChange {
  readonly claim: string;
  readonly from: Standing;
  readonly to: Standing;
  readonly reason?: string;
  /** Of what was proved before; `better`: of what is proved now. */
  readonly worth: 'worse' | 'better' | 'other';
}

export interface ClaimStanding {
  readonly claim: string;
  readonly standing: Standing;
}

export interface ValueChange {
  readonly name: string;
  readonly from: string | undefined;
  readonly to: string | undefined;
}

export interface FigureChange {
  readonly name: string;
  readonly unit: string;
  readonly from: number | undefined;
  readonly to: number | undefined;
  /** to ÷ from, with the interval that noise alone would give two runs; absent where one of them is not above 0. */
  readonly ratio?: number;
  readonly noise?: readonly [low: number, high: number];
  /** `unknown`: too few runs like both to know the noise. */
  readonly differs: 'worse' | 'better' | 'no' | 'unknown' | 'not comparable';
}

/** What is different between two runs, any two: load or none, one design or another. */
export interface RunComparison {
  readonly from: RunName;
  readonly to: RunName;
  /** Why figures of one say nothing of the other. */
  readonly apart: readonly string[];
  readonly verdicts: readonly VerdictChange[];
  readonly added: readonly ClaimStanding[];
  readonly removed: readonly ClaimStanding[];
  /** Of the plan and the machine: scenario, seed, commit, version, server. */
  readonly conditions: readonly ValueChange[];
  /** Of the server, as they were on the cluster. */
  readonly settings: readonly ValueChange[];
  readonly figures: readonly FigureChange[];
}

export interface RunName {
  readonly run: string;
  readonly startedAt: string;
  readonly design: string;
  /** Absent for a run that died. */
  readonly seconds?: number;
}

/** A run as far as it is known: its evidence, and its line in a series when it has figures. */
export interface ComparedRun {
  readonly evidence: Evidence;
  readonly entry?: SeriesEntry;
}

/** Compares two runs. `series`: runs to take the noise of figures from; those like both count. */
export function compareRuns(
  from: ComparedRun,
  to: ComparedRun,
  series: readonly SeriesEntry[] = [],
  limits: SeriesLimits = usualLimits,
): RunComparison {
  const [a, b] = [viewRun(from.evidence), viewRun(to.evidence)];
  const claims = (view: RunView) => new Map(view.claims.map((claim) => [claim.planned.id, claim]));
  const [before, after] = [claims(a), claims(b)];
  const verdicts = [...after].flatMap(([claim, now]): VerdictChange[] => {
    const was = before.get(claim);
    if (was === undefined || was.standing === now.standing) return [];
    return [
      {
        claim,
        from: was.standing,
        to: now.standing,
        ...(now.reason === undefined ? {} : { reason: now.reason }),
        worth: worthOf(was.standing, now.standing),
      },
    ];
  });
  const apart = from.entry === undefined || to.entry === undefined ? [] : differences(from.entry, to.entry);
  return {
    from: nameOf(a),
    to: nameOf(b),
    apart,
    verdicts,
    added: without(after, before),
    removed: without(before, after),
    conditions: changes(conditionsOf(a), conditionsOf(b)),
    settings: changes(settingsOf(a), settingsOf(b)),
    figures: figureChanges(from.entry, to.entry, apart, series, limits),
  };
}

/**
 * Whether the second run is worse: a verdict that was proved is not, a claim is refuted that was not, one that was proved is gone from the same
 * design, or a figure is worse beyond noise.
 */
export function isWorse({ from, to, verdicts, added, removed, figures }: RunComparison): boolean {
  return (
    verdicts.some(({ worth }) => worth === 'worse') ||
    added.some(({ standing }) => standing === 'refuted') ||
    (from.design === to.design && removed.some(({ standing }) => standing === 'proved')) ||
    figures.some(({ differs }) => differs === 'worse')
  );
}

function without(
  some: ReadonlyMap<string, ClaimView>,
  others: ReadonlyMap<string, ClaimView>,
): readonly ClaimStanding[] {
  return [...some].flatMap(([claim, { standing }]) => (others.has(claim) ? [] : [{ claim, standing }]));
}

function worthOf(from: Standing, to: Standing): VerdictChange['worth'] {
  // What a scenario leaves out was not looked at.
  if (from === 'outside' || to === 'outside') return to === 'refuted' ? 'worse' : 'other';
  if (to === 'refuted' || from === 'proved') return 'worse';
  return from === 'refuted' || to === 'proved' ? 'better' : 'other';
}

function nameOf(view: RunView): RunName {
  const { run, startedAt, design } = view.plan;
  const seconds =
    view.end === undefined ? undefined : (Date.parse(view.end.at) - Date.parse(startedAt)) / 1000;
  return { run, startedAt, design, ...(seconds === undefined ? {} : { seconds }) };
}

function conditionsOf({ plan, environment }: RunView): Record<string, string> {
  const { design, scenario, only, seed, scale, on, tool, commit } = plan;
  const known: Record<string, string | number | undefined> = {
    design,
    scenario,
    only,
    seed,
    scale,
    on,
    'pgattest version': tool.version,
    'node version': tool.node,
    commit,
    server: environment?.entry.server,
    cores: environment?.entry.machine.cores,
    'memory, GiB': environment && Math.round(environment.entry.machine.memoryBytes / 2 ** 30),
    catalog: environment?.entry.catalog.slice(0, 12),
  };
  return Object.fromEntries(
    Object.entries(known).flatMap(([name, value]) => (value === undefined ? [] : [[name, String(value)]])),
  );
}

function settingsOf({ environment }: RunView): Record<string, string> {
  return Object.fromEntries(
    Object.entries(environment?.entry.settings ?? {}).map(([name, { here }]) => [name, here]),
  );
}

function changes(from: Record<string, string>, to: Record<string, string>): readonly ValueChange[] {
  return [...new Set([...Object.keys(from), ...Object.keys(to)])]
    .filter((name) => from[name] !== to[name])
    .map((name) => ({ name, from: from[name], to: to[name] }));
}

function figureChanges(
  from: SeriesEntry | undefined,
  to: SeriesEntry | undefined,
  apart: readonly string[],
  series: readonly SeriesEntry[],
  limits: SeriesLimits,
): readonly FigureChange[] {
  const names = new Set([...Object.keys(from?.figures ?? {}), ...Object.keys(to?.figures ?? {})]);
  // Of both, so that a change between them is not taken for noise.
  const alike = series.filter(
    (entry) =>
      to !== undefined &&
      entry.run !== to.run &&
      entry.run !== from?.run &&
      entry.startedAt < to.startedAt &&
      differences(entry, to).length === 0,
  );
  const window = [...alike].sort((a, b) => (a.startedAt < b.startedAt ? -1 : 1)).slice(-limits.window);
  return [...names].map((name) => {
    const [was, is] = [from?.figures[name], to?.figures[name]];
    const before = window.flatMap((entry) => entry.figures[name]?.value ?? []);
    return {
      name,
      unit: (is ?? was)?.unit ?? '',
      from: was?.value,
      to: is?.value,
      ...differenceOf(was, is, before, apart, limits),
    };
  });
}

function differenceOf(
  was: Figure | undefined,
  is: Figure | undefined,
  before: readonly number[],
  apart: readonly string[],
  limits: SeriesLimits,
): Pick<FigureChange, 'ratio' | 'noise' | 'differs'> {
  if (was === undefined || is === undefined) return { differs: 'not comparable' };
  const ratio = was.value > 0 && is.value > 0 ? { ratio: is.value / was.value } : {};
  if (apart.length > 0) return { ...ratio, differs: 'not comparable' };
  // Noise around a usual value, put around the first run's: two single runs scatter √2 times as far as one does.
  const judged = judgeFigure(is.better, [is.value], before, limits);
  if (judged.standing === 'not enough runs' || judged.usual === undefined || judged.expected === undefined) {
    return { ...ratio, differs: 'unknown' };
  }
  const [low, high] = judged.expected;
  if (judged.ratio === undefined || ratio.ratio === undefined) {
    const reach = ((high - low) / 2) * Math.SQRT2;
    const shift = is.value - was.value;
    const beyond = Math.abs(shift) > Math.max(reach, limits.leastEffect * Math.abs(judged.usual));
    return { ...ratio, differs: beyond ? worth(is.better, shift) : 'no' };
  }
  const reach = (Math.log(high / low) / 2) * Math.SQRT2;
  const shift = Math.log(ratio.ratio);
  const beyond = Math.abs(shift) > Math.max(reach, Math.log1p(limits.leastEffect));
  return {
    ...ratio,
    noise: [Math.exp(-reach), Math.exp(reach)],
    differs: beyond ? worth(is.better, shift) : 'no',
  };
}

function worth(better: Figure['better'], shift: number): 'worse' | 'better' {
  return shift > 0 === (better === 'higher') ? 'better' : 'worse';
}
