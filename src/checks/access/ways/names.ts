import type { Command } from '../../../catalog/catalog.ts';
import { onConflict } from './conflict.ts';
import { copyFrom } from './copy-from.ts';
import { deleteWays } from './delete-ways.ts';
import { insertWays, readingInsertWays } from './insert-ways.ts';
import { readWays } from './read-ways.ts';
import { otherReadWays } from './try-reads.ts';
import { updateWays } from './update-ways.ts';

/** The ways of a command beside its plain form, as sightings name them: known before any is tried. */
export const wayNames: Readonly<Record<Command, readonly string[]>> = {
  SELECT: [...readWays.map(({ name }) => name), ...otherReadWays],
  INSERT: [...[...insertWays, ...readingInsertWays].map(({ name }) => name), onConflict, copyFrom],
  UPDATE: updateWays.map(({ name }) => name),
  DELETE: deleteWays.map(({ name }) => name),
};
