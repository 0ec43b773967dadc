import pg from 'pg';
import { ClusterError } from '../cluster/error.ts';
import type { ToFill } from './fill-target.ts';

/** What a server or a socket said while a database was filled, in one line that says what to do. Anything else is left as it is. */
export function fillError(error: unknown, { shown, stays }: ToFill): unknown {
  if (!(error instanceof Error)) return error;
  const again = stays ? 'the same command then goes on from there' : 'then fill again';
  const say = (code: 'no-space' | 'not-able' | 'connect-failed', what: string, hint: string) =>
    new ClusterError(code, `${shown}: ${what}`, hint, { cause: error });
  const code = (error as { readonly code?: string }).code ?? '';
  switch (code) {
    case '53100':
      return say('no-space', `the server's disk is full (${error.message})`, `make room; ${again}`);
    case '53200':
    case '53300':
    case '53400':
      return say('not-able', error.message, `give the server more, or take fewer --workers; ${again}`);
    case '55P03':
      return say('not-able', 'others hold locks on the tables', `keep them away; ${again}`);
    case '42501':
      return say('not-able', error.message, 'give the URL of a superuser');
  }
  if (isLost(error, code)) {
    return say('connect-failed', `the connection was lost (${error.message})`, `see to the server; ${again}`);
  }
  return error;
}

/** The server ended the session, is going down, or its socket closed. */
function isLost(error: Error, code: string): boolean {
  if (error instanceof pg.DatabaseError) return /^(08|57P0)/.test(code);
  return (
    /^(ECONNRESET|ECONNREFUSED|EPIPE|ETIMEDOUT|ENOENT|ERR_STREAM)/.test(code) ||
    /connection (terminated|ended|error)|client (was closed|has encountered)|not queryable|premature close/i.test(
      error.message,
    )
  );
}
