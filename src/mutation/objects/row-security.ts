import { leafPartitionsOf } from '../../catalog/index.ts';
import { commands, type Draft, nothing } from '../mutant.ts';
import { ident, ruledRelations, type Source, schemaOf } from '../source.ts';

/** Row security off, and not forced, on each table; a partition that lies open, or comes so. Of partitions, the first and the last. */
export function* rowSecurityMutants(source: Source): Generator<Draft, void, void> {
  const { catalog, design } = source;
  const tables = ruledRelations(source).filter(
    ({ kind }) => kind === 'table' || kind === 'partitioned table',
  );
  for (const table of tables) {
    const root = table.identity;
    const leaves = leafPartitionsOf(catalog, root);
    const ends = [...new Set([leaves[0], leaves.at(-1)])].flatMap((leaf) =>
      leaf === undefined ? [] : [leaf],
    );
    for (const relation of [table, ...ends]) {
      const { identity } = relation;
      const draft = (operator: string, says: string, statement: string, before: string): Draft => ({
        operator,
        place: identity,
        object: identity,
        group: root,
        says,
        statement,
        before,
        after: statement,
        touches: {
          ...nothing,
          access: [{ relation: root, commands }],
          kinds: ['structure.row-security', 'structure.policies'],
        },
      });
      const off = `ALTER TABLE ${identity} DISABLE ROW LEVEL SECURITY`;
      if (relation.rowSecurity) {
        yield draft(
          'row-security-off',
          `row security of ${identity} is off`,
          off,
          `ALTER TABLE ${identity} ENABLE ROW LEVEL SECURITY`,
        );
      }
      if (relation.forceRowSecurity) {
        const statement = `ALTER TABLE ${identity} NO FORCE ROW LEVEL SECURITY`;
        yield draft(
          'not-forced',
          `row security of ${identity} does not bind its owner`,
          statement,
          `ALTER TABLE ${identity} FORCE ROW LEVEL SECURITY`,
        );
      }
      const parts = catalog.relations.filter(({ parent }) => parent === identity);
      const hasRoom =
        !relation.partitionKey?.startsWith('HASH') && !parts.some(({ bound }) => bound === 'DEFAULT');
      if (relation.kind === 'partitioned table' && hasRoom) {
        const added = `${schemaOf(identity)}.${ident(`${relation.name.slice(0, 40)}_attached`)}`;
        yield draft(
          'partition-attached',
          `a partition is attached to ${identity} that has no row security and is granted to requests`,
          `CREATE TABLE ${added} PARTITION OF ${identity} DEFAULT; GRANT SELECT, INSERT, UPDATE, DELETE ON ${added} TO ${ident(design.request.role)}`,
          '',
        );
      }
      if (relation !== table) {
        const grant = `GRANT SELECT, INSERT, UPDATE, DELETE ON ${identity} TO ${ident(design.request.role)}`;
        yield draft(
          'partition-open',
          `partition ${identity} has no row security and is granted to requests`,
          `${off}; ${grant}`,
          '',
        );
      }
    }
  }
}
