import path from 'node:path';
import type { Certificates } from './certificates.ts';
import type { Host } from './host.ts';

/** Where a server finds its certificate, its key and the authority's certificate. */
export interface ServerTls {
  readonly certificate: string;
  readonly key: string;
  readonly authority: string;
  /** The authority's certificate itself, PEM: for clients of this program, which may not see the host's files. */
  readonly ca: string;
}

/**
 * The private socket trusts the superuser; everybody else comes over TLS with a password, and a plain connection is refused
 * by a rule of its own, so that the log says why.
 */
export const tlsOnly = (range: string) => `local   all          postgres  trust
local   replication  postgres  trust
local   all          all       scram-sha-256
hostssl all          all       ${range}  scram-sha-256
hostssl replication  all       ${range}  scram-sha-256
hostnossl all        all       all          reject
`;

export function tlsSettings({ certificate, key, authority }: ServerTls): Readonly<Record<string, string>> {
  return { ssl: 'on', ssl_cert_file: certificate, ssl_key_file: key, ssl_ca_file: authority };
}

/** Writes certificates where the servers of a host read them. */
export async function placeCertificates(host: Host, certificates: Certificates): Promise<ServerTls> {
  const folder = path.join(host.folder, 'tls');
  await host.makeFolder(folder);
  const placed = {
    certificate: path.join(folder, 'server.crt'),
    key: path.join(folder, 'server.key'),
    authority: path.join(folder, 'ca.crt'),
    ca: certificates.authority,
  };
  await host.writeFile(placed.certificate, certificates.certificate);
  await host.writeFile(placed.key, certificates.key, 0o600);
  await host.writeFile(placed.authority, certificates.authority);
  return placed;
}
