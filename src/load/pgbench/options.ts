import { z } from 'zod';
import { ConfigError } from '../../design/config-error.ts';

/** Where to connect; what is not given is libpq's to find: PGHOST and its like, `.pgpass`, a service file. */
export const Connection = z.strictObject({
  host: z.string().min(1).optional().describe('a name, an address, or the folder of a Unix socket'),
  port: z.int().min(1).max(65_535).optional(),
  user: z.string().min(1).optional(),
  database: z.string().min(1).optional(),
  password: z.string().optional().describe('goes by the environment, never by arguments, into no error'),
  sslMode: z.enum(['disable', 'allow', 'prefer', 'require', 'verify-ca', 'verify-full']).optional(),
  sslRootCert: z.string().optional(),
  serverOptions: z.string().optional().describe('`-c name=value …`, as PGOPTIONS has it'),
  applicationName: z.string().optional(),
  connectTimeoutSeconds: z.int().nonnegative().optional(),
});
export type Connection = z.infer<typeof Connection>;

/** How many statements one transaction of a script holds, for recordings: by name, or all reads and all writes as one. */
export const Holds = z.union([
  z.strictObject({ reads: z.int().nonnegative().optional(), writes: z.int().nonnegative().optional() }),
  z.array(
    z.strictObject({ statement: z.string(), kind: z.enum(['read', 'write']), count: z.int().positive() }),
  ),
]);
export type Holds = z.infer<typeof Holds>;

const each = {
  weight: z.int().nonnegative().optional().describe('how often it comes beside the others; 1 by default'),
  as: z.string().min(1).optional().describe('name of its transactions in recordings; its own by default'),
  holds: Holds.optional(),
};

export const Script = z.union([
  z.strictObject({
    builtin: z.enum(['tpcb-like', 'simple-update', 'select-only']),
    ...each,
  }),
  z.strictObject({
    path: z.string().min(1),
    name: z.string().min(1).optional(),
    ...each,
  }),
  z.strictObject({ sql: z.string(), name: z.string().min(1), ...each }),
]);
export type Script = z.infer<typeof Script>;

const seconds = z.int().positive();

export const PgbenchOptions = z.strictObject({
  program: z.string().min(1).optional().describe('`pgbench` on the PATH by default'),
  connection: Connection.optional(),
  scripts: z.array(Script).min(1).max(128).readonly().optional().describe('tpcb-like by default'),
  seconds: seconds.optional().describe('-T'),
  transactions: z
    .int()
    .positive()
    .optional()
    .describe('-t: of each client; 10 by default, as pgbench has it'),
  clients: z.int().positive().optional().describe('-c: of all processes together'),
  threads: z.int().positive().optional().describe('-j: of each process'),
  processes: z.int().positive().max(64).optional().describe('side by side, their results merged'),
  rate: z.number().positive().optional().describe('-R: transactions a second, of all processes together'),
  latencyLimitMs: z.number().positive().optional().describe('-L'),
  protocol: z.enum(['simple', 'extended', 'prepared']).optional().describe('-M'),
  variables: z
    .record(z.string(), z.union([z.string(), z.number(), z.bigint()]))
    .optional()
    .describe('-D'),
  scale: z.int().positive().optional().describe('-s: what :scale holds, for scripts of your own'),
  seed: z.union([z.literal('time'), z.literal('rand'), z.int().nonnegative()]).optional(),
  maxTries: z.int().nonnegative().optional().describe('--max-tries; 0 is without limit'),
  detailedFailures: z.boolean().optional().describe('--failures-detailed'),
  verboseErrors: z.boolean().optional(),
  perStatement: z.boolean().optional().describe('-r'),
  connectEachTime: z.boolean().optional().describe('-C'),
  vacuum: z.enum(['none', 'standard', 'all']).optional().describe('-n, pgbench’s own way, -v'),
  progressSeconds: z.int().nonnegative().optional().describe('-P; 1 by default, 0 for none'),
  log: z
    .strictObject({
      folder: z.string().min(1).describe('must exist; a file for each thread'),
      prefix: z
        .string()
        .regex(/^[^/\\]+$/)
        .optional(),
      samplingRate: z.number().positive().max(1).optional(),
      aggregateSeconds: seconds.optional(),
    })
    .optional(),
  signal: z.instanceof(AbortSignal).optional(),
});
export type PgbenchOptions = z.infer<typeof PgbenchOptions>;

