import { readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { z } from 'zod';
import { ConfigError } from './config-error.ts';
import type { Defect, Design } from './design.ts';
import { DesignSchema } from './schema.ts';

/** A design whose content has been checked, and whose migrations are a folder that exists. */
export interface ValidDesign extends Omit<Design, 'config'> {
  /** Absolute paths. */
  readonly migrations: readonly string[];
  /** Content of each file of the `config` folder, by its path in it. */
  readonly config: Readonly<Record<string, string>>;
  /** Absolute path; empty without one. */
  readonly configFolder: string;
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
  refuseStrayWaivers(design, file);
  const { config, ...rest } = design;
  return {
    ...rest,
    migrations: [design.migrations].flat().map((folder) => migrationFolder(folder, file)),
    config: config === undefined ? {} : configFiles(placeOf(config, file), file),
    configFolder: config === undefined ? '' : placeOf(config, file),
    ...(design.defects === undefined ? {} : { defects: design.defects.map((each) => placed(each, file)) }),
    file,
  };
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

function refuseStrayWaivers(design: Design, file: string): void {
  const claims = new Set(design.claims.map(({ id }) => id));
  const waived = new Set<string>();
  for (const [index, { claim }] of (design.waivers ?? []).entries()) {
    if (!claims.has(claim)) {
      throw new ConfigError(
        file,
        `waivers[${index}].claim: no claim ${claim}`,
        'correct the id, or remove the waiver',
      );
    }
    if (waived.has(claim)) {
      throw new ConfigError(
        file,
        `waivers[${index}].claim: ${claim} has a waiver already`,
        'keep one of them',
      );
    }
    waived.add(claim);
  }
}

function migrationFolder(given: string | URL, file: string): string {
  const folder = placeOf(given, file);
  if (statSync(folder, { throwIfNoEntry: false })?.isDirectory() !== true) {
    throw new ConfigError(file, `migrations: no folder ${folder}`, 'create it, or correct the path');
  }
  if (!readdirSync(folder).some((name) => name.endsWith('.sql'))) {
    throw new ConfigError(file, `migrations: no .sql file in ${folder}`, 'put the schema there');
  }
  return folder;
}

function configFiles(folder: string, file: string): Record<string, string> {
  if (statSync(folder, { throwIfNoEntry: false })?.isDirectory() !== true) {
    throw new ConfigError(file, `config: no folder ${folder}`, 'create it, or correct the path');
  }
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) =>
    entry.isFile(),
  );
  return Object.fromEntries(
    entries
      .map((entry) => join(entry.parentPath, entry.name))
      .sort()
      .map((path) => [relative(folder, path), readFileSync(path, 'utf8')]),
  );
}

/** A defect with the path of its SQL made absolute, or refused when there is no such file. */
function placed(defect: Defect, file: string): Defect {
  if (defect.sql === undefined) return defect;
  const sql = placeOf(defect.sql, file);
  if (statSync(sql, { throwIfNoEntry: false })?.isFile() !== true) {
    throw new ConfigError(file, `defect ${defect.id}: no file ${sql}`, 'create it, or correct the path');
  }
  return { ...defect, sql };
}

function placeOf(place: string | URL, file: string): string {
  return place instanceof URL ? fileURLToPath(place) : resolve(dirname(file), place);
}
