import type pg from 'pg';
import type { Catalog } from '../../catalog/catalog.ts';
import type { Query } from '../../catalog/query.ts';
import type { Actor, Request } from '../../design/design.ts';
import type { AuditRules } from '../../design/rules.ts';
import type { DeckHeader, DeckTransaction } from '../deck/model.ts';
import { resolvable } from './detect-helpers.ts';
import { heapFetches, lostIndexes, missingIndexes } from './detect-plans.ts';
import { costlyHelpers, perRowCalls, volatileHelpers } from './detect-policies.ts';
import { auditRemedies, hotRemedies, rowTriggers, unreadUpkeep } from './detect-writes.ts';
import type { Facts } from './facts.ts';
import { byShare, findingsOf } from './findings.ts';
import { asActors, measure } from './measure.ts';
import { type StatementReport, type WhyReport, whySchema } from './model.ts';
import { planFindings } from './plan-findings.ts';
import type { PoolerWays } from './pooler.ts';
import { probesOf } from './probe.ts';
import { Rig } from './rig.ts';
import { reportOf, withShares } from './shares.ts';
import { loadParser } from './sql-tree.ts';
import type { LoadCounters } from './statements.ts';
import { tableReports } from './tables.ts';
import { auditTriggersOf, withoutRowSecurity } from './taxes.ts';
import { pooledFinding, throughPooler } from './through-pooler.ts';
import type { UpdateCounts } from './upkeep.ts';

/** A database to be asked why it is slow, and what it is asked by. */
export interface WhyInput {
  readonly design: {
    readonly name: string;
    readonly request: Request;
    readonly audit?: AuditRules | undefined;
  };
  readonly catalog: Catalog;
  readonly actors: readonly Actor[];
  readonly header: DeckHeader;
  /** What the mix sends: the parameters come from it, and the weights where pg_stat_statements has none. */
  readonly transactions: Iterable<DeckTransaction>;
  /** Between two looks at pg_stat_statements with a load in between; undefined where there was none. */
  readonly load?: LoadCounters | undefined;
  /** Updates before and after the load, for the share that needed no index entry. */
  readonly updates?: { readonly before: UpdateCounts; readonly after: UpdateCounts } | undefined;
  readonly pooler?: PoolerWays | undefined;
  /** Whether the application sends prepared statements; default true. Not where the pooler keeps none. */
  readonly prepared?: boolean;
  /** Version of the server, in words. */
  readonly server: string;
}

export interface WhyOptions {
  /** Whether writes may be executed, and objects changed, in transactions that are rolled back. */
  readonly writes: boolean;
  /** Interleaved pairs for each ratio; default 9, whose interval has 96 %. */
  readonly pairs?: number;
  /** Different parameters of a statement that are measured; default 2. */
  readonly probes?: number;
  /** How long one statement may take, in milliseconds. */
  readonly statementMs?: number;
  readonly signal: AbortSignal;
  readonly onProgress?: (phase: string, detail: string) => void;
}

/**
 * Measures every statement of a workload as the actors that send it, with row security and without, with the audit and without, and
 * tries what may help. Everything is done in transactions that are rolled back.
 *
 * @param client a superuser's, on the design's database, and nobody else's meanwhile
 */
export async function examine(client: pg.Client, input: WhyInput, options: WhyOptions): Promise<WhyReport> {
  const { design, catalog, actors, header } = input;
  const { signal, writes, pairs = 9, probes = 2, statementMs = 60_000, onProgress = () => {} } = options;
  await loadParser();
  const { role } = design.request;
  const rig = new Rig(client, { role, writes, statementMs });
  const query: Query = (sql, values = []) =>
    rig.undone(async (session) => {
      // Names come out whole, whatever the search path.
      await session.script(`SET LOCAL search_path = ''`);
      return session.query(sql, values);
    });
  const audit = auditTriggersOf(catalog, design.audit?.tables ?? []);
  const measuring = {
    rig,
    catalog,
    pairs,
    signal,
    withoutRowSecurity: withoutRowSecurity(catalog, writes),
    audit,
    load: input.load?.byId ?? new Map(),
  };
  const transactions = [...input.transactions];
  const measured: Omit<Facts, 'share'>[] = [];
  for (const played of probesOf(header, transactions, probes)) {
    signal.throwIfAborted();
    onProgress('measure', played.statement.name);
    measured.push({ ...(await measure(played, measuring)), pooler: null });
  }
  const { facts, prepared } = await throughPooler(withShares(measured), input.pooler, {
    writes,
    signal,
    prepared: input.prepared ?? true,
  });
  const remedies = [
    ...(await perRowCalls(catalog, facts)),
    ...(await resolvable(rig, catalog, facts, transactions.length)),
    ...volatileHelpers(catalog, facts),
    ...missingIndexes(catalog, facts),
    ...(await lostIndexes(query, facts)),
    ...(await unreadUpkeep(query, catalog, facts)),
    ...auditRemedies(facts, audit),
    ...rowTriggers(catalog, facts, audit),
    ...costlyHelpers(facts),
    ...heapFetches(catalog, facts),
  ];
  const { before = new Map(), after = new Map() } = input.updates ?? {};
  const hot = hotRemedies(catalog, facts, before, after);
  const { findings, notes } = await findingsOf(
    rig,
    [...remedies, ...hot.remedies],
    {
      pairs,
      signal,
      shares: new Map(facts.map(({ statement, share }) => [statement.name, share])),
      probes: new Map(facts.map(({ statement, probes: own }) => [statement.name, own])),
    },
    (fix) => onProgress('try', fix),
  );
  const statements: StatementReport[] = [];
  for (const each of facts) {
    onProgress('actors', each.statement.name);
    statements.push(reportOf(each, await asActors(each, actors, design.request.session, measuring)));
  }
  return {
    schema: whySchema,
    design: design.name,
    server: input.server,
    mix: header.mix,
    writes,
    load: input.load === undefined ? null : { seconds: input.load.seconds, calls: input.load.calls },
    findings: [
      ...findings,
      ...planFindings(facts, role, prepared),
      ...pooledFinding(facts, input.pooler),
    ].sort(byShare),
    statements: statements.sort((one, other) => other.share - one.share),
    tables: [...tableReports(facts, hot.shares)],
    notes: [...(input.load?.notes ?? []), ...notes],
  };
}
