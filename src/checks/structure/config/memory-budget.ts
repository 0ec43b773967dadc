import { z } from 'zod';
import type { ValidDesign } from '../../../design/validate.ts';
import type { Breach } from '../../../evidence/model.ts';
import { faults } from '../../../faults/index.ts';
import { judge } from '../../access/table-check.ts';
import { type CheckContext, defineCheck, type Judgement, type Sighting } from '../../check.ts';
import { amountOf, showAmount } from './settings/amount.ts';
import { serverSetting } from './settings/server-setting.ts';

const parameters = z.strictObject({
  kind: z.string(),
  /** Default: max_connections. */
  connections: z.int().positive().optional(),
  /** Of the machine's memory; default 1. */
  share: z.number().positive().optional(),
});
type Parameters = z.infer<typeof parameters>;

interface Part {
  readonly setting: string;
  readonly bytes: number;
  readonly says: string;
}

/** What all connections and workers may take together at the same time. */
export const structureMemoryBudget = defineCheck({
  kind: 'structure.memory-budget',
  family: 'structure',
  says: 'buffers, a sort for each connection and all autovacuum workers fit into the memory of the machine together',
  parameters,
  needs: ['superuser'],
  tables: () => [],
  run: runMemoryBudget,
  faults: ({ design }, given) => [faults['setting-changed']('work_mem', tooMuchWorkMem(design, given))],
});

async function* runMemoryBudget(
  context: CheckContext,
  { connections, share = 1 }: Parameters,
): AsyncGenerator<Sighting, Judgement, void> {
  const { tier } = context.design;
  if (tier === undefined) return judge([], ['the design names no tier, so nothing is known of the memory']);
  const parts = await partsOf(context, connections);
  const sum = parts.reduce((total, { bytes }) => total + bytes, 0);
  const limit = share * memoryOf(tier.memory);
  const agrees = sum <= limit;
  const expected = `at most ${showAmount(limit, 'B')} on ${tier.name}`;
  const actual = `${showAmount(sum, 'B')}: ${parts.map(({ says }) => says).join(' + ')}`;
  yield {
    subject: 'memory',
    way: 'settings of the design',
    statement: 'sum of what the settings allow',
    expected,
    actual,
    agrees,
  };
  const largest = [...parts].sort((a, b) => b.bytes - a.bytes)[0];
  const breach: Breach = {
    says: `the settings allow ${actual}; the machine has ${tier.memory}`,
    object: `setting ${largest?.setting}`,
    expected,
    actual,
  };
  return judge(agrees ? [] : [breach], []);
}

async function partsOf(context: CheckContext, given: number | undefined): Promise<readonly Part[]> {
  const read = (name: string) => settingOf(context, name);
  const buffers = await read('shared_buffers');
  const connections = given ?? (await read('max_connections'));
  const workMem = await read('work_mem');
  const workers = await read('autovacuum_max_workers');
  const own = await read('autovacuum_work_mem');
  const workerName = own < 0 ? 'maintenance_work_mem' : 'autovacuum_work_mem';
  const perWorker = own < 0 ? await read('maintenance_work_mem') : own;
  const wal = await read('wal_buffers');
  // -1, and then it is a 32nd of shared_buffers up to the size of a WAL segment.
  const walBuffers = wal < 0 ? Math.min(buffers / 32, 16 * 1024 ** 2) : wal;
  const show = (bytes: number) => showAmount(bytes, 'B');
  return [
    { setting: 'shared_buffers', bytes: buffers, says: `shared_buffers ${show(buffers)}` },
    {
      setting: 'work_mem',
      bytes: connections * workMem,
      says: `${connections} connections × work_mem ${show(workMem)}`,
    },
    {
      setting: workerName,
      bytes: workers * perWorker,
      says: `${workers} autovacuum workers × ${workerName} ${show(perWorker)}`,
    },
    { setting: 'wal_buffers', bytes: walBuffers, says: `wal_buffers ${show(walBuffers)}` },
  ];
}

/** The design's value, or the server's default; -1 stands for itself, whatever the unit. */
async function settingOf({ design, session }: CheckContext, name: string): Promise<number> {
  const known = await serverSetting(session, name);
  const text = String(design.postgres.settings[name] ?? known?.byDefault ?? '');
  if (text.trim() === '-1') return -1;
  const value = amountOf(text, known?.unit ?? null);
  if (value === undefined) throw new Error(`${name} = ${text} cannot be read`);
  return value;
}

/** Sixteen times as much, or what alone fills the machine. In kB. */
function tooMuchWorkMem(design: ValidDesign, { connections, share = 1 }: Parameters): string {
  const { settings } = design.postgres;
  const now = amountOf(settings.work_mem ?? '4MB', 'kB') ?? 0;
  const many = connections ?? Number(settings.max_connections ?? 100);
  const fill = design.tier === undefined ? 0 : (share * memoryOf(design.tier.memory)) / many;
  return `${Math.ceil(Math.max(16 * now, fill) / 1024) + 1}kB`;
}

function memoryOf(text: string): number {
  const bytes = amountOf(text, 'B');
  if (bytes === undefined) throw new Error(`the tier's memory ${text} is no size`);
  return bytes;
}
