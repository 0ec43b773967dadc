import type { Fault } from '../fault.ts';
import { settingsTogether } from './settings-together.ts';

/** A primary that still takes TLS 1.0 and 1.1. */
export function oldTls(): Fault {
  return settingsTogether(
    { kind: 'old-tls', object: 'ssl_min_protocol_version', says: 'the primary takes TLS 1.0 and 1.1' },
    // Debian's OpenSSL refuses them by its security level as well.
    { ssl_min_protocol_version: 'TLSv1', ssl_ciphers: 'DEFAULT:@SECLEVEL=0' },
  );
}
