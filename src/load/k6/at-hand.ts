import { accessSync, constants } from 'node:fs';
import path from 'node:path';
import { thisMachine } from '../../cluster/machine.ts';

/** Whether a k6 with the extension can be had: there is Go to build it with. */
export function k6IsAtHand(places = thisMachine().env.path.split(path.delimiter)): boolean {
  return [...places, '/usr/local/go/bin'].some((folder) => {
    try {
      accessSync(path.join(folder, 'go'), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}
