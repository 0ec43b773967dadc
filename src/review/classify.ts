import { nodesOf, parseOne, type Tree } from '../findings/tree.ts';
import type { Role } from './model.ts';

export interface Class {
  readonly role: Role;
  /** `CreateStmt`, …; undefined when it does not parse. */
  readonly kind?: string;
  /** A template with its placeholders as PostgreSQL has them. */
  readonly prepared?: string;
  /** Why it is not run, although it is SQL. */
  readonly refusal?: string;
}

const verbs = new Set(
  `abort alter analyze begin call checkpoint close cluster comment commit copy create deallocate declare delete discard
   do drop end execute explain fetch grant import insert listen load lock merge move notify prepare reassign refresh
   reindex release reset revoke rollback savepoint security select set show start table truncate unlisten update vacuum
   values with`.split(/\s+/),
);

const withParameters = new Set(['SelectStmt', 'InsertStmt', 'UpdateStmt', 'DeleteStmt', 'MergeStmt']);

/** Statements that reach outside the scratch database. */
const refused: Readonly<Record<string, string>> = {
  CreatedbStmt: 'makes another database',
  DropdbStmt: 'drops a database',
  AlterDatabaseStmt: 'changes the database itself',
  AlterSystemStmt: "changes the server's configuration; its value is checked as a setting",
  CreateTableSpaceStmt: 'needs a folder of the server',
  DropTableSpaceStmt: 'drops a tablespace of the server',
  AlterTableSpaceOptionsStmt: 'changes a tablespace of the server',
  LoadStmt: 'loads a library into the server',
  CreateFdwStmt: 'reaches outside the database',
  CreateForeignServerStmt: 'reaches outside the database',
  CreateUserMappingStmt: 'reaches outside the database',
  ImportForeignSchemaStmt: 'reaches outside the database',
  CreateSubscriptionStmt: 'reaches another server',
  AlterSubscriptionStmt: 'reaches another server',
  CreateEventTrigStmt: 'needs a superuser',
  CreatePLangStmt: 'needs a superuser',
  SecLabelStmt: 'needs a label provider',
  CheckPointStmt: 'needs a superuser',
  AlterRoleSetStmt: 'changes sessions to come of a role; its value is checked as a setting',
};

/** Tells statements from templates, documentation and commands of psql, and which must not be run. */
export function classify(text: string): Class {
  if (text.startsWith('\\')) return { role: 'psql', refusal: 'a command of psql, not SQL' };
  const parsed = parseOne(text);
  if (parsed === undefined) return unparsed(text);
  const [kind, node] = parsed;
  const refusal = refusalOf(kind, node);
  return {
    role: withParameters.has(kind) && nodesOf(node, 'ParamRef').length > 0 ? 'template' : 'statement',
    kind,
    ...(refusal === undefined ? {} : { refusal }),
  };
}

function refusalOf(kind: string, node: Tree): string | undefined {
  if (kind === 'CopyStmt') {
    if (node.is_program === true) return 'runs a program on the server';
    if (node.filename !== undefined) return 'reads or writes a file of the server';
    if (node.is_from === true) return 'its rows come from a client';
    return undefined;
  }
  if (kind === 'RenameStmt' && node.renameType === 'OBJECT_DATABASE') return 'changes the database itself';
  return refused[kind];
}

/** SQL that ends in \gexec and the like is sent by psql alone. */
function psqlEnd(text: string): { readonly refusal?: string } {
  return /\\(?:g\w*|crosstabview|watch)\b[^\n']*$/.test(text) ? { refusal: 'ends in a command of psql' } : {};
}

function unparsed(text: string): Class {
  const end = psqlEnd(text);
  if (end.refusal !== undefined) return { role: 'psql', ...end };
  const prepared = numbered(text);
  if (prepared !== undefined) return { role: 'template', prepared };
  return { role: isFragment(text) ? 'fragment' : 'statement' };
}

/** `:name`, `@name`, `%s` and `?` of drivers as $1, $2, …, where that makes it parse. */
function numbered(text: string): string | undefined {
  const names: string[] = [];
  const changed = text.replace(
    /'(?:[^']|'')*'|"[^"]*"|--[^\n]*|::\w+|(?<![:\w]):[a-z_]\w*|@[a-z_]\w*|%\(\w+\)s|%s|\?(?![|&?])/gi,
    (found) => {
      if (/^(?:'|"|--|::)/.test(found)) return found;
      // Each ? and %s is one of its own.
      if (!names.includes(found) || found === '?' || found === '%s') names.push(found);
      return `$${found === '?' || found === '%s' ? names.length : names.indexOf(found) + 1}`;
    },
  );
  const [kind] = names.length === 0 ? [] : (parseOne(changed) ?? []);
  return kind !== undefined && withParameters.has(kind) ? changed : undefined;
}

/** Column lists, `...` and <placeholders>: written for readers, not for a server. */
function isFragment(text: string): boolean {
  const code = text
    .replace(/'(?:[^']|'')*'/g, "''")
    .replace(/(\$\w*\$)[\s\S]*?\1/g, "''")
    .replace(/--[^\n]*/g, '')
    .replace(/\/\*[\s\S]*?\*\//g, '')
    .trim();
  const first = /^[a-z]+/i.exec(code)?.[0]?.toLowerCase() ?? '';
  if (!verbs.has(first)) return /^["\w]/.test(code) || code.startsWith('...') || code.startsWith('…');
  return /\.{3}|…|<[a-z][\w -]*>|\{\{?[a-z][\w -]*\}\}?|\[[a-z][\w -]*\]/i.test(code);
}
