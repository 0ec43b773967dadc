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

/** Connects clients until as many are there, or one is refused. The caller ends them. */
export async function connectMany(make: () => pg.Client, wanted: number): Promise<Connected> {
  const clients: pg.Client[] = [];
  let refused: Error | undefined;
  let begun = 0;
  const worker = async () => {
    while (begun < wanted && refused === undefined) {
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
  if (refused === undefined) return { clients };
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

/**
 * Each client runs a transaction of several statements, all of them at the same time; good is one that finds in it what it has itself
 * set there.
 */
export async function transactAll(clients: readonly pg.Client[]): Promise<Answers> {
  const began = performance.now();
  let good = 0;
  let slowest = 0;
  let error: string | undefined;
  await Promise.all(
    clients.map(async (client, n) => {
      try {
        if (await transact(client, `client ${n}`)) good++;
        else error ??= 'a client met the setting of another';
      } catch (caught) {
        error ??= (caught as Error).message;
      }
      slowest = Math.max(slowest, performance.now() - began);
    }),
  );
  return {
    good,
    milliseconds: performance.now() - began,
    slowest,
    ...(error === undefined ? {} : { error }),
  };
}

async function transact(client: pg.Client, name: string): Promise<boolean> {
  await client.query('BEGIN');
  await client.query(`SELECT set_config('pgattest.client', ${pg.escapeLiteral(name)}, true)`);
  const { rows } = await client.query<{ name: string }>(
    "SELECT current_setting('pgattest.client', true) AS name",
  );
  await client.query('COMMIT');
  return rows[0]?.name === name;
}
