import type { Command } from '../../catalog/catalog.ts';
import { columnsOf, leafPartitionsOf, privilegesOf } from '../../catalog/index.ts';
import { commands, type Draft, nothing } from '../mutant.ts';
import { ident, ruledRelations, type Source, schemaOf } from '../source.ts';

const onTables = ['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'TRUNCATE', 'REFERENCES', 'TRIGGER'] as const;
const onColumns = ['SELECT', 'INSERT', 'UPDATE'] as const;

/** Above so many, every n-th grant on a column is taken, by the order of the catalogue. */
const columnSample = 400;

/** Privileges too many for the request role: on each table and its first partition, and on each column that is withheld. */
export function* grantMutants(source: Source): Generator<Draft, void, void> {
  const { catalog, design } = source;
  const { role } = design.request;
  const columns: Draft[] = [];
  for (const table of ruledRelations(source)) {
    const isView = table.kind === 'view' || table.kind === 'materialized view';
    const [leaf] = leafPartitionsOf(catalog, table.identity);
    for (const relation of [table, ...(leaf === undefined ? [] : [leaf])]) {
      const held = privilegesOf(catalog, relation.identity, role);
      for (const privilege of onTables) {
        if (held.relation.has(privilege)) continue;
        const given = columnsOf(catalog, relation.identity).filter(({ generated }) => !generated);
        // A generated column takes no value, whoever may give one.
        if (privilege === 'INSERT' || privilege === 'UPDATE') {
          if (given.every(({ name }) => held.columns.get(name)?.has(privilege) === true)) continue;
        }
        if (isView && (privilege === 'TRUNCATE' || privilege === 'REFERENCES' || privilege === 'TRIGGER'))
          continue;
        if (table.kind === 'materialized view' && privilege !== 'SELECT') continue;
        yield grantMutant(relation.identity, table.identity, privilege, role);
      }
    }
    const held = privilegesOf(catalog, table.identity, role);
    if (table.kind === 'materialized view') continue;
    for (const { name, generated } of columnsOf(catalog, table.identity)) {
      for (const privilege of onColumns) {
        if (generated && privilege !== 'SELECT') continue;
        if (held.columns.get(name)?.has(privilege) === true) continue;
        columns.push(grantMutant(table.identity, table.identity, privilege, role, name));
      }
    }
  }
  const step = Math.ceil(columns.length / columnSample);
  yield* columns.filter((_, index) => index % step === 0);
}

function grantMutant(
  relation: string,
  root: string,
  privilege: (typeof onTables)[number],
  role: string,
  column?: string,
): Draft {
  const what = column === undefined ? privilege : `${privilege} (${ident(column)})`;
  // Without USAGE on the schema the grant would change nothing.
  const statement = `GRANT ${what} ON ${relation} TO ${ident(role)}`;
  return {
    operator: `granted-${privilege.toLowerCase()}`,
    place: column === undefined ? relation : `${relation}.${column}`,
    object: `grants on ${relation} to ${role}`,
    group: root,
    says: `${role} is granted ${what} on ${relation}`,
    statement: `GRANT USAGE ON SCHEMA ${schemaOf(relation)} TO ${ident(role)}; ${statement}`,
    before: '',
    after: statement,
    touches: {
      ...nothing,
      access: [{ relation: root, commands: commandsOf(privilege) }],
      kinds: ['structure.request-role'],
    },
  };
}

function commandsOf(privilege: (typeof onTables)[number]): readonly Command[] {
  if (privilege === 'TRUNCATE') return ['DELETE'];
  return privilege === 'REFERENCES' || privilege === 'TRIGGER' ? commands : [privilege];
}
