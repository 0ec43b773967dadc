import type { Facts } from './facts.ts';
import type { TableReport, Tax } from './model.ts';

/**
 * The taxes of each table: of the statements that touch it, the sum of their times with over the sum without, each weighted with its
 * share of everything. Statements whose rows differ without row security are left out: their ratio is not the price alone.
 */
export function tableReports(
  facts: readonly Facts[],
  hot: ReadonlyMap<string, number>,
): readonly TableReport[] {
  const tables = [
    ...new Set(facts.flatMap(({ tables: own, counted }) => [...own, ...(counted?.written ?? [])])),
  ].sort();
  return tables.flatMap((table) => {
    const own = facts.filter(
      ({ tables: named, counted }) => named.includes(table) || counted?.written.includes(table),
    );
    const rls = weighted(own, ({ rls: tax }) => (tax?.sameRows === true ? tax : null));
    // A table is audited by a trigger of its own, not because another's record goes into the trail.
    const audit = weighted(
      own.filter(({ counted }) => counted?.triggers.some((each) => each.table === table && each.calls > 0)),
      ({ audit: tax }) => tax,
    );
    const hotShare = hot.get(table) ?? null;
    return rls === null && audit === null && hotShare === null ? [] : [{ table, rls, audit, hotShare }];
  });
}

function weighted(facts: readonly Facts[], taxOf: (facts: Facts) => Tax | null): number | null {
  let withTax = 0;
  let without = 0;
  for (const each of facts) {
    const tax = taxOf(each);
    if (tax === null) continue;
    const weight = Math.max(each.share, 1e-6);
    withTax += weight;
    without += weight / tax.ratio;
  }
  return without > 0 ? withTax / without : null;
}
