import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, extname, join, resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createJiti } from 'jiti';
import { ConfigError } from './config-error.ts';
import { type ValidDesign, validateDesign } from './validate.ts';

/** Folder of the package: fixtures/ and policies/ are below it, whether this runs from src/ or dist/. */
export const packageRoot = fileURLToPath(new URL('../../', import.meta.url));

export interface LoadedDesign {
  readonly design: ValidDesign;
  /** Absolute paths of every file that the design consists of: modules outside node_modules, and migrations. */
  readonly files: readonly string[];
}

/** SHA-256 of all that a design consists of, whatever the order in which its files were found. */
export function digestOf({ files }: LoadedDesign): string {
  const hash = createHash('sha256');
  for (const file of [...files].sort()) hash.update(readFileSync(file)).update('\0');
  return hash.digest('hex');
}

/** A design that comes with pgattest: its name and its file. */
export interface BuiltIn {
  readonly name: string;
  readonly file: string;
}

/** The designs that come with pgattest; each is `fixtures/<folder>/<name>.ts` holding a `defineDesign`. */
export function builtInDesigns(): readonly BuiltIn[] {
  const root = join(packageRoot, 'fixtures');
  return readdirSync(root, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .flatMap((folder) =>
      readdirSync(join(root, folder.name))
        .filter((name) => extname(name) === '.ts')
        .map((name) => join(root, folder.name, name)),
    )
    .flatMap((file) => {
      const name = /defineDesign\(\{\s*name: '([^']+)'/.exec(readFileSync(file, 'utf8'))?.[1];
      return name === undefined ? [] : [{ name, file }];
    })
    .sort((a, b) => a.name.localeCompare(b.name));
}

/**
 * Loads a design by its name or by the path of a TypeScript or JavaScript file; no build step is needed.
 * Throws ConfigError when there is none, or when it is not right.
 */
export async function loadDesign(nameOrPath: string, from: string): Promise<LoadedDesign> {
  const file = designFile(nameOrPath, from);
  const loader = createJiti(import.meta.url, {
    moduleCache: true,
    alias: { pgattest: fileURLToPath(new URL(`../index${extname(import.meta.url)}`, import.meta.url)) },
  });
  const before = new Set(Object.keys(loader.cache));
  let loaded: unknown;
  try {
    loaded = await loader.import(file, { default: true });
  } catch (error) {
    throw new ConfigError(file, (error as Error).message, 'correct the file', { cause: error });
  }
  const design = validateDesign(loaded, file);
  const modules = Object.keys(loader.cache).filter(
    (path) => !before.has(path) && !isForeign(path) && !isOwnCode(path),
  );
  const migrations = design.migrations.flatMap((folder) =>
    readdirSync(folder)
      .filter((name) => name.endsWith('.sql'))
      .map((name) => join(folder, name)),
  );
  const config = Object.keys(design.config).map((name) => join(design.configFolder, name));
  return { design, files: [...new Set([file, ...modules, ...migrations, ...config])].sort() };
}

function designFile(nameOrPath: string, from: string): string {
  const builtIn = builtInDesigns().find((design) => design.name === nameOrPath);
  if (builtIn !== undefined) return builtIn.file;
  const path = resolve(from, nameOrPath);
  if (existsSync(path) && statSync(path).isFile()) return path;
  const names = builtInDesigns().map((design) => design.name);
  throw new ConfigError(
    nameOrPath,
    basename(nameOrPath) === nameOrPath ? 'unknown design' : 'no such file',
    `use one of ${names.join(', ')}, or the path of a design's file`,
  );
}

/** Below a node_modules that is not the one this package itself lies in. */
function isForeign(path: string): boolean {
  const own = path.startsWith(packageRoot) ? path.slice(packageRoot.length) : path;
  return own.split(sep).includes('node_modules');
}

function isOwnCode(path: string): boolean {
  return path.startsWith(join(packageRoot, 'src/')) || path.startsWith(join(packageRoot, 'dist/'));
}
