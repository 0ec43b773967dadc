import type { Subject } from './check.ts';
import { rangeVar } from './names.ts';
import { namesOf, parseOne, type Tree } from './tree.ts';

/** A statement of migrations or of a document. Lines count from 1. */
export interface Located {
  readonly text: string;
  readonly file: string;
  readonly line: number;
}

export interface Place {
  readonly file: string;
  readonly line: number;
}

/** Where things were made. `made`: by the first statement; `last`: by the last that made or altered it. */
export interface Places {
  of(subject: Subject): { readonly made: Place; readonly last: Place } | undefined;
}

interface Touch {
  readonly kind: string;
  /** Parts of the name as written, the schema missing where it is not said. */
  readonly names: readonly string[];
  /** Of a policy or trigger. */
  readonly on?: readonly string[];
  /** Of a function: how many arguments. */
  readonly args?: number;
}

/**
 * An index of which statements made and altered what. What is made inside of a DO block or a function is not seen; then the
 * relation that it belongs to stands in. Needs `loadParser`.
 */
export function placesOf(statements: readonly Located[]): Places {
  const known = new Map<string, { made: Place; last: Place }>();
  const note = (key: string, { file, line }: Located) => {
    const found = known.get(key);
    if (found === undefined) known.set(key, { made: { file, line }, last: { file, line } });
    else found.last = { file, line };
  };
  for (const statement of statements) {
    const [kind, node] = parseOne(statement.text) ?? [];
    if (kind === undefined || node === undefined) continue;
    for (const touch of touchesOf(kind, node)) for (const key of keysOf(touch)) note(key, statement);
  }
  return {
    of(subject) {
      for (const key of searched(subject)) {
        const found = known.get(key);
        if (found !== undefined) return found;
      }
      return undefined;
    },
  };
}

/** By the name with its schema and without: which schema an unqualified name went to, only the search path knew. */
function keysOf({ kind, names, on, args }: Touch): readonly string[] {
  const name = names.at(-1) ?? '';
  const schema = names.at(-2) ?? null;
  const home = on === undefined ? [] : [on.at(-2) ?? null, on.at(-1) ?? ''];
  const bare = on === undefined ? [] : [null, on.at(-1) ?? ''];
  return [
    ...new Set([
      JSON.stringify([kind, schema, name, args ?? null, ...home]),
      JSON.stringify([kind, schema, name, null, ...home]),
      JSON.stringify([kind, null, name, null, ...bare]),
    ]),
  ];
}

function searched(subject: Subject): readonly string[] {
  const { kind, identity, name } = subject;
  const [schema = null, own = ''] = partsOf(identity);
  const relation = [
    JSON.stringify(['relation', schema, own, null]),
    JSON.stringify(['relation', null, own, null]),
  ];
  switch (kind) {
    case 'function': {
      const args = argumentsOf(identity);
      return [
        JSON.stringify(['function', schema, own, args]),
        JSON.stringify(['function', schema, own, null]),
        JSON.stringify(['function', null, own, null]),
      ];
    }
    case 'policy':
    case 'trigger':
      return [
        JSON.stringify([kind, null, name ?? '', null, schema, own]),
        JSON.stringify([kind, null, name ?? '', null, null, own]),
        ...relation,
      ];
    case 'index':
      return [
        JSON.stringify(['relation', schema, name ?? '', null]),
        JSON.stringify(['relation', null, name ?? '', null]),
        ...relation,
      ];
    case 'role':
      return [JSON.stringify(['role', null, identity, null])];
    case 'default privilege':
      return [JSON.stringify(['default privilege', null, name ?? '', null])];
    default:
      return relation;
  }
}

/** The first two parts of a quoted identity, unquoted. */
function partsOf(identity: string): readonly string[] {
  const found = /^("(?:[^"]|"")*"|[^".(]+)(?:\.("(?:[^"]|"")*"|[^".(]+))?/.exec(identity);
  return [found?.[1], found?.[2]].flatMap((part) =>
    part === undefined ? [] : [part.startsWith('"') ? part.slice(1, -1).replaceAll('""', '"') : part],
  );
}

