import pg from 'pg';
import { ClusterError } from './error.ts';
import { type Statement, splitStatements } from './sql-split.ts';

export interface MigrationPlace {
  readonly file: string;
  /** From 1, as editors count; column in characters. Absent when the error has no place in the file. */
  readonly line?: number;
  readonly column?: number;
  /** The statement, shortened. */
  readonly statement?: string;
  readonly sqlstate?: string;
}

/** What is known of where a file failed: how many of its statements had ended, or where the failed one starts. */
export type Progress = { readonly ended: number } | { readonly start: number };

/** A migration that cannot be applied. `message`: `file:line:column: what the server said (SQLSTATE) in: statement`. */
export class MigrationError extends ClusterError {
  override readonly name = 'MigrationError';
  readonly place: MigrationPlace;

  private constructor(what: string, hint: string, place: MigrationPlace, cause: unknown) {
    super('migration', what, hint, { cause });
    this.place = place;
  }

  /** A file or folder that is wrong as a whole. */
  static of(file: string, cause: unknown, what: string): MigrationError {
    return new MigrationError(`${file} ${what}`, '', { file }, cause);
  }

  /** A statement of a file that failed. What is not an error of the server (a lost connection) names the file alone. */
  static at(file: string, sql: string, error: unknown, progress: Progress): MigrationError {
    if (!(error instanceof pg.DatabaseError)) {
      const words = error instanceof Error ? error.message : String(error);
      return new MigrationError(`${file}: ${words}`, 'see the log of the server', { file }, error);
    }
    const offset =
      error.position === undefined ? undefined : codePointIndex(sql, Number(error.position), progress);
    const statement = find(sql, offset, progress);
    const at = offset ?? statement?.start;
    const place: MigrationPlace = {
      file,
      ...(at === undefined ? {} : lineAndColumn(sql, at)),
      ...(statement === undefined ? {} : { statement: shorten(statement.text) }),
      ...(error.code === undefined ? {} : { sqlstate: error.code }),
    };
    const where = [file, place.line, place.column].filter((part) => part !== undefined).join(':');
    const inside = error.where === undefined ? '' : `, in ${error.where.split('\n')[0]}`;
    const detail = error.detail === undefined ? '' : `: ${error.detail}`;
    const said = `${error.message}${detail}${inside} (${error.code})`;
    const what = `${where}: ${said}${place.statement === undefined ? '' : ` in: ${place.statement}`}`;
    return new MigrationError(what, hintFor(error, sql, at), place, error);
  }
}

function hintFor(error: pg.DatabaseError, sql: string, at: number | undefined): string {
  if (at !== undefined && sql[at] === '\\' && error.code === '42601') {
    return 'commands of psql are not SQL: write the statement itself';
  }
  if (/^COPY from stdin failed/.test(error.message)) return 'a migration has no standard input: use INSERT';
  return error.hint === undefined ? '' : `the server hints: ${error.hint}`;
}

/** `position` counts characters from 1, in the text that was sent; JavaScript counts UTF-16 units. */
function codePointIndex(sql: string, position: number, progress: Progress): number {
  let index = 'start' in progress ? progress.start : 0;
  for (let left = position - 1; left > 0 && index < sql.length; left--) {
    index += (sql.codePointAt(index) ?? 0) > 0xffff ? 2 : 1;
  }
  return index;
}

function find(sql: string, offset: number | undefined, progress: Progress): Statement | undefined {
  const statements = splitStatements(sql);
  if ('start' in progress) return statements.find(({ start }) => start === progress.start);
  if (offset === undefined) return statements[progress.ended];
  return statements.findLast(({ start }) => start <= offset);
}

function lineAndColumn(sql: string, index: number): { readonly line: number; readonly column: number } {
  const before = sql.slice(0, index);
  const lineStart = before.lastIndexOf('\n') + 1;
  return { line: before.split('\n').length, column: [...before.slice(lineStart)].length + 1 };
}

function shorten(statement: string): string {
  const text = statement.replace(/\s+/g, ' ');
  return text.length <= 120 ? text : `${text.slice(0, 119)}…`;
}
