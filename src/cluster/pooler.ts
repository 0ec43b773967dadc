import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import { answering } from './answering.ts';
import { ClusterError } from './error.ts';
import type { Address, Host, Place, Service } from './host.ts';
import { type PoolerFileInput, poolerFile } from './pooler-file.ts';
import { connectMs } from './server.ts';
import type { Row } from './session.ts';

export interface PoolerOptions extends Omit<PoolerFileInput, 'place' | 'folder' | 'adminUser' | 'authUser'> {
  /** Path of the program. */
  readonly program: string;
  /** Whom the pooler asks for the secrets of the others. */
  readonly authUser: { readonly name: string; readonly password: string };
  readonly adminPassword: string;
  readonly folder: string;
  /** The socket in the folder is out of this program's reach, so the console is asked over TCP. */
  readonly remote: boolean;
  readonly signal?: AbortSignal;
}

const adminUser = 'pgattest_admin';
const portAttempts = 5;

/** Starts PgBouncer. Throws ClusterError with its own words when it does not come up. */
export async function startPooler(host: Host, options: PoolerOptions): Promise<Pooler> {
  const { folder, signal } = options;
  await host.makeFolder(folder, 0o700);
  const users = { [adminUser]: options.adminPassword, [options.authUser.name]: options.authUser.password };
  const lines = Object.entries(users).map((pair) =>
    pair.map((part) => `"${part.replaceAll('"', '""')}"`).join(' '),
  );
  await host.writeFile(path.join(folder, 'userlist.txt'), `${lines.join('\n')}\n`);
  for (let attempt = 1; ; attempt++) {
    signal?.throwIfAborted();
    const place = await host.place('pooler', { port: 6432 });
    const input = { ...options, place, adminUser, authUser: options.authUser.name };
    const file = path.join(folder, 'pgbouncer.ini');
    await host.writeFile(file, poolerFile(input));
    const pooler = new Pooler(
      await launch(host, options.program, file, place),
      host,
      options,
      input,
      place,
      file,
    );
    try {
      await ready(pooler, signal);
      return pooler;
    } catch (error) {
      await pooler.service.kill();
      const taken = error instanceof ClusterError && error.code === 'port-taken';
      if (!taken || !place.changes || attempt === portAttempts) throw error;
    }
  }
}

/** A running PgBouncer. */
export class Pooler {
  service: Service;
  /** `1.24.1`, as it says itself. */
  version = '';
  readonly file: string;
  readonly #host: Host;
  readonly #options: PoolerOptions;
  readonly #place: Place;
  #input: PoolerFileInput;

  constructor(
    service: Service,
    host: Host,
    options: PoolerOptions,
    input: PoolerFileInput,
    place: Place,
    file: string,
  ) {
    this.service = service;
    this.#place = place;
    this.#host = host;
    this.#options = options;
    this.#input = input;
    this.file = file;
  }

  /** Who may ask its console. */
  get console(): { readonly user: string; readonly password: string } {
    return { user: adminUser, password: this.#options.adminPassword };
  }

  /** Where this program reaches it. */
  get tcp(): Address {
    return this.service.address ?? this.#place;
  }

  /** As `tcp`, for thousands of clients; see Service. */
  get direct(): Address {
    return this.service.direct ?? this.tcp;
  }

  /** Its socket on the host. */
  get socket(): { readonly folder: string; readonly port: number } {
    return { folder: this.#options.folder, port: this.#place.port };
  }

  get entries(): PoolerFileInput['entries'] {
    return this.#input.entries;
  }

  /** Asks the administration console: `SHOW POOLS`, `RELOAD`, `PAUSE`. Values are texts. */
  async ask(command: string): Promise<readonly Row[]> {
    const { folder, remote, tls } = this.#options;
    const client = new pg.Client({
      ...(remote
        ? { ...this.tcp, ssl: tls === undefined ? false : { ca: tls.ca } }
        : { host: folder, port: this.#place.port, ssl: false }),
      user: adminUser,
      password: this.#options.adminPassword,
      database: 'pgbouncer',
      connectionTimeoutMillis: connectMs,
    });
    client.on('error', () => {});
    await client.connect();
    try {
      // One simple query: the console knows no other protocol.
      const result = await client.query<Record<string, unknown>>(command);
      return (Array.isArray(result) ? (result.at(-1)?.rows ?? []) : result.rows) as readonly Row[];
    } finally {
      await client.end();
    }
  }

  /** Puts other servers or values in and has them read. What needs a restart gets one. */
  async change(
    change: (input: PoolerFileInput) => PoolerFileInput,
    { edit = (text: string) => text, restart = false } = {},
  ): Promise<void> {
    this.#input = change(this.#input);
    await this.#host.writeFile(this.file, edit(poolerFile(this.#input)));
    if (restart) await this.restart();
    else await this.ask('RELOAD');
  }

  /** Kills it, its clients with it, and starts it at the same place. */
  async restart(signal?: AbortSignal): Promise<void> {
    await this.service.kill();
    this.service = await launch(this.#host, this.#options.program, this.file, this.#place);
    await ready(this, signal);
  }
}

/** Ten thousand clients need as many file handles: as many as the machine lets it have. */
async function launch(host: Host, program: string, file: string, place: Place): Promise<Service> {
  const script = 'ulimit -n "$(ulimit -Hn)" 2>/dev/null; exec "$0" "$@"';
  return host.start(['sh', '-c', script, program, file], {
    name: 'pooler',
    image: 'pgbouncer',
    place,
    log: `pgbouncer-${Date.now().toString(36)}.log`,
    // From 1.23 on it waits at SIGTERM until the last client has left.
    stop: 'SIGINT',
  });
}

async function ready(pooler: Pooler, signal: AbortSignal | undefined): Promise<void> {
  const limitMs = 10_000;
  const ask = async () => {
    const [row] = await pooler.ask('SHOW VERSION');
    pooler.version = /\d+(\.\d+)+/.exec(String(row?.version))?.[0] ?? '';
  };
  const found = await answering(pooler.service, ask, limitMs, signal);
  if (found.state === 'answers') return;
  const ended = found.state === 'ended';
  // The last lines may still be on their way into the file.
  if (ended) await delay(0);
  const log = (await pooler.service.log()).trim().split('\n');
  const words = log.find((line) => /\b(?:ERROR|FATAL)\b/.test(line)) ?? log.at(-1) ?? '';
  if (/address already in use/i.test(log.join('\n'))) {
    throw new ClusterError('port-taken', `PgBouncer: ${words}`, 'try again', { log: log.slice(-20) });
  }
  throw new ClusterError(
    ended ? 'start-failed' : 'timeout',
    `PgBouncer did not start: ${ended ? words.replace(/^.*?\b(?=ERROR|FATAL)/, '') : String(found.last)}`,
    "see the pooler's file of the design",
    { log: log.slice(-20) },
  );
}
