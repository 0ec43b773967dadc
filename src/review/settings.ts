import type { Query } from '../catalog/query.ts';
import type { Document } from './blocks.ts';
import { type Tier, tierOf } from './machine-tier.ts';
import type { Finding, Severity } from './model.ts';
import { inWords, type Quantity, quantityInWords, quantityOf, unitOf } from './quantity.ts';
import type { Step } from './script.ts';
import { type Entry, entriesOf } from './setting-entries.ts';

/** A parameter as pg_settings describes it. */
interface Parameter {
  readonly name: string;
  readonly unit: string | null;
  readonly vartype: string;
  readonly min_val: string | null;
  readonly max_val: string | null;
  readonly enumvals: readonly string[] | null;
  readonly context: string;
}

/** Checks what a document sets against the server's own parameters, units and limits, and against its machine's memory. */
export async function checkSettings(
  document: Document,
  steps: readonly Step[],
  text: string,
  query: Query,
): Promise<readonly Finding[]> {
  const rows = await query(
    `SELECT name, unit, vartype, min_val, max_val, enumvals, context FROM pg_catalog.pg_settings`,
  );
  const parameters = new Map(rows.map((row) => [String(row.name), row as unknown as Parameter]));
  const entries = entriesOf(document, steps, (name) => parameters.has(name));
  const tier = tierOf(text);
  const each = entries.flatMap((entry) => {
    const parameter = parameters.get(entry.name.toLowerCase());
    return parameter === undefined ? unknown(entry) : check(entry, parameter, tier);
  });
  return [...each, ...sum(entries, parameters, tier)];
}

function unknown(entry: Entry): readonly Finding[] {
  // Parameters of extensions and of applications have a dot; cloud providers add their own.
  if (/[.]|^(?:cloudsql|rds|azure|google)/.test(entry.name)) return [];
  return [
    finding(
      'setting.unknown',
      'error',
      entry,
      `${entry.name} is no parameter of PostgreSQL 15`,
      'check its name',
    ),
  ];
}

function check(entry: Entry, parameter: Parameter, tier: Tier | undefined): readonly Finding[] {
  const share = memoryShare(entry, parameter);
  if (share !== undefined)
    return [...shareFindings(entry, share, unitOf(parameter.unit)?.amount ?? 1), ...reboot(entry, parameter)];
  const wrong = valueFault(entry, parameter);
  if (wrong !== undefined) {
    return [finding('setting.value', 'error', entry, `${entry.name} = ${entry.value}: ${wrong}`)];
  }
  const amount = quantityOf(entry.value, parameter.unit);
  return [
    ...(amount === undefined ? [] : commentFindings(entry, parameter, amount)),
    ...(amount === undefined ? [] : tierFindings(entry, amount, tier)),
    ...reboot(entry, parameter),
  ];
}

/** What the server would refuse, in its terms. */
function valueFault({ value }: Entry, parameter: Parameter): string | undefined {
  const { vartype, unit, enumvals, min_val, max_val } = parameter;
  if (vartype === 'bool') {
    return /^(?:on|off|true|false|yes|no|1|0|t|f|y|n)$/i.test(value) ? undefined : 'is on or off';
  }
  if (vartype === 'enum') {
    // Some also take the words of a boolean.
    const known = [...(enumvals ?? []), 'true', 'false', 'yes', 'no', '1', '0', 'on', 'off'];
    return known.includes(value.toLowerCase()) ? undefined : `is one of ${(enumvals ?? []).join(', ')}`;
  }
  if (vartype !== 'integer' && vartype !== 'real') return undefined;
  const amount = quantityOf(value, unit);
  const of = unitOf(unit);
  const number = amount !== undefined && of !== undefined ? amount.amount / of.amount : Number(value);
  if (value.trim() === '' || !Number.isFinite(number))
    return `is a number${unit === null ? '' : ` of ${unit}`}`;
  if (amount !== undefined && of !== undefined && amount.kind !== of.kind) return `is counted in ${unit}`;
  if (min_val !== null && number < Number(min_val))
    return `is at least ${min_val}${unit === null ? '' : ` × ${unit}`}`;
  if (max_val !== null && number > Number(max_val))
    return `is at most ${max_val}${unit === null ? '' : ` × ${unit}`}`;
  return undefined;
}

function commentFindings(entry: Entry, parameter: Parameter, amount: Quantity): readonly Finding[] {
  const said = quantityInWords(entry.comment);
  if (said === undefined || said.kind !== amount.kind || Math.abs(said.amount / amount.amount - 1) < 0.02)
    return [];
  const of = unitOf(parameter.unit);
  const right = of === undefined ? '' : `; ${inWords(said)} is ${said.amount / of.amount}`;
  const unit = /[a-z]/i.test(entry.value) ? '' : ` × ${parameter.unit}`;
  return [
    finding(
      'setting.comment-disagrees',
      'warning',
      entry,
      `${entry.name} = ${entry.value}${unit} is ${inWords(amount)}, and the comment says ${inWords(said)}`,
      `write what is meant${right}`,
    ),
  ];
}

