import type { Environment } from '../evidence/model.ts';
import { baseUnits, fromBytes, toBytes } from './setting-units.ts';

export interface SettingsInput {
  /** The design's own, as postgresql.conf would hold them. */
  readonly design: Readonly<Record<string, string | number>>;
  readonly cores: number;
  readonly memoryBytes: number;
  /** Free space where the data goes. */
  readonly diskBytes: number;
  readonly platform: NodeJS.Platform;
  /** Can this installation load a library? */
  readonly hasLibrary: (name: string) => boolean;
  /** The cluster need not outlive a crash: nothing is flushed. */
  readonly throwaway: boolean;
}

export interface Settings {
  /** What the server is given. */
  readonly values: Readonly<Record<string, string>>;
  /** The same beside what the design wants, for the evidence. A setting of the design that is left out says so. */
  readonly compared: Environment['settings'];
  /** Whatever makes this cluster unlike the design's, in sentences. */
  readonly notes: readonly string[];
}

/** What becomes of a design's value. `null`: not given to the server. */
type Ruling = { readonly here: string | null; readonly why: string };

const MB = 1024 ** 2;

/** What must hold on every cluster of ours, unless the design says otherwise. */
const ground: Readonly<Record<string, Ruling>> = {
  timezone: { here: 'UTC', why: 'the same everywhere' },
  log_timezone: { here: 'UTC', why: 'the same everywhere' },
  max_connections: { here: '100', why: "PostgreSQL's default" },
};

const throwaway: Readonly<Record<string, Ruling>> = {
  fsync: { here: 'off', why: 'throwaway cluster: it need not outlive a crash' },
  synchronous_commit: { here: 'off', why: 'throwaway cluster: it need not outlive a crash' },
  full_page_writes: { here: 'off', why: 'throwaway cluster: it need not outlive a crash' },
};

/** Places, connections and the log are the harness's, whatever a design says. */
const harness = new Set(
  `listen_addresses port unix_socket_directories unix_socket_permissions unix_socket_group data_directory
   config_file hba_file ident_file external_pid_file cluster_name log_destination logging_collector log_directory
   log_filename log_file_mode ssl ssl_cert_file ssl_key_file ssl_ca_file ssl_crl_file ssl_crl_dir ssl_dh_params_file
   krb_server_keyfile bonjour stats_temp_directory include include_dir include_if_exists`.split(/\s+/),
);

/** These need an archive, a standby or a primary elsewhere. */
const elsewhere = new Set(
  `archive_mode archive_command archive_library archive_cleanup_command restore_command recovery_end_command
   primary_conninfo primary_slot_name promote_trigger_file synchronous_standby_names`.split(/\s+/),
);

/**
 * Scales a design's settings to a machine. A value is lowered when the machine could not carry it, never raised, and
 * each change says why. What is no setting of PostgreSQL is passed on: the server's own words are the best error.
 */
export function scaleSettings(input: SettingsInput): Settings {
  const design = Object.fromEntries(
    Object.entries(input.design).map(([name, value]) => [name.toLowerCase(), String(value)]),
  );
  const values: Record<string, string> = {};
  const compared: Environment['settings'] = {};
  for (const [name, value] of Object.entries(design)) {
    const ruling = rule(name, value, input);
    const here = ruling === undefined ? value : ruling.here;
    if (here !== null) values[name] = here;
    compared[name] = {
      design: value,
      here: here ?? 'not set',
      ...(ruling === undefined ? {} : { why: ruling.why }),
    };
  }
  const added = {
    shared_buffers: { here: fromBytes(cap('shared_buffers', input)), why: 'the design does not say' },
    ...ground,
  };
  for (const [name, { here, why }] of Object.entries(added)) {
    if (name in design || here === null) continue;
    values[name] = here;
    compared[name] = { here, why };
  }
  if (input.throwaway) {
    for (const [name, { here, why }] of Object.entries(throwaway)) {
      values[name] = here ?? '';
      compared[name] = { ...compared[name], here: here ?? '', why };
    }
  }
  return { values, compared, notes: notes(compared, input) };
}

