import type { Policy } from '../../catalog/catalog.ts';
import { policiesOf } from '../../catalog/lookup.ts';
import type { FindingCheck, Found } from '../check.ts';
import { bindsAll, commands, conditionsOf, coversCommand, treeOf } from '../evidence/policy-conditions.ts';
import { constantValue, partsOf, withoutPlaces } from '../expression.ts';
import { quotePart } from '../names.ts';
import { isTable, type Scene } from '../scene.ts';
import { ofPolicy } from '../subject.ts';

/**
 * Permissive policies are joined by OR. One whose condition is that of another and something more lets nobody in whom the
 * other does not: it was meant to restrict.
 */
export const policiesNoRestrictiveFloor: FindingCheck = {
  id: 'policies.no-restrictive-floor',
  find: (scene) =>
    scene.catalog.relations
      .filter((table) => isTable(table) && table.rowSecurity)
      .flatMap(({ identity }) => ofTable(scene, identity)),
};

function ofTable({ catalog }: Scene, identity: string): readonly Found[] {
  const permissive = policiesOf(catalog, identity).filter((policy) => policy.permissive);
  return permissive.flatMap((narrow, at): readonly Found[] => {
    const wide = permissive.find(
      (each, place) => each !== narrow && swallows({ catalog } as Scene, each, narrow, place < at),
    );
    if (wide === undefined) return [];
    return [
      {
        severity: 'warning',
        subject: ofPolicy(narrow),
        says: `policy ${narrow.name} on ${identity} restricts nothing: ${wide.name} lets in the same rows, and more`,
        why: 'permissive policies are joined by OR, so the wider one decides',
        fix: `make ${quotePart(narrow.name)} AS RESTRICTIVE (DROP POLICY, CREATE POLICY), or drop it`,
      },
    ];
  });
}

/** `earlier` breaks the tie between two that are alike. */
function swallows({ catalog }: Scene, wide: Policy, narrow: Policy, earlier: boolean): boolean {
  const covered = commands.filter((command) => coversCommand(narrow, command));
  if (!covered.every((command) => coversCommand(wide, command)) || !bindsAll(catalog, wide, narrow))
    return false;
  const [one, other] = [conditionsOf(wide), conditionsOf(narrow)];
  const pairs = [
    [one.old, other.old],
    [one.new, other.new],
  ].filter(([, text]) => text !== null);
  let strictly = false;
  for (const [wider = null, narrower = null] of pairs) {
    const [wideParts, narrowParts] = [partsIn(wider), partsIn(narrower)];
    if (wideParts === undefined || narrowParts === undefined) return false;
    if (!wideParts.every((part) => narrowParts.includes(part))) return false;
    strictly ||= narrowParts.length > wideParts.length;
  }
  return pairs.length > 0 && (strictly || narrow.command !== wide.command || earlier);

  function partsIn(text: string | null): readonly string[] | undefined {
    const tree = treeOf(catalog, text);
    // One that is always true is a finding of its own.
    if (tree === undefined || constantValue(tree) !== undefined) return undefined;
    return partsOf(tree, 'AND_EXPR').map(withoutPlaces);
  }
}
