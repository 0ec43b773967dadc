// The library asks for it before anything else.
import 'reflect-metadata';
import { webcrypto } from 'node:crypto';
import * as x509 from '@peculiar/x509';

/** PEM texts. */
export interface Certificates {
  readonly authority: string;
  readonly certificate: string;
  readonly key: string;
}

const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;
const dayMs = 86_400_000;

/** A cluster that stays must not stop taking connections because nobody thought of it. */
const validDays = 3_650;

/**
 * An authority that nobody else has, and a certificate of it for servers by these names and addresses. The authority's key is
 * forgotten: nothing more can be signed with it.
 *
 * @param names host names; what looks like an IP address becomes one
 */
export async function makeCertificates(
  names: readonly string[],
  now: Date = new Date(),
): Promise<Certificates> {
  x509.cryptoProvider.set(webcrypto as unknown as Crypto);
  const validity = {
    notBefore: new Date(now.getTime() - dayMs),
    notAfter: new Date(now.getTime() + validDays * dayMs),
  };
  const authorityKeys = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
  const authority = await x509.X509CertificateGenerator.createSelfSigned({
    name: 'CN=pgattest authority',
    ...validity,
    signingAlgorithm: algorithm,
    keys: authorityKeys as CryptoKeyPair,
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
    ],
  });
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
  const certificate = await x509.X509CertificateGenerator.create({
    subject: 'CN=pgattest server',
    issuer: authority.subject,
    ...validity,
    signingAlgorithm: algorithm,
    signingKey: authorityKeys.privateKey as CryptoKey,
    publicKey: keys.publicKey as CryptoKey,
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.SubjectAlternativeNameExtension(
        names.map((value) => ({ type: isAddress(value) ? ('ip' as const) : ('dns' as const), value })),
      ),
    ],
  });
  const pkcs8 = Buffer.from(await webcrypto.subtle.exportKey('pkcs8', keys.privateKey));
  return {
    authority: `${authority.toString('pem')}\n`,
    certificate: `${certificate.toString('pem')}\n`,
    key: `-----BEGIN PRIVATE KEY-----\n${wrapped(pkcs8.toString('base64'))}\n-----END PRIVATE KEY-----\n`,
  };
}

function isAddress(name: string): boolean {
  return /^\d+(\.\d+){3}$/.test(name) || name.includes(':');
}

function wrapped(text: string): string {
  return text.replace(/.{64}(?=.)/g, '$&\n');
}