function rule(name: string, value: string, input: SettingsInput): Ruling | undefined {
  if (harness.has(name)) return { here: null, why: 'places, connections and the log are set by pgattest' };
  if (elsewhere.has(name)) return { here: null, why: 'this cluster has neither an archive nor standbys' };
  if (name in baseUnits) return lowerAmount(name, value, input);
  switch (name) {
    case 'max_connections':
      return lowerCount(
        value,
        Math.max(100, Math.floor(input.memoryBytes / (8 * MB))),
        '8 MB of memory for each',
      );
    case 'max_parallel_workers':
    case 'max_parallel_workers_per_gather':
    case 'max_parallel_maintenance_workers':
      return lowerCount(value, input.cores, `${input.cores} cores here`);
    case 'max_worker_processes':
      // Below 8, PostgreSQL's default, extensions that bring workers of their own no longer start.
      return lowerCount(value, Math.max(8, input.cores), `${input.cores} cores here`);
    case 'huge_pages':
      return value === 'on'
        ? { here: 'try', why: 'this machine need not have set huge pages aside' }
        : undefined;
    case 'effective_io_concurrency':
    case 'maintenance_io_concurrency':
      return input.platform === 'darwin' && value !== '0'
        ? { here: '0', why: 'macOS cannot read ahead on request' }
        : undefined;
    case 'shared_preload_libraries':
    case 'session_preload_libraries':
    case 'local_preload_libraries':
      return loadable(value, input);
    default:
      return undefined;
  }
}

/** What the machine can carry, in bytes. A run shares it with the harness, the load and other runs. */
function cap(name: string, { memoryBytes, diskBytes, throwaway }: SettingsInput): number {
  switch (name) {
    case 'shared_buffers':
      return megabytes(Math.min(memoryBytes / 8, throwaway ? 256 * MB : Number.POSITIVE_INFINITY), 16);
    case 'effective_cache_size':
      return megabytes(memoryBytes / 2, 64);
    case 'maintenance_work_mem':
    case 'autovacuum_work_mem':
      return megabytes(memoryBytes / 32, 16);
    case 'wal_buffers':
      return 16 * MB;
    case 'max_wal_size':
      return megabytes(diskBytes / 10, 256);
    case 'min_wal_size':
      return megabytes(diskBytes / 40, 80);
    case 'wal_keep_size':
    case 'max_slot_wal_keep_size':
      return megabytes(diskBytes / 20, 64);
    default:
      return megabytes(memoryBytes / 256, 4);
  }
}

function lowerAmount(name: string, value: string, input: SettingsInput): Ruling | undefined {
  const wanted = toBytes(name, value);
  const limit = cap(name, input);
  if (wanted === null || wanted <= limit) return undefined;
  const disk = /wal_.*size|_wal_/.test(name);
  const size = fromBytes(megabytes(disk ? input.diskBytes : input.memoryBytes, 1));
  return {
    here: fromBytes(limit),
    why: `scaled to this machine: ${size} of ${disk ? 'disk free' : 'memory'}`,
  };
}

function lowerCount(value: string, limit: number, why: string): Ruling | undefined {
  return /^\d+$/.test(value.trim()) && Number(value) > limit
    ? { here: String(limit), why: `scaled to this machine: ${why}` }
    : undefined;
}

function loadable(value: string, { hasLibrary }: SettingsInput): Ruling | undefined {
  const names = value.split(',').map((name) => name.trim().replace(/^"(.*)"$/, '$1'));
  const lacking = names.filter((name) => name !== '' && !hasLibrary(name));
  if (lacking.length === 0) return undefined;
  return {
    here: names.filter((name) => !lacking.includes(name)).join(','),
    why: `not in this installation: ${lacking.join(', ')}`,
  };
}

function notes(compared: Environment['settings'], { throwaway }: SettingsInput): readonly string[] {
  const scaled = Object.entries(compared).filter(([, { why }]) => why?.startsWith('scaled'));
  const lacking = Object.values(compared).flatMap(({ why }) => (why?.startsWith('not in') ? [why] : []));
  return [
    ...(throwaway
      ? [
          'fsync, synchronous_commit and full_page_writes are off: nothing here says anything about durability or speed of commits',
        ]
      : []),
    ...(scaled.length === 0 ? [] : [`scaled to this machine: ${scaled.map(([name]) => name).join(', ')}`]),
    ...lacking.map((why) => `libraries ${why}`),
  ];
}

function megabytes(bytes: number, least: number): number {
  return Math.max(least, Math.floor(bytes / MB)) * MB;
}
