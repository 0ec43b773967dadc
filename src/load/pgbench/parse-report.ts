import type { Failures, Latency, Report, ScriptReport, StatementReport } from './report.ts';

type Head = Omit<Report, 'scripts' | 'unknown'>;
type Section = Omit<ScriptReport, 'statements'>;
/** What the whole and the section of a script say alike. */
type Shared = Failures & { readonly latency?: Latency };

const number = '(-?(?:[\\d.]+(?:e[+-]?\\d+)?|nan|inf))';
const line = (text: string) => new RegExp(`^${text.replaceAll('#', number)}$`, 'i');
/** ` (1.000%)`; 13 has a blank before the sign. */
const share = '(?: \\([^)%]+%\\))?';

const headRules: readonly (readonly [RegExp, (groups: readonly string[], head: Head) => Partial<Head>])[] = [
  [
    /^pgbench \((\S+?)(?: \([^)]*\))?(?:, server (\S+?)(?: \([^)]*\))?)?\)$/,
    ([version = '', server]) => ({ version, ...(server ? { serverVersion: server } : {}) }),
  ],
  [/^transaction type: (.*)$/, ([transactionType = '']) => ({ transactionType })],
  [line('scaling factor: #'), ([value]) => ({ scale: toNumber(value) })],
  [/^partition method: (.*)$/, ([method = '']) => ({ partitions: { method, count: 0 } })],
  [
    line('partitions: #'),
    ([count], { partitions }) => ({
      partitions: { method: partitions?.method ?? '', count: toNumber(count) },
    }),
  ],
  [/^query mode: (.*)$/, ([protocol = '']) => ({ protocol })],
  [line('number of clients: #'), ([value]) => ({ clients: toNumber(value) })],
  [line('number of threads: #'), ([value]) => ({ threads: toNumber(value) })],
  [line('maximum number of tries: #'), ([value]) => ({ maxTries: toNumber(value) })],
  [
    line('number of transactions per client: #'),
    ([value]) => ({ asked: { transactionsPerClient: toNumber(value) } }),
  ],
  [line('duration: # s'), ([value]) => ({ asked: { seconds: toNumber(value) } })],
  [
    line('number of transactions actually processed: #(?:/\\d+)?'),
    ([value]) => ({ transactions: toNumber(value) }),
  ],
  [
    line(`number of transactions above the # ms latency limit: #/\\d+${share}`),
    ([limit, count]) => ({ late: { limitMs: toNumber(limit), count: toNumber(count) } }),
  ],
  [
    line('rate limit schedule lag: avg # \\(max #\\) ms'),
    ([average, max]) => ({ lag: { averageMs: toNumber(average), maxMs: toNumber(max) } }),
  ],
  [line('(?:average|initial) connection time = # ms'), ([value]) => ({ connectionMs: toNumber(value) })],
  [
    line(
      'tps = # \\((?:without initial connection time|including reconnection times|excluding connections establishing)\\)',
    ),
    ([value]) => ({ tps: toNumber(value) }),
  ],
  [
    line('tps = # \\(including connections establishing\\)'),
    ([value]) => ({ tpsWithConnecting: toNumber(value) }),
  ],
];

const count = (words: string, key: keyof Failures) =>
  [
    line(`${words}: #${share}`),
    ([value]: readonly string[]): Partial<Shared> => ({ [key]: toNumber(value) }),
  ] as const;

const sharedRules: readonly (readonly [
  RegExp,
  (groups: readonly string[], before: Shared) => Partial<Shared>,
])[] = [
  count('number of failed transactions', 'failed'),
  count('number of serialization failures', 'serializationFailures'),
  count('number of deadlock failures', 'deadlockFailures'),
  count('number of transactions retried', 'retried'),
  count('total number of retries', 'retries'),
  count('number of transactions skipped', 'skipped'),
  [
    line('latency average = # ms( \\(including failures\\))?'),
    ([average, including]) => ({
      latency: { averageMs: toNumber(average), includesFailures: Boolean(including) },
    }),
  ],
  [
    line('latency stddev = # ms'),
    ([value], { latency }) =>
      latency === undefined ? {} : { latency: { ...latency, stddevMs: toNumber(value) } },
  ],
];

