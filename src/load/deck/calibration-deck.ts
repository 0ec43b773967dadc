import { writeFile } from 'node:fs/promises';
import { type DeckHeader, type DeckTransaction, deckSchema } from './model.ts';

/**
 * A deck of one transaction that asks for nothing, as many times as a transaction of the measured deck has statements: what the
 * generator can do at that depth when the database has next to nothing to do.
 */
export async function writeCalibrationDeck(
  file: string,
  statement: 'no-op' | 'select-one',
  calls: number,
): Promise<string> {
  const header: DeckHeader = {
    schema: deckSchema,
    design: 'calibration',
    mix: statement,
    // Of no columns: the least that a statement can be.
    statements: [{ name: statement, kind: 'read', sql: statement === 'no-op' ? 'SELECT' : 'SELECT 1' }],
    role: null,
    settingsLast: 'transaction',
  };
  const transaction: DeckTransaction = {
    transaction: statement,
    tenant: '',
    settings: {},
    calls: Array.from({ length: calls }, () => [0, [], { rows: 1 }]),
  };
  await writeFile(file, `${JSON.stringify(header)}\n${JSON.stringify(transaction)}\n`, { mode: 0o600 });
  return file;
}
