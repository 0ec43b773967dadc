import { readdirSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { z } from 'zod';
import { ConfigError } from './config-error.ts';
import type { Design } from './design.ts';
import { DesignSchema } from './schema.ts';

/** A design whose content has been checked, and whose migrations are a folder that exists. */
export interface ValidDesign extends Design {
  /** Absolute path. */
  readonly migrations: string;
  /** The file that declares it. */
  readonly file: string;
}

/**
 * Checks a design as far as it can be without a server. Throws ConfigError for the first thing that is wrong.
 *
 * @param file the file that the design was loaded from, for messages and relative paths
 */
export function validateDesign(value: unknown, file: string): ValidDesign {
  if (
    typeof value !== 'object' ||
    value === null ||
    !['name', 'migrations', 'claims'].some((key) => key in value)
  ) {
    throw new ConfigError(file, 'not a design', 'export default defineDesign({…})');
  }
  const parsed = DesignSchema.safeParse(value);
  if (!parsed.success) throw schemaError(parsed.error.issues[0], file);
  const design = value as Design;
  refuseDuplicates(design, file);
  return { ...design, migrations: migrationFolder(design, file), file };
}

function schemaError(first: z.core.$ZodIssue | undefined, file: string): ConfigError {
  const issue = first === undefined ? undefined : innermost(first);
  if (issue === undefined) return new ConfigError(file, 'not a design', 'export default defineDesign({…})');
  if (issue.code === 'unrecognized_keys') {
    const at = pathOf([...issue.path, issue.keys[0] ?? '']);
    return new ConfigError(
      file,
      `${at}: unknown key`,
      'remove it, or see docs/design.md for what a design holds',
    );
  }
  if (issue.path.length === 0)
    return new ConfigError(file, 'not a design', 'export default defineDesign({…})');
  return new ConfigError(
    file,
    `${pathOf(issue.path)}: ${issue.message}`,
    'see docs/design.md for what is expected there',
  );
}

/** Of a union, the complaint of the member that fits best: the one with the fewest complaints. */
function innermost(issue: z.core.$ZodIssue): z.core.$ZodIssue {
  if (issue.code !== 'invalid_union') return issue;
  const [best] = [...issue.errors].sort((a, b) => a.length - b.length);
  const inner = best?.[0];
  return inner === undefined ? issue : innermost({ ...inner, path: [...issue.path, ...inner.path] });
}

function pathOf(path: readonly PropertyKey[]): string {
  return path.reduce<string>(
    (text, part) =>
      typeof part === 'number' ? `${text}[${part}]` : `${text}${text ? '.' : ''}${String(part)}`,
    '',
  );
}

function refuseDuplicates(design: Design, file: string): void {
  const seen = new Map<string, number>();
  for (const [index, claim] of design.claims.entries()) {
    const first = seen.get(claim.id);
    if (first !== undefined) {
      throw new ConfigError(
        file,
        `claims[${index}].id: ${claim.id} is the id of claims[${first}] already`,
        'give each claim an id of its own',
      );
    }
    seen.set(claim.id, index);
  }
  const tables = new Map<string, number>();
  for (const [index, rules] of design.access.entries()) {
    const first = tables.get(rules.table);
    if (first !== undefined) {
      throw new ConfigError(
        file,
        `access[${index}].table: ${rules.table} has rules in access[${first}] already`,
        'say everything about a table in one place',
      );
    }
    tables.set(rules.table, index);
  }
}

function migrationFolder(design: Design, file: string): string {
  const folder =
    design.migrations instanceof URL
      ? fileURLToPath(design.migrations)
      : resolve(dirname(file), design.migrations);
  if (statSync(folder, { throwIfNoEntry: false })?.isDirectory() !== true) {
    throw new ConfigError(file, `migrations: no folder ${folder}`, 'create it, or correct the path');
  }
  if (!readdirSync(folder).some((name) => name.endsWith('.sql'))) {
    throw new ConfigError(file, `migrations: no .sql file in ${folder}`, 'put the schema there');
  }
  return folder;
}
