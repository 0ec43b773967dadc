import path from 'node:path';
import { z } from 'zod';
import { answering } from '../answering.ts';
import { ClusterError } from '../error.ts';
import type { Address, Host, Place, Service } from '../host.ts';
import type { ServerTls } from '../tls.ts';
import type { Ask } from './mutual.ts';

export interface StoreOptions {
  readonly program: string;
  readonly tls: ServerTls;
  readonly ask: Ask;
  readonly signal?: AbortSignal | undefined;
}

const startAttempts = 5;
const startMs = 15_000;

/**
 * Starts etcd, alone and over TLS on both sides. One member is enough where the store is not what breaks; production has three. Throws
 * ClusterError with its last words when it does not come up.
 */
export async function startStore(host: Host, options: StoreOptions): Promise<Store> {
  for (let attempt = 1; ; attempt++) {
    options.signal?.throwIfAborted();
    const place = await host.place('etcd', { port: 2379 });
    const peers = await host.place('etcd-peers', { port: 2380 });
    const service = await host.start(command(host, options, place, peers, attempt), {
      name: 'etcd',
      log: `etcd-${Date.now().toString(36)}-${attempt}.log`,
      place,
    });
    const store = new Store(service, options.ask, service.address ?? place, place);
    const found = await answering(service, () => store.list('/'), startMs, options.signal);
    if (found.state === 'answers') return store;
    await service.kill();
    const log = (await service.log()).trim().split('\n').slice(-20);
    const taken = log.some((line) => /address already in use/.test(line));
    if (taken && place.changes && attempt < startAttempts) continue;
    const why = found.state === 'ended' ? (log.at(-1) ?? '') : String(found.last);
    throw new ClusterError('start-failed', `etcd did not start: ${why}`, 'see pgattest doctor', { log });
  }
}

function command(host: Host, { program, tls }: StoreOptions, place: Place, peers: Place, attempt: number) {
  const url = (at: Place, name: string) => `https://${name}:${at.port}`;
  const own = url(peers, peers.host);
  const parameters = {
    name: 'store',
    'data-dir': path.join(host.folder, `etcd-${attempt}`),
    'listen-client-urls': url(place, place.listen),
    'advertise-client-urls': url(place, place.host),
    'listen-peer-urls': url(peers, peers.listen),
    'initial-advertise-peer-urls': own,
    'initial-cluster': `store=${own}`,
    'cert-file': tls.certificate,
    'key-file': tls.key,
    'trusted-ca-file': tls.authority,
    'client-cert-auth': 'true',
    'peer-cert-file': tls.certificate,
    'peer-key-file': tls.key,
    'peer-trusted-ca-file': tls.authority,
    'peer-client-cert-auth': 'true',
    logger: 'zap',
    'log-level': 'warn',
  };
  return [program, ...Object.entries(parameters).map(([name, value]) => `--${name}=${value}`)];
}

const Range = z.object({
  kvs: z.array(z.object({ key: z.string(), value: z.string().default('') })).default([]),
});

/** The store that the nodes agree in: who leads, who has every commit, what is configured. */
export class Store {
  readonly service: Service;
  /** How the nodes reach it. */
  readonly place: Place;
  readonly #ask: Ask;
  readonly #address: Address;

  constructor(service: Service, ask: Ask, address: Address, place: Place) {
    this.service = service;
    this.place = place;
    this.#ask = ask;
    this.#address = address;
  }

  /** Keys below a prefix with their values, of one moment. */
  async list(prefix: string): Promise<ReadonlyMap<string, string>> {
    const key = Buffer.from(prefix);
    const end = Buffer.from(key);
    // The range of a prefix ends before the prefix with its last byte one higher.
    end[end.length - 1] = (end.at(-1) ?? 0) + 1;
    const answer = await this.#call('range', {
      key: key.toString('base64'),
      range_end: end.toString('base64'),
    });
    return new Map(Range.parse(answer).kvs.map(({ key, value }) => [text(key), text(value)]));
  }

  async put(key: string, value: string): Promise<void> {
    await this.#call('put', { key: bytes(key), value: bytes(value) });
  }

  async #call(what: 'range' | 'put', parameters: unknown): Promise<unknown> {
    const { status, body } = await this.#ask(this.#address, `/v3/kv/${what}`, parameters);
    if (status !== 200) throw new Error(`etcd: ${status} ${body.trim()}`);
    return JSON.parse(body);
  }
}

const bytes = (value: string) => Buffer.from(value).toString('base64');
const text = (value: string) => Buffer.from(value, 'base64').toString();
