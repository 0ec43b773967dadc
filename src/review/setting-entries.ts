import { nodesOf, parseOne, type Tree } from '../findings/tree.ts';
import type { Block, Document } from './blocks.ts';
import type { Step } from './script.ts';

/** One parameter of PostgreSQL, as a document sets it. */
export interface Entry {
  readonly name: string;
  readonly value: string;
  readonly line: number;
  readonly comment: string;
  readonly from: 'file' | 'command line' | 'cloud flag' | 'parameter group' | 'statement';
  /** Parameter groups of AWS: when it takes effect. */
  readonly applyMethod?: string;
}

/** Every parameter that a document sets, in its order. `known` tells names of the server's parameters. */
export function entriesOf(
  document: Document,
  steps: readonly Step[],
  known: (name: string) => boolean,
): readonly Entry[] {
  const inBlocks = document.blocks.flatMap((block) => {
    switch (block.language) {
      case 'hcl':
        return flags(block);
      case 'yaml':
      case 'shell':
        return commandLine(block);
      case 'settings':
        return file(block, known);
      default:
        return [];
    }
  });
  return [...inBlocks, ...steps.flatMap(statement)].sort((a, b) => a.line - b.line);
}

/** `name = "…"`, `value = "…"  # comment` inside database_flags (Google) and parameter (AWS) blocks. */
function flags(block: Block): readonly Entry[] {
  const pattern =
    /\b(database_flags|parameter)\s*\{\s*name\s*=\s*"([^"]+)"\s*\n\s*value\s*=\s*"?([^"\n#]*)"?[^\S\n]*(?:(?:#|\/\/)([^\n]*))?(?:\n\s*apply_method\s*=\s*"([^"]*)")?/g;
  return [...block.text.matchAll(pattern)].map(
    ([found, kind, name = '', value = '', comment = '', applyMethod]) => ({
      name,
      value: value.trim(),
      line: lineOf(block, block.text.indexOf(found) + found.indexOf('value')),
      comment,
      from: kind === 'parameter' ? ('parameter group' as const) : ('cloud flag' as const),
      ...(applyMethod === undefined ? {} : { applyMethod }),
    }),
  );
}

/** `postgres -c name=value`. */
function commandLine(block: Block): readonly Entry[] {
  return [
    ...block.text.matchAll(/(?:^|\s)-c\s+["']?([a-z_][\w.]*)=(?:'([^'\n]*)'|"([^"\n]*)"|([^\s"']+))/g),
  ].map(({ 1: name = '', 2: single, 3: double, 4: bare, index }) => ({
    name,
    value: single ?? double ?? bare ?? '',
    line: lineOf(block, index + 1),
    comment: '',
    from: 'command line',
  }));
}

/** postgresql.conf. A file of other keys is none of it. */
function file(block: Block, known: (name: string) => boolean): readonly Entry[] {
  const entries = block.text.split('\n').flatMap((text, at): Entry[] => {
    const found = /^\s*([a-z_][\w.]*)\s*(?:=|\s)\s*(?:'((?:[^']|'')*)'|([^\s#]+))\s*(?:#(.*))?$/i.exec(text);
    if (found === null) return [];
    const [, name = '', quoted, bare, comment = ''] = found;
    return [
      { name: name.toLowerCase(), value: quoted ?? bare ?? '', line: block.line + at, comment, from: 'file' },
    ];
  });
  return entries.filter(({ name }) => known(name)).length * 2 >= entries.length ? entries : [];
}

/** ALTER SYSTEM, ALTER DATABASE and ALTER ROLE … SET; a plain SET is tried by running it. */
function statement({ class: { kind }, line, text }: Step): readonly Entry[] {
  if (kind !== 'AlterSystemStmt' && kind !== 'AlterDatabaseSetStmt' && kind !== 'AlterRoleSetStmt') return [];
  const set = (parseOne(text)?.[1].setstmt ?? {}) as { kind?: string; name?: string; args?: readonly Tree[] };
  if (set.kind !== 'VAR_SET_VALUE' || set.name === undefined) return [];
  const values = nodesOf(set.args, 'A_Const').map((constant) => constantText(constant));
  return [{ name: set.name, value: values.join(', '), line, comment: '', from: 'statement' }];
}

function constantText(constant: Tree): string {
  const { sval, ival, fval, boolval } = constant as {
    sval?: { sval?: string };
    ival?: { ival?: number };
    fval?: { fval?: string };
    boolval?: { boolval?: boolean };
  };
  return (
    sval?.sval ??
    fval?.fval ??
    (boolval === undefined ? String(ival?.ival ?? 0) : String(boolval.boolval === true))
  );
}

function lineOf(block: Block, at: number): number {
  return block.line + (block.text.slice(0, at).match(/\n/g) ?? []).length;
}
