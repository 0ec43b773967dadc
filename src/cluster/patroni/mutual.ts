import { request } from 'node:https';
import type { Address, Host } from '../host.ts';
import type { ServerTls } from '../tls.ts';

export interface Answer {
  readonly status: number;
  readonly body: string;
}

/** Asks over HTTPS with a certificate on both sides: nobody else on this machine has one. Rejects with what the socket said. */
export type Ask = (address: Address, path: string, post?: unknown) => Promise<Answer>;

/** Who takes longer is taken for gone: a frozen process takes the connection and says nothing. */
const patienceMs = 2_000;

/** A way to ask services of a host that hold the cluster's certificate. */
export async function mutualTls(host: Host, tls: ServerTls): Promise<Ask> {
  const own = { ca: tls.ca, cert: await host.readFile(tls.certificate), key: await host.readFile(tls.key) };
  return (address, path, post) =>
    new Promise((resolve, reject) => {
      const method = post === undefined ? 'GET' : 'POST';
      const asked = request(
        { ...own, host: address.host, port: address.port, path, method, agent: false, timeout: patienceMs },
        (response) => {
          const chunks: Buffer[] = [];
          response.on('data', (chunk: Buffer) => chunks.push(chunk));
          response.on('error', reject);
          response.on('end', () =>
            resolve({ status: response.statusCode ?? 0, body: Buffer.concat(chunks).toString() }),
          );
        },
      );
      asked.on('timeout', () => asked.destroy(new Error(`no answer of ${path} within ${patienceMs} ms`)));
      asked.on('error', reject);
      asked.end(post === undefined ? undefined : JSON.stringify(post));
    });
}
