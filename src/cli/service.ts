import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { ConfigError } from '../design/config-error.ts';

/** Parameters of a service file that a URL can hold. */
const known = ['host', 'port', 'user', 'password', 'sslmode', 'sslrootcert', 'sslcert', 'sslkey', 'options'];

/**
 * A URL with what the service of `?service=…` or PGSERVICE says where it says nothing itself, as libpq reads it; pg knows no services.
 * Throws ConfigError when there is no such service.
 */
export function withService(text: string, env: NodeJS.ProcessEnv): string {
  const url = urlOf(text);
  if (url === undefined) return text;
  const name = url.searchParams.get('service') ?? env.PGSERVICE ?? '';
  url.searchParams.delete('service');
  if (name === '') return text;
  const service = serviceNamed(name, env);
  const said: Readonly<Record<string, string>> = {
    host: url.hostname,
    port: url.port,
    user: url.username,
    password: url.password,
  };
  for (const [key, value] of service) {
    if (key === 'dbname' && url.pathname.replace('/', '') === '')
      url.pathname = `/${encodeURIComponent(value)}`;
    if (!known.includes(key) || (said[key] ?? '') !== '' || url.searchParams.has(key)) continue;
    url.searchParams.set(key, value);
  }
  return url.href;
}

/** A login without a host is no URL to node, and one to libpq. */
function urlOf(text: string): URL | undefined {
  if (URL.canParse(text)) return new URL(text);
  const [, scheme, user = '', password, rest = ''] =
    /^(\w+:\/\/)([^:@/]*)(?::([^@/]*))?@([/?].*)?$/.exec(text) ?? [];
  if (scheme === undefined || !URL.canParse(scheme + rest)) return undefined;
  const url = new URL(scheme + rest);
  url.searchParams.set('user', decodeURIComponent(user));
  if (password !== undefined) url.searchParams.set('password', decodeURIComponent(password));
  return url;
}

function serviceNamed(name: string, env: NodeJS.ProcessEnv): ReadonlyMap<string, string> {
  const files = [
    env.PGSERVICEFILE ?? join(homedir(), '.pg_service.conf'),
    ...(env.PGSYSCONFDIR === undefined ? [] : [join(env.PGSYSCONFDIR, 'pg_service.conf')]),
  ];
  for (const file of files) {
    const found = readServices(file).get(name);
    if (found !== undefined) return found;
  }
  throw new ConfigError(
    `service ${name}`,
    `is not in ${files.join(' or ')}`,
    'correct the name, or PGSERVICEFILE',
  );
}

/** `[name]`, then `key=value` by lines; `#` begins a comment. A file that is not there holds none. */
function readServices(file: string): ReadonlyMap<string, ReadonlyMap<string, string>> {
  const services = new Map<string, Map<string, string>>();
  let text = '';
  try {
    text = readFileSync(file, 'utf8');
  } catch {
    return services;
  }
  let service: Map<string, string> | undefined;
  for (const line of text.split(/\r?\n/).map((each) => each.trim())) {
    const [, header] = /^\[(.+)\]$/.exec(line) ?? [];
    const [, key, value] = /^([^#=\s]+)\s*=\s*(.*)$/.exec(line) ?? [];
    // The first of a name counts, as in libpq.
    if (header !== undefined) {
      service = new Map();
      if (!services.has(header)) services.set(header, service);
    } else if (key !== undefined) service?.set(key, value ?? '');
  }
  return services;
}
