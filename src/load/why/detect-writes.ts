import type { Catalog } from '../../catalog/catalog.ts';
import { relation } from '../../catalog/lookup.ts';
import type { Query } from '../../catalog/query.ts';
import { percent, touching } from './detect-policies.ts';
import { type Facts, short, times } from './facts.ts';
import { isSlower } from './pairs.ts';
import { quotePart } from './quote.ts';
import type { Remedy } from './remedy.ts';
import type { AuditTrigger } from './taxes.ts';
import { type UpdateCounts, unreadIndexes } from './upkeep.ts';

/** Indexes of written tables that nothing reads by. */
export async function unreadUpkeep(
  query: Query,
  catalog: Catalog,
  facts: readonly Facts[],
): Promise<readonly Remedy[]> {
  const written = [...new Set(facts.flatMap(({ counted }) => counted?.written ?? []))];
  const oids = written.flatMap((table) => relation(catalog, table)?.oid ?? []);
  const unread = await unreadIndexes(query, oids);
  return [...new Set(unread.map(({ table }) => table))].map((table): Remedy => {
    const own = unread.filter((each) => each.table === table);
    const drops = own.map(({ index }) => `DROP INDEX ${index}`);
    return {
      kind: 'index-upkeep',
      table,
      says: `each write to ${table} keeps up ${own.length === 1 ? 'an index' : `${own.length} indexes`} that nothing has read by: ${own.map(({ index }) => index.split('.').at(-1)).join(', ')}`,
      evidence: {
        indexes: own.length,
        gin: own.filter(({ method }) => method === 'gin').length,
        bytes: own.reduce((sum, { bytes }) => sum + bytes, 0),
      },
      fix: drops.map((sql) => `${sql};`).join('\n'),
      caution:
        'only those that no other work reads by: reports, searches, jobs; else fewer, or on a copy of the table',
      change: drops,
      untried: null,
      statements: facts
        .filter(({ counted }) => counted?.written.includes(table) ?? false)
        .map(({ statement }) => statement.name),
      share: 0,
    };
  });
}

/** What the audit costs, and row triggers that fire more than once a statement. */
export function triggerRemedies(
  catalog: Catalog,
  facts: readonly Facts[],
  audit: readonly AuditTrigger[],
): readonly Remedy[] {
  const isAudit = (table: string, name: string) =>
    audit.some((each) => each.table === table && each.name === name);
  return facts.flatMap(({ statement, counted, audit: tax, share }): readonly Remedy[] => {
    if (counted === undefined) return [];
    const executionMs = counted.explained.executionMs ?? 0;
    const found: Remedy[] = [];
    const own = counted.triggers.filter(({ table, name }) => isAudit(table, name));
    const common = {
      change: null,
      statements: [statement.name],
      caution: 'the claims about the audit must stay green: prove them again',
    };
    if (tax !== null && own.length > 0 && isSlower(tax)) {
      const calls = own.reduce((sum, each) => sum + each.calls, 0);
      found.push({
        ...common,
        kind: 'audit-cost',
        table: own[0]?.table ?? null,
        says: `${statement.name} takes ${times(tax)} as long for its audit: ${own.map(({ name }) => quotePart(name)).join(', ')} fired ${calls === 1 ? 'once' : `${calls} times`}`,
        evidence: { withMs: tax.aMs, withoutMs: tax.bMs, fired: calls },
        fix:
          calls > 1
            ? 'a trigger FOR EACH STATEMENT with transition tables (REFERENCING NEW TABLE AS …), which writes all records by one INSERT … SELECT'
            : 'less in the trigger and fewer indexes on the trail',
        untried: 'the audit is not left out; what it may gain is at most the tax',
        share: share * (1 - 1 / tax.ratio),
      });
    }
    for (const { table, name, calls, ms } of counted.triggers) {
      const trigger = catalog.triggers.find((each) => each.relation === table && each.name === name);
      if (trigger?.level !== 'ROW' || trigger.timing !== 'AFTER' || calls < 2 || isAudit(table, name))
        continue;
      if (ms < executionMs * 0.05) continue;
      found.push({
        ...common,
        kind: 'row-trigger',
        table,
        says: `${statement.name} fires ${quotePart(name)} on ${table} ${calls} times: ${percent(Math.min(1, ms / executionMs))} of its time`,
        evidence: { calls, triggerMs: ms, executionMs },
        fix: `make ${quotePart(name)} FOR EACH STATEMENT with transition tables, and ${trigger.function} work on all rows at once`,
        caution: 'statement triggers see all rows after all changes',
        untried: 'it takes another function',
        share: share * Math.min(1, ms / executionMs),
      });
    }
    return found;
  });
}

const manyUpdates = 100;

/** Tables whose updates mostly need new index entries. */
export function hotRemedies(
  catalog: Catalog,
  facts: readonly Facts[],
  before: UpdateCounts,
  after: UpdateCounts,
): { readonly shares: ReadonlyMap<string, number>; readonly remedies: readonly Remedy[] } {
  const shares = new Map<string, number>();
  const remedies: Remedy[] = [];
  for (const [oid, now] of after) {
    const then = before.get(oid) ?? { updates: 0, hot: 0 };
    const updates = now.updates - then.updates;
    const table = catalog.relations.find((each) => String(each.oid) === oid);
    if (table === undefined || updates < manyUpdates) continue;
    const share = Math.min(1, Math.max(0, now.hot - then.hot) / updates);
    shares.set(table.identity, share);
    const statements = touching(facts, table.identity);
    if (share >= 0.5 || statements.length === 0) continue;
    remedies.push({
      kind: 'hot-updates',
      table: table.identity,
      says: `${percent(1 - share)} of ${updates} updates of ${table.identity} needed new entries in its indexes`,
      evidence: { updates, hotShare: short(share) },
      fix:
        table.kind === 'partitioned table'
          ? `ALTER TABLE … SET (fillfactor = 85) on each partition of ${table.identity}; and no index on what updates change`
          : `ALTER TABLE ${table.identity} SET (fillfactor = 85); and no index on what updates change`,
      caution: 'takes effect for pages written from then on',
      change: null,
      untried: 'it shows only when the table has been written anew',
      statements,
      share: 0,
    });
  }
  return { shares, remedies };
}
