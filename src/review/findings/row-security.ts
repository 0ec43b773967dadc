import type { Policy, Relation } from '../../catalog/catalog.ts';
import { leafPartitionsOf, policiesOf } from '../../catalog/lookup.ts';
import type { Finding } from '../model.ts';
import { about, type Live, type LiveCheck } from './live.ts';

/** Row security that is off, empty, not forced, or without a rule for new rows. */
export const rowSecurity: LiveCheck = (live) => {
  const tables = live.catalog.relations.filter(({ kind, parent }) => isTable(kind) && parent === null);
  const used = tables.some((table) => table.rowSecurity);
  return tables.flatMap((table) =>
    table.rowSecurity ? protectedTable(table, live) : used ? open(table, live) : [],
  );
};

function isTable(kind: Relation['kind']): boolean {
  return kind === 'table' || kind === 'partitioned table';
}

function open(table: Relation, live: Live): readonly Finding[] {
  return [
    about(
      'rls.missing',
      'warning',
      lineOf(table, live),
      table.identity,
      `${table.identity} has no row security, while other tables do`,
      `ALTER TABLE ${table.identity} ENABLE ROW LEVEL SECURITY, with policies; or say why every row is for everyone`,
    ),
  ];
}

function protectedTable(table: Relation, live: Live): readonly Finding[] {
  const { identity, forceRowSecurity } = table;
  const line = lineOf(table, live);
  const policies = policiesOf(live.catalog, identity);
  const leaves = leafPartitionsOf(live.catalog, identity).filter((leaf) => !leaf.rowSecurity);
  return [
    ...(policies.length > 0
      ? uncovered(table, policies, line)
      : [
          about(
            'rls.no-policy',
            'warning',
            line,
            identity,
            `${identity} has row security and no policy: nobody but its owner sees or writes a row`,
            'write its policies',
          ),
        ]),
    ...(forceRowSecurity
      ? []
      : [
          about(
            'rls.not-forced',
            'note',
            line,
            identity,
            `the owner of ${identity} is not bound by its policies`,
            `ALTER TABLE ${identity} FORCE ROW LEVEL SECURITY, if the application logs in as the owner`,
          ),
        ]),
    ...(leaves.length === 0
      ? []
      : [
          about(
            'rls.partitions-open',
            'note',
            line,
            identity,
            `row security of ${identity} does not hold for its ${leaves.length} partitions when they are asked by name`,
            'grant nothing on partitions, or enable it on each',
          ),
        ]),
    ...policies.flatMap((policy) => newRows(policy, table, live)),
  ];
}

/** Commands that no policy permits. */
function uncovered({ identity }: Relation, policies: readonly Policy[], line: number): readonly Finding[] {
  const permissive = policies.filter((policy) => policy.permissive);
  const lacking = (['SELECT', 'INSERT', 'UPDATE', 'DELETE'] as const).filter(
    (command) => !permissive.some((policy) => policy.command === 'ALL' || policy.command === command),
  );
  if (lacking.length === 0) return [];
  return [
    about(
      'rls.command-without-policy',
      'note',
      line,
      identity,
      `no policy of ${identity} permits ${lacking.join(', ')}`,
      'write one, or say that nobody may',
    ),
  ];
}

function newRows(policy: Policy, table: Relation, { origins }: Live): readonly Finding[] {
  if (policy.withCheck !== null || (policy.command !== 'UPDATE' && policy.command !== 'ALL')) return [];
  return [
    about(
      'rls.no-with-check',
      'note',
      origins.ofPolicy(table.schema, table.name, policy.name),
      `${policy.name} on ${table.identity}`,
      `${policy.name} has no WITH CHECK: what may be seen by USING may also be written, in every column`,
      'say in WITH CHECK which new rows are right',
    ),
  ];
}

function lineOf({ schema, name }: Relation, { origins }: Live): number {
  return origins.of('relation', schema, name);
}
