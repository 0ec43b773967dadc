import type { Measured } from '../recording/measured.ts';
import type { Component, Usage, UsageSample } from '../usage/model.ts';
import type { MeasuredRun } from './model.ts';
import { mean, sum } from './statistics.ts';

/** What the machine and the servers were doing while it was measured, of one run or of several together. */
export interface UsageFigures {
  readonly samples: readonly UsageSample[];
  readonly seconds: number;
  /** Cores kept busy, by component. */
  readonly cores: Readonly<Partial<Record<Component, number>>>;
  readonly machine: MachineFigures | undefined;
  readonly server: ServerFigures | undefined;
}

export interface MachineFigures {
  readonly cores: number;
  /** Share of its processor time that was used or taken away by the hypervisor. */
  readonly busy: number;
  readonly steal: number;
  readonly ioWait: number;
}

export interface ServerFigures {
  readonly active: number;
  readonly lockWaits: number;
  /** Mean number of backends by what they wait for, the most first; `cpu` left out. */
  readonly waits: readonly (readonly [event: string, backends: number])[];
}

/** Samples that lie in the measured seconds alone. */
export function samplesWithin(
  { header, warmUp, seconds }: Measured,
  usage: Usage | undefined,
): UsageSample[] {
  const start = Date.parse(header.startedAt) + warmUp * 1000;
  const end = start + seconds.length * 1000;
  return (usage?.samples ?? []).filter(
    ({ at, seconds: length }) => at - length * 1000 >= start - 500 && at <= end + 500,
  );
}

export function usageFigures(runs: readonly MeasuredRun[]): UsageFigures {
  const samples = runs.flatMap(({ measured, usage }) => samplesWithin(measured, usage));
  return {
    samples,
    seconds: sum(samples.map(({ seconds }) => seconds)),
    cores: coresOf(samples),
    machine: machineOf(samples),
    server: serverOf(samples),
  };
}

const components: readonly Component[] = ['server', 'replicas', 'pooler', 'generator', 'pgattest', 'other'];

function coresOf(samples: readonly UsageSample[]): Partial<Record<Component, number>> {
  const found: Partial<Record<Component, number>> = {};
  for (const component of components) {
    const seen = samples.flatMap(({ processor, seconds }) => {
      const used = processor?.[component];
      return used === undefined ? [] : [{ used, seconds }];
    });
    const seconds = sum(seen.map((each) => each.seconds));
    if (seconds > 0) found[component] = sum(seen.map(({ used }) => used)) / seconds;
  }
  return found;
}

/** Undefined where the machine was not watched. */
export function machineOf(samples: readonly UsageSample[]): MachineFigures | undefined {
  const seen = samples.flatMap(({ machine }) => machine ?? []);
  const of = (name: 'busy' | 'idle' | 'ioWait' | 'steal') => sum(seen.map((machine) => machine[name]));
  const all = of('busy') + of('idle') + of('ioWait') + of('steal');
  if (all === 0) return undefined;
  return {
    cores: mean(seen.map(({ cores }) => cores)),
    busy: (of('busy') + of('steal')) / all,
    steal: of('steal') / all,
    ioWait: of('ioWait') / all,
  };
}

function serverOf(samples: readonly UsageSample[]): ServerFigures | undefined {
  const seen = samples.flatMap(({ server }) => server ?? []);
  if (seen.length === 0) return undefined;
  const waits: Record<string, number> = {};
  for (const [event, backends] of seen.flatMap((server) => Object.entries(server.waits))) {
    if (event !== 'cpu') waits[event] = (waits[event] ?? 0) + backends / seen.length;
  }
  return {
    active: mean(seen.map(({ active }) => active)),
    lockWaits: mean(seen.map(({ lockWaits }) => lockWaits)),
    waits: Object.entries(waits).sort(([, a], [, b]) => b - a),
  };
}
