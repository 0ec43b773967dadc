import { ClusterError, type ClusterErrorCode } from './error.ts';

/** What a line of the server's log gives away: the first rule that meets a line of it wins. */
const rules: readonly { readonly code: ClusterErrorCode; readonly line: RegExp; readonly hint: string }[] = [
  {
    code: 'no-space',
    line: /No space left on device|Disk quota exceeded|could not resize shared memory segment/,
    hint: 'free some space, or set TMPDIR to another disk',
  },
  {
    code: 'bad-setting',
    line: /unrecognized configuration parameter|invalid value for parameter|outside the valid range|syntax error in file|could not access file "|parameter "[^"]*" (requires|cannot|must)|must be (less|greater) than|WAL (archival|streaming) .*wal_level/,
    hint: 'correct postgres.settings of the design',
  },
  {
    code: 'port-taken',
    line: /could not bind .*: Address already in use|could not create any TCP\/IP sockets/,
    hint: 'another server took the port: run it again',
  },
  {
    code: 'wrong-version',
    line: /initialized by PostgreSQL version|incompatible with (this version|server)/,
    hint: 'remove the cache with pgattest clean',
  },
  {
    code: 'no-memory',
    line: /could not map anonymous shared memory|Cannot allocate memory|could not create semaphores|could not create shared memory segment/,
    hint: 'lower shared_buffers or max_connections of the design, or give the machine more memory',
  },
  {
    code: 'no-permission',
    line: /Permission denied|invalid permissions|wrong ownership/,
    hint: 'see pgattest doctor',
  },
];

/** The error for a server that did not start, from its log. `what` begins the message. */
export function startError(what: string, log: string): ClusterError {
  const lines = log
    .trim()
    .split('\n')
    .filter((line) => line !== '');
  const tail = lines.slice(-20);
  for (const { code, line, hint } of rules) {
    const found = lines.find((each) => line.test(each));
    if (found !== undefined) return new ClusterError(code, `${what}: ${words(found)}`, hint, { log: tail });
  }
  // What it says to clients who ask too early is not why it ended.
  const own = lines.filter(
    (line) => !/the database system is|terminating (connection|walreceiver)/.test(line),
  );
  const last = own.find((line) => /\b(FATAL|PANIC):/.test(line)) ?? lines.at(-1);
  return new ClusterError(
    'start-failed',
    `${what}: ${last === undefined ? 'it says nothing' : words(last)}`,
    '',
    { log: tail },
  );
}

/** A line without its prefix of time and pid, whatever log_line_prefix is. */
function words(line: string): string {
  return line.replace(/^.*?\b(?:LOG|WARNING|ERROR|FATAL|PANIC):\s+/, '');
}
