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

const provedAgain = 'the claims about the audit must stay green: prove them again';

/** What the audit of each table costs, by the statement that it costs most. */
export function auditRemedies(facts: readonly Facts[], audit: readonly AuditTrigger[]): readonly Remedy[] {
  return [...new Set(audit.map(({ table }) => table))].flatMap((table): readonly Remedy[] => {
    const own = facts
      .flatMap(({ statement, counted, audit: tax, share }) => {
        const fired = (counted?.triggers ?? []).filter(
          (each) => each.table === table && isAudit(audit, each),
        );
        if (tax === null || fired.length === 0 || !isSlower(tax)) return [];
        return [{ statement, tax, fired, share: share * (1 - 1 / tax.ratio) }];
      })
      .sort((one, other) => other.share - one.share);
    const [worst] = own;
    if (worst === undefined) return [];
    const calls = worst.fired.reduce((sum, each) => sum + each.calls, 0);
    return [
      {
        kind: 'audit-cost',
        table,
        says: `${worst.statement.name} takes ${times(worst.tax)} as long for the audit of ${table}: ${worst.fired.map(({ name }) => quotePart(name)).join(', ')} fired ${calls === 1 ? 'once' : `${calls} times`}`,
        evidence: { withMs: worst.tax.aMs, withoutMs: worst.tax.bMs, fired: calls, statements: own.length },
        fix:
          calls > 1
            ? 'a trigger FOR EACH STATEMENT with transition tables (REFERENCING NEW TABLE AS …), which writes all records by one INSERT … SELECT'
            : 'less in the trigger and fewer indexes on the trail',
        caution: provedAgain,
        change: null,
        untried: 'the audit is not left out; what it may gain is at most the tax',
        statements: own.map(({ statement }) => statement.name),
        share: own.reduce((sum, each) => sum + each.share, 0),
      },
    ];
  });
}

/** Row triggers, but for those of the audit, that fire more than once a statement and are felt. */
export function rowTriggers(
  catalog: Catalog,
  facts: readonly Facts[],
  audit: readonly AuditTrigger[],
): readonly Remedy[] {
  return facts.flatMap(({ statement, counted, share }) => {
    const executionMs = counted?.explained.executionMs ?? 0;
    return (counted?.triggers ?? []).flatMap((each): readonly Remedy[] => {
      const { table, name, calls, ms } = each;
      const trigger = catalog.triggers.find((known) => known.relation === table && known.name === name);
      if (trigger?.level !== 'ROW' || trigger.timing !== 'AFTER' || calls < 2 || isAudit(audit, each))
        return [];
      const part = executionMs > 0 ? Math.min(1, ms / executionMs) : 0;
      if (part < 0.05) return [];
      return [
        {
          kind: 'row-trigger',
          table,
          says: `${statement.name} fires ${quotePart(name)} on ${table} ${calls} times: ${percent(part)} of its time`,
          evidence: { calls, triggerMs: ms, executionMs },
          fix: `make ${quotePart(name)} FOR EACH STATEMENT with transition tables, and ${trigger.function} work on all rows at once`,
          caution: 'statement triggers see all rows after all changes',
          change: null,
          untried: 'it takes another function',
          statements: [statement.name],
          share: share * part,
        },
      ];
    });
  });
}

function isAudit(audit: readonly AuditTrigger[], { table, name }: AuditTrigger): boolean {
  return audit.some((each) => each.table === table && each.name === name);
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
