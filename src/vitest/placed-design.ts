import { fileURLToPath } from 'node:url';
import { ConfigError } from '../design/config-error.ts';
import type { Design } from '../design/design.ts';
import { type ValidDesign, validateDesign } from '../design/validate.ts';

/** Validates a design that was imported, not loaded: only URLs tell then where its folders are. */
export function placedDesign(design: Design): ValidDesign {
  const folders = [design.migrations].flat();
  const [first] = folders;
  if (!folders.every((folder) => folder instanceof URL) || !(first instanceof URL)) {
    throw new ConfigError(
      design.name,
      'migrations: a path that only a loaded file gives a place',
      "use new URL('./migrations/', import.meta.url)",
    );
  }
  return validateDesign(design, fileURLToPath(first));
}
