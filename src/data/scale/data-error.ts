import { ConfigError } from '../../design/config-error.ts';
import { BrokenForeignKey } from '../foreign-keys.ts';

/** Rows that cannot be made, or that the database refuses, are the design's to mend. */
export function dataError(error: unknown, file: string): unknown {
  const { message, code, detail } = error as { message?: string; code?: string; detail?: string };
  const made = code === undefined && /^data of /.test(message ?? '');
  // Data exceptions, integrity constraint violations, and names that are not there, by their classes of SQLSTATE.
  const refused = /^(2[23]|42)/.test(code ?? '') && code !== '42501';
  if (!made && !refused && !(error instanceof BrokenForeignKey)) return error;
  const what = `${message}${detail === undefined ? '' : `: ${detail}`}`;
  return new ConfigError(file, what, 'correct the data plan, and fill an empty database', { cause: error });
}
