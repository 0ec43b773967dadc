import { readFileSync } from 'node:fs';
import http from 'node:http';
import https from 'node:https';
import path from 'node:path';
import type { Machine } from '../machine.ts';
import { patienceMs } from './ask.ts';

/** Variables that say where the daemon is. */
export type Variables = Readonly<Record<string, string | undefined>>;

/** Where a daemon is asked. */
export interface Daemon {
  /** `unix:///var/run/docker.sock` */
  readonly address: string;
  /** Path of its socket; null when it is reached over the network. */
  readonly socket: string | null;
  readonly request: https.RequestOptions;
}

export const standardSocket = '/var/run/docker.sock';

/**
 * Sockets in the order in which Testcontainers tries them: the system's, then those of a daemon without root and of
 * Docker Desktop.
 */
export function socketsOf(machine: Machine, env: Variables): readonly string[] {
  const { XDG_RUNTIME_DIR: runtime } = env;
  return [
    standardSocket,
    ...(runtime ? [path.join(runtime, 'docker.sock')] : []),
    path.join(machine.home, '.docker/run/docker.sock'),
    path.join(machine.home, '.docker/desktop/docker.sock'),
    `/run/user/${machine.uid}/docker.sock`,
  ];
}

/** The daemon that DOCKER_HOST names, as Testcontainers reads it. Throws an Error that says what is wrong with it. */
export function daemonAt(host: string, env: Variables = {}): Daemon {
  const { DOCKER_TLS_VERIFY: verify, DOCKER_CERT_PATH: certificates } = env;
  const url = URL.canParse(host) ? new URL(host) : undefined;
  if (url?.protocol === 'unix:') {
    return { address: host, socket: url.pathname, request: { socketPath: url.pathname } };
  }
  if (url?.protocol !== 'tcp:' && url?.protocol !== 'http:' && url?.protocol !== 'https:') {
    throw new Error(`DOCKER_HOST=${host} is neither unix:// nor tcp://`);
  }
  const secure = url.protocol === 'https:' || (verify === '1' && certificates !== undefined);
  const file = (name: string) => readFileSync(path.join(certificates ?? '', name));
  return {
    address: host,
    socket: null,
    request: {
      protocol: secure ? 'https:' : 'http:',
      host: url.hostname,
      port: url.port === '' ? (secure ? 2376 : 2375) : url.port,
      ...(secure && certificates !== undefined
        ? { ca: file('ca.pem'), cert: file('cert.pem'), key: file('key.pem') }
        : {}),
    },
  };
}

const longest = 8 * 1024 ** 2;

/** Asks the daemon for JSON. Rejects with the error of the connection, or one that says what it answered. */
export function askDaemon(
  { request }: Daemon,
  what: string,
  { timeoutMs = patienceMs, signal }: { readonly timeoutMs?: number; readonly signal?: AbortSignal } = {},
): Promise<unknown> {
  const late = AbortSignal.timeout(timeoutMs);
  const ended = AbortSignal.any([late, ...(signal === undefined ? [] : [signal])]);
  const get = request.protocol === 'https:' ? https.get : http.get;
  return new Promise((resolve, reject) => {
    const fail = (error: Error) => {
      if (signal?.aborted) reject(signal.reason);
      else reject(late.aborted ? new Error(`does not answer within ${timeoutMs / 1000} s`) : error);
    };
    const sent = get({ ...request, path: what, agent: false, signal: ended }, (response) => {
      const chunks: Buffer[] = [];
      let size = 0;
      response.on('data', (chunk: Buffer) => {
        size += chunk.length;
        if (size > longest) sent.destroy(new Error(`answers more than ${longest} bytes to ${what}`));
        else chunks.push(chunk);
      });
      response.on('error', fail);
      response.on('end', () => {
        if (response.statusCode !== 200) return fail(new Error(`answers ${response.statusCode} to ${what}`));
        try {
          resolve(JSON.parse(Buffer.concat(chunks).toString()));
        } catch {
          fail(new Error(`answers no JSON to ${what}`));
        }
      });
    });
    sent.on('error', fail);
  });
}
