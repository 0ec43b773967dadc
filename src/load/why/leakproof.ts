import { type Query, rowsOf } from '../../catalog/query.ts';

/** Functions behind the operators of an index that may tell of rows they are shown: row security goes before them. */
const leakySql = /* sql */ `
  SELECT DISTINCT o.oprcode::regprocedure::text AS function, o.oprname AS operator
  FROM pg_catalog.pg_index AS i
  JOIN pg_catalog.pg_class AS c ON c.oid = i.indexrelid
  CROSS JOIN LATERAL unnest(i.indclass) AS k (opclass)
  JOIN pg_catalog.pg_opclass AS oc ON oc.oid = k.opclass
  JOIN pg_catalog.pg_amop AS a ON a.amopfamily = oc.opcfamily AND a.amoppurpose = 's'
    AND a.amoplefttype = oc.opcintype
  JOIN pg_catalog.pg_operator AS o ON o.oid = a.amopopr
  JOIN pg_catalog.pg_proc AS p ON p.oid = o.oprcode
  WHERE c.relname = $1 AND NOT p.proleakproof
  ORDER BY 1`;

export interface LeakyOperator {
  readonly function: string;
  readonly operator: string;
}

/** Operators of an index, by its name, whose functions are not leakproof. */
export function leakyOperators(query: Query, index: string): Promise<readonly LeakyOperator[]> {
  return rowsOf<LeakyOperator>(query, leakySql, [index]);
}
