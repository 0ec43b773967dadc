/**
 * Which folder of src may import which, as DESIGN.md of the project says: evidence at the bottom, the command line on top.
 * A folder may always import itself. `catalog` and `faults` look at a database through a session of `cluster`.
 */
const mayImport: Readonly<Record<string, readonly string[]>> = {
  evidence: [],
  parsers: [],
  report: ['evidence'],
  design: ['evidence'],
  cluster: ['parsers', 'evidence'],
  catalog: ['cluster', 'evidence'],
  data: ['design', 'evidence'],
  faults: ['catalog', 'cluster', 'design', 'evidence'],
  load: ['cluster', 'catalog', 'data', 'design', 'evidence'],
  recovery: ['parsers', 'cluster', 'catalog', 'data', 'design', 'faults', 'evidence'],
  checks: ['parsers', 'load', 'recovery', 'cluster', 'catalog', 'data', 'design', 'faults', 'evidence'],
  findings: ['parsers', 'catalog', 'cluster', 'design', 'evidence'],
  review: ['findings', 'parsers', 'catalog', 'cluster', 'design', 'evidence'],
  scenarios: ['parsers', 'checks', 'load', 'cluster', 'catalog', 'data', 'design', 'faults', 'evidence'],
  mutation: ['scenarios', 'checks', 'cluster', 'catalog', 'data', 'design', 'faults', 'evidence'],
  cli: [
    'findings',
    'review',
    'mutation',
    'scenarios',
    'checks',
    'load',
    'recovery',
    'cluster',
    'catalog',
    'data',
    'design',
    'faults',
    'report',
    'evidence',
  ],
  vitest: ['scenarios', 'checks', 'cluster', 'catalog', 'data', 'design', 'faults', 'report', 'evidence'],
  // src/index.ts: what a design may use.
  '': ['design'],
};

/** Files that may ask the process for its arguments, environment, output and exit. */
const mayTouchProcess = (path: string) =>
  path.startsWith('cli/') ||
  ['cluster/machine.ts', 'cluster/container/client.ts', 'vitest/interrupt.ts'].includes(path);

const longest = 400;

export interface SourceFile {
  /** Relative to src, with slashes: `checks/access/select.ts`. */
  readonly path: string;
  readonly text: string;
}

/** What a file does against the rules of the house, one sentence each. */
export function problemsOf({ path, text }: SourceFile): readonly string[] {
  const code = withoutComments(text);
  return [
    ...importsOf(code).flatMap((specifier) => importProblem(path, specifier)),
    ...(/\bprocess\s*(\.|\?\.|\[)|\bfrom\s+['"](node:)?process['"]/.test(withoutStrings(code)) &&
    !mayTouchProcess(path)
      ? [`${path} touches process`]
      : []),
    ...(/^\s*export\s+default\b|\bexport\s*\{[^}]*\bas\s+default\b/m.test(code)
      ? [`${path} has a default export`]
      : []),
    ...(lines(text) > longest ? [`${path} has ${lines(text)} lines`] : []),
  ];
}

/** Specifiers of every static and dynamic import and re-export, types included. */
function importsOf(code: string): readonly string[] {
  const from = /\b(?:import|export)\b[^'";]*?\bfrom\s*(['"])([^'"]+)\1/g;
  const bare = /\bimport\s*\(?\s*(['"])([^'"]+)\1/g;
  return [from, bare].flatMap((pattern) => [...code.matchAll(pattern)].map((match) => match[2] ?? ''));
}

function importProblem(path: string, specifier: string): string[] {
  if (specifier === 'pgattest' || specifier.startsWith('pgattest/'))
    return [`${path} imports the package itself`];
  if (!specifier.startsWith('.')) return [];
  if (!/\.tsx?$/.test(specifier)) return [`${path} imports ${specifier} without .ts`];
  const target = new URL(specifier, `file:///src/${path}`).pathname;
  if (!target.startsWith('/src/')) return [`${path} imports ${specifier} from outside src`];
  const [from, to] = [folderOf(path), folderOf(target.slice('/src/'.length))];
  const allowed = mayImport[from];
  if (allowed === undefined) return [`${path}: no rule for the folder ${from}`];
  return from === to || allowed.includes(to)
    ? []
    : [`${path} imports ${specifier}: ${from || 'src'} may not import ${to || 'src'}`];
}

function folderOf(path: string): string {
  const slash = path.indexOf('/');
  return slash === -1 ? '' : path.slice(0, slash);
}

function withoutComments(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/(^|\s)\/\/.*$/gm, '$1');
}

/** Strings blanked, those with line feeds and placeholders kept: they are code in part. */
function withoutStrings(code: string): string {
  return code.replace(/'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*"/g, (string) =>
    /process['"]$/.test(string) ? string : "''",
  );
}

function lines(text: string): number {
  return text.split('\n').length - (text.endsWith('\n') ? 1 : 0);
}
