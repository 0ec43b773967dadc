import type { Host } from '../cluster/host.ts';
import { notRunnable } from '../cluster/run-command.ts';
import type { Block } from './blocks.ts';
import type { Finding, Severity } from './model.ts';
import { poolerKeys, poolerValues } from './pooler-keys.ts';

interface Line {
  readonly section: string;
  readonly key: string;
  readonly value: string;
  readonly line: number;
}

/** Checks a pgbouncer.ini: by PgBouncer itself where it is installed, else by its keys; then what the values promise. */
export async function checkPooler(block: Block, host: Host): Promise<readonly Finding[]> {
  const lines = linesOf(block);
  const said = await bySelf(block, host);
  return [...(said ?? byKeys(lines)), ...meaning(lines)];
}

function linesOf(block: Block): readonly Line[] {
  let section = '';
  return block.text.split('\n').flatMap((text, at) => {
    section = /^\s*\[(\w+)\]/.exec(text)?.[1] ?? section;
    const [, key, value = ''] = /^\s*([\w*]+)\s*=\s*(.*?)\s*$/.exec(text) ?? [];
    return key === undefined ? [] : [{ section, key, value, line: block.line + at }];
  });
}

/** Places, ports and files that a copy must not use. */
const places =
  /^(?:listen_\w+|unix_socket_\w+|auth_(?:type|file|hba_file|ident_file|user|query|dbname)|logfile|pidfile|\w+_tls_\w+|syslog\w*|user|service_name|job_name|resolv_conf|so_reuseport|verbose)$/;

/** PgBouncer stops at the first fault: so often it is asked again without it. */
const mostFaults = 20;

/**
 * Lets PgBouncer read a copy without places of its own. It has no mode that checks a file alone, but with no address to
 * listen at it reads the file, says what is wrong with it, and ends. Undefined where it is not installed.
 */
async function bySelf(block: Block, host: Host): Promise<readonly Finding[] | undefined> {
  const kept = block.text.split('\n').map((text) => {
    const key = /^\s*(\w+)\s*=/.exec(text)?.[1] ?? '';
    return places.test(key) || text.trimStart().startsWith('%') ? ';' : text;
  });
  const own = '[pgbouncer]\nlisten_addr =\nunix_socket_dir =\nauth_type = any\nlogfile =\npidfile =\n';
  const file = `${host.folder}/pgbouncer.ini`;
  const found: Finding[] = [];
  while (found.length < mostFaults) {
    await host.writeFile(file, `${kept.join('\n')}\n${own}`);
    const { exitCode, stderr } = await host.exec(['pgbouncer', file], { timeoutMs: 5_000 });
    if (exitCode === notRunnable) return undefined;
    const said = [...stderr.matchAll(/\bERROR (.*)$/gm)].map(([, text = '']) => text);
    const at = Number(/pgbouncer\.ini:(\d+)\b/.exec(said.join('\n'))?.[1] ?? 0);
    const text = kept[at - 1];
    if (text === undefined) return found;
    kept[at - 1] = ';';
    const key = /^\s*(\w+)/.exec(text)?.[1] ?? '';
    // A key of a later version than the one that is here.
    const severity =
      poolerKeys.has(key) && said.some((each) => each.startsWith('unknown')) ? 'warning' : 'error';
    const words = said.map((each) => each.replace(/\s*\(?\S*\/pgbouncer\.ini:\d+\)?.*$/, '')).join(': ');
    found.push(finding('pooler.refused', severity, block.line + at - 1, `PgBouncer says: ${words}`));
  }
  return found;
}

function byKeys(lines: readonly Line[]): readonly Finding[] {
  return lines.flatMap(({ section, key, value, line }) => {
    if (section !== 'pgbouncer') return [];
    if (!poolerKeys.has(key)) {
      return [
        finding('pooler.unknown', 'error', line, `${key} is no parameter of PgBouncer`, 'check its name'),
      ];
    }
    const values = poolerValues[key];
    return values === undefined || values.includes(value)
      ? []
      : [finding('pooler.value', 'error', line, `${key} = ${value}: is one of ${values.join(', ')}`)];
  });
}

function meaning(lines: readonly Line[]): readonly Finding[] {
  const of = (key: string) => lines.find((each) => each.section === 'pgbouncer' && each.key === key);
  const found: Finding[] = [];
  const auth = of('auth_type');
  if (auth?.value === 'md5') {
    const says =
      'auth_type = md5 cannot log in to a server with SCRAM passwords, the default since PostgreSQL 14, from an auth_file of md5 hashes';
    found.push(finding('pooler.md5', 'warning', auth.line, says, 'auth_type = scram-sha-256'));
  }
  const reset = of('server_reset_query');
  if (
    reset !== undefined &&
    of('pool_mode')?.value === 'transaction' &&
    of('server_reset_query_always')?.value !== '1'
  ) {
    const says = 'server_reset_query is not used in transaction mode';
    found.push(
      finding('pooler.reset-unused', 'warning', reset.line, says, 'leave it out, and use SET LOCAL'),
    );
  }
  const [pool, most] = [of('default_pool_size'), of('max_db_connections')];
  if (
    pool !== undefined &&
    most !== undefined &&
    Number(most.value) > 0 &&
    Number(pool.value) > Number(most.value)
  ) {
    const says = `default_pool_size ${pool.value} is more than max_db_connections ${most.value}`;
    found.push(finding('pooler.pool-above-limit', 'warning', pool.line, says));
  }
  return found;
}

function finding(
  rule: Finding['rule'],
  severity: Severity,
  line: number,
  says: string,
  fix?: string,
): Finding {
  return { rule, severity, line, says, ...(fix === undefined ? {} : { fix }) };
}
