import type { Policy } from '../../catalog/catalog.ts';
import type { FindingCheck, Found } from '../check.ts';
import { bodies, functionsByIdentity } from '../evidence/function-bodies.ts';
import { treeOf } from '../evidence/policy-conditions.ts';
import { kindOf, partsOf } from '../expression.ts';
import { quotePart } from '../names.ts';
import type { Scene } from '../scene.ts';
import { ofPolicy } from '../subject.ts';
import { constantOf, namesOf, nodesOf } from '../tree.ts';

/**
 * What happens where nobody is there: current_setting gives NULL before a setting was ever set on a connection, and ''
 * once a transaction that set it has ended.
 */
export const settingsUnset: FindingCheck = {
  id: 'settings.unset',
  find: (scene) => [
    ...scene.catalog.policies.flatMap((policy) => ofOne(scene, policy)),
    ...inFunctions(scene),
  ],
};

function ofOne({ catalog }: Scene, policy: Policy): readonly Found[] {
  const subject = ofPolicy(policy);
  for (const text of [policy.using, policy.withCheck]) {
    // Most conditions ask a function, and need no look at their trees.
    if (text?.includes('current_setting') !== true) continue;
    const tree = treeOf(catalog, text);
    if (tree === undefined) continue;
    const open =
      policy.permissive &&
      partsOf(tree, 'OR_EXPR').some((branch) => partsOf(branch, 'AND_EXPR').every(holdsUnset));
    if (open || defaultsTo(tree)) {
      return [
        {
          severity: 'error',
          subject,
          says: `policy ${policy.name} on ${policy.relation} lets rows through where the setting of the session is unset or empty`,
          why: 'a connection on which nobody has signed in, or has signed out, reads as if it might',
          fix: `ALTER POLICY ${quotePart(policy.name)} ON ${policy.relation}: compare with nullif(current_setting(…, true), '') alone`,
        },
      ];
    }
    const name = castOfSetting(tree);
    if (name !== undefined) {
      return [
        {
          severity: 'warning',
          subject,
          says: `policy ${policy.name} on ${policy.relation} casts the setting ${name} as it is`,
          why: "after a transaction that set it the setting is '', and the cast fails with an error instead of finding no rows",
          fix: `ALTER POLICY ${quotePart(policy.name)} ON ${policy.relation}: nullif(current_setting('${name}', true), '')::…`,
        },
      ];
    }
  }
  return [];
}

/** `current_setting(…) IS NULL`, `… = ''`, with or without nullif and coalesce around it. */
function holdsUnset(part: unknown): boolean {
  const [kind, fields] = kindOf(part);
  if (kind === 'NullTest') return fields.nulltesttype === 'IS_NULL' && isSetting(fields.arg);
  if (kind !== 'A_Expr' || namesOf(fields.name).at(-1) !== '=') return false;
  return [
    [fields.lexpr, fields.rexpr],
    [fields.rexpr, fields.lexpr],
  ].some(([one, other]) => isSetting(one) && textOf(other) === '');
}

function isSetting(node: unknown): boolean {
  const [kind, fields] = kindOf(node);
  if (kind === 'TypeCast') return isSetting(fields.arg);
  if (kind === 'A_Expr' && fields.kind === 'AEXPR_NULLIF') return isSetting(fields.lexpr);
  if (kind === 'CoalesceExpr') return isSetting((fields.args as readonly unknown[])[0]);
  if (kind === 'SubLink' && fields.subLinkType === 'EXPR_SUBLINK') {
    const targets = kindOf(fields.subselect)[1].targetList as
      | readonly { ResTarget?: { val?: unknown } }[]
      | undefined;
    return isSetting(targets?.[0]?.ResTarget?.val);
  }
  return kind === 'FuncCall' && namesOf(fields.funcname).at(-1) === 'current_setting';
}

/** The text of a constant, cast or not; the empty one is printed without a value. */
function textOf(node: unknown): string | undefined {
  const [kind, fields] = kindOf(node);
  if (kind === 'TypeCast') return textOf(fields.arg);
  if (kind !== 'A_Const' || fields.isnull === true) return undefined;
  return constantOf(node) ?? ('sval' in fields ? '' : undefined);
}

/** `coalesce(current_setting(…), <column or constant>)` as one side of a comparison: somebody else, by default. */
function defaultsTo(tree: unknown): boolean {
  return nodesOf(tree, 'CoalesceExpr').some(({ args }) => {
    const [first, second] = args as readonly unknown[];
    const text = textOf(second);
    const constant = kindOf(second)[0] === 'ColumnRef' || (text !== undefined && text !== '');
    return isSetting(first) && constant && !/^(?:0{8}-|false$|f$|-?\d+$)/.test(text ?? 'x');
  });
}

const textual = new Set(['text', 'varchar', 'bpchar', 'name', 'citext', 'char']);

/** The name of a setting that is cast to something that '' is none of. */
function castOfSetting(tree: unknown): string | undefined {
  for (const { arg, typeName } of nodesOf(tree, 'TypeCast')) {
    const [kind, fields] = kindOf(unwrapped(arg));
    if (kind !== 'FuncCall' || namesOf(fields.funcname).at(-1) !== 'current_setting') continue;
    if (textual.has(namesOf((typeName as { names?: unknown } | undefined)?.names).at(-1) ?? '')) continue;
    const name = textOf((fields.args as readonly unknown[])[0]) ?? '';
    if (name.includes('.')) return name;
  }
  return undefined;
}

function unwrapped(node: unknown): unknown {
  const [kind, fields] = kindOf(node);
  const textCast =
    kind === 'TypeCast' &&
    textual.has(namesOf((fields.typeName as { names?: unknown } | undefined)?.names).at(-1) ?? '');
  return textCast ? unwrapped(fields.arg) : node;
}

const cast =
  /(?<!nullif\s*\(\s*(?:pg_catalog\s*\.\s*)?)\bcurrent_setting\s*\(\s*'([\w.]+)'\s*(?:,\s*\w+\s*)?\)\s*::\s*(?!text\b|varchar\b|name\b|character)\w+/i;

function inFunctions({ catalog }: Scene): readonly Found[] {
  return [...bodies(catalog)].flatMap(([identity, body]): readonly Found[] => {
    const name = cast.exec(body)?.[1];
    const routine = functionsByIdentity(catalog).get(identity);
    // A body that catches errors has an answer to them.
    if (name === undefined || !name.includes('.') || /\bEXCEPTION\s+WHEN\b/i.test(body)) return [];
    if (routine === undefined || routine.kind === 'aggregate') return [];
    return [
      {
        severity: 'warning',
        subject: { kind: 'function', identity },
        says: `${identity} casts the setting ${name} as it is`,
        why: "after a transaction that set it the setting is '', and the cast fails with an error instead of finding nobody",
        fix: `in ${identity}: nullif(current_setting('${name}', true), '')::…`,
      },
    ];
  });
}
