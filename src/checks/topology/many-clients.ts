import pg from 'pg';

/** So many log in side by side: TLS and SCRAM are work for both ends. */
const abreast = 64;

export interface Connected {
  readonly clients: readonly pg.Client[];
  /** The words with which the first one was refused, after which no more were tried. */
  readonly refused?: string;
  /** The machine is at its end, not the pooler: files or ports. */
  readonly machine?: string;
}

/** Ten thousand take less than one minute on two idle cores. */
const limitMs = 300_000;

/** Connects clients until as many are there, one is refused, or five minutes are over. The caller ends them. */
export async function connectMany(make: () => pg.Client, wanted: number): Promise<Connected> {
  const clients: pg.Client[] = [];
  let refused: Error | undefined;
  let begun = 0;
  const end = performance.now() + limitMs;
  const late = () => performance.now() > end;
  const worker = async () => {
    while (begun < wanted && refused === undefined && !late()) {
      begun++;
      const client = make();
      try {
        await client.connect();
        clients.push(client);
      } catch (error) {
        refused ??= error as Error;
        await client.end().catch(() => undefined);
      }
    }
  };
  await Promise.all(Array.from({ length: abreast }, worker));
  if (refused === undefined) {
    return clients.length === wanted
      ? { clients }
      : { clients, machine: 'more take longer than five minutes' };
  }
  const { message, code = '' } = refused as Error & { code?: string };
  const limit = limits[code];
  return { clients, refused: message, ...(limit === undefined ? {} : { machine: limit }) };
}

const limits: Readonly<Record<string, string>> = {
  EMFILE: 'this program may open no more files here: raise ulimit -n',
  ENFILE: 'the machine opens no more files: raise fs.file-max',
  EADDRNOTAVAIL: 'the machine has no more ports for connections: widen net.ipv4.ip_local_port_range',
};

export interface Answers {
  readonly good: number;
  readonly milliseconds: number;
  readonly slowest: number;
  readonly error?: string;
}

/** So many want a transaction at the same time; the others sit there, connected. More would only wait longer than they are let. */
export const asking = 1_000;

/**
 * Each client runs a transaction of several statements; good is one that finds in it what it has itself set there. Those that have begun
 * theirs hold it until `open`.
 */
export async function transactAll(clients: readonly pg.Client[], open: Promise<void>): Promise<Answers> {
  const began = performance.now();
  let good = 0;
  let slowest = 0;
  let error: string | undefined;
  let next = 0;
  const worker = async () => {
    for (let n = next++; n < clients.length; n = next++) {
      const client = clients[n];
      const asked = performance.now();
      try {
        if (client !== undefined && (await transact(client, `client ${n}`, open))) good++;
        else error ??= 'a client met the setting of another';
      } catch (caught) {
        error ??= (caught as Error).message;
      }
      slowest = Math.max(slowest, performance.now() - asked);
    }
  };
  await Promise.all(Array.from({ length: Math.min(asking, clients.length) }, worker));
  return {
    good,
    milliseconds: performance.now() - began,
    slowest,
    ...(error === undefined ? {} : { error }),
  };
}

async function transact(client: pg.Client, name: string, open: Promise<void>): Promise<boolean> {
  await client.query('BEGIN');
  await open;
  await client.query(`SELECT set_config('pgattest.client', ${pg.escapeLiteral(name)}, true)`);
  const { rows } = await client.query<{ name: string }>(
    "SELECT current_setting('pgattest.client', true) AS name",
  );
  await client.query('COMMIT');
  return rows[0]?.name === name;
}
