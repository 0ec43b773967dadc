import path from 'node:path';
import { ClusterError } from '../../cluster/error.ts';
import type { Host } from '../../cluster/host.ts';
import { initialise } from '../../cluster/initdb.ts';
import { launchPostgres, type Postgres } from '../../cluster/postgres.ts';
import { makeSockets } from './bring-up.ts';

/** A new server without data, with the configuration of another. */
export interface EmptyServer {
  readonly server: Postgres;
  /** Stops it and removes its files. */
  close(): Promise<void>;
}

/** Starts one beside the other. Throws ClusterError with the server's own words; nothing is left then. */
export async function startEmpty(
  host: Host,
  origin: Postgres,
  { name, signal }: { readonly name: string; readonly signal?: AbortSignal },
): Promise<EmptyServer> {
  const socketFolder = await makeSockets(host, origin);
  const data = path.join(host.folder, name);
  let server: Postgres | undefined;
  const close = async () => {
    await server?.stop();
    await server?.service.kill();
    await host.exec(['rm', '-rf', data, socketFolder]);
  };
  try {
    await initialise(host, origin.binaries, name, {
      ...(origin.superuser === undefined ? {} : { password: origin.superuser.password }),
      ...(signal === undefined ? {} : { signal }),
    });
    const copy = 'cp "$1/postgresql.conf" "$1/pg_hba.conf" "$1/pg_ident.conf" "$2/"';
    const { exitCode, stderr } = await host.exec(['sh', '-c', copy, 'sh', origin.data, data]);
    if (exitCode !== 0)
      throw new ClusterError('start-failed', `copying the configuration: ${stderr.trim()}`, '');
    // What it holds is of no use to anybody's archive.
    await host.writeFile(path.join(data, 'postgresql.auto.conf'), "archive_mode = 'off'\n");
    server = await launchPostgres(host, origin.binaries, {
      name,
      data,
      socketFolder,
      superuser: origin.superuser,
      ...(signal === undefined ? {} : { signal }),
    });
    return { server, close };
  } catch (error) {
    await close().catch(() => undefined);
    throw error;
  }
}
