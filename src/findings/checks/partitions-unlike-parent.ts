import type { Catalog, Policy, Relation } from '../../catalog/catalog.ts';
import { policiesOf, relation } from '../../catalog/lookup.ts';
import type { FindingCheck, Found } from '../check.ts';
import { mayDo, requestRoles } from '../evidence/request-roles.ts';
import { quotePart } from '../names.ts';
import { isTable } from '../scene.ts';
import { ofRelation } from '../subject.ts';

/** Row security, policies and the absence of grants are not inherited: a partition asked by name stands for itself. */
export const partitionsUnlikeParent: FindingCheck = {
  id: 'partitions.unlike-parent',
  find({ catalog, of }) {
    const silent = of === 'document' && requestRoles(catalog).length === 0;
    const open = new Set<string>();
    return catalog.relations
      .filter((each) => isTable(each) && each.root !== null)
      .flatMap((partition): readonly Found[] => {
        const root = relation(catalog, partition.root ?? '');
        if (root === undefined) return [];
        if (silent) {
          if (!root.rowSecurity || partition.rowSecurity || open.has(root.identity)) return [];
          open.add(root.identity);
          const says = `row security of ${root.identity} does not hold for its partitions when they are asked by name`;
          const fix = 'grant nothing on partitions, or enable row security on each';
          return [
            { severity: 'note', subject: ofRelation(root.identity), says, why: 'it is not inherited', fix },
          ];
        }
        return requestRoles(catalog)
          .flatMap((role) => ofRole(catalog, partition, root, role))
          .slice(0, 1);
      });
  },
};

function ofRole(catalog: Catalog, partition: Relation, root: Relation, role: string): readonly Found[] {
  const may = [...mayDo(catalog, partition.identity, role)];
  const subject = ofRelation(partition.identity);
  const fix = `REVOKE ALL ON ${partition.identity} FROM ${quotePart(role)}: it is reached through ${root.identity}`;
  if (may.length === 0) return [];
  if (root.rowSecurity && !partition.rowSecurity) {
    const says = `${role} may ask ${partition.identity} by name, where row security is off; ${root.identity} has it`;
    const why = 'row security of a parent does not hold for a partition that is asked by name';
    return [{ severity: 'error', subject, says, why, fix }];
  }
  const more = may.filter((privilege) => !mayDo(catalog, root.identity, role).has(privilege));
  if (more.length > 0) {
    const says = `${role} has ${more.join(', ')} on ${partition.identity}, and not on ${root.identity}`;
    return [
      { severity: 'warning', subject, says, why: 'what the parent refuses, the partition allows', fix },
    ];
  }
  const mine = policiesOf(catalog, partition.identity).filter(({ permissive }) => permissive);
  const parents = new Set(policiesOf(catalog, root.identity).map((policy) => sameness(policy, root)));
  const other = mine.find((policy) => !parents.has(sameness(policy, partition)));
  if (other === undefined || !root.rowSecurity) return [];
  const says = `policy ${other.name} on ${partition.identity} is none of those of ${root.identity}`;
  return [
    { severity: 'warning', subject, says, why: 'the two ways to a row do not have the same rules', fix },
  ];
}

/** What a policy says, apart from its name and from the name of its table. */
function sameness({ command, roles, using, withCheck }: Policy, { identity, name }: Relation): string {
  const plain = (text: string | null) =>
    text?.replaceAll(identity, '@').replaceAll(`${quotePart(name)}.`, '@.') ?? null;
  return JSON.stringify([command, roles, plain(using), plain(withCheck)]);
}