export const InitOptions = z.strictObject({
  program: z.string().min(1).optional(),
  connection: Connection.optional(),
  scale: z.int().positive().optional().describe('100,000 accounts each'),
  steps: z
    .string()
    .regex(/^[dtgGvpf ]+$/)
    .optional()
    .describe('-I; dtgvp by default'),
  fillfactor: z.int().min(10).max(100).optional(),
  vacuum: z.enum(['none', 'standard']).optional(),
  foreignKeys: z.boolean().optional(),
  partitions: z.int().positive().optional(),
  partitionMethod: z.enum(['range', 'hash']).optional(),
  tablespace: z.string().min(1).optional(),
  indexTablespace: z.string().min(1).optional(),
  unlogged: z.boolean().optional(),
  signal: z.instanceof(AbortSignal).optional(),
});
export type InitOptions = z.infer<typeof InitOptions>;

/** Looks the options over, those that pgbench itself refuses after it has connected included. Throws ConfigError. */
export function checkedOptions(given: PgbenchOptions): PgbenchOptions {
  const options = parsed(PgbenchOptions, given);
  checkConnection(options.connection);
  const { log, scripts, maxTries, seconds, processes = 1, clients = processes } = options;
  if (seconds !== undefined && options.transactions !== undefined)
    throw bad('seconds and transactions', 'a run is as long as one of them says', 'give one');
  if (clients < processes)
    throw bad('clients', `${clients} for ${processes} processes`, 'give each process a client at least');
  if (log?.samplingRate !== undefined && log.aggregateSeconds !== undefined)
    throw bad('log', 'samplingRate and aggregateSeconds exclude each other', 'give one');
  if (log?.aggregateSeconds !== undefined && seconds !== undefined && seconds % log.aggregateSeconds !== 0)
    throw bad('log.aggregateSeconds', `${seconds} s is no multiple of it`, 'choose one that divides seconds');
  if (log?.prefix?.includes('%')) throw bad('log.prefix', 'holds a %', 'leave it out');
  if (maxTries === 0 && seconds === undefined && options.latencyLimitMs === undefined)
    throw bad('maxTries', 'tries without limit may never end', 'give seconds or latencyLimitMs too');
  if (scripts?.every((script) => script.weight === 0))
    throw bad('scripts', 'all weights are 0', 'give one of them a weight');
  for (const name of Object.keys(options.variables ?? {}))
    if (!/^[A-Za-z_\u0080-\uffff][\w\u0080-\uffff]*$/.test(name))
      throw bad('variables', `${JSON.stringify(name)} is no name`, 'use letters, digits and _');
  return options;
}

export function checkedInit(given: InitOptions): InitOptions {
  const options = parsed(InitOptions, given);
  checkConnection(options.connection);
  if (options.partitionMethod !== undefined && options.partitions === undefined)
    throw bad('partitionMethod', 'there are no partitions', 'give partitions too');
  return options;
}

export function bad(what: string, is: string, hint: string): ConfigError {
  return new ConfigError(`pgbench options: ${what}`, is, hint);
}

function parsed<Schema extends z.ZodType>(schema: Schema, given: unknown): z.infer<Schema> {
  const result = schema.safeParse(given);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  throw bad(
    issue?.path.join('.') || 'options',
    issue?.message ?? 'not what is wanted',
    'see docs/pgbench.md',
  );
}

/** libpq takes a database with an = or :// in it for a whole connection string, password and all, and that would be in the arguments. */
function checkConnection(connection: Connection | undefined): void {
  if (/=|:\/\//.test(connection?.database ?? ''))
    throw bad('connection.database', 'is a connection string', 'give host, port, user, database, password');
}
