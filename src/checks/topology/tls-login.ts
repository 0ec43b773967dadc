import { checkServerIdentity, type SecureVersion } from 'node:tls';
import pg from 'pg';
import type { Address } from '../../cluster/host.ts';

/** How a client insists on TLS; false: it does without. */
export type Tls =
  | false
  | {
      /** The authority that it trusts, PEM. */
      readonly ca: string;
      /** The name that the certificate must be of, instead of the address. */
      readonly servername?: string;
      readonly maxVersion?: SecureVersion;
    };

export interface TlsLogin extends Address {
  readonly user: string;
  readonly password: string;
  readonly database: string;
}

/** Tries to log in, and says how that went: `let in, over TLS`, `let in, without TLS`, `refused: …`. */
export async function attemptLogin(login: TlsLogin, tls: Tls): Promise<string> {
  const client = new pg.Client({
    ...login,
    ssl: tls === false ? false : insisting(login.host, tls),
    connectionTimeoutMillis: 10_000,
  });
  client.on('error', () => {});
  try {
    await client.connect();
    return tls === false ? 'let in, without TLS' : 'let in, over TLS';
  } catch (error) {
    // OpenSSL names its own sources and a place in memory beside what it has to say.
    const words = (error as Error).message.trim().replace(/^write \w+ [^:]*:error:[^:]*:/, '');
    return `refused: ${words.replace(/:\.\.\/.*$/s, '')}`;
  } finally {
    await client.end().catch(() => undefined);
  }
}

function insisting(host: string, { ca, servername = host, maxVersion }: Exclude<Tls, false>) {
  return {
    ca,
    // An address is no server name, and nothing would be compared with it.
    checkServerIdentity: (_: string, certificate: Parameters<typeof checkServerIdentity>[1]) =>
      checkServerIdentity(servername, certificate),
    // By itself this program's OpenSSL would not even offer an old version, and nobody would have refused it.
    ...(maxVersion === undefined
      ? {}
      : { minVersion: 'TLSv1' as const, maxVersion, ciphers: 'DEFAULT@SECLEVEL=0' }),
  };
}
