import pg from 'pg';
import { namesOf, nodesOf, parseOne, type Tree } from './tree.ts';

export type ObjectKind =
  | 'relation'
  | 'type'
  | 'function'
  | 'role'
  | 'schema'
  | 'extension'
  | 'column'
  | 'other';

/** An object as a statement or an error names it. `of`: the relation of a column. */
export interface ObjectName {
  readonly kind: ObjectKind;
  readonly schema?: string;
  readonly name: string;
  readonly of?: string;
}

/** What a statement would make. A statement that does not parse is read by its first words. */
export function madeBy(sql: string): readonly ObjectName[] {
  const parsed = parseOne(sql);
  return parsed === undefined ? madeByWords(sql) : madeByTree(...parsed);
}

function madeByTree(kind: string, node: Tree): readonly ObjectName[] {
  switch (kind) {
    case 'CreateStmt':
    case 'CreateForeignTableStmt': {
      const base = (node.base ?? node) as Tree;
      return [rangeVar(base.relation)];
    }
    case 'CreateTableAsStmt':
      return [rangeVar((node.into as Tree | undefined)?.rel)];
    case 'ViewStmt':
      return [rangeVar(node.view)];
    case 'CreateSeqStmt':
      return [rangeVar(node.sequence)];
    case 'IndexStmt':
      return typeof node.idxname === 'string'
        ? [{ ...rangeVar(node.relation), kind: 'relation', name: node.idxname }]
        : [];
    case 'CreateEnumStmt':
    case 'CreateRangeStmt':
      return [qualified('type', namesOf(node.typeName))];
    case 'CreateDomainStmt':
      return [qualified('type', namesOf(node.domainname))];
    case 'CompositeTypeStmt':
      return [{ ...rangeVar(node.typevar), kind: 'type' }];
    case 'CreateFunctionStmt':
      return [qualified('function', namesOf(node.funcname))];
    case 'CreateRoleStmt':
      return [{ kind: 'role', name: String(node.role) }];
    case 'CreateSchemaStmt':
      return [{ kind: 'schema', name: String(node.schemaname) }];
    case 'CreateExtensionStmt':
      return [{ kind: 'extension', name: String(node.extname) }];
    case 'CreateTrigStmt':
      return [{ kind: 'other', name: String(node.trigname) }];
    case 'CreatePolicyStmt':
      return [{ kind: 'other', name: String(node.policy_name) }];
    case 'AlterTableStmt': {
      const relation = rangeVar(node.relation);
      const added = nodesOf(node.cmds, 'AlterTableCmd').filter(({ subtype }) => subtype === 'AT_AddColumn');
      return nodesOf(added, 'ColumnDef').map((column) => ({
        kind: 'column',
        name: String(column.colname),
        of: relation.name,
      }));
    }
    default:
      return [];
  }
}

const words =
  /^\s*(?:--[^\n]*\n\s*|\/\*[\s\S]*?\*\/\s*)*CREATE\s+(?:OR\s+REPLACE\s+)?(?:UNIQUE\s+|UNLOGGED\s+|TEMP(?:ORARY)?\s+|GLOBAL\s+|LOCAL\s+|RECURSIVE\s+)*(TABLE|VIEW|MATERIALIZED\s+VIEW|INDEX|SEQUENCE|TYPE|DOMAIN|FUNCTION|PROCEDURE|ROLE|USER|SCHEMA|EXTENSION)\s+(?:CONCURRENTLY\s+)?(?:IF\s+NOT\s+EXISTS\s+)?((?:"[^"]+"|[\w$]+)(?:\s*\.\s*(?:"[^"]+"|[\w$]+))?)/i;

function madeByWords(sql: string): readonly ObjectName[] {
  const [, what = '', name = ''] = words.exec(sql) ?? [];
  if (name === '') return [];
  const parts = [...name.matchAll(/"([^"]+)"|([\w$]+)/g)].map(
    ([, quoted, bare]) => quoted ?? bare?.toLowerCase() ?? '',
  );
  const kinds: Readonly<Record<string, ObjectKind>> = {
    type: 'type',
    domain: 'type',
    function: 'function',
    procedure: 'function',
    role: 'role',
    user: 'role',
    schema: 'schema',
    extension: 'extension',
  };
  return [qualified(kinds[what.toLowerCase()] ?? 'relation', parts)];
}

/** A RangeVar as a name. */
export function rangeVar(node: unknown): ObjectName {
  const { schemaname, relname } = (node ?? {}) as { schemaname?: string; relname?: string };
  return {
    kind: 'relation',
    name: relname ?? '',
    ...(schemaname === undefined ? {} : { schema: schemaname }),
  };
}

function qualified(kind: ObjectKind, parts: readonly string[]): ObjectName {
  const name = parts.at(-1) ?? '';
  const schema = parts.at(-2);
  return schema === undefined ? { kind, name } : { kind, name, schema };
}

/** An object as SQL names it, in quotes where it needs them: reserved words do too. */
export function quoteName({ schema, name }: { readonly schema?: string; readonly name: string }): string {
  return [schema, name].flatMap((part) => (part === undefined ? [] : quotePart(part))).join('.');
}

export function quotePart(part: string): string {
  const plain = /^[a-z_][a-z0-9_]*$/.test(part) && parseOne(`SELECT FROM ${part}`) !== undefined;
  return plain ? part : pg.escapeIdentifier(part);
}

/** Same object, as far as the names tell: an unqualified name may be in any schema. */
export function sameObject(one: ObjectName, other: ObjectName): boolean {
  return (
    one.kind === other.kind &&
    one.name === other.name &&
    (one.schema === undefined || other.schema === undefined || one.schema === other.schema) &&
    (one.of === undefined || other.of === undefined || one.of === other.of)
  );
}
