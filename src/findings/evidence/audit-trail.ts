import type { Catalog, Relation, Trigger } from '../../catalog/catalog.ts';
import { columnsOf, relation } from '../../catalog/lookup.ts';
import { groupBy, oncePerCatalog } from '../../catalog/once.ts';
import { rootTables } from '../scene.ts';
import { bodies, bodyOf } from './function-bodies.ts';

const who = /(?:^|_)(?:user|users|actor|who|role|login|by|changed_by|uid|account|principal)(?:_|$)/i;
const what = /(?:^|_)(?:action|operation|op|event|command|verb|tg_op|change_type|kind)(?:_|$)/i;
const inserted = /\bINSERT\s+INTO\s+((?:"(?:[^"]|"")+"|[\w$]+)(?:\s*\.\s*(?:"(?:[^"]|"")+"|[\w$]+))?)/gi;

export interface AuditTrail {
  /** Tables of records, no partitions. */
  readonly records: ReadonlySet<string>;
  /** Functions that write a record, with the tables that they write. */
  readonly writers: ReadonlyMap<string, readonly string[]>;
  /** Triggers that run such a function, by the relation they are on. */
  readonly triggers: ReadonlyMap<string, readonly Trigger[]>;
}

/**
 * The audit trail as the database shows it: a table with a time, with who and with what, which a trigger function writes
 * that looks at TG_OP or at old and new rows of other tables.
 */
export const auditTrail = oncePerCatalog((catalog: Catalog): AuditTrail => {
  const tables = rootTables(catalog).filter((table) => looksLikeRecords(catalog, table));
  const byName = groupBy(tables, ({ name }) => name);
  const records = new Set<string>();
  const writers = new Map<string, readonly string[]>();
  const fired = new Set(catalog.triggers.map((trigger) => trigger.function));
  for (const [identity, body] of bodies(catalog)) {
    if (!fired.has(identity)) continue;
    const written = [...body.matchAll(inserted)].flatMap(([, name = '']) => tableOf(name, byName));
    if (written.length > 0 && /\bTG_OP\b|'(?:INSERT|UPDATE|DELETE|TRUNCATE)'/i.test(body))
      writers.set(identity, written);
  }
  const triggers = groupBy(
    catalog.triggers.filter((trigger) => {
      const own = relation(catalog, trigger.relation);
      return (writers.get(trigger.function) ?? []).some(
        (each) => each !== own?.identity && each !== own?.root,
      );
    }),
    (trigger) => trigger.relation,
  );
  for (const each of triggers.values()) {
    for (const trigger of each) for (const table of writers.get(trigger.function) ?? []) records.add(table);
  }
  return { records, writers, triggers };
});

function looksLikeRecords(catalog: Catalog, { identity }: Relation): boolean {
  const columns = columnsOf(catalog, identity);
  return (
    columns.some(({ baseType }) => /^pg_catalog\.timestamp(?:tz)?$/.test(baseType)) &&
    columns.some(({ name }) => who.test(name)) &&
    columns.some(({ name }) => what.test(name))
  );
}

/** The table of a name in a body: by schema and name, or by the name alone where only one table has it. */
function tableOf(text: string, byName: ReadonlyMap<string, readonly Relation[]>): readonly string[] {
  const parts = [...text.matchAll(/"((?:[^"]|"")+)"|([\w$]+)/g)].map(
    ([, quoted, bare]) => quoted?.replaceAll('""', '"') ?? bare?.toLowerCase() ?? '',
  );
  const named = byName.get(parts.at(-1) ?? '') ?? [];
  const found = parts.length > 1 ? named.filter(({ schema }) => schema === parts[0]) : named;
  return found.length === 1 ? found.map(({ identity }) => identity) : [];
}

const refusing = /\bRAISE\s+(?:EXCEPTION|SQLSTATE|\w+\s*(?:;|USING))/i;

/** Events of a relation that a trigger refuses, whoever comes. `always`: with session_replication_role = replica too. */
export function refusedEvents(
  catalog: Catalog,
  triggers: readonly Trigger[],
): ReadonlyMap<string, { readonly always: boolean }> {
  const refused = new Map<string, { always: boolean }>();
  for (const { timing, enabled, events, when, columns, function: identity } of triggers) {
    if (timing !== 'BEFORE' || when !== null || columns.length > 0) continue;
    if (enabled === 'disabled' || enabled === 'replica' || !refusing.test(bodyOf(catalog, identity)))
      continue;
    for (const event of events) {
      refused.set(event, { always: (refused.get(event)?.always ?? false) || enabled === 'always' });
    }
  }
  return refused;
}
