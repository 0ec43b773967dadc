import type { Bottleneck, Calibration } from './model.ts';
import type { ServerFigures, UsageFigures } from './usage-figures.ts';
import { cores, count, percent } from './words.ts';

/** What was short, the shortest first. Waits count by backends, so that a server which is asked little is not said to wait. */
export function bottlenecks(
  usage: UsageFigures,
  calibration: Calibration | undefined,
  saturated: number,
): readonly Bottleneck[] {
  const found = [
    ...machine(usage),
    ...generator(usage, calibration),
    ...pooler(usage),
    ...poolSize(usage, saturated),
    ...serverProcessor(usage),
    ...waits(usage.server),
  ].filter(({ share }) => share > 0);
  // A machine that has nothing left is why whatever runs on it is slow.
  const rank = ({ who, share }: Bottleneck) => (who === 'machine' && share >= saturated ? 2 : share);
  return found.sort((a, b) => rank(b) - rank(a));
}

function machine({ machine: found, cores: used }: UsageFigures): readonly Bottleneck[] {
  if (found === undefined) return [];
  const by = Object.entries(used)
    .filter(([, each]) => each >= 0.005)
    .sort(([, a], [, b]) => b - a)
    .map(([component, each]) => `${component} ${each.toFixed(2)}`);
  const steal = found.steal >= 0.01 ? `, ${percent(found.steal)} taken by the hypervisor` : '';
  return [
    {
      who: 'machine',
      share: found.busy,
      evidence: `${percent(found.busy)} of ${found.cores} cores busy (${by.join(', ')})${steal}`,
    },
  ];
}

function generator(
  { cores: used, machine: of }: UsageFigures,
  calibration?: Calibration,
): readonly Bottleneck[] {
  const threads = calibration?.threads ?? of?.cores;
  if (used.generator === undefined || threads === undefined) return [];
  const evidence = `the generator kept ${cores(used.generator)} busy, of ${count(threads)} that it can`;
  return [{ who: 'generator', share: Math.min(1, used.generator / threads), evidence }];
}

/** PgBouncer has one thread. */
function pooler({ cores: used }: UsageFigures): readonly Bottleneck[] {
  if (used.pooler === undefined) return [];
  const evidence = `the pooler kept ${cores(used.pooler)} busy; it has one thread`;
  return [{ who: 'pooler', share: Math.min(1, used.pooler), evidence }];
}

/** Clients wait for a connection while the server could do more: it runs fewer statements than it has connections, and has cores left. */
function poolSize({ samples, server, machine: of }: UsageFigures, saturated: number): readonly Bottleneck[] {
  const seen = samples.flatMap((sample) => sample.pooler ?? []);
  if (seen.length === 0 || (of !== undefined && of.busy >= saturated)) return [];
  const full = seen.filter(({ poolsFull }) => poolsFull > 0);
  const waiting = seen.reduce((sum, each) => sum + each.clientsWaiting, 0) / seen.length;
  const connections = seen.reduce((sum, each) => sum + each.serversActive, 0) / seen.length;
  const running = server === undefined ? '' : `, of which ${count(server.active)} ran a statement`;
  const room =
    server === undefined || connections === 0 ? 1 : Math.max(0, 1 - waitingBackends(server) / connections);
  return [
    {
      who: 'pool-size',
      share: (full.length / seen.length) * room,
      evidence: `${count(waiting)} clients waited for one of ${count(connections)} server connections${running}`,
    },
  ];
}

function waitingBackends({ waits: by }: ServerFigures): number {
  return by.reduce((sum, [event, backends]) => (event.startsWith('Client:') ? sum : sum + backends), 0);
}

function serverProcessor({ cores: used, machine: of }: UsageFigures): readonly Bottleneck[] {
  if (used.server === undefined || of === undefined) return [];
  const evidence = `the server kept ${cores(used.server)} busy, of ${of.cores}`;
  return [{ who: 'server-processor', share: Math.min(1, used.server / of.cores), evidence }];
}

type WaitKind = 'locks' | 'wal' | 'io' | 'server-waits';

function kindOf(event: string): WaitKind | undefined {
  if (event.startsWith('Client:')) return undefined;
  if (event.startsWith('Lock:')) return 'locks';
  if (/:WAL|:SyncRep/.test(event)) return 'wal';
  return event.startsWith('IO:') ? 'io' : 'server-waits';
}

function waits(server: ServerFigures | undefined): readonly Bottleneck[] {
  if (server === undefined) return [];
  const all = Math.max(1, server.active);
  return (['locks', 'wal', 'io', 'server-waits'] as const).flatMap((who): readonly Bottleneck[] => {
    const events = server.waits.filter(([event]) => kindOf(event) === who);
    const backends = events.reduce((sum, [, each]) => sum + each, 0);
    if (backends === 0) return [];
    const top = events.slice(0, 3).map(([event, each]) => `${event} ${each.toFixed(1)}`);
    const evidence = `${backends.toFixed(1)} of ${server.active.toFixed(1)} active backends waited: ${top.join(', ')}`;
    return [{ who, share: Math.min(1, backends / all), evidence }];
  });
}
