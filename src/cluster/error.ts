export type ClusterErrorCode =
  | 'platform'
  | 'no-postgres'
  | 'wrong-version'
  | 'no-docker'
  | 'no-image'
  | 'no-server-user'
  | 'no-space'
  | 'no-memory'
  | 'no-permission'
  | 'not-private'
  | 'port-taken'
  | 'socket-path'
  | 'bad-setting'
  | 'initdb-failed'
  | 'start-failed'
  | 'connect-failed'
  | 'timeout'
  | 'not-able'
  | 'closed'
  | 'migration';

/**
 * The environment is not fit, or a migration is not. `message` is one line: what, where, and after a semicolon what
 * to do about it (`hint`). `log` holds the last lines of the server's log where there is one.
 */
export class ClusterError extends Error {
  override readonly name: string = 'ClusterError';
  readonly code: ClusterErrorCode;
  readonly hint: string;
  readonly log: readonly string[];

  constructor(code: ClusterErrorCode, what: string, hint: string, more: ClusterErrorDetails = {}) {
    super(
      oneLine(hint === '' ? what : `${what}; ${hint}`),
      more.cause === undefined ? {} : { cause: more.cause },
    );
    this.code = code;
    this.hint = hint;
    this.log = more.log ?? [];
  }
}

export interface ClusterErrorDetails {
  readonly cause?: unknown;
  readonly log?: readonly string[];
}

/** Errors of the file system that a person can do something about; anything else is thrown on as it is. */
export function fileError(error: unknown, path: string, doing: string): unknown {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  switch (code) {
    case 'ENOSPC':
    case 'EDQUOT':
      return new ClusterError(
        'no-space',
        `no space left to ${doing} at ${path}`,
        'free some space or set TMPDIR',
        {
          cause: error,
        },
      );
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
      return new ClusterError(
        'no-permission',
        `no permission to ${doing} at ${path}`,
        'set TMPDIR to a folder of yours',
        {
          cause: error,
        },
      );
    default:
      return error;
  }
}

function oneLine(text: string): string {
  return text.replace(/\s*\n\s*/g, ' ').trim();
}