/** The most of the machine's memory that a parameter may sensibly take. */
const shares: Readonly<Record<string, number>> = {
  shared_buffers: 0.4,
  effective_cache_size: 1,
  maintenance_work_mem: 0.25,
};

function tierFindings(entry: Entry, amount: Quantity, tier: Tier | undefined): readonly Finding[] {
  const limit = shares[entry.name];
  if (tier === undefined || limit === undefined || amount.amount <= tier.memory.amount * limit) return [];
  const percent = Math.round((amount.amount / tier.memory.amount) * 100);
  return [
    finding(
      'setting.exceeds-memory',
      percent > 100 ? 'error' : 'warning',
      entry,
      `${entry.name} is ${inWords(amount)}, ${percent} % of the ${inWords(tier.memory)} of ${tier.name}`,
      `at most ${limit * 100} %, ${inWords({ kind: 'memory', amount: tier.memory.amount * limit })}`,
    ),
  ];
}

/** `{DBInstanceClassMemory*3/4096}` of AWS: a share of the machine's memory, counted in the unit of the parameter. */
function memoryShare({ value }: Entry, { unit }: Parameter): number | undefined {
  const [, times, by] = /^\{DBInstanceClassMemory(?:\*(\d+))?(?:\/(\d+))?\}$/.exec(value) ?? [];
  const of = unitOf(unit);
  if (!value.startsWith('{DBInstanceClassMemory') || of === undefined) return undefined;
  return (Number(times ?? 1) / Number(by ?? 1)) * of.amount;
}

function shareFindings(entry: Entry, share: number, unitBytes: number): readonly Finding[] {
  const percent = Math.round(share * 100);
  const said = /(\d+(?:\.\d+)?)\s*%/.exec(entry.comment)?.[1];
  if (said !== undefined && Math.abs(Number(said) - percent) > 1) {
    const says = `${entry.name} = ${entry.value} is ${percent} % of the machine's memory, and the comment says ${said} %`;
    return [
      finding(
        'setting.comment-disagrees',
        percent > 100 ? 'error' : 'warning',
        entry,
        says,
        `${entry.name} = ${shareOf(Number(said), unitBytes)}`,
      ),
    ];
  }
  const limit = shares[entry.name];
  if (limit === undefined || share <= limit) return [];
  const says = `${entry.name} is ${percent} % of the machine's memory`;
  return [
    finding(
      'setting.exceeds-memory',
      percent > 100 ? 'error' : 'warning',
      entry,
      says,
      `at most ${limit * 100} %`,
    ),
  ];
}

/** A share in percent, counted in units, as AWS writes it: `{DBInstanceClassMemory*3/32768}`. */
function shareOf(percent: number, unitBytes: number): string {
  const by = [1, 2, 4, 5, 10, 20, 25, 50].find((each) => (percent * each) % 100 === 0) ?? 100;
  const times = (percent * by) / 100;
  return `{DBInstanceClassMemory${times === 1 ? '' : `*${times}`}/${by * unitBytes}}`;
}

function reboot(entry: Entry, { context }: Parameter): readonly Finding[] {
  if (entry.from !== 'parameter group' || context !== 'postmaster' || entry.applyMethod === 'pending-reboot')
    return [];
  return [
    finding(
      'setting.needs-restart',
      'warning',
      entry,
      `${entry.name} takes effect at a restart alone, and AWS refuses it to be applied at once`,
      'apply_method = "pending-reboot"',
    ),
  ];
}

/** What all connections and workers may ask for together. */
function sum(
  entries: readonly Entry[],
  parameters: ReadonlyMap<string, Parameter>,
  tier: Tier | undefined,
): readonly Finding[] {
  const last = (name: string) => entries.findLast((each) => each.name === name);
  const bytes = (name: string) => {
    const entry = last(name);
    return entry === undefined
      ? 0
      : (quantityOf(entry.value, parameters.get(name)?.unit ?? null)?.amount ?? 0);
  };
  const count = (name: string) => Number(last(name)?.value ?? 0) || 0;
  const at = last('work_mem');
  if (tier === undefined || at === undefined) return [];
  const work = bytes('work_mem') * count('max_connections');
  const maintenance = bytes('maintenance_work_mem') * (count('autovacuum_max_workers') || 3);
  const buffers = bytes('shared_buffers');
  const total = { kind: 'memory' as const, amount: work + maintenance + buffers };
  if (total.amount <= tier.memory.amount) return [];
  const part = (amount: number) => inWords({ kind: 'memory', amount });
  const says = `work_mem for every connection (${part(work)}), maintenance_work_mem for every autovacuum worker (${part(maintenance)}) and shared_buffers (${part(buffers)}) come to ${inWords(total)}, more than the ${inWords(tier.memory)} of ${tier.name}`;
  return [
    finding(
      'setting.sum-exceeds-memory',
      'warning',
      at,
      says,
      'lower one of them, or set autovacuum_work_mem',
    ),
  ];
}

function finding(
  rule: Finding['rule'],
  severity: Severity,
  { line }: Entry,
  says: string,
  fix?: string,
): Finding {
  return { rule, severity, line, says, ...(fix === undefined ? {} : { fix }) };
}