/** How many arguments an identity such as `app.f(a integer, b numeric(1,2))` lists. */
function argumentsOf(identity: string): number {
  const open = identity.replace(/"(?:[^"]|"")*"/g, (name) => '_'.repeat(name.length)).indexOf('(');
  const list = identity
    .slice(open + 1, -1)
    .replace(/"(?:[^"]|"")*"/g, '_')
    .replace(/\([^()]*\)/g, '');
  return list.trim() === '' ? 0 : list.split(',').length;
}

const objectKinds: Readonly<Record<string, string>> = {
  OBJECT_FUNCTION: 'function',
  OBJECT_PROCEDURE: 'function',
  OBJECT_ROUTINE: 'function',
};

function touchesOf(kind: string, node: Tree): readonly Touch[] {
  switch (kind) {
    case 'CreateStmt':
    case 'CreateForeignTableStmt':
      return [ofRange(((node.base ?? node) as Tree).relation)];
    case 'CreateTableAsStmt':
      return [ofRange((node.into as Tree | undefined)?.rel)];
    case 'ViewStmt':
      return [ofRange(node.view)];
    case 'AlterTableStmt':
      return [ofRange(node.relation)];
    case 'RenameStmt':
      return node.relation === undefined ? [] : [ofRange(node.relation)];
    case 'IndexStmt': {
      const { schema } = rangeVar(node.relation);
      if (typeof node.idxname !== 'string') return [];
      return [{ kind: 'relation', names: [...(schema === undefined ? [] : [schema]), node.idxname] }];
    }
    case 'CreatePolicyStmt':
    case 'AlterPolicyStmt':
      return [{ kind: 'policy', names: [String(node.policy_name)], on: ofRange(node.table).names }];
    case 'CreateTrigStmt':
      return [{ kind: 'trigger', names: [String(node.trigname)], on: ofRange(node.relation).names }];
    case 'CreateFunctionStmt': {
      const inputs = ((node.parameters ?? []) as readonly { FunctionParameter?: { mode?: string } }[]).filter(
        (each) => !['FUNC_PARAM_OUT', 'FUNC_PARAM_TABLE'].includes(each.FunctionParameter?.mode ?? ''),
      );
      return [{ kind: 'function', names: namesOf(node.funcname), args: inputs.length }];
    }
    case 'AlterFunctionStmt':
      return [ofRoutine(node.func)];
    case 'AlterOwnerStmt': {
      const of = objectKinds[String(node.objectType)];
      const object = (node.object as { ObjectWithArgs?: unknown } | undefined)?.ObjectWithArgs;
      return of === undefined || object === undefined ? [] : [ofRoutine(object)];
    }
    case 'CreateRoleStmt':
      return [{ kind: 'role', names: [String(node.role)] }];
    case 'AlterRoleStmt':
      return [{ kind: 'role', names: [String((node.role as Tree | undefined)?.rolename ?? '')] }];
    case 'GrantRoleStmt':
      return rolesIn(node.grantee_roles).map((name) => ({ kind: 'role', names: [name] }));
    case 'AlterDefaultPrivilegesStmt':
      return rolesIn((node.action as Tree | undefined)?.grantees).map((name) => ({
        kind: 'default privilege',
        names: [name],
      }));
    default:
      return [];
  }
}

function ofRange(node: unknown): Touch {
  const { schema, name } = rangeVar(node);
  return { kind: 'relation', names: schema === undefined ? [name] : [schema, name] };
}

function ofRoutine(node: unknown): Touch {
  const { objname, objargs } = (node ?? {}) as { objname?: unknown; objargs?: readonly unknown[] };
  return { kind: 'function', names: namesOf(objname), args: (objargs ?? []).length };
}

function rolesIn(list: unknown): readonly string[] {
  return ((list ?? []) as readonly { RoleSpec?: { roletype?: string; rolename?: string } }[]).flatMap(
    ({ RoleSpec }) => (RoleSpec?.roletype === 'ROLESPEC_PUBLIC' ? ['PUBLIC'] : (RoleSpec?.rolename ?? [])),
  );
}