const sectionRules: readonly (readonly [RegExp, (groups: readonly string[]) => Partial<Section>])[] = [
  [line('weight: # \\(targets [^)]*\\)'), ([value]) => ({ weight: toNumber(value) })],
  [
    line('# transactions \\([^)]*tps = #\\)'),
    ([done, tps]) => ({ transactions: toNumber(done), tps: toNumber(tps) }),
  ],
];

const scriptStart = /^SQL script \d+: (.*)$/;
const statementsStart =
  /^(?: - )?statement latencies in milliseconds(, failures and retries| and failures)?:$/;
/** By the number of columns of counts between the time and the text. */
const statementLine = [
  /^ {2,}([\d.]+) {2}()()(.*)$/,
  /^ {2,}([\d.]+) +(\d+)() {2}(.*)$/,
  /^ {2,}([\d.]+) +(\d+) +(\d+) {2}(.*)$/,
] as const;

/**
 * What pgbench 13 to 17 print at the end, whatever the mode. Undefined where there is no report: of a run that did not begin. That
 * there is one says nothing of how the run ended: after the death of the server pgbench prints it too, healthy as ever.
 */
export function parseReport(stdout: string): Report | undefined {
  let head: Head = {
    transactionType: '',
    scale: 1,
    protocol: '',
    clients: 0,
    threads: 0,
    asked: { transactionsPerClient: 0 },
    transactions: 0,
  };
  const scripts: (Section & { statements: StatementReport[] })[] = [];
  const unknown: string[] = [];
  let columns: 0 | 1 | 2 | undefined;

  for (const text of stdout.split(/\r?\n/)) {
    if (text === '') continue;
    const script = scripts.at(-1);
    const statement = columns === undefined ? undefined : statementOf(text, columns);
    if (statement !== undefined) {
      script?.statements.push(statement);
      continue;
    }
    columns = undefined;

    const start = scriptStart.exec(text);
    if (start !== null) {
      scripts.push({ name: start[1] ?? '', weight: 1, transactions: 0, tps: 0, statements: [] });
      continue;
    }
    const statements = statementsStart.exec(text);
    if (statements !== null) {
      columns = statements[1] === undefined ? 0 : statements[1].includes('retries') ? 2 : 1;
      // Of a script that runs alone there is no section: it is the whole.
      if (script === undefined) scripts.push(alone(head));
      continue;
    }
    if (text.startsWith(' - ') && script !== undefined) {
      const words = text.slice(3);
      const found = firstOf(sectionRules, words, undefined) ?? firstOf(sharedRules, words, script);
      if (found === undefined) unknown.push(text);
      else Object.assign(script, found);
      continue;
    }
    const found = firstOf(headRules, text, head) ?? firstOf(sharedRules, text, head);
    if (found === undefined) unknown.push(text);
    else head = { ...head, ...found };
  }
  return head.transactionType === '' ? undefined : { ...head, scripts, unknown };
}

function firstOf<Now, Found>(
  rules: readonly (readonly [RegExp, (groups: readonly string[], now: Now) => Found])[],
  text: string,
  now: Now,
): Found | undefined {
  for (const [pattern, make] of rules) {
    const match = pattern.exec(text);
    if (match !== null) return make(match.slice(1), now);
  }
  return undefined;
}

function alone(head: Head): Section & { statements: StatementReport[] } {
  const { transactionType: name, transactions, tps = Number.NaN } = head;
  return { name, weight: 1, transactions, tps, statements: [] };
}

function statementOf(text: string, columns: 0 | 1 | 2): StatementReport | undefined {
  const [, average, failures, retries, command] = statementLine[columns].exec(text) ?? [];
  if (average === undefined || command === undefined) return undefined;
  return {
    text: command,
    averageMs: toNumber(average),
    ...(failures ? { failures: toNumber(failures) } : {}),
    ...(retries ? { retries: toNumber(retries) } : {}),
  };
}

function toNumber(text: string | undefined): number {
  const plain = text?.toLowerCase() ?? 'nan';
  if (plain.endsWith('nan')) return Number.NaN;
  if (plain.endsWith('inf')) return plain.startsWith('-') ? -Infinity : Infinity;
  return Number(plain);
}
