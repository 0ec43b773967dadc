import type { On } from '../cluster/binaries.ts';
import { isDatabaseUrl, readAddress } from '../cluster/url/address.ts';
import { ConfigError } from '../design/config-error.ts';
import { withService } from './service.ts';

/** A source of servers, or a server of the user's, with how that is said without a password. */
export type Where =
  | { readonly on: On; readonly shown: string; readonly own?: undefined }
  | {
      readonly own: { readonly url: string; readonly writes: boolean };
      readonly database: string;
      readonly shown: string;
    };

/** What --on and --allow-writes say together. Throws ConfigError where they do not fit each other. */
export function whereOf({ on, allowWrites }: { readonly on: string; readonly allowWrites?: string }): Where {
  if (!isDatabaseUrl(on)) {
    if (allowWrites === undefined) return { on: on as On, shown: on };
    throw new ConfigError(
      '--allow-writes',
      'a cluster that pgattest starts is its own',
      'leave it out, or give --on postgres://…',
    );
  }
  const url = withService(on, process.env);
  const { database, shown } = readAddress(url);
  if (allowWrites !== undefined && allowWrites !== database) {
    throw new ConfigError(
      `--allow-writes ${allowWrites}`,
      `the URL leads to ${database}`,
      'name the very database of the URL',
    );
  }
  return { own: { url, writes: allowWrites !== undefined }, database, shown: `postgres://${shown}` };
}
