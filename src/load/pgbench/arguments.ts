import type { Connection, InitOptions, PgbenchOptions } from './options.ts';
import type { ScriptFile } from './script-files.ts';

/** One process of a run: its share of the clients and of the rate. */
export interface Share {
  readonly clients: number;
  readonly rate?: number;
  readonly seed?: string;
  readonly logPrefix?: string;
}

/** Shares of the processes, as even as they come; seeds differ, or all would draw the same numbers. */
export function sharesOf(options: PgbenchOptions): readonly Share[] {
  const { processes = 1, rate, seed, log } = options;
  const clients = options.clients ?? processes;
  return Array.from({ length: processes }, (_, index) => {
    const own = Math.floor(clients / processes) + (index < clients % processes ? 1 : 0);
    return {
      clients: own,
      ...(rate === undefined ? {} : { rate: (rate * own) / clients }),
      ...(seed === undefined ? {} : { seed: String(typeof seed === 'number' ? seed + index : seed) }),
      ...(log === undefined
        ? {}
        : { logPrefix: processes === 1 ? prefixOf(log) : `${prefixOf(log)}-${index}` }),
    };
  });
}

export function prefixOf(log: NonNullable<PgbenchOptions['log']>): string {
  return log.prefix ?? 'pgbench_log';
}

/** Arguments of one process. There is no password in them. */
export function argumentsOf(
  options: PgbenchOptions,
  share: Share,
  files: readonly ScriptFile[],
): readonly string[] {
  const { log, vacuum = 'none', progressSeconds = 1, threads = 1 } = options;
  return [
    ...files.flatMap(({ flag, argument }) => [flag, argument]),
    ...given('--time=', options.seconds),
    ...given('--transactions=', options.transactions),
    `--client=${share.clients}`,
    // More threads than clients would be refused by none and used by none.
    `--jobs=${Math.min(threads, share.clients)}`,
    ...given('--rate=', share.rate),
    ...given('--latency-limit=', options.latencyLimitMs),
    ...given('--protocol=', options.protocol),
    ...Object.entries(options.variables ?? {}).map(([name, value]) => `--define=${name}=${value}`),
    ...given('--scale=', options.scale),
    ...given('--random-seed=', share.seed),
    ...given('--max-tries=', options.maxTries),
    ...flag('--failures-detailed', options.detailedFailures),
    ...flag('--verbose-errors', options.verboseErrors),
    ...flag('--report-per-command', options.perStatement),
    ...flag('--connect', options.connectEachTime),
    ...flag('--no-vacuum', vacuum === 'none'),
    ...flag('--vacuum-all', vacuum === 'all'),
    ...(progressSeconds === 0 ? [] : [`--progress=${progressSeconds}`]),
    ...flag('--log', log !== undefined),
    ...given('--log-prefix=', share.logPrefix && `${log?.folder}/${share.logPrefix}`),
    ...given('--sampling-rate=', log?.samplingRate),
    ...given('--aggregate-interval=', log?.aggregateSeconds),
    ...connectionArguments(options.connection),
  ];
}

export function initArguments(options: InitOptions): readonly string[] {
  return [
    '--initialize',
    ...given('--scale=', options.scale),
    ...given('--init-steps=', options.steps),
    ...given('--fillfactor=', options.fillfactor),
    ...flag('--no-vacuum', options.vacuum === 'none'),
    ...flag('--foreign-keys', options.foreignKeys),
    ...given('--partitions=', options.partitions),
    ...given('--partition-method=', options.partitionMethod),
    ...given('--tablespace=', options.tablespace),
    ...given('--index-tablespace=', options.indexTablespace),
    ...flag('--unlogged-tables', options.unlogged),
    ...connectionArguments(options.connection),
  ];
}

/** What libpq reads of the environment. Messages are English, or they could not be told apart. */
export function environmentOf(connection: Connection = {}): Readonly<Record<string, string>> {
  const { password, sslMode, sslRootCert, serverOptions, applicationName, connectTimeoutSeconds } =
    connection;
  const variables = {
    LC_ALL: 'C',
    PGPASSWORD: password,
    PGSSLMODE: sslMode,
    PGSSLROOTCERT: sslRootCert,
    PGOPTIONS: serverOptions,
    PGAPPNAME: applicationName,
    PGCONNECT_TIMEOUT: connectTimeoutSeconds?.toString(),
  };
  return Object.fromEntries(
    Object.entries(variables).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
}

function connectionArguments({ host, port, user, database }: Connection = {}): readonly string[] {
  return [
    ...given('--host=', host),
    ...given('--port=', port),
    ...given('--username=', user),
    // After --: a name may begin with a dash.
    ...(database === undefined ? [] : ['--', database]),
  ];
}

function given(option: string, value: string | number | undefined): readonly string[] {
  return value === undefined || value === '' ? [] : [`${option}${value}`];
}

function flag(option: string, on: boolean | undefined): readonly string[] {
  return on === true ? [option] : [];
}
