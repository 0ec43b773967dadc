import type { On } from '../cluster/binaries.ts';
import { loadDesign } from '../design/load.ts';
import { exitCodes } from '../evidence/verdict.ts';
import { type Point, sayCapacity, sayProjection } from '../load/capacity/index.ts';
import { type MeasuredCapacity, measureDesignCapacity } from '../scenarios/measure-capacity.ts';
import { interruptible } from './interrupt.ts';
import { print } from './output.ts';
import { progress } from './progress.ts';

export interface CapacityCommandOptions {
  readonly on: On;
  readonly seed: number;
  readonly scale: number;
  readonly mix: string;
  readonly alone?: boolean;
  readonly clients: readonly number[];
  readonly cores: readonly number[];
  readonly seconds: number;
  readonly repeats: number;
  readonly reads?: number;
  readonly writes?: number;
  readonly json?: boolean;
  readonly quiet?: boolean;
}

/** `pgattest capacity`: exit code 0, or 3 when what was measured is not fit to project from. */
export async function capacity(name: string, options: CapacityCommandOptions): Promise<void> {
  const loaded = await loadDesign(name, process.cwd());
  const { mix } = options;
  const beside = mix === 'write' ? 'read' : 'write';
  const show = progress(options.quiet === true);
  const result = await interruptible((signal) =>
    measureDesignCapacity({
      ...options,
      loaded,
      mixes: options.alone === true ? [mix] : [mix, beside],
      signal,
      onEvent: show.onEvent,
      onPoint: (point, done, of) =>
        show.onEvent({ type: 'phase', name: `trial ${done} of ${of}`, detail: sayPoint(point) }),
    }),
  ).finally(() => show.done());
  print(options.json === true ? JSON.stringify(asJson(result), null, 2) : render(result));
  process.exitCode = result.projection.standing === 'unfit' ? exitCodes.unproved : exitCodes.proved;
}

function render({ design, generator, entry, points, capacity, projection }: MeasuredCapacity): string {
  const header = ['cores', 'clients', 'reads', 'statements/s', 'server', 'pooler', 'generator'];
  const rows = [...points]
    .sort(byPlace)
    .map((point) => [
      `${point.cores}${point.shared ? '*' : ''}`,
      String(point.clients),
      `${Math.round(point.readShare * 100)} %`,
      String(Math.round(point.throughput)),
      ...[point.busy.server, point.busy.pooler, point.busy.generator].map((used) => used?.toFixed(2) ?? '-'),
    ]);
  const widths = header.map((title, at) =>
    Math.max(title.length, ...rows.map((row) => row[at]?.length ?? 0)),
  );
  return [
    `${design}, ${generator}, ${entry}`,
    ...[header, ...rows].map((row) => row.map((cell, at) => cell.padStart(widths[at] ?? 0)).join('  ')),
    'server, pooler, generator: cores in use.',
    ...(points.some(({ shared }) => shared) ? ['* the generator ran on the same cores.'] : []),
    '',
    ...sayCapacity(capacity),
    '',
    ...sayProjection(projection),
  ].join('\n');
}

function byPlace(a: Point, b: Point): number {
  return b.readShare - a.readShare || a.cores - b.cores || a.clients - b.clients;
}

function sayPoint({ cores, clients, throughput, readShare, busy }: Point): string {
  return `${cores} cores, ${clients} clients, ${Math.round(readShare * 100)} % reads: ${Math.round(throughput)} statements a second, server ${busy.server?.toFixed(2) ?? '-'} cores`;
}

/** Without the draws that intervals were made of. */
function asJson({ capacity, ...rest }: MeasuredCapacity) {
  const { byClients, byCores, costs, checks, mix } = capacity;
  const fitted = ({ law, lambda, sigma, kappa }: (typeof byClients)[number]['fit']) => ({
    law,
    lambda,
    sigma,
    kappa,
  });
  return {
    ...rest,
    mix,
    byClients: byClients.map(({ cores, fit }) => ({ cores, fit: fitted(fit) })),
    ...(byCores === undefined ? {} : { byCores: fitted(byCores) }),
    costs: Object.values(costs).map(({ component, read, write, apart }) => ({
      component,
      read,
      write,
      apart,
    })),
    checks,
  };
}
