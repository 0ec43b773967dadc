import path from 'node:path';
import type { Binaries } from '../binaries.ts';
import type { Place } from '../host.ts';
import type { ReplicationLogin } from '../replica.ts';
import type { ServerTls } from '../tls.ts';
import { scope } from './state.ts';

/**
 * How long the lock of a leader that is gone holds, and how often each node looks, in seconds. Patroni's own are 30, 10 and 10; the
 * shortest that it takes with a leader that may miss a look is loop_wait + 2 × retry_timeout ≤ ttl.
 */
export const lease = { ttl: 10, loop_wait: 2, retry_timeout: 3 } as const;

export interface DynamicInput {
  readonly synchronous: boolean;
  /** Of the primary that is taken over: its replicas must have as much. */
  readonly parameters: Readonly<Record<string, string>>;
}

/** What holds for all nodes, as the store keeps it. */
export function dynamicConfig({ synchronous, parameters }: DynamicInput) {
  return {
    ...lease,
    synchronous_mode: synchronous,
    // A leader whose server died is given up at once, not started again for five minutes first.
    primary_start_timeout: 0,
    postgresql: { use_pg_rewind: true, use_slots: true, parameters },
  };
}

export interface NodeInput {
  readonly name: string;
  readonly folder: string;
  readonly data: string;
  readonly socketFolder: string;
  readonly place: Place;
  readonly rest: Place;
  readonly store: Place;
  readonly binaries: Binaries;
  readonly login: ReplicationLogin;
  readonly tls: ServerTls;
}

/** The file of one node. Patroni reads YAML, of which JSON is a part. */
export function nodeConfig(input: NodeInput): string {
  const { name, place, rest, store, login, tls } = input;
  const replication = {
    username: login.user,
    password: login.password,
    sslmode: 'verify-full',
    sslrootcert: tls.authority,
  };
  return JSON.stringify(
    {
      scope,
      name,
      restapi: {
        listen: `${rest.listen}:${rest.port}`,
        connect_address: `${rest.host}:${rest.port}`,
        certfile: tls.certificate,
        keyfile: tls.key,
        cafile: tls.authority,
        verify_client: 'required',
      },
      ctl: { cacert: tls.authority, certfile: tls.certificate, keyfile: tls.key },
      etcd3: {
        host: `${store.host}:${store.port}`,
        protocol: 'https',
        cacert: tls.authority,
        cert: tls.certificate,
        key: tls.key,
      },
      postgresql: {
        listen: `${place.listen}:${place.port}`,
        connect_address: `${place.host}:${place.port}`,
        data_dir: input.data,
        bin_dir: input.binaries.bin,
        pgpass: path.join(input.folder, `${name}.pgpass`),
        use_unix_socket: true,
        authentication: { superuser: { username: 'postgres' }, replication, rewind: replication },
        // What a copy is flushed for, a machine that loses its power, is more than processes can play.
        basebackup: [{ checkpoint: 'fast' }, 'no-sync'],
        parameters: {
          unix_socket_directories: input.socketFolder,
          unix_socket_permissions: '0700',
          logging_collector: 'off',
          log_destination: 'stderr',
          hot_standby_feedback: 'on',
          wal_retrieve_retry_interval: '500ms',
        },
        remove_data_directory_on_rewind_failure: true,
      },
      watchdog: { mode: 'off' },
    },
    null,
    2,
  );
}
