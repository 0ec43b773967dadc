import type { Session } from '../../../cluster/session.ts';

/** A foreign key of a table of the design, those that partitions take over left out. */
export interface ForeignKey {
  readonly name: string;
  readonly table: string;
  readonly references: string;
  readonly columns: readonly string[];
  readonly referencedColumns: readonly string[];
}

const statement = `
  SELECT o.conname AS name, format('%I.%I', n.nspname, c.relname) AS "table",
         format('%I.%I', rn.nspname, r.relname) AS "references",
         ARRAY(SELECT a.attname::text FROM unnest(o.conkey) WITH ORDINALITY AS k (number, place)
               JOIN pg_catalog.pg_attribute AS a ON a.attrelid = c.oid AND a.attnum = k.number ORDER BY k.place) AS columns,
         ARRAY(SELECT a.attname::text FROM unnest(o.confkey) WITH ORDINALITY AS k (number, place)
               JOIN pg_catalog.pg_attribute AS a ON a.attrelid = r.oid AND a.attnum = k.number ORDER BY k.place) AS "referencedColumns"
  FROM pg_catalog.pg_constraint AS o
  JOIN pg_catalog.pg_class AS c ON c.oid = o.conrelid JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
  JOIN pg_catalog.pg_class AS r ON r.oid = o.confrelid JOIN pg_catalog.pg_namespace AS rn ON rn.oid = r.relnamespace
  WHERE o.contype = 'f' AND o.conparentid = 0 AND NOT c.relispartition AND n.nspname = ANY ($1)
  ORDER BY 2, 1`;

export async function foreignKeysThere(
  session: Session,
  schemas: readonly string[],
): Promise<readonly ForeignKey[]> {
  return (await session.query(statement, [[...schemas]])) as unknown as ForeignKey[];
}

/** Exceptions of a claim that name nothing: it would allow what may come later under that name. */
export function staleExceptions(
  except: readonly string[] | undefined,
  isKnown: (name: string) => boolean,
): readonly string[] {
  return (except ?? [])
    .filter((name) => !isKnown(name))
    .map((name) => `the exception ${name} names nothing that is there`);
}
